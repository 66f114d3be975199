//! Reads what Stripe answered: bytes in, our words out, nothing else.
//!
//! Stripe's silence and its stammering are the same to us: whatever is not
//! word for word a documented answer is [`Answer::Unknown`]. Fields that are
//! new, missing or of another shape do no harm unless the money hangs on them.
//!
//! Sources: `docs.stripe.com/api/payment_intents/object`, docs.stripe.com/api/errors,
//! docs.stripe.com/error-low-level, `docs.stripe.com/api/idempotent_requests`.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::charge::{Answer, Capture};
use crate::domain::decline::{Class, Decline};
use crate::domain::label::Label;
use crate::domain::outside::Said;
use crate::ports::{NotAsked, Refusal, Seen};
use crate::problem::{Kind, Problem};

use super::amounts::from_stripe;
use super::declines;
use super::words::{id_of, is_name, reference, safe, text};

/// The headers that say how an answer is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks<'a> {
    /// `Idempotent-Replayed`: the first request's answer, once more.
    pub replayed: bool,
    /// `Request-Id`: what Stripe's support asks for.
    pub request_id: Option<&'a str>,
}

impl Marks<'_> {
    fn unknown(self, why: &str) -> Answer {
        Answer::Unknown(self.said(why))
    }

    fn said(self, why: &str) -> Said {
        match self.request_id.filter(|id| is_name(id, "req_")) {
            Some(id) => format!("{why} (request {id})").into(),
            None => why.into(),
        }
    }
}

/// What the answer to a charge means.
///
/// # Errors
///
/// An error is a promise that this request moved no money: Stripe says in its
/// own words that it refused it before doing anything.
pub fn read_answer(status: u16, marks: Marks<'_>, body: &[u8]) -> Result<Answer, NotAsked> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Ok(marks.unknown(&format!(
            "stripe answered {status} in words dues cannot read"
        )));
    };
    if status == 200 {
        return Ok(standing(&body).unwrap_or_else(|why| marks.unknown(&why)));
    }
    let error = &body["error"];
    let made = [&error["payment_intent"], &error["charge"]]
        .into_iter()
        .any(|made| !made.is_null());
    match (status, text(error, "type")) {
        (402, Some("card_error")) => Ok(declined(error).unwrap_or_else(|| {
            marks.unknown("stripe refused the card, but not in words that settle it")
        })),
        // With an intent in it, the refusal came after something was done.
        (400 | 401 | 403 | 404 | 429, Some(kind)) if !made && is_refusal(status, kind, error) => {
            Err(refusal(status, error))
        }
        (400, Some("idempotency_error")) => {
            Ok(marks.unknown("stripe knows this key from another request"))
        }
        (409, _) => Ok(marks.unknown("stripe is still busy with this very charge")),
        // The first answer is kept and repeated, an error 500 too: only a
        // look-up can tell what became of the charge.
        (500.., _) if marks.replayed => Ok(Answer::Kept(marks.said(&format!(
            "stripe answers with an error of its own, {status}, and may still make this charge"
        )))),
        _ => Ok(marks.unknown(&format!("stripe answered {status}"))),
    }
}

/// Whether Stripe says it refused the request unread. The types are those of
/// the API's pages, today's and those that older ones still name.
fn is_refusal(status: u16, kind: &str, error: &Value) -> bool {
    let documented = matches!(
        kind,
        "invalid_request_error" | "authentication_error" | "permission_error" | "rate_limit_error"
    );
    // Both tell of another request at work on the same thing, which may be this one.
    let busy = matches!(
        text(error, "code"),
        Some("lock_timeout" | "idempotency_key_in_use")
    );
    documented && !(busy || (status == 404 && text(error, "code").is_none()))
}

/// The no of a card error, if the intent in it did not go on after all.
fn declined(error: &Value) -> Option<Answer> {
    let intent = &error["payment_intent"];
    let settled = intent.is_null()
        || matches!(
            text(intent, "status"),
            Some("requires_payment_method" | "requires_action" | "canceled")
        );
    let decline = declines::read(error, intent)?;
    settled.then_some(Answer::Declined(decline))
}

/// How a payment intent stands, whoever asks; `Err` says why that is not known.
///
/// An intent that waits for the customer (`requires_action`) counts as
/// declined: it goes on only through a link or a secret that dues gives to
/// nobody, and no charge of ours is with the customer present. One that is
/// merely unconfirmed may be between two steps of the request that made it,
/// so it is not final.
pub(super) fn standing(intent: &Value) -> Result<Answer, String> {
    if text(intent, "object") != Some("payment_intent") {
        return Err("stripe answered with something that is no payment intent".to_owned());
    }
    let id = text(intent, "id")
        .filter(|id| is_name(id, "pi_"))
        .ok_or("stripe's answer names no payment intent")?
        .to_owned();
    let status = text(intent, "status").ok_or("stripe's answer has no status")?;
    let error = &intent["last_payment_error"];
    match status {
        "succeeded" => capture(intent, id, "amount_received").map(Answer::Taken),
        "processing" => capture(intent, id, "amount").map(Answer::Pending),
        "requires_action" => Ok(Answer::Declined(Decline {
            class: Class::Auth,
            code: "authentication_required".into(),
            message: "The bank wants the customer to confirm the payment.".into(),
            advice: None,
            id: Some(id),
            reference: reference(intent).map(str::to_owned),
        })),
        "requires_payment_method" if !error.is_null() => declines::read(error, intent)
            .map(Answer::Declined)
            .ok_or_else(|| "stripe refused the card, but not in words that settle it".to_owned()),
        "canceled" if intent["amount_received"].as_i64().unwrap_or(0) == 0 => {
            let cancelled = Decline {
                class: Class::Soft,
                code: "canceled".into(),
                message: "The payment was cancelled at Stripe.".into(),
                advice: None,
                id: Some(id),
                reference: reference(intent).map(str::to_owned),
            };
            Ok(Answer::Declined(
                declines::read(error, intent).unwrap_or(cancelled),
            ))
        }
        other => Err(format!(
            "stripe's payment intent {id} stands at `{}`, which settles nothing",
            safe(other)
        )),
    }
}

fn capture(intent: &Value, id: String, amount: &str) -> Result<Capture, String> {
    let money = intent[amount]
        .as_i64()
        .filter(|amount| *amount > 0)
        .zip(text(intent, "currency"))
        .and_then(|(amount, code)| from_stripe(amount, code))
        .ok_or_else(|| format!("stripe's payment intent {id} names no amount dues can read"))?;
    Ok(Capture {
        id,
        amount: money,
        token: token(intent),
        reference: reference(intent).map(str::to_owned),
    })
}

/// The card that was charged, as `card` spells it. An intent that names a
/// card and no customer is not what we asked for, and must not look like it.
fn token(intent: &Value) -> Option<String> {
    let card = id_of(&intent["payment_method"])?;
    Some(match id_of(&intent["customer"]) {
        Some(customer) => format!("{customer}/{card}"),
        None => card.to_owned(),
    })
}

/// The card of an intent that was declined: Stripe takes it off the intent.
fn refused_token(intent: &Value) -> Option<String> {
    let card = id_of(&intent["last_payment_error"]["payment_method"])?;
    Some(format!("{}/{card}", id_of(&intent["customer"])?))
}

/// An intent that one of this book's requests made, as the list has it.
/// `None` for anybody else's.
pub(super) fn seen(intent: &Value, book: &str) -> Option<Seen> {
    let label = Label::read(|name| text(&intent["metadata"], name)).filter(|it| it.book == book)?;
    let amount = intent["amount"].as_i64().zip(text(intent, "currency"));
    Some(Seen {
        label,
        reference: reference(intent)?.to_owned(),
        token: token(intent).or_else(|| refused_token(intent)),
        amount: amount.and_then(|(amount, code)| from_stripe(amount, code))?,
        made_at: intent["created"]
            .as_i64()
            .and_then(|at| Timestamp::from_second(at).ok()),
        answer: standing(intent).unwrap_or_else(|why| Answer::Unknown(why.into())),
    })
}

/// What Stripe's refusal means to the person at the terminal.
pub(super) fn refusal(status: u16, error: &Value) -> NotAsked {
    let said = text(error, "message").map(safe).unwrap_or_default();
    let code = text(error, "code").unwrap_or_default();
    let (refusal, problem) = match status {
        // Its message repeats the end of the key.
        401 => (
            Refusal::KeyRefused,
            Problem::setup("gateway_key_refused", "stripe does not accept the key")
                .hint("Run `dues gateway login stripe` with a current key of the same account."),
        ),
        403 => (
            Refusal::KeyRefused,
            Problem::setup(
                "gateway_key_too_weak",
                format!("the stripe key may not do this: {said}"),
            )
            .hint(
                "Give the restricted key these rights at Stripe: write PaymentIntents; read \
                 PaymentMethods, Customers and Account.",
            ),
        ),
        429 => (
            Refusal::Busy { wait: None },
            Problem::new(Kind::Busy, "gateway_busy", "stripe asks to slow down")
                .hint("Nothing was charged. Try again in a minute."),
        ),
        _ => {
            let (refusal, word) = match code {
                "resource_missing" => (Refusal::Gone, "gateway_has_none"),
                _ => (Refusal::ByRule, "gateway_refused"),
            };
            let problem = Problem::refused(word, format!("stripe refused the request: {said}"));
            let problem = problem.hint(match code {
                "resource_missing" => {
                    "The card or its customer is not in this Stripe account, or was removed \
                     there. Save the card again."
                }
                "amount_too_small" | "amount_too_large" => {
                    "Charge another amount, or several invoices at once."
                }
                _ => "Nothing was charged. Read what Stripe says, and report it if dues is wrong.",
            });
            (refusal, problem)
        }
    };
    NotAsked::new(refusal, problem)
}

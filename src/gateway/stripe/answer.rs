//! Reads what Stripe answered: bytes in, our words out, nothing else.
//!
//! Stripe's silence and its stammering are the same to us: whatever is not
//! word for word a documented answer is [`Answer::Unknown`]. Fields that are
//! new, missing or of another shape do no harm unless the money hangs on them.
//!
//! Sources: docs.stripe.com/api/errors, docs.stripe.com/error-codes,
//! docs.stripe.com/error-low-level, `docs.stripe.com/api/idempotent_requests`.

use serde_json::Value;

use crate::domain::charge::Answer;
use crate::domain::outside::Said;
use crate::ports::{NotAsked, Refusal};
use crate::problem::{Kind, Problem};

use super::intents::INTENT;
use super::object::Object;
use super::returns::REFUND;
use super::words::{is_name, safe, text};

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
    read(&INTENT, status, marks, body)
}

/// What the answer to a refund means.
///
/// # Errors
///
/// As [`read_answer`].
pub fn read_return(status: u16, marks: Marks<'_>, body: &[u8]) -> Result<Answer, NotAsked> {
    read(&REFUND, status, marks, body)
}

pub(super) fn read(
    object: &Object,
    status: u16,
    marks: Marks<'_>,
    body: &[u8],
) -> Result<Answer, NotAsked> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Ok(marks.unknown(&format!(
            "stripe answered {status} in words dues cannot read"
        )));
    };
    if status == 200 {
        return Ok((object.standing)(&body).unwrap_or_else(|why| marks.unknown(&why)));
    }
    let error = &body["error"];
    let made = [&error["payment_intent"], &error["charge"]]
        .into_iter()
        .any(|made| !made.is_null());
    match (status, text(error, "type")) {
        (402, Some("card_error")) => Ok((object.no)(error).unwrap_or_else(|| {
            marks.unknown("stripe refused the card, but not in words that settle it")
        })),
        // With an intent in it, the refusal came after something was done.
        (400 | 401 | 403 | 404 | 429, Some(kind)) if !made && is_refusal(status, kind, error) => {
            Err(refusal(object, status, error))
        }
        (400, Some("idempotency_error")) => {
            Ok(marks.unknown("stripe knows this key from another request"))
        }
        (409, _) => Ok(marks.unknown(&format!(
            "stripe is still busy with this very {}",
            object.deed
        ))),
        // The first answer is kept and repeated, an error 500 too: only a
        // look-up can tell what came of it.
        (500.., _) if marks.replayed => Ok(Answer::Kept(marks.said(&format!(
            "stripe answers with an error of its own, {status}, and may still make this {}",
            object.deed
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

/// What Stripe's refusal means to the person at the terminal.
pub(super) fn refusal(object: &Object, status: u16, error: &Value) -> NotAsked {
    let said = text(error, "message").map(safe).unwrap_or_default();
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
                "Give the restricted key these rights at Stripe: write PaymentIntents, Charges \
                 and Refunds; read PaymentMethods, Customers and Account.",
            ),
        ),
        429 => (
            Refusal::Busy { wait: None },
            Problem::new(Kind::Busy, "gateway_busy", "stripe asks to slow down")
                .hint(format!("{} Try again in a minute.", object.nothing)),
        ),
        _ => refused(object, text(error, "code").unwrap_or_default(), &said),
    };
    NotAsked::new(refusal, problem)
}

/// What Stripe will not do, whoever asks, by the code of its refusal.
fn refused(object: &Object, code: &str, said: &str) -> (Refusal, Problem) {
    let no = |word, fact: String, hint: String| Problem::refused(word, fact).hint(hint);
    let in_its_words = format!("stripe refused the request: {said}");
    match code {
        "resource_missing" => (
            Refusal::Gone,
            no("gateway_has_none", in_its_words, object.gone.to_owned()),
        ),
        "charge_already_refunded" => (
            Refusal::Gone,
            no(
                "already_given_back",
                "all of this charge was given back before".to_owned(),
                format!(
                    "{} Look at the payment at Stripe: someone may have refunded it there.",
                    object.nothing
                ),
            ),
        ),
        "charge_disputed" | "refund_disputed_payment" => (
            Refusal::Gone,
            no(
                "charge_disputed",
                "the customer disputes this charge at the bank, so stripe gives nothing back"
                    .to_owned(),
                format!(
                    "{} The bank decides whose the money is; answer the dispute at Stripe.",
                    object.nothing
                ),
            ),
        ),
        "amount_too_small" | "amount_too_large" if object.takes => (
            Refusal::ByRule,
            no(
                "gateway_refused",
                in_its_words,
                "Charge another amount, or several invoices at once.".to_owned(),
            ),
        ),
        _ => (
            Refusal::ByRule,
            no(
                "gateway_refused",
                in_its_words,
                format!(
                    "{} Read what Stripe says, and report it if dues is wrong.",
                    object.nothing
                ),
            ),
        ),
    }
}

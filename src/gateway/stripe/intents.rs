//! Payment intents: how a charge stands, read from what Stripe says of it.
//!
//! One attempt to charge is one intent, confirmed as it is made; nobody is
//! there to carry it further by hand.
//!
//! Source: `docs.stripe.com/api/payment_intents/object`.

use serde_json::Value;

use crate::domain::charge::Answer;
use crate::domain::decline::{Class, Decline};

use super::declines;
use super::object::Object;
use super::words::{id_of, reference, safe, text};

pub(super) const INTENT: Object = Object {
    name: "payment_intent",
    noun: "payment intent",
    path: "/v1/payment_intents",
    ids: &["pi_"],
    takes: true,
    standing,
    token,
    no: declined,
    deed: "charge",
    nothing: "Nothing was charged.",
    gone: "The card or its customer is not in this Stripe account, or was removed there. Save \
           the card again.",
};

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
fn standing(intent: &Value) -> Result<Answer, String> {
    let id = INTENT.id(intent)?;
    let status = text(intent, "status").ok_or("stripe's answer has no status")?;
    let error = &intent["last_payment_error"];
    match status {
        "succeeded" => INTENT
            .moved(intent, id, "amount_received")
            .map(Answer::Taken),
        "processing" => INTENT.moved(intent, id, "amount").map(Answer::Pending),
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

/// The card that was charged, as `card` spells it. An intent that names a
/// card and no customer is not what we asked for, and must not look like it.
/// One that was declined names its card in the error: Stripe takes it off the
/// intent.
fn token(intent: &Value) -> Option<String> {
    let customer = id_of(&intent["customer"]);
    if let Some(card) = id_of(&intent["payment_method"]) {
        return Some(match customer {
            Some(customer) => format!("{customer}/{card}"),
            None => card.to_owned(),
        });
    }
    let refused = id_of(&intent["last_payment_error"]["payment_method"])?;
    Some(format!("{}/{refused}", customer?))
}

//! Stripe's own words, in the shape of recorded answers, and ours for them.

use dues::domain::charge::Answer;
use dues::gateway::stripe::{Marks, read_answer, read_return};
use dues::problem::Problem;
use serde_json::{Value, json};

/// A card error as Stripe writes it, shortened to what has a meaning.
pub fn broke() -> Value {
    json!({
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "advice_code": "try_again_later", "network_decline_code": "51", "charge": null,
        "message": "Your card has insufficient funds.",
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "request_log_url": "https://dashboard.stripe.com/test/logs/req_1",
        "payment_method": {"id": "pm_Broke", "object": "payment_method", "type": "card"},
    })
}

/// A payment intent as Stripe writes it, in this state.
pub fn intent(status: &str) -> Value {
    json!({
        "id": "pi_3Abc", "object": "payment_intent", "amount": 66_240,
        "amount_capturable": 0, "amount_details": {"tip": {}},
        "amount_received": if status == "succeeded" { 66_240 } else { 0 },
        "application": null, "automatic_payment_methods": null, "canceled_at": null,
        "cancellation_reason": null, "capture_method": "automatic_async",
        "client_secret": "pi_3Abc_secret_1", "confirmation_method": "automatic",
        "created": 1_793_000_000, "currency": "usd", "customer": "cus_Rosa",
        "description": "CH-12", "last_payment_error": null, "latest_charge": "ch_3Abc",
        "livemode": false, "metadata": {"dues_attempt": "DPZFHNC3VYRFAZZNZELU"},
        "next_action": null, "payment_method": "pm_Visa",
        "payment_method_options": {"card": {"network": null}},
        "payment_method_types": ["card"], "status": status,
    })
}

/// A refund as Stripe writes it, in this state.
pub fn refund(status: &str) -> Value {
    json!({
        "id": "re_3Abc", "object": "refund", "amount": 12_000, "balance_transaction": "txn_3Abc",
        "charge": "ch_3Abc", "created": 1_793_000_000, "currency": "usd",
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": {"dues_attempt": "DPZFHNC3VYRFAZZNZELU"}, "payment_intent": "pi_3Abc",
        "reason": "requested_by_customer", "receipt_number": null,
        "source_transfer_reversal": null, "status": status, "transfer_reversal": null,
    })
}

/// The object with some fields another way.
pub fn but(mut object: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        object[field] = value.clone();
    }
    object
}

pub fn error(kind: &str, code: &str) -> Value {
    json!({"error": {"type": kind, "code": code, "message": "A sentence.",
        "doc_url": "https://stripe.com/docs", "request_log_url": "https://dashboard.stripe.com"}})
}

/// A decline with the intent that failed, as a 402 carries it.
pub fn declined(changes: Value) -> Value {
    let failed = but(
        intent("requires_payment_method"),
        json!({"last_payment_error": broke()}),
    );
    let mut error = but(broke(), json!({"payment_intent": failed}));
    error = but(error, changes);
    json!({ "error": error })
}

/// An answer in one word, with its grain of detail.
pub fn gist(answer: &Result<Answer, Problem>) -> String {
    match answer {
        Ok(Answer::Taken(capture)) => format!("taken {}", capture.amount),
        Ok(Answer::Pending(capture)) => format!("pending {}", capture.amount),
        Ok(Answer::Declined(no)) => format!("{} {}", no.class, no.code),
        Ok(Answer::Kept(_)) => "kept".to_owned(),
        Ok(Answer::Unknown(_)) => "unknown".to_owned(),
        Err(problem) => format!("error {} {}", problem.kind().exit_code(), problem.code()),
    }
}

pub fn read(status: u16, body: &[u8]) -> Result<Answer, Problem> {
    Ok(read_answer(status, Marks::default(), body)?)
}

pub fn read_refund(status: u16, body: &[u8]) -> Result<Answer, Problem> {
    Ok(read_return(status, Marks::default(), body)?)
}

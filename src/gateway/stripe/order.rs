//! Writes the request for a charge, and any form: the exact bytes, the same every time.
//!
//! The bytes are kept in the book before they are sent, and Stripe compares a
//! repetition with the first. So nothing here may depend on the time, the
//! machine or an order that could change.
//!
//! Source: `docs.stripe.com/api/payment_intents/create`.

use crate::domain::label::Label;
use crate::ports::Order;
use crate::problem::Problem;

use super::words::is_name;
use super::{REFERENCE, amounts};

/// The longest description that is sent; the rest is cut.
const LONGEST_DESCRIPTION: usize = 500;

/// The form for `POST /v1/payment_intents`.
pub(super) fn build(order: &Order<'_>) -> Result<Vec<u8>, Problem> {
    let (customer, card) = split(order.token)?;
    let amount = amounts::to_stripe(order.amount)?.to_string();
    let currency = order.amount.currency().code().to_ascii_lowercase();
    let description: String = order
        .description
        .chars()
        .take(LONGEST_DESCRIPTION)
        .collect();
    Ok(form(
        &[
            ("amount", &amount),
            ("currency", &currency),
            ("customer", customer),
            ("payment_method", card),
            ("payment_method_types[]", "card"),
            ("confirm", "true"),
            ("off_session", "true"),
            // Without it an intent would wait for a customer who is not there.
            ("error_on_requires_action", "true"),
            ("description", &description),
            (&attempt_field(), &order.attempt.reference),
            ("expand[]", "latest_charge"),
        ],
        order.label,
    ))
}

/// The metadata field that carries our reference, as forms name it.
pub(super) fn attempt_field() -> String {
    format!("metadata[{REFERENCE}]")
}

/// The fields and then the label, as Stripe reads a form.
pub(super) fn form(fields: &[(&str, &str)], label: &Label) -> Vec<u8> {
    let mut form = String::new();
    for (name, value) in fields {
        add(name, value, &mut form);
    }
    for (name, value) in label.fields() {
        add(&format!("metadata[{name}]"), &value, &mut form);
    }
    form.into_bytes()
}

fn add(name: &str, value: &str, form: &mut String) {
    if !form.is_empty() {
        form.push('&');
    }
    encode(name, form);
    form.push('=');
    encode(value, form);
}

/// The customer and the card of a token `cus_…/pm_…`.
pub(super) fn split(token: &str) -> Result<(&str, &str), Problem> {
    token
        .split_once('/')
        .filter(|(customer, card)| is_name(customer, "cus_") && is_name(card, "pm_"))
        .ok_or_else(not_a_token)
}

/// The token is not repeated: a card number may have been typed for it.
pub(super) fn not_a_token() -> Problem {
    Problem::usage("not_a_stripe_card", "this is not a saved card of stripe's")
        .hint("Give the payment method's id as Stripe shows it, `pm_…`, or `cus_…/pm_…`.")
}

/// As forms are encoded: letters, digits and `*-._` stand for themselves.
fn encode(text: &str, form: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                form.push(char::from(byte));
            }
            b' ' => form.push('+'),
            _ => form.push_str(&format!("%{byte:02X}")),
        }
    }
}

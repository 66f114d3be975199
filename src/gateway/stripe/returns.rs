//! Refunds: money sent back to the card that paid.
//!
//! A refund is asked for, found and listed as a charge is: one attempt, one
//! refund, one idempotency key. Stripe has no void for what dues charges: an
//! intent that took its money cannot be cancelled.
//!
//! Sources: `docs.stripe.com/api/refunds/object`, `docs.stripe.com/api/refunds/create`,
//! docs.stripe.com/refunds, "Refund statuses" and "Failed refunds".

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::charge::Answer;
use crate::domain::decline::{Class, Decline};
use crate::ports::{
    GivesBack, NotAsked, Refusal, ReturnOrder, Seen, Sending, Sighting, Sought, Way,
};
use crate::problem::Problem;

use super::intents::INTENT;
use super::object::Object;
use super::words::{id_of, reference, safe, text};
use super::{REFERENCE, Stripe, amounts, order};

pub(super) const REFUND: Object = Object {
    name: "refund",
    noun: "refund",
    path: "/v1/refunds",
    // Of a charge and of a payment; dues makes the first, and lists both.
    ids: &["re_", "pyr_"],
    takes: false,
    standing,
    token,
    // Stripe says no to a refund in other ways.
    no: |_| None,
    deed: "refund",
    nothing: "Nothing was given back.",
    gone: "The charge is not in this Stripe account. Nothing was given back.",
};

impl GivesBack for Stripe {
    fn can_void(&self) -> bool {
        false
    }

    fn build(&self, order: &ReturnOrder<'_>) -> Result<Vec<u8>, NotAsked> {
        match order.way {
            Way::Refund => build(order).map_err(|problem| NotAsked::new(Refusal::ByRule, problem)),
            Way::Void => Err(not_voidable()),
        }
    }

    fn give_back(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        self.make(&REFUND, sending)
    }

    /// A bank may send a refund back up to a month after it succeeded
    /// (docs.stripe.com/refunds, "Failed refunds"); Stripe's refund says so then.
    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        if let Some(id) = sought.id {
            return self.found_by_id(&REFUND, id);
        }
        require_transaction(sought.token)?;
        self.found(&REFUND, sought, ("payment_intent", sought.token))
    }

    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        transaction: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        transaction.map(require_transaction).transpose()?;
        let of = transaction.map(|transaction| ("payment_intent", transaction));
        self.seen(&REFUND, book, since, of)
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        format!(
            "{} See the refunds of the payment there, and the metadata `{REFERENCE}` of each: it \
             is the one with `{}`.",
            self.page_of(sought.token),
            sought.reference
        )
    }
}

/// The form for `POST /v1/refunds`. The amount is always said: without one,
/// Stripe gives back whatever is left.
fn build(order: &ReturnOrder<'_>) -> Result<Vec<u8>, Problem> {
    require_transaction(order.transaction)?;
    let amount = amounts::returned_to_stripe(order.amount)?.to_string();
    Ok(order::form(
        &[
            ("payment_intent", order.transaction),
            ("amount", &amount),
            // Never `fraudulent`: that puts the card and its owner on a list of the blocked.
            ("reason", "requested_by_customer"),
            (&order::attempt_field(), &order.attempt.reference),
        ],
        order.label,
    ))
}

fn not_voidable() -> NotAsked {
    let fact = "stripe cannot void a charge: what took its money cannot be cancelled there";
    let problem = Problem::refused("cannot_void", fact)
        .hint("Refund it instead: `dues payment refund`. The money goes back to the card.");
    NotAsked::new(Refusal::NotVoidable, problem)
}

fn require_transaction(transaction: &str) -> Result<(), Problem> {
    if INTENT.is_id(transaction) {
        return Ok(());
    }
    Err(
        Problem::refused("not_a_stripe_id", "the charge's id is none of stripe's")
            .hint("Give the money back where it was taken."),
    )
}

/// How a refund stands, whoever asks; `Err` says why that is not known.
///
/// One that waits, for the bank, for Stripe's balance or for the customer, may
/// yet be given. A card's refund never waits for the customer.
fn standing(refund: &Value) -> Result<Answer, String> {
    let id = REFUND.id(refund)?;
    let moved = |id| REFUND.moved(refund, id, "amount");
    match text(refund, "status").ok_or("stripe's answer has no status")? {
        "succeeded" => moved(id).map(Answer::Taken),
        "pending" | "requires_action" => moved(id).map(Answer::Pending),
        status @ ("failed" | "canceled") => Ok(Answer::Declined(no(refund, id, status))),
        other => Err(format!(
            "stripe's refund {id} stands at `{}`, which settles nothing",
            safe(other)
        )),
    }
}

/// Why a refund failed, after which the money is ours again.
fn no(refund: &Value, id: String, status: &str) -> Decline {
    let reason = text(refund, "failure_reason");
    let (class, message) = match reason {
        Some("lost_or_stolen_card") => (Class::Hard, "The card was reported lost or stolen."),
        Some("expired_or_canceled_card") => (Class::Hard, "The card has expired or was cancelled."),
        Some("charge_for_pending_refund_disputed") => (
            Class::Soft,
            "The customer disputed the charge before the refund was sent.",
        ),
        Some("insufficient_funds") => (
            Class::Soft,
            "There was not enough money in the Stripe account.",
        ),
        Some("declined") => (Class::Soft, "The bank refused the refund."),
        Some("merchant_request") => (Class::Soft, "The refund was taken back at Stripe."),
        _ if status == "canceled" => (Class::Soft, "The refund was cancelled at Stripe."),
        _ => (
            Class::Soft,
            "The refund failed, and Stripe does not say why.",
        ),
    };
    Decline {
        class,
        code: safe(reason.unwrap_or(status)),
        message: message.into(),
        advice: None,
        id: Some(id),
        reference: reference(refund).map(str::to_owned),
    }
}

/// The transaction whose money it gives back. A refund of something that is
/// no payment intent is not what we asked for, and must not look like it.
fn token(refund: &Value) -> Option<String> {
    id_of(&refund["payment_intent"])
        .or_else(|| id_of(&refund["charge"]))
        .map(str::to_owned)
}

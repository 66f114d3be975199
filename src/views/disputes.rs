//! A dispute as scripts read it, and what of it is still to be settled.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{attachment, money};
use crate::books::{DisputeRow, KeptFor, Reader};
use crate::domain::dispute::{Outcome, Urgency};
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::refund::TakenFrom;
use crate::problem::Result;

/// An invoice that a dispute reopened.
#[derive(Debug)]
pub struct Reopened {
    /// What of it the dispute reopened.
    pub amount: Money,
    /// The invoice as it is now.
    pub invoice: Invoice,
    pub on_hold: bool,
}

/// What a dispute reopened, as it stands now.
///
/// # Errors
///
/// The book cannot be read.
pub fn reopened(book: Reader<'_>, dispute: &DisputeRow) -> Result<Vec<Reopened>> {
    let mut reopened = Vec::new();
    for share in book.dispute_shares(dispute.id)? {
        if let TakenFrom::Invoice { id, number } = share.from {
            reopened.push(Reopened {
                amount: share.amount,
                invoice: book.find_invoice(&number, None)?,
                on_hold: book.hold_on(id)?.is_some(),
            });
        }
    }
    Ok(reopened)
}

/// The word for how a dispute stands.
#[must_use]
pub fn state(dispute: &DisputeRow) -> &'static str {
    dispute
        .outcome
        .map_or("open", |(outcome, _)| Outcome::word(outcome))
}

/// A dispute with what it reopened.
///
/// # Errors
///
/// The book cannot be read.
pub fn dispute(book: Reader<'_>, dispute: &DisputeRow, today: Date) -> Result<Value> {
    let reopened = reopened(book, dispute)?;
    let reopens = reopened.iter().map(|it| {
        json!({"invoice": it.invoice.number, "amount": money(it.amount), "open": money(it.invoice.owed()),
               "on_hold": it.on_hold})
    });
    let charge = book.payment(dispute.payment)?.charge;
    let answered = dispute.answered.as_ref();
    let files = book.attachments(KeptFor::Dispute(dispute.id))?;
    let is_overdue = dispute.outcome.is_none()
        && answered.is_none()
        && matches!(Urgency::of(dispute.respond_by, today), Urgency::Overdue(_));
    Ok(json!({
        "dispute": dispute.id.to_string(), "state": state(dispute), "payment": dispute.payment.to_string(),
        "charge": charge.map(|charge| charge.to_string()), "customer": dispute.owner,
        "amount": money(dispute.amount), "fee": money(dispute.fee), "reason": dispute.reason,
        "opened_on": dispute.opened_on.to_string(),
        "respond_by": dispute.respond_by.map(|day| day.to_string()), "overdue": is_overdue,
        "answered_on": answered.map(|answer| answer.on.to_string()),
        "answer_reference": answered.and_then(|answer| answer.reference.as_ref()),
        "files": files.iter().map(attachment).collect::<Vec<_>>(),
        "reopens": reopens.collect::<Vec<_>>(),
        "ended_on": dispute.outcome.map(|(_, on)| on.to_string()), "because": dispute.because,
    }))
}

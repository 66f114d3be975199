//! Bounces: a check or a debit that came back from the bank.
//!
//! The payment stays in the book; its money falls away again, and whatever it
//! paid is open.

use jiff::civil::Date;
use serde_json::json;

use super::reversals::{Why, require_whole};
use super::{Reader, Tx};
use crate::domain::credit::Allocation;
use crate::domain::ids::{InvoiceId, PaymentId};
use crate::domain::payment::{Method, Payment};
use crate::problem::{Problem, Result};

/// A bounce as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    pub because: String,
    /// The invoice that asks the customer for the fee.
    pub fee: Option<InvoiceId>,
    pub on: Date,
}

impl Reader<'_> {
    /// The bounce of a payment, if it came back.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn bounce_of(self, payment: PaymentId) -> Result<Option<Bounce>> {
        self.row(
            "select because, fee_invoice_id, bounced_on from bounces where payment_id = ?1",
            [payment],
            |row| {
                Ok(Bounce {
                    because: row.get("because")?,
                    fee: row.get("fee_invoice_id")?,
                    on: row.get("bounced_on")?,
                })
            },
        )
    }
}

impl Tx<'_> {
    /// Books that a payment came back whole; what it paid is open again.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is a card payment, came back before, is given back or
    /// moved in part, is being used by a charge on its way, or the day is in a
    /// closed period or before the payment's own.
    pub fn bounce(&self, payment: &Payment, bounce: &Bounce) -> Result<Vec<Allocation>> {
        let book = self.read();
        // As it is now, not as it was shown.
        let payment = &book.payment(payment.id)?;
        let id = payment.id;
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if payment.method == Method::Card {
            return refuse(
                "card_does_not_bounce",
                format!("{id} was paid by card, and a card payment does not bounce"),
                format!("What a bank takes back of it is a dispute: `dues dispute open {id}`."),
            );
        }
        if let Some(earlier) = book.bounce_of(id)? {
            return refuse(
                "bounced_already",
                format!("{id} bounced on {} already", earlier.on),
                format!("See it with `dues payment show {id}`."),
            );
        }
        self.require_happened(bounce.on)?;
        if bounce.on < payment.received_on {
            return refuse(
                "bounced_before_received",
                format!(
                    "{id} was received on {}, after {}",
                    payment.received_on, bounce.on
                ),
                "Give the day on which the bank returned it with `--on`.".to_owned(),
            );
        }
        let applied = book.history_of(payment.credit.name.id)?;
        if let Some(last) = applied.iter().map(|(on, _)| *on).max()
            && bounce.on < last
        {
            return refuse(
                "bounced_before_applied",
                format!("{id} was applied on {last}, after {}", bounce.on),
                format!("Date it {last} or later with `--on`: until then it stood as paid."),
            );
        }
        require_whole(payment, "book the bounce")?;
        let paid = book.allocations_of(payment.credit.name.id)?;
        let row = self.insert(
            "insert into bounces (payment_id, because, fee_invoice_id, bounced_on, bounced_at)
             values (?1, ?2, ?3, ?4, ?5)",
            (id, &bounce.because, bounce.fee, bounce.on, self.at),
        )?;
        self.free(payment.credit.name.id, &[], payment.amount, bounce.on)?;
        self.reverse(
            payment.credit.name.id,
            payment.amount,
            Why::Bounced(row),
            bounce.on,
        )?;
        self.note(
            "payment.bounced",
            json!({"payment": id.to_string(), "amount": payment.amount.to_string(),
                   "because": bounce.because, "on": bounce.on.to_string()}),
        )?;
        Ok(paid)
    }
}

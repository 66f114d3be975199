//! Adjustments: what of an invoice is not asked for any more, and why.
//!
//! Each is a credit of its own, applied to its invoice at once and to no other.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::reversals::Why;
use super::values::money;
use super::{Reader, Tx};
use crate::domain::credit::{AdjustmentKind, Source};
use crate::domain::ids::{AdjustmentId, CreditId, InvoiceId, PaymentId};
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// An adjustment about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAdjustment<'a> {
    pub invoice: &'a Invoice,
    pub kind: AdjustmentKind,
    pub amount: Money,
    pub because: &'a str,
    /// The payment that came short of it.
    pub payment: Option<PaymentId>,
    pub on: Date,
}

/// An adjustment as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentRow {
    pub id: AdjustmentId,
    pub credit: CreditId,
    pub invoice: InvoiceId,
    pub number: String,
    pub kind: AdjustmentKind,
    pub amount: Money,
    pub because: String,
    pub payment: Option<PaymentId>,
    pub on: Date,
    /// What of it was asked for again.
    pub recovered: Money,
}

const SELECT: &str = "select a.id, c.id as credit_id, a.invoice_id, i.number, a.kind, a.amount_minor, a.currency,
    a.because, a.payment_id, a.adjusted_on,
    (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id) as recovered_minor
  from adjustments a join credits c on c.adjustment_id = a.id join invoices i on i.id = a.invoice_id";

fn adjustment(row: &Row<'_>) -> rusqlite::Result<AdjustmentRow> {
    Ok(AdjustmentRow {
        id: row.get("id")?,
        credit: row.get("credit_id")?,
        invoice: row.get("invoice_id")?,
        number: row.get("number")?,
        kind: row.get("kind")?,
        amount: money(row, "amount_minor")?,
        because: row.get("because")?,
        payment: row.get("payment_id")?,
        on: row.get("adjusted_on")?,
        recovered: money(row, "recovered_minor")?,
    })
}

impl Reader<'_> {
    /// What was adjusted of an invoice, in the order in which it was.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn adjustments_of(self, invoice: InvoiceId) -> Result<Vec<AdjustmentRow>> {
        self.rows(
            &format!("{SELECT} where a.invoice_id = ?1 order by a.id"),
            [invoice],
            adjustment,
        )
    }

    /// What was adjusted with a payment.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn adjustments_with(self, payment: PaymentId) -> Result<Vec<AdjustmentRow>> {
        self.rows(
            &format!("{SELECT} where a.payment_id = ?1 order by a.id"),
            [payment],
            adjustment,
        )
    }

    /// One adjustment.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn adjustment(self, id: AdjustmentId) -> Result<AdjustmentRow> {
        self.row(&format!("{SELECT} where a.id = ?1"), [id], adjustment)?
            .ok_or_else(|| {
                Problem::refused("no_such_adjustment", format!("there is no adjustment {id}"))
                    .hint("See those of an invoice with `dues invoice show`.")
            })
    }
}

impl Tx<'_> {
    /// Takes a part of an invoice off what is asked for.
    ///
    /// # Errors
    ///
    /// Exit 1 if the invoice has less than that open, is void, is in another
    /// currency, or the day is in a closed period.
    pub fn adjust(&self, new: &NewAdjustment<'_>) -> Result<AdjustmentId> {
        self.read().require_open(new.on)?;
        let id = self.insert(
            "insert into adjustments (invoice_id, kind, payment_id, amount_minor, currency, because, adjusted_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                new.invoice.id,
                new.kind,
                new.payment,
                new.amount.minor(),
                new.amount.currency(),
                new.because,
                new.on,
                self.at,
            ),
        )?;
        let id = AdjustmentId(id);
        let source = Source::Adjustment(id);
        let credit = self.insert_credit(source, new.invoice.customer, new.amount, new.on)?;
        let credit = self.read().credit(credit)?;
        self.require_room(&credit, new.invoice, new.amount)?;
        self.allocate(credit.name.id, new.invoice.id, new.amount, new.on)?;
        self.note(
            "invoice.adjusted",
            json!({"adjustment": id.to_string(), "kind": new.kind.word(), "invoice": new.invoice.number,
                   "amount": new.amount.to_string(), "because": new.because,
                   "payment": new.payment.map(|id| id.to_string())}),
        )?;
        Ok(id)
    }

    /// Asks for the amount again: the invoice is open by it, as of `on`.
    ///
    /// # Errors
    ///
    /// Exit 1 if it was asked for again already, or the day is in a closed period.
    pub fn ask_again(&self, adjustment: &AdjustmentRow, because: &str, on: Date) -> Result<()> {
        let book = self.read();
        book.require_open(on)?;
        // As it is now, not as it was shown.
        let adjustment = &book.adjustment(adjustment.id)?;
        let (id, amount) = (adjustment.id, adjustment.amount);
        if adjustment.recovered == amount {
            return Err(Problem::refused(
                "asked_again_already",
                format!("{id} is asked for again already"),
            )
            .hint(format!(
                "See what is open with `dues invoice show {}`.",
                adjustment.number
            )));
        }
        self.free(adjustment.credit, &[], amount, on)?;
        self.reverse(adjustment.credit, amount, Why::Cancelled(because), on)?;
        self.note(
            "invoice.asked_again",
            json!({"adjustment": id.to_string(), "invoice": adjustment.number,
                   "amount": amount.to_string(), "because": because}),
        )
    }
}

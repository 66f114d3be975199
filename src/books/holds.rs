//! Holds: customers and invoices of whom nothing is charged by itself for now.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::customer::Customer;
use crate::domain::ids::{CustomerId, DisputeId, InvoiceId};
use crate::domain::invoice::Invoice;
use crate::problem::Result;

/// A hold in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub customer: Option<CustomerId>,
    pub invoice: Option<InvoiceId>,
    pub because: String,
    pub held_at: Timestamp,
}

const SELECT: &str =
    "select customer_id, invoice_id, because, held_at from holds where released_at is null";

fn hold(row: &Row<'_>) -> rusqlite::Result<Hold> {
    Ok(Hold {
        customer: row.get("customer_id")?,
        invoice: row.get("invoice_id")?,
        because: row.get("because")?,
        held_at: row.get("held_at")?,
    })
}

impl Reader<'_> {
    /// Why nothing of a customer is charged by itself, if so.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn hold_of(self, customer: CustomerId) -> Result<Option<Hold>> {
        self.row(&format!("{SELECT} and customer_id = ?1"), [customer], hold)
    }

    /// Why an invoice is not charged by itself, if so; of several reasons, a dispute.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn hold_on(self, invoice: InvoiceId) -> Result<Option<Hold>> {
        self.row(
            &format!("{SELECT} and invoice_id = ?1 order by dispute_id is null, id limit 1"),
            [invoice],
            hold,
        )
    }

    /// Every hold in force, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn holds(self) -> Result<Vec<Hold>> {
        self.rows(&format!("{SELECT} order by id"), [], hold)
    }
}

impl Tx<'_> {
    /// Puts a customer on hold; one that is held already gets the new reason.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn hold_customer(&self, customer: &Customer, because: &str) -> Result<()> {
        self.require_still_themselves(customer.id)?;
        self.let_go(Some(customer.id), None)?;
        self.insert(
            "insert into holds (customer_id, because, held_at) values (?1, ?2, ?3)",
            (customer.id, because, self.at),
        )?;
        self.note(
            "customer.held",
            json!({"customer": customer.code, "because": because}),
        )
    }

    /// Puts an invoice on hold; one that is held already gets the new reason,
    /// beside that of a dispute.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn hold_invoice(&self, invoice: &Invoice, because: &str) -> Result<()> {
        self.execute(
            "update holds set released_at = ?2
             where released_at is null and invoice_id = ?1 and dispute_id is null",
            (invoice.id, self.at),
        )?;
        self.insert(
            "insert into holds (invoice_id, because, held_at) values (?1, ?2, ?3)",
            (invoice.id, because, self.at),
        )?;
        self.note(
            "invoice.held",
            json!({"invoice": invoice.number, "because": because}),
        )
    }

    /// Puts an invoice that a dispute reopened on hold until it is won, or a
    /// person releases it.
    pub(super) fn hold_for(
        &self,
        dispute: DisputeId,
        invoice: InvoiceId,
        number: &str,
    ) -> Result<()> {
        let because = format!("disputed: {dispute}");
        self.insert(
            "insert into holds (invoice_id, because, held_at, dispute_id) values (?1, ?2, ?3, ?4)",
            (invoice, &because, self.at, dispute),
        )?;
        self.note(
            "invoice.held",
            json!({"invoice": number, "because": because}),
        )
    }

    /// Releases what is on hold for a dispute.
    pub(super) fn release_for(&self, dispute: DisputeId) -> Result<()> {
        let held: Vec<String> = self.read().rows(
            "select i.number from holds h join invoices i on i.id = h.invoice_id
              where h.dispute_id = ?1 and h.released_at is null order by h.id",
            [dispute],
            |row| row.get(0),
        )?;
        self.execute(
            "update holds set released_at = ?2 where released_at is null and dispute_id = ?1",
            (dispute, self.at),
        )?;
        for number in held {
            self.note(
                "invoice.released",
                json!({"invoice": number, "because": format!("{dispute} is won")}),
            )?;
        }
        Ok(())
    }

    /// Releases a customer; whether it was held.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn release_customer(&self, customer: &Customer) -> Result<bool> {
        let was_held = self.let_go(Some(customer.id), None)?;
        if was_held {
            self.note("customer.released", json!({"customer": customer.code}))?;
        }
        Ok(was_held)
    }

    /// Releases an invoice; whether it was held.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn release_invoice(&self, invoice: &Invoice) -> Result<bool> {
        let was_held = self.let_go(None, Some(invoice.id))?;
        if was_held {
            self.note("invoice.released", json!({"invoice": invoice.number}))?;
        }
        Ok(was_held)
    }

    fn let_go(&self, customer: Option<CustomerId>, invoice: Option<InvoiceId>) -> Result<bool> {
        Ok(self.execute(
            "update holds set released_at = ?3
             where released_at is null and (customer_id = ?1 or invoice_id = ?2)",
            (customer, invoice, self.at),
        )? > 0)
    }
}

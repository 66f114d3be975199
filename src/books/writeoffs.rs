//! Small and old: what of open invoices is not worth asking for any more.

use jiff::civil::Date;
use serde_json::json;

use super::adjustments::NewAdjustment;
use super::{Reader, Tx};
use crate::domain::credit::AdjustmentKind;
use crate::domain::ids::AdjustmentId;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::problem::Result;

impl Reader<'_> {
    /// The invoices with less than `under` open that were due by that day,
    /// oldest due first: those that are free, and those that a charge or a
    /// refund on its way wants.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn worth_writing_off(
        self,
        under: Money,
        due_by: Date,
    ) -> Result<(Vec<Invoice>, Vec<Invoice>)> {
        let mut small = self.open_invoices(None)?;
        small.retain(|invoice| {
            invoice.total.currency() == under.currency()
                && invoice.due_on <= due_by
                && under.minus(invoice.open).is_positive()
        });
        let (mut free, mut wanted) = (Vec::new(), Vec::new());
        for invoice in small {
            if invoice.reserved.is_positive() || self.is_being_reopened(invoice.id)? {
                wanted.push(invoice);
            } else {
                free.push(invoice);
            }
        }
        Ok((free, wanted))
    }
}

impl Tx<'_> {
    /// Writes off what is open of each of these.
    ///
    /// # Errors
    ///
    /// Exit 1 if one of them is not as it was shown, or the day is in a closed
    /// period: none is written off.
    pub fn write_off(
        &self,
        invoices: &[Invoice],
        because: &str,
        on: Date,
    ) -> Result<Vec<AdjustmentId>> {
        let mut made = Vec::new();
        for invoice in invoices {
            made.push(self.adjust(&NewAdjustment {
                invoice,
                kind: AdjustmentKind::WriteOff,
                amount: invoice.open,
                because,
                payment: None,
                on: on.max(invoice.issued_on),
            })?);
        }
        if invoices.len() > 1 {
            self.note(
                "invoices.written_off",
                json!({"invoices": invoices.len(), "because": because}),
            )?;
        }
        Ok(made)
    }
}

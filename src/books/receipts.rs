//! Money that nobody can name yet, and the payment that comes of it.

use rusqlite::Row;
use serde_json::json;

use super::payments::{BroughtBy, NewPayment};
use super::values::money;
use super::{Reader, Tx};
use crate::domain::customer::Customer;
use crate::domain::ids::{PaymentId, ReceiptId};
use crate::domain::payment::Receipt;
use crate::problem::{Problem, Result};

/// What of it is a payment by now is that of its first owner; it may have been moved since.
const SELECT: &str = "select r.id, r.method, r.amount_minor, r.currency, r.received_on, r.reference, r.payer, r.memo,
    p.id as payment_id
  from receipts r left join payments p on p.receipt_id = r.id and p.moved_from_id is null";

fn receipt(row: &Row<'_>) -> rusqlite::Result<Receipt> {
    Ok(Receipt {
        id: row.get("id")?,
        method: row.get("method")?,
        amount: money(row, "amount_minor")?,
        received_on: row.get("received_on")?,
        reference: row.get("reference")?,
        payer: row.get("payer")?,
        memo: row.get("memo")?,
        payment: row.get("payment_id")?,
    })
}

impl Reader<'_> {
    /// Money that nobody can name yet, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn unidentified(self) -> Result<Vec<Receipt>> {
        self.rows(
            &format!("{SELECT} where p.id is null order by r.received_on, r.id"),
            [],
            receipt,
        )
    }

    /// One receipt, whether its owner is known or not.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn receipt(self, id: ReceiptId) -> Result<Receipt> {
        self.row(&format!("{SELECT} where r.id = ?1"), [id], receipt)?
            .ok_or_else(|| {
                Problem::refused("no_such_receipt", format!("there is no receipt {id}"))
                    .hint("See them with `dues payment list --unidentified`.")
            })
    }
}

impl Tx<'_> {
    /// Books money that came from nobody known; its number and payment are not
    /// read of `new`.
    ///
    /// # Errors
    ///
    /// As [`Tx::receive`].
    pub fn receive_unidentified(&self, new: &Receipt) -> Result<ReceiptId> {
        self.require_receivable(new.method, new.amount, new.received_on)?;
        let id = ReceiptId(self.insert(
            "insert into receipts (method, amount_minor, currency, received_on, reference, payer, memo, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                new.method,
                new.amount.minor(),
                new.amount.currency(),
                new.received_on,
                &new.reference,
                &new.payer,
                &new.memo,
                self.at,
            ),
        )?);
        self.note(
            "receipt.recorded",
            json!({"receipt": id.to_string(), "amount": new.amount.to_string(), "method": new.method.word(),
                   "reference": new.reference, "payer": new.payer, "received_on": new.received_on.to_string()}),
        )?;
        Ok(id)
    }

    /// Gives money its owner: a payment of the day that it came, or of the
    /// first day after it that is not closed.
    ///
    /// # Errors
    ///
    /// Exit 1 if it has an owner already.
    pub fn identify(&self, receipt: &Receipt, customer: &Customer) -> Result<PaymentId> {
        let receipt = self.read().receipt(receipt.id)?;
        let id = receipt.id;
        if let Some(payment) = receipt.payment {
            let owner = self
                .read()
                .customer(self.read().payment(payment)?.customer)?;
            return Err(Problem::refused(
                "identified_already",
                format!("{id} is {payment} of {} already", owner.code),
            )
            .hint(format!(
                "See it with `dues payment show {payment}`; it can be moved to another customer."
            )));
        }
        let new = NewPayment {
            customer: customer.id,
            method: receipt.method,
            amount: receipt.amount,
            received_on: self.open_day(receipt.received_on)?,
            reference: receipt.reference.as_deref(),
            memo: receipt.memo.as_deref(),
        };
        let by = BroughtBy {
            attempt: None,
            receipt: Some(id),
        };
        let (payment, _) = self.insert_payment(&new, by)?;
        self.note(
            "receipt.identified",
            json!({"receipt": id.to_string(), "payment": payment.to_string(), "customer": customer.code,
                   "amount": receipt.amount.to_string()}),
        )?;
        Ok(payment)
    }
}

//! Money that a person says has come: by check, wire, cash.
//!
//! A card's money comes by its charge, and by no other door.

use jiff::civil::Date;
use serde_json::json;

use super::payments::{BroughtBy, NewPayment};
use super::{Reader, Tx};
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::problem::{Problem, Result};

impl Reader<'_> {
    /// The payments of the same customer that came in the same way under the
    /// same number: one check is not booked twice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn same_reference(self, new: &NewPayment<'_>) -> Result<Vec<Payment>> {
        let ids: Vec<PaymentId> = self.rows(
            "select id from payments where customer_id = ?1 and reference = ?2 and method = ?3 order by id",
            (new.customer, new.reference, new.method),
            |row| row.get("id"),
        )?;
        ids.into_iter().map(|id| self.payment(id)).collect()
    }
}

impl Tx<'_> {
    /// Books money that came; all of it is on account then.
    ///
    /// # Errors
    ///
    /// Exit 1 if the day is in the future or in a closed period; exit 2 for
    /// nothing, and for a card.
    pub fn receive(&self, new: &NewPayment<'_>) -> Result<PaymentId> {
        self.require_receivable(new.method, new.amount, new.received_on)?;
        let (id, _) = self.insert_payment(new, BroughtBy::default())?;
        let customer = self.read().customer(new.customer)?.code;
        self.note(
            "payment.recorded",
            json!({"payment": id.to_string(), "customer": customer, "amount": new.amount.to_string(),
                   "method": new.method.word(), "reference": new.reference,
                   "received_on": new.received_on.to_string()}),
        )?;
        Ok(id)
    }

    /// # Errors
    ///
    /// As [`Tx::receive`].
    pub(super) fn require_receivable(&self, method: Method, amount: Money, on: Date) -> Result<()> {
        if method == Method::Card {
            return Err(Problem::usage(
                "card_is_charged",
                "a card payment is not recorded; it comes of a charge",
            )
            .hint("Charge a saved card with `dues charge`; money that came another way is `--method other`."));
        }
        if !amount.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                "an amount received must be more than zero",
            )
            .hint("Give what came, such as `--amount 1200`."));
        }
        self.require_happened(on)
    }
}

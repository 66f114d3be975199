//! What was applied and is taken back: the money is on account again, and
//! both stay in the history.

use jiff::civil::Date;
use serde_json::json;

use super::{Reader, Tx, credits};
use crate::domain::credit::{Allocation, Credit, Source};
use crate::domain::ids::{CreditId, InvoiceId};
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

impl Reader<'_> {
    /// All that was applied of a credit and taken back, one by one, with its day.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn history_of(self, credit: CreditId) -> Result<Vec<(Date, Allocation)>> {
        self.history("l.credit_id = ?1", credit)
    }

    /// The same of an invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn history_on(self, invoice: InvoiceId) -> Result<Vec<(Date, Allocation)>> {
        self.history("l.invoice_id = ?1", invoice)
    }

    fn history(self, which: &str, id: impl rusqlite::ToSql) -> Result<Vec<(Date, Allocation)>> {
        self.rows(
            &format!(
                "select l.allocated_on, l.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, l.invoice_id,
                   i.number, i.currency, i.open_minor, l.amount_minor
                   from allocations l join credits c on c.id = l.credit_id join invoices i on i.id = l.invoice_id
                  where {which} order by l.id"
            ),
            [id],
            |row| Ok((row.get("allocated_on")?, credits::allocation(row)?)),
        )
    }

    /// What of a credit a refund on its way is about to take from an invoice.
    fn promised(self, credit: CreditId, invoice: InvoiceId, zero: Money) -> Result<Money> {
        let promised = self.row(
            "select coalesce(sum(amount_minor), 0) as minor from to_be_given_back
              where credit_id = ?1 and invoice_id = ?2",
            (credit, invoice),
            |row| row.get("minor"),
        )?;
        Ok(Money::of(promised.unwrap_or_default(), zero.currency()))
    }
}

impl Tx<'_> {
    /// Takes a part of a credit back from an invoice: there it is open again,
    /// and the money on account. `applied` is what is applied of it there.
    ///
    /// # Errors
    ///
    /// Exit 1 if less is applied there, a refund on its way wants it, the
    /// credit is an adjustment, or the day is in a closed period.
    pub fn unapply(
        &self,
        credit: &Credit,
        applied: &Allocation,
        amount: Money,
        on: Date,
    ) -> Result<()> {
        let (name, number, book) = (credit.name, &applied.number, self.read());
        book.require_open(on)?;
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if let Source::Adjustment(id) = name.source {
            return refuse(
                "adjustment_stays",
                format!("{id} is no money, and is of `{number}` only"),
                format!(
                    "See it with `dues invoice show {number}`; to ask for it again is a step of its own."
                ),
            );
        }
        if amount.currency() != applied.amount.currency() || !amount.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                format!("{amount} cannot be taken back from `{number}`"),
            )
            .hint("Give what is to be on account again, in the invoice's currency."));
        }
        // As it is now, not as it was shown.
        let there = book.allocations_of(name.id)?;
        let there = there.into_iter().find(|it| it.invoice == applied.invoice);
        let zero = Money::zero(amount.currency());
        let there = there.map_or(zero, |it| it.amount);
        if amount.minus(there).is_positive() {
            return refuse(
                "more_than_applied",
                format!("`{number}` has {there} of {name}; {amount} is to be taken back"),
                format!("See what it paid with `dues payment show {name}`."),
            );
        }
        let promised = book.promised(name.id, applied.invoice, zero)?;
        if amount.minus(there.minus(promised)).is_positive() {
            return refuse(
                "being_refunded",
                format!("{promised} of {name} on `{number}` is being given back"),
                "Run `dues charge recover`; take back the rest when that refund is settled."
                    .to_owned(),
            );
        }
        self.allocate(name.id, applied.invoice, amount.turned(), on)?;
        self.note(
            "payment.unapplied",
            json!({"payment": name.to_string(), "invoice": number, "amount": amount.to_string()}),
        )
    }
}

//! Money on account, and the invoices it is applied to. Facts only: taking
//! back is a new row.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::values::moneys;
use super::{Reader, Tx};
use crate::domain::credit::{Allocation, Credit, CreditName, Source};
use crate::domain::ids::{CreditId, CustomerId, InvoiceId};
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// A credit's columns, of `credits c`. Reserved is what open charges want of
/// it, and what open refunds give back.
macro_rules! columns {
    () => {
        "c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, c.customer_id, c.currency,
         c.amount_minor as credit_minor, c.open_minor,
         (select coalesce(sum(amount_minor), 0) from reservations where credit_id = c.id) +
         (select coalesce(sum(amount_minor), 0) from to_be_given_back
           where credit_id = c.id and invoice_id is null) as reserved_minor"
    };
}
pub(super) use columns;

const SELECT: &str = concat!("select ", columns!(), " from credits c");

pub(super) fn name(row: &Row<'_>) -> rusqlite::Result<CreditName> {
    let source = match (row.get("payment_id")?, row.get("credit_memo_id")?) {
        (Some(payment), _) => Source::Payment(payment),
        (None, Some(memo)) => Source::CreditMemo(memo),
        (None, None) => Source::Adjustment(row.get("adjustment_id")?),
    };
    Ok(CreditName {
        id: row.get("credit_id")?,
        source,
    })
}

pub(super) fn credit(row: &Row<'_>) -> rusqlite::Result<Credit> {
    let money = moneys(row)?;
    Ok(Credit {
        name: name(row)?,
        customer: row.get("customer_id")?,
        amount: money("credit_minor")?,
        open: money("open_minor")?,
        reserved: money("reserved_minor")?,
    })
}

pub(super) fn allocation(row: &Row<'_>) -> rusqlite::Result<Allocation> {
    let money = moneys(row)?;
    Ok(Allocation {
        credit: name(row)?,
        invoice: row.get("invoice_id")?,
        number: row.get("number")?,
        amount: money("amount_minor")?,
        left: money("open_minor")?,
    })
}

/// What is applied, added up by invoice and credit: `which` names one of either.
fn applied(which: &str) -> String {
    format!(
        "select l.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, l.invoice_id, i.number, i.currency, i.open_minor, l.amount_minor
           from (select credit_id, invoice_id, sum(amount_minor) as amount_minor, min(id) as first_id
                   from allocations where {which} = ?1
                  group by credit_id, invoice_id having sum(amount_minor) <> 0) l
           join credits c on c.id = l.credit_id join invoices i on i.id = l.invoice_id
          order by l.first_id"
    )
}

/// What is applied, added up by invoice; what was taken back whole is left out.
pub(super) fn summed(facts: Vec<Allocation>) -> Vec<Allocation> {
    let mut applied: Vec<Allocation> = Vec::new();
    for fact in facts {
        match applied.iter_mut().find(|it| it.invoice == fact.invoice) {
            Some(sum) => sum.amount = sum.amount.plus(fact.amount),
            None => applied.push(fact),
        }
    }
    applied.retain(|sum| !sum.amount.is_zero());
    applied
}

impl Reader<'_> {
    /// A customer's credits with open money, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn credits_of(self, customer: CustomerId) -> Result<Vec<Credit>> {
        self.rows(
            &format!("{SELECT} where c.customer_id = ?1 and c.open_minor > 0 order by c.credited_on, c.id"),
            [customer],
            credit,
        )
    }

    /// One credit, as it is now.
    ///
    /// # Errors
    ///
    /// The book has none of that number.
    pub fn credit(self, id: CreditId) -> Result<Credit> {
        self.row(&format!("{SELECT} where c.id = ?1"), [id], credit)?
            .ok_or_else(|| Problem::bug(format!("there is no credit {id}")))
    }

    /// Where a credit is applied.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_of(self, credit: CreditId) -> Result<Vec<Allocation>> {
        self.rows(&applied("credit_id"), [credit], allocation)
    }

    /// Which credits are applied to an invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_to(self, invoice: InvoiceId) -> Result<Vec<Allocation>> {
        self.rows(&applied("invoice_id"), [invoice], allocation)
    }

    /// What was applied to an invoice and taken back from it, one by one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_made_to(self, invoice: InvoiceId) -> Result<Vec<Allocation>> {
        self.rows(
            "select l.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, l.invoice_id, i.number, i.currency, i.open_minor, l.amount_minor
               from allocations l join credits c on c.id = l.credit_id join invoices i on i.id = l.invoice_id
              where l.invoice_id = ?1 order by l.id",
            [invoice],
            allocation,
        )
    }
}

impl Tx<'_> {
    pub(super) fn insert_credit(
        &self,
        source: Source,
        customer: CustomerId,
        amount: Money,
        credited_on: Date,
    ) -> Result<CreditId> {
        self.require_still_themselves(customer)?;
        let (payment, memo, adjustment) = match source {
            Source::Payment(id) => (Some(id), None, None),
            Source::CreditMemo(id) => (None, Some(id), None),
            Source::Adjustment(id) => (None, None, Some(id)),
        };
        let id = self.insert(
            "insert into credits (payment_id, credit_memo_id, adjustment_id, customer_id, amount_minor, currency,
               open_minor, credited_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?7, ?8)",
            (
                payment,
                memo,
                adjustment,
                customer,
                amount.minor(),
                amount.currency(),
                credited_on,
                self.at,
            ),
        )?;
        Ok(CreditId(id))
    }

    /// Applies a part of a credit; negative, it is taken back. It counts for
    /// the day `on`, or the first day on which both the credit and the invoice
    /// are there.
    pub(super) fn allocate(
        &self,
        credit: CreditId,
        invoice: InvoiceId,
        amount: Money,
        on: Date,
    ) -> Result<()> {
        self.insert(
            "insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at)
             select ?1, ?2, ?3,
               case when ?4 >= c.credited_on and ?4 >= i.issued_on then ?4
                    when c.credited_on >= i.issued_on then c.credited_on else i.issued_on end, ?5
               from credits c, invoices i where c.id = ?1 and i.id = ?2",
            (credit, invoice, amount.minor(), on, self.at),
        )?;
        Ok(())
    }

    /// Applies a credit to an invoice of the same customer, as of `on`.
    ///
    /// # Errors
    ///
    /// Exit 1 if either has less than `amount` available, they do not belong
    /// together, or the day is in a closed period.
    pub fn apply_credit_on(
        &self,
        credit: &Credit,
        invoice: &Invoice,
        amount: Money,
        on: Date,
    ) -> Result<()> {
        self.require_room(credit, invoice, amount)?;
        self.allocate(credit.name.id, invoice.id, amount, on)?;
        self.note(
            "payment.applied",
            json!({"payment": credit.name.to_string(), "invoice": invoice.number, "amount": amount.to_string()}),
        )
    }

    /// As [`Tx::apply_credit_on`], today.
    ///
    /// # Errors
    ///
    /// As [`Tx::apply_credit_on`].
    pub fn apply_credit(&self, credit: &Credit, invoice: &Invoice, amount: Money) -> Result<()> {
        let today = self.open_day(self.today()?)?;
        self.apply_credit_on(credit, invoice, amount, today)
    }

    /// # Errors
    ///
    /// Exit 1 if a credit or an invoice has less than `amount` available, or
    /// they do not belong together.
    pub(super) fn require_room(
        &self,
        credit: &Credit,
        invoice: &Invoice,
        amount: Money,
    ) -> Result<()> {
        let refuse =
            |code, message: String, hint: &str| Err(Problem::refused(code, message).hint(hint));
        // As they are now, not as they were shown.
        let credit = &self.read().credit(credit.name.id)?;
        let invoice = &self.read().find_invoice(&invoice.number, None)?;
        let (name, number) = (credit.name, &invoice.number);
        if credit.customer != invoice.customer {
            let owner = self.read().customer(invoice.customer)?.code;
            return refuse(
                "other_customers_invoice",
                format!("invoice `{number}` belongs to {owner}, {name} does not"),
                "A payment can be applied to its own customer's invoices only.",
            );
        }
        if invoice.is_void {
            return refuse(
                "invoice_void",
                format!("invoice `{number}` is void"),
                "Leave it out.",
            );
        }
        for (have, whose) in [
            (credit.available(), name.to_string()),
            (invoice.available(), format!("invoice `{number}`")),
        ] {
            if have.currency() != amount.currency() {
                return refuse(
                    "currency_differs",
                    format!(
                        "{whose} is in {}, not in {}",
                        have.currency(),
                        amount.currency()
                    ),
                    "Apply each currency on its own.",
                );
            }
            if amount.minus(have).is_positive() {
                return refuse(
                    "more_than_open",
                    format!("{whose} has only {have} to apply; {amount} is asked"),
                    "Apply a smaller amount with `--amount`.",
                );
            }
        }
        Ok(())
    }
}

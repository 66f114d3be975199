//! Payments: money that was received, and what a charge paid.

use jiff::civil::Date;
use rusqlite::Row;

use super::beside::Beside;
use super::charges::ChargeRow;
use super::values::moneys;
use super::{Reader, Tx, credits};
use crate::domain::credit::{Allocation, Source};
use crate::domain::customer::Customer;
use crate::domain::ids::{
    AttemptId, ChargeId, CreditId, CustomerId, InvoiceId, PaymentId, ReceiptId,
};
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::problem::{Problem, Result};

/// Money that was received, about to be booked.
#[derive(Debug, Clone, Copy)]
pub struct NewPayment<'a> {
    pub customer: CustomerId,
    pub method: Method,
    pub amount: Money,
    pub received_on: Date,
    /// The payer's own number: of the check, of the transfer.
    pub reference: Option<&'a str>,
    pub memo: Option<&'a str>,
}

/// Whether anything brought the money, or a person says that it came.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BroughtBy {
    pub attempt: Option<AttemptId>,
    pub receipt: Option<ReceiptId>,
}

/// What a charge paid of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidShare {
    pub number: String,
    pub amount: Money,
    /// The credit that was used; `None`: the card's money.
    pub from_credit: Option<Source>,
    /// What the invoice has open now.
    pub left: Money,
}

macro_rules! select {
    ($columns:literal, $joins:literal) => {
        concat!(
            "select p.id, p.method, p.amount_minor, p.received_on, p.memo, p.reference, p.deposit_id, p.receipt_id,
               a.charge_id,
               (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id) as reversed_minor,
               (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id) as given_back_minor, ",
            credits::columns!(),
            $columns,
            " from payments p join credits c on c.payment_id = p.id left join attempts a on a.id = p.attempt_id",
            $joins
        )
    };
}

const SELECT: &str = select!("", "");
const LIST: &str = select!(", o.code", " join customers o on o.id = p.customer_id");

/// What the payments of a list (`cross`: in its order) are applied to, fact by fact.
const APPLIED: &str = "select p.id, l.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, l.invoice_id, i.number, i.currency,
    i.open_minor, l.amount_minor
  from payments p cross join credits c on c.payment_id = p.id
  cross join allocations l on l.credit_id = c.id cross join invoices i on i.id = l.invoice_id";

fn applied(row: &Row<'_>) -> rusqlite::Result<(PaymentId, Allocation)> {
    Ok((row.get("id")?, credits::allocation(row)?))
}

fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    let money = moneys(row)?;
    Ok(Payment {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        method: row.get("method")?,
        amount: money("amount_minor")?,
        credit: credits::credit(row)?,
        given_back: money("given_back_minor")?,
        reversed: money("reversed_minor")?,
        received_on: row.get("received_on")?,
        charge: row.get("charge_id")?,
        memo: row.get("memo")?,
        reference: row.get("reference")?,
        deposit: row.get("deposit_id")?,
        receipt: row.get("receipt_id")?,
    })
}

impl Reader<'_> {
    /// Payments, of one customer or of all, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payments(self, customer: Option<CustomerId>) -> Result<Vec<Payment>> {
        match customer {
            Some(customer) => self.rows(
                &format!("{SELECT} where p.customer_id = ?1 order by p.id desc"),
                [customer],
                payment,
            ),
            None => self.rows(&format!("{SELECT} order by p.id desc"), [], payment),
        }
    }

    /// Tells payments, of one customer or of all, newest first, each with its
    /// owner's code and what it pays; with `on_account` only those with money
    /// that pays no invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read; or what `hear` returned.
    pub fn each_payment(
        self,
        customer: Option<CustomerId>,
        on_account: bool,
        mut hear: impl FnMut(&Payment, &str, &[Allocation]) -> Result<()>,
    ) -> Result<()> {
        let whose = match customer {
            Some(_) => "p.customer_id = ?1",
            None => "?1 is null",
        };
        let open = if on_account {
            "c.open_minor > 0"
        } else {
            "true"
        };
        let which = format!("where {whose} and {open} order by p.id desc");
        let prepare = |sql: &str| self.connection.prepare(sql);
        let mut all = prepare(&format!("{LIST} {which}"))?;
        let mut paid = prepare(&format!("{APPLIED} {which}, l.id"))?;
        let mut all = all.query([customer])?;
        let mut paid = Beside::open(paid.query([customer])?, applied)?;
        while let Some(row) = all.next()? {
            let payment = payment(row)?;
            let owner: String = row.get("code")?;
            let pays = credits::summed(paid.of(payment.id)?);
            hear(&payment, &owner, &pays)?;
        }
        paid.end()
    }

    /// The payments received between two days, both counted, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payments_between(self, from: Date, to: Date) -> Result<Vec<Payment>> {
        self.rows(
            &format!("{SELECT} where p.received_on between ?1 and ?2 order by p.received_on, p.id"),
            [from, to],
            payment,
        )
    }

    /// One payment.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn payment(self, id: PaymentId) -> Result<Payment> {
        self.row(&format!("{SELECT} where p.id = ?1"), [id], payment)?
            .ok_or_else(|| {
                Problem::refused("no_such_payment", format!("there is no payment {id}"))
                    .hint("See them with `dues payment list`.")
            })
    }

    /// The payment that a charge brought, if it did.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payment_of(self, charge: ChargeId) -> Result<Option<Payment>> {
        self.row(
            &format!("{SELECT} where a.charge_id = ?1"),
            [charge],
            payment,
        )
    }

    /// What a charge that succeeded paid: from credits as planned, from the
    /// card as applied.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn paid_by(self, charge: &ChargeRow) -> Result<Vec<PaidShare>> {
        let mut paid = Vec::new();
        for share in self.shares_of(charge.id)? {
            if share.from.is_some()
                && let Some(invoice) = self.invoice_by_number(&share.number)?
            {
                paid.push(PaidShare {
                    number: share.number,
                    amount: share.amount,
                    from_credit: share.from.map(|credit| credit.source),
                    left: invoice.open,
                });
            }
        }
        if let Some(payment) = self.payment_of(charge.id)? {
            let applied = self.allocations_of(payment.credit.name.id)?.into_iter();
            paid.extend(applied.map(|allocation| PaidShare {
                number: allocation.number,
                amount: allocation.amount,
                from_credit: None,
                left: allocation.left,
            }));
        }
        Ok(paid)
    }
}

impl Tx<'_> {
    /// Books the opening payment of an imported invoice: what its old system had as paid.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_opening_payment(
        &self,
        customer: &Customer,
        invoice: InvoiceId,
        amount: Money,
        received_on: Date,
    ) -> Result<()> {
        let new = NewPayment {
            customer: customer.id,
            method: Method::Other,
            amount,
            received_on,
            reference: None,
            memo: Some("imported balance"),
        };
        let (_, credit) = self.insert_payment(&new, BroughtBy::default())?;
        self.allocate(credit, invoice, amount, received_on)
    }

    /// Books money that was received, and the credit that it is.
    pub(super) fn insert_payment(
        &self,
        new: &NewPayment<'_>,
        by: BroughtBy,
    ) -> Result<(PaymentId, CreditId)> {
        let id = self.insert(
            "insert into payments (customer_id, method, amount_minor, currency, received_on, attempt_id, receipt_id,
               reference, memo, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                new.customer,
                new.method,
                new.amount.minor(),
                new.amount.currency(),
                new.received_on,
                by.attempt,
                by.receipt,
                new.reference,
                new.memo,
                self.at,
            ),
        )?;
        let id = PaymentId(id);
        let source = Source::Payment(id);
        let credit = self.insert_credit(source, new.customer, new.amount, new.received_on)?;
        Ok((id, credit))
    }
}

//! Refunds: money of a payment that is to be given back, was, or came back again.
//!
//! What left a credit is a fact of its own beside the refund that asked for
//! it; what a bank sends back later is a second one, with its sign turned.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::attempt_rows::{AttemptRow, attempt};
use super::values::money;
use super::{Reader, Tx};
use crate::domain::ids::{CreditId, CustomerId, InvoiceId, PaymentId, RefundId};
use crate::domain::intent::Intent;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::problem::{Problem, Result};

/// A refund about to be prepared.
#[derive(Debug, Clone)]
pub struct NewRefund<'a> {
    pub payment: &'a Payment,
    /// What is given back: the sum of `shares`.
    pub amount: Money,
    pub shares: &'a [RefundShare],
    /// It is cancelled at the gateway, before it is settled.
    pub is_void: bool,
    pub because: Option<&'a str>,
    pub wants_mail: bool,
    pub on: Date,
}

/// A refund and its newest attempt.
#[derive(Debug, Clone)]
pub struct RefundRow {
    pub id: RefundId,
    pub payment: PaymentId,
    pub customer: CustomerId,
    pub amount: Money,
    pub is_void: bool,
    pub intent: Intent,
    pub because: Option<String>,
    pub wants_mail: bool,
    pub refunded_on: Date,
    pub created_at: Timestamp,
    /// What was given back and did not come back.
    pub given_back: Money,
    pub attempt: AttemptRow,
    credit: CreditId,
}

/// Refunds with their newest attempts, with more columns and what those are read from.
macro_rules! select {
    ($columns:literal, $joins:literal) => {
        concat!(
            "select r.payment_id, c.id as credit_id, c.customer_id, r.amount_minor as refund_minor, r.is_void, r.intent,
               r.because, r.wants_mail, r.refunded_on, r.created_at,
               (select coalesce(sum(amount_minor), 0) from given_back where refund_id = r.id) as given_back_minor, ",
            $crate::books::attempt_rows::columns!(),
            $columns,
            " from refunds r join credits c on c.payment_id = r.payment_id join attempts a on a.refund_id = r.id
               and a.n = (select max(n) from attempts newest where newest.refund_id = r.id)",
            $joins
        )
    };
}
pub(super) use select;

const REFUNDS: &str = select!("", "");

pub(super) fn refund(row: &Row<'_>) -> rusqlite::Result<RefundRow> {
    Ok(RefundRow {
        id: row.get("refund_id")?,
        payment: row.get("payment_id")?,
        customer: row.get("customer_id")?,
        amount: money(row, "refund_minor")?,
        is_void: row.get("is_void")?,
        intent: row.get("intent")?,
        because: row.get("because")?,
        wants_mail: row.get("wants_mail")?,
        refunded_on: row.get("refunded_on")?,
        created_at: row.get("created_at")?,
        given_back: money(row, "given_back_minor")?,
        attempt: attempt(row)?,
        credit: row.get("credit_id")?,
    })
}

/// A part of what a refund or a dispute takes: from an invoice, or from what pays none.
pub(super) fn share(row: &Row<'_>) -> rusqlite::Result<RefundShare> {
    let invoice: Option<InvoiceId> = row.get("invoice_id")?;
    Ok(RefundShare {
        from: match invoice {
            None => TakenFrom::Account,
            Some(id) => TakenFrom::Invoice {
                id,
                number: row.get("number")?,
            },
        },
        amount: money(row, "amount_minor")?,
    })
}

pub(super) fn no_such_refund(id: RefundId) -> Problem {
    Problem::refused("no_such_refund", format!("there is no refund {id}"))
        .hint("See them with `dues refund list`.")
}

impl Reader<'_> {
    /// The refunds of a payment, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn refunds_of(self, payment: PaymentId) -> Result<Vec<RefundRow>> {
        self.rows(
            &format!("{REFUNDS} where r.payment_id = ?1 order by r.id"),
            [payment],
            refund,
        )
    }

    /// The refunds whose money may still be given back, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_refunds(self) -> Result<Vec<RefundRow>> {
        self.rows(
            &format!(
                "{REFUNDS} where r.id in (select refund_id from open_attempts)
                   and a.id in (select id from open_attempts where refund_id = r.id) order by r.id"
            ),
            [],
            refund,
        )
    }

    /// As [`Reader::open_refunds`], of one payment.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_refunds_of(self, payment: PaymentId) -> Result<Vec<RefundRow>> {
        self.rows(
            &format!(
                "{REFUNDS} where r.payment_id = ?1
                   and a.id in (select id from open_attempts where refund_id = r.id) order by r.id"
            ),
            [payment],
            refund,
        )
    }

    /// The refunds whose money was given back and did not come back, but for those
    /// that cannot any more, by [`Tx::remember_returns`].
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn refunds_given(self) -> Result<Vec<RefundRow>> {
        let mut given = self.rows(
            &format!(
                "{REFUNDS} left join looks l on l.gateway = a.gateway and l.account = a.account
                  where r.is_void = 0 and a.state = 'succeeded'
                    and (l.returns_over_on is null or r.refunded_on >= l.returns_over_on) order by r.id"
            ),
            [],
            refund,
        )?;
        given.retain(|refund| refund.given_back.is_positive());
        Ok(given)
    }

    /// The refunds that a bank sent back since a day.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn refunds_sent_back(self, since: Date) -> Result<Vec<RefundRow>> {
        self.rows(
            &format!(
                "{REFUNDS} where r.id in (select refund_id from given_back where amount_minor < 0 and given_on >= ?1)
                 order by r.id"
            ),
            [since],
            refund,
        )
    }

    /// One refund.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn refund(self, id: RefundId) -> Result<RefundRow> {
        self.find_refund(id)?.ok_or_else(|| no_such_refund(id))
    }

    /// The refund of this number, if there is one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn find_refund(self, id: RefundId) -> Result<Option<RefundRow>> {
        self.row(&format!("{REFUNDS} where r.id = ?1"), [id], refund)
    }

    /// The refund of this intent, if it was ever made.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn refund_by_intent(self, intent: &Intent) -> Result<Option<RefundRow>> {
        self.row(&format!("{REFUNDS} where r.intent = ?1"), [intent], refund)
    }

    /// What a refund gave back and on which day, then what the bank sent back
    /// of it: that is below zero.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn given_by(self, id: RefundId) -> Result<Vec<(Date, Money)>> {
        self.rows(
            "select g.given_on, g.amount_minor, r.currency from given_back g join refunds r on r.id = g.refund_id
              where g.refund_id = ?1 order by g.id",
            [id],
            |row| Ok((row.get("given_on")?, money(row, "amount_minor")?)),
        )
    }

    /// Where the money of a refund is taken from, as planned.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn refund_shares(self, id: RefundId) -> Result<Vec<RefundShare>> {
        self.rows(
            "select s.invoice_id, i.number, s.amount_minor, r.currency
               from refund_shares s join refunds r on r.id = s.refund_id
               left join invoices i on i.id = s.invoice_id
              where s.refund_id = ?1 order by s.line",
            [id],
            share,
        )
    }
}

impl Tx<'_> {
    /// Writes the intent to give money back; its number, and what its
    /// gateway key is made from. With its attempt, it reserves what it takes.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_refund(&self, new: &NewRefund<'_>) -> Result<(RefundId, Intent)> {
        let id = self.next_refund()?;
        let intent = Intent::Refund(id);
        self.insert_refund(id, &intent, new)?;
        Ok((id, intent))
    }

    /// The number of the next refund: one that no other had, in this book or at
    /// the gateway.
    pub(super) fn next_refund(&self) -> Result<RefundId> {
        let next: Option<i64> = self.read().row(
            "select 1 + max(coalesce((select seq from sqlite_sequence where name = 'refunds'), 0),
                            coalesce((select max(refund_id) from set_aside), 0))",
            [],
            |row| row.get(0),
        )?;
        Ok(RefundId(next.unwrap_or(1)))
    }

    /// Writes a refund under a number of its own, and what it reopens.
    pub(super) fn insert_refund(
        &self,
        id: RefundId,
        intent: &Intent,
        new: &NewRefund<'_>,
    ) -> Result<()> {
        self.insert(
            "insert into refunds (id, payment_id, amount_minor, currency, is_void, intent, because, wants_mail,
               refunded_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                id,
                new.payment.id,
                new.amount.minor(),
                new.amount.currency(),
                new.is_void,
                intent,
                new.because,
                new.wants_mail,
                new.on,
                self.at,
            ),
        )?;
        for (line, share) in (0_i64..).zip(new.shares) {
            let invoice = match &share.from {
                TakenFrom::Account => None,
                TakenFrom::Invoice { id, .. } => Some(*id),
            };
            self.insert(
                "insert into refund_shares (refund_id, line, invoice_id, amount_minor) values (?1, ?2, ?3, ?4)",
                (id, line, invoice, share.amount.minor()),
            )?;
        }
        Ok(())
    }

    /// Books that the gateway gave the money back: what was planned is open
    /// again, and the money has left the credit. What the gateway gave must be
    /// booked, so whatever the plan does not cover is taken from what pays no
    /// invoice, and then from what was applied last.
    ///
    /// # Errors
    ///
    /// The payment has not so much to give.
    pub(super) fn give_back(&self, refund: &RefundRow, amount: Money) -> Result<()> {
        let book = self.read();
        // As with a payment, the day that it was asked for.
        let zone = book.facts()?.zone;
        let sent = refund.attempt.first_sent_at.unwrap_or(self.at);
        let on = self.open_day(sent.to_zoned(zone).date())?;
        self.free(refund.credit, &book.refund_shares(refund.id)?, amount, on)?;
        self.insert_given_back(refund, amount, on)
    }

    /// Books that the bank sent money of a refund back. It pays again what the
    /// refund had reopened, as far as that is open; where it went.
    ///
    /// # Errors
    ///
    /// More would come back than was given.
    pub fn take_back(
        &self,
        refund: &RefundRow,
        amount: Money,
        on: Date,
    ) -> Result<Vec<RefundShare>> {
        let book = self.read();
        let on = self.open_day(on)?;
        self.insert_given_back(refund, Money::zero(amount.currency()).minus(amount), on)?;
        let (went, left) =
            self.pay_again(refund.credit, &book.refund_shares(refund.id)?, amount, on)?;
        self.note(
            "refund.came_back",
            json!({"refund": refund.id.to_string(), "payment": refund.payment.to_string(),
                   "amount": amount.to_string(), "on_account": left.to_string()}),
        )?;
        Ok(went)
    }

    fn insert_given_back(&self, refund: &RefundRow, amount: Money, on: Date) -> Result<()> {
        self.insert(
            "insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at) values (?1, ?2, ?3, ?4, ?5)",
            (refund.id, refund.credit, amount.minor(), on, self.at),
        )?;
        Ok(())
    }
}

//! Charges and their attempts: what was intended, sent, and heard.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;

use super::attempt_rows::{AttemptRow, attempt};
use super::values::money;
use super::{Reader, Tx, attempt_rows, credits};
use crate::domain::card::Card;
use crate::domain::customer::Customer;
use crate::domain::ids::{AuthorizationId, CardId, ChargeId, CreditId, CustomerId};
use crate::domain::intent::Intent;
use crate::domain::money::Money;
use crate::domain::spread::{Share, Spread};
use crate::domain::untrusted::{composed, decomposed};
use crate::problem::{Problem, Result};

/// A charge about to be prepared.
#[derive(Debug, Clone)]
pub struct NewCharge<'a> {
    pub customer: &'a Customer,
    pub card: &'a Card,
    pub authorization: AuthorizationId,
    pub spread: &'a Spread,
    /// A script's id, and what it asked for, spelled out.
    pub request: Option<(&'a str, &'a str)>,
    /// What makes it this intent, where it has a name of its own.
    pub intent: Option<Intent>,
    pub memo: Option<&'a str>,
    pub wants_mail: bool,
    pub on: Date,
}

/// A charge and its newest attempt.
#[derive(Debug, Clone)]
pub struct ChargeRow {
    pub id: ChargeId,
    pub customer: CustomerId,
    pub card: CardId,
    pub amount: Money,
    pub intent: Intent,
    pub request_text: Option<String>,
    pub memo: Option<String>,
    pub wants_mail: bool,
    pub charged_on: Date,
    pub created_at: Timestamp,
    pub attempt: AttemptRow,
}

pub(super) const CHARGES: &str = concat!(
    "select c.customer_id, c.card_id, c.intent, c.request_text, c.memo, c.wants_mail, c.charged_on, c.created_at, ",
    attempt_rows::columns!(),
    " from charges c join attempts a on a.charge_id = c.id
       and a.n = (select max(n) from attempts newest where newest.charge_id = c.id)"
);

pub(super) fn charge(row: &Row<'_>) -> rusqlite::Result<ChargeRow> {
    Ok(ChargeRow {
        id: row.get("charge_id")?,
        customer: row.get("customer_id")?,
        card: row.get("card_id")?,
        amount: money(row, "amount_minor")?,
        intent: row.get("intent")?,
        request_text: row.get("request_text")?,
        memo: row.get("memo")?,
        wants_mail: row.get("wants_mail")?,
        charged_on: row.get("charged_on")?,
        created_at: row.get("created_at")?,
        attempt: attempt(row)?,
    })
}

pub(super) fn share(row: &Row<'_>) -> rusqlite::Result<Share> {
    let credit: Option<CreditId> = row.get("credit_id")?;
    Ok(Share {
        invoice: row.get("invoice_id")?,
        number: row.get("number")?,
        amount: money(row, "amount_minor")?,
        from: credit.map(|_| credits::name(row)).transpose()?,
    })
}

pub(super) fn no_such_charge(id: ChargeId) -> Problem {
    Problem::refused("no_such_charge", format!("there is no charge {id}"))
        .hint("See them with `dues charge list`.")
}

impl Reader<'_> {
    /// Charges, of one customer or of all, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn charges(self, customer: Option<CustomerId>) -> Result<Vec<ChargeRow>> {
        match customer {
            Some(customer) => self.rows(
                &format!("{CHARGES} where c.customer_id = ?1 order by c.id desc"),
                [customer],
                charge,
            ),
            None => self.rows(&format!("{CHARGES} order by c.id desc"), [], charge),
        }
    }

    /// A customer's charges that were made since then, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn charges_since(self, customer: CustomerId, since: Timestamp) -> Result<Vec<ChargeRow>> {
        self.rows(
            &format!(
                "{CHARGES} where c.customer_id = ?1 and c.created_at >= ?2 order by c.id desc"
            ),
            (customer, since),
            charge,
        )
    }

    /// The charges whose money may still be taken, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_charges(self) -> Result<Vec<ChargeRow>> {
        self.rows(
            &format!(
                "{CHARGES} where c.id in (select charge_id from open_attempts)
                   and a.id in (select id from open_attempts where charge_id = c.id) order by c.id"
            ),
            [],
            charge,
        )
    }

    /// As [`Reader::open_charges`], of one customer.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_charges_of(self, customer: CustomerId) -> Result<Vec<ChargeRow>> {
        self.rows(
            &format!(
                "{CHARGES} where c.customer_id = ?1
                   and a.id in (select id from open_attempts where charge_id = c.id) order by c.id"
            ),
            [customer],
            charge,
        )
    }

    /// The charges since a day that were declined, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn declined_since(self, day: Date) -> Result<Vec<ChargeRow>> {
        self.rows(
            &format!(
                "{CHARGES} where c.charged_on >= ?1 and a.state = 'declined' order by c.id desc"
            ),
            [day],
            charge,
        )
    }

    /// One charge.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn charge(self, id: ChargeId) -> Result<ChargeRow> {
        self.find_charge(id)?.ok_or_else(|| no_such_charge(id))
    }

    /// The charge of this number, if there is one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn find_charge(self, id: ChargeId) -> Result<Option<ChargeRow>> {
        self.row(&format!("{CHARGES} where c.id = ?1"), [id], charge)
    }

    /// The charge of this intent, if it was ever made.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn charge_by_intent(self, intent: &Intent) -> Result<Option<ChargeRow>> {
        self.row(&format!("{CHARGES} where c.intent = ?1"), [intent], charge)
    }

    /// The charge that a script made under this request id.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn charge_by_request(self, request_id: &str) -> Result<Option<ChargeRow>> {
        self.row(
            // However its accents were typed; a book may have them either way.
            &format!("{CHARGES} where c.request_id in (?1, ?2, ?3) order by c.request_id = ?1 desc limit 1"),
            (request_id, composed(request_id), decomposed(request_id)),
            charge,
        )
    }

    /// Where the money of a charge goes, as planned.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn shares_of(self, id: ChargeId) -> Result<Vec<Share>> {
        self.rows(
            "select p.invoice_id, i.number, p.amount_minor, i.currency, p.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id
             from plans p join invoices i on i.id = p.invoice_id left join credits c on c.id = p.credit_id
             where p.charge_id = ?1 order by p.line",
            [id],
            share,
        )
    }
}

impl Tx<'_> {
    /// The number of the next charge: one that no charge ever had, whether it
    /// is in the book or was set aside.
    pub(super) fn next_charge(&self) -> Result<ChargeId> {
        let next = self.read().row(
            "select 1 + max(coalesce((select seq from sqlite_sequence where name = 'charges'), 0),
                            coalesce((select max(charge_id) from set_aside), 0))",
            [],
            |row| row.get(0),
        )?;
        next.ok_or_else(|| Problem::bug("the book cannot count its charges"))
    }

    /// Writes the intent and reserves its invoices; its number, and what
    /// its gateway key is made from.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_charge(&self, new: &NewCharge<'_>) -> Result<(ChargeId, Intent)> {
        let id = self.next_charge()?;
        let intent = match (&new.intent, new.request) {
            (Some(intent), _) => intent.clone(),
            (None, Some((request_id, _))) => Intent::Request(request_id.to_owned()),
            (None, None) => Intent::Charge(id),
        };
        self.insert(
            "insert into charges (id, customer_id, card_id, authorization_id, amount_minor, currency, intent,
               request_id, request_text, memo, wants_mail, charged_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            (
                id,
                new.customer.id,
                new.card.id,
                new.authorization,
                new.spread.charged.minor(),
                new.spread.charged.currency(),
                &intent,
                new.request.map(|(id, _)| id),
                new.request.map(|(_, wish)| wish),
                new.memo,
                new.wants_mail,
                new.on,
                self.at,
            ),
        )?;
        for (line, share) in new.spread.shares.iter().enumerate() {
            self.insert(
                "insert into plans (charge_id, line, invoice_id, credit_id, amount_minor) values (?1, ?2, ?3, ?4, ?5)",
                (
                    id,
                    i64::try_from(line).unwrap_or(i64::MAX),
                    share.invoice,
                    share.from.map(|credit| credit.id),
                    share.amount.minor(),
                ),
            )?;
        }
        Ok((id, intent))
    }
}

//! The facts of the journal, read off the book one after the other.
//!
//! Streamed, in the order in which they were booked: a book of a million
//! invoices passes through the memory of one. The tables are each in that
//! order by their row numbers, so merging them needs no sort.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Row, Rows};

use super::values::money;
use super::{Reader, credits};
use crate::domain::journal::{Account, Event, Fact};
use crate::domain::money::Money;
use crate::problem::Result;

type Read = fn(&Row<'_>, &TimeZone) -> rusqlite::Result<Fact>;

/// Each kind of fact: its rows in the order of booking, and how one is read.
/// Of one moment, the upper comes first.
const SOURCES: [(&str, Read); 5] = [
    (
        "select id, customer_id, total_minor, currency, issued_on, created_at as booked_at
           from invoices order by id",
        issued,
    ),
    (
        // Only what is void has to be sorted.
        "select id, customer_id, total_minor, currency, voided_at as booked_at
           from invoices where voided_at is not null order by voided_at, id",
        voided,
    ),
    (
        // Whose attempt is not there names no gateway that could owe the money.
        "select p.id, p.customer_id, p.method, p.amount_minor, p.currency, p.received_on, a.gateway,
           p.created_at as booked_at
           from payments p left join attempts a on a.id = p.attempt_id
          where p.attempt_id is null or a.gateway is not null order by p.id",
        received,
    ),
    (
        "select c.id as credit_id, c.payment_id, c.customer_id as payer_id, c.currency, l.invoice_id,
           i.customer_id as debtor_id, i.currency as invoice_currency, l.amount_minor,
           l.allocated_at as booked_at
           from allocations l cross join credits c on c.id = l.credit_id
           cross join invoices i on i.id = l.invoice_id order by l.id",
        allocated,
    ),
    (
        "select g.refund_id, c.customer_id, c.currency, g.amount_minor, g.given_on, p.method, a.gateway,
           g.given_at as booked_at
           from given_back g cross join credits c on c.id = g.credit_id
           cross join refunds r on r.id = g.refund_id
           cross join payments p on p.id = r.payment_id
           left join attempts a on a.id = p.attempt_id order by g.id",
        given_back,
    ),
];

fn issued(row: &Row<'_>, _: &TimeZone) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("issued_on")?,
        event: Event::InvoiceIssued {
            invoice: row.get("id")?,
            customer: row.get("customer_id")?,
            total: money(row, "total_minor")?,
        },
    })
}

fn voided(row: &Row<'_>, zone: &TimeZone) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: booked_at(row)?.to_zoned(zone.clone()).date(),
        event: Event::InvoiceVoided {
            invoice: row.get("id")?,
            customer: row.get("customer_id")?,
            total: money(row, "total_minor")?,
        },
    })
}

fn received(row: &Row<'_>, _: &TimeZone) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("received_on")?,
        event: Event::PaymentReceived {
            payment: row.get("id")?,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            into: holder(row)?,
        },
    })
}

fn given_back(row: &Row<'_>, _: &TimeZone) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("given_on")?,
        event: Event::MoneyGivenBack {
            refund: row.get("refund_id")?,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            from: holder(row)?,
        },
    })
}

/// Who has the money of a payment: the gateway that took it, or our bank.
fn holder(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(match row.get("gateway")? {
        Some(gateway) => Account::Clearing(gateway),
        None => Account::Bank(row.get("method")?),
    })
}

fn allocated(row: &Row<'_>, zone: &TimeZone) -> rusqlite::Result<Fact> {
    let used = money(row, "amount_minor")?;
    Ok(Fact {
        on: booked_at(row)?.to_zoned(zone.clone()).date(),
        event: Event::AllocationMade {
            credit: credits::name(row)?.source,
            payer: row.get("payer_id")?,
            used,
            invoice: row.get("invoice_id")?,
            debtor: row.get("debtor_id")?,
            paid: Money::of(used.minor(), row.get("invoice_currency")?),
        },
    })
}

fn booked_at(row: &Row<'_>) -> rusqlite::Result<Timestamp> {
    row.get("booked_at")
}

impl Reader<'_> {
    /// Tells every fact of the journal, in the order in which they were booked.
    ///
    /// # Errors
    ///
    /// The book cannot be read, or holds what is no date or no currency; or
    /// what `hear` returned.
    pub fn each_fact(self, mut hear: impl FnMut(&Fact) -> Result<()>) -> Result<()> {
        let zone = self.facts()?.zone;
        let mut statements = Vec::new();
        for (sql, read) in SOURCES {
            statements.push((self.connection.prepare(sql)?, read));
        }
        let mut streams = Vec::new();
        for (statement, read) in &mut statements {
            streams.push(Stream::open(statement.query([])?, *read, &zone)?);
        }
        loop {
            // The first of equals: `min_by_key` keeps the order of the sources.
            let earliest = streams
                .iter_mut()
                .filter(|stream| stream.next.is_some())
                .min_by_key(|stream| stream.next.as_ref().map(|(at, _)| *at));
            let Some(stream) = earliest else {
                return Ok(());
            };
            if let Some(fact) = stream.take(&zone)? {
                hear(&fact)?;
            }
        }
    }
}

/// One kind of fact, and the next of it.
struct Stream<'a> {
    rows: Rows<'a>,
    read: Read,
    next: Option<(Timestamp, Fact)>,
}

impl<'a> Stream<'a> {
    fn open(rows: Rows<'a>, read: Read, zone: &TimeZone) -> Result<Self> {
        let mut stream = Self {
            rows,
            read,
            next: None,
        };
        stream.take(zone)?;
        Ok(stream)
    }

    /// Gives the fact that is next, and reads the one after it.
    fn take(&mut self, zone: &TimeZone) -> Result<Option<Fact>> {
        let after = match self.rows.next()? {
            Some(row) => Some((booked_at(row)?, (self.read)(row, zone)?)),
            None => None,
        };
        let now = std::mem::replace(&mut self.next, after);
        Ok(now.map(|(_, fact)| fact))
    }
}

//! The facts of the journal, read off the book one after the other.
//!
//! Streamed, in the order in which they were booked: a book of a million
//! invoices passes through the memory of one. The tables are each in that
//! order by their row numbers, so merging them needs no sort.

use jiff::Timestamp;
use rusqlite::{Row, Rows};

use super::values::money;
use super::{Reader, credits};
use crate::domain::credit::Source;
use crate::domain::journal::{Account, Event, Fact};
use crate::domain::money::Money;
use crate::problem::Result;

type Read = fn(&Row<'_>) -> rusqlite::Result<Fact>;

/// Each kind of fact: its rows in the order of booking, and how one is read.
/// Of one moment, the upper comes first.
const SOURCES: [(&str, Read); 10] = [
    (
        "select id, customer_id, total_minor, currency, issued_on, created_at as booked_at
           from invoices order by id",
        issued,
    ),
    (
        // Only what is void has to be sorted.
        "select id, customer_id, total_minor, currency, voided_on, voided_at as booked_at
           from invoices where voided_at is not null order by voided_at, id",
        voided,
    ),
    (
        "select id, method, amount_minor, currency, received_on, null as gateway, created_at as booked_at
           from receipts order by id",
        taken_without_a_name,
    ),
    (
        // Whose attempt is not there names no gateway that could owe the money.
        "select p.id, p.customer_id, p.method, p.amount_minor, p.currency, p.received_on, p.receipt_id,
           p.moved_from_id, a.gateway, p.created_at as booked_at
           from payments p left join attempts a on a.id = p.attempt_id
          where p.attempt_id is null or a.gateway is not null order by p.id",
        received,
    ),
    (
        "select c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, m.customer_id, m.currency,
           m.amount_minor, m.issued_on, m.created_at as booked_at
           from credit_memos m cross join credits c on c.credit_memo_id = m.id order by m.id",
        credited,
    ),
    (
        "select c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, c.customer_id, d.currency,
           d.amount_minor, d.kind, d.adjusted_on, d.created_at as booked_at
           from adjustments d cross join credits c on c.adjustment_id = d.id order by d.id",
        adjusted,
    ),
    (
        "select c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, c.customer_id as payer_id,
           c.currency, l.invoice_id, i.customer_id as debtor_id, i.currency as invoice_currency, l.amount_minor,
           l.allocated_on, l.allocated_at as booked_at
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
    (
        "select c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, c.customer_id, c.currency,
           v.amount_minor, v.reversed_on, p.method, a.gateway, d.kind, v.reversed_at as booked_at
           from reversals v cross join credits c on c.id = v.credit_id
           left join payments p on p.id = c.payment_id left join attempts a on a.id = p.attempt_id
           left join adjustments d on d.id = c.adjustment_id order by v.id",
        reversed,
    ),
    (
        "select d.id, d.fee_minor, d.currency, d.opened_on, p.method, a.gateway, d.opened_at as booked_at
           from disputes d cross join payments p on p.id = d.payment_id
           left join attempts a on a.id = p.attempt_id where d.fee_minor > 0 order by d.id",
        fee_taken,
    ),
];

fn issued(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("issued_on")?,
        event: Event::InvoiceIssued {
            invoice: row.get("id")?,
            customer: row.get("customer_id")?,
            total: money(row, "total_minor")?,
        },
    })
}

fn voided(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("voided_on")?,
        event: Event::InvoiceVoided {
            invoice: row.get("id")?,
            customer: row.get("customer_id")?,
            total: money(row, "total_minor")?,
        },
    })
}

fn taken_without_a_name(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("received_on")?,
        event: Event::ReceiptTaken {
            receipt: row.get("id")?,
            amount: money(row, "amount_minor")?,
            into: holder(row)?,
        },
    })
}

fn received(row: &Row<'_>) -> rusqlite::Result<Fact> {
    let without_a_name = row.get::<_, Option<i64>>("receipt_id")?.is_some();
    // What was moved from another customer came from where it had come there.
    let was_moved = row.get::<_, Option<i64>>("moved_from_id")?.is_some();
    Ok(Fact {
        on: row.get("received_on")?,
        event: Event::PaymentReceived {
            payment: row.get("id")?,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            into: if without_a_name && !was_moved {
                Account::Suspense
            } else {
                holder(row)?
            },
        },
    })
}

fn credited(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("issued_on")?,
        event: Event::CreditGranted {
            credit: credits::name(row)?.source,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            from: Account::Returns,
        },
    })
}

fn adjusted(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("adjusted_on")?,
        event: Event::CreditGranted {
            credit: credits::name(row)?.source,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            from: Account::Adjusted(row.get("kind")?),
        },
    })
}

fn given_back(row: &Row<'_>) -> rusqlite::Result<Fact> {
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

fn reversed(row: &Row<'_>) -> rusqlite::Result<Fact> {
    let credit = credits::name(row)?.source;
    Ok(Fact {
        on: row.get("reversed_on")?,
        event: Event::CreditReversed {
            credit,
            customer: row.get("customer_id")?,
            amount: money(row, "amount_minor")?,
            into: match credit {
                Source::Payment(_) => holder(row)?,
                Source::CreditMemo(_) => Account::Returns,
                Source::Adjustment(_) => Account::Adjusted(row.get("kind")?),
            },
        },
    })
}

fn fee_taken(row: &Row<'_>) -> rusqlite::Result<Fact> {
    Ok(Fact {
        on: row.get("opened_on")?,
        event: Event::DisputeFeeTaken {
            dispute: row.get("id")?,
            amount: money(row, "fee_minor")?,
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

fn allocated(row: &Row<'_>) -> rusqlite::Result<Fact> {
    let used = money(row, "amount_minor")?;
    Ok(Fact {
        on: row.get("allocated_on")?,
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
        let mut statements = Vec::new();
        for (sql, read) in SOURCES {
            statements.push((self.connection.prepare(sql)?, read));
        }
        let mut streams = Vec::new();
        for (statement, read) in &mut statements {
            streams.push(Stream::open(statement.query([])?, *read)?);
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
            if let Some(fact) = stream.take()? {
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
    fn open(rows: Rows<'a>, read: Read) -> Result<Self> {
        let mut stream = Self {
            rows,
            read,
            next: None,
        };
        stream.take()?;
        Ok(stream)
    }

    /// Gives the fact that is next, and reads the one after it.
    fn take(&mut self) -> Result<Option<Fact>> {
        let after = match self.rows.next()? {
            Some(row) => Some((booked_at(row)?, (self.read)(row)?)),
            None => None,
        };
        let now = std::mem::replace(&mut self.next, after);
        Ok(now.map(|(_, fact)| fact))
    }
}

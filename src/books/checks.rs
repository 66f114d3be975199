//! The invariants of the book: each query returns the rows that break it.
//!
//! Silent when well. The numbers are stable, so that a finding can be looked
//! up and talked about.

use rusqlite::Connection;

use super::Reader;
use super::audit::AuditRow;
use crate::problem::Result;

/// A rule of the book that a row breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `INV02`
    pub rule: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// What breaks it.
    pub row: String,
}

/// Number, what must hold, and the query for what breaks it (one text column).
const RULES: [(&str, &str, &str); 17] = [
    ("INV01", "a charge has at most one attempt that took money or still may",
     "select 'CH-' || charge_id from attempts
       where state not in ('declined', 'not_made') group by charge_id having count(*) > 1"),
    ("INV02", "a charge that succeeded has exactly one payment",
     "select 'CH-' || a.charge_id from attempts a where a.state = 'succeeded'
       and (select count(*) from payments p where p.attempt_id = a.id) <> 1"),
    ("INV03", "a card payment comes from a charge that succeeded",
     "select 'PAY-' || p.id from payments p left join attempts a on a.id = p.attempt_id
       where p.method = 'card' and a.state is not 'succeeded'"),
    ("INV04", "payment, attempt and charge agree in amount, currency and customer",
     "select 'CH-' || c.id from charges c join attempts a on a.charge_id = c.id
       left join payments p on p.attempt_id = a.id
      where a.amount_minor <> c.amount_minor or a.currency <> c.currency
         or p.amount_minor <> coalesce(a.accepted_minor, c.amount_minor) or p.currency <> c.currency or p.customer_id <> c.customer_id"),
    ("INV05", "a payment's unapplied money is its amount less what is applied",
     "select 'PAY-' || id from payments p where unapplied_minor <>
       amount_minor - (select coalesce(sum(amount_minor), 0) from allocations where payment_id = p.id)"),
    ("INV06", "no more is taken back from an invoice than was applied to it",
     "select 'PAY-' || payment_id from allocations group by payment_id, invoice_id having sum(amount_minor) < 0"),
    ("INV07", "an invoice's open amount is its total less what is applied",
     "select number from invoices i where open_minor <>
       total_minor - (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id)"),
    ("INV08", "a void invoice carries no payment",
     "select number from invoices where voided_at is not null and open_minor <> total_minor"),
    ("INV09", "a payment is applied in its own currency, to its own customer's invoices",
     "select 'PAY-' || p.id from allocations l join payments p on p.id = l.payment_id
        join invoices i on i.id = l.invoice_id where p.currency <> i.currency or p.customer_id <> i.customer_id"),
    ("INV14", "a card belongs to the customer it charges for",
     "select 'CH-' || c.id from charges c join cards k on k.id = c.card_id where k.customer_id <> c.customer_id"),
    ("INV16", "a payment is confirmed at most once to each recipient",
     "select event from mails group by event, recipient having count(*) > 1"),
    ("INV17", "a charge rests on the card's own authorization",
     "select 'CH-' || c.id from charges c left join authorizations z on z.id = c.authorization_id
       where z.card_id is not c.card_id"),
    ("INV18", "one key belongs to one request",
     "select 'CH-' || charge_id from attempts group by key having count(*) > 1"),
    ("INV19", "the log has no hole",
     "select 'log row ' || seq from (select seq, row_number() over (order by seq) as n from audit) where seq <> n"),
    ("INV21", "what was sent and is closed as not made says why",
     "select 'CH-' || charge_id from attempts where state = 'not_made' and sends > 0 and coalesce(note, '') = ''"),
    ("INV23", "an open charge reserves no more than its invoices have open",
     "select i.number from invoices i join reservations r on r.invoice_id = i.id
       group by i.id having sum(r.amount_minor) > i.open_minor or i.voided_at is not null"),
    ("INV24", "a charge's plan uses no more of the card's money than is charged",
     "select 'CH-' || c.id from charges c join plans p on p.charge_id = c.id and p.payment_id is null
       group by c.id having sum(p.amount_minor) > c.amount_minor"),
];

impl Reader<'_> {
    /// Proves the book: SQLite's own check, every rule, the chain of the log.
    ///
    /// # Errors
    ///
    /// The book cannot be read at all.
    pub fn violations(self) -> Result<Vec<Violation>> {
        let mut found = integrity(self.connection)?;
        for (rule, says, query) in RULES {
            let rows: Vec<String> = self.rows(query, [], |row| row.get(0))?;
            found.extend(rows.into_iter().map(|row| Violation { rule, says, row }));
        }
        found.extend(self.broken_chain()?);
        Ok(found)
    }

    fn broken_chain(self) -> Result<Option<Violation>> {
        let mut prev: Option<String> = None;
        let mut rows: Vec<AuditRow> = self.audit(None)?;
        rows.reverse();
        for row in rows {
            let linked = prev.as_ref().is_none_or(|prev| *prev == row.prev);
            if !linked || row.hash != row.computed_hash() {
                return Ok(Some(Violation {
                    rule: "INV20",
                    says: "each row of the log carries the hash of the row before it",
                    row: format!("log row {}", row.seq),
                }));
            }
            prev = Some(row.hash);
        }
        Ok(None)
    }
}

/// SQLite's own check of the file and of its foreign keys.
pub(super) fn integrity(connection: &Connection) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    connection.pragma_query(None, "integrity_check", |row| {
        let line: String = row.get(0)?;
        if line != "ok" {
            found.push(Violation {
                rule: "FILE",
                says: "the book's file is whole",
                row: line,
            });
        }
        Ok(())
    })?;
    connection.pragma_query(None, "foreign_key_check", |row| {
        let table: String = row.get(0)?;
        found.push(Violation {
            rule: "LINK",
            says: "every row that is referred to is there",
            row: table,
        });
        Ok(())
    })?;
    Ok(found)
}

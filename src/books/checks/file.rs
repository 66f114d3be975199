//! The book as a file: whole, with everything in it that is referred to.

use rusqlite::{Connection, ErrorCode};

use super::super::Reader;
use super::rows::open_only;
use super::{Rule, Violation};
use crate::problem::Result;

const WHOLE: Rule = Rule {
    number: "FILE",
    says: "the book's file is whole",
    advice: "Look at the disk, and bring back the last good backup with `dues restore FILE`; the damaged book is kept beside it.",
};

const LINKED: Rule = Rule {
    number: "LINK",
    says: "every row that is referred to is there",
    advice: "Rows were taken out by another program; bring back the last good backup with `dues restore FILE`.",
};

/// What is said of a rule that could not be proved.
pub(super) const UNREADABLE: Rule = Rule {
    number: "READ",
    says: "every value is what its column is for, so that each rule can be proved",
    advice: "Another program wrote that value, or the disk is failing. \
             Bring back the last good backup with `dues restore FILE`.",
};

pub(super) const RULES: [Rule; 3] = [WHOLE, LINKED, UNREADABLE];

/// SQLite's own check of the file and of its foreign keys.
pub(in crate::books) fn integrity(connection: &Connection) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    let whole = connection.pragma_query(None, "integrity_check", |row| {
        found.extend(unless_ok(row.get(0)?));
        Ok(())
    });
    // Where pages are damaged there is no telling what they refer to.
    let whole = whole.and_then(|()| {
        if !found.is_empty() {
            return Ok(());
        }
        found.extend(
            unlinked(connection)?
                .into_iter()
                .map(|row| LINKED.broken_by(row)),
        );
        Ok(())
    });
    match whole {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            found.push(WHOLE.broken_by(error.to_string()));
        }
        other => other?,
    }
    Ok(found)
}

/// What refers to a row that is not there.
pub(in crate::books) fn unlinked(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found = Vec::new();
    connection.pragma_query(None, "foreign_key_check", |row| {
        let (table, id, parent): (String, Option<i64>, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let id = id.map_or_else(String::new, |id| format!(" row {id}"));
        found.push(format!("{table}{id} (to {parent})"));
        Ok(())
    })?;
    Ok(found)
}

/// A line of SQLite's check; it says `ok` where it found nothing.
fn unless_ok(line: String) -> Option<Violation> {
    (line != "ok").then(|| WHOLE.broken_by(line))
}

/// Above this size (bytes) even SQLite's quick check is too slow to stand
/// before every charge: it reads the whole file, at 1 to 2 ms a MiB.
const QUICKLY_READ: i64 = 64 * 1024 * 1024;

/// The first thing that SQLite's quick check has against a file of a size
/// that it reads in no time.
pub(super) fn quickly_broken(connection: &Connection) -> Result<Vec<Violation>> {
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if pages.saturating_mul(page) > QUICKLY_READ {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    connection.pragma(None, "quick_check", 1, |row| {
        found.extend(unless_ok(row.get(0)?));
        Ok(())
    })?;
    Ok(found)
}

/// What the open charges and refunds refer to, and is not there.
pub(super) fn unlinked_of_what_is_open(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let rows: Vec<String> = reader.rows(
        &open_only(
            "select 'charges row ' || l.charge_id from live l
               left join charges c on c.id = l.charge_id
               left join customers u on u.id = c.customer_id
               left join cards k on k.id = c.card_id
               left join authorizations z on z.id = c.authorization_id
              where l.charge_id is not null and (c.id is null or u.id is null or k.id is null or z.id is null)
             union
             select 'refunds row ' || l.refund_id from live l
               left join refunds r on r.id = l.refund_id
               left join payments p on p.id = r.payment_id
               left join credits c on c.payment_id = p.id
              where l.refund_id is not null and (r.id is null or p.id is null or c.id is null)
             union
             select 'plans of charge ' || w.charge_id from wanted w
               left join invoices i on i.id = w.invoice_id
               left join credits c on c.id = w.credit_id
              where i.id is null or (w.credit_id is not null and c.id is null)",
        ),
        [],
        |row| row.get(0),
    )?;
    Ok(rows.into_iter().map(|row| LINKED.broken_by(row)).collect())
}

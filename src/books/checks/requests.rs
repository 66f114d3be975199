//! The requests that were prepared: still the bytes that their hashes were made of.

use rusqlite::Row;

use super::super::Reader;
use super::rows::open_only;
use super::{Rule, Violation};
use crate::domain::ids::sha256_hex;
use crate::problem::Result;

pub(super) const RULE: Rule = Rule {
    number: "INV28",
    says: "a prepared request is still the one whose hash was kept beside it",
    advice: "It will not be sent again. Find ROW on the gateway's own page, see it with `dues charge show` or `dues refund show`, \
             and bring back the last good backup with `dues restore FILE`.",
};

/// Charges and refunds whose request is damaged.
pub(super) fn broken(reader: Reader<'_>) -> Result<Vec<Violation>> {
    damaged(
        reader,
        "select coalesce('CH-' || charge_id, 'RF-' || refund_id) as intent, request, request_sha256 from attempts order by id",
    )
}

/// As [`broken`], for open ones only.
pub(super) fn broken_of_what_is_open(reader: Reader<'_>) -> Result<Vec<Violation>> {
    damaged(
        reader,
        &open_only(
            "select coalesce('CH-' || a.charge_id, 'RF-' || a.refund_id) as intent, a.request, a.request_sha256
               from live l cross join attempts a on a.id = l.id",
        ),
    )
}

fn damaged(reader: Reader<'_>, sql: &str) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    let mut statement = reader.connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !is_itself(row)? {
            found.push(RULE.broken_by(row.get::<_, String>("intent")?));
        }
    }
    Ok(found)
}

fn is_itself(row: &Row<'_>) -> rusqlite::Result<bool> {
    let request = row.get_ref("request")?.as_blob()?;
    let hash = row.get_ref("request_sha256")?.as_str()?;
    Ok(sha256_hex(request) == hash)
}

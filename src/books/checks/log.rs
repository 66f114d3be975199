//! The chain of the log: each row carries the hash of the row before it.
//!
//! Read row by row, however long the log is. The last row read must be the
//! one that the next change would be chained to.

use rusqlite::Rows;

use super::super::Reader;
use super::super::audit::{AuditRow, ROOT, audit_row};
use super::{Rule, Violation};
use crate::problem::Result;

pub(super) const RULE: Rule = Rule {
    number: "INV20",
    says: "each row of the log carries the hash of the row before it",
    advice: "Something but dues changed the log. Compare `dues log` with that of the last good backup, \
             opened where it is with `--book FILE`, before you trust what the book says of that time.",
};

/// How much of the log's end is looked at before a charge.
const TAIL: u32 = 100;

/// Rows of the log that are not what their hash, or the next row, says.
pub(super) fn broken(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let mut statement = reader
        .connection
        .prepare("select seq, at, actor, command, what, prev, hash from audit order by seq")?;
    let mut chain = Chain::after(ROOT);
    let mut rows: Rows<'_> = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get("seq")?;
        match audit_row(row) {
            Ok(row) => chain.add(&row),
            // Its moment is no moment: nobody but dues wrote that.
            Err(_) => chain.breaks_at(seq, row.get("hash")?),
        }
    }
    let last = reader.row(
        "select hash from audit where seq = (select max(seq) from audit)",
        [],
        |row| row.get::<_, String>(0),
    )?;
    if last.is_some_and(|last| last != chain.last) {
        chain.broken.push(RULE.broken_by("the last log row"));
    }
    Ok(chain.broken)
}

/// As [`broken`], for the newest rows only.
pub(super) fn broken_at_the_end(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let mut rows = reader.audit(Some(TAIL + 1))?;
    rows.reverse();
    // One row more than is looked at: what the first of them is chained to.
    let mut chain = match rows.first() {
        Some(before) if before.seq > 1 => Chain::after(&rows.remove(0).hash),
        _ => Chain::after(ROOT),
    };
    for row in &rows {
        chain.add(row);
    }
    Ok(chain.broken)
}

struct Chain {
    /// The hash that the next row must carry.
    last: String,
    broken: Vec<Violation>,
}

impl Chain {
    fn after(hash: &str) -> Self {
        Self {
            last: hash.to_owned(),
            broken: Vec::new(),
        }
    }

    fn add(&mut self, row: &AuditRow) {
        if row.prev != self.last || row.hash != row.computed_hash() {
            self.breaks_at(row.seq, row.hash.clone());
        } else {
            self.last.clone_from(&row.hash);
        }
    }

    fn breaks_at(&mut self, seq: i64, hash: String) {
        self.broken.push(RULE.broken_by(format!("log row {seq}")));
        self.last = hash;
    }
}

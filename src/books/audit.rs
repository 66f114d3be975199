//! The log of every change, each row chained to the one before by its hash.
//!
//! The hash covers all columns in one fixed order and encoding, version 1.
//! It shows tampering and holes; a cut-off end shows only against a copy of
//! the last hash kept elsewhere.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::{Value, json};

use super::{Reader, Tx};
use crate::domain::ids::sha256_hex;
use crate::problem::Result;

/// What the first row is chained to.
pub(super) const ROOT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One change of the book.
#[derive(Debug, Clone)]
pub struct AuditRow {
    pub seq: i64,
    pub at: Timestamp,
    pub actor: String,
    pub command: String,
    /// A JSON object: `{"event":"charge.prepared","charge":"CH-1",…}`.
    pub what: String,
    pub prev: String,
    pub hash: String,
}

impl AuditRow {
    /// The hash that the row's other columns ask for.
    #[must_use]
    pub fn computed_hash(&self) -> String {
        let columns = json!([
            "dues audit 1",
            self.seq,
            self.at.to_string(),
            self.actor,
            self.command,
            self.what,
            self.prev
        ]);
        sha256_hex(columns.to_string().as_bytes())
    }
}

pub(super) fn audit_row(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        command: row.get("command")?,
        what: row.get("what")?,
        prev: row.get("prev")?,
        hash: row.get("hash")?,
    })
}

impl Reader<'_> {
    /// The newest changes, newest first; all of them without a limit.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn audit(self, most: Option<u32>) -> Result<Vec<AuditRow>> {
        let most = most.map_or(i64::MAX, i64::from);
        self.rows(
            "select seq, at, actor, command, what, prev, hash from audit order by seq desc limit ?1",
            [most],
            audit_row,
        )
    }
}

impl Reader<'_> {
    /// The hash of a row of the log, if there is that row.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn log_hash(self, seq: i64) -> Result<Option<String>> {
        self.row("select hash from audit where seq = ?1", [seq], |row| {
            row.get(0)
        })
    }

    /// The latest moment that the book knows of. A clock that shows an earlier
    /// one is wrong.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn latest_moment(self) -> Result<Option<Timestamp>> {
        self.row("select max(at) from audit", [], |row| row.get(0))
            .map(Option::flatten)
    }
}

impl Tx<'_> {
    /// Writes what this transaction does to the log.
    ///
    /// `what` is a JSON object of short facts: never a secret, never a mail's text.
    pub(super) fn note(&self, event: &str, mut what: Value) -> Result<()> {
        what["event"] = Value::from(event);
        let last = self.read().audit(Some(1))?.pop();
        let mut row = AuditRow {
            seq: last.as_ref().map_or(1, |last| last.seq + 1),
            at: self.at,
            actor: self.hand.actor.clone(),
            command: self.hand.command.clone(),
            what: what.to_string(),
            prev: last.map_or_else(|| ROOT.to_owned(), |last| last.hash),
            hash: String::new(),
        };
        row.hash = row.computed_hash();
        self.insert(
            "insert into audit (seq, at, actor, command, what, prev, hash) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (row.seq, row.at, &row.actor, &row.command, &row.what, &row.prev, &row.hash),
        )?;
        self.noted.set(true);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::books::{Books, Hand, NewBook};
    use crate::domain::gateway_account::Mode;
    use crate::domain::ids::BookId;
    use crate::domain::money::Currency;

    /// Who serves several people has the book open once.
    #[test]
    fn two_hands_at_one_open_book_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let hand = |actor: &str, command: &str| Hand {
            actor: actor.to_owned(),
            command: command.to_owned(),
        };
        let (rosa, portal) = (hand("rosa@office", "customer add"), hand("ACME", "portal"));
        let new = NewBook {
            id: BookId("0123456789abcdef".repeat(2)),
            name: "Tulip".to_owned(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".to_owned(),
            gateway: "sandbox".to_owned(),
            mode: Mode::Test,
        };
        let at = "2026-11-22T15:00:00Z".parse().unwrap();
        let path = folder.path().join("book.db");
        let mut books = Books::create(&path, &hand("root@office", "init"), &new, at).unwrap();

        for (hand, code) in [(&rosa, "ACME"), (&portal, "BEST"), (&rosa, "CORA")] {
            books
                .write(hand, at, |tx| tx.add_customer(code, code, None, 30))
                .unwrap();
        }
        books
            .rehearse(&portal, at, |tx| tx.add_customer("DORA", "Dora", None, 30))
            .unwrap();

        let mut rows = books.read().audit(None).unwrap();
        rows.reverse();
        let by: Vec<(&str, &str)> = rows
            .iter()
            .map(|row| (row.actor.as_str(), row.command.as_str()))
            .collect();
        let expected = [
            ("root@office", "init"),
            ("rosa@office", "customer add"),
            ("ACME", "portal"),
            ("rosa@office", "customer add"),
        ];
        assert_eq!(by, expected);
        assert_eq!(books.read().violations().unwrap().len(), 0);
    }
}

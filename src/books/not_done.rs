//! What the last run could not do, why, and since when.
//!
//! Each run replaces the whole list. So what a later run did, or what is not
//! due any more, is off it, and what it could not do either keeps its age.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::json;

use super::occurrences::columns;
use super::{Reader, Tx};
use crate::domain::schedule::{Name, Source};
use crate::problem::Result;

/// An occurrence that is due and that a run could not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDone {
    pub name: Name,
    pub reason: String,
    /// When a run could not do it for the first time.
    pub since: Timestamp,
}

impl NotDone {
    /// Whether it is this occurrence. What autopay has not begun has the name of
    /// the day that it is looked at, and is one and the same from day to day.
    #[must_use]
    pub fn is(&self, name: Name) -> bool {
        match name.source {
            Source::Schedule(_) => self.name == name,
            Source::Autopay(_) => self.name.source == name.source,
        }
    }
}

fn not_done(row: &Row<'_>) -> rusqlite::Result<NotDone> {
    let (schedule, autopay): (Option<_>, Option<_>) =
        (row.get("schedule_id")?, row.get("autopay_id")?);
    let source = match (schedule, autopay) {
        (Some(id), _) => Source::Schedule(id),
        (None, id) => Source::Autopay(id.ok_or(rusqlite::Error::InvalidQuery)?),
    };
    Ok(NotDone {
        name: Name {
            source,
            planned_on: row.get("planned_on")?,
        },
        reason: row.get("reason")?,
        since: row.get("since")?,
    })
}

impl Reader<'_> {
    /// What the last run could not do.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn not_done(self) -> Result<Vec<NotDone>> {
        self.rows(
            "select schedule_id, autopay_id, planned_on, reason, since from not_done order by id",
            [],
            not_done,
        )
    }
}

impl Tx<'_> {
    /// Writes down what a run could not do, in the place of what the one before
    /// it could not; what of it is new.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn keep_not_done(&self, left: &[(Name, String)]) -> Result<Vec<Name>> {
        let before = self.read().not_done()?;
        let mut now: Vec<NotDone> = Vec::new();
        let mut new = Vec::new();
        for (name, reason) in left {
            let known = before.iter().find(|known| known.is(*name));
            if known.is_none() {
                new.push(*name);
            }
            if !now.iter().any(|other| other.is(*name)) {
                now.push(NotDone {
                    name: *name,
                    reason: reason.clone(),
                    since: known.map_or(self.at, |known| known.since),
                });
            }
        }
        if now == before {
            return Ok(new);
        }
        self.execute("delete from not_done", [])?;
        for one in &now {
            let (schedule, autopay) = columns(one.name.source);
            self.insert(
                "insert into not_done (schedule_id, autopay_id, planned_on, reason, since)
                 values (?1, ?2, ?3, ?4, ?5)",
                (
                    schedule,
                    autopay,
                    one.name.planned_on,
                    &one.reason,
                    one.since,
                ),
            )?;
        }
        let names: Vec<String> = now.iter().map(|one| one.name.to_string()).collect();
        self.note("schedule.not_done", json!({"not_done": names}))?;
        Ok(new)
    }
}

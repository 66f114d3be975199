//! Runs of what is due: when they were, and what they did.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde_json::json;

use super::{Reader, Tx};
use crate::problem::Result;

/// What a run did, in the book's own currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRun {
    pub taken: u32,
    pub taken_minor: i64,
    pub declined: u32,
    pub unknown: u32,
    pub skipped: u32,
    /// Why it stopped before its end.
    pub stopped: Option<String>,
    /// A person ran it at a terminal.
    pub by_hand: bool,
}

/// A run that is over.
#[derive(Debug, Clone)]
pub struct RunRow {
    pub began_at: Timestamp,
    pub ended_at: Timestamp,
    pub did: NewRun,
}

fn run(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        began_at: row.get("began_at")?,
        ended_at: row.get("ended_at")?,
        did: NewRun {
            taken: row.get("taken")?,
            taken_minor: row.get("taken_minor")?,
            declined: row.get("declined")?,
            unknown: row.get("unknown")?,
            skipped: row.get("skipped")?,
            stopped: row.get("stopped")?,
            by_hand: row.get("by_hand")?,
        },
    })
}

impl Reader<'_> {
    /// The newest runs, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn runs(self, most: u32) -> Result<Vec<RunRow>> {
        self.rows(
            "select began_at, ended_at, taken, taken_minor, declined, unknown, skipped, stopped, by_hand
             from runs order by id desc limit ?1",
            [most],
            run,
        )
    }

    /// The newest runs that charged anything, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn runs_that_charged(self, most: u32) -> Result<Vec<RunRow>> {
        self.rows(
            "select began_at, ended_at, taken, taken_minor, declined, unknown, skipped, stopped, by_hand
             from runs where taken + declined + unknown > 0 order by id desc limit ?1",
            [most],
            run,
        )
    }
}

impl Tx<'_> {
    /// Writes down a run that is over.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_run(&self, began_at: Timestamp, did: &NewRun) -> Result<()> {
        self.insert(
            "insert into runs (began_at, ended_at, taken, taken_minor, declined, unknown, skipped, stopped, by_hand)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                began_at,
                self.at,
                did.taken,
                did.taken_minor,
                did.declined,
                did.unknown,
                did.skipped,
                did.stopped,
                did.by_hand,
            ],
        )?;
        self.note(
            "schedule.ran",
            json!({"taken": did.taken, "declined": did.declined, "unknown": did.unknown,
                   "skipped": did.skipped, "stopped": did.stopped}),
        )
    }
}

//! Closed periods, and the day that a change of the book counts for.
//!
//! Nothing is dated into a period that was closed. What a person dates is
//! refused; what a gateway decided must be booked, and counts for the first
//! day that is open.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::{Reader, Tx};
use crate::problem::{Problem, Result};

/// A closing, and whether somebody undid it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub through: Date,
    pub closed_at: Timestamp,
    pub undone: Option<(Timestamp, String)>,
}

impl Reader<'_> {
    /// Every closing, the newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn closings(self) -> Result<Vec<Closing>> {
        self.rows(
            "select through, closed_at, undone_at, undo_reason from closings order by id desc",
            [],
            |row| {
                let undone: Option<Timestamp> = row.get("undone_at")?;
                let because: Option<String> = row.get("undo_reason")?;
                Ok(Closing {
                    through: row.get("through")?,
                    closed_at: row.get("closed_at")?,
                    undone: undone.zip(because),
                })
            },
        )
    }

    /// The last day that is closed, if any is.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn closed_through(self) -> Result<Option<Date>> {
        let through = self.row("select through from closed", [], |row| row.get("through"))?;
        Ok(through.flatten())
    }

    /// # Errors
    ///
    /// Exit 1 if a period that was closed has this day.
    pub fn require_open(self, on: Date) -> Result<()> {
        match self.closed_through()? {
            Some(through) if on <= through => Err(Problem::refused(
                "period_closed",
                format!("the books are closed through {through}; {on} is in that period"),
            )
            .hint("Date it later, such as today: a correction says what it corrects.")),
            _ => Ok(()),
        }
    }
}

impl Tx<'_> {
    /// Closes the books through a day, that day too.
    ///
    /// # Errors
    ///
    /// Exit 1 if they are closed that far already, the day is not over, or a
    /// charge or a refund of that time is not finished.
    pub fn close_through(&self, through: Date) -> Result<()> {
        let book = self.read();
        if through >= self.today()? {
            return Err(
                Problem::refused("period_not_over", format!("{through} is not over"))
                    .hint("Close a month once it is over, such as `dues close 2026-10`."),
            );
        }
        if let Some(closed) = book.closed_through()?.filter(|closed| through <= *closed) {
            return Err(Problem::refused(
                "closed_already",
                format!("the books are closed through {closed} already"),
            )
            .hint("Nothing is to do; `dues close` shows what is closed."));
        }
        let open: Vec<String> = book.rows(
            "select coalesce('CH-' || charge_id, 'RF-' || refund_id) as name from open_attempts
              where prepared_at < ?1 order by id",
            [self.day_after(through)?],
            |row| row.get("name"),
        )?;
        if !open.is_empty() {
            return Err(Problem::refused(
                "period_has_open_charges",
                format!(
                    "{} is not finished, and may be of that time",
                    open.join(", ")
                ),
            )
            .hint("Find out what became of it with `dues charge recover`, then close."));
        }
        self.insert(
            "insert into closings (through, closed_at) values (?1, ?2)",
            (through, self.at),
        )?;
        self.note("books.closed", json!({"through": through.to_string()}))
    }

    /// Opens again what was closed last; the day it was closed through.
    ///
    /// # Errors
    ///
    /// Exit 1 if nothing is closed.
    pub fn undo_closing(&self, because: &str) -> Result<Date> {
        let Some(through) = self.read().closed_through()? else {
            return Err(Problem::refused("nothing_closed", "no period is closed")
                .hint("There is nothing to undo."));
        };
        self.execute(
            "update closings set undone_at = ?2, undo_reason = ?3 where through = ?1 and undone_at is null",
            (through, self.at, because),
        )?;
        self.note(
            "books.opened_again",
            json!({"through": through.to_string(), "because": because}),
        )?;
        Ok(through)
    }

    /// The first moment after a day, in the book's own zone.
    fn day_after(&self, day: Date) -> Result<Timestamp> {
        let zone = self.read().facts()?.zone;
        let next = day.tomorrow().unwrap_or(day).to_zoned(zone);
        let next = next.map_err(|error| Problem::bug(error.to_string()))?;
        Ok(next.timestamp())
    }

    /// The civil day of this change, in the book's own zone.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn today(&self) -> Result<Date> {
        Ok(self.at.to_zoned(self.read().facts()?.zone).date())
    }

    /// # Errors
    ///
    /// Exit 1 for a day to come, and for one that is closed: nothing is booked
    /// as having happened then.
    pub(super) fn require_happened(&self, on: Date) -> Result<()> {
        self.require_not_ahead(on)?;
        self.read().require_open(on)
    }

    /// # Errors
    ///
    /// Exit 1 for a day to come.
    pub(super) fn require_not_ahead(&self, on: Date) -> Result<()> {
        let today = self.today()?;
        if on <= today {
            return Ok(());
        }
        Err(Problem::refused(
            "dated_ahead",
            format!("{on} has not come yet; today is {today}"),
        )
        .hint("Give the day on which it happened with `--on`."))
    }

    /// The day itself, or the first day after it that is not closed.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_day(&self, on: Date) -> Result<Date> {
        Ok(match self.read().closed_through()? {
            Some(through) if on <= through => through.tomorrow().unwrap_or(through),
            _ => on,
        })
    }
}

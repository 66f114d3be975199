//! Closed periods, and the day that a change of the book counts for.
//!
//! Nothing is dated into a period that was closed. What a person dates is
//! refused; what a gateway decided must be booked, and counts for the first
//! day that is open.

use jiff::civil::Date;

use super::{Reader, Tx};
use crate::problem::{Problem, Result};

impl Reader<'_> {
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
    /// The civil day of this change, in the book's own zone.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn today(&self) -> Result<Date> {
        Ok(self.at.to_zoned(self.read().facts()?.zone).date())
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

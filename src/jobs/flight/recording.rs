//! When an attempt is written down as on its way: before its first byte leaves.

use crate::books::{AttemptRow, Tx};
use crate::domain::charge::Event;
use crate::domain::rules;
use crate::problem::Result;

/// The order of recording and sending, handed in with the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// Durably on its way, then sent.
    First,
    /// Sent, then on its way with its answer: a rehearsal's, to see what is
    /// lost by that.
    AfterAnswer,
}

impl Recording {
    /// As is promised.
    #[must_use]
    pub fn as_promised() -> Self {
        if rules::is_recorded_first() {
            Self::First
        } else {
            Self::AfterAnswer
        }
    }

    pub(super) fn as_it_departs(self, tx: &Tx<'_>, attempt: AttemptRow) -> Result<AttemptRow> {
        match self {
            Self::First => on_its_way(tx, &attempt),
            Self::AfterAnswer => Ok(attempt),
        }
    }

    pub(super) fn as_it_lands(self, tx: &Tx<'_>, attempt: AttemptRow) -> Result<AttemptRow> {
        match self {
            Self::First => Ok(attempt),
            Self::AfterAnswer => on_its_way(tx, &attempt),
        }
    }
}

fn on_its_way(tx: &Tx<'_>, attempt: &AttemptRow) -> Result<AttemptRow> {
    tx.step(attempt, &Event::Sent, None, None)?;
    tx.read().newest_attempt(attempt.purpose)
}

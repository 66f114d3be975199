//! The moment something was decided, by which it may still leave.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::rules;
use crate::ports::Clock;
use crate::problem::{Deed, Problem, Result};

/// The moment it was decided to send, by both clocks. It is taken before
/// whatever the decision rests on is looked at: a machine may sleep between
/// any two steps, in the middle of a commit too.
#[derive(Debug, Clone, Copy)]
pub(in crate::jobs) struct Decided {
    wall: Timestamp,
    boot: Duration,
}

impl Decided {
    pub(in crate::jobs) fn now(clock: &dyn Clock) -> Self {
        Self {
            wall: clock.now(),
            boot: clock.since_boot(),
        }
    }

    /// A laptop may sleep between the decision and the send; a key's life does
    /// not.
    ///
    /// # Errors
    ///
    /// It is too late to send.
    pub(super) fn still_in_time(self, clock: &dyn Clock) -> Result<()> {
        let slept = clock.since_boot().saturating_sub(self.boot);
        // A machine that was frozen whole knows it only from the wall's clock.
        let frozen = clock.now().duration_since(self.wall).unsigned_abs();
        if !rules::leaves_at_once(slept.max(frozen)) {
            return Err(
                Problem::refused("too_late", "the machine slept before the request left")
                    .nothing_was(Deed::Sent)
                    .hint("Charge again."),
            );
        }
        Ok(())
    }
}

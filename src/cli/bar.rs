//! A bar on stderr while a person waits for long work; nobody else sees it.

use std::cell::Cell;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ports::Clock;

/// Work that is done sooner has no bar.
const SOON: Duration = Duration::from_millis(500);

/// A bar that appears when the work turns out to be long.
pub struct Bar<'a> {
    line: ProgressBar,
    clock: &'a dyn Clock,
    began: Duration,
    is_shown: Cell<bool>,
    may_show: bool,
}

impl<'a> Bar<'a> {
    /// For so many steps; with `may_show` false it stays away.
    #[must_use]
    pub fn new(steps: usize, clock: &'a dyn Clock, may_show: bool) -> Self {
        let line = ProgressBar::with_draw_target(
            Some(u64::try_from(steps).unwrap_or(u64::MAX)),
            ProgressDrawTarget::hidden(),
        );
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}  {per_sec}  {eta} left");
        if let Ok(style) = style {
            line.set_style(style);
        }
        Self {
            line,
            clock,
            began: clock.since_boot(),
            is_shown: Cell::new(false),
            may_show,
        }
    }

    /// So many steps are done.
    pub fn reached(&self, steps: usize) {
        let waited = self.clock.since_boot().saturating_sub(self.began);
        if self.may_show && !self.is_shown.get() && waited > SOON {
            self.is_shown.set(true);
            self.line.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.line
            .set_position(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// Says something beside the bar.
    pub fn beside(&self, say: impl FnOnce()) {
        self.line.suspend(say);
    }

    /// The work is over.
    pub fn clear(&self) {
        self.line.finish_and_clear();
    }
}

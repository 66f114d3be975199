//! How fast requests leave: the gateway's pace, kept and never exceeded.

use std::time::Duration;

/// When the next request may leave, by the machine's own time.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Duration,
    /// Between two requests.
    apart: Duration,
}

/// So much of its pace a run may catch up after it was held up: a gateway
/// that counts by the second sees no more than its limit.
const CATCH_UP: Duration = Duration::from_millis(100);

impl Pace {
    /// How many may leave now.
    pub(super) fn due(&mut self, now: Duration, most_per_second: Option<u32>) -> usize {
        // What was never held up has nothing to catch up.
        if self.next.is_zero() {
            self.next = now;
        }
        let Some(most) = most_per_second.filter(|most| *most > 0) else {
            self.apart = Duration::ZERO;
            return if now < self.next { 0 } else { usize::MAX };
        };
        self.apart = Duration::from_secs(1) / most;
        self.next = self.next.max(now.saturating_sub(CATCH_UP));
        if now < self.next {
            return 0;
        }
        let due = now.saturating_sub(self.next).as_micros() / self.apart.as_micros().max(1);
        usize::try_from(due).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// Nothing leaves before then.
    pub(super) fn rest(&mut self, until: Duration) {
        self.next = self.next.max(until);
    }

    /// One leaves.
    pub(super) fn count(&mut self) {
        self.next += self.apart;
    }

    /// How long until one may leave.
    pub(super) fn pause(&self, now: Duration) -> Duration {
        self.next.saturating_sub(now).max(Duration::from_millis(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever holds the run up, no second has more than the limit and what
    /// may be caught up; and without a hold-up it leaves at the full pace.
    #[test]
    fn the_pace_is_kept_and_never_exceeded() {
        for step_ms in [1_u64, 7, 30, 95] {
            let mut pace = Pace::default();
            let mut left = Vec::new();
            let mut now = Duration::from_secs(5);
            while now < Duration::from_secs(15) {
                for _ in 0..pace.due(now, Some(100)) {
                    pace.count();
                    left.push(now);
                }
                now += Duration::from_millis(step_ms);
            }

            let within = |from: Duration| {
                let second = from..from + Duration::from_secs(1);
                left.iter().filter(|at| second.contains(at)).count()
            };
            assert!(
                (990..=1020).contains(&left.len()),
                "{step_ms}: {}",
                left.len()
            );
            assert!(left.iter().all(|at| within(*at) <= 112), "{step_ms}");
        }
    }

    #[test]
    fn who_was_asked_to_slow_down_rests() {
        let mut pace = Pace {
            next: Duration::from_secs(3),
            ..Pace::default()
        };

        assert_eq!(pace.due(Duration::from_secs(2), None), 0);
        assert_eq!(pace.due(Duration::from_secs(2), Some(100)), 0);
        assert_eq!(pace.due(Duration::from_secs(3), None), usize::MAX);
    }
}

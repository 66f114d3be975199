//! Keeps requests in flight: one thread writes the book, the others only ask.
//!
//! What is handed over here is durable already, in the book and outside of it.
//! The askers know nothing of the book; what they hear comes back to the
//! writer, who books whatever has come back in one go.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;
use std::time::Duration;

use crate::books::AttemptRow;
use crate::domain::charge::Answer;
use crate::jobs::send::Decided;
use crate::ports::{Clock, Gateway, NotAsked, Sending};

/// Longer than any request takes.
const FOR_ONE: Duration = Duration::from_hours(1);

/// A request that may leave.
pub(super) struct Request {
    pub(super) gateway: Arc<dyn Gateway>,
    pub(super) attempt: AttemptRow,
    pub(super) bytes: Vec<u8>,
    pub(super) decided: Decided,
}

/// A request that came back, and what was heard.
pub(super) struct Returned {
    pub(super) attempt: AttemptRow,
    pub(super) heard: Result<Answer, NotAsked>,
}

/// The askers, and what they have in hand.
pub(super) struct Fleet<'scope> {
    askers: Askers,
    /// How many requests can be in flight: one for each asker.
    size: usize,
    in_flight: usize,
    clock: &'scope dyn Clock,
    pace: Pace,
}

/// How long the writer waits for what comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Not at all: it has something to let leave.
    Now,
    /// Until one is back, but no longer than until the pace lets another leave.
    OneMayLeave,
    /// Until one is back: nothing is to leave before.
    OneIsBack,
}

enum Askers {
    /// The writer asks by itself, one request after the other.
    Writer(VecDeque<Returned>),
    Others {
        leaving: Sender<Request>,
        returned: Receiver<Returned>,
    },
}

impl<'scope> Fleet<'scope> {
    /// Sets so many askers to work; they end when the fleet is dropped.
    pub(super) fn launch<'env>(
        scope: &'scope Scope<'scope, 'env>,
        clock: &'scope dyn Clock,
        size: usize,
    ) -> Self {
        let askers = if size < 2 {
            Askers::Writer(VecDeque::new())
        } else {
            let (leaving, next) = channel::<Request>();
            let (back, returned) = channel();
            let next = Arc::new(Mutex::new(next));
            for _ in 0..size {
                let (next, back) = (Arc::clone(&next), back.clone());
                scope.spawn(move || {
                    loop {
                        let request = next.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(request) = request else { return };
                        if back.send(ask(request, clock)).is_err() {
                            return;
                        }
                    }
                });
            }
            Askers::Others { leaving, returned }
        };
        Self {
            askers,
            size: size.max(1),
            in_flight: 0,
            clock,
            pace: Pace::default(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.in_flight == 0
    }

    /// How many requests may leave now, at the gateway's pace.
    pub(super) fn room(&mut self, most_per_second: Option<u32>) -> usize {
        let due = self.pace.due(self.clock.since_boot(), most_per_second);
        due.min(self.size - self.in_flight)
    }

    /// The gateway asks to slow down: nothing leaves for so long.
    pub(super) fn rest(&mut self, pause: Duration) {
        self.pace.next = self.pace.next.max(self.clock.since_boot() + pause);
    }

    /// Hands a request over.
    pub(super) fn send(&mut self, request: Request) {
        self.in_flight += 1;
        self.pace.count();
        match &mut self.askers {
            Askers::Writer(returned) => returned.push_back(ask(request, self.clock)),
            // The askers live as long as the fleet.
            Askers::Others { leaving, .. } => drop(leaving.send(request)),
        }
    }

    /// What has come back, waited for so long.
    pub(super) fn returned(&mut self, until: Until) -> Vec<Returned> {
        let pause = match until {
            Until::Now => None,
            Until::OneMayLeave if self.in_flight < self.size => {
                Some(self.pace.pause(self.clock.since_boot()))
            }
            Until::OneMayLeave | Until::OneIsBack => (self.in_flight > 0).then_some(FOR_ONE),
        };
        let mut back = Vec::new();
        match &mut self.askers {
            Askers::Writer(returned) => {
                if let Some(pause) = pause.filter(|_| returned.is_empty()) {
                    self.clock.pause(pause);
                }
                back.extend(returned.drain(..));
            }
            Askers::Others { returned, .. } => {
                match pause {
                    Some(pause) if self.in_flight > 0 => {
                        back.extend(returned.recv_timeout(pause).ok());
                    }
                    Some(pause) => self.clock.pause(pause),
                    None => {}
                }
                back.extend(returned.try_iter());
            }
        }
        self.in_flight -= back.len();
        back
    }
}

fn ask(request: Request, clock: &dyn Clock) -> Returned {
    let Request {
        gateway,
        attempt,
        bytes,
        decided,
    } = request;
    let heard = gateway.charge(&Sending {
        key: &attempt.key,
        request: &bytes,
        still_in_time: &|| decided.still_in_time(clock),
    });
    Returned { attempt, heard }
}

/// When the next request may leave, by the machine's own time.
#[derive(Debug, Default)]
struct Pace {
    next: Duration,
    /// Between two requests.
    apart: Duration,
}

/// So much of its pace a run may catch up after it was held up: a gateway
/// that counts by the second sees no more than its limit.
const CATCH_UP: Duration = Duration::from_millis(100);

impl Pace {
    fn due(&mut self, now: Duration, most_per_second: Option<u32>) -> usize {
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

    fn count(&mut self) {
        self.next += self.apart;
    }

    /// How long until one may leave.
    fn pause(&self, now: Duration) -> Duration {
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

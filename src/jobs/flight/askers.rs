//! Keeps requests in flight: one thread writes the book, the others only ask.
//!
//! What is handed over here is durable already, in the book and outside of it.
//! The askers know nothing of the book; what they hear comes back to the
//! writer, who books whatever has come back in one go.

mod pace;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;
use std::time::Duration;

use super::{Passenger, Returned};
use crate::ports::Clock;
use pace::Pace;

/// Longer than any request takes.
const FOR_ONE: Duration = Duration::from_hours(1);

/// Who asks.
#[derive(Clone, Copy)]
pub enum Askers<'a> {
    /// So many threads, each one request after the other.
    Threads(usize),
    /// The writer by itself, with so many requests in flight. Of `n` that are,
    /// it asks the one that is drawn, and books what has come back where `n` is.
    Writer(usize, &'a dyn Fn(usize) -> usize),
}

impl Askers<'_> {
    /// As many threads as are wanted; for one, none is started.
    #[must_use]
    pub fn at_once(jobs: usize) -> Self {
        match jobs {
            0 | 1 => Self::Writer(1, &|_| 0),
            jobs => Self::Threads(jobs),
        }
    }
}

/// The askers at work, and what they have in hand.
pub(in crate::jobs) struct Fleet<'scope> {
    crew: Crew<'scope>,
    /// How many requests can be in flight.
    size: usize,
    in_flight: usize,
    clock: &'scope dyn Clock,
    pace: Pace,
}

/// How long the writer waits for what comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jobs) enum Until {
    /// Not at all: it has something to let leave.
    Now,
    /// Until one is back, but no longer than until the pace lets another leave.
    OneMayLeave,
    /// Until one is back: nothing is to leave before.
    OneIsBack,
}

enum Crew<'a> {
    Writer(Vec<Passenger>, &'a dyn Fn(usize) -> usize),
    Threads {
        leaving: Sender<Passenger>,
        returned: Receiver<Returned>,
    },
}

impl<'scope> Fleet<'scope> {
    /// Sets the askers to work; they end when the fleet is dropped.
    pub(in crate::jobs) fn launch<'env>(
        scope: &'scope Scope<'scope, 'env>,
        clock: &'scope dyn Clock,
        askers: Askers<'scope>,
    ) -> Self {
        let (size, crew) = match askers {
            Askers::Writer(size, draw) => (size, Crew::Writer(Vec::new(), draw)),
            Askers::Threads(size) => {
                let (leaving, next) = channel::<Passenger>();
                let (back, returned) = channel();
                let next = Arc::new(Mutex::new(next));
                for _ in 0..size.max(1) {
                    let (next, back) = (Arc::clone(&next), back.clone());
                    scope.spawn(move || {
                        loop {
                            let next = next.lock().unwrap_or_else(PoisonError::into_inner).recv();
                            let Ok(passenger) = next else { return };
                            if back.send(passenger.ask(clock)).is_err() {
                                return;
                            }
                        }
                    });
                }
                (size, Crew::Threads { leaving, returned })
            }
        };
        Self {
            crew,
            size: size.max(1),
            in_flight: 0,
            clock,
            pace: Pace::default(),
        }
    }

    pub(in crate::jobs) fn is_empty(&self) -> bool {
        self.in_flight == 0
    }

    /// How many requests may leave now, at the gateway's pace.
    pub(in crate::jobs) fn room(&mut self, most_per_second: Option<u32>) -> usize {
        let due = self.pace.due(self.clock.since_boot(), most_per_second);
        due.min(self.size - self.in_flight)
    }

    /// The gateway asks to slow down: nothing leaves for so long.
    pub(in crate::jobs) fn rest(&mut self, pause: Duration) {
        self.pace.rest(self.clock.since_boot() + pause);
    }

    /// Hands a request over.
    pub(in crate::jobs) fn send(&mut self, passenger: Passenger) {
        self.in_flight += 1;
        self.pace.count();
        match &mut self.crew {
            Crew::Writer(waiting, _) => waiting.push(passenger),
            // The askers live as long as the fleet.
            Crew::Threads { leaving, .. } => drop(leaving.send(passenger)),
        }
    }

    /// What has come back, waited for so long.
    pub(in crate::jobs) fn returned(&mut self, until: Until) -> Vec<Returned> {
        let pause = match until {
            Until::Now => None,
            Until::OneMayLeave if self.in_flight < self.size => {
                Some(self.pace.pause(self.clock.since_boot()))
            }
            Until::OneMayLeave | Until::OneIsBack => (self.in_flight > 0).then_some(FOR_ONE),
        };
        let mut back = Vec::new();
        match (&mut self.crew, pause) {
            (Crew::Writer(..), None) => {}
            (Crew::Writer(waiting, _), Some(pause)) if waiting.is_empty() => {
                self.clock.pause(pause);
            }
            (Crew::Writer(waiting, draw), Some(_)) => loop {
                // The first is asked whatever is drawn: somebody waits for it.
                let most = waiting.len() - usize::from(back.is_empty());
                let drawn = draw(waiting.len()).min(most);
                if drawn == waiting.len() {
                    break;
                }
                back.push(waiting.remove(drawn).ask(self.clock));
                if waiting.is_empty() {
                    break;
                }
            },
            (Crew::Threads { returned, .. }, pause) => {
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

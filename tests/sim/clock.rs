//! Time in the simulation: the true one, and what this machine's clocks show of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dues::ports::Clock;
use jiff::Timestamp;

use super::planted::Planted;
use super::stage::Stage;

/// The moment at which every story begins.
pub const EPOCH: i64 = 1_795_000_000;

/// The clocks of one machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hands {
    /// Seconds since the story began, whatever anybody's clock shows.
    pub truth: i64,
    /// How wrong the wall's clock is.
    pub wrong_by: i64,
    /// What the machine slept without its own clock noticing.
    pub unnoticed: i64,
}

impl Hands {
    pub fn wall(self) -> Timestamp {
        Timestamp::from_second(EPOCH + self.truth + self.wrong_by).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn true_time(self) -> Timestamp {
        Timestamp::from_second(EPOCH + self.truth).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// What a process reads; asking takes no time.
pub struct SimClock {
    pub stage: Arc<Stage>,
    /// What the clocks showed when the process began, or had waited.
    began: Mutex<Hands>,
}

impl SimClock {
    pub fn of(stage: &Arc<Stage>) -> Self {
        Self {
            stage: Arc::clone(stage),
            began: Mutex::new(stage.hands()),
        }
    }

    fn hands(&self) -> Hands {
        match self.stage.planted {
            Some(Planted::ClockReadOnce) => {
                *self.began.lock().expect("nobody panics reading a clock")
            }
            _ => self.stage.hands(),
        }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.hands().wall()
    }

    fn since_boot(&self) -> Duration {
        let hands = self.hands();
        let secs = 1_000_000 + hands.truth - hands.unnoticed;
        Duration::from_secs(u64::try_from(secs).unwrap_or(0))
    }

    fn pause(&self, time: Duration) {
        let secs = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self.stage.pass(secs.saturating_add(1));
        *self.began.lock().expect("nobody panics reading a clock") = self.stage.hands();
    }
}

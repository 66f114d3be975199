//! What a run has done so far, held against what it may do.

use super::{Done, Limits, Outcome, Stop, Then};
use crate::domain::charge::State;
use crate::domain::money::Money;
use crate::domain::retry::Why;
use crate::jobs::due::Order;

/// So many unknown outcomes in a row, and the gateway is not asked any more.
const MOST_UNKNOWN: u32 = 3;

/// What was done so far, as far as limits go.
#[derive(Default)]
pub(super) struct Tally {
    asked: u32,
    declined: u32,
    /// In a row.
    unknown: u32,
    taken: Option<Money>,
}

impl Tally {
    /// Whether a charge would go beyond a limit.
    pub(super) fn refuses(&self, order: &Order, limits: &Limits<'_>) -> Option<Stop> {
        if let Some(most) = limits.max_count.filter(|most| self.asked >= *most) {
            return Some(Stop::MaxCount(most));
        }
        let most = limits.max_total?;
        let next = order.plan.spread.charged;
        if next.currency() != most.currency() {
            return Some(Stop::MaxTotal(most));
        }
        let sum = self.taken.map_or(next, |taken| taken.plus(next));
        sum.minus(most)
            .is_positive()
            .then_some(Stop::MaxTotal(most))
    }

    /// A charge leaves: until it is known otherwise, it counts as taken.
    pub(super) fn leaves(&mut self, amount: Money) {
        self.asked += 1;
        self.taken = match self.taken {
            Some(taken) if taken.currency() == amount.currency() => Some(taken.plus(amount)),
            None => Some(amount),
            other => other,
        };
    }

    /// A charge came back.
    pub(super) fn returns(&mut self, amount: Money, state: State) {
        if let (State::Declined | State::NotMade, Some(taken)) = (state, &mut self.taken)
            && taken.currency() == amount.currency()
        {
            *taken = taken.minus(amount);
        }
        match state {
            State::Succeeded | State::Pending => self.unknown = 0,
            State::Declined => {
                self.unknown = 0;
                self.declined += 1;
            }
            _ => self.unknown += 1,
        }
    }

    /// Whether the run should go on after what was done last.
    pub(super) fn stop(&self, limits: &Limits<'_>, last: Option<&Done>) -> Option<Stop> {
        if let Some(most) = limits
            .stop_after_declines
            .filter(|most| self.declined >= *most)
        {
            return Some(Stop::Declines(most));
        }
        if self.unknown >= MOST_UNKNOWN {
            return Some(Stop::Unknown(self.unknown));
        }
        match last.map(|done| &done.outcome) {
            Some(Outcome::Asked {
                then:
                    Some(Then::Again {
                        why: Why::Ours { code },
                        ..
                    }),
                ..
            }) => Some(Stop::Ours(code.clone())),
            _ => None,
        }
    }
}

//! Runs what is due: recover what is open, then charge, occurrence by occurrence.
//!
//! Everything is decided from the book in the very transaction that books it.
//! So a killed run needs no trace of its own: the next one finds what is done,
//! and goes on. The right to charge is let go after a few seconds if somebody
//! waits to charge by hand.

mod follow;
mod left;
mod next;
mod rehearse;
mod tally;
mod turns;

use std::fmt;
use std::thread;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::World;
use super::due::{Candidate, Item, LeftOut, Reason, Rules, agenda};
use super::flight::{Askers, Fleet};
use super::guard::{Right, require_sound};
use super::recover::{Recovered, find_out_first};
use super::sent_back::{SentBack, ask_after_daily};
use crate::domain::charge::State;
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::domain::retry::Why;
use crate::domain::schedule::Name;
use crate::domain::spread::Share;
use crate::problem::{Problem, Result};
use follow::write_down;
use left::{write_left, write_refused};
use rehearse::refuse_if_large;
use turns::Turns;

pub use rehearse::{Rehearsal, rehearse};

/// What a run may do.
pub struct Limits<'a> {
    pub rules: Rules,
    /// Why the rules that were configured cannot be obeyed: no run begins.
    pub bad_rules: Option<Problem>,
    /// The most that the run may take in all, of its own currency.
    pub max_total: Option<Money>,
    /// The most charges it may ask for.
    pub max_count: Option<u32>,
    /// Who asks, and how many requests may be in flight at once.
    pub askers: Askers<'a>,
    /// Stops after so many declines.
    pub stop_after_declines: Option<u32>,
    /// A run far larger than usual was agreed to.
    pub large_is_agreed: bool,
    pub by_hand: bool,
    /// Says why a charge is not made although it is due.
    pub refuse: &'a dyn Fn(&Item) -> Option<String>,
}

/// What became of one occurrence.
#[derive(Debug)]
pub enum Outcome {
    /// It was asked for; how it stands.
    Asked {
        charge: ChargeId,
        state: State,
        /// Why it was not made, if it surely was not.
        not_made: Option<Problem>,
        /// What follows from a decline.
        then: Option<Then>,
    },
    /// Money on account paid all of it.
    Applied(Vec<Share>),
    /// An earlier charge of it turned out to have been paid.
    Paid(ChargeId),
    Passed(Reason),
    Skipped(Reason),
    Held(Reason),
    Failed(Why),
    Waiting {
        on: Date,
        why: Why,
    },
}

/// What follows from a decline.
#[derive(Debug, Clone)]
pub enum Then {
    Again { on: Date, why: Why },
    Never(Why),
}

/// One occurrence, and what became of it.
#[derive(Debug)]
pub struct Done {
    pub name: Name,
    pub due_on: Date,
    /// Its time of day, in its zone.
    pub at: Time,
    /// The customer's code.
    pub customer: String,
    /// Invoices that the agreement names, and that were not charged.
    pub left_out: Vec<LeftOut>,
    pub outcome: Outcome,
}

/// Why a run stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    MaxTotal(Money),
    MaxCount(u32),
    Declines(u32),
    /// So many outcomes in a row are unknown, or nothing could be reached.
    Unknown(u32),
    /// Our own account is refused; no charge will pass.
    Ours(String),
    /// Something that stands against every charge.
    Failed(Problem),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MaxTotal(most) => write!(f, "more would exceed --max-total {}", most.decimal()),
            Self::MaxCount(most) => write!(f, "--max-count {most} is reached"),
            Self::Declines(most) => write!(f, "--stop-after-declines {most} is reached"),
            Self::Unknown(n) => write!(f, "the gateway gave no answer {n} times in a row"),
            Self::Ours(code) => write!(f, "the gateway refuses our own account ({code})"),
            Self::Failed(problem) => problem.fmt(f),
        }
    }
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Ran {
    pub recovered: Vec<Recovered>,
    /// What a bank has sent back since it was given back.
    pub sent_back: Vec<SentBack>,
    /// How many requests left the house.
    pub asked: usize,
    pub done: Vec<Done>,
    pub stopped: Option<Stop>,
    /// Due, and not reached before it stopped.
    pub not_reached: Vec<Name>,
    /// Why the book does not know that it ran.
    pub not_written: Option<Problem>,
    /// What it could not do, and no run before it could not do either.
    pub newly_left: Vec<Name>,
}

impl Ran {
    /// Whether anything is otherwise than before it, in the book or outside.
    #[must_use]
    pub fn had_effects(&self) -> bool {
        self.asked > 0
            || !self.sent_back.is_empty()
            || self.recovered.iter().any(Recovered::moved)
            || self.done.iter().any(Done::is_news)
    }
}

impl Ran {
    /// Whether there is anything to be told of it that no run before could have told.
    #[must_use]
    pub fn is_news(&self, done: &Done) -> bool {
        done.is_news() || self.newly_left.contains(&done.name)
    }
}

impl Done {
    /// Whether it came to something in this very run, and does not merely wait
    /// as it did before.
    #[must_use]
    pub fn is_news(&self) -> bool {
        !matches!(self.outcome, Outcome::Passed(_) | Outcome::Waiting { .. })
    }
}

/// Charges what is due.
///
/// # Errors
///
/// Nothing was done: another `dues` is at work, charging is locked, or the run
/// is far larger than usual and nobody agreed to it. Once anything was done,
/// what goes wrong is in [`Ran`], beside all that was done before.
pub fn run_due(world: &mut World<'_>, limits: &Limits<'_>) -> Result<Ran> {
    let began = world.now();
    if let Some(problem) = &limits.bad_rules {
        return Err(refused(world, limits, problem.clone()));
    }
    let mut right = match Right::take(world) {
        Ok(right) => right,
        Err(problem) => return Err(refused(world, limits, problem)),
    };
    let mut ran = Ran::default();
    let candidates = match candidates(world, &mut right, limits, began, &mut ran) {
        Ok(candidates) => candidates,
        Err(problem) if !ran.had_effects() => return Err(refused(world, limits, problem)),
        Err(problem) => {
            ran.stopped = Some(Stop::Failed(problem));
            Vec::new()
        }
    };
    let clock = world.clock;
    let mut ran = thread::scope(|scope| {
        let mut fleet = Fleet::launch(scope, clock, limits.askers);
        let mut turns = Turns::new(limits, ran, candidates);
        turns.all(world, right, &mut fleet);
        turns.ran
    });
    let had_effects = ran.had_effects();
    if let Some(Stop::Failed(problem)) = ran.stopped.as_mut().filter(|_| had_effects) {
        *problem = problem.clone().after_effects();
    }
    let written = write_down(world, began, limits, &ran).and_then(|()| write_left(world, &ran));
    match written {
        Ok(newly_left) => ran.newly_left = newly_left,
        Err(problem) => ran.not_written = Some(problem.after_effects()),
    }
    Ok(ran)
}

/// Nothing was done: what was due is written down as not done.
fn refused(world: &mut World<'_>, limits: &Limits<'_>, problem: Problem) -> Problem {
    // That the book would not take it either is no worse than what is said.
    let _ = write_refused(world, &limits.rules, &problem);
    problem
}

/// What is due, once all that is open was asked for.
fn candidates(
    world: &mut World<'_>,
    right: &mut Right,
    limits: &Limits<'_>,
    began: Timestamp,
    ran: &mut Ran,
) -> Result<Vec<Candidate>> {
    find_out_first(world, right, &mut ran.recovered)?;
    require_sound(world.books.read())?;
    ask_after_daily(world, right, &mut ran.sent_back)?;
    let candidates = agenda(world.books.read(), began, &limits.rules)?;
    if !limits.large_is_agreed {
        refuse_if_large(world.books.read(), &candidates, began, &limits.rules)?;
    }
    Ok(candidates)
}

//! The turns of a run: book what came back, decide what is next, let it leave.
//!
//! In each turn there is one transaction for all that came back and one for
//! all that is to leave, then the mark, and then the requests themselves. The
//! disk's pace is paid once for many charges, and nothing leaves before its
//! own intent is durable.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::follow::follow;
use super::next::{Deciding, Flying, Step};
use super::tally::Tally;
use super::{Done, Limits, Outcome, Ran, Stop};
use crate::domain::purpose::Purpose;
use crate::jobs::due::Candidate;
use crate::jobs::flight::{Decided, Fleet, Returned, Until, depart, land};
use crate::jobs::guard::{Asked, NotCleared, Right};
use crate::jobs::recover::find_out_first;
use crate::jobs::{News, World};
use crate::ports::Refusal;
use crate::problem::{Problem, Result};
use crate::rehearsal;

/// How long the right to charge is kept while somebody waits for it.
const AT_A_TIME: Duration = Duration::from_secs(3);
/// How long it is let go then; longer than a waiting process looks away.
const LET_OTHERS: Duration = Duration::from_millis(120);
/// How many occurrences are decided in one transaction, at most.
const A_TURN: usize = 64;
/// How long nothing leaves when the gateway asks to slow down, twice as long
/// each time that it asks the same charge again; and how often it may.
const SLOW_DOWN: Duration = Duration::from_millis(250);
const MOST_BUSY: u32 = 6;

/// What follows from one that came back.
enum Followed {
    /// It is asked again: the gateway was too busy.
    Again,
    /// What is told of it, if that is news.
    By(Option<Outcome>),
}

/// A run under way.
pub(super) struct Turns<'a> {
    limits: &'a Limits<'a>,
    pub(super) ran: Ran,
    tally: Tally,
    left: VecDeque<Candidate>,
    /// Another charge of their customer is under way.
    waiting: Vec<Candidate>,
    flying: HashMap<Purpose, Flying>,
    /// How often the gateway was too busy for one.
    busy: HashMap<Purpose, u32>,
    /// The gateways that were cleared since the right was taken.
    cleared: HashMap<String, Result<Asked>>,
}

impl<'a> Turns<'a> {
    pub(super) fn new(limits: &'a Limits<'a>, ran: Ran, left: Vec<Candidate>) -> Self {
        Self {
            limits,
            ran,
            tally: Tally::default(),
            left: left.into(),
            waiting: Vec::new(),
            flying: HashMap::new(),
            busy: HashMap::new(),
            cleared: HashMap::new(),
        }
    }

    /// Turns until nothing is left, or something stops the run and what left
    /// has come back.
    pub(super) fn all(&mut self, world: &mut World<'_>, right: Right, fleet: &mut Fleet<'_>) {
        let mut right = Some(right);
        let mut since = world.clock.since_boot();
        loop {
            let held = world.clock.since_boot().saturating_sub(since);
            let lets_others = held > AT_A_TIME && world.books.charging_right().is_wanted();
            let nothing_leaves = lets_others || self.left.is_empty() || self.ran.stopped.is_some();
            let until = match fleet.room(self.pace()) {
                _ if nothing_leaves => Until::OneIsBack,
                0 => Until::OneMayLeave,
                _ => Until::Now,
            };
            let back = fleet.returned(until);
            self.hear(world, fleet, back);
            let is_over = self.left.is_empty() && self.waiting.is_empty();
            if fleet.is_empty() && (is_over || self.ran.stopped.is_some()) {
                break;
            }
            if lets_others {
                // Who has the right calls everything that is on its way an
                // orphan: it is let go only when nothing is.
                if fleet.is_empty() {
                    match self.let_others(world, right.take()) {
                        Ok(taken) => right = Some(taken),
                        Err(problem) => self.stop(Stop::Failed(problem)),
                    }
                    since = world.clock.since_boot();
                }
                continue;
            }
            if let Some(right) = right.as_mut().filter(|_| self.ran.stopped.is_none()) {
                let room = fleet.room(self.pace());
                if let Err(problem) = self.let_leave(world, right, fleet, room) {
                    self.stop(Stop::Failed(problem));
                }
            }
        }
        // An old mark says that more is open than is: between the turns it may.
        let _ = world.mark();
        let left = self.left.drain(..).chain(self.waiting.drain(..));
        self.ran
            .not_reached
            .extend(left.map(|candidate| candidate.name));
    }

    fn pace(&self) -> Option<u32> {
        let paces = self.cleared.values().flatten();
        paces
            .filter_map(|asked| asked.gateway.promises().most_per_second)
            .min()
    }

    fn stop(&mut self, stop: Stop) {
        self.ran.stopped.get_or_insert(stop);
    }

    fn is_done(&mut self, world: &World<'_>, done: Done) {
        (world.tell)(&News::Ran(self.ran.done.len() + 1));
        self.ran.done.push(done);
    }

    /// Lets go of the right for whoever waits, and takes it again.
    fn let_others(&mut self, world: &mut World<'_>, right: Option<Right>) -> Result<Right> {
        let right = right.ok_or_else(|| Problem::bug("a run without the right to charge"))?;
        let resting = right.rest(world)?;
        world.clock.pause(LET_OTHERS);
        world.books.charging_right().forget_the_wish();
        let (mut right, is_as_left) = resting.resume(world)?;
        if !is_as_left {
            self.cleared.clear();
            find_out_first(world, &mut right, &mut self.ran.recovered)?;
        }
        Ok(right)
    }

    /// Books what came back, with what follows for its date.
    fn hear(&mut self, world: &mut World<'_>, fleet: &mut Fleet<'_>, back: Vec<Returned>) {
        if back.is_empty() {
            return;
        }
        // Whoever waited for one of these may go now.
        self.left.extend(self.waiting.drain(..));
        let mut flown: HashMap<Purpose, Flying> = back
            .iter()
            .filter_map(|one| self.flying.remove_entry(&one.attempt.purpose))
            .collect();
        let (rules, busy) = (&self.limits.rules, &mut self.busy);
        let mut slow_down = None;
        let mut followed: HashMap<Purpose, Followed> = HashMap::new();
        let landed = land(world, back, |tx, settled| {
            let (Some(flying), Ok(state)) = (flown.get(&settled.purpose), &settled.state) else {
                return Ok(());
            };
            let refusal = settled.not_made.as_ref().map(|why| why.refusal);
            if let Some(Refusal::Busy { wait }) = refusal {
                let times = busy.entry(settled.purpose).or_default();
                *times += 1;
                if *times < MOST_BUSY {
                    let pause = wait.unwrap_or(SLOW_DOWN * 2_u32.pow(*times - 1));
                    slow_down = slow_down.max(Some(pause));
                    followed.insert(settled.purpose, Followed::Again);
                    return Ok(());
                }
            }
            let asked = Outcome::Asked {
                charge: settled.purpose.require_charge()?,
                state: *state,
                not_made: settled.not_made.clone().map(Problem::from),
                then: None,
            };
            let outcome = follow(tx, &flying.candidate, asked, rules)?;
            followed.insert(settled.purpose, Followed::By(outcome));
            Ok(())
        });
        let landed = match landed {
            Ok(landed) => landed,
            // What was heard is lost then, and its charges are still on their way
            // in the book: recovery asks again.
            Err(problem) => {
                let lost = flown.into_values().map(|flying| flying.candidate.name);
                self.ran.not_reached.extend(lost);
                return self.stop(Stop::Failed(problem));
            }
        };
        if let Some(pause) = slow_down {
            fleet.rest(pause);
        }
        for settled in landed {
            let Some(flying) = flown.remove(&settled.purpose) else {
                continue;
            };
            match (settled.state, followed.remove(&settled.purpose)) {
                (Err(contradiction), _) => {
                    self.ran.not_reached.push(flying.candidate.name);
                    self.stop(Stop::Failed(contradiction));
                }
                (Ok(state), Some(Followed::Again)) => {
                    self.tally.returns(flying.amount, state);
                    self.left.push_front(flying.candidate);
                    continue;
                }
                (Ok(state), Some(Followed::By(Some(outcome)))) => {
                    self.tally.returns(flying.amount, state);
                    let done = flying.about.done(&flying.candidate, outcome);
                    self.is_done(world, done);
                }
                (Ok(state), Some(Followed::By(None)) | None) => {
                    self.tally.returns(flying.amount, state);
                }
            }
            if let Some(stop) = self.tally.stop(self.limits, self.ran.done.last()) {
                self.stop(stop);
            }
        }
    }

    /// Decides what is next, makes it durable in one transaction, and lets it leave.
    fn let_leave(
        &mut self,
        world: &mut World<'_>,
        right: &mut Right,
        fleet: &mut Fleet<'_>,
        room: usize,
    ) -> Result<()> {
        if room == 0 || self.left.is_empty() {
            return Ok(());
        }
        self.clear(world, right)?;
        rehearsal::point("charge.planned")?;
        let decided = Decided::now(world.clock);
        let mut done = Vec::new();
        let mut leaving: HashMap<Purpose, Flying> = HashMap::new();
        let departed = depart(world, right, decided, |tx| {
            let mut boarding = Vec::new();
            for _ in 0..A_TURN {
                if boarding.len() == room || self.ran.stopped.is_some() {
                    break;
                }
                let Some(candidate) = self.left.pop_front() else {
                    break;
                };
                let deciding = Deciding {
                    limits: self.limits,
                    tally: &self.tally,
                    cleared: &self.cleared,
                    flying: &self.flying,
                };
                match deciding.one(tx, &candidate, &leaving)? {
                    Step::Over => {}
                    Step::Later => self.waiting.push(candidate),
                    Step::Done(about, outcome) => done.push(about.done(&candidate, outcome)),
                    Step::Leaves(next) => {
                        self.tally.leaves(next.flying.amount);
                        leaving.insert(next.boarding.attempt.purpose, next.flying);
                        boarding.push(next.boarding);
                    }
                    Step::Stop(stop) => {
                        self.left.push_front(candidate);
                        self.stop(stop);
                    }
                }
            }
            Ok(boarding)
        })?;
        for done in done {
            self.is_done(world, done);
        }
        self.flying.extend(leaving);
        for passenger in departed.leaving {
            self.ran.asked += 1;
            fleet.send(passenger);
        }
        let is_grounded = departed
            .staying
            .first()
            .and_then(|one| one.heard.clone().err());
        self.hear(world, fleet, departed.staying);
        match is_grounded {
            Some(why) => Err(why.problem),
            None => Ok(()),
        }
    }

    /// Clears every gateway that the book is logged in to, once for each time
    /// that the right is taken; a gateway that cannot be asked is a refusal of
    /// its own charges.
    fn clear(&mut self, world: &World<'_>, right: &mut Right) -> Result<()> {
        for login in world.books.read().logins()? {
            if self.cleared.contains_key(&login.account.gateway) {
                continue;
            }
            let asked = match right.clear(world, &login.account) {
                Err(NotCleared::BookIsOld(problem)) => return Err(problem),
                asked => asked.map_err(Problem::from),
            };
            // By a wrong clock nothing is due and nothing late.
            right.require_right_clock(world, &login.account)?;
            self.cleared.insert(login.account.gateway, asked);
        }
        Ok(())
    }
}

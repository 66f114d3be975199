//! Runs what is due: recover what is open, then charge, occurrence by occurrence.
//!
//! Everything is decided from the book just before it is done, and done in
//! the charge's own transaction. So a killed run needs no trace of its own:
//! the next one finds what is done, and goes on. The right to charge is let go
//! every few seconds, for whoever waits to charge by hand.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::charge::attempt;
use super::due::{Candidate, Item, Order, Reason, Rules, ToDo, agenda, ahead, decide};
use super::guard::Right;
use super::recover::{Recovered, recover_open};
use super::{News, World};
use crate::books::{NewCharge, NewRun, Reader, Tx};
use crate::domain::charge::State;
use crate::domain::ids::{AttemptName, ChargeId, CustomerId};
use crate::domain::money::Money;
use crate::domain::retry::Why;
use crate::domain::schedule::{Name, Source, Standing};
use crate::problem::{Kind, Problem, Result};

/// How long the right to charge is kept while others may wait for it.
const AT_A_TIME: Duration = Duration::from_secs(5);
/// How long it is let go then; longer than a waiting process looks away.
const LET_OTHERS: Duration = Duration::from_millis(120);
/// So many unknown outcomes in a row, and the gateway is not asked any more.
const MOST_UNKNOWN: u32 = 3;
/// A run is large from here on, if it is also many times the largest of late.
const LARGE: usize = 20;
const TIMES_LARGER: usize = 5;
/// Of the runs that found nothing, one is written down in so long.
const IDLE_IS_TOLD: SignedDuration = SignedDuration::from_hours(1);
/// The runs that it is held against, and how many there must be.
const RUNS_BEFORE: u32 = 10;
const RUNS_NEEDED: usize = 3;

/// What a run may do.
pub struct Limits<'a> {
    pub rules: Rules,
    /// The most that the run may take in all, of its own currency.
    pub max_total: Option<Money>,
    /// The most charges it may ask for.
    pub max_count: Option<u32>,
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
    /// An earlier charge of it turned out to have been paid.
    Paid(ChargeId),
    Passed(Reason),
    Skipped(Reason),
    Held(Reason),
    Failed(Why),
    Waiting {
        on: jiff::civil::Date,
        why: Why,
    },
}

/// What follows from a decline.
#[derive(Debug, Clone)]
pub enum Then {
    Again { on: jiff::civil::Date, why: Why },
    Never(Why),
}

/// One occurrence, and what became of it.
#[derive(Debug)]
pub struct Done {
    pub item: Item,
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
            Self::Failed(problem) => f.write_str(problem.message()),
        }
    }
}

/// What a run did.
#[derive(Debug)]
pub struct Ran {
    pub recovered: Vec<Recovered>,
    pub done: Vec<Done>,
    pub stopped: Option<Stop>,
    /// Due, and not reached before it stopped.
    pub not_reached: Vec<Name>,
}

/// Charges what is due.
///
/// # Errors
///
/// Nothing was charged: another `dues` is at work, charging is locked, or the
/// run is far larger than usual and nobody agreed to it. What goes wrong later
/// is in [`Ran::stopped`], beside all that was done before.
pub fn run_due(world: &mut World<'_>, limits: &Limits<'_>) -> Result<Ran> {
    let began = world.now();
    let mut first = Right::take(world)?;
    let recovered = find_out(world, &mut first)?;
    let mut right = Some(first);
    let mut since = world.clock.since_boot();
    let mut ran = Ran {
        recovered,
        done: Vec::new(),
        stopped: None,
        not_reached: Vec::new(),
    };
    let candidates = agenda(world.books.read(), began, &limits.rules)?;
    if !limits.large_is_agreed {
        refuse_if_large(world.books.read(), &candidates, began, &limits.rules)?;
    }
    let mut tally = Tally::default();
    let mut left = candidates.into_iter();
    for candidate in left.by_ref() {
        if world.clock.since_boot().saturating_sub(since) > AT_A_TIME {
            drop(right.take());
            std::thread::sleep(LET_OTHERS);
            match Right::take(world).and_then(|mut taken| {
                let found = find_out(world, &mut taken)?;
                Ok((taken, found))
            }) {
                Ok((taken, found)) => {
                    right = Some(taken);
                    ran.recovered.extend(found);
                }
                Err(problem) => {
                    ran.stopped = Some(Stop::Failed(problem));
                    ran.not_reached.push(candidate.name);
                    break;
                }
            }
            since = world.clock.since_boot();
        }
        let Some(held) = right.as_mut() else { break };
        match one(world, held, &candidate, limits, &mut tally) {
            Ok(Step::Over) => {}
            Ok(Step::Done(done)) => {
                (world.tell)(&News::Ran(ran.done.len() + 1));
                ran.done.push(*done);
            }
            Ok(Step::Stop(stop, name)) => {
                ran.stopped = Some(stop);
                ran.not_reached.extend(name);
            }
            Err(problem) => {
                ran.stopped = Some(Stop::Failed(problem));
                ran.not_reached.push(candidate.name);
            }
        }
        if ran.stopped.is_none() {
            ran.stopped = tally.stop(limits, ran.done.last());
        }
        if ran.stopped.is_some() {
            break;
        }
    }
    ran.not_reached.extend(left.map(|candidate| candidate.name));
    write_down(world, began, limits, &ran)?;
    Ok(ran)
}

/// Recovery comes before any new send.
fn find_out(world: &mut World<'_>, right: &mut Right) -> Result<Vec<Recovered>> {
    let found = recover_open(world, right)?;
    for one in &found {
        (world.tell)(&News::Recovered(one.clone()));
    }
    Ok(found)
}

/// A run that is many times larger than any of late is a mistake more often
/// than a good day.
fn refuse_if_large(
    book: Reader<'_>,
    candidates: &[Candidate],
    now: Timestamp,
    rules: &Rules,
) -> Result<()> {
    let before = book.runs_that_charged(RUNS_BEFORE)?;
    if candidates.len() < LARGE || before.len() < RUNS_NEEDED {
        return Ok(());
    }
    let mut charges = 0;
    for candidate in candidates {
        let item = decide(book, candidate, now, rules)?;
        charges += usize::from(item.is_some_and(|item| matches!(item.to_do, ToDo::Charge(_))));
    }
    let asked = |run: &NewRun| run.taken + run.declined + run.unknown;
    let largest = before.iter().map(|run| asked(&run.did)).max().unwrap_or(0);
    let largest = usize::try_from(largest).unwrap_or(usize::MAX);
    if charges < LARGE || charges < largest.saturating_mul(TIMES_LARGER) {
        return Ok(());
    }
    Err(Problem::usage(
        "run_is_large",
        format!("{charges} charges are due, and no run of late had more than {largest}; nothing was charged"),
    )
    .hint("Look at them with `dues schedule run --dry-run`, then add `--yes`."))
}

/// What was done so far, as far as limits go.
#[derive(Default)]
struct Tally {
    asked: u32,
    declined: u32,
    /// In a row.
    unknown: u32,
    taken: Option<Money>,
}

impl Tally {
    /// Whether a charge would go beyond a limit.
    fn refuses(&self, order: &Order, limits: &Limits<'_>) -> Option<Stop> {
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

    fn count(&mut self, order: &Order, state: State) {
        self.asked += 1;
        match state {
            State::Declined => self.declined += 1,
            State::NotMade => {}
            // What may have been taken counts as taken.
            _ => {
                let amount = order.plan.spread.charged;
                self.taken = match self.taken {
                    Some(taken) if taken.currency() == amount.currency() => {
                        Some(taken.plus(amount))
                    }
                    None => Some(amount),
                    other => other,
                };
            }
        }
        match state {
            State::Succeeded | State::Declined | State::Pending => self.unknown = 0,
            _ => self.unknown += 1,
        }
    }

    /// Whether the run should go on after what was done last.
    fn stop(&self, limits: &Limits<'_>, last: Option<&Done>) -> Option<Stop> {
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

enum Step {
    /// There is nothing to be done about it any more.
    Over,
    Done(Box<Done>),
    Stop(Stop, Option<Name>),
}

fn one(
    world: &mut World<'_>,
    right: &mut Right,
    candidate: &Candidate,
    limits: &Limits<'_>,
    tally: &mut Tally,
) -> Result<Step> {
    take_back(world, candidate)?;
    let rules = &limits.rules;
    let Some(item) = decide(world.books.read(), candidate, world.now(), rules)? else {
        return Ok(Step::Over);
    };
    let outcome = match &item.to_do {
        ToDo::Charge(order) => {
            if let Some(why) = (limits.refuse)(&item) {
                Outcome::Passed(Reason::Drifted(why))
            } else if let Some(stop) = tally.refuses(order, limits) {
                return Ok(Step::Stop(stop, Some(item.name)));
            } else {
                match ask(world, right, order)? {
                    Ok(asked) => {
                        if let Outcome::Asked { state, .. } = &asked {
                            tally.count(order, *state);
                        }
                        asked
                    }
                    Err(problem) => Outcome::Passed(Reason::Refused(problem)),
                }
            }
        }
        ToDo::Pass(reason) => Outcome::Passed(reason.clone()),
        ToDo::Wait { on, why } => Outcome::Waiting {
            on: *on,
            why: why.clone(),
        },
        ToDo::Skip(reason) => Outcome::Skipped(reason.clone()),
        ToDo::Hold(reason) => Outcome::Held(reason.clone()),
        ToDo::Fail(why) => Outcome::Failed(why.clone()),
        ToDo::Paid(charge) => Outcome::Paid(*charge),
    };
    let outcome = follow(world, candidate, &item, outcome, rules)?;
    Ok(match outcome {
        Some(outcome) => Step::Done(Box::new(Done { item, outcome })),
        None => Step::Over,
    })
}

/// A book that forgot charges and took them back has the charge without its
/// occurrence: the intent says which one it is.
fn take_back(world: &mut World<'_>, candidate: &Candidate) -> Result<()> {
    loop {
        let book = world.books.read();
        let known = book.occurrence(candidate.name)?;
        let intent = match &known {
            Some(known) if known.standing.is_over() => return Ok(()),
            Some(known) => known.next_intent(),
            None => candidate.name.intent(1),
        };
        let Some(charge) = book.charge_by_intent(&intent)? else {
            return Ok(());
        };
        // Another agreement had this number before; it is not ours to tie.
        if charge.customer != customer_of(book, candidate.name.source)? {
            return Ok(());
        }
        let at = world.now();
        world.books.write(at, |tx| {
            let occurrence = tx.begin_occurrence(candidate.name, candidate.due_on, candidate.at)?;
            tx.tie_charge(&occurrence, charge.id)
        })?;
    }
}

fn customer_of(book: Reader<'_>, source: Source) -> Result<CustomerId> {
    match source {
        Source::Schedule(id) => Ok(book.schedule(id)?.customer),
        Source::Autopay(id) => book
            .autopay(id)?
            .map(|autopay| autopay.customer)
            .ok_or_else(|| Problem::bug(format!("there is no {id}"))),
    }
}

/// Asks for the money. What stands against this charge alone is its outcome;
/// what stands against every charge stops the run.
fn ask(
    world: &mut World<'_>,
    right: &mut Right,
    order: &Order,
) -> Result<Result<Outcome, Problem>> {
    let earlier = match order.again {
        Some(charge) => Some(world.books.read().charge(charge)?),
        None => None,
    };
    match attempt(world, right, &order.wish, earlier.as_ref()) {
        Ok(charged) => Ok(Ok(Outcome::Asked {
            charge: charged.charge,
            state: charged.state,
            not_made: charged.not_made,
            then: None,
        })),
        Err(problem) if problem.kind() == Kind::Refused && problem.code() != "disk_full" => {
            Ok(Err(problem))
        }
        Err(problem) => Err(problem),
    }
}

/// Writes into the book what follows; `None` if it was known before.
fn follow(
    world: &mut World<'_>,
    candidate: &Candidate,
    item: &Item,
    outcome: Outcome,
    rules: &Rules,
) -> Result<Option<Outcome>> {
    let at = world.now();
    let before = world.books.read().occurrence(item.name)?;
    let (standing, reason, outcome) = match outcome {
        Outcome::Asked {
            charge,
            state,
            not_made,
            ..
        } => {
            let then = match state {
                State::Declined => then(world, candidate, rules)?,
                _ => None,
            };
            let (standing, reason) = match (&then, state) {
                (_, State::Succeeded) => (Standing::Paid, None),
                (Some(Then::Never(why)), _) => (Standing::Failed, Some(why.to_string())),
                (Some(Then::Again { on, why }), _) => (
                    Standing::Charging,
                    Some(format!("tried again on {on}: {why}")),
                ),
                _ => (Standing::Charging, None),
            };
            let outcome = Outcome::Asked {
                charge,
                state,
                not_made,
                then,
            };
            (standing, reason, outcome)
        }
        Outcome::Paid(charge) => (Standing::Paid, None, Outcome::Paid(charge)),
        Outcome::Skipped(reason) => {
            let words = reason.to_string();
            (Standing::Skipped, Some(words), Outcome::Skipped(reason))
        }
        Outcome::Held(reason) => {
            let words = reason.to_string();
            (Standing::Held, Some(words), Outcome::Held(reason))
        }
        Outcome::Failed(why) => {
            // It waits for a new card, and was told of when it failed.
            if before.is_some_and(|known| known.standing == Standing::Failed) {
                return Ok(None);
            }
            (
                Standing::Failed,
                Some(why.to_string()),
                Outcome::Failed(why),
            )
        }
        Outcome::Passed(_) | Outcome::Waiting { .. } => return Ok(Some(outcome)),
    };
    world.books.write(at, |tx| {
        let (name, reason) = (item.name, reason.as_deref());
        tx.mark_occurrence(name, item.due_on, candidate.at, standing, reason)?;
        end_if_done(tx, name.source, at)
    })?;
    Ok(Some(outcome))
}

/// What follows from the decline that the book has just booked.
fn then(world: &World<'_>, candidate: &Candidate, rules: &Rules) -> Result<Option<Then>> {
    let book = world.books.read();
    let item = decide(book, candidate, world.now(), rules)?;
    Ok(match item.map(|item| item.to_do) {
        Some(ToDo::Fail(why)) => Some(Then::Never(why)),
        Some(ToDo::Wait { on, why }) => Some(Then::Again { on, why }),
        Some(ToDo::Skip(_) | ToDo::Pass(_)) | None => None,
        _ => None,
    })
}

/// A schedule of which nothing is left is over.
fn end_if_done(tx: &Tx<'_>, source: Source, now: Timestamp) -> Result<()> {
    let Source::Schedule(id) = source else {
        return Ok(());
    };
    let schedule = tx.read().schedule(id)?;
    let known = tx.read().occurrences_of(source)?;
    let untouched = schedule
        .cadence
        .from(schedule.cadence.first_on)
        .find(|on| !known.iter().any(|known| known.name.planned_on == *on));
    let is_done = untouched.is_none() && known.iter().all(|known| known.standing.is_over());
    let _ = now;
    if is_done && schedule.ended.is_none() {
        tx.end_schedule(id, "all of it is done")?;
    }
    Ok(())
}

fn write_down(
    world: &mut World<'_>,
    began: Timestamp,
    limits: &Limits<'_>,
    ran: &Ran,
) -> Result<()> {
    let currency = world.books.read().facts()?.currency;
    let mut did = NewRun {
        stopped: ran.stopped.as_ref().map(ToString::to_string),
        by_hand: limits.by_hand,
        ..NewRun::default()
    };
    for done in &ran.done {
        match &done.outcome {
            Outcome::Asked { charge, state, .. } => match state {
                State::Succeeded => {
                    did.taken += 1;
                    let amount = world.books.read().charge(*charge)?.amount;
                    if amount.currency() == currency {
                        did.taken_minor += amount.minor();
                    }
                }
                State::Declined => did.declined += 1,
                State::NotMade => did.skipped += 1,
                _ => did.unknown += 1,
            },
            Outcome::Skipped(_) | Outcome::Passed(_) | Outcome::Held(_) => did.skipped += 1,
            Outcome::Paid(_) | Outcome::Failed(_) | Outcome::Waiting { .. } => {}
        }
    }
    let at = world.now();
    let nothing = NewRun {
        by_hand: did.by_hand,
        ..NewRun::default()
    };
    if did == nothing
        && let Some(last) = world.books.read().runs(1)?.pop()
        && at.duration_since(last.ended_at) < IDLE_IS_TOLD
    {
        return Ok(());
    }
    world.books.write(at, |tx| tx.add_run(began, &did))
}

/// What a run would do now, and until then as things stand, and why it would
/// stop; changes nothing. Each charge reserves what it would take, so that no
/// two plan the same money.
///
/// # Errors
///
/// The book cannot be read.
pub fn rehearse(
    world: &mut World<'_>,
    limits: &Limits<'_>,
    until: Option<Timestamp>,
) -> Result<(Vec<Item>, Option<Stop>)> {
    let now = world.now();
    world.books.rehearse(now, |tx| {
        let mut items = Vec::new();
        let mut tally = Tally::default();
        let mut candidates: Vec<(Candidate, Timestamp)> = agenda(tx.read(), now, &limits.rules)?
            .into_iter()
            .map(|candidate| (candidate, now))
            .collect();
        if let Some(until) = until {
            candidates.extend(ahead(tx.read(), now, until)?);
        }
        for (candidate, at) in candidates {
            let Some(mut item) = decide(tx.read(), &candidate, at, &limits.rules)? else {
                continue;
            };
            if let ToDo::Charge(order) = &item.to_do {
                if let Some(why) = (limits.refuse)(&item) {
                    item.to_do = ToDo::Pass(Reason::Drifted(why));
                } else if let Some(stop) = tally.refuses(order, limits) {
                    return Ok((items, Some(stop)));
                } else {
                    reserve(tx, order)?;
                    tally.count(order, State::Succeeded);
                }
            }
            items.push(item);
        }
        Ok((items, None))
    })
}

/// Reserves what a charge would take, in a rehearsal.
fn reserve(tx: &Tx<'_>, order: &Order) -> Result<()> {
    if order.again.is_some() {
        return Ok(());
    }
    let plan = &order.plan;
    let (charge, intent) = tx.add_charge(&NewCharge {
        customer: &plan.customer,
        card: &plan.card,
        authorization: plan.authorization.0,
        spread: &plan.spread,
        request: None,
        intent: None,
        memo: None,
        wants_mail: false,
        on: plan.on,
    })?;
    let name = AttemptName::of(&tx.read().facts()?.id, &intent, plan.customer.id, 1);
    tx.prepare(
        charge,
        1,
        &plan.card,
        plan.spread.charged,
        &name,
        b"rehearsed",
    )?;
    Ok(())
}

//! What a run would do, without doing it; and whether that is far more than usual.

use jiff::Timestamp;

use super::follow::take_back;
use super::tally::Tally;
use super::{Limits, Stop};
use crate::books::{NewAttempt, NewCharge, NewRun, Reader, Tx};
use crate::domain::ids::AttemptName;
use crate::domain::purpose::Purpose;
use crate::jobs::World;
use crate::jobs::apply::apply_in;
use crate::jobs::due::{Candidate, Item, Order, Reason, Rules, ToDo, agenda, ahead, decide};
use crate::jobs::outlook::Outlook;
use crate::problem::{Deed, Problem, Result};

/// A run is large from here on, if it is also many times the largest of late.
const LARGE: usize = 20;
const TIMES_LARGER: usize = 5;
/// The runs that it is held against, and how many there must be.
const RUNS_BEFORE: u32 = 10;
const RUNS_NEEDED: usize = 3;

/// A run that is many times larger than any of late is a mistake more often
/// than a good day.
pub(super) fn refuse_if_large(
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
        format!("{charges} charges are due, and no run of late had more than {largest}"),
    )
    .nothing_was(Deed::Charged)
    .hint("Look at them with `dues schedule run --dry-run`, then add `--yes`."))
}

/// What a run would do.
pub struct Rehearsal {
    pub items: Vec<Item>,
    /// Why it would stop before its end.
    pub stop: Option<Stop>,
    /// Why it would not begin unless a person agrees: it is large.
    pub asks: Option<Problem>,
}

/// What a run would do now, and until then as things stand, and why it would
/// stop; changes nothing. Each charge reserves what it would take, so that no
/// two plan the same money.
///
/// # Errors
///
/// What would keep the run from beginning, or the book cannot be read.
pub fn rehearse(
    world: &mut World<'_>,
    limits: &Limits<'_>,
    until: Option<Timestamp>,
) -> Result<Rehearsal> {
    let now = world.now();
    let outlook = Outlook::of(world, &limits.rules);
    // It would not begin.
    if let Some(problem) = limits.bad_rules.as_ref().or(outlook.not_begun()) {
        return Err(problem.clone());
    }
    world.books.rehearse(&world.hand, now, |tx| {
        let mut items = Vec::new();
        let mut tally = Tally::default();
        let due = agenda(tx.read(), now, &limits.rules)?;
        let asks = if limits.large_is_agreed {
            None
        } else {
            refuse_if_large(tx.read(), &due, now, &limits.rules).err()
        };
        let ends = |items, stop| Rehearsal {
            items,
            stop,
            asks: asks.clone(),
        };
        // By a wrong clock it would stop before the first.
        if let Some(problem) = outlook.clock_is_behind().filter(|_| !due.is_empty()) {
            return Ok(ends(items, Some(Stop::Failed(problem.clone()))));
        }
        let mut candidates: Vec<(Candidate, Timestamp)> =
            due.into_iter().map(|candidate| (candidate, now)).collect();
        if let Some(until) = until {
            candidates.extend(ahead(tx.read(), now, until)?);
        }
        for (candidate, at) in candidates {
            take_back(tx, &candidate)?;
            let Some(mut item) = outlook.foresee(tx.read(), &candidate, at)? else {
                continue;
            };
            if let ToDo::Charge(order) = &item.to_do {
                if let Some(why) = (limits.refuse)(&item) {
                    item.to_do = ToDo::Pass(Reason::Drifted(why));
                } else if let Some(stop) = tally.refuses(order, limits) {
                    return Ok(ends(items, Some(stop)));
                } else {
                    reserve(tx, order)?;
                    tally.leaves(order.plan.spread.charged);
                }
            }
            if let ToDo::Apply { wish, shares } = &item.to_do {
                match (limits.refuse)(&item) {
                    Some(why) => item.to_do = ToDo::Pass(Reason::Drifted(why)),
                    None => apply_in(tx, wish, shares)?,
                }
            }
            items.push(item);
        }
        Ok(ends(items, None))
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
        authorization: plan.consent.id,
        spread: &plan.spread,
        request: None,
        intent: None,
        memo: None,
        wants_mail: false,
        on: plan.on,
    })?;
    let name = AttemptName::of(&tx.read().facts()?.id, &intent, plan.customer.id, 1);
    tx.prepare(&NewAttempt {
        purpose: Purpose::Take(charge),
        n: 1,
        card: &plan.card,
        token: &plan.card.facts.token,
        amount: plan.spread.charged,
        name: &name,
        request: b"rehearsed",
        witnessed: false,
    })?;
    Ok(())
}

//! What follows from an outcome, written into the book beside it.

use jiff::{SignedDuration, Timestamp};

use super::{Limits, Outcome, Ran, Then};
use crate::books::{ChargeRow, NewRun, Reader, Tx};
use crate::domain::charge::State;
use crate::domain::ids::{ChargeId, CustomerId};
use crate::domain::schedule::{Name, Source, Standing};
use crate::jobs::World;
use crate::jobs::due::{Candidate, Rules, ToDo, decide};
use crate::problem::{Problem, Result};

/// Of the runs that found nothing, one is written down in so long.
const IDLE_IS_TOLD: SignedDuration = SignedDuration::from_hours(1);

/// A book that took charges back has them without their occurrence: the intent
/// says which one it is, or the charge that they came too late for.
pub(super) fn take_back(tx: &Tx<'_>, candidate: &Candidate) -> Result<()> {
    loop {
        let book = tx.read();
        let known = book.occurrence(candidate.name)?;
        let found = match &known {
            Some(known) if known.standing.is_over() => None,
            Some(known) => untied(book, known.name, &known.charges)?,
            None => untied(book, candidate.name, &[])?,
        };
        let Some(charge) = found else {
            return Ok(());
        };
        // Another agreement had this number before; it is not ours to tie.
        if charge.customer != customer_of(book, candidate.name.source)? {
            return Ok(());
        }
        let occurrence = tx.begin_occurrence(candidate.name, candidate.due_on, candidate.at)?;
        tx.tie_charge(&occurrence, charge.id)?;
    }
}

/// The next charge of a date that is not tied to it, after those that are. While
/// one of these may take its money, none is.
fn untied(book: Reader<'_>, name: Name, tied: &[ChargeId]) -> Result<Option<ChargeRow>> {
    for id in tied {
        let state = book.charge(*id)?.attempt.state;
        if !matches!(state, State::Declined | State::NotMade) {
            return Ok(None);
        }
    }
    for id in tied {
        for beside in book.taken_back_beside(*id)? {
            if book.occurrence_of_charge(beside.id)?.is_none() {
                return Ok(Some(beside));
            }
        }
    }
    let next = u32::try_from(tied.len())
        .unwrap_or(u32::MAX)
        .saturating_add(1);
    if let Some(charge) = book.charge_by_intent(&name.intent(next))?
        && book.occurrence_of_charge(charge.id)?.is_none()
    {
        return Ok(Some(charge));
    }
    // One before it may have been set aside.
    book.live_and_without_a_date(&name.intent(1))
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

/// Writes into the book what follows; `None` if it was known before.
pub(super) fn follow(
    tx: &Tx<'_>,
    candidate: &Candidate,
    outcome: Outcome,
    rules: &Rules,
) -> Result<Option<Outcome>> {
    let before = tx.read().occurrence(candidate.name)?;
    let (standing, reason, outcome) = match outcome {
        Outcome::Asked {
            charge,
            state,
            not_made,
            ..
        } => {
            let then = match state {
                State::Declined => then(tx, candidate, rules)?,
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
        Outcome::Applied(shares) => (
            Standing::Paid,
            Some("money on account paid it".to_owned()),
            Outcome::Applied(shares),
        ),
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
    let (name, reason) = (candidate.name, reason.as_deref());
    tx.mark_occurrence(name, candidate.due_on, candidate.at, standing, reason)?;
    end_if_done(tx, name.source)?;
    Ok(Some(outcome))
}

/// What follows from the decline that the book has just booked.
fn then(tx: &Tx<'_>, candidate: &Candidate, rules: &Rules) -> Result<Option<Then>> {
    let item = decide(tx.read(), candidate, tx.at(), rules)?;
    Ok(match item.map(|item| item.to_do) {
        Some(ToDo::Fail(why)) => Some(Then::Never(why)),
        Some(ToDo::Wait { on, why }) => Some(Then::Again { on, why }),
        _ => None,
    })
}

/// A schedule of which nothing is left is over.
fn end_if_done(tx: &Tx<'_>, source: Source) -> Result<()> {
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
    if is_done && schedule.ended.is_none() {
        tx.end_schedule(id, "all of it is done")?;
    }
    Ok(())
}

/// Writes down what the run did, for those after it.
pub(super) fn write_down(
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
            Outcome::Applied(_)
            | Outcome::Paid(_)
            | Outcome::Failed(_)
            | Outcome::Waiting { .. } => {}
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
    world.write_at(at, |tx| tx.add_run(began, &did))
}

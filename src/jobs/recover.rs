//! Finds out what became of charges whose outcome is not known.
//!
//! Nothing here guesses. A repeated key, a look-up that finds the charge, or
//! two complete looks that do not, late enough: only these end the doubt. It
//! can be stopped and run again anywhere.

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::send::send;
use super::settle::{hear, settled};
use crate::books::{AttemptRow, ChargeRow};
use crate::domain::authorization::Demand;
use crate::domain::charge::{Event, State};
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::lock::Lock;
use crate::ports::{Gateway, Promises, Sighting, Sought};
use crate::problem::{Problem, Result};

/// The most often that one request is sent under its key.
const MOST_SENDS: u32 = 5;

/// What recovery found out about one charge.
#[derive(Debug, Clone)]
pub struct Recovered {
    pub charge: ChargeId,
    pub from: State,
    pub to: State,
    /// Why it stands where it stands, if it is not settled.
    pub why: Option<String>,
    /// From when on asking again can bring more.
    pub ask_again_at: Option<Timestamp>,
}

/// Asks for every charge that is open.
///
/// # Errors
///
/// Exit 7 if another `dues` is charging; otherwise what the book refused.
/// A gateway that cannot be asked is no error: its charges stay as they are,
/// and say so.
pub fn recover(world: &mut World<'_>) -> Result<Vec<Recovered>> {
    let lock = world.right_to_charge()?;
    recover_open(world, &lock)
}

/// As [`recover`], for who holds the lock already.
pub(super) fn recover_open(world: &mut World<'_>, lock: &Lock) -> Result<Vec<Recovered>> {
    let mut found = Vec::new();
    let clock_is_right = clock_is_right(world)?;
    for charge in world.books.read().open_charges()? {
        let from = charge.attempt.state;
        let looked = recover_one(world, lock, &charge, clock_is_right);
        let now = world.books.read().charge(charge.id)?.attempt;
        let (why, ask_again_at) = match looked {
            Ok(Looked::Done) => (now.note.clone(), None),
            Ok(Looked::Waiting { until }) => (now.note.clone(), Some(until)),
            Err(problem) => (Some(problem.message().to_owned()), None),
        };
        found.push(Recovered {
            charge: charge.id,
            from,
            to: now.state,
            why: why.filter(|_| now.state.is_open() || now.state == State::NotMade),
            ask_again_at,
        });
    }
    Ok(found)
}

enum Looked {
    /// All that can be learned now.
    Done,
    /// A miss counts, or counts again, from then on.
    Waiting { until: Timestamp },
}

fn recover_one(
    world: &mut World<'_>,
    lock: &Lock,
    charge: &ChargeRow,
    clock_is_right: bool,
) -> Result<Looked> {
    let attempt = &charge.attempt;
    let at = world.now();
    match attempt.state {
        // Whoever prepared it died before `sending` was durable: it never left.
        State::Prepared => {
            let note = "stopped before anything was sent";
            world.books.write(at, |tx| {
                tx.step(attempt, &Event::NeverLeft, None, Some(note))
            })?;
            return Ok(Looked::Done);
        }
        // We hold the lock, so its sender is dead.
        State::Sending => {
            let note = "stopped while the gateway was asked";
            world.books.write(at, |tx| {
                tx.step(attempt, &Event::Orphaned, None, Some(note))
            })?;
        }
        State::Unknown | State::Pending => {}
        _ => return Ok(Looked::Done),
    }
    let gateway = world.gateway_of(&attempt.gateway, &attempt.account)?;
    let promises = gateway.promises();
    let attempt = &world.books.read().charge(charge.id)?.attempt;
    if attempt.state == State::Unknown
        && clock_is_right
        && may_repeat(world, charge, attempt, promises)?
    {
        match send(world, lock, &*gateway, attempt) {
            // What cannot be repeated can still be looked for.
            Err(problem) if problem.code() == "book_damaged" => {}
            sent => drop(sent?),
        }
    }
    let attempt = &world.books.read().charge(charge.id)?.attempt;
    if attempt.state.is_final() || attempt.state == State::Review {
        return Ok(Looked::Done);
    }
    if !promises.lists {
        let note = "the gateway can neither repeat nor list it";
        settled(world, attempt, |tx| {
            tx.step(attempt, &Event::GivenUp, None, Some(note))
        })?;
        return Ok(Looked::Done);
    }
    look(world, &*gateway, attempt, promises, clock_is_right)
}

/// A clock that stands before the newest change of the book has been set back:
/// by it no key is young and no quiet period is over.
fn clock_is_right(world: &World<'_>) -> Result<bool> {
    let newest = world.books.read().latest_moment()?;
    Ok(newest.is_none_or(|newest| world.now().duration_since(newest) >= -CLOCK_SLACK))
}

/// How far a clock may be corrected backwards without being called wrong.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(5);

/// Whether the request may be sent once more under its key. A request that
/// never arrived becomes a charge by that, so it must still be wanted.
fn may_repeat(
    world: &World<'_>,
    charge: &ChargeRow,
    attempt: &AttemptRow,
    promises: Promises,
) -> Result<bool> {
    let (Some(replay_for), Some(first)) = (promises.replay_for, attempt.first_sent_at) else {
        return Ok(false);
    };
    let age = world.now().duration_since(first);
    if age.is_negative() || age >= replay_for || attempt.sends >= MOST_SENDS {
        return Ok(false);
    }
    let book = world.books.read();
    let card = book.card(charge.card)?;
    let on_invoices = book
        .shares_of(charge.id)?
        .iter()
        .filter(|share| share.from.is_none())
        .fold(Money::zero(charge.amount.currency()), |sum, share| {
            sum.plus(share.amount)
        });
    let today = world.today()?;
    let permitted = book.authorization(card.id)?.is_some_and(|(_, consent)| {
        let demand = Demand {
            amount: charge.amount,
            unapplied: charge.amount.minus(on_invoices),
            scheduled: false,
            on: today,
        };
        consent.permits(&demand).is_ok()
    });
    Ok(!card.disabled && permitted)
}

fn look(
    world: &mut World<'_>,
    gateway: &dyn Gateway,
    attempt: &AttemptRow,
    promises: Promises,
    clock_is_right: bool,
) -> Result<Looked> {
    match gateway.look_up(&sought(attempt))? {
        Sighting::Found(answer) => {
            hear(world, attempt, Ok(answer))?;
            Ok(Looked::Done)
        }
        Sighting::Several(ids) => {
            let note = format!("the gateway has it more than once: {}", ids.join(", "));
            settled(world, attempt, |tx| {
                tx.step(attempt, &Event::GivenUp, None, Some(&note))
            })?;
            Ok(Looked::Done)
        }
        Sighting::NotListed if !clock_is_right => Err(Problem::refused(
            "clock_set_back",
            "this machine's clock stands before the book's newest change; no look counts",
        )),
        Sighting::NotListed => count_miss(world, attempt, promises),
    }
}

/// "Never heard of it" counts only late enough, and twice.
fn count_miss(world: &mut World<'_>, attempt: &AttemptRow, promises: Promises) -> Result<Looked> {
    let now = world.now();
    let last_sent = attempt.last_sent_at.unwrap_or(attempt.prepared_at);
    let counts_from = match attempt.last_miss_at {
        Some(miss) => miss.saturating_add(promises.look_again_after),
        None => last_sent.saturating_add(promises.settles_within),
    }
    .map_err(|error| Problem::bug(error.to_string()))?;
    if now < counts_from {
        return Ok(Looked::Waiting { until: counts_from });
    }
    let misses = world.books.write(now, |tx| tx.count_miss(attempt))?;
    if misses < 2 {
        let until = now
            .saturating_add(promises.look_again_after)
            .map_err(|error| Problem::bug(error.to_string()))?;
        return Ok(Looked::Waiting { until });
    }
    let note = "the gateway's complete list did not have it, twice";
    // What a gateway once had and has no more is for a person.
    let event = match attempt.state {
        State::Pending => Event::GivenUp,
        _ => Event::NeverHeardOf,
    };
    settled(world, attempt, |tx| {
        tx.step(attempt, &event, None, Some(note))
    })?;
    Ok(Looked::Done)
}

/// What to look for at the gateway.
#[must_use]
pub fn sought(attempt: &AttemptRow) -> Sought<'_> {
    Sought {
        reference: &attempt.asked.reference,
        token: &attempt.asked.token,
        amount: attempt.asked.amount,
        id: attempt.gateway_id.as_deref(),
        since: attempt.first_sent_at.unwrap_or(attempt.prepared_at),
    }
}

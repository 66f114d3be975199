//! Finds out what became of charges whose outcome is not known.
//!
//! Nothing here guesses. A repeated key, a look-up that finds the charge, or
//! two complete looks that do not, late enough: only these end the doubt. It
//! can be stopped and run again anywhere.

use std::sync::Arc;

use jiff::Timestamp;

use super::asking::{look_up, sought};
use super::due::has_ended;
use super::flight::{self, Boarding, Decided};
use super::guard::{Asked, NotCleared, Right, require_sound_but_for_requests};
use super::sent_back::{SentBack, ask_after};
use super::settle::{found, settled};
use super::{News, World};
use crate::books::{AttemptRow, ChargeRow};
use crate::domain::authorization::Demand;
use crate::domain::charge::{Event, State};
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::domain::rules::{self, Missed};
use crate::ports::{Promises, Sighting, Witness};
use crate::problem::{Problem, Result};
use crate::rehearsal;

/// What recovery found out about one charge or refund.
#[derive(Debug, Clone)]
pub struct Recovered {
    pub purpose: Purpose,
    pub from: State,
    pub to: State,
    /// Why it stands where it stands, if it is not settled.
    pub why: Option<String>,
    /// From when on asking again can bring more.
    pub ask_again_at: Option<Timestamp>,
}

impl Recovered {
    /// Whether it stands otherwise than before.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.from != self.to
    }
}

/// What a recovery came to.
#[derive(Debug)]
pub struct Recovery {
    pub found: Vec<Recovered>,
    /// What a bank has sent back since it was given back.
    pub sent_back: Vec<SentBack>,
    /// Why it did not come to its end.
    pub stopped: Option<Problem>,
}

/// Asks for every charge and refund that is open.
///
/// # Errors
///
/// No charge stands otherwise than before. Exit 7 if another `dues` is
/// charging; otherwise what the book refused. A gateway that cannot be asked is
/// no error: its charges stay as they are, and say so.
pub fn recover(world: &mut World<'_>) -> Result<Recovery> {
    let mut right = Right::take(world)?;
    let (mut found, mut sent_back) = (Vec::new(), Vec::new());
    let ended = recover_open(world, &mut right, &mut |one| found.push(one))
        .and_then(|()| ask_after(world, &mut right, &mut sent_back));
    let stopped = match ended {
        Err(problem) if sent_back.is_empty() && !found.iter().any(Recovered::moved) => {
            return Err(problem);
        }
        ended => ended.err().map(Problem::after_effects),
    };
    Ok(Recovery {
        found,
        sent_back,
        stopped,
    })
}

/// As [`recover`], before anything new is sent. What is found out is told and
/// kept at once: it stands, whatever ends the rest.
pub(super) fn find_out_first(
    world: &mut World<'_>,
    right: &mut Right,
    found_out: &mut Vec<Recovered>,
) -> Result<()> {
    if !rules::what_is_open_comes_first() {
        return Ok(());
    }
    let tell = world.tell;
    recover_open(world, right, &mut |found| {
        tell(&News::Recovered(found.clone()));
        found_out.push(found);
    })
}

/// As [`recover`], for who has the right already.
pub(super) fn recover_open(
    world: &mut World<'_>,
    right: &mut Right,
    found: &mut dyn FnMut(Recovered),
) -> Result<()> {
    for attempt in world.books.read().open_attempts()? {
        let (purpose, from) = (attempt.purpose, attempt.state);
        let looked = recover_one(world, right, &attempt);
        let now = world.books.read().newest_attempt(purpose)?;
        let (why, ask_again_at) = match looked {
            Ok(Looked::Done) => (now.note.clone(), None),
            Ok(Looked::Waiting { until }) => (now.note.clone(), Some(until)),
            // Nothing is asked or concluded from a book that forgot charges.
            Err(NotCleared::BookIsOld(problem)) => return Err(problem),
            Err(NotCleared::NotAsked(problem)) => (Some(problem.message()), None),
        };
        found(Recovered {
            purpose,
            from,
            to: now.state,
            why: why.filter(|_| now.state.is_open() || now.state == State::NotMade),
            ask_again_at,
        });
    }
    Ok(())
}

enum Looked {
    /// All that can be learned now.
    Done,
    /// A miss counts, or counts again, from then on.
    Waiting { until: Timestamp },
}

fn recover_one(
    world: &mut World<'_>,
    right: &mut Right,
    attempt: &AttemptRow,
) -> Result<Looked, NotCleared> {
    let purpose = attempt.purpose;
    match attempt.state {
        // The book that was lost may have gone on with it.
        State::Prepared if attempt.reconciled => {
            let note = "it may have been sent from a book that was lost";
            world.write(|tx| {
                tx.step(attempt, &Event::Sent, None, None)?;
                Ok(tx.step(attempt, &Event::Orphaned, None, Some(note))?)
            })?;
        }
        // Whoever prepared it died before `sending` was durable: it never left.
        State::Prepared => {
            let note = "stopped before anything was sent";
            world.write(|tx| Ok(tx.step(attempt, &Event::NeverLeft, None, Some(note))?))?;
            return Ok(Looked::Done);
        }
        State::Sending => {
            orphan(world, attempt)?;
            rehearsal::point("recover.orphaned")?;
        }
        State::Unknown | State::Pending => {}
        _ => return Ok(Looked::Done),
    }
    let asked = right.clear(world, &attempt.account)?;
    let promises = asked.gateway.promises();
    let decided = Decided::now(world.clock);
    let attempt = &world.books.read().newest_attempt(purpose)?;
    // What cannot be repeated can still be looked for.
    let repeats = attempt.state == State::Unknown
        && asked.clock_is_right
        && right.steady(world).is_ok()
        && world.books.read().request_of(attempt).is_ok()
        && may_repeat(world, attempt, promises)?;
    // It can be looked for in a book that is wrong; nothing is sent from one.
    let unsound = if repeats {
        require_sound_but_for_requests(world.books.read()).err()
    } else {
        None
    };
    if repeats && unsound.is_none() {
        flight::alone(world, right, decided, |_| {
            Ok(Boarding {
                attempt: attempt.clone(),
                gateway: Arc::clone(&asked.gateway),
            })
        })?;
    }
    let attempt = &world.books.read().newest_attempt(purpose)?;
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
    match (look(world, &asked, attempt)?, unsound) {
        (Looked::Waiting { .. }, Some(problem)) => Err(problem.into()),
        (looked, _) => Ok(looked),
    }
}

/// We hold the lock, so its sender is dead.
pub(super) fn orphan(world: &mut World<'_>, attempt: &AttemptRow) -> Result<()> {
    let note = "stopped while the gateway was asked";
    world.write(|tx| Ok(tx.step(attempt, &Event::Orphaned, None, Some(note))?))?;
    Ok(())
}

/// Whether the request may be sent once more under its key. A request that
/// never arrived moves money by that, so it must still be wanted.
fn may_repeat(world: &World<'_>, attempt: &AttemptRow, promises: Promises) -> Result<bool> {
    let Some((replay_for, first)) = promises.replay_for.zip(attempt.first_sent_at) else {
        return Ok(false);
    };
    let now = world.now();
    let since_last = now.duration_since(attempt.last_sent_at.unwrap_or(first));
    if !rules::nothing_replaced_it(attempt.reconciled)
        || !rules::its_age_is_known(attempt.witnessed)
        || !rules::key_is_young(now.duration_since(first), replay_for)
        || !rules::has_rested(attempt.sends, since_last)
    {
        return Ok(false);
    }
    match attempt.purpose {
        Purpose::Take(charge) => {
            let charge = world.books.read().charge(charge)?;
            Ok(rules::is_still_wanted(could_be_planned(world, &charge)?))
        }
        // What it gives back is reserved, and nobody could give it otherwise.
        Purpose::GiveBack(_) => Ok(true),
    }
}

/// Whether the charge could be planned today: its agreement and the consent in
/// force, its card in use, its invoices open for what it would pay of them, and
/// nothing on hold.
fn could_be_planned(world: &World<'_>, charge: &ChargeRow) -> Result<bool> {
    let book = world.books.read();
    let card = book.card(charge.card)?;
    let mut on_invoices = Money::zero(charge.amount.currency());
    if book.hold_of(charge.customer)?.is_some() {
        return Ok(false);
    }
    let occurrence = book.occurrence_of_charge(charge.id)?;
    if let Some(occurrence) = &occurrence
        && has_ended(book, occurrence.name.source)?
    {
        return Ok(false);
    }
    for share in book.shares_of(charge.id)? {
        if book.hold_on(share.invoice)?.is_some() {
            return Ok(false);
        }
        let invoice = book.invoice_by_number(&share.number)?;
        if invoice.is_none_or(|invoice| {
            invoice.is_void || invoice.open.at_most(share.amount) != share.amount
        }) {
            return Ok(false);
        }
        if share.from.is_none() {
            on_invoices = on_invoices.plus(share.amount);
        }
    }
    let today = world.today()?;
    let scheduled = occurrence.is_some();
    let permitted = book.consent(card.id)?.is_some_and(|consent| {
        let demand = Demand {
            amount: charge.amount,
            unapplied: charge.amount.minus(on_invoices),
            scheduled,
            on: today,
        };
        consent.authorization.permits(&demand).is_ok()
    });
    Ok(!card.disabled && permitted)
}

/// Hears what the gateways say of the charges that are open here, before
/// anything is taken back: it may be what another charge had to wait for.
/// Nothing is sent, and what cannot be heard stays open.
///
/// # Errors
///
/// The book would not take what was heard.
pub(super) fn hear_what_is_open(world: &mut World<'_>, right: &mut Right) -> Result<()> {
    for attempt in &world.books.read().open_attempts()? {
        if !matches!(attempt.state, State::Unknown | State::Pending) {
            continue;
        }
        let looked = right.ask(world, &attempt.account).and_then(|asked| {
            if asked.gateway.promises().lists {
                look_up(&*asked.gateway, attempt.purpose, &sought(attempt))
            } else {
                Ok(Sighting::NotListed)
            }
        });
        if let Ok(Sighting::Found(answer)) = looked {
            found(world, attempt, answer)?;
        }
    }
    Ok(())
}

fn look(world: &mut World<'_>, asked: &Asked, attempt: &AttemptRow) -> Result<Looked> {
    match look_up(&*asked.gateway, attempt.purpose, &sought(attempt))? {
        Sighting::Found(answer) => {
            found(world, attempt, answer)?;
            Ok(Looked::Done)
        }
        Sighting::Several(ids) => {
            let note = format!("the gateway has it more than once: {}", ids.join(", "));
            settled(world, attempt, |tx| {
                for id in &ids {
                    tx.name_id(attempt, id)?;
                }
                tx.step(attempt, &Event::GivenUp, None, Some(&note))
            })?;
            Ok(Looked::Done)
        }
        Sighting::NotListed if !asked.clock_is_right => Err(Problem::refused(
            "clock_is_wrong",
            match asked.shown.witness {
                Witness::Nobody => {
                    "the gateway shows no time; that it does not list it proves nothing"
                }
                Witness::Clock(_) | Witness::SameMachine => {
                    "this machine's clock is wrong; that the gateway does not list it proves nothing"
                }
            },
        )),
        Sighting::NotListed => count_miss(world, attempt, asked.gateway.promises()),
    }
}

/// "Never heard of it" counts only late enough, and twice.
fn count_miss(world: &mut World<'_>, attempt: &AttemptRow, promises: Promises) -> Result<Looked> {
    let now = world.now();
    let missed = Missed {
        last_sent_at: attempt.last_sent_at.unwrap_or(attempt.prepared_at),
        last_miss_at: attempt.last_miss_at,
        witnessed: attempt.witnessed,
        settles_within: promises.settles_within,
        look_again_after: promises.look_again_after,
    };
    let counts_from = missed.counts_from(now);
    if now < counts_from {
        return Ok(Looked::Waiting { until: counts_from });
    }
    let misses = world.write_at(now, |tx| tx.count_miss(attempt))?;
    rehearsal::point("recover.missed")?;
    if !rules::misses_suffice(misses) {
        return Ok(Looked::Waiting {
            until: missed.counts_again_from(now),
        });
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

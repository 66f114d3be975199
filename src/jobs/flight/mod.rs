//! Whatever leaves the house: depart, mark, ask, land.
//!
//! ```text
//! depart  one transaction: decided, prepared, on its way; durable before the first byte
//! mark    outside the book, for a book that forgets: what is on its way
//! ask     no transaction is open: one asker after the other, or many at once
//! land    one transaction: the step, what it books, what follows, the mail
//! ```
//!
//! A charge by hand is a flight of one, so is a repetition by recovery; a run
//! feeds many. Stop the program anywhere in between, and
//! [`recover`](super::recover) finishes the work.

mod askers;
mod decided;
mod recording;

use std::sync::Arc;

use super::World;
use super::asking::send;
use super::guard::Right;
use super::settle::{Settled, heard_in};
use crate::books::{AttemptRow, Tx};
use crate::domain::charge::{Answer, Event};
use crate::ports::{Clock, Gateway, NotAsked, Sending};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

pub use askers::Askers;
pub(super) use askers::{Fleet, Until};
pub(super) use decided::Decided;
pub use recording::Recording;

/// An attempt that was prepared, or is repeated, and who is to be asked.
pub(super) struct Boarding {
    pub(super) attempt: AttemptRow,
    pub(super) gateway: Arc<dyn Gateway>,
}

/// An attempt that is on its way in the book, and may leave.
pub(super) struct Passenger {
    attempt: AttemptRow,
    gateway: Arc<dyn Gateway>,
    /// The very bytes from the book.
    request: Vec<u8>,
    decided: Decided,
}

/// What came back of one.
pub(super) struct Returned {
    pub(super) attempt: AttemptRow,
    pub(super) heard: Result<Answer, NotAsked>,
}

/// What was decided, on its way in the book; what may leave of it.
pub(super) struct Departed {
    pub(super) leaving: Vec<Passenger>,
    /// What did not get past the mark, and must land again.
    pub(super) staying: Vec<Returned>,
}

impl Passenger {
    /// Asks its gateway, once.
    fn ask(self, clock: &dyn Clock) -> Returned {
        let sending = Sending {
            key: &self.attempt.key,
            request: &self.request,
            still_in_time: &|| self.decided.still_in_time(clock),
        };
        let heard = send(&*self.gateway, self.attempt.purpose, &sending);
        Returned {
            attempt: self.attempt,
            heard,
        }
    }
}

/// Lets leave what `decide` prepares, as the book stands in that very
/// transaction. Having the right is what makes every other attempt on its way
/// an orphan.
///
/// # Errors
///
/// Nothing leaves: what `decide` refused, or the book would not take. Exit 5
/// if nobody can say what the disk kept of it.
pub(super) fn depart(
    world: &mut World<'_>,
    right: &Right,
    decided: Decided,
    decide: impl FnOnce(&Tx<'_>) -> Result<Vec<Boarding>>,
) -> Result<Departed> {
    let at = world.now();
    let recording = world.recording;
    // Looked at after it was read: what is dated by a wrong clock seems to have
    // been sent at another time than it was.
    right.steady(world)?;
    let mut leaving: Vec<Passenger> = Vec::new();
    let mut was_decided = false;
    let written = world.write_at(at, |tx| {
        for Boarding { attempt, gateway } in decide(tx)? {
            let request = tx.read().request_of(&attempt)?;
            leaving.push(Passenger {
                attempt: recording.as_it_departs(tx, attempt)?,
                gateway,
                request,
                decided,
            });
        }
        was_decided = true;
        Ok(())
    });
    match written {
        Ok(()) => {}
        Err(problem) if was_decided => return Err(stay(world, &leaving, problem)),
        Err(problem) => return Err(problem),
    }
    let mut staying = Vec::new();
    let marked = if leaving.is_empty() {
        Ok(())
    } else {
        rehearsal::point("charge.sending")
            .and_then(|()| world.mark())
            .and_then(|()| rehearsal::point("charge.marked"))
    };
    if let Err(problem) = marked {
        staying = leaving
            .drain(..)
            .map(|passenger| Returned {
                attempt: passenger.attempt,
                heard: Err(problem.clone().into()),
            })
            .collect();
    }
    Ok(Departed { leaving, staying })
}

/// The disk would not take that these leave, so they do not. What a disk calls
/// failed it may have kept all the same: a charge whose user was told that
/// nothing happened must not be sent by a later recovery.
fn stay(world: &mut World<'_>, staying: &[Passenger], problem: Problem) -> Problem {
    // What was sent before is asked for again, whatever the disk kept.
    let mut firsts = staying.iter().map(|one| &one.attempt);
    let mut firsts: Vec<&AttemptRow> = firsts.by_ref().filter(|one| one.sends < 2).collect();
    let closed = world.write(|tx| {
        for first in &firsts {
            let known = tx.read().attempt_with_reference(&first.asked.reference)?;
            if let Some(known) = known.filter(|known| known.state.is_open()) {
                tx.step(&known, &Event::NeverLeft, None, Some(&problem.message()))?;
            }
        }
        // Written where the failed change may still lie, and over it.
        tx.log_not_sent(firsts.len())
    });
    if closed.is_ok() {
        return problem;
    }
    firsts.retain(|first| {
        let known = world
            .books
            .read()
            .attempt_with_reference(&first.asked.reference);
        !matches!(known, Ok(None))
    });
    let Some(first) = firsts.first() else {
        return problem;
    };
    Problem::new(
        Kind::Unknown,
        "may_be_sent_later",
        format!(
            "nothing was sent, but the book may have {} as on its way: {}",
            first.purpose,
            problem.fact()
        ),
    )
    .hint(
        "When the book can be written again, `dues charge recover` finds out; it may send it then.",
    )
}

/// Books what came back, all of it in one transaction, with what follows from
/// each. A part that contradicts the book ends alone.
///
/// # Errors
///
/// Exit 5: the gateways answered, and the book would take nothing of it.
/// Recovery asks again.
pub(super) fn land(
    world: &mut World<'_>,
    back: Vec<Returned>,
    mut follow: impl FnMut(&Tx<'_>, &Settled) -> Result<()>,
) -> Result<Vec<Settled>> {
    let named = back.iter().map(name).collect::<Vec<_>>().join(", ");
    let at = world.now();
    let recording = world.recording;
    rehearsal::point("charge.answered")
        .and_then(|()| {
            world.write_at(at, |tx| {
                let mut landed = Vec::new();
                for Returned { attempt, heard } in back {
                    let attempt = recording.as_it_lands(tx, attempt)?;
                    let settled = heard_in(tx, &attempt, heard)?;
                    follow(tx, &settled)?;
                    landed.push(settled);
                }
                Ok(landed)
            })
        })
        .and_then(|landed| rehearsal::point("charge.settled").map(|()| landed))
        .map_err(|problem| answer_not_booked(&problem).at(named))
}

/// `CH-7 under pi_3`
fn name(returned: &Returned) -> String {
    let purpose = returned.attempt.purpose;
    match &returned.heard {
        Ok(Answer::Taken(capture) | Answer::Pending(capture)) => {
            format!("{purpose} under {}", capture.id)
        }
        _ => purpose.to_string(),
    }
}

/// Whatever the book says now, the gateway was asked.
fn answer_not_booked(problem: &Problem) -> Problem {
    Problem::new(
        Kind::Unknown,
        "answer_not_booked",
        format!(
            "the gateway answered, and the book would not take it: {}",
            problem.fact()
        ),
    )
    .hint("Nothing is lost: run `dues charge recover` when the book can be written again.")
}

/// A flight of one: from the decision to what it came to.
///
/// # Errors
///
/// As [`depart`] and [`land`]; exit 8 if the answer contradicts the book.
pub(super) fn alone(
    world: &mut World<'_>,
    right: &Right,
    decided: Decided,
    decide: impl FnOnce(&Tx<'_>) -> Result<Boarding>,
) -> Result<Settled> {
    let Departed { leaving, staying } = depart(world, right, decided, |tx| Ok(vec![decide(tx)?]))?;
    let clock = world.clock;
    let back = leaving.into_iter().map(|passenger| passenger.ask(clock));
    let back = back.chain(staying).collect();
    let landed = land(world, back, |_, _| Ok(()));
    // An old mark says that more is open than is: it errs on the safe side.
    let _ = world.mark();
    let settled = landed?.pop();
    let settled = settled.ok_or_else(|| Problem::bug("a flight of nobody"))?;
    match settled.state {
        Err(contradiction) => Err(contradiction),
        Ok(_) => Ok(settled),
    }
}

//! Sends a prepared attempt, once more or for the first time, and books the answer.

use std::time::Duration;

use jiff::Timestamp;

use super::World;
use super::guard::Right;
use super::settle::hear;
use crate::books::AttemptRow;
use crate::domain::charge::{Answer, Event, State};
use crate::ports::{Clock, Gateway, NotAsked, Sending};
use crate::problem::{Deed, Kind, Problem, Result};
use crate::rehearsal::{self, Rule};

/// How long after `sending` is durable a request may still leave.
const SEND_WITHIN: Duration = Duration::from_mins(1);

/// The moment it was decided to send, by both clocks. It is taken before
/// whatever the decision rests on is looked at: a machine may sleep between
/// any two steps, in the middle of a commit too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decided {
    wall: Timestamp,
    boot: Duration,
}

impl Decided {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self {
            wall: clock.now(),
            boot: clock.since_boot(),
        }
    }

    /// A laptop may sleep between the decision and the send; a key's life does
    /// not.
    ///
    /// # Errors
    ///
    /// It is too late to send.
    pub(super) fn still_in_time(self, clock: &dyn Clock) -> Result<()> {
        let slept = clock.since_boot().saturating_sub(self.boot) > SEND_WITHIN;
        // A machine that was frozen whole knows it only from the wall's clock.
        let frozen = clock.now().duration_since(self.wall).unsigned_abs() > SEND_WITHIN;
        if rehearsal::holds(Rule::LeavesAtOnce) && (slept || frozen) {
            return Err(
                Problem::refused("too_late", "the machine slept before the request left")
                    .nothing_was(Deed::Sent)
                    .hint("Charge again."),
            );
        }
        Ok(())
    }
}

/// Sends a prepared attempt and books the answer. Having the right is what
/// makes every other `sending` row an orphan.
pub(super) fn send(
    world: &mut World<'_>,
    right: &Right,
    gateway: &dyn Gateway,
    attempt: &AttemptRow,
    decided: Decided,
) -> Result<(State, Option<NotAsked>)> {
    let request = world.books.read().request_of(attempt)?;
    // The clock is looked at after it was read.
    let at = world.now();
    right.steady(world)?;
    // Durable before the first byte.
    if rehearsal::holds(Rule::RecordedFirst)
        && let Err(problem) = record(world, attempt, at)
    {
        return stays_here(world, attempt, problem);
    }
    let ready = rehearsal::point("charge.sending")
        .and_then(|()| world.mark())
        .and_then(|()| rehearsal::point("charge.marked"));
    let clock = world.clock;
    let heard = ready.map_err(NotAsked::from).and_then(|()| {
        gateway.charge(&Sending {
            key: &attempt.key,
            request: &request,
            still_in_time: &|| decided.still_in_time(clock),
        })
    });
    if !rehearsal::holds(Rule::RecordedFirst) {
        record(world, attempt, at)?;
    }
    let named = match &heard {
        Ok(Answer::Taken(capture) | Answer::Pending(capture)) => format!(" under {}", capture.id),
        _ => String::new(),
    };
    let booked = rehearsal::point("charge.answered")
        .and_then(|()| hear(world, attempt, heard))
        .and_then(|heard| rehearsal::point("charge.settled").map(|()| heard))
        .map_err(|problem| {
            if problem.code() == "contradiction" {
                return problem;
            }
            answer_not_booked(&problem).at(format!("{}{named}", attempt.charge))
        });
    // An old mark says that more is open than is: it errs on the safe side.
    let _ = world.mark();
    booked
}

/// The book would not take that it leaves, so it does not. What a disk calls
/// failed it may have kept all the same: a charge whose user was told that
/// nothing happened must not be sent by a later recovery.
fn stays_here(
    world: &mut World<'_>,
    attempt: &AttemptRow,
    problem: Problem,
) -> Result<(State, Option<NotAsked>)> {
    // It was sent before; that it is asked for again changes nothing.
    if attempt.state != State::Prepared {
        return Err(problem);
    }
    if let Ok(closed) = hear(world, attempt, Err(problem.clone().into())) {
        return Ok(closed);
    }
    match world.books.read().charge(attempt.charge) {
        // Nor does a recovery send this.
        Ok(now) if now.attempt.state == State::Prepared => Err(problem),
        Ok(now) if now.attempt.state == State::NotMade => Ok((State::NotMade, Some(problem.into()))),
        _ => Err(Problem::new(
            Kind::Unknown,
            "may_be_sent_later",
            format!(
                "nothing was sent, but the book may have {} as on its way: {}",
                attempt.charge, problem.fact()
            ),
        )
        .hint("When the book can be written again, `dues charge recover` finds out; it may send it then.")),
    }
}

/// Whatever the book says now, the gateway was asked.
pub(super) fn answer_not_booked(problem: &Problem) -> Problem {
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

fn record(world: &mut World<'_>, attempt: &AttemptRow, at: Timestamp) -> Result<()> {
    world
        .books
        .write(at, |tx| tx.step(attempt, &Event::Sent, None, None))?;
    Ok(())
}

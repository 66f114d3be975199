//! Sends a prepared attempt, once more or for the first time, and books the answer.

use std::time::Duration;

use super::World;
use super::settle::hear;
use crate::books::AttemptRow;
use crate::domain::charge::{Answer, Event, State};
use crate::lock::Lock;
use crate::ports::{Gateway, Sending};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// How long after `sending` is durable a request may still leave.
const SEND_WITHIN: Duration = Duration::from_mins(1);

/// Sends a prepared attempt and books the answer. Holding the lock is what
/// makes every other `sending` row an orphan.
pub(super) fn send(
    world: &mut World<'_>,
    _lock: &Lock,
    gateway: &dyn Gateway,
    attempt: &AttemptRow,
) -> Result<(State, Option<Problem>)> {
    let request = world.books.read().request_of(attempt)?;
    let at = world.now();
    // Durable before the first byte.
    world
        .books
        .write(at, |tx| tx.step(attempt, &Event::Sent, None, None))?;
    let (decided, clock) = (world.clock.since_boot(), world.clock);
    rehearsal::point("charge.sending");
    // A laptop may sleep between the decision and the send; its key would not.
    let still_in_time = move || {
        if clock.since_boot().saturating_sub(decided) > SEND_WITHIN {
            return Err(Problem::refused(
                "too_late",
                "the machine slept before the request left; nothing was sent",
            )
            .hint("Charge again."));
        }
        Ok(())
    };
    let heard = gateway.charge(&Sending {
        key: &attempt.key,
        request: &request,
        still_in_time: &still_in_time,
    });
    rehearsal::point("charge.answered");
    let named = match &heard {
        Ok(Answer::Taken(capture) | Answer::Pending(capture)) => format!(" under {}", capture.id),
        _ => String::new(),
    };
    hear(world, attempt, heard).map_err(|problem| {
        if problem.code() == "contradiction" {
            return problem;
        }
        // Whatever the book says now, the gateway was asked.
        Problem::new(
            Kind::Unknown,
            "answer_not_booked",
            format!(
                "the gateway answered about {}{named}, and the book would not take it: {problem}",
                attempt.charge
            ),
        )
        .hint("Nothing is lost: run `dues charge recover` when the book can be written again.")
    })
}

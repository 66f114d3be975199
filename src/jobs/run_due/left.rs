//! What a run could not do, kept in the book: why, and since when.
//!
//! A run that passes something over has nothing to show for it, and nobody
//! reads what cron prints twice. So it is written down, needs a person until a
//! later run has done it, and is news once.

use super::{Outcome, Ran, Stop};
use crate::domain::charge::State;
use crate::domain::schedule::Name;
use crate::jobs::World;
use crate::jobs::due::{Item, Rules, ToDo, agenda, decide};
use crate::problem::{Kind, Problem, Result};

/// Writes down what this run left; what of it no run left before.
pub(super) fn write_left(world: &mut World<'_>, ran: &Ran) -> Result<Vec<Name>> {
    let mut left: Vec<(Name, String)> = Vec::new();
    for done in &ran.done {
        let why = match &done.outcome {
            Outcome::Passed(reason) if reason.needs_a_person() => reason.to_string(),
            Outcome::Asked {
                state: State::NotMade,
                not_made: Some(problem),
                ..
            } => problem.to_string(),
            _ => continue,
        };
        left.push((done.name, why));
    }
    match &ran.stopped {
        // Another dues is at work, and may do it.
        Some(Stop::Failed(problem)) if problem.kind() == Kind::Busy => {}
        Some(stop) => {
            let why = format!("the run stopped: {stop}");
            left.extend(ran.not_reached.iter().map(|name| (*name, why.clone())));
        }
        None => {}
    }
    keep(world, &left)
}

/// As [`write_left`], of a run that was refused whole.
pub(super) fn write_refused(world: &mut World<'_>, rules: &Rules, problem: &Problem) -> Result<()> {
    if problem.kind() == Kind::Busy {
        return Ok(());
    }
    let (book, now) = (world.books.read(), world.now());
    let mut left = Vec::new();
    for candidate in agenda(book, now, rules)? {
        let item = decide(book, &candidate, now, rules)?;
        let is_left = |item: Item| {
            matches!(
                item.to_do,
                ToDo::Charge(_) | ToDo::Apply { .. } | ToDo::Hold(_)
            )
        };
        if item.is_some_and(is_left) {
            left.push((candidate.name, problem.to_string()));
        }
    }
    keep(world, &left).map(drop)
}

fn keep(world: &mut World<'_>, left: &[(Name, String)]) -> Result<Vec<Name>> {
    if left.is_empty() && world.books.read().not_done()?.is_empty() {
        return Ok(Vec::new());
    }
    world.write(|tx| tx.keep_not_done(left))
}

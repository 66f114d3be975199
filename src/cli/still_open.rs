//! What a command says at its end while the outcome of a charge or a refund is not known.

use crate::books::{AttemptRow, Books};
use crate::domain::purpose::Purpose;
use crate::jobs::attention::{WaitsFor, open_attempts};
use crate::problem::{Kind, Problem, Result};

/// The charges and refunds whose outcome is not known, as the problem of a
/// command that did all it could. What is on its way from another command is
/// that one's.
pub fn still_open(books: &Books) -> Result<Option<Problem>> {
    let mut open = open_attempts(books)?;
    open.retain(|(_, waits_for)| *waits_for != WaitsFor::Sender);
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(
        Kind::Unknown,
        "outcome_unknown",
        format!(
            "the outcome of {} is not known",
            counted(open.iter().map(|(attempt, _)| attempt))
        ),
    );
    let reviewed = open
        .iter()
        .any(|(_, waits_for)| *waits_for == WaitsFor::Person);
    let takes = open
        .iter()
        .any(|(attempt, _)| attempt.purpose.charge().is_some());
    Ok(Some(problem.hint(if reviewed {
        "See `dues charge review` for those that a person must decide."
    } else if takes {
        "Ask again later with `dues charge recover`; an unknown charge blocks its customer until then."
    } else {
        "Ask again later with `dues charge recover`; nothing more of that payment is given back until then."
    })))
}

/// `1 charge`, `3 refunds`, `2 charges and 1 refund`.
pub fn counted<'a>(attempts: impl Iterator<Item = &'a AttemptRow>) -> String {
    let (mut charges, mut refunds) = (0, 0);
    for attempt in attempts {
        match attempt.purpose {
            Purpose::Take(_) => charges += 1,
            Purpose::GiveBack(_) => refunds += 1,
        }
    }
    let named = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        n => Some(format!("{n} {word}s")),
    };
    let parts = [named(charges, "charge"), named(refunds, "refund")];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" and ")
}

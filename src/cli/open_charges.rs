//! What a command says at its end while the outcome of a charge is not known.

use crate::books::Books;
use crate::jobs::attention::{WaitsFor, open_charges};
use crate::problem::{Kind, Problem, Result};

/// The charges whose outcome is not known, as the problem of a command that
/// did all it could. What is on its way from another command is that one's.
pub fn still_open(books: &Books) -> Result<Option<Problem>> {
    let mut open = open_charges(books)?;
    open.retain(|(_, waits_for)| *waits_for != WaitsFor::Sender);
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(
        Kind::Unknown,
        "outcome_unknown",
        match open.len() {
            1 => "the outcome of 1 charge is not known".to_owned(),
            n => format!("the outcome of {n} charges is not known"),
        },
    );
    let reviewed = open
        .iter()
        .any(|(_, waits_for)| *waits_for == WaitsFor::Person);
    Ok(Some(if reviewed {
        problem.hint("See `dues charge review` for those that a person must decide.")
    } else {
        problem.hint("Ask again later with `dues charge recover`; an unknown charge blocks its customer until then.")
    }))
}

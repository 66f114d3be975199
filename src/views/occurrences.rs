//! One date of a schedule or of autopay: what came of it, in words and as JSON.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::money;
use crate::books::Reader;
use crate::domain::charge::State;
use crate::domain::hour::{Hour, spelled};
use crate::domain::ids::ChargeId;
use crate::domain::schedule::{Occurrence, Standing};
use crate::problem::Result;

/// `Mon 2026-11-30`
#[must_use]
pub fn day(on: Date) -> String {
    on.strftime("%a %Y-%m-%d").to_string()
}

/// What became of an occurrence, in a few words.
///
/// # Errors
///
/// The book cannot be read.
pub fn outcome(book: Reader<'_>, known: &Occurrence) -> Result<String> {
    let charge = known
        .charges
        .last()
        .map(|id| book.charge(*id))
        .transpose()?;
    let reason = known.reason.as_deref().unwrap_or_default();
    let because = |word: &str| match reason {
        "" => word.to_owned(),
        reason => format!("{word}: {reason}"),
    };
    Ok(match (&charge, known.standing) {
        (Some(charge), Standing::Charging | Standing::Paid) => {
            let state = charge.attempt.state;
            match state {
                State::Succeeded => format!("paid {} ({})", charge.amount, charge.id),
                State::Declined => because(&format!("declined ({})", charge.id)),
                State::NotMade => because(&format!("not made ({})", charge.id)),
                state => format!("{state} ({})", charge.id),
            }
        }
        (Some(charge), Standing::Failed) => because(&format!("failed ({})", charge.id)),
        (_, Standing::Moved) => format!("moved to {} {}", day(known.due_on), spelled(known.at)),
        (_, standing) => because(standing.word()),
    })
}

/// An occurrence as it stands, with its charges.
///
/// # Errors
///
/// The book cannot be read.
pub fn occurrence_view(book: Reader<'_>, known: &Occurrence, hour: &Hour) -> Result<Value> {
    let moved = Hour {
        at: known.at,
        ..hour.clone()
    };
    let state = |id: &ChargeId| -> Result<Value> {
        let charge = book.charge(*id)?;
        Ok(
            json!({"charge": id.to_string(), "state": charge.attempt.state.word(),
                  "amount": money(charge.amount), "attempt": charge.attempt.n}),
        )
    };
    Ok(json!({
        "planned_on": known.name.planned_on.to_string(), "due_on": known.due_on.to_string(),
        "at": spelled(known.at), "instant": moved.on(known.due_on).to_string(),
        "state": known.standing.word(), "reason": known.reason,
        "charges": known.charges.iter().map(state).collect::<Result<Vec<_>>>()?,
    }))
}

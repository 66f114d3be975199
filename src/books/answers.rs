//! That a dispute was answered: the bank decides then, and nobody need be reminded.

use jiff::civil::Date;
use serde_json::json;

use super::Tx;
use crate::domain::ids::DisputeId;
use crate::problem::{Problem, Result};

/// An answer to a bank, as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub on: Date,
    /// What the gateway calls it.
    pub reference: Option<String>,
}

impl Tx<'_> {
    /// Writes down that a dispute was answered on a day. No money moves.
    ///
    /// # Errors
    ///
    /// Exit 1 if it ended or was answered already, or the day is before the
    /// dispute's own or still to come.
    pub fn answer_dispute(&self, id: DisputeId, answer: &Answer) -> Result<()> {
        let (dispute, today, on) = (self.read().dispute(id)?, self.today()?, answer.on);
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        let look = format!("See it with `dues dispute show {id}`.");
        if let Some((outcome, since)) = dispute.outcome {
            return refuse(
                "dispute_ended",
                format!("{id} is {outcome} since {since}"),
                look,
            );
        }
        if let Some(before) = dispute.answered {
            return refuse(
                "answered_already",
                format!("{id} was answered on {}", before.on),
                look,
            );
        }
        if on > today {
            return refuse(
                "dated_ahead",
                format!("{on} has not come yet; today is {today}"),
                "Give the day on which it was answered with `--on`.".to_owned(),
            );
        }
        if on < dispute.opened_on {
            return refuse(
                "answered_before_opened",
                format!("{id} was opened on {}, after {on}", dispute.opened_on),
                "Give the day on which it was answered with `--on`.".to_owned(),
            );
        }
        self.insert(
            "insert into dispute_answers (dispute_id, answered_on, reference, answered_at) values (?1, ?2, ?3, ?4)",
            (id, on, &answer.reference, self.at),
        )?;
        self.note(
            "dispute.answered",
            json!({"dispute": id.to_string(), "on": on.to_string(), "reference": answer.reference}),
        )
    }
}

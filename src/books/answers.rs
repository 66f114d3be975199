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
        let (dispute, on) = (self.read().dispute(id)?, answer.on);
        dispute.require_undecided()?;
        if let Some(before) = dispute.answered {
            return Err(Problem::refused(
                "answered_already",
                format!("{id} was answered on {}", before.on),
            )
            .hint(format!("See it with `dues dispute show {id}`.")));
        }
        // It moves no money, so it may be dated into a closed month.
        self.require_not_ahead(on)?;
        if on < dispute.opened_on {
            return Err(Problem::refused(
                "answered_before_opened",
                format!("{id} was opened on {}, after {on}", dispute.opened_on),
            )
            .hint("Give the day on which it was answered with `--on`."));
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

//! How a dispute ends: the money is there again, or gone for good.

use jiff::civil::Date;
use serde_json::json;

use super::reversals::Why;
use super::{DisputeRow, Tx};
use crate::domain::dispute::Outcome;
use crate::domain::ids::DisputeId;
use crate::domain::money::Money;
use crate::domain::refund::RefundShare;
use crate::problem::{Problem, Result};

impl Tx<'_> {
    /// Books that a dispute is won: the money is there again and pays what the
    /// dispute had reopened, as far as that is open; where it went.
    ///
    /// # Errors
    ///
    /// Exit 1 if it ended already, or the day is in a closed period, before the
    /// dispute's own, or still to come.
    pub fn win_dispute(
        &self,
        id: DisputeId,
        because: Option<&str>,
        on: Date,
    ) -> Result<Vec<RefundShare>> {
        let dispute = self.end_dispute(id, Outcome::Won, because, on)?;
        let amount = dispute.amount;
        let back = Money::zero(amount.currency()).minus(amount);
        self.reverse(dispute.credit, back, Why::Disputed(id), on)?;
        let shares = self.read().dispute_shares(id)?;
        let (went, _) = self.pay_again(dispute.credit, &shares, amount, on)?;
        self.release_for(id)?;
        Ok(went)
    }

    /// Books that the money stays with the bank: `Lost`, or `Accepted` where we
    /// gave in. What is open stays so, and on hold.
    ///
    /// # Errors
    ///
    /// As [`Tx::win_dispute`].
    pub fn lose_dispute(
        &self,
        id: DisputeId,
        gave_in: bool,
        because: Option<&str>,
        on: Date,
    ) -> Result<()> {
        let outcome = if gave_in {
            Outcome::Accepted
        } else {
            Outcome::Lost
        };
        self.end_dispute(id, outcome, because, on).map(|_| ())
    }

    fn end_dispute(
        &self,
        id: DisputeId,
        outcome: Outcome,
        because: Option<&str>,
        on: Date,
    ) -> Result<DisputeRow> {
        let book = self.read();
        let dispute = book.dispute(id)?;
        self.require_happened(on)?;
        dispute.require_undecided()?;
        if on < dispute.opened_on {
            return Err(Problem::refused(
                "ended_before_opened",
                format!("{id} was opened on {}, after {on}", dispute.opened_on),
            )
            .hint("Give the day on which it was decided with `--on`."));
        }
        self.execute(
            "update disputes set outcome = ?2, because = ?3, ended_on = ?4, ended_at = ?5 where id = ?1",
            (id, outcome, because, on, self.at),
        )?;
        self.note(
            "dispute.ended",
            json!({"dispute": id.to_string(), "payment": dispute.payment.to_string(), "outcome": outcome.word(),
                   "amount": dispute.amount.to_string(), "because": because, "on": on.to_string()}),
        )?;
        Ok(dispute)
    }
}

impl DisputeRow {
    /// # Errors
    ///
    /// Exit 1 if it ended already.
    pub(super) fn require_undecided(&self) -> Result<()> {
        let Some((outcome, since)) = self.outcome else {
            return Ok(());
        };
        Err(Problem::refused(
            "dispute_ended",
            format!("{} is {outcome} since {since}", self.id),
        )
        .hint(format!("See it with `dues dispute show {}`.", self.id)))
    }
}

//! Settles what a gateway answered: state, payment, allocations and mail in one transaction.

use super::World;
use super::receipts::{confirm, tell_of_refund};
use crate::books::{AttemptRow, NotStepped, Reader, StepTaken, Tx};
use crate::domain::charge::{Answer, Event, State, Verdict, judge};
use crate::domain::decline::{Class, Decline};
use crate::domain::purpose::Purpose;
use crate::domain::rules;
use crate::ports::{NotAsked, Refusal};
use crate::problem::Result;

/// The code of a no for want of what was asked of.
fn gone(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Take(_) => "card_gone",
        Purpose::GiveBack(_) => "nothing_to_give_back",
    }
}

/// What became of an attempt that came back.
pub(super) struct Settled {
    pub(super) purpose: Purpose,
    /// Where it stands now; an error: what was heard contradicts the book, and
    /// the log has it.
    pub(super) state: Result<State>,
    /// Why it was not made, if it surely was not.
    pub(super) not_made: Option<NotAsked>,
}

/// Books what was heard of an attempt that is on its way, within a transaction
/// that may book others as well.
///
/// # Errors
///
/// The book would not take it; recovery asks again.
pub(super) fn heard_in(
    tx: &Tx<'_>,
    attempt: &AttemptRow,
    heard: Result<Answer, NotAsked>,
) -> Result<Settled> {
    let heard = match heard {
        // There is no such card: that is the gateway's no. Of a repetition it
        // says nothing of the request before it.
        Err(not_asked) if not_asked.refusal == Refusal::Gone && attempt.sends < 2 => {
            Ok(Answer::Declined(Decline {
                class: Class::Hard,
                code: gone(attempt.purpose).into(),
                message: not_asked.to_string().into(),
                advice: None,
                id: None,
                reference: None,
            }))
        }
        heard => heard,
    };
    let step = in_part(tx, attempt, |tx| {
        let (event, note) = match &heard {
            Err(not_asked) => (Event::NeverLeft, Some(not_asked.to_string())),
            Ok(answer) => weighed(tx.read(), attempt, answer)?,
        };
        let decline = match &heard {
            Ok(Answer::Declined(decline)) => Some(decline),
            _ => None,
        };
        tx.step(attempt, &event, decline, note.as_deref())
    })?;
    let state = step.map(|step| step.to);
    let is_not_made = state == Ok(State::NotMade);
    Ok(Settled {
        purpose: attempt.purpose,
        state,
        not_made: heard.err().filter(|_| is_not_made),
    })
}

/// As [`heard_in`], of a look-up that found it.
///
/// # Errors
///
/// As [`heard_in`]; exit 8 if it contradicts the book.
pub(super) fn found(world: &mut World<'_>, attempt: &AttemptRow, answer: Answer) -> Result<State> {
    let settled = world.write(|tx| heard_in(tx, attempt, Ok(answer)))?;
    settled.state
}

/// The answer held against the question, and what to say of it.
fn weighed(
    book: Reader<'_>,
    attempt: &AttemptRow,
    answer: &Answer,
) -> Result<(Event, Option<String>)> {
    let verdict = belonging(book, attempt, judge(&attempt.asked, answer))?;
    let note = match (&verdict, answer) {
        (Verdict::Differs { id: Some(id), why }, _) => Some(format!("{why}, under {id}")),
        (Verdict::Differs { id: None, why }, _) => Some(why.clone()),
        (_, Answer::Unknown(why) | Answer::Kept(why)) => Some(why.to_string()),
        _ => None,
    };
    Ok((Event::Heard(verdict), note))
}

/// One transaction of the gateway pays one charge: what it named for another is
/// that other's, whatever became of it.
fn belonging(book: Reader<'_>, attempt: &AttemptRow, verdict: Verdict) -> Result<Verdict> {
    let id = match &verdict {
        Verdict::Taken { id } | Verdict::Pending { id } => Some(id),
        Verdict::Differs { id, .. } => id.as_ref(),
        Verdict::Declined | Verdict::Kept | Verdict::Silence => None,
    };
    let Some(id) = id else {
        return Ok(verdict);
    };
    let other = book.named_for_another(attempt, id)?;
    let Some(other) = other.filter(|_| rules::an_id_belongs_to_one()) else {
        return Ok(verdict);
    };
    Ok(Verdict::Differs {
        why: format!("the gateway names {id}, which is {} already", other.purpose),
        id: None,
    })
}

/// Takes a step, with the mail that belongs to it, in one transaction. A step
/// that the book contradicts leaves its trace in the log.
pub(super) fn settled(
    world: &mut World<'_>,
    attempt: &AttemptRow,
    step: impl FnOnce(&Tx<'_>) -> Result<StepTaken, NotStepped>,
) -> Result<StepTaken> {
    world.write(|tx| in_part(tx, attempt, step))?
}

/// A step with its mail, as a part of the transaction: what the book
/// contradicts ends it alone, and is logged.
pub(super) fn in_part(
    tx: &Tx<'_>,
    attempt: &AttemptRow,
    step: impl FnOnce(&Tx<'_>) -> Result<StepTaken, NotStepped>,
) -> Result<Result<StepTaken>> {
    match tx.part(|| Ok(with_its_mail(tx, attempt, step(tx)?)?)) {
        Ok(step) => Ok(Ok(step)),
        Err(NotStepped::Contradicts(problem)) => {
            tx.log_contradiction(attempt.purpose, &problem.message())?;
            Ok(Err(problem))
        }
        Err(NotStepped::Refused(problem)) => Err(problem),
    }
}

fn with_its_mail(tx: &Tx<'_>, attempt: &AttemptRow, step: StepTaken) -> Result<StepTaken> {
    let succeeds = step.to == State::Succeeded && step.from != step.to;
    match (attempt.purpose, step.payment) {
        (Purpose::Take(_), Some(payment)) => confirm(tx, payment)?,
        (Purpose::GiveBack(refund), _) if succeeds => tell_of_refund(tx, refund)?,
        _ => {}
    }
    Ok(step)
}

//! Settles what a gateway answered: state, payment, allocations and mail in one transaction.

use super::World;
use crate::books::{AttemptRow, NewMail, StepTaken, Tx};
use crate::domain::charge::{Answer, Event, State, Verdict, judge};
use crate::domain::confirmation::{Confirmation, Line};
use crate::domain::ids::PaymentId;
use crate::paper;
use crate::problem::{Problem, Result};
use crate::rehearsal::{self, Rule};

/// Books what was heard of an attempt that is on its way; the state it leads
/// to, and why it was not made if it surely was not.
///
/// # Errors
///
/// The book would not take it, or it contradicts the book. Nothing of the
/// answer was booked; recovery asks again.
pub(super) fn hear(
    world: &mut World<'_>,
    attempt: &AttemptRow,
    heard: Result<Answer>,
) -> Result<(State, Option<Problem>)> {
    let (event, note) = match &heard {
        Err(problem) => (Event::NeverLeft, Some(problem.message().to_owned())),
        Ok(answer) => weighed(world, attempt, answer)?,
    };
    let decline = match &heard {
        Ok(Answer::Declined(decline)) => Some(decline),
        _ => None,
    };
    let step = settled(world, attempt, |tx| {
        tx.step(attempt, &event, decline, note.as_deref())
    })?;
    let not_made = heard.err().filter(|_| step.to == State::NotMade);
    Ok((step.to, not_made))
}

/// The answer held against the question, and what to say of it.
fn weighed(
    world: &World<'_>,
    attempt: &AttemptRow,
    answer: &Answer,
) -> Result<(Event, Option<String>)> {
    let verdict = match (judge(&attempt.asked, answer), answer) {
        (Verdict::Differs { .. }, Answer::Taken(capture))
            if !rehearsal::holds(Rule::HitMatches) =>
        {
            Verdict::Taken {
                id: capture.id.clone(),
            }
        }
        (verdict, _) => verdict,
    };
    let verdict = match (&verdict, answer) {
        // One transaction of the gateway pays one charge.
        (Verdict::Taken { id } | Verdict::Pending { id }, _) => {
            match world.books.read().attempt_with_gateway_id(
                &attempt.gateway,
                &attempt.account,
                id,
            )? {
                Some(other) if other.id != attempt.id => Verdict::Differs {
                    why: format!("the gateway names {id}, which is {} already", other.charge),
                },
                _ => verdict,
            }
        }
        (Verdict::Differs { why }, Answer::Taken(capture) | Answer::Pending(capture)) => {
            Verdict::Differs {
                why: format!("{why}, under {}", capture.id),
            }
        }
        _ => verdict,
    };
    let note = match (&verdict, answer) {
        (Verdict::Differs { why }, _) => Some(why.clone()),
        (_, Answer::Unknown(why)) => Some(why.clone()),
        _ => None,
    };
    Ok((Event::Heard(verdict), note))
}

/// Takes a step, with the mail that belongs to it, in one transaction. A step
/// that the book contradicts leaves its trace in the log.
pub(super) fn settled(
    world: &mut World<'_>,
    attempt: &AttemptRow,
    step: impl FnOnce(&Tx<'_>) -> Result<StepTaken>,
) -> Result<StepTaken> {
    let at = world.now();
    let outcome = world.books.write(at, |tx| {
        let step = step(tx)?;
        if let Some(payment) = step.payment {
            confirm(tx, payment)?;
        }
        Ok(step)
    });
    if let Err(problem) = &outcome
        && problem.code() == "contradiction"
    {
        world.books.write(at, |tx| {
            tx.log_contradiction(attempt.charge, problem.message())
        })?;
    }
    outcome
}

/// Writes the confirmation of a payment into the outbox, if the customer has an address.
fn confirm(tx: &Tx<'_>, payment: PaymentId) -> Result<()> {
    let book = tx.read();
    let payment = book.payment(payment)?;
    let Some(id) = payment.charge else {
        return Ok(());
    };
    let charge = book.charge(id)?;
    let customer = book.customer(charge.customer)?;
    let card = book.card(charge.card)?;
    let Some(to) = customer.email.clone().filter(|_| charge.wants_mail) else {
        return Ok(());
    };

    let lines = book
        .paid_by(&charge)?
        .into_iter()
        .map(|share| Line {
            invoice: share.number,
            paid: share.amount,
            from_credit: share.from_credit.is_some(),
            left: share.left,
        })
        .collect();
    let wording = paper::confirmation(&Confirmation {
        seller: book.facts()?.name,
        customer: customer.name,
        payment: payment.id,
        paid_on: payment.received_on,
        amount: payment.amount,
        brand: card.facts.brand,
        last4: card.facts.last4,
        lines,
        unapplied: payment.unapplied,
        memo: charge.memo,
    });
    tx.queue_mail(&NewMail {
        event: format!("confirmation:{}", payment.id),
        to,
        customer: Some(customer.id),
        payment: Some(payment.id),
        wording,
    })?;
    Ok(())
}

//! A person decides what became of a charge, after looking at the gateway's own page.
//!
//! Their word is checked against the gateway wherever it can be asked: what
//! it contradicts is refused.

use super::World;
use super::recover::sought;
use super::settle::settled;
use crate::domain::charge::{Answer, Event, State, Verdict, judge};
use crate::domain::ids::ChargeId;
use crate::ports::{Sighting, Sought};
use crate::problem::{Problem, Result};

/// What the person found.
#[derive(Debug, Clone)]
pub enum Finding {
    /// Charged, under this id of the gateway's.
    Charged(String),
    /// Not charged, and why they are sure.
    NotCharged(String),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub state: State,
    /// The gateway confirmed it; otherwise the person's word stands alone.
    pub confirmed: bool,
}

/// Settles an unknown or reviewed charge by a person's finding.
///
/// # Errors
///
/// Exit 1 if the charge is settled already, or the gateway says otherwise.
pub fn resolve(world: &mut World<'_>, id: ChargeId, finding: &Finding) -> Result<Resolved> {
    let _lock = world.right_to_charge()?;
    let charge = world.books.read().charge(id)?;
    let attempt = &charge.attempt;
    if !matches!(
        attempt.state,
        State::Unknown | State::Review | State::Pending
    ) {
        return Err(Problem::refused(
            "nothing_to_resolve",
            format!("{id} is {}; there is nothing to resolve", attempt.state),
        )
        .hint(format!("See it with `dues charge show {id}`.")));
    }
    let looked = world.gateways.open(&attempt.gateway).and_then(|gateway| {
        gateway.look_up(&Sought {
            id: match finding {
                Finding::Charged(id) => Some(id),
                Finding::NotCharged(_) => attempt.gateway_id.as_deref(),
            },
            ..sought(attempt)
        })
    });
    let (event, note, confirmed) = match finding {
        Finding::Charged(transaction) => {
            let taken = Verdict::Taken {
                id: transaction.clone(),
            };
            let confirmed = match &looked {
                Ok(Sighting::Found(answer)) => match judge(&attempt.asked, answer) {
                    verdict if verdict == taken => true,
                    Verdict::Taken { id: other } => {
                        return Err(says_otherwise(id, &format!("charged it as {other}")));
                    }
                    Verdict::Differs { why } => return Err(says_otherwise(id, &why)),
                    Verdict::Declined => return Err(says_otherwise(id, "declined it")),
                    Verdict::Pending { .. } | Verdict::Silence => false,
                },
                Ok(Sighting::NotListed) => {
                    return Err(says_otherwise(
                        id,
                        &format!("does not have `{transaction}` for this charge"),
                    ));
                }
                Ok(Sighting::Several(_)) | Err(_) => false,
            };
            let note = format!("found charged as {transaction}{}", by_whom(confirmed));
            (
                Event::FoundCharged {
                    id: transaction.clone(),
                },
                note,
                confirmed,
            )
        }
        Finding::NotCharged(because) => {
            if let Ok(Sighting::Found(answer @ Answer::Taken(_))) = &looked
                && let Verdict::Taken { id: transaction } = judge(&attempt.asked, answer)
            {
                return Err(Problem::refused(
                    "gateway_disagrees",
                    format!(
                        "the gateway has {id} as charged, under {transaction}; nothing was changed"
                    ),
                )
                .hint(format!(
                    "Book it: `dues charge resolve {id} --charged {transaction}`."
                )));
            }
            let confirmed = matches!(
                looked,
                Ok(Sighting::NotListed | Sighting::Found(Answer::Declined(_)))
            );
            let note = format!("found not charged{}: {because}", by_whom(confirmed));
            (Event::FoundNotCharged, note, confirmed)
        }
    };
    let step = settled(world, attempt, |tx| {
        tx.step(attempt, &event, None, Some(&note))
    })?;
    Ok(Resolved {
        state: step.to,
        confirmed,
    })
}

fn by_whom(confirmed: bool) -> &'static str {
    if confirmed {
        ", confirmed by the gateway"
    } else {
        ", by a person; the gateway could not confirm it"
    }
}

fn says_otherwise(id: ChargeId, what: &str) -> Problem {
    Problem::refused(
        "gateway_disagrees",
        format!("the gateway says otherwise: {what}; nothing was changed"),
    )
    .hint(format!(
        "Look again with `dues charge review`, and compare the amount of {id}."
    ))
}

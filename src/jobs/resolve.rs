//! A person decides what became of a charge or a refund, after looking at the gateway's own page.
//!
//! Their word is checked against the gateway wherever it can be asked: what
//! it contradicts is refused.

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::asking::{look_up, sought};
use super::guard::Right;
use super::memory::is_current;
use super::recover::orphan;
use super::settle::{in_part, settled};
use crate::books::{AttemptRow, NotStepped, Reader, StepTaken, Tx};
use crate::domain::charge::{Answer, Asked, Event, State, Verdict, judge};
use crate::domain::hour::on_the_wall;
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::domain::rules;
use crate::ports::{Refusal, Sighting, Sought};
use crate::problem::{Problem, Result};

/// A request may be on its way for so long after it left: before that, nobody
/// who looks at the gateway's page can know that it is not coming.
const MAY_STILL_ARRIVE: SignedDuration = SignedDuration::from_mins(10);

/// What the person found.
#[derive(Debug, Clone)]
pub enum Finding {
    /// It was charged or given back, under this id of the gateway's; and how
    /// they know, if they say.
    Made { id: String, because: Option<String> },
    /// It was not, and why they are sure.
    NotMade(String),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Resolved {
    pub state: State,
    /// The gateway confirmed it; otherwise the person's word stands alone.
    pub confirmed: bool,
}

/// Settles an unknown or reviewed charge or refund by a person's finding.
///
/// # Errors
///
/// Exit 1 if it is settled already, the gateway says otherwise, it
/// cannot be asked while it may yet settle it, or it is too early to
/// say that nothing came.
pub fn resolve(
    world: &mut World<'_>,
    purpose: impl Into<Purpose>,
    finding: &Finding,
) -> Result<Resolved> {
    let purpose = purpose.into();
    let mut right = Right::take_unmarked(world)?;
    let is_current = is_current(world.books.read(), world.marks).is_ok();
    let mut attempt = world.books.read().newest_attempt(purpose)?;
    if attempt.state == State::Sending {
        orphan(world, &attempt)?;
        attempt = world.books.read().newest_attempt(purpose)?;
    }
    let decided = decided(world, &mut right, &attempt, finding)?;
    let step = settled(world, &attempt, |tx| decided.step(tx, &attempt))?;
    let resolved = decided.resolved(step.to);
    // A backup from before this would send what was just closed again. A book
    // that is locked stays so.
    if is_current {
        let _ = world.mark();
    }
    Ok(resolved)
}

/// What [`resolve`] would come to, and what `shown` shows of the book then. The
/// gateway is asked as always; nothing is changed.
///
/// # Errors
///
/// As [`resolve`].
pub fn would_resolve<T>(
    world: &mut World<'_>,
    purpose: Purpose,
    finding: &Finding,
    shown: impl FnOnce(Reader<'_>) -> Result<T>,
) -> Result<(Resolved, T)> {
    let mut right = Right::take_unmarked(world)?;
    let mut attempt = world.books.read().newest_attempt(purpose)?;
    // Whoever sent it is gone, or would have the right to charge.
    let is_orphan = attempt.state == State::Sending;
    if is_orphan {
        attempt.state = State::Unknown;
    }
    let decided = decided(world, &mut right, &attempt, finding)?;
    let now = world.now();
    world.books.rehearse(&world.hand, now, |tx| {
        if is_orphan {
            tx.step(&attempt, &Event::Orphaned, None, None)?;
        }
        let step = in_part(tx, &attempt, |tx| decided.step(tx, &attempt))??;
        Ok((decided.resolved(step.to), shown(tx.read())?))
    })
}

/// What a finding comes to.
struct Decided {
    event: Event,
    note: String,
    /// What is booked, where it is not what was asked for.
    accepted: Option<Money>,
    /// The gateway confirmed it.
    confirmed: bool,
}

impl Decided {
    fn step(&self, tx: &Tx<'_>, attempt: &AttemptRow) -> Result<StepTaken, NotStepped> {
        if attempt.state == State::Pending && self.event == Event::FoundNotCharged {
            tx.step(attempt, &Event::GivenUp, None, None)?;
        }
        tx.step_accepting(attempt, &self.event, None, Some(&self.note), self.accepted)
    }

    fn resolved(&self, state: State) -> Resolved {
        Resolved {
            state,
            confirmed: self.confirmed,
        }
    }
}

/// Holds a finding against what the gateway says.
fn decided(
    world: &World<'_>,
    right: &mut Right,
    attempt: &AttemptRow,
    finding: &Finding,
) -> Result<Decided> {
    if !matches!(
        attempt.state,
        State::Unknown | State::Review | State::Pending
    ) {
        return Err(nothing_to_resolve(attempt.purpose, attempt.state));
    }
    let sighting = asked_of_the_gateway(world, right, attempt, finding)?;
    match finding {
        Finding::Made { id, because } => {
            found_made(world, attempt, id, because.as_deref(), sighting)
        }
        Finding::NotMade(because) => found_not_made(world, attempt, because, sighting),
    }
}

/// Says that it is settled, or was never sent.
#[must_use]
pub fn nothing_to_resolve(purpose: Purpose, state: State) -> Problem {
    Problem::refused(
        "nothing_to_resolve",
        format!("{purpose} is {state}; there is nothing to resolve"),
    )
    .hint(format!(
        "See it with `dues {} show {purpose}`.",
        purpose.word()
    ))
}

/// What the gateway says of it; `None` if it cannot be asked at all.
fn asked_of_the_gateway(
    world: &World<'_>,
    right: &mut Right,
    attempt: &AttemptRow,
    finding: &Finding,
) -> Result<Option<Sighting>> {
    if !rules::a_person_is_checked() {
        return Ok(None);
    }
    let asked = right.ask(world, &attempt.account);
    let id = match finding {
        Finding::Made { id, .. } => Some(id.as_str()),
        Finding::NotMade(_) => attempt.gateway_id.as_deref(),
    };
    let looked = asked.and_then(|asked| {
        let sought = Sought {
            id,
            ..sought(attempt)
        };
        let sighting = look_up(&*asked.gateway, attempt.purpose, &sought)?;
        Ok((sighting, asked.clock_is_right))
    });
    let (sighting, clock_is_right) = match looked {
        Ok(looked) => looked,
        Err(not_asked) => {
            return match not_asked.refusal {
                // What the person typed is no id of the gateway's.
                Refusal::ByRule if matches!(finding, Finding::Made { .. }) => {
                    Err(not_asked.problem)
                }
                // While it may settle this itself, nobody need be believed.
                Refusal::Unreachable | Refusal::Busy { .. } | Refusal::Unreadable => {
                    refuse_while_it_may_settle(world, attempt, &not_asked.problem)?;
                    Ok(None)
                }
                // Nothing was learned, perhaps for ever: the person's word stands alone.
                Refusal::ByRule
                | Refusal::NotVoidable
                | Refusal::Gone
                | Refusal::KeyRefused
                | Refusal::Here => Ok(None),
            };
        }
    };
    if sighting == Sighting::NotListed && matches!(finding, Finding::NotMade(_)) {
        // By a wrong clock it is looked for in the wrong days, and nobody can
        // say that it is late enough.
        right.require_right_clock(world, &attempt.account)?;
        return Ok(Some(sighting).filter(|_| clock_is_right));
    }
    Ok(Some(sighting))
}

fn found_made(
    world: &World<'_>,
    attempt: &AttemptRow,
    transaction: &str,
    because: Option<&str>,
    sighting: Option<Sighting>,
) -> Result<Decided> {
    let id = attempt.purpose;
    if let Some(other) = world.books.read().named_for_another(attempt, transaction)? {
        return Err(says_otherwise(
            id,
            &format!("`{transaction}` is {}", other.purpose),
        ));
    }
    let mut accepted = None;
    let confirmed = match sighting {
        Some(Sighting::Found(Answer::Taken(capture))) => {
            if capture.id != transaction {
                return Err(says_otherwise(id, &format!("it has it as {}", capture.id)));
            }
            let mut as_taken = Asked {
                amount: capture.amount,
                ..attempt.asked.clone()
            };
            // It carries our reference: a person may accept it from another card.
            // A refund of another payment's money is another refund.
            if id.charge().is_some()
                && capture.reference.as_ref() == Some(&attempt.asked.reference)
                && let Some(token) = &capture.token
            {
                as_taken.token.clone_from(token);
            }
            let same_currency = capture.amount.currency() == attempt.asked.amount.currency();
            // Another amount is ours only if it carries our reference: any other
            // payment with this card would fit.
            if capture.amount != attempt.asked.amount && capture.reference.is_none() {
                return Err(says_otherwise(
                    id,
                    &format!(
                        "it {} {} under `{transaction}`, and not for this {}",
                        id.did(),
                        capture.amount,
                        id.word()
                    ),
                ));
            }
            if !same_currency
                || !matches!(
                    judge(&as_taken, &Answer::Taken(capture.clone())),
                    Verdict::Taken { .. }
                )
            {
                let what = match id {
                    Purpose::Take(_) => {
                        "that is another card's, another currency's or another charge's money"
                    }
                    Purpose::GiveBack(_) => {
                        "that is another payment's, another currency's or another refund's money"
                    }
                };
                return Err(says_otherwise(id, what));
            }
            // The gateway's amount is the money that is there, whatever was asked.
            accepted = Some(capture.amount).filter(|amount| *amount != attempt.asked.amount);
            true
        }
        Some(Sighting::Found(Answer::Declined(_))) => {
            return Err(says_otherwise(id, "it declined it"));
        }
        Some(Sighting::Found(Answer::Pending(_))) => return Err(still_deciding(id)),
        Some(Sighting::NotListed) => {
            return Err(says_otherwise(
                id,
                &format!("it does not have `{transaction}` for this {}", id.word()),
            ));
        }
        Some(Sighting::Several(ids)) => {
            return Err(says_otherwise(
                id,
                &format!("more than one transaction fits: {}", ids.join(", ")),
            ));
        }
        Some(Sighting::Found(Answer::Kept(_) | Answer::Unknown(_))) | None => false,
    };
    let why = because.map_or_else(String::new, |because| format!(": {because}"));
    let note = format!(
        "found {} as {transaction}{}{why}",
        id.done(),
        by_whom(confirmed)
    );
    Ok(Decided {
        event: Event::FoundCharged {
            id: transaction.to_owned(),
        },
        note,
        accepted,
        confirmed,
    })
}

fn found_not_made(
    world: &World<'_>,
    attempt: &AttemptRow,
    because: &str,
    sighting: Option<Sighting>,
) -> Result<Decided> {
    let id = attempt.purpose;
    let is_late = world.now() >= settled_from(world, attempt)?;
    let is_gone = is_late && matches!(sighting, None | Some(Sighting::NotListed));
    let confirmed = match sighting {
        Some(Sighting::Found(Answer::Taken(capture)))
            if pays_another(world, attempt, &capture.id)? =>
        {
            true
        }
        Some(Sighting::Found(Answer::Taken(capture))) => {
            return Err(Problem::refused(
                "gateway_disagrees",
                format!(
                    "the gateway {} {} for {id}, under {}; nothing was changed",
                    id.did(),
                    capture.amount,
                    capture.id
                ),
            )
            .hint(format!(
                "Book it: `dues {} resolve {id} {} {}`.",
                id.word(),
                id.found_flag(),
                capture.id
            )));
        }
        Some(Sighting::Found(Answer::Pending(_))) => return Err(still_deciding(id)),
        Some(Sighting::Several(ids)) => {
            return Err(says_otherwise(id, &format!("it has {}", ids.join(", "))));
        }
        Some(Sighting::Found(Answer::Declined(_))) => true,
        // An early look proves nothing; the person's word stands alone.
        Some(Sighting::NotListed) => is_late,
        Some(Sighting::Found(Answer::Kept(why) | Answer::Unknown(why))) => {
            return Err(Problem::refused(
                "gateway_disagrees",
                format!("the gateway has {id}, and it is not over: {why}; nothing was changed"),
            )
            .hint("Cancel it on the gateway's own page, then run the command again."));
        }
        None => false,
    };
    if attempt.state == State::Pending && !is_gone {
        return Err(still_deciding(id));
    }
    if !confirmed {
        refuse_too_early(world, attempt)?;
    }
    let note = format!("found not {}{}: {because}", id.done(), by_whom(confirmed));
    Ok(Decided {
        event: Event::FoundNotCharged,
        note,
        accepted: None,
        confirmed,
    })
}

/// Whether the gateway's transaction is booked as another's.
fn pays_another(world: &World<'_>, attempt: &AttemptRow, transaction: &str) -> Result<bool> {
    let other = world
        .books
        .read()
        .attempt_with_gateway_id(&attempt.account, transaction)?;
    Ok(other.is_some_and(|other| other.id != attempt.id && other.state == State::Succeeded))
}

/// From when on the gateway's list tells all that there will be to tell.
fn settled_from(world: &World<'_>, attempt: &AttemptRow) -> Result<Timestamp> {
    let gateway = world.gateway_of(&attempt.account)?;
    // When nobody witnessed that it was sent, the first look by a right clock is
    // the first moment that is known.
    let known = if attempt.witnessed {
        attempt.last_sent_at.unwrap_or(attempt.prepared_at)
    } else {
        attempt.last_miss_at.unwrap_or_else(|| world.now())
    };
    Ok(known
        .saturating_add(gateway.promises().settles_within)
        .unwrap_or(Timestamp::MAX))
}

/// A gateway that will answer again knows better than anybody. One that does
/// not for so long may never.
fn refuse_while_it_may_settle(
    world: &World<'_>,
    attempt: &AttemptRow,
    problem: &Problem,
) -> Result<()> {
    let gateway = world.gateway_of(&attempt.account)?;
    let settled_from = settled_from(world, attempt)?;
    if world.now() >= settled_from || !gateway.promises().lists {
        return Ok(());
    }
    Err(Problem::refused(
        problem.code(),
        format!(
            "{}; it must be asked about {} first, and nothing was changed",
problem.fact(),
            attempt.purpose
        ),
    )
    .hint(format!(
        "Run the command again in a while. From {} on your word stands alone if {} does not answer.",
        shown(world, settled_from)?,
        attempt.account.gateway
    )))
}

fn refuse_too_early(world: &World<'_>, attempt: &AttemptRow) -> Result<()> {
    let now = world.now();
    let sent = attempt.last_sent_at.unwrap_or(attempt.prepared_at);
    let arrived = sent.saturating_add(MAY_STILL_ARRIVE).unwrap_or(now);
    if now >= arrived {
        return Ok(());
    }
    let id = attempt.purpose;
    Err(Problem::refused(
        "too_early",
        format!("{id} has just been sent and may still arrive; nothing was changed"),
    )
    .hint(format!(
        "Look at the gateway's page again at {}. `dues charge recover` asks it, too.",
        shown(world, arrived)?
    )))
}

/// A moment by the book's own clock on the wall.
fn shown(world: &World<'_>, at: Timestamp) -> Result<String> {
    let zone = world.books.read().facts()?.zone;
    Ok(on_the_wall(at, &zone))
}

fn still_deciding(id: Purpose) -> Problem {
    Problem::refused(
        "gateway_disagrees",
        format!("the gateway is still deciding {id}; nothing was changed"),
    )
    .hint("Cancel it on the gateway's own page, or wait; then run `dues charge recover`.")
}

fn by_whom(confirmed: bool) -> &'static str {
    if confirmed {
        ", confirmed by the gateway"
    } else {
        ", by a person; the gateway could not confirm it"
    }
}

fn says_otherwise(id: Purpose, what: &str) -> Problem {
    Problem::refused(
        "gateway_disagrees",
        format!("the gateway says otherwise: {what}; nothing was changed"),
    )
    .hint(format!(
        "Look again with `dues charge review`, and compare the amount of {id}."
    ))
}

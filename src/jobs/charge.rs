//! Charges a saved card by hand: asks for what is open, plans, and lets it leave.

use std::sync::Arc;

use super::World;
use super::doubt::doubt;
use super::flight::{self, Boarding, Decided};
use super::guard::{Asked, Right, require_sound};
use super::plan::{Agreed, Plan, Wish, plan};
use super::recover::{Recovered, find_out_first};
use super::request::{made_already, repeated, require_unanswered, spelled};
use crate::books::{AttemptRow, ChargeRow, NewAttempt, NewCharge, Tx};
use crate::domain::charge::State;
use crate::domain::ids::ChargeId;
use crate::domain::label::{Label, pays};
use crate::domain::purpose::Purpose;
use crate::domain::rules;
use crate::domain::schedule::Occurrence;
use crate::domain::spread::Spread;
use crate::ports::Order;
use crate::problem::{Deed, Problem, Result};
use crate::rehearsal;

/// How a charge ended, as far as is known.
#[derive(Debug)]
pub struct Charged {
    pub charge: ChargeId,
    pub state: State,
    /// The request id was used before; this is its first result.
    pub repeated: bool,
    /// Why it was not made, where the gateway could not be asked.
    pub not_made: Option<Problem>,
}

/// Charges the card, or does nothing and says why.
///
/// # Errors
///
/// Nothing was charged: a refusal by the book's rules, missing set-up, or
/// another `dues` at work; unless it is exit 5, which says that the gateway
/// was asked and the book would not take its answer. A decline or an unknown
/// outcome is no error; it is the state of the charge.
pub fn charge(world: &mut World<'_>, wish: &Wish) -> Result<Charged> {
    let mut right = Right::take(world)?;
    // Nothing is sent by this from a book that is wrong.
    let mut found_out = Vec::new();
    find_out_first(world, &mut right, &mut found_out)?;
    let earlier = repeated(world.books.read(), wish)?;
    if let Some(earlier) = &earlier
        && earlier.attempt.state != State::NotMade
    {
        return Ok(Charged {
            charge: earlier.id,
            state: earlier.attempt.state,
            repeated: true,
            not_made: None,
        });
    }
    refuse_if_it_may_be_the_same(world, wish, &found_out)?;
    require_sound(world.books.read())?;
    if !wish.again {
        let plan = plan(world.books.read(), wish, world.today()?)?;
        if let Some(doubt) = doubt(world.books.read(), wish, &plan, world.now())? {
            return Err(doubt.into());
        }
    }

    attempt(world, &mut right, wish, earlier.as_ref())
}

/// Makes the charge, or the next attempt of an earlier one that took nothing.
/// What was open is asked for by then.
///
/// # Errors
///
/// As [`charge`].
pub(super) fn attempt(
    world: &mut World<'_>,
    right: &mut Right,
    wish: &Wish,
    earlier: Option<&ChargeRow>,
) -> Result<Charged> {
    let plan = plan(world.books.read(), wish, world.today()?)?;
    // A missing secret stops here, before anything is written.
    let asked = right
        .clear(world, &plan.card.account)
        .map_err(|why| Problem::from(why).nothing_was(Deed::Charged))?;
    right.require_right_clock(world, &plan.card.account)?;
    let decided = Decided::now(world.clock);
    rehearsal::point("charge.planned")?;
    // Another command may have changed the book since it was planned.
    let agreed = Wish {
        agreed: Some(Agreed::to(&plan)),
        ..wish.clone()
    };
    let settled = flight::alone(world, right, decided, |tx| {
        let now = super::plan::plan(tx.read(), &agreed, plan.on)?;
        Ok(Boarding {
            attempt: prepare(tx, &agreed, &now, earlier, &asked)?,
            gateway: Arc::clone(&asked.gateway),
        })
    })?;
    Ok(Charged {
        charge: settled.purpose.require_charge()?,
        state: settled.state?,
        repeated: false,
        not_made: settled.not_made.map(Problem::from),
    })
}

/// Whoever runs a command again after a crash wants the first one's money, not
/// the same once more. What was just found to have been taken is said, and
/// nothing is charged on top of it unseen.
fn refuse_if_it_may_be_the_same(
    world: &World<'_>,
    wish: &Wish,
    found_out: &[Recovered],
) -> Result<()> {
    for found in found_out {
        let (Some(id), State::Succeeded) = (found.purpose.charge(), found.to) else {
            continue;
        };
        let charge = world.books.read().charge(id)?;
        if charge.customer == wish.customer.id {
            return Err(Problem::refused(
                "earlier_charge_succeeded",
                format!(
                    "{} did take {} from {}, and is booked now; nothing more was charged",
                    charge.id, charge.amount, wish.customer.code
                ),
            )
            .hint(format!(
                "See `dues charge show {}`. If this is to be charged besides, run the command again with `--again`.",
                charge.id
            )));
        }
    }
    Ok(())
}

/// Writes the intent, its reservations and the exact request, of a plan that was
/// made in this very transaction. A repeated request that was not made gets the
/// next attempt of its intent.
pub(super) fn prepare(
    tx: &Tx<'_>,
    wish: &Wish,
    now: &Plan,
    earlier: Option<&ChargeRow>,
    asked: &Asked,
) -> Result<AttemptRow, NotPrepared> {
    let asked_text = spelled(wish);
    let occurrence = match &wish.due {
        Some(due) => Some(tx.begin_occurrence(due.name, due.due_on, due.at)?),
        None => None,
    };
    let (charge, intent, n) = match earlier {
        None => {
            require_unanswered(tx.read(), wish).map_err(NotPrepared::Refused)?;
            let (charge, intent) = tx.add_charge(&NewCharge {
                intent: occurrence.as_ref().map(Occurrence::next_intent),
                customer: &now.customer,
                card: &now.card,
                authorization: now.consent.id,
                spread: &now.spread,
                request: wish
                    .request_id
                    .as_deref()
                    .map(|id| (id, asked_text.as_str())),
                memo: wish.memo.as_deref(),
                wants_mail: wish.wants_mail,
                on: now.on,
            })?;
            if let Some(occurrence) = &occurrence {
                tx.tie_charge(occurrence, charge)?;
            }
            (charge, intent, 1)
        }
        Some(earlier) => {
            let same = now.card.id == earlier.card
                && now.spread.charged == earlier.amount
                && now.spread.shares == tx.read().shares_of(earlier.id)?;
            if !same {
                let problem = Problem::refused(
                    "request_id_reused",
                    format!(
                        "the card or what is open changed since {} was tried; it was not made",
                        earlier.id
                    ),
                )
                .hint("Use a new request id for what is to be charged now.");
                return Err(NotPrepared::Refused(problem));
            }
            (earlier.id, earlier.intent.clone(), earlier.attempt.n + 1)
        }
    };
    let amount = now.spread.charged;
    let book = tx.read().facts()?.id;
    // Since the charge was first made its customer may have been merged into another.
    let named_for = tx.read().named_for(charge)?.unwrap_or(now.customer.id);
    let name = rules::name_of(&book, &intent, named_for, n);
    if let Some(problem) = made_already(tx.read(), &now.card, &name)? {
        return Err(NotPrepared::Refused(problem));
    }
    let order = Order {
        attempt: &name,
        amount,
        token: &now.card.facts.token,
        description: &described(charge, &now.spread),
        label: &Label {
            book: book.tag(),
            purpose: Purpose::Take(charge),
            intent,
            n,
            pays: pays(&now.spread.shares, amount),
        },
    };
    let request = asked.gateway.build(&order);
    let request = request.map_err(|not_asked| NotPrepared::Refused(not_asked.problem))?;
    if let Some(look) = &asked.look {
        tx.remember_look(look)?;
    }
    let attempt = tx.prepare(&NewAttempt {
        purpose: Purpose::Take(charge),
        n,
        card: &now.card,
        token: &now.card.facts.token,
        amount,
        name: &name,
        request: &request,
        witnessed: asked.clock_is_right,
    })?;
    Ok(attempt)
}

/// Why a charge was not prepared.
pub(super) enum NotPrepared {
    /// A rule stands against this charge: its request was made before, or the
    /// gateway would not take it.
    Refused(Problem),
    /// The book would not take it, and would take no other.
    Book(Problem),
}

impl From<Problem> for NotPrepared {
    fn from(problem: Problem) -> Self {
        Self::Book(problem)
    }
}

impl From<NotPrepared> for Problem {
    fn from(not_prepared: NotPrepared) -> Self {
        match not_prepared {
            NotPrepared::Refused(problem) | NotPrepared::Book(problem) => problem,
        }
    }
}

/// What the gateway's own pages will show. With words between them, numbers
/// cannot be read as one: four of them could be a card's.
fn described(charge: ChargeId, spread: &Spread) -> String {
    let mut numbers: Vec<&str> = spread
        .shares
        .iter()
        .map(|share| share.number.as_str())
        .collect();
    numbers.dedup();
    let mut text = format!("{charge} for {}", numbers.join(" and "));
    if let Some((cut, _)) = text.char_indices().nth(200) {
        text.truncate(cut);
    }
    text.trim_end().to_owned()
}

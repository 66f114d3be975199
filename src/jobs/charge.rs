//! Charges a saved card: plan, prepare, send, settle.
//!
//! The order is the point. The intent is in the book before anything is sent,
//! no transaction is open while the gateway is asked, and whatever it answers
//! is settled in one transaction. Stop the program anywhere in between, and
//! [`recover`](super::recover) finishes the work.

use std::sync::Arc;

use super::plan::{Plan, Wish, plan};
use super::recover::recover_open;
use super::send::send;
use super::{News, World};
use crate::books::{AttemptRow, ChargeRow, NewCharge};
use crate::domain::charge::State;
use crate::domain::ids::{AttemptName, ChargeId};
use crate::domain::spread::{Spread, Wanted};
use crate::ports::{Gateway, Order};
use crate::problem::{Problem, Result};
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
/// another `dues` at work. A decline or an unknown outcome is no error; it
/// is the state of the charge.
pub fn charge(world: &mut World<'_>, wish: &Wish) -> Result<Charged> {
    // A missing secret stops here, before anything is written.
    let gateway = gateway_for(world, wish)?;
    let lock = world.right_to_charge()?;
    for found in recover_open(world, &lock)? {
        (world.tell)(&News::Recovered(found));
    }

    let (id, attempt) = match repeated(world, wish)? {
        Some(earlier) if earlier.attempt.state != State::NotMade => {
            return Ok(Charged {
                charge: earlier.id,
                state: earlier.attempt.state,
                repeated: true,
                not_made: None,
            });
        }
        Some(not_made) => (
            not_made.id,
            prepare_again(world, wish, &not_made, &*gateway)?,
        ),
        None => {
            let plan = plan(world.books.read(), wish, world.today()?)?;
            rehearsal::point("charge.planned");
            prepare(world, wish, &plan, &*gateway)?
        }
    };
    rehearsal::point("charge.prepared");
    let (state, not_made) = send(world, &lock, &*gateway, &attempt)?;
    rehearsal::point("charge.settled");
    Ok(Charged {
        charge: id,
        state,
        repeated: false,
        not_made,
    })
}

fn gateway_for(world: &World<'_>, wish: &Wish) -> Result<Arc<dyn Gateway>> {
    let card = world
        .books
        .read()
        .find_card(&wish.customer, wish.card.as_deref())?;
    let logged_in = world
        .books
        .read()
        .logins()?
        .into_iter()
        .find(|login| login.gateway == card.gateway);
    match logged_in {
        Some(login) if login.account != card.account => Err(Problem::setup(
            "other_account",
            format!(
                "{} was saved in account {}, but {} is logged in to {}",
                card.name(),
                card.account,
                card.gateway,
                login.account
            ),
        )
        .hint(format!(
            "Log in to that account with `dues gateway login {}`, or use another card.",
            card.gateway
        ))),
        _ => world.gateways.open(&card.gateway),
    }
}

/// The charge that this request id made before, if it asked for the same.
fn repeated(world: &World<'_>, wish: &Wish) -> Result<Option<ChargeRow>> {
    let Some(request_id) = &wish.request_id else {
        return Ok(None);
    };
    let Some(earlier) = world.books.read().charge_by_request(request_id)? else {
        return Ok(None);
    };
    if earlier.request_wish.as_deref() != Some(&spelled(wish)) {
        return Err(Problem::refused(
            "request_id_reused",
            format!(
                "request id `{request_id}` was used for another charge, {}",
                earlier.id
            ),
        )
        .hint("Use a new request id for each charge; repeat one only with the same arguments."));
    }
    Ok(Some(earlier))
}

/// What a script asked for, in one spelling, to tell a repetition from a mistake.
fn spelled(wish: &Wish) -> String {
    let wanted = match &wish.wanted {
        Wanted::Invoices(picks) => picks
            .iter()
            .map(|pick| match pick.amount {
                Some(amount) => format!("{}={amount}", pick.number),
                None => pick.number.clone(),
            })
            .collect::<Vec<_>>()
            .join(" "),
        Wanted::AllDue { except } => format!("all due but [{}]", except.join(" ")),
        Wanted::Amount {
            amount,
            except,
            on_account,
        } => {
            format!(
                "{amount} but [{}] on account {on_account}",
                except.join(" ")
            )
        }
    };
    format!(
        "{} card {} pays {wanted} credits {}",
        wish.customer.code,
        wish.card.as_deref().unwrap_or("default"),
        wish.use_credits
    )
}

/// Writes the intent, its reservations and the exact request: transaction 1.
fn prepare(
    world: &mut World<'_>,
    wish: &Wish,
    shown: &Plan,
    gateway: &dyn Gateway,
) -> Result<(ChargeId, AttemptRow)> {
    let wish_text = spelled(wish);
    let at = world.now();
    world.books.write(at, |tx| {
        // Another command may have changed the book since it was planned.
        let now = plan(
            tx.read(),
            &Wish {
                agreed: Some(shown.spread.clone()),
                ..wish.clone()
            },
            shown.on,
        )?;
        let charge = tx.add_charge(&NewCharge {
            customer: &now.customer,
            card: &now.card,
            authorization: now.authorization.0,
            spread: &now.spread,
            request: wish
                .request_id
                .as_deref()
                .map(|id| (id, wish_text.as_str())),
            memo: wish.memo.as_deref(),
            wants_mail: wish.wants_mail,
            on: now.on,
        })?;
        let intent = match &wish.request_id {
            Some(request_id) => format!("request {request_id}"),
            None => charge.to_string(),
        };
        let book = tx.read().facts()?.id;
        let name = AttemptName::of(&book, &intent, now.customer.id, 1);
        let request = gateway.build(&Order {
            attempt: &name,
            amount: now.spread.charged,
            token: &now.card.facts.token,
            description: &described(charge, &now.spread),
        })?;
        let attempt = tx.prepare(charge, 1, &now.card, now.spread.charged, &name, &request)?;
        Ok((charge, attempt))
    })
}

/// A repeated request whose attempt surely took nothing is tried again, as
/// the next attempt of the same intent.
fn prepare_again(
    world: &mut World<'_>,
    wish: &Wish,
    earlier: &ChargeRow,
    gateway: &dyn Gateway,
) -> Result<AttemptRow> {
    let at = world.now();
    let today = world.today()?;
    world.books.write(at, |tx| {
        let now = plan(tx.read(), wish, today)?;
        if now.spread.charged != earlier.amount
            || now.spread.shares != tx.read().shares_of(earlier.id)?
        {
            return Err(Problem::refused(
                "request_id_reused",
                format!(
                    "what is open changed since {} was tried; it was not made",
                    earlier.id
                ),
            )
            .hint("Use a new request id for what is open now."));
        }
        let n = earlier.attempt.n + 1;
        let name = AttemptName::of(&tx.read().facts()?.id, &earlier.intent, earlier.customer, n);
        let request = gateway.build(&Order {
            attempt: &name,
            amount: earlier.amount,
            token: &now.card.facts.token,
            description: &described(earlier.id, &now.spread),
        })?;
        tx.prepare(earlier.id, n, &now.card, earlier.amount, &name, &request)
    })
}

/// What the gateway's own pages will show.
fn described(charge: ChargeId, spread: &Spread) -> String {
    let mut numbers: Vec<&str> = spread
        .shares
        .iter()
        .map(|share| share.number.as_str())
        .collect();
    numbers.dedup();
    let mut text = format!("{charge} {}", numbers.join(" "));
    if let Some((cut, _)) = text.char_indices().nth(200) {
        text.truncate(cut);
    }
    text.trim_end().to_owned()
}

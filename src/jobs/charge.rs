//! Charges a saved card: plan, prepare, send, settle.
//!
//! The order is the point. The intent is in the book before anything is sent,
//! no transaction is open while the gateway is asked, and whatever it answers
//! is settled in one transaction. Stop the program anywhere in between, and
//! [`recover`](super::recover) finishes the work.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use super::recover::recover_open;
use super::settle::hear;
use super::{News, World};
use crate::books::{AttemptRow, ChargeRow, NewCharge, Reader};
use crate::domain::authorization::{Authorization, Wish as Consent};
use crate::domain::card::Card;
use crate::domain::charge::{Event, State};
use crate::domain::customer::Customer;
use crate::domain::ids::{AttemptName, ChargeId};
use crate::domain::spread::{Spread, Wanted, spread};
use crate::lock::Lock;
use crate::ports::{Gateway, Order, Sending};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// What the bookkeeper asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub customer: Customer,
    /// Last four, nickname; `None`: the default card.
    pub card: Option<String>,
    pub wanted: Wanted,
    pub use_credits: bool,
    pub memo: Option<String>,
    pub wants_mail: bool,
    /// A script's own id: the same id never makes a second charge.
    pub request_id: Option<String>,
    /// What was shown and agreed to; anything else is not charged.
    pub agreed: Option<Spread>,
}

/// What would be charged, and where it would go.
#[derive(Debug, Clone)]
pub struct Plan {
    pub customer: Customer,
    pub card: Card,
    /// The consent it rests on, and its row.
    pub authorization: (i64, Authorization),
    pub spread: Spread,
    pub on: Date,
}

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

/// Plans a charge; changes nothing.
///
/// # Errors
///
/// The rule that stands against it, with what to do.
pub fn plan(book: Reader<'_>, wish: &Wish, today: Date) -> Result<Plan> {
    let customer = &wish.customer;
    refuse_while_unknown(book, customer)?;
    let card = book.find_card(customer, wish.card.as_deref())?;
    let spread = spread(
        &resolved(book, wish)?,
        &candidates(book, wish)?,
        &credits(book, wish)?,
        today,
    )?;
    if wish.agreed.as_ref().is_some_and(|agreed| *agreed != spread) {
        return Err(Problem::refused(
            "plan_changed",
            "the book changed while you were asked; nothing was charged",
        )
        .hint("Run the command again to see the present plan."));
    }
    let authorization = usable(book, customer, &card, today)?;
    authorization.1.permits(&Consent {
        amount: spread.charged,
        unapplied: spread.unapplied,
        scheduled: false,
        on: today,
    })?;
    Ok(Plan {
        customer: customer.clone(),
        card,
        authorization,
        spread,
        on: today,
    })
}

/// While nobody knows what became of a customer's last charge, a new one
/// could be the same money again.
fn refuse_while_unknown(book: Reader<'_>, customer: &Customer) -> Result<()> {
    let unknown = book.open_charges()?.into_iter().find(|charge| {
        charge.customer == customer.id
            && matches!(
                charge.attempt.state,
                State::Unknown | State::Review | State::Sending
            )
    });
    let Some(charge) = unknown else { return Ok(()) };
    let (id, code) = (charge.id, &customer.code);
    let problem = Problem::new(
        Kind::Unknown,
        "outcome_unknown",
        format!(
            "nobody knows yet whether {id} took {} from {code}; nothing more was charged",
            charge.amount
        ),
    );
    Err(match charge.attempt.state {
        State::Review => problem.hint(format!(
            "A person must decide: see `dues charge review`, then `dues charge resolve {id}`."
        )),
        _ => problem.hint("Run `dues charge recover` to find out, then charge again."),
    })
}

/// The card may be charged: in use, not expired, and with the customer's consent.
fn usable(
    book: Reader<'_>,
    customer: &Customer,
    card: &Card,
    today: Date,
) -> Result<(i64, Authorization)> {
    let (code, name) = (&customer.code, card.name());
    if card.disabled {
        return Err(
            Problem::refused("card_disabled", format!("{name} of {code} is disabled")).hint(
                format!("Choose another card with `--card`: see `dues card list {code}`."),
            ),
        );
    }
    if let Some(expiry) = card.facts.expiry.filter(|expiry| expiry.has_passed(today)) {
        return Err(Problem::refused(
            "card_expired",
            format!("{name} of {code} expired in {expiry}"),
        )
        .hint("Ask the customer for the new card and save it at the gateway."));
    }
    book.authorization(card.id)?.ok_or_else(|| {
        Problem::refused("not_authorized", format!("{code} has not authorized {name} to be charged"))
            .hint(format!(
                "Record their consent: `dues card authorize {code} {} --by NAME --how \"signed form\"`.",
                card.facts.last4
            ))
    })
}

/// The wanted invoices by their full numbers.
fn resolved(book: Reader<'_>, wish: &Wish) -> Result<Wanted> {
    let full = |word: &String| Ok(book.find_invoice(word, Some(&wish.customer))?.number);
    let all = |words: &[String]| words.iter().map(full).collect::<Result<Vec<_>>>();
    let mut wanted = wish.wanted.clone();
    match &mut wanted {
        Wanted::Invoices(picks) => {
            for pick in picks {
                pick.number = full(&pick.number)?;
            }
        }
        Wanted::AllDue { except } | Wanted::Amount { except, .. } => *except = all(except)?,
    }
    Ok(wanted)
}

/// The customer's open invoices, and the named ones whatever they are.
fn candidates(book: Reader<'_>, wish: &Wish) -> Result<Vec<crate::domain::invoice::Invoice>> {
    let mut invoices = book.open_invoices(Some(wish.customer.id))?;
    let named: Vec<&String> = match &wish.wanted {
        Wanted::Invoices(picks) => picks.iter().map(|pick| &pick.number).collect(),
        Wanted::AllDue { except } | Wanted::Amount { except, .. } => except.iter().collect(),
    };
    for word in named {
        let invoice = book.find_invoice(word, Some(&wish.customer))?;
        if !invoices.iter().any(|known| known.id == invoice.id) {
            invoices.push(invoice);
        }
    }
    Ok(invoices)
}

fn credits(book: Reader<'_>, wish: &Wish) -> Result<Vec<crate::domain::payment::Payment>> {
    if wish.use_credits {
        book.credits_of(wish.customer.id)
    } else {
        Ok(Vec::new())
    }
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
    plan: &Plan,
    gateway: &dyn Gateway,
) -> Result<(ChargeId, AttemptRow)> {
    let wish_text = spelled(wish);
    let at = world.now();
    world.books.write(at, |tx| {
        // Another command may have changed the book since it was planned.
        let now = self::plan(
            tx.read(),
            &Wish {
                agreed: Some(plan.spread.clone()),
                ..wish.clone()
            },
            plan.on,
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

/// How long after `sending` is durable a request may still leave.
const SEND_WITHIN: Duration = Duration::from_mins(1);

/// Sends a prepared attempt and books the answer. Holding the lock is what
/// makes every other `sending` row an orphan.
pub(super) fn send(
    world: &mut World<'_>,
    _lock: &Lock,
    gateway: &dyn Gateway,
    attempt: &AttemptRow,
) -> Result<(State, Option<Problem>)> {
    let request = world.books.read().request_of(attempt)?;
    let at = world.now();
    // Durable before the first byte.
    world
        .books
        .write(at, |tx| tx.step(attempt, &Event::Sent, None, None))?;
    let (decided, clock) = (world.clock.since_boot(), world.clock);
    rehearsal::point("charge.sending");
    // A laptop may sleep between the decision and the send; its key would not.
    let still_in_time = move || {
        if clock.since_boot().saturating_sub(decided) > SEND_WITHIN {
            return Err(Problem::refused(
                "too_late",
                "the machine slept before the request left; nothing was sent",
            )
            .hint("Charge again."));
        }
        Ok(())
    };
    let heard = gateway.charge(&Sending {
        key: &attempt.key,
        request: &request,
        still_in_time: &still_in_time,
    });
    rehearsal::point("charge.answered");
    hear(world, attempt, heard)
}

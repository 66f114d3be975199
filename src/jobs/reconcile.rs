//! Takes back into the book what was charged from it and it does not know, and unlocks charging.
//!
//! Two witnesses: each gateway's own list, and this machine's mark, which
//! knows of requests that were still on their way. What is found is booked as
//! the gateway took it; what is only marked enters as unknown, and blocks until
//! it is known. Charging stays locked while anything cannot be taken back.

use jiff::Timestamp;

use super::World;
use super::guard::{Right, forgotten, is_current};
use super::recover::{Recovered, hear_what_is_listed, recover_open};
use super::settle::{hear, settled};
use crate::books::{Adoption, AttemptRow, Reader};
use crate::domain::card::Card;
use crate::domain::charge::{Answer, Event, State};
use crate::domain::ids::{AttemptName, ChargeId, InvoiceId, sha256_hex};
use crate::domain::label::paid;
use crate::domain::money::{Currency, Money};
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// What came of it.
#[derive(Debug, Default)]
pub struct Reconciled {
    pub adopted: Vec<Adopted>,
    /// What could not be taken back, and why; charging stays locked.
    pub left: Vec<Problem>,
    /// What became of the charges that were or are now open.
    pub recovered: Vec<Recovered>,
    /// Gateways that were compared, and how many charges each lists beyond the book.
    pub looked: Vec<(String, usize)>,
}

/// A charge that was taken back.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub charge: ChargeId,
    pub state: State,
    /// It was closed as not taken, and the gateway took it after all.
    pub late: bool,
}

/// Compares the book with every gateway it is logged in to, and takes back
/// what it does not know. A `compared` says that a person did so where a
/// gateway has no list, and how. With `only_look` nothing is written.
///
/// # Errors
///
/// Nothing was changed: another `dues` is charging, a gateway could not be
/// asked, or its list cannot be had and nobody compared.
pub fn reconcile(
    world: &mut World<'_>,
    compared: Option<&str>,
    only_look: bool,
) -> Result<Reconciled> {
    let mut right = Right::take_unmarked(world)?;
    let mut done = Reconciled::default();
    let mut looks = Vec::new();
    let mut found = Vec::new();
    for login in world.books.read().logins()? {
        let asked = right.ask(world, &login.gateway, &login.account)?;
        right.require_right_clock(world, &login.gateway)?;
        if !asked.gateway.promises().lists {
            if compared.is_none() && world.books.read().has_charged()? {
                return Err(cannot_list(&login.gateway));
            }
            continue;
        }
        if !only_look {
            doubt_what_was_on_its_way(world)?;
            hear_what_is_listed(world, &asked, &login)?;
        }
        let (missing, look) = forgotten(world, &login.gateway, &asked)?;
        done.looked.push((login.gateway.clone(), missing.len()));
        found.extend(
            missing
                .into_iter()
                .map(|seen| (login.gateway.clone(), login.account.clone(), seen)),
        );
        looks.push(look);
    }
    let facts = world.books.read().facts()?;
    let mark = world.marks.read(&facts.id);
    let marked: Vec<OpenCharge> = mark.into_iter().flat_map(|mark| mark.open).collect();
    if only_look {
        return Ok(done);
    }
    for (gateway, account, seen) in &found {
        match adopt_seen(world, gateway, account, seen) {
            Ok(adopted) => done.adopted.push(adopted),
            Err(problem) => done.left.push(problem),
        }
        rehearsal::point("reconcile.adopted")?;
    }
    for open in &marked {
        match adopt_marked(world, open) {
            Ok(adopted) => done.adopted.extend(adopted),
            Err(problem) => done.left.push(problem),
        }
    }
    if done.left.is_empty() {
        let at = world.now();
        world.books.write(at, |tx| {
            for look in &looks {
                tx.remember_look(look)?;
            }
            tx.log_reconciliation(done.adopted.len(), compared)
        })?;
        world.mark()?;
        done.recovered = recover_open(world, &mut right)?;
    }
    Ok(done)
}

/// What an old book has as prepared may have been sent since, and what it has
/// as on its way has no sender any more.
fn doubt_what_was_on_its_way(world: &mut World<'_>) -> Result<()> {
    if is_current(world.books.read(), world.marks).is_ok() {
        return Ok(());
    }
    let note = "the book is old: it may have been sent since";
    let now = world.now();
    for charge in world.books.read().open_charges()? {
        let attempt = &charge.attempt;
        if attempt.state == State::Prepared {
            // It left within a minute of this moment, or never.
            world.books.write(attempt.prepared_at, |tx| {
                tx.step(attempt, &Event::Sent, None, None)
            })?;
        }
        if matches!(attempt.state, State::Prepared | State::Sending) {
            world.books.write(now, |tx| {
                tx.step(attempt, &Event::Orphaned, None, Some(note))
            })?;
        }
    }
    Ok(())
}

/// A later charge of the same invoices could only be planned when nothing else
/// had them reserved: what is still open before it in an old book, and is not
/// listed, was closed by then.
///
/// # Errors
///
/// Exit 8 if that one needs a person first.
fn close_what_made_way(
    world: &mut World<'_>,
    card: &Card,
    intent: &str,
    sent_at: Timestamp,
    wanted: &[(String, Money)],
) -> Result<()> {
    let book = world.books.read();
    let is_old = is_current(book, world.marks).is_err();
    let mut contested = Vec::new();
    for (number, part) in wanted {
        if let Some(invoice) = book.invoice_by_number(number)?
            && invoice.customer == card.customer
            && invoice.available().at_most(*part) != *part
        {
            contested.push(invoice.id);
        }
    }
    let mut closed = Vec::new();
    for earlier in book.open_charges()? {
        let attempt = earlier.attempt;
        let began = attempt.first_sent_at.unwrap_or(attempt.prepared_at);
        let mut shares = book.shares_of(earlier.id)?.into_iter();
        let contests = shares.any(|share| contested.contains(&share.invoice));
        match attempt.state {
            _ if !contests || earlier.intent == intent || began > sent_at => {}
            State::Unknown if is_old => closed.push(attempt),
            _ => return Err(stands_in_the_way(earlier.id, attempt.state)),
        }
    }
    let note = "closed: a later charge of the same invoice was made";
    for attempt in closed {
        settled(world, &attempt, |tx| {
            tx.step(&attempt, &Event::FoundNotCharged, None, Some(note))
        })?;
    }
    Ok(())
}

fn stands_in_the_way(earlier: ChargeId, state: State) -> Problem {
    Problem::new(
        Kind::Attention,
        "earlier_charge_open",
        format!("a later charge paid invoices of {earlier}, which is {state} in this book"),
    )
    .hint(format!(
        "Decide {earlier} first: see `dues charge review`. Then run `dues gateway reconcile` again."
    ))
}

/// A request that the gateway lists.
fn adopt_seen(world: &mut World<'_>, gateway: &str, account: &str, seen: &Seen) -> Result<Adopted> {
    let book = world.books.read();
    let token = seen.token.as_deref().unwrap_or_default();
    let what = format!("{} of {} at {gateway}", seen.label.charge, seen.amount);
    let card = card_of(book, gateway, account, token, &what)?;
    let late = book.attempt_with_reference(&seen.reference)?.is_some();
    let authorization = consent(book, &card, &what)?;
    let sent_at = seen.made_at.unwrap_or_else(|| world.now());
    let attempt = if late {
        // Its own attempt is closed for ever: the money is there all the same,
        // under a name of its own, and on account until a person looks.
        let name = format!("late {} {}", seen.reference, id_of(&seen.answer));
        let name_hash = sha256_hex(name.as_bytes());
        adopt(
            world,
            &Adoption {
                charge: ChargeId(0),
                intent: &name,
                n: 1,
                card: &card,
                authorization,
                amount: seen.amount,
                key: &name_hash[..32],
                reference: &format!("L{}", &name_hash[..19]),
                sent_at,
                shares: &[],
            },
        )?
    } else {
        let label = &seen.label;
        let wanted = label.shares(seen.amount);
        close_what_made_way(world, &card, &label.intent, sent_at, &wanted)?;
        let book = world.books.read();
        let shares = still_open(book, &card, &wanted, seen.amount)?;
        let name = AttemptName::of(&book.facts()?.id, &label.intent, card.customer, label.n);
        let key = match name.reference == seen.reference {
            true => name.key,
            // The customer has another number in this book; so has whoever is charged next.
            false => sha256_hex(seen.reference.as_bytes())[..32].to_owned(),
        };
        adopt(
            world,
            &Adoption {
                charge: seen.label.charge,
                intent: &seen.label.intent,
                n: seen.label.n,
                card: &card,
                authorization,
                amount: seen.amount,
                key: &key,
                reference: &seen.reference,
                sent_at,
                shares: &shares,
            },
        )?
    };
    let mut answer = seen.answer.clone();
    if let Answer::Taken(capture) | Answer::Pending(capture) = &mut answer
        && late
    {
        capture.reference = None;
    }
    let (state, _) = hear(world, &attempt, Ok(answer))?;
    Ok(Adopted {
        charge: attempt.charge,
        state,
        late,
    })
}

/// A request that was on its way when this machine marked the book.
fn adopt_marked(world: &mut World<'_>, open: &OpenCharge) -> Result<Option<Adopted>> {
    let book = world.books.read();
    if book.attempt_with_reference(&open.reference)?.is_some() {
        return Ok(None);
    }
    let charge = ChargeId(open.charge);
    let currency = Currency::parse(&open.currency)?;
    let amount = Money::of(open.minor, currency);
    let what = format!("{charge} of {amount} at {}", open.gateway);
    let card = card_of(book, &open.gateway, &open.account, &open.token, &what)?;
    let authorization = consent(book, &card, &what)?;
    let wanted = paid(&open.pays, amount);
    close_what_made_way(world, &card, &open.intent, open.sent_at, &wanted)?;
    let shares = still_open(world.books.read(), &card, &wanted, amount)?;
    let attempt = adopt(
        world,
        &Adoption {
            charge,
            intent: &open.intent,
            n: open.n,
            card: &card,
            authorization,
            amount,
            key: &open.key,
            reference: &open.reference,
            sent_at: open.sent_at,
            shares: &shares,
        },
    )?;
    Ok(Some(Adopted {
        charge: attempt.charge,
        state: attempt.state,
        late: false,
    }))
}

fn adopt(world: &mut World<'_>, adoption: &Adoption<'_>) -> Result<AttemptRow> {
    let at: Timestamp = world.now();
    world.books.write(at, |tx| tx.adopt(adoption))
}

/// The invoices it was for, as far as they are in the book and open.
fn still_open(
    book: Reader<'_>,
    card: &Card,
    wanted: &[(String, Money)],
    amount: Money,
) -> Result<Vec<(InvoiceId, Money)>> {
    let mut left = amount;
    let mut shares = Vec::new();
    for (number, part) in wanted {
        let Some(invoice) = book.invoice_by_number(number)? else {
            continue;
        };
        if invoice.customer != card.customer || invoice.open.currency() != amount.currency() {
            continue;
        }
        let part = part.at_most(invoice.available()).at_most(left);
        if part.is_positive() {
            left = left.minus(part);
            shares.push((invoice.id, part));
        }
    }
    Ok(shares)
}

fn card_of(
    book: Reader<'_>,
    gateway: &str,
    account: &str,
    token: &str,
    what: &str,
) -> Result<Card> {
    book.card_by_token(gateway, account, token)?.ok_or_else(|| {
        Problem::new(
            Kind::Attention,
            "card_forgotten",
            format!("{what} was charged to a card that is not in this book"),
        )
        .hint(format!(
            "Add the customer and `dues card add CUSTOMER {token}`, then run `dues gateway reconcile` again."
        ))
    })
}

fn consent(book: Reader<'_>, card: &Card, what: &str) -> Result<i64> {
    let consent = book.authorization(card.id)?;
    consent.map(|(row, _)| row).ok_or_else(|| {
        Problem::new(
            Kind::Attention,
            "consent_forgotten",
            format!("{what} rests on a consent that is not in this book"),
        )
        .hint("Record it with `dues card authorize`, then run `dues gateway reconcile` again.")
    })
}

fn id_of(answer: &Answer) -> &str {
    match answer {
        Answer::Taken(capture) | Answer::Pending(capture) => &capture.id,
        Answer::Declined(_) | Answer::Unknown(_) => "",
    }
}

fn cannot_list(gateway: &str) -> Problem {
    Problem::usage(
        "nobody_compared",
        format!("{gateway} has no list that dues can read"),
    )
    .hint(format!(
        "Compare `dues charge list` with {gateway}'s own page, then say how you did with `--compared TEXT`."
    ))
}

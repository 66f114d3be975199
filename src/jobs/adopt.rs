//! Takes one forgotten charge back into the book, as its witness has it.

use jiff::Timestamp;

use super::World;
use super::guard::is_current;
use super::settle::settled;
use crate::books::{Adoption, Reader};
use crate::domain::card::Card;
use crate::domain::charge::{Answer, Asked, Event, State, Verdict, judge};
use crate::domain::ids::{AttemptName, ChargeId, InvoiceId, sha256_hex};
use crate::domain::label::paid;
use crate::domain::money::{Currency, Money};
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};

/// A charge that was taken back.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub charge: ChargeId,
    pub state: State,
    /// It was closed as not taken, and the gateway took it after all.
    pub late: bool,
}

/// Takes back a request that the gateway lists, with what became of it, in one
/// transaction.
///
/// # Errors
///
/// Exit 8: its card or the consent is not in the book; or the book cannot be
/// written. Nothing was changed.
pub(super) fn adopt_seen(
    world: &mut World<'_>,
    gateway: &str,
    account: &str,
    seen: &Seen,
) -> Result<Adopted> {
    let book = world.books.read();
    let label = &seen.label;
    let what = format!("{} of {} at {gateway}", label.charge, seen.amount);
    let token = seen.token.as_deref().unwrap_or_default();
    let card = card_of(book, gateway, account, token, &what)?;
    let authorization = consent(book, &card, &what)?;
    let sent_at = seen.made_at.unwrap_or_else(|| world.now());
    let late = book.attempt_with_reference(&seen.reference)?.is_some();
    let id = id_of(&seen.answer);
    let (charge, intent, n, name, shares) = if late {
        // Its own attempt is closed for ever: the money is there all the same,
        // under a name of its own, and on account until a person looks.
        let name = AttemptName::late(&seen.reference, id);
        let intent = format!("late {}", name.reference);
        (ChargeId(0), intent, 1, name, Vec::new())
    } else {
        close_what_made_way(
            world,
            &card,
            &label.intent,
            sent_at,
            &label.pays,
            seen.amount,
        )?;
        let book = world.books.read();
        let shares = still_open(book, &card, &label.pays, seen.amount)?;
        let mut name = AttemptName::of(&book.facts()?.id, &label.intent, card.customer, label.n);
        if name.reference != seen.reference {
            // The customer has another number in this book; so has whoever is charged next.
            name = AttemptName {
                key: sha256_hex(seen.reference.as_bytes())[..32].to_owned(),
                reference: seen.reference.clone(),
            };
        }
        (label.charge, label.intent.clone(), label.n, name, shares)
    };
    let asked = Asked {
        amount: seen.amount,
        token: card.facts.token.clone(),
        reference: seen.reference.clone(),
    };
    let mut verdict = judge(&asked, &seen.answer);
    let known = world
        .books
        .read()
        .attempt_with_gateway_id(gateway, account, id)?;
    if let Verdict::Taken { id } | Verdict::Pending { id } = &mut verdict
        && known.is_some()
    {
        // One transaction stands in the book once: as declined, before it was taken.
        id.push_str("+late");
    }
    let why = match &verdict {
        Verdict::Differs { why } => Some(format!("{why}, under {id}")),
        _ => None,
    };
    let decline = match &seen.answer {
        Answer::Declined(decline) if known.is_none() => Some(decline.clone()),
        Answer::Declined(decline) => Some(crate::domain::decline::Decline {
            id: None,
            ..decline.clone()
        }),
        _ => None,
    };
    let adoption = Adoption {
        charge,
        intent: &intent,
        n,
        card: &card,
        authorization,
        amount: seen.amount,
        key: &name.key,
        reference: &name.reference,
        sent_at,
        shares: &shares,
    };
    let at = world.now();
    world.books.write(at, |tx| {
        let attempt = tx.adopt(&adoption)?;
        let event = Event::Heard(verdict);
        let step = tx.step(&attempt, &event, decline.as_ref(), why.as_deref())?;
        Ok(Adopted {
            charge: attempt.charge,
            state: step.to,
            late,
        })
    })
}

/// Takes back a request that was on its way when this machine marked the book;
/// `None` if the book knows it.
///
/// # Errors
///
/// As [`adopt_seen`].
pub(super) fn adopt_marked(world: &mut World<'_>, open: &OpenCharge) -> Result<Option<Adopted>> {
    let book = world.books.read();
    if book.attempt_with_reference(&open.reference)?.is_some()
        || book.is_set_aside(&open.gateway, &open.account, &open.reference)?
    {
        return Ok(None);
    }
    let charge = ChargeId(open.charge);
    let amount = Money::of(open.minor, Currency::parse(&open.currency)?);
    let what = format!("{charge} of {amount} at {}", open.gateway);
    let card = card_of(book, &open.gateway, &open.account, &open.token, &what)?;
    let authorization = consent(book, &card, &what)?;
    close_what_made_way(world, &card, &open.intent, open.sent_at, &open.pays, amount)?;
    let book = world.books.read();
    let adoption = Adoption {
        charge,
        intent: &open.intent,
        n: open.n,
        authorization,
        card: &card,
        amount,
        key: &open.key,
        reference: &open.reference,
        sent_at: open.sent_at,
        shares: &still_open(book, &card, &open.pays, amount)?,
    };
    let at = world.now();
    let attempt = world.books.write(at, |tx| tx.adopt(&adoption))?;
    Ok(Some(Adopted {
        charge: attempt.charge,
        state: attempt.state,
        late: false,
    }))
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
    pays: &str,
    amount: Money,
) -> Result<()> {
    let book = world.books.read();
    let is_old = is_current(book, world.marks).is_err();
    let mut contested = Vec::new();
    for (number, part) in paid(pays, amount.currency()) {
        if let Some(invoice) = book.invoice_by_number(&number)?
            && invoice.customer == card.customer
            && invoice.available().at_most(part) != part
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

/// The invoices it was for, as far as they are in the book and open.
fn still_open(
    book: Reader<'_>,
    card: &Card,
    pays: &str,
    amount: Money,
) -> Result<Vec<(InvoiceId, Money)>> {
    let mut left = amount;
    let mut shares = Vec::new();
    for (number, part) in paid(pays, amount.currency()) {
        let Some(invoice) = book.invoice_by_number(&number)? else {
            continue;
        };
        if invoice.customer != card.customer
            || invoice.is_void
            || invoice.open.currency() != amount.currency()
        {
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
            "Add the customer if they are missing too, then the card with `dues card add CUSTOMER {token}` \
             (and who authorized it); then run `dues gateway reconcile` again."
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

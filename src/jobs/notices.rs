//! Writes the mails about scheduled charges: that one comes, that one failed.
//!
//! Each is told once, however often a run passes by: the outbox itself knows
//! what was told. What a killed run did not write, the next one does.

use jiff::SignedDuration;

use super::World;
use super::due::{Item, Rules, ToDo, ahead, decide};
use crate::books::{NewMail, Reader, Tx};
use crate::domain::charge::State;
use crate::domain::contact::Gets;
use crate::domain::customer::Customer;
use crate::domain::decline::{Class, words_for_customer};
use crate::domain::money::Money;
use crate::domain::notice::{About, Notice};
use crate::domain::retry::kind;
use crate::domain::schedule::{Occurrence, Standing};
use crate::domain::spread::Share;
use crate::jobs::outlook::Outlook;
use crate::paper;
use crate::problem::Result;

/// What is told, and what stands in it.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How many days before a charge the customer is told; 0: not at all.
    pub announce_days: u16,
    /// Where a customer can give another card.
    pub card_link: Option<String>,
}

/// What failed longer ago is not news any more.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(72);

/// Writes what is to be told into the outbox; how many mails.
///
/// # Errors
///
/// The book cannot be read or written.
pub fn write(world: &mut World<'_>, rules: &Rules, settings: &Settings) -> Result<usize> {
    let now = world.now();
    let mut mails = Vec::new();
    let outlook = Outlook::of(world, rules);
    let book = world.books.read();
    for occurrence in book.unfinished_occurrences()? {
        let is_news = now.duration_since(occurrence.changed_at) < NEWS_FOR;
        if is_news && matches!(occurrence.standing, Standing::Charging | Standing::Failed) {
            mails.extend(failed(world, &occurrence, rules, settings)?);
        }
    }
    if settings.announce_days > 0 {
        let days = SignedDuration::from_hours(24 * i64::from(settings.announce_days));
        let until = now.checked_add(days).unwrap_or(now);
        for (candidate, at) in ahead(book, now, until)? {
            if let Some(item) = outlook.foresee(book, &candidate, at)? {
                mails.extend(coming(book, &item)?);
            }
        }
    }
    let count = mails.len();
    if count > 0 {
        world.write_at(now, |tx| queue(tx, &mails))?;
    }
    Ok(count)
}

fn queue(tx: &Tx<'_>, mails: &[NewMail]) -> Result<()> {
    for mail in mails {
        // Another run may have told it since.
        if !tx.read().has_mail(&mail.event, &mail.to)? {
            tx.queue_mail(mail)?;
        }
    }
    Ok(())
}

/// The bank said no, and the customer has not heard of it yet.
fn failed(
    world: &World<'_>,
    occurrence: &Occurrence,
    rules: &Rules,
    settings: &Settings,
) -> Result<Vec<NewMail>> {
    let book = world.books.read();
    let Some(id) = occurrence.charges.last() else {
        return Ok(Vec::new());
    };
    let charge = book.charge(*id)?;
    let Some(decline) = charge.attempt.decline.as_ref() else {
        return Ok(Vec::new());
    };
    // That our own account is refused is no business of the customer's.
    if charge.attempt.state != State::Declined || kind(decline) == Class::Config {
        return Ok(Vec::new());
    }
    let customer = book.customer(charge.customer)?;
    let event = format!("failed:{}", occurrence.name.word());
    let untold = untold(book, &customer, &event, charge.wants_mail)?;
    if untold.is_empty() {
        return Ok(Vec::new());
    }
    let candidate = super::due::again(occurrence);
    let again_on = match decide(book, &candidate, world.now(), rules)?.map(|item| item.to_do) {
        Some(ToDo::Wait { on, .. }) => Some(on),
        Some(ToDo::Charge(_)) => Some(world.today()?),
        _ => None,
    };
    let card = book.card(charge.card)?;
    let zone = book.facts()?.zone;
    let notice = Notice {
        seller: book.facts()?.name,
        customer: customer.name.clone(),
        amount: charge.amount,
        brand: card.facts.brand,
        last4: card.facts.last4,
        lines: lines(&book.shares_of(charge.id)?),
        about: About::Failed {
            on: charge.attempt.changed_at.to_zoned(zone).date(),
            said: words_for_customer(&decline.code, kind(decline)),
            again_on,
            link: settings.card_link.clone(),
        },
    };
    Ok(mails(&event, untold, &customer, &notice))
}

/// A charge that comes, and that the customer has not heard of yet.
fn coming(book: Reader<'_>, item: &Item) -> Result<Vec<NewMail>> {
    let ToDo::Charge(order) = &item.to_do else {
        return Ok(Vec::new());
    };
    let event = format!("coming:{}", item.name.word());
    let untold = untold(book, &item.customer, &event, order.wish.wants_mail)?;
    if untold.is_empty() {
        return Ok(Vec::new());
    }
    let plan = &order.plan;
    let notice = Notice {
        seller: book.facts()?.name,
        customer: item.customer.name.clone(),
        amount: plan.spread.charged,
        brand: plan.card.facts.brand.clone(),
        last4: plan.card.facts.last4.clone(),
        lines: lines(&plan.spread.shares),
        about: About::Coming { on: item.due_on },
    };
    Ok(mails(&event, untold, &item.customer, &notice))
}

/// Where it is to be told and was not.
fn untold(
    book: Reader<'_>,
    customer: &Customer,
    event: &str,
    wants_mail: bool,
) -> Result<Vec<String>> {
    let mut untold = Vec::new();
    if wants_mail {
        for to in book.addresses(customer, Gets::Receipts)? {
            if !book.has_mail(event, &to)? {
                untold.push(to);
            }
        }
    }
    Ok(untold)
}

fn lines(shares: &[Share]) -> Vec<(String, Money)> {
    shares
        .iter()
        .filter(|share| share.from.is_none())
        .map(|share| (share.number.clone(), share.amount))
        .collect()
}

fn mails(event: &str, to: Vec<String>, customer: &Customer, notice: &Notice) -> Vec<NewMail> {
    let wording = paper::notice(notice);
    to.into_iter()
        .map(|to| NewMail {
            event: event.to_owned(),
            to,
            customer: Some(customer.id),
            payment: None,
            wording: wording.clone(),
        })
        .collect()
}

//! What a person chooses on the way to money: the card, the invoices, a part
//! of one. Whatever cannot be read or meant is asked for again.

use super::picking::line;
use super::session::Session;
use super::tables::joined;
use crate::books::Reader;
use crate::domain::authorization::Authorization;
use crate::domain::card::Card;
use crate::domain::customer::Customer;
use crate::domain::invoice::Invoice;
use crate::domain::money::{Currency, Money, Sums};
use crate::domain::spread::Pick;
use crate::problem::{Problem, Result};

/// Asks until what is typed can be read; `flag` is what a script gives instead.
///
/// # Errors
///
/// As [`Terminal::line`](super::terminal::Terminal::line).
pub fn ask<T>(
    session: &Session,
    question: &str,
    flag: &str,
    read: impl Fn(&str) -> Result<T>,
) -> Result<T> {
    loop {
        match read(&session.terminal.line(question, flag)?) {
            Ok(answer) => return Ok(answer),
            Err(problem) => session.terminal.print_problem(&problem, None),
        }
    }
}

/// As [`ask`], with the answer that is given as a rule.
///
/// # Errors
///
/// As [`Terminal::line_or`](super::terminal::Terminal::line_or).
pub fn ask_or<T>(
    session: &Session,
    question: &str,
    usual: &str,
    read: impl Fn(&str) -> Result<T>,
) -> Result<T> {
    loop {
        match read(&session.terminal.line_or(question, usual)?) {
            Ok(answer) => return Ok(answer),
            Err(problem) => session.terminal.print_problem(&problem, None),
        }
    }
}

/// Reads an amount that is more than zero.
///
/// # Errors
///
/// Exit 2 for any other text.
pub fn amount(text: &str, currency: Currency) -> Result<Money> {
    let amount = Money::typed(text, currency)?;
    if amount.is_positive() {
        return Ok(amount);
    }
    Err(
        Problem::usage("amount_not_positive", "it must be more than zero")
            .hint("Give the amount, such as `412.40`."),
    )
}

/// Lets a person choose one of several cards, the default first; `None` where
/// there is no choice, or nobody to make it.
pub fn choose_card(
    session: &Session,
    book: Reader<'_>,
    customer: &Customer,
) -> Result<Option<Card>> {
    let mut cards = book.cards_of(customer.id)?;
    cards.retain(|card| !card.disabled);
    cards.sort_by_key(|card| !card.is_default);
    if cards.len() < 2 {
        return Ok(None);
    }
    let mut lines = Vec::new();
    for card in &cards {
        let consent = book.consent(card.id)?.map(|it| it.authorization);
        lines.push(card_line(card, consent.as_ref()));
    }
    let chosen = session.terminal.choose("Which card", &lines)?;
    Ok(chosen.map(|at| cards.swap_remove(at)))
}

/// `visa 4242  office  until 12/2031  Rosa Diaz agreed  default`
fn card_line(card: &Card, consent: Option<&Authorization>) -> String {
    let facts = &card.facts;
    let mut parts = vec![format!("{} {}", facts.brand, facts.last4)];
    parts.extend(card.nickname.clone());
    parts.extend(facts.expiry.map(|expiry| format!("until {expiry}")));
    parts.push(match consent {
        Some(consent) => format!("{} agreed", consent.given_by),
        None => "nobody agreed yet".to_owned(),
    });
    if card.is_default {
        parts.push("default".to_owned());
    }
    parts.join("  ")
}

/// Why a customer cannot be charged at all: there is no card.
pub fn no_card(book: Reader<'_>, customer: &Customer, word: Option<&str>) -> Option<Problem> {
    let found = book.find_card(customer, word);
    found.err().filter(|problem| problem.code() == "no_card")
}

/// Lets a person tick open invoices, and say of which only a part is meant;
/// `None` where nobody can be asked.
pub fn tick_invoices(
    session: &Session,
    book: Reader<'_>,
    customer: &Customer,
) -> Result<Option<Vec<Pick>>> {
    let open = book.open_invoices(Some(customer.id))?;
    // One line each, whatever the terminal's width: the lines are what is ticked.
    let lines: Vec<String> = open.iter().map(line).collect();
    loop {
        let ticked = session
            .terminal
            .tick("Which invoices (space ticks, enter goes on)", &lines)?;
        let Some(ticked) = ticked else {
            return Ok(None);
        };
        let mut picked: Vec<Picked<'_>> = ticked
            .into_iter()
            .map(|at| Picked(&open[at], None))
            .collect();
        if review(session, &mut picked)? {
            let pick = |it: Picked<'_>| Pick {
                number: it.0.number.clone(),
                amount: it.1,
            };
            return Ok(Some(picked.into_iter().map(pick).collect()));
        }
    }
}

/// An open invoice, and the part of it that is meant; `None` for all of it.
struct Picked<'a>(&'a Invoice, Option<Money>);

impl Picked<'_> {
    fn amount(&self) -> Money {
        self.1.unwrap_or(self.0.open)
    }
}

/// Shows what is ticked comes to, and lets a person make one of it less;
/// false if they would rather tick again.
fn review(session: &Session, picked: &mut [Picked<'_>]) -> Result<bool> {
    let ways = ["that is right", "only a part of one", "tick them again"].map(str::to_owned);
    loop {
        let mut sums = Sums::default();
        for one in picked.iter() {
            sums.add(one.amount());
        }
        let count = match picked.len() {
            1 => picked[0].0.number.clone(),
            several => format!("{several} invoices"),
        };
        let question = format!("{count}, {} in all", joined(sums.each()));
        match session.terminal.choose(&question, &ways)? {
            Some(1) => ask_part(session, picked)?,
            Some(2) => return Ok(false),
            _ => return Ok(true),
        }
    }
}

fn ask_part(session: &Session, picked: &mut [Picked<'_>]) -> Result<()> {
    let names: Vec<String> = picked.iter().map(|one| line(one.0)).collect();
    let at = match picked.len() {
        1 => 0,
        _ => session
            .terminal
            .choose("A part of which", &names)?
            .unwrap_or(0),
    };
    let (number, open) = (&picked[at].0.number, picked[at].0.open);
    let part = ask(
        session,
        &format!("How much of {number}"),
        "--invoice INV=AMOUNT",
        |text| {
            let part = amount(text, open.currency())?;
            if part.minor() <= open.minor() {
                return Ok(part);
            }
            Err(
                Problem::usage("more_than_open", format!("{number} has only {open} open"))
                    .hint("Give that, or less."),
            )
        },
    )?;
    picked[at].1 = Some(part);
    Ok(())
}

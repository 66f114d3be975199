//! Whom an open charge waits for: its own sender, another look, or a person.
//!
//! The book alone cannot tell a request that is on its way from one whose
//! sender died. The right to charge can: the kernel takes it from the dead. Who
//! has it sends what is on its way now, and asks for all else that is open
//! before anything new is sent.

use jiff::{Timestamp, ToSpan};

use super::memory::is_current;
use super::outlook::Outlook;
use super::today::{Today, today};
use crate::books::{Books, ChargeRow, MailRow};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::lock::{What, is_held};
use crate::mark::Marks;
use crate::problem::{Problem, Result};

/// How long a decline stays in sight.
const DECLINES_DAYS: i32 = 7;

/// How long before its end a card is named.
const EXPIRY_DAYS: i32 = 30;

/// All that needs a person, and what is to be known beside it.
pub struct Attention {
    pub open: Vec<(ChargeRow, WaitsFor)>,
    pub unsent: Vec<MailRow>,
    pub dates: Vec<Today>,
    /// Of late.
    pub declined: Vec<ChargeRow>,
    /// The cards in use that have expired or soon do.
    pub expiring: Vec<Card>,
}

/// Looks at the whole book.
///
/// # Errors
///
/// The book cannot be read.
pub fn attention(books: &Books, now: Timestamp, outlook: &Outlook<'_>) -> Result<Attention> {
    let book = books.read();
    let day = now.to_zoned(book.facts()?.zone).date();
    let since = day.checked_sub(DECLINES_DAYS.days()).unwrap_or(day);
    let horizon = day.checked_add(EXPIRY_DAYS.days()).unwrap_or(day);
    let mut expiring = book.cards()?;
    expiring.retain(|card| {
        let expiry = card.facts.expiry.filter(|_| !card.disabled);
        expiry.is_some_and(|expiry| expiry.has_passed(horizon))
    });
    Ok(Attention {
        open: open_charges(books)?,
        unsent: book.mails(true)?,
        dates: today(books, now, outlook)?,
        declined: book.declined_since(since)?,
        expiring,
    })
}

/// Whom a charge waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    /// Its sender lives, and books what it hears. It needs nobody.
    Sender,
    /// Somebody must ask what became of it.
    Recovery,
    /// Only a person can decide it.
    Person,
}

impl WaitsFor {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Recovery => "recovery",
            Self::Person => "person",
        }
    }
}

/// The charges that are open, and whom each waits for.
///
/// # Errors
///
/// The book cannot be read.
pub fn open_charges(books: &Books) -> Result<Vec<(ChargeRow, WaitsFor)>> {
    let before = books.read().open_charges()?;
    if !before.iter().any(is_on_its_way) {
        return Ok(told(before, |_| false));
    }
    if is_held(What::Charging, books.path()) {
        return Ok(told(before, |_| true));
    }
    // Nobody had the right for a moment. What is on its way on both sides of it
    // has no sender; what came or went meanwhile has, or had.
    let after = books.read().open_charges()?;
    let is_as_before = |charge: &ChargeRow| {
        let moment = |charge: &ChargeRow| {
            let attempt = &charge.attempt;
            (attempt.id, attempt.state, attempt.sends)
        };
        before.iter().any(|known| moment(known) == moment(charge))
    };
    Ok(told(after, |charge| !is_as_before(charge)))
}

/// Why charging is locked in this book, if it is; for who only wants to say so.
/// Whoever has the right has found that it is not, and may be about to put a
/// newer mark.
///
/// # Errors
///
/// As [`is_current`].
pub fn charging_is_open(books: &Books, marks: &Marks) -> Result<(), Problem> {
    if is_current(books.read(), marks).is_ok() || is_held(What::Charging, books.path()) {
        return Ok(());
    }
    // A charge may have begun and ended since the mark was read.
    is_current(books.read(), marks)
}

fn is_on_its_way(charge: &ChargeRow) -> bool {
    // What was taken back from the world has no sender here.
    matches!(charge.attempt.state, State::Prepared | State::Sending) && !charge.attempt.reconciled
}

fn told(
    open: Vec<ChargeRow>,
    its_sender_lives: impl Fn(&ChargeRow) -> bool,
) -> Vec<(ChargeRow, WaitsFor)> {
    open.into_iter()
        .map(|charge| {
            let waits_for = match charge.attempt.state {
                State::Review => WaitsFor::Person,
                _ if is_on_its_way(&charge) && its_sender_lives(&charge) => WaitsFor::Sender,
                _ => WaitsFor::Recovery,
            };
            (charge, waits_for)
        })
        .collect()
}

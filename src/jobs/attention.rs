//! Whom an open charge waits for: its own sender, another look, or a person.
//!
//! The book alone cannot tell a request that is on its way from one whose
//! sender died. The right to charge can: the kernel takes it from the dead. Who
//! has it sends what is on its way now, and asks for all else that is open
//! before anything new is sent.

use jiff::{Timestamp, ToSpan};

use super::outlook::Outlook;
use super::today::{Today, today};
use crate::books::{AttemptRow, Books, ChargeRow, MailRow, RefundRow};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::problem::Result;

/// How long a decline, or a refund that came back, stays in sight.
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
    /// What banks sent back of late.
    pub sent_back: Vec<RefundRow>,
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
        sent_back: book.refunds_sent_back(since)?,
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

/// The charges and refunds that are open, and whom each waits for.
///
/// # Errors
///
/// The book cannot be read.
pub fn open_attempts(books: &Books) -> Result<Vec<(AttemptRow, WaitsFor)>> {
    let before = books.read().open_attempts()?;
    if !before.iter().any(is_on_its_way) {
        return Ok(told(before, |_| false));
    }
    if books.charging_right().is_held() {
        return Ok(told(before, |_| true));
    }
    // Nobody had the right for a moment. What is on its way on both sides of it
    // has no sender; what came or went meanwhile has, or had.
    let after = books.read().open_attempts()?;
    let is_as_before = |attempt: &AttemptRow| {
        let moment = |attempt: &AttemptRow| (attempt.id, attempt.state, attempt.sends);
        before.iter().any(|known| moment(known) == moment(attempt))
    };
    Ok(told(after, |attempt| !is_as_before(attempt)))
}

/// The charges that are open, and whom each waits for.
///
/// # Errors
///
/// The book cannot be read.
pub fn open_charges(books: &Books) -> Result<Vec<(ChargeRow, WaitsFor)>> {
    let mut open = Vec::new();
    for (attempt, waits_for) in open_attempts(books)? {
        if let Some(charge) = attempt.purpose.charge() {
            open.push((books.read().charge(charge)?, waits_for));
        }
    }
    Ok(open)
}

/// As [`open_charges`], of refunds.
///
/// # Errors
///
/// The book cannot be read.
pub fn open_refunds(books: &Books) -> Result<Vec<(RefundRow, WaitsFor)>> {
    let mut open = Vec::new();
    for (attempt, waits_for) in open_attempts(books)? {
        if let Some(refund) = attempt.purpose.refund() {
            open.push((books.read().refund(refund)?, waits_for));
        }
    }
    Ok(open)
}

fn is_on_its_way(attempt: &AttemptRow) -> bool {
    // What was taken back from the world has no sender here.
    matches!(attempt.state, State::Prepared | State::Sending) && !attempt.reconciled
}

fn told(
    open: Vec<AttemptRow>,
    its_sender_lives: impl Fn(&AttemptRow) -> bool,
) -> Vec<(AttemptRow, WaitsFor)> {
    open.into_iter()
        .map(|attempt| {
            let waits_for = match attempt.state {
                State::Review => WaitsFor::Person,
                _ if is_on_its_way(&attempt) && its_sender_lives(&attempt) => WaitsFor::Sender,
                _ => WaitsFor::Recovery,
            };
            (attempt, waits_for)
        })
        .collect()
}

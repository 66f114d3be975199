//! Charges that were agreed beforehand: schedules, autopay, and their occurrences.
//!
//! An occurrence is known by the date it was planned for, `S-1 2026-11-30`,
//! wherever it is moved. Its charge's intent, and so the gateway's key, is
//! made of that name and nothing else: cron twice, a clock set back or a book
//! restored ask for the same charge, never for another.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use super::cadence::{Cadence, Due, due};
use super::hour::Hour;
use super::ids::{AutopayId, CardId, ChargeId, CustomerId, InvoiceId, OccurrenceId, ScheduleId};
use super::intent::Intent;
use super::money::Money;

/// What a schedule charges for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// These invoices: what is open of each then, or at most this much of it.
    Invoices(Vec<Target>),
    /// Everything that is due then.
    AllDue,
    /// An amount, oldest due first; the rest may stay on account.
    Amount { amount: Money, on_account: bool },
}

impl Aim {
    /// The word in the book.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Invoices(_) => "invoices",
            Self::AllDue => "all_due",
            Self::Amount { .. } => "amount",
        }
    }
}

/// An invoice that a schedule pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub invoice: InvoiceId,
    pub number: String,
    pub amount: Option<Money>,
}

/// An agreement to charge on certain dates.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub id: ScheduleId,
    pub customer: CustomerId,
    /// `None`: the customer's default card on the day.
    pub card: Option<CardId>,
    pub aim: Aim,
    pub use_credits: bool,
    /// The amounts were fixed when it was planned: these or none.
    pub is_locked: bool,
    pub cadence: Cadence,
    pub hour: Hour,
    pub memo: Option<String>,
    pub wants_mail: bool,
    pub planned_at: Timestamp,
    /// When it was ended, and why.
    pub ended: Option<(Timestamp, String)>,
}

/// A customer's standing agreement that what is due is charged.
#[derive(Debug, Clone)]
pub struct Autopay {
    pub id: AutopayId,
    pub customer: CustomerId,
    pub card: Option<CardId>,
    /// Days after an invoice's due date.
    pub after_days: u16,
    /// The most that one charge may take.
    pub most: Option<Money>,
    pub use_credits: bool,
    pub hour: Hour,
    pub begun_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// What an occurrence belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Schedule(ScheduleId),
    Autopay(AutopayId),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule(id) => fmt::Display::fmt(id, f),
            Self::Autopay(id) => fmt::Display::fmt(id, f),
        }
    }
}

/// An occurrence's name for ever: what it belongs to, and the date it was planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    pub source: Source,
    pub planned_on: Date,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.source, self.planned_on))
    }
}

impl Name {
    /// Reads `S-1 2026-11-30` or `AP-4 2026-11-30`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (source, planned_on) = text.split_once(' ')?;
        Some(Self {
            source: ScheduleId::parse(source)
                .map(Source::Schedule)
                .or_else(|| AutopayId::parse(source).map(Source::Autopay))?,
            planned_on: planned_on.parse().ok()?,
        })
    }

    /// What makes its `n`th charge this one and no other.
    #[must_use]
    pub fn intent(self, n: u32) -> Intent {
        Intent::Occurrence { name: self, n }
    }

    /// As one word, for the names of mails.
    #[must_use]
    pub fn word(&self) -> String {
        format!("{}:{}", self.source, self.planned_on)
    }
}

/// Where an occurrence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A person moved it to another day.
    Moved,
    /// It has a charge that is on its way, or is to be tried again.
    Charging,
    Paid,
    /// Not tried again by itself, unless the customer has another card.
    Failed,
    Skipped,
    /// A person should look first.
    Held,
}

impl Standing {
    pub const ALL: [Self; 6] = [
        Self::Moved,
        Self::Charging,
        Self::Paid,
        Self::Failed,
        Self::Skipped,
        Self::Held,
    ];

    /// The word in the book and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Charging => "charging",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Held => "held",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.word() == word)
    }

    /// Nothing is done about it any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Paid | Self::Skipped)
    }
}

/// An occurrence that something was done about.
#[derive(Debug, Clone)]
pub struct Occurrence {
    pub id: OccurrenceId,
    pub name: Name,
    /// The day it is charged: the planned one, unless it was moved.
    pub due_on: Date,
    pub at: Time,
    pub standing: Standing,
    pub reason: Option<String>,
    /// Its charges, the newest last.
    pub charges: Vec<ChargeId>,
    pub changed_at: Timestamp,
}

impl Occurrence {
    /// What makes its next charge this one and no other.
    #[must_use]
    pub fn next_intent(&self) -> Intent {
        let n = u32::try_from(self.charges.len()).unwrap_or(u32::MAX);
        self.name.intent(n.saturating_add(1))
    }
}

/// What is to be done about the dates of a schedule that nothing was done about yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untouched {
    Due(Date),
    /// So late that a person should look first.
    TooLate(Date),
    /// Missed, and a later one is due as well.
    Missed(Date),
}

impl Schedule {
    /// The dates up to now that nothing was done about, in order. Of several
    /// that were missed only the last is due: a schedule catches up once.
    pub fn untouched(
        &self,
        now: Timestamp,
        max_late: SignedDuration,
        is_touched: impl Fn(Date) -> bool,
    ) -> Vec<Untouched> {
        let open: Vec<Date> = self
            .cadence
            .from(self.cadence.first_on)
            .take_while(|on| self.hour.on(*on) <= now)
            .filter(|on| !is_touched(*on))
            .collect();
        let last = open.last().copied();
        open.into_iter()
            .map(|on| match due(self.hour.on(on), now, max_late) {
                Due::TooLate(_) => Untouched::TooLate(on),
                _ if Some(on) == last => Untouched::Due(on),
                _ => Untouched::Missed(on),
            })
            .collect()
    }

    /// The dates after now, in order.
    pub fn coming(&self, now: Timestamp) -> impl Iterator<Item = Date> {
        let hour = self.hour.clone();
        let today = hour.date(now);
        self.cadence
            .from(today)
            .skip_while(move |on| hour.on(*on) <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cadence::{Ending, Every};
    use jiff::ToSpan;
    use jiff::civil::date;

    fn daily() -> Schedule {
        let every = Every::parse("day").unwrap();
        Schedule {
            id: ScheduleId(1),
            customer: CustomerId(1),
            card: None,
            aim: Aim::AllDue,
            use_credits: false,
            is_locked: false,
            cadence: Cadence::repeated(date(2026, 11, 1), every, None, Ending::Never).unwrap(),
            hour: Hour::read("09:00", "America/New_York").unwrap(),
            memo: None,
            wants_mail: true,
            planned_at: Timestamp::UNIX_EPOCH,
            ended: None,
        }
    }

    #[test]
    fn a_schedule_catches_up_once_and_holds_what_is_very_late() {
        let schedule = daily();
        let now = schedule.hour.on(date(2026, 11, 4)) + 5.minutes();
        let two_days = SignedDuration::from_hours(48);

        let found = schedule.untouched(now, two_days, |on| on == date(2026, 11, 1));

        assert_eq!(
            found,
            [
                Untouched::TooLate(date(2026, 11, 2)),
                Untouched::Missed(date(2026, 11, 3)),
                Untouched::Due(date(2026, 11, 4)),
            ]
        );
        assert_eq!(schedule.coming(now).next(), Some(date(2026, 11, 5)));
    }
}

//! What is due, and what stands in its way. Reads the book and changes nothing.
//!
//! [`agenda`] finds the occurrences whose time has come, [`decide`] says what
//! is to be done about one of them. A run decides each anew just before it
//! acts, so that what a person did a minute ago is heeded.

mod agreement;
mod case;
mod decide;
mod item;
mod wanted;

use std::collections::HashSet;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use crate::books::Reader;
use crate::domain::cadence::{self, due};
use crate::domain::retry::Policy;
use crate::domain::schedule::{Name, Occurrence, Source, Standing, Untouched};
use crate::problem::Result;
use agreement::{Agreement, untried};

pub use decide::decide;
pub use item::{Item, LeftOut, NotCharged, Order, Reason, ToDo};

/// How long a payment that failed waits for the customer's new card.
const WAITS_FOR_A_CARD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The house's rules for what is due.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What is later than this is held for a person.
    pub max_late: SignedDuration,
    pub retries: Policy,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            max_late: SignedDuration::from_hours(48),
            retries: Policy::default(),
        }
    }
}

/// An occurrence whose time has come.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub name: Name,
    pub due_on: Date,
    pub at: Time,
    pub timing: Timing,
}

/// How late it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    Due,
    /// A person should look first.
    TooLate,
    /// A later one of the schedule is due as well.
    Missed,
    /// Not yet; it is looked at ahead.
    Ahead,
}

/// The occurrences whose time has come: schedules first, then autopay, then
/// what was begun and is not over.
///
/// # Errors
///
/// The book cannot be read.
pub fn agenda(book: Reader<'_>, now: Timestamp, rules: &Rules) -> Result<Vec<Candidate>> {
    let mut found = Vec::new();
    for schedule in book.schedules(None, false)? {
        let touched = book.occurrences_of(Source::Schedule(schedule.id))?;
        let touched: HashSet<Date> = touched.iter().map(|known| known.name.planned_on).collect();
        let is_touched = |on: Date| touched.contains(&on);
        for one in schedule.untouched(now, rules.max_late, is_touched) {
            let (on, timing) = match one {
                Untouched::Due(on) => (on, Timing::Due),
                Untouched::TooLate(on) => (on, Timing::TooLate),
                Untouched::Missed(on) => (on, Timing::Missed),
            };
            found.push(fresh(
                Source::Schedule(schedule.id),
                on,
                schedule.hour.at,
                timing,
            ));
        }
    }
    let unfinished = book.unfinished_occurrences()?;
    for occurrence in unfinished
        .iter()
        .filter(|known| known.standing == Standing::Moved)
    {
        let agreement = Agreement::of(book, occurrence.name.source)?;
        let timing = match due(moment(&agreement, occurrence), now, rules.max_late) {
            cadence::Due::NotYet => continue,
            cadence::Due::Now => Timing::Due,
            cadence::Due::TooLate(_) => Timing::TooLate,
        };
        found.push(known(occurrence, timing));
    }
    found.sort_by_key(|candidate| (candidate.due_on, candidate.at, candidate.name));
    for autopay in book.autopays()? {
        // The last day whose hour has come, however early or late cron is.
        let today = autopay.hour.date(now);
        let day = if autopay.hour.on(today) <= now {
            today
        } else {
            today.yesterday().unwrap_or(today)
        };
        let source = Source::Autopay(autopay.id);
        let name = Name {
            source,
            planned_on: day,
        };
        let has_begun = autopay.hour.on(day) >= autopay.begun_at || day == today;
        if has_begun
            && book.occurrence(name)?.is_none()
            && !untried(book, &autopay, day)?.is_empty()
        {
            found.push(fresh(source, day, autopay.hour.at, Timing::Due));
        }
    }
    for occurrence in unfinished {
        let waits = match occurrence.standing {
            Standing::Charging => true,
            Standing::Failed => now.duration_since(occurrence.changed_at) < WAITS_FOR_A_CARD,
            _ => false,
        };
        if waits {
            found.push(known(&occurrence, Timing::Due));
        }
    }
    Ok(found)
}

/// The occurrences from now until then, in order, with the moment of each.
///
/// # Errors
///
/// The book cannot be read.
pub fn ahead(
    book: Reader<'_>,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Candidate, Timestamp)>> {
    let mut found = Vec::new();
    for schedule in book.schedules(None, false)? {
        let source = Source::Schedule(schedule.id);
        let touched = book.occurrences_of(source)?;
        let hour = schedule.hour.clone();
        let coming = schedule.coming(now).take_while(|on| hour.on(*on) <= until);
        found.extend(
            coming
                .filter(|on| !touched.iter().any(|known| known.name.planned_on == *on))
                .map(|on| (fresh(source, on, hour.at, Timing::Ahead), hour.on(on))),
        );
    }
    for occurrence in book.unfinished_occurrences()? {
        let agreement = Agreement::of(book, occurrence.name.source)?;
        let at = moment(&agreement, &occurrence);
        if occurrence.standing == Standing::Moved && at > now && at <= until {
            found.push((known(&occurrence, Timing::Ahead), at));
        }
    }
    for autopay in book.autopays()? {
        let source = Source::Autopay(autopay.id);
        let mut seen = 0;
        let mut day = autopay.hour.date(now);
        while autopay.hour.on(day) <= until {
            let untried = untried(book, &autopay, day)?.len();
            let is_new = autopay.hour.on(day) > now && untried > seen;
            if is_new {
                let candidate = fresh(source, day, autopay.hour.at, Timing::Ahead);
                found.push((candidate, autopay.hour.on(day)));
            }
            // What today's charge left over is the next day's.
            let name = Name {
                source,
                planned_on: day,
            };
            if book.occurrence(name)?.is_none() {
                seen = untried;
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
    }
    found.sort_by_key(|(candidate, at)| (*at, candidate.name));
    Ok(found)
}

fn fresh(source: Source, on: Date, at: Time, timing: Timing) -> Candidate {
    Candidate {
        name: Name {
            source,
            planned_on: on,
        },
        due_on: on,
        at,
        timing,
    }
}

/// An occurrence that was begun, as it is looked at again.
#[must_use]
pub fn again(occurrence: &Occurrence) -> Candidate {
    known(occurrence, Timing::Due)
}

fn known(occurrence: &Occurrence, timing: Timing) -> Candidate {
    Candidate {
        name: occurrence.name,
        due_on: occurrence.due_on,
        at: occurrence.at,
        timing,
    }
}

fn moment(agreement: &Agreement, occurrence: &Occurrence) -> Timestamp {
    let hour = agreement.hour();
    cadence::moment(occurrence.due_on, occurrence.at, &hour.zone).unwrap_or(Timestamp::MAX)
}

/// Whether a schedule or autopay was ended, by a person or for want of more to do.
///
/// # Errors
///
/// The book cannot be read.
pub fn has_ended(book: Reader<'_>, source: Source) -> Result<bool> {
    Ok(Agreement::of(book, source)?.has_ended())
}

/// A schedule or autopay as if its time had come now.
///
/// # Errors
///
/// The book cannot be read.
pub fn of_today(book: Reader<'_>, source: Source, now: Timestamp) -> Result<Candidate> {
    let agreement = Agreement::of(book, source)?;
    let hour = agreement.hour();
    let today = hour.date(now);
    let name = Name {
        source,
        planned_on: today,
    };
    // Today's charge was made: what is due besides is the next day's.
    let on = match source {
        Source::Autopay(_) if book.occurrence(name)?.is_some() => today.tomorrow().unwrap_or(today),
        _ => today,
    };
    Ok(fresh(source, on, hour.at, Timing::Ahead))
}

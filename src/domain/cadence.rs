//! When scheduled charges fall due: every date is counted from the first one.
//!
//! The date before is never looked at, so nothing drifts: the 31st is the last
//! day of a short month and the 31st again after it, 29 February comes back,
//! and a run that was missed moves no later one.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

use crate::problem::Problem;

/// What a schedule is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// The word in the book and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.word() == word)
    }
}

/// The step of a schedule: `every 2 weeks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// At least 1.
    pub n: u16,
    pub unit: Unit,
}

impl Every {
    /// Reads `month`, `2 weeks`, `10 days`.
    ///
    /// # Errors
    ///
    /// [`NoCadence::NotAStep`] for anything else, or a step of none or of
    /// more than 366.
    pub fn parse(text: &str) -> Result<Self, NoCadence> {
        let refused = || NoCadence::NotAStep(text.to_owned());
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let (n, unit) = match &words[..] {
            [unit] => (1, unit),
            [n, unit] if n.bytes().all(|byte| byte.is_ascii_digit()) => {
                (n.parse().map_err(|_| refused())?, unit)
            }
            _ => return Err(refused()),
        };
        let unit = Unit::from_word(unit.strip_suffix('s').unwrap_or(unit)).ok_or_else(refused)?;
        if !(1..=366).contains(&n) {
            return Err(refused());
        }
        Ok(Self { n, unit })
    }
}

/// `every month`, `every 2 weeks`
impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.n {
            1 => f.pad(&format!("every {}", self.unit.word())),
            n => f.pad(&format!("every {n} {}s", self.unit.word())),
        }
    }
}

/// Where a schedule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Never,
    /// After this many occurrences.
    After(u32),
    /// With the last one on or before this day.
    On(Date),
}

/// The dates of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    pub first_on: Date,
    /// `None`: once.
    pub every: Option<Every>,
    /// The day of the month that is meant, 1 to 31; shorter months end earlier.
    pub day: i8,
    pub ends: Ending,
}

/// Why there is no such schedule.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NoCadence {
    #[error("`{0}` is not a step of a schedule")]
    NotAStep(String),
    #[error("`{0}` is not a day of a month")]
    NotADay(i8),
    #[error("a schedule that is charged once has no end and no day of the month")]
    OnceHasNoEnd,
    #[error("a day of the month needs a step of months or years")]
    DayWithoutMonths,
    #[error("the schedule ends on {ends} before it begins on {first}")]
    EndsBeforeItBegins { first: Date, ends: Date },
    #[error("a schedule of no charges is none")]
    NoCharges,
    #[error("the calendar ends before the schedule begins")]
    BeyondTheCalendar,
}

impl From<NoCadence> for Problem {
    fn from(error: NoCadence) -> Self {
        let problem = Self::usage("bad_schedule", error.to_string());
        match error {
            NoCadence::NotAStep(_) => {
                problem.hint("Write it as `--every month`, `--every 2 weeks` or `--every 10 days`.")
            }
            NoCadence::NotADay(_) => {
                problem.hint("Give a day from 1 to 31; `--day 31` is the last of each month.")
            }
            NoCadence::OnceHasNoEnd => {
                problem.hint("Add `--every month`, or leave `--count`, `--until` and `--day` out.")
            }
            NoCadence::DayWithoutMonths => {
                problem.hint("Say the first day with `--on`, such as `--on fri --every 2 weeks`.")
            }
            NoCadence::EndsBeforeItBegins { .. } => problem.hint("Give a later `--until`."),
            NoCadence::NoCharges => problem.hint("Give `--count` as 1 or more."),
            NoCadence::BeyondTheCalendar => problem.hint("Look for a digit too many in the dates."),
        }
    }
}

impl Cadence {
    /// A charge on one day.
    #[must_use]
    pub fn once(on: Date) -> Self {
        Self {
            first_on: on,
            every: None,
            day: on.day(),
            ends: Ending::Never,
        }
    }

    /// A repeated charge, the first on the first fitting day from `from` on.
    /// Without `day` the day of the month is that of `from`.
    ///
    /// # Errors
    ///
    /// [`NoCadence`], with what does not fit together.
    pub fn repeated(
        from: Date,
        every: Every,
        day: Option<i8>,
        ends: Ending,
    ) -> Result<Self, NoCadence> {
        let counts_months = matches!(every.unit, Unit::Month | Unit::Year);
        let first_on = match day {
            None => from,
            Some(day) if !(1..=31).contains(&day) => return Err(NoCadence::NotADay(day)),
            Some(_) if !counts_months => return Err(NoCadence::DayWithoutMonths),
            Some(day) => {
                let here = on_day(from, day);
                if here >= from {
                    here
                } else {
                    let next = from
                        .first_of_month()
                        .checked_add(1.month())
                        .map_err(|_| NoCadence::BeyondTheCalendar)?;
                    on_day(next, day)
                }
            }
        };
        match ends {
            Ending::After(0) => return Err(NoCadence::NoCharges),
            Ending::On(ends) if ends < first_on => {
                return Err(NoCadence::EndsBeforeItBegins {
                    first: first_on,
                    ends,
                });
            }
            _ => {}
        }
        Ok(Self {
            first_on,
            every: Some(every),
            day: day.unwrap_or(from.day()),
            ends,
        })
    }

    /// The date of occurrence `k`, the first being 0; `None` past the end.
    #[must_use]
    pub fn nth(&self, k: u32) -> Option<Date> {
        let date = match self.every {
            None => (k == 0).then_some(self.first_on)?,
            Some(every) => {
                let steps = i64::from(k) * i64::from(every.n);
                match every.unit {
                    Unit::Day => self.first_on.checked_add(steps.days()).ok()?,
                    Unit::Week => self.first_on.checked_add((steps * 7).days()).ok()?,
                    Unit::Month => self.months_on(steps)?,
                    Unit::Year => self.months_on(steps * 12)?,
                }
            }
        };
        match self.ends {
            Ending::After(count) if k >= count => None,
            Ending::On(last) if date > last => None,
            _ => Some(date),
        }
    }

    fn months_on(&self, months: i64) -> Option<Date> {
        let month = self.first_on.first_of_month();
        let month = month
            .checked_add(i32::try_from(months).ok()?.months())
            .ok()?;
        Some(on_day(month, self.day))
    }

    /// The dates from a day on, in order.
    pub fn from(&self, day: Date) -> impl Iterator<Item = Date> {
        let cadence = *self;
        let near = self.steps_before(day);
        (near..)
            .map_while(move |k| cadence.nth(k))
            .skip_while(move |date| *date < day)
    }

    /// Whether a day is one of the schedule's own.
    #[must_use]
    pub fn has(&self, day: Date) -> bool {
        self.from(day).next() == Some(day)
    }

    /// An occurrence that surely lies before the day, and not far before it.
    fn steps_before(&self, day: Date) -> u32 {
        let Some(every) = self.every.filter(|_| day > self.first_on) else {
            return 0;
        };
        let days = (day - self.first_on).get_days();
        // As long as each unit ever is, so that no occurrence is passed over.
        let longest = match every.unit {
            Unit::Day => 1,
            Unit::Week => 7,
            Unit::Month => 31,
            Unit::Year => 366,
        };
        let steps = days / (longest * i32::from(every.n));
        u32::try_from(steps).unwrap_or(0).saturating_sub(1)
    }
}

/// A day of this month; the last one where the month is shorter.
fn on_day(month: Date, day: i8) -> Date {
    let first = month.first_of_month();
    first
        .with()
        .day(day.min(first.days_in_month()))
        .build()
        .expect("every month has the days up to its length")
}

/// The instant of a local time. One that a change of the clock leaves out
/// falls due as much later; one that comes twice falls due the first time.
#[must_use]
pub fn moment(on: Date, at: Time, zone: &TimeZone) -> Option<Timestamp> {
    on.to_datetime(at)
        .to_zoned(zone.clone())
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// Where an occurrence stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    NotYet,
    Now,
    /// So late that a person should look first; by how much.
    TooLate(SignedDuration),
}

/// Whether an occurrence is due: from its instant on, for `max_late`.
#[must_use]
pub fn due(moment: Timestamp, now: Timestamp, max_late: SignedDuration) -> Due {
    let late = now.duration_since(moment);
    if late.is_negative() {
        Due::NotYet
    } else if late > max_late {
        Due::TooLate(late)
    } else {
        Due::Now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn every(text: &str) -> Every {
        Every::parse(text).unwrap()
    }

    fn dates(cadence: Cadence, count: usize) -> Vec<String> {
        cadence
            .from(cadence.first_on)
            .take(count)
            .map(|date| date.to_string())
            .collect()
    }

    #[test]
    fn the_31st_stays_the_31st() {
        let monthly =
            Cadence::repeated(date(2027, 1, 31), every("month"), None, Ending::Never).unwrap();

        assert_eq!(
            dates(monthly, 5),
            [
                "2027-01-31",
                "2027-02-28",
                "2027-03-31",
                "2027-04-30",
                "2027-05-31"
            ]
        );
    }

    #[test]
    fn the_29th_of_february_comes_back() {
        let yearly =
            Cadence::repeated(date(2028, 2, 29), every("year"), None, Ending::Never).unwrap();

        assert_eq!(
            dates(yearly, 5),
            [
                "2028-02-29",
                "2029-02-28",
                "2030-02-28",
                "2031-02-28",
                "2032-02-29"
            ]
        );
    }

    #[test]
    fn a_day_of_the_month_begins_with_the_first_that_fits() {
        let begins = |from, day| {
            Cadence::repeated(from, every("month"), Some(day), Ending::Never)
                .unwrap()
                .first_on
        };

        assert_eq!(begins(date(2026, 11, 22), 31), date(2026, 11, 30));
        assert_eq!(begins(date(2026, 11, 22), 22), date(2026, 11, 22));
        assert_eq!(begins(date(2026, 11, 22), 21), date(2026, 12, 21));
        assert_eq!(begins(date(2027, 1, 30), 29), date(2027, 2, 28));
    }

    #[test]
    fn a_schedule_ends_where_it_says() {
        let begin = date(2026, 11, 2);
        let twice = Cadence::repeated(begin, every("2 weeks"), None, Ending::After(2)).unwrap();
        let until = Ending::On(date(2026, 11, 16));
        let until = Cadence::repeated(begin, every("week"), None, until).unwrap();

        assert_eq!(dates(twice, 9), ["2026-11-02", "2026-11-16"]);
        assert_eq!(dates(until, 9), ["2026-11-02", "2026-11-09", "2026-11-16"]);
        assert_eq!(dates(Cadence::once(begin), 9), ["2026-11-02"]);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let from = date(2026, 11, 22);
        let table = [
            (every("week"), Some(3), Ending::Never),
            (every("month"), Some(0), Ending::Never),
            (every("month"), Some(32), Ending::Never),
            (every("month"), None, Ending::After(0)),
            (every("month"), None, Ending::On(date(2026, 11, 21))),
        ];
        for (every, day, ends) in table {
            assert!(
                Cadence::repeated(from, every, day, ends).is_err(),
                "{every} {day:?} {ends:?}"
            );
        }
        for text in [
            "",
            "0 days",
            "-1 day",
            "2",
            "fortnight",
            "2 2 weeks",
            "9999 days",
            "+1 day",
        ] {
            assert!(Every::parse(text).is_err(), "{text}");
        }
        assert_eq!(every("2 Weeks").to_string(), "every 2 weeks");
    }

    /// The clock goes forward over 02:30 on 8 March 2026, and twice over
    /// 01:30 on 1 November, in New York.
    #[test]
    fn a_local_time_that_is_missing_or_doubled_falls_due_once() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |on, at| moment(on, at, &zone).unwrap().to_string();

        assert_eq!(
            at(date(2026, 3, 8), time(2, 30, 0, 0)),
            "2026-03-08T07:30:00Z"
        );
        assert_eq!(
            at(date(2026, 11, 1), time(1, 30, 0, 0)),
            "2026-11-01T05:30:00Z"
        );
    }

    #[test]
    fn an_occurrence_is_due_from_its_instant_and_not_for_ever() {
        let at: Timestamp = "2026-11-30T14:00:00Z".parse().unwrap();
        let two_days = SignedDuration::from_hours(48);
        let after = |secs| due(at, at + SignedDuration::from_secs(secs), two_days);

        assert_eq!(after(-1), Due::NotYet);
        assert_eq!(after(0), Due::Now);
        assert_eq!(after(48 * 3_600), Due::Now);
        assert!(matches!(after(48 * 3_600 + 1), Due::TooLate(_)));
    }

    fn steps() -> impl Strategy<Value = Every> {
        let unit = prop::sample::select(Unit::ALL.to_vec());
        (1_u16..40, unit).prop_map(|(n, unit)| Every { n, unit })
    }

    fn days() -> impl Strategy<Value = Date> {
        (2020_i16..2060, 1_i8..=12, 1_i8..=31).prop_map(|(y, m, d)| on_day(date(y, m, 1), d))
    }

    proptest! {
        /// Each date lies after the one before, on the day that is meant or
        /// on the last of a shorter month.
        #[test]
        fn dates_go_forward_and_keep_their_day(from in days(), every in steps(), k in 0_u32..100) {
            let cadence = Cadence::repeated(from, every, None, Ending::Never).unwrap();
            let (this, next) = (cadence.nth(k).unwrap(), cadence.nth(k + 1).unwrap());

            prop_assert!(this < next);
            match every.unit {
                Unit::Day => prop_assert_eq!((next - this).get_days(), i32::from(every.n)),
                Unit::Week => prop_assert_eq!(next.weekday(), from.weekday()),
                Unit::Month | Unit::Year => {
                    prop_assert_eq!(next.day(), from.day().min(next.days_in_month()));
                }
            }
        }

        /// Looking from any day on finds what counting from the first finds.
        #[test]
        fn no_date_is_passed_over(from in days(), every in steps(), later in 0_i32..4_000) {
            let cadence = Cadence::repeated(from, every, None, Ending::Never).unwrap();
            let day = from.checked_add(later.days()).unwrap();

            let counted = (0..).map_while(|k| cadence.nth(k)).find(|date| *date >= day);
            prop_assert_eq!(cadence.from(day).next(), counted);
        }

        /// In every zone, an occurrence has one instant, and a later day has a later one.
        #[test]
        fn instants_keep_the_order_of_days(
            from in days(),
            every in steps(),
            minute in 0_i32..1_440,
            zone in prop::sample::select(zones()),
        ) {
            let zone = TimeZone::get(&zone).unwrap();
            let cadence = Cadence::repeated(from, every, None, Ending::Never).unwrap();
            let at = Time::midnight().checked_add(minute.minutes()).unwrap();
            let instants: Vec<Timestamp> =
                (0..30).filter_map(|k| moment(cadence.nth(k)?, at, &zone)).collect();

            prop_assert_eq!(instants.len(), 30);
            prop_assert!(instants.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    fn zones() -> Vec<String> {
        jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .collect()
    }
}

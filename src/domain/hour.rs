//! The local time of day of an agreement, in its zone.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use thiserror::Error;

use super::cadence::moment;
use crate::problem::Problem;

/// A local time of day in a zone.
#[derive(Debug, Clone)]
pub struct Hour {
    pub at: Time,
    /// An IANA name.
    pub zone_name: String,
    pub zone: TimeZone,
}

impl Hour {
    /// The hour of a charge where nothing is said.
    pub const NINE: &str = "09:00";

    /// Reads a time of day, as [`time`], and the name of a zone, as [`zone`].
    ///
    /// # Errors
    ///
    /// Which of the two is none.
    pub fn read(at: &str, zone_name: &str) -> Result<Self, NoHour> {
        Ok(Self {
            at: time(at)?,
            zone: zone(zone_name)?,
            zone_name: zone_name.to_owned(),
        })
    }

    /// The same for a zone that a person names now, as [`named_zone`].
    ///
    /// # Errors
    ///
    /// Which of the two is none.
    pub fn named(at: &str, zone_name: &str) -> Result<Self, NoHour> {
        Self::read(at, &named_zone(zone_name)?)
    }

    /// The instant on a day; the end of time for a day beyond the calendar.
    #[must_use]
    pub fn on(&self, day: Date) -> Timestamp {
        moment(day, self.at, &self.zone).unwrap_or(Timestamp::MAX)
    }

    /// The local date at an instant.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }
}

/// `09:00`
impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&spelled(self.at))
    }
}

/// `09:00`
#[must_use]
pub fn spelled(at: Time) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// A moment as a person reads it, by the clock on the book's wall: `2026-11-30 09:00`.
///
/// Whoever shows a moment asks here. Only machines read UTC.
#[must_use]
pub fn on_the_wall(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    format!("{} {}", at.date(), spelled(at.time()))
}

/// As [`on_the_wall`], to the second: `2026-11-30 09:00:05`.
#[must_use]
pub fn to_the_second(at: Timestamp, zone: &TimeZone) -> String {
    let second = at.to_zoned(zone.clone()).second();
    format!("{}:{second:02}", on_the_wall(at, zone))
}

/// Reads `09:00` or `9:00` or `17:30`.
///
/// # Errors
///
/// [`NoHour::NotATime`] for any other text.
pub fn time(text: &str) -> Result<Time, NoHour> {
    let digits = |part: &str, least: usize| {
        (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let read = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        if !digits(hour, 1) || !digits(minute, 2) {
            return None;
        }
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    read(text.trim()).ok_or_else(|| NoHour::NotATime(text.to_owned()))
}

/// The zone of an IANA name.
///
/// # Errors
///
/// [`NoHour::NotAZone`] for a name that is none.
pub fn zone(name: &str) -> Result<TimeZone, NoHour> {
    TimeZone::get(name).map_err(|_| NoHour::NotAZone(name.to_owned()))
}

/// Names of the time zone files that say "as this machine has it", or nothing.
const OF_A_MACHINE: [&str; 4] = ["localtime", "posixrules", "Factory", "Etc/Unknown"];

/// The name of a zone that a person or a machine gives, in its one spelling.
/// It must mean the same on every machine, for the book may move to another:
/// so it is one of the names that `dues` brings along, and none of the others
/// that lie about in a system's folder.
///
/// # Errors
///
/// [`NoHour::OfAMachine`] and [`NoHour::NotAZone`] for all others.
pub fn named_zone(name: &str) -> Result<String, NoHour> {
    let is_of_a_machine = OF_A_MACHINE
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name));
    if is_of_a_machine {
        return Err(NoHour::OfAMachine(name.to_owned()));
    }
    let known = TimeZoneDatabase::bundled().get(name);
    let spelled = known
        .ok()
        .and_then(|zone| zone.iana_name().map(str::to_owned));
    let spelled = spelled.ok_or_else(|| NoHour::NotAZone(name.to_owned()))?;
    zone(&spelled).map(|_| spelled)
}

/// What to say of a zone that knows no summer time although its name does not
/// tell a place: who means New York and names `EST` is an hour off all summer.
#[must_use]
pub fn without_summer_time(name: &str, now: Timestamp) -> Option<String> {
    let is_a_place = name.contains('/') && !name.starts_with("Etc/");
    let is_utc = matches!(name, "UTC" | "Etc/UTC");
    let zone = zone(name).ok()?;
    if is_a_place || is_utc || zone.following(now).next().is_some() {
        return None;
    }
    let offset = now.to_zoned(zone).strftime("%:z").to_string();
    Some(format!(
        "{name} has no summer time: it is UTC{offset} all year; a place such as `America/New_York` follows its clocks"
    ))
}

/// Why there is no such hour.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NoHour {
    #[error("`{0}` is not a time of day")]
    NotATime(String),
    #[error("`{0}` is not a time zone")]
    NotAZone(String),
    #[error("`{0}` is another time zone on each machine")]
    OfAMachine(String),
}

impl From<NoHour> for Problem {
    fn from(error: NoHour) -> Self {
        let fact = error.to_string();
        match error {
            NoHour::NotATime(_) => {
                Self::usage("bad_time", fact).hint("Write it as `09:00` or `17:30`.")
            }
            NoHour::NotAZone(_) | NoHour::OfAMachine(_) => Self::usage("bad_zone", fact)
                .hint("Give an IANA name, such as `America/New_York` or `Europe/Berlin`."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_read_as_on_a_clock() {
        for (text, expected) in [
            ("09:00", Some("09:00")),
            ("9:00", Some("09:00")),
            ("23:59", Some("23:59")),
            ("24:00", None),
            ("9", None),
            ("9:5", None),
            ("9:60", None),
            ("-9:00", None),
            ("９:00", None),
        ] {
            let read = time(text).map(spelled).ok();
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
    #[test]
    fn a_zone_is_a_name_that_means_the_same_everywhere() {
        for (name, expected) in [
            ("America/New_York", Ok("America/New_York")),
            ("europe/berlin", Ok("Europe/Berlin")),
            ("EST", Ok("EST")),
            ("UTC", Ok("UTC")),
            ("localtime", Err(true)),
            ("LocalTime", Err(true)),
            ("posixrules", Err(true)),
            ("Factory", Err(true)),
            ("etc/unknown", Err(true)),
            ("right/America/New_York", Err(false)),
            ("posix/America/New_York", Err(false)),
            ("EST5EDT,M3.2.0,M11.1.0", Err(false)),
            ("/usr/share/zoneinfo/UTC", Err(false)),
            ("Nowhere/Bad", Err(false)),
            ("", Err(false)),
        ] {
            let named = named_zone(name);
            let expected = match expected {
                Ok(spelled) => Ok(spelled.to_owned()),
                Err(true) => Err(NoHour::OfAMachine(name.to_owned())),
                Err(false) => Err(NoHour::NotAZone(name.to_owned())),
            };
            assert_eq!(named, expected);
        }
    }

    #[test]
    fn a_name_that_is_no_place_and_has_no_summer_time_is_told() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        for (name, offset) in [
            ("EST", "UTC-05:00"),
            ("MST", "UTC-07:00"),
            ("GMT", "UTC+00:00"),
            ("Etc/GMT+5", "UTC-05:00"),
        ] {
            let said = without_summer_time(name, now).unwrap();
            assert!(said.contains(name) && said.contains(offset), "{said}");
        }
        for name in ["America/New_York", "Asia/Tokyo", "EST5EDT", "UTC", "CET"] {
            assert_eq!(without_summer_time(name, now), None);
        }
    }
}

//! The local time of day of an agreement, in its zone.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
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

/// Why there is no such hour.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NoHour {
    #[error("`{0}` is not a time of day")]
    NotATime(String),
    #[error("`{0}` is not a time zone")]
    NotAZone(String),
}

impl From<NoHour> for Problem {
    fn from(error: NoHour) -> Self {
        let fact = error.to_string();
        match error {
            NoHour::NotATime(_) => {
                Self::usage("bad_time", fact).hint("Write it as `09:00` or `17:30`.")
            }
            NoHour::NotAZone(_) => Self::usage("bad_zone", fact)
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
}

//! Dates as people type them: `2026-11-30`, `mon`, `tomorrow`, `+3d`, `eom`.
//!
//! A typed date is a civil date in the book's own zone. "Today" is always
//! handed in; nothing here knows what time it is.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use thiserror::Error;

use crate::problem::Problem;

/// Years outside of these are typing mistakes, not dates of a ledger.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2199;

/// A text that is no date.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("`{0}` is not a date")]
pub struct NotADate(pub String);

impl From<NotADate> for Problem {
    fn from(error: NotADate) -> Self {
        Self::usage("bad_date", error.to_string()).hint(
            "Write it as `2026-11-30`, or say `today`, `tomorrow`, `mon`, `+3d`, `+2w`, `+1m` or `eom`.",
        )
    }
}

/// Reads a date relative to `today`. A weekday is the next one after today.
///
/// # Errors
///
/// [`NotADate`] for any other word, an impossible day (`2026-02-30`), or a
/// year outside 1990 to 2199.
pub fn parse(text: &str, today: Date) -> Result<Date, NotADate> {
    let word = text.trim().to_ascii_lowercase();
    let date = match word.as_str() {
        "today" => Some(today),
        "tomorrow" => today.tomorrow().ok(),
        "yesterday" => today.yesterday().ok(),
        "eom" => Some(today.last_of_month()),
        _ => iso(&word)
            .or_else(|| offset(&word).and_then(|span| today.checked_add(span).ok()))
            .or_else(|| weekday(&word).and_then(|day| today.nth_weekday(1, day).ok())),
    };
    date.filter(|date| YEARS.contains(&date.year()))
        .ok_or_else(|| NotADate(text.to_owned()))
}

/// Reads `YYYY-MM-DD`, ten characters and nothing else.
#[must_use]
pub fn iso(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape
        .then(|| text.parse::<Date>().ok())
        .flatten()
        .filter(|date| YEARS.contains(&date.year()))
}

fn offset(word: &str) -> Option<Span> {
    let rest = word.strip_prefix('+')?;
    let unit = rest.chars().last()?;
    let count: i32 = rest[..rest.len() - unit.len_utf8()]
        .parse()
        .ok()
        .filter(|count| (0..=3_650).contains(count))?;
    match unit {
        'd' => Some(count.days()),
        'w' => Some(count.weeks()),
        'm' => Some(count.months()),
        _ => None,
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let days = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    days.into_iter()
        .find(|(name, _)| word == *name || word == &name[..3])
        .map(|(_, day)| day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_read_as_people_say_them() {
        let sunday = date(2026, 11, 22);
        let table = [
            ("2026-11-30", Some(date(2026, 11, 30))),
            ("today", Some(sunday)),
            ("Tomorrow", Some(date(2026, 11, 23))),
            ("mon", Some(date(2026, 11, 23))),
            ("sunday", Some(date(2026, 11, 29))),
            ("+3d", Some(date(2026, 11, 25))),
            ("+2w", Some(date(2026, 12, 6))),
            ("+1m", Some(date(2026, 12, 22))),
            ("eom", Some(date(2026, 11, 30))),
            ("2026-02-30", None),
            ("0000-00-00", None),
            ("20226-01-01", None),
            ("11/30/2026", None),
            ("2026-1-5", None),
            ("m", None),
            ("+d", None),
            ("+3€", None),
            ("+99999d", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse(text, sunday).ok(), expected, "{text}");
        }
    }
}

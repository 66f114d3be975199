//! Date cells, and the order of day, month and year that a file writes.
//!
//! `01/02/2026` is two dates. All date columns of a file are judged together:
//! an order remains only while every date can be read in it, and one order
//! must remain, or the person is asked. A date that no calendar has is an
//! error; it is never rolled into the next month.

use jiff::civil::Date;
use thiserror::Error;

use super::bad_rows;
use super::quote::quoted;
use crate::domain::dates;
use crate::problem::Problem;

/// The order in which a file writes the parts of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
    YearFirst,
}

impl DateOrder {
    pub(super) const ALL: [Self; 3] = [Self::DayFirst, Self::MonthFirst, Self::YearFirst];

    /// As `--date-format` takes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DayFirst => "D/M/Y",
            Self::MonthFirst => "M/D/Y",
            Self::YearFirst => "Y/M/D",
        }
    }
}

/// Why a cell is not a date.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(super) enum DateError {
    #[error("{} is not a date", quoted(.0))]
    NotADate(String),
    #[error("{} is a day that no calendar of 1990 to 2199 has", quoted(.0))]
    NoSuchDay(String),
    #[error("{} is not a date in the order {}", quoted(.0), .1.word())]
    OtherOrder(String, DateOrder),
    #[error("{} is a spreadsheet's number for a date", quoted(.0))]
    Serial(String),
}

impl From<DateError> for Problem {
    fn from(error: DateError) -> Self {
        let problem = bad_rows(error.to_string());
        match error {
            DateError::NotADate(_) => {
                problem.hint("Write it as `2026-11-30`, `30.11.2026` or `30 Nov 2026`.")
            }
            DateError::NoSuchDay(_) => problem.hint("Look it up on the invoice."),
            DateError::OtherOrder(..) => problem.hint(
                "Dates of a file are all read in one order: see `--date-format D/M/Y|M/D/Y|Y/M/D`.",
            ),
            DateError::Serial(_) => problem
                .hint("It is an Excel serial: format the column as a date there and export anew."),
        }
    }
}

/// A cell taken apart, before its order is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Year, month and day, told by the way they are written.
    Settled([i16; 3]),
    /// Three numbers in the order of the file: `1/2/2026`, `01/02/26`.
    Open { parts: [i16; 3], year: Year },
}

/// What is known of the year among three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    /// Four digits, at the end.
    Last,
    /// Two digits, at the end: the first number has only one.
    ShortLast,
    /// Two digits, at either end.
    ShortEither,
}

impl Written {
    /// Takes a cell apart; a time of day behind the date is dropped as written.
    pub(super) fn of(cell: &str) -> Result<Self, DateError> {
        let text = without_time(cell.trim());
        let not_a_date = || DateError::NotADate(cell.to_owned());
        if is_digits(text) {
            let serials = 20_000..=60_000;
            return match text.len() {
                8 => Ok(Self::Settled(
                    [&text[..4], &text[4..6], &text[6..]].map(number),
                )),
                5 if text.parse().is_ok_and(|day: u32| serials.contains(&day)) => {
                    Err(DateError::Serial(cell.to_owned()))
                }
                _ => Err(not_a_date()),
            };
        }
        let is_between = |letter: char| "/-., ".contains(letter);
        let mut found = text.split(is_between).filter(|part| !part.is_empty());
        let (Some(a), Some(b), Some(c), None) =
            (found.next(), found.next(), found.next(), found.next())
        else {
            return Err(not_a_date());
        };
        with_month_name([a, b, c])
            .or_else(|| {
                let mark = text.chars().find(|letter| "/-.".contains(*letter))?;
                let is_regular = text.split(mark).eq([a, b, c]);
                is_regular.then(|| in_numbers([a, b, c], mark)).flatten()
            })
            .ok_or_else(not_a_date)
    }

    /// Year, month and day, as a file of this order means them; the month has
    /// the number of one and the day that of some month's.
    pub(super) fn in_order(self, order: DateOrder) -> Option<[i16; 3]> {
        let (parts, year) = match self {
            Self::Settled(date) => return Some(date),
            Self::Open { parts, year } => (parts, year),
        };
        let century = if year == Year::Last { 0 } else { 2000 };
        let [a, b, c] = parts;
        let [year, month, day] = match (order, year) {
            (DateOrder::DayFirst, _) => [c + century, b, a],
            (DateOrder::MonthFirst, _) => [c + century, a, b],
            (DateOrder::YearFirst, Year::ShortEither) => [a + century, b, c],
            (DateOrder::YearFirst, Year::Last | Year::ShortLast) => return None,
        };
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
        fits.then_some([year, month, day])
    }
}

/// `28 Jan 2021`, `Jan 28, 2021`, `28-Jan-21`, `2021-Jan-28`.
fn with_month_name(parts: [&str; 3]) -> Option<Written> {
    let [year, name, day] = match parts {
        [a, b, c] if is_digits(a) && a.len() == 4 => [a, b, c],
        [a, b, c] if is_digits(a) => [c, b, a],
        [a, b, c] => [c, a, b],
    };
    let fits = matches!(year.len(), 2 | 4) && matches!(day.len(), 1 | 2);
    let fits = fits && is_digits(year) && is_digits(day);
    let month = month(name).filter(|_| fits)?;
    Some(Written::Settled([full_year(year), month, number(day)]))
}

/// Three numbers; one of four digits is the year, and points before it mean day first.
fn in_numbers(parts: [&str; 3], mark: char) -> Option<Written> {
    if !parts.into_iter().all(is_digits) {
        return None;
    }
    let [a, b, c] = parts;
    let year = match (a.len(), b.len(), c.len()) {
        (4, 1 | 2, 1 | 2) => return Some(Written::Settled(parts.map(number))),
        // `01.02.03` begins with the day or the year; `1.2.03` with the day.
        (2, 1 | 2, 2) if mark == '.' => Year::ShortEither,
        (1 | 2, 1 | 2, 2 | 4) if mark == '.' => {
            return Some(Written::Settled([full_year(c), number(b), number(a)]));
        }
        (1 | 2, 1 | 2, 4) => Year::Last,
        (1, 1 | 2, 2) => Year::ShortLast,
        (2, 1 | 2, 2) => Year::ShortEither,
        _ => return None,
    };
    Some(Written::Open {
        parts: parts.map(number),
        year,
    })
}

/// Reads a cell in its file's order. An empty cell is for the caller.
///
/// # Errors
///
/// [`DateError`]; an impossible day is never rolled into the next month.
pub(super) fn read(cell: &str, order: DateOrder) -> Result<Date, DateError> {
    let written = Written::of(cell)?;
    let Some([year, month, day]) = written.in_order(order) else {
        let is_date = DateOrder::ALL
            .into_iter()
            .any(|order| written.in_order(order).is_some());
        return Err(if is_date {
            DateError::OtherOrder(cell.to_owned(), order)
        } else {
            DateError::NoSuchDay(cell.to_owned())
        });
    };
    date(year, month, day).ok_or_else(|| DateError::NoSuchDay(cell.to_owned()))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    dates::iso(&format!("{year:04}-{month:02}-{day:02}"))
}

/// The text before the time of day: `2026-01-28T09:54:09Z`, `1/28/26 9:54 PM`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else {
        return text;
    };
    let is_time = |letter: char| letter.is_ascii_alphanumeric() || " :.+-".contains(letter);
    let before = text[..colon].trim_end_matches(|letter: char| letter.is_ascii_digit());
    let hour = colon - before.len();
    let date = before.strip_suffix('T').unwrap_or(before);
    if !(1..=2).contains(&hour)
        || !text[colon..].chars().all(is_time)
        || !before.ends_with(['T', ' '])
    {
        return text;
    }
    date.trim_end_matches([' ', ','])
}

fn is_digits(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A run of at most four digits.
fn number(digits: &str) -> i16 {
    digits.parse().unwrap_or(0)
}

fn full_year(digits: &str) -> i16 {
    let century = if digits.len() <= 2 { 2000 } else { 0 };
    number(digits) + century
}

/// The month of an English name, or of its first three letters or more.
fn month(name: &str) -> Option<i16> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let fits = |full: &str| name.len() >= 3 && full.starts_with(&name);
    let at = NAMES.iter().position(|full| fits(full))?;
    i16::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_read_as_it_is_written() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        let table = [
            ("2026-01-28", DayFirst, "2026-01-28"),
            ("2026-1-5", DayFirst, "2026-01-05"),
            ("2026/01/28", MonthFirst, "2026-01-28"),
            ("20260128", MonthFirst, "2026-01-28"),
            ("2012-03-25 09:54:09 UTC", DayFirst, "2012-03-25"),
            ("2026-04-10 00:08:54 +0530", DayFirst, "2026-04-10"),
            ("2026-04-10T23:59:59.999Z", DayFirst, "2026-04-10"),
            ("28.02.2021", MonthFirst, "2021-02-28"),
            ("28.02.21", DayFirst, "2021-02-28"),
            ("28.02.21", YearFirst, "2028-02-21"),
            ("1.2.03", YearFirst, "2003-02-01"),
            ("12/1/10", DayFirst, "2010-01-12"),
            ("12/1/10", MonthFirst, "2010-12-01"),
            ("12/1/10", YearFirst, "2012-01-10"),
            ("12/1/2010 8:26", MonthFirst, "2010-12-01"),
            ("1-2-2026, 9:54 PM", DayFirst, "2026-02-01"),
            ("28 Jan 2021", MonthFirst, "2021-01-28"),
            ("Jan 28 2021", DayFirst, "2021-01-28"),
            ("September 1, 2021", DayFirst, "2021-09-01"),
            ("28-sept-21", DayFirst, "2021-09-28"),
            ("2021-Jan-28", DayFirst, "2021-01-28"),
            ("29/02/2024", DayFirst, "2024-02-29"),
            ("31/02/2026", DayFirst, "no such day"),
            ("2026-02-30", DayFirst, "no such day"),
            ("29 Feb 2026", DayFirst, "no such day"),
            ("13/13/2026", DayFirst, "no such day"),
            ("00/00/0000", DayFirst, "no such day"),
            ("1/2/0026", DayFirst, "no such day"),
            ("1899-12-30", DayFirst, "no such day"),
            ("02/13/2026", DayFirst, "other order"),
            ("1/2/26", YearFirst, "other order"),
            ("45000", DayFirst, "serial"),
            ("99999", DayFirst, "no date"),
            ("7", DayFirst, "no date"),
            ("1/2", DayFirst, "no date"),
            ("1/2-2026", DayFirst, "no date"),
            ("/é/2/3", DayFirst, "no date"),
            ("1/2/20266", DayFirst, "no date"),
            ("28 Foo 2021", DayFirst, "no date"),
            ("tomorrow", DayFirst, "no date"),
            ("10:30", DayFirst, "no date"),
            ("", DayFirst, "no date"),
        ];
        for (cell, order, expected) in table {
            let shown = match read(cell, order) {
                Ok(date) => date.to_string(),
                Err(DateError::NotADate(_)) => "no date".to_owned(),
                Err(DateError::NoSuchDay(_)) => "no such day".to_owned(),
                Err(DateError::OtherOrder(..)) => "other order".to_owned(),
                Err(DateError::Serial(_)) => "serial".to_owned(),
            };

            assert_eq!(shown, expected, "{cell} {order:?}");
        }
    }

    proptest! {
        /// No text makes the reader stumble.
        #[test]
        fn any_text_is_a_date_or_is_not(cell in "[0-9/.:TJan é-]{0,14}|\\PC{0,14}") {
            for order in DateOrder::ALL {
                let _ = read(&cell, order);
            }
        }
    }
}

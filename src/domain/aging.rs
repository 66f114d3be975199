//! Aging: how long what is owed has been owed, in buckets of thirty days.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

/// From which of its days an invoice ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgedBy {
    /// The day it was due.
    Due,
    /// The day it was issued.
    Invoice,
}

/// How old an open item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Not past the day it ages from.
    Current,
    UpTo30,
    UpTo60,
    UpTo90,
    Over90,
}

impl Bucket {
    pub const ALL: [Self; 5] = [
        Self::Current,
        Self::UpTo30,
        Self::UpTo60,
        Self::UpTo90,
        Self::Over90,
    ];

    /// The heading on paper: `31-60`.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::UpTo30 => "1-30",
            Self::UpTo60 => "31-60",
            Self::UpTo90 => "61-90",
            Self::Over90 => "over 90",
        }
    }

    /// The key in JSON: `days_31_60`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::UpTo30 => "days_1_30",
            Self::UpTo60 => "days_31_60",
            Self::UpTo90 => "days_61_90",
            Self::Over90 => "over_90",
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.heading())
    }
}

/// Where the buckets of a day begin: of a million invoices, each is put into
/// its bucket by comparing the day's own ten characters, `2026-11-30`.
#[derive(Debug, Clone)]
pub struct Buckets([String; 4]);

impl Buckets {
    /// The buckets as of a day.
    #[must_use]
    pub fn as_of(day: Date) -> Self {
        let back = |days: i64| day.checked_sub(days.days()).unwrap_or(Date::MIN);
        Self([0, 30, 60, 90].map(|days| back(days).to_string()))
    }

    /// The bucket of a day, spelled `2026-11-30`.
    #[must_use]
    pub fn of(&self, day: &str) -> Bucket {
        let past = self.0.iter().filter(|start| day < start.as_str()).count();
        Bucket::ALL[past]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_item_is_as_old_as_the_days_since_it_was_due() {
        let today = date(2026, 3, 31);
        let buckets = Buckets::as_of(today);
        let table = [
            (-40, Bucket::Current),
            (0, Bucket::Current),
            (1, Bucket::UpTo30),
            (30, Bucket::UpTo30),
            (31, Bucket::UpTo60),
            (60, Bucket::UpTo60),
            (61, Bucket::UpTo90),
            (90, Bucket::UpTo90),
            (91, Bucket::Over90),
            (4000, Bucket::Over90),
        ];
        for (late, bucket) in table {
            let due = today.checked_sub(i64::from(late).days()).unwrap();
            assert_eq!(buckets.of(&due.to_string()), bucket, "{late} days late");
        }
    }
}

//! A dispute: a bank takes a payment back, and somebody may answer.
//!
//! It is no refund: nobody here decided it, and the money may come again.

use std::fmt;

use jiff::civil::Date;

/// How a dispute ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The bank gave the money again.
    Won,
    /// The bank decided for the card's holder.
    Lost,
    /// We gave in: it was not answered.
    Accepted,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Won, Self::Lost, Self::Accepted];

    /// The word in the book and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Accepted => "accepted",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How an open dispute stands to the day by which it must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    Overdue(Date),
    AnswerBy(Date),
    /// Nobody wrote the day down.
    NoDay,
}

impl Urgency {
    #[must_use]
    pub fn of(respond_by: Option<Date>, today: Date) -> Self {
        match respond_by {
            Some(day) if day < today => Self::Overdue(day),
            Some(day) => Self::AnswerBy(day),
            None => Self::NoDay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_overdue_comes_first_and_what_has_no_day_last() {
        let today = date(2026, 11, 28);
        let urgency = |day: Option<Date>| Urgency::of(day, today);
        let mut all = [
            urgency(None),
            urgency(Some(date(2026, 12, 5))),
            urgency(Some(today)),
            urgency(Some(date(2026, 11, 27))),
        ];

        all.sort();

        assert_eq!(
            all,
            [
                Urgency::Overdue(date(2026, 11, 27)),
                Urgency::AnswerBy(today),
                Urgency::AnswerBy(date(2026, 12, 5)),
                Urgency::NoDay,
            ]
        );
    }
}

//! Terms: when an invoice is due, and what may be taken off it for paying early.
//!
//! They are one short text, `2/10 net 30`, with one spelling; the due date, the
//! discount's last day and its amount all follow from it.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;
use thiserror::Error;

use super::money::{Money, Percent};
use crate::problem::Problem;

/// The most days of anything: longer is a typing mistake.
const MOST_DAYS: u16 = 365;

/// When an invoice is due, and what paying it early is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    due: Due,
    early: Option<Early>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// So many days after it was issued.
    Net(u16),
    /// So many days after the end of the month in which it was issued.
    EndOfMonth(u16),
    /// Before anything is delivered: on the day that it is issued.
    Prepaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Early {
    /// Above 0 and below 100.
    percent: Percent,
    /// Days from issue to the last on which it may be taken.
    within: u16,
}

/// What may be taken off an invoice that is paid early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyPayment {
    /// The last day on which it counts.
    pub until: Date,
    pub discount: Money,
    /// The rest: what then pays the invoice whole.
    pub pays: Money,
}

/// A text that is no terms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TermsError {
    #[error("`{0}` is not terms of payment")]
    NotTerms(String),
    #[error("{0} days are more than a year")]
    TooLong(u64),
    #[error("`{0}` is not a discount of more than 0 and less than 100 percent")]
    NotAPercentage(String),
    #[error("a discount within {within} days is later than the due date")]
    LaterThanDue { within: u16 },
    #[error("what is prepaid is not paid early")]
    PrepaidEarly,
    #[error("a date by these terms is beyond the calendar")]
    BeyondCalendar,
}

impl From<TermsError> for Problem {
    fn from(error: TermsError) -> Self {
        Self::usage("bad_terms", error.to_string()).hint(
            "Write them as `net 30`, `eom`, `eom+10`, `2/10 net 30` or `prepaid`; days from 0 to 365.",
        )
    }
}

impl Terms {
    /// What a customer has of whom nobody said otherwise: 30 days.
    pub const USUAL: Self = Self::net(30);

    /// Due so many days after it was issued.
    #[must_use]
    pub const fn net(days: u16) -> Self {
        Self {
            due: Due::Net(days),
            early: None,
        }
    }

    /// Reads terms as people write them: `30`, `net 30`, `n/30`, `eom`,
    /// `eom+10`, `2/10 net 30`, `1.5%/10 eom`, `due on receipt`, `prepaid`.
    ///
    /// # Errors
    ///
    /// [`TermsError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, TermsError> {
        let words = text.to_lowercase().replace(',', " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let not_terms = || TermsError::NotTerms(text.trim().to_owned());
        let begins_with_a_figure = words.starts_with(|it: char| it.is_ascii_digit() || it == '.');
        let Some((percent, rest)) = words.split_once('/').filter(|_| begins_with_a_figure) else {
            let due = Due::parse(&words).ok_or_else(not_terms)??;
            return Ok(Self { due, early: None });
        };
        let (within, due) = rest.trim_start().split_once(' ').ok_or_else(not_terms)?;
        let due = Due::parse(due).ok_or_else(not_terms)??;
        let within = days(within).ok_or_else(not_terms)??;
        let early = Early {
            percent: percentage(percent.trim())
                .ok_or_else(|| TermsError::NotAPercentage(percent.trim().to_owned()))?,
            within,
        };
        match due {
            Due::Prepaid => Err(TermsError::PrepaidEarly),
            Due::Net(net) if within > net => Err(TermsError::LaterThanDue { within }),
            Due::Net(_) | Due::EndOfMonth(_) => Ok(Self {
                due,
                early: Some(early),
            }),
        }
    }

    /// The day on which an invoice is due.
    ///
    /// # Errors
    ///
    /// [`TermsError::BeyondCalendar`]
    pub fn due_on(self, issued_on: Date) -> Result<Date, TermsError> {
        match self.due {
            Due::Prepaid => Ok(issued_on),
            Due::Net(days) => after(issued_on, days),
            Due::EndOfMonth(days) => after(issued_on.last_of_month(), days),
        }
    }

    /// The days from issue to due, where it is always the same number.
    #[must_use]
    pub fn net_days(self) -> Option<u16> {
        match self.due {
            Due::Net(days) => Some(days),
            Due::Prepaid => Some(0),
            Due::EndOfMonth(_) => None,
        }
    }

    /// What may be taken off an invoice, and until when; `None`: nothing.
    ///
    /// The discount and what then pays are the two parts that [`Money::split`]
    /// makes of the total: together the invoice, to the cent. A discount that
    /// rounds to nothing is none.
    ///
    /// # Errors
    ///
    /// [`TermsError::BeyondCalendar`]
    pub fn early_payment(
        self,
        issued_on: Date,
        total: Money,
    ) -> Result<Option<EarlyPayment>, TermsError> {
        let Some(Early { percent, within }) = self.early else {
            return Ok(None);
        };
        let (discount, pays) = total.split(percent);
        if !discount.is_positive() {
            return Ok(None);
        }
        Ok(Some(EarlyPayment {
            until: after(issued_on, within)?,
            discount,
            pays,
        }))
    }
}

impl Due {
    /// `None` for what is none; an error for one that is too long.
    fn parse(words: &str) -> Option<Result<Self, TermsError>> {
        match words {
            "prepaid" | "in advance" => return Some(Ok(Self::Prepaid)),
            "due on receipt" | "on receipt" => return Some(Ok(Self::Net(0))),
            "eom" => return Some(Ok(Self::EndOfMonth(0))),
            _ => {}
        }
        if let Some(rest) = words.strip_prefix("eom") {
            let rest = rest.trim_start();
            let number = rest.strip_prefix('+').unwrap_or(rest).trim_start();
            return Some(days(number)?.map(Self::EndOfMonth));
        }
        let number = ["net", "n/", "n"]
            .iter()
            .find_map(|word| words.strip_prefix(word))
            .unwrap_or(words)
            .trim();
        let number = number.strip_suffix("days").unwrap_or(number).trim_end();
        Some(days(number)?.map(Self::Net))
    }
}

/// `None` for what is no number.
fn days(text: &str) -> Option<Result<u16, TermsError>> {
    let is_a_number = (1..=9).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    let days: u64 = is_a_number.then(|| text.parse().ok()).flatten()?;
    let fits = u16::try_from(days).ok().filter(|days| *days <= MOST_DAYS);
    Some(fits.ok_or(TermsError::TooLong(days)))
}

/// With a sign for percent, or none.
fn percentage(text: &str) -> Option<Percent> {
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    Percent::parse(text).filter(|percent| percent.is_a_part())
}

fn after(day: Date, days: u16) -> Result<Date, TermsError> {
    day.checked_add(i64::from(days).days())
        .map_err(|_| TermsError::BeyondCalendar)
}

/// The one spelling, in the book and on paper.
impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let early = self.early.map_or_else(String::new, |early| {
            format!("{}/{} ", early.percent, early.within)
        });
        let due = match self.due {
            Due::Net(days) => format!("net {days}"),
            Due::EndOfMonth(0) => "eom".to_owned(),
            Due::EndOfMonth(days) => format!("eom+{days}"),
            Due::Prepaid => "prepaid".to_owned(),
        };
        f.pad(&format!("{early}{due}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn terms_have_many_spellings_and_one() {
        for (text, spelled, due) in [
            ("30", "net 30", date(2026, 12, 2)),
            (" Net  30 ", "net 30", date(2026, 12, 2)),
            ("net30", "net 30", date(2026, 12, 2)),
            ("n/30", "net 30", date(2026, 12, 2)),
            ("30 days", "net 30", date(2026, 12, 2)),
            ("0", "net 0", date(2026, 11, 2)),
            ("due on receipt", "net 0", date(2026, 11, 2)),
            ("EOM", "eom", date(2026, 11, 30)),
            ("eom+10", "eom+10", date(2026, 12, 10)),
            ("eom 10", "eom+10", date(2026, 12, 10)),
            ("prepaid", "prepaid", date(2026, 11, 2)),
            ("2/10 net 30", "2/10 net 30", date(2026, 12, 2)),
            ("2%/10, n/30", "2/10 net 30", date(2026, 12, 2)),
            ("1.50/10 eom", "1.5/10 eom", date(2026, 11, 30)),
        ] {
            let terms = Terms::parse(text).unwrap();

            assert_eq!(terms.to_string(), spelled, "{text}");
            assert_eq!(Terms::parse(spelled), Ok(terms), "{text}");
            assert_eq!(terms.due_on(date(2026, 11, 2)), Ok(due), "{text}");
        }
    }

    #[test]
    fn what_is_no_terms_is_refused() {
        for text in [
            "",
            "net",
            "net x",
            "-5",
            "+5",
            "1e1",
            "366",
            "eom+366",
            "eom-1",
            "2/10",
            "2/10 ",
            "/10 net 30",
            "0/10 net 30",
            "100/10 net 30",
            "1e1/10 net 30",
            "2.0001/10 net 30",
            "2./10 net 30",
            ".5/10 net 30",
            "-2/10 net 30",
            "2/31 net 30",
            "2/10 prepaid",
            "2/10 2/10 net 30",
            "net ３０",
            "nice",
        ] {
            assert!(Terms::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_discount_is_rounded_half_to_even_and_the_rest_is_what_is_left() {
        let usd = Currency::parse("USD").unwrap();
        let two = Terms::parse("2/10 net 30").unwrap();
        let half = Terms::parse("0.5/10 net 30").unwrap();
        let issued = date(2026, 11, 2);
        for (terms, total, discount) in [
            (two, 500_00, Some(10_00)),
            (two, 12_50, Some(25)),
            (two, 1_25, Some(2)), // 2.5: to the even 2
            (two, 1_75, Some(4)), // 3.5: to the even 4
            (two, 1_26, Some(3)), // 2.52
            (two, 25, None),      // 0.5: to the even 0
            (half, 999_999_999_999, Some(5_000_000_000)),
        ] {
            let early = terms.early_payment(issued, Money::of(total, usd)).unwrap();

            assert_eq!(early.map(|it| it.discount.minor()), discount, "{total}");
            if let Some(early) = early {
                assert_eq!(early.until, date(2026, 11, 12));
                assert_eq!(early.pays.minor() + early.discount.minor(), total);
            }
        }
        let without = Terms::USUAL.early_payment(issued, Money::of(500_00, usd));
        assert_eq!(without, Ok(None));
    }

    proptest! {
        /// Discount and rest are the invoice, and neither is more than it.
        #[test]
        fn no_cent_is_made_or_lost(total in 1_i64..=999_999_999_999, thousandths in 1_u32..100_000, within in 0_u16..30) {
            let percent = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            let terms = Terms::parse(&format!("{percent}/{within} net 30")).unwrap();
            let total = Money::of(total, Currency::parse("USD").unwrap());

            let early = terms.early_payment(date(2026, 11, 2), total).unwrap();

            if let Some(early) = early {
                prop_assert_eq!(early.discount.plus(early.pays), total);
                prop_assert!(!early.pays.minor().is_negative());
                // Never a whole minor unit away from the exact share.
                let exact = i128::from(total.minor()) * i128::from(thousandths);
                let off = exact - i128::from(early.discount.minor()) * 100_000;
                prop_assert!(off.abs() <= 50_000);
            }
        }
    }
}

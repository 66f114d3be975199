//! Money cells: exact, and read one way or not at all.
//!
//! A cell is read in the style of its column. One that contradicts it is an
//! error in its row, never another number; nothing is rounded.

use thiserror::Error;

use super::bad_rows;
use super::currencies;
use super::figures::{Figure, Mark, parts};
use super::marks::{Shows, Style, shown_by};
use super::quote::quoted;
use super::units::Unit;
use crate::domain::money::{Currency, Money, MoneyError};
use crate::problem::Problem;

/// Why a cell is not an amount of its column.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub(super) enum AmountError {
    #[error("{} is not an amount of money", quoted(.0))]
    NotAnAmount(String),
    #[error("{} is no amount in a column whose decimal mark is `{}`", quoted(.0), .1.letter())]
    OtherMark(String, Mark),
    #[error("{} could be read with either decimal mark, and its column has both", quoted(.0))]
    Either(String),
    #[error("{} is not an amount in {}", quoted(.0), .1)]
    OtherCurrency(String, Currency),
    #[error("{} is finer than {} has places for", quoted(.0), .1)]
    TooFine(String, Currency),
    #[error("{} has a fraction, in a column of whole cents", quoted(.0))]
    NotMinor(String),
    #[error("{} is larger than any amount dues keeps", quoted(.0))]
    TooLarge(String),
}

impl From<AmountError> for Problem {
    fn from(error: AmountError) -> Self {
        let problem = bad_rows(error.to_string());
        match error {
            AmountError::NotAnAmount(_) => {
                problem.hint("Write it in digits, as `500`, `1234.50` or `(12.00)`.")
            }
            AmountError::OtherMark(_, mark) => problem.hint(format!(
                "Write it with `{}`; if that is how the whole file is meant, add `--decimal {}`.",
                mark.letter(),
                mark.other().letter()
            )),
            AmountError::Either(_) => problem.hint("Add `--decimal .` or `--decimal ,`."),
            AmountError::OtherCurrency(..) => {
                problem.hint("A `Currency` column or `--currency` says what the amounts are in.")
            }
            AmountError::TooFine(text, _) if looks_computed(&text) => problem
                .hint("It looks like spreadsheet rounding: round the column in the spreadsheet."),
            AmountError::TooFine(_, currency) => problem.hint(format!(
                "{currency} has {} decimals; dues does not round.",
                currency.decimals()
            )),
            AmountError::NotMinor(_) => {
                problem.hint("If the file is in major units, add `--amount-unit major`.")
            }
            AmountError::TooLarge(_) => problem.hint("Look for a digit too many."),
        }
    }
}

/// `249.44999999999996` and its like.
fn looks_computed(text: &str) -> bool {
    let fraction = text.rsplit(['.', ',']).next().unwrap_or_default();
    fraction.chars().take_while(char::is_ascii_digit).count() >= 8
}

/// Reads a cell in its column's style. An empty cell is for the caller.
///
/// # Errors
///
/// [`AmountError`]; nothing is rounded.
pub(super) fn read(cell: &str, style: Style, currency: Currency) -> Result<Money, AmountError> {
    let not_an_amount = || AmountError::NotAnAmount(cell.to_owned());
    let Figure {
        is_negative,
        signs,
        body,
    } = Figure::of(cell).ok_or_else(not_an_amount)?;
    for sign in signs {
        if !currencies::fits(sign, currency).ok_or_else(not_an_amount)? {
            return Err(AmountError::OtherCurrency(cell.to_owned(), currency));
        }
    }
    if style.is_mixed && shown_by(body) == Shows::Either {
        return Err(AmountError::Either(cell.to_owned()));
    }
    let Some((whole, fraction)) = parts(body, style.mark) else {
        return Err(match parts(body, style.mark.other()) {
            Some(_) => AmountError::OtherMark(cell.to_owned(), style.mark),
            None => not_an_amount(),
        });
    };
    let sign = if is_negative { "-" } else { "" };
    let (whole, fraction) = match style.unit {
        Unit::Major => (whole, fraction.to_owned()),
        Unit::Minor if !fraction.is_empty() => return Err(AmountError::NotMinor(cell.to_owned())),
        Unit::Minor => in_major(&whole, currency),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Money::parse(&format!("{sign}{whole}{point}{fraction}"), currency).map_err(
        |error| match error {
            MoneyError::TooFine { .. } => AmountError::TooFine(cell.to_owned(), currency),
            MoneyError::TooLarge(_) => AmountError::TooLarge(cell.to_owned()),
            MoneyError::NotAnAmount(_) | MoneyError::NoSuchCurrency(_) => not_an_amount(),
        },
    )
}

/// Whole and fraction of an amount in the smallest unit: `1500` is `15` and `00`.
fn in_major(minor: &str, currency: Currency) -> (String, String) {
    let decimals = usize::try_from(currency.decimals()).unwrap_or_default();
    let digits = format!("{minor:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    (whole.to_owned(), fraction.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn minor(cell: &str, style: Style, code: &str) -> Result<i64, AmountError> {
        read(cell, style, Currency::parse(code).unwrap()).map(Money::minor)
    }

    #[test]
    fn a_cell_is_read_exactly_or_refused() {
        let point = Style::of(Mark::Point);
        let comma = Style::of(Mark::Comma);
        let mixed = Style {
            is_mixed: true,
            ..point
        };
        let minor_unit = Style {
            unit: Unit::Minor,
            ..point
        };
        let table = [
            ("500", point, "USD", Ok(50_000)),
            ("1,234.50", point, "USD", Ok(123_450)),
            ("2.250,00", comma, "EUR", Ok(225_000)),
            ("1610.0000", point, "USD", Ok(161_000)),
            ("(400.00)", point, "USD", Ok(-40_000)),
            ("$-142.85", point, "USD", Ok(-14_285)),
            ("12.50-", point, "USD", Ok(-1_250)),
            ("1 234,50 €", comma, "EUR", Ok(123_450)),
            ("€,50", comma, "EUR", Ok(50)),
            ("1.234", point, "KWD", Ok(1_234)),
            ("1,234", point, "JPY", Ok(1_234)),
            ("1,234", mixed, "USD", Err("either")),
            ("1 234,50 €", mixed, "EUR", Err("other mark")),
            ("1.234,50", point, "EUR", Err("other mark")),
            ("10.005", point, "USD", Err("too fine")),
            ("100.5", point, "JPY", Err("too fine")),
            ("99999999999", point, "USD", Err("too large")),
            ("€5", point, "USD", Err("other currency")),
            ("5 GBP", point, "USD", Err("other currency")),
            ("$5 EUR", point, "USD", Err("other currency")),
            ("abc", point, "USD", Err("no amount")),
            ("5 k", point, "USD", Err("no amount")),
            ("12,34", point, "USD", Err("other mark")),
            ("1,2,3", point, "USD", Err("no amount")),
            ("1.2E+05", point, "USD", Err("no amount")),
            ("=1+1", point, "USD", Err("no amount")),
            ("1500", minor_unit, "USD", Ok(1_500)),
            ("-5", minor_unit, "USD", Ok(-5)),
            ("0", minor_unit, "USD", Ok(0)),
            ("1500", minor_unit, "JPY", Ok(1_500)),
            ("1500", minor_unit, "KWD", Ok(1_500)),
            ("15.00", minor_unit, "USD", Err("not minor")),
        ];
        for (cell, style, code, expected) in table {
            let read = minor(cell, style, code).map_err(|error| match error {
                AmountError::NotAnAmount(_) => "no amount",
                AmountError::OtherMark(..) => "other mark",
                AmountError::Either(_) => "either",
                AmountError::OtherCurrency(..) => "other currency",
                AmountError::TooFine(..) => "too fine",
                AmountError::NotMinor(_) => "not minor",
                AmountError::TooLarge(_) => "too large",
            });

            assert_eq!(read, expected, "{cell} {code}");
        }
    }

    #[test]
    fn spreadsheet_rounding_is_called_by_its_name() {
        let usd = Currency::parse("USD").unwrap();
        let advice = |text: &str| {
            let problem = Problem::from(AmountError::TooFine(text.to_owned(), usd));
            problem.advice().unwrap_or_default()
        };

        assert!(advice("249.44999999999996").contains("spreadsheet rounding"));
        assert_eq!(advice("10.005"), "USD has 2 decimals; dues does not round.");
    }

    proptest! {
        /// However an amount is dressed, it is read as the same money.
        #[test]
        fn dress_does_not_change_an_amount(
            cents in 0_i64..1_000_000_000,
            is_negative: bool,
            gap in prop::sample::select(vec!["", ",", " ", "\u{a0}", "'"]),
            sign in prop::sample::select(vec!["", "$", "USD "]),
        ) {
            let mut whole = (cents / 100).to_string();
            let mut at = whole.len();
            while at > 3 {
                at -= 3;
                whole.insert_str(at, gap);
            }
            let cell = format!("{sign}{whole}.{:02}", cents % 100);
            let cell = if is_negative { format!("({cell})") } else { cell };

            let expected = if is_negative { -cents } else { cents };
            prop_assert_eq!(minor(&cell, Style::of(Mark::Point), "USD"), Ok(expected));
        }

        /// No text makes the reader stumble.
        #[test]
        fn any_text_is_read_or_refused(cell in "\\PC{0,20}", comma: bool) {
            let mark = if comma { Mark::Comma } else { Mark::Point };

            let _ = minor(&cell, Style::of(mark), "USD");
        }
    }
}

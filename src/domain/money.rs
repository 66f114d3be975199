//! Money: whole minor units of one currency, never a fraction, never a float.
//!
//! An amount that does not fit its currency is refused, not rounded, and two
//! currencies never meet in one sum. Decimals are read and reckoned by
//! `rust_decimal`, behind a grammar of our own: it would take `1e3` for a
//! thousand and round what is too fine, and we do neither. Money is rounded in
//! one place only, [`Money::split`], which keeps the rest.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

use crate::problem::Problem;

/// A currency of ISO 4217 that has a minor unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads an ISO 4217 code in either case: `USD`, `eur`.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NoSuchCurrency`] for a code that ISO 4217 does not list,
    /// or that names no money one could pay with (gold, test codes).
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::NoSuchCurrency(code.to_owned());
        let currency =
            iso_currency::Currency::from_code(&code.to_ascii_uppercase()).ok_or_else(unknown)?;
        currency.exponent().ok_or_else(unknown)?;
        Ok(Self(currency))
    }

    /// The three-letter code, upper case.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Decimal places of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::parse(code)
    }
}

/// The largest amount that one line of a book may carry, in minor units.
///
/// Far above any invoice, and far enough below `i64::MAX` that a million of
/// them still add up.
pub const LARGEST_MINOR: i64 = 999_999_999_999;

/// An amount of one currency, in minor units (cents); it may be negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount from minor units: `Money::of(66_240, usd)` is 662.40 USD.
    #[must_use]
    pub fn of(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::of(0, currency)
    }

    /// Reads an amount as people write it, in major units: `500`, `120.50`.
    ///
    /// # Errors
    ///
    /// [`MoneyError::NotAnAmount`] for anything but digits with one decimal
    /// point; [`MoneyError::TooFine`] for more decimals than the currency has:
    /// an amount is refused rather than rounded; [`MoneyError::TooLarge`]
    /// above [`LARGEST_MINOR`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (digits, is_negative) = match text.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let too_large = || MoneyError::TooLarge(text.to_owned());
        let decimal = match decimal(digits) {
            Ok(decimal) => decimal,
            Err(NotADecimal::Grammar) => return Err(MoneyError::NotAnAmount(text.to_owned())),
            Err(NotADecimal::TooLarge) => return Err(too_large()),
            Err(NotADecimal::TooFine) => return Err(MoneyError::too_fine(text, currency)),
        };
        // `12.500` is twelve and a half in any book; `12.505` is not money.
        if decimal.scale() > currency.decimals() {
            return Err(MoneyError::too_fine(text, currency));
        }
        let scale = Decimal::from(10_i64.pow(currency.decimals()));
        let minor = decimal.checked_mul(scale).ok_or_else(too_large)?;
        let minor = i64::try_from(minor).map_err(|_| too_large())?;
        if minor > LARGEST_MINOR {
            return Err(too_large());
        }
        Ok(Self::of(if is_negative { -minor } else { minor }, currency))
    }

    /// As [`Money::parse`], for what a person types: `1.000` may be a thousand
    /// to who wrote it, so not even zeros may be more than the currency has.
    ///
    /// # Errors
    ///
    /// As [`Money::parse`].
    pub fn typed(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let fraction = text
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        if fraction > currency.decimals() as usize {
            Self::parse(text, currency)?;
            return Err(MoneyError::too_fine(text, currency));
        }
        Self::parse(text, currency)
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    #[must_use]
    pub fn is_positive(self) -> bool {
        self.minor > 0
    }

    /// The sum.
    ///
    /// # Panics
    ///
    /// If the currencies differ or the sum leaves `i64`: both are mistakes of
    /// ours, never of a user, and a wrong sum must not go on.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.checked(other, self.minor.checked_add(other.minor))
    }

    /// The difference.
    ///
    /// # Panics
    ///
    /// As [`Money::plus`].
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.checked(other, self.minor.checked_sub(other.minor))
    }

    /// The same with its sign turned.
    #[must_use]
    pub fn turned(self) -> Self {
        Self::zero(self.currency).minus(self)
    }

    fn checked(self, other: Self, minor: Option<i64>) -> Self {
        assert_eq!(self.currency, other.currency, "a sum over two currencies");
        Self::of(minor.expect("a sum beyond i64"), self.currency)
    }

    /// The smaller of two amounts of one currency.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        if self.minus(other).minor > 0 {
            other
        } else {
            self
        }
    }

    /// A percentage of the amount, and the rest of it: together they are the
    /// amount, to the cent. What falls between two minor units goes to the
    /// nearer one, and from the middle to the even one, so that over many
    /// amounts neither side gains; the other part has what is left.
    ///
    /// The only place where money is rounded.
    #[must_use]
    pub fn split(self, percent: Percent) -> (Self, Self) {
        // Exact: 13 digits by 7, far within the 28 that a decimal holds.
        let exact = Decimal::from(self.minor) * percent.0 / Decimal::ONE_HUNDRED;
        let part = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven);
        let part = i64::try_from(part).expect("a part of an amount is no larger than it");
        let part = Self::of(part, self.currency);
        (part, self.minus(part))
    }

    /// The amount without its currency, in major units: `1234.50`.
    #[must_use]
    pub fn decimal(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!(
            "{:0>width$}",
            self.minor.unsigned_abs(),
            width = decimals + 1
        );
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        if decimals == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// `662.40 USD`: as a person reads it.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.decimal(), self.currency))
    }
}

/// The most decimals that a percentage has.
const FINEST_PERCENT: u32 = 3;

/// A percentage from 0 to 100, exactly as it was written: `2`, `1.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Reads a percentage in digits, with at most three decimals; `None` for
    /// anything else, and for more than 100.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decimal(text)
            .ok()
            .filter(|it| *it <= Decimal::ONE_HUNDRED && it.scale() <= FINEST_PERCENT)
            .map(Self)
    }

    /// Neither nothing nor all.
    #[must_use]
    pub fn is_a_part(self) -> bool {
        self.0 > Decimal::ZERO && self.0 < Decimal::ONE_HUNDRED
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

/// Why a text is no decimal that can be held.
enum NotADecimal {
    Grammar,
    TooLarge,
    TooFine,
}

/// Reads digits with at most one point between them, and nothing else: no sign,
/// no exponent, no thousands. Noughts at the end of a fraction are dropped.
fn decimal(text: &str) -> Result<Decimal, NotADecimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || !all_digits(whole)
        || !all_digits(fraction)
        || (text.contains('.') && fraction.is_empty())
    {
        return Err(NotADecimal::Grammar);
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let exact = |text: &str| Decimal::from_str_exact(text).ok();
    match fraction.trim_end_matches('0') {
        "" => exact(whole).ok_or(NotADecimal::TooLarge),
        // Of two faults the finer one, as before a whole that is too large.
        kept => exact(&format!("{whole}.{kept}")).ok_or(NotADecimal::TooFine),
    }
}

/// Why a text is not an amount of money.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum MoneyError {
    #[error("`{0}` is not an amount of money")]
    NotAnAmount(String),
    #[error("`{text}` is finer than {currency} has places for")]
    TooFine { text: String, currency: Currency },
    #[error("`{0}` is larger than any amount dues keeps")]
    TooLarge(String),
    #[error("`{0}` is not a currency of ISO 4217")]
    NoSuchCurrency(String),
}

impl MoneyError {
    fn too_fine(text: &str, currency: Currency) -> Self {
        Self::TooFine {
            text: text.to_owned(),
            currency,
        }
    }
}

impl From<MoneyError> for Problem {
    fn from(error: MoneyError) -> Self {
        let message = error.to_string();
        match error {
            MoneyError::NotAnAmount(_) => Self::usage("bad_amount", message)
                .hint("Write it in digits with a point, as `500` or `120.50`."),
            MoneyError::TooFine { currency, .. } => {
                let advice = match currency.decimals() {
                    0 => format!("Give a whole amount: {currency} has no smaller unit."),
                    1 => "Give at most 1 decimal.".to_owned(),
                    n => format!("Give at most {n} decimals."),
                };
                Self::usage("amount_too_fine", message).hint(advice)
            }
            MoneyError::TooLarge(_) => {
                Self::usage("amount_too_large", message).hint("Look for a digit too many.")
            }
            MoneyError::NoSuchCurrency(_) => {
                Self::usage("bad_currency", message).hint("Use a code such as `USD` or `EUR`.")
            }
        }
    }
}

/// Sums by currency, in the order in which the currencies came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(Vec<Money>);

impl Sums {
    pub fn add(&mut self, amount: Money) {
        let mut sums = self.0.iter_mut();
        match sums.find(|sum| sum.currency() == amount.currency()) {
            Some(sum) => *sum = sum.plus(amount),
            None => self.0.push(amount),
        }
    }

    #[must_use]
    pub fn each(&self) -> &[Money] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn an_amount_is_read_as_written_or_refused() {
        let table = [
            ("500", "USD", Ok(50_000)),
            ("120.5", "USD", Ok(12_050)),
            ("1610.0000", "USD", Ok(161_000)),
            ("0.01", "USD", Ok(1)),
            ("-3.20", "USD", Ok(-320)),
            ("100", "JPY", Ok(100)),
            ("1.234", "KWD", Ok(1_234)),
            ("9999999999.99", "USD", Ok(LARGEST_MINOR)),
            ("10.005", "USD", Err("too_fine")),
            (
                "0.00000000000000000000000000000000001",
                "USD",
                Err("too_fine"),
            ),
            ("000000000000000000000000000000000012.50", "USD", Ok(1_250)),
            ("100.5", "JPY", Err("too_fine")),
            ("1.2345", "KWD", Err("too_fine")),
            ("10000000000", "USD", Err("too_large")),
            ("92233720368547758.08", "USD", Err("too_large")),
            ("99999999999999999999999", "USD", Err("too_large")),
            ("1e3", "USD", Err("not_an_amount")),
            ("+5", "USD", Err("not_an_amount")),
            ("1_000", "USD", Err("not_an_amount")),
            ("1,000", "USD", Err("not_an_amount")),
            (".5", "USD", Err("not_an_amount")),
            ("5.", "USD", Err("not_an_amount")),
            ("", "USD", Err("not_an_amount")),
            ("-", "USD", Err("not_an_amount")),
            ("--5", "USD", Err("not_an_amount")),
            ("NaN", "USD", Err("not_an_amount")),
            ("٣٠", "USD", Err("not_an_amount")),
            ("３０", "USD", Err("not_an_amount")),
        ];
        for (text, code, expected) in table {
            let read = Money::parse(text, currency(code)).map(Money::minor);

            let read = read.map_err(|error| match error {
                MoneyError::NotAnAmount(_) => "not_an_amount",
                MoneyError::TooFine { .. } => "too_fine",
                MoneyError::TooLarge(_) => "too_large",
                MoneyError::NoSuchCurrency(_) => "no_such_currency",
            });
            assert_eq!(read, expected, "{text} {code}");
        }
    }

    #[test]
    fn a_percentage_is_rounded_to_the_even_cent_and_the_rest_is_kept() {
        let table = [
            (50_000, "2", 1_000, 49_000),
            (10_050, "1", 100, 9_950),
            // In the middle: to the even one.
            (10_050, "1.0", 100, 9_950),
            (25, "10", 2, 23),
            (35, "10", 4, 31),
            (-25, "10", -2, -23),
            (26, "10", 3, 23),
            (1, "0", 0, 1),
            (1, "100", 1, 0),
            (LARGEST_MINOR, "99.999", 999_989_999_999, 10_000_000),
        ];
        for (minor, percent, part, rest) in table {
            let amount = Money::of(minor, currency("USD"));

            let split = amount.split(Percent::parse(percent).unwrap());

            assert_eq!((split.0.minor(), split.1.minor()), (part, rest), "{minor}");
        }
        for text in ["", "-1", "100.01", "1e1", "2%", "0.0001", ".5", "5."] {
            assert!(Percent::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn codes_without_a_minor_unit_are_no_currency() {
        for code in ["XAU", "XXX", "ZZZ", "US", "", "US1"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
        assert_eq!(currency("eur").code(), "EUR");
    }

    proptest! {
        /// No cent is lost or made, and no more than half a one is moved.
        #[test]
        fn both_parts_are_the_amount(
            minor in -LARGEST_MINOR..=LARGEST_MINOR,
            thousandths in 0_i64..=100_000,
        ) {
            let percent = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
            let amount = Money::of(minor, currency("USD"));

            let (part, rest) = amount.split(Percent::parse(&percent).unwrap());

            prop_assert_eq!(part.plus(rest), amount);
            let off = i128::from(part.minor()) * 100_000 - i128::from(minor) * i128::from(thousandths);
            prop_assert!(off.abs() <= 50_000);
        }

        /// What is printed is read back as the same money, in any currency.
        #[test]
        fn an_amount_survives_print_and_read(
            minor in -LARGEST_MINOR..=LARGEST_MINOR,
            code in prop::sample::select(vec!["USD", "JPY", "KWD", "CLF", "EUR", "ISK"]),
        ) {
            let money = Money::of(minor, currency(code));

            prop_assert_eq!(Money::parse(&money.decimal(), currency(code)), Ok(money));
        }
    }
}

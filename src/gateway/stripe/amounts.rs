//! Amounts as Stripe counts them.
//!
//! Stripe's smallest unit is not always that of ISO 4217, and a wrong one
//! charges a hundred times too much without anyone noticing: the answer
//! repeats the number that was sent. So the table is our own, and a currency
//! that it does not list is refused.
//!
//! Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal
//! currencies", "Special cases" and "Minimum and maximum charge amounts".

use crate::domain::money::{Currency, Money};
use crate::problem::Problem;

/// Charged in whole units.
const ZERO_DECIMALS: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];

/// Charged in thousandths, of which cards take only tens.
const THREE_DECIMALS: &[&str] = &["BHD", "JOD", "KWD", "OMR", "TND"];

/// Charged in hundredths. ISK has none, but Stripe wants the two zeros.
const TWO_DECIMALS: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD",
    "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC",
    "CVE", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP",
    "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "ISK", "JMD", "KES",
    "KGS", "KHR", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MKD", "MMK",
    "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD",
    "SCR", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SZL", "THB", "TJS", "TOP", "TRY", "TTD",
    "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "WST", "XCD", "YER", "ZAR", "ZMW",
];

/// The least that is charged, in Stripe's unit. Where the account settles in
/// another currency Stripe's own least is that one's worth, and Stripe says so.
const LEAST: &[(&str, i64)] = &[
    ("AED", 200),
    ("AUD", 50),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("KRW", 50),
    ("MXN", 1000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1000),
    ("USD", 50),
    ("ZAR", 50),
];

/// Twelve digits, "for most card payments"; a card network may take less.
const MOST: i64 = 999_999_999_999;

/// Decimal places of Stripe's unit, for a currency whose unit is certain.
fn decimals(code: &str) -> Option<u32> {
    [(ZERO_DECIMALS, 0), (TWO_DECIMALS, 2), (THREE_DECIMALS, 3)]
        .into_iter()
        .find_map(|(codes, decimals)| codes.contains(&code).then_some(decimals))
}

/// An amount to be charged, as Stripe counts it.
///
/// # Errors
///
/// A currency that Stripe does not take or whose unit its pages give in two
/// ways; an amount that is nothing, below the least, above the most, or finer
/// than cards take.
pub(super) fn to_stripe(money: Money) -> Result<i64, Problem> {
    let amount = in_its_unit(money)?;
    let code = money.currency().code();
    let least = LEAST
        .iter()
        .find(|(listed, _)| *listed == code)
        .map_or(1, |(_, least)| *least);
    if amount < least {
        let fact = match from_stripe(least, code) {
            Some(least) if money.is_positive() => {
                format!("{money} is less than stripe charges: the least is {least}")
            }
            _ => format!("{money} is nothing to charge"),
        };
        return Err(Problem::refused("amount_too_small", fact)
            .hint("Charge it together with another invoice."));
    }
    Ok(amount)
}

/// An amount to be given back, as Stripe counts it. Of what was charged any
/// part may go back, however small.
///
/// # Errors
///
/// As [`to_stripe`], but for the least.
pub(super) fn returned_to_stripe(money: Money) -> Result<i64, Problem> {
    let amount = in_its_unit(money)?;
    if amount < 1 {
        let fact = format!("{money} is nothing to give back");
        return Err(Problem::refused("amount_too_small", fact)
            .hint("Give an amount above zero, or none to give all of it back."));
    }
    Ok(amount)
}

fn in_its_unit(money: Money) -> Result<i64, Problem> {
    let currency = money.currency();
    let code = currency.code();
    // "Zero-decimal" in Stripe's list and "a two-decimal value" two tables
    // further on: one of them charges a hundred times too much.
    if code == "UGX" {
        let fact = "dues does not charge UGX through stripe: its documentation names two units";
        return Err(Problem::refused("currency_not_taken", fact)
            .hint("Charge this customer in another currency."));
    }
    let Some(theirs) = decimals(code) else {
        let fact = format!("stripe does not take {code}");
        return Err(Problem::refused("currency_not_taken", fact)
            .hint("Charge this customer in another currency, or through another gateway."));
    };
    let ours = currency.decimals();
    let too_fine = |step: Money| {
        Problem::refused(
            "amount_too_fine",
            format!("{money} is finer than stripe counts"),
        )
        .hint(format!("Give a multiple of {step}."))
    };
    let amount = if ours > theirs {
        let step = 10_i64.pow(ours - theirs);
        if money.minor() % step != 0 {
            return Err(too_fine(Money::of(step, currency)));
        }
        money.minor() / step
    } else {
        money.minor().saturating_mul(10_i64.pow(theirs - ours))
    };
    if theirs == 3 && amount % 10 != 0 {
        return Err(too_fine(Money::of(10, currency)));
    }
    if amount > MOST {
        let fact = format!("{money} is more than stripe charges at once");
        return Err(Problem::refused("amount_too_large", fact)
            .hint("Charge it in several smaller amounts."));
    }
    Ok(amount)
}

/// Stripe's number and its lower-case code as money, if it is any we know.
pub(super) fn from_stripe(amount: i64, code: &str) -> Option<Money> {
    let currency = Currency::parse(code).ok()?;
    let theirs = decimals(currency.code())?;
    let ours = currency.decimals();
    let minor = if ours > theirs {
        amount.checked_mul(10_i64.pow(ours - theirs))?
    } else {
        let step = 10_i64.pow(theirs - ours);
        (amount % step == 0).then_some(amount / step)?
    };
    Some(Money::of(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::of(minor, Currency::parse(code).unwrap())
    }

    #[test]
    fn an_amount_is_sent_in_stripes_unit_or_not_at_all() {
        let table = [
            (66_240, "USD", Ok(66_240)),
            (50, "USD", Ok(50)),
            (49, "USD", Err("amount_too_small")),
            (0, "USD", Err("amount_too_small")),
            (-500, "USD", Err("amount_too_small")),
            (1, "COP", Ok(1)),
            (0, "COP", Err("amount_too_small")),
            (500, "JPY", Ok(500)),
            (49, "JPY", Err("amount_too_small")),
            (17_500, "HUF", Ok(17_500)),
            // No decimals in ISO 4217, two at Stripe.
            (5, "ISK", Ok(500)),
            // Two decimals in ISO 4217, none at Stripe.
            (500, "MGA", Ok(5)),
            (550, "MGA", Err("amount_too_fine")),
            (5_120, "KWD", Ok(5_120)),
            (5_124, "KWD", Err("amount_too_fine")),
            (999_999_999_999, "USD", Ok(999_999_999_999)),
            (999_999_999_999, "ISK", Err("amount_too_large")),
            (i64::MAX, "USD", Err("amount_too_large")),
            (i64::MAX, "ISK", Err("amount_too_large")),
            (i64::MIN, "ISK", Err("amount_too_small")),
            (500, "UGX", Err("currency_not_taken")),
            (500, "IRR", Err("currency_not_taken")),
        ];
        for (minor, code, expected) in table {
            let sent = to_stripe(money(minor, code));

            assert_eq!(
                sent.map_err(|problem| problem.code()),
                expected,
                "{minor} {code}"
            );
        }
    }

    /// A part of a charge may be less than the least that is charged.
    #[test]
    fn any_part_of_a_charge_may_go_back_in_stripes_unit() {
        let table = [
            (66_240, "USD", Ok(66_240)),
            (1, "USD", Ok(1)),
            (0, "USD", Err("amount_too_small")),
            (i64::MIN, "ISK", Err("amount_too_small")),
            (5, "ISK", Ok(500)),
            (550, "MGA", Err("amount_too_fine")),
            (5_124, "KWD", Err("amount_too_fine")),
            (i64::MAX, "ISK", Err("amount_too_large")),
            (500, "UGX", Err("currency_not_taken")),
        ];
        for (minor, code, expected) in table {
            let sent = returned_to_stripe(money(minor, code));

            assert_eq!(
                sent.map_err(|problem| problem.code()),
                expected,
                "{minor} {code}"
            );
        }
    }

    #[test]
    fn a_number_in_an_answer_is_money_only_if_it_can_be() {
        assert_eq!(from_stripe(500, "isk"), Some(money(5, "ISK")));
        assert_eq!(from_stripe(5, "mga"), Some(money(500, "MGA")));
        assert_eq!(from_stripe(550, "isk"), None);
        assert_eq!(from_stripe(500, "ugx"), None);
        assert_eq!(from_stripe(500, "zzz"), None);
        assert_eq!(from_stripe(i64::MAX, "mga"), None);
    }

    proptest! {
        /// What Stripe was asked for is what its answer is read as.
        #[test]
        fn an_amount_survives_the_way_there_and_back(
            minor in 1..=999_999_999_999_i64,
            code in prop::sample::select(
                [ZERO_DECIMALS, TWO_DECIMALS, THREE_DECIMALS].concat()),
        ) {
            let asked = money(minor, code);

            if let Ok(sent) = to_stripe(asked) {
                prop_assert_eq!(from_stripe(sent, &code.to_lowercase()), Some(asked));
            }
        }
    }
}

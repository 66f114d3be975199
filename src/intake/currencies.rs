//! Currency signs beside an amount: they may contradict, and never choose.
//!
//! `$` is the sign of twenty currencies, so the currency comes from a column
//! or from the person. A sign that cannot be that currency's is an error.

use crate::domain::money::Currency;

/// Signs and the currencies that are written with them.
const SIGNS: [(&str, &[&str]); 21] = [
    ("€", &["EUR"]),
    (
        "$",
        &[
            "USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU",
            "DOP", "BBD", "BMD", "BSD", "BZD", "FJD", "GYD", "JMD", "KYD", "LRD", "NAD", "SBD",
            "SRD", "TTD", "XCD", "BND", "BRL", "CUP", "MOP",
        ],
    ),
    ("US$", &["USD"]),
    ("A$", &["AUD"]),
    ("AU$", &["AUD"]),
    ("C$", &["CAD"]),
    ("CA$", &["CAD"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("S$", &["SGD"]),
    ("R$", &["BRL"]),
    (
        "£",
        &[
            "GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP",
        ],
    ),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("zł", &["PLN"]),
    ("₩", &["KRW", "KPW"]),
    ("₪", &["ILS"]),
    ("₺", &["TRY"]),
    ("₴", &["UAH"]),
    ("R", &["ZAR"]),
];

/// Whether a sign or code can stand beside an amount of the currency; `None`
/// if it is neither.
pub(super) fn fits(sign: &str, currency: Currency) -> Option<bool> {
    if let Some((_, codes)) = SIGNS.iter().find(|(known, _)| *known == sign) {
        return Some(codes.contains(&currency.code()));
    }
    Currency::parse(sign).ok().map(|named| named == currency)
}

/// Whether a character can be part of a sign.
pub(super) fn is_part_of_sign(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '$' | '¢'..='¥' | '\u{20a0}'..='\u{20cf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_may_contradict_and_never_chooses() {
        let table = [
            ("$", "USD", Some(true)),
            ("$", "CAD", Some(true)),
            ("$", "EUR", Some(false)),
            ("US$", "CAD", Some(false)),
            ("€", "EUR", Some(true)),
            ("eur", "EUR", Some(true)),
            ("GBP", "EUR", Some(false)),
            ("kr", "SEK", Some(true)),
            ("abc", "EUR", None),
            ("k", "EUR", None),
        ];
        for (sign, code, expected) in table {
            let currency = Currency::parse(code).unwrap();

            assert_eq!(fits(sign, currency), expected, "{sign} {code}");
        }
    }

    #[test]
    fn every_code_is_a_currency_and_every_sign_is_made_of_its_parts() {
        for (sign, codes) in SIGNS {
            assert!(sign.chars().all(is_part_of_sign), "{sign}");
            for code in codes {
                assert!(Currency::parse(code).is_ok(), "{code}");
            }
        }
    }
}

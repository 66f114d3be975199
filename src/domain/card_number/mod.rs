//! Finds card numbers in text, so that none is ever kept, shown or sent on.
//!
//! A number counts when it has a card brand's prefix and length and passes
//! the Luhn check (ISO/IEC 7812-1), however it is spaced and in whatever
//! digits it is written. What is found is never given back: callers learn
//! only that there is one, or get the text without it.

mod brands;
#[cfg(test)]
mod corpora;
mod letters;
mod others;
mod spacing;
mod words;

use std::ops::Range;

use crate::problem::{Kind, Problem};
use brands::FEWEST;
use spacing::Digits;

/// What stands in a text where a card number stood.
pub const REMOVED: &str = "[card number removed]";

/// Whether the text holds what looks like a payment card number.
#[must_use]
pub fn is_in(text: &str) -> bool {
    first_in(text).is_some()
}

/// The text with each card number taken out.
#[must_use]
pub fn removed_from(text: &str) -> String {
    let mut left = text.to_owned();
    while let Some(place) = first_in(&left) {
        left.replace_range(place, REMOVED);
    }
    left
}

fn first_in(text: &str) -> Option<Range<usize>> {
    // Nearly every text ends here: it has too few letters that could be digits.
    let could_be_digits = text
        .bytes()
        .filter(|byte| byte.is_ascii_digit() || !byte.is_ascii());
    if could_be_digits.count() < FEWEST {
        return None;
    }
    let mut named = None;
    Digits::of(text).first_card(|place| {
        let named = named.get_or_insert_with(|| others::named_otherwise(text));
        named
            .iter()
            .any(|id| place.start < id.end && id.start < place.end)
    })
}

/// Refuses a text that holds a card number. `place` says where, never what.
///
/// # Errors
///
/// A [`Kind::CardData`] problem (exit 9) that repeats none of the digits.
pub fn refuse_in(text: &str, place: &str) -> Result<(), Problem> {
    if !is_in(text) {
        return Ok(());
    }
    Err(refused(place))
}

/// What [`refuse_in`] says of a text that is known to hold one.
pub(super) fn refused(place: &str) -> Problem {
    Problem::new(
        Kind::CardData,
        "card_number",
        format!("{place} looks like a card number; it was not kept"),
    )
    .hint(
        "Card numbers are entered at the gateway only. Take this one out; if it was typed \
         in a shell, remove it from the shell's history too.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_however_they_are_written() {
        for text in [
            "4242424242424242",
            "4242 4242 4242 4242",
            "4242-4242-4242-4242",
            "card 5555555555554444, thanks",
            "378282246310005",
            "6011111111111117",
            "4242\u{a0}4242\u{a0}4242\u{a0}4242",
            "4242\u{200b}4242\u{200b}42424242",
            "４２４２４２４２４２４２４２４２",
            "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
            "(4111111111111111)",
            "no:4111111111111111;",
            "\"4111111111111111\"",
            "4111 1111 1111 1111 12/27",
            "4111111111111111 123",
            "Room 7 4111111111111111",
            "card no.4111111111111111",
            "4111 - 1111 - 1111 - 1111",
            "4111.1111.1111.1111",
            "visa4111111111111111",
            "%B4111111111111111^DIAZ/ROSA^29121010000?",
            "B4111111111111111^DIAZ",
            "4111  1111  1111  1111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "3782 822463 10005",
            "4111\u{2066}1111\u{61c}1111\u{180e}1111",
            "4111\u{fe0f}1111\u{3164}11111111",
            "4111,1111,1111,1111",
            "4111 | 1111 | 1111 | 1111",
            "4111=1111+1111*1111",
            "4111'1111`1111・1111",
            "(4111)(1111)(1111)(1111)",
            "4111    1111    1111    1111",
            "411 111 1111111 111 12/27",
            "⁴¹¹¹ ¹¹¹¹ ¹¹¹¹ ¹¹¹¹",
            "④①①①①①①①①①①①①①①①",
            "4\u{fe0f}\u{20e3}1\u{fe0f}\u{20e3}11 1111 1111 1111",
            "card_4111111111111111",
            "ccnum4111111111111111cvv123",
            "卡号4111111111111111",
            "2200 0000 0000 0004",
            "+4111111111111111",
            "1,4111111111111111,20.00",
            "4111111111111111.0",
            "4000000000000002=2512101",
        ] {
            assert!(is_in(text), "{text}");
        }
    }

    #[test]
    fn other_long_numbers_are_left_alone() {
        for text in [
            "4242424242424243",    // fails Luhn
            "1234567812345670",    // passes Luhn, no brand
            "6130000000000000019", // a 19-digit id
            "INV4242424242424242", // glued to letters
            "0.4242424242424242",  // a fraction
            "pm_4242424242424242",
            "2026-11-22 10:00:00",
            "412.40 2026-08-03 2026-08-17 4111",
            "41 2026 11 22 10 99 3",
            "ch_4242424242424242",
            "57971611-7859-4400-8a95-9609616a038a",
            "DE89 3704 0044 0532 0130 00",
            "AT611904300234573201",
            "456-123-4567 456-987-6543",
            "+4915112345679",
            "305.90000000000003",
            "12,300000000000001",
            "4006381333931",
            "9400 1112 0255 5000 0000 04",
            "1Z 999 991 01 2345 6784",
            "4123 4567, 5123 4567",
            "1234.50",
            "",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }

    #[test]
    fn a_card_number_is_taken_out_and_nothing_else() {
        for (text, left) in [
            ("no 4242 4242 4242 4242!", "no [card number removed]!"),
            (
                "4111111111111111 and 4242-4242-4242-4242 of 12.50",
                "[card number removed] and [card number removed] of 12.50",
            ),
            ("4\u{fe0f}\u{20e3}111111111111111", "[card number removed]"),
            (
                "ü 4111\u{200b}1111 1111 1111 ü",
                "ü [card number removed] ü",
            ),
            ("INV-4242 is 12.50", "INV-4242 is 12.50"),
        ] {
            assert_eq!(removed_from(text), left);
        }
    }

    #[test]
    fn the_refusal_repeats_no_digits() {
        let problem = refuse_in("4242 4242 4242 4242", "the memo").unwrap_err();

        let words = format!("{problem:?} {problem}");
        assert!(
            !words.chars().any(|letter| letter.is_ascii_digit()),
            "{words}"
        );
        assert_eq!(problem.kind().exit_code(), 9);
    }
}

//! Finds card numbers in text, so that none is ever kept, shown or sent on.
//!
//! A number counts when it has a card brand's prefix and length and passes
//! the Luhn check (ISO/IEC 7812-1), however it is spaced and in whatever
//! digits it is written. What is found is never given back: callers learn
//! only that there is one.

use crate::problem::{Kind, Problem};

/// Characters that people and programs put between the digits of a card number.
fn separates(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2212}' | '\u{feff}')
}

/// The value of a decimal digit of any script, by the blocks of ten that Unicode lays them in.
fn digit(letter: char) -> Option<u8> {
    const ZEROS: [u32; 22] = [
        0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
        0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xa620, 0xff10, 0x1d7ce,
    ];
    let code = letter as u32;
    if (0x1d7ce..=0x1d7ff).contains(&code) {
        return u8::try_from((code - 0x1d7ce) % 10).ok();
    }
    ZEROS
        .iter()
        .find(|zero| (**zero..**zero + 10).contains(&code))
        .and_then(|zero| u8::try_from(code - zero).ok())
}

/// Whether the text holds what looks like a payment card number.
#[must_use]
pub fn is_in(text: &str) -> bool {
    let mut run: Vec<u8> = Vec::new();
    let mut before_run = None;
    let mut gap = false;
    let mut last = None;
    for letter in text.chars() {
        if let Some(value) = digit(letter) {
            if run.is_empty() {
                before_run = last;
            }
            run.push(value);
            gap = false;
        } else if !run.is_empty() && separates(letter) && !gap {
            // One separator at a time: columns of figures are not one number.
            gap = !is_invisible(letter);
        } else {
            if ends_a_card_number(&run, before_run, Some(letter)) {
                return true;
            }
            run.clear();
            gap = false;
        }
        last = Some(letter);
    }
    ends_a_card_number(&run, before_run, None)
}

fn is_invisible(letter: char) -> bool {
    !letter.is_whitespace()
        && letter != '-'
        && !matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn ends_a_card_number(run: &[u8], before: Option<char>, after: Option<char>) -> bool {
    // Glued to a letter or a decimal point it is part of a longer id or amount.
    let glued = |neighbour: Option<char>| {
        neighbour.is_some_and(|letter| letter.is_alphabetic() || letter == '.' || letter == '_')
    };
    if glued(before) || (after.is_some_and(char::is_alphabetic)) {
        return false;
    }
    has_brand(run) && passes_luhn(run)
}

/// Prefix and length of the brands that are taken online (ISO/IEC 7812 issuer ranges).
fn has_brand(run: &[u8]) -> bool {
    if !(13..=19).contains(&run.len()) {
        return false;
    }
    let prefix = run[..6]
        .iter()
        .fold(0_u32, |sum, value| sum * 10 + u32::from(*value));
    let length = run.len();
    match prefix {
        400_000..=499_999 => matches!(length, 13 | 16 | 19),
        510_000..=559_999 | 222_100..=272_099 => length == 16,
        340_000..=349_999 | 370_000..=379_999 => length == 15,
        601_100..=601_199 | 644_000..=659_999 | 622_126..=622_925 => matches!(length, 16..=19),
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            matches!(length, 14..=19)
        }
        352_800..=358_999 => matches!(length, 16..=19),
        620_000..=629_999 | 810_000..=817_199 => matches!(length, 16..=19),
        500_000..=509_999 | 560_000..=589_999 | 630_000..=639_999 | 670_000..=679_999 => true,
        _ => false,
    }
}

/// The check digit rule of ISO/IEC 7812-1.
fn passes_luhn(run: &[u8]) -> bool {
    let sum: u32 = run
        .iter()
        .rev()
        .enumerate()
        .map(|(at, value)| {
            let value = u32::from(*value);
            match at % 2 {
                0 => value,
                _ if value > 4 => value * 2 - 9,
                _ => value * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
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
    Err(Problem::new(
        Kind::CardData,
        "card_number",
        format!("{place} looks like a card number; it was not kept"),
    )
    .hint(
        "Card numbers are entered at the gateway only. Take this one out; if it was typed \
         in a shell, remove it from the shell's history too.",
    ))
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
            "1234.50",
            "",
        ] {
            assert!(!is_in(text), "{text}");
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

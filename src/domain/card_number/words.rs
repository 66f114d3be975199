//! What is glued to a number: an id has letters before it, a card number has words.

use std::ops::Range;

use super::letters::{is_invisible, value};

/// Words that announce a card number, however they are glued to it.
const BEFORE: [&str; 22] = [
    "amex",
    "card",
    "carta",
    "carte",
    "cc",
    "ccn",
    "ccno",
    "ccnr",
    "ccnum",
    "discover",
    "karte",
    "maestro",
    "mastercard",
    "mc",
    "mir",
    "no",
    "nr",
    "num",
    "number",
    "pan",
    "tarjeta",
    "visa",
];

/// Words that follow one.
const AFTER: [&str; 9] = [
    "amex",
    "card",
    "cvc",
    "cvv",
    "exp",
    "mastercard",
    "mc",
    "valid",
    "visa",
];

/// Whether the digits are a part of a longer id (`INV4242…`, `pm_4242…`) or of
/// a fraction. Ids are ASCII: letters of other scripts are words.
pub(super) fn is_glued(text: &str, place: &Range<usize>) -> bool {
    let before = || {
        text[..place.start]
            .chars()
            .rev()
            .filter(|letter| !is_invisible(*letter))
    };
    let after = || {
        text[place.end..]
            .chars()
            .filter(|letter| !is_invisible(*letter))
    };
    if after().next().is_some_and(is_of_an_id) {
        let word: String = after()
            .skip_while(|letter| *letter == '_')
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let word = word.to_ascii_lowercase();
        if !AFTER.iter().any(|known| word.starts_with(known)) {
            return true;
        }
    }
    match before().next() {
        Some('.') => before()
            .nth(1)
            .is_some_and(|letter| value(letter).is_some()),
        Some(',') => is_dust(text, place),
        // A magnetic stripe's first track: `%B4111…^` (ISO/IEC 7813).
        Some('B') if before().nth(1) == Some('%') || after().next() == Some('^') => false,
        Some(letter) if is_of_an_id(letter) => !announces(before()),
        _ => false,
    }
}

fn is_of_an_id(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_'
}

/// `card_`, `ccnum`, `myCard`, `card_no_`; letters from right to left.
fn announces(letters: impl Iterator<Item = char>) -> bool {
    let word: String = letters
        .skip_while(|letter| *letter == '_')
        .take_while(|letter| letter.is_alphanumeric())
        .collect();
    let is_word = word.chars().all(char::is_alphabetic);
    let word: String = word.chars().rev().collect::<String>().to_lowercase();
    is_word
        && BEFORE
            .iter()
            .any(|known| word == *known || (known.len() > 3 && word.ends_with(known)))
        || ["cardno", "cardnr", "cardnum", "cardpan"]
            .iter()
            .any(|known| word.ends_with(known))
}

/// `0,30000000000000004`: what binary fractions leave behind a decimal comma. A
/// row of a CSV file has a comma there too, and no such row of noughts or nines.
fn is_dust(text: &str, place: &Range<usize>) -> bool {
    let whole = text[..place.start - 1].trim_start_matches(['-', '+', ' ']);
    let fraction = &text[place.clone()];
    !whole.is_empty()
        && whole.bytes().all(|byte| byte.is_ascii_digit())
        && (fraction.contains("00000000") || fraction.contains("99999999"))
}

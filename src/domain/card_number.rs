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
        || matches!(
            letter,
            '-' | '.' | '/' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

/// Characters that nobody sees, and that hide nothing from us.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{feff}')
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

/// The most characters between two groups of digits of one number.
const WIDEST_GAP: usize = 3;

/// The fewest digits that a card number has.
const FEWEST_DIGITS: usize = 13;

/// Words after which digits are a card number, however they are glued to it.
const CARD_WORDS: [&str; 9] = [
    "visa",
    "mastercard",
    "mc",
    "amex",
    "card",
    "cc",
    "pan",
    "no",
    "number",
];

/// Whether the text holds what looks like a payment card number.
#[must_use]
pub fn is_in(text: &str) -> bool {
    // Nearly every text ends here: it has too few letters that could be digits.
    let could_be_digits = text
        .bytes()
        .filter(|byte| byte.is_ascii_digit() || !byte.is_ascii());
    if could_be_digits.count() < FEWEST_DIGITS {
        return false;
    }
    let letters: Vec<char> = text
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .collect();
    let groups = groups(&letters);
    (0..groups.len()).any(|first| {
        let mut run: Vec<u8> = Vec::new();
        for (at, group) in groups.iter().enumerate().skip(first) {
            let is_joined = at == first || joins(&letters[groups[at - 1].end..group.start]);
            if !is_joined || run.len() + group.digits.len() > 19 {
                break;
            }
            run.extend(&group.digits);
            let window = &groups[first..=at];
            if has_brand(&run) && passes_luhn(&run) && is_written_like_one(window, &letters) {
                return true;
            }
        }
        false
    })
}

/// Digits that stand together, and where.
struct Group {
    start: usize,
    end: usize,
    digits: Vec<u8>,
}

fn groups(letters: &[char]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let Some(value) = digit(*letter) else {
            continue;
        };
        match groups.last_mut() {
            Some(group) if group.end == at => {
                group.end += 1;
                group.digits.push(value);
            }
            _ => groups.push(Group {
                start: at,
                end: at + 1,
                digits: vec![value],
            }),
        }
    }
    groups
}

fn joins(gap: &[char]) -> bool {
    gap.len() <= WIDEST_GAP && gap.iter().all(|letter| separates(*letter))
}

/// Amounts, dates and longer ids have digits too; a card number comes whole,
/// or in groups of one size or of three and more.
fn is_written_like_one(window: &[Group], letters: &[char]) -> bool {
    let Some((last, first)) = window.split_last() else {
        return false;
    };
    if first.is_empty() {
        return !is_part_of_an_id(last, letters);
    }
    let size = first[0].digits.len();
    let even = first.iter().all(|group| group.digits.len() == size) && last.digits.len() <= size;
    even || first.iter().all(|group| group.digits.len() >= 3)
}

/// Glued to letters it is part of a longer id, and behind a digit's point part
/// of a fraction; but not after a word such as `visa`.
fn is_part_of_an_id(group: &Group, letters: &[char]) -> bool {
    let before = &letters[..group.start];
    let after = letters.get(group.end);
    if after.is_some_and(|letter| letter.is_alphabetic() || *letter == '_') {
        return true;
    }
    match before.last() {
        Some('.') => before
            .iter()
            .rev()
            .nth(1)
            .is_some_and(|letter| digit(*letter).is_some()),
        Some(letter) if letter.is_alphabetic() || *letter == '_' => {
            let word: String = before
                .iter()
                .rev()
                .take_while(|letter| letter.is_alphabetic())
                .collect();
            let word: String = word.chars().rev().collect::<String>().to_lowercase();
            !CARD_WORDS.contains(&word.as_str())
        }
        _ => false,
    }
}

/// Prefix and length of the brands that are taken online (ISO/IEC 7812 issuer ranges).
fn has_brand(run: &[u8]) -> bool {
    if !(FEWEST_DIGITS..=19).contains(&run.len()) {
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
            "4111 1111 1111 1111 12/27",
            "4111111111111111 123",
            "Room 7 4111111111111111",
            "card no.4111111111111111",
            "4111 - 1111 - 1111 - 1111",
            "4111.1111.1111.1111",
            "visa4111111111111111",
            "4111  1111  1111  1111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "3782 822463 10005",
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

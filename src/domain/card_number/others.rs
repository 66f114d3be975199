//! Long numbers that are no card's, known by their shape.
//!
//! A card number can pass for one of these by luck or by malice, and one of
//! these for a card number. Where both fit, the shape decides: it has letters
//! in fixed places, or a second check digit, and no card number is written so.

use std::ops::Range;

/// Where identifiers with letters in them stand: nothing inside is a card number.
pub(super) fn named_otherwise(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if !begins || found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let rest = &bytes[at..];
        let length = uuid(rest).or_else(|| iban(rest)).or_else(|| ups(rest));
        found.extend(length.map(|length| at..at + length));
    }
    found
}

/// `57971611-7859-4400-8a95-9609616a038a`. Without any letter it is digits.
fn uuid(text: &[u8]) -> Option<usize> {
    const LENGTH: usize = 36;
    let id = text.get(..LENGTH)?;
    let fits = id.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let ends = text
        .get(LENGTH)
        .is_none_or(|next| !next.is_ascii_alphanumeric());
    (fits && ends && id.iter().any(u8::is_ascii_alphabetic)).then_some(LENGTH)
}

/// Countries of the IBAN registry, and how long an account number is there.
#[rustfmt::skip]
const IBANS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16),
    (b"BG", 22), (b"BH", 22), (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22),
    (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20),
    (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22),
    (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HN", 28), (b"HR", 21),
    (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26), (b"IT", 27), (b"JO", 30),
    (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20),
    (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MN", 20),
    (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23),
    (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22),
    (b"RU", 33), (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24),
    (b"SM", 27), (b"SO", 23), (b"ST", 25), (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26),
    (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20), (b"YE", 30),
];

/// An account number (ISO 13616) of a country's own length, its check digits right.
fn iban(text: &[u8]) -> Option<usize> {
    let country = [
        text.first()?.to_ascii_uppercase(),
        text.get(1)?.to_ascii_uppercase(),
    ];
    let (_, length) = IBANS.iter().find(|(code, _)| **code == country)?;
    let (number, end) = letters_of(text, *length)?;
    let number: Vec<u8> = number.iter().map(u8::to_ascii_uppercase).collect();
    if !number[2..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let moved = number[4..].iter().chain(&number[..4]);
    let rest = moved.fold(0_u32, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    (rest == 1).then_some(end)
}

/// A parcel of UPS: `1Z` and 16 letters or digits, the last a check digit.
fn ups(text: &[u8]) -> Option<usize> {
    if !text.get(..2)?.eq_ignore_ascii_case(b"1Z") {
        return None;
    }
    let (number, end) = letters_of(text, 18)?;
    let sum: u32 = number[2..17]
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            let value = match byte {
                b'0'..=b'9' => u32::from(byte - b'0'),
                // A is 2, B is 3, … H is 9, I is 0.
                _ => (u32::from(byte.to_ascii_uppercase() - b'A') + 2) % 10,
            };
            value * if at % 2 == 0 { 1 } else { 2 }
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    (u32::from(number[17].wrapping_sub(b'0')) == check).then_some(end)
}

/// So many letters and digits, single spaces left out, and where they end.
fn letters_of(text: &[u8], count: usize) -> Option<(Vec<u8>, usize)> {
    let mut letters = Vec::with_capacity(count);
    for (at, byte) in text.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            letters.push(*byte);
        } else if *byte != b' ' || text[at - 1] == b' ' {
            return None;
        }
        if letters.len() == count {
            let ends = text
                .get(at + 1)
                .is_none_or(|next| !next.is_ascii_alphanumeric());
            return ends.then_some((letters, at + 1));
        }
    }
    None
}

/// An article's number (EAN-13). No brand has issued 13 digits since the
/// nineties, so a number of 13 that is right as an article's is one.
pub(super) fn is_article(run: &[u8]) -> bool {
    run.len() == 13 && passes_gs1(run)
}

/// A parcel's number by the post's rules (USPS, FedEx): 20 digits or more from
/// 91 to 96 and a check digit, of which a part could be a card's.
pub(super) fn is_parcel(run: &[u8]) -> bool {
    matches!(run.len(), 20 | 22 | 26 | 30 | 34)
        && run[0] == 9
        && (1..=6).contains(&run[1])
        && passes_gs1(run)
}

/// The check digit of articles and parcels: threefold every other digit.
fn passes_gs1(run: &[u8]) -> bool {
    let weighed = run.iter().rev().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighed
        .map(|(value, weight)| u32::from(*value) * weight)
        .sum();
    sum.is_multiple_of(10)
}

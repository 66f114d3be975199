//! What a letter is to a card number: a digit of it, nothing at all, or what stands between.
//!
//! The eye reads a digit in any script, raised, circled or on a key, and sees
//! nothing where a character has no shape. The tables are Unicode's, and a
//! test holds them against a newer copy of it.

/// Where the digits 0 to 9 of a script stand in a row, ASCII's apart.
#[rustfmt::skip]
const TENS: [u32; 78] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0x2080, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450,
    0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50,
    0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
    0x1f101, 0x1fbf0,
];

/// Digits that stand otherwise: the first, how many in a row, the first's value.
/// Raised, circled, Ethiopic and the like, and the numerals of Chinese.
#[rustfmt::skip]
const OTHERS: [(u32, u32, u32); 32] = [
    (0xb2, 2, 2), (0xb9, 1, 1), (0x1369, 9, 1), (0x19da, 1, 1), (0x2070, 1, 0), (0x2074, 6, 4),
    (0x2460, 9, 1), (0x2474, 9, 1), (0x2488, 9, 1), (0x24ea, 1, 0), (0x24f5, 9, 1),
    (0x24ff, 1, 0), (0x2776, 9, 1), (0x2780, 9, 1), (0x278a, 9, 1), (0x3007, 1, 0),
    (0x4e00, 1, 1), (0x4e03, 1, 7), (0x4e09, 1, 3), (0x4e5d, 1, 9), (0x4e8c, 1, 2),
    (0x4e94, 1, 5), (0x516b, 1, 8), (0x516d, 1, 6), (0x56db, 1, 4), (0x96f6, 1, 0),
    (0x10a40, 4, 1), (0x10e60, 9, 1), (0x11052, 9, 1), (0x1f100, 1, 0), (0x1f10b, 1, 0),
    (0x1f10c, 1, 0),
];

/// The value of a digit, in whatever script and shape.
pub(super) fn value(letter: char) -> Option<u8> {
    if letter.is_ascii() {
        return letter.is_ascii_digit().then(|| letter as u8 - b'0');
    }
    let code = u32::from(letter);
    let of_ten = || {
        let zero = TENS[TENS.partition_point(|zero| *zero <= code).checked_sub(1)?];
        (code - zero < 10).then_some(code - zero)
    };
    let other = || {
        let at = OTHERS.partition_point(|(first, ..)| *first <= code);
        let (first, count, value) = OTHERS[at.checked_sub(1)?];
        (code - first < count).then_some(code - first + value)
    };
    let value = of_ten().or_else(other)?;
    u8::try_from(value).ok()
}

/// Whether nothing is seen of the character itself: controls, what Unicode
/// ignores by default, and marks that are drawn over another, as on a key.
pub(super) fn is_invisible(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_control() && !letter.is_ascii_whitespace() && letter != '\u{b}';
    }
    matches!(letter,
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{ad}'
        | '\u{300}'..='\u{36f}' | '\u{488}' | '\u{489}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
        | '\u{890}' | '\u{891}' | '\u{8e2}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}' | '\u{3164}' | '\u{a670}'..='\u{a672}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it is a gap to the eye: a space of any kind, or braille's empty cell.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{2800}'
}

/// What people and programs put between the digits of one number, mixed as it
/// comes. Anything else that is no letter separates where it is the same throughout.
pub(super) fn separates(letter: char) -> bool {
    is_blank(letter)
        || matches!(letter,
            '-' | '.' | ',' | '/' | '\\' | '_' | '|' | ':' | ';' | '\'' | '`' | '"' | '*' | '+'
            | '=' | '~' | '^' | '#'
            | '\u{a6}' | '\u{af}' | '\u{b4}' | '\u{b7}' | '\u{d7}'
            | '\u{2010}'..='\u{2027}' | '\u{2032}'..='\u{2037}' | '\u{2043}' | '\u{2044}'
            | '\u{2212}' | '\u{2215}'..='\u{2219}' | '\u{2223}' | '\u{223c}' | '\u{22c5}'
            | '\u{25cf}' | '\u{25e6}' | '\u{2e31}'
            | '\u{3001}' | '\u{3002}' | '\u{301c}' | '\u{30fb}'
            | '\u{fe50}'..='\u{fe52}' | '\u{fe58}' | '\u{fe63}'
            | '\u{ff07}' | '\u{ff0a}'..='\u{ff0f}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1d}'
            | '\u{ff3f}' | '\u{ff5c}' | '\u{ff5e}' | '\u{ff61}' | '\u{ff64}' | '\u{ff65}')
}

/// Marks that stand between two things as often as within one.
pub(super) fn lists(letter: char) -> bool {
    matches!(letter, ',' | ';' | '/' | '|' | '&')
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    /// Held against the Unicode of the crate `regex`, which is kept up to date.
    #[test]
    fn no_digit_of_unicode_and_nothing_invisible_is_left_out() {
        let digit = Regex::new(r"^\p{Nd}$").unwrap();
        let invisible = Regex::new(r"^[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Me}]$").unwrap();
        let mut buffer = [0; 4];
        for letter in '\0'..=char::MAX {
            let text: &str = letter.encode_utf8(&mut buffer);
            if digit.is_match(text) {
                // They stand in tens, each from 0 to 9.
                let at = value(letter).unwrap_or_else(|| panic!("{:x}", letter as u32));
                let zero = char::from_u32(letter as u32 - u32::from(at)).unwrap();
                assert!(digit.is_match(&zero.to_string()), "{:x}", letter as u32);
                assert_eq!(value(zero), Some(0), "{:x}", letter as u32);
            }
            if invisible.is_match(text) {
                assert!(is_invisible(letter), "{:x}", letter as u32);
            }
        }
    }

    #[test]
    fn a_digit_is_a_digit_in_every_shape() {
        for digits in [
            "⁰¹²³⁴⁵⁶⁷⁸⁹",
            "₀₁₂₃₄₅₆₇₈₉",
            "⓪①②③④⑤⑥⑦⑧⑨",
            "⓿⓵⓶⓷⓸⓹⓺⓻⓼⓽",
            "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡",
            "🄁🄂🄃🄄🄅🄆🄇🄈🄉🄊",
            "０１２３４５６７８９",
            "٠١٢٣٤٥٦٧٨٩",
            "〇一二三四五六七八九",
        ] {
            let values: Vec<_> = digits.chars().filter_map(value).collect();

            assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{digits}");
        }
    }
}

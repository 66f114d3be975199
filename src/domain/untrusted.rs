//! Text from outside, made safe to show: names, gateway messages, file names.
//!
//! A terminal obeys control characters, and a reader believes what the eye
//! sees; both are made visible as `\u{…}` instead of being passed on. What a
//! script, an emoji or a rare ideograph needs to be written stays as it is.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Text that may be shown. It can be made in no other way than by spelling
/// out whatever would deceive, so whoever takes it need not ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible(String);

impl Visible {
    /// Of one line; a line end is spelled out too.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Self(visible(text))
    }

    /// Of many lines, whose ends are the program's own.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let lines: Vec<String> = text.split('\n').map(visible).collect();
        Self(lines.join("\n"))
    }

    /// Of a table whose cells are set apart by tabs, the program's own.
    #[must_use]
    pub fn cells(text: &str) -> Self {
        let line = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
        let lines: Vec<String> = text.split('\n').map(line).collect();
        Self(lines.join("\n"))
    }

    /// Of a JSON document: the same value, spelled by JSON's own escapes.
    #[must_use]
    pub fn json(document: &str) -> Self {
        let escaped = |letter: char, shown: &mut String| {
            // Line ends stand between the values only; in a string JSON has escaped them.
            if letter == '\n' {
                return shown.push('\n');
            }
            for unit in letter.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        };
        let plain = |byte: u8| is_plain(byte) || byte == b'\n';
        if document.bytes().all(plain) {
            return Self(document.to_owned());
        }
        Self(spelled(document, escaped))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Visible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text on one line, with every control, direction and invisible character spelled out.
#[must_use]
pub fn visible(text: &str) -> String {
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    spelled(text, |letter, shown| {
        shown.push_str(&format!("\\u{{{:x}}}", letter as u32));
    })
}

/// Most text is of such bytes alone, and need not be looked at letter by letter.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn spelled(text: &str, spell: impl Fn(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    for (letter, is_hidden) in seen(text) {
        if is_hidden {
            spell(letter, &mut shown);
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// The characters that would deceive, each with its place, from 1.
pub fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    (1..)
        .zip(seen(text))
        .filter(|(_, (_, is_hidden))| *is_hidden)
        .map(|(at, (letter, _))| (at, letter))
}

/// Each character, and whether it would deceive where it stands.
fn seen(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = None;
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        let letter = letters.next()?;
        let is_hidden = deceives(letter) && !is_needed(letter, before, letters.peek().copied());
        before = Some(letter);
        Some((letter, is_hidden))
    })
}

/// The text with every accent joined to its letter (NFC): what looks alike is alike.
#[must_use]
pub fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(text)
        .into_owned()
}

/// The text with every accent apart from its letter (NFD).
#[must_use]
pub fn decomposed(text: &str) -> String {
    DecomposingNormalizerBorrowed::new_nfd()
        .normalize(text)
        .into_owned()
}

/// Whether a terminal or a reader would be misled by the character, where no
/// script needs it: controls, and what Unicode says may be left unseen.
#[must_use]
pub fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it belongs to how the letters beside it are written, as Unicode's
/// rules for identifiers and emoji have it.
fn is_needed(letter: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before else {
        return false;
    };
    match letter {
        // Joins emoji, and tells apart words of Persian, Hindi or Sinhala.
        '\u{200c}' | '\u{200d}' => {
            let is_emoji = |letter| is_pictograph(letter) || letter == '\u{fe0f}';
            after.is_some_and(|after| {
                is_joined(before) && is_joined(after) || is_emoji(before) && is_pictograph(after)
            })
        }
        // A heart in colour, a keycap, a form of an ideograph or a Mongolian letter.
        '\u{fe0e}'..='\u{fe0f}' => is_pictograph(before) || after == Some('\u{20e3}'),
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => is_ideograph(before),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(before, '\u{1820}'..='\u{18aa}'),
        _ => false,
    }
}

/// A letter or mark of a script whose letters join or stack.
fn is_joined(letter: char) -> bool {
    matches!(letter,
        '\u{620}'..='\u{6ff}' | '\u{710}'..='\u{7ff}' | '\u{840}'..='\u{8ff}'
        | '\u{900}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{17b3}'
        | '\u{17b6}'..='\u{17ff}' | '\u{1820}'..='\u{18aa}' | '\u{11000}'..='\u{11fff}')
}

fn is_pictograph(letter: char) -> bool {
    matches!(letter,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("Ada\x1b]52;c;x\x07"), "Ada\\u{1b}]52;c;x\\u{7}");
        assert_eq!(visible("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(visible("a\r\n\tb"), "a\\u{d}\\u{a}\\u{9}b");
        let text = "first\r\n\x1b[2Ksecond\n";
        assert_eq!(
            Visible::text(text).as_str(),
            "first\\u{d}\n\\u{1b}[2Ksecond\n"
        );
        assert_eq!(Visible::line("a\nb").as_str(), "a\\u{a}b");
    }

    /// Every mark of direction, filler, tag and selector, wherever it stands.
    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        let unseen = "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{202a}\
            \u{202b}\u{202c}\u{202d}\u{202e}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{206f}\u{3164}\u{fe0f}\u{feff}\
            \u{ffa0}\u{fff9}\u{e0001}\u{e0041}\u{e007f}\u{e0100}\u{e01ef}";
        for letter in unseen.chars() {
            let spelled = format!("\\u{{{:x}}}", letter as u32);
            for (before, after) in [("", ""), ("4", "2"), ("a", "b"), ("ж", "ж"), ("", "عا")] {
                assert_eq!(
                    visible(&format!("{before}{letter}{after}")),
                    format!("{before}{spelled}{after}")
                );
            }
        }
    }

    #[test]
    fn what_people_write_stays_as_they_write_it() {
        for text in [
            "Müller & Söhne 株式会社",
            "Zoe\u{308} Nguyễn Łódź שלום Ελλάδα Україна 김 ไทย",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष ශ\u{dca}\u{200d}රී",
            "❤\u{fe0f} 1\u{fe0f}\u{20e3} 👩\u{200d}🌾 🏳\u{fe0f}\u{200d}🌈 👍🏽",
            "葛\u{e0100}城 辻\u{fe00}",
            "ᠠ\u{180b}",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_json_document_says_the_same_and_deceives_nobody() {
        let said = serde_json::json!({
            "a\u{202e}": "x\u{9b}\u{7f}y\n\u{1b}", "b": ["\u{e0041}", "Zoë ❤\u{fe0f}"],
        });

        let shown = Visible::json(&format!("{said:#}\n"));

        assert_eq!(
            serde_json::from_str::<serde_json::Value>(shown.as_str()).unwrap(),
            said
        );
        let hidden = |letter: char| deceives(letter) && !"\n\u{fe0f}".contains(letter);
        assert!(!shown.as_str().contains(hidden), "{shown}");
    }
}

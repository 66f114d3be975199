//! Text from outside, made safe to show: names, gateway messages, file names.
//!
//! A terminal obeys control characters, and a reader believes what the eye
//! sees; both are made visible as `\u{…}` instead of being passed on.

/// The text with every control, direction and zero-width character spelled out.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if deceives(letter) {
                format!("\\u{{{:x}}}", letter as u32)
            } else {
                letter.to_string()
            }
        })
        .collect()
}

/// Whether a terminal or a reader would be misled by the character.
#[must_use]
pub fn deceives(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(visible("Ada\x1b]52;c;x\x07"), "Ada\\u{1b}]52;c;x\\u{7}");
        assert_eq!(visible("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(
            visible("Müller & Söhne 株式会社"),
            "Müller & Söhne 株式会社"
        );
    }
}

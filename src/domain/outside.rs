//! What somebody outside said: a gateway, a mail server, another program, the machine.
//!
//! It is kept and shown, and nobody knows what stands in it. So it has a type
//! of its own, which makes it fit for both where it comes in; the ports take
//! nothing else, and whoever writes a new gateway cannot forget it.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

use super::card_number;
use super::untrusted::visible;

/// The most characters that are kept of it.
const LONGEST: usize = 300;

/// Words from outside: one short line, everything in it visible, no card number in it.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Said(String);

impl Said {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // First of all, or a number that is cut or spelled out goes unseen.
        let shown = visible(&card_number::removed_from(&line));
        match shown.char_indices().nth(LONGEST) {
            Some(_) => Self(shown.chars().take(LONGEST - 1).chain(['…']).collect()),
            None => Self(shown),
        }
    }
}

impl Said {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.0
    }
}

impl Deref for Said {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_fit_to_be_kept_and_shown() {
        for (text, said) in [
            (
                "card 4242 4242 4242 4242 was refused",
                "card [card number removed] was refused",
            ),
            (
                "4242\u{202e}4242\r\n4242 4242 no",
                "[card number removed] no",
            ),
            ("no\r\nsuch\x1b[31m user", "no such\\u{1b}[31m user"),
            ("", ""),
        ] {
            assert_eq!(Said::new(text), said);
            // What a book gives back is not changed again.
            assert_eq!(Said::new(&Said::new(text)), Said::new(text));
        }
    }

    #[test]
    fn it_is_cut_after_the_number_is_out_and_controls_are_spelled() {
        let long = "x".repeat(290) + " 4242 4242 4242 4242";
        assert!(!Said::new(&long).contains("4242"));
        assert_eq!(Said::new(&"\x1b".repeat(900)).chars().count(), LONGEST);
    }
}

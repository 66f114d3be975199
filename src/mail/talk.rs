//! What is said to a mail server: as much of SMTP as one letter needs.
//!
//! A command is one line and so is what answers it; whatever is not the answer
//! that the command hopes for is a [`Trouble`]. Every word is bounded by the
//! [`Line`] it goes over.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use data_encoding::BASE64;
use lettre::address::Envelope;
use rustls::ClientConfig;
use zeroize::Zeroizing;

use super::line::{Answer, Line};

/// Why a command was not answered as it hoped.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server's own no.
    Said(Answer),
    /// No answer, or none that is one.
    Broke(io::Error),
    /// It does not offer what we need.
    Lacks(&'static str),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Broke(error)
    }
}

/// A user at a mail server.
pub(super) struct Login<'a> {
    pub(super) user: &'a str,
    pub(super) password: &'a str,
}

/// A conversation with one server, greeted.
pub(super) struct Talk {
    line: Line,
    /// What it offers, as it said in its greeting: `AUTH PLAIN LOGIN`.
    offers: Vec<String>,
}

impl Talk {
    /// Greets the server at the other end, as it greets us.
    pub(super) fn over(mut line: Line) -> Result<Self, Trouble> {
        positive(line.answer()?, 2)?;
        Self::greeted(line)
    }

    fn greeted(line: Line) -> Result<Self, Trouble> {
        let mut talk = Self {
            line,
            offers: Vec::new(),
        };
        let me = talk.line.own_address()?;
        talk.offers = talk.ask(&format!("EHLO {me}"), 2)?.lines;
        Ok(talk)
    }

    /// Goes on over TLS. What was offered in the open counts no more.
    pub(super) fn secured(
        mut self,
        host: &str,
        trust: &Arc<ClientConfig>,
    ) -> Result<Self, Trouble> {
        if self.offered("STARTTLS").is_none() {
            return Err(Trouble::Lacks("STARTTLS is not supported"));
        }
        self.ask("STARTTLS", 2)?;
        Self::greeted(self.line.secured(host, trust)?)
    }

    pub(super) fn log_in(&mut self, login: &Login<'_>) -> Result<(), Trouble> {
        let offered = self.offered("AUTH").unwrap_or_default();
        let offers = |way: &str| {
            offered
                .split(' ')
                .any(|word| word.eq_ignore_ascii_case(way))
        };
        if offers("PLAIN") {
            let words = Zeroizing::new(format!("\0{}\0{}", login.user, login.password));
            let words = Zeroizing::new(BASE64.encode(words.as_bytes()));
            self.ask(&Zeroizing::new(format!("AUTH PLAIN {}", *words)), 2)?;
        } else if offers("LOGIN") {
            self.ask("AUTH LOGIN", 3)?;
            self.ask(&BASE64.encode(login.user.as_bytes()), 3)?;
            self.ask(&Zeroizing::new(BASE64.encode(login.password.as_bytes())), 2)?;
        } else {
            return Err(Trouble::Lacks(
                "it offers neither AUTH PLAIN nor AUTH LOGIN",
            ));
        }
        Ok(())
    }

    /// Everything before the letter itself.
    pub(super) fn announce(&mut self, envelope: &Envelope) -> Result<(), Trouble> {
        let from = envelope.from().map(ToString::to_string).unwrap_or_default();
        self.ask(&format!("MAIL FROM:<{from}>"), 2)?;
        for to in envelope.to() {
            self.ask(&format!("RCPT TO:<{to}>"), 2)?;
        }
        self.ask("DATA", 3)?;
        Ok(())
    }

    /// The letter itself; what the server says to it, whatever that is.
    pub(super) fn hand_over(&mut self, letter: &[u8]) -> io::Result<Answer> {
        self.line.say(&as_data(letter))?;
        self.line.answer()
    }

    /// Whether the server is still there, and has nothing half begun.
    pub(super) fn stands(&mut self) -> bool {
        self.ask("RSET", 2).is_ok()
    }

    pub(super) fn lasts_until(&mut self, end: Instant) {
        self.line.lasts_until(end);
    }

    pub(super) fn take_leave(mut self) {
        // A courtesy to the server; all letters are settled.
        let _ = self.ask("QUIT", 2);
    }

    /// What follows a word that the server offers.
    fn offered(&self, word: &str) -> Option<String> {
        // The first line is its name.
        self.offers.iter().skip(1).find_map(|offer| {
            let (name, rest) = offer.split_once([' ', '=']).unwrap_or((offer, ""));
            name.eq_ignore_ascii_case(word).then(|| rest.to_owned())
        })
    }

    fn ask(&mut self, command: &str, hopes: u16) -> Result<Answer, Trouble> {
        let command = Zeroizing::new(format!("{command}\r\n"));
        self.line.say(command.as_bytes())?;
        positive(self.line.answer()?, hopes)
    }
}

/// An answer whose first digit is the one that was hoped for.
fn positive(answer: Answer, hopes: u16) -> Result<Answer, Trouble> {
    if answer.code / 100 == hopes {
        Ok(answer)
    } else {
        Err(Trouble::Said(answer))
    }
}

/// A letter as it goes after `DATA`: what begins with a dot gets one more, and
/// a dot alone ends it (RFC 5321, 4.5.2).
fn as_data(letter: &[u8]) -> Vec<u8> {
    let mut data = Vec::with_capacity(letter.len() + 64);
    let mut begins = true;
    for byte in letter {
        if begins && *byte == b'.' {
            data.push(b'.');
        }
        data.push(*byte);
        begins = *byte == b'\n';
    }
    if !begins {
        data.extend(b"\r\n");
    }
    data.extend(b".\r\n");
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_letter_ends_it() {
        let table = [
            ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("..a.\r\n.", "...a.\r\n..\r\n.\r\n"),
            ("", ".\r\n"),
        ];
        for (letter, data) in table {
            assert_eq!(as_data(letter.as_bytes()), data.as_bytes());
        }
    }
}

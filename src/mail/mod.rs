//! Letters out of the house: into a folder of files, or to a mail server.
//!
//! A letter has one form, byte for byte, however often it is delivered, so
//! that a second delivery can be known for what it is. What became of it is
//! told by how far it got, not by how the server put it.

mod folder;
mod line;
mod message;
mod smtp;
mod talk;

use lettre::Address;
use lettre::message::Mailbox;

use crate::domain::text::Text;
use crate::domain::untrusted;
use crate::problem::Problem;

pub use folder::FolderMailer;
pub use smtp::{Security, SmtpMailer, SmtpSettings};

/// Who a letter is from.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

impl Sender {
    /// # Errors
    ///
    /// Exit 3: the address is none that a header can carry.
    pub fn new(name: &str, address: &str) -> Result<Self, Problem> {
        let parsed = mailbox(name, address).ok_or_else(|| {
            Problem::setup(
                "bad_sender",
                format!(
                    "`{}` is not an address to send mail from",
                    untrusted::visible(address)
                ),
            )
            .hint(
                "Write it as `billing@shop.example`; a domain with other letters than a to z in its ASCII form, `xn--…`.",
            )
        })?;
        Ok(Self(parsed))
    }
}

/// A name and address for a header, or `None` for an address that could
/// break one or that not every server takes.
fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let name = header_text(name);
    // Read as ASCII: other letters need an extension that servers may lack.
    let address = Text::MailAddress
        .read(address)
        .ok()?
        .parse::<Address>()
        .ok()?;
    Some(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Text on one line with nothing in it that a header or a reader would obey.
/// The mail library panics on a line break in a name.
fn header_text(text: &str) -> String {
    text.split(|letter| untrusted::deceives(letter) || char::is_whitespace(letter))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_that_every_server_takes() {
        assert!(Sender::new("Müller, Hans \"H\"", "ap@rosa.example").is_ok());
        for address in [
            "",
            "rosa",
            "ü@rosa.example",
            "a@müller.example",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            let refused = Sender::new("Rosa", address).unwrap_err();
            assert_eq!(refused.kind().exit_code(), 3, "{address}");
        }
    }
}

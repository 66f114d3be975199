//! A letter as the bytes that go out.
//!
//! Everything in them comes from the letter: its date, its id, and a boundary
//! made of its id. Both parts are quoted-printable, in which `=_` cannot
//! occur, so no text can pretend to end its part.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};

use crate::domain::ids::sha256_hex;
use crate::domain::outbox::Letter;
use crate::domain::outside::Said;

use super::{Sender, header_text, mailbox};

/// A letter ready for the wire.
pub(super) struct Composed {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// Puts the letter in the form that every delivery of it has.
///
/// # Errors
///
/// Why it can never be sent, as a fact about the letter.
pub(super) fn compose(letter: &Letter, from: &Sender) -> Result<Composed, Said> {
    let to = mailbox("", &letter.to)
        .ok_or_else(|| format!("`{}` is not an address mail can go to", letter.to))?;
    if !is_message_id(&letter.message_id) {
        return Err(format!("`{}` is not a message id", letter.message_id).into());
    }
    let boundary = format!("=_{}", &sha256_hex(letter.message_id.as_bytes())[..32]);
    let body = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.wording.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.wording.html));
    let seconds = u64::try_from(letter.written_at.as_second()).unwrap_or(0);
    let mut message = Message::builder()
        .from(from.0.clone())
        .to(to)
        .subject(header_text(&letter.wording.subject))
        .date(UNIX_EPOCH + Duration::from_secs(seconds))
        .message_id(Some(format!("<{}>", letter.message_id)))
        .multipart(body)
        .map_err(|error| error.to_string())?;
    // Asks the other side's holiday notice not to answer.
    message.headers_mut().insert_raw(HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    ));
    Ok(Composed {
        envelope: message.envelope().clone(),
        bytes: message.formatted(),
    })
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

/// Whether the id is one word that a header carries as it stands.
fn is_message_id(id: &str) -> bool {
    (3..=200).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>()\\\"".contains(&byte))
        && id.split('@').filter(|side| !side.is_empty()).count() == 2
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::MailId;
    use crate::domain::outbox::Wording;

    fn letter() -> Letter {
        Letter {
            id: MailId(3),
            to: "ap@rosa.example".into(),
            wording: Wording {
                subject: "Payment received: 662.40 USD".into(),
                text: "Dear Rosa Blümchen,\n\nThank you.\n.\nFrom us = all\n".into(),
                html: "<p style=\"margin:0\">Dear Rosa</p>\n".into(),
            },
            message_id: "pay-7.c0ffee@dues.invalid".into(),
            written_at: "2026-11-22T09:30:00Z".parse().unwrap(),
        }
    }

    fn sender() -> Sender {
        Sender::new("Harbor Flowers", "billing@harbor.example").unwrap()
    }

    fn text(letter: &Letter) -> String {
        String::from_utf8(compose(letter, &sender()).unwrap().bytes).unwrap()
    }

    #[test]
    fn a_letter_has_one_form() {
        assert_snapshot!(text(&letter()).replace("\r\n", "\n"), @r#"
        From: "Harbor Flowers" <billing@harbor.example>
        To: ap@rosa.example
        Subject: Payment received: 662.40 USD
        Date: Sun, 22 Nov 2026 09:30:00 +0000
        Message-ID: <pay-7.c0ffee@dues.invalid>
        MIME-Version: 1.0
        Auto-Submitted: auto-generated
        Content-Type: multipart/alternative;
         boundary="=_6ff3b9439c8b70a9b0a0a9d3b6035b37"

        --=_6ff3b9439c8b70a9b0a0a9d3b6035b37
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Dear Rosa Bl=C3=BCmchen,

        Thank you.
        .
        From us =3D all

        --=_6ff3b9439c8b70a9b0a0a9d3b6035b37
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p style=3D"margin:0">Dear Rosa</p>

        --=_6ff3b9439c8b70a9b0a0a9d3b6035b37--
        "#);
        assert_eq!(text(&letter()), text(&letter()));
    }

    #[test]
    fn what_can_never_be_sent_is_refused() {
        for address in [
            "",
            "rosa",
            "ü@rosa.example",
            "a@x.y, b@x.y",
            "a@b.c\r\nBcc: x@y.z",
        ] {
            let mut letter = letter();
            letter.to = address.into();
            assert!(compose(&letter, &sender()).is_err(), "{address}");
        }
        for id in ["", "a", "a@b>\r\nBcc: x@y.z", "a b@c", "@", "a@b@c"] {
            let mut letter = letter();
            letter.message_id = id.into();
            assert!(compose(&letter, &sender()).is_err(), "{id}");
        }
    }

    proptest! {
        /// Whatever is in a name, a subject or a text, the headers are ours,
        /// there are two parts, and no line is long or bare.
        #[test]
        fn no_text_becomes_a_header_or_a_part(
            name in any::<String>(),
            subject in "[a-zäß=?:;<>,\"\r\n\0\t\u{202e}\u{85}\u{1f338} ]{0,200}",
            body in "(=_|--|[a-z.=\r\n\0é\u{1f338} ]){0,200}",
        ) {
            let mut letter = letter();
            letter.wording.subject = subject;
            let boundary = format!("--=_{}", &sha256_hex(letter.message_id.as_bytes())[..32]);
            letter.wording.text = format!("{body}\r\n{boundary}\r\n{body}\r\n{boundary}--\r\n.\r\n");
            letter.wording.html = format!("{body}\r\n{boundary}--\r\n");
            let from = Sender::new(&name, "billing@harbor.example").unwrap();

            let bytes = compose(&letter, &from).unwrap().bytes;

            let text = String::from_utf8(bytes).unwrap();
            prop_assert!(text.is_ascii());
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
            prop_assert!(text.split("\r\n").all(|line| line.len() < 998));
            let (head, _) = text.split_once("\r\n\r\n").unwrap();
            let mut names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split_once(':').unwrap().0)
                .collect();
            names.sort_unstable();
            prop_assert_eq!(names, [
                "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version",
                "Message-ID", "Subject", "To",
            ]);
            prop_assert_eq!(text.matches(&boundary).count(), 3);
        }
    }
}

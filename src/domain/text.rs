//! What people give in words: one rule for each kind of text, whichever door it comes by.
//!
//! What is kept looks like what was meant: accents are joined to their letters
//! (NFC), blanks around a text are no part of it, and what nobody can see is
//! refused by its name. It is never left out in silence: two texts that look
//! the same would be two customers, or two charges.
//!
//! A book may hold texts from before a rule; they are read as they are.

use thiserror::Error;

use super::card_number;
use super::untrusted::{composed, deceives, hidden};
use crate::problem::Problem;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// A script's own id of one charge.
    RequestId,
    InvoiceNumber,
    CustomerName,
    /// What another system calls a customer.
    CustomerId,
    /// The name of the business that keeps the book.
    BookName,
    Memo,
    /// Why something was done, for the record.
    Reason,
    /// The payer's own number: of a check, of a transfer.
    Reference,
    /// What is known of who paid.
    Payer,
    /// Who agreed that a card may be charged.
    ConsentBy,
    /// How they agreed.
    ConsentHow,
    Nickname,
    /// Short, and kept in upper case: how people call a customer.
    CustomerCode,
    MailAddress,
    /// The customer's own number for an invoice.
    PoNumber,
    Phone,
    /// Where invoices go, on a line.
    PostalAddress,
}

/// Why a text is none of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("{} is blank", .0.called())]
    Blank(Text),
    #[error("{} has {letters} letters, and {} at most are kept", .what.called(), .what.longest())]
    TooLong { what: Text, letters: usize },
    #[error("{} holds {} at letter {at}", .what.called(), named(*.letter))]
    Unseen {
        what: Text,
        letter: char,
        /// Counted from 1.
        at: usize,
    },
    #[error("{} holds a `=`, which stands before an amount", Text::InvoiceNumber.called())]
    Equals,
    #[error("digits alone would be taken for a card's last four")]
    DigitsAlone,
    #[error("{} looks like a card number", .0.called())]
    CardNumber(Text),
    #[error("`{0}` is not one mail address")]
    NotOneAddress(String),
    #[error("`{0}` cannot be a customer's code")]
    NotACode(String),
}

impl Text {
    /// How messages call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Self::RequestId => "the request id",
            Self::InvoiceNumber => "the invoice number",
            Self::CustomerName | Self::BookName => "the name",
            Self::CustomerId => "the customer's id",
            Self::Memo => "the memo",
            Self::Reason => "the reason",
            Self::Reference => "the number",
            Self::Payer => "who paid",
            Self::ConsentBy => "who agreed",
            Self::ConsentHow => "how they agreed",
            Self::Nickname => "the nickname",
            Self::CustomerCode => "the code",
            Self::MailAddress => "the mail address",
            Self::PoNumber => "the PO number",
            Self::Phone => "the phone number",
            Self::PostalAddress => "the address",
        }
    }

    /// For scripts.
    fn code(self) -> &'static str {
        match self {
            Self::RequestId => "bad_request_id",
            Self::InvoiceNumber => "bad_number",
            Self::CustomerName | Self::BookName => "bad_name",
            Self::CustomerId => "bad_id",
            Self::Memo => "bad_memo",
            Self::Reason => "bad_reason",
            Self::Reference => "bad_reference",
            Self::Payer => "bad_payer",
            Self::ConsentBy | Self::ConsentHow => "bad_consent",
            Self::Nickname => "bad_nickname",
            Self::CustomerCode => "bad_code",
            Self::MailAddress => "bad_email",
            Self::PoNumber => "bad_po_number",
            Self::Phone => "bad_phone",
            Self::PostalAddress => "bad_address",
        }
    }

    /// The most letters that are kept of it.
    fn longest(self) -> usize {
        match self {
            Self::CustomerCode => 16,
            Self::Nickname => 40,
            // What a charge says at the gateway of the invoices it pays must hold each whole.
            Self::InvoiceNumber | Self::PoNumber | Self::Phone => 64,
            Self::RequestId | Self::Reference => 100,
            Self::Payer | Self::CustomerName | Self::CustomerId | Self::BookName => 200,
            Self::MailAddress => 254,
            Self::ConsentBy | Self::ConsentHow | Self::PostalAddress => 500,
            Self::Memo | Self::Reason => 2000,
        }
    }

    /// Whether it is compared letter by letter: then nothing without a shape of
    /// its own has a place in it, not even what a script or an emoji joins by.
    fn is_exact(self) -> bool {
        match self {
            Self::RequestId
            | Self::InvoiceNumber
            | Self::CustomerId
            | Self::Nickname
            | Self::CustomerCode
            | Self::Reference
            | Self::MailAddress
            | Self::PoNumber
            | Self::Phone => true,
            Self::CustomerName
            | Self::BookName
            | Self::Memo
            | Self::Reason
            | Self::Payer
            | Self::ConsentBy
            | Self::ConsentHow
            | Self::PostalAddress => false,
        }
    }

    /// The text as it is kept.
    ///
    /// # Errors
    ///
    /// [`TextError`]
    pub fn read(self, text: &str) -> Result<String, TextError> {
        if card_number::is_in(text) {
            return Err(TextError::CardNumber(self));
        }
        if let Some((at, letter)) = self.unseen_in(text) {
            let what = self;
            return Err(TextError::Unseen { what, letter, at });
        }
        let kept = composed(text.trim());
        let kept = match self {
            // Of ASCII only: `ß` would become two letters that nobody typed.
            Self::CustomerCode => kept.to_ascii_uppercase(),
            _ if self.is_exact() => kept,
            // A wider blank looks like one, and like two.
            _ => kept.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        match kept.chars().count() {
            0 => return Err(TextError::Blank(self)),
            letters if letters > self.longest() => {
                let what = self;
                return Err(TextError::TooLong { what, letters });
            }
            _ => {}
        }
        match self {
            Self::InvoiceNumber if kept.contains('=') => Err(TextError::Equals),
            Self::Nickname if kept.bytes().all(|it| it.is_ascii_digit()) => {
                Err(TextError::DigitsAlone)
            }
            Self::CustomerCode if !is_code(&kept) => Err(TextError::NotACode(text.to_owned())),
            Self::MailAddress if !is_mail_address(&kept) => {
                Err(TextError::NotOneAddress(text.to_owned()))
            }
            _ => Ok(kept),
        }
    }

    /// The first letter that cannot be seen, and where it stands.
    fn unseen_in(self, text: &str) -> Option<(usize, char)> {
        if !self.is_exact() {
            let shapeless = unseen(text, |_| false);
            let both = [hidden(text).next(), shapeless].into_iter().flatten();
            return both.min_by_key(|(at, _)| *at);
        }
        // Blanks around it are no part of it; within, only one kind looks like what it is.
        let inner = text.trim_matches(is_blank);
        let around = text.chars().take_while(|letter| is_blank(*letter)).count();
        let is_odd = |letter: char| letter.is_whitespace() && letter != ' ';
        unseen(inner, |letter| deceives(letter) || is_odd(letter))
            .map(|(at, letter)| (at + around, letter))
    }
}

/// The first line end of a text that is to be a line, by name and place.
#[must_use]
pub fn line_end_in(text: &str) -> Option<String> {
    let mut letters = (1..).zip(text.chars());
    let (at, letter) = letters.find(|(_, letter)| matches!(letter, '\n' | '\r'))?;
    Some(format!("{} at letter {at}", named(letter)))
}

/// Whether it is one address that no header trips over: one `@`, and a dotted domain.
fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |letter: char| letter.is_ascii_graphic() && !"@,;:<>()[]\"\\".contains(letter);
    let in_a_domain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let mut labels = domain.split('.');
    !local.is_empty()
        && local.chars().all(plain)
        && domain.contains('.')
        && labels.all(|label| !label.is_empty() && label.chars().all(in_a_domain))
}

/// Words that would be read as a verb where a customer is expected.
const VERBS: [&str; 9] = [
    "LIST", "SHOW", "REVIEW", "RESOLVE", "RECOVER", "ADD", "EDIT", "IMPORT", "HELP",
];

/// Whether it is a customer's code: letters, digits, `-` and `_`, two or more,
/// beginning with a letter or digit.
fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() >= 2
        && text.bytes().all(plain)
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && !VERBS.contains(&text)
}

/// A blank that looks like one; a tab or a line end is more.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && !deceives(letter)
}

/// The first letter that is hidden, or that Unicode gave no shape, and where it stands.
fn unseen(text: &str, is_hidden: impl Fn(char) -> bool) -> Option<(usize, char)> {
    (1..)
        .zip(text.chars())
        .find(|(_, letter)| is_hidden(*letter) || has_no_shape(*letter))
}

/// Letters that are nobody's, or somebody's private own, and the blank of Braille.
fn has_no_shape(letter: char) -> bool {
    matches!(letter, '\u{2800}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..)
        || letter as u32 & 0xfffe == 0xfffe
}

/// A letter that cannot be shown, by its number and Unicode's name for it or its kind.
fn named(letter: char) -> String {
    let name = match letter {
        '\t' => "TAB",
        '\n' => "LINE FEED (a line end)",
        '\r' => "CARRIAGE RETURN (a line end)",
        '\u{1b}' => "ESCAPE",
        '\u{85}' => "NEXT LINE (a line end)",
        '\u{a0}' => "NO-BREAK SPACE",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{34f}' => "COMBINING GRAPHEME JOINER",
        '\u{61c}' => "ARABIC LETTER MARK",
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => "HANGUL FILLER",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2028}' => "LINE SEPARATOR (a line end)",
        '\u{2029}' => "PARAGRAPH SEPARATOR (a line end)",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "MARK OF DIRECTION",
        '\u{2060}' => "WORD JOINER",
        '\u{2800}' => "BRAILLE PATTERN BLANK",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "VARIATION SELECTOR",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        '\u{e0000}'..='\u{e007f}' => "TAG CHARACTER",
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => "PRIVATE USE CHARACTER",
        letter if letter.is_control() => "CONTROL CHARACTER",
        letter if letter.is_whitespace() => "SPACE OF ANOTHER WIDTH",
        _ => "INVISIBLE CHARACTER",
    };
    format!("U+{:04X} {name}", letter as u32)
}

impl From<TextError> for Problem {
    fn from(error: TextError) -> Self {
        let code = match &error {
            TextError::CardNumber(what) => return card_number::refused(what.called()),
            TextError::Blank(what)
            | TextError::TooLong { what, .. }
            | TextError::Unseen { what, .. } => what.code(),
            TextError::Equals => Text::InvoiceNumber.code(),
            TextError::DigitsAlone => Text::Nickname.code(),
            TextError::NotOneAddress(_) => Text::MailAddress.code(),
            TextError::NotACode(_) => Text::CustomerCode.code(),
        };
        Self::usage(code, error.to_string()).hint(error.hint())
    }
}

impl TextError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unseen {
                letter: '\n' | '\r',
                ..
            } => "Write it on one line.",
            Self::Unseen { .. } => "Nobody can see it there: type the text anew, without it.",
            Self::Blank(Text::RequestId) => {
                "Use something that names this one payment, such as `2026-11-rosa`."
            }
            Self::Blank(Text::InvoiceNumber) => {
                "Give the invoice its number: it is how payments find it."
            }
            Self::TooLong {
                what: Text::InvoiceNumber,
                ..
            } => "Give it as it stands on the invoice, without the text beside it.",
            Self::Blank(Text::CustomerName | Text::BookName) => {
                "Give the name as it stands on invoices."
            }
            Self::Blank(Text::CustomerId) => "Give it as the other system's files have it.",
            Self::Blank(Text::Nickname) | Self::DigitsAlone => {
                "Choose a short word such as `office`."
            }
            Self::Blank(
                Text::Memo
                | Text::Reference
                | Text::Payer
                | Text::PoNumber
                | Text::Phone
                | Text::PostalAddress,
            ) => "Leave it out if there is nothing to say.",
            Self::Blank(Text::Reason | Text::ConsentBy | Text::ConsentHow) => {
                "Say it in a few words."
            }
            Self::Equals => "Write it with another sign, such as `-`.",
            Self::CardNumber(_) => "Take the card number out.",
            Self::NotOneAddress(_) | Self::Blank(Text::MailAddress) => {
                "Give one address such as `ap@rosa.example`."
            }
            Self::NotACode(_)
            | Self::Blank(Text::CustomerCode)
            | Self::TooLong {
                what: Text::CustomerCode,
                ..
            } => {
                "A code has 2 to 16 letters, digits, `-` or `_`, and is no command such as `list`."
            }
            Self::TooLong { .. } => "Make it shorter.",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Text; 17] = [
        Text::Reference,
        Text::Payer,
        Text::RequestId,
        Text::InvoiceNumber,
        Text::CustomerName,
        Text::CustomerId,
        Text::BookName,
        Text::Memo,
        Text::Reason,
        Text::ConsentBy,
        Text::ConsentHow,
        Text::Nickname,
        Text::CustomerCode,
        Text::MailAddress,
        Text::PoNumber,
        Text::Phone,
        Text::PostalAddress,
    ];

    #[test]
    fn what_cannot_be_seen_is_refused_by_name_in_every_kind() {
        for (letter, name) in [
            ('\r', "U+000D CARRIAGE RETURN (a line end)"),
            ('\n', "U+000A LINE FEED (a line end)"),
            ('\t', "U+0009 TAB"),
            ('\u{7}', "U+0007 CONTROL CHARACTER"),
            ('\u{9b}', "U+009B CONTROL CHARACTER"),
            ('\u{ad}', "U+00AD SOFT HYPHEN"),
            ('\u{200b}', "U+200B ZERO WIDTH SPACE"),
            ('\u{200d}', "U+200D ZERO WIDTH JOINER"),
            ('\u{202e}', "U+202E MARK OF DIRECTION"),
            ('\u{2028}', "U+2028 LINE SEPARATOR (a line end)"),
            ('\u{2800}', "U+2800 BRAILLE PATTERN BLANK"),
            ('\u{3164}', "U+3164 HANGUL FILLER"),
            ('\u{fe0f}', "U+FE0F VARIATION SELECTOR"),
            ('\u{e0041}', "U+E0041 TAG CHARACTER"),
            ('\u{e000}', "U+E000 PRIVATE USE CHARACTER"),
            ('\u{10fffd}', "U+10FFFD PRIVATE USE CHARACTER"),
            ('\u{ffff}', "U+FFFF INVISIBLE CHARACTER"),
        ] {
            for kind in ALL {
                // In the middle, and at the ends, where blanks are no part of it.
                for (text, at) in [
                    (format!("ab{letter}c"), 3),
                    (format!("abc{letter}"), 4),
                    (format!("{letter}abc"), 1),
                ] {
                    let problem = kind.read(&text).unwrap_err().to_string();

                    assert_eq!(
                        problem,
                        format!("{} holds {name} at letter {at}", kind.called())
                    );
                }
            }
        }
    }

    #[test]
    fn what_people_write_is_kept_as_it_looks() {
        let table = [
            (Text::CustomerName, " Rosa\u{a0} Blumen ", "Rosa Blumen"),
            (
                Text::CustomerName,
                "Cafe\u{301} Zoe\u{308}",
                "Caf\u{e9} Zo\u{eb}",
            ),
            (Text::CustomerName, "می\u{200c}خواهم", "می\u{200c}خواهم"),
            (Text::Memo, "with ❤\u{fe0f}", "with ❤\u{fe0f}"),
            (Text::BookName, "株式会社 花", "株式会社 花"),
            (Text::InvoiceNumber, " e\u{301}-1 ", "\u{e9}-1"),
            (Text::InvoiceNumber, "2026/11 #7", "2026/11 #7"),
            (Text::RequestId, "2026-11 rosa", "2026-11 rosa"),
            (Text::Nickname, "büro 2", "büro 2"),
        ];
        for (kind, text, kept) in table {
            assert_eq!(kind.read(text).as_deref(), Ok(kept), "{kind:?}");
        }
    }

    #[test]
    fn each_kind_says_what_it_has_no_room_for() {
        for kind in &ALL[..10] {
            let kind = *kind;
            let most = "ü".repeat(kind.longest());
            assert_eq!(kind.read(&most).as_deref(), Ok(&*most));
            let letters = kind.longest() + 1;
            assert_eq!(
                kind.read(&format!("{most}ü")),
                Err(TextError::TooLong {
                    what: kind,
                    letters
                })
            );
            assert_eq!(kind.read(" \u{a0} "), Err(TextError::Blank(kind)));
            assert_eq!(
                kind.read("4242 4242 4242 4242"),
                Err(TextError::CardNumber(kind))
            );
        }
        assert_eq!(Text::InvoiceNumber.read("A=5"), Err(TextError::Equals));
        assert_eq!(Text::Nickname.read("4242"), Err(TextError::DigitsAlone));
        // What is compared letter by letter has one kind of blank.
        for kind in [Text::InvoiceNumber, Text::RequestId, Text::CustomerId] {
            assert!(kind.read("1\u{a0}2").is_err());
        }
    }

    #[test]
    fn addresses_that_could_break_a_header_are_refused() {
        for text in ["ap@rosa.example", "a.b+c@x-y.co.uk", " a@b.example "] {
            assert_eq!(Text::MailAddress.read(text).as_deref(), Ok(text.trim()));
        }
        for text in [
            "a@b.c\r\nBcc: x@y.z",
            "a@x.y,b@y.z",
            "ap@rosa",
            "@x.y",
            "a b@c.d",
            "ü@x.y",
            "a@b@c.d",
            "a@b..c",
        ] {
            assert!(Text::MailAddress.read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn verbs_are_no_codes_and_no_letter_becomes_another() {
        for text in [
            "list",
            "Show",
            "a",
            "-AB",
            "A B",
            "",
            "ABCDEFGHIJKLMNOPQ",
            "stra\u{df}e",
            "r\u{131}ta",
        ] {
            assert!(Text::CustomerCode.read(text).is_err(), "{text}");
        }
        assert_eq!(Text::CustomerCode.read(" rosa-2 ").as_deref(), Ok("ROSA-2"));
    }

    proptest! {
        /// What is kept is kept again as it is, and holds nothing unseen.
        #[test]
        fn what_is_kept_is_what_is_seen(text in "\\PC{0,12}|.{0,6}", kind in prop::sample::select(&ALL[..])) {
            if let Ok(kept) = kind.read(&text) {
                prop_assert_eq!(kind.read(&kept), Ok(kept.clone()));
                prop_assert!(!kept.contains(char::is_control));
                prop_assert!(kind.unseen_in(&kept).is_none());
            }
        }

        /// An accent typed either way is one text.
        #[test]
        fn two_spellings_of_an_accent_are_one_text(text in "[a-zà-ÿ]{1,20}", kind in prop::sample::select(&ALL[..])) {
            let apart = super::super::untrusted::decomposed(&text);
            prop_assert_eq!(kind.read(&text).ok(), kind.read(&apart).ok());
        }
    }
}

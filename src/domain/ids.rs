//! The names of things: short ones for people, deterministic ones for gateways.
//!
//! A gateway key is computed from the book and the charge, never drawn at
//! random: a book restored from a backup makes the key it already used, and
//! the gateway sees a repetition instead of a new charge.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::intent::Intent;

/// Makes a row number that prints and parses with its own prefix.
macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl $name {
            /// Reads `PREFIX-7` in either case, or a bare `7`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let digits = match text.split_once('-') {
                    Some((prefix, digits)) if prefix.eq_ignore_ascii_case($prefix) => digits,
                    Some(_) => return None,
                    None => text,
                };
                if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                digits.parse().ok().filter(|id| *id > 0).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!(concat!($prefix, "-{}"), self.0))
            }
        }
    )*};
}

row_ids! {
    /// A customer's row; people use the customer's code.
    CustomerId = "C";
    /// A saved card's row; people use its last four or nickname.
    CardId = "CARD";
    /// An invoice's row; people use the invoice's number.
    InvoiceId = "I";
    /// One intent to take money from a card: `CH-12`.
    ChargeId = "CH";
    /// Money received: `PAY-7`.
    PaymentId = "PAY";
    /// Money on account; people know it by where it came from.
    CreditId = "CR";
    /// One intent to give money back: `RF-3`.
    RefundId = "RF";
    /// What a customer need not pay, on paper of its own: `CM-3`.
    CreditMemoId = "CM";
    /// What of an invoice is not asked for any more: `ADJ-2`.
    AdjustmentId = "ADJ";
    /// Money that the bank took back, and may give again: `DSP-1`.
    DisputeId = "DSP";
    /// Money received that nobody can name yet: `UR-1`.
    ReceiptId = "UR";
    /// Checks brought to the bank together: `DEP-4`.
    DepositId = "DEP";
    /// A file kept beside the book: `ATT-2`.
    AttachmentId = "ATT";
    /// A mail in the outbox: `M-3`.
    MailId = "M";
    /// Charges on certain dates: `S-1`.
    ScheduleId = "S";
    /// A customer's standing agreement: `AP-1`.
    AutopayId = "AP";
    /// One asking of a gateway; people know it by what it is for, and its number.
    AttemptId = "ATTEMPT";
    /// A customer's consent; people know it by its card.
    AuthorizationId = "CONSENT";
    /// A date that something was done about; people know it by its name.
    OccurrenceId = "DATE";
    /// Invoices written from one file.
    ImportId = "IMPORT";
}

/// The identity of a book: 32 hexadecimal digits, drawn once by `dues init`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookId(pub String);

impl BookId {
    /// What stands for the book on its requests at a gateway: 12 hexadecimal
    /// digits, from which the id itself cannot be told.
    #[must_use]
    pub fn tag(&self) -> String {
        sha256_hex(format!("dues book {}", self.0).as_bytes())[..12].to_owned()
    }
}

/// How a gateway tells one attempt from every other, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptName {
    /// The idempotency key: 32 characters of base32.
    pub key: String,
    /// The reference a look-up finds it by: 20 characters, the most that
    /// Authorize.Net keeps of an invoice number.
    pub reference: String,
}

impl AttemptName {
    /// The name of attempt `n` of a charge, the same whenever it is computed.
    ///
    #[must_use]
    pub fn of(book: &BookId, intent: &Intent, customer: CustomerId, n: u32) -> Self {
        let spell = |purpose: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(book.0.as_bytes())
                .expect("an HMAC takes a key of any length");
            mac.update(format!("{purpose}\n{intent}\n{}\n{n}", customer.0).as_bytes());
            BASE32_NOPAD.encode(&mac.finalize().into_bytes())
        };
        Self {
            key: spell("key")[..32].to_owned(),
            reference: format!("D{}", &spell("reference")[..19]),
        }
    }

    /// The name of money that came under `reference` after its attempt was
    /// closed; `id` is the gateway's of the transaction.
    #[must_use]
    pub fn late(reference: &str, id: &str) -> Self {
        let hash = sha256_hex(format!("late {reference} {id}").as_bytes());
        Self {
            key: hash[..32].to_owned(),
            reference: format!("L{}", &hash[32..51]),
        }
    }
}

/// SHA-256 as lower-case hexadecimal: of request bytes, files and audit rows.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_has_one_name_for_ever() {
        let book = BookId("00112233445566778899aabbccddeeff".into());

        let name = AttemptName::of(&book, &Intent::Charge(ChargeId(1)), CustomerId(7), 1);

        // These exact letters are what a restored book must compute again;
        // they were computed independently, with Python's hmac.
        assert_eq!(name.key, "OIGFMJRW27HM2XO7LL4NI5NZC5MHIRDS");
        assert_eq!(name.reference, "DPZFHNC3VYRFAZZNZELU");
        assert_ne!(
            name,
            AttemptName::of(&book, &Intent::Charge(ChargeId(1)), CustomerId(7), 2)
        );
        assert_ne!(
            name,
            AttemptName::of(&book, &Intent::Charge(ChargeId(2)), CustomerId(7), 1)
        );
        assert_ne!(
            name,
            AttemptName::of(&book, &Intent::Charge(ChargeId(1)), CustomerId(8), 1)
        );
    }

    #[test]
    fn ids_read_as_people_write_them() {
        assert_eq!(ChargeId::parse("CH-12"), Some(ChargeId(12)));
        assert_eq!(ChargeId::parse("ch-12"), Some(ChargeId(12)));
        assert_eq!(ChargeId::parse("12"), Some(ChargeId(12)));
        for text in ["PAY-12", "CH-", "CH-0", "CH--1", "-3", "", "CH-1x", "+3"] {
            assert_eq!(ChargeId::parse(text), None, "{text}");
        }
    }
}

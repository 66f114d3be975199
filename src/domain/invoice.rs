//! An invoice: what a customer owes, and how much of it is still open.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use super::ids::{CustomerId, InvoiceId};
use super::money::Money;
use super::untrusted::{composed, deceives};
use crate::problem::Problem;

/// The most letters of an invoice number: what a charge says at the gateway
/// of the invoices it pays must hold each of them whole.
const LONGEST: usize = 64;

/// An invoice's number by the one rule of every door: 1 to 64 letters, each of
/// which can be seen and typed, and no `=`, which stands before an amount.
///
/// A book may hold numbers from before the rule; they are read as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNumber(String);

/// Why a text is no invoice number.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum NumberError {
    #[error("the invoice number is blank")]
    Blank,
    #[error("the invoice number has {0} letters, and 64 at most are kept")]
    TooLong(usize),
    #[error("the invoice number holds characters that cannot be seen or typed")]
    Unseen,
    #[error("the invoice number holds a `=`, which stands before an amount")]
    Equals,
}

impl From<NumberError> for Problem {
    fn from(error: NumberError) -> Self {
        let hint = match error {
            NumberError::Blank => "Give the invoice its number: it is how payments find it.",
            NumberError::TooLong(_) => {
                "Give it as it stands on the invoice, without the text beside it."
            }
            NumberError::Unseen => "Type the number anew.",
            NumberError::Equals => "Write it with another sign, such as `-`.",
        };
        Self::usage("bad_number", error.to_string()).hint(hint)
    }
}

impl InvoiceNumber {
    /// Reads a number; blanks around it are not part of it, and an accent is
    /// one letter with its own, however it was typed.
    ///
    /// # Errors
    ///
    /// [`NumberError`]
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let number = composed(text.trim());
        let unseen = |letter: char| {
            deceives(letter) || is_filler(letter) || (letter.is_whitespace() && letter != ' ')
        };
        match number.chars().count() {
            0 => Err(NumberError::Blank),
            letters if letters > LONGEST => Err(NumberError::TooLong(letters)),
            _ if number.chars().any(unseen) => Err(NumberError::Unseen),
            _ if number.contains('=') => Err(NumberError::Equals),
            _ => Ok(Self(number)),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Letters without a shape: joiners, fillers, variation selectors, tags.
fn is_filler(letter: char) -> bool {
    matches!(letter,
        '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Where an invoice stands; derived from its amounts, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    PartPaid,
    Paid,
    Void,
}

impl Standing {
    /// The word in tables and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PartPaid => "part_paid",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.word().replace('_', " "))
    }
}

/// An invoice as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    pub id: InvoiceId,
    /// Unique in the book; the seller's own number.
    pub number: String,
    pub customer: CustomerId,
    pub total: Money,
    /// What is not yet paid.
    pub open: Money,
    /// What of the open amount a charge on its way has reserved.
    pub reserved: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub memo: Option<String>,
    pub is_void: bool,
}

impl Invoice {
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.is_void {
            Standing::Void
        } else if self.open.is_zero() {
            Standing::Paid
        } else if self.open == self.total {
            Standing::Open
        } else {
            Standing::PartPaid
        }
    }

    /// What the customer still owes: nothing of a void invoice.
    #[must_use]
    pub fn owed(&self) -> Money {
        if self.is_void {
            Money::zero(self.open.currency())
        } else {
            self.open
        }
    }

    /// What a new charge may take: open, and reserved by no other.
    #[must_use]
    pub fn available(&self) -> Money {
        self.open.minus(self.reserved)
    }

    #[must_use]
    pub fn is_due(&self, today: Date) -> bool {
        self.due_on <= today
    }
}

/// An invoice that is not yet in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvoice {
    pub number: InvoiceNumber,
    pub total: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub memo: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_short_visible_and_without_an_amount() {
        let letters = |n: usize| "ü".repeat(n);
        let table = [
            (" INV-1041 ", Ok("INV-1041")),
            ("2026/11 #7", Ok("2026/11 #7")),
            ("e\u{301}-1", Ok("\u{e9}-1")),
            (&letters(64), Ok(&*letters(64))),
            (&letters(65), Err(NumberError::TooLong(65))),
            ("", Err(NumberError::Blank)),
            (" \u{a0} ", Err(NumberError::Blank)),
            ("A=5", Err(NumberError::Equals)),
            ("1\u{7}", Err(NumberError::Unseen)),
            ("1\u{a0}2", Err(NumberError::Unseen)),
            ("1\u{200b}2", Err(NumberError::Unseen)),
            ("1\u{3164}", Err(NumberError::Unseen)),
            ("1\u{fe0f}", Err(NumberError::Unseen)),
        ];
        for (text, expected) in table {
            let number = InvoiceNumber::parse(text);

            let number = number.as_ref().map(InvoiceNumber::as_str);
            assert_eq!(number, expected.as_ref().copied(), "{text:?}");
        }
    }
}

//! An invoice: what a customer owes, and how much of it is still open.

use std::fmt;

use jiff::civil::Date;

use super::ids::{CustomerId, InvoiceId};
use super::money::Money;
use super::rules;
use super::terms::{EarlyPayment, Terms};
use super::text::{Text, TextError};

/// An invoice's number by the rule of [`Text::InvoiceNumber`].
///
/// A book may hold numbers from before the rule; they are read as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNumber(String);

impl InvoiceNumber {
    /// Reads a number.
    ///
    /// # Errors
    ///
    /// [`TextError`]
    pub fn parse(text: &str) -> Result<Self, TextError> {
        Text::InvoiceNumber.read(text).map(Self)
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
    /// The customer's own number for it.
    pub po_number: Option<String>,
    /// What the due date follows from; none, and it is due on the day that it says.
    pub terms: Option<Terms>,
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

    /// What may be taken off it for paying early, and until when.
    #[must_use]
    pub fn early_payment(&self) -> Option<EarlyPayment> {
        let terms = self.terms.filter(|_| !self.is_void)?;
        terms
            .early_payment(self.issued_on, self.total)
            .ok()
            .flatten()
    }

    /// What a new charge may take: open, and reserved by no other.
    #[must_use]
    pub fn available(&self) -> Money {
        self.open.minus(rules::reserved(self.reserved))
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
    pub po_number: Option<String>,
    /// `None`: somebody said the due date itself.
    pub terms: Option<Terms>,
}

//! A payment: money received, and how it is applied to invoices.

use std::fmt;

use jiff::civil::Date;

use super::ids::{ChargeId, CustomerId, InvoiceId, PaymentId};
use super::money::Money;

/// How the money came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Card,
    Check,
    Ach,
    Wire,
    Cash,
    Other,
}

impl Method {
    pub const ALL: [Self; 6] = [
        Self::Card,
        Self::Check,
        Self::Ach,
        Self::Wire,
        Self::Cash,
        Self::Other,
    ];

    /// The word in the book and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Check => "check",
            Self::Ach => "ach",
            Self::Wire => "wire",
            Self::Cash => "cash",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Money received from a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub customer: CustomerId,
    pub method: Method,
    pub amount: Money,
    /// What is applied to no invoice.
    pub unapplied: Money,
    /// What of the unapplied a charge on its way has reserved.
    pub reserved: Money,
    pub received_on: Date,
    /// The charge that brought it, for card payments.
    pub charge: Option<ChargeId>,
    pub memo: Option<String>,
}

impl Payment {
    /// What may still be applied: unapplied, and reserved by no charge.
    #[must_use]
    pub fn available(&self) -> Money {
        self.unapplied.minus(self.reserved)
    }
}

/// A part of a payment applied to an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub payment: PaymentId,
    pub invoice: InvoiceId,
    pub number: String,
    pub amount: Money,
    /// What the invoice has open now.
    pub left: Money,
}

//! A payment: money received. What it pays, and what of it is open, is its credit's.

use std::fmt;

use jiff::civil::Date;

use super::credit::Credit;
use super::ids::{ChargeId, CustomerId, DepositId, PaymentId, ReceiptId};
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

    /// The ways in which money comes that a person records.
    pub const BY_HAND: [Self; 5] = [Self::Check, Self::Cash, Self::Ach, Self::Wire, Self::Other];

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

/// Money that came, and that nobody can name yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub id: ReceiptId,
    pub method: Method,
    pub amount: Money,
    pub received_on: Date,
    /// The number of the check, of the transfer.
    pub reference: Option<String>,
    /// What is known of who paid.
    pub payer: Option<String>,
    pub memo: Option<String>,
    /// What it became, once its owner was known.
    pub payment: Option<PaymentId>,
}

/// Money received from a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub customer: CustomerId,
    pub method: Method,
    pub amount: Money,
    /// The money as it stands to the customer's account.
    pub credit: Credit,
    /// What was given back of it and did not come back.
    pub given_back: Money,
    /// What a bounce, a dispute or its move to another customer took of it.
    pub reversed: Money,
    pub received_on: Date,
    /// The charge that brought it, if one did.
    pub charge: Option<ChargeId>,
    pub memo: Option<String>,
    /// The payer's own number: of the check, of the transfer.
    pub reference: Option<String>,
    /// The deposit that it was brought to the bank with.
    pub deposit: Option<DepositId>,
    /// The money without a name that it was at first.
    pub receipt: Option<ReceiptId>,
}

impl Payment {
    /// What is still ours of it: neither given back nor taken back.
    #[must_use]
    pub fn left(&self) -> Money {
        self.amount.minus(self.given_back).minus(self.reversed)
    }
}

//! What a payment confirmation tells the customer.

use jiff::civil::Date;

use super::credit::AdjustmentKind;
use super::ids::PaymentId;
use super::money::Money;
use super::payment::Method;

/// The facts of a confirmation; how they are worded is the paper's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Who took the money.
    pub seller: String,
    pub customer: String,
    pub payment: PaymentId,
    pub paid_on: Date,
    pub amount: Money,
    pub by: PaidBy,
    pub lines: Vec<Line>,
    /// What is not asked for any more, as it was paid so.
    pub taken_off: Vec<TakenOff>,
    /// What stays on the customer's account.
    pub unapplied: Money,
    pub memo: Option<String>,
}

/// How the money came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaidBy {
    /// We charged a card.
    Card {
        /// `amex`
        brand: String,
        /// `5544`
        last4: String,
    },
    /// The customer sent it.
    Sent {
        method: Method,
        /// The number of the check, of the transfer.
        reference: Option<String>,
    },
}

/// A part of an invoice that went with the payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenOff {
    pub invoice: String,
    pub amount: Money,
    pub kind: AdjustmentKind,
}

/// One invoice of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub invoice: String,
    /// The customer's own number for it.
    pub po_number: Option<String>,
    pub paid: Money,
    /// Whether the money came from an earlier credit.
    pub from_credit: bool,
    pub left: Money,
}

//! What a payment confirmation tells the customer.

use jiff::civil::Date;

use super::ids::PaymentId;
use super::money::Money;

/// The facts of a confirmation; how they are worded is the paper's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Who took the money.
    pub seller: String,
    pub customer: String,
    pub payment: PaymentId,
    pub paid_on: Date,
    pub amount: Money,
    /// `amex`
    pub brand: String,
    /// `5544`
    pub last4: String,
    pub lines: Vec<Line>,
    /// What stays on the customer's account.
    pub unapplied: Money,
    pub memo: Option<String>,
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

//! A refund: money of a payment that is given back, and what is open again then.

use super::ids::InvoiceId;
use super::money::Money;

/// Where a part of a refund is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenFrom {
    /// Money that pays no invoice.
    Account,
    /// An invoice that was paid, and is open again.
    Invoice { id: InvoiceId, number: String },
}

/// A part of a refund, and where it is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundShare {
    pub from: TakenFrom,
    pub amount: Money,
}

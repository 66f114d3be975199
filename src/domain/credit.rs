//! A credit: money on a customer's account, that can be applied to invoices.
//!
//! Whatever it came from, it is spent in one way. People know it by its
//! source: the credit of a payment is spelled as that payment. A credit memo
//! and an adjustment are credits that no money brought.

use std::fmt;

use super::ids::{AdjustmentId, CreditId, CreditMemoId, CustomerId, InvoiceId, PaymentId};
use super::money::Money;

/// Where a credit came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Payment(PaymentId),
    CreditMemo(CreditMemoId),
    Adjustment(AdjustmentId),
}

impl Source {
    /// Reads a source as it is spelled: `PAY-7`, `CM-3`, `ADJ-2`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let payment = PaymentId::parse(text).map(Self::Payment);
        payment
            .or_else(|| CreditMemoId::parse(text).map(Self::CreditMemo))
            .or_else(|| AdjustmentId::parse(text).map(Self::Adjustment))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payment(id) => id.fmt(f),
            Self::CreditMemo(id) => id.fmt(f),
            Self::Adjustment(id) => id.fmt(f),
        }
    }
}

/// Why a part of an invoice is not asked for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AdjustmentKind {
    /// It will not be paid, or is not worth asking for.
    WriteOff,
    /// It was paid early, within its terms.
    Discount,
    /// The customer paid less, for a reason that was accepted.
    ShortPay,
}

impl AdjustmentKind {
    pub const ALL: [Self; 3] = [Self::WriteOff, Self::Discount, Self::ShortPay];

    /// The word in the book and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::WriteOff => "write_off",
            Self::Discount => "discount",
            Self::ShortPay => "short_pay",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for AdjustmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WriteOff => "write-off",
            Self::Discount => "discount",
            Self::ShortPay => "short pay",
        })
    }
}

/// Which credit: its row, and what people know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditName {
    pub id: CreditId,
    pub source: Source,
}

impl fmt::Display for CreditName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

/// Money on a customer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    pub name: CreditName,
    pub customer: CustomerId,
    /// What it was at first.
    pub amount: Money,
    /// What is applied to no invoice and was not given back.
    pub open: Money,
    /// What of the open a charge or a refund on its way has reserved.
    pub reserved: Money,
}

impl Credit {
    /// What may still be applied or given back: open, and reserved by nothing.
    #[must_use]
    pub fn available(&self) -> Money {
        self.open.minus(self.reserved)
    }
}

/// A part of a credit applied to an invoice; negative, taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub credit: CreditName,
    pub invoice: InvoiceId,
    pub number: String,
    pub amount: Money,
    /// What the invoice has open now.
    pub left: Money,
}

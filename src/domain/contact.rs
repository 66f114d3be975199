//! Who of a customer hears of what, and what was noted of them.
//!
//! Receipts go to the contacts that get receipts; while there is none, to the
//! customer's own address. So do statements.

use jiff::Timestamp;
use jiff::civil::Date;

use super::ids::CustomerId;
use super::money::Money;

/// What a contact may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gets {
    /// Whatever tells of money that moved, or is about to.
    Receipts,
    Statements,
}

/// Somebody at a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: Option<String>,
    pub email: String,
    pub phone: Option<String>,
    pub gets_receipts: bool,
    pub gets_statements: bool,
}

impl Contact {
    #[must_use]
    pub fn gets(&self, what: Gets) -> bool {
        match what {
            Gets::Receipts => self.gets_receipts,
            Gets::Statements => self.gets_statements,
        }
    }

    /// `receipts and statements`
    #[must_use]
    pub fn hears_of(&self) -> &'static str {
        match (self.gets_receipts, self.gets_statements) {
            (true, true) => "receipts and statements",
            (true, false) => "receipts",
            (false, _) => "statements",
        }
    }
}

/// What was noted of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub customer: CustomerId,
    pub text: String,
    pub promise: Option<Promise>,
    pub noted_on: Date,
    pub noted_at: Timestamp,
}

/// What a customer promised to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    pub amount: Money,
    /// The last day on which it is kept.
    pub by: Date,
}

/// How the promise that counts stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was paid since, or nothing is owed any more.
    Kept,
    /// Its day has not passed.
    Waiting,
    /// Its day has passed, and it is not paid.
    Broken,
}

impl Promise {
    /// `paid`: what came in since it was made; `owed`: what is open still.
    #[must_use]
    pub fn stands(self, today: Date, paid: Money, owed: Money) -> Kept {
        if paid.minor() >= self.amount.minor() || !owed.is_positive() {
            Kept::Kept
        } else if today <= self.by {
            Kept::Waiting
        } else {
            Kept::Broken
        }
    }
}

impl Kept {
    /// The word in tables and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Waiting => "waiting",
            Self::Broken => "broken",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn a_promise_is_broken_after_its_day_while_it_is_unpaid_and_something_is_owed() {
        let usd = |minor| Money::of(minor, Currency::parse("USD").unwrap());
        let promise = Promise {
            amount: usd(500_00),
            by: date(2026, 12, 4),
        };
        for (today, paid, owed, stands) in [
            (date(2026, 12, 4), 0, 900_00, Kept::Waiting),
            (date(2026, 12, 5), 0, 900_00, Kept::Broken),
            (date(2026, 12, 5), 499_99, 400_01, Kept::Broken),
            (date(2026, 12, 5), 500_00, 400_00, Kept::Kept),
            (date(2026, 12, 5), 0, 0, Kept::Kept),
        ] {
            assert_eq!(promise.stands(today, usd(paid), usd(owed)), stands);
        }
    }
}

//! What an attempt is for: to take money from a card, or to give it back.

use std::fmt;

use super::ids::{ChargeId, RefundId};
use crate::problem::{Problem, Result};

/// The intent that an attempt serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    Take(ChargeId),
    GiveBack(RefundId),
}

impl Purpose {
    /// The charge, where money is taken.
    #[must_use]
    pub fn charge(self) -> Option<ChargeId> {
        match self {
            Self::Take(charge) => Some(charge),
            Self::GiveBack(_) => None,
        }
    }

    /// The charge, where it can be no refund.
    ///
    /// # Errors
    ///
    /// It is one: a mistake of ours.
    pub fn require_charge(self) -> Result<ChargeId> {
        let charge = self.charge();
        charge.ok_or_else(|| Problem::bug(format!("{self} is no charge")))
    }

    /// The refund, where money is given back.
    #[must_use]
    pub fn refund(self) -> Option<RefundId> {
        match self {
            Self::Take(_) => None,
            Self::GiveBack(refund) => Some(refund),
        }
    }

    /// The word in the log: `charge` or `refund`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Take(_) => "charge",
            Self::GiveBack(_) => "refund",
        }
    }

    /// What was done once it succeeded: `charged` or `given back`.
    #[must_use]
    pub fn done(self) -> &'static str {
        match self {
            Self::Take(_) => "charged",
            Self::GiveBack(_) => "given back",
        }
    }

    /// What the gateway did then: `took` or `gave back`.
    #[must_use]
    pub fn did(self) -> &'static str {
        match self {
            Self::Take(_) => "took",
            Self::GiveBack(_) => "gave back",
        }
    }

    /// What a person says who found it done: `--charged` or `--given-back`.
    #[must_use]
    pub fn found_flag(self) -> &'static str {
        match self {
            Self::Take(_) => "--charged",
            Self::GiveBack(_) => "--given-back",
        }
    }

    /// What a person says who found it not done: `--not-charged` or `--not-given-back`.
    #[must_use]
    pub fn not_found_flag(self) -> &'static str {
        match self {
            Self::Take(_) => "--not-charged",
            Self::GiveBack(_) => "--not-given-back",
        }
    }

    /// Reads `CH-7` or `RF-7`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // A bare number would be either.
        text.contains('-').then_some(())?;
        ChargeId::parse(text)
            .map(Self::Take)
            .or_else(|| RefundId::parse(text).map(Self::GiveBack))
    }
}

impl From<ChargeId> for Purpose {
    fn from(charge: ChargeId) -> Self {
        Self::Take(charge)
    }
}

impl From<RefundId> for Purpose {
    fn from(refund: RefundId) -> Self {
        Self::GiveBack(refund)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Take(charge) => fmt::Display::fmt(charge, f),
            Self::GiveBack(refund) => fmt::Display::fmt(refund, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_reads_as_it_prints() {
        for purpose in [Purpose::Take(ChargeId(7)), Purpose::GiveBack(RefundId(7))] {
            assert_eq!(Purpose::parse(&purpose.to_string()), Some(purpose));
        }
        assert_eq!(Purpose::parse("7"), None);
        assert_eq!(Purpose::parse("PAY-7"), None);
    }
}

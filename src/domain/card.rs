//! A saved card: the gateway's token and what may be shown of it.
//!
//! Brand, last four and expiry are all that dues ever learns of a card; the
//! number stays at the gateway.

use std::fmt;

use jiff::civil::Date;

use super::ids::{CardId, CustomerId};

/// The last day a card can be used is the last of its month of expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Four digits.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

impl Expiry {
    /// An expiry, or `None` for a month that is none.
    #[must_use]
    pub fn new(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok()?;
        Some(Self { year, month })
    }

    #[must_use]
    pub fn has_passed(self, today: Date) -> bool {
        (today.year(), today.month()) > (self.year, self.month)
    }
}

/// `12/2028`: with two digits it would read as a day.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:02}/{}", self.month, self.year))
    }
}

/// What a gateway tells of a card it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFacts {
    /// All the gateway needs to charge it again; opaque to everyone else.
    pub token: String,
    /// Lower case: `visa`, `mastercard`, `amex`.
    pub brand: String,
    /// Exactly four digits.
    pub last4: String,
    pub expiry: Option<Expiry>,
}

/// A saved card of one customer at one gateway account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub id: CardId,
    pub customer: CustomerId,
    pub gateway: String,
    pub account: String,
    pub facts: CardFacts,
    pub nickname: Option<String>,
    pub is_default: bool,
    pub disabled: bool,
}

impl Card {
    /// What a person calls it: `amex 5544`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.facts.brand, self.facts.last4)
    }

    /// Whether `text` names this card: last four, nickname, `amex 5544`, or
    /// the beginning of a nickname.
    #[must_use]
    pub fn answers_to(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.facts.last4 == text
            || self.name() == text
            || self
                .nickname
                .as_ref()
                .is_some_and(|name| name.to_lowercase().starts_with(&text))
    }
}

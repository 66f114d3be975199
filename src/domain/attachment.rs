//! A file that is kept beside the book, and what it is.
//!
//! What it is decides where a bank wants to see it: a delivery note proves
//! another thing than a letter.

use std::fmt;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The customer's signed consent to charge a card.
    Form,
    /// That the goods came: a delivery note, a carrier's proof.
    Delivery,
    /// What the customer wrote, or was written.
    Correspondence,
    /// An order, an agreement.
    Contract,
    /// Our terms: of sale, of returns.
    Policy,
    Other,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Form,
        Self::Delivery,
        Self::Correspondence,
        Self::Contract,
        Self::Policy,
        Self::Other,
    ];

    /// What a person can say of a file; a form comes with its consent.
    pub const BY_HAND: [Self; 5] = [
        Self::Delivery,
        Self::Correspondence,
        Self::Contract,
        Self::Policy,
        Self::Other,
    ];

    /// The word in the book, on the command line and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Delivery => "delivery",
            Self::Correspondence => "correspondence",
            Self::Contract => "contract",
            Self::Policy => "policy",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

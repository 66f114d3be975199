//! A decline: what the bank said, what kind of no it is, and what to tell people.
//!
//! Codes are Stripe's words, the richest public vocabulary; a gateway with
//! its own translates. The class decides what may be tried again, the words
//! are for the bookkeeper to say to the customer.

use std::fmt;

use super::outside::Said;

/// What kind of no it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The card is dead: never again on this card.
    Hard,
    /// The customer must put something right.
    Fix,
    /// The bank wants the customer present.
    Auth,
    /// Not now; another day may do.
    Soft,
    /// The network was busy; minutes to hours.
    Wait,
    /// Our account or request is wrong; no charge will pass.
    Config,
}

impl Class {
    pub const ALL: [Self; 6] = [
        Self::Hard,
        Self::Fix,
        Self::Auth,
        Self::Soft,
        Self::Wait,
        Self::Config,
    ];

    /// The word in the book and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Fix => "fix",
            Self::Auth => "auth",
            Self::Soft => "soft",
            Self::Wait => "wait",
            Self::Config => "config",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// What the bookkeeper should do, one sentence.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Hard => "Do not try this card again; ask the customer for another card.",
            Self::Fix => "Ask the customer to correct the card's details or give another card.",
            Self::Auth => "The bank wants the customer to confirm; ask them to pay in person.",
            Self::Soft => "Try again on another day, or ask the customer for another card.",
            Self::Wait => "Try again in an hour.",
            Self::Config => "Nothing can be charged until this is put right at the gateway.",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A definite no from the gateway or the bank; no money moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    pub class: Class,
    /// `insufficient_funds`, `expired_card`, …
    pub code: Said,
    /// The gateway's own sentence.
    pub message: Said,
    /// The network's advice on retries, as it was given (Mastercard "merchant advice code").
    pub advice: Option<Said>,
    /// The gateway's id of the failed transaction, where it made one.
    pub id: Option<String>,
    /// Our reference, where the answer repeats it; the book does not keep it.
    pub reference: Option<String>,
}

/// A decline in words that can be said to the customer.
#[must_use]
pub fn words_for_customer(code: &str, class: Class) -> &'static str {
    match code {
        "insufficient_funds" => "Your bank says there is not enough money available on the card.",
        "expired_card" => "The card has expired.",
        "lost_card" | "stolen_card" | "pickup_card" => {
            "Your bank does not allow payments with this card any more."
        }
        "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
            "The card is over its limit for now."
        }
        _ => match class {
            Class::Hard => "Your bank does not allow payments with this card.",
            Class::Fix => "Your bank could not match the card's details.",
            Class::Auth => "Your bank asks you to confirm the payment yourself.",
            Class::Soft => "Your bank declined the payment and gave no reason.",
            Class::Wait => "Your bank could not be reached; we will try again.",
            Class::Config => "We could not take the payment; the fault is on our side.",
        },
    }
}

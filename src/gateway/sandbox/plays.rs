//! What a sandbox card does, by the token it was saved with.
//!
//! `CHARGES/REFUNDS`: words with commas between, one for each attempt to charge
//! the card and, after the slash, to give its money back; the last is played
//! for ever. Without the second part whatever is to be given back is.

use crate::domain::decline::{Class, Decline};

/// How a request is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Play {
    /// The money is taken, or given back.
    Goes,
    DeclineSoft,
    DeclineHard,
    Expired,
    Auth,
    /// The bank refuses the refund.
    Fails,
    Slow,
    Lost,
    /// It goes, and the answer is an error.
    FiveHundredDone,
    FiveHundred,
    Unreachable,
    TooMany,
    Pending,
    WrongAmount,
    /// A refund is given, and later sent back by the bank.
    ComesBack,
    /// A refund is given; a void comes too late.
    Settled,
}

/// The words for charges, and what each plays.
pub(super) const TOKENS: [(&str, Play); 13] = [
    ("tok_approve", Play::Goes),
    ("tok_decline_soft", Play::DeclineSoft),
    ("tok_decline_hard", Play::DeclineHard),
    ("tok_expired", Play::Expired),
    ("tok_auth", Play::Auth),
    ("tok_slow", Play::Slow),
    ("tok_lost", Play::Lost),
    ("tok_500_taken", Play::FiveHundredDone),
    ("tok_500", Play::FiveHundred),
    ("tok_unreachable", Play::Unreachable),
    ("tok_429", Play::TooMany),
    ("tok_pending", Play::Pending),
    ("tok_wrong_amount", Play::WrongAmount),
];

/// The words for money that is given back.
pub(super) const RETURNS: [(&str, Play); 11] = [
    ("refund_given", Play::Goes),
    ("refund_pending", Play::Pending),
    ("refund_fails", Play::Fails),
    ("refund_lost", Play::Lost),
    ("refund_500_given", Play::FiveHundredDone),
    ("refund_500", Play::FiveHundred),
    ("refund_unreachable", Play::Unreachable),
    ("refund_429", Play::TooMany),
    ("refund_wrong_amount", Play::WrongAmount),
    ("refund_comes_back", Play::ComesBack),
    ("void_too_late", Play::Settled),
];

/// What a card plays, charge by charge and return by return.
#[derive(Debug)]
pub(super) struct Plays {
    pub(super) charges: Vec<Play>,
    pub(super) returns: Vec<Play>,
}

impl Plays {
    /// Reads `tok_lost,tok_approve/refund_fails,refund_given`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (charges, returns) = match text.split_once('/') {
            Some((charges, returns)) => (charges, in_turn(returns, &RETURNS)?),
            None => (text, vec![Play::Goes]),
        };
        Some(Self {
            charges: in_turn(charges, &TOKENS)?,
            returns,
        })
    }
}

fn in_turn(words: &str, table: &[(&str, Play)]) -> Option<Vec<Play>> {
    words
        .split(',')
        .map(|word| {
            table
                .iter()
                .find(|(token, _)| *token == word.trim())
                .map(|(_, play)| *play)
        })
        .collect()
}

pub(super) fn decline(play: Play, id: &str, reference: &str) -> Option<Decline> {
    let (class, code, message) = match play {
        Play::DeclineSoft => (
            Class::Soft,
            "insufficient_funds",
            "Your card has insufficient funds.",
        ),
        Play::DeclineHard => (Class::Hard, "stolen_card", "Your card was declined."),
        Play::Expired => (Class::Fix, "expired_card", "Your card has expired."),
        Play::Auth => (
            Class::Auth,
            "authentication_required",
            "This payment must be authenticated.",
        ),
        Play::Fails => (Class::Soft, "declined", "The bank refused the refund."),
        _ => return None,
    };
    Some(Decline {
        class,
        code: code.into(),
        message: message.into(),
        advice: None,
        id: Some(id.to_owned()),
        reference: Some(reference.to_owned()),
    })
}

/// What the bank says when it sends a refund back.
pub(super) fn sent_back(id: &str, reference: &str) -> Decline {
    Decline {
        class: Class::Hard,
        code: "expired_or_canceled_card".into(),
        message: "The card has expired or was cancelled.".into(),
        advice: None,
        id: Some(id.to_owned()),
        reference: Some(reference.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_charges_and_returns_do_in_turn() {
        let table = [
            ("tok_approve", Some((1, vec![Play::Goes]))),
            ("tok_lost, tok_approve", Some((2, vec![Play::Goes]))),
            ("tok_approve/refund_lost", Some((1, vec![Play::Lost]))),
            (
                "tok_lost,tok_approve/refund_fails, refund_given",
                Some((2, vec![Play::Fails, Play::Goes])),
            ),
            ("tok_approve/", None),
            ("/refund_given", None),
            ("refund_given", None),
            ("tok_approve/tok_approve", None),
            ("tok_approve/refund_given/refund_given", None),
            ("", None),
        ];
        for (text, expected) in table {
            let plays = Plays::parse(text);

            let plays = plays.map(|plays| (plays.charges.len(), plays.returns));
            assert_eq!(plays, expected, "{text}");
        }
    }
}

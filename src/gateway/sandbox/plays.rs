//! What a sandbox card does when it is charged, by the token it was saved with.

use crate::domain::decline::{Class, Decline};

/// What a card does when it is charged. Several in a row are played one per attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Play {
    Approve,
    DeclineSoft,
    DeclineHard,
    Expired,
    Auth,
    Slow,
    Lost,
    FiveHundredTaken,
    FiveHundred,
    Unreachable,
    TooMany,
    Pending,
    WrongAmount,
}

/// The magic tokens, and what each plays.
pub(super) const TOKENS: [(&str, Play); 13] = [
    ("tok_approve", Play::Approve),
    ("tok_decline_soft", Play::DeclineSoft),
    ("tok_decline_hard", Play::DeclineHard),
    ("tok_expired", Play::Expired),
    ("tok_auth", Play::Auth),
    ("tok_slow", Play::Slow),
    ("tok_lost", Play::Lost),
    ("tok_500_taken", Play::FiveHundredTaken),
    ("tok_500", Play::FiveHundred),
    ("tok_unreachable", Play::Unreachable),
    ("tok_429", Play::TooMany),
    ("tok_pending", Play::Pending),
    ("tok_wrong_amount", Play::WrongAmount),
];

pub(super) fn parse_plays(plays: &str) -> Option<Vec<Play>> {
    plays
        .split(',')
        .map(|word| {
            TOKENS
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

//! The life of a charge, from the intent to the gateway's last word.
//!
//! ```text
//! prepared ─▶ sending ─▶ succeeded   money taken and booked         final
//!    │           ├─────▶ declined    a definite no                  final
//!    │           ├─────▶ pending     the gateway has it, and has not decided
//!    │           ├─────▶ unknown     no answer that can be believed
//!    │           ├─────▶ review      the answer differs from the question
//!    └───────────┴─────▶ not_made    surely never left us           final
//! unknown ── asked again ─▶ any of the above
//! ```
//!
//! [`judge`] holds an answer against what was asked, [`next`] says where that
//! leads. Both are pure; nothing else in the program moves a charge.

use std::fmt;

use thiserror::Error;

use super::decline::Decline;
use super::money::Money;
use super::outside::Said;
use super::rules;

/// Where an attempt to take money stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// In the book, with its key; not sent.
    Prepared,
    /// Perhaps on its way. Durable before the first byte leaves.
    Sending,
    /// Captured and booked.
    Succeeded,
    /// Refused by the bank or the gateway.
    Declined,
    /// Accepted by the gateway, which has not yet decided.
    Pending,
    /// Nobody can yet say.
    Unknown,
    /// A person must decide.
    Review,
    /// No money moved, and none can any more.
    NotMade,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Prepared,
        Self::Sending,
        Self::Succeeded,
        Self::Declined,
        Self::Pending,
        Self::Unknown,
        Self::Review,
        Self::NotMade,
    ];

    /// The word in the book, in tables and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Succeeded => "succeeded",
            Self::Declined => "declined",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Review => "review",
            Self::NotMade => "not_made",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Nothing moves it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Declined | Self::NotMade)
    }

    /// Its money may still be taken, so its invoices stay reserved.
    #[must_use]
    pub fn is_open(self) -> bool {
        !self.is_final()
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What was asked of the gateway, frozen when the attempt was prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub amount: Money,
    /// The saved card's token.
    pub token: String,
    pub reference: String,
}

/// Money that the gateway says it took, or is about to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The gateway's id of the transaction.
    pub id: String,
    pub amount: Money,
    /// The card's token, where the answer names it.
    pub token: Option<String>,
    /// Our reference, where the answer repeats it.
    pub reference: Option<String>,
}

/// What a gateway answered. Where it surely took nothing and decided nothing,
/// it returns an error instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The money is taken.
    Taken(Capture),
    /// A definite no.
    Declined(Decline),
    /// The gateway has it and is still deciding.
    Pending(Capture),
    /// The gateway has it, and keeps an error of its own as the answer: to ask
    /// once more brings the same. Why, for a person to read.
    Kept(Said),
    /// Anything else; why, for a person to read.
    Unknown(Said),
}

impl Answer {
    /// The gateway's id of what it took, or is about to.
    #[must_use]
    pub fn taken_id(&self) -> Option<&str> {
        match self {
            Self::Taken(capture) | Self::Pending(capture) => Some(&capture.id),
            Self::Declined(_) | Self::Kept(_) | Self::Unknown(_) => None,
        }
    }
}

/// An answer held against the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken exactly as asked, under this gateway id.
    Taken { id: String },
    /// A definite no.
    Declined,
    /// Still deciding, under this gateway id.
    Pending { id: String },
    /// The gateway has it, and an error is all that it will ever answer.
    Kept,
    /// Something was done, but not what was asked; the gateway's id of it.
    Differs { id: Option<String>, why: String },
    /// No answer that can be believed.
    Silence,
}

/// Holds an answer against what was asked: amount, currency, card, reference.
#[must_use]
pub fn judge(asked: &Asked, answer: &Answer) -> Verdict {
    let differs = |capture: &Capture| -> Option<String> {
        if !rules::a_hit_must_match() {
            return None;
        }
        if capture.amount != asked.amount {
            return Some(format!(
                "the gateway reports {} where {} was asked",
                capture.amount, asked.amount
            ));
        }
        if capture
            .token
            .as_ref()
            .is_some_and(|token| *token != asked.token)
        {
            return Some(
                "the gateway's answer is about another card or transaction than the one asked"
                    .to_owned(),
            );
        }
        if capture
            .reference
            .as_ref()
            .is_some_and(|reference| *reference != asked.reference)
        {
            return Some("the gateway's answer carries another request's reference".to_owned());
        }
        None
    };
    match answer {
        Answer::Taken(capture) => differs(capture).map_or_else(
            || Verdict::Taken {
                id: capture.id.clone(),
            },
            |why| Verdict::Differs {
                id: Some(capture.id.clone()),
                why,
            },
        ),
        Answer::Pending(capture) => differs(capture).map_or_else(
            || Verdict::Pending {
                id: capture.id.clone(),
            },
            |why| Verdict::Differs {
                id: Some(capture.id.clone()),
                why,
            },
        ),
        // Somebody else's no says nothing of this one.
        Answer::Declined(decline)
            if !rules::answer_is_ours(&asked.reference, decline.reference.as_deref()) =>
        {
            Verdict::Silence
        }
        Answer::Declined(_) => Verdict::Declined,
        Answer::Kept(_) if rules::a_kept_error_is_its_answer() => Verdict::Kept,
        Answer::Kept(_) | Answer::Unknown(_) => Verdict::Silence,
    }
}

/// What happens to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is about to be sent, for the first time or again under its key.
    Sent,
    /// Surely nothing left us, or it was refused unread.
    NeverLeft,
    /// The gateway answered.
    Heard(Verdict),
    /// Its sender died.
    Orphaned,
    /// The gateway never heard of it: complete, repeated and late enough.
    NeverHeardOf,
    /// Every way of asking is used up.
    GivenUp,
    /// A person found it charged at the gateway, under this id.
    FoundCharged { id: String },
    /// A person found it not charged at the gateway.
    FoundNotCharged,
}

/// What happened, as the end of a sentence about the charge.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "it was to be sent",
            Self::NeverLeft => "its request never left",
            Self::Heard(Verdict::Taken { .. }) => "the gateway says it was taken",
            Self::Heard(Verdict::Declined) => "the gateway says it was declined",
            Self::Heard(Verdict::Pending { .. }) => "the gateway says it is deciding",
            Self::Heard(Verdict::Kept) => "the gateway keeps an error as its answer",
            Self::Heard(Verdict::Differs { .. }) => {
                "the gateway's answer differs from the question"
            }
            Self::Heard(Verdict::Silence) => "the gateway's answer cannot be believed",
            Self::Orphaned => "its sender died",
            Self::NeverHeardOf => "the gateway never heard of it",
            Self::GivenUp => "nothing more can be asked",
            Self::FoundCharged { .. } => "a person found it charged",
            Self::FoundNotCharged => "a person found it not charged",
        })
    }
}

/// Where an attempt stands, as far as the next step depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    pub state: State,
    /// How often the request may have left us.
    pub sends: u32,
    /// The gateway's id, once it named one.
    pub id: Option<&'a str>,
}

/// An event that cannot be true if the book is.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("it is {state} in the book, and now {event}")]
pub struct Contradiction {
    pub state: State,
    pub event: Event,
}

/// Where an event leads.
///
/// # Errors
///
/// [`Contradiction`] for an event that the state excludes. The same answer
/// twice is no contradiction; a different one after a final one is.
pub fn next(standing: Standing<'_>, event: &Event) -> Result<State, Contradiction> {
    use State::{Declined, NotMade, Pending, Prepared, Review, Sending, Succeeded, Unknown};
    let Standing { state, sends, id } = standing;
    let next = match (state, event) {
        (Prepared | Unknown, Event::Sent) => Sending,
        (Prepared, Event::NeverLeft | Event::FoundNotCharged) => NotMade,
        // Only the first send can have left nothing behind: on a repetition
        // a refused connection says nothing about the request before it.
        (Sending, Event::NeverLeft) if sends == 1 => NotMade,
        (Sending, Event::NeverLeft | Event::Orphaned) => Unknown,

        (Sending | Unknown | Pending, Event::Heard(verdict)) => match verdict {
            Verdict::Taken { id: heard } | Verdict::Pending { id: heard }
                if id.is_some_and(|known| known != heard) =>
            {
                Review
            }
            Verdict::Taken { .. } => Succeeded,
            Verdict::Pending { .. } | Verdict::Kept => Pending,
            Verdict::Declined => Declined,
            Verdict::Differs { .. } => Review,
            Verdict::Silence if state == Pending => Pending,
            Verdict::Silence => Unknown,
        },
        (Unknown, Event::NeverHeardOf) => NotMade,
        (Unknown | Pending, Event::GivenUp) => Review,
        (Unknown | Review | Pending, Event::FoundCharged { .. }) => Succeeded,
        (Unknown | Review, Event::FoundNotCharged) => NotMade,

        // Hearing the same again.
        (Succeeded, Event::Heard(Verdict::Taken { id: heard }))
        | (Succeeded, Event::FoundCharged { id: heard })
            if id == Some(heard) =>
        {
            Succeeded
        }
        (Declined, Event::Heard(Verdict::Declined)) => Declined,
        (NotMade, Event::FoundNotCharged | Event::NeverLeft) => NotMade,
        (Review, Event::Heard(Verdict::Silence | Verdict::Kept | Verdict::Differs { .. })) => {
            Review
        }
        (Succeeded | Declined | NotMade, Event::Heard(Verdict::Silence | Verdict::Kept)) => state,
        _ => {
            return Err(Contradiction {
                state,
                event: event.clone(),
            });
        }
    };
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decline::Class;
    use crate::domain::money::Currency;

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn taken(id: &str) -> Event {
        Event::Heard(Verdict::Taken { id: id.into() })
    }

    fn pending(id: &str) -> Event {
        Event::Heard(Verdict::Pending { id: id.into() })
    }

    fn differs() -> Event {
        Event::Heard(Verdict::Differs {
            id: None,
            why: "amount".into(),
        })
    }

    const DECLINED: Event = Event::Heard(Verdict::Declined);
    const SILENCE: Event = Event::Heard(Verdict::Silence);
    const KEPT: Event = Event::Heard(Verdict::Kept);

    /// The whole life, state by state: what each event leads to, `None` where
    /// it would contradict the book.
    #[test]
    fn every_event_leads_where_the_picture_says() {
        use State::*;
        let found = || Event::FoundCharged { id: "t1".into() };
        let table = [
            // in the book            what happens             then
            (Prepared, 0, None, Event::Sent, Some(Sending)),
            (Prepared, 0, None, Event::NeverLeft, Some(NotMade)),
            (Prepared, 0, None, Event::FoundNotCharged, Some(NotMade)),
            (Prepared, 0, None, taken("t1"), None),
            (Prepared, 0, None, Event::Orphaned, None),
            (Prepared, 0, None, found(), None),
            (Sending, 1, None, taken("t1"), Some(Succeeded)),
            (Sending, 1, None, DECLINED, Some(Declined)),
            (Sending, 1, None, pending("t1"), Some(Pending)),
            (Sending, 1, None, SILENCE, Some(Unknown)),
            (Sending, 2, None, KEPT, Some(Pending)),
            (Sending, 1, None, differs(), Some(Review)),
            (Sending, 1, None, Event::NeverLeft, Some(NotMade)),
            (Sending, 2, None, Event::NeverLeft, Some(Unknown)),
            (Sending, 1, None, Event::Orphaned, Some(Unknown)),
            (Sending, 1, None, Event::Sent, None),
            (Sending, 1, None, Event::NeverHeardOf, None),
            (Sending, 1, None, found(), None),
            (Sending, 2, Some("t1"), taken("t2"), Some(Review)),
            (Unknown, 1, None, Event::Sent, Some(Sending)),
            (Unknown, 1, None, taken("t1"), Some(Succeeded)),
            (Unknown, 1, None, DECLINED, Some(Declined)),
            (Unknown, 1, None, pending("t1"), Some(Pending)),
            (Unknown, 1, None, differs(), Some(Review)),
            (Unknown, 1, None, SILENCE, Some(Unknown)),
            (Unknown, 1, None, Event::NeverHeardOf, Some(NotMade)),
            (Unknown, 1, None, Event::GivenUp, Some(Review)),
            (Unknown, 1, None, Event::NeverLeft, None),
            (Unknown, 1, None, found(), Some(Succeeded)),
            (Unknown, 1, None, Event::FoundNotCharged, Some(NotMade)),
            (Pending, 1, Some("t1"), taken("t1"), Some(Succeeded)),
            (Pending, 1, Some("t1"), taken("t2"), Some(Review)),
            (Pending, 1, Some("t1"), pending("t1"), Some(Pending)),
            (Pending, 1, Some("t1"), DECLINED, Some(Declined)),
            (Pending, 1, Some("t1"), SILENCE, Some(Pending)),
            (Pending, 2, None, Event::GivenUp, Some(Review)),
            (Pending, 1, Some("t1"), differs(), Some(Review)),
            (Pending, 1, Some("t1"), Event::Sent, None),
            (Pending, 1, Some("t1"), Event::NeverHeardOf, None),
            (Pending, 1, Some("t1"), Event::FoundNotCharged, None),
            (Pending, 1, Some("t1"), found(), Some(Succeeded)),
            (Review, 1, None, found(), Some(Succeeded)),
            (Review, 1, None, Event::FoundNotCharged, Some(NotMade)),
            (Review, 1, None, taken("t1"), None),
            (Review, 1, None, SILENCE, Some(Review)),
            (Review, 1, None, Event::Sent, None),
            (Succeeded, 1, Some("t1"), taken("t1"), Some(Succeeded)),
            (Succeeded, 1, Some("t1"), taken("t2"), None),
            (Succeeded, 1, Some("t1"), DECLINED, None),
            (Succeeded, 1, Some("t1"), SILENCE, Some(Succeeded)),
            (Succeeded, 1, Some("t1"), Event::Sent, None),
            (Succeeded, 1, Some("t1"), Event::FoundNotCharged, None),
            (Declined, 1, None, DECLINED, Some(Declined)),
            (Declined, 1, None, taken("t1"), None),
            (Declined, 1, None, Event::Sent, None),
            (NotMade, 1, None, taken("t1"), None),
            (NotMade, 1, None, Event::Sent, None),
            (NotMade, 1, None, Event::FoundNotCharged, Some(NotMade)),
        ];
        for (state, sends, id, event, expected) in table {
            let standing = Standing { state, sends, id };

            assert_eq!(
                next(standing, &event).ok(),
                expected,
                "{standing:?} {event:?}"
            );
        }
    }

    /// Whatever happens, a final state stays, and nothing is ever sent from it.
    #[test]
    fn a_final_state_is_final() {
        let events = [
            Event::Sent,
            Event::NeverLeft,
            Event::Orphaned,
            Event::NeverHeardOf,
            Event::GivenUp,
            Event::FoundNotCharged,
            Event::FoundCharged { id: "t".into() },
            taken("t"),
            pending("t"),
            DECLINED,
            SILENCE,
            KEPT,
            differs(),
        ];
        for state in State::ALL.into_iter().filter(|state| state.is_final()) {
            for event in &events {
                let standing = Standing {
                    state,
                    sends: 1,
                    id: Some("t"),
                };
                if let Ok(then) = next(standing, event) {
                    assert_eq!(then, state, "{state} {event:?}");
                }
            }
        }
    }

    #[test]
    fn an_answer_that_differs_from_the_question_is_for_a_person() {
        let asked = Asked {
            amount: usd(1000),
            token: "tok".into(),
            reference: "D1".into(),
        };
        let capture = |amount, token: Option<&str>, reference: Option<&str>| Capture {
            id: "t1".into(),
            amount,
            token: token.map(Into::into),
            reference: reference.map(Into::into),
        };
        let yen = Money::of(1000, Currency::parse("JPY").unwrap());
        let exact = Verdict::Taken { id: "t1".into() };
        for (capture, matches) in [
            (capture(usd(1000), Some("tok"), Some("D1")), true),
            (capture(usd(1000), None, None), true),
            (capture(usd(999), Some("tok"), Some("D1")), false),
            (capture(yen, Some("tok"), Some("D1")), false),
            (capture(usd(1000), Some("other"), Some("D1")), false),
            (capture(usd(1000), Some("tok"), Some("D2")), false),
        ] {
            let verdict = judge(&asked, &Answer::Taken(capture.clone()));
            let pending = judge(&asked, &Answer::Pending(capture.clone()));

            assert_eq!(verdict == exact, matches, "{capture:?}");
            assert_eq!(
                matches!(verdict, Verdict::Differs { .. }),
                !matches,
                "{capture:?}"
            );
            assert_eq!(
                matches!(pending, Verdict::Differs { .. }),
                !matches,
                "{capture:?}"
            );
        }
        let decline = Decline {
            class: Class::Soft,
            code: "insufficient_funds".into(),
            message: "no".into(),
            advice: None,
            id: None,
            reference: None,
        };
        for (reference, verdict) in [
            (None, Verdict::Declined),
            (Some("D1"), Verdict::Declined),
            (Some("D2"), Verdict::Silence),
        ] {
            let decline = Answer::Declined(Decline {
                reference: reference.map(Into::into),
                ..decline.clone()
            });
            assert_eq!(judge(&asked, &decline), verdict, "{reference:?}");
        }
        assert_eq!(
            judge(&asked, &Answer::Unknown("eof".into())),
            Verdict::Silence
        );
        assert_eq!(judge(&asked, &Answer::Kept("500".into())), Verdict::Kept);
    }
}

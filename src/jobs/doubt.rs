//! What stands against a charge by hand without forbidding it: a person says
//! so twice.
//!
//! A run never comes here; its cards are barred and its dates are charged once.
//! A person may know better than the bank, and may mean the same once more.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use super::plan::{Plan, Wish};
use crate::books::{ChargeRow, Reader};
use crate::domain::charge::State;
use crate::domain::hour::Hour;
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::domain::retry::{Bar, bar};
use crate::domain::spread::Share;
use crate::problem::{Deed, Problem, Result};

/// So long after a charge the same once more is likelier a slip than meant.
const A_MOMENT: SignedDuration = SignedDuration::from_mins(10);

/// Why a charge is asked about once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// A bank said never again on this card, and nothing was taken on it since.
    CardDied {
        card: String,
        on: Date,
        code: String,
    },
    /// The same amount was just taken from the same customer, for the same.
    JustCharged {
        charge: ChargeId,
        amount: Money,
        minutes: i64,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CardDied { card, on, code } => {
                write!(f, "the bank said on {on} never again on {card} ({code})")
            }
            Self::JustCharged {
                charge,
                amount,
                minutes,
            } => {
                write!(f, "{charge} took {amount} for the same ")?;
                match minutes {
                    0 => f.write_str("a moment ago"),
                    1 => f.write_str("a minute ago"),
                    n => write!(f, "{n} minutes ago"),
                }
            }
        }
    }
}

impl From<Doubt> for Problem {
    fn from(doubt: Doubt) -> Self {
        let (code, hint) = match &doubt {
            Doubt::CardDied { .. } => (
                "card_died",
                "Ask the customer for another card. To try this one all the same, add `--again`."
                    .to_owned(),
            ),
            Doubt::JustCharged { charge, .. } => (
                "charged_just_now",
                format!(
                    "See `dues charge show {charge}`. If the same is to be charged once more, add `--again`."
                ),
            ),
        };
        Self::usage(code, doubt.to_string())
            .nothing_was(Deed::Charged)
            .hint(hint)
    }
}

/// What stands against a planned charge by hand, unless it was said again. A
/// script's own id tells one charge from the next; of what it repeats there is
/// no doubt.
///
/// # Errors
///
/// The book cannot be read.
pub fn doubt(book: Reader<'_>, wish: &Wish, plan: &Plan, now: Timestamp) -> Result<Option<Doubt>> {
    if wish.again {
        return Ok(None);
    }
    let zone = book.facts()?.zone;
    let midnight = Hour {
        at: Time::midnight(),
        zone_name: String::new(),
        zone,
    };
    let tries = book.tries_of_card(&plan.card, &midnight, plan.on)?;
    if let Some(Bar::Hard { code, on }) = bar(&tries, plan.on) {
        let card = plan.card.name();
        return Ok(Some(Doubt::CardDied { card, on, code }));
    }
    if wish.request_id.is_some() {
        return Ok(None);
    }
    let since = now.checked_sub(A_MOMENT).unwrap_or(Timestamp::MIN);
    for charge in book.charges_since(plan.customer.id, since)? {
        if is_the_same(book, &charge, plan)? {
            return Ok(Some(Doubt::JustCharged {
                charge: charge.id,
                amount: charge.amount,
                minutes: now.duration_since(charge.created_at).as_mins().max(0),
            }));
        }
    }
    Ok(None)
}

fn is_the_same(book: Reader<'_>, charge: &ChargeRow, plan: &Plan) -> Result<bool> {
    if charge.attempt.state != State::Succeeded || charge.amount != plan.spread.charged {
        return Ok(false);
    }
    // The first may have paid what was open, and left nothing to the second.
    if plan.spread.unapplied.is_positive() {
        return Ok(true);
    }
    let invoices = |shares: &[Share]| {
        let mut numbers: Vec<_> = shares.iter().map(|share| share.number.clone()).collect();
        numbers.sort();
        numbers
    };
    Ok(invoices(&book.shares_of(charge.id)?) == invoices(&plan.spread.shares))
}

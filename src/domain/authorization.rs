//! The customer's consent to charge a saved card: its scope, ceiling and end.
//!
//! Card networks want every charge without the cardholder present to rest on
//! a recorded agreement (Visa, "stored credential" mandate). No record, no
//! charge.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use super::ids::AuthorizationId;
use super::money::Money;
use crate::problem::Problem;

/// What the customer agreed may be paid with the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Whatever they owe, and money on account.
    Any,
    /// Invoices only; no money on account.
    Invoices,
    /// Only charges on an agreed schedule.
    Scheduled,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Any, Self::Invoices, Self::Scheduled];

    /// The word in the book and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Invoices => "invoices",
            Self::Scheduled => "scheduled",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One recorded agreement; a newer one for the card replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    pub scope: Scope,
    /// The most that one charge may take.
    pub ceiling: Option<Money>,
    /// The last day it holds.
    pub until: Option<Date>,
    /// Who agreed.
    pub given_by: String,
    /// How: `signed form`, `email of 3 March`, `phone`.
    pub how: String,
    pub recorded_at: Timestamp,
}

/// The agreement in force for a card, as the book has it: what a charge rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub id: AuthorizationId,
    pub authorization: Authorization,
}

/// A charge, as far as consent is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    pub amount: Money,
    /// What would stay on account, applied to no invoice.
    pub unapplied: Money,
    pub scheduled: bool,
    pub on: Date,
}

/// Why an authorization does not cover a charge.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NotAuthorized {
    #[error("the card's authorization ended on {0}")]
    Ended(Date),
    #[error("the card's authorization allows at most {ceiling} a charge; this one is {amount}")]
    AboveCeiling { ceiling: Money, amount: Money },
    #[error("the card's authorization covers invoices only; {0} would stay on account")]
    OnAccount(Money),
    #[error("the card's authorization covers scheduled charges only")]
    ScheduledOnly,
    #[error("the card's authorization is in {ceiling}; this charge is in {amount}")]
    OtherCurrency { ceiling: Money, amount: Money },
}

impl Authorization {
    /// Whether it covers the charge.
    ///
    /// # Errors
    ///
    /// [`NotAuthorized`] with the first term of the agreement that stands
    /// against it.
    pub fn permits(&self, demand: &Demand) -> Result<(), NotAuthorized> {
        if let Some(until) = self.until.filter(|until| demand.on > *until) {
            return Err(NotAuthorized::Ended(until));
        }
        if let Some(ceiling) = self.ceiling {
            let amount = demand.amount;
            if ceiling.currency() != amount.currency() {
                return Err(NotAuthorized::OtherCurrency { ceiling, amount });
            }
            if amount.minus(ceiling).is_positive() {
                return Err(NotAuthorized::AboveCeiling { ceiling, amount });
            }
        }
        match self.scope {
            Scope::Any => Ok(()),
            Scope::Invoices if demand.unapplied.is_zero() => Ok(()),
            Scope::Invoices => Err(NotAuthorized::OnAccount(demand.unapplied)),
            Scope::Scheduled if demand.scheduled => Ok(()),
            Scope::Scheduled => Err(NotAuthorized::ScheduledOnly),
        }
    }
}

impl From<NotAuthorized> for Problem {
    fn from(error: NotAuthorized) -> Self {
        Self::refused("not_authorized", error.to_string()).hint(
            "Ask the customer for a new agreement and record it with `dues card authorize`, \
             or charge within the present one.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use jiff::civil::date;

    #[test]
    fn a_charge_outside_the_agreement_is_refused_with_the_term() {
        let usd = |minor| Money::of(minor, Currency::parse("USD").unwrap());
        let eur = |minor| Money::of(minor, Currency::parse("EUR").unwrap());
        let agreement = |scope, ceiling, until| Authorization {
            scope,
            ceiling,
            until,
            given_by: "Rosa".into(),
            how: "signed form".into(),
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        let day = date(2026, 11, 22);
        let demand = |amount, unapplied, scheduled| Demand {
            amount,
            unapplied,
            scheduled,
            on: day,
        };
        let table = [
            (
                agreement(Scope::Any, None, None),
                demand(usd(100), usd(100), false),
                None,
            ),
            (
                agreement(Scope::Any, None, Some(day)),
                demand(usd(100), usd(0), false),
                None,
            ),
            (
                agreement(Scope::Any, None, Some(date(2026, 11, 21))),
                demand(usd(100), usd(0), false),
                Some(NotAuthorized::Ended(date(2026, 11, 21))),
            ),
            (
                agreement(Scope::Any, Some(usd(100)), None),
                demand(usd(100), usd(0), false),
                None,
            ),
            (
                agreement(Scope::Any, Some(usd(100)), None),
                demand(usd(101), usd(0), false),
                Some(NotAuthorized::AboveCeiling {
                    ceiling: usd(100),
                    amount: usd(101),
                }),
            ),
            (
                agreement(Scope::Any, Some(eur(100)), None),
                demand(usd(1), usd(0), false),
                Some(NotAuthorized::OtherCurrency {
                    ceiling: eur(100),
                    amount: usd(1),
                }),
            ),
            (
                agreement(Scope::Invoices, None, None),
                demand(usd(100), usd(0), false),
                None,
            ),
            (
                agreement(Scope::Invoices, None, None),
                demand(usd(100), usd(1), false),
                Some(NotAuthorized::OnAccount(usd(1))),
            ),
            (
                agreement(Scope::Scheduled, None, None),
                demand(usd(100), usd(0), true),
                None,
            ),
            (
                agreement(Scope::Scheduled, None, None),
                demand(usd(100), usd(0), false),
                Some(NotAuthorized::ScheduledOnly),
            ),
        ];
        for (agreement, demand, expected) in table {
            assert_eq!(
                agreement.permits(&demand).err(),
                expected,
                "{agreement:?} {demand:?}"
            );
        }
    }
}

//! An occurrence and what is to be done about it, each with its reason in words.

use std::fmt;

use jiff::civil::Date;

use crate::domain::charge::State;
use crate::domain::customer::Customer;
use crate::domain::hour::Hour;
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::domain::retry::{Bar, Why};
use crate::domain::schedule::Name;
use crate::domain::spread::{Share, SpreadError};
use crate::jobs::plan::{NotPlanned, Plan, Wish, beyond};
use crate::problem::Problem;

/// An occurrence, and what is to be done about it.
#[derive(Debug, Clone)]
pub struct Item {
    pub name: Name,
    pub customer: Customer,
    pub due_on: Date,
    /// Its time of day, in its zone.
    pub hour: Hour,
    /// Invoices that the agreement names, and that are not charged.
    pub left_out: Vec<LeftOut>,
    pub to_do: ToDo,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum ToDo {
    Charge(Box<Order>),
    /// Money on account pays all of it.
    Apply {
        wish: Box<Wish>,
        shares: Vec<Share>,
    },
    /// Nothing now; it is looked at again in the next run.
    Pass(Reason),
    /// Nothing, for good.
    Skip(Reason),
    /// Nothing until a person has looked.
    Hold(Reason),
    /// Tried again then.
    Wait {
        on: Date,
        why: Why,
    },
    /// Not tried again on this card.
    Fail(Why),
    /// Its charge did take the money.
    Paid(ChargeId),
}

/// A charge to be made for an occurrence.
#[derive(Debug, Clone)]
pub struct Order {
    pub wish: Wish,
    pub plan: Plan,
    /// The charge that is tried again; `None`: a new one.
    pub again: Option<ChargeId>,
    /// Why it is tried again.
    pub why: Option<Why>,
}

/// An invoice that is not charged, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub number: String,
    pub because: NotCharged,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotCharged {
    Paid,
    Void,
    OnHold(String),
    /// One charge has no room for it, and for so many more.
    Later {
        more: usize,
    },
    /// More than one charge may take.
    AboveAgreed {
        amount: Money,
        most: Money,
    },
}

impl LeftOut {
    /// What a charge leaves out: what is left to the next, as one, and what is
    /// too much for any.
    pub(super) fn of(order: &Order) -> Vec<Self> {
        let plan = &order.plan;
        let later = plan.later.split_first().map(|(first, more)| Self {
            number: first.clone(),
            because: NotCharged::Later { more: more.len() },
        });
        let most = order.wish.due.as_ref().and_then(|due| due.most);
        let above = most.into_iter().flat_map(|most| {
            plan.above.iter().map(move |(number, amount)| Self {
                number: number.clone(),
                because: NotCharged::AboveAgreed {
                    amount: *amount,
                    most,
                },
            })
        });
        later.into_iter().chain(above).collect()
    }
}

/// `INV-7 is paid`
impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.because {
            NotCharged::Paid => write!(f, "{} is paid", self.number),
            NotCharged::Void => write!(f, "{} is void", self.number),
            NotCharged::OnHold(because) => write!(f, "{} is on hold ({because})", self.number),
            NotCharged::Later { more: 0 } => {
                write!(f, "{} waits for the next charge", self.number)
            }
            NotCharged::Later { more } => {
                write!(
                    f,
                    "{} and {more} more wait for the next charge",
                    self.number
                )
            }
            NotCharged::AboveAgreed { amount, most } => {
                write!(f, "{} with {}", self.number, beyond(*amount, *most))
            }
        }
    }
}

/// Why an occurrence is not charged.
#[derive(Debug, Clone)]
pub enum Reason {
    TooLate {
        hours: i64,
    },
    Missed,
    Ended,
    OnHold(String),
    NothingLeft(Vec<LeftOut>),
    /// What an earlier charge did is not known yet.
    Open(ChargeId, State),
    Bar(Bar),
    /// It is not what was saved as a plan.
    Drifted(String),
    /// A rule of the book, or the agreement does not fit any more.
    NotPlanned(NotPlanned),
    /// What stands against it outside the plan.
    Refused(Problem),
    /// What stands against every run.
    NoRun(Problem),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLate { hours } => {
                write!(f, "it is {hours} hours late; a person should look first")
            }
            Self::Missed => f.write_str("it was missed, and a later one is due as well"),
            Self::Ended => f.write_str("the agreement has ended"),
            Self::OnHold(because) => write!(f, "the customer is on hold ({because})"),
            Self::NothingLeft(left_out) if left_out.is_empty() => f.write_str("nothing is open"),
            Self::NothingLeft(left_out) => {
                let facts: Vec<String> = left_out.iter().map(ToString::to_string).collect();
                f.write_str(&facts.join(", "))
            }
            Self::Open(charge, state) => write!(f, "{charge} is {state} still"),
            Self::Bar(bar) => fmt::Display::fmt(bar, f),
            Self::Drifted(why) => f.write_str(why),
            Self::NotPlanned(refusal) => fmt::Display::fmt(refusal, f),
            Self::Refused(problem) | Self::NoRun(problem) => fmt::Display::fmt(problem, f),
        }
    }
}

impl Reason {
    /// Whether a person must do something before it can be charged.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::TooLate { .. } | Self::Missed | Self::Drifted(_) => true,
            // What is reserved is on its way, or asked about by itself.
            Self::NotPlanned(NotPlanned::Spread(SpreadError::Reserved { .. })) => false,
            Self::NotPlanned(_) | Self::Refused(_) | Self::NoRun(_) => true,
            Self::Bar(bar) => !matches!(bar, Bar::Today),
            Self::Ended | Self::OnHold(_) | Self::NothingLeft(_) | Self::Open(..) => false,
        }
    }
}

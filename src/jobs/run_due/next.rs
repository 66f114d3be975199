//! Decides the next occurrence of a run, as the book stands in this very transaction.

use std::collections::HashMap;
use std::sync::Arc;

use super::follow::{follow, take_back};
use super::tally::Tally;
use super::{Done, Limits, Outcome, Stop};
use crate::books::{Tx, not_logged_in};
use crate::domain::ids::CustomerId;
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::domain::spread::Share;
use crate::jobs::apply::apply_in;
use crate::jobs::charge::{NotPrepared, prepare};
use crate::jobs::due::{Candidate, Item, LeftOut, Order, Reason, ToDo, decide};
use crate::jobs::flight::Boarding;
use crate::jobs::guard::{Asked, unconfirmed_clock};
use crate::jobs::plan::Wish;
use crate::problem::Result;

/// A charge that left and has not come back.
pub(super) struct Flying {
    pub(super) candidate: Candidate,
    pub(super) about: About,
    pub(super) customer: CustomerId,
    pub(super) amount: Money,
}

/// What is told of an occurrence, whatever becomes of it.
pub(super) struct About {
    customer: String,
    left_out: Vec<LeftOut>,
}

impl About {
    fn of(item: &Item) -> Self {
        Self {
            customer: item.customer.code.clone(),
            left_out: item.left_out.clone(),
        }
    }

    pub(super) fn done(self, candidate: &Candidate, outcome: Outcome) -> Done {
        Done {
            name: candidate.name,
            due_on: candidate.due_on,
            at: candidate.at,
            customer: self.customer,
            left_out: self.left_out,
            outcome,
        }
    }
}

/// A charge that was prepared, and leaves in this turn.
pub(super) struct Leaving {
    pub(super) boarding: Boarding,
    pub(super) flying: Flying,
}

/// What is done about one occurrence.
pub(super) enum Step {
    /// There is nothing to be done about it any more.
    Over,
    /// Another charge of the customer is under way.
    Later,
    Done(About, Outcome),
    Leaves(Box<Leaving>),
    Stop(Stop),
}

/// What a decision rests on besides the book.
pub(super) struct Deciding<'a> {
    pub(super) limits: &'a Limits<'a>,
    pub(super) tally: &'a Tally,
    /// The gateways that were cleared since the right was taken.
    pub(super) cleared: &'a HashMap<String, Result<Asked>>,
    pub(super) flying: &'a HashMap<Purpose, Flying>,
}

impl Deciding<'_> {
    /// One occurrence, decided as the book stands in this transaction.
    pub(super) fn one(
        &self,
        tx: &Tx<'_>,
        candidate: &Candidate,
        leaving: &HashMap<Purpose, Flying>,
    ) -> Result<Step> {
        take_back(tx, candidate)?;
        let rules = &self.limits.rules;
        let Some(item) = decide(tx.read(), candidate, tx.at(), rules)? else {
            return Ok(Step::Over);
        };
        let customer = item.customer.id;
        let mut others = self.flying.values().chain(leaving.values());
        if others.any(|other| other.customer == customer) {
            return Ok(Step::Later);
        }
        let about = About::of(&item);
        let outcome = match &item.to_do {
            ToDo::Charge(order) => match self.order(tx, candidate, &item, order)? {
                Ok(step) => return Ok(step),
                Err(outcome) => outcome,
            },
            ToDo::Apply { wish, shares } => self.applied(tx, &item, wish, shares)?,
            ToDo::Pass(reason) => Outcome::Passed(reason.clone()),
            ToDo::Wait { on, why } => Outcome::Waiting {
                on: *on,
                why: why.clone(),
            },
            ToDo::Skip(reason) => self.given_up(tx, Outcome::Skipped(reason.clone()))?,
            ToDo::Hold(reason) => self.given_up(tx, Outcome::Held(reason.clone()))?,
            ToDo::Fail(why) => Outcome::Failed(why.clone()),
            ToDo::Paid(charge) => Outcome::Paid(*charge),
        };
        Ok(match follow(tx, candidate, outcome, rules)? {
            Some(outcome) => Step::Done(about, outcome),
            None => Step::Over,
        })
    }

    /// A charge to be made: on its way in the book when this returns. What
    /// stands against this charge alone is its outcome; what stands against
    /// every charge stops the run.
    fn order(
        &self,
        tx: &Tx<'_>,
        candidate: &Candidate,
        item: &Item,
        order: &Order,
    ) -> Result<Result<Step, Outcome>> {
        if let Some(why) = (self.limits.refuse)(item) {
            return Ok(Err(Outcome::Passed(Reason::Drifted(why))));
        }
        if let Some(stop) = self.tally.refuses(order, self.limits) {
            return Ok(Ok(Step::Stop(stop)));
        }
        let card = &order.plan.card;
        let asked = self.asked(&card.account.gateway).and_then(|asked| {
            asked.require_account(&card.account)?;
            self.require_believed_clock(&card.account.gateway)?;
            Ok(asked)
        });
        let asked = match asked {
            Ok(asked) => asked,
            Err(problem) => return Ok(Err(Outcome::Passed(Reason::Refused(problem)))),
        };
        let prepared = tx.part(|| {
            let earlier = order
                .again
                .map(|charge| tx.read().charge(charge))
                .transpose()?;
            prepare(tx, &order.wish, &order.plan, earlier.as_ref(), asked)
        });
        let attempt = match prepared {
            Ok(attempt) => attempt,
            Err(NotPrepared::Refused(problem)) => {
                return Ok(Err(Outcome::Passed(Reason::Refused(problem))));
            }
            Err(NotPrepared::Book(problem)) => return Err(problem),
        };
        Ok(Ok(Step::Leaves(Box::new(Leaving {
            boarding: Boarding {
                attempt,
                gateway: Arc::clone(&asked.gateway),
            },
            flying: Flying {
                candidate: candidate.clone(),
                about: About::of(item),
                customer: item.customer.id,
                amount: order.plan.spread.charged,
            },
        }))))
    }

    /// What is due, and what is late, is so by the clock: nothing is charged or
    /// given up while no gateway has confirmed it.
    ///
    /// # Errors
    ///
    /// Why it is not believed.
    fn require_believed_clock(&self, own: &str) -> Result<()> {
        let mut cleared = self.cleared.values();
        if cleared.any(|asked| asked.as_ref().is_ok_and(|asked| asked.clock_is_right)) {
            return Ok(());
        }
        let errors = self
            .cleared
            .iter()
            .filter_map(|(name, asked)| Some((name, asked.as_ref().err()?)));
        Err(
            match (
                errors.min_by_key(|(name, _)| *name),
                self.cleared.keys().next(),
            ) {
                (Some((_, problem)), _) => problem.clone(),
                (None, Some(name)) => unconfirmed_clock(name),
                (None, None) => not_logged_in(own),
            },
        )
    }

    /// Money on account pays it; what stands against that is its outcome.
    fn applied(&self, tx: &Tx<'_>, item: &Item, wish: &Wish, shares: &[Share]) -> Result<Outcome> {
        if let Some(why) = (self.limits.refuse)(item) {
            return Ok(Outcome::Passed(Reason::Drifted(why)));
        }
        let own = tx.read().facts()?.gateway;
        if let Err(problem) = self.require_believed_clock(&own) {
            return Ok(Outcome::Passed(Reason::Refused(problem)));
        }
        tx.part(|| apply_in(tx, wish, shares))?;
        Ok(Outcome::Applied(shares.to_vec()))
    }

    fn given_up(&self, tx: &Tx<'_>, outcome: Outcome) -> Result<Outcome> {
        let own = tx.read().facts()?.gateway;
        Ok(match self.require_believed_clock(&own) {
            Ok(()) => outcome,
            Err(problem) => Outcome::Passed(Reason::Refused(problem)),
        })
    }

    fn asked(&self, gateway: &str) -> Result<&Asked> {
        match self.cleared.get(gateway) {
            Some(Ok(asked)) => Ok(asked),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(not_logged_in(gateway)),
        }
    }
}

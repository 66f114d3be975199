//! What a charge would meet outside the book, as far as it is known without asking anybody.
//!
//! A run asks the gateways; whoever only says what a run would do does not. So
//! that all of them say the same, they all ask here: the dry runs, `status`,
//! the lists of schedules and autopay, the mails that announce a charge, and a
//! charge by hand before its question.

use jiff::Timestamp;
use jiff::civil::Date;

use super::World;
use super::due::{Candidate, Item, Reason, Rules, ToDo, decide, of_today};
use super::guard::{self, require_account};
use super::memory::charging_is_open;
use super::plan::{NotPlanned, Plan, Wish, plan};
use super::refund;
use crate::books::{Books, Login, Reader};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{AttemptName, ChargeId};
use crate::domain::intent::Intent;
use crate::domain::label::{Label, pays};
use crate::domain::purpose::Purpose;
use crate::domain::rules;
use crate::domain::schedule::Source;
use crate::mark::Marks;
use crate::ports::{Gateways, Order, Witness};
use crate::problem::{Deed, Problem, Result};

/// The stand-in for what a request is named when it is made.
const NOT_MADE_YET: &str = "foreseen";

/// What is known of the world outside.
pub struct Outlook<'a> {
    /// The house's rules for what is due.
    pub rules: Rules,
    gateways: &'a dyn Gateways,
    /// Why no run begins at all, though a person may charge.
    bad_rules: Option<Problem>,
    /// Why nothing is charged from this book.
    closed: Option<Problem>,
    /// Why nothing is due or late by this machine's clock, and nothing charged.
    behind: Option<Problem>,
}

impl<'a> Outlook<'a> {
    /// What is known now; rules that cannot be read stand against every run.
    #[must_use]
    pub fn new(
        books: &Books,
        marks: &Marks,
        gateways: &'a dyn Gateways,
        rules: Result<Rules>,
        now: Timestamp,
    ) -> Self {
        let closed = books
            .require_writable()
            .and_then(|()| charging_is_open(books, marks))
            .and_then(|()| marks.require_writable());
        let (rules, bad_rules) = match rules {
            Ok(rules) => (rules, None),
            Err(problem) => (Rules::default(), Some(problem)),
        };
        Self {
            rules,
            gateways,
            bad_rules,
            closed: closed.err(),
            behind: clock_is_behind(books.read(), gateways, now).unwrap_or_else(Some),
        }
    }

    /// As [`Outlook::new`], of the world that the jobs work in.
    #[must_use]
    pub fn of(world: &World<'a>, rules: &Rules) -> Self {
        let (books, rules) = (&world.books, Ok(rules.clone()));
        Self::new(books, world.marks, world.gateways, rules, world.now())
    }

    /// Why no run would charge anything.
    #[must_use]
    pub fn no_run(&self) -> Option<&Problem> {
        self.not_begun().or(self.behind.as_ref())
    }

    /// Why no run would begin.
    pub(super) fn not_begun(&self) -> Option<&Problem> {
        self.closed.as_ref().or(self.bad_rules.as_ref())
    }

    /// Why a run would stop before its first charge: the book has seen a later moment.
    pub(super) fn clock_is_behind(&self) -> Option<&Problem> {
        self.behind.as_ref()
    }

    /// What a run would do about an occurrence then; `None` if it is over.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn foresee(
        &self,
        book: Reader<'_>,
        candidate: &Candidate,
        at: Timestamp,
    ) -> Result<Option<Item>> {
        let Some(mut item) = decide(book, candidate, at, &self.rules)? else {
            return Ok(None);
        };
        let stands_against = match (&item.to_do, self.no_run()) {
            (ToDo::Charge(_) | ToDo::Apply { .. }, Some(problem)) => {
                Some(Reason::NoRun(problem.clone()))
            }
            // What is late or over is so by the clock, too.
            (ToDo::Skip(_) | ToDo::Hold(_), _) => self.behind.clone().map(Reason::NoRun),
            (ToDo::Charge(order), None) => self.against(book, &order.plan)?.map(Reason::Refused),
            _ => None,
        };
        if let Some(reason) = stands_against {
            item.to_do = ToDo::Pass(reason);
        }
        Ok(Some(item))
    }

    /// What a run would do now about a schedule or autopay whose time had come.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn as_of_today(
        &self,
        book: Reader<'_>,
        source: Source,
        now: Timestamp,
    ) -> Result<Option<Item>> {
        self.foresee(book, &of_today(book, source, now)?, now)
    }

    /// The plan of a charge by hand, if it would be made.
    ///
    /// # Errors
    ///
    /// What stands against it, as [`charge`](super::charge::charge) would say.
    pub fn plan(&self, book: Reader<'_>, wish: &Wish, today: Date) -> Result<Plan, NotPlanned> {
        if let Some(problem) = &self.closed {
            return Err(NotPlanned::Outside(problem.clone()));
        }
        let plan = plan(book, wish, today)?;
        match self.against(book, &plan)? {
            Some(problem) => Err(NotPlanned::Outside(problem)),
            None => match &self.behind {
                Some(problem) => Err(NotPlanned::Outside(problem.clone())),
                None => Ok(plan),
            },
        }
    }

    /// The plan of a refund or void, if it would be asked for.
    ///
    /// # Errors
    ///
    /// What stands against it, as [`refund`](super::refund::refund) would say.
    pub fn refund(
        &self,
        book: Reader<'_>,
        wish: &refund::Wish,
        today: Date,
    ) -> Result<refund::Plan> {
        if let Some(problem) = &self.closed {
            return Err(problem.clone().nothing_was(Deed::GivenBack));
        }
        let plan = refund::plan(book, wish, today)?;
        require_login(book, &plan.card.account)?;
        let gateway = self.gateways.open(&plan.card.account.gateway)?;
        if let Some(problem) = &self.behind {
            return Err(problem.clone());
        }
        refund::require_way(&*gateway, &plan)?;
        Ok(plan)
    }

    /// The book's login and the gateway's own rules, held against a plan.
    fn against(&self, book: Reader<'_>, plan: &Plan) -> Result<Option<Problem>> {
        let card = &plan.card;
        if let Err(problem) = require_login(book, &card.account) {
            return Ok(Some(problem));
        }
        let facts = book.facts()?;
        let charge = ChargeId(0);
        let intent = Intent::Charge(charge);
        let permitted = self.gateways.permits(
            &card.account.gateway,
            &Order {
                attempt: &AttemptName::of(&facts.id, &intent, plan.customer.id, 1),
                amount: plan.spread.charged,
                token: &card.facts.token,
                description: NOT_MADE_YET,
                label: &Label {
                    book: facts.id.tag(),
                    purpose: Purpose::Take(charge),
                    intent: intent.clone(),
                    n: 1,
                    pays: pays(&plan.spread.shares, plan.spread.charged),
                },
            },
        );
        Ok(permitted.err().map(Problem::from))
    }
}

/// Why a run would not believe this machine's clock: it stops at the first
/// gateway of the book that shows none of its own.
fn clock_is_behind(
    book: Reader<'_>,
    gateways: &dyn Gateways,
    now: Timestamp,
) -> Result<Option<Problem>> {
    let is_alone = |login: &Login| !gateways.shows_time(&login.account.gateway);
    if !book.logins()?.iter().any(is_alone) {
        return Ok(None);
    }
    guard::clock_is_behind(book, now)
}

/// The book is logged in to this account of its gateway and no other.
///
/// # Errors
///
/// Exit 3 if it is not.
pub(super) fn require_login(book: Reader<'_>, account: &GatewayAccount) -> Result<()> {
    let login = book.login_at(&account.gateway)?;
    if login.account == *account {
        return Ok(());
    }
    Err(Problem::setup(
        "other_account",
        format!(
            "this belongs to {account}; the book is logged in to {}",
            login.account.id
        ),
    )
    .hint(format!(
        "Log in to that account with `dues gateway login {}`.",
        account.gateway
    )))
}

/// Asks a gateway whose account it is, and what time: what a run asks first.
///
/// # Errors
///
/// Why a run could not charge there.
pub fn require_answer(gateways: &dyn Gateways, now: Timestamp, login: &Login) -> Result<()> {
    let gateway = &login.account.gateway;
    let shown = gateways.open(gateway)?.account()?;
    require_account(&shown, &login.account)?;
    match shown.witness {
        Witness::Clock(theirs) if !rules::clocks_agree(now, theirs) => Err(Problem::setup(
            "clock_is_wrong",
            format!("this machine's clock shows {now}, that of {gateway} {theirs}"),
        )
        .hint("Set this machine's clock.")),
        _ => Ok(()),
    }
}

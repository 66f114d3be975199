//! The right to ask gateways for money, and what must hold before it is used.
//!
//! One process has it at a time. The book must be as new as the world, and
//! break none of its rules; the clock must be right, the account the one that
//! the charges were made in. Each is looked at once a run, before the first
//! request leaves.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::memory::{book_is_old, forgotten, knows};
use super::{News, World};
use crate::books::{Held, Look, Reader, Violation};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::hour::on_the_wall;
use crate::domain::rules;
use crate::ports::{Gateway, NotAsked, Shown, Witness};
use crate::problem::{Deed, Kind, Problem, Result};

/// The right to ask gateways for money, for as long as it lives. Whoever has
/// it knows that every request still marked as on its way is an orphan.
pub(super) struct Right {
    _held: Option<Held>,
    /// One moment, as the wall's clock and the machine's own showed it.
    started: (Timestamp, Duration),
    /// A moment that the book has seen and that is later than now: one of the
    /// two was wrong.
    book_has_seen: Option<Timestamp>,
    asked: HashMap<GatewayAccount, Asked>,
}

/// A run that let go of the right for a moment.
pub(super) struct Resting {
    /// The end of the book's log then.
    newest: Option<String>,
    started: (Timestamp, Duration),
    asked: HashMap<GatewayAccount, Asked>,
}

impl Resting {
    /// Takes the right again, and whether the book is as it was left: then
    /// nobody charged meanwhile, and what was looked at need not be again.
    ///
    /// # Errors
    ///
    /// As [`Right::take`].
    pub(super) fn resume(self, world: &mut World<'_>) -> Result<(Right, bool)> {
        let mut right = Right::take(world)?;
        let newest = world.books.read().audit(Some(1))?.pop();
        let is_as_left = newest.map(|row| row.hash) == self.newest;
        if is_as_left {
            right.started = self.started;
            right.asked = self.asked;
        }
        Ok((right, is_as_left))
    }
}

/// A gateway that was asked in this run.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) gateway: Arc<dyn Gateway>,
    /// By this clock a key can be called old, and a quiet period over.
    pub(super) clock_is_right: bool,
    /// Whose it is, as it shows itself.
    pub(super) shown: Shown,
    /// Its list was read, and knows nothing more than the book.
    pub(super) look: Option<Look>,
}

/// Why a gateway is not asked by this book.
#[derive(Debug)]
pub(super) enum NotCleared {
    /// The book forgot charges (exit 8): nothing is asked or concluded from it.
    BookIsOld(Problem),
    /// This gateway cannot be asked now.
    NotAsked(Problem),
}

impl From<Problem> for NotCleared {
    fn from(problem: Problem) -> Self {
        Self::NotAsked(problem)
    }
}

impl From<NotAsked> for NotCleared {
    fn from(not_asked: NotAsked) -> Self {
        Self::NotAsked(not_asked.problem)
    }
}

impl From<NotCleared> for Problem {
    fn from(not_cleared: NotCleared) -> Self {
        match not_cleared {
            NotCleared::BookIsOld(problem) | NotCleared::NotAsked(problem) => problem,
        }
    }
}

impl Asked {
    /// Whether it is asked in the account that the card is kept in.
    ///
    /// # Errors
    ///
    /// Exit 3 if it is another.
    pub(super) fn require_account(&self, account: &GatewayAccount) -> Result<()> {
        require_account(&self.shown, account)
    }
}

pub(super) fn require_account(shown: &Shown, account: &GatewayAccount) -> Result<()> {
    if rules::is_the_account(&shown.account, account) {
        return Ok(());
    }
    Err(Problem::setup(
        "other_account",
        format!("{account} is wanted; the key opens {}", shown.account.id),
    )
    .hint(format!(
        "Log in to that account with `dues gateway login {}`.",
        account.gateway
    )))
}

impl Right {
    /// Takes the right; the book is found to be as new as this machine's mark.
    ///
    /// # Errors
    ///
    /// Exit 7 while another `dues` has it; exit 8 if the book forgot a charge.
    pub(super) fn take(world: &mut World<'_>) -> Result<Self> {
        let right = Self::take_unmarked(world)?;
        let book = world.books.read();
        if rules::the_mark_is_kept() {
            match world.marks.read(&book.facts()?.id) {
                // Nothing was ever charged: from now on this machine knows the book.
                None if !book.has_charged()? => world.mark()?,
                mark => knows(book, mark.as_ref())?,
            }
        }
        Ok(right)
    }

    /// Lets go of the right in the middle of a run, for whoever waits.
    pub(super) fn rest(self, world: &World<'_>) -> Result<Resting> {
        let newest = world.books.read().audit(Some(1))?.pop();
        Ok(Resting {
            newest: newest.map(|row| row.hash),
            started: self.started,
            asked: self.asked,
        })
    }

    /// As [`Right::take`], for who asks and never sends.
    pub(super) fn take_unmarked(world: &World<'_>) -> Result<Self> {
        let right = world.books.charging_right();
        let held = rules::one_sender_at_a_time()
            .then(|| right.take(world.patience, &mut || (world.tell)(&News::Waiting)))
            .transpose()?;
        let now = world.now();
        let book_has_seen = later_than(world.books.read(), now)?;
        Ok(Self {
            _held: held,
            started: (now, world.clock.since_boot()),
            book_has_seen,
            asked: HashMap::new(),
        })
    }

    /// The gateway, if its secret is of this account and no other.
    ///
    /// # Errors
    ///
    /// Exit 3 if nobody is logged in there, or to another account; otherwise
    /// the gateway could not be asked.
    pub(super) fn ask(
        &mut self,
        world: &World<'_>,
        account: &GatewayAccount,
    ) -> Result<Asked, NotAsked> {
        let gateway = world.gateway_of(account)?;
        if let Some(asked) = self.asked.get(account) {
            return Ok(asked.clone());
        }
        let shown = gateway.account()?;
        require_account(&shown, account)?;
        let clock_is_right = match shown.witness {
            Witness::Clock(theirs) => rules::clocks_agree(world.now(), theirs),
            Witness::SameMachine => rules::clock_goes_forward(self.book_has_seen),
            Witness::Nobody => rules::clock_needs_no_witness(self.book_has_seen),
        };
        let asked = Asked {
            gateway,
            clock_is_right,
            shown,
            look: None,
        };
        self.asked.insert(account.clone(), asked.clone());
        Ok(asked)
    }

    /// The gateway, once its own list is found to know nothing more than the book.
    ///
    /// # Errors
    ///
    /// As [`Right::ask`]; or the book forgot a charge.
    pub(super) fn clear(
        &mut self,
        world: &World<'_>,
        account: &GatewayAccount,
    ) -> Result<Asked, NotCleared> {
        let mut asked = self.ask(world, account)?;
        let is_read = rules::the_list_is_read(asked.gateway.promises().lists);
        if asked.look.is_some() || !is_read {
            return Ok(asked);
        }
        let (missing, look) = forgotten(world, &*asked.gateway, &asked.shown)?;
        if let Some(first) = missing.first() {
            return Err(NotCleared::BookIsOld(book_is_old(&format!(
                "{} has {} of {}, which this book does not know",
                account.gateway, first.label.purpose, first.amount
            ))));
        }
        asked.look = Some(look);
        self.asked.insert(account.clone(), asked.clone());
        Ok(asked)
    }

    /// Whether the clock went on steadily since this run began; sleep is time too.
    ///
    /// # Errors
    ///
    /// Somebody set it.
    pub(super) fn steady(&self, world: &World<'_>) -> Result<()> {
        let (wall, boot) = self.started;
        let passed = world.clock.since_boot().saturating_sub(boot);
        let shown = world.now().duration_since(wall);
        let jump = shown - SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        if !rules::clock_was_left_alone(jump) {
            return Err(
                Problem::setup("clock_jumped", "this machine's clock was set meanwhile")
                    .nothing_was(Deed::Sent)
                    .hint("Run the command again."),
            );
        }
        Ok(())
    }

    /// # Errors
    ///
    /// Exit 3: a charge made by a wrong clock could later look younger than it
    /// is. One that nobody witnessed is never repeated, so it may be made.
    pub(super) fn require_right_clock(
        &self,
        world: &World<'_>,
        account: &GatewayAccount,
    ) -> Result<()> {
        let asked = self.asked.get(account);
        let Some(asked) = asked.filter(|asked| !asked.clock_is_right) else {
            return Ok(());
        };
        let zone = world.books.read().facts()?.zone;
        let now = on_the_wall(world.now(), &zone);
        Err(match (asked.shown.witness, self.book_has_seen) {
            (Witness::Clock(theirs), _) => clock_is_wrong(format!(
                "this machine's clock shows {now}, that of {} {}",
                account.gateway,
                on_the_wall(theirs, &zone)
            )),
            (_, Some(seen)) => behind(world.now(), seen, &zone),
            (_, None) => return Ok(()),
        })
    }
}

/// A moment that the book has seen, and that is later than now by more than a
/// clock may be corrected.
fn later_than(book: Reader<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
    let newest = book.latest_moment()?;
    Ok(newest.filter(|newest| rules::lies_ahead(*newest, now)))
}

/// Why nothing is done by this machine's clock, where no other is asked: the
/// book has seen a later moment.
///
/// # Errors
///
/// The book cannot be read.
pub(super) fn clock_is_behind(book: Reader<'_>, now: Timestamp) -> Result<Option<Problem>> {
    let zone = book.facts()?.zone;
    let seen = later_than(book, now)?.filter(|seen| !rules::clock_goes_forward(Some(*seen)));
    Ok(seen.map(|seen| behind(now, seen, &zone)))
}

fn behind(now: Timestamp, seen: Timestamp, zone: &TimeZone) -> Problem {
    clock_is_wrong(format!(
        "this machine's clock shows {}, and the book has seen {} already",
        on_the_wall(now, zone),
        on_the_wall(seen, zone)
    ))
}

fn clock_is_wrong(fact: String) -> Problem {
    Problem::setup("clock_is_wrong", fact)
        .nothing_was(Deed::Done)
        .hint("Set this machine's clock, then run the command again.")
}

/// Why nothing is charged, skipped or held by itself: what is due and what is
/// late follows from a clock, and nobody confirms what this machine's shows.
pub(super) fn unconfirmed_clock(name: &str) -> Problem {
    Problem::setup(
        "clock_is_unconfirmed",
        format!(
            "{name} shows no time, so nothing is charged, skipped or held by this machine's clock alone"
        ),
    )
    .hint("Charge with `dues charge`, or move and skip dates by hand: see `dues schedule list`.")
}

/// Proves what new charges build on: the file, what is open, the end of the log.
///
/// # Errors
///
/// Exit 8 if the book breaks one of its own rules.
pub(super) fn require_sound(book: Reader<'_>) -> Result<()> {
    match book.violations_of_what_is_open()?.first() {
        Some(first) => Err(book_is_wrong(first)),
        None => Ok(()),
    }
}

/// As [`require_sound`], before one request is repeated. Its own bytes are
/// looked at when they are read; those of others matter to none but theirs.
///
/// # Errors
///
/// As [`require_sound`].
pub(super) fn require_sound_but_for_requests(book: Reader<'_>) -> Result<()> {
    let mut found = book.violations_of_what_is_open()?.into_iter();
    match found.find(|violation| violation.rule != "INV28") {
        Some(first) => Err(book_is_wrong(&first)),
        None => Ok(()),
    }
}

fn book_is_wrong(first: &Violation) -> Problem {
    Problem::new(
        Kind::Attention,
        "book_is_wrong",
        format!(
            "the book breaks its own rule {} ({})",
            first.rule, first.row
        ),
    )
    .nothing_was(Deed::Charged)
    .hint("See what and what to do with `dues check`.")
}

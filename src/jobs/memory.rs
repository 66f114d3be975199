//! What a book may have forgotten: this machine's mark of it and the gateway's list tell.
//!
//! Both are outside the book, so that a restored one is held against what was
//! done from the one that it replaced.

use jiff::{SignedDuration, Timestamp};

use super::World;
use crate::books::{Books, Look, Reader};
use crate::domain::charge::State;
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::AttemptName;
use crate::domain::label::pays;
use crate::domain::refund::spread;
use crate::domain::rules::{self, CLOCKS_DIFFER};
use crate::mark::{Mark, Marks, OpenCharge, OpenRefund};
use crate::ports::{Gateway, NotAsked, Refusal, Seen, Shown, Witness};
use crate::problem::{Deed, Kind, Problem, Result};

/// Each look reads again what was listed last before the one before it: a bank
/// may take a minute over a request, and it may be listed only then.
const LOOKS_OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// What was sent no longer ago than this before the last look is read again in
/// the list of all; what is older, in its customer's.
const READ_BACK: SignedDuration = SignedDuration::from_hours(1);

/// Whether the book is the one that this machine marked, or a later state of it.
///
/// # Errors
///
/// Exit 8 if it forgot a charge, or this machine never charged from it.
pub(super) fn knows(book: Reader<'_>, mark: Option<&Mark>) -> Result<()> {
    match mark {
        Some(mark) if book.log_hash(mark.seq)?.as_ref() == Some(&mark.hash) => Ok(()),
        Some(_) => Err(book_is_old(
            "this machine charged from a later state of this book",
        )),
        None if !book.has_charged()? => Ok(()),
        None => Err(book_is_old(
            "this machine has not charged from this book before",
        )),
    }
}

/// As [`knows`], by this machine's marks; for who only wants to say so.
///
/// # Errors
///
/// As [`knows`].
pub fn is_current(book: Reader<'_>, marks: &Marks) -> Result<()> {
    knows(book, marks.read(&book.facts()?.id).as_ref())
}

/// Why charging is locked in this book, if it is; for who only wants to say so.
/// Whoever has the right has found that it is not, and may be about to put a
/// newer mark.
///
/// # Errors
///
/// As [`is_current`].
pub fn charging_is_open(books: &Books, marks: &Marks) -> Result<(), Problem> {
    if is_current(books.read(), marks).is_ok() || books.charging_right().is_held() {
        return Ok(());
    }
    // A charge may have begun and ended since the mark was read.
    is_current(books.read(), marks)
}

pub(super) fn book_is_old(why: &str) -> Problem {
    Problem::new(
        Kind::Attention,
        "book_is_old",
        format!("charging is locked: {why}"),
    )
    .nothing_was(Deed::Charged)
    .hint(
        "A book from a backup or another machine may have forgotten charges or refunds. \
         Run `dues gateway reconcile`: it takes back what the gateways have, and unlocks.",
    )
}

/// The requests of this book that the gateway lists and the book does not
/// know, and how far the list was read.
///
/// There are two lists, of what was charged and, where the gateway gives back,
/// of what was given back. Each is read of the whole account from where the last
/// complete look ended. What was sent before that and may still show is looked for customer by
/// customer: an account may be busy with other things than ours.
pub(super) fn forgotten(
    world: &World<'_>,
    gateway: &dyn Gateway,
    shown: &Shown,
) -> Result<(Vec<Seen>, Look)> {
    let book = world.books.read();
    let facts = book.facts()?;
    let tag = facts.id.tag();
    let account = &shown.account;
    let mut lists = Vec::new();
    let before = book.seen_until(account)?;
    let since = match before {
        Some(until) => {
            let mut since = until.saturating_sub(LOOKS_OVERLAP);
            let mut unsettled = book.unsettled(account, until)?;
            unsettled.retain(|_| rules::the_list_is_read_back());
            for one in unsettled {
                let sent_at = one
                    .since
                    .saturating_sub(CLOCKS_DIFFER)
                    .unwrap_or(Timestamp::MIN);
                if until.duration_since(sent_at) <= READ_BACK {
                    since = since.map(|since| since.min(sent_at));
                } else {
                    lists.push(List {
                        gives_back: one.gives_back,
                        of: Some(one.token),
                        since: sent_at,
                    });
                }
            }
            since
        }
        // The clock may have been wrong when the book was made.
        None => facts
            .created_at
            .saturating_sub(SignedDuration::from_hours(48)),
    };
    let since = since.unwrap_or(Timestamp::MIN);
    for gives_back in [false, true] {
        lists.push(List {
            gives_back,
            of: None,
            since,
        });
    }
    let mut missing: Vec<Seen> = Vec::new();
    let mut is_complete = true;
    for list in lists {
        let Some(listed) = list.read(gateway, &tag)? else {
            is_complete = false;
            continue;
        };
        for seen in listed {
            if !missing.iter().any(|other| is_the_same(other, &seen))
                && !is_known(book, account, &seen)?
            {
                missing.push(seen);
            }
        }
    }
    missing.sort_by_key(|seen| (seen.made_at, seen.label.purpose, seen.label.n));
    let seen_until = match shown.witness {
        _ if !is_complete => before.unwrap_or(facts.created_at),
        Witness::Clock(theirs) => theirs,
        Witness::SameMachine => world.now(),
        // A look that is dated too late would hide what came before its date.
        Witness::Nobody => before.unwrap_or(facts.created_at),
    };
    let look = Look {
        account: account.clone(),
        seen_until,
    };
    Ok((missing, look))
}

/// One of a gateway's lists, or a part of it.
struct List {
    gives_back: bool,
    /// One card, or one transaction; `None`: all of them.
    of: Option<String>,
    since: Timestamp,
}

impl List {
    /// What it has; `None` if this key may not see it.
    ///
    /// A key that may not see refunds cannot give back either: it charges as
    /// before, and the list is read from where it was once another may.
    fn read(&self, gateway: &dyn Gateway, tag: &str) -> Result<Option<Vec<Seen>>, NotAsked> {
        let of = self.of.as_deref();
        if !self.gives_back {
            return gateway.recent(tag, self.since, of).map(Some);
        }
        let gives_back = gateway.gives_back();
        let Some(gives_back) = gives_back.filter(|_| rules::refunds_are_listed()) else {
            return Ok(Some(Vec::new()));
        };
        match gives_back.recent(tag, self.since, of) {
            Err(not_asked) if not_asked.refusal == Refusal::KeyRefused => Ok(None),
            listed => listed.map(Some),
        }
    }
}

/// Two lists may have one request, and it may have gone on between them.
fn is_the_same(one: &Seen, other: &Seen) -> bool {
    let ids = (one.answer.taken_id(), other.answer.taken_id());
    one.reference == other.reference && !matches!(ids, (Some(one), Some(other)) if one != other)
}

/// What the gateway took is known if it is booked, or still asked about.
fn is_known(book: Reader<'_>, account: &GatewayAccount, seen: &Seen) -> Result<bool> {
    let took = seen.answer.taken_id();
    if let Some(id) = took
        && let Some(attempt) = book.attempt_with_gateway_id(account, id)?
        && (attempt.state == State::Succeeded || attempt.state.is_open())
    {
        return Ok(true);
    }
    let attempt = book.attempt_with_reference(&seen.reference)?;
    if attempt.is_some_and(|attempt| attempt.state.is_open() || took.is_none()) {
        return Ok(true);
    }
    let late = AttemptName::late(&seen.reference, took.unwrap_or_default());
    Ok(book.attempt_with_reference(&late.reference)?.is_some()
        || book.is_set_aside(account, &seen.reference, took.unwrap_or_default())?)
}

impl World<'_> {
    /// Writes down, outside the book, how far it is and what is open.
    ///
    /// # Errors
    ///
    /// Exit 3 if the disk would not take it.
    pub(super) fn mark(&self) -> Result<()> {
        let book = self.books.read();
        let Some(newest) = book.audit(Some(1))?.pop() else {
            return Err(Problem::bug("a book without a log"));
        };
        let mut open = Vec::new();
        for charge in book.open_charges()? {
            let attempt = charge.attempt;
            if let Some(sent_at) = attempt.last_sent_at {
                open.push(OpenCharge {
                    charge: charge.id.0,
                    intent: charge.intent.to_string(),
                    n: attempt.n,
                    account: attempt.account,
                    token: attempt.asked.token,
                    key: attempt.key,
                    reference: attempt.asked.reference,
                    minor: attempt.asked.amount.minor(),
                    currency: attempt.asked.amount.currency().code().to_owned(),
                    pays: pays(&book.shares_of(charge.id)?, charge.amount),
                    sent_at,
                    witnessed: attempt.witnessed,
                });
            }
        }
        let mut open_refunds = Vec::new();
        for refund in book.open_refunds()? {
            let attempt = refund.attempt;
            if let Some(sent_at) = attempt.last_sent_at {
                let reopens = spread(&book.refund_shares(refund.id)?, refund.amount);
                open_refunds.push(OpenRefund {
                    refund: refund.id.0,
                    intent: refund.intent.to_string(),
                    n: attempt.n,
                    account: attempt.account,
                    transaction: attempt.asked.token,
                    key: attempt.key,
                    reference: attempt.asked.reference,
                    minor: attempt.asked.amount.minor(),
                    currency: attempt.asked.amount.currency().code().to_owned(),
                    pays: pays(&reopens.shares, refund.amount),
                    is_void: refund.is_void,
                    sent_at,
                    witnessed: attempt.witnessed,
                });
            }
        }
        self.marks.write(&Mark {
            book: book.facts()?.id.0,
            seq: newest.seq,
            hash: newest.hash,
            at: self.now(),
            open,
            open_refunds,
        })
    }
}

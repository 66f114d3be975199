//! What a book may have forgotten: this machine's mark of it and the gateway's list tell.
//!
//! Both are outside the book, so that a restored one is held against what was
//! done from the one that it replaced.

use jiff::{SignedDuration, Timestamp};

use super::World;
use crate::books::{CLOCKS_DIFFER, Look, Reader};
use crate::domain::charge::State;
use crate::domain::ids::AttemptName;
use crate::domain::label::pays;
use crate::mark::{Mark, Marks, OpenCharge};
use crate::ports::{Account, Gateway, Seen, Witness};
use crate::problem::{Deed, Kind, Problem, Result};
use crate::rehearsal::{self, Rule};

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

pub(super) fn book_is_old(why: &str) -> Problem {
    Problem::new(
        Kind::Attention,
        "book_is_old",
        format!("charging is locked: {why}"),
    )
    .nothing_was(Deed::Charged)
    .hint(
        "A book from a backup or another machine may have forgotten charges. \
         Run `dues gateway reconcile`: it takes back what the gateways have, and unlocks.",
    )
}

/// The requests of this book that the gateway lists and the book does not
/// know, and how far the list was read.
///
/// The list of the whole account is read from where the last complete look
/// ended. What was sent before that and may still show is looked for customer by
/// customer: an account may be busy with other things than ours.
pub(super) fn forgotten(
    world: &World<'_>,
    name: &str,
    gateway: &dyn Gateway,
    shown: &Account,
) -> Result<(Vec<Seen>, Look)> {
    let book = world.books.read();
    let facts = book.facts()?;
    let tag = facts.id.tag();
    let account = &shown.id;
    let mut lists = Vec::new();
    let before = book.seen_until(name, account)?;
    let since = match before {
        Some(until) => {
            let mut since = until.saturating_sub(LOOKS_OVERLAP);
            let unsettled = if rehearsal::holds(Rule::ListIsReadBack) {
                book.unsettled(name, account, until)?
            } else {
                Vec::new()
            };
            for (token, sent_at) in unsettled {
                let sent_at = sent_at
                    .saturating_sub(CLOCKS_DIFFER)
                    .unwrap_or(Timestamp::MIN);
                if until.duration_since(sent_at) <= READ_BACK {
                    since = since.map(|since| since.min(sent_at));
                } else {
                    lists.push((Some(token), sent_at));
                }
            }
            since
        }
        // The clock may have been wrong when the book was made.
        None => facts
            .created_at
            .saturating_sub(SignedDuration::from_hours(48)),
    };
    lists.push((None, since.unwrap_or(Timestamp::MIN)));
    let mut missing: Vec<Seen> = Vec::new();
    for (token, since) in lists {
        for seen in gateway.recent(&tag, since, token.as_deref())? {
            if !missing.iter().any(|other| is_the_same(other, &seen))
                && !is_known(book, name, account, &seen)?
            {
                missing.push(seen);
            }
        }
    }
    missing.sort_by_key(|seen| (seen.made_at, seen.label.purpose, seen.label.n));
    let seen_until = match shown.witness {
        Witness::Clock(theirs) => theirs,
        Witness::SameMachine => world.now(),
        // A look that is dated too late would hide what came before its date.
        Witness::Nobody => before.unwrap_or(facts.created_at),
    };
    let look = Look {
        gateway: name.to_owned(),
        account: account.clone(),
        seen_until,
    };
    Ok((missing, look))
}

/// Two lists may have one request, and it may have gone on between them.
fn is_the_same(one: &Seen, other: &Seen) -> bool {
    let ids = (one.answer.taken_id(), other.answer.taken_id());
    one.reference == other.reference && !matches!(ids, (Some(one), Some(other)) if one != other)
}

/// What the gateway took is known if it is booked, or still asked about.
fn is_known(book: Reader<'_>, gateway: &str, account: &str, seen: &Seen) -> Result<bool> {
    let took = seen.answer.taken_id();
    if let Some(id) = took
        && let Some(attempt) = book.attempt_with_gateway_id(gateway, account, id)?
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
        || book.is_set_aside(gateway, account, &seen.reference, took.unwrap_or_default())?)
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
                    intent: charge.intent,
                    n: attempt.n,
                    gateway: attempt.gateway,
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
        self.marks.write(&Mark {
            book: book.facts()?.id.0,
            seq: newest.seq,
            hash: newest.hash,
            at: self.now(),
            open,
        })
    }
}

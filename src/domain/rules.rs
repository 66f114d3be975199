//! What is promised of all money that moves: a predicate for each promise.
//!
//! Here, and not with the jobs, because no floor above keeps them all: the jobs
//! keep most, the book its own bytes, a gateway the key of its answer, and the
//! verdict on an answer is a noun's. So they take plain values and say yes or
//! no. Each asks [`holds`], by which a test takes its promise out of the program
//! and sees what goes wrong; nothing else in the program asks that. R1 to R10
//! are those of `docs/reliability.md`, which names the test that each needs.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::charge::State;
use super::gateway_account::GatewayAccount;
use super::ids::{AttemptName, BookId, CustomerId, sha256_hex};
use super::intent::Intent;
use super::money::Money;
use crate::rehearsal::{Rule, another, holds};

/// How far this machine's clock, which dates the attempts, and a gateway's may differ.
pub const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// How far a clock may be corrected without being called wrong.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(5);

/// How long after it was decided a request may still leave.
const LEAVES_WITHIN: Duration = Duration::from_mins(1);

/// How long after the last send a request may be repeated, by how often it was
/// sent; never more often than this is long.
const REPEAT_AFTER: [SignedDuration; 4] = [
    SignedDuration::ZERO,
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_hours(1),
];

// Before anything leaves.

/// One process at a time asks gateways for money. Whoever does knows that all
/// that others have on its way are orphans.
#[must_use]
pub fn one_sender_at_a_time() -> bool {
    holds(Rule::OneSender)
}

/// The book must not be older than this machine's mark of it.
#[must_use]
pub fn the_mark_is_kept() -> bool {
    holds(Rule::MarkIsKept)
}

/// A gateway that `lists` must not know more than the book.
#[must_use]
pub fn the_list_is_read(lists: bool) -> bool {
    lists && holds(Rule::ListIsRead)
}

/// Nor must its list of what was given back.
#[must_use]
pub fn refunds_are_listed() -> bool {
    holds(Rule::RefundsAreListed)
}

/// The list is read from the oldest attempt that it may yet show, and not only
/// from where the last look ended.
#[must_use]
pub fn the_list_is_read_back() -> bool {
    holds(Rule::ListIsReadBack)
}

/// R2: a charge is asked about only in the account it was made in. A key that
/// opens another knows nothing of it, and would take it again.
#[must_use]
pub fn is_the_account(shown: &GatewayAccount, wanted: &GatewayAccount) -> bool {
    shown == wanted || !holds(Rule::SameAccount)
}

/// R5: by a clock that differs from the gateway's nothing is old, young or over.
#[must_use]
pub fn clocks_agree(ours: Timestamp, theirs: Timestamp) -> bool {
    theirs.duration_since(ours).abs() <= CLOCKS_DIFFER || !holds(Rule::ClockIsRight)
}

/// R5: nor by one that the book has seen later already, where the gateway has
/// no clock but this machine's.
#[must_use]
pub fn clock_goes_forward(book_has_seen: Option<Timestamp>) -> bool {
    book_has_seen.is_none() || !holds(Rule::ClockIsRight)
}

/// R5: a clock that nobody confirms is never right: what is sent by it is looked
/// for afterwards, and not repeated.
#[must_use]
pub fn clock_needs_no_witness(book_has_seen: Option<Timestamp>) -> bool {
    !holds(Rule::ClockIsRight) || (!holds(Rule::Witnessed) && book_has_seen.is_none())
}

/// R5: nor by one that was set in the middle of a run, by so much.
#[must_use]
pub fn clock_was_left_alone(jump: SignedDuration) -> bool {
    jump.abs() <= CLOCK_SLACK || !holds(Rule::ClockIsRight)
}

/// Whether a moment of the book is later than now, and one of the two wrong.
#[must_use]
pub fn lies_ahead(moment: Timestamp, now: Timestamp) -> bool {
    moment.duration_since(now) > CLOCK_SLACK
}

/// R10: what is open is asked for before anything new is sent.
#[must_use]
pub fn what_is_open_comes_first() -> bool {
    holds(Rule::RecoverFirst)
}

// What may be planned.

/// While nobody knows what became of a customer's charge, no other is made: it
/// could be the same money again.
#[must_use]
pub fn keeps_others_waiting(state: State) -> bool {
    matches!(state, State::Unknown | State::Review | State::Sending) && holds(Rule::UnknownBlocks)
}

/// What an open charge plans to pay of an invoice, no other charge can plan.
#[must_use]
pub fn reserved(planned: Money) -> Money {
    if holds(Rule::Reserved) {
        planned
    } else {
        Money::zero(planned.currency())
    }
}

/// A charge's label says where every cent of it goes: one that cannot is not
/// made, and what an older one left out is held back.
#[must_use]
pub fn a_label_is_whole() -> bool {
    holds(Rule::LabelIsWhole)
}

// How it leaves.

/// A restored book computes the keys that it used: a name is made of what is in
/// the book for good, and of nothing that passes.
#[must_use]
pub fn name_of(book: &BookId, intent: &Intent, customer: CustomerId, n: u32) -> AttemptName {
    if holds(Rule::SameKeyAgain) {
        AttemptName::of(book, intent, customer, n)
    } else {
        AttemptName::of(
            &BookId(format!("{}{}", book.0, another())),
            intent,
            customer,
            n,
        )
    }
}

/// The attempt is durably on its way before its first byte leaves.
#[must_use]
pub fn is_recorded_first() -> bool {
    holds(Rule::RecordedFirst)
}

/// R4: nothing leaves later than a minute after it was decided, by whichever
/// clock saw more time pass.
#[must_use]
pub fn leaves_at_once(waited: Duration) -> bool {
    waited <= LEAVES_WITHIN || !holds(Rule::LeavesAtOnce)
}

// What was heard.

/// What answers another request is no answer: by its key or its reference,
/// where it repeats one.
#[must_use]
pub fn answer_is_ours(ours: &str, named: Option<&str>) -> bool {
    named.is_none_or(|named| named == ours) || !holds(Rule::AnswerIsOurs)
}

/// R8: what is found must be what was asked: amount, card and reference.
#[must_use]
pub fn a_hit_must_match() -> bool {
    holds(Rule::HitMatches)
}

/// R6: an error that the gateway keeps as its answer is not repeated, and is
/// over only when a person says so.
#[must_use]
pub fn a_kept_error_is_its_answer() -> bool {
    holds(Rule::KeptErrorIsNotRepeated)
}

/// A transaction that a gateway named for one charge is no other's.
#[must_use]
pub fn an_id_belongs_to_one() -> bool {
    holds(Rule::IdBelongs)
}

// What may be asked for again. A request that never arrived moves money by that.

/// R3: a repetition sends the first request's very bytes.
#[must_use]
pub fn are_the_bytes(bytes: &[u8], sha256: &str) -> bool {
    (!bytes.is_empty() && sha256_hex(bytes) == sha256) || !holds(Rule::SameBytes)
}

/// R6: nothing is repeated that a reconciliation came after: its invoices may
/// have been paid by what replaced it in a book that was lost.
#[must_use]
pub fn nothing_replaced_it(reconciled: bool) -> bool {
    !reconciled || !holds(Rule::NotAfterReconciling)
}

/// R5: nor what was sent while no other clock confirmed ours.
#[must_use]
pub fn its_age_is_known(witnessed: bool) -> bool {
    witnessed || !holds(Rule::Witnessed)
}

/// R4: a key is repeated only within its life, counted from the first send.
#[must_use]
pub fn key_is_young(age: SignedDuration, life: SignedDuration) -> bool {
    (!age.is_negative() && age < life) || !holds(Rule::KeyIsYoung)
}

/// R6: a request that was sent so often is repeated a few times only, further
/// and further apart.
#[must_use]
pub fn has_rested(sends: u32, since_last: SignedDuration) -> bool {
    let repeats = usize::try_from(sends.saturating_sub(1)).ok();
    let pause = repeats.and_then(|repeats| REPEAT_AFTER.get(repeats));
    pause.is_some_and(|pause| since_last >= *pause) || !holds(Rule::FewRepeats)
}

/// R1: a charge is asked for again only while it could be planned today: its
/// agreement and consent in force, its card in use, its invoices open, and
/// nothing of it on hold.
#[must_use]
pub fn is_still_wanted(could_be_planned: bool) -> bool {
    could_be_planned || !holds(Rule::StillWanted)
}

// What may be called not made.

/// An attempt that its gateway does not list.
#[derive(Debug, Clone, Copy)]
pub struct Missed {
    pub last_sent_at: Timestamp,
    /// The last look that missed it, and counted.
    pub last_miss_at: Option<Timestamp>,
    /// Somebody else's clock confirmed when it was sent.
    pub witnessed: bool,
    /// How long after it was sent the gateway may yet list it.
    pub settles_within: SignedDuration,
    /// How far apart two looks must be to count as two.
    pub look_again_after: SignedDuration,
}

impl Missed {
    /// R7: a charge that is not listed may still come for a while. From when on
    /// a look that misses it counts.
    #[must_use]
    pub fn counts_from(self, now: Timestamp) -> Timestamp {
        match self.last_miss_at {
            Some(miss) => after(miss, self.apart()),
            None if self.witnessed && holds(Rule::QuietPeriod) => {
                after(self.last_sent_at, self.settles_within)
            }
            None => now,
        }
    }

    /// R7: from when on another look counts, if one does now. Of what nobody
    /// witnessed the quiet begins with the first look by a right clock.
    #[must_use]
    pub fn counts_again_from(self, now: Timestamp) -> Timestamp {
        after(now, self.apart())
    }

    fn apart(self) -> SignedDuration {
        if self.witnessed || !holds(Rule::QuietPeriod) {
            self.look_again_after
        } else {
            self.settles_within
        }
    }
}

fn after(moment: Timestamp, pause: SignedDuration) -> Timestamp {
    moment.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

/// R7: it counts as not made only when two looks, apart, miss it.
#[must_use]
pub fn misses_suffice(misses: u32) -> bool {
    misses >= 2 || !holds(Rule::TwoMisses)
}

/// R9: a person's finding is held against the gateway's.
#[must_use]
pub fn a_person_is_checked() -> bool {
    holds(Rule::PersonIsChecked)
}

// What a lost book forgot.

/// A charge is taken back only when the invoices it paid are in the book:
/// added later they would be open, and be charged again.
#[must_use]
pub fn may_be_taken_back(invoice_is_there: bool) -> bool {
    invoice_is_there || !holds(Rule::InvoicesAreThere)
}

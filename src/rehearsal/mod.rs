//! What tests may do to the program from outside: stop it or fail it at a
//! named place, take out one of its rules, set its date.
//!
//! Only debug builds, and builds with the feature `rehearsal`, listen. In a
//! release all of this is empty, and the names of the variables are not in the
//! program; CI looks.

use jiff::Timestamp;

use crate::problem::Problem;

/// Every named place, in the order a charge meets them.
pub const POINTS: [&str; 20] = [
    "charge.planned",
    "book.committing",
    "book.committed",
    "charge.sending",
    "charge.marked",
    "sandbox.before_taking",
    "sandbox.taken",
    "sandbox.before_giving",
    "sandbox.given",
    "charge.answered",
    "charge.settled",
    "mail.claimed",
    "mail.delivered",
    "recover.orphaned",
    "recover.missed",
    "reconcile.adopted",
    "reconcile.booked",
    "backup.copied",
    "restore.aside",
    "restore.placed",
];

/// The rules that keep a card from being charged twice and a charge from being
/// lost. Each is asked for where it acts, so that a test can take it out and
/// see what goes wrong without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// R1: a request is repeated only while it is still wanted.
    StillWanted,
    /// R2: a charge is asked about only in the account it was made in.
    SameAccount,
    /// R3: a repetition sends the first request's very bytes.
    SameBytes,
    /// R4: a key is repeated only within its life.
    KeyIsYoung,
    /// R4: nothing leaves later than a minute after it was decided.
    LeavesAtOnce,
    /// R5: by a wrong clock nothing is old, young or over.
    ClockIsRight,
    /// R5: what was sent, or would be, while no other clock was there to
    /// confirm ours is looked for and not repeated.
    Witnessed,
    /// R6: a request is repeated a few times only, further and further apart.
    FewRepeats,
    /// R6: an error that the gateway keeps as its answer is not repeated, and
    /// is over only when a person says so.
    KeptErrorIsNotRepeated,
    /// R6: nothing is repeated that a reconciliation came after.
    NotAfterReconciling,
    /// R7: a charge that is not listed may still come for a while.
    QuietPeriod,
    /// R7: it counts as not made only when two looks, apart, miss it.
    TwoMisses,
    /// R8: what is found must be what was asked.
    HitMatches,
    /// R9: a person's finding is held against the gateway's.
    PersonIsChecked,
    /// R10: what is open is asked for before anything new is sent.
    RecoverFirst,
    /// The attempt is durably on its way before its first byte leaves.
    RecordedFirst,
    /// One process at a time asks gateways for money.
    OneSender,
    /// While a customer's charge is unknown, no other is made.
    UnknownBlocks,
    /// What an open charge plans to pay, no other charge can plan.
    Reserved,
    /// The book must not be older than this machine's mark of it.
    MarkIsKept,
    /// The gateway's recent list must not know more than the book.
    ListIsRead,
    /// Nor must its list of what was given back.
    RefundsAreListed,
    /// The list is read from the oldest attempt that it may yet show.
    ListIsReadBack,
    /// A book that was restored computes the keys it used before.
    SameKeyAgain,
    /// A charge is taken back only when the invoices it paid are in the book.
    InvoicesAreThere,
    /// What answers another request is no answer.
    AnswerIsOurs,
    /// A transaction that a gateway named for one charge is no other's.
    IdBelongs,
    /// A charge's label says where every cent of it goes.
    LabelIsWhole,
}

impl Rule {
    pub const ALL: [Self; 28] = [
        Self::StillWanted,
        Self::SameAccount,
        Self::SameBytes,
        Self::KeyIsYoung,
        Self::LeavesAtOnce,
        Self::ClockIsRight,
        Self::Witnessed,
        Self::FewRepeats,
        Self::KeptErrorIsNotRepeated,
        Self::NotAfterReconciling,
        Self::QuietPeriod,
        Self::TwoMisses,
        Self::HitMatches,
        Self::PersonIsChecked,
        Self::RecoverFirst,
        Self::RecordedFirst,
        Self::OneSender,
        Self::UnknownBlocks,
        Self::Reserved,
        Self::MarkIsKept,
        Self::ListIsRead,
        Self::RefundsAreListed,
        Self::ListIsReadBack,
        Self::SameKeyAgain,
        Self::InvoicesAreThere,
        Self::AnswerIsOurs,
        Self::IdBelongs,
        Self::LabelIsWhole,
    ];
}

#[cfg(any(debug_assertions, feature = "rehearsal"))]
mod listening;

#[cfg(any(debug_assertions, feature = "rehearsal"))]
pub use listening::{Listener, listen, take_out};

/// A named place: a test may stop the process here as `kill -9` would, or let
/// the step fail that is made here.
///
/// # Errors
///
/// Only where a test wants one.
#[cfg(any(debug_assertions, feature = "rehearsal"))]
pub fn point(name: &'static str) -> Result<(), Problem> {
    listening::point(name)
}

/// Nothing, in a release.
#[cfg(not(any(debug_assertions, feature = "rehearsal")))]
#[inline]
pub fn point(_: &'static str) -> Result<(), Problem> {
    Ok(())
}

/// Whether the rule is in force: always, unless a test took it out.
#[cfg(any(debug_assertions, feature = "rehearsal"))]
#[must_use]
pub fn holds(rule: Rule) -> bool {
    !listening::is_taken_out(rule)
}

/// Always, in a release.
#[cfg(not(any(debug_assertions, feature = "rehearsal")))]
#[inline]
#[must_use]
pub fn holds(_: Rule) -> bool {
    true
}

/// The moment that `DUES_NOW` sets, for tests whose words depend on the date.
#[cfg(any(debug_assertions, feature = "rehearsal"))]
#[must_use]
pub fn pretended_now() -> Option<Timestamp> {
    std::env::var("DUES_NOW").ok()?.parse().ok()
}

/// Nothing, in a release.
#[cfg(not(any(debug_assertions, feature = "rehearsal")))]
#[must_use]
pub fn pretended_now() -> Option<Timestamp> {
    None
}

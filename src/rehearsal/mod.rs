//! What tests may do to the program from outside: stop it or fail it at a
//! named place, take out one of its rules, set its date.
//!
//! Only debug builds, and builds with the feature `rehearsal`, listen. In a
//! release all of this is empty, and the names of the variables are not in the
//! program; CI looks.

use jiff::Timestamp;

use crate::problem::Problem;

/// Every named place, in the order a charge meets them.
pub const POINTS: [&str; 21] = [
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
    "evidence.written",
];

/// What keeps a card from being charged twice and a charge from being lost.
/// Each name is a promise, and `domain/rules.rs` has it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    StillWanted,
    SameAccount,
    SameBytes,
    KeyIsYoung,
    LeavesAtOnce,
    ClockIsRight,
    Witnessed,
    FewRepeats,
    KeptErrorIsNotRepeated,
    NotAfterReconciling,
    QuietPeriod,
    TwoMisses,
    HitMatches,
    PersonIsChecked,
    RecoverFirst,
    RecordedFirst,
    OneSender,
    UnknownBlocks,
    Reserved,
    MarkIsKept,
    ListIsRead,
    RefundsAreListed,
    ListIsReadBack,
    SameKeyAgain,
    InvoicesAreThere,
    AnswerIsOurs,
    IdBelongs,
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
pub use listening::{Listener, another, listen, take_out};

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

/// Nothing differs in a release, where every rule is in force.
#[cfg(not(any(debug_assertions, feature = "rehearsal")))]
#[inline]
#[must_use]
pub fn another() -> u64 {
    0
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

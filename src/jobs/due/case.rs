//! One occurrence as it stands before the decision about it.

use jiff::Timestamp;

use super::agreement::Agreement;
use super::{Candidate, Rules};
use crate::books::Reader;
use crate::domain::customer::Customer;
use crate::domain::hour::Hour;
use crate::domain::schedule::Occurrence;

/// All that a decision rests on.
pub(super) struct Case<'a> {
    pub(super) book: Reader<'a>,
    pub(super) agreement: &'a Agreement,
    pub(super) occurrence: Option<&'a Occurrence>,
    pub(super) candidate: &'a Candidate,
    pub(super) customer: &'a Customer,
    pub(super) hour: &'a Hour,
    pub(super) now: Timestamp,
    pub(super) rules: &'a Rules,
}

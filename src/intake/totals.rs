//! A report's own totals, held against the rows that were read.
//!
//! A total is the sum of some rows that end right above it: of its group, of
//! several groups, of all. If it is none of those sums, a row was misread,
//! lost or changed, and nothing of the report can be relied on.

use csv::StringRecord;

use super::RowError;
use super::bad_rows;
use super::fields::Field;
use super::rows::{Draft, MONEY, Rules};
use crate::domain::money::{Currency, Money};
use crate::problem::Problem;

/// The totals of a report, in its order.
#[derive(Default)]
pub(super) struct Totals(Vec<(u64, StringRecord)>);

impl Totals {
    pub(super) fn see(&mut self, line: u64, record: &StringRecord) {
        self.0.push((line, record.clone()));
    }

    /// The totals that disagree with the drafts; `drafts` are all rows of the
    /// report, in its order and in one currency, or nothing can be said.
    pub(super) fn check(&self, rules: &Rules<'_>, drafts: &[Draft]) -> Vec<RowError> {
        let Some(currency) = drafts.first().map(|draft| draft.total.currency()) else {
            return Vec::new();
        };
        if drafts
            .iter()
            .any(|draft| draft.total.currency() != currency)
        {
            return Vec::new();
        }
        let wrong = |(line, record): &(u64, StringRecord)| {
            let above = drafts.partition_point(|draft| draft.line < *line);
            (0..MONEY.len()).find_map(|at| {
                let fault = disagrees(rules, at, record, &drafts[..above], currency)?;
                Some(RowError {
                    line: *line,
                    problem: fault,
                })
            })
        };
        self.0.iter().filter_map(wrong).collect()
    }
}

fn disagrees(
    rules: &Rules<'_>,
    at: usize,
    record: &StringRecord,
    above: &[Draft],
    currency: Currency,
) -> Option<Problem> {
    let total = match rules.money(at, record, currency) {
        Ok(total) => total?,
        Err(problem) => return Some(problem),
    };
    let amount = |draft: &Draft| match MONEY[at] {
        Field::Amount => draft.total,
        Field::Paid => draft.paid_before(),
        _ => draft.total.minus(draft.paid_before()),
    };
    let mut sum = Money::zero(currency);
    for draft in above.iter().rev() {
        sum = sum.plus(amount(draft));
        if sum == total {
            return None;
        }
    }
    (sum != total).then(|| {
        rules
            .in_column(
                MONEY[at],
                bad_rows(format!(
                    "the report's total is {total}, and the rows above it come to {sum}"
                )),
            )
            .hint("Export the report again: a row was changed, or is missing.")
    })
}

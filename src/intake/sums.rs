//! The amounts of a row against each other: total, paid, open, and its status.
//!
//! What is given must agree; what is not given follows. A status never
//! overrides the arithmetic.

use super::bad_rows;
use super::words::Status;
use crate::domain::money::Money;
use crate::problem::Problem;

/// The amounts of an invoice, in agreement with each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub total: Money,
    /// What was paid before; `None` if nothing says.
    pub paid: Option<Money>,
}

impl Sums {
    /// # Errors
    ///
    /// What does not add up, as a bad row.
    pub(super) fn checked(
        total: Money,
        balance: Option<Money>,
        paid: Option<Money>,
        status: Option<Status>,
    ) -> Result<Self, Problem> {
        let zero = Money::zero(total.currency());
        if total.is_zero() {
            return Err(bad_rows("the amount is zero: there is nothing to owe")
                .hint("Take the row out, or give the invoice's amount."));
        }
        if !total.is_positive() {
            return Err(credit_memo());
        }
        let said = match (balance, paid) {
            (Some(balance), Some(paid)) if paid.plus(balance) != total => {
                let fact = format!(
                    "the total of {total} is not the {} paid and the {} open",
                    paid.decimal(),
                    balance.decimal()
                );
                return Err(bad_rows(fact).hint("One of the three is wrong: see the invoice."));
            }
            (_, Some(paid)) => Some(paid),
            (Some(balance), None) => Some(total.minus(balance)),
            (None, None) => None,
        };
        let already = said.unwrap_or(zero);
        let open = total.minus(already);
        if already.minor() < 0 {
            let fact = format!("{open} would be open of a total of {total}");
            return Err(bad_rows(fact).hint("What is open is at most the total: see the invoice."));
        }
        if open.minor() < 0 {
            let fact = format!("{already} would be paid of a total of {total}");
            return Err(bad_rows(fact).hint("What is paid is at most the total: see the invoice."));
        }
        let unsaid = |status: &str| {
            bad_rows(format!(
                "the status is {status}, and nothing says what was paid"
            ))
            .hint("Add a column `Paid` or `Balance`, or take the row out.")
        };
        match status {
            Some(Status::Paid) if said.is_none() => Err(unsaid("paid")),
            Some(Status::PartPaid) if said.is_none() => Err(unsaid("partly paid")),
            Some(Status::Paid) if open.is_positive() => Err(bad_rows(format!(
                "the status is paid, and {open} is still open"
            ))
            .hint("Mend the status or the amounts: see the invoice.")),
            _ => Ok(Self { total, paid: said }),
        }
    }
}

fn credit_memo() -> Problem {
    bad_rows("the row is a credit memo; dues does not import credit memos yet").hint(CREDIT_BY_HAND)
}

pub(super) const CREDIT_BY_HAND: &str =
    "Take the row out of the file, and the credit into account by hand.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn total_is_paid_and_open_together() {
        let usd = Currency::parse("USD").unwrap();
        let (open, paid) = (Some(Status::Open), Some(Status::Paid));
        let partly = Some(Status::PartPaid);
        let table = [
            // total  balance     paid        status  already paid
            (10_000, None, None, open, Ok(None)),
            (10_000, Some(10_000), None, open, Ok(Some(0))),
            (10_000, Some(4_000), None, partly, Ok(Some(6_000))),
            (10_000, None, None, partly, Err("nothing says")),
            (10_000, Some(4_000), None, open, Ok(Some(6_000))),
            (10_000, Some(0), None, open, Ok(Some(10_000))),
            (10_000, None, Some(6_000), open, Ok(Some(6_000))),
            (10_000, Some(4_000), Some(6_000), open, Ok(Some(6_000))),
            (10_000, Some(0), Some(10_000), paid, Ok(Some(10_000))),
            (10_000, Some(4_000), Some(5_000), open, Err("is not the")),
            (10_000, Some(12_000), None, open, Err("would be open")),
            (10_000, None, Some(-1), open, Err("would be open")),
            (10_000, None, Some(10_001), open, Err("would be paid")),
            (10_000, Some(-1), None, open, Err("would be paid")),
            (10_000, Some(1), None, paid, Err("is still open")),
            (10_000, None, None, paid, Err("nothing says")),
            (0, None, None, open, Err("is zero")),
            (-10_000, None, None, open, Err("credit memos yet")),
        ];
        for (total, balance, paid, status, expected) in table {
            let money = |minor| Money::of(minor, usd);

            let sums = Sums::checked(money(total), balance.map(money), paid.map(money), status);

            match (sums, expected) {
                (Ok(sums), Ok(already)) => assert_eq!(sums.paid, already.map(money)),
                (Err(problem), Err(words)) => {
                    assert!(problem.message().contains(words), "{problem}");
                    assert_eq!(problem.code(), "bad_rows");
                }
                (sums, _) => panic!("{total} {balance:?} {paid:?}: {sums:?}"),
            }
        }
    }
}

//! Credits that fell away: money that a bank took back, that was another
//! customer's, or an amount that is asked for again.

use jiff::civil::Date;

use super::Tx;
use crate::domain::ids::{CreditId, DisputeId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::problem::{Problem, Result};

/// Why a credit fell away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why<'a> {
    /// The payment came back from the bank; the row in `bounces`.
    Bounced(i64),
    /// The bank took it, or gave it again.
    Disputed(DisputeId),
    /// It was another customer's, and is this payment of theirs now.
    Moved(PaymentId),
    /// What no money brought was cancelled; a person's reason.
    Cancelled(&'a str),
}

/// Nothing of a payment is gone or on its way; `then` is what waits for that.
///
/// # Errors
///
/// Exit 1 if something is.
pub(super) fn require_whole(payment: &Payment, then: &str) -> Result<()> {
    let (id, gone) = (payment.id, payment.amount.minus(payment.left()));
    if !gone.is_zero() {
        return Err(Problem::refused(
            "partly_gone",
            format!("{gone} of {id} is not there any more"),
        )
        .hint(format!(
            "See what became of it with `dues payment show {id}`."
        )));
    }
    require_unused(payment, then)
}

/// Nothing of a payment is on its way; `then` is what waits for that.
///
/// # Errors
///
/// Exit 1 if a charge that is not finished uses it.
pub(super) fn require_unused(payment: &Payment, then: &str) -> Result<()> {
    let (id, reserved) = (payment.id, payment.credit.reserved);
    if !reserved.is_positive() {
        return Ok(());
    }
    Err(Problem::refused(
        "credit_reserved",
        format!("{reserved} of {id} is being used by a charge that is not finished"),
    )
    .hint(format!(
        "Run `dues charge recover`; {then} when that charge is settled."
    )))
}

impl Tx<'_> {
    /// Takes money from a credit's open part; negative, it came back.
    pub(super) fn reverse(
        &self,
        credit: CreditId,
        amount: Money,
        why: Why<'_>,
        on: Date,
    ) -> Result<()> {
        let (bounce, dispute, moved, because) = match why {
            Why::Bounced(id) => (Some(id), None, None, None),
            Why::Disputed(id) => (None, Some(id), None, None),
            Why::Moved(id) => (None, None, Some(id), None),
            Why::Cancelled(because) => (None, None, None, Some(because)),
        };
        self.insert(
            "insert into reversals (credit_id, amount_minor, bounce_id, dispute_id, moved_to_id, because, reversed_on,
               reversed_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                credit,
                amount.minor(),
                bounce,
                dispute,
                moved,
                because,
                on,
                self.at,
            ),
        )?;
        Ok(())
    }
}

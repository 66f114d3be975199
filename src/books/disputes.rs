//! Disputes: the bank took a payment back, whole or in part.
//!
//! The money falls away at once, whoever is right, and comes back only if the
//! dispute is won. What it reopens is on hold until then: the card that was
//! disputed is not charged again in silence.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::answers::Answer;
use super::reversals::{Why, require_unused};
use super::values::money;
use super::{Reader, Tx, refunds};
use crate::domain::dispute::Outcome;
use crate::domain::ids::{CreditId, CustomerId, DisputeId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::domain::refund::{Giving, RefundError, RefundShare, TakenFrom, Wanted, sum, taken_from};
use crate::problem::{Problem, Result};

/// A dispute about to be written down.
#[derive(Debug, Clone)]
pub struct NewDispute<'a> {
    pub payment: PaymentId,
    /// `None`: all that is left of the payment.
    pub amount: Option<Money>,
    pub from: Wanted,
    /// What the gateway takes for the trouble, in the payment's currency.
    pub fee: Money,
    /// The bank's own word for it.
    pub reason: &'a str,
    pub on: Date,
    pub respond_by: Option<Date>,
    /// It is another one, although one of as much is open.
    pub again: bool,
}

/// A dispute as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRow {
    pub id: DisputeId,
    pub payment: PaymentId,
    pub customer: CustomerId,
    /// The customer's code.
    pub owner: String,
    pub amount: Money,
    pub fee: Money,
    pub reason: String,
    pub opened_on: Date,
    pub respond_by: Option<Date>,
    pub opened_at: Timestamp,
    /// That it was answered: the bank decides.
    pub answered: Option<Answer>,
    /// How it ended, and the day that this counts for.
    pub outcome: Option<(Outcome, Date)>,
    pub because: Option<String>,
    pub(super) credit: CreditId,
}

const SELECT: &str = "select d.id, d.payment_id, d.amount_minor, d.currency, d.fee_minor, d.reason, d.opened_on,
    d.respond_by, d.opened_at, d.outcome, d.because, d.ended_on, c.id as credit_id, c.customer_id, o.code,
    a.answered_on, a.reference
  from disputes d join credits c on c.payment_id = d.payment_id join customers o on o.id = c.customer_id
    left join dispute_answers a on a.dispute_id = d.id";

fn dispute(row: &Row<'_>) -> rusqlite::Result<DisputeRow> {
    let outcome: Option<Outcome> = row.get("outcome")?;
    let ended_on: Option<Date> = row.get("ended_on")?;
    let answered_on: Option<Date> = row.get("answered_on")?;
    let reference = row.get("reference")?;
    Ok(DisputeRow {
        id: row.get("id")?,
        payment: row.get("payment_id")?,
        customer: row.get("customer_id")?,
        owner: row.get("code")?,
        amount: money(row, "amount_minor")?,
        fee: money(row, "fee_minor")?,
        reason: row.get("reason")?,
        opened_on: row.get("opened_on")?,
        respond_by: row.get("respond_by")?,
        opened_at: row.get("opened_at")?,
        answered: answered_on.map(|on| Answer { on, reference }),
        outcome: outcome.zip(ended_on),
        because: row.get("because")?,
        credit: row.get("credit_id")?,
    })
}

impl Reader<'_> {
    /// Disputes, of one customer or of all: the open ones first, by the day of
    /// their answer, then what waits for the bank, then what ended, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn disputes(self, customer: Option<CustomerId>) -> Result<Vec<DisputeRow>> {
        self.rows(
            &format!(
                "{SELECT} where ?1 is null or c.customer_id = ?1
                  order by d.ended_at is not null, d.ended_at is null and a.answered_on is not null,
                    case when d.ended_at is null then coalesce(d.respond_by, '9999') end, d.id desc"
            ),
            [customer],
            dispute,
        )
    }

    /// Those of them that are open, what waits for the bank last.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_disputes(self, customer: Option<CustomerId>) -> Result<Vec<DisputeRow>> {
        self.rows(
            &format!(
                "{SELECT} where d.ended_at is null and (?1 is null or c.customer_id = ?1)
                  order by a.answered_on is not null, coalesce(d.respond_by, '9999'), d.id"
            ),
            [customer],
            dispute,
        )
    }

    /// The disputes of a payment, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn disputes_of(self, payment: PaymentId) -> Result<Vec<DisputeRow>> {
        self.rows(
            &format!("{SELECT} where d.payment_id = ?1 order by d.id"),
            [payment],
            dispute,
        )
    }

    /// One dispute.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn dispute(self, id: DisputeId) -> Result<DisputeRow> {
        self.row(&format!("{SELECT} where d.id = ?1"), [id], dispute)?
            .ok_or_else(|| {
                Problem::refused("no_such_dispute", format!("there is no dispute {id}"))
                    .hint("See them with `dues dispute list`.")
            })
    }

    /// What a dispute reopened.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn dispute_shares(self, id: DisputeId) -> Result<Vec<RefundShare>> {
        self.rows(
            "select s.invoice_id, i.number, s.amount_minor, d.currency
               from dispute_shares s join disputes d on d.id = s.dispute_id
               left join invoices i on i.id = s.invoice_id
              where s.dispute_id = ?1 order by s.line",
            [id],
            refunds::share,
        )
    }

    /// The open dispute that a new one would repeat: of the same payment, of as much.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is no such payment.
    pub fn same_dispute(self, new: &NewDispute<'_>) -> Result<Option<DisputeRow>> {
        let amount = if new.amount.is_some() {
            new.amount
        } else {
            let payment = self.payment(new.payment)?;
            let shares = self.what_it_would_take(&payment, new)?;
            shares.ok().map(|it| sum(&it, payment.amount.currency()))
        };
        let mut open = self.disputes_of(new.payment)?;
        open.retain(|it| it.outcome.is_none() && Some(it.amount) == amount);
        Ok(open.pop())
    }

    fn what_it_would_take(
        self,
        payment: &Payment,
        new: &NewDispute<'_>,
    ) -> Result<Result<Vec<RefundShare>, RefundError>> {
        let applied = self.allocations_of(payment.credit.name.id)?;
        let giving = Giving {
            left: payment.left(),
            on_account: payment.credit.available(),
            applied: &applied,
        };
        Ok(taken_from(new.amount, &new.from, &giving))
    }

    /// What a bank holds of a payment, or kept: the newest dispute that was not won.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn dispute_that_took(self, payment: PaymentId) -> Result<Option<DisputeRow>> {
        let mut disputes = self.disputes_of(payment)?;
        disputes.retain(|it| !matches!(it.outcome, Some((Outcome::Won, _))));
        Ok(disputes.pop())
    }
}

impl Tx<'_> {
    /// Books that the bank took money of a payment: it leaves the credit, what
    /// it paid is open again, and on hold.
    ///
    /// # Errors
    ///
    /// Exit 2 if a dispute of as much is open and nobody said that this is another;
    /// exit 1 if there is not so much of the payment, it did not come by card, a
    /// refund or a charge that uses it is on its way, or the day is in a closed
    /// period, before the payment's own, or still to come.
    pub fn open_dispute(&self, new: &NewDispute<'_>) -> Result<DisputeId> {
        let book = self.read();
        let payment = book.payment(new.payment)?;
        let id = payment.id;
        self.require_happened(new.on)?;
        self.require_disputable(&payment, new)?;
        if let Some(open) = book.same_dispute(new)?.filter(|_| !new.again) {
            return Err(
                Problem::usage("same_dispute", same_amount(&open)).hint(format!(
                    "See it with `dues dispute show {}`. If this is another, add `--again`.",
                    open.id
                )),
            );
        }
        let shares = match book.what_it_would_take(&payment, new)? {
            Ok(shares) => shares,
            Err(why) => return Err(refused(why, id, book.dispute_that_took(id)?)),
        };
        let amount = sum(&shares, payment.amount.currency());
        if new.fee.currency() != amount.currency() || new.fee.minor() < 0 {
            return Err(Problem::usage(
                "bad_fee",
                format!(
                    "a fee of {} is none of a dispute in {}",
                    new.fee,
                    amount.currency()
                ),
            )
            .hint("Give what the gateway took for the dispute, such as `--fee 15`."));
        }
        let dispute = DisputeId(self.insert(
            "insert into disputes (payment_id, amount_minor, currency, fee_minor, reason, opened_on, respond_by, opened_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                id,
                amount.minor(),
                amount.currency(),
                new.fee.minor(),
                new.reason,
                new.on,
                new.respond_by,
                self.at,
            ),
        )?);
        for (line, share) in (0_i64..).zip(&shares) {
            let invoice = match &share.from {
                TakenFrom::Account => None,
                TakenFrom::Invoice { id, number } => {
                    self.hold_for(dispute, *id, number)?;
                    Some(*id)
                }
            };
            self.insert(
                "insert into dispute_shares (dispute_id, line, invoice_id, amount_minor) values (?1, ?2, ?3, ?4)",
                (dispute, line, invoice, share.amount.minor()),
            )?;
        }
        let credit = payment.credit.name.id;
        self.free(credit, &shares, amount, new.on)?;
        self.reverse(credit, amount, Why::Disputed(dispute), new.on)?;
        self.note(
            "dispute.opened",
            json!({"dispute": dispute.to_string(), "payment": id.to_string(), "amount": amount.to_string(),
                   "fee": new.fee.to_string(), "reason": new.reason, "on": new.on.to_string()}),
        )?;
        Ok(dispute)
    }

    fn require_disputable(&self, payment: &Payment, new: &NewDispute<'_>) -> Result<()> {
        let (id, book) = (payment.id, self.read());
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        match payment.method {
            Method::Card | Method::Other => {}
            Method::Check | Method::Ach | Method::Wire | Method::Cash => {
                return refuse(
                    "not_disputable",
                    format!(
                        "{id} came by {}, and only a card payment is disputed",
                        payment.method
                    ),
                    format!(
                        "See it with `dues payment show {id}`. What a bank returned of it is a bounce."
                    ),
                );
            }
        }
        if new.on < payment.received_on {
            return refuse(
                "disputed_before_received",
                format!(
                    "{id} was received on {}, after {}",
                    payment.received_on, new.on
                ),
                "Give the day on which the bank took the money with `--on`.".to_owned(),
            );
        }
        if new.respond_by.is_some_and(|by| by < new.on) {
            return refuse(
                "answer_before_dispute",
                "the answer would be due before the dispute was opened".to_owned(),
                "Give the last day for an answer with `--respond-by`.".to_owned(),
            );
        }
        if let Some(open) = book.open_refunds_of(id)?.first() {
            return refuse(
                "refund_unknown",
                format!(
                    "nobody knows yet whether {} gave {} of {id} back",
                    open.id, open.amount
                ),
                "Run `dues charge recover`; book the dispute when that refund is settled."
                    .to_owned(),
            );
        }
        require_unused(payment, "book the dispute")
    }
}

/// That as much is disputed already, for a person to judge.
#[must_use]
pub fn same_amount(open: &DisputeRow) -> String {
    format!(
        "{} of {} is disputed already: {}, opened on {} ({})",
        open.amount, open.payment, open.id, open.opened_on, open.reason
    )
}

/// What stands in the way, said of a dispute and not of a refund.
fn refused(why: RefundError, payment: PaymentId, earlier: Option<DisputeRow>) -> Problem {
    match why {
        RefundError::NotPositive => Problem::usage(
            "amount_not_positive",
            "a disputed amount must be more than zero",
        )
        .hint("Give what the bank took, such as `--amount 120`, or leave it out for all of it."),
        RefundError::NothingLeft => match earlier.map(|it| it.id) {
            Some(earlier) => Problem::refused(
                "nothing_to_dispute",
                format!("nothing is left of {payment}: the bank took it already, with {earlier}"),
            )
            .hint(format!("See it with `dues dispute show {earlier}`.")),
            None => Problem::refused(
                "nothing_to_dispute",
                format!(
                    "nothing is left of {payment}: all of it was given back or taken back already"
                ),
            )
            .hint(format!(
                "See what became of it with `dues payment show {payment}`."
            )),
        },
        RefundError::MoreThanLeft { left, asked } => Problem::refused(
            "more_than_left",
            format!("only {left} is left of {payment}; {asked} is disputed"),
        )
        .hint(format!(
            "A bank takes no more than that: see what was given back already with `dues payment show {payment}`."
        )),
        other @ (RefundError::OtherCurrency { .. }
        | RefundError::MoreThanOnAccount { .. }
        | RefundError::NotPaid(_)
        | RefundError::NamedTwice(_)
        | RefundError::MoreThanPaid { .. }
        | RefundError::NotAllNamed { .. }) => other.into(),
    }
}

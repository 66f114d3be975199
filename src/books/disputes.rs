//! Disputes: the bank took a payment back, whole or in part.
//!
//! The money falls away at once, whoever is right, and comes back only if the
//! dispute is won. What it reopens is on hold until then: the card that was
//! disputed is not charged again in silence.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

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
    /// How it ended, and the day that this counts for.
    pub outcome: Option<(Outcome, Date)>,
    pub because: Option<String>,
    credit: CreditId,
}

const SELECT: &str = "select d.id, d.payment_id, d.amount_minor, d.currency, d.fee_minor, d.reason, d.opened_on,
    d.respond_by, d.opened_at, d.outcome, d.because, d.ended_on, c.id as credit_id, c.customer_id, o.code
  from disputes d join credits c on c.payment_id = d.payment_id join customers o on o.id = c.customer_id";

fn dispute(row: &Row<'_>) -> rusqlite::Result<DisputeRow> {
    let outcome: Option<Outcome> = row.get("outcome")?;
    let ended_on: Option<Date> = row.get("ended_on")?;
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
        outcome: outcome.zip(ended_on),
        because: row.get("because")?,
        credit: row.get("credit_id")?,
    })
}

impl Reader<'_> {
    /// Disputes, of one customer or of all: the open ones first, by the day of
    /// their answer, then what ended, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn disputes(self, customer: Option<CustomerId>) -> Result<Vec<DisputeRow>> {
        self.rows(
            &format!(
                "{SELECT} where ?1 is null or c.customer_id = ?1
                  order by d.ended_at is not null,
                    case when d.ended_at is null then coalesce(d.respond_by, '9999') end, d.id desc"
            ),
            [customer],
            dispute,
        )
    }

    /// Those of them that are open.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_disputes(self, customer: Option<CustomerId>) -> Result<Vec<DisputeRow>> {
        self.rows(
            &format!(
                "{SELECT} where d.ended_at is null and (?1 is null or c.customer_id = ?1)
                  order by coalesce(d.respond_by, '9999'), d.id"
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
    /// Exit 1 if there is not so much of the payment, it did not come by card, a
    /// refund or a charge that uses it is on its way, or the day is in a closed
    /// period, before the payment's own, or still to come.
    pub fn open_dispute(&self, new: &NewDispute<'_>) -> Result<DisputeId> {
        let book = self.read();
        let payment = book.payment(new.payment)?;
        let id = payment.id;
        self.require_happened(new.on)?;
        self.require_disputable(&payment, new)?;
        let applied = book.allocations_of(payment.credit.name.id)?;
        let giving = Giving {
            left: payment.left(),
            on_account: payment.credit.available(),
            applied: &applied,
        };
        let shares = taken_from(new.amount, &new.from, &giving).map_err(|why| refused(why, id))?;
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

    /// Books that a dispute is won: the money is there again and pays what the
    /// dispute had reopened, as far as that is open; where it went.
    ///
    /// # Errors
    ///
    /// Exit 1 if it ended already, or the day is in a closed period, before the
    /// dispute's own, or still to come.
    pub fn win_dispute(
        &self,
        id: DisputeId,
        because: Option<&str>,
        on: Date,
    ) -> Result<Vec<RefundShare>> {
        let dispute = self.end_dispute(id, Outcome::Won, because, on)?;
        let amount = dispute.amount;
        let back = Money::zero(amount.currency()).minus(amount);
        self.reverse(dispute.credit, back, Why::Disputed(id), on)?;
        let shares = self.read().dispute_shares(id)?;
        let (went, _) = self.pay_again(dispute.credit, &shares, amount, on)?;
        self.release_for(id)?;
        Ok(went)
    }

    /// Books that the money stays with the bank: `Lost`, or `Accepted` where we
    /// gave in. What is open stays so, and on hold.
    ///
    /// # Errors
    ///
    /// As [`Tx::win_dispute`].
    pub fn lose_dispute(
        &self,
        id: DisputeId,
        gave_in: bool,
        because: Option<&str>,
        on: Date,
    ) -> Result<()> {
        let outcome = if gave_in {
            Outcome::Accepted
        } else {
            Outcome::Lost
        };
        self.end_dispute(id, outcome, because, on).map(|_| ())
    }

    fn end_dispute(
        &self,
        id: DisputeId,
        outcome: Outcome,
        because: Option<&str>,
        on: Date,
    ) -> Result<DisputeRow> {
        let book = self.read();
        let dispute = book.dispute(id)?;
        self.require_happened(on)?;
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if let Some((outcome, on)) = dispute.outcome {
            return refuse(
                "dispute_ended",
                format!("{id} is {outcome} since {on}"),
                format!("See it with `dues dispute show {id}`."),
            );
        }
        if on < dispute.opened_on {
            return refuse(
                "ended_before_opened",
                format!("{id} was opened on {}, after {on}", dispute.opened_on),
                "Give the day on which it was decided with `--on`.".to_owned(),
            );
        }
        self.execute(
            "update disputes set outcome = ?2, because = ?3, ended_on = ?4, ended_at = ?5 where id = ?1",
            (id, outcome, because, on, self.at),
        )?;
        self.note(
            "dispute.ended",
            json!({"dispute": id.to_string(), "payment": dispute.payment.to_string(), "outcome": outcome.word(),
                   "amount": dispute.amount.to_string(), "because": because, "on": on.to_string()}),
        )?;
        Ok(dispute)
    }
}

/// What stands in the way, said of a dispute and not of a refund.
fn refused(why: RefundError, payment: PaymentId) -> Problem {
    match why {
        RefundError::NotPositive => Problem::usage(
            "amount_not_positive",
            "a disputed amount must be more than zero",
        )
        .hint("Give what the bank took, such as `--amount 120`, or leave it out for all of it."),
        RefundError::NothingLeft => Problem::refused(
            "nothing_to_dispute",
            format!("nothing is left of {payment}: all of it was given back or taken back already"),
        )
        .hint(format!(
            "See what became of it with `dues payment show {payment}`."
        )),
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

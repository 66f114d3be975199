//! The steps of an attempt: the only way one changes.
//!
//! [`Tx::step`] asks [`next`](crate::domain::charge::next) where to go, and
//! books in the same step what the attempt was for: many take steps, and
//! none can write a success without its money. The book's own constraints hold
//! even if this code is wrong.

use serde_json::json;

use super::Tx;
use super::attempt_rows::AttemptRow;
use super::charges::ChargeRow;
use super::payments::{BroughtBy, NewPayment};
use super::values::in_columns;
use crate::domain::card::Card;
use crate::domain::charge::{Event, Standing, State, Verdict, next};
use crate::domain::decline::Decline;
use crate::domain::ids::{AttemptName, PaymentId, sha256_hex};
use crate::domain::money::Money;
use crate::domain::payment::Method;
use crate::domain::purpose::Purpose;
use crate::problem::{Kind, Problem, Result};

/// An attempt about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAttempt<'a> {
    pub purpose: Purpose,
    pub n: u32,
    /// The card that is charged, or was.
    pub card: &'a Card,
    /// What is asked of: the card's token, or the transaction that took the money.
    pub token: &'a str,
    pub amount: Money,
    pub name: &'a AttemptName,
    /// The exact bytes that it will send.
    pub request: &'a [u8],
    /// The gateway's clock agrees with ours.
    pub witnessed: bool,
}

/// What a step did to an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTaken {
    pub from: State,
    pub to: State,
    /// The payment booked by this very step.
    pub payment: Option<PaymentId>,
}

/// Why a step was not taken.
#[derive(Debug)]
pub enum NotStepped {
    /// What happened cannot be true if the book is (exit 8).
    Contradicts(Problem),
    /// The book would not take it.
    Refused(Problem),
}

impl From<Problem> for NotStepped {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<NotStepped> for Problem {
    fn from(not_stepped: NotStepped) -> Self {
        match not_stepped {
            NotStepped::Contradicts(problem) | NotStepped::Refused(problem) => problem,
        }
    }
}

impl Tx<'_> {
    /// Writes the next attempt of a charge or a refund.
    ///
    /// # Errors
    ///
    /// The book itself refuses a second one beside one that is live, and to
    /// give more back than is there.
    pub fn prepare(&self, new: &NewAttempt<'_>) -> Result<AttemptRow> {
        let NewAttempt {
            purpose,
            n,
            card,
            token,
            amount,
            name,
            request,
            witnessed,
        } = *new;
        let [gateway, account] = in_columns(&card.account);
        self.insert(
            "insert into attempts (charge_id, refund_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, prepared_at, changed_at, witnessed)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'prepared', ?13, ?13, ?14)",
            (
                purpose.charge(),
                purpose.refund(),
                n,
                gateway,
                account,
                token,
                amount.minor(),
                amount.currency(),
                &name.key,
                &name.reference,
                request,
                sha256_hex(request),
                self.at,
                witnessed,
            ),
        )?;
        self.note(
            &format!("{}.prepared", purpose.word()),
            json!({purpose.word(): purpose.to_string(), "customer": self.read().customer(card.customer)?.code, "attempt": n, "amount": amount.to_string(),
                   "card": card.name(), "gateway": gateway, "reference": name.reference}),
        )?;
        self.read().newest_attempt(purpose)
    }

    /// Takes one step in an attempt's life; where it ends in success, books
    /// the payment and its allocations, or what was given back.
    ///
    /// # Errors
    ///
    /// [`NotStepped::Contradicts`] if the event cannot be true; the book is
    /// then unchanged.
    pub fn step(
        &self,
        attempt: &AttemptRow,
        event: &Event,
        decline: Option<&Decline>,
        note: Option<&str>,
    ) -> Result<StepTaken, NotStepped> {
        self.step_accepting(attempt, event, decline, note, None)
    }

    /// As [`Tx::step`]; a person may accept another amount than was asked.
    ///
    /// # Errors
    ///
    /// As [`Tx::step`].
    pub fn step_accepting(
        &self,
        attempt: &AttemptRow,
        event: &Event,
        decline: Option<&Decline>,
        note: Option<&str>,
        accepted: Option<Money>,
    ) -> Result<StepTaken, NotStepped> {
        // Another dues may have moved it since: the book decides, not what we remember.
        let purpose = attempt.purpose;
        let now = &self.read().newest_attempt(purpose)?;
        if now.id != attempt.id {
            return Err(Problem::bug(format!("{purpose} has a newer attempt")).into());
        }
        let standing = Standing {
            state: now.state,
            sends: now.sends,
            id: now.gateway_id.as_deref(),
        };
        let to = next(standing, event).map_err(|contradiction| {
            let problem = Problem::new(
                Kind::Attention,
                "contradiction",
                format!("{purpose}: {contradiction}"),
            )
            .hint(format!(
                "The book was not changed. Compare `dues {} show {purpose}` with the gateway's own page.",
                purpose.word()
            ));
            NotStepped::Contradicts(problem)
        })?;
        let id = match event {
            Event::Heard(Verdict::Taken { id } | Verdict::Pending { id })
                if now.gateway_id.is_none() || now.gateway_id.as_ref() == Some(id) =>
            {
                Some(id.as_str())
            }
            // A person's finding counts, whatever was named before.
            Event::FoundCharged { id } => Some(id.as_str()),
            Event::Heard(Verdict::Declined) if now.gateway_id.is_none() => {
                decline.and_then(|decline| decline.id.as_deref())
            }
            Event::Heard(Verdict::Differs { id: Some(id), .. }) if now.gateway_id.is_none() => {
                Some(id.as_str())
            }
            _ => None,
        };
        let named = match event {
            Event::Heard(
                Verdict::Taken { id }
                | Verdict::Pending { id }
                | Verdict::Differs { id: Some(id), .. },
            ) => Some(id.as_str()),
            _ => id,
        };
        let other_id = match (event, &now.gateway_id) {
            (Event::Heard(Verdict::Taken { id } | Verdict::Pending { id }), Some(known)) => {
                (id != known).then(|| format!("the gateway names {id}, and named {known} before"))
            }
            _ => None,
        };
        let note = note.or(other_id.as_deref());
        if to == now.state && to.is_final() {
            return Ok(StepTaken {
                from: now.state,
                to,
                payment: None,
            });
        }
        let is_send = u32::from(*event == Event::Sent);
        let never_left = now.state == State::Sending && to == State::NotMade;
        let decline = decline.filter(|_| to == State::Declined);
        self.execute(
            "update attempts set state = ?2, sends = sends + ?3,
               first_sent_at = coalesce(first_sent_at, case when ?3 = 1 then ?4 end),
               last_sent_at = case when ?3 = 1 then ?4 else last_sent_at end,
               misses = case when ?3 = 1 then 0 else misses end,
               last_miss_at = case when ?3 = 1 then null else last_miss_at end,
               gateway_id = coalesce(?5, gateway_id),
               decline_class = ?6, decline_code = ?7, decline_text = ?8, decline_advice = ?9,
               note = ?10, changed_at = ?4, accepted_minor = coalesce(?11, accepted_minor), never_left = ?12
             where id = ?1",
            (
                now.id,
                to,
                is_send,
                self.at,
                id,
                decline.map(|decline| decline.class),
                decline.map(|decline| decline.code.as_str()),
                decline.map(|decline| decline.message.as_str()),
                decline.and_then(|decline| decline.advice.as_deref()),
                note,
                accepted.map(Money::minor),
                never_left,
            ),
        )?;
        if let Some(named) = named {
            self.name_id(now, named)?;
        }
        let moved = accepted.unwrap_or(now.asked.amount);
        let (customer, payment) = match purpose {
            Purpose::Take(charge) => {
                let charge = self.read().charge(charge)?;
                let took = (to == State::Succeeded).then(|| self.book_payment(&charge, moved));
                (charge.customer, took.transpose()?)
            }
            Purpose::GiveBack(refund) => {
                let refund = self.read().refund(refund)?;
                if to == State::Succeeded {
                    self.give_back(&refund, moved)?;
                }
                (refund.customer, None)
            }
        };
        self.note(
            &format!("{}.{to}", purpose.word()),
            json!({purpose.word(): purpose.to_string(), "customer": self.read().customer(customer)?.code, "attempt": now.n, "from": now.state.word(),
                   "gateway_id": id, "payment": payment.map(|id| id.to_string()), "note": note}),
        )?;
        Ok(StepTaken {
            from: now.state,
            to,
            payment,
        })
    }

    /// Remembers that the gateway named a transaction for this attempt: it is no
    /// other's, whatever becomes of this one.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn name_id(&self, attempt: &AttemptRow, id: &str) -> Result<()> {
        let [gateway, account] = in_columns(&attempt.account);
        self.execute(
            "insert into gateway_ids (gateway, account, gateway_id, attempt_id) values (?1, ?2, ?3, ?4)
             on conflict do nothing",
            (gateway, account, id, attempt.id),
        )?;
        Ok(())
    }

    /// Leaves a trace of an event that the book contradicts.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_contradiction(&self, purpose: Purpose, what: &str) -> Result<()> {
        self.note(
            &format!("{}.contradiction", purpose.word()),
            json!({purpose.word(): purpose.to_string(), "what": what}),
        )
    }

    /// Leaves a trace of charges that the disk refused to have as on their way.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_not_sent(&self, charges: usize) -> Result<()> {
        self.note("charge.not_sent", json!({"charges": charges}))
    }

    /// Counts a complete look that did not find an attempt.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn count_miss(&self, attempt: &AttemptRow) -> Result<u32> {
        self.execute(
            "update attempts set misses = misses + 1, last_miss_at = ?2 where id = ?1 and state in ('unknown', 'pending')",
            (attempt.id, self.at),
        )?;
        let purpose = attempt.purpose;
        self.note(
            &format!("{}.not_listed", purpose.word()),
            json!({purpose.word(): purpose.to_string(), "attempt": attempt.n}),
        )?;
        Ok(attempt.misses + 1)
    }

    /// Books the money of a charge as planned. What an invoice can no longer
    /// take stays unapplied: the money is there, and is never thrown away.
    fn book_payment(&self, charge: &ChargeRow, amount: Money) -> Result<PaymentId> {
        // The day the money was asked for; a repeated request may be days younger than its charge.
        let zone = self.read().facts()?.zone;
        let sent = charge.attempt.first_sent_at.unwrap_or(self.at);
        let received_on = self.open_day(sent.to_zoned(zone).date())?;
        let new = NewPayment {
            customer: charge.customer,
            method: Method::Card,
            amount,
            received_on,
            reference: None,
            memo: charge.memo.as_deref(),
        };
        let by = BroughtBy {
            attempt: Some(charge.attempt.id),
            receipt: None,
        };
        let (payment, credit) = self.insert_payment(&new, by)?;
        for share in self.read().shares_of(charge.id)? {
            let Some(invoice) = self.read().invoice_by_number(&share.number)? else {
                continue;
            };
            let from = share.from.map_or(credit, |credit| credit.id);
            // Its own reservation ended with its attempt; what others reserved is theirs.
            let available = self.read().credit(from)?.available();
            let amount = share.amount.at_most(invoice.open).at_most(available);
            if amount.is_positive() && !invoice.is_void {
                self.allocate(from, invoice.id, amount, received_on)?;
            }
        }
        Ok(payment)
    }
}

//! Takes refunds back into a book that forgot them.
//!
//! What the gateway gave back is booked as it gave it: what the refund was to
//! reopen is followed as far as it is there, and the rest is taken where money is.

use jiff::Timestamp;
use serde_json::json;

use super::adoptions::NotAdopted;
use super::attempt_rows::AttemptRow;
use super::refunds::{NewRefund, RefundRow};
use super::values::{in_columns, money};
use super::{Reader, Tx};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::ids::{InvoiceId, RefundId, sha256_hex};
use crate::domain::intent::Intent;
use crate::domain::label::Paid;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::purpose::Purpose;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::problem::{Kind, Problem, Result};

/// A refund that was asked for and is not in the book.
#[derive(Debug, Clone)]
pub struct Regained<'a> {
    /// The number it had, if it is still free or still the same refund's.
    pub refund: RefundId,
    pub intent: &'a Intent,
    pub n: u32,
    pub payment: &'a Payment,
    /// The card that it went back to.
    pub card: &'a Card,
    /// The gateway's id of what took the money.
    pub transaction: &'a str,
    pub amount: Money,
    pub is_void: bool,
    pub key: &'a str,
    pub reference: &'a str,
    /// The reference it carries at the gateway, if not its own.
    pub carries: Option<&'a str>,
    /// The book is older than the refund: one of the same payment that is open
    /// in it was over when this one was made.
    pub after_what_is_open: bool,
    pub sent_at: Timestamp,
    /// Another clock than ours confirms that moment.
    pub witnessed: bool,
    /// What it was to reopen; the rest was taken from what pays no invoice.
    pub pays: &'a [Paid],
}

impl Tx<'_> {
    /// Writes the refund, if it is not there, and its attempt: sent, outcome
    /// unknown. One of the same payment that is open is closed: while it was,
    /// no other could be made.
    ///
    /// # Errors
    ///
    /// [`NotAdopted::EarlierOpen`] if another refund must be decided first, or
    /// the payment has not so much left.
    pub fn regain(&self, regained: &Regained<'_>) -> Result<AttemptRow, NotAdopted> {
        self.doubt_what_is_open()?;
        if regained.after_what_is_open {
            self.close_refunds_before(regained)?;
        }
        let known = self.read().refund_by_intent(regained.intent)?;
        let same = known.as_ref().filter(|known| {
            known.payment == regained.payment.id
                && known.amount == regained.amount
                && known.attempt.n < regained.n
                && matches!(known.attempt.state, State::Declined | State::NotMade)
        });
        let id = match same {
            Some(same) => same.id,
            None => self.add_regained(regained, known.as_ref())?,
        };
        let [gateway, account] = in_columns(&regained.card.account);
        self.insert(
            "insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, sends, first_sent_at, last_sent_at, note, prepared_at, changed_at, carries, witnessed)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, x'', ?10, 'unknown', 1, ?11, ?11, ?12, ?13, ?13, ?14, ?15)",
            rusqlite::params![
                id,
                regained.n,
                gateway,
                account,
                regained.transaction,
                regained.amount.minor(),
                regained.amount.currency(),
                regained.key,
                regained.reference,
                sha256_hex(b""),
                regained.sent_at,
                "it was on its way when the book was lost",
                self.at,
                regained.carries,
                regained.witnessed,
            ],
        )?;
        self.note(
            "refund.adopted",
            json!({"refund": id.to_string(), "payment": regained.payment.id.to_string(), "attempt": regained.n,
                   "amount": regained.amount.to_string(), "gateway": gateway,
                   "reference": regained.reference}),
        )?;
        Ok(self.read().newest_attempt(Purpose::GiveBack(id))?)
    }

    fn close_refunds_before(&self, regained: &Regained<'_>) -> Result<(), NotAdopted> {
        for earlier in self.read().open_refunds_of(regained.payment.id)? {
            // Of what was taken back nobody knows which was first; and what the
            // gateway has may have been given.
            let may_be_given = matches!(earlier.attempt.state, State::Pending | State::Review);
            if may_be_given || self.was_taken_back(&earlier.attempt)? {
                return Err(NotAdopted::EarlierOpen(stands_in_the_way(
                    regained, earlier.id,
                )));
            }
            self.close_before(&earlier.attempt)?;
        }
        Ok(())
    }

    fn add_regained(
        &self,
        regained: &Regained<'_>,
        known: Option<&RefundRow>,
    ) -> Result<RefundId, NotAdopted> {
        let shares = self.shares_that_fit(regained)?;
        let is_free = regained.refund.0 > 0 && self.read().find_refund(regained.refund)?.is_none();
        let id = if is_free {
            regained.refund
        } else {
            self.next_refund()?
        };
        let intent = match known {
            Some(_) => regained.intent.beside(regained.reference),
            None => regained.intent.clone(),
        };
        let zone = self.read().facts()?.zone;
        self.insert_refund(
            id,
            &intent,
            &NewRefund {
                payment: regained.payment,
                amount: regained.amount,
                shares: &shares,
                is_void: regained.is_void,
                because: None,
                wants_mail: false,
                on: regained.sent_at.to_zoned(zone).date(),
            },
        )?;
        Ok(id)
    }

    /// Where the money comes from, to the cent: as planned as far as it is
    /// there, then from what pays no invoice, then from what was paid last.
    fn shares_that_fit(&self, regained: &Regained<'_>) -> Result<Vec<RefundShare>, NotAdopted> {
        let book = self.read();
        let mut left = regained.amount;
        let payment = book.payment(regained.payment.id)?;
        let mut there = payment.left();
        for open in book.open_refunds_of(payment.id)? {
            there = there.minus(open.amount);
        }
        if left.currency() != there.currency() || left.minus(there).is_positive() {
            return Err(NotAdopted::EarlierOpen(has_not_so_much(regained, there)));
        }
        let mut places = vec![(TakenFrom::Account, payment.credit.available())];
        for applied in book
            .allocations_of(payment.credit.name.id)?
            .into_iter()
            .rev()
        {
            let wanted = book.wanted_back_from(&payment, applied.invoice)?;
            let from = TakenFrom::Invoice {
                id: applied.invoice,
                number: applied.number,
            };
            places.push((from, applied.amount.minus(wanted)));
        }
        let mut shares: Vec<RefundShare> = Vec::new();
        let mut take = |(from, room): &mut (TakenFrom, Money), most: Money| {
            let part = most.at_most(*room).at_most(left);
            if !part.is_positive() {
                return;
            }
            *room = room.minus(part);
            left = left.minus(part);
            match shares.iter_mut().find(|share| share.from == *from) {
                Some(share) => share.amount = share.amount.plus(part),
                None => shares.push(RefundShare {
                    from: from.clone(),
                    amount: part,
                }),
            }
        };
        for paid in regained.pays {
            let place = places.iter_mut().find(|(from, _)| {
                matches!(from, TakenFrom::Invoice { number, .. } if *number == paid.invoice)
            });
            if let Some(place) = place {
                take(place, paid.amount);
            }
        }
        for place in &mut places {
            take(place, regained.amount);
        }
        if left.is_positive() {
            return Err(NotAdopted::EarlierOpen(has_not_so_much(regained, there)));
        }
        Ok(shares)
    }
}

impl Reader<'_> {
    /// What refunds on their way are about to take from an invoice of a payment's.
    fn wanted_back_from(self, payment: &Payment, invoice: InvoiceId) -> Result<Money> {
        let wanted = self.row(
            "select coalesce(sum(amount_minor), 0) as wanted_minor, ?3 as currency from to_be_given_back
              where credit_id = ?1 and invoice_id = ?2",
            (
                payment.credit.name.id,
                invoice,
                payment.amount.currency(),
            ),
            |row| money(row, "wanted_minor"),
        )?;
        Ok(wanted.unwrap_or_else(|| Money::zero(payment.amount.currency())))
    }
}

fn stands_in_the_way(regained: &Regained<'_>, earlier: RefundId) -> Problem {
    let (id, payment) = (regained.refund, regained.payment.id);
    Problem::new(
        Kind::Attention,
        "earlier_refund_open",
        format!("{id} gave money of {payment} back, and so may {earlier}, which is not decided yet"),
    )
    .hint(format!(
        "Compare {earlier} with the gateway's own page, and run `dues gateway reconcile` again once it is decided there."
    ))
}

fn has_not_so_much(regained: &Regained<'_>, there: Money) -> Problem {
    let (id, payment, amount) = (regained.refund, regained.payment.id, regained.amount);
    Problem::new(
        Kind::Attention,
        "more_than_left",
        format!("{id} gave {amount} of {payment} back, and by this book only {there} of it can be"),
    )
    .hint(format!(
        "Compare `dues payment show {payment}` with the gateway's own page. What is on its way is found out with \
         `dues gateway reconcile`; what never fits is set aside with `--compared \"how you booked it instead\"`."
    ))
}

//! Takes one forgotten refund back into the book, as its witness has it.
//!
//! A refund is of a payment: the transaction that it names must be in the book
//! first, as taken. Charges are taken back before their refunds.

use super::World;
use super::adopt::{Adopted, NotTaken};
use crate::books::{NotAdopted, Reader, Regained};
use crate::domain::card::Card;
use crate::domain::charge::{Answer, Asked, Event, Verdict, judge};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{AttemptName, RefundId, sha256_hex};
use crate::domain::intent::Intent;
use crate::domain::label::paid;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::domain::purpose::Purpose;
use crate::mark::OpenRefund;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};

/// Takes back a refund that the gateway lists, with what became of it, in one
/// transaction.
///
/// # Errors
///
/// Exit 8: what it gives back is not in the book, or was given back otherwise;
/// or the book cannot be written. Nothing was changed.
pub(super) fn regain_seen(
    world: &mut World<'_>,
    account: &GatewayAccount,
    seen: &Seen,
    clock_is_right: bool,
) -> Result<Adopted, NotTaken> {
    let book = world.books.read();
    let label = &seen.label;
    let transaction = seen.token.as_deref().unwrap_or_default();
    let what = What::seen(account, seen);
    let (payment, card) = what.payment(book)?;
    let late = book.attempt_with_reference(&seen.reference)?.is_some();
    let id = seen.answer.taken_id().unwrap_or_default();
    let (refund, intent, n, name) = if late {
        // Its own attempt is closed for ever: the money left all the same.
        let name = AttemptName::late(&seen.reference, id);
        (RefundId(0), Intent::Late(name.reference.clone()), 1, name)
    } else {
        let mut name = AttemptName::of(&book.facts()?.id, &label.intent, payment.customer, label.n);
        if name.reference != seen.reference {
            // The customer has another number in this book.
            name = AttemptName {
                key: sha256_hex(seen.reference.as_bytes())[..32].to_owned(),
                reference: seen.reference.clone(),
            };
        }
        (what.refund, label.intent.clone(), label.n, name)
    };
    let asked = Asked {
        amount: seen.amount,
        token: transaction.to_owned(),
        reference: seen.reference.clone(),
    };
    let verdict = judge(&asked, &seen.answer);
    let why = match &verdict {
        Verdict::Differs { why, .. } => Some(format!("{why}, under {id}")),
        _ => None,
    };
    let decline = match &seen.answer {
        Answer::Declined(decline) => Some(decline),
        _ => None,
    };
    let regained = Regained {
        refund,
        intent: &intent,
        n,
        payment: &payment,
        card: &card,
        transaction,
        amount: seen.amount,
        // A list does not say it, and the money went back either way.
        is_void: false,
        key: &name.key,
        reference: &name.reference,
        carries: late.then_some(seen.reference.as_str()),
        after_what_is_open: !late,
        sent_at: seen.made_at.unwrap_or_else(|| world.now()),
        witnessed: seen.made_at.is_some() || clock_is_right,
        pays: &paid(&label.pays, seen.amount.currency()),
    };
    let at = world.now();
    world.books.write_or(&world.hand, at, |tx| {
        let attempt = tx.regain(&regained).map_err(fits_not)?;
        let step = tx.step(&attempt, &Event::Heard(verdict), decline, why.as_deref());
        let step = step.map_err(Problem::from)?;
        Ok(Adopted {
            purpose: attempt.purpose,
            state: step.to,
            late,
        })
    })
}

/// Takes back a refund that was on its way when this machine marked the book;
/// `None` if the book knows it.
///
/// # Errors
///
/// As [`regain_seen`].
pub(super) fn regain_marked(
    world: &mut World<'_>,
    open: &OpenRefund,
) -> Result<Option<Adopted>, NotTaken> {
    let book = world.books.read();
    if is_known(book, open)? {
        return Ok(None);
    }
    let what = What::marked(open)?;
    let (payment, card) = what.payment(book)?;
    let regained = Regained {
        refund: what.refund,
        intent: &Intent::read(&open.intent),
        n: open.n,
        payment: &payment,
        card: &card,
        transaction: &open.transaction,
        amount: what.amount,
        is_void: open.is_void,
        key: &open.key,
        reference: &open.reference,
        carries: None,
        after_what_is_open: true,
        sent_at: open.sent_at,
        witnessed: open.witnessed,
        pays: &paid(&open.pays, what.amount.currency()),
    };
    let at = world.now();
    let attempt = world
        .books
        .write_or(&world.hand, at, |tx| tx.regain(&regained).map_err(fits_not))?;
    Ok(Some(Adopted {
        purpose: attempt.purpose,
        state: attempt.state,
        late: false,
    }))
}

/// Another refund is in its way, or its payment has not so much: a person may
/// set it aside.
fn fits_not(not_adopted: NotAdopted) -> NotTaken {
    match not_adopted {
        NotAdopted::EarlierOpen(problem) => NotTaken::BasisForgotten(problem),
        NotAdopted::Refused(problem) => NotTaken::Failed(problem),
    }
}

/// Whether the book has what was marked, or set it aside.
pub(super) fn is_known(book: Reader<'_>, open: &OpenRefund) -> Result<bool> {
    Ok(book.attempt_with_reference(&open.reference)?.is_some()
        || book.is_set_aside(&open.account, &open.reference, "")?)
}

/// How much a marked refund asked for.
pub(super) fn amount_of(open: &OpenRefund) -> Result<Money> {
    Ok(Money::of(open.minor, Currency::parse(&open.currency)?))
}

/// A refund, as either witness names it.
pub(super) struct What<'a> {
    pub(super) refund: RefundId,
    pub(super) amount: Money,
    pub(super) account: &'a GatewayAccount,
    pub(super) transaction: &'a str,
}

impl<'a> What<'a> {
    pub(super) fn seen(account: &'a GatewayAccount, seen: &'a Seen) -> Self {
        Self {
            refund: seen.label.purpose.refund().unwrap_or(RefundId(0)),
            amount: seen.amount,
            account,
            transaction: seen.token.as_deref().unwrap_or_default(),
        }
    }

    pub(super) fn marked(open: &'a OpenRefund) -> Result<Self> {
        Ok(Self {
            refund: RefundId(open.refund),
            amount: amount_of(open)?,
            account: &open.account,
            transaction: &open.transaction,
        })
    }

    /// The payment whose money goes back, and the card that it came from.
    ///
    /// # Errors
    ///
    /// Exit 8: the charge is not in the book, or is not known to be taken.
    pub(super) fn payment(&self, book: Reader<'_>) -> Result<(Payment, Card), NotTaken> {
        let attempt = book.attempt_with_gateway_id(self.account, self.transaction)?;
        let Some(Purpose::Take(charge)) = attempt.map(|attempt| attempt.purpose) else {
            return Err(NotTaken::BasisForgotten(self.payment_forgotten()));
        };
        let Some(payment) = book.payment_of(charge)? else {
            let fact = format!("{self} is of {charge}, which is not known to be charged");
            let problem = Problem::new(Kind::Attention, "charge_not_decided", fact).hint(format!(
                "See {charge} with `dues charge review`, and decide it. Then run `dues gateway reconcile` again."
            ));
            return Err(NotTaken::EarlierOpen(problem));
        };
        Ok((payment, book.card(book.charge(charge)?.card)?))
    }

    fn payment_forgotten(&self) -> Problem {
        let fact = format!(
            "{self} gave back money of a charge that is not in this book ({})",
            crate::domain::untrusted::visible(self.transaction)
        );
        Problem::new(Kind::Attention, "payment_forgotten", fact).hint(
            "Book what was charged and what was given back by hand, then set the refund aside: \
             `dues gateway reconcile --compared \"how you booked it instead\"`.",
        )
    }
}

/// `RF-1 of 30.00 USD at stripe`
impl std::fmt::Display for What<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} of {} at {}",
            self.refund, self.amount, self.account.gateway
        )
    }
}

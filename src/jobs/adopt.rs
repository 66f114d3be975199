//! Takes one forgotten charge back into the book, as its witness has it.

use std::fmt;

use jiff::Timestamp;

use super::World;
use crate::books::{Adoption, NotAdopted, Reader};
use crate::domain::card::Card;
use crate::domain::charge::{Answer, Asked, Event, State, Verdict, judge};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{AttemptName, AuthorizationId, ChargeId, sha256_hex};
use crate::domain::intent::Intent;
use crate::domain::label::{Paid, paid, unaccounted};
use crate::domain::money::{Currency, Money};
use crate::domain::purpose::Purpose;
use crate::domain::rules::{self, CLOCKS_DIFFER};
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};

/// A charge or a refund that was taken back.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub purpose: Purpose,
    pub state: State,
    /// It was closed as not taken, and the gateway took it after all.
    pub late: bool,
}

/// Why it is not taken back now.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// Its card, the consent or, of a refund, the payment is not in the book; a
    /// person may set it aside.
    BasisForgotten(Problem),
    /// Where its money went is not in the book; it may be booked on account.
    InvoicesForgotten(Problem),
    /// Another charge must be decided first.
    EarlierOpen(Problem),
    /// For a reason that may pass.
    Failed(Problem),
}

impl From<Problem> for NotTaken {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<NotAdopted> for NotTaken {
    fn from(not_adopted: NotAdopted) -> Self {
        match not_adopted {
            NotAdopted::EarlierOpen(problem) => Self::EarlierOpen(problem),
            NotAdopted::Refused(problem) => Self::Failed(problem),
        }
    }
}

/// Takes back a request that the gateway lists, with what became of it, in one
/// transaction.
///
/// # Errors
///
/// Exit 8: its card or the consent is not in the book; or the book cannot be
/// written. Nothing was changed.
pub(super) fn adopt_seen(
    world: &mut World<'_>,
    account: &GatewayAccount,
    seen: &Seen,
    clock_is_right: bool,
) -> Result<Adopted, NotTaken> {
    let book = world.books.read();
    let label = &seen.label;
    let request = Request::seen(account, seen);
    let Basis {
        card,
        authorization,
        pays,
    } = request.basis(book)?;
    let unaccounted = request.unaccounted;
    let sent_at = seen.made_at.unwrap_or_else(|| world.now());
    let late = book.attempt_with_reference(&seen.reference)?.is_some();
    let id = seen.answer.taken_id().unwrap_or_default();
    let (charge, intent, n, name) = if late {
        // Its own attempt is closed for ever: the money is there all the same,
        // under a name of its own, for what of its invoices is still open.
        let name = AttemptName::late(&seen.reference, id);
        let intent = Intent::Late(name.reference.clone());
        (ChargeId(0), intent, 1, name)
    } else {
        let mut name = AttemptName::of(&book.facts()?.id, &label.intent, card.customer, label.n);
        if name.reference != seen.reference {
            // The customer has another number in this book; so has whoever is charged next.
            name = AttemptName {
                key: sha256_hex(seen.reference.as_bytes())[..32].to_owned(),
                reference: seen.reference.clone(),
            };
        }
        (request.charge, label.intent.clone(), label.n, name)
    };
    let asked = Asked {
        amount: seen.amount,
        token: card.facts.token.clone(),
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
    let adoption = Adoption {
        charge,
        intent: &intent,
        n,
        card: &card,
        authorization,
        amount: seen.amount,
        key: &name.key,
        reference: &name.reference,
        carries: late.then_some(seen.reference.as_str()),
        // A request is in its book before it leaves: one that does not know it is older.
        after_what_is_open: !late,
        sent_at,
        witnessed: seen.made_at.is_some() || clock_is_right,
        sent_within: seen
            .made_at
            .map_or((Timestamp::MIN, Timestamp::MAX), |made_at| {
                let by = |differ| made_at.saturating_add(differ).unwrap_or(made_at);
                (by(-CLOCKS_DIFFER), by(CLOCKS_DIFFER))
            }),
        took_nothing: decline.is_some(),
        pays: &pays,
    };
    let at = world.now();
    world.books.write_or(&world.hand, at, |tx| {
        let attempt = tx.adopt(&adoption)?;
        let event = Event::Heard(verdict);
        let step = tx.step(&attempt, &event, decline, why.as_deref());
        let step = step.map_err(Problem::from)?;
        if let Some(left) = unaccounted {
            let customer = tx.read().customer(card.customer)?;
            let because = format!(
                "{} paid invoices that its request did not name, {left} in all",
                attempt.purpose
            );
            tx.hold_customer(&customer, &because)?;
        }
        Ok(Adopted {
            purpose: attempt.purpose,
            state: step.to,
            late,
        })
    })
}

/// Takes back a request that was on its way when this machine marked the book;
/// `None` if the book knows it.
///
/// # Errors
///
/// As [`adopt_seen`].
pub(super) fn adopt_marked(
    world: &mut World<'_>,
    open: &OpenCharge,
) -> Result<Option<Adopted>, NotTaken> {
    let book = world.books.read();
    if is_known(book, open)? {
        return Ok(None);
    }
    let request = Request::marked(open)?;
    let Basis {
        card,
        authorization,
        pays,
    } = request.basis(book)?;
    let adoption = Adoption {
        charge: request.charge,
        intent: &Intent::read(&open.intent),
        n: open.n,
        authorization,
        card: &card,
        amount: request.amount,
        key: &open.key,
        reference: &open.reference,
        carries: None,
        after_what_is_open: true,
        sent_at: open.sent_at,
        witnessed: open.witnessed,
        sent_within: (open.sent_at, open.sent_at),
        took_nothing: false,
        pays: &pays,
    };
    let at = world.now();
    let attempt = world
        .books
        .write_or(&world.hand, at, |tx| tx.adopt(&adoption))?;
    Ok(Some(Adopted {
        purpose: attempt.purpose,
        state: attempt.state,
        late: false,
    }))
}

/// Whether the book has what was marked, or set it aside.
pub(super) fn is_known(book: Reader<'_>, open: &OpenCharge) -> Result<bool> {
    Ok(book.attempt_with_reference(&open.reference)?.is_some()
        || book.is_set_aside(&open.account, &open.reference, "")?)
}

/// How much a marked request asked for.
pub(super) fn amount_of(open: &OpenCharge) -> Result<Money> {
    Ok(Money::of(open.minor, Currency::parse(&open.currency)?))
}

/// What stands against taking back what the gateway lists.
///
/// # Errors
///
/// Exit 8: its card, the consent or an invoice is not in the book.
pub(super) fn require_what_seen_rests_on(
    book: Reader<'_>,
    account: &GatewayAccount,
    seen: &Seen,
) -> Result<(), NotTaken> {
    Request::seen(account, seen).require_all(book)
}

/// What stands against taking back what is only marked.
///
/// # Errors
///
/// As [`require_what_seen_rests_on`].
pub(super) fn require_what_marked_rests_on(
    book: Reader<'_>,
    open: &OpenCharge,
) -> Result<(), NotTaken> {
    if is_known(book, open)? {
        return Ok(());
    }
    Request::marked(open)?.require_all(book)
}

/// What either witness says of a request.
struct Request<'a> {
    charge: ChargeId,
    amount: Money,
    account: &'a GatewayAccount,
    token: &'a str,
    pays: &'a str,
    /// What its label does not say where it went.
    unaccounted: Option<Money>,
}

/// What a charge rests on, as it is in the book.
struct Basis {
    card: Card,
    /// The row of the consent.
    authorization: AuthorizationId,
    pays: Vec<Paid>,
}

/// `CH-7 of 250.00 USD at stripe`
impl fmt::Display for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} at {}",
            self.charge, self.amount, self.account.gateway
        )
    }
}

impl<'a> Request<'a> {
    fn seen(account: &'a GatewayAccount, seen: &'a Seen) -> Self {
        Self {
            charge: seen.label.purpose.charge().unwrap_or(ChargeId(0)),
            amount: seen.amount,
            account,
            token: seen.token.as_deref().unwrap_or_default(),
            pays: &seen.label.pays,
            unaccounted: match seen.answer {
                Answer::Declined(_) => None,
                _ => unaccounted(&seen.label.pays, seen.amount),
            },
        }
    }

    fn marked(open: &'a OpenCharge) -> Result<Self> {
        Ok(Self {
            charge: ChargeId(open.charge),
            amount: amount_of(open)?,
            account: &open.account,
            token: &open.token,
            pays: &open.pays,
            // A mark names all that a charge pays, however much that is.
            unaccounted: None,
        })
    }

    fn basis(&self, book: Reader<'_>) -> Result<Basis, NotTaken> {
        let pays = paid(self.pays, self.amount.currency());
        let Some(card) = book.card_by_token(self.account, self.token)? else {
            return Err(NotTaken::BasisForgotten(self.card_forgotten(book, &pays)?));
        };
        let Some(consent) = book.consent(card.id)? else {
            let fact = format!("{self} rests on a consent that is not in this book");
            let problem = Problem::new(Kind::Attention, "consent_forgotten", fact).hint(
                "Record it with `dues card authorize`, then run `dues gateway reconcile` again.",
            );
            return Err(NotTaken::BasisForgotten(problem));
        };
        Ok(Basis {
            card,
            authorization: consent.id,
            pays,
        })
    }

    /// Added again later, an invoice would be open, and be charged again. That
    /// goes for an attempt that took nothing, too: the next one of its charge
    /// pays by the same plan.
    fn require_all(&self, book: Reader<'_>) -> Result<(), NotTaken> {
        let basis = self.basis(book)?;
        for paid in &basis.pays {
            let is_there = book.invoice_paid(basis.card.customer, paid)?.is_some();
            if !rules::may_be_taken_back(is_there) {
                let forgotten = self.invoice_forgotten(book, &basis.card, &paid.invoice)?;
                return Err(NotTaken::InvoicesForgotten(forgotten));
            }
        }
        match self.unaccounted {
            Some(left) => Err(NotTaken::InvoicesForgotten(self.label_is_short(left))),
            None => Ok(()),
        }
    }

    /// Nobody can say which invoices the rest of it paid: they are open in this
    /// book, and must not be charged again.
    fn label_is_short(&self, left: Money) -> Problem {
        let fact = format!("{self} does not say where {left} of it went");
        Problem::new(Kind::Attention, "label_is_short", fact).hint(
            "`--on-account` books that on the customer's account, and puts the customer on hold until you \
             know which invoices it paid.",
        )
    }

    /// Whose card it was, its invoices tell, if they are still here.
    fn card_forgotten(&self, book: Reader<'_>, pays: &[Paid]) -> Result<Problem> {
        let mut whose = "CUSTOMER".to_owned();
        let mut numbers = Vec::new();
        for paid in pays {
            let mut number = paid.invoice.clone();
            if let Some(invoice) = book.invoice_by_number(&number)? {
                whose = book.customer(invoice.customer)?.code;
                number = format!("{number} of {whose}");
            }
            numbers.push(number);
        }
        let paid_for = match numbers.as_slice() {
            [] => String::new(),
            numbers => format!(" for {}", numbers.join(", ")),
        };
        let fact = format!("{self}{paid_for} was asked of a card that is not in this book");
        Ok(Problem::new(Kind::Attention, "card_forgotten", fact).hint(format!(
            "Add the customer if they are missing too, then their card with `dues card add {whose} {}` \
             (and who authorized it); then run `dues gateway reconcile` again.",
            self.token
        )))
    }

    fn invoice_forgotten(&self, book: Reader<'_>, card: &Card, number: &str) -> Result<Problem> {
        let whose = book.customer(card.customer)?.code;
        let (fact, hint) = match book.invoice_by_number(number)? {
            None => (
                "which is not in this book".to_owned(),
                format!(
                    "Add {number} again, with `dues invoice import` or `dues invoice add`; \
                     then run `dues gateway reconcile` again."
                ),
            ),
            Some(other) => (
                format!(
                    "and in this book that number is an invoice of {} over {}",
                    book.customer(other.customer)?.code,
                    other.total
                ),
                "`--on-account` books the money without an invoice.".to_owned(),
            ),
        };
        let fact = format!("{self} is for {number} of {whose}, {fact}");
        Ok(Problem::new(Kind::Attention, "invoice_forgotten", fact).hint(hint))
    }
}

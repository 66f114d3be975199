//! Takes one forgotten charge back into the book, as its witness has it.

use jiff::Timestamp;

use super::World;
use crate::books::{Adoption, CLOCKS_DIFFER, Reader};
use crate::domain::card::Card;
use crate::domain::charge::{Answer, Asked, Event, LATE, State, Verdict, judge};
use crate::domain::ids::{AttemptName, ChargeId, sha256_hex};
use crate::domain::label::{Paid, paid};
use crate::domain::money::{Currency, Money};
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal::{self, Rule};

/// A charge that was taken back.
#[derive(Debug, Clone)]
pub struct Adopted {
    pub charge: ChargeId,
    pub state: State,
    /// It was closed as not taken, and the gateway took it after all.
    pub late: bool,
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
    gateway: &str,
    account: &str,
    seen: &Seen,
) -> Result<Adopted> {
    let book = world.books.read();
    let label = &seen.label;
    let what = format!("{} of {} at {gateway}", label.charge, seen.amount);
    let token = seen.token.as_deref().unwrap_or_default();
    let pays = paid(&label.pays, seen.amount.currency());
    let card = card_of(book, gateway, account, token, &pays, &what)?;
    let authorization = consent(book, &card, &what)?;
    let sent_at = seen.made_at.unwrap_or_else(|| world.now());
    let late = book.attempt_with_reference(&seen.reference)?.is_some();
    let id = id_of(&seen.answer);
    let (charge, intent, n, name) = if late {
        // Its own attempt is closed for ever: the money is there all the same,
        // under a name of its own, for what of its invoices is still open.
        let name = AttemptName::late(&seen.reference, id);
        let intent = format!("{LATE}{}", name.reference);
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
        (label.charge, label.intent.clone(), label.n, name)
    };
    let asked = Asked {
        amount: seen.amount,
        token: card.facts.token.clone(),
        reference: seen.reference.clone(),
    };
    let verdict = judge(&asked, &seen.answer);
    let why = match &verdict {
        Verdict::Differs { why } => Some(format!("{why}, under {id}")),
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
    world.books.write(at, |tx| {
        let attempt = tx.adopt(&adoption)?;
        let event = Event::Heard(verdict);
        let step = tx.step(&attempt, &event, decline, why.as_deref())?;
        Ok(Adopted {
            charge: attempt.charge,
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
pub(super) fn adopt_marked(world: &mut World<'_>, open: &OpenCharge) -> Result<Option<Adopted>> {
    let book = world.books.read();
    if is_known(book, open)? {
        return Ok(None);
    }
    let charge = ChargeId(open.charge);
    let amount = amount_of(open)?;
    let what = format!("{charge} of {amount} at {}", open.gateway);
    let pays = paid(&open.pays, amount.currency());
    let (gateway, account) = (&open.gateway, &open.account);
    let card = card_of(book, gateway, account, &open.token, &pays, &what)?;
    let adoption = Adoption {
        charge,
        intent: &open.intent,
        n: open.n,
        authorization: consent(book, &card, &what)?,
        card: &card,
        amount,
        key: &open.key,
        reference: &open.reference,
        carries: None,
        after_what_is_open: true,
        sent_at: open.sent_at,
        sent_within: (open.sent_at, open.sent_at),
        took_nothing: false,
        pays: &pays,
    };
    let at = world.now();
    let attempt = world.books.write(at, |tx| tx.adopt(&adoption))?;
    Ok(Some(Adopted {
        charge: attempt.charge,
        state: attempt.state,
        late: false,
    }))
}

/// Whether the book has what was marked, or set it aside.
pub(super) fn is_known(book: Reader<'_>, open: &OpenCharge) -> Result<bool> {
    Ok(book.attempt_with_reference(&open.reference)?.is_some()
        || book.is_set_aside(&open.gateway, &open.account, &open.reference, "")?)
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
    gateway: &str,
    account: &str,
    seen: &Seen,
) -> Result<()> {
    let what = format!("{} of {} at {gateway}", seen.label.charge, seen.amount);
    let token = seen.token.as_deref().unwrap_or_default();
    let pays = paid(&seen.label.pays, seen.amount.currency());
    let card = card_of(book, gateway, account, token, &pays, &what)?;
    consent(book, &card, &what)?;
    invoices(book, &card, &pays, &what)
}

/// What stands against taking back what is only marked.
///
/// # Errors
///
/// As [`require_what_seen_rests_on`].
pub(super) fn require_what_marked_rests_on(book: Reader<'_>, open: &OpenCharge) -> Result<()> {
    if is_known(book, open)? {
        return Ok(());
    }
    let amount = amount_of(open)?;
    let what = format!("{} of {amount} at {}", ChargeId(open.charge), open.gateway);
    let pays = paid(&open.pays, amount.currency());
    let (gateway, account) = (&open.gateway, &open.account);
    let card = card_of(book, gateway, account, &open.token, &pays, &what)?;
    consent(book, &card, &what)?;
    invoices(book, &card, &pays, &what)
}

/// Added again later, an invoice would be open, and be charged again. That goes
/// for an attempt that took nothing, too: the next one of its charge pays by
/// the same plan.
fn invoices(book: Reader<'_>, card: &Card, pays: &[Paid], what: &str) -> Result<()> {
    if !rehearsal::holds(Rule::InvoicesAreThere) {
        return Ok(());
    }
    for paid in pays {
        if book.invoice_paid(card.customer, paid)?.is_some() {
            continue;
        }
        let (number, code) = (&paid.invoice, book.customer(card.customer)?.code);
        let other = book.invoice_by_number(number)?;
        let (fact, hint) = match other {
            None => (
                "which is not in this book".to_owned(),
                format!(
                    "Add {number} again, with `dues invoice import` or `dues invoice add`; then run `dues gateway reconcile` again."
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
        let problem = Problem::new(
            Kind::Attention,
            "invoice_forgotten",
            format!("{what} is for {number} of {code}, {fact}"),
        );
        return Err(problem.hint(hint));
    }
    Ok(())
}

fn card_of(
    book: Reader<'_>,
    gateway: &str,
    account: &str,
    token: &str,
    pays: &[Paid],
    what: &str,
) -> Result<Card> {
    if let Some(card) = book.card_by_token(gateway, account, token)? {
        return Ok(card);
    }
    // Whose card it was, its invoices tell, if they are still here.
    let mut whose = "CUSTOMER".to_owned();
    let mut paid_for = Vec::new();
    for paid in pays {
        if let Some(invoice) = book.invoice_by_number(&paid.invoice)? {
            whose = book.customer(invoice.customer)?.code;
            paid_for.push(format!("{} of {whose}", paid.invoice));
        } else {
            paid_for.push(paid.invoice.clone());
        }
    }
    let paid_for = match paid_for.as_slice() {
        [] => String::new(),
        numbers => format!(" for {}", numbers.join(", ")),
    };
    Err(Problem::new(
        Kind::Attention,
        "card_forgotten",
        format!("{what}{paid_for} was asked of a card that is not in this book"),
    )
    .hint(format!(
        "Add the customer if they are missing too, then their card with `dues card add {whose} {token}` \
         (and who authorized it); then run `dues gateway reconcile` again."
    )))
}

fn consent(book: Reader<'_>, card: &Card, what: &str) -> Result<i64> {
    let consent = book.authorization(card.id)?;
    consent.map(|(row, _)| row).ok_or_else(|| {
        Problem::new(
            Kind::Attention,
            "consent_forgotten",
            format!("{what} rests on a consent that is not in this book"),
        )
        .hint("Record it with `dues card authorize`, then run `dues gateway reconcile` again.")
    })
}

/// The gateway's id of what was taken; empty if nothing was.
pub(super) fn id_of(answer: &Answer) -> &str {
    match answer {
        Answer::Taken(capture) | Answer::Pending(capture) => &capture.id,
        Answer::Declined(_) | Answer::Unknown(_) => "",
    }
}

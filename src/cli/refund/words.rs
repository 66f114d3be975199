//! What is said of a refund: its plan, its receipt, and what a state other than success means.

use crate::books::{Reader, RefundRow};
use crate::cli::terminal::{Report, table};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::contact::Gets;
use crate::domain::ids::RefundId;
use crate::domain::money::Money;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::jobs::refund::{Plan, Refunded};
use crate::ports::Way;
use crate::problem::{Kind, Problem, Result};
use crate::views;

/// What the plan comes to, for reading before the yes.
pub fn plan_text(book: Reader<'_>, plan: &Plan, wants_mail: bool) -> Result<String> {
    let (amount, payment, card) = (plan.amount, plan.payment.id, plan.card.name());
    let (code, name) = (&plan.customer.code, &plan.customer.name);
    let mut text = match plan.way {
        Way::Refund => format!("{amount} of {payment} back to {card} of {code} ({name})\n"),
        Way::Void => format!("the charge of {amount} to {card} of {code} ({name}), {payment}\n"),
    };
    let mut rows = Vec::new();
    for share in &plan.shares {
        if let TakenFrom::Invoice { number, .. } = &share.from {
            let open = book.find_invoice(number, None)?.open;
            rows.push(vec![
                format!("  {number}"),
                share.amount.to_string(),
                open.plus(share.amount).to_string(),
            ]);
        }
    }
    if !rows.is_empty() {
        let headers = ["  invoice", "reopens", "open then"];
        text.push_str(&table(&headers, &[1, 2], rows));
        text.push('\n');
    }
    text.push_str(&from_account(&plan.shares, "comes"));
    match book.addresses(&plan.customer, Gets::Receipts)?.join(", ") {
        to if wants_mail && !to.is_empty() => text.push_str(&format!("{to} is told by mail")),
        _ => text.push_str("no mail is written"),
    }
    Ok(text)
}

fn from_account(shares: &[RefundShare], verb: &str) -> String {
    let account = shares
        .iter()
        .find(|share| share.from == TakenFrom::Account && share.amount.is_positive());
    account.map_or_else(String::new, |share| {
        format!("  {} {verb} from what pays no invoice\n", share.amount)
    })
}

/// A refund as it stands: the document, the words, and the exit code it asks for.
pub fn refund_report(book: Reader<'_>, id: RefundId) -> Result<Report> {
    let refund = book.refund(id)?;
    let text = match refund.attempt.state {
        State::Succeeded => receipt(book, &refund)?,
        _ => String::new(),
    };
    let mut report = Report::new("dues.refund/1", views::refund(book, &refund)?, text);
    report.problem = standing_problem(book, &refund)?;
    Ok(report)
}

/// The card that the money came from, and goes back to.
fn card_of(book: Reader<'_>, refund: &RefundRow) -> Result<Card> {
    let charge = book.payment(refund.payment)?.charge;
    let charge = charge.ok_or_else(|| Problem::bug(format!("{} is of no charge", refund.id)))?;
    book.card(book.charge(charge)?.card)
}

/// Which refund: `120.00 USD of PAY-3 back to visa 4242`.
pub fn which(book: Reader<'_>, refund: &RefundRow) -> Result<String> {
    goes(book, refund, "back")
}

/// The same as what it does: `120.00 USD of PAY-3 went back to visa 4242`.
pub fn goes(book: Reader<'_>, refund: &RefundRow, verb: &str) -> Result<String> {
    let card = card_of(book, refund)?.name();
    Ok(format!(
        "{} of {} {verb} to {card}",
        refund.amount, refund.payment
    ))
}

/// One line under the payment that it gives back, where there is something to
/// say: `120.00 USD was given back on 2026-11-28 (RF-1)`.
pub fn given_back(book: Reader<'_>, refund: &RefundRow) -> Result<Option<String>> {
    let (id, attempt) = (refund.id, &refund.attempt);
    if attempt.state.is_open() {
        return Ok(Some(format!(
            "{} may be given back: {id} is {}",
            refund.amount, attempt.state
        )));
    }
    let mut parts = Vec::new();
    for (on, amount) in book.given_by(id)? {
        parts.push(if amount.is_positive() {
            let verb = if refund.is_void {
                "voided"
            } else {
                "given back"
            };
            format!("{amount} was {verb} on {on} ({id})")
        } else {
            let amount = Money::zero(amount.currency()).minus(amount);
            format!("the bank sent {amount} back on {on}")
        });
    }
    Ok((!parts.is_empty()).then(|| parts.join("; ")))
}

/// What was given back, when, and what is open again.
pub fn receipt(book: Reader<'_>, refund: &RefundRow) -> Result<String> {
    let (id, payment) = (refund.id, refund.payment);
    let card = card_of(book, refund)?.name();
    let customer = book.customer(refund.customer)?;
    let facts = book.given_by(id)?;
    let given = facts.first().map_or(refund.amount, |(_, amount)| *amount);
    let code = &customer.code;
    let mut text = if refund.is_void {
        format!("Voided the charge of {given} to {card} of {code} ({id} of {payment}).\n")
    } else {
        format!("Gave {given} of {payment} back to {card} of {code} ({id}).\n")
    };
    if given != refund.amount {
        text.push_str(&format!("  {} was asked\n", refund.amount));
    }
    let mut left = given;
    let mut shares = book.refund_shares(id)?;
    for share in &mut shares {
        share.amount = share.amount.at_most(left);
        left = left.minus(share.amount);
    }
    let mut rows = Vec::new();
    for share in &shares {
        if let TakenFrom::Invoice { number, .. } = &share.from {
            let open = book.find_invoice(number, None)?.open;
            rows.push(vec![
                format!("  {number}"),
                share.amount.to_string(),
                if open == share.amount {
                    "open again".to_owned()
                } else {
                    format!("open again; {open} is open there now")
                },
            ]);
        }
    }
    if !rows.is_empty() {
        // Without headers: it reads as a sentence.
        let lines = table(&["", "", ""], &[1], rows);
        text.push_str(&lines.lines().skip(1).collect::<Vec<_>>().join("\n"));
        text.push('\n');
    }
    text.push_str(&from_account(&shares, "came"));
    for (on, amount) in facts.iter().skip(1) {
        let back = Money::zero(amount.currency()).minus(*amount);
        text.push_str(&format!("  the bank sent {back} back on {on}\n"));
    }
    let mails = book.mails_of(payment)?;
    let told: Vec<String> = mails
        .iter()
        .filter(|mail| mail.event == format!("refund:{id}"))
        .map(|mail| {
            let state = mail.state.word().replace('_', " ");
            format!("The mail to {} is {state}.", mail.letter.to)
        })
        .collect();
    text.push_str(&match told.join(" ") {
        told if !told.is_empty() => told,
        _ if book.addresses(&customer, Gets::Receipts)?.is_empty() => {
            "No mail was written, as there is no mail address.".to_owned()
        }
        _ => "No mail was written.".to_owned(),
    });
    Ok(text)
}

/// What a state other than success means, and what to do.
pub fn standing_problem(book: Reader<'_>, refund: &RefundRow) -> Result<Option<Problem>> {
    let (id, attempt) = (refund.id, &refund.attempt);
    let why = attempt.note.as_deref();
    let why = why.map(|note| format!(" ({note})")).unwrap_or_default();
    let problem = match attempt.state {
        State::Succeeded => return Ok(None),
        State::Declined => {
            let said = attempt.decline.as_ref();
            let said =
                said.map_or_else(String::new, |no| format!(": {} ({})", no.code, no.message));
            Problem::new(
                Kind::Declined,
                "refund_declined",
                format!("the bank refused {id}{said}; nothing was given back"),
            )
            .hint("Pay the customer in another way, or try again on another day.")
        }
        State::NotMade => Problem::refused(
            "not_made",
            format!("{id} was not made; nothing was given back{why}"),
        )
        .hint(format!(
            "Run `dues payment {} {}` again when the reason is gone.",
            if refund.is_void { "void" } else { "refund" },
            refund.payment
        )),
        State::Pending => Problem::new(
            Kind::Unknown,
            "refund_pending",
            format!(
                "the gateway has {id} and is still deciding; {}{why}",
                goes(book, refund, "may yet go back")?
            ),
        )
        .hint("Run `dues charge recover` later to hear its decision. Its money stays reserved."),
        State::Review => Problem::new(
            Kind::Unknown,
            "refund_in_review",
            format!("a person must decide {id}: money may have been given back{why}"),
        )
        .hint("See `dues charge review` for what to look for at the gateway."),
        State::Prepared | State::Sending | State::Unknown => Problem::new(
            Kind::Unknown,
            "outcome_unknown",
            format!(
                "{id}: nobody knows yet whether {}{why}",
                goes(book, refund, "went back")?
            ),
        )
        .hint(
            "Run `dues charge recover` to find out. Do not give it back in any other way before.",
        ),
    };
    Ok(Some(problem))
}

/// What can be said of a refund by itself, when the book cannot be read any
/// more: what was sent decides.
pub fn unreadable(refunded: &Refunded, problem: &Problem) -> Problem {
    let (kind, fact) = match refunded.state {
        State::Succeeded => (
            Kind::Partial,
            "the money was given back, and the book has it",
        ),
        State::Declined => (Kind::Declined, "it was declined; nothing was given back"),
        State::NotMade => (Kind::Partial, "it was not made; nothing was given back"),
        _ => (
            Kind::Unknown,
            "nobody knows yet whether the money was given back",
        ),
    };
    let id = refunded.refund;
    let fact = format!(
        "{id}: {fact}; the book cannot be read any more: {}",
        problem.fact()
    );
    Problem::new(kind, "refund_unreadable", fact).hint(format!(
        "See `dues refund show {id}` when it can be read again; give nothing back again before."
    ))
}

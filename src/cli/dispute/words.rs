//! What is said of a dispute: how it stands, until when to answer, what to do.

use jiff::civil::Date;

use crate::books::{DisputeRow, KeptFor, Reader};
use crate::cli::attaching;
use crate::cli::terminal::table;
use crate::domain::dispute::{Outcome, Urgency};
use crate::problem::Result;
use crate::views::disputes::{Reopened, reopened, state};

/// What an open dispute waits for: an answer until a day, or the bank.
pub fn deadline(dispute: &DisputeRow, today: Date) -> String {
    if let Some(answer) = &dispute.answered {
        let reference = answer.reference.as_ref();
        let reference = reference.map(|it| format!(" ({it})")).unwrap_or_default();
        return format!("answered on {}{reference}, waiting for the bank", answer.on);
    }
    match Urgency::of(dispute.respond_by, today) {
        Urgency::Overdue(day) => format!("the answer was due by {day}"),
        Urgency::AnswerBy(day) => format!("answer by {day}"),
        Urgency::NoDay => "nobody wrote down until when to answer".to_owned(),
    }
}

/// An open dispute in a line, for whoever is about to charge or looks at a customer.
pub fn line(dispute: &DisputeRow, today: Date) -> String {
    format!(
        "{}: the bank took {} of {} back from {} ({}); {}",
        dispute.id,
        dispute.amount,
        dispute.payment,
        dispute.owner,
        dispute.reason,
        deadline(dispute, today)
    )
}

/// A dispute, beside the payment that it took.
pub fn beside_payment(dispute: &DisputeRow) -> String {
    let (id, amount) = (dispute.id, dispute.amount);
    match dispute.outcome {
        None => format!(
            "the bank took {amount} back on {} ({id}, open)",
            dispute.opened_on
        ),
        Some((Outcome::Won, on)) => format!(
            "the bank took {amount} back on {} and gave it again on {on} ({id})",
            dispute.opened_on
        ),
        Some((outcome, on)) => format!(
            "the bank took {amount} back on {} ({id}, {outcome} on {on})",
            dispute.opened_on
        ),
    }
}

/// A dispute with what it reopened and what to do.
pub fn told(book: Reader<'_>, dispute: &DisputeRow, today: Date) -> Result<String> {
    let customer = book.customer(dispute.customer)?;
    let mut text = format!(
        "{} · {} · {} of {} from {} ({})\n",
        dispute.id,
        state(dispute),
        dispute.amount,
        dispute.payment,
        customer.code,
        customer.name
    );
    if let Some(charge) = book.payment(dispute.payment)?.charge {
        let card = book.card(book.charge(charge)?.card)?;
        text.push_str(&format!("by charge {charge} on {}\n", card.name()));
    }
    text.push_str(&format!("reason: {}\n", dispute.reason));
    text.push_str(&format!("opened on {}", dispute.opened_on));
    match dispute.outcome {
        None => text.push_str(&format!(" · {}", deadline(dispute, today))),
        Some((outcome, on)) => {
            if let Some(answer) = &dispute.answered {
                text.push_str(&format!(" · answered on {}", answer.on));
            }
            text.push_str(&format!(" · {outcome} on {on}"));
        }
    }
    text.push('\n');
    if let Some(because) = &dispute.because {
        text.push_str(&format!("because: {because}\n"));
    }
    if dispute.fee.is_positive() {
        text.push_str(&format!("the gateway took a fee of {}\n", dispute.fee));
    }
    text.push_str(&attaching::lines(
        &book.attachments(KeptFor::Dispute(dispute.id))?,
    ));
    let reopened = reopened(book, dispute)?;
    if !reopened.is_empty() {
        text.push_str(&invoices(&reopened));
        text.push('\n');
    }
    text.push_str(&what_to_do(dispute, &reopened));
    Ok(text.trim_end().to_owned())
}

fn invoices(reopened: &[Reopened]) -> String {
    let rows = reopened.iter().map(|it| {
        let hold = if it.on_hold { "on hold" } else { "" };
        vec![
            format!("  {}", it.invoice.number),
            it.amount.to_string(),
            it.invoice.owed().to_string(),
            hold.to_owned(),
        ]
    });
    table(
        &["  invoice", "reopened", "open now", ""],
        &[1, 2],
        rows.collect(),
    )
}

fn what_to_do(dispute: &DisputeRow, reopened: &[Reopened]) -> String {
    let id = dispute.id;
    match dispute.outcome {
        None if dispute.answered.is_some() => {
            format!("When the bank decides: `dues dispute won {id}` or `dues dispute lost {id}`.\n")
        }
        None => format!(
            "Answer it on the gateway's own page with what `dues dispute evidence {id}` puts together, then write it down with \
             `dues dispute answered {id}`. When the bank decides: `dues dispute won {id}` or `dues dispute lost {id}`. To give in: `dues dispute accept {id}`.\n"
        ),
        Some((Outcome::Won, _)) => String::new(),
        Some((Outcome::Lost | Outcome::Accepted, _)) => {
            let mut text = String::new();
            let waiting = |it: &&Reopened| it.on_hold && it.invoice.owed().is_positive();
            for it in reopened.iter().filter(waiting) {
                let number = &it.invoice.number;
                text.push_str(&format!(
                    "{number} stays open and on hold: agree with {} on another way to pay. `dues invoice release {number}` \
                     lets schedules and autopay charge it again.\n",
                    dispute.owner
                ));
            }
            text
        }
    }
}

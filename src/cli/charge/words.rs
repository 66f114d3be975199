//! What is said of a charge: its plan, its receipt, and what a state other than success means.

use crate::books::{ChargeRow, Reader};
use crate::cli::dispute;
use crate::cli::refund::words::given_back;
use crate::cli::terminal::{Report, table};
use crate::domain::charge::State;
use crate::domain::contact::Gets;
use crate::domain::decline::words_for_customer;
use crate::domain::ids::ChargeId;
use crate::domain::spread::{Share, Spread};
use crate::jobs::charge::Charged;
use crate::jobs::plan::Plan;
use crate::problem::{Kind, Problem, Result};
use crate::views;

/// What a person who charges by hand is to know first: whom or what is on hold,
/// and what a bank took back.
pub fn cautions(book: Reader<'_>, plan: &Plan) -> Result<Vec<String>> {
    let (customer, mut said) = (&plan.customer, Vec::new());
    if let Some(hold) = book.hold_of(customer.id)? {
        said.push(format!(
            "{} is on hold ({}); you may charge all the same",
            customer.code, hold.because
        ));
    }
    for dispute in book.open_disputes(Some(customer.id))? {
        said.push(dispute::words::line(&dispute, plan.on));
    }
    for (number, because) in &plan.held {
        said.push(format!(
            "{number} is on hold ({because}); you may charge it all the same"
        ));
    }
    Ok(said)
}

/// What the plan comes to, for reading before the yes; `mail_to`: where the confirmation goes.
pub fn plan_text(plan: &Plan, cautions: &[String], mail_to: &[String]) -> String {
    let spread = &plan.spread;
    let mut text = format!(
        "{} from {} of {} ({})\n",
        spread.charged,
        plan.card.name(),
        plan.customer.code,
        plan.customer.name
    );
    text.push_str(&shares_text(spread));
    for caution in cautions {
        text.push_str(&format!("{caution}\n"));
    }
    match mail_to {
        [] => text.push_str("no confirmation is mailed\n"),
        to => text.push_str(&format!("the confirmation goes to {}\n", to.join(", "))),
    }
    text.trim_end().to_owned()
}

pub fn shares_text(spread: &Spread) -> String {
    let mut text = shares_table(&spread.shares);
    if spread.unapplied.is_positive() {
        text.push_str(&format!("  {} stays on account\n", spread.unapplied));
    }
    text
}

pub fn shares_table(shares: &[Share]) -> String {
    let rows: Vec<Vec<String>> = shares
        .iter()
        .map(|share| {
            let from = share
                .from
                .map_or_else(|| "card".to_owned(), |payment| format!("credit {payment}"));
            vec![
                format!("  {}", share.number),
                share.amount.to_string(),
                from,
            ]
        })
        .collect();
    let mut text = String::new();
    if !rows.is_empty() {
        text.push_str(&table(&["  invoice", "pays", "from"], &[1], rows));
        text.push('\n');
    }
    text
}

/// What can be said of a charge by itself, when the book cannot be read any
/// more: what was sent decides.
pub fn unreadable(charged: &Charged, problem: &Problem) -> Problem {
    let (kind, fact) = match charged.state {
        State::Succeeded => (Kind::Partial, "the card was charged, and the book has it"),
        State::Declined => (Kind::Declined, "the card was declined; nothing was charged"),
        State::NotMade => (Kind::Partial, "it was not made; nothing was charged"),
        _ => (
            Kind::Unknown,
            "nobody knows yet whether the card was charged",
        ),
    };
    let id = charged.charge;
    let fact = format!(
        "{id}: {fact}; the book cannot be read any more: {}",
        problem.fact()
    );
    Problem::new(kind, "charge_unreadable", fact).hint(format!(
        "See `dues charge show {id}` when it can be read again; do not charge again before."
    ))
}

/// A charge as it stands: the document, the words, and the exit code it asks for.
pub fn charge_report(book: Reader<'_>, id: ChargeId) -> Result<Report> {
    let charge = book.charge(id)?;
    let text = match charge.attempt.state {
        State::Succeeded => receipt(book, &charge)?,
        _ => String::new(),
    };
    let mut report = Report::new("dues.charge/1", views::charge(book, &charge)?, text);
    report.problem = standing_problem(book, &charge)?;
    Ok(report)
}

pub fn receipt(book: Reader<'_>, charge: &ChargeRow) -> Result<String> {
    let card = book.card(charge.card)?;
    let customer = book.customer(charge.customer)?;
    let Some(payment) = book.payment_of(charge.id)? else {
        return Ok(String::new());
    };
    let mut text = format!(
        "Charged {} to {} of {} ({}).\n",
        payment.amount,
        card.name(),
        customer.code,
        charge.id
    );
    if payment.amount != charge.amount {
        text.push_str(&format!("  {} was asked\n", charge.amount));
    }
    let mut rows = Vec::new();
    for share in book.paid_by(charge)? {
        let left = if share.left.is_zero() {
            "paid in full".to_owned()
        } else {
            format!("{} left", share.left)
        };
        let from = share
            .from_credit
            .map(|credit| format!("from credit {credit}"))
            .unwrap_or_default();
        rows.push(vec![
            format!("  {}", share.number),
            share.amount.to_string(),
            left,
            from,
        ]);
    }
    if !rows.is_empty() {
        // Without headers: it reads as a sentence.
        let lines = table(&["", "", "", ""], &[1], rows);
        text.push_str(&lines.lines().skip(1).collect::<Vec<_>>().join("\n"));
        text.push('\n');
    }
    if payment.credit.open.is_positive() {
        text.push_str(&format!("  {} stays on account\n", payment.credit.open));
    }
    for refund in book.refunds_of(payment.id)? {
        if let Some(line) = given_back(book, &refund)? {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push_str(&format!("Booked as {}", payment.id));
    let mails = book.mails_of(payment.id)?;
    let confirmation = format!("confirmation:{}", payment.id);
    let told: Vec<String> = mails
        .iter()
        .filter(|mail| mail.event == confirmation)
        .map(|mail| {
            let state = mail.state.word().replace('_', " ");
            format!("the confirmation to {} is {state}", mail.letter.to)
        })
        .collect();
    match told.join(", ") {
        told if !told.is_empty() => text.push_str(&format!("; {told}.")),
        _ if book.addresses(&customer, Gets::Receipts)?.is_empty() => {
            text.push_str("; no confirmation, as there is no mail address.");
        }
        _ => text.push('.'),
    }
    Ok(text)
}

/// What a state other than success means, and what to do.
pub fn standing_problem(book: Reader<'_>, charge: &ChargeRow) -> Result<Option<Problem>> {
    let (id, attempt) = (charge.id, &charge.attempt);
    let card = book.card(charge.card)?.name();
    let why = attempt
        .note
        .as_deref()
        .map(|note| format!(" ({note})"))
        .unwrap_or_default();
    let problem = match attempt.state {
        State::Succeeded => return Ok(None),
        State::Declined => {
            let Some(decline) = &attempt.decline else {
                return Ok(None);
            };
            Problem::new(
                Kind::Declined,
                "card_declined",
                format!(
                    "{card} was declined: {} ({}); nothing was charged",
                    decline.code, decline.message
                ),
            )
            .hint(format!(
                "You can tell the customer: \"{}\" {}",
                words_for_customer(&decline.code, decline.class),
                decline.class.advice()
            ))
        }
        State::NotMade => Problem::refused(
            "not_made",
            format!("{id} was not made; nothing was charged{why}"),
        )
        .hint("Charge again when the reason is gone."),
        State::Pending => Problem::new(
            Kind::Unknown,
            "charge_pending",
            format!("the gateway has {id} and is still deciding; {card} may yet be charged{why}"),
        )
        .hint("Run `dues charge recover` later to hear its decision. Its invoices stay reserved."),
        State::Review => Problem::new(
            Kind::Unknown,
            "charge_in_review",
            format!("a person must decide {id}: money may have been taken{why}"),
        )
        .hint("See `dues charge review` for what to look for at the gateway."),
        State::Prepared | State::Sending | State::Unknown => Problem::new(
            Kind::Unknown,
            "outcome_unknown",
            format!(
                "nobody knows yet whether {card} was charged {}{why}",
                charge.amount
            ),
        )
        .hint("Run `dues charge recover` to find out. Do not charge it in any other way before."),
    };
    Ok(Some(problem))
}

pub fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times, under one key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChargeId;

    #[test]
    fn what_was_sent_decides_even_where_the_book_cannot_be_read() {
        let busy = Problem::new(Kind::Busy, "book_busy", "another program is writing");
        for (state, kind) in [
            (State::Succeeded, Kind::Partial),
            (State::Declined, Kind::Declined),
            (State::NotMade, Kind::Partial),
            (State::Unknown, Kind::Unknown),
            (State::Pending, Kind::Unknown),
            (State::Review, Kind::Unknown),
        ] {
            let charged = Charged {
                charge: ChargeId(7),
                state,
                repeated: false,
                not_made: None,
            };
            assert_eq!(unreadable(&charged, &busy).kind(), kind, "{state}");
        }
    }
}

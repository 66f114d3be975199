//! `dues gateway reconcile`: takes back what was charged and the book does not know.

use serde_json::{Value, json};

use crate::books::{Books, Reader, RefundRow};
use crate::cli::session::Session;
use crate::cli::still_open::still_open;
use crate::cli::terminal::{Haste, Report};
use crate::domain::charge::{Answer, State};
use crate::domain::purpose::Purpose;
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::adopt::Adopted;
use crate::jobs::reconcile::{Aside, How, Looked, Missing, Reconciled, reconcile};
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::wiring::Desk;

/// Compares, takes back, unlocks.
pub fn run(session: &Session, compared: Option<&str>, on_account: bool) -> Result<Report> {
    let compared = compared.map(|text| Text::Reason.read(text)).transpose()?;
    let books = session.books()?;
    let desk = Desk::of(&session.config, &books)?;
    let tell = |news: &News| {
        if matches!(news, News::Waiting) {
            session
                .terminal
                .say("another dues is charging; waiting for it to finish");
        }
    };
    let mut world = session.world(books, &desk, &tell);
    let how = How {
        compared: compared.as_deref(),
        on_account,
        only_look: session.dry_run,
    };
    let done = reconcile(&mut world, &how)?;
    let mut report = match told(&world.books, &done, session.dry_run) {
        Ok(report) => report,
        // What was taken back stands, whether or not it can be read again.
        Err(problem) if done.had_effects() => Report {
            problem: Some(problem.after_effects()),
            ..Report::default()
        },
        Err(problem) => return Err(problem),
    };
    report.posts_mail = (!session.dry_run).then_some(Haste::Brief);
    session.finish(world.books);
    Ok(report)
}

fn told(books: &Books, done: &Reconciled, dry_run: bool) -> Result<Report> {
    let book = books.read();
    let mut lines = Vec::new();
    lines.extend(done.looked.iter().map(looked_line));
    for missing in done.missing.iter().filter(|_| dry_run) {
        lines.push(missing_line(missing));
    }
    for adopted in &done.adopted {
        lines.push(adopted_line(book, adopted)?);
    }
    for Aside { problem, held } in &done.set_aside {
        lines.push(format!("set aside: {}", problem.message()));
        if !held.is_empty() {
            lines.push(format!(
                "  on hold now, so that schedules and autopay do not charge it again: {}; \
                 `dues invoice release` lets go of it",
                held.join(", ")
            ));
        }
    }
    for problem in &done.left {
        lines.push(format!("waits: {}", problem.message()));
        if let Some(hint) = problem.advice() {
            lines.push(format!("  {hint}"));
        }
    }
    lines.extend(match (dry_run, done.unlocked, done.set_aside.is_empty()) {
        (true, ..) => Some("nothing was written (dry run)".to_owned()),
        (_, true, true) => Some("No charge is missing from the book; charging is open.".to_owned()),
        (_, true, false) => Some("What was set aside is in the log; charging is open.".to_owned()),
        _ => None,
    });
    let data = json!({
        "dry_run": dry_run,
        "unlocked": done.unlocked,
        "gateways": done.looked.iter().map(|looked| json!({
            "gateway": looked.gateway, "missing": looked.charges + looked.refunds,
        })).collect::<Vec<_>>(),
        "missing": done.missing.iter().map(|one| json!({
            one.purpose.word(): one.purpose.to_string(), "amount": views::money(one.amount), "gateway": one.gateway,
            "listed": one.answer.is_some(),
        })).collect::<Vec<_>>(),
        "adopted": done.adopted.iter().map(|one| views::purpose(book, one.purpose)).collect::<Result<Vec<Value>>>()?,
        "left": done.left.iter().map(told_of).collect::<Vec<_>>(),
        "set_aside": done.set_aside.iter().map(|one| json!({
            "code": one.problem.code(), "message": one.problem.message(), "held": one.held,
        })).collect::<Vec<_>>(),
    });
    let mut report = Report::new("dues.reconciled/1", data, lines.join("\n"));
    report.problem = standing(books, done)?;
    Ok(report)
}

fn told_of(problem: &Problem) -> Value {
    json!({"code": problem.code(), "message": problem.message(), "hint": problem.advice()})
}

fn looked_line(looked: &Looked) -> String {
    let Looked {
        gateway,
        charges,
        refunds,
    } = looked;
    let charges = match charges {
        0 => None,
        1 => Some("1 charge".to_owned()),
        n => Some(format!("{n} charges")),
    };
    let refunds = match refunds {
        0 => None,
        1 => Some("1 refund".to_owned()),
        n => Some(format!("{n} refunds")),
    };
    let are = if looked.charges + looked.refunds == 1 {
        "is"
    } else {
        "are"
    };
    let missing = match (charges, refunds) {
        (None, None) => return format!("{gateway}: the book knows every charge on its list"),
        (Some(charges), Some(refunds)) => format!("{charges} and {refunds}"),
        (Some(one), None) | (None, Some(one)) => one,
    };
    format!("{gateway}: {missing} on its list {are} not in the book")
}

fn missing_line(missing: &Missing) -> String {
    let Missing {
        purpose,
        amount,
        gateway,
        answer,
    } = missing;
    let charge = purpose;
    match answer {
        Some(Answer::Taken(capture)) if purpose.refund().is_some() => {
            format!(
                "{purpose}: {gateway} gave {} back under {}",
                capture.amount, capture.id
            )
        }
        Some(Answer::Taken(capture)) => {
            format!(
                "{charge}: {gateway} took {} under {}",
                capture.amount, capture.id
            )
        }
        Some(Answer::Pending(_)) => format!("{charge}: {gateway} is still deciding {amount}"),
        Some(Answer::Declined(_)) => format!("{charge}: {gateway} declined {amount}"),
        Some(Answer::Kept(why) | Answer::Unknown(why)) => {
            format!("{charge}: {amount} at {gateway}: {why}")
        }
        None => format!("{charge}: {amount} was on its way to {gateway}; it would be asked for"),
    }
}

fn adopted_line(book: Reader<'_>, adopted: &Adopted) -> Result<String> {
    let charge = match adopted.purpose {
        Purpose::Take(charge) => book.charge(charge)?,
        Purpose::GiveBack(refund) => return refund_line(book, &book.refund(refund)?, adopted),
    };
    let customer = book.customer(charge.customer)?.code;
    let (id, amount) = (charge.id, charge.amount);
    let line = match (adopted.state, book.payment_of(id)?) {
        (State::Succeeded, Some(payment)) if adopted.late => format!(
            "{id}: {amount} from {customer} was taken after it had been closed as not charged; it is booked as {}, \
             {} of it on account",
            payment.id, payment.credit.open
        ),
        (State::Succeeded, Some(payment)) if payment.credit.open.is_positive() => format!(
            "{id}: {amount} from {customer} is booked as {}; {} of it is on account",
            payment.id, payment.credit.open
        ),
        (State::Succeeded, Some(payment)) => {
            format!("{id}: {amount} from {customer} is booked as {}", payment.id)
        }
        (State::Unknown, _) => format!(
            "{id}: {amount} from {customer} was on its way; whether it was taken is not known yet"
        ),
        (state, _) => format!("{id}: {amount} from {customer} is {state}"),
    };
    Ok(match book.hold_of(charge.customer)? {
        Some(hold) => format!("{line}; {customer} is on hold: {}", hold.because),
        None => line,
    })
}

fn refund_line(book: Reader<'_>, refund: &RefundRow, adopted: &Adopted) -> Result<String> {
    let customer = book.customer(refund.customer)?.code;
    let RefundRow {
        id,
        amount,
        payment,
        ..
    } = refund;
    Ok(match adopted.state {
        State::Succeeded if adopted.late => format!(
            "{id}: {amount} of {payment} went back to {customer} after it had been closed as not given back; it is booked"
        ),
        State::Succeeded => {
            format!("{id}: {amount} of {payment} went back to {customer}; it is booked")
        }
        State::Unknown => format!(
            "{id}: {amount} of {payment} to {customer} was on its way; whether it was given back is not known yet"
        ),
        state => format!("{id}: {amount} of {payment} to {customer} is {state}"),
    })
}

fn standing(books: &Books, done: &Reconciled) -> Result<Option<Problem>> {
    if !done.unlocked && !done.left.is_empty() {
        let what = match done.left.len() {
            1 => "1 charge waits, and charging stays locked".to_owned(),
            n => format!("{n} charges wait, and charging stays locked"),
        };
        return Ok(Some(
            Problem::new(Kind::Attention, "not_reconciled", what).hint(
                "Do what stands beside each, then run `dues gateway reconcile` again. A charge whose card never \
                 comes back is set aside with `--compared \"how you booked it instead\"`; the money of an invoice \
                 that never does is booked with `--on-account`.",
            ),
        ));
    }
    match &done.stopped {
        Some(problem) => Ok(Some(problem.clone())),
        None => still_open(books),
    }
}

//! `dues status`: what needs a person, and nothing else.

use jiff::tz::TimeZone;
use serde_json::json;

use super::dispute;
use super::due_dates::{line, view};
use super::refund::words::which;
use super::session::Session;
use super::tables::joined;
use super::terminal::Report;
use crate::books::MailRow;
use crate::domain::hour::on_the_wall;
use crate::domain::money::Sums;
use crate::domain::outbox::MailState;
use crate::jobs::attention::{WaitsFor, attention, open_refunds};
use crate::jobs::due::Reason;
use crate::jobs::memory::charging_is_open;
use crate::jobs::outbox::{Trouble, trouble};
use crate::jobs::today::{How, Today};
use crate::ports::Clock;
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::wiring::{Desk, has_mail_server};

/// Stands below the command's own help.
pub const HELP: &str = "Exit code 8 says that something needs a person, 0 that nothing does.";

/// Gathers what needs a person; quietly, only that is printed.
pub fn run(session: &Session, quiet: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let facts = book.facts()?;
    let today = session.today(&books)?;
    let mut urgent = Vec::new();
    let mut soon = Vec::new();

    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    let locked = charging_is_open(&books, &desk.marks).is_err();
    if locked {
        urgent.push(
            "charging is locked: this book may have forgotten charges; run `dues gateway reconcile`"
                .to_owned(),
        );
    }
    let mut disputes = Vec::new();
    // By the day of their answer: what is overdue stands first.
    for dispute in &book.open_disputes(None)? {
        let line = dispute::words::line(dispute, today);
        match dispute.answered {
            None => urgent.push(line),
            Some(_) => soon.push(line),
        }
        disputes.push(views::disputes::dispute(book, dispute, today)?);
    }
    let found = attention(&books, session.clock.now(), &outlook)?;
    let mut open = Vec::new();
    for (charge, waits_for) in found.open {
        let customer = book.customer(charge.customer)?.code;
        let (id, amount, state) = (charge.id, charge.amount, charge.attempt.state);
        match waits_for {
            WaitsFor::Sender => {
                soon.push(format!("{id}: {amount} from {customer} is on its way now"));
            }
            WaitsFor::Recovery => urgent.push(format!(
                "{id}: {amount} from {customer} is {state}; run `dues charge recover`"
            )),
            WaitsFor::Person => urgent.push(format!(
                "{id}: a person must decide {amount} from {customer}; see `dues charge review`"
            )),
        }
        let mut row = views::charge(book, &charge)?;
        row["waits_for"] = waits_for.word().into();
        open.push(row);
    }
    let mut open_back = Vec::new();
    for (refund, waits_for) in open_refunds(&books)? {
        let customer = book.customer(refund.customer)?.code;
        let (id, state) = (refund.id, refund.attempt.state);
        let which = format!("{} of {customer}", which(book, &refund)?);
        match waits_for {
            WaitsFor::Sender => soon.push(format!("{id}: {which} is on its way now")),
            WaitsFor::Recovery => urgent.push(format!(
                "{id}: {which} is {state}; run `dues charge recover`"
            )),
            WaitsFor::Person => urgent.push(format!(
                "{id}: a person must decide {which}; see `dues charge review`"
            )),
        }
        let mut row = views::refund(book, &refund)?;
        row["waits_for"] = waits_for.word().into();
        open_back.push(row);
    }
    let (mails_urgent, mails_soon) = mail_lines(session, &found.unsent, &facts.zone);
    urgent.extend(mails_urgent);
    soon.extend(mails_soon);
    let mut broken = Vec::new();
    for (note, promise, paid) in book.broken_promises(today)? {
        let customer = book.customer(note.customer)?.code;
        urgent.push(format!(
            "{customer} promised {} until {} and has paid {paid}; see `dues customer note list {customer}`",
            promise.amount, promise.by
        ));
        broken.push(json!({
            "customer": customer, "amount": views::money(promise.amount), "by": promise.by.to_string(),
            "paid": views::money(paid), "note": note.text,
        }));
    }
    if let Some(problem) = outlook.no_run().filter(|_| !locked) {
        let is_due = |date: &Today| matches!(date.how, How::Passed(Reason::NoRun(_)));
        if found.dates.iter().any(is_due) {
            urgent.push(format!("no run can charge what is due: {problem}"));
        }
    }
    for date in &found.dates {
        let line = line(date, &facts.zone);
        match &date.how {
            // Said once for all of them.
            How::Passed(Reason::NoRun(_)) => {}
            _ if date.needs_a_person() => urgent.push(line),
            _ => soon.push(line),
        }
    }
    let mut declined = Vec::new();
    for charge in found.declined {
        if let Some(decline) = &charge.attempt.decline {
            let customer = book.customer(charge.customer)?.code;
            soon.push(format!(
                "{}: {} from {customer} was declined ({})",
                charge.id, charge.amount, decline.code
            ));
            declined.push(charge.id.to_string());
        }
    }
    let mut sent_back = Vec::new();
    for refund in &found.sent_back {
        let customer = book.customer(refund.customer)?.code;
        let (id, amount, payment) = (refund.id, refund.amount, refund.payment);
        soon.push(format!(
            "{id}: the bank sent {amount} of {payment} back; {customer} did not get it"
        ));
        sent_back.push(id.to_string());
    }
    let unidentified = book.unidentified()?;
    let mut nameless = Sums::default();
    for receipt in &unidentified {
        nameless.add(receipt.amount);
    }
    if !unidentified.is_empty() {
        let (count, sum) = (unidentified.len(), joined(nameless.each()));
        let what = if count == 1 {
            "payment has"
        } else {
            "payments have"
        };
        soon.push(format!(
            "{count} {what} no owner yet ({sum}); see `dues payment list --unidentified`"
        ));
    }
    let mut expiring = Vec::new();
    for card in found.expiring {
        if let Some(expiry) = card.facts.expiry {
            let customer = book.customer(card.customer)?.code;
            let verb = if expiry.has_passed(today) {
                "expired in"
            } else {
                "expires in"
            };
            soon.push(format!(
                "{customer}: {} {verb} {expiry}; ask for the new card",
                card.name()
            ));
            expiring.push(json!({"customer": customer, "last4": card.facts.last4, "expiry": expiry.to_string()}));
        }
    }
    let is_written = |mail: &&MailRow| mail.state == MailState::Written;
    let data = json!({
        "written_mails": found.unsent.iter().filter(is_written).count(),
        "broken_promises": broken, "locked": locked,
        "open_charges": open,
        "open_refunds": open_back, "disputes": disputes,
        "unsent_mails": found.unsent.iter().map(views::mail).collect::<Vec<_>>(),
        "declined": declined, "sent_back": sent_back, "unidentified": unidentified.iter().map(views::receipt).collect::<Vec<_>>(),
        "expiring_cards": expiring, "scheduled": found.dates.iter().map(view).collect::<Vec<_>>(),
    });
    let mut text = format!("{} · {} book · {today}\n", facts.name, facts.mode);
    for (heading, lines) in [("needs a person", &urgent), ("to know", &soon)] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{heading}\n"));
            for line in lines {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    if urgent.is_empty() && soon.is_empty() {
        text.push_str("Nothing needs you.");
    }
    if quiet && urgent.is_empty() {
        text.clear();
    }
    let mut report = Report::new("dues.status/1", data, text);
    if !urgent.is_empty() {
        report.problem = Some(Problem::new(
            Kind::Attention,
            "needs_a_person",
            match urgent.len() {
                1 => "1 thing needs a person".to_owned(),
                n => format!("{n} things need a person"),
            },
        ));
    }
    Ok(report)
}

/// What is said of mails that are not sent: what needs a person, and what is to
/// be known. However many lie in a folder, or wait for one login, are a line.
fn mail_lines(
    session: &Session,
    unsent: &[MailRow],
    zone: &TimeZone,
) -> (Vec<String>, Vec<String>) {
    let (now, sends) = (session.clock.now(), has_mail_server(&session.config));
    let (mut urgent, mut soon) = (Vec::new(), Vec::new());
    let (mut files, mut old_files, mut not_let_in) = (Vec::new(), Vec::new(), Vec::new());
    for mail in unsent {
        let note = mail.note.as_deref().unwrap_or_default();
        let (id, to) = (mail.letter.id, &mail.letter.to);
        let why = if note.is_empty() {
            String::new()
        } else {
            format!(" ({note})")
        };
        let standing = views::mail_standing(mail.state);
        match trouble(mail, now, sends) {
            Some(Trouble::Failed) => urgent.push(format!(
                "{id}: the mail to {to} failed{why}; see `dues mail show {id}`"
            )),
            Some(Trouble::WaitsLong) => urgent.push(format!(
                "{id}: the mail to {to} {standing} since {}{why}; see `dues mail show {id}`, then `dues mail send`",
                on_the_wall(mail.letter.written_at, zone)
            )),
            Some(Trouble::NotLetIn) => not_let_in.push(mail),
            Some(Trouble::OldFile) => old_files.push(mail),
            None if mail.state == MailState::Written => files.push(mail),
            None => soon.push(format!("{id}: the mail to {to} {standing}{why}")),
        }
    }
    if let Some(first) = not_let_in.first() {
        urgent.push(format!(
            "the mail server does not let us in, and {} ({}); run `dues mail login`, then `dues mail send`",
            match not_let_in.len() {
                1 => format!("{} waits", first.letter.id),
                n => format!("{n} mails wait"),
            },
            first.note.as_deref().unwrap_or("no reason")
        ));
    }
    if let Some(oldest) = old_files.iter().min_by_key(|mail| mail.letter.id) {
        urgent.push(format!(
            "{} more than a day ago, the oldest on {}: `dues mail send --written` sends, `dues mail cancel --written` drops what you sent by hand",
            mails_written(old_files.len()),
            on_the_wall(oldest.filed_at.unwrap_or(oldest.letter.written_at), zone)
        ));
    }
    if !files.is_empty() {
        let next = match (sends, files.len()) {
            (true, _) => "`dues mail send` sends what is written",
            (false, 1) => "it goes out once a mail server is set up",
            (false, _) => "they go out once a mail server is set up",
        };
        soon.push(format!("{}; {next}", mails_written(files.len())));
    }
    (urgent, soon)
}

fn mails_written(n: usize) -> String {
    match n {
        1 => "1 mail was written and not sent".to_owned(),
        n => format!("{n} mails were written and not sent"),
    }
}

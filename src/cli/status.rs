//! `dues status`: what needs a person, and nothing else.

use jiff::ToSpan;
use serde_json::json;

use super::due_today::due_today;
use super::session::Session;
use super::terminal::Report;
use crate::domain::outbox::MailState;
use crate::jobs::attention::{WaitsFor, charging_is_open, open_charges};
use crate::mark::Marks;
use crate::ports::Clock;
use crate::problem::{Kind, Problem, Result};
use crate::views;

/// Stands below the command's own help.
pub const HELP: &str = "Exit code 8 says that something needs a person, 0 that nothing does.";

/// How long a decline stays in sight.
const DECLINES_DAYS: i32 = 7;

/// How long before its end a card is named.
const EXPIRY_DAYS: i32 = 30;

/// Gathers what needs a person; quietly, only that is printed.
pub fn run(session: &Session, quiet: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let facts = book.facts()?;
    let today = session.today(&books)?;
    let mut urgent = Vec::new();
    let mut soon = Vec::new();

    let marks = Marks::new(session.config.state_folder()?);
    let locked = charging_is_open(&books, &marks).is_err();
    if locked {
        urgent.push(
            "charging is locked: this book may have forgotten charges; run `dues gateway reconcile`"
                .to_owned(),
        );
    }
    let mut open = Vec::new();
    for (charge, waits_for) in open_charges(&books)? {
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
    let mails = book.mails(true)?;
    for mail in &mails {
        let note = mail.note.as_deref().unwrap_or_default();
        let (id, to) = (mail.letter.id, &mail.letter.to);
        match mail.state {
            MailState::Failed => urgent.push(format!(
                "{id}: the mail to {to} failed ({note}); see `dues mail show {id}`"
            )),
            state => {
                let why = if note.is_empty() {
                    String::new()
                } else {
                    format!(" ({note})")
                };
                soon.push(format!(
                    "{id}: the mail to {to} {}{why}",
                    views::mail_standing(state)
                ));
            }
        }
    }
    let due = due_today(&books, session.clock.now())?;
    urgent.extend(due.urgent);
    soon.extend(due.soon);
    let since = today.checked_sub(DECLINES_DAYS.days()).unwrap_or(today);
    let mut declined = Vec::new();
    for charge in book.declined_since(since)? {
        if let Some(decline) = &charge.attempt.decline {
            let customer = book.customer(charge.customer)?.code;
            soon.push(format!(
                "{}: {} from {customer} was declined ({})",
                charge.id, charge.amount, decline.code
            ));
            declined.push(charge.id.to_string());
        }
    }
    let horizon = today.checked_add(EXPIRY_DAYS.days()).unwrap_or(today);
    let mut expiring = Vec::new();
    for card in book.cards()?.into_iter().filter(|card| !card.disabled) {
        if let Some(expiry) = card
            .facts
            .expiry
            .filter(|expiry| expiry.has_passed(horizon))
        {
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
    let data = json!({
        "locked": locked,
        "open_charges": open,
        "unsent_mails": mails.iter().map(views::mail).collect::<Vec<_>>(),
        "declined": declined, "expiring_cards": expiring, "scheduled": due.data,
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

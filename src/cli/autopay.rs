//! `dues autopay`: customers whose due invoices are charged by themselves.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;

use super::picking::{self, hour, named_card};
use super::session::Session;
use super::terminal::{Report, table};
use crate::domain::hour::without_summer_time;
use crate::domain::ids::AutopayId;
use crate::domain::money::Money;
use crate::domain::schedule::{Autopay, Source};
use crate::jobs::apply::total;
use crate::jobs::due::ToDo;
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views::occurrences::{occurrence_view, outcome};
use crate::views::schedules::autopay_view;
use crate::wiring::Desk;

#[derive(Debug, Subcommand)]
pub enum Verb {
    On(On),
    /// Charge a customer's invoices no longer by themselves
    Off {
        /// A code, or the beginning of a name
        customer: String,
    },
    /// List the customers with autopay, and what it would charge today
    List,
}

/// Charge a customer's invoices by themselves when they are due
#[derive(Debug, Args)]
#[command(after_help = "Example: dues autopay on ROSA --when +3d --max 5000 --card 5544")]
pub struct On {
    /// A code, or the beginning of a name
    customer: String,
    /// When: `due`, or days after the due date such as `+3d`
    #[arg(long, default_value = "due")]
    when: String,
    /// The most that one charge may take
    #[arg(long, value_name = "AMOUNT")]
    max: Option<String>,
    /// The last four, the nickname; on each day the default card if not given
    #[arg(long)]
    card: Option<String>,
    /// Use the customer's credits before the card
    #[arg(long)]
    use_credits: bool,
    /// The time of day; 09:00 if not given
    #[arg(long, value_name = "HH:MM")]
    at: Option<String>,
    /// The zone of that time; the book's own if not given
    #[arg(long)]
    zone: Option<String>,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::On(on) => on.run(session),
            Self::Off { customer } => off(session, customer),
            Self::List => list(session),
        }
    }
}

impl On {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let desk = Desk::of(&session.config, &books)?;
        let outlook = desk.outlook(&books, session.clock.now());
        let book = books.read();
        let facts = book.facts()?;
        let customer = picking::customer(session, book, &self.customer)?;
        let card = named_card(session, book, &customer, self.card.as_deref())?;
        let most = match &self.max {
            Some(text) => Some(Money::typed(text, facts.currency)?),
            None => None,
        };
        if most.is_some_and(|most| !most.is_positive()) {
            return Err(Problem::usage(
                "amount_not_positive",
                "the most that autopay may take must be more than zero",
            )
            .hint("Give it as `--max 5000`, or leave it out."));
        }
        let hour = hour(&facts, self.at.as_deref(), self.zone.as_deref())?;
        let now = session.clock.now();
        let new = Autopay {
            id: AutopayId(0),
            customer: customer.id,
            card: card.map(|card| card.id),
            after_days: after_days(&self.when)?,
            most,
            use_credits: self.use_credits,
            hour,
            begun_at: now,
            ended_at: None,
        };
        let (view, item) = session.change(&mut books, |tx| {
            let id = tx.begin_autopay(&new)?;
            let item = outlook.as_of_today(tx.read(), Source::Autopay(id), now)?;
            let begun = tx.read().autopay_of(customer.id)?;
            let begun = begun.ok_or_else(|| Problem::bug("autopay did not begin"))?;
            Ok((autopay_view(tx.read(), &begun, item.as_ref())?, item))
        })?;
        let mut text = format!(
            "{} ({}) is on autopay: each invoice is charged {} at {} ({}){}.",
            customer.code,
            customer.name,
            when_text(new.after_days),
            new.hour,
            new.hour.zone_name,
            new.most
                .map(|most| format!(", at most {most} a charge"))
                .unwrap_or_default(),
        );
        let mut warnings = Vec::new();
        match item.as_ref().map(|item| &item.to_do) {
            Some(ToDo::Charge(order)) => text.push_str(&format!(
                "\nAs things stand today it charges {} to {}.",
                order.plan.spread.charged,
                order.plan.card.name()
            )),
            Some(ToDo::Pass(reason)) => {
                warnings.push(format!("as things stand it would not be charged: {reason}"));
            }
            _ => {}
        }
        if self.zone.is_some() {
            warnings.extend(without_summer_time(&new.hour.zone_name, now));
        }
        let mut report = Report::new("dues.autopay/1", view, text + session.dry_note());
        report.warnings = warnings;
        Ok(report)
    }
}

/// `due`, `+3d`
fn after_days(text: &str) -> Result<u16> {
    let word = text.trim().to_lowercase();
    if word == "due" {
        return Ok(0);
    }
    word.strip_prefix('+')
        .and_then(|rest| rest.strip_suffix('d'))
        .filter(|days| days.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|days| days.parse().ok())
        .filter(|days| *days <= 365)
        .ok_or_else(|| {
            Problem::usage("bad_when", format!("`{text}` does not say when"))
                .hint("Write `--when due`, or days after it such as `--when +3d`.")
        })
}

fn when_text(after_days: u16) -> String {
    match after_days {
        0 => "when it is due".to_owned(),
        1 => "the day after it is due".to_owned(),
        days => format!("{days} days after it is due"),
    }
}

fn off(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), word)?;
    let code = &customer.code;
    let agreement = books.read().autopay_of(customer.id)?.ok_or_else(|| {
        Problem::refused("no_autopay", format!("{code} is not on autopay"))
            .hint("See who is with `dues autopay list`.")
    })?;
    let view = autopay_view(books.read(), &agreement, None)?;
    session.ask_before(&format!(
        "End autopay of {code}? What it was still to charge is left out."
    ))?;
    let under_way = session.change(&mut books, |tx| tx.end_autopay(&agreement))?;
    let mut text = format!("{code} is no longer on autopay.");
    if let Some(charge) = under_way {
        text.push_str(&format!(
            "\n{charge} is under way or done, and stays: see `dues charge show {charge}`."
        ));
    }
    let text = text + session.dry_note();
    Ok(Report::new("dues.autopay/1", view, text))
}

fn list(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    let book = books.read();
    let now: Timestamp = session.clock.now();
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for autopay in book.autopays()? {
        let item = outlook.as_of_today(book, Source::Autopay(autopay.id), now)?;
        let today = match item.as_ref().map(|item| &item.to_do) {
            Some(ToDo::Charge(order)) => {
                let charged = order.plan.spread.charged;
                match item.as_ref().map(|item| item.due_on) {
                    Some(on) if on > autopay.hour.date(now) => format!("{on}: {charged}"),
                    _ => charged.to_string(),
                }
            }
            Some(ToDo::Apply { shares, .. }) => match total(shares) {
                Some(amount) => format!("{amount} from money on account"),
                None => "nothing is due".to_owned(),
            },
            Some(ToDo::Pass(reason) | ToDo::Hold(reason)) => format!("nothing: {reason}"),
            _ => "nothing is due".to_owned(),
        };
        let begun = book.occurrences_of(Source::Autopay(autopay.id))?;
        let waiting = begun.iter().rev().find(|known| !known.standing.is_over());
        let today = match waiting {
            Some(waiting) => {
                let on = waiting.name.planned_on;
                format!("{on}: {}; {today}", outcome(book, waiting)?)
            }
            None => today,
        };
        let mut row = autopay_view(book, &autopay, item.as_ref())?;
        let begun = begun
            .iter()
            .map(|known| occurrence_view(book, known, &autopay.hour))
            .collect::<Result<Vec<_>>>()?;
        row["occurrences"] = begun.into();
        data.push(row);
        rows.push(vec![
            autopay.id.to_string(),
            book.customer(autopay.customer)?.code,
            when_text(autopay.after_days),
            format!("{} {}", autopay.hour, autopay.hour.zone_name),
            autopay
                .most
                .map_or_else(|| "-".to_owned(), |most| most.to_string()),
            match autopay.card {
                Some(id) => book.card(id)?.name(),
                None => "default".to_owned(),
            },
            today,
        ]);
    }
    let text = if rows.is_empty() {
        "Nobody is on autopay. Begin with `dues autopay on CUSTOMER`.".to_owned()
    } else {
        table(
            &[
                "autopay", "customer", "charged", "at", "at most", "card", "today",
            ],
            &[4],
            rows,
        )
    };
    Ok(Report::new("dues.autopays/1", Value::from(data), text))
}

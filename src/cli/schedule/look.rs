//! `dues schedule list` and `show`: what will happen, and what did.

use serde_json::Value;

use super::find;
use super::words::{aim_text, schedule_text, today_line};
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, table};
use crate::domain::hour::spelled;
use crate::domain::schedule::{Source, Standing};
use crate::jobs::due::ToDo;
use crate::ports::Clock;
use crate::problem::Result;
use crate::views::occurrences::{day, occurrence_view, outcome};
use crate::views::schedules::{next_date, schedule_view};
use crate::wiring::Desk;

/// How many of the coming dates are shown.
const COMING: usize = 5;

pub fn list(session: &Session, customer: Option<&str>, all: bool) -> Result<Report> {
    let books = session.books()?;
    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    let book = books.read();
    let now = session.clock.now();
    let customer = customer
        .map(|word| picking::customer(session, book, word))
        .transpose()?;
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for schedule in book.schedules(customer.map(|customer| customer.id), all)? {
        let source = Source::Schedule(schedule.id);
        let known = book.occurrences_of(source)?;
        let next = next_date(&schedule, &known);
        let today = match schedule.ended {
            None => outlook.as_of_today(book, source, now)?,
            Some(_) => None,
        };
        let waiting = known
            .iter()
            .rev()
            .find(|known| !known.standing.is_over() && known.standing != Standing::Moved);
        let about = match (waiting, &schedule.ended, &today) {
            (Some(waiting), _, _) => {
                format!("{}: {}", waiting.name.planned_on, outcome(book, waiting)?)
            }
            (None, Some((_, because)), _) => format!("ended: {because}"),
            (None, None, Some(item)) => match &item.to_do {
                ToDo::Charge(order) => order.plan.spread.charged.to_string(),
                _ => today_line(item).replace("as things stand nothing is charged", "nothing"),
            },
            (None, None, None) => String::new(),
        };
        data.push(schedule_view(book, &schedule, now, &outlook)?);
        let card = match schedule.card {
            Some(id) => book.card(id)?.name(),
            None => "default".to_owned(),
        };
        rows.push(vec![
            schedule.id.to_string(),
            book.customer(schedule.customer)?.code,
            next.map_or_else(|| "-".to_owned(), |(on, _)| day(on)),
            next.map_or_else(String::new, |(_, at)| {
                format!("{} {}", spelled(at), schedule.hour.zone_name)
            }),
            aim_text(&schedule),
            card,
            about,
        ]);
    }
    let text = match (rows.is_empty(), all) {
        (true, false) => {
            "Nothing is scheduled. Begin with `dues schedule add CUSTOMER --on mon --all-due`."
                .to_owned()
        }
        (true, true) => "Nothing was ever scheduled.".to_owned(),
        _ => table(
            &[
                "schedule", "customer", "next", "at", "charges", "card", "today",
            ],
            &[],
            rows,
        ),
    };
    Ok(Report::new("dues.schedules/1", Value::from(data), text))
}

pub fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    let book = books.read();
    let now = session.clock.now();
    let schedule = find(book, word)?;
    let source = Source::Schedule(schedule.id);
    let known = book.occurrences_of(source)?;
    let mut data = schedule_view(book, &schedule, now, &outlook)?;
    let views = known
        .iter()
        .map(|known| occurrence_view(book, known, &schedule.hour));
    data["occurrences"] = Value::from(views.collect::<Result<Vec<_>>>()?);
    let mut text = schedule_text(book, &schedule)?;
    let mut rows = Vec::new();
    for known in &known {
        rows.push(vec![
            format!("  {}", day(known.name.planned_on)),
            schedule.hour.to_string(),
            outcome(book, known)?,
        ]);
    }
    let mut coming = Vec::new();
    if schedule.ended.is_none() {
        let dates = schedule
            .cadence
            .from(schedule.cadence.first_on)
            .filter(|on| !known.iter().any(|known| known.name.planned_on == *on));
        for on in dates.take(COMING) {
            let due = if schedule.hour.on(on) <= now {
                "due now"
            } else {
                ""
            };
            rows.push(vec![
                format!("  {}", day(on)),
                schedule.hour.to_string(),
                due.to_owned(),
            ]);
            coming.push(Value::from(on.to_string()));
        }
        if let Some(item) = outlook.as_of_today(book, source, now)? {
            text.push_str(&format!("{}\n", today_line(&item)));
        }
    }
    data["coming"] = coming.into();
    if !rows.is_empty() {
        text.push_str(&format!("\n{}\n", table(&["  date", "at", ""], &[], rows)));
    }
    Ok(Report::new("dues.schedule/1", data, text))
}

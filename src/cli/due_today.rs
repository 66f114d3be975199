//! What is scheduled and needs a person, or is to be known today.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::books::{Books, Reader};
use crate::domain::hour::spelled;
use crate::domain::schedule::{Occurrence, Source, Standing};
use crate::jobs::due::{Item, Rules, ToDo, agenda, ahead, decide};
use crate::lock::{What, is_held};
use crate::problem::Result;
use crate::views;

/// So long after its time a charge should have been run.
const RUN_WITHIN: SignedDuration = SignedDuration::from_hours(2);

/// What is to be said of schedules and autopay.
#[derive(Default)]
pub struct DueToday {
    pub urgent: Vec<String>,
    pub soon: Vec<String>,
    /// Due, and no run came.
    pub overdue: Vec<String>,
    pub data: Vec<Value>,
}

/// Looks at all that is due or was begun.
pub fn due_today(books: &Books, now: Timestamp) -> Result<DueToday> {
    let book = books.read();
    // A run is written down at its end: this may be one.
    let may_run_now = is_held(What::Charging, books.path());
    let mut found = DueToday::default();
    let rules = Rules::default();
    for known in book.unfinished_occurrences()? {
        match known.standing {
            Standing::Held => {
                let next = match known.name.source {
                    Source::Schedule(id) => format!(
                        "`dues schedule move {id} {on} --to today` or `dues schedule skip {id} {on}`",
                        on = known.name.planned_on
                    ),
                    Source::Autopay(_) => "charge it with `dues charge`".to_owned(),
                };
                let why = reason(&known);
                found.urgent(
                    book,
                    &known,
                    format!("{} is held: {why}; {next}", known.name),
                )?;
            }
            Standing::Failed if is_still_owed(book, &known)? => {
                let why = reason(&known);
                let fact = format!("{} failed: {why}; ask for another card", known.name);
                found.urgent(book, &known, fact)?;
            }
            _ => {}
        }
    }
    let last_run = book.runs(1)?.pop();
    for candidate in agenda(book, now, &rules)? {
        let Some(item) = decide(book, &candidate, now, &rules)? else {
            continue;
        };
        let moment = item.hour.on(item.due_on);
        let is_late = now.duration_since(moment) > RUN_WITHIN;
        let ran_since = may_run_now || last_run.as_ref().is_some_and(|run| run.began_at >= moment);
        let code = &item.customer.code;
        match &item.to_do {
            ToDo::Charge(order) if is_late && !ran_since => {
                found.overdue.push(item.name.to_string());
                found.urgent.push(format!(
                    "{}: {} from {code} was due on {} at {}, and no run came; see `dues schedule doctor`",
                    item.name, order.plan.spread.charged, item.due_on, spelled(item.hour.at)
                ));
            }
            ToDo::Hold(_) if !ran_since => {
                found.overdue.push(item.name.to_string());
                found.urgent.push(format!(
                    "{}: it was due on {}, and no run came; see `dues schedule doctor`",
                    item.name, item.due_on
                ));
            }
            ToDo::Charge(order) => found.soon.push(format!(
                "{}: {} from {code} is charged by the next run",
                item.name, order.plan.spread.charged
            )),
            ToDo::Pass(reason) if reason.needs_a_person() => found
                .urgent
                .push(format!("{}: {code} is passed over: {}", item.name, reason)),
            ToDo::Pass(reason) => found
                .soon
                .push(format!("{}: {code} is passed over: {}", item.name, reason)),
            ToDo::Wait { on, why } => found.soon.push(format!(
                "{}: {code} is tried again on {on}: {}",
                item.name, why
            )),
            _ => continue,
        }
        found.data.push(view(&item));
    }
    let end = book.facts()?.zone;
    let midnight = now
        .to_zoned(end)
        .tomorrow()
        .and_then(|day| day.start_of_day());
    let until = midnight.map_or(now, |midnight| midnight.timestamp());
    for (candidate, at) in ahead(book, now, until)? {
        if let Some(item) = decide(book, &candidate, at, &rules)?
            && let ToDo::Charge(order) = &item.to_do
        {
            found.soon.push(format!(
                "{}: {} from {} is charged today at {}",
                item.name,
                order.plan.spread.charged,
                item.customer.code,
                spelled(item.hour.at)
            ));
            found.data.push(view(&item));
        }
    }
    Ok(found)
}

impl DueToday {
    fn urgent(&mut self, book: Reader<'_>, known: &Occurrence, fact: String) -> Result<()> {
        let customer = match known.name.source {
            Source::Schedule(id) => Some(book.schedule(id)?.customer),
            Source::Autopay(id) => book.autopay(id)?.map(|autopay| autopay.customer),
        };
        let customer = customer.map(|id| book.customer(id)).transpose()?;
        self.urgent.push(fact);
        self.data.push(json!({
            "occurrence": known.name.to_string(), "customer": customer.map(|customer| customer.code),
            "due_on": known.due_on.to_string(), "state": known.standing.word(),
            "amount": Value::Null, "why": known.reason,
        }));
        Ok(())
    }
}

fn reason(known: &Occurrence) -> &str {
    known.reason.as_deref().unwrap_or("no reason")
}

/// Whether anything that it was to pay is open still.
fn is_still_owed(book: Reader<'_>, known: &Occurrence) -> Result<bool> {
    let Some(charge) = known.charges.last() else {
        return Ok(true);
    };
    for share in book.shares_of(*charge)? {
        let invoice = book.invoice_by_number(&share.number)?;
        if invoice.is_some_and(|invoice| !invoice.is_void && invoice.open.is_positive()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn view(item: &Item) -> Value {
    let (state, amount, why) = match &item.to_do {
        ToDo::Charge(order) => ("due", Some(order.plan.spread.charged), None),
        ToDo::Pass(reason) => ("passed", None, Some(reason.to_string())),
        ToDo::Wait { why, .. } => ("waiting", None, Some(why.to_string())),
        ToDo::Hold(reason) => ("late", None, Some(reason.to_string())),
        _ => ("over", None, None),
    };
    json!({
        "occurrence": item.name.to_string(), "customer": item.customer.code,
        "due_on": item.due_on.to_string(), "state": state,
        "amount": amount.map(views::money), "why": why,
    })
}

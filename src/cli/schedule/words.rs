//! What is said of a schedule: what it charges, when next, and what came of each date.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use crate::books::Reader;
use crate::cli::occurrences::day;
use crate::cli::views;
use crate::domain::cadence::Ending;
use crate::domain::hour::{Hour, spelled};
use crate::domain::schedule::{Aim, Occurrence, Schedule, Source, Standing, Target};
use crate::jobs::due::{Item, ToDo};
use crate::problem::Result;

/// `Mon 2026-11-30 at 09:00 (America/New_York)`
pub fn when(on: Date, at: Time, hour: &Hour) -> String {
    format!("{} at {} ({})", day(on), spelled(at), hour.zone_name)
}

/// `INV-7, INV-9=250.00`; `all that is due`; `500.00 USD`
pub fn aim_text(schedule: &Schedule) -> String {
    let target = |target: &Target| match target.amount {
        Some(amount) => format!("{}={}", target.number, amount.decimal()),
        None => target.number.clone(),
    };
    let what = match &schedule.aim {
        Aim::Invoices(targets) => targets.iter().map(target).collect::<Vec<_>>().join(", "),
        Aim::AllDue => "all that is due".to_owned(),
        Aim::Amount { amount, .. } => amount.to_string(),
    };
    match schedule.cadence.every {
        Some(every) => format!("{what}, {every}"),
        None => what,
    }
}

/// How long it goes on: ` 12 times`, ` until 2027-11-30`.
fn ends_text(ends: Ending) -> String {
    match ends {
        Ending::Never => String::new(),
        Ending::After(1) => ", once".to_owned(),
        Ending::After(times) => format!(", {times} times in all"),
        Ending::On(last) => format!(", until {last}"),
    }
}

pub fn schedule_text(book: Reader<'_>, schedule: &Schedule) -> Result<String> {
    let customer = book.customer(schedule.customer)?;
    let card = match schedule.card {
        Some(id) => format!("{} of {}", book.card(id)?.name(), customer.code),
        None => format!("the default card of {}", customer.code),
    };
    let first = if schedule.cadence.every.is_some() {
        "first "
    } else {
        ""
    };
    let mut text = format!(
        "{}: {} from {card} ({})\n{first}on {}{}\n",
        schedule.id,
        aim_text(schedule),
        customer.name,
        when(schedule.cadence.first_on, schedule.hour.at, &schedule.hour),
        ends_text(schedule.cadence.ends),
    );
    if schedule.is_locked {
        text.push_str("exactly these amounts, or nothing\n");
    }
    if let Some(memo) = &schedule.memo {
        text.push_str(&format!("memo: {memo}\n"));
    }
    if let Some((_, because)) = &schedule.ended {
        text.push_str(&format!("ended: {because}\n"));
    }
    Ok(text)
}

/// `today it would charge 662.40 USD to amex 5544`
pub fn today_line(item: &Item) -> String {
    match &item.to_do {
        ToDo::Charge(order) => format!(
            "as things stand it charges {} to {}",
            order.plan.spread.charged,
            order.plan.card.name()
        ),
        ToDo::Pass(reason) | ToDo::Skip(reason) | ToDo::Hold(reason) => {
            format!("as things stand nothing is charged: {reason}")
        }
        ToDo::Wait { on, why } => format!("tried again on {on}: {why}"),
        ToDo::Fail(why) => format!("not tried again: {why}"),
        ToDo::Paid(charge) => format!("{charge} took the money"),
    }
}

/// The next date that something happens: moved ones, and those of the schedule.
pub fn next_date(schedule: &Schedule, known: &[Occurrence]) -> Option<(Date, Time)> {
    if schedule.ended.is_some() {
        return None;
    }
    let moved = known
        .iter()
        .filter(|known| known.standing == Standing::Moved)
        .map(|known| (known.due_on, known.at))
        .min();
    let own = schedule
        .cadence
        .from(schedule.cadence.first_on)
        .find(|on| !known.iter().any(|known| known.name.planned_on == *on))
        .map(|on| (on, schedule.hour.at));
    match (moved, own) {
        (Some(moved), Some(own)) => Some(moved.min(own)),
        (moved, own) => moved.or(own),
    }
}

pub fn schedule_view(book: Reader<'_>, schedule: &Schedule, now: Timestamp) -> Result<Value> {
    let known = book.occurrences_of(Source::Schedule(schedule.id))?;
    let invoices: Vec<Value> = match &schedule.aim {
        Aim::Invoices(targets) => targets
            .iter()
            .map(|target| json!({"invoice": target.number, "amount": target.amount.map(views::money)}))
            .collect(),
        _ => Vec::new(),
    };
    let (amount, on_account) = match &schedule.aim {
        Aim::Amount { amount, on_account } => (Some(views::money(*amount)), *on_account),
        _ => (None, false),
    };
    let (count, until) = match schedule.cadence.ends {
        Ending::Never => (None, None),
        Ending::After(count) => (Some(count), None),
        Ending::On(until) => (None, Some(until.to_string())),
    };
    let next = next_date(schedule, &known).map(|(on, at)| {
        let hour = Hour {
            at,
            ..schedule.hour.clone()
        };
        json!({"on": on.to_string(), "at": spelled(at), "instant": hour.on(on).to_string()})
    });
    let state = match (&schedule.ended, &next) {
        (Some(_), _) => "ended",
        (None, Some(_)) => "running",
        (None, None) => "finishing",
    };
    let today = match schedule.ended {
        None => crate::jobs::due::as_of_today(book, Source::Schedule(schedule.id), now)?,
        Some(_) => None,
    };
    Ok(json!({
        "schedule": schedule.id.to_string(), "customer": book.customer(schedule.customer)?.code,
        "state": state,
        "card": schedule.card.map(|id| book.card(id)).transpose()?.as_ref().map(views::which_card),
        "charges": {"kind": schedule.aim.word(), "amount": amount, "on_account": on_account,
                    "invoices": invoices, "locked": schedule.is_locked, "use_credits": schedule.use_credits},
        "every": schedule.cadence.every.map(|every| json!({"n": every.n, "unit": every.unit.word()})),
        "first_on": schedule.cadence.first_on.to_string(), "at": schedule.hour.to_string(),
        "zone": schedule.hour.zone_name, "count": count, "until": until, "next": next,
        "as_of_today": today.as_ref().map(to_do_view),
        "memo": schedule.memo, "planned_at": schedule.planned_at.to_string(),
        "ended": schedule.ended.as_ref().map(|(at, because)| json!({"at": at.to_string(), "because": because})),
    }))
}

/// What is to be done: `{"do":"charge","amount":…}` or why not.
pub fn to_do_view(item: &Item) -> Value {
    let left_out: Vec<String> = item.left_out.iter().map(ToString::to_string).collect();
    let mut view = match &item.to_do {
        ToDo::Charge(order) => json!({
            "do": "charge", "amount": views::money(order.plan.spread.charged),
            "card": views::which_card(&order.plan.card),
            "plan": order.plan.spread.shares.iter().map(views::share).collect::<Vec<_>>(),
            "unapplied": views::money(order.plan.spread.unapplied),
            "again": order.again.map(|charge| charge.to_string()),
            "why": order.why.as_ref().map(ToString::to_string),
        }),
        ToDo::Pass(reason) => json!({"do": "pass", "why": reason.to_string()}),
        ToDo::Skip(reason) => json!({"do": "skip", "why": reason.to_string()}),
        ToDo::Hold(reason) => json!({"do": "hold", "why": reason.to_string()}),
        ToDo::Wait { on, why } => {
            json!({"do": "wait", "on": on.to_string(), "why": why.to_string()})
        }
        ToDo::Fail(why) => json!({"do": "fail", "why": why.to_string()}),
        ToDo::Paid(charge) => json!({"do": "nothing", "why": format!("{charge} took the money")}),
    };
    view["left_out"] = left_out.into();
    view
}

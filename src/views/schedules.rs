//! Schedules and autopay as JSON, with what a run would do now.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use super::{money, share, which_card};
use crate::books::Reader;
use crate::domain::cadence::Ending;
use crate::domain::hour::{Hour, spelled};
use crate::domain::schedule::{Aim, Autopay, Occurrence, Schedule, Source, Standing};
use crate::jobs::apply::total;
use crate::jobs::due::{Item, ToDo};
use crate::jobs::outlook::Outlook;
use crate::problem::Result;

/// The next date that something happens: moved ones, and those of the schedule.
#[must_use]
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

/// A schedule as it stands, with what its next run would do.
///
/// # Errors
///
/// The book cannot be read.
pub fn schedule_view(
    book: Reader<'_>,
    schedule: &Schedule,
    now: Timestamp,
    outlook: &Outlook<'_>,
) -> Result<Value> {
    let known = book.occurrences_of(Source::Schedule(schedule.id))?;
    let invoices: Vec<Value> = match &schedule.aim {
        Aim::Invoices(targets) => targets
            .iter()
            .map(|target| json!({"invoice": target.number, "amount": target.amount.map(money)}))
            .collect(),
        _ => Vec::new(),
    };
    let (amount, on_account) = match &schedule.aim {
        Aim::Amount { amount, on_account } => (Some(money(*amount)), *on_account),
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
        None => outlook.as_of_today(book, Source::Schedule(schedule.id), now)?,
        Some(_) => None,
    };
    Ok(json!({
        "schedule": schedule.id.to_string(), "customer": book.customer(schedule.customer)?.code,
        "state": state,
        "card": schedule.card.map(|id| book.card(id)).transpose()?.as_ref().map(which_card),
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
#[must_use]
pub fn to_do_view(item: &Item) -> Value {
    let left_out: Vec<String> = item.left_out.iter().map(ToString::to_string).collect();
    let mut view = match &item.to_do {
        ToDo::Charge(order) => json!({
            "do": "charge", "amount": money(order.plan.spread.charged),
            "card": which_card(&order.plan.card),
            "plan": order.plan.spread.shares.iter().map(share).collect::<Vec<_>>(),
            "unapplied": money(order.plan.spread.unapplied),
            "again": order.again.map(|charge| charge.to_string()),
            "why": order.why.as_ref().map(ToString::to_string),
        }),
        ToDo::Apply { shares, .. } => json!({
            "do": "apply", "plan": shares.iter().map(share).collect::<Vec<_>>(),
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

/// A customer's autopay, with what its next run would do.
///
/// # Errors
///
/// The book cannot be read.
pub fn autopay_view(book: Reader<'_>, autopay: &Autopay, item: Option<&Item>) -> Result<Value> {
    let card = autopay.card.map(|id| book.card(id)).transpose()?;
    let today = item.map(|item| match &item.to_do {
        ToDo::Charge(order) => {
            json!({"do": "charge", "amount": money(order.plan.spread.charged)})
        }
        ToDo::Apply { shares, .. } => json!({
            "do": "apply", "amount": total(shares).map(money),
        }),
        ToDo::Pass(reason) | ToDo::Hold(reason) => json!({"do": "pass", "why": reason.to_string()}),
        _ => json!({"do": "nothing"}),
    });
    Ok(json!({
        "autopay": autopay.id.to_string(), "customer": book.customer(autopay.customer)?.code,
        "after_days": autopay.after_days, "max": autopay.most.map(money),
        "card": card.as_ref().map(which_card),
        "use_credits": autopay.use_credits, "at": autopay.hour.to_string(), "zone": autopay.hour.zone_name,
        "as_of_today": today,
    }))
}

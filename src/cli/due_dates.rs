//! What is said of a date that is due: in a line, and as JSON.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::domain::hour::{on_the_wall, spelled};
use crate::domain::money::Money;
use crate::domain::schedule::Source;
use crate::jobs::today::{How, Today};
use crate::views;

/// `S-1 2026-11-30: 500.00 USD from ROSA is charged by the next run`
pub fn line(date: &Today, zone: &TimeZone) -> String {
    let Today {
        name,
        customer,
        due_on,
        at,
        ..
    } = date;
    let since = date.since.map_or_else(String::new, |since| {
        format!(" since {}", on_the_wall(since, zone))
    });
    match &date.how {
        How::Held(why) => {
            let next = match name.source {
                Source::Schedule(id) => format!(
                    "`dues schedule move {id} {on} --to today` or `dues schedule skip {id} {on}`",
                    on = name.planned_on
                ),
                Source::Autopay(_) => "charge it with `dues charge`".to_owned(),
            };
            format!("{name} is held: {}; {next}", reason(why))
        }
        How::Failed(why) => format!("{name} failed: {}; ask for another card", reason(why)),
        How::NoRunCame(Some(amount)) => format!(
            "{name}: {amount} from {customer} was due on {due_on} at {}, and no run came; see `dues schedule doctor`",
            spelled(*at)
        ),
        How::NoRunCame(None) => {
            format!("{name}: it was due on {due_on}, and no run came; see `dues schedule doctor`")
        }
        How::NotDone {
            amount: Some(amount),
            because,
        } => format!("{name}: {amount} from {customer} could not be charged{since}: {because}"),
        How::NotDone {
            amount: None,
            because,
        } => {
            format!("{name}: what {customer} owes is late and could not be held{since}: {because}")
        }
        How::Next(amount) => format!("{name}: {amount} from {customer} is charged by the next run"),
        How::FromCredit(amount) => {
            format!("{name}: the next run pays {amount} of {customer} from money on account")
        }
        How::LaterToday(amount) => format!(
            "{name}: {amount} from {customer} is charged today at {}",
            spelled(*at)
        ),
        How::Passed(why) => format!("{name}: {customer} is passed over{since}: {why}"),
        How::Waits { on, why } => format!("{name}: {customer} is tried again on {on}: {why}"),
        How::Late(why) => format!("{name}: {customer} is held by the next run: {why}"),
    }
}

fn reason(why: &str) -> &str {
    if why.is_empty() { "no reason" } else { why }
}

pub fn view(date: &Today) -> Value {
    let state = match &date.how {
        How::Held(_) => "held",
        How::Failed(_) => "failed",
        How::NoRunCame(Some(_)) | How::Next(_) | How::FromCredit(_) | How::LaterToday(_) => "due",
        How::NoRunCame(None) | How::Late(_) => "late",
        How::NotDone { .. } => "not_done",
        How::Passed(_) => "passed",
        How::Waits { .. } => "waiting",
    };
    let amount: Option<Money> = match &date.how {
        How::NoRunCame(amount) | How::NotDone { amount, .. } => *amount,
        How::Next(amount) | How::FromCredit(amount) | How::LaterToday(amount) => Some(*amount),
        _ => None,
    };
    let why = match &date.how {
        How::Held(why) | How::Failed(why) | How::NotDone { because: why, .. } => Some(why.clone()),
        How::Passed(why) | How::Late(why) => Some(why.to_string()),
        How::Waits { why, .. } => Some(why.to_string()),
        _ => None,
    };
    json!({
        "occurrence": date.name.to_string(), "customer": date.customer,
        "due_on": date.due_on.to_string(), "state": state,
        "amount": amount.map(views::money), "why": why,
        "since": date.since.map(|since| since.to_string()),
    })
}

//! What is said of a schedule: what it charges, when next, and what came of each date.

use jiff::civil::{Date, Time};

use super::outcomes::from_credit;
use crate::books::Reader;
use crate::domain::cadence::Ending;
use crate::domain::hour::{Hour, spelled};
use crate::domain::schedule::{Aim, Schedule, Target};
use crate::jobs::due::{Item, ToDo};
use crate::problem::Result;
use crate::views::occurrences::day;

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
        ToDo::Apply { shares, .. } => {
            format!("as things stand it takes {}", from_credit(shares))
        }
        ToDo::Wait { on, why } => format!("tried again on {on}: {why}"),
        ToDo::Fail(why) => format!("not tried again: {why}"),
        ToDo::Paid(charge) => format!("{charge} took the money"),
    }
}

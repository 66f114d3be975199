//! What is said of a run: a line for each occurrence, one for all, and the exit code.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::books::{Books, Reader};
use crate::cli::news::came_back;
use crate::cli::still_open::counted;
use crate::cli::tables::{by_currency, joined};
use crate::cli::terminal::table;
use crate::domain::charge::State;
use crate::domain::hour::spelled;
use crate::domain::money::Money;
use crate::domain::spread::Share;
use crate::jobs::apply::total;
use crate::jobs::attention::{WaitsFor, open_attempts};
use crate::jobs::due::{Item, ToDo};
use crate::jobs::recover::Recovered;
use crate::jobs::run_due::{Done, Outcome, Ran, Stop, Then};
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::views::occurrences::day;

/// What a dry run shows.
pub fn rehearsed_text(items: &[Item], now: Timestamp) -> String {
    if items.is_empty() {
        return "would charge nothing: nothing is due".to_owned();
    }
    let mut sums = Vec::new();
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| {
            let (amount, card, mut about) = match &item.to_do {
                ToDo::Charge(order) => {
                    let amount = order.plan.spread.charged;
                    sums.push(amount);
                    let why = order.why.as_ref().map(|why| format!("again: {why}"));
                    (
                        amount.to_string(),
                        order.plan.card.name(),
                        why.unwrap_or_default(),
                    )
                }
                ToDo::Apply { shares, .. } => (String::new(), "-".to_owned(), from_credit(shares)),
                ToDo::Pass(reason) => (
                    String::new(),
                    String::new(),
                    format!("passed over: {reason}"),
                ),
                ToDo::Skip(reason) => (String::new(), String::new(), format!("skipped: {reason}")),
                ToDo::Hold(reason) => (String::new(), String::new(), format!("held: {reason}")),
                ToDo::Wait { on, why } => (
                    String::new(),
                    String::new(),
                    format!("waits until {on}: {why}"),
                ),
                ToDo::Fail(why) => (String::new(), String::new(), format!("not again: {why}")),
                ToDo::Paid(charge) => (String::new(), String::new(), format!("{charge} is paid")),
            };
            for left_out in &item.left_out {
                if !about.is_empty() {
                    about.push_str("; ");
                }
                about.push_str(&format!("left out: {left_out}"));
            }
            let due = if item.hour.on(item.due_on) <= now {
                "now".to_owned()
            } else {
                format!("{} {}", day(item.due_on), spelled(item.hour.at))
            };
            vec![
                item.name.to_string(),
                due,
                item.customer.code.clone(),
                amount,
                card,
                about,
            ]
        })
        .collect();
    let count = sums.len();
    let mut text = format!(
        "would be done:\n{}",
        table(
            &["occurrence", "due", "customer", "charges", "card", ""],
            &[3],
            rows,
        )
    );
    let sums = by_currency(sums.into_iter());
    text.push_str(&match count {
        0 => "\nno charge".to_owned(),
        1 => format!("\n1 charge, {}", joined(&sums)),
        n => format!("\n{n} charges, {}", joined(&sums)),
    });
    text
}

/// `100.00 USD from money on account: INV-1`
pub fn from_credit(shares: &[Share]) -> String {
    let mut numbers: Vec<&str> = shares.iter().map(|share| share.number.as_str()).collect();
    numbers.dedup();
    let amount = total(shares).map_or_else(String::new, |amount| amount.to_string());
    format!("{amount} from money on account: {}", numbers.join(", "))
}

/// The word in JSON, what was asked, and what is said.
fn told_of(book: Reader<'_>, done: &Done) -> Result<(&'static str, Option<Money>, String)> {
    Ok(match &done.outcome {
        Outcome::Asked {
            charge,
            state,
            not_made,
            then,
        } => {
            let row = book.charge(*charge)?;
            let card = book.card(row.card)?.name();
            let amount = Some(row.amount);
            match state {
                State::Succeeded => ("charged", amount, format!("charged to {card} ({charge})")),
                State::Declined => {
                    let code = row.attempt.decline.map(|decline| decline.code);
                    let code = code.unwrap_or_default();
                    let then = match then {
                        Some(Then::Again { on, why }) => format!("; again on {on}: {why}"),
                        Some(Then::Never(why)) => format!("; not again: {why}"),
                        None => String::new(),
                    };
                    (
                        "declined",
                        amount,
                        format!("{card} declined, {code} ({charge}){then}"),
                    )
                }
                State::NotMade => {
                    let why = not_made
                        .as_ref()
                        .map(|problem| format!(": {}", problem.message()))
                        .unwrap_or_default();
                    ("not_made", amount, format!("not made ({charge}){why}"))
                }
                state => (
                    state.word(),
                    amount,
                    format!("nobody knows yet whether {card} was charged ({charge}, {state})"),
                ),
            }
        }
        Outcome::Applied(shares) => ("applied", None, from_credit(shares)),
        Outcome::Paid(charge) => ("paid", None, format!("{charge} took the money before")),
        Outcome::Passed(reason) => ("passed", None, format!("passed over: {reason}")),
        Outcome::Skipped(reason) => ("skipped", None, format!("skipped: {reason}")),
        Outcome::Held(reason) => ("held", None, format!("held for a person: {reason}")),
        Outcome::Failed(why) => ("failed", None, format!("not tried again: {why}")),
        Outcome::Waiting { on, why } => ("waiting", None, format!("waits until {on}: {why}")),
    })
}

pub fn ran_text(book: Reader<'_>, ran: &Ran) -> Result<String> {
    let mut text = String::new();
    let mut rows = Vec::new();
    for done in &ran.done {
        let (_, amount, mut about) = told_of(book, done)?;
        for left_out in &done.left_out {
            about.push_str(&format!("; left out: {left_out}"));
        }
        rows.push(vec![
            done.name.to_string(),
            done.customer.clone(),
            amount.map_or_else(String::new, |amount| amount.to_string()),
            about,
        ]);
    }
    if !rows.is_empty() {
        text.push_str(&table(
            &["occurrence", "customer", "amount", ""],
            &[2],
            rows,
        ));
        text.push('\n');
    }
    text.push_str(&summary(book, ran)?);
    Ok(text)
}

/// What of a run is told where nobody looks: all of it in one line, and what it
/// could not do for the first time.
pub fn quiet_text(book: Reader<'_>, ran: &Ran) -> Result<String> {
    if !ran.done.iter().any(|done| ran.is_news(done)) && ran.stopped.is_none() {
        return Ok(String::new());
    }
    let mut text = summary(book, ran)?;
    for done in &ran.done {
        if matches!(done.outcome, Outcome::Passed(_)) && ran.is_news(done) {
            let (_, _, about) = told_of(book, done)?;
            text.push_str(&format!("\n{}: {} is {about}", done.name, done.customer));
        }
    }
    Ok(text)
}

/// All of a run in one line.
pub fn summary(book: Reader<'_>, ran: &Ran) -> Result<String> {
    let mut taken = Vec::new();
    let mut counts = [0_usize; 7];
    for done in &ran.done {
        let at = match &done.outcome {
            Outcome::Asked { charge, state, .. } => match state {
                State::Succeeded => {
                    taken.push(book.charge(*charge)?.amount);
                    continue;
                }
                State::Declined => 0,
                State::NotMade => 2,
                _ => 1,
            },
            Outcome::Applied(_) => 3,
            Outcome::Passed(_) => 4,
            Outcome::Skipped(_) => 5,
            Outcome::Held(_) | Outcome::Failed(_) => 6,
            Outcome::Paid(_) | Outcome::Waiting { .. } => continue,
        };
        counts[at] += 1;
    }
    let mut parts = Vec::new();
    if !taken.is_empty() {
        let sums = joined(&by_currency(taken.iter().copied()));
        parts.push(format!("{} charged, {sums}", taken.len()));
    }
    let words = [
        "declined",
        "unknown",
        "not made",
        "paid from money on account",
        "passed over",
        "skipped",
        "for a person",
    ];
    for (count, word) in counts.into_iter().zip(words) {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let mut line = if parts.is_empty() && ran.stopped.is_some() {
        if ran.recovered.iter().any(Recovered::moved) {
            "Nothing new was charged.".to_owned()
        } else {
            "Nothing was charged.".to_owned()
        }
    } else if parts.is_empty() {
        "Nothing was due.".to_owned()
    } else {
        format!("{}.", parts.join(" · "))
    };
    if let Some(stop) = &ran.stopped {
        line.push_str(&format!(
            " Stopped: {}; {} not reached.",
            stop,
            ran.not_reached.len()
        ));
    }
    Ok(line)
}

pub fn ran_view(book: Reader<'_>, ran: &Ran) -> Result<Value> {
    let mut outcomes = Vec::new();
    let mut taken = Vec::new();
    for done in &ran.done {
        let (word, amount, about) = told_of(book, done)?;
        let charge = match &done.outcome {
            Outcome::Asked { charge, .. } | Outcome::Paid(charge) => {
                Some(views::charge(book, &book.charge(*charge)?)?)
            }
            _ => None,
        };
        if word == "charged" {
            taken.extend(amount);
        }
        let again_on = match &done.outcome {
            Outcome::Asked {
                then: Some(Then::Again { on, .. }),
                ..
            }
            | Outcome::Waiting { on, .. } => Some(on.to_string()),
            _ => None,
        };
        outcomes.push(json!({
            "occurrence": done.name.to_string(), "customer": done.customer,
            "due_on": done.due_on.to_string(), "at": spelled(done.at),
            "outcome": word, "amount": amount.map(views::money), "charge": charge,
            "why": about, "again_on": again_on, "left_out": done.left_out.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }));
    }
    let recovered = ran
        .recovered
        .iter()
        .map(|found| views::purpose(book, found.purpose))
        .collect::<Result<Vec<_>>>()?;
    let not_reached: Vec<String> = ran.not_reached.iter().map(ToString::to_string).collect();
    Ok(json!({
        "outcomes": outcomes, "recovered": recovered,
        "sent_back": ran.sent_back.iter().map(|back| json!({
            "refund": back.refund.to_string(), "payment": back.payment.to_string(),
            "amount": views::money(back.amount),
        })).collect::<Vec<_>>(),
        "taken": by_currency(taken.into_iter()).into_iter().map(views::money).collect::<Vec<_>>(),
        "stopped": ran.stopped.as_ref().map(ToString::to_string), "not_reached": not_reached,
        "summary": summary(book, ran)?,
    }))
}

/// What was charged is in the book all the same.
pub const NOT_WRITTEN: &str = "that it ran could not be written down";

/// What can be said of a run by itself, when the book cannot be read any more:
/// what left the house decides.
pub fn unreadable(ran: &Ran, problem: Problem) -> Problem {
    let mut kind = Kind::Partial;
    for done in &ran.done {
        if let Outcome::Asked { state, .. } = &done.outcome {
            kind = match state {
                state if state.is_open() => Kind::Unknown,
                State::Declined if kind != Kind::Unknown => Kind::Declined,
                _ => kind,
            };
        }
    }
    if !ran.had_effects() {
        return problem;
    }
    let asked = match ran.asked {
        1 => "1 charge was asked for".to_owned(),
        n => format!("{n} charges were asked for"),
    };
    let fact = format!(
        "{asked}, and what came of it cannot be read from the book: {}",
        problem.fact()
    );
    Problem::new(kind, "run_unreadable", fact)
        .hint("See `dues charge list` when the book can be read again; the next run goes on.")
}

/// The gravest of what happened: 5, 8, 4, 6. With `only_news`, what stands as
/// it stood before the run is left to `dues status`.
pub fn problem_of(books: &Books, ran: &Ran, only_news: bool) -> Result<Option<Problem>> {
    let mut unknown = 0;
    let (mut people, mut declined, mut not_made) = (0, 0, 0);
    for done in ran
        .done
        .iter()
        .filter(|done| !only_news || ran.is_news(done))
    {
        match &done.outcome {
            Outcome::Asked { state, then, .. } => match state {
                State::Succeeded => {}
                State::Declined => {
                    declined += 1;
                    people += usize::from(matches!(then, Some(Then::Never(_))));
                }
                State::NotMade => not_made += 1,
                state if state.is_open() => unknown += 1,
                _ => {}
            },
            Outcome::Held(_) | Outcome::Failed(_) => people += 1,
            Outcome::Passed(reason) if reason.needs_a_person() => people += 1,
            _ => {}
        }
    }
    let mut open = open_attempts(books)?;
    open.retain(|(_, waits_for)| !only_news && *waits_for != WaitsFor::Sender);
    let stopped_by = match &ran.stopped {
        Some(Stop::Failed(problem)) => Some(problem),
        _ => None,
    };
    if let Some(problem) = stopped_by
        && (!ran.had_effects() || problem.kind() == Kind::Unknown)
    {
        return Ok(Some(problem.clone()));
    }
    let problem = if open.len().max(unknown) > 0 {
        unsettled(if open.len() < unknown {
            count(unknown, "charge", "charges")
        } else {
            counted(open.iter().map(|(attempt, _)| attempt))
        })
    } else if people > 0 {
        needs(people)
    } else if let Some(problem) = came_back(&ran.sent_back) {
        problem
    } else if let Some(problem) = stopped_by.filter(|problem| problem.kind() == Kind::Attention) {
        problem.clone()
    } else if declined > 0 {
        Problem::new(
            Kind::Declined,
            "card_declined",
            format!("{} declined", count(declined, "card was", "cards were")),
        )
        .hint("They are tried again on their days; `dues schedule list` shows when.")
    } else if ran.stopped.is_some() || not_made > 0 {
        stopped(&match &ran.stopped {
            Some(stop) => format!("the run stopped: {stop}"),
            None => format!("{} not made", count(not_made, "charge was", "charges were")),
        })
    } else if let Some(problem) = &ran.not_written {
        problem.clone().at(NOT_WRITTEN)
    } else {
        return Ok(None);
    };
    Ok(Some(problem))
}

/// What a run would end with as things stand, so far as it is known without
/// asking anybody: no card is taken to be declined.
pub fn problem_foreseen(
    books: &Books,
    items: &[Item],
    stop: Option<&Stop>,
) -> Result<Option<Problem>> {
    let mut open = open_attempts(books)?;
    open.retain(|(_, waits_for)| *waits_for != WaitsFor::Sender);
    let people = items.iter().filter(|item| match &item.to_do {
        ToDo::Hold(_) | ToDo::Fail(_) => true,
        ToDo::Pass(reason) => reason.needs_a_person(),
        ToDo::Charge(_)
        | ToDo::Apply { .. }
        | ToDo::Skip(_)
        | ToDo::Wait { .. }
        | ToDo::Paid(_) => false,
    });
    Ok(match (people.count(), stop) {
        _ if !open.is_empty() => Some(unsettled(counted(open.iter().map(|(attempt, _)| attempt)))),
        (0, None) => None,
        (0, Some(stop)) => Some(stopped(&format!("the run would stop: {stop}"))),
        (people, _) => Some(needs(people)),
    })
}

fn unsettled(what: String) -> Problem {
    Problem::new(
        Kind::Unknown,
        "outcome_unknown",
        format!("the outcome of {what} is not known"),
    )
    .hint("The next run asks again, and so does `dues charge recover`; until then these customers are passed over.")
}

fn needs(people: usize) -> Problem {
    Problem::new(
        Kind::Attention,
        "needs_a_person",
        format!(
            "{} a person",
            count(people, "occurrence needs", "occurrences need")
        ),
    )
    .hint("The reason stands beside each; `dues status` shows what waits for you.")
}

fn stopped(fact: &str) -> Problem {
    Problem::new(Kind::Partial, "run_stopped", fact).hint("The next run goes on with what is left.")
}

fn count(n: usize, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    }
}

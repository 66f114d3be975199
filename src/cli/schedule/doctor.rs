//! `dues schedule doctor`: whether cron does its work, and could do it without anybody there.

use serde_json::{Value, json};

use crate::books::{Books, RunRow, not_logged_in};
use crate::cli::due_dates::line;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::hour::on_the_wall;
use crate::domain::text::Text;
use crate::jobs::outlook::require_answer;
use crate::jobs::today::{How, today};
use crate::ports::Clock;
use crate::problem::{Kind, Problem, Result};
use crate::secrets::Source;
use crate::wiring::{Desk, SMTP_SECRET, gateway_secrets, mailer, secret_name, smtp_secrets};

/// Stands below the command's own help.
pub const HELP: &str =
    "Ask it as cron would: env -i HOME=\"$HOME\" PATH=\"$PATH\" dues schedule doctor";

/// One secret that a run needs.
struct Need {
    what: String,
    source: String,
    /// Why it cannot be had here.
    trouble: Option<Problem>,
}

pub fn doctor(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let now = session.clock.now();
    let facts = book.facts()?;
    let zone = facts.zone.clone();
    let local = |at: jiff::Timestamp| {
        let day = at.to_zoned(zone.clone()).strftime("%a").to_string();
        format!("{day} {}", on_the_wall(at, &zone))
    };
    let (mut lines, mut troubles) = (Vec::new(), Vec::new());

    let last = book.runs(1)?.pop();
    match &last {
        Some(run) => lines.push(format!(
            "the last run was {}: {}",
            local(run.began_at),
            did(run)
        )),
        None => lines.push("nothing ever ran".to_owned()),
    }
    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    let due = today(&books, now, &outlook)?;
    let no_run_came = due
        .iter()
        .filter(|date| matches!(date.how, How::NoRunCame(_)));
    let overdue: Vec<String> = no_run_came.map(|date| date.name.to_string()).collect();
    if !overdue.is_empty() {
        troubles.push(format!(
            "{} due, and no run came: {}; is `dues schedule run` in a crontab or timer, and is this machine on?",
            match overdue.len() {
                1 => "1 charge is".to_owned(),
                n => format!("{n} charges are"),
            },
            overdue.join(", ")
        ));
    }
    if let Some(problem) = outlook.no_run() {
        troubles.push(format!("every run is refused: {}", told(problem)));
    }
    let not_done = due
        .iter()
        .filter(|date| matches!(date.how, How::NotDone { .. }));
    troubles.extend(not_done.map(|date| line(date, &zone)));
    let has_bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    let needs = needs(session, &books)?;
    for need in &needs {
        match (&need.trouble, need.source.as_str()) {
            (Some(problem), source) => troubles.push(format!(
                "{}, kept in the {source}, cannot be read here: {problem}",
                need.what
            )),
            (None, "keyring") => troubles.push(format!(
                "{} is in the keyring, which cron and a timer cannot reach once you are logged out; keep it as a file or credential",
                need.what
            )),
            (None, source) => lines.push(format!("{} can be read ({source})", need.what)),
        }
    }
    if needs.is_empty() {
        lines.push("no secret is needed".to_owned());
    }
    let is_had = |what: &str| {
        !needs
            .iter()
            .any(|need| need.what == what && need.trouble.is_some())
    };
    let logins = book.logins()?;
    if !logins
        .iter()
        .any(|login| login.account.gateway == facts.gateway)
    {
        troubles.push(told(&not_logged_in(&facts.gateway)));
    }
    for login in logins
        .iter()
        .filter(|login| is_had(&key_of(&login.account.gateway)))
    {
        match require_answer(&desk, now, login) {
            Ok(()) => lines.push(format!("{} answers", login.account.gateway)),
            Err(problem) => troubles.push(format!(
                "{} cannot be asked: {}",
                login.account.gateway,
                told(&problem)
            )),
        }
    }
    if is_had(SMTP_PASSWORD)
        && let Err(problem) = mailer(&session.config, &books)
    {
        troubles.push(format!("no mail can be sent: {}", told(&problem)));
    }
    if let Some(to) = session
        .config
        .schedule
        .report_to
        .as_ref()
        .filter(|to| Text::MailAddress.read(to).is_err())
    {
        troubles.push(format!(
            "`schedule.report_to` is `{to}`, which is not one mail address; no report is sent"
        ));
    }
    if has_bus {
        lines.push(format!(
            "this looks like your own session; {}",
            HELP.replace("Ask", "ask")
        ));
    }

    let mut text = String::new();
    for (heading, said) in [("well", &lines), ("to put right", &troubles)] {
        if !said.is_empty() {
            text.push_str(&format!("{heading}\n"));
            for line in said {
                text.push_str(&format!("  {line}\n"));
            }
        }
    }
    let secrets: Vec<Value> = needs
        .iter()
        .map(|need| {
            json!({"secret": need.what, "source": need.source, "readable": need.trouble.is_none(),
                   "why": need.trouble.as_ref().map(ToString::to_string)})
        })
        .collect();
    let data = json!({
        "last_run": last.as_ref().map(|run| json!({
            "began_at": run.began_at.to_string(), "ended_at": run.ended_at.to_string(),
            "taken": run.did.taken, "declined": run.did.declined, "unknown": run.did.unknown,
            "skipped": run.did.skipped, "stopped": run.did.stopped, "by_hand": run.did.by_hand,
        })),
        "overdue": overdue, "secrets": secrets, "session_bus": has_bus, "troubles": troubles,
    });
    let mut report = Report::new("dues.schedule_doctor/1", data, text);
    if !troubles.is_empty() {
        report.problem = Some(Problem::new(
            Kind::Attention,
            "needs_a_person",
            match troubles.len() {
                1 => "1 thing is to be put right".to_owned(),
                n => format!("{n} things are to be put right"),
            },
        ));
    }
    Ok(report)
}

/// The fact and the way out, in one line.
fn told(problem: &Problem) -> String {
    match problem.advice() {
        Some(advice) => format!("{problem}. {advice}"),
        None => problem.to_string(),
    }
}

fn key_of(gateway: &str) -> String {
    format!("the key of {gateway}")
}

const SMTP_PASSWORD: &str = "the mail server's password";

fn did(run: &RunRow) -> String {
    let did = &run.did;
    let mut parts = Vec::new();
    for (count, word) in [
        (did.taken, "charged"),
        (did.declined, "declined"),
        (did.unknown, "unknown"),
        (did.skipped, "not charged"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    if parts.is_empty() {
        parts.push("nothing was due".to_owned());
    }
    if let Some(stopped) = &did.stopped {
        parts.push(format!("stopped: {stopped}"));
    }
    parts.join(", ")
}

/// Every secret that a run would read, tried now.
fn needs(session: &Session, books: &Books) -> Result<Vec<Need>> {
    let facts = books.read().facts()?;
    let mut needs = Vec::new();
    for login in books.read().logins()? {
        if login.source == "none" {
            continue;
        }
        let trouble = match Source::from_word(&login.source) {
            None => Some(Problem::bug("an unknown place of secrets")),
            Some(source) => gateway_secrets(&session.config, source, &login.account.gateway)
                .and_then(|store| store.read(&secret_name(&facts, &login.account.gateway)))
                .err(),
        };
        needs.push(Need {
            what: key_of(&login.account.gateway),
            source: login.source,
            trouble,
        });
    }
    let smtp = session.config.mail.smtp.as_ref();
    if smtp.is_some_and(|smtp| smtp.user.is_some()) {
        let source = smtp.and_then(|smtp| smtp.password.clone());
        needs.push(Need {
            what: SMTP_PASSWORD.to_owned(),
            source: source.unwrap_or_else(|| "keyring".to_owned()),
            trouble: smtp_secrets(&session.config)
                .and_then(|store| store.read(SMTP_SECRET))
                .err(),
        });
    }
    Ok(needs)
}

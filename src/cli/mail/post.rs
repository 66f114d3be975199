//! What waits in the outbox goes: by `dues mail send`, and after a command that left mails.

use std::time::Duration;

use serde_json::{Value, json};

use super::counted;
use crate::books::Reader;
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report};
use crate::domain::hour::on_the_wall;
use crate::domain::outbox::MailState;
use crate::jobs::outbox::{Posted, Round, Which, due, is_waiting, send_due};
use crate::ports::Clock;
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::wiring::{Desk, has_mail_server, mailer};

/// A command that has reported stays no longer for its mails: 15 s in all,
/// with what it takes to say good-bye to a server and to write the book.
const BRIEF: Duration = Duration::from_secs(13);

/// Sends every file, however old, after a person has seen how many.
pub(super) fn send_written(session: &Session) -> Result<Report> {
    if !has_mail_server(&session.config) {
        return Err(
            Problem::setup("mail_not_set_up", "the configuration names no mail server").hint(
                "Put `[mail.smtp]` into it first; `config.example.toml` shows how. Until then the mails stay files.",
            ),
        );
    }
    let books = session.books()?;
    let files = books.read().mails_in(MailState::Written)?;
    if let Some(oldest) = files.first().filter(|_| !session.dry_run && !session.yes) {
        let zone = books.read().facts()?.zone;
        let question = format!(
            "Send {}, the oldest of {}? Whoever had one by hand gets it again.",
            counted(files.len()),
            on_the_wall(oldest.letter.written_at, &zone)
        );
        session.terminal.confirm(&question, "--yes")?;
    }
    drop(books);
    send(session, Which::WrittenToo)
}

pub(super) fn send(session: &Session, which: Which) -> Result<Report> {
    let books = session.books()?;
    if session.dry_run {
        let sends = has_mail_server(&session.config);
        let due = due(books.read(), session.clock.now(), which, sends)?;
        let lines: Vec<String> = due
            .iter()
            .map(|mail| format!("would send {} to {}", mail.letter.id, mail.letter.to))
            .collect();
        let text = if lines.is_empty() {
            "Nothing waits to be sent.".to_owned()
        } else {
            lines.join("\n")
        };
        return Ok(Report::new(
            "dues.mails/1",
            due.iter().map(views::mail).collect::<Vec<_>>().into(),
            text,
        ));
    }
    let Round {
        posted,
        left,
        stopped,
    } = post(session, which, None)?;
    let text = if posted.is_empty() {
        waiting(books.read(), has_mail_server(&session.config))?
    } else {
        posted.iter().map(told).collect::<Vec<_>>().join("\n")
    };
    let data = posted
        .iter()
        .map(|one| json!({"mail": one.mail.to_string(), "to": one.to, "state": one.state.word(), "note": one.note}))
        .collect::<Vec<_>>();
    let mut report = Report::new("dues.posted/1", Value::from(data), text);
    report.warnings.extend(still_waiting(left));
    let unsent = posted
        .iter()
        .filter(|one| !matches!(one.state, MailState::Sent | MailState::Written))
        .count();
    if unsent > 0 {
        let kind = if unsent < posted.len() {
            Kind::Partial
        } else {
            Kind::Refused
        };
        let what = match unsent {
            1 => "1 mail could not be sent".to_owned(),
            n => format!("{n} mails could not be sent"),
        };
        report.problem = Some(Problem::new(kind, "mail_not_sent", what).hint(
            "No payment is touched by this. What waits goes with the next charge or `dues mail send`; see `dues mail list --unsent`.",
        ));
    }
    report.problem = stopped.or(report.problem);
    Ok(report)
}

fn waiting(book: Reader<'_>, sends: bool) -> Result<String> {
    let zone = book.facts()?.zone;
    let (mut next, mut files) = (None, 0);
    for mail in book.mails(true)? {
        files += usize::from(mail.state == MailState::Written);
        next = [next, mail.next_try_at].into_iter().flatten().min();
    }
    let mut text = match next {
        None => "Nothing waits to be sent.".to_owned(),
        Some(at) => format!(
            "Nothing to send now; the next try is at {}.",
            on_the_wall(at, &zone)
        ),
    };
    if files > 0 {
        let once = if sends {
            ""
        } else {
            " once a mail server is set up"
        };
        text.push_str(&format!(
            " `dues mail send --written` sends {}{once}.",
            counted(files)
        ));
    }
    Ok(text)
}

fn post(session: &Session, which: Which, within: Option<Duration>) -> Result<Round> {
    let by = within.map(|within| session.clock.since_boot() + within);
    let books = session.books()?;
    // For nothing no password is asked of a keyring, and none is missed.
    let sends = has_mail_server(&session.config);
    if !is_waiting(books.read(), session.clock.now(), which, sends)? {
        return Ok(Round {
            posted: Vec::new(),
            left: 0,
            stopped: None,
        });
    }
    let mailer = mailer(&session.config, &books)?;
    let desk = Desk::of(&session.config, &books)?;
    let mut world = session.world(books, &desk, &|_| ());
    let round = send_due(&mut world, &*mailer, which, by)?;
    session.finish(world.books);
    Ok(round)
}

/// How many were not tried, if any.
fn still_waiting(left: usize) -> Option<String> {
    match left {
        0 => None,
        1 => Some("1 more mail waits in the outbox".to_owned()),
        n => Some(format!("{n} more mails wait in the outbox")),
    }
}

fn told(one: &Posted) -> String {
    match one.state {
        MailState::Written => format!(
            "wrote {} for {} to {}; no mail server is set up",
            one.mail, one.to, one.note
        ),
        MailState::Sent => format!("sent {} to {} ({})", one.mail, one.to, one.note),
        state => format!(
            "{} to {} {}: {}",
            one.mail,
            one.to,
            views::mail_standing(state),
            one.note
        ),
    }
}

/// Sends what a command left in the outbox, after its result is printed. A
/// mail that cannot go is said so, and stays; it never changes the result.
pub fn post_after(session: &Session, haste: Haste) {
    let within = match haste {
        Haste::Brief => Some(BRIEF),
        Haste::Whole => None,
    };
    match post(session, Which::Due, within) {
        Ok(Round {
            posted,
            left,
            stopped,
        }) => {
            for one in posted {
                session.terminal.say(&told(&one));
            }
            if let Some(problem) = stopped {
                session.terminal.say(&format!("warning: {problem}"));
            }
            if let Some(fact) = still_waiting(left) {
                session
                    .terminal
                    .say(&format!("{fact}; `dues mail send` sends them"));
            }
        }
        Err(problem) if problem.kind() == Kind::Busy => {}
        Err(problem) => {
            session
                .terminal
                .say(&format!("the mail waits in the outbox: {}", problem.fact()));
            if let Some(hint) = problem.advice() {
                session.terminal.say(&format!("hint: {hint}"));
            }
        }
    }
}

//! `dues mail`: the outbox, and the mails that a command leaves in it.

use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{Haste, Report, table};
use crate::books::{MailRow, Reader, Tx};
use crate::domain::ids::MailId;
use crate::domain::outbox::MailState;
use crate::jobs::outbox::{Posted, Round, is_waiting, send_due};
use crate::ports::{Clock, Secret};
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::wiring::{Desk, SMTP_SECRET, mailer, smtp_secrets};

/// A command that has reported stays no longer for its mails: 15 s in all,
/// with what it takes to say good-bye to a server and to write the book.
const BRIEF: Duration = Duration::from_secs(13);

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List mails, newest first
    List {
        /// Only those that are neither sent nor cancelled
        #[arg(long)]
        unsent: bool,
    },
    /// Read a mail
    Show {
        /// `M-3`
        mail: String,
    },
    /// Send what waits, each mail in its time
    Send,
    /// Send a mail now that failed or waits
    Retry {
        /// `M-3`
        mail: String,
    },
    /// Do not send a mail
    Cancel {
        /// `M-3`
        mail: String,
    },
    /// Keep the mail server's password where the configuration says
    Login,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::List { unsent } => list(session, *unsent),
            Self::Show { mail } => show(session, mail),
            Self::Send => send(session, None),
            Self::Retry { mail } => retry(session, mail),
            Self::Cancel { mail } => cancel(session, mail),
            Self::Login => login(session),
        }
    }
}

fn find(book: Reader<'_>, word: &str) -> Result<MailRow> {
    let id = MailId::parse(word).ok_or_else(|| {
        Problem::usage("bad_mail", format!("`{word}` is not a mail"))
            .hint("Write it as `M-3`; `dues mail list` shows them.")
    })?;
    book.mail(id)
}

fn list(session: &Session, unsent: bool) -> Result<Report> {
    let books = session.books()?;
    let facts = books.read().facts()?;
    let mails = books.read().mails(unsent)?;
    let rows = mails
        .iter()
        .map(|mail| {
            vec![
                mail.letter.id.to_string(),
                mail.letter
                    .written_at
                    .to_zoned(facts.zone.clone())
                    .date()
                    .to_string(),
                mail.letter.to.clone(),
                mail.letter.wording.subject.clone(),
                mail.state.to_string().replace('_', " "),
                mail.note.clone().unwrap_or_default(),
            ]
        })
        .collect::<Vec<_>>();
    let text = match (rows.is_empty(), unsent) {
        (true, true) => "Every mail is sent.".to_owned(),
        (true, false) => "No mails yet.".to_owned(),
        _ => table(&["mail", "date", "to", "subject", "state", ""], &[], rows),
    };
    Ok(Report::new(
        "dues.mails/1",
        mails.iter().map(views::mail).collect::<Vec<_>>().into(),
        text,
    ))
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let mail = find(books.read(), word)?;
    let mut data = views::mail(&mail);
    data["text"] = mail.letter.wording.text.clone().into();
    let lines: Vec<&str> = mail.letter.wording.text.lines().collect();
    let text = format!(
        "{} · {}{}\nto       {}\nsubject  {}\n\n{}",
        mail.letter.id,
        mail.state.to_string().replace('_', " "),
        mail.note
            .as_ref()
            .map(|note| format!(" · {note}"))
            .unwrap_or_default(),
        mail.letter.to,
        mail.letter.wording.subject,
        lines.join("\n"),
    );
    Ok(Report::new("dues.mail/1", data, text))
}

fn send(session: &Session, only: Option<MailId>) -> Result<Report> {
    let books = session.books()?;
    if session.dry_run {
        let due = books.read().mails_due(session.clock.now())?;
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
    } = post(session, only, None)?;
    let text = if posted.is_empty() {
        waiting(books.read())?
    } else {
        posted
            .iter()
            .map(|one| told(session, one))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let data = posted
        .iter()
        .map(|one| json!({"mail": one.mail.to_string(), "to": one.to, "state": one.state.word(), "note": one.note}))
        .collect::<Vec<_>>();
    let mut report = Report::new("dues.posted/1", Value::from(data), text);
    report.warnings.extend(still_waiting(left));
    let unsent = posted
        .iter()
        .filter(|one| one.state != MailState::Sent)
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

fn waiting(book: Reader<'_>) -> Result<String> {
    let next = book
        .mails(true)?
        .into_iter()
        .filter_map(|mail| mail.next_try_at)
        .min();
    Ok(match next {
        None => "Nothing waits to be sent.".to_owned(),
        Some(at) => format!(
            "Nothing to send now; the next try is at {}.",
            at.strftime("%Y-%m-%d %H:%M UTC")
        ),
    })
}

fn post(session: &Session, only: Option<MailId>, within: Option<Duration>) -> Result<Round> {
    let by = within.map(|within| session.clock.since_boot() + within);
    let books = session.books()?;
    // For nothing no password is asked of a keyring, and none is missed.
    if !is_waiting(books.read(), session.clock.now())? {
        return Ok(Round {
            posted: Vec::new(),
            left: 0,
            stopped: None,
        });
    }
    let mailer = mailer(&session.config, &books)?;
    let desk = Desk::of(&session.config, &books)?;
    let mut world = session.world(books, &desk, &|_| ());
    let round = send_due(&mut world, &*mailer, only, by)?;
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

fn told(session: &Session, one: &Posted) -> String {
    match one.state {
        MailState::Sent if session.config.mail.smtp.is_none() => format!(
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
    match post(session, None, within) {
        Ok(Round {
            posted,
            left,
            stopped,
        }) => {
            for one in posted {
                session.terminal.say(&told(session, &one));
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

/// As it stands now: it may have gone out since it was shown.
fn refuse_if_out(tx: &Tx<'_>, id: MailId) -> Result<()> {
    let state = tx.read().mail(id)?.state;
    if !matches!(state, MailState::Sent | MailState::Sending) {
        return Ok(());
    }
    Err(
        Problem::refused("mail_is_out", format!("{id} is {} already", state.word()))
            .hint("What is out cannot be called back; ask the customer whether it came."),
    )
}

fn retry(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let mail = find(books.read(), word)?;
    let id = mail.letter.id;
    let now = session.clock.now();
    session.change(&mut books, |tx| {
        refuse_if_out(tx, id)?;
        tx.settle_mail(id, MailState::Queued, "to be tried again", Some(now))
    })?;
    if session.dry_run {
        return Ok(Report::new(
            "dues.mail/1",
            views::mail(&mail),
            format!("would send {id} to {}", mail.letter.to),
        ));
    }
    send(session, Some(id))
}

fn cancel(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let mail = find(books.read(), word)?;
    let id = mail.letter.id;
    let after = session.change(&mut books, |tx| {
        refuse_if_out(tx, id)?;
        tx.settle_mail(id, MailState::Cancelled, "cancelled by a person", None)?;
        tx.read().mail(id)
    })?;
    let text = format!(
        "{id} to {} will not be sent.{}",
        mail.letter.to,
        session.dry_note()
    );
    Ok(Report::new("dues.mail/1", views::mail(&after), text))
}

fn login(session: &Session) -> Result<Report> {
    if session.config.mail.smtp.is_none() {
        return Err(
            Problem::setup("mail_not_set_up", "the configuration names no mail server")
                .hint("Put `[mail.smtp]` into it first; `config.example.toml` shows how."),
        );
    }
    let store = smtp_secrets(&session.config)?;
    let secret = Secret::new(session.terminal.secret("The mail server's password")?);
    if !session.dry_run {
        store.write(SMTP_SECRET, &secret)?;
        store.read(SMTP_SECRET)?;
    }
    let text = format!(
        "The password is kept. Try it with `dues mail send`.{}",
        session.dry_note()
    );
    Ok(Report::new(
        "dues.mail_login/1",
        json!({"secret": SMTP_SECRET}),
        text,
    ))
}

//! `dues mail`: the outbox, and the mails that a command leaves in it.

mod again;
mod post;

use clap::Subcommand;
use serde_json::json;

use super::session::Session;
use super::terminal::{Report, table};
use crate::books::{MailRow, Reader, Settled};
use crate::domain::hour::on_the_wall;
use crate::domain::ids::MailId;
use crate::domain::outbox::MailState;
use crate::jobs::outbox::Which;
use crate::ports::Secret;
use crate::problem::{Problem, Result};
use crate::views;
use crate::wiring::{SMTP_SECRET, smtp_secrets};

pub use post::post_after;

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
    #[command(after_help = SEND_HELP)]
    Send {
        /// Also every mail that lies in a folder as a file, however old
        #[arg(long)]
        written: bool,
    },
    /// Send a mail now that failed or waits
    Retry {
        /// `M-3`
        mail: String,
    },
    /// Send a mail that was sent once more, as a mail of its own
    Resend {
        /// `M-3`
        mail: String,
        /// To this address; the same as before if not given
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
    /// Let a mail that was not sent go to another address
    #[command(
        after_help = "Example: dues customer edit ROSA --email new@rosa.example, then dues mail redirect M-3"
    )]
    Redirect {
        /// `M-3`
        mail: String,
        /// To this address; where the customer's mails go now if not given
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
    },
    /// Do not send a mail: it is no news any more, or you sent its file yourself
    Cancel {
        /// `M-3`
        #[arg(required_unless_present = "written")]
        mail: Option<String>,
        /// Every mail that lies in a folder as a file
        #[arg(long, conflicts_with = "mail")]
        written: bool,
    },
    /// Keep the mail server's password where the configuration says
    Login,
}

/// Stands below the help of `mail send`.
const SEND_HELP: &str = "Without a mail server, mails become files in a folder: they are written, not sent. \
Once `[mail.smtp]` is set up, files of the last 24 hours go out by themselves; older ones only with `--written`, \
since you may have sent them by hand. `dues mail cancel --written` drops them.";

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::List { unsent } => list(session, *unsent),
            Self::Show { mail } => show(session, mail),
            Self::Send { written: false } => post::send(session, Which::Due),
            Self::Send { written: true } => post::send_written(session),
            Self::Retry { mail } => again::retry(session, mail),
            Self::Resend { mail, to } => again::resend(session, mail, to.as_deref()),
            Self::Redirect { mail, to } => again::redirect(session, mail, to.as_deref()),
            Self::Cancel { mail, .. } => cancel(session, mail.as_deref()),
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
    let zone = books.read().facts()?.zone;
    let when = match (mail.state, mail.sent_at, mail.filed_at, mail.next_try_at) {
        (MailState::Sent, Some(at), ..) | (MailState::Written, _, Some(at), _) => {
            format!(" on {}", on_the_wall(at, &zone))
        }
        (_, _, _, Some(at)) => format!(" · next try {}", on_the_wall(at, &zone)),
        _ => String::new(),
    };
    let of = mail
        .resend_of
        .map_or_else(String::new, |of| format!("\nresends  {of}"));
    let text = format!(
        "{} · {}{when}{}\nto       {}{of}\nsubject  {}\n\n{}",
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

/// Without a word, whatever lies in a folder.
fn cancel(session: &Session, word: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let Some(word) = word else {
        return cancel_written(session);
    };
    let mail = find(books.read(), word)?;
    let id = mail.letter.id;
    let after = session.change(&mut books, |tx| {
        again::refuse_if_out(tx, id)?;
        tx.settle_mail(id, CANCELLED)?;
        tx.read().mail(id)
    })?;
    let text = format!(
        "{id} to {} will not be sent.{}",
        mail.letter.to,
        session.dry_note()
    );
    Ok(Report::new("dues.mail/1", views::mail(&after), text))
}

const CANCELLED: Settled<'static> = Settled {
    state: MailState::Cancelled,
    note: "cancelled by a person",
    next_try_at: None,
    not_let_in: false,
};

fn cancel_written(session: &Session) -> Result<Report> {
    let mut books = session.books()?;
    let files = books.read().mails_in(MailState::Written)?;
    if !files.is_empty() && session.terminal.may_ask && !session.yes && !session.dry_run {
        let question = format!(
            "Send none of {}? Their files stay where they are.",
            counted(files.len())
        );
        session.terminal.confirm(&question, "--yes")?;
    }
    let cancelled = session.change(&mut books, |tx| {
        // As they are now, and no more than were shown.
        let mut now = tx.read().mails_in(MailState::Written)?;
        now.retain(|mail| files.iter().any(|it| it.letter.id == mail.letter.id));
        for mail in &now {
            tx.settle_mail(mail.letter.id, CANCELLED)?;
        }
        now.iter()
            .map(|mail| tx.read().mail(mail.letter.id))
            .collect::<Result<Vec<_>>>()
    })?;
    let text = match cancelled.len() {
        0 => "No mail lies in a folder.".to_owned(),
        n => format!("{} will not be sent.{}", counted(n), session.dry_note()),
    };
    let data: Vec<_> = cancelled.iter().map(views::mail).collect();
    Ok(Report::new("dues.mails/1", data.into(), text))
}

/// How many mails lie in a folder, in words.
fn counted(n: usize) -> String {
    match n {
        1 => "1 mail that was written and not sent".to_owned(),
        n => format!("{n} mails that were written and not sent"),
    }
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

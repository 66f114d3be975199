//! A mail once more, or to another address, because a person says so.
//!
//! Each shows whom it goes to before it goes: what is out cannot be called back.

use super::find;
use super::post::send;
use crate::books::{MailRow, Settled, Tx};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::ids::MailId;
use crate::domain::outbox::MailState;
use crate::domain::text::Text;
use crate::jobs::outbox::Which;
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views;

/// As it stands now: it may have gone out since it was shown.
pub(super) fn refuse_if_out(tx: &Tx<'_>, id: MailId) -> Result<()> {
    let state = tx.read().mail(id)?.state;
    if !matches!(state, MailState::Sent | MailState::Sending) {
        return Ok(());
    }
    Err(
        Problem::refused("mail_is_out", format!("{id} is {} already", state.word()))
            .hint(format!("What is out cannot be called back; ask the customer whether it came, and send it once more with `dues mail resend {id}`.")),
    )
}

pub(super) fn retry(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let mail = find(books.read(), word)?;
    let id = mail.letter.id;
    let now = session.clock.now();
    session.change(&mut books, |tx| {
        refuse_if_out(tx, id)?;
        let settled = Settled {
            state: MailState::Queued,
            note: "to be tried again",
            next_try_at: Some(now),
            not_let_in: false,
        };
        tx.settle_mail(id, settled)
    })?;
    if session.dry_run {
        return Ok(Report::new(
            "dues.mail/1",
            views::mail(&mail),
            format!("would send {id} to {}", mail.letter.to),
        ));
    }
    send(session, Which::Only(id))
}

pub(super) fn resend(session: &Session, word: &str, to: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let mail = find(books.read(), word)?;
    let id = mail.letter.id;
    let to = match to {
        Some(to) => Text::MailAddress.read(to)?,
        None => mail.letter.to.clone(),
    };
    require_sent(&mail)?;
    let subject = &mail.letter.wording.subject;
    ask(
        session,
        &format!("Send {id} (`{subject}`) once more, to {to}?"),
    )?;
    let again = session.change(&mut books, |tx| {
        let now = tx.read().mail(id)?;
        require_sent(&now)?;
        let again = tx.resend_mail(&now, &to)?;
        tx.read().mail(again)
    })?;
    let said = format!("{id} goes to {to} once more, as {}", again.letter.id);
    sent_or_shown(session, &again, &said)
}

fn require_sent(mail: &MailRow) -> Result<()> {
    let id = mail.letter.id;
    let (fact, hint) = match mail.state {
        MailState::Sent => return Ok(()),
        MailState::Cancelled => (
            format!("{id} was cancelled"),
            format!("`dues mail retry {id}` sends it after all."),
        ),
        state => (
            format!("{id} {}", views::mail_standing(state)),
            format!(
                "`dues mail retry {id}` sends it now; `dues mail redirect {id}` sends it to another address."
            ),
        ),
    };
    Err(Problem::refused("mail_not_sent_yet", fact).hint(hint))
}

pub(super) fn redirect(session: &Session, word: &str, to: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let mail = find(books.read(), word)?;
    let (id, old) = (mail.letter.id, &mail.letter.to);
    let to = match to {
        Some(to) => Text::MailAddress.read(to)?,
        None => address_now(session, &mail)?,
    };
    if to == *old {
        return Err(
            Problem::refused("same_address", format!("{id} goes to {to} already")).hint(
                "Give another with `--to`, or change the customer's first: `dues customer edit CUSTOMER --email ADDRESS`.",
            ),
        );
    }
    if mail.state == MailState::Cancelled {
        return Err(
            Problem::refused("mail_cancelled", format!("{id} is cancelled"))
                .hint(format!("`dues mail show {id}` says why.")),
        );
    }
    ask(
        session,
        &format!("Send {id} to {to}, and no longer to {old}?"),
    )?;
    let instead = session.change(&mut books, |tx| {
        refuse_if_out(tx, id)?;
        let now = tx.read().mail(id)?;
        let instead = tx.redirect_mail(&now, &to)?;
        tx.read().mail(instead)
    })?;
    let said = format!(
        "{id} to {old} is cancelled; {} goes to {to} instead",
        instead.letter.id
    );
    let mut report = sent_or_shown(session, &instead, &said)?;
    match mail.state {
        MailState::MaybeSent => report
            .warnings
            .push(format!("{id} may have been sent to {old} before")),
        MailState::Written => report.warnings.push(format!(
            "the file of {id} stays in its folder, addressed to {old}"
        )),
        _ => {}
    }
    Ok(report)
}

/// Where the customer's mails go now.
fn address_now(session: &Session, mail: &MailRow) -> Result<String> {
    let id = mail.letter.id;
    let nowhere = |fact: String| {
        Problem::usage("no_address", fact).hint(format!(
            "Say where it goes: `dues mail redirect {id} --to ADDRESS`."
        ))
    };
    let Some(customer) = mail.customer else {
        return Err(nowhere(format!("{id} is about no customer")));
    };
    let customer = session.books()?.read().customer(customer)?;
    let code = &customer.code;
    customer
        .email
        .ok_or_else(|| nowhere(format!("{code} has no mail address")))
}

fn ask(session: &Session, question: &str) -> Result<()> {
    if session.terminal.may_ask && !session.yes && !session.dry_run {
        session.terminal.confirm(question, "--yes")?;
    }
    Ok(())
}

/// What was done, and what became of the mail at once.
fn sent_or_shown(session: &Session, mail: &MailRow, said: &str) -> Result<Report> {
    if session.dry_run {
        let text = format!("{said}.{}", session.dry_note());
        return Ok(Report::new("dues.mail/1", views::mail(mail), text));
    }
    let mut report = send(session, Which::Only(mail.letter.id))?;
    report.text = format!("{said}.\n{}", report.text);
    Ok(report)
}

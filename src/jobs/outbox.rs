//! Sends what waits in the outbox. Payments are never touched here.
//!
//! A mail is claimed in the book before it is handed over. Who holds the
//! mailing lock knows that a mail still marked as being sent was left behind
//! by a process that died: it may have gone out, and goes out once more at
//! most, under the same Message-ID.

use std::time::Duration;

use jiff::Timestamp;

use super::World;
use crate::books::{MailRow, Reader};
use crate::domain::ids::MailId;
use crate::domain::outbox::{MOST_TRIES, MailState, wait_after};
use crate::ports::{Delivery, Mailer};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// How long one mail may take, and how much time it must have at least.
const FOR_ONE: Duration = Duration::from_mins(1);
const LEAST_FOR_ONE: Duration = Duration::from_secs(2);

/// What was done about the mails that were due.
#[derive(Debug)]
pub struct Round {
    pub posted: Vec<Posted>,
    /// How many wait as they did, for the server was gone or the time over.
    pub left: usize,
    /// Why the round ended early, if the book would not go on.
    pub stopped: Option<Problem>,
}

/// What became of one mail.
#[derive(Debug, Clone)]
pub struct Posted {
    pub mail: MailId,
    pub to: String,
    pub state: MailState,
    pub note: String,
}

/// Whether [`send_due`] would find anything to do.
///
/// # Errors
///
/// The book cannot be read.
pub fn is_waiting(book: Reader<'_>, now: Timestamp) -> Result<bool> {
    let mut unsent = book.mails(true)?.into_iter();
    Ok(!book.mails_due(now)?.is_empty() || unsent.any(|mail| mail.state == MailState::Sending))
}

/// Sends every mail whose time has come, or only `only`, until the moment
/// `by`, counted from when the machine started. The first that gets no answer
/// ends the round: the others would only wait for the same silence.
///
/// # Errors
///
/// No mail was sent: exit 7 if another `dues` is sending; otherwise what the
/// book refused. Exit 6 if one was, and the book would not take it. A mail that
/// could not be sent is no error: it stays in the outbox.
pub fn send_due(
    world: &mut World<'_>,
    mailer: &dyn Mailer,
    only: Option<MailId>,
    by: Option<Duration>,
) -> Result<Round> {
    let Some(_held) = world.books.mailing_right().try_take()? else {
        return Err(Problem::new(
            Kind::Busy,
            "another_is_mailing",
            "another dues is sending mails",
        )
        .hint("It sends these too; see `dues mail list`."));
    };
    let mut posted = recover_orphans(world)?;
    let now = world.now();
    let mut due = world.books.read().mails_due(now)?;
    due.retain(|mail| only.is_none_or(|only| only == mail.letter.id));
    let mut due = due.into_iter();
    let mut stopped = None;
    while let Some(mail) = due.as_slice().first() {
        let left = by.map(|by| by.saturating_sub(world.clock.since_boot()));
        let within = left.map_or(FOR_ONE, |left| left.min(FOR_ONE));
        if within < LEAST_FOR_ONE {
            break;
        }
        let outcome = match post(world, mailer, mail, within) {
            Ok(outcome) => outcome,
            Err(problem) if posted.is_empty() => return Err(problem),
            Err(problem) => {
                stopped = Some(problem.after_effects());
                break;
            }
        };
        due.next();
        let Some((outcome, server_is_there)) = outcome else {
            continue;
        };
        posted.retain(|earlier| earlier.mail != outcome.mail);
        posted.push(outcome);
        if !server_is_there {
            break;
        }
    }
    let left = due.len();
    Ok(Round {
        posted,
        left,
        stopped,
    })
}

/// We hold the lock, so who was sending these is dead.
fn recover_orphans(world: &mut World<'_>) -> Result<Vec<Posted>> {
    let mut orphans = Vec::new();
    for mail in world.books.read().mails(true)? {
        if mail.state == MailState::Sending {
            orphans.push(after_doubt(
                world,
                &mail,
                "stopped while it was handed over",
            )?);
        }
    }
    Ok(orphans)
}

/// Hands one mail over; what became of it, and whether the server is there for others.
fn post(
    world: &mut World<'_>,
    mailer: &dyn Mailer,
    mail: &MailRow,
    within: Duration,
) -> Result<Option<(Posted, bool)>> {
    let id = mail.letter.id;
    if !world.write(|tx| tx.claim_mail(id))? {
        return Ok(None);
    }
    rehearsal::point("mail.claimed")?;
    let delivery = mailer.deliver(&mail.letter, within);
    let server_is_there = !matches!(
        delivery,
        // The others would only wait for the same silence.
        Delivery::Unreachable(_) | Delivery::Unclear(_)
    );
    match rehearsal::point("mail.delivered").and_then(|()| book(world, id, delivery)) {
        Ok(posted) => Ok(Some((posted, server_is_there))),
        Err(problem) => Err(Problem::new(
            Kind::Partial,
            "mail_not_booked",
            format!(
                "{id} was handed over, and the book would not take what came of it: {}",
                problem.fact()
            ),
        )
        .hint("It may go out once more, under the same Message-ID.")),
    }
}

/// Writes down what became of a mail.
fn book(world: &mut World<'_>, id: MailId, delivery: Delivery) -> Result<Posted> {
    // As claimed: one try more.
    let mail = world.books.read().mail(id)?;
    let at = world.now();
    let (state, note, next_try) = match delivery {
        Delivery::Accepted(by) => (MailState::Sent, by, None),
        Delivery::Refused(why) => (MailState::Failed, why, None),
        Delivery::TryLater(why) | Delivery::Unreachable(why) if mail.tries >= MOST_TRIES => {
            (MailState::Failed, why, None)
        }
        Delivery::TryLater(why) | Delivery::Unreachable(why) => {
            let next = at
                .saturating_add(wait_after(mail.tries))
                .map_err(|error| Problem::bug(error.to_string()))?;
            (MailState::Queued, why, Some(next))
        }
        Delivery::Unclear(why) => return after_doubt(world, &mail, &why),
    };
    settle(world, &mail, state, &note, next_try)
}

/// It may have gone out: once more at most, then a person.
fn after_doubt(world: &mut World<'_>, mail: &MailRow, why: &str) -> Result<Posted> {
    if mail.doubts > 0 {
        let note = format!("may have been sent: {why}");
        return settle(world, mail, MailState::Failed, &note, None);
    }
    let next = world
        .now()
        .saturating_add(wait_after(mail.tries))
        .map_err(|error| Problem::bug(error.to_string()))?;
    settle(world, mail, MailState::MaybeSent, why, Some(next))
}

fn settle(
    world: &mut World<'_>,
    mail: &MailRow,
    state: MailState,
    note: &str,
    next_try: Option<Timestamp>,
) -> Result<Posted> {
    world.write(|tx| tx.settle_mail(mail.letter.id, state, note, next_try))?;
    Ok(Posted {
        mail: mail.letter.id,
        to: mail.letter.to.clone(),
        state,
        note: note.to_owned(),
    })
}

//! Sends what waits in the outbox. Payments are never touched here.
//!
//! A mail is claimed in the book before it is handed over. Who holds the
//! mailing lock knows that a mail still marked as being sent was left behind
//! by a process that died: it may have gone out, and goes out once more at
//! most, under the same Message-ID.

use std::time::Duration;

use jiff::Timestamp;

use super::World;
use crate::books::{MailRow, Reader, Settled};
use crate::domain::ids::MailId;
use crate::domain::outbox::{FRESH_FOR, LONGEST_WAIT, MOST_TRIES, MailState, wait_after};
use crate::ports::{Delivery, Mailer};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// How long one mail may take, and how much time it must have at least.
const FOR_ONE: Duration = Duration::from_mins(1);
const LEAST_FOR_ONE: Duration = Duration::from_secs(2);

/// Which mails are to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those whose time has come, and with a server the files that are fresh.
    Due,
    /// Every file too, however old.
    WrittenToo,
    Only(MailId),
}

impl Which {
    /// Since when what became a file goes as well; `sends`: a server is there.
    fn files_since(self, now: Timestamp, sends: bool) -> Option<Timestamp> {
        match self {
            _ if !sends => None,
            Self::WrittenToo => Some(Timestamp::MIN),
            Self::Due | Self::Only(_) => Some(now.saturating_sub(FRESH_FOR).unwrap_or(now)),
        }
    }
}

/// Why a mail needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It was refused for good, or tried too often.
    Failed,
    /// The server lets nobody in: all the others wait with it.
    NotLetIn,
    /// It should have gone long ago.
    WaitsLong,
    /// It lies in a folder, there is a server now, and it is too old to go by itself.
    OldFile,
}

/// Why a mail needs a person, if it does; `sends`: a server is there.
#[must_use]
pub fn trouble(mail: &MailRow, now: Timestamp, sends: bool) -> Option<Trouble> {
    let is_old = |since: Timestamp, most| now.duration_since(since) > most;
    match mail.state {
        MailState::Failed => Some(Trouble::Failed),
        MailState::Queued | MailState::MaybeSent | MailState::Sending => {
            if mail.not_let_in {
                Some(Trouble::NotLetIn)
            } else {
                is_old(mail.letter.written_at, LONGEST_WAIT).then_some(Trouble::WaitsLong)
            }
        }
        MailState::Written => {
            let filed_at = mail.filed_at.unwrap_or(mail.letter.written_at);
            (sends && is_old(filed_at, FRESH_FOR)).then_some(Trouble::OldFile)
        }
        MailState::Sent | MailState::Cancelled => None,
    }
}

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

/// Whether [`send_due`] would find anything to do; `sends`: a server is there.
///
/// # Errors
///
/// The book cannot be read.
pub fn is_waiting(book: Reader<'_>, now: Timestamp, which: Which, sends: bool) -> Result<bool> {
    Ok(!due(book, now, which, sends)?.is_empty() || !book.mails_in(MailState::Sending)?.is_empty())
}

/// What would be sent now, oldest first; `sends`: a server is there.
///
/// # Errors
///
/// The book cannot be read.
pub fn due(book: Reader<'_>, now: Timestamp, which: Which, sends: bool) -> Result<Vec<MailRow>> {
    let mut due = book.mails_due(now, which.files_since(now, sends))?;
    if let Which::Only(only) = which {
        due.retain(|mail| mail.letter.id == only);
    }
    Ok(due)
}

/// Sends every mail whose time has come, or others too, until the moment
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
    which: Which,
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
    let mut due = due(world.books.read(), now, which, mailer.sends())?.into_iter();
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
    for mail in world.books.read().mails_in(MailState::Sending)? {
        let why = "stopped while it was handed over";
        orphans.push(after_doubt(world, &mail, why)?);
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
        Delivery::Unreachable(_) | Delivery::NotLetIn(_) | Delivery::Unclear(_)
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
    let not_let_in = matches!(delivery, Delivery::NotLetIn(_));
    let (state, note, next_try_at) = match delivery {
        Delivery::Filed(path) => (MailState::Written, path, None),
        Delivery::Accepted(by) => (MailState::Sent, by, None),
        Delivery::Refused(why) => (MailState::Failed, why, None),
        Delivery::TryLater(why) | Delivery::Unreachable(why) if mail.tries >= MOST_TRIES => {
            (MailState::Failed, why, None)
        }
        // No fault of the letter's: however often, it waits for the login to be mended.
        Delivery::TryLater(why) | Delivery::Unreachable(why) | Delivery::NotLetIn(why) => {
            let next = at
                .saturating_add(wait_after(mail.tries))
                .map_err(|error| Problem::bug(error.to_string()))?;
            (MailState::Queued, why, Some(next))
        }
        Delivery::Unclear(why) => return after_doubt(world, &mail, &why),
    };
    let settled = Settled {
        state,
        note: &note,
        next_try_at,
        not_let_in,
    };
    settle(world, &mail, settled)
}

/// It may have gone out: once more at most, then a person.
fn after_doubt(world: &mut World<'_>, mail: &MailRow, why: &str) -> Result<Posted> {
    if mail.doubts > 0 {
        let note = format!("may have been sent: {why}");
        let settled = Settled {
            state: MailState::Failed,
            note: &note,
            next_try_at: None,
            not_let_in: false,
        };
        return settle(world, mail, settled);
    }
    let next = world
        .now()
        .saturating_add(wait_after(mail.tries))
        .map_err(|error| Problem::bug(error.to_string()))?;
    let settled = Settled {
        state: MailState::MaybeSent,
        note: why,
        next_try_at: Some(next),
        not_let_in: false,
    };
    settle(world, mail, settled)
}

fn settle(world: &mut World<'_>, mail: &MailRow, settled: Settled<'_>) -> Result<Posted> {
    world.write(|tx| tx.settle_mail(mail.letter.id, settled))?;
    Ok(Posted {
        mail: mail.letter.id,
        to: mail.letter.to.clone(),
        state: settled.state,
        note: settled.note.to_owned(),
    })
}

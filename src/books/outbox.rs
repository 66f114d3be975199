//! The outbox: every mail that was ever to be sent, and what became of it.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::ids::{CustomerId, MailId, PaymentId, sha256_hex};
use crate::domain::outbox::{Letter, MailState, Wording, tells_of, told_again};
use crate::problem::{Problem, Result};

/// A mail to be written into the outbox.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// What it tells of: `confirmation:PAY-7`. With the recipient, unique.
    pub event: String,
    pub to: String,
    /// Whom it is about; `None`: it goes to whoever keeps the book.
    pub customer: Option<CustomerId>,
    pub payment: Option<PaymentId>,
    pub wording: Wording,
}

/// A mail of the outbox.
#[derive(Debug, Clone)]
pub struct MailRow {
    pub letter: Letter,
    pub event: String,
    pub customer: Option<CustomerId>,
    pub payment: Option<PaymentId>,
    /// The mail that a person sent once more with this one.
    pub resend_of: Option<MailId>,
    pub state: MailState,
    pub tries: u32,
    /// How often it may have gone out without our knowing.
    pub doubts: u32,
    /// The server let nobody in when it was tried last.
    pub not_let_in: bool,
    pub next_try_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    /// When it became a file.
    pub filed_at: Option<Timestamp>,
    /// The last thing that was said of it: where it went, or why it did not.
    pub note: Option<String>,
}

const SELECT: &str = "select id, event, recipient, customer_id, payment_id, resend_of, subject, text, html,
    message_id, state, tries, doubts, not_let_in, next_try_at, sent_at, filed_at, note, written_at from mails";

/// What became of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Settled<'a> {
    pub state: MailState,
    pub note: &'a str,
    pub next_try_at: Option<Timestamp>,
    /// The server let nobody in.
    pub not_let_in: bool,
}

fn mail(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    Ok(MailRow {
        letter: Letter {
            id: row.get("id")?,
            to: row.get("recipient")?,
            wording: Wording {
                subject: row.get("subject")?,
                text: row.get("text")?,
                html: row.get("html")?,
            },
            message_id: row.get("message_id")?,
            written_at: row.get("written_at")?,
        },
        event: row.get("event")?,
        customer: row.get("customer_id")?,
        payment: row.get("payment_id")?,
        resend_of: row.get("resend_of")?,
        state: row.get("state")?,
        tries: row.get("tries")?,
        doubts: row.get("doubts")?,
        not_let_in: row.get("not_let_in")?,
        next_try_at: row.get("next_try_at")?,
        sent_at: row.get("sent_at")?,
        filed_at: row.get("filed_at")?,
        note: row.get("note")?,
    })
}

impl Reader<'_> {
    /// Mails, newest first; with `unsent` only those that are neither sent
    /// nor cancelled.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn mails(self, unsent: bool) -> Result<Vec<MailRow>> {
        let which = if unsent {
            "where state not in ('sent', 'cancelled')"
        } else {
            ""
        };
        self.rows(&format!("{SELECT} {which} order by id desc"), [], mail)
    }

    /// One mail.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn mail(self, id: MailId) -> Result<MailRow> {
        self.row(&format!("{SELECT} where id = ?1"), [id], mail)?
            .ok_or_else(|| {
                Problem::refused("no_such_mail", format!("there is no mail {id}"))
                    .hint("See them with `dues mail list`.")
            })
    }

    /// The mails that tell of a payment.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn mails_of(self, payment: PaymentId) -> Result<Vec<MailRow>> {
        self.rows(
            &format!("{SELECT} where payment_id = ?1 order by id"),
            [payment],
            mail,
        )
    }

    /// Whether this was told to this recipient already.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn has_mail(self, event: &str, to: &str) -> Result<bool> {
        let found: Option<i64> = self.row(
            "select 1 from mails where event = ?1 and recipient = ?2",
            (event, to),
            |row| row.get(0),
        )?;
        Ok(found.is_some())
    }

    /// The mails in this state, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn mails_in(self, state: MailState) -> Result<Vec<MailRow>> {
        self.rows(
            &format!(
                "{SELECT} where state = ?1 and state not in ('sent', 'cancelled') order by id"
            ),
            [state],
            mail,
        )
    }

    /// The mails whose time has come, oldest first, and with them those that
    /// became files since the moment `filed_since`.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn mails_due(self, now: Timestamp, filed_since: Option<Timestamp>) -> Result<Vec<MailRow>> {
        let mut due = self.mails_in(MailState::Queued)?;
        due.extend(self.mails_in(MailState::MaybeSent)?);
        due.retain(|mail| mail.next_try_at.is_some_and(|at| at <= now));
        if let Some(since) = filed_since {
            let files = self.mails_in(MailState::Written)?.into_iter();
            due.extend(files.filter(|mail| mail.filed_at.is_some_and(|at| at >= since)));
        }
        due.sort_by_key(|mail| mail.letter.id);
        Ok(due)
    }
}

impl Tx<'_> {
    /// Puts a mail into the outbox, to be sent at once.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn queue_mail(&self, new: &NewMail) -> Result<MailId> {
        let id = self.insert_mail(new, None)?;
        self.note(
            "mail.queued",
            json!({"mail": id.to_string(), "event": new.event}),
        )?;
        Ok(id)
    }

    fn insert_mail(&self, new: &NewMail, resend_of: Option<MailId>) -> Result<MailId> {
        let book = self.read().facts()?.id.0;
        // The same for ever, so that a second delivery is seen as the same mail.
        // A restored book may give the number of a payment again: its mail is another.
        let itself = format!("{book}\n{}\n{}", new.to, new.wording.text);
        let message_id = format!(
            "{}.{}@dues.invalid",
            new.event.to_lowercase().replace(':', "."),
            &sha256_hex(itself.as_bytes())[..12]
        );
        let id = self.insert(
            "insert into mails (event, recipient, customer_id, payment_id, subject, text, html, message_id,
               state, next_try_at, written_at, resend_of)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?9, ?10)",
            (
                &new.event,
                &new.to,
                new.customer,
                new.payment,
                &new.wording.subject,
                &new.wording.text,
                &new.wording.html,
                &message_id,
                self.at,
                resend_of,
            ),
        )?;
        Ok(MailId(id))
    }

    /// Puts a mail that was sent into the outbox once more: a mail of its own,
    /// with an event and a Message-ID of its own.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn resend_mail(&self, sent: &MailRow, to: &str) -> Result<MailId> {
        let mut n = 1;
        while self.read().has_mail(&told_again(&sent.event, n), to)? {
            n += 1;
        }
        let again = as_new(sent, told_again(&sent.event, n), to);
        let id = self.insert_mail(&again, Some(sent.letter.id))?;
        self.note(
            "mail.resent",
            json!({"mail": id.to_string(), "of": sent.letter.id.to_string(), "to": to, "event": again.event}),
        )?;
        Ok(id)
    }

    /// Lets a mail that is not out go to another address: it is cancelled, and
    /// its place is taken by one with the same words.
    ///
    /// # Errors
    ///
    /// Exit 1 if that address has been told the same.
    pub fn redirect_mail(&self, mail: &MailRow, to: &str) -> Result<MailId> {
        let (id, old) = (mail.letter.id, &mail.letter.to);
        if self.read().has_mail(&mail.event, to)? {
            return Err(Problem::refused(
                "told_already",
                format!("{to} has a mail about {} already", tells_of(&mail.event)),
            )
            .hint("See it with `dues mail list`: `dues mail retry` sends one that was cancelled, `dues mail resend` one that was sent."));
        }
        let instead = self.insert_mail(&as_new(mail, mail.event.clone(), to), mail.resend_of)?;
        self.settle_mail(
            id,
            Settled {
                state: MailState::Cancelled,
                note: &format!("{instead} goes to {to} instead"),
                next_try_at: None,
                not_let_in: false,
            },
        )?;
        self.note(
            "mail.redirected",
            json!({"mail": id.to_string(), "from": old, "to": to, "instead": instead.to_string()}),
        )?;
        Ok(instead)
    }

    /// Claims a mail for one delivery; false if another `dues` was faster.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn claim_mail(&self, id: MailId) -> Result<bool> {
        let claimed = self.execute(
            "update mails set state = 'sending', tries = tries + 1, next_try_at = null
             where id = ?1 and state in ('queued', 'maybe_sent', 'written')",
            [id],
        )? == 1;
        self.note(
            "mail.claimed",
            json!({"mail": id.to_string(), "claimed": claimed}),
        )?;
        Ok(claimed)
    }

    /// Writes what became of a mail.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn settle_mail(
        &self,
        id: MailId,
        Settled {
            state,
            note,
            next_try_at,
            not_let_in,
        }: Settled<'_>,
    ) -> Result<()> {
        self.execute(
            "update mails set state = ?2, note = ?3, next_try_at = ?4, not_let_in = ?6,
               sent_at = case when ?2 = 'sent' then ?5 else sent_at end,
               filed_at = case when ?2 = 'written' then ?5 else filed_at end,
               doubts = doubts + (?2 = 'maybe_sent')
             where id = ?1",
            (id, state, note, next_try_at, self.at, not_let_in),
        )?;
        self.note(
            "mail.settled",
            json!({"mail": id.to_string(), "state": state.word(), "note": note}),
        )
    }
}

/// The words of a mail, for another event or recipient.
fn as_new(mail: &MailRow, event: String, to: &str) -> NewMail {
    NewMail {
        event,
        to: to.to_owned(),
        customer: mail.customer,
        payment: mail.payment,
        wording: mail.letter.wording.clone(),
    }
}

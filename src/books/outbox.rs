//! The outbox: every mail that was ever to be sent, and what became of it.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::ids::{CustomerId, MailId, PaymentId, sha256_hex};
use crate::domain::outbox::{Letter, MailState, Wording};
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
    pub state: MailState,
    pub tries: u32,
    /// How often it may have gone out without our knowing.
    pub doubts: u32,
    pub next_try_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    /// The last thing that was said of it: where it went, or why it did not.
    pub note: Option<String>,
}

const SELECT: &str = "select id, event, recipient, customer_id, payment_id, subject, text, html,
    message_id, state, tries, doubts, next_try_at, sent_at, note, written_at from mails";

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
        state: row.get("state")?,
        tries: row.get("tries")?,
        doubts: row.get("doubts")?,
        next_try_at: row.get("next_try_at")?,
        sent_at: row.get("sent_at")?,
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

    /// The queued mails whose time has come, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn mails_due(self, now: Timestamp) -> Result<Vec<MailRow>> {
        let due = self.rows(
            &format!("{SELECT} where state in ('queued', 'maybe_sent') and next_try_at is not null order by id"),
            [],
            mail,
        )?;
        Ok(due
            .into_iter()
            .filter(|mail| mail.next_try_at.is_some_and(|at| at <= now))
            .collect())
    }
}

impl Tx<'_> {
    /// Puts a mail into the outbox, to be sent at once.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn queue_mail(&self, new: &NewMail) -> Result<MailId> {
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
               state, next_try_at, written_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?9)",
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
            ),
        )?;
        self.note(
            "mail.queued",
            json!({"mail": MailId(id).to_string(), "event": new.event}),
        )?;
        Ok(MailId(id))
    }

    /// Claims a mail for one delivery; false if another `dues` was faster.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn claim_mail(&self, id: MailId) -> Result<bool> {
        let claimed = self.execute(
            "update mails set state = 'sending', tries = tries + 1, next_try_at = null
             where id = ?1 and state in ('queued', 'maybe_sent')",
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
        state: MailState,
        note: &str,
        next_try_at: Option<Timestamp>,
    ) -> Result<()> {
        self.execute(
            "update mails set state = ?2, note = ?3, next_try_at = ?4,
               sent_at = case when ?2 = 'sent' then ?5 else sent_at end,
               doubts = doubts + (?2 = 'maybe_sent')
             where id = ?1",
            (id, state, note, next_try_at, self.at),
        )?;
        self.note(
            "mail.settled",
            json!({"mail": id.to_string(), "state": state.word(), "note": note}),
        )
    }
}

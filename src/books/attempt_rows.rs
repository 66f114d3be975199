//! Attempts as they stand in the book: one request each, to one gateway.

use jiff::Timestamp;
use rusqlite::Row;

use super::Reader;
use super::refusals::damaged;
use super::values::{account, in_columns, money};
use crate::domain::charge::{Asked, State};
use crate::domain::decline::Decline;
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::AttemptId;
use crate::domain::purpose::Purpose;
use crate::domain::rules;
use crate::problem::{Problem, Result};

/// One request to one gateway.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    pub id: AttemptId,
    /// What it is for.
    pub purpose: Purpose,
    pub n: u32,
    pub account: GatewayAccount,
    pub asked: Asked,
    pub key: String,
    pub state: State,
    pub sends: u32,
    /// The book was compared with the world while it was open: a book that was
    /// lost may have sent it, or ended it.
    pub reconciled: bool,
    /// The gateway's clock agreed with ours when it was prepared.
    pub witnessed: bool,
    pub first_sent_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    pub misses: u32,
    pub last_miss_at: Option<Timestamp>,
    pub gateway_id: Option<String>,
    pub decline: Option<Decline>,
    pub note: Option<String>,
    pub prepared_at: Timestamp,
    pub changed_at: Timestamp,
}

impl AttemptRow {
    /// No request of it left before: a book from a backup may have the attempt
    /// as prepared, and have sent it once more since.
    #[must_use]
    pub fn sent_since(&self) -> Timestamp {
        let first = self.first_sent_at.unwrap_or(self.prepared_at);
        first.min(self.prepared_at)
    }
}

/// An attempt's columns, of `attempts a`. What it carries is what it is known
/// by at the gateway.
macro_rules! columns {
    () => {
        "a.id, a.charge_id, a.refund_id, a.n, a.gateway, a.account, a.token, a.amount_minor, a.currency, a.key,
         coalesce(a.carries, a.reference) as reference, a.state, a.sends, a.reconciled, a.witnessed, a.first_sent_at,
         a.last_sent_at, a.misses, a.last_miss_at, a.gateway_id, a.decline_class, a.decline_code, a.decline_text,
         a.decline_advice, a.note, a.prepared_at, a.changed_at"
    };
}
pub(super) use columns;

const ATTEMPTS: &str = concat!("select ", columns!(), " from attempts a");

fn purpose(row: &Row<'_>) -> rusqlite::Result<Purpose> {
    Ok(match row.get("charge_id")? {
        Some(charge) => Purpose::Take(charge),
        None => Purpose::GiveBack(row.get("refund_id")?),
    })
}

pub(super) fn attempt(row: &Row<'_>) -> rusqlite::Result<AttemptRow> {
    let class: Option<_> = row.get("decline_class")?;
    let decline = match class {
        None => None,
        Some(class) => Some(Decline {
            class,
            code: row.get::<_, String>("decline_code")?.into(),
            message: row.get::<_, String>("decline_text")?.into(),
            advice: row
                .get::<_, Option<String>>("decline_advice")?
                .map(Into::into),
            id: row.get("gateway_id")?,
            reference: None,
        }),
    };
    Ok(AttemptRow {
        id: row.get("id")?,
        purpose: purpose(row)?,
        n: row.get("n")?,
        account: account(row)?,
        asked: Asked {
            amount: money(row, "amount_minor")?,
            token: row.get("token")?,
            reference: row.get("reference")?,
        },
        key: row.get("key")?,
        state: row.get("state")?,
        sends: row.get("sends")?,
        reconciled: row.get("reconciled")?,
        witnessed: row.get("witnessed")?,
        first_sent_at: row.get("first_sent_at")?,
        last_sent_at: row.get("last_sent_at")?,
        misses: row.get("misses")?,
        last_miss_at: row.get("last_miss_at")?,
        gateway_id: row.get("gateway_id")?,
        decline,
        note: row.get("note")?,
        prepared_at: row.get("prepared_at")?,
        changed_at: row.get("changed_at")?,
    })
}

impl Reader<'_> {
    /// The newest attempt of a charge or a refund.
    ///
    /// # Errors
    ///
    /// It has none.
    pub fn newest_attempt(self, purpose: Purpose) -> Result<AttemptRow> {
        let newest = match purpose {
            Purpose::Take(charge) => self.row(
                &format!("{ATTEMPTS} where a.charge_id = ?1 order by a.n desc limit 1"),
                [charge],
                attempt,
            ),
            Purpose::GiveBack(refund) => self.row(
                &format!("{ATTEMPTS} where a.refund_id = ?1 order by a.n desc limit 1"),
                [refund],
                attempt,
            ),
        };
        newest?.ok_or_else(|| Problem::bug(format!("{purpose} has no attempt")))
    }

    /// The attempts whose money may still move: those of charges in the order of
    /// their numbers, then those of refunds.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_attempts(self) -> Result<Vec<AttemptRow>> {
        self.rows(
            &format!(
                "{ATTEMPTS} where a.id in (select id from open_attempts)
                 order by a.refund_id, a.charge_id"
            ),
            [],
            attempt,
        )
    }

    /// Whether any card was ever to be charged from this book.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn has_charged(self) -> Result<bool> {
        let one = self.row("select 1 from attempts limit 1", [], |row| {
            row.get::<_, i64>(0)
        })?;
        Ok(one.is_some())
    }

    /// The attempt that a gateway's transaction belongs to, if any.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn attempt_with_gateway_id(
        self,
        account: &GatewayAccount,
        id: &str,
    ) -> Result<Option<AttemptRow>> {
        let [gateway, account] = in_columns(account);
        self.row(
            &format!(
                "{ATTEMPTS} where a.gateway = ?1 and a.account = ?2 and a.gateway_id = ?3
                 order by a.state in ('declined', 'not_made') limit 1"
            ),
            (gateway, account, id),
            attempt,
        )
    }

    /// The attempt for which a gateway named the transaction `id` besides this
    /// one, whatever became of it. Money that came late has an attempt of its
    /// own, which carries the reference of the first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn named_for_another(self, attempt: &AttemptRow, id: &str) -> Result<Option<AttemptRow>> {
        let [gateway, account] = in_columns(&attempt.account);
        self.row(
            &format!(
                "{ATTEMPTS} where a.id in (select attempt_id from gateway_ids
                    where gateway = ?1 and account = ?2 and gateway_id = ?3)
                   and a.id <> ?4 and coalesce(a.carries, a.reference) <> ?5
                 order by a.id limit 1"
            ),
            (gateway, account, id, attempt.id, &attempt.asked.reference),
            self::attempt,
        )
    }

    /// The attempt that was sent under this reference, if any.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn attempt_with_reference(self, reference: &str) -> Result<Option<AttemptRow>> {
        self.row(
            &format!("{ATTEMPTS} where a.reference = ?1"),
            [reference],
            attempt,
        )
    }

    /// The exact bytes of an attempt's request.
    ///
    /// # Errors
    ///
    /// Exit 3 if they are not the bytes whose hash was kept beside them.
    pub fn request_of(self, attempt: &AttemptRow) -> Result<Vec<u8>> {
        let (bytes, hash): (Vec<u8>, String) = self
            .row(
                "select request, request_sha256 from attempts where id = ?1",
                [attempt.id],
                |row| Ok((row.get("request")?, row.get("request_sha256")?)),
            )?
            .ok_or_else(|| Problem::bug("an attempt without a request"))?;
        if !rules::are_the_bytes(&bytes, &hash) {
            return Err(damaged(format!("the request of {} is damaged", attempt.purpose))
                .hint("Nothing was sent. Run `dues check`, and bring back a backup with `dues restore FILE`."));
        }
        Ok(bytes)
    }
}

//! How far the gateways' own lists were read: what is older than that is in
//! the book, or was set aside by a person.

use jiff::Timestamp;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::ids::ChargeId;
use crate::problem::Result;

/// A complete look at a gateway's list that knew nothing more than the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub gateway: String,
    pub account: String,
    /// By the gateway's clock.
    pub seen_until: Timestamp,
}

impl Reader<'_> {
    /// Up to when the gateway's list is known; `None` if it was never read.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn seen_until(self, gateway: &str, account: &str) -> Result<Option<Timestamp>> {
        self.row(
            "select seen_until from looks where gateway = ?1 and account = ?2",
            [gateway, account],
            |row| row.get(0),
        )
    }

    /// Whether a person decided that this request is left out of the book.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn is_set_aside(self, gateway: &str, account: &str, reference: &str) -> Result<bool> {
        let one: Option<i64> = self.row(
            "select 1 from set_aside where gateway = ?1 and account = ?2 and reference = ?3",
            [gateway, account, reference],
            |row| row.get(0),
        )?;
        Ok(one.is_some())
    }
}

impl Tx<'_> {
    /// Remembers a look, beside whatever else this transaction books.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn remember_look(&self, look: &Look) -> Result<()> {
        self.execute(
            "insert into looks (gateway, account, seen_until) values (?1, ?2, ?3)
             on conflict (gateway, account) do update set seen_until = excluded.seen_until",
            (&look.gateway, &look.account, look.seen_until),
        )?;
        Ok(())
    }

    /// Leaves a request out of the book for good, as a person decided.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn set_aside(
        &self,
        gateway: &str,
        account: &str,
        reference: &str,
        charge: ChargeId,
        what: &str,
        because: &str,
    ) -> Result<()> {
        self.execute(
            "insert into set_aside (gateway, account, reference, charge_id, what, because, decided_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (gateway, account, reference, charge, what, because, self.at),
        )?;
        self.note(
            "charge.set_aside",
            json!({"gateway": gateway, "account": account, "reference": reference, "what": what, "because": because}),
        )
    }
}

//! How far the gateways' own lists were read: what is older than that is in the book.

use jiff::Timestamp;

use super::{Reader, Tx};
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
}

//! The book's own facts: whose it is, its currency, zone, gateway and mode.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::refusals::damaged;
use super::{Reader, Tx};
use crate::domain::gateway_account::Mode;
use crate::domain::ids::BookId;
use crate::domain::money::Currency;
use crate::problem::Result;

/// What a new book is founded with.
#[derive(Debug, Clone)]
pub struct NewBook {
    pub id: BookId,
    /// Whose book it is; the name that customers read in mails.
    pub name: String,
    pub currency: Currency,
    /// An IANA zone name.
    pub zone: String,
    pub gateway: String,
    pub mode: Mode,
}

/// What a book knows of itself.
#[derive(Debug, Clone)]
pub struct BookFacts {
    pub id: BookId,
    pub name: String,
    pub currency: Currency,
    pub zone: TimeZone,
    pub zone_name: String,
    /// The gateway that new cards are saved at.
    pub gateway: String,
    pub mode: Mode,
    pub created_at: Timestamp,
}

impl Reader<'_> {
    /// The book's own facts.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn facts(self) -> Result<BookFacts> {
        self.row(
            "select id, name, currency, zone, gateway, mode, created_at from book",
            [],
            |row| {
                let zone_name: String = row.get("zone")?;
                Ok(BookFacts {
                    id: BookId(row.get("id")?),
                    name: row.get("name")?,
                    currency: row.get("currency")?,
                    zone: TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC),
                    zone_name,
                    gateway: row.get("gateway")?,
                    mode: row.get("mode")?,
                    created_at: row.get("created_at")?,
                })
            },
        )?
        .ok_or_else(|| {
            damaged("the book does not know whose it is")
                .hint("Bring back a backup with `dues restore FILE`.")
        })
    }
}

impl Tx<'_> {
    pub(super) fn found_book(&self, new: &NewBook) -> Result<()> {
        self.insert(
            "insert into book (one, id, name, currency, zone, gateway, mode, created_at)
             values (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                &new.id.0,
                &new.name,
                new.currency,
                &new.zone,
                &new.gateway,
                new.mode,
                self.at,
            ),
        )?;
        self.note(
            "book.founded",
            json!({"book": new.id.0, "name": new.name, "mode": new.mode.word()}),
        )
    }
}

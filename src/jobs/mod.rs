//! The jobs: effects in the right order, over the book and the world outside.
//!
//! A job exists only where an order must be kept. Jobs return values; they
//! print nothing and ask nobody.

pub mod adopt;
pub mod apply;
pub mod asking;
pub mod attention;
pub mod bounce;
pub mod charge;
mod compare;
pub mod credit;
pub mod doubt;
pub mod due;
pub mod flight;
pub mod guard;
pub mod import;
pub mod memory;
pub mod notices;
pub mod outbox;
pub mod outlook;
pub mod plan;
mod receipts;
pub mod receive;
pub mod reconcile;
pub mod recover;
pub mod refund;
mod regain;
pub mod request;
pub mod resolve;
pub mod run_due;
pub mod sent_back;
mod settle;
pub mod today;
mod whose;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::books::{Books, Hand, Tx};
use crate::domain::gateway_account::GatewayAccount;
use crate::mark::Marks;
use crate::ports::{Clock, Gateway, Gateways};
use crate::problem::Result;
use flight::Recording;
use outlook::require_login;
use recover::Recovered;
use sent_back::SentBack;

/// The book, and what the jobs need from outside.
pub struct World<'a> {
    pub books: Books,
    /// Who acts, in whatever is written.
    pub hand: Hand,
    pub clock: &'a dyn Clock,
    pub gateways: &'a dyn Gateways,
    /// What this machine knows of its books, apart from them.
    pub marks: &'a Marks,
    /// Whether what leaves is recorded first, as is promised.
    pub recording: Recording,
    /// How long to wait while another `dues` is charging.
    pub patience: Duration,
    /// Hears what happens on the way, before the result is there.
    pub tell: &'a dyn Fn(&News),
}

/// What happens on the way to a result.
#[derive(Debug)]
pub enum News {
    /// Another `dues` is charging, and we wait for it.
    Waiting,
    /// An earlier charge's outcome was asked for.
    Recovered(Recovered),
    /// A bank sent back what was given back.
    SentBack(SentBack),
    /// So many occurrences of a run are done.
    Ran(usize),
}

/// How long a person waits for another charge's end: a gateway's full timeout and a little.
pub const PATIENCE: Duration = Duration::from_secs(75);

impl World<'_> {
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today in the book's own zone.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn today(&self) -> Result<Date> {
        let zone = self.books.read().facts()?.zone;
        Ok(self.now().to_zoned(zone).date())
    }

    /// Changes the book now.
    ///
    /// # Errors
    ///
    /// As [`Books::write`].
    pub fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.write_at(self.now(), change)
    }

    /// Changes the book at a moment that was looked at before.
    ///
    /// # Errors
    ///
    /// As [`Books::write`].
    pub fn write_at<T>(
        &mut self,
        at: Timestamp,
        change: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.books.write(&self.hand, at, change)
    }

    /// The gateway, if the book is logged in to this account of it and no other.
    fn gateway_of(&self, account: &GatewayAccount) -> Result<Arc<dyn Gateway>> {
        require_login(self.books.read(), account)?;
        self.gateways.open(&account.gateway)
    }
}

//! The books: all SQL of the program, over one SQLite file.
//!
//! Reading goes through a [`Reader`], writing through a [`Tx`], and only
//! [`Books::write`] makes one: a write outside of a transaction, or one that
//! leaves no audit row, does not compile or does not commit.

mod adjustments;
mod adoptions;
mod aging;
mod answers;
mod applied_requests;
#[cfg(test)]
mod as_it_stood;
mod attachments;
mod attempt_rows;
mod attempts;
mod audit;
mod autopays;
mod balances;
mod beside;
mod book;
mod bounces;
mod cards;
mod charges;
mod checks;
mod closings;
mod contacts;
mod copies;
mod corrections;
mod credits;
mod customers;
mod deposits;
mod dispute_ends;
mod disputes;
#[cfg(test)]
mod disputing;
mod evidence;
#[cfg(test)]
mod given_back;
mod holds;
mod identity;
mod imports;
mod invoices;
mod journal;
mod lock;
mod logins;
#[cfg(test)]
mod long_books;
mod looks;
mod memos;
#[cfg(test)]
mod merged;
mod merges;
mod moves;
mod not_done;
mod occurrences;
mod open;
mod outbox;
mod payments;
mod places;
mod policies;
#[cfg(test)]
mod put_right;
mod receipts;
mod receiving;
mod refunds;
mod refusals;
mod regained;
mod reopening;
mod reversals;
mod runs;
mod schedules;
mod schema;
mod unapplying;
mod unwritable;
mod values;
mod whole_charges;
mod whole_refunds;
mod writeoffs;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::problem::{Deed, Kind, Problem, Result};
use crate::rehearsal;

use open::{connect, identity_of, require_a_book};
use places::Room;

pub use adjustments::{AdjustmentRow, NewAdjustment};
pub use adoptions::{Adoption, NotAdopted};
pub use aging::{Aged, OpenCredit, OpenItem};
pub use answers::Answer;
pub use attachments::{AttachmentRow, KeptFor, NewAttachment};
pub use attempt_rows::AttemptRow;
pub use attempts::{NewAttempt, NotStepped, StepTaken};
pub use audit::AuditRow;
pub use balances::{Balance, Customers};
pub use book::{BookFacts, NewBook};
pub use bounces::Bounce;
pub use charges::{ChargeRow, NewCharge};
pub use checks::{Rule, Violation, rules};
pub use closings::Closing;
pub use copies::Restored;
pub use corrections::{Corrected, Correction, Edit, Voided};
pub use deposits::Deposit;
pub use disputes::{DisputeRow, NewDispute, same_amount};
pub use holds::Hold;
pub use imports::ImportRow;
pub use invoices::Invoices;
pub use lock::{Held, Lock};
pub use logins::{Login, not_logged_in};
pub use looks::{Look, SetAside, Unsettled};
pub use memos::{MemoRow, NewMemo};
pub use not_done::NotDone;
pub use outbox::{MailRow, NewMail, Settled};
pub use payments::{NewPayment, PaidShare};
pub use refunds::{NewRefund, RefundRow};
pub use regained::Regained;
pub use runs::{NewRun, RunRow};
pub use unwritable::AsSeen;
pub use whole_charges::{Charges, MailOf, WholeCharge};
pub use whole_refunds::{Refunds, WholeRefund};

/// Who changes the book, for the audit: said at each write, for one open book
/// may serve several.
#[derive(Debug, Clone)]
pub struct Hand {
    /// `rosa@office`
    pub actor: String,
    /// `charge`
    pub command: String,
}

/// An open book.
pub struct Books {
    connection: Connection,
    path: PathBuf,
    /// Which file it was when it was opened.
    identity: Option<(u64, u64)>,
    /// Looked at once, before the first change.
    has_our_rules: bool,
    /// What was seen of a book that can only be read.
    unwritable: Option<AsSeen>,
}

/// Reads the book.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    connection: &'a Connection,
}

/// Writes the book; made by [`Books::write`] only.
pub struct Tx<'a> {
    transaction: Transaction<'a>,
    hand: &'a Hand,
    at: Timestamp,
    noted: Cell<bool>,
}

impl Books {
    /// Opens a book, and brings one that an older `dues` wrote to today's schema.
    /// Where it cannot be written it can be read.
    ///
    /// # Errors
    ///
    /// Exit 3 if there is none, it is something else, it is damaged, or a
    /// newer `dues` wrote it.
    pub fn open(path: &Path) -> Result<Self> {
        require_a_book(path)?;
        if unwritable::is_unwritable(path) {
            return Self::open_to_read(path);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(path, flags)?;
        let mut books = Self {
            connection,
            path: path.to_owned(),
            identity: identity_of(path),
            has_our_rules: false,
            unwritable: None,
        };
        schema::migrate(&mut books.connection)?;
        schema::require_ours(&books.connection)?;
        Ok(books)
    }

    fn open_to_read(path: &Path) -> Result<Self> {
        let (connection, seen) = unwritable::open(path)?;
        open::settle(&connection)?;
        let books = Self {
            connection,
            path: path.to_owned(),
            identity: identity_of(path),
            has_our_rules: false,
            unwritable: Some(seen),
        };
        if schema::is_older(&books.connection)? {
            return Err(unwritable::not_written(path)
                .at("an older dues wrote this book, and it must be brought up to date first"));
        }
        schema::require_ours(&books.connection)?;
        Ok(books)
    }

    /// Makes a new book, readable by its owner only.
    ///
    /// # Errors
    ///
    /// Exit 1 if something stands there already; exit 3 if the folder cannot
    /// be written.
    pub fn create(path: &Path, hand: &Hand, new: &NewBook, at: Timestamp) -> Result<Self> {
        Room::for_book(path)?;
        // Made beside its place and moved there whole: a killed `init` leaves no half book.
        let draft = places::Draft::beside(path)?;
        let made = (|| {
            let connection = connect(draft.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            let mut books = Self {
                connection,
                path: draft.path().to_owned(),
                identity: identity_of(draft.path()),
                has_our_rules: false,
                unwritable: None,
            };
            schema::migrate(&mut books.connection)?;
            books.write(hand, at, |tx| tx.found_book(new))?;
            books.close()
        })();
        let placed = made.and_then(|()| {
            places::put_new(draft.path(), path).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => Problem::refused(
                    "book_exists",
                    format!("there is a book at {} already", path.display()),
                )
                .hint("Use it as it is, or choose another place with `--book FILE`."),
                _ => Problem::setup(
                    "cannot_write",
                    format!("the book cannot be made at {}: {error}", path.display()),
                )
                .hint("Choose another place with `--book FILE`."),
            })
        });
        drop(draft);
        placed?;
        Self::open(path)
    }

    /// Where the book is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was seen of a book that can only be read: what is read from it
    /// counts as long as that is still there.
    #[must_use]
    pub fn as_seen(&self) -> Option<&AsSeen> {
        self.unwritable.as_ref()
    }

    /// # Errors
    ///
    /// Exit 3 if the book can only be read where it is.
    pub fn require_writable(&self) -> Result<()> {
        match self.unwritable {
            Some(_) => Err(unwritable::not_written(&self.path)),
            None => Ok(()),
        }
    }

    /// Reads the book as it is now.
    #[must_use]
    pub fn read(&self) -> Reader<'_> {
        Reader {
            connection: &self.connection,
        }
    }

    /// Changes the book by this hand, at this moment: all of `change` is durable
    /// when this returns `Ok`, none of it otherwise.
    ///
    /// # Errors
    ///
    /// What `change` refused; exit 7 if another `dues` holds the book; exit 1
    /// if the disk would not take it. After an error nothing was changed.
    pub fn write<T>(
        &mut self,
        hand: &Hand,
        at: Timestamp,
        change: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.write_or(hand, at, change)
    }

    /// As [`Books::write`], where the caller acts on what was refused.
    ///
    /// # Errors
    ///
    /// As [`Books::write`].
    pub fn write_or<T, E: From<Problem>>(
        &mut self,
        hand: &Hand,
        at: Timestamp,
        change: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.connection.total_changes();
        let tx = self.begin(hand, at)?;
        let value = change(&tx)?;
        if tx.transaction.total_changes() > before && !tx.noted.get() {
            return Err(Problem::bug("a change of the book was not written to its log").into());
        }
        rehearsal::point("book.committing")?;
        tx.transaction.commit().map_err(Problem::from)?;
        rehearsal::point("book.committed")?;
        Ok(value)
    }

    /// Shows what `change` would do, and takes it back.
    ///
    /// # Errors
    ///
    /// As [`Books::write`].
    pub fn rehearse<T>(
        &mut self,
        hand: &Hand,
        at: Timestamp,
        change: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let tx = self.begin(hand, at)?;
        let value = change(&tx)?;
        tx.transaction.rollback()?;
        Ok(value)
    }

    fn begin<'a>(&'a mut self, hand: &'a Hand, at: Timestamp) -> Result<Tx<'a>> {
        if self.unwritable.is_some() {
            return Err(unwritable::not_written(&self.path));
        }
        // Looking into a damaged book is how one learns of it; changing it is another matter.
        if !self.has_our_rules {
            schema::require_our_rules(&self.connection)?;
            self.has_our_rules = true;
        }
        let tx = Tx {
            transaction: self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?,
            hand,
            at,
            noted: Cell::new(false),
        };
        // A restore puts another file in the book's place; what is written to
        // the old one would be lost with it.
        if identity_of(&self.path) != self.identity {
            return Err(Problem::new(
                Kind::Busy,
                "book_replaced",
                "the book was replaced by another file",
            )
            .nothing_was(Deed::Changed)
            .hint("Run the command again; it will use the book that is there now."));
        }
        Ok(tx)
    }

    /// Folds the write-ahead log into the book, so that at rest it is one file.
    ///
    /// # Errors
    ///
    /// The disk would not take it; the book itself is whole.
    pub fn close(self) -> Result<()> {
        // Another reader may keep the log alive; then it stays, and is as safe as before. Nobody
        // waits for them: a list may be read page by page.
        if self.unwritable.is_none() {
            self.connection.busy_timeout(Duration::ZERO)?;
            self.connection
                .pragma(None, "wal_checkpoint", "truncate", |_| Ok(()))
                .or_else(|error| match error.sqlite_error_code() {
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(()),
                    _ => Err(error),
                })?;
        }
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

impl Reader<'_> {
    /// Runs a query and maps every row.
    fn rows<T>(
        self,
        sql: &str,
        params: impl rusqlite::Params,
        map: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, map)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Runs a query and tells every row as it is read: none is held.
    fn each<T>(
        self,
        sql: &str,
        params: impl rusqlite::Params,
        map: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
        mut hear: impl FnMut(&T) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            hear(&map(row)?)?;
        }
        Ok(())
    }

    /// Runs a query for at most one row.
    fn row<T>(
        self,
        sql: &str,
        params: impl rusqlite::Params,
        map: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        use rusqlite::OptionalExtension;
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params, map).optional()?)
    }
}

impl Tx<'_> {
    /// Reads within the transaction.
    #[must_use]
    pub fn read(&self) -> Reader<'_> {
        Reader {
            connection: &self.transaction,
        }
    }

    /// A part of the change that is taken back alone if it fails.
    ///
    /// # Errors
    ///
    /// What `change` refused; the rest of the transaction stands.
    pub fn part<T, E: From<Problem>>(&self, change: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let run = |sql| self.transaction.execute_batch(sql).map_err(Problem::from);
        run("savepoint part")?;
        let outcome = change();
        run(if outcome.is_ok() {
            "release part"
        } else {
            "rollback to part; release part"
        })?;
        outcome
    }

    /// The moment this change is booked under.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize> {
        Ok(self.transaction.prepare_cached(sql)?.execute(params)?)
    }

    fn insert(&self, sql: &str, params: impl rusqlite::Params) -> Result<i64> {
        Ok(self.transaction.prepare_cached(sql)?.insert(params)?)
    }
}

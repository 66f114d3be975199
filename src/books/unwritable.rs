//! A book that cannot be written where it is: on a disk that is read-only, or in another's folder.
//!
//! It is read all the same. Where its last user left no log, nothing keeps a
//! writer elsewhere away while we read; so what was read counts only if the
//! file is the same afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags};

use super::open::{identity_of, open_file};
use super::places::{real, with_end};
use crate::problem::{Deed, Kind, Problem, Result};

/// What stood there when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsSeen {
    path: PathBuf,
    identity: Option<(u64, u64)>,
    len: u64,
    modified: Option<SystemTime>,
    has_log: bool,
    /// Nobody had it open, so nothing told us of a writer.
    was_at_rest: bool,
}

impl AsSeen {
    fn now(path: &Path) -> Self {
        let meta = fs::metadata(path).ok();
        Self {
            path: path.to_owned(),
            identity: identity_of(path),
            len: meta.as_ref().map_or(0, fs::Metadata::len),
            modified: meta.and_then(|meta| meta.modified().ok()),
            has_log: has_log(path),
            was_at_rest: true,
        }
    }

    /// Whether what was read is what stands there.
    ///
    /// # Errors
    ///
    /// Exit 7 if somebody wrote to it meanwhile.
    pub fn is_still_there(&self) -> Result<()> {
        if !self.was_at_rest || Self::now(&self.path) == *self {
            return Ok(());
        }
        Err(Problem::new(
            Kind::Busy,
            "book_changed",
            "the book was changed from elsewhere while it was read",
        )
        .hint("Run the command again."))
    }
}

/// Whether SQLite could not write to the book, or not put its log beside it.
#[cfg(unix)]
pub(super) fn is_unwritable(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    let path = real(path);
    let folder = path.parent().unwrap_or(Path::new("/"));
    [path.as_path(), folder]
        .iter()
        .any(|place| access(*place, Access::WRITE_OK).is_err())
}

#[cfg(not(unix))]
pub(super) fn is_unwritable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.permissions().readonly())
}

/// What whoever would write to it is told.
pub(super) fn not_written(path: &Path) -> Problem {
    Problem::setup(
        "book_not_writable",
        format!(
            "the book {} cannot be written where it is",
            path.display()
        ),
    ).nothing_was(Deed::Changed)
    .hint("Look whether its disk is mounted read-only, and whether the book and its folder are yours; it can be read meanwhile.")
}

/// Opens the book for reading only.
///
/// # Errors
///
/// Exit 3 if a log of it waits to be folded in, which nobody can do there.
pub(super) fn open(path: &Path) -> Result<(Connection, AsSeen)> {
    let mut seen = AsSeen::now(path);
    // Somebody has it open: their index of the log tells what counts.
    if fs::symlink_metadata(with_end(path, "-shm")).is_ok() {
        let connection = open_as(path, "mode=ro")?;
        let is_read = connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()));
        if is_read.is_ok() {
            seen.was_at_rest = false;
            return Ok((connection, seen));
        }
    }
    if seen.has_log {
        let shown = path.display();
        return Err(Problem::setup(
            "book_unfinished",
            format!("{shown} has a log beside it that is not folded in, and cannot be written"),
        )
        .hint(format!(
            "Copy {shown} and {shown}-wal together to a disk that can be written, and name the copy with `--book FILE`."
        )));
    }
    // Without a log all of the book is in its file, and nothing need be put beside it.
    Ok((open_as(path, "mode=ro&immutable=1")?, seen))
}

fn open_as(path: &Path, how: &str) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let spelled: String = real(path)
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(|byte| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
            byte if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    open_file(Path::new(&format!("file:{spelled}?{how}")), flags)
}

fn has_log(path: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .any(|end| fs::metadata(with_end(path, end)).is_ok_and(|meta| meta.len() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::books::{Books, Hand, NewBook};
    use crate::domain::gateway_account::Mode;
    use crate::domain::ids::BookId;
    use crate::domain::money::Currency;

    /// A writer that begins and ends while we read leaves no log behind.
    #[test]
    fn a_book_that_was_written_while_it_was_read_was_not_read() {
        let folder = tempfile::tempdir().unwrap();
        // Signs that a URI takes for its own.
        let path = folder.path().join("50% off? #1.db");
        let hand = Hand {
            actor: "tester".to_owned(),
            command: "test".to_owned(),
        };
        let new = NewBook {
            id: BookId("0123456789abcdef".repeat(2)),
            name: "Tulip".to_owned(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".to_owned(),
            gateway: "sandbox".to_owned(),
            mode: Mode::Test,
        };
        let at = "2026-11-22T15:00:00Z".parse().unwrap();
        Books::create(&path, &hand, &new, at)
            .and_then(Books::close)
            .unwrap();

        let (connection, seen) = open(&path).unwrap();
        let customers = "select count(*) from customers";
        let count: i64 = connection
            .query_row(customers, [], |row| row.get(0))
            .unwrap();
        let alone = seen.is_still_there();
        let mut writer = Books::open(&path).unwrap();
        writer
            .write(&hand, at, |tx| tx.add_customer("ACME", "Acme", None, 30))
            .unwrap();
        writer.close().unwrap();
        let after = seen.is_still_there();

        assert_eq!((count, alone), (0, Ok(())));
        assert_eq!(after.unwrap_err().kind(), Kind::Busy);
        assert!(connection.execute_batch("delete from customers").is_err());
    }
}

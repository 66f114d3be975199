//! Opens the file of a book, after looking at it, with every setting that its promises rest on.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::places::{kept_beside, real, was_stopped};
use super::unwritable;
use crate::problem::{Problem, Result};

/// `dues` in ASCII: the mark by which a book is told from any other SQLite file.
pub(super) const APPLICATION_ID: i32 = 0x6475_6573;

/// Before this release SQLite could corrupt a WAL file under two writers
/// (<https://sqlite.org/wal.html#walresetbug>).
const OLDEST_SQLITE: i32 = 3_051_003;

/// Opens a file of SQLite's, and nothing behind a link.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that opens SQLite files"
)]
pub(super) fn open_file(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NOFOLLOW)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Opens a connection with every setting that the book's promises rest on.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(Problem::bug(format!(
            "SQLite {} can lose a book under two writers",
            rusqlite::version()
        )));
    }
    let connection = open_file(&real(path), flags)?;
    settle(&connection)?;
    let journal: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if journal != "wal" {
        return Err(
            Problem::setup("no_wal", "the book's folder cannot hold a write-ahead log")
                .hint("Keep the book on a local disk; network folders lose changes."),
        );
    }
    Ok(connection)
}

/// What every connection to a book is set to, whether it writes or not.
pub(super) fn settle(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    // One plan for a statement: else it is compiled anew for almost every value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    for (name, value) in [
        ("foreign_keys", "on"),
        ("trusted_schema", "off"),
        ("recursive_triggers", "on"),
        ("cell_size_check", "on"),
        ("temp_store", "memory"),
        ("secure_delete", "fast"),
        // Power loss must not take a commit back, on macOS neither.
        ("synchronous", "full"),
        ("fullfsync", "on"),
        ("checkpoint_fullfsync", "on"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}

/// Opens a book to be copied: nothing of it is changed, and it may lie where
/// nothing can be.
pub(super) fn unchanged(path: &Path) -> Result<Connection> {
    if unwritable::is_unwritable(path) {
        return Ok(unwritable::open(path)?.0);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = open_file(&real(path), flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// A database of nothing, gone when it is dropped.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that opens SQLite files, and this is none"
)]
pub(super) fn in_memory() -> Result<Connection> {
    Ok(Connection::open_with_flags(
        ":memory:",
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_MEMORY,
    )?)
}

/// Why no book is opened at a path.
pub(super) enum NotABook {
    /// Nothing is there.
    Missing(Problem),
    /// Something else is.
    Foreign(Problem),
    /// A book may be there, and is not to be used like this.
    Unusable(Problem),
}

impl From<NotABook> for Problem {
    fn from(why: NotABook) -> Self {
        match why {
            NotABook::Missing(problem)
            | NotABook::Foreign(problem)
            | NotABook::Unusable(problem) => problem,
        }
    }
}

/// What else went wrong.
impl From<Problem> for NotABook {
    fn from(problem: Problem) -> Self {
        Self::Unusable(problem)
    }
}

/// Refuses what is no book, before SQLite touches it.
pub(super) fn require_a_book(path: &Path) -> Result<(), NotABook> {
    let shown = path.display();
    let not_a_book = |what: &str| {
        NotABook::Foreign(Problem::setup("not_a_book", format!("{shown} is {what}, not a book of dues"))
            .hint("Name the right file with `--book FILE`, or bring a backup back with `dues restore FILE`."))
    };
    let head = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && was_stopped(path) => {
            let kept = kept_beside(path);
            return Err(Problem::setup(
                "restore_stopped",
                format!(
                    "there is no book at {shown}: a restore put it aside, to {}",
                    kept.display()
                ),
            )
            .hint("Run `dues restore FILE` again; it puts the book back first, and loses nothing.")
            .into());
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(NotABook::Missing(Problem::setup("no_book", format!("there is no book at {shown}")).hint(
                "Make one with `dues init`, name another with `--book FILE`, or try `dues demo` first.",
            )));
        }
        Err(error) => {
            return Err(
                Problem::setup("cannot_read", format!("{shown} cannot be read: {error}"))
                    .hint("Check who owns it and its folder.")
                    .into(),
            );
        }
        Ok(meta) if meta.is_dir() => return Err(not_a_book("a folder")),
        Ok(meta) if meta.is_symlink() => {
            return Err(
                Problem::setup("book_is_a_link", format!("{shown} is a link"))
                    .hint("Name the file it points to: a book under two names loses changes.")
                    .into(),
            );
        }
        Ok(meta) if !meta.is_file() => return Err(not_a_book("not a file")),
        Ok(meta) if has_two_names(&meta) => {
            return Err(Problem::setup(
                "book_has_two_names",
                format!("{shown} has a second name (a hard link)"),
            )
            .hint("Remove the other name: a book under two names loses changes.")
            .into());
        }
        Ok(meta) if meta.len() == 0 => return Err(not_a_book("an empty file")),
        Ok(_) => read_head(path).map_err(|error| {
            Problem::setup("cannot_read", format!("{shown} cannot be read: {error}"))
                .hint("Check who owns it and its folder.")
        })?,
    };
    // https://sqlite.org/fileformat.html: the magic, and the application id at byte 68.
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(not_a_book("some other file"));
    }
    if head.get(68..72) != Some(&APPLICATION_ID.to_be_bytes()[..]) {
        return Err(not_a_book("another program's database"));
    }
    Ok(())
}

fn read_head(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut head = Vec::new();
    fs::File::open(path)?.take(100).read_to_end(&mut head)?;
    Ok(head)
}

#[cfg(unix)]
fn has_two_names(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.nlink() > 1
}

#[cfg(not(unix))]
fn has_two_names(_: &fs::Metadata) -> bool {
    false
}

/// Which file stands at a path: device and inode, where there are such.
#[cfg(unix)]
pub(super) fn identity_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::symlink_metadata(path).ok()?;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity_of(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().map(|_| (0, 0))
}

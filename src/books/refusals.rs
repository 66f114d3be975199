//! What SQLite refused, in the words of whoever keeps the book.

use rusqlite::ErrorCode;

use crate::problem::{Deed, Kind, Problem};

/// What to do with a damaged book.
pub(super) const KEEP_IT: &str =
    "Keep the file as it is and bring back a backup with `dues restore FILE`.";

/// What the triggers say that keep closed periods as they are.
const PERIOD_CLOSED: &str = "the period is closed";

/// The book is not what dues made of it.
pub(super) fn damaged(fact: impl Into<String>) -> Problem {
    Problem::new(Kind::Damaged, "book_damaged", fact)
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        // What was written as a date or a number reads as one, and every
        // statement of dues compiles over the schema that it wrote: where one
        // does not (SQLITE_ERROR), the schema is not that one any more.
        let does_not_compile = matches!(
            &error,
            rusqlite::Error::SqlInputError { .. }
                | rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error {
                        extended_code: 1,
                        ..
                    },
                    _
                )
        );
        if does_not_compile
            || matches!(
                error,
                rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::Utf8Error(..)
            )
        {
            return damaged(format!("the book is damaged: {text}")).hint(KEEP_IT);
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::new(
                Kind::Busy,
                "book_busy",
                "another program is writing to the book",
            )
            .nothing_was(Deed::Changed)
            .hint("Try again in a moment."),
            Some(ErrorCode::DiskFull) => Self::refused("disk_full", "the disk is full")
                .nothing_was(Deed::Changed)
                .hint("Make room and try again."),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::setup(
                    "book_not_writable",
                    format!("the book cannot be written: {text}"),
                )
                .hint("Check who owns the book and its folder; both must be yours and writable.")
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                damaged(format!("the book is damaged: {text}")).hint(KEEP_IT)
            }
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::TooBig
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OutOfMemory,
            ) => Self::refused(
                "disk_failed",
                format!("the disk would not take the change: {text}"),
            )
            .hint("The disk may be full or failing: make room, or look at it; then try again."),
            Some(ErrorCode::OperationInterrupted) => {
                Self::refused("interrupted", "stopped").nothing_was(Deed::Changed)
            }
            // Whoever dates something looks first; this is for whatever did not.
            Some(ErrorCode::ConstraintViolation) if text.contains(PERIOD_CLOSED) => {
                Self::refused("period_closed", "a day of it is in a period that is closed")
                    .nothing_was(Deed::Changed)
                    .hint("Date it later; `dues close` shows what is closed.")
            }
            _ => Self::bug(format!("the book refused a change: {text}")),
        }
    }
}

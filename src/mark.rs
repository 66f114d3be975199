//! This machine's mark of a book: how far it was, and what was open, when it last asked for money.
//!
//! It is kept outside the book and apart from it, so that a book brought back
//! from a backup does not bring the mark back with it. It is on the disk
//! before any request leaves: a book that does not have the marked row of the
//! log has forgotten a charge, and a charge that was open then may still come.

#![expect(
    clippy::disallowed_types,
    reason = "what serde writes for a flattened field would read floats too; no mark has one"
)]

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::BookId;
use crate::private_file;
use crate::problem::{Deed, Problem, Result};

/// How far a book was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub book: String,
    /// The newest row of the book's log, and its hash.
    pub seq: i64,
    pub hash: String,
    pub at: Timestamp,
    /// The charges whose outcome was not known.
    pub open: Vec<OpenCharge>,
    /// The refunds whose outcome was not known.
    #[serde(default)]
    pub open_refunds: Vec<OpenRefund>,
}

/// What is needed to take a charge back into a book that forgot it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCharge {
    /// The charge's number.
    pub charge: i64,
    pub intent: String,
    pub n: u32,
    #[serde(flatten, with = "InMark")]
    pub account: GatewayAccount,
    pub token: String,
    pub key: String,
    pub reference: String,
    pub minor: i64,
    pub currency: String,
    /// Where its money was to go, as [`pays`](crate::domain::label::pays) spells it.
    #[serde(default)]
    pub pays: String,
    pub sent_at: Timestamp,
    /// Another clock than ours confirmed that moment.
    #[serde(default)]
    pub witnessed: bool,
}

/// What is needed to take a refund back into a book that forgot it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRefund {
    /// The refund's number.
    pub refund: i64,
    pub intent: String,
    pub n: u32,
    #[serde(flatten, with = "InMark")]
    pub account: GatewayAccount,
    /// The gateway's id of what took the money.
    pub transaction: String,
    pub key: String,
    pub reference: String,
    pub minor: i64,
    pub currency: String,
    /// What it was to reopen, as [`pays`](crate::domain::label::pays) spells it.
    pub pays: String,
    pub is_void: bool,
    pub sent_at: Timestamp,
    /// Another clock than ours confirmed that moment.
    pub witnessed: bool,
}

/// How an account stands in a mark.
#[derive(Serialize, Deserialize)]
#[serde(remote = "GatewayAccount")]
struct InMark {
    gateway: String,
    #[serde(rename = "account")]
    id: String,
}

/// Where this machine keeps its marks.
#[derive(Debug, Clone)]
pub struct Marks {
    folder: PathBuf,
}

impl Marks {
    /// The marks in this folder; it is made when the first is written.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// This machine's mark of the book. One that cannot be read is no book's
    /// row: whoever damaged it did not unlock anything.
    #[must_use]
    pub fn read(&self, book: &BookId) -> Option<Mark> {
        let text = match std::fs::read(self.path(book)) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return None;
            }
            text => text.unwrap_or_default(),
        };
        let mark = serde_json::from_slice(&text).ok();
        let ours = mark.filter(|mark: &Mark| mark.book == book.0);
        Some(ours.unwrap_or_else(|| Mark {
            book: book.0.clone(),
            seq: 0,
            hash: String::new(),
            at: Timestamp::UNIX_EPOCH,
            open: Vec::new(),
            open_refunds: Vec::new(),
        }))
    }

    /// Puts a new mark in the place of the old one; on the disk when this returns.
    ///
    /// # Errors
    ///
    /// Exit 3 if the disk would not take it.
    pub fn write(&self, mark: &Mark) -> Result<()> {
        let path = self.path(&BookId(mark.book.clone()));
        let text = serde_json::to_vec(mark).map_err(|error| Problem::bug(error.to_string()))?;
        private_file::put(&path, &[&text, b"\n"]).map_err(|error| no_mark(&path, &error))
    }

    /// Whether a mark could be put there; nothing is sent without one.
    ///
    /// # Errors
    ///
    /// Exit 3 if the folder is not to be written.
    #[cfg(unix)]
    pub fn require_writable(&self) -> Result<()> {
        use rustix::fs::{Access, access};
        let there = self.folder.ancestors().find(|folder| folder.exists());
        match there.map(|folder| access(folder, Access::WRITE_OK)) {
            Some(Err(error)) => Err(no_mark(&self.folder, &error.into())),
            _ => Ok(()),
        }
    }

    /// Whether a mark could be put there; nothing is sent without one.
    ///
    /// # Errors
    ///
    /// None: it is found out when the mark is written.
    #[cfg(not(unix))]
    pub fn require_writable(&self) -> Result<()> {
        Ok(())
    }

    fn path(&self, book: &BookId) -> PathBuf {
        // The book is a file that anybody could have written; its id must not lead elsewhere.
        let name: String = book.0.chars().filter(char::is_ascii_alphanumeric).collect();
        self.folder.join(format!("{name}.mark"))
    }
}

fn no_mark(path: &Path, error: &std::io::Error) -> Problem {
    Problem::setup(
        "no_mark",
        format!(
            "this machine's mark of the book cannot be written to {}: {error}",
            shown(path)
        ),
    )
    .nothing_was(Deed::Sent)
    .hint("The folder must be yours and writable. Without the mark, a book from an old backup could charge a card again.")
}

fn shown(path: &Path) -> String {
    crate::domain::untrusted::visible(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine's mark outlives the `dues` that wrote it.
    #[test]
    fn a_mark_is_read_and_written_as_ever() {
        let written = r#"{"charge":7,"intent":"CH-7","n":1,"gateway":"stripe","account":"acct_1",\
            "token":"cus_1/pm_1","key":"K","reference":"D1","minor":500,"currency":"USD",\
            "pays":"INV-1=500","sent_at":"2026-11-28T12:00:00Z","witnessed":true}"#
            .replace("\\\n            ", "");

        let open: OpenCharge = serde_json::from_str(&written).unwrap();

        assert_eq!(open.account, GatewayAccount::new("stripe", "acct_1"));
        assert_eq!(serde_json::to_string(&open).unwrap(), written);
    }
}

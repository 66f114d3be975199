//! Files kept beside the book: a signed form, a delivery note, a letter to a bank.
//!
//! Each is named by its hash, in a folder named after the book. A file is on
//! the disk before its row is written, and none is ever changed or removed: who
//! is stopped in between leaves a file too many, never one too few.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use super::checks::{Rule, Violation};
use super::places::with_end;
use super::{Books, Reader, Tx};
use crate::domain::attachment::Kind;
use crate::domain::card_number;
use crate::domain::ids::{AttachmentId, AuthorizationId, DisputeId, InvoiceId, sha256_hex};
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::{plain_file, private_file};

/// The most that one file may be long: 25 MiB.
const MOST: u64 = 25 << 20;

/// What a file is kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptFor {
    Invoice(InvoiceId),
    Authorization(AuthorizationId),
    Dispute(DisputeId),
}

/// A file that was read, to be kept.
#[derive(Debug)]
pub struct NewAttachment {
    name: String,
    kind: Kind,
    sha256: String,
    bytes: Vec<u8>,
}

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    pub id: AttachmentId,
    /// What it was called.
    pub name: String,
    pub kind: Kind,
    pub sha256: String,
    /// Its size, in bytes.
    pub bytes: i64,
    pub attached_at: Timestamp,
}

impl NewAttachment {
    /// Reads a file that is to be kept.
    ///
    /// # Errors
    ///
    /// Exit 1 if it cannot be read, is empty or longer than 25 MiB; exit 9 if
    /// its name holds a card number.
    pub fn read(file: &Path, kind: Kind) -> Result<Self> {
        let shown = file.display();
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| {
            Problem::usage("not_text", format!("{shown} has no name that is text"))
                .hint("Rename the file.")
        })?;
        card_number::refuse_in(name, "the file's name")?;
        let name = Text::Memo.read(name)?;
        let bytes = plain_file::read(file, MOST).map_err(|error| {
            Problem::refused("cannot_read", format!("{shown} cannot be read: {error}"))
                .hint("Name a file of at most 25 MB.")
        })?;
        if bytes.is_empty() {
            return Err(Problem::refused("file_empty", format!("{shown} is empty"))
                .hint("Name the file that holds the form or the note."));
        }
        Ok(Self {
            name,
            kind,
            sha256: sha256_hex(&bytes),
            bytes,
        })
    }
}

/// Where the files of a book are.
fn folder_of(book: &Path) -> PathBuf {
    with_end(book, ".files")
}

/// Whether a file is there and still what it was.
fn is_whole(file: &Path, sha256: &str) -> bool {
    whole(file, sha256).is_some()
}

/// What a kept file holds, if it is there and still what it was.
fn whole(file: &Path, sha256: &str) -> Option<Vec<u8>> {
    let bytes = plain_file::read(file, MOST).ok()?;
    (sha256_hex(&bytes) == sha256).then_some(bytes)
}

fn put(folder: &Path, sha256: &str, bytes: &[u8]) -> Result<()> {
    let file = folder.join(sha256);
    if is_whole(&file, sha256) {
        return Ok(());
    }
    private_file::put(&file, &[bytes]).map_err(|error| {
        Problem::refused(
            "cannot_write",
            format!("{} cannot be written: {error}", file.display()),
        )
        .hint("Check who owns the folder, and how much room the disk has.")
    })
}

/// Copies files from beside one book to beside another; the names of those that
/// are not there.
pub(super) fn bring(files: &[AttachmentRow], from: &Path, to: &Path) -> Result<Vec<String>> {
    let (from, to) = (folder_of(from), folder_of(to));
    let mut missing = Vec::new();
    for file in files {
        match whole(&from.join(&file.sha256), &file.sha256) {
            Some(bytes) => put(&to, &file.sha256, &bytes)?,
            None if is_whole(&to.join(&file.sha256), &file.sha256) => {}
            None => missing.push(format!("{} ({})", file.id, file.name)),
        }
    }
    Ok(missing)
}

impl Books {
    /// Puts a file beside the book, before its row is written.
    ///
    /// # Errors
    ///
    /// Exit 1 if the disk would not take it.
    pub fn put_beside(&self, new: &NewAttachment) -> Result<()> {
        put(&folder_of(&self.path), &new.sha256, &new.bytes)
    }

    /// What a kept file holds; `None` if it is not there, or not what it was.
    #[must_use]
    pub fn kept(&self, sha256: &str) -> Option<Vec<u8>> {
        whole(&folder_of(&self.path).join(sha256), sha256)
    }
}

const SELECT: &str = "select id, name, kind, sha256, bytes, attached_at from attachments";

impl Reader<'_> {
    /// The files that are kept for something, in the order in which they came.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn attachments(self, what: KeptFor) -> Result<Vec<AttachmentRow>> {
        self.rows(
            &format!("{SELECT} where invoice_id = ?1 or authorization_id = ?2 or dispute_id = ?3 order by id"),
            columns(what),
            attachment,
        )
    }

    /// Every file that is kept.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub(super) fn all_attachments(self) -> Result<Vec<AttachmentRow>> {
        self.rows(&format!("{SELECT} order by id"), [], attachment)
    }
}

fn columns(
    what: KeptFor,
) -> (
    Option<InvoiceId>,
    Option<AuthorizationId>,
    Option<DisputeId>,
) {
    match what {
        KeptFor::Invoice(id) => (Some(id), None, None),
        KeptFor::Authorization(id) => (None, Some(id), None),
        KeptFor::Dispute(id) => (None, None, Some(id)),
    }
}

fn attachment(row: &rusqlite::Row<'_>) -> rusqlite::Result<AttachmentRow> {
    Ok(AttachmentRow {
        id: row.get("id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        sha256: row.get("sha256")?,
        bytes: row.get("bytes")?,
        attached_at: row.get("attached_at")?,
    })
}

impl Tx<'_> {
    /// Writes down a file that [`Books::put_beside`] put there.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn attach(&self, new: &NewAttachment, what: KeptFor) -> Result<AttachmentId> {
        let (invoice, authorization, dispute) = columns(what);
        let id = AttachmentId(self.insert(
            "insert into attachments (invoice_id, authorization_id, dispute_id, name, kind, sha256, bytes, attached_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                invoice,
                authorization,
                dispute,
                &new.name,
                new.kind,
                &new.sha256,
                i64::try_from(new.bytes.len()).unwrap_or(i64::MAX),
                self.at,
            ),
        )?);
        self.note(
            "file.attached",
            json!({"attachment": id.to_string(), "name": new.name, "kind": new.kind.word(), "sha256": new.sha256}),
        )?;
        Ok(id)
    }
}

pub(super) const RULE: Rule = Rule {
    number: "INV36",
    says: "every file that is kept beside the book is there, and is what it was",
    advice: "Bring the file of ROW from a backup: the folder beside it has it under the same name.",
};

/// The files that are not there, or are not what they were.
pub(super) fn broken(book: Reader<'_>) -> Result<Vec<Violation>> {
    let place = book.connection.path().map(PathBuf::from);
    let folder = folder_of(&place.unwrap_or_default());
    let mut files = book.all_attachments()?;
    files.retain(|file| !is_whole(&folder.join(&file.sha256), &file.sha256));
    Ok(files
        .iter()
        .map(|file| RULE.broken_by(format!("{} {}", file.id, file.sha256)))
        .collect())
}

//! Files that are kept with an invoice, a dispute or a consent.

use std::path::{Path, PathBuf};

use clap::Args;

use super::session::Session;
use crate::books::{AttachmentRow, Books, KeptFor, NewAttachment};
use crate::domain::attachment::Kind;
use crate::domain::ids::AttachmentId;
use crate::problem::{Problem, Result};

/// Stands below the help of what keeps a file.
pub const KEPT: &str = "The file is copied beside the book, goes into each backup, and `dues check` proves that it is \
still\nwhat it was. At most 25 MB. `dues dispute evidence` shows it to the bank: say with `--kind` what it is.";

/// A file to keep.
#[derive(Debug, Args)]
pub struct Keep {
    /// The file to copy
    file: PathBuf,
    /// What it is: delivery, correspondence, contract, policy, other
    #[arg(long, default_value = "other")]
    kind: String,
}

impl Keep {
    /// Keeps the file, or with `--dry-run` only looks at it; its number, and
    /// all that is kept there then.
    ///
    /// # Errors
    ///
    /// Exit 1 if the file cannot be read or kept; exit 2 for a kind that is none.
    pub fn with(
        &self,
        session: &Session,
        books: &mut Books,
        what: KeptFor,
    ) -> Result<(AttachmentId, Vec<AttachmentRow>)> {
        let by_hand = |kind: &Kind| Kind::BY_HAND.contains(kind);
        let kind = Kind::from_word(&self.kind).filter(by_hand);
        let kind = kind.ok_or_else(|| {
            let words = Kind::BY_HAND.map(|kind| format!("`{kind}`"));
            Problem::usage("bad_kind", format!("`{}` is no kind of file", self.kind))
                .hint(format!("It is one of {}.", words.join(", ")))
        })?;
        let new = NewAttachment::read(&self.file, kind)?;
        if !session.dry_run {
            books.put_beside(&new)?;
        }
        session.change(books, |tx| {
            let id = tx.attach(&new, what)?;
            Ok((id, tx.read().attachments(what)?))
        })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// The files that are kept there, a line each.
pub fn lines(files: &[AttachmentRow]) -> String {
    let line = |file: &AttachmentRow| {
        let (id, name, bytes) = (file.id, &file.name, file.bytes);
        match file.kind {
            Kind::Other => format!("{id}: {name} ({bytes} bytes)\n"),
            kind => format!("{id}: {name} ({kind}, {bytes} bytes)\n"),
        }
    };
    files.iter().map(line).collect()
}

//! `dues backup` and `dues restore`: the book as one file, out and back.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::session::Session;
use super::terminal::Report;
use crate::books::{Books, Restored, Violation};
use crate::jobs::memory::charging_is_open;
use crate::jobs::memory::is_current;
use crate::problem::Result;
use crate::wiring::Desk;

/// Copy the book to a file, and check the copy
#[derive(Debug, Args)]
#[command(
    after_help = "Never copy the book's file by hand while it is in use: what is in its log would be missing. \
    Charges made after the copy are not in it; when it is restored, `dues gateway reconcile` brings them back."
)]
pub struct Backup {
    /// A file that does not exist yet
    file: PathBuf,
}

/// Put a backup in the book's place
#[derive(Debug, Args)]
#[command(
    after_help = "The book that stood there is kept beside it. A backup that does not know every charge \
    of the present book is refused: a forgotten charge could be made twice. Where no book is left, charging \
    is locked until `dues gateway reconcile` has brought back the charges that the backup does not know."
)]
pub struct Restore {
    /// The backup
    file: PathBuf,
}

impl Backup {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        if session.dry_run {
            Books::require_room(&self.file)?;
        } else {
            books.back_up(&self.file)?;
        }
        let shown = self.file.display().to_string();
        let mut text = format!(
            "The book is copied to {shown}, and the copy is whole.{}",
            session.dry_note()
        );
        let locked = charging_is_open(&books, &Desk::of(&session.config, &books)?.marks).is_err();
        if locked {
            text.push_str(
                "\nCharging is locked in it as it is here: charges may be missing. \
                 Run `dues gateway reconcile`, then make another copy.",
            );
        }
        let data = json!({"file": shown, "locked": locked});
        Ok(Report::new("dues.backup/1", data, text))
    }
}

impl Restore {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let place = session.book_path()?;
        if place.exists() && !session.yes && !session.dry_run {
            let question = format!(
                "Put {} in the place of {}?",
                self.file.display(),
                place.display()
            );
            session.terminal.confirm(&question, "--yes")?;
        }
        let restored = Books::restore(&self.file, &place, session.dry_run)?;
        if session.dry_run {
            let text = format!(
                "would put {} in the place of {}",
                self.file.display(),
                place.display()
            );
            let mut report = Report::new(
                "dues.restore/1",
                json!({"file": self.file.display().to_string()}),
                text + session.dry_note(),
            );
            report.warnings = warnings(&restored);
            return Ok(report);
        }
        let mut text = format!(
            "{} is the book now, at {}.",
            self.file.display(),
            place.display()
        );
        if let Some(kept) = &restored.kept {
            text.push_str(&format!(
                "\nThe book that stood there is kept at {}.",
                kept.display()
            ));
        }
        let books = session.books()?;
        let locked = is_current(books.read(), &Desk::of(&session.config, &books)?.marks).is_err();
        text.push_str(if locked {
            "\nCharging is locked: charges may have been made after this backup. \
             Run `dues gateway reconcile` to bring them back and unlock."
        } else {
            "\nEvery charge that this machine made is in it. Whatever else was done since this backup is not."
        });
        session.finish(books);
        let kept = restored.kept.as_ref();
        let data = json!({
            "file": self.file.display().to_string(), "book": place.display().to_string(),
            "kept": kept.map(|kept| kept.display().to_string()), "locked": locked,
        });
        let mut report = Report::new("dues.restore/1", data, text);
        report.warnings = warnings(&restored);
        Ok(report)
    }
}

/// What looks like a card number keeps no book from being brought back.
fn warnings(restored: &Restored) -> Vec<String> {
    let said = |one: &Violation| {
        format!(
            "{} looks like a card number; `dues check` says what to do",
            one.row
        )
    };
    let missing = restored
        .missing_files
        .iter()
        .map(|file| format!("the backup did not bring {file}; `dues check` says what to do"));
    restored.card_data.iter().map(said).chain(missing).collect()
}

//! Backups: a whole copy of the book, checked before it is called one.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::checks::{Violation, integrity};
use super::lock::Lock;
use super::open::{self, NotABook, connect, require_a_book};
use super::places::{Draft, Room, kept_beside, put_new, sync_folder_of, was_stopped, with_end};
use super::{Books, attachments};
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// Where the book is that stood there before.
    pub kept: Option<PathBuf>,
    /// What in the restored book looks like a card number.
    pub card_data: Vec<Violation>,
    /// The files of the book that the backup did not bring.
    pub missing_files: Vec<String>,
}

impl Books {
    /// Copies the book to `target`, which must not exist, and opens the copy
    /// to check it. Works while others use the book.
    ///
    /// # Errors
    ///
    /// Exit 1 if the target exists or the disk would not take it; nothing is
    /// left behind.
    pub fn back_up(&self, target: &Path) -> Result<()> {
        Self::require_room(target)?;
        let draft = Draft::beside(target)
            .map_err(|problem| problem.hint("Choose another place for the backup."))?;
        copy(&self.connection, draft.path())?;
        // Before the copy has its name: one that is whole has its files.
        let files = self.read().all_attachments()?;
        let missing = attachments::bring(&files, &self.path, target)?;
        if !missing.is_empty() {
            return Err(Problem::refused(
                "file_missing",
                format!("not there, or not what it was: {}", missing.join(", ")),
            )
            .hint("`dues check` says more; bring the file from an earlier backup."));
        }
        rehearsal::point("backup.copied")?;
        put_new(draft.path(), target).map_err(|error| {
            Problem::refused(
                "cannot_write",
                format!("{} cannot be written: {error}", target.display()),
            )
            .hint("Choose another place for the backup.")
        })?;
        sync_folder_of(target);
        Ok(())
    }

    /// Whether a backup can be put there, as far as a look can tell.
    ///
    /// # Errors
    ///
    /// Exit 1 if something stands there, or there is no such folder.
    pub fn require_room(target: &Path) -> Result<()> {
        if fs::symlink_metadata(target).is_ok() {
            return Err(Problem::refused(
                "target_exists",
                format!("{} exists already", target.display()),
            )
            .hint("Choose a new name for each backup; none is ever overwritten."));
        }
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Problem::refused(
                "cannot_write",
                format!("there is no folder {}", folder.display()),
            )
            .hint("Make it, or choose another place for the backup."));
        }
        Ok(())
    }

    /// Puts a backup where the book belongs; the book that stood there is
    /// kept beside it. With `only_try` everything is looked at and nothing is
    /// moved.
    ///
    /// The backup must know every charge that the present book knows:
    /// otherwise a charge would be forgotten, and could be made again.
    ///
    /// # Errors
    ///
    /// Exit 7 while somebody charges from the present book; exit 3 if the
    /// backup is no whole book; exit 8 if it would forget a charge. The present
    /// book is then untouched.
    pub fn restore(backup: &Path, place: &Path, only_try: bool) -> Result<Restored> {
        // On a new machine there is not even a folder; and nobody who charges.
        let room = Room::for_book(place)?;
        if only_try && !room.was_there() {
            let restored = Self::put_in_place(backup, place, only_try);
            room.take_back();
            return restored;
        }
        let charging = Lock::charging(place);
        let Some(_held) = charging.try_take()? else {
            return Err(charging.busy("").hint("Restore when it is done."));
        };
        Self::put_in_place(backup, place, only_try)
    }

    fn put_in_place(backup: &Path, place: &Path, only_try: bool) -> Result<Restored> {
        let kept = kept_beside(place);
        require_a_backup(backup)?;
        let draft = Draft::beside(place)?;
        // The copy is brought to today's schema, and the backup stays as it is.
        let (restored, card_data) = copy(&open::unchanged(backup)?, draft.path())
            .and_then(|()| Self::open(draft.path()))
            .and_then(Self::whole)?;
        let files = restored.read().all_attachments()?;
        let place_it = || -> Result<(bool, Vec<String>)> {
            let stopped = was_stopped(place);
            if stopped && !only_try {
                put_back(place, &kept)?;
            }
            // Held until the new book stands there: nobody writes to the old one meanwhile.
            let is_aside = stopped && only_try;
            let present = present_book(if is_aside { &kept } else { place })?;
            if let Some(books) = &present {
                books.connection.execute_batch("begin immediate")?;
                forgets_nothing(&restored, books)?;
            }
            restored.close()?;
            if !is_aside {
                refuse_if_in_the_way(&kept)?;
            }
            if only_try {
                return Ok((false, Vec::new()));
            }
            // Only ever added to: the book that is kept has its files still.
            let missing = attachments::bring(&files, backup, place)?;
            put_aside(place, &kept)?;
            rehearsal::point("restore.aside")?;
            put_new(draft.path(), place).map_err(not_placed)?;
            rehearsal::point("restore.placed")?;
            let is_kept = present.is_some() || fs::symlink_metadata(&kept).is_ok();
            Ok((is_kept, missing))
        };
        let placed = place_it();
        if placed.is_err() && was_stopped(place) {
            // If not even that can be done, the next restore does it.
            let _ = put_back(place, &kept);
        }
        drop(draft);
        sync_folder_of(place);
        let (is_kept, missing_files) = placed?;
        Ok(Restored {
            kept: is_kept.then_some(kept),
            card_data,
            missing_files,
        })
    }

    /// Itself, if every rule holds in it, and what in it looks like a card
    /// number: a book is brought back for all that it knows besides.
    fn whole(self) -> Result<(Self, Vec<Violation>)> {
        let mut broken = self.read().violations()?;
        // They are brought afterwards.
        broken.retain(|one| !one.is_of_a_file_beside());
        let (card_data, broken): (Vec<_>, Vec<_>) =
            broken.into_iter().partition(Violation::is_card_data);
        let Some(first) = broken.first() else {
            return Ok((self, card_data));
        };
        self.close()?;
        Err(Problem::setup(
            "copy_damaged",
            format!("the backup is not whole: {} {}", first.rule, first.row),
        )
        .hint("Use another backup."))
    }
}

/// Copies a book, with what its log has, to a draft that is whole then.
fn copy(from: &Connection, draft: &Path) -> Result<()> {
    let mut copy = connect(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // The backup API wants the target in rollback mode to change its page count freely.
    Backup::new(from, &mut copy)?.run_to_completion(1024, Duration::ZERO, None)?;
    copy.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))?;
    let broken = integrity(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    if let Some(first) = broken.first() {
        return Err(Problem::refused(
            "copy_damaged",
            format!("the copy is not whole: {}", first.row),
        )
        .hint("Run `dues check` on the book, and try another disk."));
    }
    let file = fs::File::open(draft).and_then(|file| file.sync_all());
    file.map_err(|error| {
        Problem::refused(
            "disk_failed",
            format!("the disk would not take the backup: {error}"),
        )
        .hint("Try another disk.")
    })
}

/// As for a book, in the words of who brings a backup.
fn require_a_backup(file: &Path) -> Result<()> {
    require_a_book(file).map_err(|why| {
        let shown = file.display();
        match why {
            NotABook::Missing(_) => Problem::setup("no_book", format!("there is no file {shown}"))
                .hint("Name a file that `dues backup` made."),
            NotABook::Foreign(_) => {
                Problem::setup("not_a_book", format!("{shown} is no backup of dues"))
                    .hint("Name a file that `dues backup` made.")
            }
            NotABook::Unusable(problem) => problem,
        }
    })
}

/// The book that stands in the place, if one does that can be read. Only what
/// is no whole book may be replaced unread.
fn present_book(place: &Path) -> Result<Option<Books>> {
    if fs::symlink_metadata(place).is_err() {
        return Ok(None);
    }
    if place.is_dir() {
        return Err(
            Problem::refused("not_a_book", format!("{} is a folder", place.display()))
                .hint("Name the book's file with `--book FILE`."),
        );
    }
    if matches!(require_a_book(place), Err(NotABook::Foreign(_))) {
        return Ok(None);
    }
    match Books::open(place) {
        Ok(books) => {
            // Its log is its own affair: closing it later must not touch the new book's.
            books
                .connection
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            books
                .connection
                .pragma(None, "wal_checkpoint", "truncate", |_| Ok(()))?;
            Ok(Some(books))
        }
        Err(problem) if problem.kind() == Kind::Damaged => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Moves what stands in the book's place to another name, with its log: a log
/// left behind would be played into the new book.
fn put_aside(place: &Path, kept: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let (from, to) = (with_end(place, end), with_end(kept, end));
        if fs::symlink_metadata(&from).is_ok() {
            fs::rename(from, to).map_err(not_placed)?;
        }
    }
    Ok(())
}

/// Takes back what [`put_aside`] did; the book itself last, for as long as it
/// is aside there is something to take back.
fn put_back(place: &Path, kept: &Path) -> Result<()> {
    for end in ["-wal", "-shm", "-journal", ""] {
        let (from, to) = (with_end(kept, end), with_end(place, end));
        if fs::symlink_metadata(&from).is_ok() {
            fs::rename(from, to).map_err(not_placed)?;
        }
    }
    Ok(())
}

/// The book from before an earlier restore is not overwritten.
fn refuse_if_in_the_way(kept: &Path) -> Result<()> {
    if ["", "-wal", "-shm", "-journal"]
        .iter()
        .any(|end| fs::symlink_metadata(with_end(kept, end)).is_ok())
    {
        return Err(
            Problem::refused("target_exists", format!("{} is in the way", kept.display()))
                .hint("It is the book from before an earlier restore; move it away first."),
        );
    }
    Ok(())
}

fn not_placed(error: std::io::Error) -> Problem {
    Problem::refused(
        "cannot_write",
        format!("the book cannot be put in its place: {error}"),
    )
    .hint("Check who owns the folder.")
}

/// Refuses a restore that would lose sight of a charge, or bring another book.
fn forgets_nothing(backup: &Books, present: &Books) -> Result<()> {
    let (old, new) = (backup.read(), present.read());
    if old.facts()?.id != new.facts()?.id {
        return Err(Problem::new(
            Kind::Attention,
            "other_book",
            "the backup is of another book than the one in use",
        )
        .hint("Put it in another place: `dues restore FILE --book OTHER-PLACE`."));
    }
    let known: HashMap<_, _> = old
        .charges(None)?
        .into_iter()
        .map(|charge| (charge.id, (charge.attempt.key, charge.attempt.state)))
        .collect();
    let forgotten: Vec<String> = new
        .charges(None)?
        .into_iter()
        .filter(|charge| {
            known.get(&charge.id) != Some(&(charge.attempt.key.clone(), charge.attempt.state))
        })
        .map(|charge| {
            format!(
                "{} ({}, {})",
                charge.id, charge.amount, charge.attempt.state
            )
        })
        .collect();
    if forgotten.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Attention,
        "would_forget_charges",
        format!(
            "the backup does not know {} as the book in use does",
            forgotten.join(", ")
        ),
    )
    .hint(
        "A charge that is forgotten can be made a second time, so this book stays. \
         To look into the backup, open it where it is with `--book`.",
    ))
}

//! What one process may do at a time with a book: a kernel lock on a file beside it.
//!
//! The kernel lets go when the holder dies, however it dies. So whoever holds
//! the lock knows that every request still marked as on its way is an orphan;
//! a lock that merely expires could not promise that.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Books;
use super::places::beside;
use crate::problem::{Deed, Kind, Problem, Result};

impl Books {
    /// The right to ask gateways for money from this book.
    #[must_use]
    pub fn charging_right(&self) -> Lock {
        Lock::charging(self.path())
    }

    /// The right to hand over the mails of this book.
    #[must_use]
    pub fn mailing_right(&self) -> Lock {
        Lock {
            what: What::Mailing,
            book: self.path().to_owned(),
        }
    }
}

/// A right that one process has at a time; asked of the book ([`Books::charging_right`]).
#[derive(Debug, Clone)]
pub struct Lock {
    what: What,
    book: PathBuf,
}

/// The right is ours for as long as the value lives.
#[derive(Debug)]
pub struct Held {
    file: File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Charging,
    Mailing,
}

/// Longer than somebody looks by [`Lock::is_held`].
const A_GLANCE: Duration = Duration::from_millis(2);

/// How often a waiting process looks again.
const PAUSE: Duration = Duration::from_millis(50);

impl Lock {
    /// That of a book which may not be there yet.
    pub(super) fn charging(book: &Path) -> Self {
        Self {
            what: What::Charging,
            book: book.to_owned(),
        }
    }

    fn file(&self) -> PathBuf {
        self.beside("lock")
    }

    /// Stands there while somebody waits.
    fn wish(&self) -> PathBuf {
        self.beside("wanted")
    }

    fn beside(&self, end: &str) -> PathBuf {
        let what = match self.what {
            What::Charging => "charging",
            What::Mailing => "mailing",
        };
        beside(&self.book, &format!("{what}.{end}"))
    }

    /// Whether somebody waits for it. A wish left behind by a process that
    /// died is forgotten once it was heeded.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.wish().exists()
    }

    /// Forgets that somebody waited.
    pub fn forget_the_wish(&self) {
        let _ = std::fs::remove_file(self.wish());
    }

    /// Whether somebody has it now. Who cannot look says no.
    #[must_use]
    pub fn is_held(&self) -> bool {
        let Ok(file) = File::open(self.file()) else {
            return false;
        };
        // Shared with others who look; let go of when the file is closed.
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    /// Whether this very process has it now.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.is_held() && self.holder() == std::process::id().to_string()
    }

    fn holder(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap_or_default()
    }

    /// Takes it, waiting up to `patience` for another holder;
    /// `on_wait` is called once if there is one. A long run sees that somebody
    /// waits, and lets go for a moment.
    ///
    /// # Errors
    ///
    /// Exit 7 if another `dues` still holds it; exit 3 if the lock file
    /// cannot be made.
    pub fn take(&self, patience: Duration, on_wait: &mut dyn FnMut()) -> Result<Held> {
        let mut told = false;
        let tries = patience.as_millis() / PAUSE.as_millis();
        for left in (0..=tries).rev() {
            if let Some(held) = self.try_take()? {
                if told {
                    self.forget_the_wish();
                }
                return Ok(held);
            }
            if !told {
                on_wait();
                told = true;
                // Only a courtesy: without it the wait is longer.
                let _ = File::create_new(self.wish());
            }
            // Who will not look again need not wait.
            if left > 0 {
                std::thread::sleep(PAUSE);
            }
        }
        self.forget_the_wish();
        let holder = match self.holder().trim() {
            "" => String::new(),
            pid => format!(" (process {pid})"),
        };
        let busy = self.busy(&holder).nothing_was(Deed::Changed);
        Err(busy.hint("Try again when it is done."))
    }

    /// Another has it.
    pub(super) fn busy(&self, holder: &str) -> Problem {
        let (code, what) = match self.what {
            What::Charging => ("another_is_charging", "charging"),
            What::Mailing => ("another_is_mailing", "sending mails"),
        };
        Problem::new(Kind::Busy, code, format!("another dues is {what}{holder}"))
    }

    /// Takes it if nobody has it.
    ///
    /// # Errors
    ///
    /// Exit 3 if the lock file cannot be made.
    pub fn try_take(&self) -> Result<Option<Held>> {
        let path = self.file();
        let failed = |error: std::io::Error| {
            Problem::setup(
                "cannot_lock",
                format!("{} cannot be locked: {error}", path.display()),
            )
            .hint("The book's folder must be on a local disk and writable.")
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // Its content is overwritten; that of what a link leads to is not ours.
            options
                .mode(0o600)
                .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
        }
        let mut file = options.open(&path).map_err(failed)?;
        let mut tried = file.try_lock();
        if matches!(tried, Err(TryLockError::WouldBlock)) {
            std::thread::sleep(A_GLANCE);
            tried = file.try_lock();
        }
        match tried {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // Somebody may have removed the file between our opening and locking
        // it; then the name leads to another file, which others will lock.
        if !is_still_at(&file, &path) {
            return Ok(None);
        }
        // Who holds it, for the words of those who wait.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()));
        Ok(Some(Held { file }))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever only looks never makes another wait, or believe that it must.
    #[test]
    fn who_looks_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let charging = Lock::charging(&folder.path().join("book.db"));
        let is_over = std::sync::atomic::AtomicBool::new(false);
        assert!(!charging.is_held());

        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::SeqCst) {
                    let _ = charging.is_held();
                    std::thread::sleep(Duration::from_micros(100));
                }
            });
            for _ in 0..500 {
                let mut waited = 0;
                let taken = charging.take(Duration::from_secs(1), &mut || {
                    waited += 1;
                });
                assert!(taken.is_ok() && waited < 2);
            }
            is_over.store(true, std::sync::atomic::Ordering::SeqCst);
        });
    }

    #[test]
    fn one_holds_the_lock_and_the_other_is_told_who() {
        let folder = tempfile::tempdir().unwrap();
        let charging = Lock::charging(&folder.path().join("book.db"));
        let mailing = Lock {
            what: What::Mailing,
            ..charging.clone()
        };
        let held = charging.try_take().unwrap();
        let mut waited = 0;

        let second = charging.take(Duration::from_millis(120), &mut || waited += 1);

        assert!(held.is_some());
        let problem = second.unwrap_err();
        assert_eq!(problem.kind().exit_code(), 7);
        assert!(problem.message().contains(&std::process::id().to_string()));
        assert_eq!(waited, 1);
        assert!(charging.is_ours() && !mailing.is_held());
        assert!(mailing.try_take().unwrap().is_some());
        drop(held);
        assert!(!charging.is_held());
        assert!(charging.try_take().unwrap().is_some());
    }
}

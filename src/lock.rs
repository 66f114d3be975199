//! Kernel locks on files beside the book: one sender at a time.
//!
//! The kernel lets go when the holder dies, however it dies. So whoever holds
//! the lock knows that every request still marked as on its way is an orphan;
//! a lock that merely expires could not promise that.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::problem::{Deed, Kind, Problem, Result};

/// Held for as long as the value lives.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// What is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Asking gateways for money.
    Charging,
    /// Handing over mails.
    Mailing,
}

impl What {
    fn path(self, book: &Path) -> PathBuf {
        self.beside(book, "lock")
    }

    /// Stands there while somebody waits for the lock.
    fn wish(self, book: &Path) -> PathBuf {
        self.beside(book, "wanted")
    }

    fn beside(self, book: &Path, end: &str) -> PathBuf {
        let mut name = book.as_os_str().to_owned();
        name.push(match self {
            Self::Charging => ".charging.",
            Self::Mailing => ".mailing.",
        });
        name.push(end);
        name.into()
    }
}

/// Whether somebody waits for this lock. A wish left behind by a process that
/// died is forgotten once it was heeded.
#[must_use]
pub fn is_wanted(what: What, book: &Path) -> bool {
    what.wish(book).exists()
}

/// Forgets that somebody waited.
pub fn forget_the_wish(what: What, book: &Path) {
    let _ = std::fs::remove_file(what.wish(book));
}

/// Whether somebody holds the lock now. Who cannot look says no.
#[must_use]
pub fn is_held(what: What, book: &Path) -> bool {
    let Ok(file) = File::open(what.path(book)) else {
        return false;
    };
    // Shared with others who look; let go of when the file is closed.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Whether this very process holds the lock now.
#[must_use]
pub fn is_ours(what: What, book: &Path) -> bool {
    let holder = std::fs::read_to_string(what.path(book)).unwrap_or_default();
    is_held(what, book) && holder == std::process::id().to_string()
}

/// Longer than somebody looks by [`is_held`].
const A_GLANCE: Duration = Duration::from_millis(2);

/// How often a waiting process looks again.
const PAUSE: Duration = Duration::from_millis(50);

impl Lock {
    /// Takes the lock, waiting up to `patience` for another holder;
    /// `on_wait` is called once if there is one. A long run sees that somebody
    /// waits, and lets go for a moment.
    ///
    /// # Errors
    ///
    /// Exit 7 if another `dues` still holds it; exit 3 if the lock file
    /// cannot be made.
    pub fn take(
        what: What,
        book: &Path,
        patience: Duration,
        on_wait: &mut dyn FnMut(),
    ) -> Result<Self> {
        let mut told = false;
        let tries = patience.as_millis() / PAUSE.as_millis();
        for left in (0..=tries).rev() {
            if let Some(lock) = Self::try_take(what, book)? {
                if told {
                    forget_the_wish(what, book);
                }
                return Ok(lock);
            }
            if !told {
                on_wait();
                told = true;
                // Only a courtesy: without it the wait is longer.
                let _ = File::create_new(what.wish(book));
            }
            // Who will not look again need not wait.
            if left > 0 {
                std::thread::sleep(PAUSE);
            }
        }
        forget_the_wish(what, book);
        let holder = std::fs::read_to_string(what.path(book)).unwrap_or_default();
        let holder = match holder.trim() {
            "" => String::new(),
            pid => format!(" (process {pid})"),
        };
        Err(Problem::new(
            Kind::Busy,
            "another_is_charging",
            match what {
                What::Charging => format!("another dues is charging{holder}"),
                What::Mailing => format!("another dues is sending mails{holder}"),
            },
        )
        .nothing_was(Deed::Changed)
        .hint("Try again when it is done."))
    }

    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    ///
    /// Exit 3 if the lock file cannot be made.
    pub fn try_take(what: What, book: &Path) -> Result<Option<Self>> {
        let path = what.path(book);
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
        Ok(Some(Self { file }))
    }
}

impl Drop for Lock {
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
        let book = folder.path().join("book.db");
        let is_over = std::sync::atomic::AtomicBool::new(false);
        assert!(!is_held(What::Charging, &book));

        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(std::sync::atomic::Ordering::SeqCst) {
                    let _ = is_held(What::Charging, &book);
                    std::thread::sleep(Duration::from_micros(100));
                }
            });
            for _ in 0..500 {
                let mut waited = 0;
                let taken = Lock::take(What::Charging, &book, Duration::from_secs(1), &mut || {
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
        let book = folder.path().join("book.db");
        let held = Lock::try_take(What::Charging, &book).unwrap();
        let mut waited = 0;

        let second = Lock::take(
            What::Charging,
            &book,
            Duration::from_millis(120),
            &mut || waited += 1,
        );

        assert!(held.is_some());
        let problem = second.unwrap_err();
        assert_eq!(problem.kind().exit_code(), 7);
        assert!(problem.message().contains(&std::process::id().to_string()));
        assert_eq!(waited, 1);
        assert!(Lock::try_take(What::Mailing, &book).unwrap().is_some());
        assert!(is_held(What::Charging, &book) && !is_held(What::Mailing, &book));
        drop(held);
        assert!(!is_held(What::Charging, &book));
        assert!(Lock::try_take(What::Charging, &book).unwrap().is_some());
    }
}

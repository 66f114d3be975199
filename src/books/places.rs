//! The files around a book: their names, and how one gets its name.

use std::fs;
use std::path::{Path, PathBuf};

use crate::problem::{Problem, Result};

/// The same file by a path whose folders are no links. A home on another disk
/// is reached through one, and SQLite would refuse that as it refuses a book
/// that is a link itself.
pub(super) fn real(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Where a restore keeps the book that stood in the place.
pub(super) fn kept_beside(place: &Path) -> PathBuf {
    beside(place, "before-restore")
}

/// Whether a restore put the book aside and was stopped before it put another
/// in its place.
pub(super) fn was_stopped(place: &Path) -> bool {
    fs::symlink_metadata(place).is_err() && fs::symlink_metadata(kept_beside(place)).is_ok()
}

/// A file being made beside its place, under a name that nobody else has:
/// gone when this is dropped, if it did not get its own name by then. One left
/// by a process that died stays, as nobody can know whose it is.
pub(super) struct Draft(PathBuf);

impl Draft {
    /// # Errors
    ///
    /// Exit 3 if the folder cannot be written.
    pub(super) fn beside(place: &Path) -> Result<Self> {
        let path = beside(place, &format!("{}.part", uuid::Uuid::new_v4().simple()));
        new_private_file(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(with_end(&self.0, end));
        }
    }
}

pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    with_end(path, &format!(".{end}"))
}

/// Folders that were made for a book.
#[derive(Debug)]
pub struct Room(Vec<PathBuf>);

impl Room {
    /// Makes the folders that the book's place lacks, for its owner only.
    ///
    /// # Errors
    ///
    /// Exit 3 if the disk would not take them.
    pub fn for_book(place: &Path) -> Result<Self> {
        let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let folders = place.ancestors().skip(1).take_while(missing);
        let room = Self(folders.map(Path::to_owned).collect());
        if let Some(folder) = room.0.first() {
            private_folder(folder)?;
        }
        Ok(room)
    }

    /// Whether the book's folder was there.
    #[must_use]
    pub fn was_there(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes them away again, as far as they are empty.
    pub fn take_back(self) {
        for folder in self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Gives a finished file its name, and never over another file's, in one step
/// where the kernel has one. A link cannot replace a file either, but gives it
/// two names for a moment; disks that know no links (a USB stick) get a rename.
pub(super) fn put_new(draft: &Path, target: &Path) -> std::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, draft, CWD, target, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            renamed => return Ok(renamed?),
        }
    }
    match fs::hard_link(draft, target) {
        Ok(()) => fs::remove_file(draft),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(error),
        Err(_) if fs::symlink_metadata(target).is_err() => fs::rename(draft, target),
        Err(error) => Err(error),
    }
}

/// A rename is durable once the folder is.
pub(super) fn sync_folder_of(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let _ = fs::File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
}

fn private_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| {
        Problem::setup(
            "cannot_write",
            format!("the folder {} cannot be made: {error}", folder.display()),
        )
        .hint("Choose another place with `--book FILE`.")
    })
}

fn new_private_file(path: &Path) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop).map_err(|error| {
        Problem::setup(
            "cannot_write",
            format!("{} cannot be written: {error}", path.display()),
        )
        .hint("Choose another place with `--book FILE`.")
    })
}

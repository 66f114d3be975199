//! Secrets in files that only their owner can read, one file each.
//!
//! A file is checked through the handle it is read by, so that what was
//! checked is what is read. A file that others could have read is refused
//! with the command that closes it: its secret may no longer be one.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;
use zeroize::Zeroizing;

use crate::domain::outside::Said;
use crate::ports::{Secret, SecretStore};
use crate::private_file;
use crate::problem::Problem;

use super::{MOST_BYTES, file_name, quoted, secret, storable, without_newline};

pub(super) struct Files {
    folder: PathBuf,
    /// The command that stores a secret here.
    login: String,
}

impl Files {
    pub(super) fn new(folder: PathBuf, login: String) -> Self {
        Self { folder, login }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Problem> {
        Ok(self.folder.join(file_name(name)?))
    }
}

impl SecretStore for Files {
    fn read(&self, name: &str) -> Result<Secret, Problem> {
        let path = self.path(name)?;
        let shown = shown(&path);
        let file = open(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return Problem::setup("no_secret", format!("there is no secret in {shown}"))
                    .hint(format!("Store it there with `{}`.", self.login));
            }
            if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
                return Problem::setup("secret_exposed", format!("{shown} is a symbolic link"))
                    .hint(format!(
                        "Put the file itself there: `cp --remove-destination \"$(readlink -f {shown})\" {shown} && chmod 600 {shown}`."
                    ));
            }
            unreadable(&shown, &error)
        })?;
        let folder = fs::metadata(&self.folder).map_err(|error| unreadable(&shown, &error))?;
        private(&folder, &self.folder, 0o022)?;
        let about = file
            .metadata()
            .map_err(|error| unreadable(&shown, &error))?;
        private(&about, &path, 0o077)?;
        if !about.is_file() {
            return Err(
                Problem::setup("bad_secret", format!("{shown} is not a file"))
                    .hint("Put a file of one line there."),
            );
        }
        contents(&file, &shown)
    }

    fn write(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        let path = self.path(name)?;
        storable(secret)?;
        private_file::put(&path, &[secret.expose().as_bytes(), b"\n"])
            .map_err(|error| unwritable(&path, &error))
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(unwritable(&path, &error)),
            Ok(()) => File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|error| unwritable(&path, &error)),
        }
    }
}

/// Opens a file and never waits: not for a pipe's other end, and not through
/// a link.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
}

/// The one line in a file.
pub(super) fn contents(file: &File, shown: &str) -> Result<Secret, Problem> {
    // Room for all that can be read: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 64));
    file.take(MOST_BYTES as u64 + 3)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(shown, &error))?;
    secret(without_newline(bytes), shown)
}

/// Whether nobody but us and the system could have touched it.
fn private(about: &Metadata, path: &Path, forbidden: u32) -> Result<(), Problem> {
    let shown = shown(path);
    if about.uid() != geteuid().as_raw() {
        return Err(Problem::setup(
            "secret_exposed",
            format!("{shown} belongs to another account"),
        )
        .hint(format!(
            "Give it to the account that runs dues: `sudo chown \"$(id -un)\" {shown}`."
        )));
    }
    let mode = about.mode() & 0o777;
    if mode & forbidden != 0 {
        let right = if about.is_dir() { "700" } else { "600" };
        return Err(Problem::setup(
            "secret_exposed",
            format!("{shown} is open to other accounts (mode {mode:03o})"),
        )
        .hint(format!(
            "Close it with `chmod {right} {shown}`, and make a new secret if others use this machine."
        )));
    }
    Ok(())
}

pub(super) fn shown(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

pub(super) fn unreadable(shown: &str, error: &io::Error) -> Problem {
    Problem::setup(
        "secret_unreachable",
        format!("{shown} cannot be read: {}", Said::new(&error.to_string())),
    )
    .hint(format!("Look at `ls -l {shown}`."))
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    let shown = shown(path);
    Problem::setup(
        "secret_unreachable",
        format!(
            "{shown} cannot be written: {}",
            Said::new(&error.to_string())
        ),
    )
    .hint("Make the folder writable for the account that runs dues, or name another folder.")
}

//! A file that is the user's own, or the system's, and no other's to write.
//!
//! It is looked at through the handle that it is read by, so that what was
//! looked at is what is read.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use crate::plain_file;
use crate::problem::{Problem, Result};

/// A configuration is a page of keys, and as many comments.
const MOST_BYTES: u64 = 1024 * 1024;

/// Why the file is not read.
pub(super) enum Refused {
    Unreadable(io::Error),
    NotOurs(Problem),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// The text of the file, if it is one, and ours. A pipe is not waited for.
pub(super) fn text_of(path: &Path) -> std::result::Result<String, Refused> {
    let bytes = plain_file::read_vetted(path, MOST_BYTES, |about| {
        refuse_if_others_can_write(path, about).map_err(Refused::NotOurs)
    })?;
    String::from_utf8(bytes).map_err(|error| io::Error::other(error).into())
}

#[cfg(unix)]
fn refuse_if_others_can_write(path: &Path, meta: &Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let shown = path.display();
    let refused = |fact: String, hint: String| {
        let hint = format!("It can name programs to run; {hint}.");
        Err(Problem::setup("config_not_yours", fact).hint(hint))
    };
    if meta.mode() & 0o022 != 0 {
        return refused(
            format!("others can write to the configuration {shown}"),
            format!("close it with `chmod 600 {shown}`"),
        );
    }
    let ours = rustix::process::geteuid().as_raw();
    if meta.uid() != ours && meta.uid() != 0 {
        return refused(
            format!("the configuration {shown} belongs to another user"),
            "make a copy of your own, and name that with `--config FILE`".to_owned(),
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_if_others_can_write(_: &Path, _: &Metadata) -> Result<()> {
    Ok(())
}

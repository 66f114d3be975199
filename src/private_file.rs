//! A file for its owner's eyes alone, put in its place whole.
//!
//! Written beside its place, synced, and moved there by a rename: whoever
//! looks, and whenever the machine dies, finds the old file or the new one.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes all of the file or nothing of it; on the disk when this returns.
/// Its folder is made if it is not there.
///
/// # Errors
///
/// The disk would not take it; what stood there before still does.
pub fn put(path: &Path, pieces: &[&[u8]]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.create(folder)?;
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    // Left by a process that died; its number is ours now.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = options
        .open(&part)
        .and_then(|mut file| {
            for piece in pieces {
                file.write_all(piece)?;
            }
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, path))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    written
}

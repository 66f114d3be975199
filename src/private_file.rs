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
    let (part, mut file) = new_part(path, &options)?;
    let written = pieces
        .iter()
        .try_for_each(|piece| file.write_all(piece))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&part, path))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    written
}

/// A file beside the place, under a name that nothing has: what another made,
/// or a process of this number that died, is left alone.
fn new_part(path: &Path, options: &OpenOptions) -> io::Result<(PathBuf, File)> {
    let mut n = 0_u64;
    loop {
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}-{n}.part", std::process::id()));
        match options.open(&part) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
            opened => return opened.map(|file| (part.into(), file)),
        }
    }
}

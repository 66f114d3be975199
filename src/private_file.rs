//! A file for its owner's eyes alone, or a folder of them, put in its place whole.
//!
//! Written beside its place, synced, and moved there by a rename: whoever
//! looks, and whenever the machine dies, finds the old file or the new one, and
//! of a folder all or nothing.

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
    let folder = folder_of(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    private_folders().create(folder)?;
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

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn private_folders() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A folder that is being filled beside its place. Dropped before it is there,
/// it is gone.
#[derive(Debug)]
pub struct Folder {
    place: PathBuf,
    part: PathBuf,
    is_placed: bool,
}

impl Folder {
    /// An empty folder beside the place.
    ///
    /// # Errors
    ///
    /// Something stands at the place, or the disk would not take it.
    pub fn beside(place: &Path) -> io::Result<Self> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let mut n = 0_u64;
        loop {
            let mut part = place.as_os_str().to_owned();
            part.push(format!(".{}-{n}.part", std::process::id()));
            match private_folders().recursive(false).create(&part) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
                made => {
                    return made.map(|()| Self {
                        place: place.to_owned(),
                        part: part.into(),
                        is_placed: false,
                    });
                }
            }
        }
    }

    /// Puts a file into it, by a name that may have a folder before it.
    ///
    /// # Errors
    ///
    /// The disk would not take it.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        put(&self.part.join(name), &[bytes])
    }

    /// Moves all of it to its place.
    ///
    /// # Errors
    ///
    /// Something stands there by now, or the disk would not take it.
    pub fn into_place(mut self) -> io::Result<()> {
        File::open(&self.part)?.sync_all()?;
        fs::rename(&self.part, &self.place)?;
        self.is_placed = true;
        File::open(folder_of(&self.place))?.sync_all()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_placed {
            // Whoever was stopped leaves it under its own name, and never under the place's.
            let _ = fs::remove_dir_all(&self.part);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever was under way when it ended.
    #[test]
    fn a_folder_is_whole_or_not_there() {
        let around = tempfile::tempdir().unwrap();
        let place = around.path().join("packet");

        let left = Folder::beside(&place).unwrap();
        left.put("files/a.txt", b"a").unwrap();
        assert!(!place.exists());
        drop(left);
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 0);

        let whole = Folder::beside(&place).unwrap();
        let other = Folder::beside(&place).unwrap();
        for folder in [&whole, &other] {
            folder.put("files/a.txt", b"a").unwrap();
            folder.put("index.html", b"b").unwrap();
        }
        whole.into_place().unwrap();
        // What stands there stays, whoever was first.
        assert!(other.into_place().is_err());
        let taken = Folder::beside(&place).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(place.join("files/a.txt")).unwrap(), b"a");
        assert_eq!(fs::read_dir(around.path()).unwrap().count(), 1);
        #[cfg(unix)]
        for (name, expected) in [("", 0o700), ("files", 0o700), ("files/a.txt", 0o600)] {
            use std::os::unix::fs::PermissionsExt;
            let about = fs::metadata(place.join(name)).unwrap();
            assert_eq!(about.permissions().mode() & 0o777, expected, "{name}");
        }
    }
}

//! A file of somebody else's making, read whole or not at all.
//!
//! A name may lead anywhere: to a pipe that nobody writes to, to a device
//! without an end, to ten gigabytes. Only a file is read, and only one that is
//! no longer than what it holds can be.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// All of a file of at most so many bytes.
///
/// # Errors
///
/// It cannot be read, is longer, or is no file.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_vetted(path, most, |_| Ok(()))
}

/// As [`read`], if what the file is passes; it is looked at through the handle
/// that it is read by.
///
/// # Errors
///
/// As [`read`], and what `vet` says.
pub fn read_vetted<E: From<io::Error>>(
    path: &Path,
    most: u64,
    vet: impl FnOnce(&Metadata) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    let file = open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("it is not a file").into());
    }
    vet(&about)?;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    if about.len() <= most {
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    if about.len().max(bytes.len() as u64) > most {
        return Err(io::Error::other(format!("it is longer than {most} bytes")).into());
    }
    Ok(bytes)
}

/// Opens without waiting for a pipe's other end.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let without_waiting = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .custom_flags(without_waiting)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_a_file_that_is_short_enough_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, vec![b'x'; 1024]).unwrap();
        let endless = folder.path().join("endless");
        File::create(&endless).unwrap().set_len(1 << 40).unwrap();

        assert_eq!(read(&file, 1024).unwrap().len(), 1024);
        assert_eq!(
            read(&file, 1023).unwrap_err().to_string(),
            "it is longer than 1023 bytes"
        );
        assert!(read(&endless, 1024).is_err());
        assert_eq!(
            read(folder.path(), 1024).unwrap_err().to_string(),
            "it is not a file"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_or_a_device_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());

        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            assert!(read(path, 1024).is_err(), "{}", path.display());
        }
    }
}

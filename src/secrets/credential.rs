//! Secrets that systemd hands to a service: files in a folder of its own.
//!
//! The folder is systemd's and so are its permissions; dues only reads.

use std::io;
use std::path::PathBuf;

use crate::ports::{Secret, SecretStore};
use crate::problem::Problem;

use super::file::{contents, open, shown, unreadable};
use super::file_name;

pub(super) struct Credentials {
    folder: PathBuf,
}

impl Credentials {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl SecretStore for Credentials {
    fn read(&self, name: &str) -> Result<Secret, Problem> {
        let credential = credential(name)?;
        let path = self.folder.join(&credential);
        match open(&path) {
            Ok(file) => contents(&file, &shown(&path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Problem::setup(
                "no_secret",
                format!("systemd gave dues no credential `{credential}`"),
            )
            .hint(how_to_store(&credential))),
            Err(error) => Err(unreadable(&shown(&path), &error)),
        }
    }

    fn write(&self, name: &str, _: &Secret) -> Result<(), Problem> {
        Err(read_only(name)?)
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        Err(read_only(name)?)
    }
}

fn credential(name: &str) -> Result<String, Problem> {
    Ok(format!("dues.{}", file_name(name)?))
}

fn read_only(name: &str) -> Result<Problem, Problem> {
    let credential = credential(name)?;
    Ok(Problem::setup(
        "secret_read_only",
        format!("dues only reads systemd's credential `{credential}`"),
    )
    .hint(how_to_store(&credential)))
}

fn how_to_store(credential: &str) -> String {
    format!(
        "Store it with `systemd-ask-password -n | sudo systemd-creds encrypt --name={credential} - /etc/credstore.encrypted/{credential}` and put `LoadCredentialEncrypted={credential}` into the unit; the file is removed with `sudo rm`."
    )
}

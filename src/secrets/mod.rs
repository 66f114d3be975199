//! Where a gateway's key and a mail password are kept.
//!
//! A secret has one source, named by a person, and there is no falling back
//! from one to another: whoever believes a key is in the keyring must not find
//! out later that it was read from a file.

mod command;
mod credential;
mod file;
mod keyring;

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::domain::untrusted;
use crate::ports::{Secret, SecretStore};
use crate::problem::Problem;

/// The most bytes a secret has: a key is a line, not a document.
const MOST_BYTES: usize = 4096;

/// Which kind of place a secret is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The keyring of the person who is logged in.
    Keyring,
    /// A file that only its owner can read.
    File,
    /// What a command prints: a password manager's.
    Command,
    /// What systemd hands to a service.
    Credential,
}

impl Source {
    pub const ALL: [Self; 4] = [Self::Keyring, Self::File, Self::Command, Self::Credential];

    /// The word in the configuration and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
            Self::Command => "command",
            Self::Credential => "credential",
        }
    }

    /// Whether dues puts the secret there itself, and takes it away again.
    #[must_use]
    pub fn keeps(self) -> bool {
        matches!(self, Self::Keyring | Self::File)
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }
}

/// Where each source is, as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The folder of [`Source::File`].
    pub folder: Option<PathBuf>,
    /// The program and arguments of [`Source::Command`]; `{name}` in an
    /// argument stands for the secret's name.
    pub command: Option<Vec<String>>,
    /// The folder of [`Source::Credential`]: systemd's `$CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
}

/// The store of one source. No store looks into another. `login` is the
/// command that asks a person for the secret and keeps it, for the hints.
///
/// # Errors
///
/// Exit 3: the source has no place.
pub fn open(source: Source, places: &Places, login: &str) -> Result<Box<dyn SecretStore>, Problem> {
    let no_place = |what: &str, hint: &str| Problem::setup("secret_no_place", what).hint(hint);
    match source {
        Source::Keyring => Ok(Box::new(keyring::Keyring::new(login.to_owned()))),
        Source::File => match &places.folder {
            Some(folder) => Ok(Box::new(file::Files::new(folder.clone(), login.to_owned()))),
            None => Err(no_place(
                "there is no folder for secrets",
                "Put `folder = \"/home/you/.config/dues/secrets\"` under `[secrets]` in the configuration, or choose another source.",
            )),
        },
        Source::Command => match places.command.as_deref() {
            Some([program, arguments @ ..]) if !program.is_empty() => Ok(Box::new(
                command::Asked::new(program.clone(), arguments.to_vec()),
            )),
            _ => Err(no_place(
                "there is no command that prints secrets",
                "Put it under `[secrets]` in the configuration as a list, such as `command = [\"pass\", \"show\", \"dues/{name}\"]`, or choose another source.",
            )),
        },
        Source::Credential => match &places.credentials {
            Some(folder) => Ok(Box::new(credential::Credentials::new(folder.clone()))),
            None => Err(no_place(
                "there is no credential directory",
                "Start dues from a systemd unit with `LoadCredentialEncrypted=`, or choose another source.",
            )),
        },
    }
}

/// A name with no way out of its folder: letters, digits, `-` and `_`, in
/// parts with `/` between them.
fn checked(name: &str) -> Result<&str, Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = name.len() <= 200
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('-') && part.bytes().all(plain));
    fits.then_some(name).ok_or_else(|| {
        Problem::bug(format!(
            "`{}` is not a name for a secret",
            untrusted::visible(name)
        ))
    })
}

/// The name where `/` cannot stand; the parts of a name have no points.
fn file_name(name: &str) -> Result<String, Problem> {
    Ok(checked(name)?.replace('/', "."))
}

/// What was read, as a secret: one line that is not empty. `place` is named
/// in the refusal; what was read is not.
fn secret(bytes: Zeroizing<Vec<u8>>, place: &str) -> Result<Secret, Problem> {
    match std::str::from_utf8(&bytes).map_err(|_| "is not text") {
        Ok(text) => fit(text).map(|()| Secret::new(text.to_owned())),
        Err(flaw) => Err(flaw),
    }
    .map_err(|flaw| {
        Problem::setup("bad_secret", format!("the secret in {place} {flaw}"))
            .hint("Store it again: one line of text, at most 4 KiB, and nothing else.")
    })
}

/// Whether a secret can be kept anywhere at all.
fn storable(secret: &Secret) -> Result<(), Problem> {
    fit(secret.expose()).map_err(|flaw| {
        Problem::setup("bad_secret", format!("the secret {flaw}"))
            .hint("Give one line of text, at most 4 KiB.")
    })
}

fn fit(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() {
        Err("is empty")
    } else if text.len() > MOST_BYTES {
        Err("is longer than 4 KiB")
    } else if text.contains(['\n', '\r']) {
        Err("has more than one line")
    } else if text.chars().any(char::is_control) {
        Err("has a control character in it")
    } else {
        Ok(())
    }
}

/// Without the newline that editors and `echo` add.
fn without_newline(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    bytes
}

/// A word as a shell takes it, for commands to paste.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "@%+=:,./_-{}".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", untrusted::visible(word).replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leaves_its_folder() {
        assert_eq!(file_name("stripe/test/B-1").unwrap(), "stripe.test.B-1");
        for name in [
            "", "/", "a/", "/a", "a//b", "../a", "a.b", "-a", "a/-b", "a b", "a\0", "ä",
        ] {
            assert_eq!(
                file_name(name).unwrap_err().kind().exit_code(),
                70,
                "{name}"
            );
        }
    }

    #[test]
    fn a_secret_is_one_line_of_text() {
        let read = |bytes: &[u8]| {
            let bytes = without_newline(Zeroizing::new(bytes.to_vec()));
            secret(bytes, "here").map(|secret| secret.expose().to_owned())
        };
        for good in ["sk_test_1", "sk_test_1\n", "sk_test_1\r\n"] {
            assert_eq!(read(good.as_bytes()).unwrap(), "sk_test_1");
        }
        assert_eq!(read(b" pass phrase ").unwrap(), " pass phrase ");
        let long = "CANARY".repeat(700);
        let table: [(&[u8], &str); 8] = [
            (b"", "is empty"),
            (b"\n", "is empty"),
            (b" \t ", "is empty"),
            (b"CANARY\n\n", "more than one line"),
            (b"CANARY\nurl", "more than one line"),
            (b"CANARY\0", "control character"),
            (b"CANARY\xff", "is not text"),
            (long.as_bytes(), "longer than 4 KiB"),
        ];
        for (bytes, flaw) in table {
            let problem = read(bytes).unwrap_err();
            assert!(problem.message().contains(flaw), "{problem}");
            assert_eq!(problem.kind().exit_code(), 3);
            assert!(!format!("{problem:?}").contains("CANARY"));
        }
    }
}

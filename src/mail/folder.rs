//! Letters as files: what happens until a mail server is configured.
//!
//! A file is named after its letter's message id, so delivering a letter
//! again leaves one file, not two.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::ids::sha256_hex;
use crate::domain::outbox::Letter;
use crate::ports::{Delivery, Mailer};
use crate::private_file;

use super::Sender;
use super::message::compose;

/// Writes each letter as an `.eml` file that any mail program opens.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
    from: Sender,
}

impl FolderMailer {
    /// The folder is made, readable by its owner alone, when the first
    /// letter comes.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, from: Sender) -> Self {
        Self {
            folder: folder.into(),
            from,
        }
    }
}

impl Mailer for FolderMailer {
    fn deliver(&self, letter: &Letter, _: Duration) -> Delivery {
        let composed = match compose(letter, &self.from) {
            Ok(composed) => composed,
            Err(why) => return Delivery::Refused(why),
        };
        let path = self.folder.join(file_name(&letter.message_id));
        match private_file::put(&path, &[&composed.bytes]) {
            Ok(()) => Delivery::Filed(path.display().to_string().into()),
            Err(error) => Delivery::Unreachable(
                format!("{} cannot be written: {error}", path.display()).into(),
            ),
        }
    }

    fn sends(&self) -> bool {
        false
    }
}

/// The id as a file name; a letter that a path could trip over becomes `-`,
/// and a hash keeps the name the id's own.
fn file_name(message_id: &str) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "@._-".contains(letter);
    let name: String = message_id
        .chars()
        .map(|letter| if safe(letter) { letter } else { '-' })
        .collect();
    if name == message_id && !name.starts_with(['.', '-']) {
        return format!("{name}.eml");
    }
    let hash = sha256_hex(message_id.as_bytes());
    format!("{}-{}.eml", name.trim_start_matches(['.', '-']), &hash[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_stays_in_its_folder() {
        assert_eq!(
            file_name("pay-7.a@dues.invalid"),
            "pay-7.a@dues.invalid.eml"
        );
        for id in [
            "../../etc/passwd@x",
            ".hidden@x",
            "-rf@x",
            "a/b@c",
            "a\\b@c",
        ] {
            let name = file_name(id);
            assert!(
                !name.contains(['/', '\\']) && !name.starts_with(['.', '-']),
                "{name}"
            );
        }
        assert_ne!(file_name("a/b@c"), file_name("a+b@c"));
    }
}

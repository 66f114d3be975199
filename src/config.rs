//! The configuration: one file of the user's, every key known by name.
//!
//! A key that is not known is an error that names the nearest; secrets never
//! stand in it. A file in the current folder is never read by itself, and what
//! it says means the same wherever it is read: folders count from its own.

mod own_file;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::accounting::Accounting;
use crate::domain::card_number;
use crate::domain::chart::Chart;
use crate::domain::retry::Policy;
use crate::domain::web_link::WebLink;
use crate::problem::{Problem, Result};
use own_file::Refused;

/// What the configuration says; everything has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Where the book is.
    pub book: Option<PathBuf>,
    /// Where this machine keeps its marks of books.
    pub state: Option<PathBuf>,
    pub mail: Mail,
    pub secrets: Secrets,
    pub gateway: Gateways,
    pub schedule: Schedule,
    /// What the accounts of the journal are called.
    pub accounts: Chart,
    /// What they are called in the accounting program that imports it.
    pub accounting: Accounting,
}

/// How scheduled charges are made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Schedule {
    /// On which days after the first try a soft decline is tried again.
    pub retry_days: Option<Vec<u16>>,
    /// How many days before a charge the customer is told of it; not at all if 0.
    pub announce_days: Option<u16>,
    /// Where a customer can give another card, for the mail about a failure.
    pub card_link: Option<WebLink>,
    /// Who hears what a run left to do.
    pub report_to: Option<String>,
}

impl Schedule {
    /// The days of retries.
    ///
    /// # Errors
    ///
    /// Exit 3 if the networks do not allow them.
    pub fn retries(&self) -> Result<Policy> {
        match &self.retry_days {
            None => Ok(Policy::default()),
            Some(days) => Policy::on_days(days.clone()).ok_or_else(|| {
                Problem::setup(
                    "bad_retry_days",
                    "`schedule.retry_days` are not days that the card networks allow",
                )
                .hint("Give at most 3 rising days from 1 to 30, such as `retry_days = [1, 3, 7]`.")
            }),
        }
    }
}

/// How mails leave.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// The address that mails come from.
    pub from: Option<String>,
    /// Where `.eml` files are written while no server is named.
    pub folder: Option<PathBuf>,
    pub smtp: Option<Smtp>,
}

/// A mail server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Smtp {
    pub host: String,
    pub port: Option<u16>,
    /// `starttls`, `tls`, or `plain` for this machine only.
    pub security: Option<String>,
    pub user: Option<String>,
    /// Where the password is kept: `keyring`, `file`, `command`, `credential`.
    pub password: Option<String>,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where secrets can be kept besides the keyring.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// A folder of files that only you can read.
    pub folder: Option<PathBuf>,
    /// A program that prints a secret; `{name}` stands for its name.
    pub command: Option<Vec<String>>,
}

/// Settings by gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Gateways {
    pub stripe: GatewaySettings,
}

/// Settings of one gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GatewaySettings {
    /// Another server than the gateway's own; in test books only.
    pub endpoint: Option<String>,
    /// How many charges a second the account is granted.
    pub per_second: Option<u32>,
}

/// Every key there is. A test holds it against `config.example.toml`.
const KEYS: [&str; 42] = [
    "book",
    "state",
    "mail.from",
    "mail.folder",
    "mail.smtp.host",
    "mail.smtp.port",
    "mail.smtp.security",
    "mail.smtp.user",
    "mail.smtp.password",
    "mail.smtp.ca_file",
    "secrets.folder",
    "secrets.command",
    "gateway.stripe.endpoint",
    "gateway.stripe.per_second",
    "schedule.retry_days",
    "schedule.announce_days",
    "schedule.card_link",
    "schedule.report_to",
    "accounts.receivable",
    "accounts.unapplied",
    "accounts.clearing",
    "accounts.bank",
    "accounts.suspense",
    "accounts.sales",
    "accounts.returns",
    "accounts.write_offs",
    "accounts.discounts",
    "accounts.short_pays",
    "accounts.dispute_fees",
    "accounting.receivable",
    "accounting.unapplied",
    "accounting.clearing",
    "accounting.bank",
    "accounting.elsewhere",
    "accounting.suspense",
    "accounting.sales",
    "accounting.returns",
    "accounting.write_offs",
    "accounting.discounts",
    "accounting.short_pays",
    "accounting.dispute_fees",
    "accounting.tax_rate",
];

impl Config {
    /// Where this machine keeps what it knows of its books, apart from the
    /// books: the named folder, or the platform's for a program's state.
    ///
    /// # Errors
    ///
    /// Exit 3 if there is no home folder.
    pub fn state_folder(&self) -> Result<PathBuf> {
        let folder = self.state.clone().or_else(|| user_folder(Folder::State));
        folder.ok_or_else(|| {
            Problem::setup(
                "no_home",
                "there is no home folder for this machine's mark of the book",
            )
            .hint(
                "Set HOME, or name a folder with `state` in the configuration; without the mark no card is charged.",
            )
        })
    }

    /// Reads the configuration: the named file, or the user's own if it is there.
    ///
    /// # Errors
    ///
    /// Exit 3 with the line, or the unknown key and the nearest known one, or
    /// if the file is not the user's own; exit 9 for a card number.
    pub fn read(named: Option<&Path>) -> Result<Self> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match user_folder(Folder::Config) {
                Some(folder) => folder.join("config.toml"),
                None => return Ok(Self::default()),
            },
        };
        let text = match own_file::text_of(&path) {
            Ok(text) => text,
            Err(Refused::NotOurs(problem)) => return Err(problem),
            Err(Refused::Unreadable(error))
                if named.is_none() && error.kind() == std::io::ErrorKind::NotFound =>
            {
                return Ok(Self::default());
            }
            Err(Refused::Unreadable(error)) => {
                return Err(Problem::setup(
                    "config_unreadable",
                    format!(
                        "the configuration {} cannot be read: {error}",
                        path.display()
                    ),
                )
                .hint("Name another with `--config FILE`, or make it readable."));
            }
        };
        let whole = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
        Self::parse(&text)
            .and_then(|config| config.counted_from(whole.parent().unwrap_or(Path::new("/"))))
            .map_err(|problem| problem.at(path.display()))
    }

    /// The same with every place in it whole: what is not counts from the
    /// file's own folder, and never from wherever somebody happens to stand.
    fn counted_from(mut self, folder: &Path) -> Result<Self> {
        let smtp = self.mail.smtp.as_mut();
        let places = [
            ("book", self.book.as_mut()),
            ("state", self.state.as_mut()),
            ("mail.folder", self.mail.folder.as_mut()),
            (
                "mail.smtp.ca_file",
                smtp.and_then(|smtp| smtp.ca_file.as_mut()),
            ),
            ("secrets.folder", self.secrets.folder.as_mut()),
        ];
        for (key, place) in places {
            let Some(place) = place else { continue };
            // A shell would make it the home; to us it is a folder of that name.
            if place.as_os_str().is_empty() || place.starts_with("~") {
                return Err(Problem::setup(
                    "config_bad_place",
                    format!("`{key}` does not name a place"),
                )
                .hint("Write it whole, such as `/home/you/dues`; `~` means nothing here."));
            }
            *place = folder.join(&*place);
        }
        // A program without a folder is looked for where programs are.
        if let Some(program) = self
            .secrets
            .command
            .as_mut()
            .and_then(|words| words.first_mut())
            && Path::new(program.as_str()).components().count() > 1
        {
            *program = folder.join(program.as_str()).to_string_lossy().into_owned();
        }
        Ok(self)
    }

    /// Reads a configuration from its text.
    ///
    /// # Errors
    ///
    /// As [`Config::read`].
    pub fn parse(text: &str) -> Result<Self> {
        // No value is repeated by any message before this is known.
        for (line, text) in (1..).zip(text.lines()) {
            card_number::refuse_in(text, &format!("line {line}"))?;
        }
        let unreadable = |error: &toml::de::Error| {
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            });
            Problem::setup(
                "config_unreadable",
                format!("line {line}: {}", error.message().replace('\n', " ")),
            )
            .hint("See `config.example.toml` for every key and how it is written.")
        };
        let table: toml::Table = toml::from_str(text).map_err(|error| unreadable(&error))?;
        refuse_unknown_keys(&table, "")?;
        toml::from_str(text).map_err(|error| unreadable(&error))
    }
}

fn refuse_unknown_keys(table: &toml::Table, above: &str) -> Result<()> {
    for (name, value) in table {
        let key = if above.is_empty() {
            name.clone()
        } else {
            format!("{above}.{name}")
        };
        let is_section = KEYS
            .iter()
            .any(|known| known.starts_with(&format!("{key}.")));
        match value {
            toml::Value::Table(inner) if is_section => refuse_unknown_keys(inner, &key)?,
            _ if KEYS.contains(&key.as_str()) => {}
            _ => {
                let nearest = KEYS
                    .iter()
                    .min_by_key(|known| strsim::damerau_levenshtein(known, &key))
                    .unwrap_or(&KEYS[0]);
                return Err(Problem::setup(
                    "config_unknown_key",
                    format!("there is no key `{key}`"),
                )
                .hint(format!(
                    "The nearest is `{nearest}`; `config.example.toml` has them all."
                )));
            }
        }
    }
    Ok(())
}

/// Which of the user's folders.
#[derive(Debug, Clone, Copy)]
enum Folder {
    Config,
    Data,
    State,
}

/// Where the book is when nothing else says: the platform's data folder.
///
/// # Errors
///
/// Exit 3 if there is no home folder.
pub fn default_book() -> Result<PathBuf> {
    user_folder(Folder::Data)
        .map(|folder| folder.join("book.db"))
        .ok_or_else(|| {
            Problem::setup("no_home", "there is no home folder to keep the book in")
                .hint("Say where the book is with `--book FILE` or `DUES_BOOK`.")
        })
}

/// The folder of dues in the platform's place for it (XDG base directories,
/// Apple's `Library/Application Support`, Windows' `AppData`).
fn user_folder(which: Folder) -> Option<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base = if cfg!(windows) {
        from("APPDATA")
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        match which {
            Folder::Config => {
                from("XDG_CONFIG_HOME").or_else(|| Some(from("HOME")?.join(".config")))
            }
            Folder::Data => {
                from("XDG_DATA_HOME").or_else(|| Some(from("HOME")?.join(".local/share")))
            }
            Folder::State => {
                from("XDG_STATE_HOME").or_else(|| Some(from("HOME")?.join(".local/state")))
            }
        }
    };
    base.map(|base| base.join("dues"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../config.example.toml");

    #[test]
    fn the_example_as_it_stands_changes_nothing() {
        let config = Config::parse(EXAMPLE).unwrap();

        assert!(
            config.book.is_none() && config.mail.smtp.is_none() && config.secrets.command.is_none()
        );
    }

    /// Every `# key = value` of the example, switched on, is a key that is read.
    #[test]
    fn the_example_has_every_key_and_no_other() {
        let on: String = EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(key)
                    if key
                        .split_once(" = ")
                        .is_some_and(|(name, _)| !name.contains(' ')) =>
                {
                    key
                }
                Some(section) if section.starts_with('[') => section,
                _ => line,
            })
            .flat_map(|line| [line, "\n"])
            .collect();

        let table: toml::Table = toml::from_str(&on).unwrap();
        Config::parse(&on).unwrap();
        for key in KEYS {
            let mut at = Some(&toml::Value::Table(table.clone())).cloned();
            for part in key.split('.') {
                at = at.and_then(|value| value.get(part).cloned());
            }
            assert!(at.is_some(), "{key} is not in the example");
        }
    }

    #[test]
    fn a_card_number_is_refused_and_not_repeated() {
        for text in [
            "[schedule]\ncard_link = '4242 4242 4242 4242'",
            "[mail]\n4242424242424242 = 1",
            "[mail]\nfrom = 4242424242424242",
        ] {
            let problem = Config::parse(text).unwrap_err();

            assert_eq!(problem.kind().exit_code(), 9, "{text}");
            assert!(problem.message().starts_with("line 2 "), "{problem}");
            assert!(!format!("{problem:?}").contains("4242"), "{problem:?}");
        }
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        for (text, key, nearest) in [
            ("[mail]\nform = 'x@y.z'", "mail.form", "mail.from"),
            (
                "[mail.smtp]\nhots = 'x'",
                "mail.smtp.hots",
                "mail.smtp.host",
            ),
            ("bok = '/x'", "bok", "book"),
        ] {
            let problem = Config::parse(text).unwrap_err();

            assert_eq!(problem.kind().exit_code(), 3);
            assert!(problem.message().contains(key), "{problem}");
            assert!(problem.advice().unwrap().contains(nearest), "{problem:?}");
        }
        let problem = Config::parse("[mail\n").unwrap_err();
        assert!(problem.message().starts_with("line 1"), "{problem}");
    }
}

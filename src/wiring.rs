//! The parts put together: gateways, mailer and secrets, as the configuration says.
//!
//! Nowhere else knows both a port and what stands behind it. Whoever serves a
//! person, at the terminal or on a page, takes the same parts from here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::books::{BookFacts, Books, Login, not_logged_in};
use crate::config::Config;
use crate::gateway::{self, Opening};
use crate::jobs::due::Rules;
use crate::jobs::outlook::Outlook;
use crate::mail::{FolderMailer, Security, Sender, SmtpMailer, SmtpSettings};
use crate::mark::Marks;
use crate::ports::{Gateway, Gateways, Mailer, NotAsked, Order, SecretStore};
use crate::problem::{Problem, Result};
use crate::secrets::{self, Places, Source};

/// The gateways behind the book, opened when first asked for.
pub struct Desk {
    facts: BookFacts,
    logins: Vec<Login>,
    config: Config,
    ledger: PathBuf,
    /// What this machine knows of its books.
    pub marks: Marks,
    opened: RefCell<HashMap<String, Arc<dyn Gateway>>>,
}

impl Gateways for Desk {
    fn open(&self, name: &str) -> Result<Arc<dyn Gateway>> {
        if let Some(open) = self.opened.borrow().get(name) {
            return Ok(Arc::clone(open));
        }
        let entry = gateway::entry(name)?;
        let secret = if entry.needs_secret {
            let login = self
                .logins
                .iter()
                .find(|login| login.account.gateway == name)
                .ok_or_else(|| not_logged_in(name))?;
            let source = Source::from_word(&login.source).ok_or_else(|| {
                Problem::bug(format!("an unknown place of secrets: {}", login.source))
            })?;
            let store = gateway_secrets(&self.config, source, name)?;
            Some(store.read(&secret_name(&self.facts, name))?)
        } else {
            None
        };
        let open = (entry.open)(Opening {
            secret,
            endpoint: self.endpoint(name),
            most_per_second: self.config.gateway.stripe.per_second,
            mode: self.facts.mode,
            ledger: &self.ledger,
        })?;
        self.opened
            .borrow_mut()
            .insert(name.to_owned(), Arc::clone(&open));
        Ok(open)
    }

    fn shows_time(&self, name: &str) -> bool {
        gateway::entry(name).is_ok_and(|entry| entry.shows_time)
    }

    fn permits(&self, name: &str, order: &Order<'_>) -> Result<(), NotAsked> {
        (gateway::entry(name)?.build)(order).map(drop)
    }
}

impl Desk {
    /// What is known of a charge before anybody is asked.
    #[must_use]
    pub fn outlook(&self, books: &Books, now: Timestamp) -> Outlook<'_> {
        let rules = self.config.schedule.retries().map(|retries| Rules {
            retries,
            ..Rules::default()
        });
        Outlook::new(books, &self.marks, self, rules, now)
    }

    /// The gateways of a book, each opened when first asked for.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn of(config: &Config, books: &Books) -> Result<Self> {
        Ok(Self {
            facts: books.read().facts()?,
            logins: books.read().logins()?,
            config: config.clone(),
            ledger: sandbox_ledger(books.path()),
            marks: Marks::new(config.state_folder()?),
            opened: RefCell::default(),
        })
    }

    /// The configured server of a gateway, if it is not its own.
    #[must_use]
    pub fn endpoint(&self, name: &str) -> Option<&str> {
        match name {
            "stripe" => self.config.gateway.stripe.endpoint.as_deref(),
            _ => None,
        }
    }

    /// Where the sandbox keeps its ledger.
    #[must_use]
    pub fn ledger(&self) -> &Path {
        &self.ledger
    }
}

/// The name of the mail server's password among the secrets.
pub const SMTP_SECRET: &str = "smtp";

/// Whether mails leave the house; else they become files in a folder.
#[must_use]
pub fn has_mail_server(config: &Config) -> bool {
    config.mail.smtp.is_some()
}

/// How mails leave: over the configured server, or into a folder.
///
/// # Errors
///
/// Exit 3 if the configuration or the password is not usable.
pub fn mailer(config: &Config, books: &Books) -> Result<Box<dyn Mailer>> {
    let facts = books.read().facts()?;
    let mail = &config.mail;
    let from = Sender::new(
        &facts.name,
        mail.from.as_deref().unwrap_or("accounts@dues.invalid"),
    )?;
    let Some(smtp) = &mail.smtp else {
        let folder = mail
            .folder
            .clone()
            .unwrap_or_else(|| beside(books.path(), "mails"));
        return Ok(Box::new(FolderMailer::new(folder, from)));
    };
    if smtp.host.is_empty() || mail.from.is_none() {
        return Err(Problem::setup(
            "mail_not_set_up",
            "`mail.smtp.host` and `mail.from` belong together, and one is missing",
        )
        .hint("Put both into the configuration; `config.example.toml` shows how."));
    }
    let word = smtp.security.as_deref().unwrap_or("starttls");
    let security = Security::from_word(word).ok_or_else(|| {
        Problem::setup(
            "mail_not_set_up",
            format!("`mail.smtp.security` cannot be `{word}`"),
        )
        .hint("It is `starttls`, `tls`, or `plain` for a server on this machine.")
    })?;
    let port = smtp
        .port
        .unwrap_or(if security == Security::Tls { 465 } else { 587 });
    let password = match &smtp.user {
        None => None,
        Some(_) => Some(smtp_secrets(config)?.read(SMTP_SECRET)?),
    };
    let settings = SmtpSettings {
        host: smtp.host.clone(),
        port,
        security,
        user: smtp.user.clone(),
        ca_file: smtp.ca_file.clone(),
    };
    Ok(Box::new(SmtpMailer::new(settings, password, from)?))
}

/// Where the mail server's password is kept.
///
/// # Errors
///
/// Exit 3 if the configured place is none.
pub fn smtp_secrets(config: &Config) -> Result<Box<dyn SecretStore>> {
    let word = config
        .mail
        .smtp
        .as_ref()
        .and_then(|smtp| smtp.password.as_deref())
        .unwrap_or("keyring");
    let source = Source::from_word(word).ok_or_else(|| {
        Problem::setup(
            "mail_not_set_up",
            "`mail.smtp.password` names the place of the password, not the password",
        )
        .hint("It is `keyring`, `file`, `command` or `credential`. If the password itself stands there, take it out, and give it to `dues mail login`.")
    })?;
    secrets::open(source, &places(config), "dues mail login")
}

/// What a gateway's secret is called: one for each gateway, mode and book.
#[must_use]
pub fn secret_name(facts: &BookFacts, gateway: &str) -> String {
    format!("{gateway}/{}/{}", facts.mode, &facts.id.0[..12])
}

/// The command that asks for a gateway's secret and keeps it.
#[must_use]
pub fn login_command(gateway: &str) -> String {
    format!("dues gateway login {gateway}")
}

/// A place of secrets, for those of a gateway.
///
/// # Errors
///
/// Exit 3 if the configuration does not say where it is.
pub fn gateway_secrets(
    config: &Config,
    source: Source,
    gateway: &str,
) -> Result<Box<dyn SecretStore>> {
    secrets::open(source, &places(config), &login_command(gateway))
}

/// Where secrets may be kept.
fn places(config: &Config) -> Places {
    Places {
        folder: config.secrets.folder.clone(),
        command: config.secrets.command.clone(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
    }
}

/// The sandbox's own file beside the book.
#[must_use]
pub fn sandbox_ledger(book: &Path) -> PathBuf {
    book.with_extension("sandbox.jsonl")
}

fn beside(book: &Path, name: &str) -> PathBuf {
    book.with_file_name(name)
}

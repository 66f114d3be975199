//! One run of the program: its configuration, its book, and the world behind the ports.
//!
//! This is where the parts are put together; nowhere else knows both a port
//! and what stands behind it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;

use super::Globals;
use super::terminal::Terminal;
use crate::books::{AsSeen, BookFacts, Books, Hand, Login, Mode, Reader, Tx, not_logged_in};
use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::domain::dates;
use crate::domain::outside::Said;
use crate::gateway::{self, Opening};
use crate::jobs::{News, PATIENCE, World};
use crate::mail::{FolderMailer, Security, Sender, SmtpMailer, SmtpSettings};
use crate::mark::Marks;
use crate::ports::{Clock, Gateway, Gateways, Mailer, SecretStore};
use crate::problem::{Problem, Result};
use crate::secrets::{self, Places, Source};

/// What a command works with.
pub struct Session {
    pub terminal: Terminal,
    pub config: Config,
    pub dry_run: bool,
    pub yes: bool,
    pub clock: SystemClock,
    book: Option<PathBuf>,
    command: String,
    /// Books that could only be read.
    read: RefCell<Vec<AsSeen>>,
}

impl Session {
    /// Reads the configuration; the book is opened when a command needs it.
    ///
    /// # Errors
    ///
    /// Exit 3 if the configuration cannot be read.
    pub fn new(globals: &Globals, command: &str) -> Result<Self> {
        let config = Config::read(globals.config.as_deref())?;
        Ok(Self {
            terminal: Terminal::new(globals.json, globals.no_input),
            dry_run: globals.dry_run,
            yes: globals.yes,
            clock: SystemClock,
            book: globals.book.clone().or_else(|| config.book.clone()),
            command: command.to_owned(),
            read: RefCell::default(),
            config,
        })
    }

    /// Where the book is or would be.
    ///
    /// # Errors
    ///
    /// Exit 3 if there is no home folder and nothing was named.
    pub fn book_path(&self) -> Result<PathBuf> {
        match &self.book {
            // Whole, so that what is written down of it holds in every folder.
            Some(path) => Ok(std::path::absolute(path).unwrap_or_else(|_| path.clone())),
            None => config::default_book(),
        }
    }

    /// Who changes the book, for its log.
    #[must_use]
    pub fn hand(&self) -> Hand {
        // Whatever the machine calls them, no card number gets into the log by it.
        let name = |variable: &str| {
            let name = Said::from(std::env::var(variable).ok()?);
            (!name.is_empty()).then_some(name)
        };
        let user = name("USER")
            .or_else(|| name("LOGNAME"))
            .or_else(|| name("USERNAME"));
        let host = name("HOSTNAME")
            .or_else(|| Some(std::fs::read_to_string("/etc/hostname").ok()?.into()))
            .unwrap_or_default();
        let user = user.as_deref().unwrap_or("somebody");
        let actor = match host.as_str() {
            "" => user.to_owned(),
            host => format!("{user}@{host}"),
        };
        Hand {
            // Of the two together it would be one, too.
            actor: Said::from(actor).into(),
            command: self.command.clone(),
        }
    }

    /// Opens the book.
    ///
    /// # Errors
    ///
    /// Exit 3 if there is none.
    pub fn books(&self) -> Result<Books> {
        let books = Books::open(&self.book_path()?, self.hand())?;
        self.read.borrow_mut().extend(books.as_seen().cloned());
        Ok(books)
    }

    /// What was read is what is there still; asked before it is shown.
    ///
    /// # Errors
    ///
    /// Exit 7 if a book that could only be read was changed from elsewhere.
    pub fn read_well(&self) -> Result<()> {
        self.read
            .borrow()
            .iter()
            .try_for_each(AsSeen::is_still_there)
    }

    /// Today in the book's zone.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn today(&self, books: &Books) -> Result<Date> {
        self.today_in(books.read())
    }

    /// Today in the zone of the book behind a reader.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn today_in(&self, book: Reader<'_>) -> Result<Date> {
        Ok(self.clock.now().to_zoned(book.facts()?.zone).date())
    }

    /// Reads a typed date in the book's zone.
    ///
    /// # Errors
    ///
    /// Exit 2 if it is none.
    pub fn date(&self, books: &Books, text: &str) -> Result<Date> {
        Ok(dates::parse(text, self.today(books)?)?)
    }

    /// Changes the book, or with `--dry-run` shows what would change.
    ///
    /// # Errors
    ///
    /// As [`Books::write`].
    pub fn change<T>(
        &self,
        books: &mut Books,
        change: impl FnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        if self.dry_run {
            books.rehearse(self.clock.now(), change)
        } else {
            books.write(self.clock.now(), change)
        }
    }

    /// A last line for what `--dry-run` did not do.
    #[must_use]
    pub fn dry_note(&self) -> &'static str {
        if self.dry_run {
            "\nnothing was written (dry run)"
        } else {
            ""
        }
    }

    /// The gateways of a book, each opened when first asked for.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn desk(&self, books: &Books) -> Result<Desk> {
        Ok(Desk {
            facts: books.read().facts()?,
            logins: books.read().logins()?,
            config: self.config.clone(),
            ledger: sandbox_ledger(books.path()),
            marks: Marks::new(self.config.state_folder()?),
            opened: RefCell::default(),
        })
    }

    /// The world of the jobs over this book.
    #[must_use]
    pub fn world<'a>(&'a self, books: Books, desk: &'a Desk, tell: &'a dyn Fn(&News)) -> World<'a> {
        World {
            books,
            clock: &self.clock,
            gateways: desk,
            marks: &desk.marks,
            patience: PATIENCE,
            tell,
        }
    }

    /// Folds the book's log in at the end of a command. What is done is done:
    /// that it could not be is only said.
    pub fn finish(&self, books: Books) {
        if let Err(problem) = books.close() {
            self.terminal
                .say(&format!("warning: {problem}; what was done is in the book"));
        }
    }

    /// How mails leave: over the configured server, or into a folder.
    ///
    /// # Errors
    ///
    /// Exit 3 if the configuration or the password is not usable.
    pub fn mailer(&self, books: &Books) -> Result<Box<dyn Mailer>> {
        let facts = books.read().facts()?;
        let mail = &self.config.mail;
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
            Some(_) => Some(self.smtp_secrets()?.read(SMTP_SECRET)?),
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
    pub fn smtp_secrets(&self) -> Result<Box<dyn SecretStore>> {
        let word = self
            .config
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
        secrets::open(source, &places(&self.config), "dues mail login")
    }
}

/// The name of the mail server's password among the secrets.
pub const SMTP_SECRET: &str = "smtp";

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
                .find(|login| login.gateway == name)
                .ok_or_else(|| not_logged_in(name))?;
            let source = Source::from_word(&login.source).ok_or_else(|| {
                Problem::bug(format!("an unknown place of secrets: {}", login.source))
            })?;
            let store = secrets::open(source, &places(&self.config), &login_command(name))?;
            Some(store.read(&secret_name(&self.facts, name))?)
        } else {
            None
        };
        let open = (entry.open)(Opening {
            secret,
            endpoint: self.endpoint(name),
            most_per_second: self.config.gateway.stripe.per_second,
            live: self.facts.mode == Mode::Live,
            ledger: &self.ledger,
        })?;
        self.opened
            .borrow_mut()
            .insert(name.to_owned(), Arc::clone(&open));
        Ok(open)
    }
}

impl Desk {
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

/// Where secrets may be kept.
#[must_use]
pub fn places(config: &Config) -> Places {
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

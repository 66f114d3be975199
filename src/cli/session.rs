//! One run of the program: how it was called, its configuration and its book.

use std::cell::RefCell;
use std::path::PathBuf;

use jiff::civil::Date;

use super::Globals;
use super::stopping::Stopping;
use super::terminal::Terminal;
use crate::books::{AsSeen, Books, Hand, Reader, Tx};
use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::domain::dates;
use crate::domain::outside::Said;
use crate::domain::text::Text;
use crate::jobs::flight::Recording;
use crate::jobs::{News, PATIENCE, World};
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::wiring::Desk;

/// What a command works with.
pub struct Session {
    pub terminal: Terminal,
    pub config: Config,
    pub dry_run: bool,
    pub yes: bool,
    pub clock: SystemClock,
    /// Who changes the book.
    pub hand: Hand,
    book: Option<PathBuf>,
    /// Books that could only be read.
    read: RefCell<Vec<AsSeen>>,
    /// Has the last word if the command is stopped.
    pub stopping: Stopping,
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
            hand: hand(command),
            read: RefCell::default(),
            stopping: Stopping::default(),
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

    /// Opens the book.
    ///
    /// # Errors
    ///
    /// Exit 3 if there is none.
    pub fn books(&self) -> Result<Books> {
        let books = Books::open(&self.book_path()?)?;
        self.stopping.works_on(&books, &self.hand)?;
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

    /// A day that has come: what is booked is not of the future. Today where
    /// none is given.
    ///
    /// # Errors
    ///
    /// Exit 2 if it is no date, or is still to come.
    pub fn past_day(&self, books: &Books, text: Option<&str>) -> Result<Date> {
        let today = self.today(books)?;
        let Some(text) = text else { return Ok(today) };
        let on = self.date(books, text)?;
        if on > today {
            return Err(
                Problem::usage("date_is_to_come", format!("{on} is still to come"))
                    .hint("Give today or an earlier day."),
            );
        }
        Ok(on)
    }

    /// Why something is done, for the record; a person is asked for it.
    ///
    /// # Errors
    ///
    /// Exit 2 if there is none, or it cannot be kept.
    pub fn reason(&self, because: Option<&str>) -> Result<String> {
        let because = match because {
            Some(because) => because.to_owned(),
            None => self.terminal.line("The reason", "--because TEXT")?,
        };
        Ok(Text::Reason.read(&because)?)
    }

    /// Asks a person before what cannot be undone. Where nobody can be asked,
    /// whoever calls is taken at their word.
    ///
    /// # Errors
    ///
    /// Exit 1 for a no.
    pub fn ask_before(&self, question: &str) -> Result<()> {
        if self.terminal.may_ask && !self.yes && !self.dry_run {
            self.terminal.confirm(question, "--yes")?;
        }
        Ok(())
    }

    /// As [`Session::ask_before`], where much may be wrong at once: a script
    /// says `--yes`.
    ///
    /// # Errors
    ///
    /// Exit 1 for a no; exit 2 where nobody can be asked.
    pub fn require_yes(&self, question: &str) -> Result<()> {
        if self.yes || self.dry_run {
            return Ok(());
        }
        self.terminal.confirm(question, "--yes")
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
            books.rehearse(&self.hand, self.clock.now(), change)
        } else {
            books.write(&self.hand, self.clock.now(), change)
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

    /// The world of the jobs over this book.
    #[must_use]
    pub fn world<'a>(&'a self, books: Books, desk: &'a Desk, tell: &'a dyn Fn(&News)) -> World<'a> {
        World {
            books,
            hand: self.hand.clone(),
            clock: &self.clock,
            gateways: desk,
            marks: &desk.marks,
            recording: Recording::as_promised(),
            patience: PATIENCE,
            tell,
        }
    }

    /// Folds the book's log in at the end of a command. What is done is done:
    /// that it could not be is only said.
    pub fn finish(&self, books: Books) {
        if let Err(problem) = books.close() {
            self.terminal.say(&format!(
                "warning: {}; what was done is in the book",
                problem.fact()
            ));
        }
    }
}

/// Who runs this command, for the log of the book.
fn hand(command: &str) -> Hand {
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
        command: command.to_owned(),
    }
}

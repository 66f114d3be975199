//! The invariants of the book: what must hold, and which rows break it.
//!
//! Silent when well. The numbers are stable, so that a finding can be looked
//! up and talked about.

mod card_numbers;
mod disputes;
mod entries;
mod file;
mod log;
mod put_right;
mod receiving;
mod refunds;
mod requests;
mod rows;

use super::{Reader, attachments};
use crate::domain::card_number;
use crate::problem::{Kind, Problem, Result};

pub(super) use file::{integrity, unlinked};

/// Something that must hold in every book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// `INV02`; `FILE`, `LINK` and `READ` are about the file itself.
    pub number: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// What to do where it does not; `ROW` stands for what breaks it.
    pub(super) advice: &'static str,
}

impl Rule {
    pub(super) fn broken_by(&self, row: impl Into<String>) -> Violation {
        let mut row = row.into();
        // A row is named by what stands in it, and that may be anything.
        if card_number::is_in(&row) {
            "a row named by a card number".clone_into(&mut row);
        }
        Violation {
            rule: self.number,
            says: self.says,
            advice: self.advice.replace("ROW", &row),
            row,
        }
    }
}

/// A rule of the book that a row breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `INV02`
    pub rule: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// What to do about it: a full sentence, with a command where there is one.
    pub advice: String,
    /// What breaks it.
    pub row: String,
}

impl Violation {
    /// Whether the book holds what looks like a card number. That is bad, and
    /// takes nothing away from what else it holds.
    #[must_use]
    pub fn is_card_data(&self) -> bool {
        self.rule == card_numbers::RULE.number
    }
}

impl Violation {
    /// Whether it speaks of a file beside the book, and not of the book.
    pub(super) fn is_of_a_file_beside(&self) -> bool {
        self.rule == attachments::RULE.number
    }
}

/// Every rule that [`Reader::violations`] proves, the file's own first.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = file::RULES.iter().collect();
    rules.extend(row_rules().map(|rows| &rows.rule));
    rules.extend(&entries::RULES);
    rules.extend([
        &attachments::RULE,
        &card_numbers::RULE,
        &log::RULE,
        &requests::RULE,
    ]);
    rules.sort_by_key(|rule| place(rule.number));
    rules
}

/// The rules that one query proves, each.
fn row_rules() -> impl Iterator<Item = &'static rows::RowRule> {
    rows::RULES
        .iter()
        .chain(&refunds::RULES)
        .chain(&disputes::RULES)
        .chain(&receiving::RULES)
        .chain(&put_right::RULES)
}

/// The file's own rules come before what it says.
fn place(number: &'static str) -> (bool, &'static str) {
    (number.starts_with("INV"), number)
}

impl Reader<'_> {
    /// Proves the book: SQLite's own check, every rule, the chain of the log.
    /// All of it is read as of one moment, whoever writes meanwhile.
    ///
    /// # Errors
    ///
    /// The book cannot be read at all.
    pub fn violations(self) -> Result<Vec<Violation>> {
        self.at_one_moment(|found| {
            found.add("FILE", integrity(self.connection))?;
            for rows in row_rules() {
                found.add(rows.rule.number, rows.broken(self))?;
            }
            found.add("INV12 to INV15", entries::broken(self))?;
            found.add(attachments::RULE.number, attachments::broken(self))?;
            found.add(log::RULE.number, log::broken(self))?;
            found.add(card_numbers::RULE.number, card_numbers::broken(self))?;
            found.add(requests::RULE.number, requests::broken(self))
        })
    }

    /// As [`Reader::violations`], for what a charge about to be made rests on:
    /// the open charges with their plans, customers and cards, and the end of
    /// the log. It costs what is open, not what ever happened; the file itself
    /// is read only where that takes a tenth of a second at most (up to 64 MiB).
    ///
    /// # Errors
    ///
    /// The book cannot be read at all.
    pub fn violations_of_what_is_open(self) -> Result<Vec<Violation>> {
        self.at_one_moment(|found| {
            found.add("FILE", file::quickly_broken(self.connection))?;
            found.add("LINK", file::unlinked_of_what_is_open(self))?;
            for rows in row_rules() {
                found.add(rows.rule.number, rows.broken_of_what_is_open(self))?;
            }
            found.add(log::RULE.number, log::broken_at_the_end(self))?;
            found.add(
                requests::RULE.number,
                requests::broken_of_what_is_open(self),
            )
        })
    }

    /// Several queries see one state of the book only within a transaction.
    fn at_one_moment(self, look: impl FnOnce(&mut Found) -> Result<()>) -> Result<Vec<Violation>> {
        let mut found = Found(Vec::new());
        let is_alone = self.connection.is_autocommit();
        let moment = is_alone.then(|| self.connection.unchecked_transaction());
        let moment = moment.transpose()?;
        look(&mut found)?;
        if let Some(moment) = moment {
            moment.rollback()?;
        }
        found.0.sort_by_key(|one| place(one.rule));
        Ok(found.0)
    }
}

/// What was found so far.
struct Found(Vec<Violation>);

impl Found {
    /// A rule that cannot be proved because of what the book holds is a
    /// finding, too; the other rules are still worth trying.
    fn add(&mut self, number: &str, broken: Result<Vec<Violation>>) -> Result<()> {
        match broken {
            Ok(broken) => self.0.extend(broken),
            Err(problem) if is_of_the_book(&problem) => {
                let message = problem.message();
                let why = message.rsplit_once(": ").map_or(&*message, |(_, why)| why);
                let row = format!("{number} cannot be proved: {why}");
                self.0.push(file::UNREADABLE.broken_by(row));
            }
            Err(problem) => return Err(problem),
        }
        Ok(())
    }
}

fn is_of_the_book(problem: &Problem) -> bool {
    matches!(problem.kind(), Kind::Bug | Kind::Damaged)
}

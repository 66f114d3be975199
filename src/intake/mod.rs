//! Reading other people's files: bytes in, drafts out.
//!
//! Nothing is guessed silently. What the file itself settles is taken and
//! noted; what it leaves open stops with the flag that decides it; what is
//! wrong is refused row by row, and every bad row is named at once.
//!
//! ```text
//! bytes ─encoding─▶ text ─records─▶ records ─cards─▶ records without card data
//!   ─columns, layout─▶ rows ─survey─▶ rules for the whole file ─rows─▶ drafts
//!
//! columns knows names by   fields
//! kinds says what a file is that is no list of invoices
//! survey decides by        marks (of decimals)  orders (of dates)  units  papers
//! rows reads cells by      amounts (figures, currencies)  dates  words  sums
//! invoices                 the recipe, for files of invoices; totals proves reports
//! ```

mod amounts;
mod cards;
mod columns;
mod currencies;
mod dates;
mod encoding;
mod fields;
mod figures;
mod invoices;
mod kinds;
mod layout;
mod marks;
mod orders;
mod papers;
mod quote;
mod records;
mod rows;
mod sums;
mod survey;
mod totals;
mod units;
mod words;

pub use dates::DateOrder;
pub use encoding::Charset;
pub use figures::Mark;
pub use invoices::{Sheet, invoices};
pub use rows::{Draft, Passed, Who};
pub use units::Unit;

use crate::domain::money::Currency;
use crate::domain::terms::Terms;
use crate::problem::Problem;

/// What the person decided, so that the file need not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The currency of rows that name none, as the person says.
    pub currency: Option<Currency>,
    /// The book's, for a file that has no column for it.
    pub book: Option<Currency>,
    pub unit: Option<Unit>,
    pub charset: Option<Charset>,
    /// For rows without a due date.
    pub terms: Option<Terms>,
    pub date_order: Option<DateOrder>,
    pub decimal: Option<Mark>,
    /// The byte between two cells.
    pub delimiter: Option<u8>,
    /// Columns whose numbers only look like card numbers.
    pub not_card: Vec<String>,
}

/// A row that is no open business, and why it was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub line: u64,
    pub why: Passed,
    /// Of an invoice that is not owed: a book may have it as open.
    pub number: Option<String>,
}

/// What is wrong with one row; the problem does not repeat the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file, from 1, on which the row begins.
    pub line: u64,
    pub problem: Problem,
}

/// A row, or the file, as it cannot go into a book (exit 1).
fn bad_rows(fact: impl Into<String>) -> Problem {
    Problem::refused("bad_rows", fact)
}

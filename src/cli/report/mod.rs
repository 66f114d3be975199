//! `dues report`: what the boss asks. Each report is a table, a sheet or JSON.

mod aging;
mod credits;
mod open;
mod payments;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::Value;

use super::session::Session;
use super::terminal::{Report, table};
use crate::books::Books;
use crate::domain::aging::AgedBy;
use crate::domain::money::{Money, Sums};
use crate::paper::sheet::{self, Cell};
use crate::problem::{Problem, Result};
use crate::views;

#[derive(Debug, Subcommand)]
pub enum Verb {
    Aging(aging::Aging),
    Open(open::Open),
    Payments(payments::Payments),
    Credits(credits::Credits),
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Aging(args) => args.run(session),
            Self::Open(args) => args.run(session),
            Self::Payments(args) => args.run(session),
            Self::Credits(args) => args.run(session),
        }
    }
}

/// How a report is shown.
#[derive(Debug, Args)]
struct Form {
    /// Print a sheet for a spreadsheet (CSV)
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// As of which day a report is.
#[derive(Debug, Args)]
struct AsOf {
    /// As it stood at the end of this day; today if not given
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

impl AsOf {
    fn read(&self, session: &Session, books: &Books) -> Result<Date> {
        let today = session.today(books)?;
        let Some(text) = &self.as_of else {
            return Ok(today);
        };
        let day = session.date(books, text)?;
        if day > today {
            return Err(Problem::usage(
                "date_in_the_future",
                format!("{day} is not over: nobody knows how the book will stand then"),
            )
            .hint("Give today or a day before with `--as-of`, or leave it out."));
        }
        Ok(day)
    }
}

/// From which day invoices age, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Due,
    Invoice,
}

impl From<By> for AgedBy {
    fn from(by: By) -> Self {
        match by {
            By::Due => Self::Due,
            By::Invoice => Self::Invoice,
        }
    }
}

/// What a report has to show.
struct Answer {
    /// `dues.aging/1`
    schema: &'static str,
    data: Value,
    headers: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
    /// Rows of sums; they stand below the table, and in no sheet.
    totals: Vec<Vec<Cell>>,
    /// What people read above the table, and where there is nothing in it.
    title: String,
    none: &'static str,
}

impl Answer {
    fn report(self, form: &Form) -> Result<Report> {
        if form.csv {
            let headers = self
                .headers
                .iter()
                .map(|one| Cell::figure(one.replace(' ', "_")));
            let mut rows = vec![headers.collect()];
            rows.extend(self.rows);
            let text = sheet::csv(&rows)?;
            return Ok(Report::new(self.schema, self.data, text));
        }
        if self.rows.is_empty() {
            let text = format!("{}\n{}", self.title, self.none);
            return Ok(Report::new(self.schema, self.data, text));
        }
        let figures: Vec<usize> = (0..self.headers.len())
            .filter(|column| {
                let mut cells = self.rows.iter().map(|row| &row[*column]);
                cells.all(|cell| matches!(cell, Cell::Figure(text) if is_amount(text)))
            })
            .collect();
        let rows = self.rows.iter().chain(&self.totals);
        let rows = rows.map(|row| row.iter().map(|cell| cell.text().to_owned()).collect());
        let table = table(self.headers, &figures, rows.collect());
        let text = format!("{}\n\n{table}", self.title);
        Ok(Report::new(self.schema, self.data, text))
    }
}

/// Sums by currency, in the order of the codes.
#[derive(Default)]
struct Totals(Sums);

impl Totals {
    fn add(&mut self, amount: Money) {
        self.0.add(amount);
    }

    fn each(&self) -> Vec<Money> {
        let mut sums = self.0.each().to_vec();
        sums.sort_by_key(|sum| sum.currency().code());
        sums
    }

    fn data(&self) -> Value {
        self.each().into_iter().map(views::money).collect()
    }

    /// Below the last two columns: a currency and its amount.
    fn rows(&self, columns: usize) -> Vec<Vec<Cell>> {
        let row = |sum: Money| {
            let mut row = vec![Cell::words("total")];
            row.extend(vec![Cell::words(""); columns - 3]);
            row.extend([Cell::figure(sum.currency()), Cell::figure(sum.decimal())]);
            row
        };
        self.each().into_iter().map(row).collect()
    }
}

/// Whether it is set right: an amount, or a number.
fn is_amount(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    text.is_empty() || unsigned.chars().all(digits)
}

//! A file of invoices, one to a row: surveyed first, then read.
//!
//! The first walk looks for card numbers, the second for what only the whole
//! file can decide (date order, decimal marks), the third makes the drafts.
//! Bad rows do not end it: every one of them is named at once.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};

use csv::StringRecord;

use super::columns;
use super::fields::Field;
use super::layout::{Row, row};
use super::quote::quoted;
use super::records::Records;
use super::rows::{Draft, Passed, Read, Rules};
use super::survey::{described, survey};
use super::totals::Totals;
use super::{Options, RowError, Skipped, bad_rows, cards, encoding, kinds};
use crate::domain::money::Money;
use crate::problem::Problem;

/// What a file of invoices holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// In the order of the file.
    pub drafts: Vec<Draft>,
    /// Rows that are no open business: void ones, drafts, totals and headings.
    pub skipped: Vec<Skipped>,
    /// What was inferred or noticed, for people.
    pub notes: Vec<String>,
    /// Every bad row at once; where there is one, nothing may be imported.
    pub bad: Vec<RowError>,
}

/// Reads a file with one invoice to a row.
///
/// ```
/// let file = b"Number;Customer;Date;Total\n7;M\xfcller;28.02.2026;1.250,00\n";
/// let options = dues::intake::Options {
///     currency: Some("EUR".parse()?),
///     ..Default::default()
/// };
///
/// let sheet = dues::intake::invoices(file, &options).unwrap();
///
/// let draft = &sheet.drafts[0];
/// assert_eq!(draft.total.to_string(), "1250.00 EUR");
/// assert_eq!(draft.customer.name.as_deref(), Some("Müller"));
/// # Ok::<(), dues::domain::money::MoneyError>(())
/// ```
///
/// # Errors
///
/// Exit 9 for a card number in any cell, before
/// anything else is looked at; exit 2 for what the person must decide (a
/// column, the currency, the order of dates, the decimal mark); exit 1 for
/// what is no file of invoices. Bad rows are in the sheet.
pub fn invoices(bytes: &[u8], options: &Options) -> Result<Sheet, Problem> {
    let file = encoding::decode(bytes, options.charset);
    let records = Records::of(&file.text, options.delimiter, columns::known_in);
    let header = columns::find(&records);
    let of_cards = cards::guard(&records, header.as_ref(), &options.not_card)?;
    if let Some(fault) = file.fault {
        return Err(fault);
    }
    records.sound()?;
    kinds::require_invoices(&records, header.as_ref())?;
    let header = header.ok_or_else(columns::no_header)?;
    header.complete()?;
    let mut notes = described(&file.name, &records, &header);
    notes.extend(of_cards);
    let rules = survey(&records, &header, options, &mut notes)?;
    let mut reading = Reading {
        notes,
        ..Reading::default()
    };
    let Ok(()) = records.each::<Infallible>(|line, record| {
        if line > header.line {
            reading.take(&rules, line, record);
        }
        Ok(())
    });
    Ok(reading.end(&rules))
}

/// What the rows came to so far.
#[derive(Default)]
struct Reading {
    drafts: Vec<Draft>,
    skipped: Vec<Skipped>,
    notes: Vec<String>,
    bad: Vec<RowError>,
    totals: Totals,
    /// By invoice number in lower case, as a book tells numbers apart.
    seen: HashMap<String, Seen>,
    due_before_issue: Tally,
    uncollectible: Tally,
}

/// The first row of a number.
struct Seen {
    line: u64,
    /// Of all its cells.
    fingerprint: u64,
    total: Option<Money>,
}

/// How many rows, and the first of them.
#[derive(Default)]
struct Tally {
    count: u64,
    first: u64,
}

impl Tally {
    fn add(&mut self, line: u64) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }

    fn note(&self, what: &str) -> Option<String> {
        let (count, first) = (self.count, self.first);
        match count {
            0 => None,
            1 => Some(format!("1 row {what} (line {first})")),
            _ => Some(format!("{count} rows {what} (the first in line {first})")),
        }
    }
}

impl Reading {
    fn take(&mut self, rules: &Rules<'_>, line: u64, record: &StringRecord) {
        match row(rules.header, record) {
            Row::Blank => {}
            Row::Report(why) => {
                if why == Passed::Total {
                    self.totals.see(line, record);
                }
                self.skipped.push(Skipped {
                    line,
                    why,
                    number: None,
                });
            }
            Row::Ragged => self.refuse(line, ragged(record.len(), rules.header.width())),
            Row::Huge(column) => self.refuse(line, huge(&rules.header.name_of(column))),
            Row::Data => self.take_invoice(rules, line, record),
        }
    }

    fn take_invoice(&mut self, rules: &Rules<'_>, line: u64, record: &StringRecord) {
        let read = rules.read(line, record);
        if let Ok(Read::Skipped(why)) = read {
            let number = rules.header.cell(Field::Number, record);
            self.skipped.push(Skipped {
                line,
                why,
                number: (!number.is_empty()).then(|| number.to_owned()),
            });
            return;
        }
        let total = match &read {
            Ok(Read::Draft { draft, .. }) => Some(draft.total),
            _ => None,
        };
        let number = rules.header.cell(Field::Number, record);
        let repeated = self.note_number(number, line, record, total);
        match read {
            Ok(Read::Draft {
                draft,
                is_uncollectible,
            }) => {
                if draft.due_on.is_some_and(|due_on| due_on < draft.issued_on) {
                    self.due_before_issue.add(line);
                }
                if is_uncollectible {
                    self.uncollectible.add(line);
                }
                self.drafts.push(draft);
            }
            Ok(Read::Skipped(_)) => {}
            Err(faults) => {
                for fault in faults {
                    self.refuse(line, fault);
                }
            }
        }
        if let Some(problem) = repeated {
            self.refuse(line, problem);
        }
    }

    fn refuse(&mut self, line: u64, problem: Problem) {
        self.bad.push(RowError { line, problem });
    }

    /// Remembers a number, or says which line had it before.
    fn note_number(
        &mut self,
        number: &str,
        line: u64,
        record: &StringRecord,
        total: Option<Money>,
    ) -> Option<Problem> {
        if number.is_empty() {
            return None;
        }
        let fingerprint = fingerprint(record);
        let Some(first) = self.seen.get(&number.to_ascii_lowercase()) else {
            let seen = Seen {
                line,
                fingerprint,
                total,
            };
            self.seen.insert(number.to_ascii_lowercase(), seen);
            return None;
        };
        let (before, number) = (first.line, quoted(number));
        let problem = match first.total.zip(total) {
            _ if first.fingerprint == fingerprint => {
                bad_rows(format!("the row repeats line {before}, invoice {number}"))
                    .hint("Take one of the two out.")
            }
            Some((one, other)) if one != other => bad_rows(format!(
                "invoice {number} is {one} in line {before} and {other} in line {line}"
            ))
            .hint(ONE_ROW),
            _ => bad_rows(format!(
                "invoice {number} stands in line {before} and in line {line}"
            ))
            .hint(ONE_ROW),
        };
        Some(problem)
    }

    fn end(mut self, rules: &Rules<'_>) -> Sheet {
        // A row that was not read is in the total all the same.
        let is_whole = self.bad.is_empty() && self.skipped.iter().all(|row| row.number.is_none());
        if is_whole {
            self.bad = self.totals.check(rules, &self.drafts);
        }
        let tallies = [
            (&self.due_before_issue, "due before the invoice date"),
            (
                &self.uncollectible,
                "marked uncollectible and taken as open",
            ),
        ];
        let noticed = tallies
            .into_iter()
            .filter_map(|(tally, what)| tally.note(what));
        self.notes.extend(noticed);
        Sheet {
            drafts: self.drafts,
            skipped: self.skipped,
            notes: self.notes,
            bad: self.bad,
        }
    }
}

const ONE_ROW: &str = "Rows of one invoice must be one row for now: \
     join them, or give each invoice its own number.";

fn fingerprint(record: &StringRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in record {
        cell.trim().hash(&mut hasher);
    }
    hasher.finish()
}

fn ragged(cells: usize, columns: usize) -> Problem {
    bad_rows(format!("the row has {cells} cells for {columns} columns")).hint(
        "Put text that holds the delimiter in quotes; \
         if all rows are like this, name the right one with `--delimiter`.",
    )
}

fn huge(column: &str) -> Problem {
    bad_rows(format!("column {column}: the cell is larger than 64 KiB"))
        .hint("Shorten it, or look above it for a quote that is not closed.")
}

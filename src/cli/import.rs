//! `dues invoice import`: other people's invoice files into the book.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::session::Session;
use super::terminal::{Report, table};
use crate::domain::ids::sha256_hex;
use crate::domain::money::Currency;
use crate::domain::terms::Terms;
use crate::intake::{self, Charset, DateOrder, Mark, Options, RowError, Sheet, Unit};
use crate::jobs::import::{Import as Job, Imported, NotImported, import};
use crate::problem::{Deed, Kind, Problem, Result};
use crate::views;

/// Larger than any invoice file; smaller than a mistake.
const LARGEST_FILE: u64 = 1 << 30;

/// How many faults are shown one by one; beyond, the first of each kind.
const MOST_SHOWN: usize = 20;

/// How long a pipe may be without anyone who writes into it.
const PIPE_PATIENCE: Duration = Duration::from_secs(5);

/// Import invoices from a CSV file
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues invoice import invoices.csv --create-customers --dry-run\n\n\
    One row is one invoice. The columns are found by their names: an invoice number, a customer, a date and an \
    amount are needed; a due date, currency, balance, mail address and memo are read if there. All of the file \
    is imported, or none of it."
)]
pub struct Import {
    /// The file, or `-` for standard input
    file: String,
    /// Make customers that the book does not have
    #[arg(long)]
    create_customers: bool,
    /// The currency of rows that name none; the book's own for a file without such a column
    #[arg(long)]
    currency: Option<String>,
    /// What `1500` is: `major` (1500.00) or `minor` (15.00)
    #[arg(long, value_name = "UNIT")]
    amount_unit: Option<String>,
    /// For rows without a due date: `net 30`, `eom`, `2/10 net 30`
    #[arg(long, value_name = "TERMS")]
    terms: Option<String>,
    /// How dates are written: D/M/Y, M/D/Y or Y/M/D
    #[arg(long, value_name = "ORDER")]
    date_format: Option<String>,
    /// The decimal mark: `.` or `,`
    #[arg(long, value_name = "MARK")]
    decimal: Option<String>,
    /// What stands between columns: `,`, `;` or `tab`
    #[arg(long, value_name = "MARK")]
    delimiter: Option<String>,
    /// A column whose numbers only look like card numbers; may be repeated
    #[arg(long, value_name = "COLUMN")]
    not_card: Vec<String>,
    /// How letters are stored: `utf-8` or `windows-1252`
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
}

impl Import {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let options = self.options(books.read().facts()?.currency)?;
        let bytes = self.bytes()?;
        let hash = sha256_hex(&bytes);
        let shown = &self.file;
        let sheet = intake::invoices(&bytes, &options).map_err(|problem| problem.at(shown))?;
        let job = Job {
            file: shown,
            sha256: &hash,
            sheet: &sheet,
            create_customers: self.create_customers,
        };
        let done = import(&mut books, &job, |books, change| {
            session.change(books, change)
        });
        match done {
            Ok(done) => Ok(imported(session, shown, &hash, &sheet, &done)),
            Err(NotImported::Rows(errors)) => Ok(rejected(shown, &sheet, &errors)),
            Err(NotImported::Book(problem)) => Err(problem),
        }
    }

    fn options(&self, book: Currency) -> Result<Options> {
        let wrong = |flag: &str, value: &str, may: &str| {
            Problem::usage("bad_option", format!("`{flag}` cannot be `{value}`"))
                .hint(format!("It is {may}."))
        };
        let date_order = match self
            .date_format
            .as_deref()
            .map(str::to_uppercase)
            .as_deref()
        {
            None => None,
            Some("D/M/Y") => Some(DateOrder::DayFirst),
            Some("M/D/Y") => Some(DateOrder::MonthFirst),
            Some("Y/M/D" | "Y-M-D") => Some(DateOrder::YearFirst),
            Some(other) => {
                return Err(wrong("--date-format", other, "`D/M/Y`, `M/D/Y` or `Y/M/D`"));
            }
        };
        let decimal = match self.decimal.as_deref() {
            None => None,
            Some(".") => Some(Mark::Point),
            Some(",") => Some(Mark::Comma),
            Some(other) => return Err(wrong("--decimal", other, "`.` or `,`")),
        };
        let delimiter = match self.delimiter.as_deref() {
            None => None,
            Some(",") => Some(b','),
            Some(";") => Some(b';'),
            Some("tab" | "\t") => Some(b'\t'),
            Some(other) => return Err(wrong("--delimiter", other, "`,`, `;` or `tab`")),
        };
        let unit = match self.amount_unit.as_deref() {
            None => None,
            Some("major") => Some(Unit::Major),
            Some("minor") => Some(Unit::Minor),
            Some(other) => return Err(wrong("--amount-unit", other, "`major` or `minor`")),
        };
        let encoding = self.encoding.as_deref().map(str::to_lowercase);
        let charset = match encoding.as_deref() {
            None | Some("auto") => None,
            Some("utf-8" | "utf8") => Some(Charset::Utf8),
            Some("windows-1252" | "cp1252") => Some(Charset::Windows1252),
            Some(other) => return Err(wrong("--encoding", other, "`utf-8` or `windows-1252`")),
        };
        let currency = self.currency.as_deref().map(Currency::parse).transpose()?;
        Ok(Options {
            currency,
            book: Some(book),
            unit,
            charset,
            terms: self.terms.as_deref().map(Terms::parse).transpose()?,
            date_order,
            decimal,
            delimiter,
            not_card: self.not_card.clone(),
        })
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let failed = |error: std::io::Error| {
            Problem::refused(
                "cannot_read",
                format!("{} cannot be read: {error}", self.file),
            )
            .hint("Check the name; `-` reads standard input.")
        };
        let mut bytes = Vec::new();
        if self.file == "-" {
            std::io::stdin()
                .lock()
                .take(LARGEST_FILE + 1)
                .read_to_end(&mut bytes)
                .map_err(failed)?;
        } else {
            let file = self.opened()?.map_err(failed)?;
            file.take(LARGEST_FILE + 1)
                .read_to_end(&mut bytes)
                .map_err(failed)?;
        }
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(
                Problem::refused("file_too_large", "the file is larger than 1 GiB")
                    .hint("Split it; each part is imported on its own."),
            );
        }
        Ok(bytes)
    }

    /// Opens the file; a pipe opens only when somebody writes into it, and who
    /// never comes is not waited for.
    fn opened(&self) -> Result<std::io::Result<File>> {
        let (opened, waiting) = mpsc::channel();
        let path = PathBuf::from(&self.file);
        thread::spawn(move || opened.send(File::open(path)));
        waiting.recv_timeout(PIPE_PATIENCE).map_err(|_| {
            let fact = format!("nobody writes into the pipe {}", &self.file);
            Problem::refused("cannot_read", fact)
                .hint("Start what writes into it first, or name a file; `-` reads standard input.")
        })
    }
}

/// What was understood of a file, for people and for scripts.
fn notes(sheet: &Sheet) -> Vec<String> {
    let mut notes = sheet.notes.clone();
    if sheet.drafts.iter().any(|draft| draft.due_on.is_none()) {
        notes.push(
            "not every row has a due date: without one it follows the customer's terms (net 30 for a new customer)"
                .to_owned(),
        );
    }
    notes
}

/// What was imported, or would be.
fn imported(session: &Session, file: &str, sha256: &str, sheet: &Sheet, done: &Imported) -> Report {
    let new: usize = done.new.iter().map(|(count, ..)| count).sum();
    let mut text = String::new();
    let mut notes = notes(sheet);
    notes.extend(
        done.addresses
            .iter()
            .map(|(code, email)| format!("{code}: {email} is their mail address from now on")),
    );
    for note in &notes {
        text.push_str(&format!("{note}\n"));
    }
    let mut rows = Vec::new();
    for (count, total, paid) in &done.new {
        let paid = if paid.is_zero() {
            String::new()
        } else {
            format!("{paid} paid before")
        };
        rows.push(vec![
            "new".to_owned(),
            count.to_string(),
            total.to_string(),
            paid,
        ]);
    }
    if done.new.is_empty() {
        rows.push(vec![
            "new".to_owned(),
            "0".to_owned(),
            String::new(),
            String::new(),
        ]);
    }
    for (what, count) in [
        ("unchanged", done.unchanged),
        ("skipped", sheet.skipped.len()),
    ] {
        if count > 0 {
            rows.push(vec![
                what.to_owned(),
                count.to_string(),
                String::new(),
                String::new(),
            ]);
        }
    }
    text.push_str(&table(&["invoices", "count", "total", ""], &[1, 2], rows));
    text.push('\n');
    for skipped in sheet.skipped.iter().take(MOST_SHOWN) {
        text.push_str(&format!(
            "line {} skipped: {}\n",
            skipped.line,
            skipped.why.word()
        ));
    }
    if !done.customers.is_empty() {
        let named: Vec<String> = done
            .customers
            .iter()
            .map(|(code, name)| format!("{code} ({name})"))
            .collect();
        text.push_str(&format!(
            "{}: {}\n",
            if session.dry_run {
                "customers to make"
            } else {
                "customers made"
            },
            named.join(", ")
        ));
    }
    if !done.learned.is_empty() {
        let named: Vec<String> = done
            .learned
            .iter()
            .map(|(code, id)| format!("{code} is {id}"))
            .collect();
        text.push_str(&format!(
            "customers known by their ids from now on: {}\n",
            named.join(", ")
        ));
    }
    text.push_str(
        match (
            session.dry_run,
            new + done.learned.len() + done.addresses.len(),
        ) {
            (true, _) => "nothing was written (dry run)",
            (false, 0) => "nothing to write",
            (false, _) => "written",
        },
    );
    let data = json!({
        "file": file, "sha256": sha256, "dry_run": session.dry_run,
        "counts": {"new": new, "unchanged": done.unchanged, "skipped": sheet.skipped.len()},
        "totals": done.new.iter().map(|(count, total, paid)| json!({
            "count": count, "invoices": views::money(*total), "paid_before": views::money(*paid),
        })).collect::<Vec<_>>(),
        "customers_created": done.customers.iter().map(|(code, name)| json!({"customer": code, "name": name})).collect::<Vec<_>>(),
        "skipped": sheet.skipped.iter().map(|row| json!({"line": row.line, "why": row.why.word()})).collect::<Vec<_>>(),
        "customers_learned": done.learned.iter().map(|(code, id)| json!({"customer": code, "id": id})).collect::<Vec<_>>(),
        "notes": notes,
    });
    let mut report = Report::new("dues.import/1", data, text);
    report.warnings.clone_from(&done.warnings);
    if sheet.drafts.is_empty() && sheet.skipped.is_empty() {
        let fact = "the file has no invoice below its header: 0 invoices were imported";
        report.warnings.push(fact.to_owned());
    }
    report
}

/// Every bad row at once, by line; nothing was written.
fn rejected(file: &str, sheet: &Sheet, errors: &[RowError]) -> Report {
    let mut errors: Vec<&RowError> = errors.iter().collect();
    errors.sort_by_key(|error| error.line);
    let is_conflict = |error: &&&RowError| error.problem.code() == "conflict";
    let count = |errors: &mut dyn Iterator<Item = &&RowError>| {
        let lines: BTreeSet<u64> = errors.map(|error| error.line).collect();
        lines.len()
    };
    let rows = count(&mut errors.iter());
    let differing = count(&mut errors.iter().filter(is_conflict));
    let all_differ = errors.iter().all(|error| is_conflict(&error));
    let (code, what) = match (all_differ, rows, differing) {
        (true, 1, _) => ("conflict", "1 row differs from the book".to_owned()),
        (true, n, _) => ("conflict", format!("{n} rows differ from the book")),
        (false, 1, _) => ("bad_rows", "1 row cannot be imported".to_owned()),
        (false, n, 0) => ("bad_rows", format!("{n} rows cannot be imported")),
        (false, n, 1) => (
            "bad_rows",
            format!("{n} rows cannot be imported, 1 of which differs from the book"),
        ),
        (false, n, differing) => (
            "bad_rows",
            format!("{n} rows cannot be imported, {differing} of which differ from the book"),
        ),
    };
    let (lines, common) = listed(&errors);
    let hint = common.unwrap_or_else(|| "Correct these rows and import the file again.".to_owned());
    let data = json!({
        "file": file,
        "counts": {"rows": rows, "conflicts": differing},
        "errors": errors.iter().map(|error| json!({
            "line": error.line, "code": error.problem.code(),
            "message": error.problem.message(), "hint": error.problem.advice(),
        })).collect::<Vec<_>>(),
        "notes": notes(sheet),
    });
    let mut report = Report::new("dues.import/1", data, lines.join("\n"));
    report.problem = Some(
        Problem::new(Kind::Refused, code, format!("{file}: {what}"))
            .nothing_was(Deed::Written)
            .hint(hint),
    );
    report
}

/// The faults in lines, and the way out that they have in common, if there is
/// one. Of many faults the first of each kind is shown, and how many are like it.
fn listed(errors: &[&RowError]) -> (Vec<String>, Option<String>) {
    let first = errors.first().map(|error| &error.problem);
    let common = first
        .filter(|first| {
            errors
                .iter()
                .all(|error| error.problem.way_out() == first.way_out())
        })
        .and_then(Problem::advice);
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for error in errors {
        *alike.entry(kind_of(error)).or_default() += 1;
    }
    let shows_all = errors.len() <= MOST_SHOWN;
    let mut lines = Vec::new();
    for error in errors {
        let more = match alike.get(&kind_of(error)) {
            _ if shows_all => 0,
            Some(count) => count - 1,
            None => continue,
        };
        if !shows_all {
            alike.remove(&kind_of(error));
        }
        let said = error.problem.message();
        lines.push(format!("line {}: {said}", error.line));
        if let (None, Some(advice)) = (&common, error.problem.advice()) {
            lines.push(format!("  {advice}"));
        }
        if more > 0 {
            lines.push(format!("  ... and {more} more like it"));
        }
    }
    (lines, common)
}

/// A fault without what is each row's own: the values in backticks, and all digits.
fn kind_of(error: &RowError) -> String {
    let message = error.problem.message();
    let words: String = message.split('`').step_by(2).collect();
    words
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect()
}

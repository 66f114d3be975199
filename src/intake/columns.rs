//! Which column holds what: the header, found and understood.
//!
//! The first record near the top that names every needed column is the
//! header. Of several columns that fit a field, the most telling name wins;
//! two that are equally telling are not chosen between.

use std::collections::HashMap;

use csv::StringRecord;

use super::fields::{Field, NAMES, NEEDED, normal};
use super::quote::quoted;
use super::records::Records;
use crate::problem::Problem;

/// How many fields a record names, if it is a header.
pub(super) fn known_in(record: &StringRecord) -> usize {
    Header::of(0, record).known()
}

/// The columns of a file.
pub(super) struct Header {
    pub line: u64,
    names: Vec<String>,
    columns: [Option<usize>; NAMES.len()],
    /// Two columns that fit a field equally well.
    tie: Option<(&'static str, usize, usize)>,
}

impl Header {
    fn of(line: u64, record: &StringRecord) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, cell) in record.iter().enumerate() {
            by_name.entry(normal(cell)).or_default().push(at);
        }
        let mut tie = None;
        let columns = NAMES.map(|(_, called, names)| {
            let fits = names.iter().find_map(|name| by_name.get(*name))?;
            if let [first, second, ..] = fits[..] {
                tie = tie.or(Some((called, first, second)));
            }
            fits.first().copied()
        });
        Self {
            line,
            names: record.iter().map(|name| name.trim().to_owned()).collect(),
            columns,
            tie,
        }
    }

    fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    fn lacks(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        NEEDED
            .into_iter()
            .filter(|(fields, ..)| !fields.iter().any(|field| self.has(*field)))
            .map(|(_, called, names)| (called, names))
    }

    /// How many columns the file has.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field as usize]
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.column(field).is_some()
    }

    /// The field's cell in a row, without blanks around it; empty where the
    /// file has no such column, or the row no value.
    pub(super) fn cell<'r>(&self, field: Field, row: &'r StringRecord) -> &'r str {
        self.column(field).map_or("", |column| cell_at(column, row))
    }

    /// The names of all columns, as they are written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    /// Whether a column has this name in [`normal`] form.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names.iter().any(|known| normal(known) == name)
    }

    /// The name of the field's column, quoted.
    pub(super) fn name(&self, field: Field) -> String {
        self.column(field)
            .map_or_else(String::new, |column| self.name_of(column))
    }

    /// The name of a column, quoted; its number where it has none.
    pub(super) fn name_of(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => quoted(name),
            _ => (column + 1).to_string(),
        }
    }

    /// Whether anything of the column goes into the book.
    pub(super) fn reads(&self, column: usize) -> bool {
        self.columns.contains(&Some(column))
    }

    /// Refuses a header that leaves open where something stands.
    ///
    /// # Errors
    ///
    /// Exit 2, naming the columns that are missing, or the two that are equal.
    pub(super) fn complete(&self) -> Result<(), Problem> {
        let line = self.line;
        if let Some((called, first, second)) = self.tie {
            let names = (self.name_of(first), self.name_of(second));
            let fact = format!(
                "columns {} ({}) and {} ({}) of line {line} both fit the {called}",
                first + 1,
                names.0,
                second + 1,
                names.1
            );
            return Err(Problem::usage("two_columns", fact)
                .hint("Rename or remove the one that is not it."));
        }
        let lacks: Vec<&str> = self.lacks().map(|(called, _)| called).collect();
        let Some((called, names)) = self.lacks().next() else {
            return Ok(());
        };
        let fact = format!(
            "the header in line {line} has no column for {}",
            lacks.join(", nor for ")
        );
        Err(Problem::usage("missing_column", fact)
            .hint(format!("Head the column of {called} {names}.")))
    }

    /// What was understood, for people: `number = `Invoice No`, …`.
    pub(super) fn mapping(&self) -> String {
        let pairs = NAMES
            .iter()
            .filter(|(field, ..)| self.has(*field))
            .map(|(field, called, _)| format!("{called} = {}", self.name(*field)));
        pairs.collect::<Vec<_>>().join(", ")
    }
}

/// A cell without blanks around it; empty where the row has no value.
pub(super) fn cell_at(column: usize, row: &StringRecord) -> &str {
    match row.get(column).map(str::trim) {
        None | Some("NULL") => "",
        Some(cell) => cell,
    }
}

/// The header: the first record near the top that has every needed column,
/// or else the one that comes nearest; `None` if no record looks like one.
pub(super) fn find(records: &Records<'_>) -> Option<Header> {
    let top: Vec<Header> = records
        .top()
        .iter()
        .map(|(line, record)| Header::of(*line, record))
        .collect();
    let nearest = |top: Vec<Header>| {
        // Of equals the first, as with whole headers.
        top.into_iter()
            .rev()
            .filter(|header| header.known() >= 2)
            .max_by_key(Header::known)
    };
    match top
        .iter()
        .position(|header| header.lacks().next().is_none())
    {
        Some(at) => top.into_iter().nth(at),
        None => nearest(top),
    }
}

/// What to say of a file in which nothing looks like a header.
pub(super) fn no_header() -> Problem {
    Problem::usage("no_header", "no line near the top names the columns").hint(
        "Put a line of column names above the rows, such as \
         `Invoice Number,Customer,Invoice Date,Due Date,Amount,Currency`; \
         if there is one, name what separates the cells with `--delimiter`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::of(1, &StringRecord::from(names.to_vec()))
    }

    #[test]
    fn a_column_is_known_by_any_spelling_of_its_name() {
        let table = [
            (" *InvoiceNumber", Field::Number),
            ("Invoice #", Field::Number),
            ("INVOICE_NO", Field::Number),
            ("Rechnungsnummer", Field::Number),
            ("Customer full name", Field::Customer),
            ("debtor_email", Field::Email),
            ("E-Mail", Field::Email),
            ("Fälligkeitsdatum", Field::Due),
            ("Fa\u{308}lligkeitsdatum", Field::Due),
            ("WÄHRUNG", Field::Currency),
            ("Open balance", Field::Balance),
        ];
        for (name, field) in table {
            assert_eq!(header(&["x", name]).column(field), Some(1), "{name}");
        }
        for name in ["id", "email_status", "Account Type", " ", "Line Total"] {
            assert_eq!(header(&[name]).known(), 0, "{name}");
        }
    }

    #[test]
    fn the_more_telling_name_wins_and_equals_are_not_chosen_between() {
        let ranked = header(&[
            "Number",
            "Invoice Number",
            "Customer",
            "Date",
            "Amount",
            "Total",
        ]);
        let equal = header(&["Number", "Customer", "Date", "Total", " *total"]);

        assert_eq!(ranked.column(Field::Number), Some(1));
        assert_eq!(ranked.column(Field::Amount), Some(5));
        assert_eq!(ranked.complete(), Ok(()));
        let problem = equal.complete().unwrap_err();
        assert_eq!(problem.kind().exit_code(), 2);
        assert_eq!(
            problem.message(),
            "columns 4 (`Total`) and 5 (`*total`) of line 1 both fit the amount"
        );
    }

    #[test]
    fn the_header_is_found_below_the_title_of_a_report() {
        let text =
            "\"Foundry, Inc\",,,,\nA/R Aging\n\nDate,Num,,\nNum,Name,Date,Open Balance\n1,A,B,2\n";

        let header = find(&Records::of(text, Some(b','), known_in)).unwrap();

        assert_eq!(header.line, 5);
        assert_eq!(header.complete(), Ok(()));
        assert_eq!(
            header.mapping(),
            "invoice number = `Num`, customer = `Name`, invoice date = `Date`, \
             balance = `Open Balance`"
        );
    }

    #[test]
    fn a_missing_column_is_named_with_what_to_head_it() {
        let text = "\"Invoice No\",\"Customer\",\"Address\",\"Amount\"\r\n22,Mary,x,1\r\n";

        let problem = find(&Records::of(text, None, known_in))
            .unwrap()
            .complete()
            .unwrap_err();

        assert_eq!(
            problem.message(),
            "the header in line 1 has no column for the invoice date"
        );
        assert_eq!(
            problem.advice().as_deref(),
            Some("Head the column of the invoice date `Invoice Date`, `Date Issued` or `Date`.")
        );
        assert!(find(&Records::of("MEC-0072,,000013,4.39\n", None, known_in)).is_none());
    }
}

//! A sheet: rows for a spreadsheet, as CSV (RFC 4180).
//!
//! A spreadsheet obeys a cell that begins like a formula, whoever wrote it, so
//! words are kept from being one (<https://owasp.org/www-community/attacks/CSV_Injection>).
//! Figures are the program's own and stay what they are.

use csv::{Terminator, WriterBuilder};

use crate::problem::{Problem, Result};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A name, a memo: somebody's words.
    Words(String),
    /// An amount, a date, a number of the program's.
    Figure(String),
}

impl Cell {
    pub fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }

    pub fn figure(figure: impl ToString) -> Self {
        Self::Figure(figure.to_string())
    }

    /// As it is read by people.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Words(text) | Self::Figure(text) => text,
        }
    }

    fn for_a_spreadsheet(&self) -> String {
        match self {
            Self::Words(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                format!("'{text}")
            }
            Self::Words(text) | Self::Figure(text) => text.clone(),
        }
    }
}

/// Rows as lines of CSV, each ended by a line feed.
///
/// # Errors
///
/// Our bug: there is always memory to write to.
pub fn csv(rows: &[Vec<Cell>]) -> Result<String> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::Any(b'\n'))
        .flexible(true)
        .from_writer(Vec::new());
    let bug = |error: &dyn std::fmt::Display| Problem::bug(error.to_string());
    for row in rows {
        let cells = row.iter().map(Cell::for_a_spreadsheet);
        writer.write_record(cells).map_err(|error| bug(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| bug(&error))?;
    String::from_utf8(bytes).map_err(|error| bug(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_never_a_formula_and_figures_stay_figures() {
        let words = |text: &str| Cell::words(text);
        let row = [
            words("=1+1"),
            words("@cmd"),
            words("Rosa, \"Flowers\""),
            words("a\nb"),
            words(""),
            Cell::figure("-12.50"),
        ];

        let line = csv(&[row.to_vec()]).unwrap();

        let expected = "'=1+1,'@cmd,\"Rosa, \"\"Flowers\"\"\",\"a\nb\",,-12.50\n";
        assert_eq!(line, expected);
    }
}

//! What kind of line a record is: an invoice, or part of a report's layout.
//!
//! Reports carry group lines, totals and time stamps among their rows. They
//! are passed over and counted; only a line that cannot be an invoice counts
//! as one of them.

use csv::StringRecord;

use super::columns::Header;
use super::fields::Field;
use super::figures::Figure;
use super::rows::Passed;

/// The largest cell that is read.
const LARGEST_CELL: usize = 64 * 1024;

/// A record below the header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    Blank,
    /// A line of the report, and what it is.
    Report(Passed),
    /// More cells than columns, or fewer: which is whose cannot be known.
    Ragged,
    /// The column with a cell of more than 64 KiB.
    Huge(usize),
    Data,
}

pub(super) fn row(header: &Header, record: &StringRecord) -> Row {
    let mut filled = record
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.trim().is_empty());
    let Some((at, first)) = filled.next() else {
        return Row::Blank;
    };
    let is_blank = |field| header.cell(field, record).is_empty();
    let has_no_date = is_blank(Field::Issued);
    let is_number = header.column(Field::Number) == Some(at);
    let is_name = header.column(Field::Customer) == Some(at);
    let names_nobody = (is_name || is_blank(Field::Customer))
        && (is_number || is_blank(Field::Number))
        && is_blank(Field::Due);
    // The words alone do not make a total: a description may begin with them.
    if has_no_date
        && names_nobody
        && is_total(first, is_name || is_number)
        && filled.clone().all(|(_, cell)| Figure::of(cell).is_some())
    {
        return Row::Report(Passed::Total);
    }
    let is_excess = |(at, cell): (usize, &str)| at >= header.width() && !cell.trim().is_empty();
    if record.len() < header.width() || record.iter().enumerate().any(is_excess) {
        return Row::Ragged;
    }
    if let Some(huge) = record.iter().position(|cell| cell.len() > LARGEST_CELL) {
        return Row::Huge(huge);
    }
    let has_no_amount = is_blank(Field::Amount) && is_blank(Field::Balance);
    if filled.next().is_none() && !is_number && has_no_date && has_no_amount {
        return Row::Report(Passed::Heading);
    }
    Row::Data
}

/// Whether a line's first cell says that it adds up others. Where names or
/// numbers stand it must say nothing else: `Total Wine` is a customer.
fn is_total(cell: &str, alone: bool) -> bool {
    const WORDS: [&str; 6] = [
        "total",
        "totals",
        "subtotal",
        "summe",
        "gesamt",
        "gesamtsumme",
    ];
    let cell = cell.trim().to_lowercase();
    let cell = cell.strip_prefix("grand ").unwrap_or(&cell);
    let mut words = cell.split_whitespace();
    let is_first = words
        .next()
        .is_some_and(|word| WORDS.contains(&word.trim_end_matches(':')));
    is_first && (!alone || words.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::columns::{find, known_in};
    use crate::intake::records::Records;

    #[test]
    fn layout_is_told_from_invoices() {
        let table = [
            (",,,,,", Row::Blank),
            (
                "91 or more days past due,,,,,",
                Row::Report(Passed::Heading),
            ),
            (
                "\" Thursday, July 30, 2026\",,,,,",
                Row::Report(Passed::Heading),
            ),
            ("Total for CURRENT,,,,,700.00", Row::Report(Passed::Total)),
            ("TOTAL,,,,,\"1,400.00\"", Row::Report(Passed::Total)),
            ("Total:,", Row::Report(Passed::Total)),
            (",Grand Total,,,,5", Row::Report(Passed::Total)),
            (",,,Summe,,5", Row::Report(Passed::Total)),
            ("Total package,7,,Acme,,500.00", Row::Data),
            ("Total package,,,Acme,,500.00", Row::Data),
            ("Total package,7,,,,500.00", Row::Data),
            ("Total package,,,,for Acme,500.00", Row::Data),
            ("a,1,2026-01-01,Acme,x,5", Row::Data),
            ("a,1,2026-01-01,Acme,x,5,,", Row::Data),
            (",Total,2026-01-01,Acme,,5", Row::Data),
            (",,,Total Wine,,5", Row::Data),
            (",1,,,,", Row::Data),
            (",,,,,5", Row::Data),
            (",,2026-01-01,,,", Row::Data),
            ("a,1,2026-01-01,Acme,x", Row::Ragged),
            ("a,1,2026-01-01,Acme,x,5,6", Row::Ragged),
            ("a", Row::Ragged),
        ];
        for (line, expected) in table {
            let text = format!("Group,Num,Date,Customer,x,Amount\n{line}\n");
            let records = Records::of(&text, Some(b','), known_in);
            let header = find(&records).unwrap();

            let (_, record) = records.top().pop().unwrap();

            assert_eq!(row(&header, &record), expected, "{line}");
        }
    }

    #[test]
    fn a_cell_of_a_book_is_not_read() {
        let text = format!("Num,Date,Customer,Amount\n1,2,{},4\n", "x".repeat(65_537));
        let records = Records::of(&text, Some(b','), known_in);
        let header = find(&records).unwrap();

        let (_, record) = records.top().pop().unwrap();

        assert_eq!(row(&header, &record), Row::Huge(2));
    }
}

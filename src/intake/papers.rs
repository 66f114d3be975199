//! Which columns say what kind of paper a row is, whatever they are called.
//!
//! Every system has its own name for that column: `Kind`, `Txn Type`,
//! `Belegart`. One that is not known would let a payment through as money that
//! is owed. So a column that is read for nothing else is judged by its cells:
//! where all of them are kinds of papers and not all are invoices, it decides.

use csv::StringRecord;

use super::columns::{Header, cell_at};
use super::fields::Field;
use super::words::{Paper, is_telling, paper};

/// What the cells of the columns that are not read say so far.
pub(super) struct Evidence(Vec<Seen>);

/// A column in which every filled cell so far is a kind of paper.
struct Seen {
    column: usize,
    /// One of its words cannot mean anything else.
    is_telling: bool,
    /// One of its words is no invoice.
    has_others: bool,
}

impl Evidence {
    pub(super) fn of(header: &Header) -> Self {
        let unread = (0..header.width()).filter(|column| !header.reads(*column));
        let seen = |column| Seen {
            column,
            is_telling: false,
            has_others: false,
        };
        Self(unread.map(seen).collect())
    }

    /// Sees a row; a column with any other word is not looked at again.
    pub(super) fn see(&mut self, row: &StringRecord) {
        self.0.retain_mut(|seen| {
            let word = cell_at(seen.column, row);
            let Some(paper) = paper(word) else {
                return false;
            };
            seen.is_telling |= is_telling(word);
            seen.has_others |= paper != Paper::Invoice;
            true
        });
    }

    /// The columns that say what a row is, and the one by its name among them.
    pub(super) fn settle(&self, header: &Header, notes: &mut Vec<String>) -> Vec<usize> {
        let mut columns: Vec<usize> = header.column(Field::Type).into_iter().collect();
        for seen in &self.0 {
            if seen.is_telling && seen.has_others {
                let name = header.name_of(seen.column);
                notes.push(format!("column {name} says which rows are invoices"));
                columns.push(seen.column);
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::columns::{find, known_in};
    use crate::intake::records::Records;

    #[test]
    fn a_column_of_papers_is_known_by_its_cells() {
        let table: [(&[&str], bool); 12] = [
            (&["Invoice", "Payment", "Credit Memo"], true),
            (&["Invoice", "", "NULL", "Bill Payment (Check)"], true),
            (&["Payment", "Payment"], true),
            (&["Rechnung", "Gutschrift"], true),
            (&["FACTURE", "Avoir"], true),
            (&["Invoice", "Credit"], true),
            (&["Invoice", "Invoice"], false),
            (&["", ""], false),
            (&["Invoice", "Payment", "Roses"], false),
            (&["Payment to Rosa"], false),
            // Words of other things, too: what was sold, how it was paid.
            (&["Service", "Deposit"], false),
            (&["Credit", "Check"], false),
        ];
        for (cells, decides) in table {
            let rows = cells.iter().map(|cell| format!("1,A,2,3,{cell}\n"));
            let text = format!("Num,Name,Date,Amount,Kind\n{}", rows.collect::<String>());
            let records = Records::of(&text, Some(b','), known_in);
            let header = find(&records).unwrap();
            let mut evidence = Evidence::of(&header);
            for (_, record) in &records.top()[1..] {
                evidence.see(record);
            }
            let mut notes = Vec::new();

            let columns = evidence.settle(&header, &mut notes);

            assert_eq!(!columns.is_empty(), decides, "{cells:?}");
            assert_eq!(notes.len(), columns.len(), "{cells:?}");
        }
    }
}

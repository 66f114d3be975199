//! From text to records: cells between delimiters, by the line of the file.
//!
//! A file is walked several times rather than kept: a record lives only while
//! it is looked at, so a million rows cost no more memory than their text.
//! Lines are those an editor shows; CR, LF and CR LF each end one.

use csv::{ReaderBuilder, StringRecord};

use super::encoding::{line_at, line_ends};
use super::quote::quoted;
use crate::problem::Problem;

/// Records from the top among which the header is looked for.
pub(super) const TOP: usize = 20;

/// The delimiters a file may have without being asked, most usual first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A text seen as records.
#[derive(Clone, Copy)]
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
}

impl<'t> Records<'t> {
    /// The text under the delimiter that is asked for, or else the one under
    /// which `sense` finds most in the first records.
    pub(super) fn of(
        text: &'t str,
        delimiter: Option<u8>,
        sense: impl Fn(&StringRecord) -> usize,
    ) -> Self {
        let under = |delimiter| Self { text, delimiter };
        let promise = |records: &Self| {
            let top = records.top();
            let best = top.iter().map(|(_, record)| sense(record)).max();
            let cells: usize = top.iter().map(|(_, record)| record.len()).sum();
            (best, cells)
        };
        let detected = || {
            DELIMITERS
                .into_iter()
                .map(under)
                .rev()
                .max_by_key(promise)
                .unwrap_or(under(b','))
        };
        delimiter.map_or_else(detected, under)
    }

    /// The delimiter in words.
    pub(super) fn delimiter_name(&self) -> String {
        match self.delimiter {
            b',' => "commas".to_owned(),
            b';' => "semicolons".to_owned(),
            b'\t' => "tabs".to_owned(),
            other => quoted(&char::from(other).to_string()),
        }
    }

    pub(super) fn has_semicolons(&self) -> bool {
        self.delimiter == b';'
    }

    /// Shows every record to `visit`, with the line it begins on; blank lines
    /// are no records. The first error ends the walk.
    pub(super) fn each<E>(
        &self,
        mut visit: impl FnMut(u64, &StringRecord) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut lines = Lines::of(self.text);
        let mut reader = reader(self.text, self.delimiter);
        let mut record = StringRecord::new();
        while read(&mut reader, &mut record) {
            visit(lines.of_record(&record).line, &record)?;
        }
        Ok(())
    }

    /// The first records, with their lines.
    pub(super) fn top(&self) -> Vec<(u64, StringRecord)> {
        let mut top = Vec::new();
        let _ = self.each(|line, record| {
            top.push((line, record.clone()));
            if top.len() < TOP { Ok(()) } else { Err(()) }
        });
        top
    }

    /// Refuses a text that has no records to be sure of.
    ///
    /// # Errors
    ///
    /// Exit 2 for a file without text; exit 1 for a NUL, and for a quote that
    /// is never closed, naming the line where it opens.
    pub(super) fn sound(&self) -> Result<(), Problem> {
        let mended = |fact: String| Problem::refused("bad_file", fact);
        if self.text.trim().is_empty() {
            return Err(Problem::usage("empty_file", "the file is empty")
                .hint("Export it again, with a line of column names above the rows."));
        }
        if let Some(at) = self.text.find('\0') {
            let line = line_at(self.text.as_bytes(), at);
            return Err(mended(format!("line {line} holds a NUL: this is no text"))
                .hint("If it is UTF-16 without its mark, save it anew as CSV UTF-8."));
        }
        match self.unclosed_quote() {
            None => Ok(()),
            Some(line) => Err(mended(format!(
                "the quote that opens in line {line} is never closed"
            ))
            .hint("Close it; a quote within a quoted cell is written twice.")),
        }
    }

    /// The line where a quote opens that nothing closes.
    fn unclosed_quote(&self) -> Option<u64> {
        let mut lines = Lines::of(self.text);
        let mut all = reader(self.text, self.delimiter);
        let mut record = StringRecord::new();
        while read(&mut all, &mut record) {
            lines.of_record(&record);
        }
        // Put one more record behind the last: inside a quote it is none.
        let tail = format!("{}\nx", &self.text[lines.at..]);
        let mut probe = reader(&tail, self.delimiter);
        read(&mut probe, &mut record);
        if read(&mut probe, &mut StringRecord::new()) {
            return None;
        }
        let cell = record.iter().next_back().unwrap_or_default();
        let written = 1 + cell.len() + cell.matches('"').count();
        Some(lines.line + line_ends(&tail.as_bytes()[..tail.len() - written]))
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

fn read(reader: &mut csv::Reader<&[u8]>, record: &mut StringRecord) -> bool {
    reader
        .read_record(record)
        .expect("UTF-8 in memory, of any shape, is read to its end")
}

/// Where the walk is. The csv crate counts LF only, and from the end of the
/// record before; its byte offsets are what can be relied on.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    fn of_record(&mut self, record: &StringRecord) -> &Self {
        let after_last = record.position().map_or(0, csv::Position::byte);
        let after_last = usize::try_from(after_last).unwrap_or(self.at);
        let is_line_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let blank = self.text[after_last..].iter().take_while(is_line_end);
        let at = after_last + blank.count();
        self.line += line_ends(&self.text[self.at..at]);
        self.at = at;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn walk(text: &str) -> Vec<(u64, Vec<String>)> {
        let records = Records::of(text, Some(b','), |_| 0);
        let mut seen = Vec::new();
        let Ok(()) = records.each::<Infallible>(|line, record| {
            seen.push((line, record.iter().map(str::to_owned).collect()));
            Ok(())
        });
        seen
    }

    #[test]
    fn a_record_is_named_by_its_line_in_the_file() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "", "\"x", "y\",2", "last,3"].join(end);

            let seen = walk(&text);

            let lines: Vec<u64> = seen.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 4, 6], "{end:?}");
            assert_eq!(seen[1].1, [format!("x{end}y"), "2".to_owned()]);
        }
    }

    #[test]
    fn an_unclosed_quote_is_named_by_the_line_it_opens_on() {
        let table = [
            ("a,b\n1,\"two\n3,4\n", Some("2")),
            ("a,b\n\"x\ny\",\"two\n3,4\n", Some("3")),
            ("a,b\r\n\r\n1,\"say \"\"so\"\"\r\n3,4", Some("3")),
            ("a,b\n1,\"two\"\n", None),
            ("a,b\n1,\"two\"\"\"", None),
            ("a,b\n1,5\" pipe\n", None),
        ];
        for (text, line) in table {
            let sound = Records::of(text, Some(b','), |_| 0).sound();

            match line {
                None => assert_eq!(sound, Ok(()), "{text:?}"),
                Some(line) => {
                    let fact = sound.unwrap_err().to_string();
                    assert!(fact.contains(&format!("line {line} ")), "{text:?}: {fact}");
                }
            }
        }
    }

    #[test]
    fn nothing_and_no_text_are_told_apart() {
        let table = [
            ("", 2),
            (" \r\n\n", 2),
            ("a,b\n1,\0\n", 1),
            ("\0a\0,\0b\0", 1),
        ];
        for (text, exit) in table {
            let problem = Records::of(text, None, |_| 0).sound().unwrap_err();

            assert_eq!(problem.kind().exit_code(), exit, "{text:?}");
        }
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_sense_of_the_header() {
        let is_known = |cell: &&str| ["Number", "Amount", "Due, or so"].contains(cell);
        let table = [
            ("Number,Amount\n1,\"2;3;4\"\n", "commas"),
            ("Number;Amount\n1;2,50\n2;3,50\n", "semicolons"),
            ("Number\tAmount\n1,1,1\t2;5\n", "tabs"),
            ("a;b;c\n1,2;3;4\n", "semicolons"),
            ("\"Due, or so\";\"Number\"\n1;2\n", "semicolons"),
            ("alone\n", "commas"),
        ];
        for (text, name) in table {
            let records = Records::of(text, None, |record| record.iter().filter(is_known).count());

            assert_eq!(records.delimiter_name(), name, "{text:?}");
        }
    }
}

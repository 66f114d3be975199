//! A list as long as the book: shown row by row, and never held.
//!
//! To scripts it is one document, the same that a report of all rows would be;
//! to people a table, laid out in pages. Whoever tells the rows is stopped as
//! soon as nobody reads on.

use std::io;

use serde::Serialize;
use serde_json::json;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::screen::Out;
use super::session::Session;
use super::terminal::{Columns, Report, document};
use crate::domain::untrusted::Visible;
use crate::problem::{Problem, Result};

/// A table up to so many rows looks as if it had been laid out whole.
const PAGE: usize = 1_000;

/// What a list is made of.
pub struct Listing {
    /// `dues.invoices/1`
    pub schema: &'static str,
    pub headers: &'static [&'static str],
    /// Which columns are figures (set right).
    pub figures: &'static [usize],
    /// What people read where there are no rows.
    pub none: &'static str,
}

/// A list that is being told.
pub struct Rows<'a> {
    out: Out,
    /// How the document begins and ends, where scripts read it.
    frame: Option<(String, String)>,
    /// Writes as deep as the rows of a document stand.
    pretty: PrettyFormatter<'static>,
    columns: Columns<'a>,
    page: Vec<Vec<String>>,
    told: usize,
}

/// Shows a list. `tell` tells its rows, and returns what stands below the table.
///
/// # Errors
///
/// Exit 1 if it cannot be written; whatever `tell` returned.
pub fn show(
    session: &Session,
    listing: &Listing,
    tell: impl FnOnce(&mut Rows<'_>) -> Result<String>,
) -> Result<Report> {
    let mut rows = Rows {
        out: Out::open(),
        frame: session.terminal.json.then(|| frame(listing.schema)),
        pretty: two_deep(),
        columns: Columns::new(listing.headers, listing.figures),
        page: Vec::new(),
        told: 0,
    };
    let told = tell(&mut rows).and_then(|below| {
        // Of what is not there any more no whole document is made.
        session.read_well()?;
        rows.finish(&below, listing.none)
    });
    rows.out.end(told)?;
    Ok(Report::default())
}

impl Rows<'_> {
    /// Shows a row, as scripts or as people read it.
    ///
    /// # Errors
    ///
    /// Exit 1 if it cannot be written, or nobody reads on.
    pub fn row<T: Serialize>(
        &mut self,
        data: impl FnOnce() -> T,
        cells: impl FnOnce() -> Vec<String>,
    ) -> Result<()> {
        self.told += 1;
        if let Some((head, _)) = &self.frame {
            let before = if self.told == 1 { head } else { "," };
            self.out.show(&Visible::json(before))?;
            let mut row = b"\n    ".to_vec();
            let mut writer = Serializer::with_formatter(&mut row, self.pretty.clone());
            data()
                .serialize(&mut writer)
                .map_err(|error| Problem::bug(error.to_string()))?;
            let row = String::from_utf8(row).map_err(|error| Problem::bug(error.to_string()))?;
            return self.out.show(&Visible::json(&row));
        }
        self.page.push(cells());
        if self.page.len() < PAGE {
            return Ok(());
        }
        self.show_page()
    }

    fn show_page(&mut self) -> Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        let page = self.columns.page(std::mem::take(&mut self.page));
        self.out.show(&Visible::text(&format!("{page}\n")))
    }

    fn finish(&mut self, below: &str, none: &str) -> Result<()> {
        if let Some((head, tail)) = &self.frame {
            let end = if self.told == 0 {
                format!("{head}{tail}")
            } else {
                format!("\n  {tail}")
            };
            return self.out.show(&Visible::json(&end));
        }
        self.show_page()?;
        let below = if self.told == 0 { none } else { below };
        if below.is_empty() {
            return Ok(());
        }
        self.out.show(&Visible::text(&format!("{below}\n")))
    }
}

/// As in an object's array.
fn two_deep() -> PrettyFormatter<'static> {
    let mut pretty = PrettyFormatter::new();
    for _ in 0..2 {
        // A sink takes everything.
        let _ = pretty.begin_array(&mut io::sink());
    }
    pretty
}

/// The document of no rows, up to where they stand and from there on.
fn frame(schema: &str) -> (String, String) {
    let empty = format!("{:#}\n", document(schema, &json!([]), &[]));
    let (head, tail) = empty.split_once(']').unwrap_or_default();
    (head.to_owned(), format!("]{tail}"))
}

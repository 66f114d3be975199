//! A sheet that is as long as the book: written page by page, and never held.

use crate::cli::screen::Out;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::untrusted::Visible;
use crate::paper::sheet::{self, Cell};
use crate::problem::Result;

/// A sheet that is being written.
pub struct Pages {
    out: Out,
    rows: Vec<Vec<Cell>>,
}

impl Pages {
    pub fn open(headers: &[&str]) -> Self {
        let rows = vec![headers.iter().map(|one| Cell::figure(*one)).collect()];
        Self {
            out: Out::open(),
            rows,
        }
    }

    pub fn row(&mut self, row: Vec<Cell>) -> Result<()> {
        self.rows.push(row);
        if self.rows.len() < 1_000 {
            return Ok(());
        }
        self.page()
    }

    fn page(&mut self) -> Result<()> {
        let page = sheet::csv(&std::mem::take(&mut self.rows))?;
        self.out.show(&Visible::text(&page))
    }

    pub fn end(mut self, session: &Session, told: Result<()>) -> Result<Report> {
        let told = told.and_then(|()| {
            session.read_well()?;
            self.page()
        });
        self.out.end(told)?;
        Ok(Report::default())
    }
}

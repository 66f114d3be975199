//! `dues charge resolve`: what a person found out of an unknown charge.

use clap::Args;

use super::look::find;
use super::words::charge_report;
use crate::books::ChargeRow;
use crate::cli::resolving::{Case, Found, decide, which_open};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::problem::Result;

#[derive(Debug, Args)]
pub struct Resolve {
    /// `CH-12`
    charge: Option<String>,
    /// It was charged, under this id of the gateway's
    #[arg(long, value_name = "ID")]
    charged: Option<String>,
    /// It was not charged
    #[arg(long, conflicts_with = "charged")]
    not_charged: bool,
    /// How you know, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

impl Resolve {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let charge = if let Some(word) = &self.charge {
            find(books.read(), word)?
        } else {
            let open = books.read().open_charges()?;
            let line = |it: &ChargeRow| format!("{}  {}  {}", it.id, it.amount, it.attempt.state);
            which_open(session, "charge", "CH-12", open, line)?
        };
        let case = Case {
            purpose: charge.id.into(),
            state: charge.attempt.state,
            what: format!("{} of {}", charge.amount, charge.id),
        };
        let found = Found {
            made: self.charged.as_deref(),
            not_made: self.not_charged,
            because: self.because.as_deref(),
        };
        decide(session, books, &case, &found, |book| {
            charge_report(book, charge.id)
        })
    }
}

//! `dues refund resolve`: what a person found out of an unknown refund.

use clap::Args;

use super::look::find;
use super::words::{refund_report, which};
use crate::books::RefundRow;
use crate::cli::resolving::{Case, Found, decide, which_open};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::problem::Result;

#[derive(Debug, Args)]
pub struct Resolve {
    /// `RF-3`
    refund: Option<String>,
    /// It was given back, under this id of the gateway's
    #[arg(long, value_name = "ID")]
    given_back: Option<String>,
    /// It was not given back
    #[arg(long, conflicts_with = "given_back")]
    not_given_back: bool,
    /// How you know, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

impl Resolve {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let refund = if let Some(word) = &self.refund {
            find(books.read(), word)?
        } else {
            let open = books.read().open_refunds()?;
            let line = |it: &RefundRow| format!("{}  {}  {}", it.id, it.amount, it.attempt.state);
            which_open(session, "refund", "RF-3", open, line)?
        };
        let case = Case {
            purpose: refund.id.into(),
            state: refund.attempt.state,
            what: format!("{} ({})", refund.id, which(books.read(), &refund)?),
        };
        let found = Found {
            made: self.given_back.as_deref(),
            not_made: self.not_given_back,
            because: self.because.as_deref(),
        };
        decide(session, books, &case, &found, |book| {
            refund_report(book, refund.id)
        })
    }
}

//! `dues dispute`: what a bank took back, until when to answer, and how it ended.

mod answered;
mod end;
mod evidence;
mod look;
mod open;
pub mod words;

use clap::Subcommand;

use super::session::Session;
use super::terminal::Report;
use crate::books::{DisputeRow, Reader};
use crate::domain::dispute::Outcome;
use crate::domain::ids::DisputeId;
use crate::problem::{Problem, Result};
use answered::{Answered, Attach};
use end::End;
use evidence::Gather;
use open::Open;

#[derive(Debug, Subcommand)]
pub enum Verb {
    Open(Open),
    /// List disputes: the open ones first, by the day of their answer
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those that are not decided
        #[arg(long)]
        open: bool,
    },
    /// Show a dispute, what it reopened, and what to do
    Show {
        /// `DSP-1`
        dispute: String,
    },
    Evidence(Gather),
    Attach(Attach),
    Answered(Answered),
    /// The bank gave the money again: it pays what the dispute had reopened
    Won(End),
    /// The bank decided for the customer: the money is gone
    Lost(End),
    /// Give in without an answer: the money is gone
    #[command(
        after_help = "This only writes it down: give in on the gateway's own page, too. The invoices stay open and on\n\
        hold, for you to decide.\n\n\
        Example: dues dispute accept DSP-1 --because 'it was never delivered'"
    )]
    Accept(End),
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Open(open) => open.run(session),
            Self::List { customer, open } => look::list(session, customer.as_deref(), *open),
            Self::Show { dispute } => look::show(session, dispute),
            Self::Evidence(gather) => gather.run(session),
            Self::Attach(attach) => attach.run(session),
            Self::Answered(answered) => answered.run(session),
            Self::Won(end) => end.run(session, Outcome::Won),
            Self::Lost(end) => end.run(session, Outcome::Lost),
            Self::Accept(end) => end.run(session, Outcome::Accepted),
        }
    }
}

fn find(book: Reader<'_>, word: &str) -> Result<DisputeRow> {
    let id = DisputeId::parse(word).ok_or_else(|| {
        Problem::usage("bad_dispute", format!("`{word}` is not a dispute"))
            .hint("Write it as `DSP-1`; `dues dispute list` shows them.")
    })?;
    book.dispute(id)
}

//! `dues refund`: money that was given back, or may have been.

mod look;
mod resolve;
pub mod words;

use clap::Subcommand;

use super::session::Session;
use super::terminal::Report;
use crate::problem::Result;
use resolve::Resolve;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List refunds and voids, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those whose outcome is not final
        #[arg(long)]
        open: bool,
    },
    /// Show a refund and all that came of it
    Show {
        /// `RF-3`
        refund: String,
    },
    /// Decide an unknown refund after looking at the gateway's own page
    Resolve(Resolve),
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::List { customer, open } => look::list(session, customer.as_deref(), *open),
            Self::Show { refund } => look::show(session, refund),
            Self::Resolve(args) => args.run(session),
        }
    }
}

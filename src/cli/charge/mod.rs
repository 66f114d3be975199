//! `dues charge`: takes money from a saved card, and looks after what was taken.

mod look;
mod resolve;
mod take;
mod words;

use clap::{Args, Subcommand};

use super::session::Session;
use super::terminal::Report;
use crate::problem::Result;
use resolve::Resolve;
use take::Take;

/// Charge a saved card, or look after charges
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
    dues charge ROSA --invoice INV-7 --invoice INV-9=250\n  \
    dues charge ROSA --all-due --exclude INV-8 --card 5544\n  \
    dues charge ROSA --amount 500 --dry-run\n  \
    dues charge ROSA --all-due --yes --json --request-id 2026-11-rosa"
)]
pub struct Charge {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    take: Take,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List charges, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those whose outcome is not final
        #[arg(long)]
        open: bool,
    },
    /// Show a charge and all that came of it
    Show {
        /// `CH-12`
        charge: String,
    },
    /// See the charges and refunds that a person must decide
    Review,
    /// Decide an unknown charge after looking at the gateway's own page
    Resolve(Resolve),
    /// Find out what became of unknown charges and refunds
    Recover,
}

impl Charge {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match &self.verb {
            None => self.take.run(session),
            Some(Verb::List { customer, open }) => look::list(session, customer.as_deref(), *open),
            Some(Verb::Show { charge }) => look::show(session, charge),
            Some(Verb::Review) => look::review(session),
            Some(Verb::Resolve(args)) => args.run(session),
            Some(Verb::Recover) => look::run_recover(session),
        }
    }
}

//! `dues schedule`: charges on a date.

mod add;
mod change;
mod doctor;
mod look;
mod outcomes;
mod run;
mod saved;
mod words;

use clap::Subcommand;

use super::session::Session;
use super::terminal::Report;
use crate::books::Reader;
use crate::domain::ids::ScheduleId;
use crate::domain::schedule::Schedule;
use crate::problem::{Problem, Result};

#[derive(Debug, Subcommand)]
pub enum Verb {
    Add(add::Add),
    /// List what is scheduled, with the next dates
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Ended ones too
        #[arg(long)]
        all: bool,
    },
    /// Show a schedule, every date of it and what came of it
    Show {
        /// `S-1`
        schedule: String,
    },
    Move(change::Move),
    Skip(change::Skip),
    Cancel(change::Cancel),
    Run(run::Run),
    /// Say when the last run was, and whether cron could do its work here
    #[command(after_help = doctor::HELP)]
    Doctor,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List { customer, all } => look::list(session, customer.as_deref(), *all),
            Self::Show { schedule } => look::show(session, schedule),
            Self::Move(moving) => moving.run(session),
            Self::Skip(skip) => skip.run(session),
            Self::Cancel(cancel) => cancel.run(session),
            Self::Run(run) => run.run(session),
            Self::Doctor => doctor::doctor(session),
        }
    }
}

/// The schedule that a word names: `S-1`, or a bare `1`.
fn find(book: Reader<'_>, word: &str) -> Result<Schedule> {
    let id = ScheduleId::parse(word).ok_or_else(|| {
        Problem::usage("bad_schedule", format!("`{word}` is not a schedule"))
            .hint("Write it as `S-1`; `dues schedule list` shows them.")
    })?;
    book.schedule(id)
}

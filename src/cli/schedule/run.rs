//! `dues schedule run`: charges what is due. What cron calls.

use clap::Args;

use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::problem::{Problem, Result};

/// Charge what is due: schedules, autopay, retries; then send the mails
#[derive(Debug, Args)]
pub struct Run {}

impl Run {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let _ = session;
        Err(Problem::bug("unfinished"))
    }
}

//! `dues dispute answered` and `attach`: what was sent to the bank, and what may be.

use clap::Args;

use super::find;
use super::words::told;
use crate::books::{Answer, KeptFor};
use crate::cli::attaching::{self, Keep};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::text::Text;
use crate::problem::Result;
use crate::views;

/// You answered the bank: it decides now, and `status` waits with it
#[derive(Debug, Args)]
#[command(
    after_help = "This only writes it down: the answer itself is given on the gateway's own page, with what\n\
    `dues dispute evidence` puts together.\n\n\
    Example: dues dispute answered DSP-1 --on 2026-12-01 --ref 'case 4711'"
)]
pub struct Answered {
    /// `DSP-1`
    dispute: String,
    /// The day on which you answered; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// What the gateway or the bank calls it
    #[arg(long = "ref", value_name = "TEXT")]
    reference: Option<String>,
}

impl Answered {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let id = find(books.read(), &self.dispute)?.id;
        let today = session.today(&books)?;
        let on = self.on.as_deref();
        let on = on.map(|text| session.date(&books, text)).transpose()?;
        let reference = self.reference.as_deref();
        let answer = Answer {
            on: on.unwrap_or(today),
            reference: reference
                .map(|text| Text::Reference.read(text))
                .transpose()?,
        };
        let (data, text) = session.change(&mut books, |tx| {
            tx.answer_dispute(id, &answer)?;
            let dispute = tx.read().dispute(id)?;
            Ok((
                views::disputes::dispute(tx.read(), &dispute, today)?,
                told(tx.read(), &dispute, today)?,
            ))
        })?;
        let text = format!("{text}{}", session.dry_note());
        session.finish(books);
        Ok(Report::new("dues.dispute/1", data, text))
    }
}

/// Keep a file with a dispute: a delivery note, what the customer wrote
#[derive(Debug, Args)]
#[command(
    after_help = format!("{}\n\nExample: dues dispute attach DSP-1 letter.pdf --kind correspondence", attaching::KEPT)
)]
pub struct Attach {
    /// `DSP-1`
    dispute: String,
    #[command(flatten)]
    keep: Keep,
}

impl Attach {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let dispute = find(books.read(), &self.dispute)?;
        let today = session.today(&books)?;
        let (id, files) = self
            .keep
            .with(session, &mut books, KeptFor::Dispute(dispute.id))?;
        let mut data = views::disputes::dispute(books.read(), &dispute, today)?;
        data["files"] = files.iter().map(views::attachment).collect();
        let text = format!(
            "{} is kept with {} as {id}.{}",
            self.keep.file().display(),
            dispute.id,
            session.dry_note()
        );
        session.finish(books);
        Ok(Report::new("dues.dispute/1", data, text))
    }
}

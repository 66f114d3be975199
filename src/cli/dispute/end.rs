//! `dues dispute won`, `lost` and `accept`: how it ended.

use clap::Args;

use super::find;
use super::words::told;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::dispute::Outcome;
use crate::domain::text::Text;
use crate::problem::Result;
use crate::views;

/// How a dispute ended.
#[derive(Debug, Args)]
pub struct End {
    /// `DSP-1`
    dispute: String,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// The day on which it was decided; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

impl End {
    pub fn run(&self, session: &Session, outcome: Outcome) -> Result<Report> {
        let mut books = session.books()?;
        let dispute = find(books.read(), &self.dispute)?;
        let (id, amount) = (dispute.id, dispute.amount);
        let because = self.because.as_deref();
        let because = because.map(|text| Text::Reason.read(text)).transpose()?;
        let today = session.today(&books)?;
        let on = self.on.as_deref();
        let on = on.map(|text| session.date(&books, text)).transpose()?;
        let on = on.unwrap_or(today);
        if dispute.outcome.is_none() && !session.dry_run && !session.yes {
            let (payment, owner) = (dispute.payment, &dispute.owner);
            let question = match outcome {
                Outcome::Won => {
                    format!("{id}: {amount} of {payment} from {owner} came back for good?")
                }
                Outcome::Lost => {
                    format!("{id}: {amount} of {payment} from {owner} is lost for good?")
                }
                Outcome::Accepted => {
                    format!("{id}: give {amount} of {payment} from {owner} up for good?")
                }
            };
            session.terminal.confirm(&question, "--yes")?;
        }
        let (data, text) = session.change(&mut books, |tx| {
            match outcome {
                Outcome::Won => tx.win_dispute(id, because.as_deref(), on).map(|_| ())?,
                Outcome::Lost => tx.lose_dispute(id, false, because.as_deref(), on)?,
                Outcome::Accepted => tx.lose_dispute(id, true, because.as_deref(), on)?,
            }
            let ended = tx.read().dispute(id)?;
            Ok((
                views::disputes::dispute(tx.read(), &ended, today)?,
                told(tx.read(), &ended, today)?,
            ))
        })?;
        let text = format!("{text}{}", session.dry_note());
        session.finish(books);
        Ok(Report::new("dues.dispute/1", data, text))
    }
}

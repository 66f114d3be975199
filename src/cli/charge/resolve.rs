//! `dues charge resolve`: a person decides, after looking at the gateway's own page.

use clap::Args;

use super::look::find;
use super::words::charge_report;
use crate::cli::news::told;
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report, missing};
use crate::domain::charge::State;
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::resolve::{Finding, nothing_to_resolve, resolve};
use crate::problem::{Problem, Result};
use crate::wiring::Desk;

#[derive(Debug, Args)]
pub struct Resolve {
    /// `CH-12`
    charge: String,
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
        let charge = find(books.read(), &self.charge)?;
        let because = self.because.as_deref();
        let because = because.map(|text| Text::Reason.read(text)).transpose()?;
        let finding = match (&self.charged, because) {
            (Some(id), because) => Finding::Made {
                id: id.trim().to_owned(),
                because,
            },
            (None, Some(because)) if self.not_charged => Finding::NotMade(because),
            _ if self.not_charged => return Err(missing("how you know", "`--because TEXT`")),
            _ => {
                return Err(missing(
                    "what happened",
                    "`--charged ID`, or `--not-charged` with `--because TEXT`",
                ));
            }
        };
        if session.dry_run {
            return Err(Problem::usage(
                "no_dry_run",
                "resolving asks the gateway; there is no dry run of it",
            )
            .hint(format!("Look with `dues charge show {}`.", charge.id)));
        }
        if charge.attempt.state.is_final() {
            return Err(nothing_to_resolve(charge.id.into(), charge.attempt.state));
        }
        if !session.yes && !session.terminal.may_ask {
            return Err(missing("a yes", "`--yes`").hint(format!(
                "Look with `dues charge show {}`, then add `--yes`.",
                charge.id
            )));
        }
        if !session.yes {
            let question = match &finding {
                Finding::Made { id, .. } => format!(
                    "Book {} of {} as charged, under {}?",
                    charge.amount, charge.id, id
                ),
                Finding::NotMade(_) => format!(
                    "Close {} as not charged? It may then be charged again.",
                    charge.id
                ),
            };
            session.terminal.confirm(&question, "--yes")?;
        }
        let desk = Desk::of(&session.config, &books)?;
        let zone = books.read().facts()?.zone;
        let tell = |news: &News| told(session, &zone, news);
        let mut world = session.world(books, &desk, &tell);
        let resolved = resolve(&mut world, charge.id, &finding)?;
        let mut report = charge_report(world.books.read(), charge.id)?;
        let by = if resolved.confirmed {
            "The gateway confirms it."
        } else {
            "The gateway could not confirm it; your word is in the log."
        };
        report.text = match resolved.state {
            State::Succeeded => format!("{}\n{by}", report.text),
            _ => format!(
                "{} is closed as not charged; its invoices may be charged again. {by}",
                charge.id
            ),
        };
        report.problem = None;
        report.posts_mail = Some(Haste::Brief);
        session.finish(world.books);
        Ok(report)
    }
}

//! `dues refund resolve`: a person decides, after looking at the gateway's own page.

use clap::Args;

use super::look::find;
use super::words::{refund_report, which};
use crate::cli::news::told;
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report, missing};
use crate::domain::charge::State;
use crate::domain::purpose::Purpose;
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::resolve::{Finding, nothing_to_resolve, resolve};
use crate::problem::{Problem, Result};
use crate::wiring::Desk;

#[derive(Debug, Args)]
pub struct Resolve {
    /// `RF-3`
    refund: String,
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
        let refund = find(books.read(), &self.refund)?;
        let id = refund.id;
        let because = self.because.as_deref();
        let because = because.map(|text| Text::Reason.read(text)).transpose()?;
        let finding = match (&self.given_back, because) {
            (Some(id), because) => Finding::Made {
                id: id.trim().to_owned(),
                because,
            },
            (None, Some(because)) if self.not_given_back => Finding::NotMade(because),
            _ if self.not_given_back => return Err(missing("how you know", "`--because TEXT`")),
            _ => {
                return Err(missing(
                    "what happened",
                    "`--given-back ID`, or `--not-given-back` with `--because TEXT`",
                ));
            }
        };
        if session.dry_run {
            return Err(Problem::usage(
                "no_dry_run",
                "resolving asks the gateway; there is no dry run of it",
            )
            .hint(format!("Look with `dues refund show {id}`.")));
        }
        if refund.attempt.state.is_final() {
            return Err(nothing_to_resolve(
                Purpose::GiveBack(id),
                refund.attempt.state,
            ));
        }
        if !session.yes && !session.terminal.may_ask {
            return Err(missing("a yes", "`--yes`").hint(format!(
                "Look with `dues refund show {id}`, then add `--yes`."
            )));
        }
        if !session.yes {
            let which = which(books.read(), &refund)?;
            let question = match &finding {
                Finding::Made { id: found, .. } => {
                    format!("Book {id} as given back, under {found} ({which})?")
                }
                Finding::NotMade(_) => {
                    format!("Close {id} as not given back? Its money may then be given back again.")
                }
            };
            session.terminal.confirm(&question, "--yes")?;
        }
        let desk = Desk::of(&session.config, &books)?;
        let zone = books.read().facts()?.zone;
        let tell = |news: &News| told(session, &zone, news);
        let mut world = session.world(books, &desk, &tell);
        let resolved = resolve(&mut world, id, &finding)?;
        let mut report = refund_report(world.books.read(), id)?;
        let by = if resolved.confirmed {
            "The gateway confirms it."
        } else {
            "The gateway could not confirm it; your word is in the log."
        };
        report.text = match resolved.state {
            State::Succeeded => format!("{}\n{by}", report.text),
            _ => {
                format!("{id} is closed as not given back; its money may be given back again. {by}")
            }
        };
        report.problem = None;
        report.posts_mail = Some(Haste::Brief);
        session.finish(world.books);
        Ok(report)
    }
}

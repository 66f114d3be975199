//! `dues close`: a period that is over, and in which nothing is booked any more.

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::session::Session;
use super::terminal::{Report, missing};
use crate::books::Closing;
use crate::domain::dates;
use crate::domain::hour;
use crate::domain::text::Text;
use crate::problem::{Kind, Problem, Result};

/// Close a month: nothing is dated into it any more
#[derive(Debug, Args)]
#[command(after_help = "Example: dues close 2026-10\n\n\
        The book must be right first: `dues check` is silent. What is corrected later is dated later.\n\
        Without a period, shows what is closed.")]
pub struct Close {
    /// A month, such as `2026-10`, or its last day
    period: Option<String>,
    /// Open again what was closed last
    #[arg(long, conflicts_with = "period")]
    undo: bool,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

impl Close {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        if self.undo {
            let because = match &self.because {
                Some(because) => because.clone(),
                None if session.terminal.may_ask => {
                    session.terminal.line("Why", "--because TEXT")?
                }
                None => return Err(missing("why it is opened again", "`--because TEXT`")),
            };
            let because = Text::Reason.read(&because)?;
            let through = session.change(&mut books, |tx| tx.undo_closing(&because))?;
            let text = format!(
                "The books are open again after what was closed through {through}.{}",
                session.dry_note()
            );
            return Ok(Report::new(
                "dues.closed/1",
                data(&books.read().closings()?),
                text,
            ));
        }
        let Some(period) = &self.period else {
            return shown(session, &books.read().closings()?);
        };
        let through = last_day(period, session.today(&books)?)?;
        if !books.read().violations()?.is_empty() {
            return Err(Problem::new(
                Kind::Attention,
                "book_is_wrong",
                "the book breaks its own rules; it was not closed",
            )
            .hint("Run `dues check`, and do what it says rule by rule."));
        }
        session.change(&mut books, |tx| tx.close_through(through))?;
        let text = format!(
            "The books are closed through {through}: nothing is dated into that time any more.{}",
            session.dry_note()
        );
        Ok(Report::new(
            "dues.closed/1",
            data(&books.read().closings()?),
            text,
        ))
    }
}

/// The last day of what a person names.
fn last_day(period: &str, today: Date) -> Result<Date> {
    let month = dates::iso(&format!("{period}-01")).map(Date::last_of_month);
    match month {
        Some(day) => Ok(day),
        None => Ok(dates::parse(period, today)?),
    }
}

fn data(closings: &[Closing]) -> serde_json::Value {
    let rows = closings.iter().map(|one| {
        json!({"through": one.through.to_string(), "closed_at": one.closed_at.to_string(),
               "undone_at": one.undone.as_ref().map(|(at, _)| at.to_string()),
               "because": one.undone.as_ref().map(|(_, because)| because)})
    });
    rows.collect()
}

fn shown(session: &Session, closings: &[Closing]) -> Result<Report> {
    let zone = session.books()?.read().facts()?.zone;
    let mut text = match closings.iter().find(|one| one.undone.is_none()) {
        Some(one) => format!("The books are closed through {}.\n", one.through),
        None => "Nothing is closed.\n".to_owned(),
    };
    for one in closings {
        let at = hour::on_the_wall(one.closed_at, &zone);
        text.push_str(&format!("{at}  closed through {}\n", one.through));
        if let Some((at, because)) = &one.undone {
            text.push_str(&format!(
                "{}  opened again ({because})\n",
                hour::on_the_wall(*at, &zone)
            ));
        }
    }
    Ok(Report::new("dues.closed/1", data(closings), text))
}

//! A person decides what became of a charge or a refund, after looking at the
//! gateway's own page: one way for both, in the words of either.

use super::news::told;
use super::session::Session;
use super::terminal::{Haste, Report, missing};
use crate::books::{Books, Reader};
use crate::domain::charge::State;
use crate::domain::purpose::Purpose;
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::resolve::{Finding, nothing_to_resolve, resolve, would_resolve};
use crate::problem::{Problem, Result};
use crate::wiring::Desk;

/// What was typed of the finding.
pub struct Found<'a> {
    /// The gateway's id of it, if it was made.
    pub made: Option<&'a str>,
    pub not_made: bool,
    pub because: Option<&'a str>,
}

/// What is to be decided.
pub struct Case {
    pub purpose: Purpose,
    pub state: State,
    /// As it is named in the question.
    pub what: String,
}

/// Settles it, if the gateway does not say otherwise; `shown` is what is shown
/// of it then.
///
/// # Errors
///
/// Exit 2 if it was not said what was found; what [`resolve`] refuses.
pub fn decide(
    session: &Session,
    books: Books,
    case: &Case,
    found: &Found<'_>,
    shown: impl FnOnce(Reader<'_>) -> Result<Report>,
) -> Result<Report> {
    let purpose = case.purpose;
    let look = format!("Look with `dues {} show {purpose}`", purpose.word());
    let is_agreed = session.yes || session.dry_run;
    if case.state.is_final() {
        return Err(nothing_to_resolve(purpose, case.state));
    }
    let finding = found.finding(session, purpose)?;
    if !is_agreed && !session.terminal.may_ask {
        return Err(missing("a yes", "`--yes`").hint(format!("{look}, then add `--yes`.")));
    }
    let done = purpose.done();
    let free = match purpose {
        Purpose::Take(_) => "its invoices may be charged again",
        Purpose::GiveBack(_) => "its money may be given back again",
    };
    if !is_agreed {
        let question = match &finding {
            Finding::Made { id, .. } => format!("Book {} as {done}, under {id}?", case.what),
            Finding::NotMade(_) => format!("Close {purpose} as not {done}? Then {free}."),
        };
        session.terminal.confirm(&question, "--yes")?;
    }
    let desk = Desk::of(&session.config, &books)?;
    let zone = books.read().facts()?.zone;
    let tell = |news: &News| told(session, &zone, news);
    let mut world = session.world(books, &desk, &tell);
    let (resolved, mut report) = if session.dry_run {
        would_resolve(&mut world, purpose, &finding, shown)?
    } else {
        let resolved = resolve(&mut world, purpose, &finding)?;
        (resolved, shown(world.books.read())?)
    };
    let by = if resolved.confirmed {
        "The gateway confirms it."
    } else {
        "The gateway could not confirm it; your word is in the log."
    };
    report.text = match resolved.state {
        State::Succeeded => format!("{}\n{by}", report.text),
        _ => format!("{purpose} is closed as not {done}; {free}. {by}"),
    };
    report.text.push_str(session.dry_note());
    report.problem = None;
    if !session.dry_run {
        report.posts_mail = Some(Haste::Brief);
        session.finish(world.books);
    }
    Ok(report)
}

impl Found<'_> {
    /// A person is asked for what was not typed.
    fn finding(&self, session: &Session, purpose: Purpose) -> Result<Finding> {
        let because = self.because.map(|text| Text::Reason.read(text));
        match (self.made, because.transpose()?) {
            (Some(id), because) => Ok(Finding::Made {
                id: id.trim().to_owned(),
                because,
            }),
            (None, Some(because)) if self.not_made => Ok(Finding::NotMade(because)),
            _ if self.not_made => not_made(session),
            _ if session.terminal.may_ask => {
                let done = purpose.done();
                let ways = [format!("it was {done}"), format!("it was not {done}")];
                let question = "What the gateway's own page says";
                match session.terminal.choose(question, &ways)? {
                    Some(0) => {
                        let id = session
                            .terminal
                            .line("The gateway's id of it", purpose.found_flag())?;
                        Ok(Finding::Made {
                            id: id.trim().to_owned(),
                            because: None,
                        })
                    }
                    _ => not_made(session),
                }
            }
            _ => {
                let (made, not_made) = (purpose.found_flag(), purpose.not_found_flag());
                let flags = format!("`{made} ID`, or `{not_made}` with `--because TEXT`");
                Err(missing("what happened", &flags))
            }
        }
    }
}

fn not_made(session: &Session) -> Result<Finding> {
    let because = session.terminal.line("How you know", "--because TEXT")?;
    Ok(Finding::NotMade(Text::Reason.read(&because)?))
}

/// Lets a person choose one of what is open.
///
/// # Errors
///
/// Exit 2 where nobody can be asked; exit 1 if nothing is open.
pub fn which_open<T>(
    session: &Session,
    noun: &str,
    example: &str,
    mut open: Vec<T>,
    line: impl Fn(&T) -> String,
) -> Result<T> {
    if !session.terminal.may_ask {
        let what = format!("a {}, such as `{example}`", noun.to_uppercase());
        return Err(missing(&format!("which {noun}"), &what));
    }
    let lines: Vec<String> = open.iter().map(line).collect();
    match session.terminal.choose(&format!("Which {noun}"), &lines)? {
        Some(at) => Ok(open.swap_remove(at)),
        None => Err(
            Problem::refused("nothing_to_resolve", format!("no {noun} is open"))
                .hint(format!("See them all with `dues {noun} list`.")),
        ),
    }
}

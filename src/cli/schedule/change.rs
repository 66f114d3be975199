//! `dues schedule move`, `skip` and `cancel`: what a person does about what is to come.

use clap::Args;
use jiff::civil::{Date, Time};

use super::find;
use super::words::when;
use crate::books::{Books, Reader};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::dates;
use crate::domain::hour;
use crate::domain::schedule::{Name, Occurrence, Schedule, Source, Standing};
use crate::domain::text::Text;
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views::occurrences::day;
use crate::views::schedules::{next_date, schedule_view};
use crate::wiring::Desk;

/// Move one date of a schedule to another day
#[derive(Debug, Args)]
#[command(after_help = "Example: dues schedule move S-1 2026-11-30 --to 2026-12-02")]
pub struct Move {
    /// `S-1`
    schedule: String,
    /// The planned date; the next one if not given
    date: Option<String>,
    /// The day it is charged instead
    #[arg(long, value_name = "DATE")]
    to: String,
    /// Another time of day
    #[arg(long, value_name = "HH:MM")]
    at: Option<String>,
}

/// Leave one date of a schedule out
#[derive(Debug, Args)]
pub struct Skip {
    /// `S-1`
    schedule: String,
    /// The planned date; the next one if not given
    date: Option<String>,
    /// Why, for the record
    #[arg(long)]
    because: Option<String>,
}

/// End a schedule: nothing of it is charged any more
#[derive(Debug, Args)]
pub struct Cancel {
    /// `S-1`
    schedule: String,
    /// Why, for the record
    #[arg(long)]
    because: Option<String>,
}

/// One date of a schedule, and what was done about it.
struct Chosen {
    schedule: Schedule,
    name: Name,
    known: Option<Occurrence>,
}

impl Chosen {
    /// The named date, or the next that is not over.
    fn of(session: &Session, book: Reader<'_>, word: &str, date: Option<&str>) -> Result<Self> {
        let schedule = find(book, word)?;
        let source = Source::Schedule(schedule.id);
        let known = book.occurrences_of(source)?;
        let id = schedule.id;
        if let Some((_, because)) = &schedule.ended {
            return Err(
                Problem::refused("schedule_ended", format!("{id} has ended ({because})"))
                    .hint("Plan a new one with `dues schedule add`."),
            );
        }
        let planned_on = if let Some(text) = date {
            let today = schedule.hour.date(session.clock.now());
            dates::parse(text, today)?
        } else {
            let unfinished = known
                .iter()
                .filter(|known| !known.standing.is_over())
                .map(|known| known.name.planned_on)
                .min();
            let next = next_date(&schedule, &known).map(|(on, _)| on);
            unfinished.or(next).ok_or_else(|| {
                Problem::refused("nothing_to_come", format!("{id} has no date to come"))
                    .hint(format!("See it with `dues schedule show {id}`."))
            })?
        };
        let name = Name { source, planned_on };
        let known = known.into_iter().find(|known| known.name == name);
        if known.is_none() && !schedule.cadence.has(planned_on) {
            return Err(Problem::refused(
                "not_a_date_of_it",
                format!("{planned_on} is no date of {id}"),
            )
            .hint(format!("See its dates with `dues schedule show {id}`.")));
        }
        Ok(Self {
            schedule,
            name,
            known,
        })
    }

    /// It may still be decided: nothing of it was taken or may have been.
    fn require_open(&self, book: Reader<'_>) -> Result<()> {
        let Some(known) = &self.known else {
            return Ok(());
        };
        let refused = |fact: String, hint: String| {
            Err(Problem::refused("occurrence_is_over", fact).hint(hint))
        };
        if known.standing.is_over() {
            return refused(
                format!("{} is {} already", self.name, known.standing.word()),
                format!("See it with `dues schedule show {}`.", self.schedule.id),
            );
        }
        if let Some(charge) = known.charges.last() {
            let state = book.charge(*charge)?.attempt.state;
            if state.is_open() || state == crate::domain::charge::State::Succeeded {
                return refused(
                    format!("{} has {charge}, which is {state}", self.name),
                    format!("See it with `dues charge show {charge}`."),
                );
            }
        }
        Ok(())
    }
}

impl Move {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let chosen = Chosen::of(session, books.read(), &self.schedule, self.date.as_deref())?;
        chosen.require_open(books.read())?;
        let has_its_days =
            |known: &&Occurrence| !matches!(known.standing, Standing::Held | Standing::Moved);
        if let Some(charge) = (chosen.known.as_ref())
            .filter(has_its_days)
            .and_then(|known| known.charges.last())
        {
            return Err(Problem::refused(
                "occurrence_was_tried",
                format!(
                    "{} was tried as {charge}; its retries have their own days",
                    chosen.name
                ),
            )
            .hint("Skip it, and charge with `dues charge` when it suits."));
        }
        let at = match &self.at {
            Some(text) => hour::time(text)?,
            None => chosen.schedule.hour.at,
        };
        let today = chosen.schedule.hour.date(session.clock.now());
        let to = dates::parse(&self.to, today)?;
        if to < today {
            return Err(Problem::usage("date_is_past", format!("{to} is past"))
                .hint(format!("Give a day from {today} on.")));
        }
        let text = format!(
            "{} of {} is charged on {}.",
            day(chosen.name.planned_on),
            chosen.schedule.id,
            when(to, at, &chosen.schedule.hour)
        );
        mark(
            session,
            &mut books,
            &chosen,
            (to, at),
            Standing::Moved,
            None,
            text,
        )
    }
}

impl Skip {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let chosen = Chosen::of(session, books.read(), &self.schedule, self.date.as_deref())?;
        chosen.require_open(books.read())?;
        let because = &Text::Reason.read(self.because.as_deref().unwrap_or("by hand"))?;
        let text = format!(
            "{} of {} is left out.",
            day(chosen.name.planned_on),
            chosen.schedule.id
        );
        let then = match &chosen.known {
            Some(known) => (known.due_on, known.at),
            None => (chosen.name.planned_on, chosen.schedule.hour.at),
        };
        let standing = Standing::Skipped;
        mark(
            session,
            &mut books,
            &chosen,
            then,
            standing,
            Some(because),
            text,
        )
    }
}

fn mark(
    session: &Session,
    books: &mut Books,
    chosen: &Chosen,
    (due_on, at): (Date, Time),
    standing: Standing,
    because: Option<&str>,
    text: String,
) -> Result<Report> {
    let now = session.clock.now();
    let desk = Desk::of(&session.config, books)?;
    let outlook = desk.outlook(books, session.clock.now());
    let view = session.change(books, |tx| {
        chosen.require_open(tx.read())?;
        tx.mark_occurrence(chosen.name, due_on, at, standing, because)?;
        schedule_view(tx.read(), &chosen.schedule, now, &outlook)
    })?;
    Ok(Report::new(
        "dues.schedule/1",
        view,
        text + session.dry_note(),
    ))
}

impl Cancel {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let schedule = find(books.read(), &self.schedule)?;
        let id = schedule.id;
        if let Some((_, because)) = &schedule.ended {
            return Err(
                Problem::refused("schedule_ended", format!("{id} has ended ({because})"))
                    .hint(format!("See it with `dues schedule show {id}`.")),
            );
        }
        let because = self.because.as_deref().unwrap_or("cancelled by hand");
        let because = &Text::Reason.read(because)?;
        session.ask_before(&format!("Cancel {id} for good? It cannot be undone."))?;
        let now = session.clock.now();
        let desk = Desk::of(&session.config, &books)?;
        let outlook = desk.outlook(&books, session.clock.now());
        let (view, under_way) = session.change(&mut books, |tx| {
            let under_way = tx.skip_unfinished(Source::Schedule(id), because)?;
            tx.end_schedule(id, because)?;
            Ok((
                schedule_view(tx.read(), &tx.read().schedule(id)?, now, &outlook)?,
                under_way,
            ))
        })?;
        let mut text = format!("{id} is cancelled; nothing of it is charged any more.");
        if let Some(charge) = under_way {
            text = format!(
                "{id} is cancelled; but {charge} is under way or done, and stays: see `dues charge show {charge}`."
            );
        }
        Ok(Report::new(
            "dues.schedule/1",
            view,
            text + session.dry_note(),
        ))
    }
}

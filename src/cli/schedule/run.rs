//! `dues schedule run`: charges what is due. What cron calls.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::outcomes::{
    NOT_WRITTEN, problem_foreseen, problem_of, quiet_text, ran_text, ran_view, rehearsed_text,
    summary, unreadable,
};
use super::saved::{entry, read_plan, write_plan};
use crate::books::{Books, NewMail};
use crate::cli::bar::Bar;
use crate::cli::news::told;
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report};
use crate::domain::hour::spelled;
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::due::{Item, Rules, ToDo, agenda};
use crate::jobs::flight::Askers;
use crate::jobs::notices;
use crate::jobs::run_due::{Limits, Ran, Rehearsal, Stop, rehearse, run_due};
use crate::paper;
use crate::ports::Clock;
use crate::problem::{Kind, Problem, Result};
use crate::views::schedules::to_do_view;
use crate::wiring::Desk;

/// Charge what is due: schedules, autopay, retries; then send the mails
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 all is well, 4 a card was declined, 5 an outcome is unknown, 6 stopped \
                        before the end, 7 another dues is at work, 8 something needs a person. \
                        A dry run ends as the run would if no card were declined."
)]
pub struct Run {
    /// Look ahead to the end of this day; only with --dry-run
    #[arg(long, value_name = "DATE", requires = "dry_run")]
    until: Option<String>,
    /// Keep what --dry-run shows in a file, to be run exactly so
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    save: Option<PathBuf>,
    /// Charge what this saved plan says, and nothing else
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// The most to take in all
    #[arg(long, value_name = "AMOUNT")]
    max_total: Option<String>,
    /// The most charges
    #[arg(long, value_name = "N")]
    max_count: Option<u32>,
    /// Stop after so many declines
    #[arg(long, value_name = "N")]
    stop_after_declines: Option<u32>,
    /// How many charges to ask for at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=128))]
    jobs: u8,
    /// Hold for a person what is later than this
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    max_late: u32,
    /// Print one line if it did anything, and leave to `status` what is as it was
    #[arg(long, short)]
    quiet: bool,
}

impl Run {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let agreed = match &self.plan {
            Some(file) => Some(read_plan(file, &books.read().facts()?.id)?),
            None => None,
        };
        let met = RefCell::new(Vec::new());
        let refuse = |item: &Item| -> Option<String> {
            let plan = agreed.as_ref()?;
            met.borrow_mut().push(item.name.to_string());
            match plan.get(&item.name.to_string()) {
                None => Some("it is not in the saved plan".to_owned()),
                Some(planned) if *planned == entry(item) => None,
                Some(_) => Some("what would be charged differs from the saved plan".to_owned()),
            }
        };
        let (retries, bad_rules) = match session.config.schedule.retries() {
            Ok(retries) => (retries, None),
            Err(problem) => (Rules::default().retries, Some(problem)),
        };
        let limits = Limits {
            rules: Rules {
                max_late: SignedDuration::from_hours(i64::from(self.max_late)),
                retries,
            },
            bad_rules,
            max_total: match &self.max_total {
                Some(text) => Some(Money::typed(text, books.read().facts()?.currency)?),
                None => None,
            },
            max_count: self.max_count,
            askers: Askers::at_once(self.jobs.into()),
            stop_after_declines: self.stop_after_declines,
            large_is_agreed: session.yes || self.plan.is_some(),
            by_hand: session.terminal.may_ask,
            refuse: &refuse,
        };
        let mut report = if session.dry_run {
            self.rehearse(session, books, &limits)?
        } else {
            self.really(session, books, &limits)?
        };
        if let Some(plan) = &agreed {
            let met = met.borrow();
            let gone: Vec<&String> = plan.keys().filter(|name| !met.contains(name)).collect();
            for name in &gone {
                report.warnings.push(format!(
                    "{name} is in the saved plan, and is not to be charged now"
                ));
            }
            if !gone.is_empty() && report.problem.is_none() {
                report.problem = Some(
                    Problem::new(
                        Kind::Partial,
                        "plan_drifted",
                        "what is due differs from the saved plan; what differs was not charged",
                    )
                    .hint("See what is due with `dues schedule run --dry-run`."),
                );
            }
        }
        Ok(report)
    }

    fn really(&self, session: &Session, books: Books, limits: &Limits<'_>) -> Result<Report> {
        let desk = Desk::of(&session.config, &books)?;
        let zone = books.read().facts()?.zone;
        // What is as unknown as it was is no news.
        let steps = agenda(books.read(), session.clock.now(), &limits.rules)?.len();
        let may_show = !self.quiet && !session.terminal.json;
        let bar = Bar::new(steps, &session.clock, may_show);
        let tell = |news: &News| match news {
            News::Recovered(found) if self.quiet && found.from == found.to => {}
            News::Ran(steps) => bar.reached(*steps),
            news => bar.beside(|| told(session, &zone, news)),
        };
        let mut world = session.world(books, &desk, &tell);
        let began = session.clock.now();
        let ran = run_due(&mut world, limits);
        bar.clear();
        let ran = match ran {
            Ok(ran) => ran,
            Err(problem) => {
                told_of_mails(
                    session,
                    report_refusal(session, &mut world.books, began, &problem),
                );
                session.finish(world.books);
                return Ok(Report {
                    problem: Some(problem),
                    posts_mail: Some(Haste::Whole),
                    ..Report::default()
                });
            }
        };
        // What was charged is charged: that a mail could not be written is only said.
        let settings = session.config.schedule.clone();
        let told = notices::write(
            &mut world,
            &limits.rules,
            &notices::Settings {
                announce_days: settings.announce_days.unwrap_or(0),
                card_link: settings.card_link.map(|link| link.to_string()),
            },
        )
        .map(drop)
        .and_then(|()| report(session, &mut world.books, &ran));
        if let Err(problem) = told {
            let fact = format!("warning: a mail could not be written: {}", problem.fact());
            session.terminal.say(&fact);
        }
        let mut report = self
            .report(&world.books, &ran)
            .unwrap_or_else(|problem| Report {
                problem: Some(unreadable(&ran, problem)),
                ..Report::default()
            });
        report.posts_mail = Some(Haste::Whole);
        session.finish(world.books);
        Ok(report)
    }

    /// What is said of a run.
    fn report(&self, books: &Books, ran: &Ran) -> Result<Report> {
        let book = books.read();
        let text = if self.quiet {
            quiet_text(book, ran)?
        } else {
            ran_text(book, ran)?
        };
        let mut report = Report::new("dues.schedule_run/1", ran_view(book, ran)?, text);
        report.problem = problem_of(books, ran, self.quiet)?;
        if let Some(problem) = &ran.not_written {
            report
                .warnings
                .push(format!("{NOT_WRITTEN}: {}", problem.fact()));
        }
        Ok(report)
    }

    fn rehearse(&self, session: &Session, books: Books, limits: &Limits<'_>) -> Result<Report> {
        let until = match &self.until {
            None => None,
            Some(text) => {
                let zone = books.read().facts()?.zone;
                let day = session.date(&books, text)?;
                let next = day.tomorrow().unwrap_or(day);
                let end = next.to_zoned(zone).map(|midnight| midnight.timestamp());
                Some(end.unwrap_or(Timestamp::MAX) - SignedDuration::from_secs(1))
            }
        };
        let desk = Desk::of(&session.config, &books)?;
        let mut world = session.world(books, &desk, &|_| ());
        let Rehearsal { items, stop, asks } = rehearse(&mut world, limits, until)?;
        let book = world.books.read();
        let mut text = rehearsed_text(&items, session.clock.now());
        if let Some(stop) = &stop {
            text.push_str(&format!("\nthen it would stop: {stop}"));
        }
        if let Some(file) = &self.save {
            let plan: BTreeMap<String, Value> = items
                .iter()
                .filter(|item| matches!(item.to_do, ToDo::Charge(_) | ToDo::Apply { .. }))
                .map(|item| (item.name.to_string(), entry(item)))
                .collect();
            write_plan(file, &book.facts()?.id, session.clock.now(), &plan)?;
            text.push_str(&format!(
                "\nSaved as {file}; `dues schedule run --plan {file}` charges exactly this.",
                file = file.display()
            ));
        }
        text.push_str("\nnothing was charged (dry run)");
        let rows: Vec<Value> = items
            .iter()
            .map(|item| {
                let mut row = to_do_view(item);
                row["occurrence"] = item.name.to_string().into();
                row["customer"] = item.customer.code.clone().into();
                row["due_on"] = item.due_on.to_string().into();
                row["at"] = spelled(item.hour.at).into();
                row["instant"] = item.hour.on(item.due_on).to_string().into();
                row
            })
            .collect();
        let data = json!({
            "charges": rows, "stopped": stop.as_ref().map(ToString::to_string),
            "until": until.map(|until| until.to_string()),
        });
        let mut report = Report::new("dues.schedule_run_plan/1", data, text);
        report.problem = match (asks, stop) {
            (Some(asks), _) => Some(asks),
            // Nothing would be done: it ends as the run would.
            (None, Some(Stop::Failed(problem))) => Some(problem),
            (None, stop) => problem_foreseen(&world.books, &items, stop.as_ref())?,
        };
        Ok(report)
    }
}

/// What was charged is charged: that a mail could not be written is only said.
fn told_of_mails(session: &Session, written: Result<()>) {
    if let Err(problem) = written {
        let fact = format!("warning: a mail could not be written: {problem}");
        session.terminal.say(&fact);
    }
}

/// Tells whoever keeps the book what a run left to do, if it left anything.
fn report(session: &Session, books: &mut Books, ran: &Ran) -> Result<()> {
    let Some(to) = reports_to(session)? else {
        return Ok(());
    };
    if problem_of(books, ran, true)?.is_none() {
        return Ok(());
    }
    let (lines, one) = (ran_text(books.read(), ran)?, summary(books.read(), ran)?);
    mail_report(session, books, to, &one, &lines)
}

/// As [`report`], of a run that was refused whole; once, however often cron tries.
fn report_refusal(
    session: &Session,
    books: &mut Books,
    began: Timestamp,
    problem: &Problem,
) -> Result<()> {
    let Some(to) = reports_to(session)? else {
        return Ok(());
    };
    let left = books.read().not_done()?;
    if !left.iter().any(|left| left.since >= began) {
        return Ok(());
    }
    let names: Vec<String> = left.iter().map(|left| left.name.to_string()).collect();
    let advice = problem.advice().unwrap_or_default();
    let lines = format!("{problem}\n{advice}\n\nnot charged: {}", names.join(", "));
    mail_report(session, books, to, "Nothing was charged.", &lines)
}

/// Whoever is told what a run left to do.
fn reports_to(session: &Session) -> Result<Option<String>> {
    let to = session.config.schedule.report_to.as_deref();
    to.map(|to| Text::MailAddress.read(to))
        .transpose()
        .map_err(|error| {
            Problem::setup("bad_email", error.to_string())
                .at("`schedule.report_to`")
                .hint("Put one address there, such as `books@yourshop.example`.")
        })
}

fn mail_report(
    session: &Session,
    books: &mut Books,
    to: String,
    one: &str,
    lines: &str,
) -> Result<()> {
    let at = session.clock.now();
    let mail = NewMail {
        event: format!("run:{at}"),
        to,
        customer: None,
        payment: None,
        wording: paper::run_report(&books.read().facts()?.name, one, lines),
    };
    books.write(&session.hand, at, |tx| {
        if tx.read().has_mail(&mail.event, &mail.to)? {
            return Ok(());
        }
        tx.queue_mail(&mail).map(drop)
    })
}

//! `dues schedule add`: what is charged, when, and from which card.

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::words::{schedule_text, today_line};
use crate::books::Reader;
use crate::cli::choosing::{ask, no_card, tick_invoices};
use crate::cli::picking::{WHOSE_CARD, ask_customer, customer, hour, memo, named_card, pick};
use crate::cli::session::Session;
use crate::cli::terminal::{Report, missing};
use crate::domain::cadence::{Cadence, Ending, Every};
use crate::domain::customer::Customer;
use crate::domain::dates;
use crate::domain::hour::{Hour, without_summer_time};
use crate::domain::ids::ScheduleId;
use crate::domain::money::{Currency, Money};
use crate::domain::schedule::{Aim, Schedule, Source, Target};
use crate::domain::spread::Pick;
use crate::jobs::due::ToDo;
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views::schedules::schedule_view;
use crate::wiring::Desk;

/// Charge a card on a date, once or again and again
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dues schedule add ROSA --on mon --at 09:00 --invoice INV-7 --invoice INV-9=250
  dues schedule add ROSA --all-due --on fri --every 2 weeks
  dues schedule add ROSA --amount 500 --every month --day 31 --count 12")]
pub struct Add {
    /// Whose card: a code, or the beginning of a name
    customer: Option<String>,
    /// The day, or the first of them: 2026-11-30, mon, tomorrow, +3d, eom
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// The time of day; 09:00 if not given
    #[arg(long, value_name = "HH:MM")]
    at: Option<String>,
    /// The zone of that time; the book's own if not given
    #[arg(long)]
    zone: Option<String>,
    /// The last four, the nickname; on each day the default card if not given
    #[arg(long)]
    card: Option<String>,
    /// An invoice to pay, what is open of it then or at most an amount; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    invoice: Vec<String>,
    /// Everything that is due then
    #[arg(long, conflicts_with_all = ["invoice", "amount"])]
    all_due: bool,
    /// An amount, or what is open then if that is less; oldest due invoices first
    #[arg(long, conflicts_with = "invoice", allow_hyphen_values = true)]
    amount: Option<String>,
    /// Let what exceeds the open invoices stay on account
    #[arg(long, requires = "amount")]
    on_account: bool,
    /// The currency of `--amount`; the book's own if not given
    #[arg(long, requires = "amount")]
    currency: Option<String>,
    /// Again and again: month, 2 weeks, 10 days
    #[arg(long, num_args = 1..=2, value_names = ["N", "UNIT"])]
    every: Vec<String>,
    /// The day of the month; 31 is the last one of each
    #[arg(long, requires = "every")]
    day: Option<i8>,
    /// How often in all
    #[arg(long, requires = "every", conflicts_with = "until")]
    count: Option<u32>,
    /// The last day it may be charged
    #[arg(long, value_name = "DATE", requires = "every")]
    until: Option<String>,
    /// Charge exactly what is shown now, or nothing
    #[arg(long)]
    lock_amount: bool,
    /// Use the customer's credits before the card
    #[arg(long, conflicts_with = "amount")]
    use_credits: bool,
    /// A note for the book and the confirmation
    #[arg(long)]
    memo: Option<String>,
    /// Write no confirmation
    #[arg(long)]
    no_email: bool,
}

impl Add {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let desk = Desk::of(&session.config, &books)?;
        let outlook = desk.outlook(&books, session.clock.now());
        let now = session.clock.now();
        let new = self.schedule(session, books.read(), now)?;
        let on_invoices: Vec<(String, ScheduleId)> = match &new.aim {
            Aim::Invoices(targets) => targets
                .iter()
                .map(|target| {
                    let others = books.read().schedules_paying(target.invoice)?;
                    Ok(others.first().map(|other| (target.number.clone(), *other)))
                })
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect(),
            _ => Vec::new(),
        };
        let mut report = session.change(&mut books, |tx| {
            let id = tx.add_schedule(&new)?;
            let schedule = tx.read().schedule(id)?;
            let today = outlook.as_of_today(tx.read(), Source::Schedule(id), now)?;
            let mut text = schedule_text(tx.read(), &schedule)?;
            let mut warnings = Vec::new();
            if let Some(item) = &today {
                match &item.to_do {
                    ToDo::Charge(_) | ToDo::Apply { .. } | ToDo::Skip(_) => {
                        text.push_str(&format!("{}\n", today_line(item)));
                    }
                    ToDo::Pass(reason) | ToDo::Hold(reason) => {
                        warnings.push(format!("as things stand it would not be charged: {reason}"));
                    }
                    ToDo::Wait { .. } | ToDo::Fail(_) | ToDo::Paid(_) => {}
                }
            }
            let first = schedule.hour.on(schedule.cadence.first_on);
            text.push_str(if first <= now {
                "Its time has come already: the next `dues schedule run`, by hand or from cron, charges it."
            } else {
                "`dues schedule run`, by hand or from cron, charges it when its time has come."
            });
            let view = schedule_view(tx.read(), &schedule, now, &outlook)?;
            let mut report = Report::new("dues.schedule/1", view, text);
            report.warnings = warnings;
            Ok(report)
        })?;
        for (number, other) in on_invoices {
            report
                .warnings
                .push(format!("{number} is to be paid by {other} already"));
        }
        if self.zone.is_some() {
            report
                .warnings
                .extend(without_summer_time(&new.hour.zone_name, now));
        }
        if session.dry_run {
            report.text.push_str(session.dry_note());
        }
        Ok(report)
    }

    fn schedule(&self, session: &Session, book: Reader<'_>, now: Timestamp) -> Result<Schedule> {
        let customer = match &self.customer {
            Some(word) => customer(session, book, word)?,
            None => ask_customer(session, book, &WHOSE_CARD)?,
        };
        if session.terminal.may_ask
            && let Some(problem) = no_card(book, &customer, self.card.as_deref())
        {
            // One may be saved before the day comes.
            session
                .terminal
                .say(&format!("warning: {}", problem.fact()));
        }
        let facts = book.facts()?;
        let hour = hour(&facts, self.at.as_deref(), self.zone.as_deref())?;
        let cadence = self.cadence(session, &hour, now)?;
        let card = named_card(session, book, &customer, self.card.as_deref())?;
        let memo = memo(self.memo.as_deref())?;
        let aim = self.aim(session, book, &customer, &cadence)?;
        if self.lock_amount && cadence.every.is_some() && !matches!(aim, Aim::Amount { .. }) {
            return Err(Problem::usage(
                "lock_repeats",
                "what is open today cannot be charged again and again",
            )
            .hint("Leave `--lock-amount` out, or lock an `--amount`."));
        }
        Ok(Schedule {
            id: ScheduleId(0),
            customer: customer.id,
            card: card.map(|card| card.id),
            aim,
            use_credits: self.use_credits,
            is_locked: self.lock_amount,
            cadence,
            hour,
            memo,
            wants_mail: !self.no_email,
            planned_at: now,
            ended: None,
        })
    }

    fn cadence(&self, session: &Session, hour: &Hour, now: Timestamp) -> Result<Cadence> {
        let today = hour.date(now);
        let date = |text: &String| Ok::<_, Problem>(dates::parse(text, today)?);
        let not_past = |on: Date| {
            if on >= today {
                return Ok(on);
            }
            Err(
                Problem::usage("date_is_past", format!("{on} is past")).hint(format!(
                    "Give a day from {today} on, or charge now with `dues charge`."
                )),
            )
        };
        let on = match &self.on {
            Some(text) => Some(date(text).and_then(not_past)?),
            // A person is asked; a script is told which flag is missing.
            None if self.day.is_none() && session.terminal.may_ask => {
                let question = "On which day (2026-11-30, mon, tomorrow, +3d, eom)";
                let read = |text: &str| date(&text.to_owned()).and_then(not_past);
                Some(ask(session, question, "--on DATE", read)?)
            }
            None => None,
        };
        if self.every.is_empty() {
            let on = on.ok_or_else(|| missing("the day", "`--on DATE`, such as `--on mon`"))?;
            return Ok(Cadence::once(on));
        }
        let every = Every::parse(&self.every.join(" "))?;
        // Today counts as long as its hour has not passed.
        let next = if hour.on(today) > now {
            today
        } else {
            today.tomorrow().unwrap_or(today)
        };
        let from = match (on, self.day) {
            (Some(on), _) => on,
            (None, Some(_)) => next,
            (None, None) => {
                return Err(missing(
                    "the first day",
                    "`--on DATE`, such as `--on mon`, or `--day 31`",
                ));
            }
        };
        let ends = match (self.count, &self.until) {
            (Some(count), _) => Ending::After(count),
            (None, Some(until)) => Ending::On(date(until)?),
            (None, None) => Ending::Never,
        };
        Ok(Cadence::repeated(from, every, self.day, ends)?)
    }

    fn aim(
        &self,
        session: &Session,
        book: Reader<'_>,
        customer: &Customer,
        cadence: &Cadence,
    ) -> Result<Aim> {
        if let Some(amount) = &self.amount {
            let currency = match &self.currency {
                Some(code) => Currency::parse(code)?,
                None => book.facts()?.currency,
            };
            let amount = Money::typed(amount, currency)?;
            if !amount.is_positive() {
                return Err(Problem::usage(
                    "amount_not_positive",
                    "an amount to charge must be more than zero",
                )
                .hint("Give what should be taken from the card, such as `--amount 250`."));
            }
            return Ok(Aim::Amount {
                amount,
                on_account: self.on_account,
            });
        }
        if self.all_due && !self.lock_amount {
            return Ok(Aim::AllDue);
        }
        let picks: Vec<Pick> = if self.all_due {
            book.open_invoices(Some(customer.id))?
                .into_iter()
                .filter(|invoice| invoice.is_due(cadence.first_on))
                .map(|invoice| Pick {
                    number: invoice.number,
                    amount: None,
                })
                .collect()
        } else if self.invoice.is_empty() {
            tick_invoices(session, book, customer)?.ok_or_else(|| {
                missing(
                    "what to charge",
                    "`--invoice INV`, `--all-due` or `--amount A`",
                )
            })?
        } else {
            let named = self
                .invoice
                .iter()
                .map(|text| pick(session, book, customer, text));
            named.collect::<Result<_>>()?
        };
        if picks.is_empty() {
            return Err(Problem::refused(
                "nothing_due",
                format!(
                    "nothing of {} is due by {}",
                    customer.code, cadence.first_on
                ),
            )
            .hint("Leave `--lock-amount` out to charge whatever is due on the day."));
        }
        self.targets(book, customer, &picks).map(Aim::Invoices)
    }

    /// The invoices as they stand; each must be open, and one that is locked
    /// is fixed at what is open now.
    fn targets(
        &self,
        book: Reader<'_>,
        customer: &Customer,
        picks: &[Pick],
    ) -> Result<Vec<Target>> {
        let mut targets: Vec<Target> = Vec::new();
        for pick in picks {
            let invoice = book.find_invoice(&pick.number, Some(customer))?;
            let number = &invoice.number;
            let refuse =
                |code, fact: String| Err(Problem::refused(code, fact).hint("Leave it out."));
            if targets.iter().any(|known| known.invoice == invoice.id) {
                return Err(Problem::usage(
                    "invoice_twice",
                    format!("invoice `{number}` is named twice"),
                )
                .hint("Name each invoice once, with the whole amount to be paid on it."));
            }
            if invoice.is_void {
                return refuse("invoice_void", format!("invoice `{number}` is void"));
            }
            if invoice.open.is_zero() {
                return refuse("invoice_paid", format!("invoice `{number}` is paid"));
            }
            if let Some(asked) = pick.amount {
                if !asked.is_positive() {
                    return Err(Problem::usage(
                        "amount_not_positive",
                        "an amount to charge must be more than zero",
                    )
                    .hint("Give what should be paid of it, such as `--invoice INV-9=250`."));
                }
                if asked.minus(invoice.open).is_positive() {
                    return Err(Problem::refused(
                        "more_than_open",
                        format!(
                            "invoice `{number}` has only {} open; {asked} is asked",
                            invoice.open
                        ),
                    )
                    .hint(format!("Ask for at most {}.", invoice.open.decimal())));
                }
            }
            targets.push(Target {
                invoice: invoice.id,
                amount: pick.amount.or(self.lock_amount.then_some(invoice.open)),
                number: invoice.number,
            });
        }
        Ok(targets)
    }
}

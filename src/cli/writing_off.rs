//! `dues invoice writeoff`: what will not be paid, or is not worth asking for.

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::picking;
use super::session::Session;
use super::tables::{by_currency, joined};
use super::terminal::{Report, missing, table};
use crate::books::{Books, NewAdjustment};
use crate::domain::credit::AdjustmentKind;
use crate::domain::ids::AdjustmentId;
use crate::domain::invoice::Invoice;
use crate::domain::money::{Currency, Money};
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::credits;

/// Take off what will not be paid, or is not worth asking for
#[derive(Debug, Args)]
#[command(
    after_help = "One invoice by its number; or with `--under` every one with less than that open. `--undo` asks for it
again, where it is paid after all.

Examples:
  dues invoice writeoff INV-7 --because \"out of business\"
  dues invoice writeoff --under 1.00 --older 90d --dry-run
  dues invoice writeoff --undo ADJ-3 --because \"they paid\""
)]
pub struct WriteOff {
    /// Its number, or the end of it
    #[arg(conflicts_with_all = ["under", "undo"])]
    invoice: Option<String>,
    /// How much, in major units; all that is open if not given
    #[arg(long, conflicts_with_all = ["under", "undo"])]
    amount: Option<String>,
    /// Why, for the record
    #[arg(long)]
    because: Option<String>,
    /// Every invoice with less than this open
    #[arg(long, value_name = "AMOUNT", conflicts_with = "undo")]
    under: Option<String>,
    /// Of those only the ones that were due so long ago: 90d
    #[arg(long, value_name = "DAYS", requires = "under")]
    older: Option<String>,
    /// The currency of `--under`; the book's own if not given
    #[arg(long, requires = "under")]
    currency: Option<String>,
    /// Ask again for what was written off
    #[arg(long, value_name = "ADJ")]
    undo: Option<String>,
    /// The day it counts for; today if not given
    #[arg(long, value_name = "DATE", conflicts_with = "under")]
    on: Option<String>,
}

impl WriteOff {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        match (&self.invoice, &self.under, &self.undo) {
            (_, _, Some(word)) => self.undo(session, &mut books, word),
            (_, Some(under), _) => self.all(session, &mut books, under),
            (Some(word), ..) => self.one(session, &mut books, word),
            _ => Err(missing(
                "which invoice is written off",
                "an INVOICE or `--under`",
            )),
        }
    }

    fn one(&self, session: &Session, books: &mut Books, word: &str) -> Result<Report> {
        let invoice = picking::invoice(session, books.read(), None, word)?;
        let number = &invoice.number;
        let amount = match &self.amount {
            Some(text) => Money::typed(text, invoice.total.currency())?,
            None => invoice.available(),
        };
        if invoice.is_void || !invoice.available().is_positive() {
            let (code, fact) = if invoice.is_void {
                ("invoice_void", format!("invoice `{number}` is void"))
            } else if invoice.reserved.is_positive() {
                (
                    "invoice_reserved",
                    format!("invoice `{number}` is being paid by a charge that is not finished"),
                )
            } else {
                (
                    "nothing_open",
                    format!("nothing is open of invoice `{number}`"),
                )
            };
            return Err(Problem::refused(code, fact)
                .hint(format!("See it with `dues invoice show {number}`.")));
        }
        if !amount.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                "a write-off must be for more than zero",
            )
            .hint("Give how much is not asked for any more, or leave `--amount` out."));
        }
        let because = session.reason(self.because.as_deref())?;
        let on = session.past_day(books, self.on.as_deref())?;
        session.ask_before(&format!("Write off {amount} of {number}?"))?;
        let (data, after, id) = session.change(books, |tx| {
            let id = tx.adjust(&NewAdjustment {
                invoice: &invoice,
                kind: AdjustmentKind::WriteOff,
                amount,
                because: &because,
                payment: None,
                on,
            })?;
            let after = tx.read().find_invoice(number, None)?;
            Ok((credits::adjustment(&tx.read().adjustment(id)?), after, id))
        })?;
        let text = format!(
            "Wrote off {amount} of {number} ({id}): {} open.{}",
            after.open,
            session.dry_note()
        );
        Ok(Report::new("dues.writeoff/1", data, text))
    }

    fn undo(&self, session: &Session, books: &mut Books, word: &str) -> Result<Report> {
        let id = AdjustmentId::parse(word).ok_or_else(|| {
            Problem::usage("bad_adjustment", format!("`{word}` is not a write-off"))
                .hint("Write it as `ADJ-3`; `dues invoice show` has those of an invoice.")
        })?;
        let adjustment = books.read().adjustment(id)?;
        let because = session.reason(self.because.as_deref())?;
        let on = session.past_day(books, self.on.as_deref())?;
        let (data, after) = session.change(books, |tx| {
            tx.ask_again(&adjustment, &because, on)?;
            let after = tx.read().find_invoice(&adjustment.number, None)?;
            Ok((credits::adjustment(&tx.read().adjustment(id)?), after))
        })?;
        let text = format!(
            "{} of {} is asked for again: {} open.{}",
            adjustment.amount,
            adjustment.number,
            after.open,
            session.dry_note()
        );
        Ok(Report::new("dues.writeoff/1", data, text))
    }

    fn all(&self, session: &Session, books: &mut Books, under: &str) -> Result<Report> {
        let book = books.read();
        let currency = match &self.currency {
            Some(code) => Currency::parse(code)?,
            None => book.facts()?.currency,
        };
        let under = Money::typed(under, currency)?;
        if !under.is_positive() {
            return Err(
                Problem::usage("amount_not_positive", "`--under` must be more than zero")
                    .hint("Give the amount that is worth asking for, such as `1.00`."),
            );
        }
        let today = session.today(books)?;
        let due_by = match &self.older {
            Some(text) => days_before(today, text)?,
            None => today,
        };
        let (small, wanted) = books.read().worth_writing_off(under, due_by)?;
        let left_out: Vec<String> = wanted
            .iter()
            .map(|invoice| {
                format!(
                    "{} is left out: a charge or a refund that is not finished wants it",
                    invoice.number
                )
            })
            .collect();
        if small.is_empty() {
            let mut report = Report::new(
                "dues.writeoffs/1",
                json!({"written_off": [], "left_out": wanted.iter().map(|it| &it.number).collect::<Vec<_>>()}),
                "Nothing is so small and so old.",
            );
            report.warnings = left_out;
            return Ok(report);
        }
        let because = match (&self.because, session.dry_run) {
            (None, true) => "dry run".to_owned(),
            (because, _) => session.reason(because.as_deref())?,
        };
        let listed = listed(books, &small)?;
        let sums = joined(&by_currency(small.iter().map(|invoice| invoice.open)));
        let many = match small.len() {
            1 => "1 invoice".to_owned(),
            many => format!("{many} invoices"),
        };
        session.require_yes(&format!("{listed}\nWrite off {sums} of {many}?"))?;
        let data = session.change(books, |tx| {
            let made = tx.write_off(&small, &because, today)?;
            let made: Result<Vec<_>> = made
                .into_iter()
                .map(|id| Ok(credits::adjustment(&tx.read().adjustment(id)?)))
                .collect();
            Ok(json!({"written_off": made?, "left_out": wanted.iter().map(|it| &it.number).collect::<Vec<_>>(),
                      "under": views::money(under), "due_by": due_by.to_string()}))
        })?;
        let text = format!(
            "{listed}\nWrote off {sums} of {many}.{}",
            session.dry_note()
        );
        let mut report = Report::new("dues.writeoffs/1", data, text);
        report.warnings = left_out;
        Ok(report)
    }
}

fn listed(books: &Books, invoices: &[Invoice]) -> Result<String> {
    let mut rows = Vec::new();
    for invoice in invoices {
        rows.push(vec![
            invoice.number.clone(),
            books.read().customer(invoice.customer)?.code,
            invoice.due_on.to_string(),
            invoice.total.to_string(),
            invoice.open.to_string(),
        ]);
    }
    Ok(table(
        &["invoice", "customer", "due", "total", "open"],
        &[3, 4],
        rows,
    ))
}

/// The day so many days before: `90d`, or `90`.
fn days_before(today: Date, text: &str) -> Result<Date> {
    let days = text.trim().trim_end_matches(['d', 'D']);
    let days = days.parse::<u16>().ok();
    days.and_then(|days| today.checked_sub(i32::from(days).days()).ok())
        .ok_or_else(|| {
            Problem::usage("bad_days", format!("`{text}` is not a number of days"))
                .hint("Write it as `90d`.")
        })
}

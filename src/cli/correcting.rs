//! `dues invoice correct` and `edit`: a wrong invoice put right.

use clap::Args;
use serde_json::{Value, json};

use super::picking::{self, memo};
use super::session::Session;
use super::terminal::{Haste, Report};
use crate::books::{Correction, Reader};
use crate::domain::invoice::{Invoice, InvoiceNumber};
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::jobs::credit;
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::credits;

/// Put another invoice in the place of a wrong one
#[derive(Debug, Args)]
#[command(
    after_help = "While nothing is paid of it, and the customer does not have it, the wrong one is made void. Else it stays, \
                  a credit memo takes it off, and the new one takes over what was paid; what was paid above it is on \
                  account.\n\nExample: dues invoice correct INV-7 --amount 480 --because \"12 boxes, not 15\""
)]
pub struct Correct {
    /// Its number, or the end of it
    invoice: String,
    /// What it should have been for, in major units: 480
    #[arg(long)]
    amount: String,
    /// Why; the customer reads it where they had the wrong one
    #[arg(long)]
    because: Option<String>,
    /// The number of the new one; `INV-7-2` for the first of `INV-7` if not given
    #[arg(long)]
    number: Option<String>,
    /// The customer has it: credit it, although nothing is paid
    #[arg(long)]
    sent: bool,
    /// Write no mail to the customer
    #[arg(long)]
    no_email: bool,
}

/// Change when an invoice is due, its memo or its PO number
#[derive(Debug, Args)]
#[command(
    after_help = "What it said before stays in the book: `dues invoice show` has it.\n\nExample: dues invoice edit INV-7 --due 2026-12-15"
)]
pub struct Edit {
    /// Its number, or the end of it
    invoice: String,
    /// When it is due
    #[arg(long, value_name = "DATE")]
    due: Option<String>,
    /// What it is for; `none` for nothing
    #[arg(long)]
    memo: Option<String>,
    /// The customer's own number for it; `none` for none
    #[arg(long, value_name = "NUMBER")]
    po: Option<String>,
}

impl Correct {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let book = books.read();
        let wrong = picking::invoice(session, book, None, &self.invoice)?;
        let owner = book.customer(wrong.customer)?.code;
        let amount = Money::typed(&self.amount, wrong.total.currency())?;
        if !amount.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                "an invoice must be for more than zero",
            )
            .hint(format!(
                "If nothing is owed of it, use `dues invoice void {number}`, or `dues credit add {owner} --invoice {number}`.",
                number = wrong.number
            )));
        }
        let because = session.reason(self.because.as_deref())?;
        let number = match &self.number {
            Some(number) => InvoiceNumber::parse(number)?,
            None => book.next_number(&wrong)?,
        };
        let on = session.today(&books)?;
        let schedules = books.read().schedules_paying(wrong.id)?;
        let correction = Correction {
            invoice: &wrong,
            number: &number,
            amount,
            because: &because,
            was_sent: self.sent,
            on,
        };
        let shows = |corrected: &crate::books::Corrected| told(&wrong, corrected);
        if session.terminal.may_ask && !session.yes && !session.dry_run {
            let planned = books.rehearse(
                &session.hand,
                crate::ports::Clock::now(&session.clock),
                |tx| tx.correct_invoice(&correction),
            )?;
            session.ask_before(&format!(
                "{}Correct it so? It cannot be undone.",
                shows(&planned)
            ))?;
        }
        let (data, text) = session.change(&mut books, |tx| {
            let corrected = credit::correct(tx, &correction, !self.no_email)?;
            let mut data = views::invoice(&corrected.new, &owner);
            data["corrects"] = wrong.number.clone().into();
            data["taken_over"] = views::money(corrected.taken_over);
            data["on_account"] = views::money(corrected.left);
            data["credit"] = (corrected.memo.as_ref())
                .map(|memo| credits::memo_row(tx.read(), memo))
                .transpose()?
                .into();
            Ok((data, shows(&corrected)))
        })?;
        let mut report = Report::new("dues.invoice/1", data, text + session.dry_note());
        report.posts_mail = (!self.no_email && !session.dry_run).then_some(Haste::Brief);
        for schedule in schedules {
            report.warnings.push(format!(
                "{schedule} is for {} alone, and will not pay {number}: see `dues schedule show {schedule}`",
                wrong.number
            ));
        }
        Ok(report)
    }
}

/// What became of the wrong one, and what stands in for it.
fn told(wrong: &Invoice, corrected: &crate::books::Corrected) -> String {
    let (number, new) = (&wrong.number, &corrected.new);
    let mut text = match &corrected.memo {
        None => format!("{number} of {} is void.\n", wrong.total),
        Some(memo) => format!(
            "{number} of {} is taken off by credit memo {}.\n",
            wrong.total, memo.number
        ),
    };
    text.push_str(&format!(
        "{} for {} stands in for it, due {}: {} open.\n",
        new.number, new.total, new.due_on, new.open
    ));
    if corrected.taken_over.is_positive() {
        text.push_str(&format!(
            "It takes over {} that was paid.\n",
            corrected.taken_over
        ));
    }
    if corrected.left.is_positive() {
        text.push_str(&format!(
            "{} that was paid is on account.\n",
            corrected.left
        ));
    }
    text
}

impl Edit {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let invoice = picking::invoice(session, books.read(), None, &self.invoice)?;
        let owner = books.read().customer(invoice.customer)?.code;
        if self.due.is_none() && self.memo.is_none() && self.po.is_none() {
            return Err(
                Problem::usage("nothing_to_change", "nothing to change was given").hint(format!(
                    "Add `--due`, `--memo` or `--po`; another amount is a correction: `dues invoice correct {}`.",
                    invoice.number
                )),
            );
        }
        let due_on = match &self.due {
            Some(text) => session.date(&books, text)?,
            None => invoice.due_on,
        };
        let memo = match self.memo.as_deref() {
            Some("none") => None,
            Some(text) => memo(Some(text))?,
            None => invoice.memo.clone(),
        };
        let po_number = match self.po.as_deref() {
            Some("none") => None,
            Some(text) => Some(Text::PoNumber.read(text)?),
            None => invoice.po_number.clone(),
        };
        let (data, after) = session.change(&mut books, |tx| {
            let after = tx.edit_invoice(&invoice, due_on, memo.as_deref(), po_number.as_deref())?;
            let mut data = views::invoice(&after, &owner);
            data["edits"] = edits(tx.read(), &after)?;
            Ok((data, after))
        })?;
        let mut text = format!("{} is due {}", after.number, after.due_on);
        if let Some(memo) = &after.memo {
            text.push_str(&format!("; memo: {memo}"));
        }
        text.push('.');
        let mut report = Report::new("dues.invoice/1", data, text + session.dry_note());
        if after.due_on < after.issued_on {
            report
                .warnings
                .push("it is due before it was issued".to_owned());
        }
        Ok(report)
    }
}

/// What an invoice said before each change.
pub fn edits(book: Reader<'_>, invoice: &Invoice) -> Result<Value> {
    let edits = book.edits_of(invoice.id)?;
    let edit = |edit: &crate::books::Edit| {
        json!({"due_on": edit.due_on.to_string(), "memo": edit.memo, "po_number": edit.po_number,
               "until": edit.edited_on.to_string()})
    };
    Ok(edits.iter().map(edit).collect())
}

/// Why an invoice is void, what stands in for it or what it stands in for, and
/// what it said before; for scripts into `data`.
pub fn history(book: Reader<'_>, invoice: &Invoice, data: &mut Value) -> Result<String> {
    let voided = book.void_of(invoice.id)?;
    let (corrects, by) = (book.corrects(invoice.id)?, book.corrected_by(invoice.id)?);
    data["void_reason"] = voided.as_ref().and_then(|it| it.because.clone()).into();
    data["voided_on"] = voided.as_ref().map(|it| it.on.to_string()).into();
    data["corrects"] = corrects.clone().into();
    data["corrected_by"] = by.clone().into();
    data["edits"] = edits(book, invoice)?;
    let mut text = String::new();
    if let Some(voided) = voided {
        let because = voided.because.map(|text| format!(" ({text})"));
        text.push_str(&format!(
            "made void on {}{}\n",
            voided.on,
            because.unwrap_or_default()
        ));
    }
    if let Some(wrong) = corrects {
        text.push_str(&format!("stands in for {wrong}\n"));
    }
    if let Some(by) = by {
        text.push_str(&format!(
            "corrected by {by}; see `dues invoice show {by}`\n"
        ));
    }
    for edit in book.edits_of(invoice.id)? {
        let memo = edit.memo.map(|memo| format!(", memo: {memo}"));
        text.push_str(&format!(
            "until {}: due {}{}\n",
            edit.edited_on,
            edit.due_on,
            memo.unwrap_or_default()
        ));
    }
    Ok(text)
}

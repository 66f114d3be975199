//! `dues credit`: credit memos, what a customer need not pay.

use clap::{Args, Subcommand};

use super::listing::{self, Listing};
use super::picking;
use super::session::Session;
use super::terminal::{Haste, Report, missing, table};
use crate::books::{MemoRow, NewMemo, Reader};
use crate::domain::invoice::InvoiceNumber;
use crate::domain::money::{Currency, Money};
use crate::jobs::credit::{Grant, grant};
use crate::problem::{Problem, Result};
use crate::views::credits;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Credit a customer with an amount that they need not pay
    Add(Add),
    /// List credit memos, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those with something that pays no invoice yet
        #[arg(long)]
        unapplied: bool,
    },
    /// Show a credit memo and what it pays
    Show {
        /// Its number: `CM-3`
        credit: String,
    },
    /// Apply a credit memo to an invoice
    Apply(Apply),
    /// Cancel what of a credit memo is not used
    Cancel {
        /// Its number: `CM-3`
        credit: String,
        /// Why, for the record
        #[arg(long)]
        because: Option<String>,
        /// The day it counts for; today if not given
        #[arg(long, value_name = "DATE")]
        on: Option<String>,
    },
}

/// Credit a customer with an amount that they need not pay
#[derive(Debug, Args)]
#[command(
    after_help = "With `--invoice` the credit is applied to that invoice as far as it is open; the rest is on account, \
                  and pays what the customer owes next.\n\nExample: dues credit add ROSA --amount 50 --because \"wilted roses\" --invoice INV-1041"
)]
pub struct Add {
    /// A code, or the beginning of a name
    customer: String,
    /// How much, in major units: 50
    #[arg(long)]
    amount: String,
    /// Why; the customer reads it, too
    #[arg(long)]
    because: Option<String>,
    /// Its number on the paper; the next free `CM-` number if not given
    #[arg(long)]
    number: Option<String>,
    /// The invoice that it is for
    #[arg(long, value_name = "INV")]
    invoice: Option<String>,
    /// The day it counts for; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// The invoice's own, or the book's, if not given
    #[arg(long)]
    currency: Option<String>,
    /// Leave all of it on account
    #[arg(long)]
    no_apply: bool,
    /// Write no mail to the customer
    #[arg(long)]
    no_email: bool,
}

/// Apply a credit memo to an invoice
#[derive(Debug, Args)]
#[command(after_help = "Example: dues credit apply CM-3 --invoice INV-1050")]
pub struct Apply {
    /// Its number: `CM-3`
    credit: String,
    /// The invoice it pays
    #[arg(long, value_name = "INV")]
    invoice: Option<String>,
    /// How much; as much as possible if not given
    #[arg(long)]
    amount: Option<String>,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List {
                customer,
                unapplied,
            } => list(session, customer.as_deref(), *unapplied),
            Self::Show { credit } => show(session, credit),
            Self::Apply(apply) => apply.run(session),
            Self::Cancel {
                credit,
                because,
                on,
            } => cancel(session, credit, because.as_deref(), on.as_deref()),
        }
    }
}

impl Add {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let book = books.read();
        let customer = picking::customer(session, book, &self.customer)?;
        let invoice = (self.invoice.as_deref())
            .map(|word| picking::invoice(session, book, Some(&customer), word))
            .transpose()?;
        let currency = match (&self.currency, &invoice) {
            (Some(code), _) => Currency::parse(code)?,
            (None, Some(invoice)) => invoice.total.currency(),
            (None, None) => book.facts()?.currency,
        };
        let amount = Money::typed(&self.amount, currency)?;
        if !amount.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                "a credit memo must be for more than zero",
            )
            .hint("Give its amount, such as `50`."));
        }
        let because = session.reason(self.because.as_deref())?;
        let number = (self.number.as_deref())
            .map(InvoiceNumber::parse)
            .transpose()?;
        let on = session.past_day(&books, self.on.as_deref())?;
        let (made, data) = session.change(&mut books, |tx| {
            let made = grant(
                tx,
                &Grant {
                    memo: NewMemo {
                        number: number.as_ref(),
                        customer: &customer,
                        invoice: invoice.as_ref(),
                        amount,
                        because: &because,
                        on,
                    },
                    applies: !self.no_apply,
                    wants_mail: !self.no_email,
                },
            )?;
            let data = credits::memo(tx.read(), &made)?;
            Ok((made, data))
        })?;
        let used = made.credit.amount.minus(made.credit.open);
        let mut text = format!(
            "Credited {amount} to {} with {} ({}).",
            customer.code, made.number, made.because
        );
        if let Some((_, number)) = made.invoice.as_ref().filter(|_| used.is_positive()) {
            text.push_str(&format!("\n{used} is taken off {number}."));
        }
        if made.credit.open.is_positive() {
            text.push_str(&format!("\n{} is on account.", made.credit.open));
        }
        Ok(Report {
            posts_mail: (!self.no_email && !session.dry_run).then_some(Haste::Brief),
            ..Report::new("dues.credit/1", data, text + session.dry_note())
        })
    }
}

/// How credit memos are listed.
const CREDITS: Listing = Listing {
    schema: "dues.credits/1",
    headers: &[
        "credit", "date", "customer", "amount", "open", "invoice", "because",
    ],
    figures: &[3, 4],
    none: "No credit memos.",
};

fn list(session: &Session, customer: Option<&str>, unapplied: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let customer = customer
        .map(|word| picking::customer(session, book, word))
        .transpose()?;
    let memos = book.memos(customer.map(|it| it.id), unapplied)?;
    listing::show(session, &CREDITS, |rows| {
        for memo in &memos {
            let data = credits::memo_row(book, memo)?;
            let owner = book.customer(memo.customer)?.code;
            rows.row(
                || data,
                || {
                    vec![
                        memo.number.clone(),
                        memo.on.to_string(),
                        owner,
                        memo.credit.amount.to_string(),
                        memo.credit.open.to_string(),
                        memo.invoice
                            .as_ref()
                            .map(|(_, number)| number.clone())
                            .unwrap_or_default(),
                        memo.because.clone(),
                    ]
                },
            )?;
        }
        Ok(String::new())
    })
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let memo = book.find_memo(word)?;
    Ok(Report::new(
        "dues.credit/1",
        credits::memo(book, &memo)?,
        told(book, &memo)?,
    ))
}

fn told(book: Reader<'_>, memo: &MemoRow) -> Result<String> {
    let customer = book.customer(memo.customer)?;
    let mut text = format!(
        "{} · {} credited to {} ({}) on {}\nbecause: {}\n",
        memo.number, memo.credit.amount, customer.code, customer.name, memo.on, memo.because
    );
    if let Some((_, number)) = &memo.invoice {
        text.push_str(&format!("for invoice {number}\n"));
    }
    let mut rows = Vec::new();
    for allocation in book.allocations_of(memo.credit.name.id)? {
        rows.push(vec![
            allocation.number,
            allocation.amount.to_string(),
            allocation.left.to_string(),
        ]);
    }
    if !rows.is_empty() {
        text.push_str(&table(
            &["invoice", "taken off", "still open"],
            &[1, 2],
            rows,
        ));
        text.push('\n');
    }
    if memo.credit.open.is_positive() {
        text.push_str(&format!("{} pays no invoice yet\n", memo.credit.open));
    }
    if memo.cancelled.is_positive() {
        text.push_str(&format!("{} is cancelled\n", memo.cancelled));
    }
    Ok(text)
}

impl Apply {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let memo = books.read().find_memo(&self.credit)?;
        let customer = books.read().customer(memo.customer)?;
        let word = self
            .invoice
            .as_deref()
            .ok_or_else(|| missing("which invoice it pays", "`--invoice INV`"))?;
        let invoice = picking::invoice(session, books.read(), Some(&customer), word)?;
        let available = memo.credit.available();
        let amount = match &self.amount {
            Some(text) => Money::typed(text, available.currency())?,
            None if available.currency() == invoice.available().currency() => {
                available.at_most(invoice.available())
            }
            None => available,
        };
        if !amount.is_positive() {
            let (credit, number) = (&memo.number, &invoice.number);
            return Err(Problem::refused(
                "nothing_to_apply",
                format!("{credit} and {number} leave nothing to apply"),
            )
            .hint(format!(
                "See `dues credit show {credit}` and `dues invoice show {number}`."
            )));
        }
        let (data, left, open) = session.change(&mut books, |tx| {
            tx.apply_credit(&memo.credit, &invoice, amount)?;
            let after = tx.read().memo(memo.id)?;
            let invoice = tx.read().find_invoice(&invoice.number, None)?;
            Ok((
                credits::memo(tx.read(), &after)?,
                after.credit.open,
                invoice.open,
            ))
        })?;
        let text = format!(
            "Applied {amount} of {} to {}: {open} open there, {left} left on account.{}",
            memo.number,
            invoice.number,
            session.dry_note()
        );
        Ok(Report::new("dues.credit/1", data, text))
    }
}

fn cancel(
    session: &Session,
    word: &str,
    because: Option<&str>,
    on: Option<&str>,
) -> Result<Report> {
    let mut books = session.books()?;
    let memo = books.read().find_memo(word)?;
    let because = session.reason(because)?;
    let on = session.past_day(&books, on)?;
    session.ask_before(&format!(
        "Cancel the {} of credit memo {} that is not used? It cannot be undone.",
        memo.credit.available(),
        memo.number
    ))?;
    let (cancelled, data) = session.change(&mut books, |tx| {
        let cancelled = tx.cancel_memo(&memo, &because, on)?;
        Ok((
            cancelled,
            credits::memo(tx.read(), &tx.read().memo(memo.id)?)?,
        ))
    })?;
    let text = format!(
        "{cancelled} of credit memo {} is cancelled ({because}).{}",
        memo.number,
        session.dry_note()
    );
    Ok(Report::new("dues.credit/1", data, text))
}

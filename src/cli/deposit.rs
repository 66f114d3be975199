//! `dues deposit`: checks and cash that were brought to the bank together.

use clap::{Args, Subcommand};

use super::listing::{self, Listing};
use super::picking::memo;
use super::session::Session;
use super::terminal::{Report, table};
use crate::books::{Deposit, Reader};
use crate::domain::ids::{DepositId, PaymentId};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Payment;
use crate::problem::{Problem, Result};
use crate::views;

#[derive(Debug, Subcommand)]
pub enum Verb {
    Add(Add),
    /// List deposits, newest first
    List,
    /// Show a deposit and its payments
    Show {
        /// `DEP-4`
        deposit: String,
    },
}

/// Put recorded payments into one deposit
#[derive(Debug, Args)]
#[command(
    after_help = "The total is what you counted, or what stands on the slip; the payments must come to it, to the\n\
    cent.\n\n\
    Example: dues deposit add --total 1700.00 PAY-4 PAY-5"
)]
pub struct Add {
    /// `PAY-4`; each is in one deposit only
    #[arg(required = true)]
    payments: Vec<String>,
    /// What all of them come to
    #[arg(long)]
    total: String,
    /// The currency of the total; the book's own if not given
    #[arg(long)]
    currency: Option<String>,
    /// When it was brought to the bank; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// A note for the book
    #[arg(long)]
    memo: Option<String>,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List => list(session),
            Self::Show { deposit } => show(session, deposit),
        }
    }
}

impl Add {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let book = books.read();
        let currency = match &self.currency {
            Some(code) => Currency::parse(code)?,
            None => book.facts()?.currency,
        };
        let total = Money::typed(&self.total, currency)?;
        let on = match &self.on {
            Some(text) => session.date(&books, text)?,
            None => session.today(&books)?,
        };
        let memo = memo(self.memo.as_deref())?;
        let mut payments = Vec::new();
        for word in &self.payments {
            let id = PaymentId::parse(word).ok_or_else(|| {
                Problem::usage("bad_payment", format!("`{word}` is not a payment"))
                    .hint("Write it as `PAY-7`; `dues payment list` shows them.")
            })?;
            payments.push(book.payment(id)?);
        }
        let (data, text) = session.change(&mut books, |tx| {
            let id = tx.add_deposit(&payments, total, on, memo.as_deref())?;
            let deposit = tx.read().deposit(id)?;
            let payments = tx.read().payments_in(id)?;
            let text = told(tx.read(), &deposit, &payments)?;
            Ok((views::deposit(&deposit, &payments), text))
        })?;
        Ok(Report::new(
            "dues.deposit/1",
            data,
            text + session.dry_note(),
        ))
    }
}

fn told(book: Reader<'_>, deposit: &Deposit, payments: &[Payment]) -> Result<String> {
    let mut rows = Vec::new();
    for payment in payments {
        rows.push(vec![
            payment.id.to_string(),
            book.customer(payment.customer)?.code,
            payment.method.to_string(),
            payment.reference.clone().unwrap_or_default(),
            payment.amount.to_string(),
        ]);
    }
    let memo = deposit.memo.as_deref();
    Ok(format!(
        "{} · {} on {}{}\n{}",
        deposit.id,
        deposit.total,
        deposit.on,
        memo.map(|memo| format!(" · {memo}")).unwrap_or_default(),
        table(
            &["payment", "customer", "by", "number", "amount"],
            &[4],
            rows
        )
    ))
}

/// How deposits are listed.
const DEPOSITS: Listing = Listing {
    schema: "dues.deposits/1",
    headers: &["deposit", "date", "total", "payments", "memo"],
    figures: &[2, 3],
    none: "No deposits.",
};

fn list(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    listing::show(session, &DEPOSITS, |rows| {
        for deposit in book.deposits()? {
            let payments = book.payments_in(deposit.id)?;
            rows.row(
                || views::deposit(&deposit, &payments),
                || {
                    vec![
                        deposit.id.to_string(),
                        deposit.on.to_string(),
                        deposit.total.to_string(),
                        payments.len().to_string(),
                        deposit.memo.clone().unwrap_or_default(),
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
    let id = DepositId::parse(word).ok_or_else(|| {
        Problem::usage("bad_deposit", format!("`{word}` is not a deposit"))
            .hint("Write it as `DEP-4`; `dues deposit list` shows them.")
    })?;
    let deposit = book.deposit(id)?;
    let payments = book.payments_in(id)?;
    Ok(Report::new(
        "dues.deposit/1",
        views::deposit(&deposit, &payments),
        told(book, &deposit, &payments)?,
    ))
}

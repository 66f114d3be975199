//! `dues payment`: money received, what it pays, and what goes back of it.

mod apply;
mod bounce;
mod identify;
mod moving;
mod record;
mod refund;
mod words;

use clap::Subcommand;

use super::listing::{self, Listing};
use super::picking;
use super::session::Session;
use super::terminal::Report;
use crate::books::Reader;
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::lists::payment_row;
use apply::{Apply, Unapply};
use bounce::Bounce;
use identify::Identify;
use moving::Move;
pub use record::POLICIES;
use record::Record;
use refund::{Refund, Void};
use words::{by, told};

#[derive(Debug, Subcommand)]
pub enum Verb {
    Record(Record),
    Identify(Identify),
    /// List payments, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those with money that pays no invoice yet
        #[arg(long)]
        unapplied: bool,
        /// Only money that nobody can name yet
        #[arg(long, conflicts_with_all = ["customer", "unapplied"])]
        unidentified: bool,
    },
    /// Show a payment and what it paid
    Show {
        /// `PAY-7`
        payment: String,
    },
    Apply(Apply),
    Unapply(Unapply),
    Bounce(Bounce),
    Move(Move),
    Refund(Refund),
    Void(Void),
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Record(record) => record.run(session),
            Self::Identify(identify) => identify.run(session),
            Self::List {
                unidentified: true, ..
            } => identify::list(session),
            Self::List {
                customer,
                unapplied,
                ..
            } => list(session, customer.as_deref(), *unapplied),
            Self::Show { payment } => show(session, payment),
            Self::Apply(apply) => apply.run(session),
            Self::Unapply(unapply) => unapply.run(session),
            Self::Bounce(bounce) => bounce.run(session),
            Self::Move(moving) => moving.run(session),
            Self::Refund(refund) => refund.run(session),
            Self::Void(void) => void.run(session),
        }
    }
}

/// How payments are listed.
const PAYMENTS: Listing = Listing {
    schema: "dues.payments/1",
    headers: &[
        "payment",
        "date",
        "customer",
        "by",
        "amount",
        "unapplied",
        "given back",
        "charge",
    ],
    figures: &[4, 5, 6],
    none: "No payments.",
};

fn list(session: &Session, customer: Option<&str>, unapplied: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let customer = customer
        .map(|word| picking::customer(session, book, word))
        .transpose()?;
    listing::show(session, &PAYMENTS, |rows| {
        book.each_payment(
            customer.map(|it| it.id),
            unapplied,
            |payment, owner, pays| {
                rows.row(
                    || payment_row(payment, owner, pays),
                    || table_row(payment, owner),
                )
            },
        )?;
        Ok(String::new())
    })
}

fn table_row(payment: &Payment, owner: &str) -> Vec<String> {
    let unless_zero = |money: Money| {
        if money.is_zero() {
            String::new()
        } else {
            money.to_string()
        }
    };
    let charge = payment.charge.map(|charge| charge.to_string());
    vec![
        payment.id.to_string(),
        payment.received_on.to_string(),
        owner.to_owned(),
        by(payment),
        payment.amount.to_string(),
        unless_zero(payment.credit.open),
        unless_zero(payment.given_back),
        charge.unwrap_or_default(),
    ]
}

fn find(book: Reader<'_>, word: &str) -> Result<Payment> {
    let id = PaymentId::parse(word).ok_or_else(|| {
        Problem::usage("bad_payment", format!("`{word}` is not a payment"))
            .hint("Write it as `PAY-7`; `dues payment list` shows them.")
    })?;
    book.payment(id)
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let payment = find(book, word)?;
    let mut data = views::payment(book, &payment)?;
    let mut text = told(book, &payment)?;
    let (from, to) = (book.moved_from(payment.id)?, book.moved_to(payment.id)?);
    data["moved_from"] = from.map(|id| id.to_string()).into();
    data["moved_to"] = to.map(|id| id.to_string()).into();
    if let Some(from) = from {
        text.push_str(&format!(
            "was booked to another customer first, as {from}\n"
        ));
    }
    if let Some(to) = to {
        text.push_str(&format!("is another customer's: {to} now\n"));
    }
    Ok(Report::new("dues.payment/1", data, text))
}

//! `dues payment`: money received, what it pays, and what goes back of it.

mod refund;

use clap::{Args, Subcommand};

use super::dispute::words::beside_payment;
use super::listing::{self, Listing};
use super::picking;
use super::refund::words::given_back;
use super::session::Session;
use super::terminal::{Report, missing, table};
use crate::books::Reader;
use crate::domain::ids::PaymentId;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::problem::{Problem, Result};
use crate::views;
use refund::{Refund, Void};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List payments, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those with money that pays no invoice yet
        #[arg(long)]
        unapplied: bool,
    },
    /// Show a payment and what it paid
    Show {
        /// `PAY-7`
        payment: String,
    },
    /// Apply money on account to an invoice
    Apply(Apply),
    Refund(Refund),
    Void(Void),
}

/// Apply money on account to an invoice
#[derive(Debug, Args)]
#[command(after_help = "Example: dues payment apply PAY-3 --invoice INV-1050")]
pub struct Apply {
    /// `PAY-7`
    payment: String,
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
            Self::List {
                customer,
                unapplied,
            } => list(session, customer.as_deref(), *unapplied),
            Self::Show { payment } => show(session, payment),
            Self::Apply(apply) => apply.run(session),
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
                    || views::payment_row(payment, owner, pays),
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
        payment.method.to_string(),
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
    Ok(Report::new(
        "dues.payment/1",
        views::payment(book, &payment)?,
        told(book, &payment)?,
    ))
}

fn told(book: Reader<'_>, payment: &Payment) -> Result<String> {
    let customer = book.customer(payment.customer)?;
    let mut text = format!(
        "{} · {} by {} from {} ({}) on {}\n",
        payment.id,
        payment.amount,
        payment.method,
        customer.code,
        customer.name,
        payment.received_on
    );
    if let Some(id) = payment.charge {
        let charge = book.charge(id)?;
        text.push_str(&format!(
            "by charge {id} on {}\n",
            book.card(charge.card)?.name()
        ));
    }
    if let Some(memo) = &payment.memo {
        text.push_str(&format!("memo: {memo}\n"));
    }
    let mut rows = Vec::new();
    for allocation in book.allocations_of(payment.credit.name.id)? {
        rows.push(vec![
            allocation.number,
            allocation.amount.to_string(),
            allocation.left.to_string(),
        ]);
    }
    if !rows.is_empty() {
        text.push_str(&table(&["invoice", "paid", "still open"], &[1, 2], rows));
        text.push('\n');
    }
    if payment.credit.open.is_positive() {
        text.push_str(&format!("{} pays no invoice yet\n", payment.credit.open));
    }
    for dispute in book.disputes_of(payment.id)? {
        text.push_str(&format!("{}\n", beside_payment(&dispute)));
    }
    for refund in book.refunds_of(payment.id)? {
        if let Some(line) = given_back(book, &refund)? {
            text.push_str(&format!("{line}\n"));
        }
    }
    Ok(text)
}

impl Apply {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let payment = find(books.read(), &self.payment)?;
        let customer = books.read().customer(payment.customer)?;
        let word = self
            .invoice
            .as_deref()
            .ok_or_else(|| missing("which invoice it pays", "`--invoice INV`"))?;
        let invoice = picking::invoice(session, books.read(), Some(&customer), word)?;
        let amount = match &self.amount {
            Some(text) => Money::typed(text, payment.amount.currency())?,
            None if payment.credit.available().currency() == invoice.available().currency() => {
                payment.credit.available().at_most(invoice.available())
            }
            None => payment.credit.available(),
        };
        if !amount.is_positive() {
            return Err(Problem::refused(
                "nothing_to_apply",
                format!(
                    "{} and {} leave nothing to apply",
                    payment.id, invoice.number
                ),
            )
            .hint(format!(
                "See `dues payment show {}` and `dues invoice show {}`.",
                payment.id, invoice.number
            )));
        }
        let (data, left, open) = session.change(&mut books, |tx| {
            tx.apply_credit(&payment.credit, &invoice, amount)?;
            let after = tx.read().payment(payment.id)?;
            let invoice = tx.read().find_invoice(&invoice.number, None)?;
            Ok((
                views::payment(tx.read(), &after)?,
                after.credit.open,
                invoice.open,
            ))
        })?;
        let text = format!(
            "Applied {amount} of {} to {}: {open} open there, {left} left on account.{}",
            payment.id,
            invoice.number,
            session.dry_note()
        );
        Ok(Report::new("dues.payment/1", data, text))
    }
}

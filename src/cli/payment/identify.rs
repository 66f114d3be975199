//! Money that nobody can name yet: booked, listed, and given its owner.

use clap::Args;
use jiff::civil::Date;

use super::record::{TakenOff, Whither, ask_direction, book_it};
use crate::books::Books;
use crate::cli::listing::{self, Listing};
use crate::cli::picking::{Whose, ask_customer, customer};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::ids::ReceiptId;
use crate::domain::money::Money;
use crate::domain::payment::{Method, Receipt};
use crate::domain::text::Text;
use crate::jobs::receive::{Came, Order};
use crate::problem::{Problem, Result};
use crate::views;

/// Say whose the money is that came without a name
#[derive(Debug, Args)]
#[command(
    after_help = "It becomes a payment of the day that the money came, or of the first day after it that is not\n\
    closed.\n\n\
    Example: dues payment identify UR-1 OAKS --invoice INV-7"
)]
pub struct Identify {
    /// `UR-1`
    receipt: String,
    /// Who paid: a code, or the beginning of a name
    customer: Option<String>,
    #[command(flatten)]
    whither: Whither,
    #[command(flatten)]
    taken_off: TakenOff,
    /// It is another payment with the same number
    #[arg(long)]
    again: bool,
    /// Write no confirmation
    #[arg(long)]
    no_email: bool,
}

/// For money that came without a name.
const WHOSE_IT_IS: Whose = Whose {
    question: "Whose it is",
    missing: "whose it is",
};

impl Identify {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let id = ReceiptId::parse(&self.receipt).ok_or_else(|| {
            Problem::usage(
                "bad_receipt",
                format!("`{}` is not money without a name", self.receipt),
            )
            .hint("Write it as `UR-1`; `dues payment list --unidentified` shows them.")
        })?;
        let receipt = book.receipt(id)?;
        let customer = match &self.customer {
            Some(word) => customer(session, book, word)?,
            None => ask_customer(session, book, &WHOSE_IT_IS)?,
        };
        let direction = if !self.whither.is_said() && session.terminal.may_ask && !session.yes {
            ask_direction(session, book, &customer)?
        } else {
            self.whither.direction(session, book, &customer)?
        };
        let order = Order {
            grants: (self.taken_off).grants(book, &customer, receipt.received_on)?,
            came: Came::Before(receipt),
            direction,
            customer,
            again: self.again,
            wants_mail: !self.no_email,
        };
        book_it(session, books, order)
    }
}

/// Money without a name, as it was typed.
pub struct Unnamed<'a> {
    pub method: Method,
    pub amount: Money,
    pub on: Date,
    pub reference: Option<String>,
    pub payer: Option<&'a str>,
    pub memo: Option<String>,
}

pub fn record_unidentified(
    session: &Session,
    mut books: Books,
    unnamed: Unnamed<'_>,
) -> Result<Report> {
    let payer = unnamed.payer.map(|text| Text::Payer.read(text));
    let new = Receipt {
        id: ReceiptId(0),
        method: unnamed.method,
        amount: unnamed.amount,
        received_on: unnamed.on,
        reference: unnamed.reference,
        payer: payer.transpose()?,
        memo: unnamed.memo,
        payment: None,
    };
    let receipt = session.change(&mut books, |tx| {
        let id = tx.receive_unidentified(&new)?;
        tx.read().receipt(id)
    })?;
    let (id, amount) = (receipt.id, receipt.amount);
    let text = format!(
        "Recorded {amount} by {} on {} as {id}; nobody knows yet whose it is.\n\
         `dues payment identify {id} CUSTOMER` says so.{}",
        by(&receipt),
        receipt.received_on,
        session.dry_note()
    );
    session.finish(books);
    Ok(Report::new(
        "dues.receipt/1",
        views::receipt(&receipt),
        text,
    ))
}

fn by(receipt: &Receipt) -> String {
    match &receipt.reference {
        Some(reference) => format!("{} {reference}", receipt.method),
        None => receipt.method.to_string(),
    }
}

/// How money without a name is listed.
const RECEIPTS: Listing = Listing {
    schema: "dues.receipts/1",
    headers: &["receipt", "date", "by", "amount", "payer", "memo"],
    figures: &[3],
    none: "All money has an owner.",
};

pub fn list(session: &Session) -> Result<Report> {
    let books = session.books()?;
    listing::show(session, &RECEIPTS, |rows| {
        for receipt in books.read().unidentified()? {
            rows.row(
                || views::receipt(&receipt),
                || {
                    vec![
                        receipt.id.to_string(),
                        receipt.received_on.to_string(),
                        by(&receipt),
                        receipt.amount.to_string(),
                        receipt.payer.clone().unwrap_or_default(),
                        receipt.memo.clone().unwrap_or_default(),
                    ]
                },
            )?;
        }
        Ok(String::new())
    })
}

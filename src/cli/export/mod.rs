//! `dues export`: the book handed over, as others read it.

mod imported;
mod journal;
mod pages;

use clap::Subcommand;

use super::owners::Owners;
use super::session::Session;
use super::terminal::Report;
use crate::books::Invoices;
use crate::paper::sheet::Cell;
use crate::problem::Result;
use journal::Journal;
use pages::Pages;

#[derive(Debug, Subcommand)]
pub enum Verb {
    Journal(Journal),
    /// Every invoice, as a sheet (CSV)
    Invoices,
    /// Every payment, as a sheet (CSV)
    Payments,
    /// Every customer, as a sheet (CSV)
    Customers,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Journal(args) => args.run(session),
            Self::Invoices => invoices(session),
            Self::Payments => payments(session),
            Self::Customers => customers(session),
        }
    }
}

fn invoices(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let mut pages = Pages::open(&[
        "invoice",
        "customer",
        "issued_on",
        "due_on",
        "state",
        "total",
        "open",
        "currency",
        "po_number",
        "memo",
    ]);
    let told = books
        .read()
        .each_invoice(None, Invoices::All, |invoice, owner| {
            pages.row(vec![
                Cell::words(&invoice.number),
                Cell::words(owner),
                Cell::figure(invoice.issued_on),
                Cell::figure(invoice.due_on),
                Cell::figure(invoice.standing().word()),
                Cell::figure(invoice.total.decimal()),
                Cell::figure(invoice.owed().decimal()),
                Cell::figure(invoice.total.currency()),
                Cell::words(invoice.po_number.clone().unwrap_or_default()),
                Cell::words(invoice.memo.clone().unwrap_or_default()),
            ])
        });
    pages.end(session, told)
}

fn payments(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let mut pages = Pages::open(&[
        "payment",
        "customer",
        "received_on",
        "method",
        "reference",
        "amount",
        "taken_back",
        "on_account",
        "currency",
        "charge",
        "memo",
    ]);
    let told = books.read().each_payment(None, false, |payment, owner, _| {
        pages.row(vec![
            Cell::figure(payment.id),
            Cell::words(owner),
            Cell::figure(payment.received_on),
            Cell::figure(payment.method.word()),
            Cell::words(payment.reference.clone().unwrap_or_default()),
            Cell::figure(payment.amount.decimal()),
            Cell::figure(payment.amount.minus(payment.left()).decimal()),
            Cell::figure(payment.credit.open.decimal()),
            Cell::figure(payment.amount.currency()),
            Cell::figure(payment.charge.map(|id| id.to_string()).unwrap_or_default()),
            Cell::words(payment.memo.clone().unwrap_or_default()),
        ])
    });
    pages.end(session, told)
}

fn customers(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let (archived, merged) = (book.archived()?, book.merged()?);
    let owners = Owners::read(book)?;
    let mut pages = Pages::open(&[
        "customer",
        "name",
        "email",
        "phone",
        "billing_address",
        "terms",
        "state",
        "merged_into",
    ]);
    let told = owners.by_code().try_for_each(|customer| {
        let into = merged.get(&customer.id).map(|id| owners.of(*id));
        let state = match &into {
            Some(_) => "merged",
            None if archived.contains(&customer.id) => "archived",
            None => "active",
        };
        pages.row(vec![
            Cell::words(&customer.code),
            Cell::words(&customer.name),
            Cell::words(customer.email.clone().unwrap_or_default()),
            Cell::words(customer.phone.clone().unwrap_or_default()),
            Cell::words(customer.billing_address.clone().unwrap_or_default()),
            Cell::words(customer.terms.to_string()),
            Cell::figure(state),
            Cell::words(
                into.transpose()?
                    .map(|into| into.code.clone())
                    .unwrap_or_default(),
            ),
        ])
    });
    pages.end(session, told)
}

//! `dues report open`: every invoice that is not paid, as it stood on a day.

use clap::Args;
use serde_json::{Value, json};

use super::{Answer, AsOf, Form, Totals};
use crate::books::OpenItem;
use crate::cli::owners::Owners;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::aging::AgedBy;
use crate::domain::customer::Customer;
use crate::paper::sheet::Cell;
use crate::problem::Result;
use crate::views;

/// Every invoice that is not paid
#[derive(Debug, Args)]
#[command(after_help = "Example: dues report open --customer ROSA --as-of eom --csv > open.csv")]
pub struct Open {
    /// Only this customer's
    #[arg(long)]
    customer: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    form: Form,
}

const HEADERS: [&str; 8] = [
    "customer", "name", "invoice", "issued", "due", "total", "currency", "open",
];

impl Open {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let day = self.as_of.read(session, &books)?;
        let whose = (self.customer.as_deref())
            .map(|word| picking::customer(session, book, word))
            .transpose()?;
        let owners = Owners::read(book)?;
        let whose = whose.map(|customer| customer.id);
        let items = by_code(&owners, book.open_items(whose, day, AgedBy::Due)?)?;
        let (mut rows, mut data, mut sums) = (Vec::new(), Vec::new(), Totals::default());
        for (customer, item) in &items {
            rows.push(vec![
                Cell::words(&customer.code),
                Cell::words(&customer.name),
                Cell::words(&item.number),
                Cell::figure(item.issued_on),
                Cell::figure(item.due_on),
                Cell::figure(item.total.decimal()),
                Cell::figure(item.open.currency()),
                Cell::figure(item.open.decimal()),
            ]);
            data.push(document(customer, item));
            sums.add(item.open);
        }
        let answer = Answer {
            schema: "dues.open_items/1",
            data: json!({"as_of": day.to_string(), "invoices": data,
                         "totals": sums.data()}),
            headers: &HEADERS,
            totals: sums.rows(HEADERS.len()),
            rows,
            title: format!("What is open as of {day}"),
            none: "Nothing is open.",
        };
        answer.report(&self.form)
    }
}

/// Items with their customers, by code; of each, oldest due first.
pub(super) fn by_code(owners: &Owners, items: Vec<OpenItem>) -> Result<Vec<(&Customer, OpenItem)>> {
    let mut named = Vec::with_capacity(items.len());
    for item in items {
        named.push((owners.of(item.customer)?, item));
    }
    named.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
    Ok(named)
}

pub(super) fn document(customer: &Customer, item: &OpenItem) -> Value {
    json!({
        "customer": customer.code, "name": customer.name, "invoice": item.number,
        "issued_on": item.issued_on.to_string(), "due_on": item.due_on.to_string(),
        "total": views::money(item.total), "open": views::money(item.open),
    })
}

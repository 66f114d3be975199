//! `dues report credits`: money and credit memos that no invoice has used.

use clap::Args;
use serde_json::json;

use super::{Answer, AsOf, Form, Totals};
use crate::cli::owners::Owners;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::paper::sheet::Cell;
use crate::problem::Result;
use crate::views;

/// Money and credit memos that no invoice has used
#[derive(Debug, Args)]
#[command(after_help = "Example: dues report credits --as-of 2026-10-31")]
pub struct Credits {
    #[command(flatten)]
    as_of: AsOf,
    #[command(flatten)]
    form: Form,
}

const HEADERS: [&str; 7] = [
    "customer", "name", "credit", "date", "amount", "currency", "open",
];

impl Credits {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let day = self.as_of.read(session, &books)?;
        let owners = Owners::read(book)?;
        let mut credits = Vec::new();
        for credit in book.open_credits(day)? {
            credits.push((owners.of(credit.customer)?, credit));
        }
        credits.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
        let (mut rows, mut data, mut sums) = (Vec::new(), Vec::new(), Totals::default());
        for (customer, credit) in &credits {
            rows.push(vec![
                Cell::words(&customer.code),
                Cell::words(&customer.name),
                Cell::figure(credit.source),
                Cell::figure(credit.on),
                Cell::figure(credit.amount.decimal()),
                Cell::figure(credit.open.currency()),
                Cell::figure(credit.open.decimal()),
            ]);
            data.push(json!({
                "customer": customer.code, "name": customer.name, "credit": credit.source.to_string(),
                "on": credit.on.to_string(), "amount": views::money(credit.amount), "open": views::money(credit.open),
            }));
            sums.add(credit.open);
        }
        let answer = Answer {
            schema: "dues.open_credits/1",
            data: json!({"as_of": day.to_string(), "credits": data,
                         "totals": sums.data()}),
            headers: &HEADERS,
            totals: sums.rows(HEADERS.len()),
            rows,
            title: format!("What is on account as of {day}"),
            none: "Nothing is on account.",
        };
        answer.report(&self.form)
    }
}

//! `dues report payments`: what came in between two days, and how.

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::{Answer, Customers, Form};
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::money::{Money, Sums};
use crate::domain::payment::{Method, Payment};
use crate::paper::sheet::Cell;
use crate::problem::{Problem, Result};
use crate::views;

/// What came in between two days, and how
#[derive(Debug, Args)]
#[command(after_help = "Example: dues report payments --from 2026-10-01 --to 2026-10-31")]
pub struct Payments {
    /// The first day; the first of this month if not given
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day; today if not given
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    #[command(flatten)]
    form: Form,
}

const HEADERS: [&str; 10] = [
    "date",
    "payment",
    "customer",
    "name",
    "by",
    "reference",
    "currency",
    "amount",
    "taken back",
    "on account",
];

impl Payments {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let today = session.today(&books)?;
        let day = |text: &Option<String>, otherwise: Date| match text {
            Some(text) => session.date(&books, text),
            None => Ok(otherwise),
        };
        let (from, to) = (
            day(&self.from, today.first_of_month())?,
            day(&self.to, today)?,
        );
        if to < from {
            return Err(
                Problem::usage("dates_turned", format!("{to} is before {from}"))
                    .hint("Give the first day with `--from` and the last with `--to`."),
            );
        }
        let customers = Customers::read(book)?;
        let (mut rows, mut data) = (Vec::new(), Vec::new());
        let mut by_method: Vec<(Method, Sums)> = Vec::new();
        for payment in book.payments_between(from, to)? {
            let customer = customers.of(payment.customer)?;
            rows.push(vec![
                Cell::figure(payment.received_on),
                Cell::figure(payment.id),
                Cell::words(&customer.code),
                Cell::words(&customer.name),
                Cell::words(payment.method.word()),
                Cell::words(payment.reference.clone().unwrap_or_default()),
                Cell::figure(payment.amount.currency()),
                Cell::figure(payment.amount.decimal()),
                Cell::figure(taken_back(&payment).decimal()),
                Cell::figure(payment.credit.open.decimal()),
            ]);
            let mut document = views::payment_row(&payment, &customer.code, &[]);
            if let Some(fields) = document.as_object_mut() {
                fields.remove("allocations");
            }
            data.push(document);
            let known = by_method
                .iter()
                .position(|(method, _)| *method == payment.method);
            let place = known.unwrap_or(by_method.len());
            if known.is_none() {
                by_method.push((payment.method, Sums::default()));
            }
            by_method[place].1.add(payment.amount);
        }
        let (mut totals, mut told) = (Vec::new(), Vec::new());
        for (method, sums) in &by_method {
            for sum in sums.each() {
                let mut row = vec![Cell::words("total"), Cell::words(""), Cell::words("")];
                row.extend([Cell::words(""), Cell::words(method.word()), Cell::words("")]);
                row.extend([Cell::figure(sum.currency()), Cell::figure(sum.decimal())]);
                row.extend([Cell::words(""), Cell::words("")]);
                totals.push(row);
                told.push(json!({"method": method.word(), "amount": views::money(*sum)}));
            }
        }
        let answer = Answer {
            schema: "dues.received/1",
            data: json!({"from": from.to_string(), "to": to.to_string(), "payments": data, "totals": told}),
            headers: &HEADERS,
            rows,
            totals,
            title: format!("What came in from {from} to {to}"),
            none: "Nothing came in.",
        };
        answer.report(&self.form)
    }
}

/// What of it is not ours any more: refunded, bounced, disputed or moved.
fn taken_back(payment: &Payment) -> Money {
    payment.amount.minus(payment.left())
}

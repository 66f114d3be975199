//! `dues customer list`: who owes, found by a text and by how late they are.

use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::books::Customers;
use crate::cli::listing::{self, Listing};
use crate::cli::session::Session;
use crate::cli::tables::joined;
use crate::cli::terminal::Report;
use crate::problem::{Problem, Result};
use crate::views::lists::customer_row;

/// List customers
#[derive(Debug, Args)]
pub struct List {
    /// Only those whose code, name, address, phone, id or contact has this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those with an invoice past due by more than so many days: `90d`
    #[arg(long, value_name = "DAYS")]
    over: Option<String>,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Archived ones too
    #[arg(long)]
    archived: bool,
}

/// How customers are listed.
const CUSTOMERS: Listing = Listing {
    schema: "dues.customers/1",
    headers: &["code", "name", "mail", "open", "late", "owes", "credit"],
    figures: &[3, 4, 5, 6],
    none: "No customers yet. Add one with `dues customer add`, or import invoices with `--create-customers`.",
};

impl List {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let today = session.today(&books)?;
        let due_before = match &self.over {
            Some(days) => Some(before(today, days)?),
            None => None,
        };
        let wanted = Customers {
            search: self.search.as_deref(),
            due_before,
            limit: self.limit,
            archived: self.archived,
        };
        let listing = Listing {
            none: if self.search.is_some() || self.over.is_some() {
                "No customer is like that."
            } else {
                CUSTOMERS.none
            },
            ..CUSTOMERS
        };
        listing::show(session, &listing, |rows| {
            books
                .read()
                .each_customer(today, &wanted, |customer, balance| {
                    rows.row(
                        || customer_row(customer, balance),
                        || {
                            vec![
                                customer.code.clone(),
                                customer.name.clone(),
                                customer.email.clone().unwrap_or_else(|| "-".to_owned()),
                                balance.invoices.to_string(),
                                balance.overdue.to_string(),
                                joined(balance.open.each()),
                                joined(balance.credit.each()),
                            ]
                        },
                    )
                })?;
            Ok(String::new())
        })
    }
}

/// The day before which an invoice was due that is late by more than `90d`.
fn before(today: Date, days: &str) -> Result<Date> {
    let number = days.trim();
    let number = number.strip_suffix('d').unwrap_or(number);
    let is_a_number =
        (1..=5).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let count: Option<i64> = is_a_number.then(|| number.parse().ok()).flatten();
    let day = count.and_then(|count| today.checked_sub(count.days()).ok());
    day.ok_or_else(|| {
        Problem::usage("bad_days", format!("`{days}` is not a number of days"))
            .hint("Write it as `--over 90d`.")
    })
}

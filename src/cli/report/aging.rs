//! `dues report aging`: who owes how much, and for how long.

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Answer, AsOf, By, Form, Totals};
use crate::books::{Aged, OpenItem, Reader};
use crate::cli::owners::Owners;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::aging::{AgedBy, Bucket};
use crate::domain::money::Money;
use crate::paper::sheet::Cell;
use crate::problem::Result;
use crate::views;

/// Who owes how much, and for how long
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues report aging --as-of 2026-10-31 --detail\n\n\
        Each currency stands on a line of its own. An invoice dated after the day is not in it yet;\n\
        `on account` is money of the customer's that no invoice has used."
)]
pub struct Aging {
    #[command(flatten)]
    as_of: AsOf,
    /// Age by the due date, or by the date of the invoice
    #[arg(long, value_enum, default_value = "due")]
    by: By,
    /// Every open invoice on a line of its own
    #[arg(long)]
    detail: bool,
    #[command(flatten)]
    form: Form,
}

const HEADERS: [&str; 10] = [
    "customer",
    "name",
    "currency",
    "current",
    "1-30",
    "31-60",
    "61-90",
    "over 90",
    "total",
    "on account",
];

const DETAIL: [&str; 9] = [
    "customer", "name", "invoice", "issued", "due", "days", "age", "currency", "open",
];

impl Aging {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let day = self.as_of.read(session, &books)?;
        let owners = Owners::read(book)?;
        let from = match self.by {
            By::Due => "due date",
            By::Invoice => "invoice date",
        };
        let title = format!("What is owed as of {day}, aged by {from}");
        let answer = if self.detail {
            detail(book, &owners, day, self.by.into(), title)?
        } else {
            by_customer(book, &owners, day, self.by.into(), title)?
        };
        answer.report(&self.form)
    }
}

fn by_customer(
    book: Reader<'_>,
    owners: &Owners,
    day: Date,
    by: AgedBy,
    title: String,
) -> Result<Answer> {
    let mut aged = book.aging(day, by)?;
    let mut names = Vec::new();
    for one in &aged {
        names.push(owners.of(one.customer)?.code.clone());
    }
    // Customers come by the order of their codes, as in every list.
    let mut order: Vec<usize> = (0..aged.len()).collect();
    order.sort_by(|a, b| names[*a].cmp(&names[*b]));
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for at in order {
        let customer = owners.of(aged[at].customer)?;
        let named = [Cell::words(&customer.code), Cell::words(&customer.name)];
        rows.push(row(named, &aged[at]));
        let mut document = document(&aged[at]);
        document["customer"] = customer.code.clone().into();
        document["name"] = customer.name.clone().into();
        data.push(document);
    }
    let sums = totals(&mut aged);
    let totals = sums
        .iter()
        .map(|sum| row([Cell::words("total"), Cell::words("")], sum));
    Ok(Answer {
        schema: "dues.aging/1",
        data: json!({"as_of": day.to_string(), "by": word(by), "customers": data,
                     "totals": sums.iter().map(document).collect::<Vec<_>>()}),
        headers: &HEADERS,
        totals: totals.collect(),
        rows,
        title,
        none: "Nothing is owed, and nothing is on account.",
    })
}

fn word(by: AgedBy) -> &'static str {
    match by {
        AgedBy::Due => "due",
        AgedBy::Invoice => "invoice",
    }
}

fn row([code, name]: [Cell; 2], one: &Aged) -> Vec<Cell> {
    let amount = |money: Money| Cell::figure(money.decimal());
    let mut row = vec![code, name, Cell::figure(one.on_account.currency())];
    row.extend(one.buckets.iter().map(|bucket| amount(*bucket)));
    row.extend([amount(one.open()), amount(one.on_account)]);
    row
}

fn document(one: &Aged) -> Value {
    let mut document = json!({
        "currency": one.on_account.currency().code(),
        "total": views::money(one.open()), "on_account": views::money(one.on_account),
    });
    for (bucket, amount) in Bucket::ALL.iter().zip(one.buckets) {
        document[bucket.key()] = views::money(amount);
    }
    document
}

/// All customers together, by currency.
fn totals(aged: &mut [Aged]) -> Vec<Aged> {
    aged.sort_by_key(|one| one.on_account.currency().code());
    let mut sums: Vec<Aged> = Vec::new();
    for one in aged.iter() {
        let currency = one.on_account.currency();
        match sums
            .last_mut()
            .filter(|sum| sum.on_account.currency() == currency)
        {
            None => sums.push(one.clone()),
            Some(sum) => {
                for (all, more) in sum.buckets.iter_mut().zip(one.buckets) {
                    *all = all.plus(more);
                }
                sum.on_account = sum.on_account.plus(one.on_account);
            }
        }
    }
    sums
}

fn detail(
    book: Reader<'_>,
    owners: &Owners,
    day: Date,
    by: AgedBy,
    title: String,
) -> Result<Answer> {
    let items = super::open::by_code(owners, book.open_items(None, day, by)?)?;
    let (mut rows, mut data, mut sums) = (Vec::new(), Vec::new(), Totals::default());
    for (customer, item) in &items {
        let days = late(item, day, by);
        rows.push(vec![
            Cell::words(&customer.code),
            Cell::words(&customer.name),
            Cell::words(&item.number),
            Cell::figure(item.issued_on),
            Cell::figure(item.due_on),
            Cell::figure(days),
            Cell::words(item.bucket.heading()),
            Cell::figure(item.open.currency()),
            Cell::figure(item.open.decimal()),
        ]);
        let mut document = super::open::document(customer, item);
        document["days"] = days.into();
        document["bucket"] = item.bucket.key().into();
        data.push(document);
        sums.add(item.open);
    }
    Ok(Answer {
        schema: "dues.aging_detail/1",
        data: json!({"as_of": day.to_string(), "by": word(by), "invoices": data,
                     "totals": sums.data()}),
        headers: &DETAIL,
        totals: sums.rows(DETAIL.len()),
        rows,
        title,
        none: "Nothing is owed.",
    })
}

/// Days since the day it ages from; none before.
fn late(item: &OpenItem, day: Date, by: AgedBy) -> i32 {
    let from = match by {
        AgedBy::Due => item.due_on,
        AgedBy::Invoice => item.issued_on,
    };
    (day - from).get_days().max(0)
}

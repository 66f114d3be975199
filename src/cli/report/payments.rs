//! `dues report payments`: what came in between two days, and how.

use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Answer, Form};
use crate::cli::owners::Owners;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::paper::sheet::Cell;
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::lists::payment_row;

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
        let owners = Owners::read(book)?;
        let (mut rows, mut data) = (Vec::new(), Vec::new());
        let mut sums: Vec<Came> = Vec::new();
        for payment in book.payments_between(from, to)? {
            let customer = owners.of(payment.customer)?;
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
            let mut document = json!(payment_row(&payment, &customer.code, &[]));
            if let Some(fields) = document.as_object_mut() {
                fields.remove("allocations");
            }
            data.push(document);
            Came::count(&mut sums, &payment);
        }
        let told: Vec<_> = sums.iter().map(Came::document).collect();
        let mut totals: Vec<_> = sums.iter().map(Came::row).collect();
        totals.extend(in_all(&sums).iter().map(Came::row));
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

/// What came one way, or in all, in one currency.
struct Came {
    /// `None` for all of them together.
    by: Option<Method>,
    amount: Money,
    taken_back: Money,
    on_account: Money,
}

impl Came {
    /// Counts a payment to those that came in its way.
    fn count(sums: &mut Vec<Self>, payment: &Payment) {
        let one = Self {
            by: Some(payment.method),
            amount: payment.amount,
            taken_back: taken_back(payment),
            on_account: payment.credit.open,
        };
        one.count_to(sums);
    }

    fn count_to(self, sums: &mut Vec<Self>) {
        let is_alike =
            |sum: &&mut Self| sum.by == self.by && sum.amount.currency() == self.amount.currency();
        match sums.iter_mut().find(is_alike) {
            Some(sum) => {
                sum.amount = sum.amount.plus(self.amount);
                sum.taken_back = sum.taken_back.plus(self.taken_back);
                sum.on_account = sum.on_account.plus(self.on_account);
            }
            None => sums.push(self),
        }
    }

    fn row(&self) -> Vec<Cell> {
        let way = self.by.map_or("", Method::word);
        let mut row = vec![Cell::words("total"), Cell::words(""), Cell::words("")];
        row.extend([Cell::words(""), Cell::words(way), Cell::words("")]);
        row.push(Cell::figure(self.amount.currency()));
        let sums = [self.amount, self.taken_back, self.on_account];
        row.extend(sums.map(|sum| Cell::figure(sum.decimal())));
        row
    }

    fn document(&self) -> Value {
        json!({
            "method": self.by.map(Method::word), "amount": views::money(self.amount),
            "taken_back": views::money(self.taken_back), "on_account": views::money(self.on_account),
        })
    }
}

/// All ways together, by currency, where there is more than one.
fn in_all(sums: &[Came]) -> Vec<Came> {
    let mut all = Vec::new();
    for sum in sums {
        Came { by: None, ..*sum }.count_to(&mut all);
    }
    all.retain(|one| {
        let ways = sums.iter().map(|sum| sum.amount.currency());
        ways.filter(|currency| *currency == one.amount.currency())
            .count()
            > 1
    });
    all
}

/// What of it is not ours any more: refunded, bounced, disputed or moved.
fn taken_back(payment: &Payment) -> Money {
    payment.amount.minus(payment.left())
}

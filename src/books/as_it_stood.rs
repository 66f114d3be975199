//! A past day, asked later, is what it was on that day.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::{
    Aged, Books, Bounce, Hand, NewAdjustment, NewBook, NewPayment, OpenCredit, OpenItem, Tx,
};
use crate::domain::aging::AgedBy;
use crate::domain::credit::AdjustmentKind;
use crate::domain::customer::Customer;
use crate::domain::gateway_account::Mode;
use crate::domain::ids::{BookId, PaymentId};
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Method;
use crate::problem::Result;

const FIRST: Date = date(2026, 1, 5);

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

/// What may happen on a day; the numbers choose what it happens to.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Invoice {
        owner: usize,
        minor: i64,
        due_in: i64,
    },
    Check {
        owner: usize,
        minor: i64,
    },
    Apply {
        nth: usize,
        minor: i64,
    },
    Unapply {
        nth: usize,
    },
    Adjust {
        nth: usize,
        minor: i64,
    },
    AskAgain {
        nth: usize,
    },
    Bounce {
        nth: usize,
    },
    Void {
        nth: usize,
    },
    Postpone {
        nth: usize,
        days: i64,
    },
}

fn deed() -> impl Strategy<Value = Deed> {
    let nth = 0..20usize;
    prop_oneof![
        3 => (0..3usize, 1..300_00i64, -5..60i64)
            .prop_map(|(owner, minor, due_in)| Deed::Invoice { owner, minor, due_in }),
        3 => (0..3usize, 1..300_00i64).prop_map(|(owner, minor)| Deed::Check { owner, minor }),
        4 => (nth.clone(), 1..200_00i64).prop_map(|(nth, minor)| Deed::Apply { nth, minor }),
        2 => nth.clone().prop_map(|nth| Deed::Unapply { nth }),
        1 => (nth.clone(), 1..50_00i64).prop_map(|(nth, minor)| Deed::Adjust { nth, minor }),
        1 => nth.clone().prop_map(|nth| Deed::AskAgain { nth }),
        1 => nth.clone().prop_map(|nth| Deed::Bounce { nth }),
        1 => nth.clone().prop_map(|nth| Deed::Void { nth }),
        1 => (nth, -20..40i64).prop_map(|(nth, days)| Deed::Postpone { nth, days }),
    ]
}

/// What a report says of a day.
type Reported = (Vec<Aged>, Vec<Aged>, Vec<OpenItem>, Vec<OpenCredit>);

struct Shop {
    books: Books,
    day: Date,
    _folder: tempfile::TempDir,
}

fn hand() -> Hand {
    Hand {
        actor: "tester".to_owned(),
        command: "test".to_owned(),
    }
}

fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap()
        .timestamp()
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewBook {
            id: BookId("0123456789abcdef".repeat(2)),
            name: "Tulip".to_owned(),
            currency: Currency::parse("USD").unwrap(),
            zone: "America/New_York".to_owned(),
            gateway: "sandbox".to_owned(),
            mode: Mode::Test,
        };
        let path = folder.path().join("book.db");
        let books = Books::create(&path, &hand(), &new, noon(FIRST)).unwrap();
        let mut shop = Self {
            books,
            day: FIRST,
            _folder: folder,
        };
        for code in ["ACME", "OAKS", "ROSA"] {
            shop.write(|tx| tx.add_customer(code, code, None, 30))
                .unwrap();
        }
        shop
    }

    fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.books.write(&hand(), noon(self.day), change)
    }

    /// What cannot be done is refused by the book, and that is as well.
    fn tries(&mut self, deed: Deed) {
        let day = self.day;
        let count = "select count(*) from invoices";
        let count = self.books.read().row(count, [], |row| row.get::<_, i64>(0));
        let number = count.unwrap().unwrap_or(0) + 1;
        let _ = self.write(|tx| match deed {
            Deed::Invoice { owner, minor, due_in } => {
                let new = NewInvoice {
                    number: InvoiceNumber::parse(&format!("INV-{number}"))?,
                    total: usd(minor),
                    issued_on: day,
                    due_on: day.checked_add(due_in.days()).unwrap(),
                    memo: None,
                    terms: None,
                    po_number: None,
                };
                tx.add_invoice(&owner_of(tx, owner)?, &new).map(drop)
            }
            Deed::Check { owner, minor } => {
                let customer = owner_of(tx, owner)?.id;
                tx.receive(&NewPayment {
                    customer,
                    method: Method::Check,
                    amount: usd(minor),
                    received_on: day,
                    reference: None,
                    memo: None,
                })
                .map(drop)
            }
            Deed::Apply { nth, minor } => {
                let payment = tx.read().payment(PaymentId(nth as i64 + 1))?;
                let theirs = tx.read().open_invoices(Some(payment.customer))?;
                let invoice = theirs.get(nth % theirs.len().max(1));
                let Some(invoice) = invoice else { return Ok(()) };
                let amount = usd(minor).at_most(invoice.open).at_most(payment.credit.open);
                tx.apply_credit(&payment.credit, invoice, amount)
            }
            Deed::Unapply { nth } => {
                let payment = tx.read().payment(PaymentId(nth as i64 + 1))?;
                tx.free(payment.credit.name.id, &[], payment.left(), day)?;
                tx.note("payment.unapplied", serde_json::json!({}))
            }
            Deed::Adjust { nth, minor } => {
                let invoice = &invoice(tx, nth)?;
                let new = NewAdjustment {
                    invoice,
                    kind: AdjustmentKind::WriteOff,
                    amount: usd(minor).at_most(invoice.open),
                    because: "cents",
                    payment: None,
                    on: day,
                };
                tx.adjust(&new).map(drop)
            }
            Deed::AskAgain { nth } => {
                let id = crate::domain::ids::AdjustmentId(nth as i64 % 4 + 1);
                tx.ask_again(&tx.read().adjustment(id)?, "paid after all", day)
            }
            Deed::Bounce { nth } => {
                let bounce = Bounce {
                    because: "no funds".to_owned(),
                    fee: None,
                    on: day,
                };
                let payment = tx.read().payment(PaymentId(nth as i64 + 1))?;
                tx.bounce(&payment, &bounce).map(drop)
            }
            Deed::Void { nth } => tx.void_invoice(&invoice(tx, nth)?, "typed twice"),
            Deed::Postpone { nth, days } => {
                let invoice = invoice(tx, nth)?;
                tx.execute(
                    "insert into invoice_edits (invoice_id, due_on, edited_on, edited_at) values (?1, ?2, ?3, ?4)",
                    (invoice.id, invoice.due_on, day, tx.at()),
                )?;
                let due_on = invoice.due_on.checked_add(days.days()).unwrap();
                tx.execute("update invoices set due_on = ?2 where id = ?1", (invoice.id, due_on))?;
                tx.note("invoice.edited", serde_json::json!({}))
            }
        });
    }

    fn reported(&self, day: Date) -> Reported {
        let book = self.books.read();
        (
            book.aging(day, AgedBy::Due).unwrap(),
            book.aging(day, AgedBy::Invoice).unwrap(),
            book.open_items(None, day, AgedBy::Due).unwrap(),
            book.open_credits(day).unwrap(),
        )
    }
}

fn owner_of(tx: &Tx<'_>, owner: usize) -> Result<Customer> {
    tx.read().find_customer(["ACME", "OAKS", "ROSA"][owner])
}

fn invoice(tx: &Tx<'_>, nth: usize) -> Result<Invoice> {
    tx.read().find_invoice(&format!("INV-{}", nth + 1), None)
}

/// The sums of a report are those of its items.
fn add_up((by_due, by_invoice, items, credits): &Reported) {
    let mut open = BTreeMap::new();
    for item in items {
        let sums: &mut [i64; 5] = open.entry(item.customer).or_default();
        sums[item.bucket as usize] += item.open.minor();
    }
    let mut on_account = BTreeMap::new();
    for credit in credits {
        *on_account.entry(credit.customer).or_default() += credit.open.minor();
    }
    for aged in by_due {
        let sums = open.remove(&aged.customer).unwrap_or_default();
        assert_eq!(aged.buckets.map(Money::minor), sums, "{aged:?}");
        let credit: i64 = on_account.remove(&aged.customer).unwrap_or_default();
        assert_eq!(aged.on_account.minor(), credit, "{aged:?}");
    }
    assert!(
        open.is_empty() && on_account.is_empty(),
        "{open:?} {on_account:?}"
    );
    let total = |aged: &[Aged]| aged.iter().map(|one| one.open().minor()).sum::<i64>();
    assert_eq!(total(by_due), total(by_invoice));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_day_asked_later_is_what_it_was(days in prop::collection::vec(prop::collection::vec(deed(), 0..5), 1..40)) {
        let mut shop = Shop::new();
        let mut told = Vec::new();
        for deeds in days {
            for deed in deeds {
                shop.tries(deed);
            }
            let reported = shop.reported(shop.day);
            add_up(&reported);
            told.push((shop.day, reported));
            shop.day = shop.day.tomorrow().unwrap();
        }

        for (day, then) in told {
            prop_assert_eq!(shop.reported(day), then, "{}", day);
        }
        prop_assert_eq!(shop.books.read().violations().unwrap(), []);
    }
}

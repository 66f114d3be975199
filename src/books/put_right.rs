//! What is put right leaves every cent somewhere: credits, corrections,
//! write-offs, moves and merges, in any order.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Books, Correction, Hand, NewAdjustment, NewBook, NewMemo, NewPayment, Tx};
use crate::domain::credit::AdjustmentKind;
use crate::domain::customer::Customer;
use crate::domain::gateway_account::Mode;
use crate::domain::ids::{AdjustmentId, BookId, CreditMemoId, PaymentId};
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Method;
use crate::problem::Result;

pub(super) const NOW: i64 = 1_795_000_000;

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn hand() -> Hand {
    Hand {
        actor: "tester".to_owned(),
        command: "test".to_owned(),
    }
}

/// ACME, OAKS and ROSA, each with two invoices and a check of 150.00.
pub(super) struct Shop {
    pub(super) books: Books,
    minute: i64,
    _folder: tempfile::TempDir,
}

impl Shop {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewBook {
            id: BookId("0123456789abcdef".repeat(2)),
            name: "Tulip".to_owned(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".to_owned(),
            gateway: "sandbox".to_owned(),
            mode: Mode::Test,
        };
        let at = Timestamp::from_second(NOW).unwrap();
        let books = Books::create(&folder.path().join("book.db"), &hand(), &new, at).unwrap();
        let mut shop = Self {
            books,
            minute: 0,
            _folder: folder,
        };
        shop.write(|tx| {
            for (n, code) in ["ACME", "OAKS", "ROSA"].into_iter().enumerate() {
                tx.add_customer(code, code, None, 30)?;
                let customer = tx.read().find_customer(code)?;
                for (m, minor) in [100_00, 50_00].into_iter().enumerate() {
                    let new = NewInvoice {
                        number: InvoiceNumber::parse(&format!("INV-{}", n * 2 + m + 1))?,
                        total: usd(minor),
                        issued_on: date(2026, 11, 1),
                        due_on: date(2026, 11, 10),
                        memo: None,
                        po_number: None,
                        terms: None,
                    };
                    tx.add_invoice(&customer, &new)?;
                }
                let day = date(2026, 11, 5);
                let amount = usd(150_00);
                let payment = tx.receive(&NewPayment {
                    customer: customer.id,
                    method: Method::Check,
                    amount,
                    received_on: day,
                    reference: None,
                    memo: None,
                })?;
                let credit = tx.read().payment(payment)?.credit.name.id;
                let first = tx
                    .read()
                    .find_invoice(&format!("INV-{}", n * 2 + 1), None)?;
                tx.apply_credit_on(
                    &tx.read().credit(credit)?,
                    &first,
                    usd(60_00),
                    date(2026, 11, 8),
                )?;
            }
            Ok(())
        });
        shop
    }

    pub(super) fn try_to<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.minute += 1;
        let at = Timestamp::from_second(NOW).unwrap() + SignedDuration::from_mins(self.minute);
        self.books.write(&hand(), at, change)
    }

    pub(super) fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.try_to(change).unwrap()
    }

    pub(super) fn customer(&self, code: &str) -> Customer {
        self.books.read().find_customer(code).unwrap()
    }

    pub(super) fn invoice(&self, number: &str) -> Invoice {
        self.books.read().find_invoice(number, None).unwrap()
    }

    pub(super) fn refused<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> String {
        match self.try_to(change) {
            Ok(_) => panic!("it was not refused"),
            Err(problem) => problem.code().to_owned(),
        }
    }

    fn correct(&mut self, number: &str, minor: i64) -> Result<super::Corrected> {
        let invoice = self.invoice(number);
        let next = self.books.read().next_number(&invoice)?;
        self.try_to(|tx| {
            tx.correct_invoice(&Correction {
                invoice: &invoice,
                number: &next,
                amount: usd(minor),
                because: "the price",
                was_sent: false,
                on: tx.today()?,
            })
        })
    }

    pub(super) fn grant(
        &mut self,
        code: &str,
        number: Option<&str>,
        minor: i64,
    ) -> Result<super::MemoRow> {
        let customer = self.customer(code);
        let number = number.map(|number| InvoiceNumber::parse(number).unwrap());
        self.try_to(|tx| {
            tx.add_memo(&NewMemo {
                number: number.as_ref(),
                customer: &customer,
                invoice: None,
                amount: usd(minor),
                because: "wilted",
                on: tx.today()?,
            })
        })
    }

    fn write_off(&mut self, number: &str, minor: i64) -> Result<AdjustmentId> {
        let invoice = self.invoice(number);
        self.try_to(|tx| {
            tx.adjust(&NewAdjustment {
                invoice: &invoice,
                kind: AdjustmentKind::WriteOff,
                amount: usd(minor),
                because: "small",
                payment: None,
                on: tx.today()?,
            })
        })
    }

    pub(super) fn is_well(&self) {
        let found = self.books.read().violations().unwrap();
        assert_eq!(found, [], "{found:#?}");
    }
}

/// While nothing is paid nobody needs two papers for it.
#[test]
fn a_wrong_invoice_that_nobody_paid_is_void_and_replaced() {
    let mut shop = Shop::new();

    let corrected = shop.correct("INV-2", 48_00).unwrap();

    assert_eq!(corrected.memo, None);
    assert_eq!(corrected.new.number, "INV-2-2");
    assert_eq!(corrected.new.open, usd(48_00));
    assert!(shop.invoice("INV-2").is_void);
    let book = shop.books.read();
    assert_eq!(
        book.corrects(corrected.new.id).unwrap().as_deref(),
        Some("INV-2")
    );
    let why = book.void_of(shop.invoice("INV-2").id).unwrap().unwrap();
    assert_eq!(why.because.as_deref(), Some("the price"));
    shop.is_well();
}

#[test]
fn what_was_paid_of_a_wrong_invoice_goes_to_the_right_one() {
    let mut shop = Shop::new();

    let corrected = shop.correct("INV-1", 40_00).unwrap();

    assert_eq!(corrected.memo.unwrap().credit.open, usd(0));
    assert_eq!(corrected.taken_over, usd(40_00));
    assert_eq!(corrected.left, usd(20_00));
    assert_eq!(corrected.new.open, usd(0));
    assert_eq!(shop.invoice("INV-1").open, usd(0));
    assert_eq!(
        shop.books.read().payment(PaymentId(1)).unwrap().credit.open,
        usd(110_00)
    );
    assert_eq!(
        shop.correct("INV-1", 30_00).unwrap_err().code(),
        "corrected_already"
    );
    let again = shop.correct("INV-1-2", 50_00).unwrap();
    assert_eq!(again.new.number, "INV-1-3");
    assert_eq!(again.new.open, usd(10_00));
    shop.is_well();
}

#[test]
fn what_is_partly_written_off_or_credited_is_not_corrected() {
    let mut shop = Shop::new();
    let id = shop.write_off("INV-1", 5_00).unwrap();

    assert_eq!(
        shop.correct("INV-1", 30_00).unwrap_err().code(),
        "invoice_adjusted"
    );
    assert_eq!(
        shop.correct("INV-2", 50_00).unwrap_err().code(),
        "nothing_to_change"
    );
    shop.write(|tx| tx.ask_again(&tx.read().adjustment(id)?, "they paid", tx.today()?));
    shop.correct("INV-1", 30_00).unwrap();
    shop.is_well();
}

/// A number of the form `CM-7` is the memo's own id: no word means two.
#[test]
fn a_credit_memo_is_known_by_one_number() {
    let mut shop = Shop::new();

    assert_eq!(
        shop.grant("ACME", Some("cm-077"), 10_00).unwrap().number,
        "CM-77"
    );
    assert_eq!(shop.grant("ACME", None, 10_00).unwrap().number, "CM-78");
    assert_eq!(
        shop.grant("ACME", Some("G-2026-1"), 10_00).unwrap().id,
        CreditMemoId(79)
    );

    let book = shop.books.read();
    assert_eq!(book.find_memo("g-2026-1").unwrap().id, CreditMemoId(79));
    assert_eq!(book.find_memo("CM-79").unwrap().id, CreditMemoId(79));
    assert_eq!(book.find_memo("77").unwrap().id, CreditMemoId(77));
    for taken in ["CM-79", "cm-77", "g-2026-1"] {
        assert_eq!(
            shop.grant("ACME", Some(taken), 1_00).unwrap_err().code(),
            "credit_exists",
            "{taken}"
        );
    }
    let greatest = format!("CM-{}", i64::MAX);
    assert_eq!(
        shop.grant("ACME", Some(&greatest), 1_00)
            .unwrap_err()
            .code(),
        "bad_number"
    );
    shop.is_well();
}

#[test]
fn an_invoice_is_not_credited_with_more_than_it_is_for() {
    let mut shop = Shop::new();
    let (acme, oaks, invoice) = (
        shop.customer("ACME"),
        shop.customer("OAKS"),
        shop.invoice("INV-1"),
    );
    let eur = Money::of(1_00, Currency::parse("EUR").unwrap());
    let memo = |customer, amount| NewMemo {
        number: None,
        customer,
        invoice: Some(&invoice),
        amount,
        because: "wilted",
        on: date(2026, 11, 18),
    };

    shop.write(|tx| tx.add_memo(&memo(&acme, usd(99_00))).map(drop));

    assert_eq!(
        shop.refused(|tx| tx.add_memo(&memo(&acme, usd(1_01)))),
        "over_credited"
    );
    assert_eq!(
        shop.refused(|tx| tx.add_memo(&memo(&acme, eur))),
        "currency_differs"
    );
    assert_eq!(
        shop.refused(|tx| tx.add_memo(&memo(&oaks, usd(1_00)))),
        "other_customers_invoice"
    );
    shop.is_well();
}

#[test]
fn only_what_is_unused_of_a_credit_memo_is_cancelled() {
    let mut shop = Shop::new();
    let memo = shop.grant("ACME", None, 30_00).unwrap();
    let invoice = shop.invoice("INV-2");
    shop.write(|tx| tx.apply_credit(&memo.credit, &invoice, usd(10_00)));

    let today = date(2026, 11, 18);
    assert_eq!(
        shop.write(|tx| tx.cancel_memo(&memo, "a mistake", today)),
        usd(20_00)
    );
    assert_eq!(
        shop.refused(|tx| tx.cancel_memo(&memo, "a mistake", today)),
        "credit_used"
    );
    assert_eq!(shop.invoice("INV-2").open, usd(40_00));
    shop.is_well();
}

#[test]
fn a_moved_payment_is_on_account_of_the_other_as_of_the_day_it_came() {
    let mut shop = Shop::new();
    let oaks = shop.customer("OAKS");
    let payment = shop.books.read().payment(PaymentId(1)).unwrap();

    let (moved, freed) = shop.write(|tx| tx.move_payment(&payment, &oaks));

    assert_eq!(freed.len(), 1);
    assert_eq!(shop.invoice("INV-1").open, usd(100_00));
    let book = shop.books.read();
    let there = book.payment(moved).unwrap();
    assert_eq!(
        (there.customer, there.received_on),
        (oaks.id, date(2026, 11, 5))
    );
    assert_eq!(there.credit.open, usd(150_00));
    assert_eq!(book.payment(PaymentId(1)).unwrap().left(), usd(0));
    assert_eq!(book.moved_to(PaymentId(1)).unwrap(), Some(moved));
    assert_eq!(
        shop.refused(|tx| tx.move_payment(&payment, &oaks)),
        "moved_already"
    );
    // Taken back on the day it was applied, and not before: the invoice was never open by more than it is for.
    let taken_back: String = shop
        .books
        .read()
        .row(
            "select allocated_on from allocations where amount_minor < 0",
            [],
            |row| row.get(0),
        )
        .unwrap()
        .unwrap();
    assert_eq!(taken_back, "2026-11-08");
    shop.is_well();
}

#[test]
fn what_an_invoice_said_is_kept_when_it_is_edited() {
    let mut shop = Shop::new();
    let invoice = shop.invoice("INV-1");

    shop.write(|tx| tx.edit_invoice(&invoice, date(2026, 12, 24), Some("12 boxes"), None));

    assert_eq!(shop.invoice("INV-1").due_on, date(2026, 12, 24));
    let edits = shop.books.read().edits_of(invoice.id).unwrap();
    assert_eq!((edits.len(), edits[0].due_on), (1, date(2026, 11, 10)));
    assert_eq!(
        shop.refused(|tx| tx.edit_invoice(&invoice, date(2026, 12, 24), Some("12 boxes"), None)),
        "nothing_to_change"
    );
}

#[derive(Debug, Clone)]
enum Deed {
    Credit(usize, i64),
    Apply(i64, usize, i64),
    Cancel(i64),
    Correct(usize, i64),
    WriteOff(usize, i64),
    Undo(i64),
    Move(i64, usize),
    Merge(usize, usize),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let minor = 1_i64..120_00;
    prop_oneof![
        (0_usize..3, minor.clone()).prop_map(|(who, minor)| Deed::Credit(who, minor)),
        (1_i64..12, 0_usize..9, minor.clone())
            .prop_map(|(credit, at, minor)| Deed::Apply(credit, at, minor)),
        (1_i64..5).prop_map(Deed::Cancel),
        (0_usize..9, minor.clone()).prop_map(|(at, minor)| Deed::Correct(at, minor)),
        (0_usize..9, minor).prop_map(|(at, minor)| Deed::WriteOff(at, minor)),
        (1_i64..5).prop_map(Deed::Undo),
        (1_i64..7, 0_usize..3).prop_map(|(payment, who)| Deed::Move(payment, who)),
        (0_usize..3, 0_usize..3).prop_map(|(old, into)| Deed::Merge(old, into)),
    ]
}

impl Shop {
    /// What is refused changes nothing, and is as good as anything else here.
    fn tries(&mut self, deed: &Deed) {
        let codes = ["ACME", "OAKS", "ROSA"];
        let numbers: Vec<String> = self
            .books
            .read()
            .rows("select number from invoices order by id", [], |row| {
                row.get(0)
            })
            .unwrap();
        let number = |at: usize| numbers[at % numbers.len()].clone();
        let _ = match *deed {
            Deed::Credit(who, minor) => self.grant(codes[who], None, minor).map(drop),
            Deed::Apply(credit, at, minor) => {
                let invoice = self.invoice(&number(at));
                self.try_to(|tx| {
                    let credit = tx.read().credit(crate::domain::ids::CreditId(credit))?;
                    tx.apply_credit(&credit, &invoice, usd(minor))
                })
            }
            Deed::Cancel(id) => self
                .try_to(|tx| {
                    let memo = tx.read().memo(CreditMemoId(id))?;
                    tx.cancel_memo(&memo, "a mistake", tx.today()?)
                })
                .map(drop),
            Deed::Correct(at, minor) => self.correct(&number(at), minor).map(drop),
            Deed::WriteOff(at, minor) => self.write_off(&number(at), minor).map(drop),
            Deed::Undo(id) => self.try_to(|tx| {
                tx.ask_again(
                    &tx.read().adjustment(AdjustmentId(id))?,
                    "paid",
                    tx.today()?,
                )
            }),
            Deed::Move(id, who) => {
                let to = self.customer(codes[who]);
                self.try_to(|tx| tx.move_payment(&tx.read().payment(PaymentId(id))?, &to))
                    .map(drop)
            }
            Deed::Merge(old, into) => {
                let (old, into) = (self.customer(codes[old]), self.customer(codes[into]));
                self.try_to(|tx| tx.merge_customers(&old, &into, "twice"))
            }
        };
    }

    /// What all owe less what all have is what was sold less what came and what was let off.
    fn worth(&self) -> (i64, i64) {
        let sum = |sql: &str| -> i64 {
            self.books
                .read()
                .row(sql, [], |row| row.get(0))
                .unwrap()
                .unwrap()
        };
        let owed = sum("select coalesce(sum(open_minor), 0) from invoices where voided_at is null")
            - sum("select coalesce(sum(open_minor), 0) from credits");
        let sold =
            sum("select coalesce(sum(total_minor), 0) from invoices where voided_at is null")
                - sum("select coalesce(sum(amount_minor), 0) from credits")
                + sum("select coalesce(sum(amount_minor), 0) from reversals");
        (owed, sold)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_put_right_every_cent_is_somewhere(
        done in proptest::collection::vec(deeds(), 1..14)
    ) {
        let mut shop = Shop::new();
        for deed in &done {
            shop.tries(deed);
        }
        let found = shop.books.read().violations().unwrap();
        prop_assert!(found.is_empty(), "{found:#?}");
        let (owed, sold) = shop.worth();
        prop_assert_eq!(owed, sold);
    }
}

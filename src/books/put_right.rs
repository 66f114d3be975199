//! What is put right leaves every cent somewhere: credits, corrections,
//! write-offs, moves and merges, in any order.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::merges::OWNED;
use super::{Books, Correction, Hand, NewAdjustment, NewBook, NewMemo, NewPayment, Tx};
use crate::domain::card::CardFacts;
use crate::domain::credit::AdjustmentKind;
use crate::domain::customer::Customer;
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::domain::ids::{AdjustmentId, BookId, CreditMemoId, PaymentId};
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Method;
use crate::problem::Result;

const NOW: i64 = 1_795_000_000;

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
struct Shop {
    books: Books,
    minute: i64,
    _folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
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

    fn try_to<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.minute += 1;
        let at = Timestamp::from_second(NOW).unwrap() + SignedDuration::from_mins(self.minute);
        self.books.write(&hand(), at, change)
    }

    fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.try_to(change).unwrap()
    }

    fn customer(&self, code: &str) -> Customer {
        self.books.read().find_customer(code).unwrap()
    }

    fn invoice(&self, number: &str) -> Invoice {
        self.books.read().find_invoice(number, None).unwrap()
    }

    fn refused<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> String {
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

    fn grant(&mut self, code: &str, number: Option<&str>, minor: i64) -> Result<super::MemoRow> {
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

    fn is_well(&self) {
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

fn facts(token: &str) -> CardFacts {
    CardFacts {
        token: token.to_owned(),
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        expiry: None,
    }
}

#[test]
fn all_that_a_merged_customer_had_is_the_others() {
    let mut shop = Shop::new();
    let (old, into) = (shop.customer("OAKS"), shop.customer("ACME"));
    shop.write(|tx| tx.change_code(&old, "OAK"));
    let old = shop.customer("OAK");
    shop.write(|tx| {
        tx.add_card(
            &old,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
        .map(drop)
    });
    shop.write(|tx| tx.hold_customer(&old, "asks"));

    shop.write(|tx| tx.merge_customers(&old, &into, "added twice"));

    for word in ["OAK", "OAKS", "ACME"] {
        assert_eq!(shop.customer(word).id, into.id, "{word}");
    }
    let book = shop.books.read();
    assert_eq!(book.open_invoices(Some(into.id)).unwrap().len(), 4);
    assert_eq!(book.payments(Some(into.id)).unwrap().len(), 2);
    assert_eq!(book.cards_of(into.id).unwrap().len(), 1);
    assert_eq!(book.hold_of(into.id).unwrap().unwrap().because, "asks");
    assert_eq!(book.customers().unwrap().len(), 2);
    assert!(book.cards_of(old.id).unwrap().is_empty());
    assert_eq!(book.codes_of(&into).unwrap(), ["ACME", "OAK", "OAKS"]);
    assert_eq!(
        shop.refused(|tx| tx.add_customer("OAKS", "Oaks", None, 30)),
        "customer_exists"
    );
    let rosa = shop.customer("ROSA");
    shop.write(|tx| tx.merge_customers(&into, &rosa, "the same too"));
    assert_eq!(shop.customer("OAKS").id, rosa.id);
    shop.is_well();
}

#[test]
fn cards_that_could_not_be_told_apart_keep_customers_apart() {
    let mut shop = Shop::new();
    let (old, into) = (shop.customer("OAKS"), shop.customer("ACME"));
    for (customer, token) in [(&old, "tok_1"), (&into, "tok_2")] {
        shop.write(|tx| {
            tx.add_card(
                customer,
                &GatewayAccount::new("sandbox", "sandbox"),
                &facts(token),
                None,
            )
            .map(drop)
        });
    }

    assert_eq!(
        shop.refused(|tx| tx.merge_customers(&old, &into, "twice")),
        "card_looks_alike"
    );
    assert_eq!(
        shop.refused(|tx| tx.merge_customers(&old, &old, "twice")),
        "same_customer"
    );
    shop.is_well();
}

/// The triggers let rows change hands in a merge, and in nothing else.
#[test]
fn nothing_changes_hands_without_a_merge() {
    let mut shop = Shop::new();
    shop.grant("ACME", None, 30_00).unwrap();
    let acme = shop.customer("ACME");
    shop.write(|tx| tx.hold_customer(&acme, "asks"));
    shop.write(|tx| {
        tx.add_card(
            &acme,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
        .map(drop)
    });

    for table in OWNED {
        let moved = shop.try_to(|tx| {
            let moved = tx.execute(
                &format!("update {table} set customer_id = 3 where customer_id = 1"),
                [],
            )?;
            tx.note("test", serde_json::json!({}))?;
            Ok(moved)
        });
        assert!(!matches!(moved, Ok(1..)), "{table}");
    }
}

/// A new table of a customer's must be said to a merge.
#[test]
fn a_merge_knows_each_table_in_which_a_row_is_a_customers() {
    let shop = Shop::new();
    let mut tables: Vec<String> = shop
        .books
        .read()
        .rows(
            "select t.name from sqlite_master t join pragma_table_info(t.name) c
              where t.type = 'table' and c.name = 'customer_id' order by t.name",
            [],
            |row| row.get(0),
        )
        .unwrap();
    tables.sort();
    assert_eq!(tables, OWNED);
}

#[test]
fn a_card_that_was_never_charged_goes_to_whose_it_is_without_its_consent() {
    let mut shop = Shop::new();
    let (acme, oaks) = (shop.customer("ACME"), shop.customer("OAKS"));
    let id = shop.write(|tx| {
        tx.add_card(
            &acme,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
    });
    let card = shop.books.read().card(id).unwrap();
    let consent = crate::domain::authorization::Authorization {
        scope: crate::domain::authorization::Scope::Any,
        ceiling: None,
        until: None,
        given_by: "A. Cme".to_owned(),
        how: "signed form".to_owned(),
        recorded_at: Timestamp::from_second(NOW).unwrap(),
    };
    shop.write(|tx| tx.authorize_card(&card, &consent));

    shop.write(|tx| tx.move_card(&card, &oaks));

    let book = shop.books.read();
    assert_eq!(book.card(id).unwrap().customer, oaks.id);
    assert_eq!(book.consent(id).unwrap(), None);
    shop.write(|tx| tx.authorize_card(&card, &consent));
    assert!(shop.books.read().consent(id).unwrap().is_some());
    shop.is_well();
}

#[test]
fn who_is_archived_is_not_listed_and_still_found_by_code() {
    let mut shop = Shop::new();
    let acme = shop.customer("ACME");

    shop.write(|tx| tx.archive_customer(&acme));

    assert_eq!(shop.books.read().customers().unwrap().len(), 2);
    assert_eq!(shop.customer("acme").id, acme.id);
    assert_eq!(
        shop.refused(|tx| tx.archive_customer(&acme)),
        "customer_archived"
    );
    shop.write(|tx| tx.unarchive_customer(&acme));
    assert_eq!(
        shop.refused(|tx| tx.unarchive_customer(&acme)),
        "not_archived"
    );
    assert_eq!(shop.books.read().customers().unwrap().len(), 3);
}

/// A script that still types the old code must never reach somebody else.
#[test]
fn a_former_code_is_nobody_elses() {
    let mut shop = Shop::new();
    let (acme, oaks) = (shop.customer("ACME"), shop.customer("OAKS"));

    shop.write(|tx| tx.change_code(&acme, "TULIPS"));

    assert_eq!(shop.customer("ACME").id, acme.id);
    assert_eq!(
        shop.refused(|tx| tx.add_customer("ACME", "Another", None, 30)),
        "customer_exists"
    );
    assert_eq!(
        shop.refused(|tx| tx.change_code(&oaks, "ACME")),
        "customer_exists"
    );
    let tulips = shop.customer("TULIPS");
    shop.write(|tx| tx.change_code(&tulips, "ACME"));
    assert_eq!(shop.customer("TULIPS").id, acme.id);
    shop.is_well();
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

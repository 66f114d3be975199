//! Money that comes by hand, in any order of events: every cent is somewhere.
//!
//! What a step refuses leaves the book as it was; what it does leaves a book
//! that breaks no rule, and of what was received each cent is applied, on
//! account, or fell away again.

use dues::books::{Books, Hand, NewAdjustment, NewBook, NewPayment, Tx};
use dues::domain::allotting::Policy;
use dues::domain::credit::AdjustmentKind;
use dues::domain::customer::Customer;
use dues::domain::gateway_account::Mode;
use dues::domain::ids::{AdjustmentId, BookId, PaymentId, ReceiptId};
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::money::{Currency, Money};
use dues::domain::payment::{Method, Payment, Receipt};
use dues::domain::spread::Pick;
use dues::jobs::bounce::{Returned, bounce};
use dues::jobs::receive::{Came, Direction, Grant, Order, apply, record, sweep};
use dues::problem::{Kind, Result};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const CODES: [&str; 2] = ["OAKS", "ELM"];

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

struct Shop {
    _folder: tempfile::TempDir,
    books: Books,
    at: Timestamp,
}

impl Shop {
    /// Two customers, with three invoices each.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let new = NewBook {
            id: BookId("00112233445566778899aabbccddeeff".into()),
            name: "Tulip".into(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".into(),
            mode: Mode::Test,
            gateway: "sandbox".into(),
        };
        let books = Books::create(&folder.path().join("book.db"), &hand(), &new, at).unwrap();
        let mut shop = Self {
            _folder: folder,
            books,
            at,
        };
        let made = shop.write(|tx| {
            for code in CODES {
                let id = tx.add_customer(code, code, None, 30)?;
                let customer = tx.read().customer(id)?;
                for (n, total) in [(1, 100_00), (2, 50_00), (3, 75_01)] {
                    let new = NewInvoice {
                        number: InvoiceNumber::parse(&format!("{code}-{n}")).unwrap(),
                        total: usd(total),
                        issued_on: date(2026, 10, n),
                        due_on: date(2026, 11, n),
                        terms: None,
                        po_number: None,
                        memo: None,
                    };
                    tx.add_invoice(&customer, &new)?;
                }
            }
            Ok(())
        });
        made.unwrap();
        shop
    }

    fn write<T>(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.at += SignedDuration::from_mins(7);
        self.books.write(&hand(), self.at, change)
    }
}

/// What may happen; whom and what it is about is the nth of what there is.
#[derive(Debug, Clone)]
enum Step {
    Record {
        who: usize,
        minor: i64,
        policy: Policy,
        pick: Option<(usize, Option<i64>)>,
        grant: Option<(AdjustmentKind, Option<i64>)>,
    },
    Unnamed(i64),
    Identify(i64, usize),
    Apply(i64, Policy),
    Sweep,
    Unapply(i64, usize, i64),
    Bounce(i64, Option<i64>),
    WriteOff(usize, usize, i64),
    AskAgain(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let policy = || prop::sample::select(Policy::ALL.to_vec());
    let minor = || prop::sample::select(vec![1, 33_33, 50_00, 75_01, 100_00, 300_00]);
    let grant = prop_oneof![
        minor().prop_map(|minor| (AdjustmentKind::Discount, Some(minor))),
        Just((AdjustmentKind::ShortPay, None)),
    ];
    let pick = (1_usize..=3, prop::option::of(minor()));
    prop_oneof![
        4 => (0_usize..2, minor(), policy(), prop::option::of(pick), prop::option::of(grant)).prop_map(
            |(who, minor, policy, pick, grant)| Step::Record { who, minor, policy, pick, grant }
        ),
        1 => minor().prop_map(Step::Unnamed),
        1 => (1_i64..3, 0_usize..2).prop_map(|(id, who)| Step::Identify(id, who)),
        2 => (1_i64..6, policy()).prop_map(|(id, policy)| Step::Apply(id, policy)),
        1 => Just(Step::Sweep),
        3 => (1_i64..6, 0_usize..3, minor()).prop_map(|(id, at, minor)| Step::Unapply(id, at, minor)),
        2 => (1_i64..6, prop::option::of(minor())).prop_map(|(id, fee)| Step::Bounce(id, fee)),
        2 => (0_usize..2, 1_usize..=3, minor()).prop_map(|(who, n, minor)| Step::WriteOff(who, n, minor)),
        1 => (1_i64..4).prop_map(Step::AskAgain),
    ]
}

fn taken(tx: &Tx<'_>, step: &Step) -> Result<()> {
    let book = tx.read();
    let today = tx.today()?;
    let order = |who: usize, came: Came| -> Result<Order> {
        Ok(Order {
            customer: book.find_customer(CODES[who])?,
            came,
            direction: Direction::default(),
            grants: Vec::new(),
            again: false,
            wants_mail: true,
        })
    };
    match step {
        Step::Record {
            who,
            minor,
            policy,
            pick,
            grant,
        } => {
            let came = Came::Now {
                method: Method::Check,
                amount: usd(*minor),
                on: today,
                reference: None,
                memo: None,
            };
            let mut order = order(*who, came)?;
            order.direction.policy = Some(*policy);
            if let Some((n, amount)) = pick {
                let number = format!("{}-{n}", CODES[*who]);
                order.direction.picks.push(Pick {
                    number: number.clone(),
                    amount: amount.map(usd),
                });
                order.grants.extend(grant.map(|(kind, amount)| Grant {
                    number,
                    kind,
                    amount: amount.map(usd),
                    because: "agreed".into(),
                }));
            }
            record(tx, &order).map(drop)
        }
        Step::Unnamed(minor) => tx
            .receive_unidentified(&Receipt {
                id: ReceiptId(0),
                method: Method::Wire,
                amount: usd(*minor),
                received_on: today,
                reference: None,
                payer: None,
                memo: None,
                payment: None,
            })
            .map(drop),
        Step::Identify(id, who) => {
            let receipt = book.receipt(ReceiptId(*id))?;
            record(tx, &order(*who, Came::Before(receipt))?).map(drop)
        }
        Step::Apply(id, policy) => {
            let direction = Direction {
                policy: Some(*policy),
                ..Direction::default()
            };
            apply(tx, &book.payment(PaymentId(*id))?.credit, &direction).map(drop)
        }
        Step::Sweep => sweep(tx).map(drop),
        Step::Unapply(id, at, minor) => {
            let credit = book.payment(PaymentId(*id))?.credit;
            match book.allocations_of(credit.name.id)?.get(*at) {
                Some(there) => tx.unapply(&credit, there, usd(*minor), today),
                None => Ok(()),
            }
        }
        Step::Bounce(id, fee) => {
            let number = InvoiceNumber::parse(&format!("FEE-{id}")).unwrap();
            let returned = Returned {
                because: "no funds".into(),
                on: today,
                fee: fee.map(|minor| (number, usd(minor))),
                wants_mail: false,
            };
            bounce(tx, &book.payment(PaymentId(*id))?, &returned).map(drop)
        }
        Step::WriteOff(who, n, minor) => {
            let invoice = book.find_invoice(&format!("{}-{n}", CODES[*who]), None)?;
            tx.adjust(&NewAdjustment {
                invoice: &invoice,
                kind: AdjustmentKind::WriteOff,
                amount: usd(*minor),
                because: "too little to ask for",
                payment: None,
                on: today,
            })
            .map(drop)
        }
        Step::AskAgain(id) => {
            let adjustment = book.adjustment(AdjustmentId(*id))?;
            tx.ask_again(&adjustment, "it is owed after all", today)
        }
    }
}

/// Two people have the same payment before them, and one was faster.
#[test]
fn a_payment_that_was_moved_meanwhile_does_not_bounce() {
    let mut shop = Shop::new();
    let seen = shop.write(|tx| {
        let oaks = tx.read().find_customer("OAKS")?;
        let id = tx.receive(&check(&oaks))?;
        tx.read().payment(id)
    });
    let seen = seen.unwrap();
    shop.write(|tx| tx.move_payment(&seen, &tx.read().find_customer("ELM")?))
        .unwrap();

    let refused = shop.write(|tx| bounce(tx, &seen, &no_funds(tx.today()?)));

    assert_eq!(refused.unwrap_err().code(), "partly_gone");
}

/// Likewise, of what was let go.
#[test]
fn what_was_asked_again_meanwhile_is_asked_again_once() {
    let mut shop = Shop::new();
    let seen = shop.write(|tx| {
        let invoice = tx.read().find_invoice("OAKS-1", None)?;
        let today = tx.today()?;
        let made = tx.write_off(&[invoice], "too little to ask for", today)?;
        tx.read().adjustment(made[0])
    });
    let seen = seen.unwrap();
    shop.write(|tx| tx.ask_again(&seen, "it is owed after all", tx.today()?))
        .unwrap();

    let refused = shop.write(|tx| tx.ask_again(&seen, "it is owed after all", tx.today()?));

    assert_eq!(refused.unwrap_err().code(), "asked_again_already");
}

/// Likewise, of a customer who is another one by now.
#[test]
fn nothing_is_booked_to_a_customer_who_was_merged_meanwhile() {
    let mut shop = Shop::new();
    let seen = shop.books.read().find_customer("OAKS").unwrap();
    let invoice = shop.books.read().find_invoice("OAKS-1", None).unwrap();
    shop.write(|tx| {
        let elm = tx.read().find_customer("ELM")?;
        tx.merge_customers(&seen, &elm, "added twice")
    })
    .unwrap();

    let received = shop.write(|tx| tx.receive(&check(&seen)).map(drop));
    let let_go = shop.write(|tx| {
        let today = tx.today()?;
        tx.write_off(
            std::slice::from_ref(&invoice),
            "too little to ask for",
            today,
        )
    });
    let asked = shop.write(|tx| {
        let new = NewInvoice {
            number: InvoiceNumber::parse("OAKS-4").unwrap(),
            total: usd(1_00),
            issued_on: date(2026, 11, 3),
            due_on: date(2026, 11, 3),
            terms: None,
            po_number: None,
            memo: None,
        };
        tx.add_invoice(&seen, &new).map(drop)
    });

    for refused in [received, let_go.map(drop), asked] {
        assert_eq!(refused.unwrap_err().code(), "customer_merged");
    }
    assert_eq!(shop.books.read().violations().unwrap(), vec![]);
}

fn check(customer: &Customer) -> NewPayment<'static> {
    NewPayment {
        customer: customer.id,
        method: Method::Check,
        amount: usd(50_00),
        received_on: date(2026, 11, 3),
        reference: Some("8841"),
        memo: None,
    }
}

fn no_funds(on: Date) -> Returned {
    Returned {
        because: "no funds".into(),
        on,
        fee: None,
        wants_mail: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happens in whatever order, no cent is lost or made.
    #[test]
    fn every_cent_is_somewhere(steps in prop::collection::vec(step(), 1..24)) {
        let mut shop = Shop::new();
        for step in &steps {
            if let Err(refused) = shop.write(|tx| taken(tx, step)) {
                let is_said = matches!(refused.kind(), Kind::Refused | Kind::Usage);
                prop_assert!(is_said, "{:?}: {}", step, refused.fact());
            }
        }

        let book = shop.books.read();
        prop_assert_eq!(book.violations().unwrap(), vec![]);
        for payment in book.payments(None).unwrap() {
            let Payment { amount, credit, given_back, reversed, .. } = &payment;
            let applied = book.allocations_of(credit.name.id).unwrap().into_iter();
            let applied = applied.fold(usd(0), |sum, it| sum.plus(it.amount));
            let somewhere = applied.plus(credit.open).plus(*given_back).plus(*reversed);
            prop_assert_eq!(somewhere, *amount, "{}", payment.id);
            let was: Money = book.history_of(credit.name.id).unwrap().iter()
                .fold(usd(0), |sum, (_, it)| sum.plus(it.amount));
            prop_assert_eq!(was, applied);
        }
    }
}

//! What a bank takes back: gone at once, what it paid open and on hold; back only when it is won.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::json;

use super::given_back::{Shop, acme, usd};
use super::{Answer, Bounce, NewDispute, NewPayment};
use crate::domain::dispute::Outcome;
use crate::domain::ids::{DisputeId, PaymentId};
use crate::domain::invoice::{InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Method;
use crate::domain::refund::{TakenFrom, Wanted};
use crate::domain::spread::Pick;
use crate::problem::{Problem, Result};

/// The shop's day.
const DAY: Date = date(2026, 11, 18);

/// All that is left, for no fee, today.
fn all() -> NewDispute<'static> {
    NewDispute {
        payment: PaymentId(1),
        amount: None,
        from: Wanted::AsItComes,
        fee: usd(0),
        reason: "product not received",
        on: date(2026, 11, 22),
        respond_by: None,
        again: false,
    }
}

fn of(minor: i64) -> NewDispute<'static> {
    NewDispute {
        amount: Some(usd(minor)),
        ..all()
    }
}

fn pick(number: &str, minor: Option<i64>) -> Wanted {
    Wanted::Reopen(vec![Pick {
        number: number.to_owned(),
        amount: minor.map(usd),
    }])
}

fn open(shop: &mut Shop, new: &NewDispute<'_>) -> Result<DisputeId> {
    shop.try_to(|tx| {
        tx.open_dispute(&NewDispute {
            on: tx.today()?,
            ..new.clone()
        })
    })
}

fn win(shop: &mut Shop, id: DisputeId) -> Result<Vec<String>> {
    let went = shop.try_to(|tx| tx.win_dispute(id, None, tx.today()?))?;
    Ok(went
        .iter()
        .map(|share| match &share.from {
            TakenFrom::Account => format!("account {}", share.amount),
            TakenFrom::Invoice { number, .. } => format!("{number} {}", share.amount),
        })
        .collect())
}

fn lose(shop: &mut Shop, id: DisputeId, gave_in: bool) -> Result<()> {
    shop.try_to(|tx| tx.lose_dispute(id, gave_in, Some("no proof"), tx.today()?))
}

/// Why INV-1 and INV-2 are on hold.
fn held(shop: &Shop) -> [Option<String>; 2] {
    ["INV-1", "INV-2"].map(|number| {
        let book = shop.books.read();
        let invoice = book.find_invoice(number, None).unwrap();
        let hold = book.hold_on(invoice.id).unwrap();
        hold.map(|hold| hold.because)
    })
}

fn code(refused: Result<impl std::fmt::Debug>) -> &'static str {
    Problem::code(&refused.unwrap_err())
}

#[test]
fn what_a_bank_takes_is_open_again_and_on_hold() {
    let mut shop = Shop::new();

    let id = open(&mut shop, &of(120_00)).unwrap();

    // First what pays no invoice, then what was paid last.
    assert_eq!(shop.stands(), [20_00, 50_00, 0, 0, 0]);
    let disputed = Some("disputed: DSP-1".to_owned());
    assert_eq!(held(&shop), [disputed.clone(), disputed]);
    assert_eq!(shop.payment().left(), usd(80_00));
    let row = shop.books.read().dispute(id).unwrap();
    assert_eq!((row.amount, row.outcome), (usd(120_00), None));
}

#[test]
fn the_invoices_can_be_named() {
    let mut shop = Shop::new();

    let named = NewDispute {
        from: pick("INV-1", Some(30_00)),
        ..all()
    };
    open(&mut shop, &named).unwrap();

    assert_eq!(shop.stands(), [30_00, 0, 50_00, 50_00, 0]);
    assert_eq!(held(&shop), [Some("disputed: DSP-1".to_owned()), None]);
}

#[test]
fn a_dispute_that_is_won_pays_again_what_is_still_open() {
    let mut shop = Shop::new();
    let id = open(&mut shop, &all()).unwrap();
    assert_eq!(shop.stands(), [100_00, 50_00, 0, 0, 0]);
    // Meanwhile 60.00 of INV-1 came by check.
    shop.write(|tx| {
        let (customer, _) = acme(tx)?;
        let today = tx.today()?;
        let received = tx.receive(&NewPayment {
            customer: customer.id,
            method: Method::Check,
            amount: usd(60_00),
            received_on: today,
            reference: None,
            memo: None,
        })?;
        let credit = tx.read().payment(received)?.credit.name.id;
        let invoice = tx.read().find_invoice("INV-1", None)?;
        tx.allocate(credit, invoice.id, usd(60_00), today)?;
        tx.note("test", json!({}))
    });

    let went = win(&mut shop, id).unwrap();

    assert_eq!(
        went,
        ["INV-2 50.00 USD", "INV-1 40.00 USD", "account 110.00 USD"]
    );
    assert_eq!(shop.stands(), [0, 0, 110_00, 110_00, 0]);
    assert_eq!(held(&shop), [None, None]);
    assert_eq!(shop.payment().reversed, usd(0));
    // It ends once.
    assert_eq!(code(win(&mut shop, id)), "dispute_ended");
    assert_eq!(code(lose(&mut shop, id, false)), "dispute_ended");
    // The bank may take it once more.
    open(&mut shop, &all()).unwrap();
    assert_eq!(shop.payment().left(), usd(0));
}

#[test]
fn what_is_lost_or_given_up_stays_open_and_on_hold() {
    for (gave_in, outcome) in [(false, Outcome::Lost), (true, Outcome::Accepted)] {
        let mut shop = Shop::new();
        let id = open(&mut shop, &all()).unwrap();

        lose(&mut shop, id, gave_in).unwrap();

        assert_eq!(shop.stands(), [100_00, 50_00, 0, 0, 0]);
        assert!(held(&shop).iter().all(Option::is_some));
        let row = shop.books.read().dispute(id).unwrap();
        assert_eq!(row.outcome.map(|(outcome, _)| outcome), Some(outcome));
        assert_eq!(row.because.as_deref(), Some("no proof"));
        assert!(shop.books.read().open_disputes(None).unwrap().is_empty());
        assert_eq!(code(win(&mut shop, id)), "dispute_ended");
    }
}

/// It is a fact beside the dispute: no money moves, and nobody answers twice.
#[test]
fn a_dispute_is_answered_once_and_while_it_is_open() {
    let mut shop = Shop::new();
    let id = open(&mut shop, &of(60_00)).unwrap();
    let other = open(&mut shop, &of(20_00)).unwrap();
    let before = shop.stands();
    let answer = |shop: &mut Shop, id, on: Option<Date>| {
        shop.try_to(|tx| {
            let on = on.unwrap_or(tx.today()?);
            let reference = Some("case 4711".to_owned());
            tx.answer_dispute(id, &Answer { on, reference })
        })
    };

    for (on, expected) in [
        (date(2026, 11, 1), "answered_before_opened"),
        (date(2027, 1, 1), "dated_ahead"),
    ] {
        assert_eq!(code(answer(&mut shop, id, Some(on))), expected);
    }
    answer(&mut shop, id, None).unwrap();

    assert_eq!(code(answer(&mut shop, id, None)), "answered_already");
    assert_eq!(
        code(answer(&mut shop, DisputeId(9), None)),
        "no_such_dispute"
    );
    assert_eq!(shop.stands(), before);
    let book = shop.books.read();
    // What waits for the bank comes after what is still to be answered.
    let ids: Vec<_> = book.open_disputes(None).unwrap();
    let ids: Vec<_> = ids
        .iter()
        .map(|it| (it.id, it.answered.is_some()))
        .collect();
    assert_eq!(ids, [(other, false), (id, true)]);
    lose(&mut shop, other, false).unwrap();
    assert_eq!(code(answer(&mut shop, other, None)), "dispute_ended");
    // It is decided like any other.
    win(&mut shop, id).unwrap();
    for tampering in [
        "update dispute_answers set answered_on = '2026-11-23'",
        "delete from dispute_answers",
        "insert into dispute_answers (dispute_id, answered_on, answered_at) values (2, '2026-11-22', 'now')",
    ] {
        let refused = shop.books.connection.execute_batch(tampering);
        assert!(refused.is_err(), "{tampering}");
    }
}

/// A letter that comes by mail and by fax is one dispute.
#[test]
fn as_much_of_a_payment_is_disputed_twice_only_if_somebody_says_so() {
    let mut shop = Shop::new();
    let first = open(&mut shop, &of(60_00)).unwrap();
    let before = shop.stands();

    assert_eq!(code(open(&mut shop, &of(60_00))), "same_dispute");
    assert_eq!(shop.stands(), before);
    open(&mut shop, &of(50_00)).unwrap();
    let again = NewDispute {
        again: true,
        ..of(60_00)
    };
    let second = open(&mut shop, &again).unwrap();
    // What ended is no dispute that this one could be.
    win(&mut shop, first).unwrap();
    win(&mut shop, second).unwrap();
    open(&mut shop, &of(60_00)).unwrap();
    open(&mut shop, &of(45_00)).unwrap();
    // What is left without an amount given is 45.00, too.
    assert_eq!(code(open(&mut shop, &all())), "same_dispute");
}

/// Who holds an invoice for a reason of their own holds it still.
#[test]
fn a_dispute_releases_its_own_holds_only() {
    let mut shop = Shop::new();
    let hold = |tx: &super::Tx<'_>| {
        let invoice = tx.read().find_invoice("INV-2", None)?;
        tx.hold_invoice(&invoice, "price is wrong")
    };
    shop.write(hold);
    let first = open(&mut shop, &of(60_00)).unwrap();
    let second = open(&mut shop, &of(20_00)).unwrap();
    assert_eq!(held(&shop), [None, Some("disputed: DSP-1".to_owned())]);
    // A new reason of a person's takes no dispute's hold away.
    shop.write(hold);

    win(&mut shop, first).unwrap();
    assert_eq!(held(&shop), [None, Some("disputed: DSP-2".to_owned())]);
    win(&mut shop, second).unwrap();
    assert_eq!(held(&shop), [None, Some("price is wrong".to_owned())]);

    let released = shop.write(|tx| {
        let invoice = tx.read().find_invoice("INV-2", None)?;
        tx.release_invoice(&invoice)
    });
    assert!(released);
    assert_eq!(held(&shop), [None, None]);
}

#[test]
fn a_dispute_is_refused_and_nothing_changed() {
    let mut shop = Shop::new();
    shop.write(|tx| {
        let (customer, _) = acme(tx)?;
        tx.receive(&NewPayment {
            customer: customer.id,
            method: Method::Check,
            amount: usd(10_00),
            received_on: DAY,
            reference: None,
            memo: None,
        })?;
        tx.note("test", json!({}))
    });
    shop.give_back([0, 0, 30_00]);
    let eur = Money::of(1, Currency::parse("EUR").unwrap());
    let table = [
        (of(170_01), "more_than_left"),
        (of(0), "amount_not_positive"),
        (
            NewDispute {
                amount: Some(eur),
                ..all()
            },
            "currency_differs",
        ),
        (NewDispute { fee: eur, ..all() }, "bad_fee"),
        (
            NewDispute {
                fee: usd(-1),
                ..all()
            },
            "bad_fee",
        ),
        (
            NewDispute {
                payment: PaymentId(2),
                ..all()
            },
            "not_disputable",
        ),
        (
            NewDispute {
                payment: PaymentId(9),
                ..all()
            },
            "no_such_payment",
        ),
        (
            NewDispute {
                on: date(2026, 11, 1),
                ..all()
            },
            "disputed_before_received",
        ),
        (
            NewDispute {
                on: date(2027, 1, 1),
                ..all()
            },
            "dated_ahead",
        ),
        (
            NewDispute {
                respond_by: Some(date(2026, 11, 1)),
                ..all()
            },
            "answer_before_dispute",
        ),
        (
            NewDispute {
                from: pick("INV-9", None),
                ..all()
            },
            "invoice_not_paid_by_it",
        ),
        (
            NewDispute {
                from: pick("INV-1", Some(100_01)),
                ..all()
            },
            "more_than_paid",
        ),
        (
            NewDispute {
                from: pick("INV-1", Some(1)),
                ..of(2)
            },
            "amounts_differ",
        ),
    ];
    let before = shop.stands();

    for (new, expected) in table {
        let on = new.on;
        let refused = shop.try_to(|tx| {
            let today = tx.today()?;
            tx.open_dispute(&NewDispute {
                on: if on == all().on { today } else { on },
                ..new
            })
        });
        assert_eq!(code(refused), expected);
    }
    assert_eq!(shop.stands(), before);
    // All of it was taken: nothing is left to take again, nor to give back.
    let id = open(&mut shop, &all()).unwrap();
    assert_eq!(code(open(&mut shop, &of(1))), "nothing_to_dispute");
    assert!(shop.ask([0, 0, 1]).is_err());
    for on in [date(2026, 11, 1), date(2027, 1, 1)] {
        let refused = shop.try_to(|tx| tx.lose_dispute(id, false, None, on));
        let expected = if on.year() == 2026 {
            "ended_before_opened"
        } else {
            "dated_ahead"
        };
        assert_eq!(code(refused), expected);
    }
    assert_eq!(code(win(&mut shop, DisputeId(7))), "no_such_dispute");
    // Nor does what a bank took bounce.
    let bounce = Bounce {
        because: "nsf".to_owned(),
        fee: None,
        on: date(2026, 11, 22),
    };
    let bounced = shop.try_to(|tx| tx.bounce(&tx.read().payment(PaymentId(1))?, &bounce));
    assert_eq!(code(bounced), "card_does_not_bounce");
}

#[test]
fn nothing_is_disputed_in_a_closed_period() {
    let mut shop = Shop::new();
    let id = open(&mut shop, &of(10_00)).unwrap();
    shop.books
        .connection
        .execute_batch("insert into closings (through, closed_at) values ('2026-11-30', 'now')")
        .unwrap();

    assert_eq!(code(open(&mut shop, &of(10_00))), "period_closed");
    assert_eq!(code(win(&mut shop, id)), "period_closed");
    assert_eq!(code(lose(&mut shop, id, true)), "period_closed");
    assert_eq!(shop.stands(), [0, 0, 40_00, 40_00, 0]);
}

/// What is on its way is found out about first.
#[test]
fn nothing_is_disputed_that_a_refund_on_its_way_may_give_back() {
    let mut shop = Shop::new();
    shop.ask([80_00, 0, 0]).unwrap();

    assert_eq!(code(open(&mut shop, &of(10_00))), "refund_unknown");
    assert_eq!(shop.stands(), [0, 0, 50_00, 50_00, 0]);
}

/// What only another program could write, the book refuses.
#[test]
fn the_book_refuses_what_no_dispute_does() {
    let mut shop = Shop::new();
    let first = open(&mut shop, &of(60_00)).unwrap();
    win(&mut shop, first).unwrap();
    open(&mut shop, &of(70_00)).unwrap();
    for tampering in [
        "update disputes set amount_minor = 1",
        "update disputes set outcome = 'lost' where id = 1",
        "update disputes set outcome = 'lost' where id = 2",
        "delete from disputes",
        "update dispute_shares set amount_minor = 1",
        "delete from dispute_shares",
        "insert into reversals (credit_id, amount_minor, dispute_id, reversed_on, reversed_at)
         values (1, -1, 1, '2026-11-22', 'now')",
        "insert into reversals (credit_id, amount_minor, dispute_id, reversed_on, reversed_at)
         values (1, -70_01, 2, '2026-11-22', 'now')",
        "update holds set dispute_id = null",
    ] {
        let refused = shop.books.connection.execute_batch(tampering);
        assert!(refused.is_err(), "{tampering}");
    }
}

/// Something that happens to the money.
#[derive(Debug, Clone)]
enum Deed {
    Apply(usize, i64),
    GiveBack([i64; 3]),
    ComeBack(usize, i64),
    Dispute(i64),
    Win(usize),
    Lose(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let some = 1_i64..=120_00;
    prop_oneof![
        (0_usize..3, some.clone()).prop_map(|(at, minor)| Deed::Apply(at, minor)),
        [0_i64..60_00, 0_i64..40_00, 0_i64..40_00].prop_map(Deed::GiveBack),
        (0_usize..3, some.clone()).prop_map(|(at, minor)| Deed::ComeBack(at, minor)),
        some.prop_map(Deed::Dispute),
        (0_usize..3).prop_map(Deed::Win),
        (0_usize..3).prop_map(Deed::Lose),
    ]
}

/// Does it, or is refused: then nothing changed.
fn happens(shop: &mut Shop, deed: &Deed) -> bool {
    let book = shop.books.read();
    let refunds = book.refunds_of(PaymentId(1)).unwrap();
    let disputes = book.disputes_of(PaymentId(1)).unwrap();
    match deed {
        Deed::Apply(at, minor) => {
            let number = ["INV-1", "INV-2", "INV-3"][*at];
            let applied = shop.try_to(|tx| {
                let invoice = tx.read().find_invoice(number, None)?;
                let credit = tx.read().payment(PaymentId(1))?.credit;
                tx.apply_credit(&credit, &invoice, usd(*minor))
            });
            applied.is_ok()
        }
        Deed::GiveBack(parts) => match shop.ask(*parts) {
            Ok(refund) => {
                shop.gives(refund.id);
                true
            }
            Err(_) => false,
        },
        Deed::ComeBack(at, minor) => refunds
            .get(*at)
            .is_some_and(|refund| shop.come_back(refund.id, *minor).is_ok()),
        Deed::Dispute(minor) => open(shop, &of(*minor)).is_ok(),
        Deed::Win(at) => disputes.get(*at).is_some_and(|it| win(shop, it.id).is_ok()),
        Deed::Lose(at) => disputes
            .get(*at)
            .is_some_and(|it| lose(shop, it.id, false).is_ok()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is applied, given back, taken by a bank and won or lost: every
    /// cent is somewhere, and what was refused changed nothing.
    #[test]
    fn every_cent_is_somewhere(deeds in prop::collection::vec(deed(), 1..14)) {
        let mut shop = Shop::new();
        shop.write(|tx| {
            let (customer, _) = acme(tx)?;
            let new = NewInvoice {
                terms: None,
                po_number: None,
                number: InvoiceNumber::parse("INV-3")?,
                total: usd(70_00),
                issued_on: date(2026, 1, 1),
                due_on: date(2026, 1, 31),
                memo: None,
            };
            tx.add_invoice(&customer, &new)
        });
        for deed in &deeds {
            let before = shop.stands();

            let done = happens(&mut shop, deed);

            let after = shop.stands();
            prop_assert!(done || after == before, "{:?} was refused and changed the book", deed);
            let payment = shop.payment();
            let book = shop.books.read();
            let applied = book.allocations_of(payment.credit.name.id).unwrap();
            let pays = applied.iter().fold(usd(0), |sum, it| sum.plus(it.amount));
            let disputes = book.disputes_of(PaymentId(1)).unwrap();
            let gone = disputes
                .iter()
                .filter(|it| !matches!(it.outcome, Some((Outcome::Won, _))))
                .fold(usd(0), |sum, it| sum.plus(it.amount));
            prop_assert_eq!(payment.reversed, gone);
            prop_assert_eq!(
                payment.amount,
                pays.plus(payment.credit.open).plus(payment.given_back).plus(gone)
            );
        }
    }
}

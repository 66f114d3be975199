//! Refunds that a restored book forgot: not made twice, and taken back as the gateway gave them.

use std::fs;

use dues::books::RefundRow;
use dues::domain::charge::{Event, State};
use dues::domain::ids::{PaymentId, RefundId};
use dues::domain::purpose::Purpose;
use dues::domain::spread::Wanted as Spending;
use dues::jobs::charge::charge;
use dues::jobs::plan::Wish;
use dues::jobs::reconcile::{How, reconcile};
use dues::jobs::recover::recover;
use dues::ports::Clock;
use jiff::civil::date;

use crate::reconcile::compared;
use crate::shop::{Shop, usd};

impl Shop {
    fn refunds(&self) -> Vec<RefundRow> {
        self.world().books.read().refunds_of(PaymentId(1)).unwrap()
    }
}

const RF_1: Purpose = Purpose::GiveBack(RefundId(1));

/// The gateway's list alone tells: the mark is gone, too.
#[test]
pub fn a_book_that_forgot_a_refund_is_locked_and_takes_it_back() {
    let shop = Shop::paid_with("tok_approve");
    shop.back_up();
    shop.give_back(Some(30_00)).unwrap();
    shop.lose_the_book();

    let marked = shop.give_back(Some(30_00)).unwrap_err();
    shop.forget_the_mark();
    let dry = How {
        only_look: true,
        ..How::default()
    };
    let looked = reconcile(&mut shop.world(), &dry).unwrap();
    assert_eq!(marked.code(), "book_is_old");
    assert_eq!(shop.went_back(), [30_00]);
    assert_eq!(looked.missing.len(), 1, "{looked:?}");
    assert_eq!((looked.looked[0].charges, looked.looked[0].refunds), (0, 1));
    assert_eq!(shop.stands(), [0, 0, 0], "nothing was written");

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(done.adopted[0].purpose, RF_1);
    assert_eq!(shop.stands(), [30_00, 0, 30_00]);
    shop.assert_right();
    assert!(shop.reconcile().adopted.is_empty(), "once");
    // What is asked for now is another refund, and no more than is left.
    assert_eq!(shop.give_back(None).unwrap().refund, RefundId(2));
    assert_eq!(shop.went_back(), [30_00, 70_00]);
    assert_eq!(shop.stands(), [100_00, 0, 100_00]);
    shop.assert_right();
}

/// As a book restored on the machine that marked it after the restoration: only
/// the gateway knows more.
#[test]
fn the_list_of_refunds_alone_locks_a_book() {
    let shop = Shop::paid_with("tok_approve");
    shop.back_up();
    let marks = shop.folder.path().join("marks");
    let kept = shop.folder.path().join("kept");
    copy(&marks, &kept);
    shop.give_back(Some(30_00)).unwrap();
    shop.lose_the_book();
    fs::remove_dir_all(&marks).unwrap();
    copy(&kept, &marks);

    let refund = shop.give_back(Some(30_00)).unwrap_err();
    shop.add_beta("tok_approve");
    let charge = shop.charge_of("BETA").unwrap_err();

    assert_eq!(
        (refund.code(), charge.code()),
        ("book_is_old", "book_is_old")
    );
    assert!(
        charge
            .message()
            .contains("sandbox has RF-1 of 30.00 USD, which this book does not know"),
        "{charge}"
    );
    assert_eq!((shop.went_back(), shop.taken()), (vec![30_00], 1));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The charge is forgotten, too: it comes first.
#[test]
fn a_charge_and_its_two_refunds_come_back_in_their_order() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.give_back(Some(30_00)).unwrap();
    shop.give_back(Some(50_00)).unwrap();
    shop.lose_the_book();

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(done.adopted.len(), 3);
    assert_eq!(shop.stands(), [80_00, 0, 80_00]);
    let numbers: Vec<_> = shop.refunds().iter().map(|refund| refund.id.0).collect();
    assert_eq!(numbers, [1, 2]);
    shop.assert_right();
    shop.give_back(None).unwrap();
    assert_eq!(shop.went_back(), [30_00, 50_00, 20_00]);
    shop.assert_right();
}

/// It may have left, and no list has it: only this machine's mark.
#[test]
fn a_refund_that_only_the_mark_has_is_unknown_until_it_is_found_out() {
    let shop = Shop::paid_with("tok_approve/refund_500");
    shop.back_up();
    assert_eq!(shop.give_back(Some(40_00)).unwrap().state, State::Unknown);
    shop.lose_the_book();

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(
        (done.adopted[0].purpose, done.adopted[0].state),
        (RF_1, State::Unknown)
    );
    let blocks = shop.give_back(Some(40_00)).unwrap_err();
    assert_eq!(blocks.code(), "refund_unknown");
    shop.assert_right();
    for _ in 0..3 {
        shop.clock.pass(7200);
        recover(&mut shop.world()).unwrap();
    }
    assert_eq!(shop.refunds()[0].attempt.state, State::NotMade);
    assert!(shop.went_back().is_empty());
    shop.assert_right();
}

/// Its own attempt was closed, and the gateway gave it after all.
#[test]
fn a_refund_that_was_closed_and_given_is_booked_beside_it() {
    let shop = Shop::paid_with("tok_approve/refund_lost");
    assert_eq!(shop.give_back(Some(40_00)).unwrap().state, State::Unknown);
    let mut world = shop.world();
    let attempt = world.books.read().newest_attempt(RF_1).unwrap();
    shop.clock.pass(60);
    let at = shop.clock.now();
    world
        .write_at(at, |tx| {
            Ok(tx.step(&attempt, &Event::FoundNotCharged, None, Some("not there"))?)
        })
        .unwrap();
    drop(world);

    let locked = shop.give_back(Some(40_00)).unwrap_err();
    let done = shop.reconcile();

    assert_eq!(locked.code(), "book_is_old");
    assert!(
        locked.message().ends_with("; nothing was given back"),
        "{locked}"
    );
    assert!(done.unlocked && done.adopted[0].late, "{done:?}");
    assert_eq!(done.adopted[0].purpose, Purpose::GiveBack(RefundId(2)));
    assert_eq!(shop.stands(), [40_00, 0, 40_00]);
    shop.assert_right();
    assert!(shop.reconcile().adopted.is_empty());
    assert_eq!(shop.went_back(), [40_00]);
}

/// In the restored book the money pays an invoice by now: that is open again.
#[test]
fn a_refund_that_fits_no_more_is_booked_as_the_gateway_gave_it() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let mut world = shop.world();
    let wish = Wish {
        wanted: Spending::Amount {
            amount: usd(150_00),
            except: vec![],
            on_account: true,
        },
        ..Shop::wish(&world, None)
    };
    charge(&mut world, &wish).unwrap();
    drop(world);
    shop.back_up();
    shop.give_back(Some(50_00)).unwrap();
    shop.lose_the_book();
    shop.add_invoice("ACME", "INV-2", 50_00, date(2026, 1, 31));
    let mut world = shop.world();
    let at = shop.clock.now();
    world
        .write_at(at, |tx| {
            let payment = tx.read().payment(PaymentId(1))?;
            let invoice = tx.read().find_invoice("INV-2", None)?;
            tx.apply_credit(&payment.credit, &invoice, usd(50_00))
        })
        .unwrap();
    drop(world);

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.stands(), [0, 0, 50_00]);
    let world = shop.world();
    let second = world.books.read().find_invoice("INV-2", None).unwrap();
    assert_eq!(second.open, usd(50_00));
    shop.assert_right();
}

/// Whatever stands in its way, a person can set it aside; its number is used up.
#[test]
fn a_refund_of_a_charge_that_is_gone_is_set_aside_by_who_compared() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    shop.charge().unwrap();
    shop.give_back(Some(30_00)).unwrap();
    let mut list = shop.list();
    list[0].token = Some("sbx_card_99".into());
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    shop.lose_the_book();
    assert!(!shop.reconcile().unlocked);

    let done = reconcile(&mut shop.world(), &compared("booked by hand")).unwrap();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(done.set_aside.len(), 2);
    shop.assert_right();
    *shop.gateway.0.listed.lock().unwrap() = Some(Vec::new());
    shop.add_beta("tok_approve");
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Succeeded);
    assert_eq!(shop.give_back(None).unwrap().refund, RefundId(2));
    shop.assert_right();
}

/// A mark from before there were refunds.
#[test]
fn an_older_mark_is_read() {
    let shop = Shop::paid_with("tok_approve");
    let marks = shop.folder.path().join("marks");
    let file = fs::read_dir(&marks)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&file).unwrap();
    let older = text.replace(",\"open_refunds\":[]", "");
    assert_ne!(text, older);
    fs::write(&file, older).unwrap();

    assert_eq!(shop.give_back(None).unwrap().state, State::Succeeded);
}

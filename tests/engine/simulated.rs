//! What the simulator found, each told once more by itself.

use std::fs;
use std::rc::Rc;
use std::sync::Arc;

use dues::books::Books;
use dues::domain::charge::State;
use dues::jobs::reconcile::{How, reconcile};
use dues::rehearsal;
use jiff::SignedDuration;

use crate::shop::{Shop, as_an_older_dues_prepared_it};

/// A machine may sleep in the middle of a commit, too: a key that was young
/// when it was looked at is old when the request would leave.
#[test]
fn a_key_that_grew_old_while_the_send_was_written_down_is_not_sent() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(19 * 3600);
    let clock = Arc::clone(&shop.clock);
    rehearsal::listen(Some(Rc::new(move |name| {
        if name == "book.committing" {
            clock.pass(2 * 3600);
        }
        Ok(())
    })));

    let state = shop.recover();

    rehearsal::listen(None);
    assert_eq!((state, shop.sends()), (State::Unknown, 1));
    shop.assert_right();
}

/// The old book still has an earlier charge of the invoice open. The later one
/// could only be made when that was closed: its money belongs to the invoice.
#[test]
fn what_an_old_book_forgot_pays_its_invoice_though_an_earlier_charge_is_open_there() {
    let shop = Shop::with_card("tok_500,tok_approve", |promises| promises.replay_for = None);
    let backup = shop.folder.path().join("backup.db");
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.world().books.back_up(&backup).unwrap();
    for _ in 0..2 {
        shop.clock.pass(3600);
        shop.recover();
    }
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    fs::copy(&backup, shop.book()).unwrap();
    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");

    let done = reconcile(&mut shop.world(), &How::default()).unwrap();

    assert_eq!((done.adopted.len(), done.left.len()), (1, 0));
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// The backup was made between the writing of a charge and its sending.
#[test]
fn what_an_old_book_has_as_prepared_may_have_been_sent() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let backup = shop.folder.path().join("backup.db");
    let (book, target) = (shop.book(), backup.clone());
    rehearsal::listen(Some(Rc::new(move |name| {
        if name == "charge.sending" {
            Books::open(&book).unwrap().back_up(&target)?;
        }
        Ok(())
    })));
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    rehearsal::listen(None);
    as_an_older_dues_prepared_it(&backup);
    fs::copy(&backup, shop.book()).unwrap();

    reconcile(&mut shop.world(), &How::default()).unwrap();

    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

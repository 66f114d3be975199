//! What stands before a request: the mark, the list, the account, the clock.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use dues::books::Books;
use dues::domain::charge::State;
use dues::domain::gateway_account::GatewayAccount;
use dues::domain::ids::ChargeId;
use dues::jobs::reconcile::{How, reconcile};
use dues::jobs::recover::recover;
use dues::ports::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::reconcile::compared;
use crate::shop::Shop;

impl Shop {
    /// Where the copy of the book is.
    pub fn copy(&self) -> PathBuf {
        self.folder.path().join("copy.db")
    }

    /// Copies the book as it is now.
    pub fn back_up(&self) {
        let books = Books::open(&self.book()).unwrap();
        books.back_up(&self.copy()).unwrap();
    }

    /// The book is lost, and the copy put in its place.
    pub fn lose_the_book(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{end}", self.book().display()));
        }
        let copy = self.copy();
        Books::restore(&copy, &self.book(), false).unwrap();
    }

    pub fn forget_the_mark(&self) {
        fs::remove_dir_all(self.folder.path().join("marks")).unwrap();
    }
}

/// A book that was tampered with is not charged from.
#[test]
#[expect(clippy::disallowed_methods, reason = "a book damaged by hand")]
pub fn a_book_that_breaks_its_own_rules_charges_nothing() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let book = rusqlite::Connection::open(shop.book()).unwrap();
    book.execute_batch(
        "drop trigger audit_stands; update audit set actor = 'x' where seq = (select max(seq) from audit)",
    )
    .unwrap();

    let refused = shop.charge().unwrap_err();

    assert_eq!((refused.code(), shop.sends()), ("book_is_wrong", 0));
}

/// What is open in it can be looked for, and nothing of it is sent again.
#[test]
#[expect(clippy::disallowed_methods, reason = "a book damaged by hand")]
fn from_a_book_that_breaks_its_own_rules_nothing_is_repeated() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.add_beta("tok_approve");
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    let book = rusqlite::Connection::open(shop.book()).unwrap();
    let trigger: String = book
        .query_row(
            "select sql from sqlite_schema where name = 'audit_stands'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let last = "(select max(seq) from audit)";
    book.execute_batch(&format!(
        "drop trigger audit_stands; update audit set actor = 'x' where seq = {last}; {trigger}"
    ))
    .unwrap();
    shop.clock.pass(30);

    let refused = shop.charge_of("BETA").unwrap_err();
    let recovered = recover(&mut shop.world());

    assert_eq!(refused.code(), "book_is_wrong");
    let recovered = recovered.unwrap().found;
    assert_eq!(recovered[0].to, State::Unknown);
    assert!(
        recovered[0]
            .why
            .as_ref()
            .unwrap()
            .contains("breaks its own rule"),
        "{recovered:?}"
    );
    assert_eq!((shop.taken(), shop.sends()), (0, 0));
}

/// Cron and a bookkeeper use one machine; the mark is there before the first
/// byte leaves.
#[test]
pub fn without_a_mark_nothing_leaves() {
    let shop = Shop::with_card("tok_approve", |_| ());
    fs::write(shop.folder.path().join("marks"), "a file in the way").unwrap();

    let refused = shop.charge().unwrap_err();

    assert_eq!((refused.code(), shop.sends()), ("no_mark", 0));
}

#[test]
pub fn a_book_without_the_marked_row_is_locked() {
    let shop = Shop::with_card("tok_approve,tok_lost", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);

    shop.lose_the_book();

    // The list shows nothing: only the mark knows.
    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");
    assert_eq!(
        recover(&mut shop.world()).unwrap_err().code(),
        "book_is_old"
    );
    assert_eq!(shop.taken(), 1);
}

/// What only the mark knows of is found later, and pays what it was for.
#[test]
fn what_was_on_its_way_pays_its_invoices_when_it_is_found() {
    let shop = Shop::with_card("tok_lost", |_| ());
    shop.back_up();
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.lose_the_book();

    let done = reconcile(&mut shop.world(), &How::default()).unwrap();
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);

    assert_eq!(done.adopted[0].state, State::Unknown);
    assert_eq!(shop.recover(), State::Succeeded);
    let invoice = shop
        .world()
        .books
        .read()
        .find_invoice("INV-1", None)
        .unwrap();
    assert!(invoice.open.is_zero(), "{invoice:?}");
    assert_eq!((shop.taken(), shop.sends()), (1, 1));
    shop.assert_right();
}

/// Even where nothing is left that knows of the charge, the restored book
/// makes the very request again that it made before.
#[test]
pub fn a_restored_book_computes_the_key_it_used() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    shop.forget_the_mark();
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    shop.clock.pass(60);

    assert_eq!(shop.charge().unwrap().1, State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (1, 2));
}

#[test]
pub fn a_book_that_knows_less_than_the_gateways_list_is_locked() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    // As on a machine that never charged from it: only the list knows.
    shop.forget_the_mark();

    let refused = shop.charge().unwrap_err();

    assert_eq!(refused.code(), "book_is_old");
    assert!(
        refused.message().contains("CH-1 of 100.00 USD"),
        "{refused}"
    );
    let done = reconcile(&mut shop.world(), &How::default()).unwrap();
    assert_eq!(done.adopted.len(), 1);
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// A secret of another account lists other charges: that ours is not among
/// them proves nothing.
#[test]
pub fn a_charge_is_asked_about_only_in_its_own_account() {
    let shop = Shop::with_card("tok_500", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    *shop.gateway.0.account.lock().unwrap() = Some("acct_other".into());

    for _ in 0..4 {
        shop.clock.pass(3600);
        assert_eq!(shop.recover(), State::Unknown);
    }

    assert_eq!(shop.sends(), 1);
    *shop.gateway.0.account.lock().unwrap() = None;
    shop.clock.pass(400 * 24 * 3600);
    shop.recover();
    shop.clock.pass(3600);
    assert_eq!(shop.recover(), State::NotMade);
}

/// By a clock that is ahead now, the key would look younger than it is later.
#[test]
pub fn a_machine_whose_clock_differs_from_the_gateways_charges_nothing() {
    let shop = Shop::with_card("tok_500,tok_approve", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    let gateway = &shop.gateway.0;
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::from_hours(-10));

    let found = shop.recover();
    let refused = shop.charge().unwrap_err();

    assert_eq!((found, shop.sends()), (State::Unknown, 1));
    assert_eq!(refused.code(), "outcome_unknown");
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    shop.clock.pass(60);
    assert_eq!(shop.recover(), State::Unknown);
    assert_eq!(shop.sends(), 2, "by a right clock it is repeated");
}

/// The clock ran 21 hours ahead when it was sent, and the gateway left out its
/// date. Later, by a right clock, the key is older than it looks.
#[test]
pub fn what_nobody_witnessed_is_looked_for_and_not_repeated() {
    let shop = Shop::with_card("tok_lost,tok_approve", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    let gateway = &shop.gateway.0;
    shop.clock.pass(21 * 3600);
    gateway.shows_no_time.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.set_back(21 * 3600);
    shop.clock.pass(30 * 3600);
    gateway.shows_no_time.store(false, Ordering::SeqCst);
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);

    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!((shop.sends(), shop.taken()), (1, 1));
}

/// It was sent by a clock 50 hours behind: it looks as old as can be, and left
/// an hour ago.
#[test]
fn of_what_nobody_witnessed_the_quiet_begins_with_the_first_look() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = None;
        promises.settles_within = SignedDuration::from_hours(26);
        promises.look_again_after = SignedDuration::from_mins(15);
    });
    let gateway = &shop.gateway.0;
    gateway.hides_all.store(true, Ordering::SeqCst);
    gateway.shows_no_time.store(true, Ordering::SeqCst);
    shop.clock.pass(10 * 3600);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(51 * 3600);
    gateway.shows_no_time.store(false, Ordering::SeqCst);
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);

    for hours in [0, 1, 24] {
        shop.clock.pass(hours * 3600);
        assert_eq!(shop.recover(), State::Unknown, "after {hours} hours");
    }
    shop.clock.pass(3600);
    assert_eq!(shop.recover(), State::NotMade);
}

/// A look that is dated by a clock that runs ahead would hide what comes
/// before its date.
#[test]
fn a_look_that_nobody_witnessed_is_remembered_no_later_than_the_one_before() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let until = || {
        (shop
            .world()
            .books
            .read()
            .seen_until(&GatewayAccount::new("sandbox", "sandbox")))
        .unwrap()
    };
    shop.gateway.0.shows_no_time.store(true, Ordering::SeqCst);
    let made = shop.world().books.read().facts().unwrap().created_at;
    shop.clock.pass(50 * 3600);

    assert_eq!(shop.charge().unwrap().1, State::Succeeded);

    assert_eq!(until(), Some(made));
}

/// Its first send was witnessed; now nobody says how long ago that was.
#[test]
fn without_a_witness_nothing_is_repeated() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    let gateway = &shop.gateway.0;
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(60);
    gateway.shows_no_time.store(true, Ordering::SeqCst);

    assert_eq!((shop.recover(), shop.sends()), (State::Unknown, 1));

    gateway.shows_no_time.store(false, Ordering::SeqCst);
    assert_eq!((shop.recover(), shop.sends()), (State::Unknown, 2));
}

#[test]
fn a_clock_behind_the_book_charges_nothing_where_nobody_shows_another() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let gateway = &shop.gateway.0;
    let later = shop.clock.now() + SignedDuration::from_hours(1);
    let add = shop
        .world()
        .write_at(later, |tx| tx.add_customer("LATE", "Late", None, 30));
    add.unwrap();

    for shows_no_time in [true, false] {
        gateway.shows_no_time.store(shows_no_time, Ordering::SeqCst);

        let refused = shop.charge().unwrap_err();

        assert_eq!((refused.code(), shop.sends()), ("clock_is_wrong", 0));
    }
    *gateway.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
}

/// One charge was closed as not made. The account is busy with other things:
/// only that card's list is read back to it.
#[test]
fn the_list_of_all_is_read_from_where_the_last_look_ended() {
    let shop = Shop::with_card("tok_lost,tok_approve", |promises| {
        promises.replay_for = None;
    });
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.look_twice();
    shop.add_beta("tok_approve");
    shop.clock.pass(3 * 24 * 3600);
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Succeeded);
    shop.clock.pass(24 * 3600);
    shop.gateway.0.lists_read.lock().unwrap().clear();

    let _ = shop.charge();

    let read = shop.gateway.0.lists_read.lock().unwrap().clone();
    let back = |since: Timestamp| shop.clock.now().duration_since(since).as_hours();
    let [(of_one, Some(card)), (of_all, None)] = &read[..] else {
        panic!("{read:?}");
    };
    assert_eq!(card, "sbx_card_1");
    assert_eq!((back(*of_one), back(*of_all)), (96, 24));
}

/// The gateway was out of reach, and its sender saw that: nothing is looked
/// for that never left.
#[test]
fn what_never_left_is_not_looked_for() {
    let shop = Shop::with_card("tok_unreachable,tok_approve", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::NotMade);
    shop.clock.pass(24 * 3600);
    shop.gateway.0.lists_read.lock().unwrap().clear();

    assert_eq!(shop.charge().unwrap().1, State::Succeeded);

    let read = shop.gateway.0.lists_read.lock().unwrap().clone();
    assert!(matches!(read[..], [(_, None)]), "{read:?}");
}

#[test]
pub fn a_new_charge_wants_a_right_clock() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let ahead = |hours| {
        *shop.gateway.0.clock_ahead.lock().unwrap() = Some(SignedDuration::from_hours(hours));
    };

    ahead(-1);
    let refused = shop.charge().unwrap_err();
    ahead(0);

    assert_eq!((refused.code(), shop.sends()), ("clock_is_wrong", 0));
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
}

/// The clock once ran far ahead and wrote that into the book. It is right now,
/// and the gateway says so: the book must not lock itself for years.
#[test]
pub fn the_gateways_clock_outweighs_a_wrong_moment_in_the_book() {
    let shop = Shop::with_card("tok_lost", |_| ());
    *shop.gateway.0.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let mut world = shop.world();
    let ahead = shop.clock.now() + SignedDuration::from_hours(24 * 3650);
    let add = world.write_at(ahead, |tx| tx.add_customer("LATE", "Late", None, 30));
    add.unwrap();
    drop(world);

    assert_eq!(shop.recover(), State::Succeeded);
}

/// Two complete looks did not have it, and it came all the same: the money is
/// never left out of the book, and never in silence.
#[test]
pub fn a_charge_that_comes_after_it_was_closed_is_booked_and_said() {
    let shop = Shop::with_card("tok_lost,tok_approve", |promises| {
        promises.replay_for = None;
    });
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    for _ in 0..2 {
        shop.clock.pass(60);
        shop.recover();
    }
    let first = shop.world().books.read().charge(ChargeId(1)).unwrap();
    assert_eq!(first.attempt.state, State::NotMade);
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);

    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");
    let done = reconcile(&mut shop.world(), &How::default()).unwrap();

    assert_eq!(done.adopted.len(), 1);
    assert!(done.adopted[0].late);
    let payments = shop.world().books.read().payments(None).unwrap();
    assert!(payments[0].credit.open.is_zero());
    assert_eq!(shop.taken(), 1);
    // Known from now on, and said once.
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// A restored book may hold an attempt open that was closed before its next
/// one was made. Repeating it would charge twice.
#[test]
pub fn an_older_attempt_is_closed_when_a_later_one_is_taken_back() {
    let shop = Shop::with_card("tok_500,tok_approve", |promises| {
        promises.replay_for = None;
    });
    let request = |shop: &Shop| shop.charge_by_request("nov-acme");
    assert_eq!(request(&shop).unwrap(), State::Unknown);
    shop.back_up();
    for _ in 0..2 {
        shop.clock.pass(60);
        shop.recover();
    }
    assert_eq!(
        request(&shop).unwrap(),
        State::Succeeded,
        "the second attempt"
    );

    shop.lose_the_book();
    let done = reconcile(&mut shop.world(), &How::default()).unwrap();

    assert_eq!(done.adopted.len(), 1);
    let charge = shop.world().books.read().charge(ChargeId(1)).unwrap();
    assert_eq!(
        (charge.attempt.n, charge.attempt.state),
        (2, State::Succeeded)
    );
    assert_eq!(
        request(&shop).unwrap(),
        State::Succeeded,
        "its first result"
    );
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// Where a gateway has no list, a person compares, and says how.
#[test]
pub fn a_gateway_without_a_list_is_compared_by_a_person() {
    let shop = Shop::with_card("tok_approve", |promises| {
        promises.replay_for = None;
        promises.lists = false;
    });
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.back_up();
    shop.lose_the_book();
    shop.forget_the_mark();

    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");
    let nobody = reconcile(&mut shop.world(), &How::default()).unwrap_err();
    reconcile(&mut shop.world(), &compared("page 3 of the statement")).unwrap();

    assert_eq!(nobody.code(), "nobody_compared");
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
}

#[test]
fn a_mark_that_cannot_be_read_locks() {
    let shop = Shop::with_card("tok_approve", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    for mark in fs::read_dir(shop.folder.path().join("marks")).unwrap() {
        fs::write(mark.unwrap().path(), "{").unwrap();
    }

    let next = shop.charge();

    assert_eq!(next.unwrap_err().code(), "book_is_old");
}

//! The engine over a clock of ours: quiet periods, old keys, a machine that slept.

mod fleet;
mod guard;
mod late;
mod mails;
mod reconcile;
mod refunds;
mod regain;
mod resolve;
mod rules;
mod schedules;
mod shop;
mod simulated;

use std::path::Path;
use std::sync::atomic::Ordering;

use dues::domain::charge::State;
use dues::domain::spread::Wanted;
use dues::jobs::charge::charge;
use dues::jobs::plan::Wish;
use dues::jobs::resolve::{Finding, resolve};
use dues::ports::Clock;
use jiff::SignedDuration;

use shop::{Shop, usd};

/// "Never heard of it" counts only after the quiet period, and twice, apart.
#[test]
pub fn not_listed_is_believed_late_and_twice() {
    let shop = Shop::with_card("tok_500", |_| ());

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Unknown, "at once proves nothing");
    // Each repetition starts the quiet period anew.
    for (wait, sends) in [(60, 3), (29, 3), (271, 4), (29, 4), (3571, 5), (29, 5)] {
        shop.clock.pass(wait);
        assert_eq!(shop.recover(), State::Unknown);
        assert_eq!(shop.sends(), sends, "four times at most, and further apart");
    }
    shop.clock.pass(1);
    assert_eq!(shop.recover(), State::Unknown, "the first miss");
    shop.clock.pass(5);
    assert_eq!(
        shop.recover(),
        State::Unknown,
        "too soon after the first miss"
    );
    shop.clock.pass(10);
    assert_eq!(shop.recover(), State::NotMade, "the second miss");

    assert_eq!((shop.taken(), shop.sends()), (0, 5));
    shop.assert_right();
}

/// What it keeps it has received, and may still act on: it is looked for as long
/// as that can take, not repeated, and never called not made by itself.
#[test]
pub fn an_error_that_the_gateway_keeps_is_for_a_person_at_last() {
    let shop = Shop::with_card("tok_500", |_| ());
    let gateway = &shop.gateway.0;
    gateway.keeps_errors.store(true, Ordering::SeqCst);

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    for wait in [0, 29, 1] {
        shop.clock.pass(wait);
        assert_eq!(shop.recover(), State::Pending);
    }
    shop.clock.pass(15);
    assert_eq!(shop.recover(), State::Review);

    assert_eq!((shop.taken(), shop.sends()), (0, 2));
    shop.assert_right();
}

/// A key older than its life would make a new charge: it is looked up, never repeated.
/// The money is taken, and the answer is the no to somebody else's charge.
#[test]
pub fn a_no_to_another_charge_is_no_answer() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.anothers_no.store(true, Ordering::SeqCst);

    assert_eq!(shop.charge().unwrap().1, State::Unknown);

    shop.gateway.0.anothers_no.store(false, Ordering::SeqCst);
    assert_eq!((shop.recover(), shop.taken()), (State::Succeeded, 1));
}

#[test]
pub fn an_old_key_is_never_sent_again() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(20 * 3600);
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (1, 1));
    shop.assert_right();
}

/// A clock that was set back makes an old key look young: nothing is repeated
/// by it, and no look counts.
#[test]
pub fn a_clock_that_was_set_back_proves_nothing() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(25 * 3600);
    // The book knows the later moment.
    assert_eq!(shop.recover(), State::Unknown);
    shop.clock.set_back(8 * 3600);

    for _ in 0..3 {
        assert_eq!(shop.recover(), State::Unknown);
    }

    assert_eq!((shop.taken(), shop.sends()), (0, 1));
}

/// What a gateway once had and has no more is for a person.
#[test]
pub fn a_pending_charge_that_disappears_goes_to_review() {
    let shop = Shop::with_card("tok_pending", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Pending);
    let ledger = shop.folder.path().join("sandbox.jsonl");
    let cards: String = std::fs::read_to_string(&ledger)
        .unwrap()
        .lines()
        .filter(|line| line.contains("card"))
        .filter(|line| !line.contains("charge"))
        .flat_map(|line| [line, "\n"])
        .collect();
    std::fs::write(&ledger, cards).unwrap();

    assert_eq!(shop.recover(), State::Pending);
    shop.clock.pass(60);
    assert_eq!(shop.recover(), State::Pending, "the first miss");
    shop.clock.pass(60);
    assert_eq!(shop.recover(), State::Review, "the second");
}

/// Whatever a person thinks they saw: what the gateway is still deciding may
/// yet be taken.
#[test]
pub fn an_unknown_charge_that_the_gateway_is_deciding_is_not_closed() {
    let shop = Shop::with_card("tok_pending", |promises| promises.replay_for = None);
    shop.gateway.0.loses_answers.store(true, Ordering::SeqCst);
    let (id, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    shop.clock.pass(900);

    let closed = resolve(&mut shop.world(), id, &Finding::NotMade("not there".into()));

    assert_eq!(closed.unwrap_err().code(), "gateway_disagrees");
    assert_eq!(shop.recover(), State::Succeeded);
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// Another amount is accepted only with our reference: any other payment with
/// the same card would fit as well.
#[test]
pub fn a_foreign_payment_of_another_amount_is_not_booked_as_this_charge() {
    let shop = Shop::with_card("tok_wrong_amount", |_| ());
    let (id, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Review);
    let found = Finding::Made {
        id: "sbx_ch_1".into(),
        because: None,
    };

    shop.gateway
        .0
        .names_no_reference
        .store(true, Ordering::SeqCst);
    let foreign = resolve(&mut shop.world(), id, &found);
    shop.gateway
        .0
        .names_no_reference
        .store(false, Ordering::SeqCst);
    let ours = resolve(&mut shop.world(), id, &found);

    assert_eq!(foreign.unwrap_err().code(), "gateway_disagrees");
    assert_eq!(ours.unwrap().state, State::Succeeded);
    shop.assert_right();
}

/// A laptop may sleep between the decision and the send; then nothing is sent.
#[test]
pub fn a_request_that_waited_too_long_does_not_leave() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.sleeps.lock().unwrap().push_back(53 * 3600);

    let (_, state, why) = shop.charge().unwrap();

    assert_eq!((state, why.unwrap().code()), (State::NotMade, "too_late"));
    assert_eq!(shop.taken(), 0);
    // It may be charged again at once.
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.assert_right();
}

/// On a repetition, "never left us" says nothing about the first send.
#[test]
pub fn a_repetition_that_does_not_leave_keeps_the_charge_unknown() {
    let shop = Shop::with_card("tok_lost", |promises| promises.lists = true);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.gateway.0.sleeps.lock().unwrap().push_back(3600);

    // The repetition is too late, but the look-up that follows finds the money.
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// A gateway that can only be asked is never sent a request twice.
#[test]
pub fn without_keys_a_charge_is_looked_up_only() {
    let shop = Shop::with_card("tok_lost", |promises| promises.replay_for = None);

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (1, 1));
    shop.assert_right();
}

/// A gateway that can be neither repeated nor asked leaves it to a person.
#[test]
pub fn without_keys_and_lists_a_person_decides() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = None;
        promises.lists = false;
    });

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Review);

    assert_eq!(shop.charge().unwrap_err().code(), "outcome_unknown");
    assert_eq!(shop.sends(), 1);
    shop.assert_right();
}

/// Whoever took back the consent has not agreed to a request that may never have arrived.
#[test]
pub fn a_charge_that_is_no_longer_wanted_is_looked_up_and_not_repeated() {
    let shop = Shop::with_card("tok_500", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let mut world = shop.world();
    let customer = world.books.read().find_customer("ACME").unwrap();
    let card = world.books.read().find_card(&customer, None).unwrap();
    world
        .write_at(shop.clock.now(), |tx| {
            tx.disable_card(&card, "reported lost")
        })
        .unwrap();
    drop(world);

    assert_eq!(shop.recover(), State::Unknown);

    assert_eq!(shop.sends(), 1);
}

/// A request that is not what was first sent would be another one.
/// One byte of the first request's amount is another.
#[expect(clippy::disallowed_methods, reason = "a book damaged by hand")]
fn damage_the_first_request(shop: &Shop) {
    let book = rusqlite::Connection::open(shop.book()).unwrap();
    let guard: String = book
        .query_row(
            "select sql from sqlite_schema where name = 'attempts_are_frozen'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    book.execute_batch(&format!(
        "drop trigger attempts_are_frozen; \
         update attempts set request = cast(replace(request, '10000', '10001') as blob) where id = 1; {guard}"
    ))
    .unwrap();
}

#[test]
pub fn a_damaged_request_is_looked_up_and_not_repeated() {
    let shop = Shop::with_card("tok_lost", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    damage_the_first_request(&shop);

    // It is settled by that, and stands in nobody's way.
    shop.add_beta("tok_approve");
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (2, 2));
}

/// Its bytes matter to none but its own charge.
#[test]
fn a_damaged_request_keeps_no_other_from_being_repeated() {
    let shop = Shop::with_card("tok_500", |_| ());
    shop.add_beta("tok_500");
    shop.charge().unwrap();
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Unknown);
    damage_the_first_request(&shop);
    let sends = shop.sends();

    shop.recover();

    assert_eq!(shop.sends(), sends + 1);
}

/// Recovery comes before any new send.
#[test]
pub fn a_charge_first_finds_out_what_became_of_the_one_before() {
    let shop = Shop::with_card("tok_lost", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Unknown);

    let second = shop.charge().unwrap_err();

    assert_eq!(second.code(), "earlier_charge_succeeded");
    assert_eq!(shop.taken(), 1);
}

#[test]
pub fn a_request_is_durably_on_its_way_before_it_arrives() {
    let shop = Shop::with_card("tok_lost", |_| ());

    shop.charge().unwrap();
    shop.recover();

    assert_eq!(shop.sends(), 2);
    assert_eq!(shop.gateway.0.unrecorded.load(Ordering::SeqCst), 0);
}

#[test]
pub fn two_processes_do_not_ask_for_money_at_once() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let held = shop.world().books.charging_right().try_take().unwrap();

    let second = shop.charge();
    drop(held);

    assert_eq!(second.unwrap_err().code(), "another_is_charging");
    assert_eq!(shop.sends(), 0);
}

/// What the gateway is still deciding pays its invoices, if it does; nothing
/// else may.
#[test]
pub fn what_a_pending_charge_will_pay_is_reserved() {
    let shop = Shop::with_card("tok_pending,tok_approve", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Pending);
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);

    let second = shop.charge().unwrap_err();

    assert_eq!(second.code(), "nothing_due");
    assert_eq!(shop.sends(), 1);
}

/// The book itself refuses what the code must never do.
#[test]
#[expect(clippy::disallowed_methods, reason = "tampering by hand is the point")]
pub fn the_book_refuses_a_second_live_attempt_and_any_change_of_the_past() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    let book = rusqlite::Connection::open(Path::new(&shop.book())).unwrap();
    book.pragma_update(None, "foreign_keys", "on").unwrap();

    for tampering in [
        "insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key, reference,
           request, request_sha256, state, prepared_at, changed_at)
         select charge_id, 2, gateway, account, token, amount_minor, currency, 'k2', 'r2',
           request, request_sha256, 'prepared', prepared_at, changed_at from attempts where id = 1",
        "update attempts set state = 'unknown' where id = 1",
        "update attempts set key = 'other' where id = 1",
        "update attempts set amount_minor = 1 where id = 1",
        "delete from attempts",
        "update charges set amount_minor = 1",
        "delete from charges",
        "update payments set amount_minor = 1",
        "delete from payments",
        "update credits set amount_minor = 1",
        "update credits set open_minor = -1",
        "delete from credits",
        "insert into credits (customer_id, amount_minor, currency, open_minor, credited_on, created_at)
           select customer_id, amount_minor, currency, open_minor, credited_on, created_at from credits",
        "update allocations set amount_minor = 1",
        "delete from allocations",
        "insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at) values (1, 1, 1, '2026-11-22', 'now')",
        "update cards set token = 'other'",
        "update authorizations set given_by = 'somebody'",
        "update audit set what = '{}'",
        "delete from audit",
        "update book set mode = 'live'",
        "update invoices set voided_at = 'now', void_reason = 'x'",
        "update mails set text = 'other'",
        "delete from mails",
    ] {
        assert!(book.execute_batch(tampering).is_err(), "{tampering}");
    }
    shop.assert_right();

    // What no constraint can refuse, the check finds.
    for (tampering, rule) in [
        (
            "drop trigger audit_stands; update audit set actor = 'x' where seq = 2",
            "INV20",
        ),
        ("update invoices set open_minor = 5", "INV07"),
        ("update credits set open_minor = 5", "INV05"),
    ] {
        book.execute_batch(tampering).unwrap();
        let found = shop.world().books.read().violations().unwrap();
        assert!(
            found.iter().any(|one| one.rule == rule),
            "{tampering}: {found:?}"
        );
    }
}

#[test]
fn while_money_on_account_is_pending_the_same_is_not_charged_again() {
    let shop = Shop::with_card("tok_pending,tok_approve", |_| ());
    let charge_on_account = || {
        let mut world = shop.world();
        let wish = Wish {
            wanted: Wanted::Amount {
                amount: usd(500_00),
                except: vec![],
                on_account: true,
            },
            ..Shop::wish(&world, None)
        };
        charge(&mut world, &wish).map(|charged| charged.state)
    };
    assert_eq!(charge_on_account().unwrap(), State::Pending);
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);

    let second = charge_on_account();

    assert_eq!(second.unwrap_err().code(), "outcome_unknown");
}

//! Money that comes, or shows, after its attempt was closed.

use std::sync::atomic::Ordering;

use dues::books::Tx;
use dues::domain::charge::{Answer, State};
use dues::domain::ids::ChargeId;
use dues::jobs::recover::recover;
use dues::jobs::resolve::{Finding, resolve};
use dues::ports::{Clock, Sighting};

use crate::shop::{Shop, usd};

/// A request whose answer was lost, and that showed nowhere until it was closed.
fn closed_unseen(token: &str, request_id: &str) -> Shop {
    let shop = Shop::with_card(token, |promises| promises.replay_for = None);
    let gateway = &shop.gateway.0;
    gateway.loses_answers.store(true, Ordering::SeqCst);
    gateway.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request(request_id).unwrap(), State::Unknown);
    shop.look_twice();
    gateway.loses_answers.store(false, Ordering::SeqCst);
    gateway.hides_all.store(false, Ordering::SeqCst);
    shop
}

#[test]
fn a_late_capture_that_is_still_pending_is_settled_later() {
    let shop = closed_unseen("tok_pending", "nov");
    let late = shop.reconcile().adopted[0].purpose.charge().unwrap();

    recover(&mut shop.world()).unwrap();

    let state = shop
        .world()
        .books
        .read()
        .charge(late)
        .unwrap()
        .attempt
        .state;
    assert_eq!(state, State::Succeeded);
}

#[test]
fn a_late_capture_pays_what_it_was_for() {
    let shop = closed_unseen("tok_lost", "nov");

    let done = shop.reconcile();

    assert!(done.adopted[0].late);
    assert!(shop.payments()[0].credit.open.is_zero());
}

#[test]
fn a_late_capture_is_the_result_of_its_request() {
    let shop = closed_unseen("tok_lost,tok_approve", "nov");
    shop.reconcile();

    let again = shop.charge_by_request("nov");

    assert_eq!(again.unwrap(), State::Succeeded);
    assert_eq!(shop.taken(), 1);
}

/// What its invoice was for is gone: the retry stands beside its charge.
#[test]
fn a_retry_that_is_taken_back_beside_its_charge_is_the_result_of_its_request() {
    let shop = Shop::with_card("tok_429,tok_approve", |_| ());
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::NotMade);
    shop.back_up();
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Succeeded);
    shop.lose_the_book();
    let at = shop.clock.now();
    let void = |tx: &Tx<'_>| {
        let invoice = tx.read().find_invoice("INV-1", None)?;
        tx.void_invoice(&invoice, "a mistake")
    };
    shop.world().write_at(at, void).unwrap();
    assert!(shop.reconcile().unlocked);

    let again = shop.charge_by_request("nov");

    assert_eq!(again.unwrap(), State::Succeeded);
    assert_eq!(shop.taken(), 1);
}

#[test]
fn both_captures_of_one_request_are_taken_back() {
    let shop = Shop::with_card("tok_lost,tok_approve", |promises| {
        promises.replay_for = None;
    });
    shop.back_up();
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Unknown);
    shop.look_twice();
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Succeeded);
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);
    shop.lose_the_book();

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.payments().len(), 2);
}

#[test]
fn a_capture_known_as_open_is_kept_when_a_later_attempt_closes_it() {
    let shop = Shop::with_card("tok_lost,tok_approve", |promises| {
        promises.replay_for = None;
    });
    let gateway = &shop.gateway.0;
    gateway.dated.store(true, Ordering::SeqCst);
    gateway.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Unknown);
    shop.back_up();
    shop.look_twice();
    shop.clock.pass(600);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Succeeded);
    gateway.hides_all.store(false, Ordering::SeqCst);
    shop.lose_the_book();
    shop.clock.pass(600);

    let done = shop.reconcile();

    assert_eq!(shop.payments().len(), 2, "{done:?}");
    assert!(shop.world().books.read().open_charges().unwrap().is_empty());
}

#[test]
pub fn a_capture_that_shows_late_is_seen_although_others_were_charged_since() {
    let shop = Shop::with_card("tok_lost", |promises| promises.replay_for = None);
    let gateway = &shop.gateway.0;
    gateway.dated.store(true, Ordering::SeqCst);
    shop.add_beta("tok_approve");
    let (first, ..) = shop.charge().unwrap();
    let reference = {
        let charge = shop.world().books.read().charge(first).unwrap();
        charge.attempt.asked.reference
    };
    gateway.hidden.lock().unwrap().push(reference);
    shop.clock.pass(3600);
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Succeeded);
    shop.look_twice();
    let first = shop.world().books.read().charge(first).unwrap();
    assert_eq!(first.attempt.state, State::NotMade);

    gateway.hidden.lock().unwrap().clear();
    let done = shop.reconcile();

    assert_eq!(shop.payments().len(), 2, "{done:?}");
}

#[test]
fn of_two_captures_the_second_is_seen_when_a_person_booked_the_first() {
    let shop = Shop::with_card("tok_lost", |promises| promises.replay_for = None);
    let gateway = &shop.gateway.0;
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let mut list = shop.list();
    list[0].made_at = Some(shop.clock.now());
    let mut second = list[0].clone();
    if let Answer::Taken(capture) = &mut second.answer {
        capture.id = "sbx_ch_1b".into();
    }
    list.push(second);
    let both = vec!["sbx_ch_1".into(), "sbx_ch_1b".into()];
    *gateway.listed.lock().unwrap() = Some(list.clone());
    *gateway.sighted.lock().unwrap() = Some(Sighting::Several(both));
    assert_eq!(shop.recover(), State::Review);
    // The list is read an hour later, while both are known as open.
    shop.clock.pass(3600);
    shop.reconcile();
    *gateway.sighted.lock().unwrap() = Some(Sighting::Found(list[0].answer.clone()));
    let first = Finding::Made {
        id: "sbx_ch_1".into(),
        because: None,
    };
    resolve(&mut shop.world(), ChargeId(1), &first).unwrap();

    let done = shop.reconcile();

    assert_eq!(shop.payments().len(), 2, "{done:?}");
}

#[test]
fn a_late_capture_of_another_amount_is_not_confirmed_as_not_charged() {
    let shop = closed_unseen("tok_approve", "nov");
    let mut list = shop.list();
    if let Answer::Taken(capture) = &mut list[0].answer {
        capture.amount = usd(60_00);
    }
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    let late = shop.reconcile().adopted[0].purpose.charge().unwrap();
    shop.clock.pass(3600);

    let closed = resolve(&mut shop.world(), late, &Finding::NotMade("looked".into()));

    assert_eq!(closed.unwrap_err().code(), "gateway_disagrees");
}

/// Pending, then gone, then closed by a person; and taken after all. The
/// closed attempt knew its transaction already.
#[test]
fn what_was_closed_under_its_transaction_is_booked_when_it_is_taken_after_all() {
    let shop = Shop::with_card("tok_pending", |_| ());
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Pending);
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        shop.clock.pass(60);
        recover(&mut shop.world()).unwrap();
    }
    shop.clock.pass(900);
    let finding = Finding::NotMade("it is gone from their page".into());
    let closed = resolve(&mut shop.world(), first, &finding).unwrap();
    assert_eq!(closed.state, State::NotMade);
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);

    let done = shop.reconcile();
    recover(&mut shop.world()).unwrap();

    assert!(done.unlocked && done.adopted[0].late, "{done:?}");
    assert_eq!(shop.payments().len(), 1);
    shop.assert_right();
}

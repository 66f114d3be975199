//! What a person found, held against what the gateway says.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use dues::books::AttemptRow;
use dues::domain::charge::{Answer, Capture, State};
use dues::domain::ids::ChargeId;
use dues::jobs::recover::recover;
use dues::jobs::resolve::{Finding, Resolved, resolve};
use dues::ports::Sighting;
use dues::ports::{NotAsked, Refusal};
use dues::problem::{Problem, Result};
use dues::rehearsal::listen;
use jiff::SignedDuration;

use crate::shop::Shop;

impl Shop {
    /// A charge whose outcome is unknown.
    fn unknown(token: &str) -> Self {
        let shop = Self::with_card(token, |promises| promises.replay_for = None);
        assert_eq!(shop.charge().unwrap().1, State::Unknown);
        shop
    }

    fn found_charged(&self, charge: i64, id: &str) -> Result<Resolved> {
        let finding = Finding::Made {
            id: id.into(),
            because: None,
        };
        resolve(&mut self.world(), ChargeId(charge), &finding)
    }

    /// Looked for when nothing can be on its way any more.
    fn found_not_charged(&self, charge: i64) -> Result<Resolved> {
        self.clock.pass(900);
        let finding = Finding::NotMade("it is not on their page".into());
        resolve(&mut self.world(), ChargeId(charge), &finding)
    }

    fn locks_us_out(&self, locked: bool) {
        let other = locked.then(|| "acct_other".to_owned());
        *self.gateway.0.account.lock().unwrap() = other;
    }
}

#[test]
fn a_person_settles_a_charge_whose_sender_died() {
    let shop = Shop::with_card("tok_approve", |_| ());
    listen(Some(Rc::new(|name| match name {
        "charge.marked" => panic!("killed"),
        _ => Ok(()),
    })));
    let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| shop.charge()));
    listen(None);
    assert!(died.is_err());
    shop.locks_us_out(true);

    let resolved = shop.found_not_charged(1).unwrap();

    assert_eq!(resolved.state, State::NotMade);
}

/// The request may be on its way still: a page that does not show it proves nothing.
#[test]
fn what_was_just_sent_is_not_closed_as_not_charged() {
    let shop = Shop::with_card("tok_approve", |promises| {
        promises.settles_within = SignedDuration::from_hours(26);
    });
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let finding = Finding::NotMade("it is not on their page".into());
    shop.clock.pass(590);

    let closed = resolve(&mut shop.world(), ChargeId(1), &finding);

    assert_eq!(closed.unwrap_err().code(), "too_early");
    shop.clock.pass(20);
    let closed = resolve(&mut shop.world(), ChargeId(1), &finding).unwrap();
    assert_eq!((closed.state, closed.confirmed), (State::NotMade, false));
}

/// By a wrong clock it would be looked for in the wrong days.
#[test]
fn by_a_wrong_clock_nothing_is_closed_as_not_charged() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let ahead = SignedDuration::from_hours(-30);
    *shop.gateway.0.clock_ahead.lock().unwrap() = Some(ahead);

    let closed = shop.found_not_charged(1);

    assert_eq!(closed.unwrap_err().code(), "clock_is_wrong");
    *shop.gateway.0.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    assert_eq!(shop.found_not_charged(1).unwrap().state, State::NotMade);
}

#[test]
fn what_the_gateway_has_and_is_not_over_is_not_closed() {
    let shop = Shop::unknown("tok_lost");
    let stands = Answer::Unknown("it stands at `requires_capture`".into());
    *shop.gateway.0.sighted.lock().unwrap() = Some(Sighting::Found(stands));

    let closed = shop.found_not_charged(1);

    assert_eq!(closed.unwrap_err().code(), "gateway_disagrees");
}

#[test]
fn a_person_may_accept_our_own_request_from_another_card() {
    let shop = Shop::unknown("tok_lost");
    let mut answer = shop.list()[0].answer.clone();
    if let Answer::Taken(capture) = &mut answer {
        capture.token = Some("pm_alone".into());
    }
    *shop.gateway.0.sighted.lock().unwrap() = Some(Sighting::Found(answer));
    assert_eq!(shop.recover(), State::Review);

    let booked = shop.found_charged(1, "sbx_ch_1").unwrap();

    assert_eq!((booked.state, booked.confirmed), (State::Succeeded, true));
}

#[test]
fn a_charge_whose_money_is_booked_as_anothers_can_be_closed() {
    let shop = Shop::unknown("tok_lost");
    shop.add_beta("tok_500");
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Unknown);
    shop.locks_us_out(true);
    // The wrong line of the gateway's page.
    shop.found_charged(2, "sbx_ch_1").unwrap();
    shop.locks_us_out(false);
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);

    let closed = shop.found_not_charged(1).unwrap();

    assert_eq!(closed.state, State::NotMade);
}

#[test]
fn a_look_that_can_never_work_does_not_gag_a_person() {
    let shop = Shop::unknown("tok_500");
    let gone = Problem::refused("gateway_has_none", "no such customer");
    *shop.gateway.0.look_fails.lock().unwrap() = Some(NotAsked::new(Refusal::Gone, gone));

    let closed = shop.found_not_charged(1).unwrap();

    assert_eq!((closed.state, closed.confirmed), (State::NotMade, false));
}

#[test]
fn the_id_that_a_person_found_is_kept() {
    let shop = Shop::with_card("tok_pending", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Pending);
    let mut list = shop.list();
    shop.locks_us_out(true);
    shop.found_charged(1, "sbx_ch_other").unwrap();
    shop.locks_us_out(false);
    if let Answer::Pending(capture) = list[0].answer.clone() {
        let mut capture = capture;
        capture.id = "sbx_ch_other".into();
        list[0].answer = Answer::Taken(capture);
    }
    *shop.gateway.0.listed.lock().unwrap() = Some(list);

    let done = shop.reconcile();

    assert_eq!(shop.payments().len(), 1, "{done:?}");
}

/// It may settle this itself when it answers again; one that never does gags nobody.
#[test]
fn while_the_gateway_is_out_of_reach_nobody_is_believed_until_it_would_have_settled() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = None;
        promises.settles_within = SignedDuration::from_hours(26);
    });
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let busy = Refusal::Busy { wait: None };
    for away in [Refusal::Unreachable, busy, Refusal::Unreadable] {
        let problem = Problem::refused("gateway_away", "it could not be asked");
        *shop.gateway.0.look_fails.lock().unwrap() = Some(NotAsked::new(away, problem));

        let early = [shop.found_not_charged(1), shop.found_charged(1, "sbx_ch_1")];

        for refused in early {
            assert_eq!(refused.unwrap_err().code(), "gateway_away");
        }
    }
    shop.clock.pass(26 * 3600);
    let late = shop.found_charged(1, "sbx_ch_1").unwrap();
    assert_eq!((late.state, late.confirmed), (State::Succeeded, false));
}

/// A book that is locked is not recovered: without a person it would wait for ever.
#[test]
fn what_stays_pending_and_is_not_listed_is_decided_by_a_person_when_it_is_late() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.settles_within = SignedDuration::from_hours(26);
    });
    shop.gateway.0.keeps_errors.store(true, Ordering::SeqCst);
    shop.charge().unwrap();
    assert_eq!(shop.recover(), State::Pending);

    let early = shop.found_not_charged(1);

    assert_eq!(early.unwrap_err().code(), "gateway_disagrees");
    shop.clock.pass(26 * 3600);
    let late = shop.found_not_charged(1).unwrap();
    assert_eq!((late.state, late.confirmed), (State::NotMade, true));
    shop.assert_right();
}

impl Shop {
    fn attempt(&self, charge: i64) -> AttemptRow {
        let world = self.world();
        world.books.read().charge(ChargeId(charge)).unwrap().attempt
    }

    /// BETA's charge, whose answer was lost, is found under this transaction:
    /// for the rest as it was asked.
    fn betas_charge_is_found_as(&self, id: &str) -> AttemptRow {
        self.add_beta("tok_lost");
        assert_eq!(self.charge_of("BETA").unwrap().1, State::Unknown);
        let asked = self.attempt(2).asked;
        let found = Answer::Taken(Capture {
            id: id.into(),
            amount: asked.amount,
            token: Some(asked.token),
            reference: Some(asked.reference),
        });
        *self.gateway.0.sighted.lock().unwrap() = Some(Sighting::Found(found));
        recover(&mut self.world()).unwrap();
        self.attempt(2)
    }
}

/// The gateway names the transaction of a charge in review once more, for
/// another charge, of the right amount: one of the two is a lie.
#[test]
pub fn what_a_gateway_named_for_a_review_is_no_other_charges() {
    let shop = Shop::with_card("tok_wrong_amount", |promises| promises.replay_for = None);
    assert_eq!(shop.charge().unwrap().1, State::Review);
    assert_eq!(shop.attempt(1).gateway_id.as_deref(), Some("sbx_ch_1"));

    let second = shop.betas_charge_is_found_as("sbx_ch_1");

    assert_eq!((second.state, second.gateway_id), (State::Review, None));
    assert_eq!(shop.payments(), []);
    // Nor does a person's word make it the other's.
    let refused = shop.found_charged(2, "sbx_ch_1").unwrap_err();
    assert!(
        refused.message().contains("`sbx_ch_1` is CH-1"),
        "{refused}"
    );
    shop.assert_right();
}

/// Two captures carry one charge's reference. Both are its, whichever a person books.
#[test]
fn of_two_captures_neither_becomes_another_charges() {
    let shop = Shop::unknown("tok_lost");
    let both = vec!["sbx_ch_1".into(), "sbx_ch_1b".into()];
    *shop.gateway.0.sighted.lock().unwrap() = Some(Sighting::Several(both));
    assert_eq!(shop.recover(), State::Review);
    *shop.gateway.0.sighted.lock().unwrap() = None;

    let second = shop.betas_charge_is_found_as("sbx_ch_1b");

    assert_eq!(second.state, State::Review);
}

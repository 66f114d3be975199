//! Money given back: asked for once, found out and never guessed, booked as the gateway gave it.

use std::rc::Rc;

use dues::domain::charge::State;
use dues::domain::ids::PaymentId;
use dues::domain::refund::Wanted;
use dues::gateway::sandbox::Sandbox;
use dues::jobs::recover::recover;
use dues::jobs::refund::{Refunded, Wish, plan, refund};
use dues::ports::Way;
use dues::problem::{Kind, Problem, Result};
use dues::rehearsal::listen;

use crate::shop::{Shop, usd};

impl Shop {
    /// A shop whose customer has paid INV-1 (100.00) with this card.
    pub fn paid_with(token: &str) -> Self {
        let shop = Self::with_card(token, |_| ());
        assert_eq!(shop.charge().unwrap().1, State::Succeeded);
        shop.clock.pass(3600);
        shop
    }

    pub fn wish_back(amount: Option<i64>) -> Wish {
        Wish {
            payment: PaymentId(1),
            amount: amount.map(usd),
            from: Wanted::AsItComes,
            way: Way::Refund,
            because: None,
            wants_mail: true,
            agreed: None,
        }
    }

    pub fn give_back(&self, amount: Option<i64>) -> Result<Refunded> {
        refund(&mut self.world(), &Self::wish_back(amount))
    }

    /// What the gateway gave back, one by one.
    pub fn went_back(&self) -> Vec<i64> {
        let sandbox = Sandbox::new(self.folder.path().join("sandbox.jsonl"));
        let given = sandbox.money_given_back().unwrap();
        given.into_iter().map(|(_, money)| money.minor()).collect()
    }

    /// Open on INV-1, on account, and given back, by the book.
    pub fn stands(&self) -> [i64; 3] {
        let world = self.world();
        let book = world.books.read();
        let payment = book.payment(PaymentId(1)).unwrap();
        let invoice = book.find_invoice("INV-1", None).unwrap();
        [
            invoice.open.minor(),
            payment.credit.open.minor(),
            payment.given_back.minor(),
        ]
    }
}

#[test]
fn a_refund_goes_back_once_and_reopens_what_was_paid() {
    let shop = Shop::paid_with("tok_approve");

    let refunded = shop.give_back(Some(30_00)).unwrap();

    assert_eq!(refunded.state, State::Succeeded);
    assert_eq!(shop.went_back(), [30_00]);
    assert_eq!(shop.stands(), [30_00, 0, 30_00]);
    let mails = shop.world().books.read().mails(false).unwrap();
    let told = mails.iter().filter(|mail| mail.event == "refund:RF-1");
    assert_eq!(told.count(), 1);
    shop.assert_right();
}

#[test]
fn no_more_goes_back_than_was_taken() {
    let shop = Shop::paid_with("tok_approve");
    shop.give_back(Some(60_00)).unwrap();

    let more = shop.give_back(Some(40_01)).unwrap_err();
    let rest = shop.give_back(None).unwrap();
    let none = shop.give_back(None).unwrap_err();

    assert_eq!(more.code(), "more_than_left");
    assert_eq!(rest.state, State::Succeeded);
    assert_eq!(none.code(), "nothing_to_refund");
    assert_eq!(shop.went_back(), [60_00, 40_00]);
    assert_eq!(shop.stands(), [100_00, 0, 100_00]);
    shop.assert_right();
}

/// What each way of answering leads to at once, and after it was asked about.
#[test]
fn whatever_is_answered_it_is_found_out_and_given_back_at_most_once() {
    use State::{Declined, NotMade, Pending, Review, Succeeded, Unknown};
    let table: [(&str, State, State, &[i64]); 9] = [
        ("refund_given", Succeeded, Succeeded, &[40_00]),
        ("refund_pending", Pending, Succeeded, &[40_00]),
        ("refund_fails", Declined, Declined, &[]),
        ("refund_lost", Unknown, Succeeded, &[40_00]),
        ("refund_500_given", Unknown, Succeeded, &[40_00]),
        ("refund_500", Unknown, NotMade, &[]),
        ("refund_unreachable", NotMade, NotMade, &[]),
        ("refund_429", NotMade, NotMade, &[]),
        ("refund_wrong_amount", Review, Review, &[39_99]),
    ];
    for (play, at_once, in_the_end, given) in table {
        let shop = Shop::paid_with(&format!("tok_approve/{play}"));

        let first = shop.give_back(Some(40_00)).unwrap();
        assert_eq!(first.state, at_once, "{play}");
        let blocks = shop.give_back(Some(40_00));
        let is_open = !at_once.is_final();
        if is_open {
            // Asked about first, it may be known by then; nothing goes back besides.
            let problem = blocks.unwrap_err();
            let codes = ["refund_unknown", "earlier_refund_succeeded"];
            assert!(codes.contains(&problem.code()), "{play}: {problem}");
            for _ in 0..12 {
                shop.clock.pass(7200);
                recover(&mut shop.world()).unwrap();
            }
            let state = shop
                .world()
                .books
                .read()
                .refund(first.refund)
                .unwrap()
                .attempt
                .state;
            assert_eq!(state, in_the_end, "{play}");
            assert_eq!(shop.went_back(), given, "{play}");
        }
        shop.assert_right();
    }
}

#[test]
fn what_stopped_at_any_step_is_given_back_once() {
    for point in [
        "charge.planned",
        "charge.sending",
        "charge.marked",
        "sandbox.before_giving",
        "sandbox.given",
        "charge.answered",
        "charge.settled",
    ] {
        let shop = Shop::paid_with("tok_approve");
        listen(Some(Rc::new(move |name| {
            if name == point {
                return Err(Problem::refused("stopped", "a test made this fail"));
            }
            Ok(())
        })));
        let stopped = shop.give_back(Some(40_00));
        listen(None);
        for _ in 0..3 {
            shop.clock.pass(7200);
            recover(&mut shop.world()).unwrap();
        }

        if shop.went_back().is_empty() {
            shop.give_back(Some(40_00)).unwrap();
        }

        assert_eq!(shop.went_back(), [40_00], "{point}: {stopped:?}");
        assert_eq!(shop.stands(), [40_00, 0, 40_00], "{point}");
        shop.assert_right();
    }
}

#[test]
fn a_void_takes_the_whole_charge_back_and_only_before_it_settles() {
    let void = |shop: &Shop| {
        let wish = Wish {
            way: Way::Void,
            ..Shop::wish_back(None)
        };
        refund(&mut shop.world(), &wish)
    };
    let shop = Shop::paid_with("tok_approve");
    assert_eq!(void(&shop).unwrap().state, State::Succeeded);
    assert_eq!(shop.stands(), [100_00, 0, 100_00]);
    shop.assert_right();

    let settled = Shop::paid_with("tok_approve/void_too_late");
    let late = void(&settled).unwrap();
    assert_ne!(late.state, State::Succeeded);
    assert!(settled.went_back().is_empty());
    assert_eq!(settled.give_back(None).unwrap().state, State::Succeeded);

    let partly = Shop::paid_with("tok_approve");
    partly.give_back(Some(1_00)).unwrap();
    assert_eq!(void(&partly).unwrap_err().code(), "partly_given_back");
}

/// The bank of a closed account returns it days later: that pays again what it paid.
#[test]
fn what_a_bank_sends_back_is_here_again_once() {
    let shop = Shop::paid_with("tok_approve/refund_comes_back");
    shop.give_back(Some(40_00)).unwrap();
    let came = |shop: &Shop| {
        shop.clock.pass(86_400);
        let found = recover(&mut shop.world()).unwrap().sent_back;
        found.iter().map(|back| back.amount.minor()).sum::<i64>()
    };

    assert_eq!(came(&shop), 0);
    assert_eq!(shop.stands(), [40_00, 0, 40_00]);
    assert_eq!(came(&shop), 40_00);
    assert_eq!(shop.stands(), [0, 0, 0]);
    assert_eq!(came(&shop), 0);

    assert_eq!(shop.stands(), [0, 0, 0]);
    shop.assert_right();
    // It is there to be given back again.
    let again = shop.give_back(Some(40_00)).unwrap();
    assert_eq!(again.state, State::Succeeded);
    shop.assert_right();
}

/// For months nobody asked: the bank's time is over, and what it sent back is heard
/// of all the same. After that, nobody need ask again.
#[test]
fn a_refund_that_nobody_asked_after_for_months_is_asked_after_once_more() {
    let shop = Shop::paid_with("tok_approve/refund_comes_back");
    shop.give_back(Some(40_00)).unwrap();
    let other = Shop::paid_with("tok_approve");
    other.give_back(Some(40_00)).unwrap();
    for shop in [&shop, &other] {
        // It is given still when it is asked after first.
        assert!(recover(&mut shop.world()).unwrap().sent_back.is_empty());
        shop.clock.pass(100 * 86_400);
    }

    let came = recover(&mut shop.world()).unwrap().sent_back;
    recover(&mut other.world()).unwrap();

    assert_eq!(came.len(), 1);
    assert_eq!(shop.stands(), [0, 0, 0]);
    assert_eq!(other.stands(), [40_00, 0, 40_00]);
    let left = |shop: &Shop| shop.world().books.read().refunds_given().unwrap().len();
    assert_eq!([left(&shop), left(&other)], [0, 0]);
    shop.assert_right();
}

/// Nothing that was not heard is believed to have come back.
#[test]
fn a_refund_that_cannot_be_asked_after_stays_given() {
    let shop = Shop::paid_with("tok_approve/refund_comes_back");
    shop.give_back(Some(40_00)).unwrap();
    let away = Problem::refused("gateway_unreachable", "nobody is there");
    *shop.gateway.0.account_fails.lock().unwrap() = Some(away);
    for _ in 0..3 {
        shop.clock.pass(86_400);
        assert!(recover(&mut shop.world()).unwrap().sent_back.is_empty());
    }
    assert_eq!(shop.stands(), [40_00, 0, 40_00]);
}

#[test]
fn what_was_shown_is_what_is_given_back() {
    let shop = Shop::paid_with("tok_approve");
    let world = shop.world();
    let wish = Shop::wish_back(None);
    let shown = plan(world.books.read(), &wish, world.today().unwrap()).unwrap();
    drop(world);
    shop.give_back(Some(10_00)).unwrap();

    let agreed = Wish {
        agreed: Some(shown.shares),
        ..wish
    };
    let changed = refund(&mut shop.world(), &agreed).unwrap_err();

    assert_eq!(
        (changed.kind(), changed.code()),
        (Kind::Refused, "plan_changed")
    );
    assert_eq!(shop.went_back(), [10_00]);
}

//! Our client against a Stripe that others wrote: `localstripe`, from `PyPI`.
//!
//! ```text
//! python3 -m venv v && v/bin/pip install localstripe==1.15.10
//! v/bin/python -c "from aiohttp import web; from localstripe.server import app; \
//!     web.run_app(app, host='127.0.0.1', port=8420)" &
//! DUES_TEST_LOCALSTRIPE=http://127.0.0.1:8420 cargo test --test gateways localstripe
//! ```

use dues::domain::charge::{Answer, Asked, Verdict, judge};
use dues::domain::gateway_account::Mode;
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::intent::Intent;
use dues::domain::money::{Currency, Money};
use dues::gateway::stripe::Stripe;
use dues::ports::{Gateway, Order, Refusal, ReturnOrder, Secret, Sending, Sighting, Sought, Way};
use jiff::{SignedDuration, Timestamp};

use crate::contract::label;
use crate::giving_back;
use crate::go_between::LocalStripe;

#[test]
fn dues_and_localstripe_understand_each_other() {
    let Some(local) = LocalStripe::reach() else {
        return;
    };
    let customer = &local.customer;
    let good = local.card_numbered("4242424242424242");
    let bad = local.card_numbered("4000000000000341");
    let stripe = Stripe::new(
        Secret::new("sk_test_12345".into()),
        Some(&local.url),
        Mode::Test,
    )
    .unwrap();
    let amount = Money::of(66_240, Currency::parse("USD").unwrap());
    let book = BookId(format!("{:032x}", Timestamp::now().as_nanosecond()));
    let charge = |name: &AttemptName, token: &str| {
        let order = Order {
            attempt: name,
            amount,
            token,
            description: "CH-1 INV-1041",
            label: label(),
        };
        stripe.charge(&Sending {
            key: &name.key,
            request: &stripe.build(&order).unwrap(),
            still_in_time: &|| Ok(()),
        })
    };

    let facts = stripe.card(&good).unwrap();
    let name = AttemptName::of(&book, &Intent::read("CH-1"), CustomerId(1), 1);
    let answer = charge(&name, &facts.token).unwrap();

    assert_eq!(facts.token, format!("{customer}/{good}"));
    assert_eq!(
        (facts.brand.as_str(), facts.last4.as_str()),
        ("visa", "4242")
    );
    let asked = Asked {
        amount,
        token: facts.token.clone(),
        reference: name.reference.clone(),
    };
    let Verdict::Taken { id } = judge(&asked, &answer) else {
        panic!("{answer:?}");
    };
    let sought = |reference, id| {
        stripe.look_up(&Sought {
            reference,
            token: &facts.token,
            amount,
            id,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })
    };
    assert_eq!(
        sought(&name.reference, None),
        Ok(Sighting::Found(answer.clone()))
    );
    assert_eq!(
        sought(&name.reference, Some(&id)),
        Ok(Sighting::Found(answer))
    );
    assert_eq!(sought("DNEVERSENT", None), Ok(Sighting::NotListed));

    // Its 402 is not Stripe's: no `card_error`, no code. Not an answer, then.
    let name = AttemptName::of(&book, &Intent::read("CH-2"), CustomerId(1), 1);
    let refused = charge(&name, &format!("{customer}/{bad}"));
    assert!(matches!(refused, Ok(Answer::Unknown(_))), "{refused:?}");
    assert!(!matches!(
        sought(&name.reference, None),
        Ok(Sighting::Found(Answer::Taken(_)) | Sighting::NotListed)
    ));
    let paid = local.intents().into_iter();
    assert_eq!(
        paid.filter(|intent| intent["status"] == "succeeded")
            .count(),
        1
    );
}

#[test]
fn dues_and_localstripe_understand_each_other_when_money_goes_back() {
    let Some(local) = LocalStripe::reach() else {
        return;
    };
    let stripe = Stripe::new(
        Secret::new("sk_test_12345".into()),
        Some(&local.url),
        Mode::Test,
    )
    .unwrap();
    let usd = |minor| Money::of(minor, Currency::parse("USD").unwrap());
    let book = BookId(format!("{:032x}", Timestamp::now().as_nanosecond()));
    let charge = |intent: &str, card: &str| {
        let name = AttemptName::of(&book, &Intent::read(intent), CustomerId(1), 1);
        let order = Order {
            attempt: &name,
            amount: usd(662_40),
            token: &format!("{}/{card}", local.customer),
            description: "CH-1 INV-1041",
            label: label(),
        };
        let sending = Sending {
            key: &name.key,
            request: &stripe.build(&order).unwrap(),
            still_in_time: &|| Ok(()),
        };
        stripe.charge(&sending).unwrap()
    };
    let gives_back = stripe.gives_back().unwrap();
    let give_back = |name: &AttemptName, transaction: &str, amount| {
        let order = ReturnOrder {
            attempt: name,
            way: Way::Refund,
            transaction,
            amount,
            description: "RF-1 of PAY-1",
            label: giving_back::label(),
        };
        gives_back.give_back(&Sending {
            key: &name.key,
            request: &gives_back.build(&order).unwrap(),
            still_in_time: &|| Ok(()),
        })
    };
    let taken = charge("CH-1", &local.card_numbered("4242424242424242"));
    let paid = taken.taken_id().unwrap();
    let refund =
        |n: u32| AttemptName::of(&book, &Intent::read(&format!("RF-{n}")), CustomerId(1), 1);
    let (part, rest) = (refund(1), refund(2));

    let answer = give_back(&part, paid, usd(120_00)).unwrap();
    let other = give_back(&rest, paid, usd(542_40)).unwrap();

    let judged = |name: &AttemptName, amount, answer: &Answer| {
        let asked = Asked {
            amount,
            token: paid.to_owned(),
            reference: name.reference.clone(),
        };
        match judge(&asked, answer) {
            Verdict::Taken { id } => id,
            other => panic!("{other:?}, {answer:?}"),
        }
    };
    let id = judged(&part, usd(120_00), &answer);
    let other_id = judged(&rest, usd(542_40), &other);
    assert_ne!(id, other_id);
    let sought = |reference, id| {
        gives_back.look_up(&Sought {
            reference,
            token: paid,
            amount: usd(120_00),
            id,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })
    };
    let found = Ok(Sighting::Found(answer));
    assert_eq!(sought(&part.reference, None), found);
    assert_eq!(sought(&part.reference, Some(&id)), found);
    assert_eq!(sought("DNEVERSENT", None), Ok(Sighting::NotListed));
    let since = Timestamp::now() - SignedDuration::from_mins(5);
    let listed = gives_back.recent(&giving_back::label().book, since, Some(paid));
    let mut amounts: Vec<i64> = listed
        .unwrap()
        .iter()
        .map(|seen| seen.amount.minor())
        .collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [120_00, 542_40]);
    assert_eq!(local.refunds(paid).len(), 2);

    // Of a charge that was declined nothing can be given back.
    let _ = charge("CH-2", &local.card_numbered("4000000000000341"));
    let intents = local.intents();
    let failed = intents
        .iter()
        .find(|intent| intent["status"] != "succeeded");
    let failed = failed.unwrap()["id"].as_str().unwrap();
    let refused = give_back(&refund(3), failed, usd(1_00));
    assert_eq!(refused.unwrap_err().refusal, Refusal::ByRule);
    assert_eq!(local.refunds(paid).len(), 2);
}

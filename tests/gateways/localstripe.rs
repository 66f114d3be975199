//! Our client against a Stripe that others wrote: `localstripe`, from `PyPI`.
//!
//! ```text
//! python3 -m venv v && v/bin/pip install localstripe==1.15.10
//! v/bin/python -c "from aiohttp import web; from localstripe.server import app; \
//!     web.run_app(app, host='127.0.0.1', port=8420)" &
//! DUES_TEST_LOCALSTRIPE=http://127.0.0.1:8420 cargo test --test gateways localstripe
//! ```

use dues::domain::charge::{Answer, Asked, Verdict, judge};
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::money::{Currency, Money};
use dues::gateway::stripe::Stripe;
use dues::ports::{Gateway, Order, Secret, Sending, Sighting, Sought};
use jiff::{SignedDuration, Timestamp};

use crate::contract::label;
use crate::go_between::LocalStripe;

#[test]
fn dues_and_localstripe_understand_each_other() {
    let Some(local) = LocalStripe::reach() else {
        return;
    };
    let customer = &local.customer;
    let good = local.card_numbered("4242424242424242");
    let bad = local.card_numbered("4000000000000341");
    let stripe = Stripe::new(Secret::new("sk_test_12345".into()), Some(&local.url), false).unwrap();
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
    let name = AttemptName::of(&book, "CH-1", CustomerId(1), 1);
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
    let name = AttemptName::of(&book, "CH-2", CustomerId(1), 1);
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

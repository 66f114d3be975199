//! Stripe: what it is asked, and what each fault leaves behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use dues::domain::card::Expiry;
use dues::domain::charge::Answer;
use dues::domain::gateway_account::Mode;
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::intent::Intent;
use dues::domain::money::{Currency, Money};
use dues::gateway::http::{Http, Limits};
use dues::gateway::stripe::Stripe;
use dues::ports::{Gateway, Order, Secret, Sending, Sighting, Sought, Witness};
use dues::problem::{Kind, Problem};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::contract::{Plot, Stage, keeps_the_contract, label};
use crate::fake_stripe::{Fake, Fault, KEY, TOKEN, Temper};
use crate::stripe_words::{broke, but, error, gist, intent, read};

/// Dues and the Stripe it talks to.
pub struct Shop {
    pub fake: Fake,
    pub stripe: Stripe,
    next: AtomicUsize,
}

impl Shop {
    pub fn open() -> Self {
        let fake = Fake::start();
        let limits = Limits {
            connect: Duration::from_millis(500),
            total: Duration::from_secs(2),
            ..Limits::default()
        };
        let http = Http::new(&fake.url(), limits).unwrap();
        let stripe = Stripe::over(Box::new(http), Secret::new(KEY.into()), Mode::Test).unwrap();
        fake.add_card("pm_Broke", Some("cus_Rosa"), Temper::Declines(broke()));
        fake.add_card("pm_Slow", Some("cus_Rosa"), Temper::Processes);
        fake.add_card("pm_Loose", None, Temper::Pays);
        Self {
            fake,
            stripe,
            next: AtomicUsize::new(1),
        }
    }

    /// Sends one charge that meets the fault, and says whether money was taken.
    fn charge_into(&self, fault: Fault) -> (Result<Answer, Problem>, usize, AttemptName) {
        let name = name(self.next.fetch_add(1, Ordering::SeqCst));
        self.fake.spoil([fault]);
        let answer = self.send(&name);
        let taken = self.fake.times_taken(&name.reference);
        (answer, taken, name)
    }

    pub fn send(&self, name: &AttemptName) -> Result<Answer, Problem> {
        Ok(self.stripe.charge(&Sending {
            key: &name.key,
            request: &self.stripe.build(&order(name)).unwrap(),
            still_in_time: &|| Ok(()),
        })?)
    }

    fn look_up(&self, reference: &str, id: Option<&str>) -> Result<Sighting, Problem> {
        Ok(self.stripe.look_up(&Sought {
            reference,
            token: TOKEN,
            amount: usd(66_240),
            id,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })?)
    }
}

impl Stage for Shop {
    fn gateway(&self) -> &dyn Gateway {
        &self.stripe
    }

    fn card_that(&self, plot: Plot) -> Option<String> {
        let fault = match plot {
            Plot::Pays => return Some(TOKEN.to_owned()),
            Plot::Declines => return Some("cus_Rosa/pm_Broke".to_owned()),
            Plot::Pends => return Some("cus_Rosa/pm_Slow".to_owned()),
            Plot::CannotBeReached => {
                self.fake.unplug(true);
                return Some(TOKEN.to_owned());
            }
            Plot::LosesTheAnswer => Fault::TakeThenCut,
            Plot::FailsAfterTaking => Fault::TakeThen500,
            Plot::FailsBeforeTaking => Fault::Fail500,
            Plot::IsBusy => Fault::TooMany,
        };
        self.fake.spoil([fault]);
        Some(TOKEN.to_owned())
    }

    fn calm(&self) {
        self.fake.unplug(false);
    }

    fn times_taken(&self, reference: &str) -> usize {
        self.fake.times_taken(reference)
    }
}

pub fn name(n: usize) -> AttemptName {
    let book = BookId("00112233445566778899aabbccddeeff".into());
    AttemptName::of(&book, &Intent::read(&format!("CH-{n}")), CustomerId(7), 1)
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn order(name: &AttemptName) -> Order<'_> {
    Order {
        attempt: name,
        amount: usd(66_240),
        token: TOKEN,
        description: "CH-12 INV-1041 & Müller",
        label: label(),
    }
}

#[test]
fn stripe_keeps_the_contract() {
    keeps_the_contract(&Shop::open());
}

/// Any change to these bytes breaks the repetition of a charge that an older
/// dues sent: Stripe compares them.
#[test]
fn a_charge_is_asked_for_in_exactly_these_bytes() {
    let shop = Shop::open();
    let name = name(1);

    let request = shop.stripe.build(&order(&name)).unwrap();

    assert_eq!(
        String::from_utf8(request.clone()).unwrap(),
        "amount=66240&currency=usd&customer=cus_Rosa&payment_method=pm_Visa\
         &payment_method_types%5B%5D=card&confirm=true&off_session=true\
         &error_on_requires_action=true&description=CH-12+INV-1041+%26+M%C3%BCller\
         &metadata%5Bdues_attempt%5D=DPZFHNC3VYRFAZZNZELU&expand%5B%5D=latest_charge\
         &metadata%5Bdues_book%5D=5c5560b6b3bc&metadata%5Bdues_charge%5D=CH-12\
         &metadata%5Bdues_intent%5D=CH-12&metadata%5Bdues_n%5D=1\
         &metadata%5Bdues_pays%5D=INV-1041%3D662.40"
    );
    shop.send(&name).unwrap();
    let sent = &shop.fake.requests()[0];
    assert_eq!(sent.body, request);
    assert_eq!(
        (sent.method.as_str(), sent.path.as_str()),
        ("POST", "/v1/payment_intents")
    );
    for (header, text) in [
        ("Idempotency-Key", "OIGFMJRW27HM2XO7LL4NI5NZC5MHIRDS"),
        ("Stripe-Version", "2026-10-28.endive"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", concat!("dues/", env!("CARGO_PKG_VERSION"))),
        ("Authorization", "Bearer sk_test_CANARYcanaryCANARY"),
    ] {
        assert_eq!(sent.header(header), Some(text));
    }
    assert_eq!(sent.header("Referer"), None);
}

#[test]
fn an_order_that_is_no_card_of_stripes_is_not_written() {
    let shop = Shop::open();
    let name = name(1);
    for token in [
        "pm_Visa",
        "cus_Rosa",
        "cus_Rosa/",
        "/pm_Visa",
        "cus_Rosa/pm_Visa/x",
        "cus_Rosa/pm_Visa&amount=1",
        "pm_Visa/cus_Rosa",
        "tok_approve",
        "4242424242424242",
        "",
    ] {
        let built = shop.stripe.build(&Order {
            token,
            ..order(&name)
        });

        let problem = built.unwrap_err();
        assert_eq!(problem.problem.code(), "not_a_stripe_card", "{token}");
        assert!(!problem.problem.message().contains("4242"));
    }
}

/// A no to another request, which is the answer that comes.
pub fn anothers(status: u16, kind: &str) -> Fault {
    let error = json!({"type": kind, "code": "card_declined", "message": "no"});
    Fault::TakeThenSays(status, json!({"error": error}))
}

/// The heart of it: what dues believes after each fault, and what was true.
#[test]
fn after_every_fault_dues_claims_no_more_than_it_knows() {
    let shop = Shop::open();
    let elsewhere = Fake::start();
    let table = [
        // Whether the cut is seen before the body leaves is a matter of luck.
        (
            Fault::CutBeforeReading,
            0,
            "unknown|error 1 gateway_unreachable",
        ),
        (Fault::CutAfterReading, 0, "unknown"),
        (Fault::Hang, 0, "unknown"),
        (Fault::TakeThenCut, 1, "unknown"),
        (Fault::TakeThenHang, 1, "unknown"),
        (Fault::TakeThen500, 1, "unknown"),
        (Fault::Fail500, 0, "unknown"),
        (Fault::Cached500, 0, "unknown"),
        (Fault::TooMany, 0, "error 7 gateway_busy"),
        (Fault::Unauthorized, 0, "error 3 gateway_key_refused"),
        (Fault::Unavailable, 0, "unknown"),
        (Fault::TruncatedJson, 1, "unknown"),
        (Fault::HalfJson, 1, "unknown"),
        (
            Fault::Slow(Duration::from_millis(100)),
            1,
            "taken 662.40 USD",
        ),
        (
            Fault::Redirect(format!("{}/v1/account", elsewhere.url())),
            0,
            "unknown",
        ),
        (Fault::Huge, 1, "unknown"),
        (anothers(402, "card_error"), 1, "unknown"),
        (anothers(400, "invalid_request_error"), 1, "unknown"),
        (anothers(429, "rate_limit_error"), 1, "unknown"),
    ];
    for (fault, taken, believed) in table {
        let (answer, really_taken, name) = shop.charge_into(fault.clone());

        let gist_of = gist(&answer);
        assert!(
            believed.split('|').any(|one| one == gist_of),
            "{fault:?}: {gist_of}"
        );
        assert_eq!(really_taken, taken, "{fault:?}");

        // Asked again, it is one charge or still not known, and never two.
        let again = gist(&shop.send(&name));
        let cached = matches!(fault, Fault::TakeThen500 | Fault::Cached500);
        let expected = if cached { "kept" } else { "taken 662.40 USD" };
        assert_eq!(again, expected, "{fault:?}");
        let at_last = usize::from(!matches!(fault, Fault::Cached500));
        assert_eq!(shop.fake.times_taken(&name.reference), at_last, "{fault:?}");
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

/// A wrong word about "nothing was sent" is what double charges are made of.
#[test]
fn a_gateway_that_vanishes_while_connected_leaves_no_false_certainty() {
    let shop = Shop::open();
    shop.send(&name(1)).unwrap();
    shop.fake.unplug(true);

    let gone = shop.send(&name(2));

    assert_eq!(gist(&gone), "error 1 gateway_unreachable");
    assert_eq!(shop.fake.times_taken(&name(2).reference), 0);
    shop.fake.unplug(false);
    assert_eq!(gist(&shop.send(&name(2))), "taken 662.40 USD");
}

#[test]
fn two_at_once_under_one_key_are_one_charge() {
    let shop = Shop::open();
    let name = name(1);
    shop.fake.spoil([Fault::Slow(Duration::from_secs(1))]);

    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| gist(&shop.send(&name)));
        thread::sleep(Duration::from_millis(250));
        let other = gist(&shop.send(&name));
        (one.join().unwrap(), other)
    });

    assert_eq!(
        (one.as_str(), other.as_str()),
        ("taken 662.40 USD", "unknown")
    );
    assert_eq!(shop.fake.times_taken(&name.reference), 1);
}

#[test]
fn a_look_up_reads_every_page_and_believes_no_torn_list() {
    let shop = Shop::open();
    let reference = name(1).reference;
    let now = Timestamp::now().as_second();
    let listed = |n: usize| {
        but(
            intent("succeeded"),
            json!({"id": format!("pi_Other{n}"), "created": now, "metadata": {"dues_attempt": format!("D{n}")}}),
        )
    };
    // The one that is sought is the oldest, on the third page.
    let ours = json!({"created": now, "metadata": {"dues_attempt": reference}});
    shop.fake.add_intent(but(intent("succeeded"), ours));
    (0..230).for_each(|n| shop.fake.add_intent(listed(n)));

    let seen = shop.look_up(&reference, None);

    assert!(matches!(&seen, Ok(Sighting::Found(Answer::Taken(taken))) if taken.id == "pi_3Abc"));
    let asked = shop.fake.requests();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].query("customer"), Some("cus_Rosa"));
    assert_eq!(asked[0].query("limit"), Some("100"));
    let since: i64 = asked[0].query("created[gte]").unwrap().parse().unwrap();
    assert!((now - 86_710..=now - 86_690).contains(&since));
    assert_eq!(asked[2].query("starting_after"), Some("pi_Other30"));
    assert_eq!(shop.look_up("DNEVERSENT", None), Ok(Sighting::NotListed));

    for fault in [
        Fault::Fail500,
        Fault::TooMany,
        Fault::Unauthorized,
        Fault::Unavailable,
        Fault::HalfJson,
        Fault::TruncatedJson,
        Fault::CutAfterReading,
        Fault::Hang,
        Fault::Huge,
        Fault::Redirect("/v1/account".into()),
    ] {
        // The second page of three is the one that fails.
        let smooth = Fault::Slow(Duration::ZERO);
        shop.fake.spoil_looks([smooth, fault.clone()]);
        if matches!(fault, Fault::CutAfterReading) {
            // A question that was hung up on is asked once more.
            shop.fake.spoil_looks([fault.clone()]);
        }

        let torn = shop.look_up(&reference, None);

        assert!(torn.is_err(), "{fault:?}: {torn:?}");
        assert!(torn.unwrap_err().advice().is_some(), "{fault:?}");
    }
}

/// A list that does not hold together must not pass for a complete one.
#[test]
fn a_crooked_list_teaches_nothing() {
    let page = |data: Value, more: Value| json!({"object": "list", "data": data, "has_more": more});
    let entry = but(intent("succeeded"), json!({"metadata": {}}));
    let nameless = but(entry.clone(), json!({"id": null}));
    let straight = page(json!([entry]), json!(false));
    let endless = page(json!([entry]), json!(true));
    let table = [
        (vec![straight.clone()], true),
        (vec![page(json!([]), json!(false))], true),
        (vec![page(json!([entry]), json!(null))], false),
        (vec![page(json!([entry]), json!("false"))], false),
        (vec![page(json!({}), json!(false))], false),
        (vec![page(json!([]), json!(true))], false),
        (vec![page(json!([nameless]), json!(false))], false),
        (vec![page(json!([7]), json!(false))], false),
        (vec![json!({})], false),
        (vec![json!([])], false),
        (vec![json!(null)], false),
        // The second page ends where the first did.
        (vec![endless.clone(), endless], false),
    ];
    for (pages, complete) in table {
        let shop = Shop::open();
        let said = pages.iter().map(|page| Fault::Says(200, page.clone()));
        shop.fake.spoil_looks(said);

        let seen = shop.look_up("DNEVERSENT", None);

        assert_eq!(seen == Ok(Sighting::NotListed), complete, "{pages:?}");
        assert_eq!(seen.is_err(), !complete, "{pages:?}");
    }
}

#[test]
fn two_charges_with_one_reference_are_both_named() {
    let shop = Shop::open();
    let now = Timestamp::now().as_second();
    for id in ["pi_A", "pi_B"] {
        let ours = json!({"id": id, "created": now, "metadata": {"dues_attempt": "DTWICE"}});
        shop.fake.add_intent(but(intent("succeeded"), ours));
    }

    let seen = shop.look_up("DTWICE", None);

    let both = vec!["pi_B".to_owned(), "pi_A".to_owned()];
    assert_eq!(seen, Ok(Sighting::Several(both)));
}

#[test]
fn an_intent_that_is_looked_up_is_final_only_if_nothing_can_move_it() {
    let no = json!({"last_payment_error": broke()});
    let table = [
        (intent("succeeded"), "taken 662.40 USD"),
        (intent("processing"), "pending 662.40 USD"),
        (
            but(intent("requires_payment_method"), no.clone()),
            "soft insufficient_funds",
        ),
        (but(intent("canceled"), no), "soft insufficient_funds"),
        (intent("canceled"), "soft canceled"),
        (intent("requires_action"), "auth authentication_required"),
        // Between two steps of the request that made it, for all we know.
        (intent("requires_payment_method"), "unknown"),
        (intent("requires_confirmation"), "unknown"),
        (intent("requires_capture"), "unknown"),
        (
            but(intent("canceled"), json!({"amount_received": 5})),
            "unknown",
        ),
        (intent("of_next_year"), "unknown"),
    ];
    for (intent, expected) in table {
        let shop = Shop::open();
        shop.fake.add_intent(intent.clone());

        let Ok(Sighting::Found(answer)) = shop.look_up("any", Some("pi_3Abc")) else {
            panic!("not found");
        };

        assert_eq!(gist(&Ok(answer)), expected, "{intent}");
        assert_eq!(shop.fake.requests()[0].path, "/v1/payment_intents/pi_3Abc");
    }
}

#[test]
fn an_id_that_stripe_does_not_know_is_not_listed_and_no_id_teaches_nothing() {
    let shop = Shop::open();

    assert_eq!(shop.look_up("D1", Some("pi_Gone")), Ok(Sighting::NotListed));
    for id in ["pi_1/../account", "ch_1", "", "pi_1?x=1"] {
        assert!(shop.look_up("D1", Some(id)).is_err(), "{id}");
    }

    assert_eq!(shop.fake.requests().len(), 1);
    shop.fake
        .spoil_looks([Fault::Says(200, intent("succeeded"))]);
    assert!(shop.look_up("D1", Some("pi_Another")).is_err());
}

#[test]
fn a_saved_card_is_known_by_its_customer_and_its_method() {
    let shop = Shop::open();
    shop.fake
        .add_card("pm_Other", Some("cus_Ada"), Temper::Pays);

    let facts = shop.stripe.card("pm_Visa").unwrap();

    assert_eq!(facts.token, TOKEN);
    assert_eq!(
        (facts.brand.as_str(), facts.last4.as_str()),
        ("visa", "4242")
    );
    assert_eq!(facts.expiry, Expiry::new(2034, 12));
    assert_eq!(shop.stripe.card(TOKEN), Ok(facts));
    for (token, code) in [
        ("pm_Loose", "card_without_customer"),
        ("cus_Rosa/pm_Loose", "card_without_customer"),
        ("cus_Rosa/pm_Other", "card_of_another_customer"),
        ("pm_Missing", "gateway_has_none"),
        ("4242 4242 4242 4242", "not_a_stripe_card"),
        ("pm_../account", "not_a_stripe_card"),
    ] {
        let problem = shop.stripe.card(token).unwrap_err();

        assert_eq!(problem.problem.code(), code, "{token}");
        assert!(problem.problem.advice().is_some(), "{token}");
    }
}

#[test]
fn a_key_fits_its_book_or_is_refused_before_anything_is_sent() {
    let test_server = Some("https://stripe.example");
    let table = [
        ("sk_test_Abc1", None, Mode::Test, Ok(())),
        ("rk_test_Abc1", test_server, Mode::Test, Ok(())),
        (
            "sk_test_Abc1",
            Some("http://127.0.0.1:12111"),
            Mode::Test,
            Ok(()),
        ),
        ("sk_live_Abc1", None, Mode::Live, Ok(())),
        ("rk_live_Abc1", None, Mode::Live, Ok(())),
        (
            "sk_live_CANARY",
            None,
            Mode::Test,
            Err("live_key_in_test_book"),
        ),
        (
            "sk_live_CANARY",
            test_server,
            Mode::Test,
            Err("live_key_in_test_book"),
        ),
        (
            "sk_test_CANARY",
            None,
            Mode::Live,
            Err("test_key_in_live_book"),
        ),
        (
            "sk_live_CANARY",
            test_server,
            Mode::Live,
            Err("endpoint_in_live_book"),
        ),
        (
            "rk_live_CANARY",
            Some("http://127.0.0.1:1"),
            Mode::Live,
            Err("endpoint_in_live_book"),
        ),
        (
            "sk_live_CANARY",
            Some("https://api.stripe.com"),
            Mode::Live,
            Err("endpoint_in_live_book"),
        ),
        (
            "sk_test_CANARY",
            Some("http://localhost:1"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("http://stripe.example"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("https://api.stripe.com.evil.example"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("https://api-stripe-com.evil.example"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("https://api.stripe.community"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("https://api.str\u{131}pe.com"),
            Mode::Test,
            Err("bad_endpoint"),
        ),
        (
            "sk_test_CANARY",
            Some("https://api.stripe.com"),
            Mode::Test,
            Ok(()),
        ),
        (
            "sk_test_CANARY",
            Some("https://stripe-mock.office.example"),
            Mode::Test,
            Ok(()),
        ),
        ("pk_test_CANARY", None, Mode::Test, Err("not_a_stripe_key")),
        ("CANARY", None, Mode::Test, Err("not_a_stripe_key")),
        ("sk_test_", None, Mode::Test, Err("not_a_stripe_key")),
        (
            "sk_test_CANARY\r\nX: y",
            None,
            Mode::Test,
            Err("not_a_stripe_key"),
        ),
        (
            "sk_test_CANARY\n",
            None,
            Mode::Test,
            Err("not_a_stripe_key"),
        ),
        ("", None, Mode::Test, Err("not_a_stripe_key")),
    ];
    for (key, endpoint, mode, expected) in table {
        let stripe = Stripe::new(Secret::new(key.into()), endpoint, mode);

        let shown = format!("{stripe:?}");
        assert!(!shown.contains("CANARY"), "{shown}");
        let refused = stripe.map(|_| ());
        if let Err(problem) = &refused {
            assert_eq!(problem.kind(), Kind::Setup, "{problem}");
            assert!(problem.advice().is_some(), "{problem}");
        }
        assert_eq!(
            refused.map_err(|problem| problem.code()),
            expected,
            "{endpoint:?} {mode}"
        );
    }
}

/// The fake repeats the whole key wherever Stripe would star it out.
#[test]
fn the_key_is_in_no_error_and_no_address() {
    let shop = Shop::open();
    let mut said = format!("{:?} {:?}", shop.stripe, shop.stripe.account());
    for fault in [
        Fault::Unauthorized,
        Fault::TakeThenCut,
        Fault::HalfJson,
        Fault::Fail500,
    ] {
        said += &format!("{:?}", shop.charge_into(fault.clone()).0);
        shop.fake.spoil_looks([fault]);
        said += &format!("{:?}", shop.look_up("D1", None));
    }
    let mut echo = error("invalid_request_error", "parameter_invalid");
    echo["error"]["message"] = json!(format!("Key {KEY} and 'Bearer {KEY}' are odd."));
    for status in [400, 401, 403, 404, 429] {
        said += &format!("{:?}", read(status, echo.to_string().as_bytes()));
    }
    shop.fake.unplug(true);
    said += &format!("{:?} {:?}", shop.send(&name(99)), shop.stripe.account());

    assert!(!said.contains("CANARY"), "{said}");
    for request in shop.fake.requests() {
        assert!(!format!("{} {:?}", request.path, request.query).contains("CANARY"));
    }
}

#[test]
fn stripes_promises_are_what_it_documents_less_a_margin() {
    let shop = Shop::open();

    let promises = shop.stripe.promises();

    assert_eq!(promises.replay_for, Some(SignedDuration::from_hours(20)));
    assert!(promises.lists);
    assert_eq!(promises.settles_within, SignedDuration::from_hours(26));
    assert_eq!(promises.look_again_after, SignedDuration::from_mins(15));
    let sought = Sought {
        reference: "DPZFHNC3VYRFAZZNZELU",
        token: TOKEN,
        amount: usd(1),
        id: None,
        since: Timestamp::UNIX_EPOCH,
    };
    let advice = shop.stripe.search_advice(&sought);
    assert!(advice.contains("DPZFHNC3VYRFAZZNZELU"), "{advice}");
}

/// A date that is missing is no witness of the time.
#[test]
fn an_answer_without_a_date_is_no_witness() {
    let shop = Shop::open();
    let witness = || shop.stripe.account().unwrap().witness;

    assert!(matches!(witness(), Witness::Clock(_)));
    shop.fake.spoil_looks([Fault::NoDate]);
    assert_eq!(witness(), Witness::Nobody);
}

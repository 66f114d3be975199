//! Stripe's refunds: what it is asked, what its answers mean, and what each fault leaves behind.

use std::thread;
use std::time::Duration;

use dues::domain::charge::{Answer, Asked, Capture, Verdict, judge};
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::intent::Intent;
use dues::domain::money::{Currency, Money};
use dues::ports::{GivesBack, NotAsked, Refusal, ReturnOrder, Sending, Sighting, Sought, Way};
use dues::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::contract::Stage;
use crate::fake_stripe::{Fake, Fate, Fault, TOKEN};
use crate::giving_back::{ReturnStage, Turn, gives_back_as_promised, label};
use crate::stripe::{Shop, anothers, name};
use crate::stripe_answers::{bodies, statuses};
use crate::stripe_words::{but, error, gist, intent, read_refund, refund};

/// The customer paid with this.
const PAID: &str = "pi_3Abc";

impl ReturnStage for Shop {
    fn card_whose_return(&self, _: Turn) -> String {
        TOKEN.to_owned()
    }

    fn set(&self, turn: Turn) {
        match turn {
            Turn::Goes | Turn::ComesBack => {}
            Turn::Fails => self.fake.decree([Fate::Fails("declined")]),
            Turn::Pends => self.fake.decree([Fate::Pends]),
            Turn::IsShort => self.fake.decree([Fate::IsShort]),
            Turn::LosesTheAnswer => self.fake.spoil([Fault::TakeThenCut]),
            Turn::FailsAfterGiving => self.fake.spoil([Fault::TakeThen500]),
            Turn::FailsBeforeGiving => self.fake.spoil([Fault::Fail500]),
            Turn::IsBusy => self.fake.spoil([Fault::TooMany]),
            Turn::CannotBeReached => self.fake.unplug(true),
        }
    }

    fn weeks_pass(&self, reference: &str) {
        self.fake.send_back(reference, "expired_or_canceled_card");
    }

    fn times_given_back(&self, reference: &str) -> usize {
        self.fake.times_given_back(reference)
    }
}

#[test]
fn stripe_gives_back_as_promised() {
    let shop = Shop::open();

    gives_back_as_promised(&shop);

    shop.calm();
}

/// A shop that was paid, by an intent of so much.
fn paid() -> Shop {
    let shop = Shop::open();
    let much = json!({"amount": 10_000_000, "amount_received": 10_000_000});
    shop.fake.add_intent(but(intent("succeeded"), much));
    shop
}

fn side(shop: &Shop) -> &dyn GivesBack {
    shop.gateway().gives_back().unwrap()
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn refund_name(n: usize) -> AttemptName {
    let book = BookId("00112233445566778899aabbccddeeff".into());
    AttemptName::of(&book, &Intent::read(&format!("RF-{n}")), CustomerId(7), 1)
}

fn order(name: &AttemptName) -> ReturnOrder<'_> {
    ReturnOrder {
        attempt: name,
        way: Way::Refund,
        transaction: PAID,
        amount: usd(120_00),
        description: "RF-3 of PAY-7",
        label: label(),
    }
}

fn give_back(shop: &Shop, name: &AttemptName) -> Result<Answer, NotAsked> {
    side(shop).give_back(&Sending {
        key: &name.key,
        request: &side(shop).build(&order(name)).unwrap(),
        still_in_time: &|| Ok(()),
    })
}

fn gist_of(shop: &Shop, name: &AttemptName) -> String {
    gist(&give_back(shop, name).map_err(Problem::from))
}

fn look_up(shop: &Shop, reference: &str, id: Option<&str>) -> Result<Sighting, Problem> {
    Ok(side(shop).look_up(&Sought {
        reference,
        token: PAID,
        amount: usd(120_00),
        id,
        since: Timestamp::now() - SignedDuration::from_mins(5),
    })?)
}

/// What a person reads: the fact and the way out.
pub fn words(refused: &NotAsked) -> String {
    let advice = refused.problem.advice().unwrap_or_default();
    format!("{refused}\n{advice}")
}

/// Any change to these bytes breaks the repetition of a refund that an older
/// dues sent: Stripe compares them.
#[test]
fn a_refund_is_asked_for_in_exactly_these_bytes() {
    let shop = paid();
    let name = refund_name(1);

    let request = side(&shop).build(&order(&name)).unwrap();

    assert_eq!(
        String::from_utf8(request.clone()).unwrap(),
        "payment_intent=pi_3Abc&amount=12000&reason=requested_by_customer\
         &metadata%5Bdues_attempt%5D=DXOK2SIVQYP7HCUDJNZC\
         &metadata%5Bdues_book%5D=5c5560b6b3bc&metadata%5Bdues_refund%5D=RF-3\
         &metadata%5Bdues_intent%5D=RF-3&metadata%5Bdues_n%5D=1\
         &metadata%5Bdues_pays%5D=INV-1041%3D120.00"
    );
    give_back(&shop, &name).unwrap();
    let sent = &shop.fake.requests()[0];
    assert_eq!(sent.body, request);
    assert_eq!(
        (sent.method.as_str(), sent.path.as_str()),
        ("POST", "/v1/refunds")
    );
    for (header, text) in [
        ("Idempotency-Key", name.key.as_str()),
        ("Stripe-Version", "2026-10-28.endive"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ] {
        assert_eq!(sent.header(header), Some(text));
    }
}

#[test]
fn what_is_no_payment_of_stripes_is_not_written() {
    let shop = paid();
    let name = refund_name(1);
    for transaction in [
        "",
        "pi_",
        "re_1",
        "ch_1",
        "sbx_ch_1",
        "pi_1&amount=1",
        "pi_1/x",
    ] {
        let built = side(&shop).build(&ReturnOrder {
            transaction,
            ..order(&name)
        });
        let sought = Sought {
            reference: "D1",
            token: transaction,
            amount: usd(1),
            id: None,
            since: Timestamp::now(),
        };

        let refused = built.unwrap_err();
        assert_eq!(refused.problem.code(), "not_a_stripe_id", "{transaction}");
        assert!(side(&shop).look_up(&sought).is_err(), "{transaction}");
        let recent = side(&shop).recent("5c5560b6b3bc", Timestamp::now(), Some(transaction));
        assert!(recent.is_err(), "{transaction}");
    }
    assert!(shop.fake.requests().is_empty());
}

/// What dues believes after each fault, and what was true.
#[test]
fn after_every_fault_of_a_refund_dues_claims_no_more_than_it_knows() {
    let shop = paid();
    let elsewhere = Fake::start();
    let redirect = format!("{}/v1/account", elsewhere.url());
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
        (Fault::Redirect(redirect), 0, "unknown"),
        (Fault::Huge, 1, "unknown"),
        (anothers(402, "card_error"), 1, "unknown"),
        (anothers(400, "invalid_request_error"), 1, "unknown"),
        (anothers(429, "rate_limit_error"), 1, "unknown"),
        // The whole answer, to somebody else's question.
        (Fault::TakeThenSays(200, refund("succeeded")), 1, "unknown"),
    ];
    for (n, (fault, given, believed)) in table.into_iter().enumerate() {
        let name = refund_name(n);
        shop.fake.spoil([fault.clone()]);

        let first = gist_of(&shop, &name);

        assert!(
            believed.split('|').any(|one| one == first),
            "{fault:?}: {first}"
        );
        let times = || shop.fake.times_given_back(&name.reference);
        assert_eq!(times(), given, "{fault:?}");

        // Asked again, it is one refund or still not known, and never two.
        let again = gist_of(&shop, &name);
        let cached = matches!(fault, Fault::TakeThen500 | Fault::Cached500);
        let expected = if cached { "kept" } else { "taken 120.00 USD" };
        assert_eq!(again, expected, "{fault:?}");
        let at_last = usize::from(!matches!(fault, Fault::Cached500));
        assert_eq!(times(), at_last, "{fault:?}");
    }
    assert!(elsewhere.requests().is_empty(), "a redirect was followed");
}

#[test]
fn two_at_once_under_one_key_are_one_refund() {
    let shop = paid();
    let name = refund_name(1);
    shop.fake.spoil([Fault::Slow(Duration::from_secs(1))]);

    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| gist_of(&shop, &name));
        thread::sleep(Duration::from_millis(250));
        let other = gist_of(&shop, &name);
        (one.join().unwrap(), other)
    });

    assert_eq!(
        (one.as_str(), other.as_str()),
        ("taken 120.00 USD", "unknown")
    );
    assert_eq!(shop.fake.money_given_back(), (1, 120_00));
}

type Expected = fn(&Verdict) -> bool;

/// An answer about other money is seen for what it is, and another's no is none.
#[test]
fn what_was_given_back_of_something_else_is_for_a_person() {
    let shop = paid();
    let name = refund_name(1);
    let own = json!({"metadata": {"dues_attempt": name.reference}});
    let own = |status: &str| but(refund(status), own.clone());
    let differs = |verdict: &Verdict| matches!(verdict, Verdict::Differs { id: Some(_), .. });
    let table: [(Value, Expected); 6] = [
        (own("succeeded"), |is| matches!(is, Verdict::Taken { .. })),
        (
            but(own("succeeded"), json!({"payment_intent": "pi_Other"})),
            differs,
        ),
        (
            but(own("pending"), json!({"payment_intent": null})),
            differs,
        ),
        (but(own("succeeded"), json!({"currency": "eur"})), differs),
        (refund("succeeded"), differs),
        (refund("failed"), |is| *is == Verdict::Silence),
    ];
    for (said, expected) in table {
        shop.fake.spoil([Fault::Says(200, said.clone())]);
        let asked = Asked {
            amount: usd(120_00),
            token: PAID.to_owned(),
            reference: name.reference.clone(),
        };

        let verdict = judge(&asked, &give_back(&shop, &name).unwrap());

        assert!(expected(&verdict), "{said}: {verdict:?}");
    }
}

/// What the bank took back already must not be given a second time; nor is it
/// a no that lasts, for the dispute may be won.
#[test]
fn a_disputed_charge_gives_nothing_back() {
    let shop = paid();
    shop.fake.dispute(PAID);

    let refused = give_back(&shop, &refund_name(1)).unwrap_err();

    assert_eq!(refused.refusal, Refusal::Gone);
    insta::assert_snapshot!(words(&refused), @"
    the customer disputes this charge at the bank, so stripe gives nothing back
    Nothing was given back. The bank decides whose the money is; answer the dispute at Stripe.
    ");
    assert_eq!(shop.fake.money_given_back(), (0, 0));
}

#[test]
fn stripe_has_no_void_and_says_what_to_do() {
    let shop = paid();
    let name = refund_name(1);

    let refused = side(&shop).build(&ReturnOrder {
        way: Way::Void,
        ..order(&name)
    });

    assert!(!side(&shop).can_void());
    let refused = refused.unwrap_err();
    assert_eq!(refused.refusal, Refusal::NotVoidable);
    insta::assert_snapshot!(words(&refused), @"
    stripe cannot void a charge: what took its money cannot be cancelled there
    Refund it instead: `dues payment refund`. The money goes back to the card.
    ");
}

#[test]
fn an_answer_to_a_refund_means_what_stripe_documents_and_nothing_more() {
    let failed = |reason: &str| but(refund("failed"), json!({"failure_reason": reason}));
    let table = [
        (200, refund("succeeded"), "taken 120.00 USD"),
        (200, refund("pending"), "pending 120.00 USD"),
        (200, refund("requires_action"), "pending 120.00 USD"),
        (200, refund("failed"), "soft failed"),
        (200, refund("canceled"), "soft canceled"),
        (
            200,
            failed("lost_or_stolen_card"),
            "hard lost_or_stolen_card",
        ),
        (
            200,
            failed("expired_or_canceled_card"),
            "hard expired_or_canceled_card",
        ),
        (200, failed("insufficient_funds"), "soft insufficient_funds"),
        (200, failed("declined"), "soft declined"),
        (200, failed("merchant_request"), "soft merchant_request"),
        (
            200,
            failed("a_word_of_next_year"),
            "soft a_word_of_next_year",
        ),
        // A status of next year, or none.
        (200, refund("reversed"), "unknown"),
        (200, but(refund(""), json!({"status": null})), "unknown"),
        // Something else altogether.
        (200, intent("succeeded"), "unknown"),
        (
            200,
            but(refund("succeeded"), json!({"object": "charge"})),
            "unknown",
        ),
        (
            200,
            but(refund("succeeded"), json!({"id": "pi_3Abc"})),
            "unknown",
        ),
        (
            200,
            but(refund("succeeded"), json!({"id": null})),
            "unknown",
        ),
        (
            200,
            but(refund("succeeded"), json!({"amount": 0})),
            "unknown",
        ),
        (
            200,
            but(refund("succeeded"), json!({"amount": "12000"})),
            "unknown",
        ),
        (
            200,
            but(refund("pending"), json!({"currency": "zzz"})),
            "unknown",
        ),
        (200, json!({}), "unknown"),
        (201, refund("succeeded"), "unknown"),
        // Refused before anything was done.
        (
            400,
            error("invalid_request_error", "charge_already_refunded"),
            "error 1 already_given_back",
        ),
        (
            400,
            error("invalid_request_error", "charge_disputed"),
            "error 1 charge_disputed",
        ),
        (
            400,
            error("invalid_request_error", "refund_disputed_payment"),
            "error 1 charge_disputed",
        ),
        (
            400,
            error("invalid_request_error", ""),
            "error 1 gateway_refused",
        ),
        (
            404,
            error("invalid_request_error", "resource_missing"),
            "error 1 gateway_has_none",
        ),
        (
            403,
            error("invalid_request_error", ""),
            "error 3 gateway_key_too_weak",
        ),
        (
            429,
            error("invalid_request_error", "rate_limit"),
            "error 7 gateway_busy",
        ),
        // No words of Stripe's about refunds.
        (402, error("card_error", "card_declined"), "unknown"),
        (
            402,
            error("card_error", "charge_already_refunded"),
            "unknown",
        ),
        (
            400,
            error("api_error", "charge_already_refunded"),
            "unknown",
        ),
        (400, error("idempotency_error", ""), "unknown"),
        (
            409,
            error("idempotency_error", "idempotency_key_in_use"),
            "unknown",
        ),
        (
            429,
            error("invalid_request_error", "lock_timeout"),
            "unknown",
        ),
        (
            500,
            error("invalid_request_error", "charge_already_refunded"),
            "unknown",
        ),
    ];
    for (status, body, expected) in table {
        let answer = read_refund(status, body.to_string().as_bytes());

        assert_eq!(gist(&answer), expected, "{status} {body}");
    }
}

proptest! {
    /// Whatever arrives, only Stripe's documented words are a no or a
    /// promise that nothing was given back, and nothing makes dues stumble.
    #[test]
    fn nothing_but_documented_words_refuses(status in statuses(), body in bodies(answers())) {
        let text = String::from_utf8_lossy(&body);
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match read_refund(status, &body) {
            Ok(Answer::Declined(_)) => {
                prop_assert!(status == 200 && says(&["failed", "canceled"]));
            }
            Err(_) => prop_assert!(
                matches!(status, 400 | 401 | 403 | 404 | 429)
                    && says(&["invalid_request_error"])
            ),
            Ok(Answer::Taken(_) | Answer::Pending(_)) => {
                let words = ["succeeded", "pending", "requires_action"];
                prop_assert!(status == 200 && says(&words));
            }
            Ok(Answer::Kept(_) | Answer::Unknown(_)) => {}
        }
    }
}

/// Real answers to a refund.
fn answers() -> Vec<Value> {
    vec![
        refund("succeeded"),
        refund("pending"),
        refund("requires_action"),
        but(refund("failed"), json!({"failure_reason": "declined"})),
        refund("canceled"),
        error("invalid_request_error", "charge_already_refunded"),
        error("invalid_request_error", "charge_disputed"),
        error("idempotency_error", ""),
        error("api_error", ""),
    ]
}

/// What Stripe says of a refund is the refund's, never the charge's.
#[test]
fn a_refund_names_the_payment_and_the_attempt_it_was_made_for() {
    let reference = Some("DPZFHNC3VYRFAZZNZELU");
    let table = [
        (json!({}), Some(PAID), reference),
        (
            json!({"payment_intent": {"id": PAID}}),
            Some(PAID),
            reference,
        ),
        // Of a charge without an intent: not what we asked for, and seen as such.
        (json!({"payment_intent": null}), Some("ch_3Abc"), reference),
        (
            json!({"payment_intent": null, "charge": null, "metadata": null}),
            None,
            None,
        ),
    ];
    for (changes, token, reference) in table {
        let body = but(refund("succeeded"), changes).to_string();

        let answer = read_refund(200, body.as_bytes());

        let expected = Capture {
            id: "re_3Abc".into(),
            amount: usd(120_00),
            token: token.map(str::to_owned),
            reference: reference.map(str::to_owned),
        };
        assert_eq!(answer, Ok(Answer::Taken(expected)));
    }
}

#[test]
fn a_look_up_of_a_refund_reads_every_page_and_believes_no_torn_list() {
    let shop = paid();
    let reference = refund_name(1).reference;
    let now = Timestamp::now().as_second();
    let of = |id: &str, reference: &str| {
        but(
            refund("succeeded"),
            json!({"id": id, "created": now, "metadata": {"dues_attempt": reference}}),
        )
    };
    // The one that is sought is the oldest, on the third page.
    shop.fake.add_refund(of("re_Ours", &reference));
    // One of a bank's debit, whose name begins otherwise, ends a page.
    (0..230).for_each(|n| {
        let prefix = if n % 10 == 0 { "pyr_" } else { "re_" };
        shop.fake
            .add_refund(of(&format!("{prefix}Other{n}"), &format!("D{n}")));
    });
    let elsewhere = json!({"id": "re_Another", "payment_intent": "pi_Another"});
    shop.fake.add_refund(but(of("", &reference), elsewhere));

    let seen = look_up(&shop, &reference, None);

    assert!(matches!(&seen, Ok(Sighting::Found(Answer::Taken(taken))) if taken.id == "re_Ours"));
    let asked = shop.fake.requests();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].path, "/v1/refunds");
    assert_eq!(asked[0].query("payment_intent"), Some(PAID));
    assert_eq!(asked[2].query("starting_after"), Some("pyr_Other30"));
    assert_eq!(look_up(&shop, "DNEVERSENT", None), Ok(Sighting::NotListed));

    for fault in [
        Fault::Fail500,
        Fault::TooMany,
        Fault::Unauthorized,
        Fault::HalfJson,
        Fault::TruncatedJson,
        Fault::Redirect("/v1/account".into()),
        Fault::Says(200, json!({"object": "list", "data": [], "has_more": true})),
    ] {
        // The second page of three is the one that fails.
        let smooth = Fault::Slow(Duration::ZERO);
        shop.fake.spoil_looks([smooth, fault.clone()]);

        let torn = look_up(&shop, &reference, None);

        assert!(torn.is_err(), "{fault:?}: {torn:?}");
    }
}

#[test]
fn a_refund_is_found_by_its_id_or_not_at_all() {
    let shop = paid();
    shop.fake.add_refund(refund("failed"));
    let table = [
        ("re_3Abc", "found soft failed"),
        ("re_Never", "not listed"),
        ("pi_3Abc", "error"),
        ("re_3Abc/../../v1/account", "error"),
    ];
    for (id, expected) in table {
        let seen = look_up(&shop, "D1", Some(id));

        let gist = match seen {
            Ok(Sighting::Found(answer)) => format!("found {}", gist(&Ok(answer))),
            Ok(Sighting::NotListed) => "not listed".to_owned(),
            Ok(Sighting::Several(_)) => "several".to_owned(),
            Err(_) => "error".to_owned(),
        };
        assert_eq!(gist, expected, "{id}");
    }
    let other: Value = but(refund("succeeded"), json!({"id": "re_Other"}));
    shop.fake.spoil_looks([Fault::Says(200, other)]);
    assert!(look_up(&shop, "D1", Some("re_3Abc")).is_err());
}

#[test]
fn two_refunds_with_one_reference_are_both_named() {
    let shop = paid();
    let now = Timestamp::now().as_second();
    for id in ["re_A", "re_B"] {
        let ours = json!({"id": id, "created": now, "metadata": {"dues_attempt": "DTWICE"}});
        shop.fake.add_refund(but(refund("succeeded"), ours));
    }

    let seen = look_up(&shop, "DTWICE", None);

    let both = vec!["re_B".to_owned(), "re_A".to_owned()];
    assert_eq!(seen, Ok(Sighting::Several(both)));
}

/// A refund made by hand at Stripe is none of ours, even if the charge's own
/// words were written on it.
#[test]
fn a_refund_that_carries_a_charges_label_is_not_taken_for_ours() {
    let shop = paid();
    shop.send(&name(1)).unwrap();
    let taken = shop
        .gateway()
        .recent("5c5560b6b3bc", Timestamp::UNIX_EPOCH, None);
    assert_eq!(taken.unwrap().len(), 1);
    let fields = crate::contract::label().fields();
    let fields = fields.into_iter().map(|(name, text)| (name, json!(text)));
    let mut metadata: Value = Value::Object(fields.collect());
    metadata["dues_attempt"] = json!("D1");
    let now = Timestamp::now().as_second();
    let by_hand = json!({"metadata": metadata, "created": now});
    shop.fake.add_refund(but(refund("succeeded"), by_hand));

    let seen = side(&shop).recent("5c5560b6b3bc", Timestamp::UNIX_EPOCH, None);

    assert_eq!(seen, Ok(Vec::new()));
}

#[test]
fn the_page_to_look_at_is_the_payments() {
    let shop = Shop::open();

    let advice = side(&shop).search_advice(&Sought {
        reference: "D1",
        token: PAID,
        amount: usd(1),
        id: Some("re_1"),
        since: Timestamp::now(),
    });

    insta::assert_snapshot!(advice, @"Open https://dashboard.stripe.com/test/payments/pi_3Abc. See the refunds of the payment there, and the metadata `dues_attempt` of each: it is the one with `D1`.");
}

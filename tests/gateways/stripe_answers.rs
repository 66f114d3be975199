//! What Stripe's answers mean: bytes in, our words out.

use dues::domain::charge::{Answer, Capture};
use dues::domain::decline::Class;
use dues::domain::money::{Currency, Money};
use dues::gateway::stripe::{Marks, read_answer};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stripe_words::{but, declined, error, gist, intent, read};

#[test]
fn an_answer_means_what_stripe_documents_and_nothing_more() {
    let paid = || intent("succeeded");
    let table = [
        // Taken, whatever else the answer carries or lacks.
        (200, paid(), "taken 662.40 USD"),
        (
            200,
            but(
                paid(),
                json!({"latest_charge": {"id": "ch_1", "object": "charge"}}),
            ),
            "taken 662.40 USD",
        ),
        (
            200,
            but(paid(), json!({"a_field_of_next_year": {"deep": [1, 2]}})),
            "taken 662.40 USD",
        ),
        (
            200,
            but(paid(), json!({"metadata": {}, "latest_charge": null})),
            "taken 662.40 USD",
        ),
        (
            200,
            but(paid(), json!({"amount_received": 100})),
            "taken 1.00 USD",
        ),
        (
            200,
            but(paid(), json!({"currency": "jpy"})),
            "taken 66240 JPY",
        ),
        (
            200,
            but(paid(), json!({"currency": "isk", "amount_received": 500})),
            "taken 5 ISK",
        ),
        (200, intent("processing"), "pending 662.40 USD"),
        // Not what was documented, so not an answer.
        (
            200,
            but(paid(), json!({"amount_received": 662.4})),
            "unknown",
        ),
        (
            200,
            but(paid(), json!({"amount_received": "66240"})),
            "unknown",
        ),
        (200, but(paid(), json!({"amount_received": 0})), "unknown"),
        (200, but(paid(), json!({"amount_received": -5})), "unknown"),
        (
            200,
            but(paid(), json!({"amount_received": null})),
            "unknown",
        ),
        (200, but(paid(), json!({"currency": "zzz"})), "unknown"),
        (200, but(paid(), json!({"currency": "ugx"})), "unknown"),
        (200, but(paid(), json!({"currency": null})), "unknown"),
        (200, but(paid(), json!({"id": null})), "unknown"),
        (200, but(paid(), json!({"id": ""})), "unknown"),
        (
            200,
            but(paid(), json!({"id": "pi_1/../../refunds"})),
            "unknown",
        ),
        (200, but(paid(), json!({"object": "charge"})), "unknown"),
        (
            200,
            but(paid(), json!({"status": "succeeded_later"})),
            "unknown",
        ),
        (200, but(paid(), json!({"status": null})), "unknown"),
        (200, intent("requires_capture"), "unknown"),
        (200, intent("requires_confirmation"), "unknown"),
        (200, intent("requires_payment_method"), "unknown"),
        (200, json!([]), "unknown"),
        (200, json!("ok"), "unknown"),
        (201, paid(), "unknown"),
        (302, json!({}), "unknown"),
        // A definite no.
        (402, declined(json!({})), "soft insufficient_funds"),
        (
            402,
            declined(json!({"decline_code": "lost_card", "advice_code": "do_not_try_again"})),
            "hard lost_card",
        ),
        (
            402,
            declined(json!({"decline_code": null, "code": "expired_card", "advice_code": null})),
            "fix expired_card",
        ),
        (
            402,
            declined(
                json!({"code": "authentication_required", "decline_code": "authentication_required", "advice_code": null}),
            ),
            "auth authentication_required",
        ),
        (
            402,
            declined(json!({"decline_code": "words_of_next_year", "advice_code": null})),
            "soft words_of_next_year",
        ),
        (
            402,
            declined(json!({"payment_intent": null})),
            "soft insufficient_funds",
        ),
        (
            402,
            declined(json!({"payment_intent": intent("requires_action")})),
            "soft insufficient_funds",
        ),
        (
            200,
            intent("requires_action"),
            "auth authentication_required",
        ),
        // A no that the intent itself contradicts, or that may be a yes.
        (402, declined(json!({"payment_intent": paid()})), "unknown"),
        (
            402,
            declined(json!({"payment_intent": intent("processing")})),
            "unknown",
        ),
        (
            402,
            declined(json!({"payment_intent": intent("requires_confirmation")})),
            "unknown",
        ),
        (402, declined(json!({"payment_intent": {}})), "unknown"),
        (
            402,
            declined(json!({"decline_code": "duplicate_transaction"})),
            "unknown",
        ),
        (
            402,
            declined(json!({"decline_code": null, "code": null})),
            "unknown",
        ),
        (
            402,
            declined(json!({"type": "invalid_request_error"})),
            "unknown",
        ),
        (400, declined(json!({})), "unknown"),
        (402, json!({}), "unknown"),
        // Refused unread.
        (
            401,
            error("invalid_request_error", ""),
            "error 3 gateway_key_refused",
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
        (
            400,
            error("invalid_request_error", "amount_too_small"),
            "error 1 gateway_refused",
        ),
        (
            400,
            error("invalid_request_error", "resource_missing"),
            "error 1 gateway_has_none",
        ),
        (
            404,
            error("invalid_request_error", "resource_missing"),
            "error 1 gateway_has_none",
        ),
        // Perhaps not unread.
        (
            404,
            json!({"error": {"type": "invalid_request_error", "message": "No such page."}}),
            "unknown",
        ),
        (
            400,
            json!({"error": {"type": "invalid_request_error", "payment_intent": paid()}}),
            "unknown",
        ),
        (
            400,
            json!({"error": {"type": "invalid_request_error", "charge": "ch_1"}}),
            "unknown",
        ),
        (
            429,
            error("invalid_request_error", "lock_timeout"),
            "unknown",
        ),
        (400, error("idempotency_error", ""), "unknown"),
        (
            409,
            error("idempotency_error", "idempotency_key_in_use"),
            "unknown",
        ),
        (409, error("invalid_request_error", ""), "unknown"),
        (400, error("api_error", ""), "unknown"),
        (401, json!({"message": "a proxy's own words"}), "unknown"),
        (403, json!({"error": "forbidden"}), "unknown"),
        (429, json!({}), "unknown"),
        (413, error("invalid_request_error", ""), "unknown"),
        (424, error("api_error", ""), "unknown"),
        (500, error("api_error", ""), "unknown"),
        (502, error("card_error", "card_declined"), "unknown"),
        (503, error("invalid_request_error", ""), "unknown"),
    ];
    for (status, body, expected) in table {
        let answer = read(status, body.to_string().as_bytes());

        assert_eq!(gist(&answer), expected, "{status} {body}");
    }
}

#[test]
fn what_is_no_json_is_no_answer() {
    let whole = intent("succeeded").to_string();
    let nested = "[".repeat(100_000);
    let bodies = [
        "",
        "<html><h1>502 Bad Gateway</h1></html>",
        &whole[..whole.len() - 1],
        &format!("\u{feff}{whole}"),
        &format!("{whole}{whole}"),
        &nested,
    ];
    for body in bodies {
        for status in [200, 400, 401, 402, 403, 429, 500] {
            let answer = read(status, body.as_bytes());

            assert_eq!(gist(&answer), "unknown", "{status}");
        }
    }
    assert_eq!(gist(&read(200, b"\xff\xfe{}")), "unknown");
}

#[test]
fn a_capture_names_the_card_and_the_attempt_it_was_made_for() {
    let table = [
        (
            json!({}),
            Some("cus_Rosa/pm_Visa"),
            Some("DPZFHNC3VYRFAZZNZELU"),
        ),
        (
            json!({"customer": {"id": "cus_Rosa"}, "payment_method": {"id": "pm_Visa"}}),
            Some("cus_Rosa/pm_Visa"),
            Some("DPZFHNC3VYRFAZZNZELU"),
        ),
        // No customer: not the card we asked for, and seen as such.
        (
            json!({"customer": null}),
            Some("pm_Visa"),
            Some("DPZFHNC3VYRFAZZNZELU"),
        ),
        (
            json!({"payment_method": null, "metadata": null}),
            None,
            None,
        ),
    ];
    for (changes, token, reference) in table {
        let answer = read(
            200,
            but(intent("succeeded"), changes).to_string().as_bytes(),
        );

        let expected = Capture {
            id: "pi_3Abc".into(),
            amount: usd(66_240),
            token: token.map(str::to_owned),
            reference: reference.map(str::to_owned),
        };
        assert_eq!(answer, Ok(Answer::Taken(expected)));
    }
}

#[test]
fn a_decline_keeps_what_people_need_and_is_fit_to_be_shown() {
    let nasty = "No \u{1b}[2Jfunds for sk_test_CANARY, \u{202e}sorry";
    let body = declined(json!({"message": nasty, "network_advice_code": "02"}));

    let Ok(Answer::Declined(no)) = read(402, body.to_string().as_bytes()) else {
        panic!("no decline");
    };

    assert_eq!(no.id.as_deref(), Some("pi_3Abc"));
    assert_eq!(no.advice.as_deref(), Some("02"));
    assert_eq!(no.class, Class::Soft);
    assert_eq!(no.message, "No \\u{1b}[2Jfunds for …, \\u{202e}sorry");
    // `risk_` ends like a key's beginning, and is none.
    let risky = declined(json!({"decline_code": "highest_risk_level", "advice_code": null}));
    assert_eq!(
        gist(&read(402, risky.to_string().as_bytes())),
        "hard highest_risk_level"
    );
}

#[test]
fn an_error_500_that_is_kept_says_so() {
    let marks = Marks {
        replayed: true,
        request_id: Some("req_Abc"),
    };
    let body = error("api_error", "").to_string();

    let answer = read_answer(500, marks, body.as_bytes());

    let why = "stripe answers with an error of its own, 500, and may still make this charge (request req_Abc)";
    assert_eq!(answer, Ok(Answer::Kept(why.into())));
}

proptest! {
    /// Whatever arrives, only Stripe's documented words are a no or a
    /// promise that nothing was taken, and nothing makes dues stumble.
    #[test]
    fn nothing_but_documented_words_says_no(status in statuses(), body in bodies(answers())) {
        let text = String::from_utf8_lossy(&body);
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match read(status, &body) {
            Ok(Answer::Declined(_)) => prop_assert!(
                (status == 402 && says(&["card_error"]) && says(&["code"]))
                    || (status == 200
                        && says(&["requires_action", "canceled", "last_payment_error"]))
            ),
            Err(_) => prop_assert!(
                matches!(status, 400 | 401 | 403 | 404 | 429)
                    && says(&["invalid_request_error"])
            ),
            Ok(Answer::Taken(_) | Answer::Pending(_)) => {
                prop_assert!(status == 200 && says(&["succeeded", "processing"]));
            }
            Ok(Answer::Kept(_) | Answer::Unknown(_)) => {}
        }
    }
}

pub fn statuses() -> impl Strategy<Value = u16> {
    let documented = vec![200, 400, 401, 402, 403, 404, 409, 429, 500];
    prop_oneof![0_u16..=999, prop::sample::select(documented)]
}

/// Real answers to a charge.
fn answers() -> Vec<Value> {
    vec![
        intent("succeeded"),
        intent("processing"),
        intent("requires_action"),
        intent("canceled"),
        declined(json!({})),
        error("invalid_request_error", "rate_limit"),
        error("idempotency_error", ""),
        error("api_error", ""),
    ]
}

/// Noise, real words in wrong places, and real answers with a piece torn out.
pub fn bodies(answers: Vec<Value>) -> impl Strategy<Value = Vec<u8>> {
    let words = vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        "7",
        "null",
        "\"error\":",
        "\"type\":",
        "\"card_error\"",
        "\"code\":",
        "\"invalid_request_error\"",
        "\"status\":",
        "\"succeeded\"",
        "\"object\":",
        "\"payment_intent\"",
        "\"id\":",
        "\"pi_1\"",
    ];
    let torn = (prop::sample::select(answers), 0_usize..2000, 0_usize..40).prop_map(
        |(answer, from, length)| {
            let mut bytes = answer.to_string().into_bytes();
            let from = from % bytes.len();
            let to = (from + length).min(bytes.len());
            bytes.drain(from..to);
            bytes
        },
    );
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(prop::sample::select(words), 0..24)
            .prop_map(|words| words.concat().into_bytes()),
        torn,
    ]
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

//! Stripe's words for a no, and what kind of no each is.
//!
//! The network's own advice beats the bank's word, and a word that is not
//! listed means "not now".
//!
//! Sources: docs.stripe.com/declines/codes, docs.stripe.com/error-codes, and
//! the `advice_code` and `network_advice_code` of docs.stripe.com/api/errors.

use serde_json::Value;

use crate::domain::decline::{Class, Decline};

use super::words::{is_name, reference, safe, text};

const HARD: &[&str] = &[
    "lost_card",
    "stolen_card",
    "pickup_card",
    "fraudulent",
    "merchant_blacklist",
    "restricted_card",
    "invalid_account",
    "incorrect_number",
    "invalid_number",
    "do_not_try_again",
    "revocation_of_authorization",
    "revocation_of_all_authorizations",
    "stop_payment_order",
    "card_not_supported",
    "currency_not_supported",
    "service_not_allowed",
    "transaction_not_allowed",
    "not_permitted",
    "security_violation",
    "highest_risk_level",
];

const FIX: &[&str] = &[
    "expired_card",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_expiry_month_year",
    "incorrect_cvc",
    "invalid_cvc",
    "incorrect_zip",
    "incorrect_address",
    "new_account_information_available",
];

const AUTH: &[&str] = &[
    "authentication_required",
    "authentication_not_handled",
    "payment_intent_authentication_failure",
];

const WAIT: &[&str] = &[
    "issuer_not_available",
    "reenter_transaction",
    "processing_error",
];

const CONFIG: &[&str] = &["testmode_decline", "live_mode_test_card"];

/// The no in a card error or in an intent's `last_payment_error`; `None` if
/// it does not say what it is, or does not say no: a duplicate of a charge
/// that may well have gone through.
pub(super) fn read(error: &Value, intent: &Value) -> Option<Decline> {
    let code = text(error, "decline_code").or_else(|| text(error, "code"))?;
    if code == "duplicate_transaction" {
        return None;
    }
    let network = text(error, "network_advice_code");
    let stripe = text(error, "advice_code");
    let class = network
        .and_then(class_of_network_advice)
        .or_else(|| stripe.and_then(class_of_advice))
        .unwrap_or_else(|| class_of(code));
    Some(Decline {
        class,
        code: safe(code),
        message: text(error, "message").map(safe).unwrap_or_default(),
        advice: network.or(stripe).map(safe),
        id: text(intent, "id")
            .filter(|id| is_name(id, "pi_"))
            .map(str::to_owned),
        reference: reference(intent).map(str::to_owned),
    })
}

fn class_of(code: &str) -> Class {
    let rows = [
        (HARD, Class::Hard),
        (FIX, Class::Fix),
        (AUTH, Class::Auth),
        (WAIT, Class::Wait),
        (CONFIG, Class::Config),
    ];
    rows.into_iter()
        .find_map(|(codes, class)| codes.contains(&code).then_some(class))
        .unwrap_or(Class::Soft)
}

/// Stripe's reading of the network's advice.
fn class_of_advice(advice: &str) -> Option<Class> {
    match advice {
        "confirm_card_data" => Some(Class::Fix),
        "do_not_try_again" => Some(Class::Hard),
        "try_again_later" => Some(Class::Soft),
        _ => None,
    }
}

/// Mastercard's merchant advice codes, as the network gave them. Visa and
/// others use the same field with other words, which are left to Stripe's
/// reading above.
fn class_of_network_advice(advice: &str) -> Option<Class> {
    match advice {
        // New account information is available.
        "01" => Some(Class::Fix),
        // Try again later; 24 to 30 say how much later, from an hour to ten days.
        "02" | "24" | "25" | "26" | "27" | "28" | "29" | "30" => Some(Class::Soft),
        // Do not try again; payment cancelled by the cardholder.
        "03" | "21" => Some(Class::Hard),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_card_number_in_a_no_is_not_kept() {
        let error = json!({"code": "card 4242424242424242", "advice_code": "4242 4242 4242 4242",
                           "message": "Your card 4242-4242-4242-4242 was declined."});

        let decline = read(&error, &Value::Null).unwrap();

        assert_eq!(
            decline.message,
            "Your card [card number removed] was declined."
        );
        assert!(!format!("{decline:?}").contains("4242"), "{decline:?}");
    }

    #[test]
    fn a_no_is_of_the_kind_that_the_network_says_it_is() {
        let table = [
            (json!({"code": "card_declined"}), Some(Class::Soft)),
            (
                json!({"decline_code": "insufficient_funds"}),
                Some(Class::Soft),
            ),
            (json!({"decline_code": "lost_card"}), Some(Class::Hard)),
            (json!({"code": "expired_card"}), Some(Class::Fix)),
            (
                json!({"code": "authentication_required"}),
                Some(Class::Auth),
            ),
            (
                json!({"decline_code": "issuer_not_available"}),
                Some(Class::Wait),
            ),
            (
                json!({"decline_code": "testmode_decline"}),
                Some(Class::Config),
            ),
            (
                json!({"decline_code": "a_word_of_next_year"}),
                Some(Class::Soft),
            ),
            // The bank's word beats the general one.
            (
                json!({"code": "card_declined", "decline_code": "stolen_card"}),
                Some(Class::Hard),
            ),
            // Advice beats the bank's word.
            (
                json!({"decline_code": "do_not_honor", "advice_code": "do_not_try_again"}),
                Some(Class::Hard),
            ),
            (
                json!({"decline_code": "lost_card", "advice_code": "try_again_later"}),
                Some(Class::Soft),
            ),
            (
                json!({"decline_code": "do_not_honor", "advice_code": "confirm_card_data"}),
                Some(Class::Fix),
            ),
            (
                json!({"decline_code": "do_not_honor", "advice_code": "new_words"}),
                Some(Class::Soft),
            ),
            (
                json!({"decline_code": "do_not_honor", "network_advice_code": "03", "advice_code": "try_again_later"}),
                Some(Class::Hard),
            ),
            (
                json!({"decline_code": "do_not_honor", "network_advice_code": "24"}),
                Some(Class::Soft),
            ),
            (
                json!({"decline_code": "stolen_card", "network_advice_code": "99"}),
                Some(Class::Hard),
            ),
            // No no at all.
            (json!({"decline_code": "duplicate_transaction"}), None),
            (json!({"message": "no"}), None),
            (json!({"code": 7}), None),
        ];
        for (error, expected) in table {
            let decline = read(&error, &Value::Null);

            assert_eq!(decline.map(|no| no.class), expected, "{error}");
        }
    }
}

//! What stands in Stripe's JSON, taken out one by one; and its sentences, fit to be shown.

use serde_json::Value;

use crate::domain::outside::Said;

use super::REFERENCE;

pub(super) fn text<'a>(object: &'a Value, field: &str) -> Option<&'a str> {
    object[field].as_str()
}

/// An id that may stand there as itself or as the whole object.
pub(super) fn id_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| text(value, "id"))
}

/// Our own reference, where the intent carries one.
pub(super) fn reference(intent: &Value) -> Option<&str> {
    text(&intent["metadata"], REFERENCE)
}

/// Whether the text is one of Stripe's ids of this kind, and nothing more: it
/// may stand in an address.
pub(super) fn is_name(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        !rest.is_empty()
            && rest.len() <= 250
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// How Stripe's keys and signing secrets begin.
const KEYS: [&str; 7] = [
    "sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_", "whsec_",
];

/// Stripe's words, without any key that the request carried.
pub(super) fn safe(text: &str) -> Said {
    let mut shown = String::new();
    let mut word = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '*') {
            word.push(letter);
            continue;
        }
        let secret = KEYS.iter().any(|prefix| word.contains(prefix));
        shown.push_str(if secret { "…" } else { &word });
        word.clear();
        shown.push(letter);
    }
    shown.pop();
    Said::from(shown)
}

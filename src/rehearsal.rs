//! What tests may do to the program from outside: stop it at a named place, set its date.
//!
//! Only debug builds listen. In a release build both are empty, and the names
//! of the variables are not in the program; a test looks.

use jiff::Timestamp;

/// Every named place, in the order a charge meets them.
pub const POINTS: [&str; 9] = [
    "charge.planned",
    "charge.prepared",
    "charge.sending",
    "sandbox.before_taking",
    "sandbox.taken",
    "charge.answered",
    "charge.settled",
    "mail.claimed",
    "mail.delivered",
];

/// Stops the process here, as `kill -9` would, if `DUES_CRASH` names this place.
#[cfg(debug_assertions)]
pub fn point(name: &str) {
    debug_assert!(POINTS.contains(&name), "an unlisted crash point: {name}");
    if std::env::var("DUES_CRASH").is_ok_and(|wanted| wanted == name) {
        std::process::abort();
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[inline]
pub fn point(_: &str) {}

/// The moment that `DUES_NOW` sets, for tests whose words depend on the date.
#[cfg(debug_assertions)]
#[must_use]
pub fn pretended_now() -> Option<Timestamp> {
    std::env::var("DUES_NOW").ok()?.parse().ok()
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[must_use]
pub fn pretended_now() -> Option<Timestamp> {
    None
}

//! The real binary under faults: stopped, failed, killed and cut off anywhere,
//! and run again as a user would.
//!
//! The oracle is the gateway's own ledger, which shares nothing with the book:
//! what was taken is booked once, and what is booked was taken.
//!
//! Every test run meets some of the faults; `DUES_TEST_FAULTS`, `DUES_TEST_KILLS`
//! and `DUES_TEST_STRACE` ask for more, and `.ci/run` for all of them.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "these tests are their own clock")]

mod bytes;
mod charge;
mod copies;
mod disk;
#[path = "../gateways/fake_stripe.rs"]
#[allow(dead_code, reason = "each test binary plays a part of the faults")]
mod fake_stripe;
mod kills;
mod points;
mod scenes;
#[path = "../gateways/server.rs"]
mod server;
#[path = "../cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;
#[path = "../whole/surroundings.rs"]
#[allow(dead_code, reason = "each test binary needs a part of what is around")]
mod surroundings;
mod syscalls;
mod truth;

/// Faults to meet: one in so many of all there are, and every one of them with
/// `DUES_TEST_FAULTS=all`.
fn some<T>(all: Vec<T>, one_in: usize) -> Vec<T> {
    let wants_all = std::env::var("DUES_TEST_FAULTS").is_ok_and(|wish| wish == "all");
    let step = if wants_all { 1 } else { one_in };
    all.into_iter().step_by(step).collect()
}

//! The real binary under faults: stopped, failed, killed and cut off anywhere,
//! and run again as a user would.
//!
//! The oracle is the gateway's own ledger, which shares nothing with the book:
//! what was taken is booked once, and what is booked was taken.

#![cfg(unix)]

mod charge;
mod points;
mod scenes;
#[path = "../cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;
mod truth;

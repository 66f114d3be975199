//! The real binary with the parts that users have around it: a Stripe, files
//! of secrets, a mail server, a keyring.
//!
//! The clock is the machine's own. Whatever dues says, the ledger on the
//! other side says how often money was taken.

#![expect(clippy::disallowed_methods, reason = "these tests are their own clock")]

#[path = "../gateways/fake_stripe.rs"]
#[allow(dead_code, reason = "each test binary plays a part of the faults")]
mod fake_stripe;
#[path = "../mail/foreign.rs"]
#[allow(dead_code, reason = "each test binary reads a part of what arrived")]
mod foreign;
#[path = "../gateways/go_between.rs"]
mod go_between;
mod keyring;
mod localstripe;
mod mail;
#[path = "../gateways/server.rs"]
mod server;
#[path = "../cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;
mod stripe;
#[path = "../gateways/stripe_words.rs"]
#[allow(dead_code, reason = "each test binary says a part of the words")]
mod stripe_words;
mod surroundings;

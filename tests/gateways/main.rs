//! The gateways, each held to one contract and to its own documentation.
//!
//! Nothing here leaves the machine: a gateway is played by a server of our
//! own, whose ledger says how often money was really taken.

#![expect(clippy::disallowed_methods, reason = "these tests are their own clock")]

mod contract;
mod fake_stripe;
mod giving_back;
mod go_between;
mod http;
mod localstripe;
mod sandbox;
mod server;
mod stripe;
mod stripe_answers;
mod stripe_returns;
mod stripe_words;

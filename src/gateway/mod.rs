//! The gateways: one file or folder for each processor, and the table of them.
//!
//! Each turns an order into exact bytes and an answer into our words, and
//! does both purely; a [`wire`] carries the bytes, and only [`http`] touches the network. A new gateway is a new
//! file and a new row here; nothing else knows which ones there are.

mod gate;
pub mod http;
pub mod sandbox;
pub mod stripe;
pub mod wire;

use std::path::Path;
use std::sync::Arc;

use crate::domain::gateway_account::Mode;
use crate::ports::{Gateway, NotAsked, Order, Secret};
use crate::problem::{Problem, Result};

/// What a gateway is opened with.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Its secret, for those that need one.
    pub secret: Option<Secret>,
    /// Another server than its own; test books only.
    pub endpoint: Option<&'a str>,
    /// How many charges a second the account is granted, if it is not the usual.
    pub most_per_second: Option<u32>,
    /// The book's own.
    pub mode: Mode,
    /// Where the sandbox keeps its ledger.
    pub ledger: &'a Path,
}

/// One gateway of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    /// One line for `dues gateway list`.
    pub about: &'static str,
    pub needs_secret: bool,
    /// Whether it shows a clock of its own.
    pub shows_time: bool,
    /// What a person is asked for at login.
    pub secret_is: &'static str,
    pub open: fn(Opening<'_>) -> Result<Arc<dyn Gateway>>,
    /// [`Gateway::build`], which needs no secret.
    pub build: fn(&Order<'_>) -> Result<Vec<u8>, NotAsked>,
}

/// Every gateway there is.
pub const TABLE: [Entry; 2] = [
    Entry {
        name: sandbox::NAME,
        about: "built in, for practice; moves no money",
        needs_secret: false,
        shows_time: false,
        secret_is: "",
        open: |opening| Ok(Arc::new(sandbox::Sandbox::new(opening.ledger.to_owned()))),
        build: sandbox::build,
    },
    Entry {
        name: "stripe",
        about: "charges cards that are saved at stripe.com",
        needs_secret: true,
        shows_time: true,
        secret_is: "the secret key (sk_test_… or, better, a restricted rk_test_…)",
        open: |opening| {
            let secret = opening
                .secret
                .ok_or_else(|| Problem::bug("stripe was opened without its key"))?;
            let stripe = stripe::Stripe::new(secret, opening.endpoint, opening.mode)?;
            Ok(Arc::new(stripe.paced(opening.most_per_second)))
        },
        build: stripe::build,
    },
];

/// The gateway of this name.
///
/// # Errors
///
/// Exit 2 if there is none; the hint names those there are.
pub fn entry(name: &str) -> Result<&'static Entry> {
    TABLE
        .iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| {
            let names = TABLE.map(|entry| format!("`{}`", entry.name)).join(", ");
            Problem::usage("no_such_gateway", format!("there is no gateway `{name}`"))
                .hint(format!("There is {names}."))
        })
}

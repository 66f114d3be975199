//! Stripe: payment intents, confirmed at once, with the customer away; and their refunds.
//!
//! One attempt is one payment intent, or one refund, under one idempotency
//! key. The key makes a repetition harmless for a day; after that, or after an
//! error 500 that Stripe would only repeat, the complete list of the customer's
//! intents, or the payment's refunds, is the witness. What the answers mean is
//! in [`answer`](read_answer).

mod amounts;
mod answer;
mod asking;
mod declines;
mod intents;
mod object;
mod order;
mod returns;
mod words;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use answer::{Marks, read_answer, read_return};

use crate::domain::card::{CardFacts, Expiry};
use crate::domain::charge::Answer;
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::ports::{
    Gateway, GivesBack, NotAsked, Order, Promises, Refusal, Secret, Seen, Sending, Shown, Sighting,
    Sought,
};
use crate::problem::Problem;

use super::http::{Http, Limits};
use super::wire::Wire;
use asking::unreadable;
use intents::INTENT;
use words::{id_of, is_name, text};

const ENDPOINT: &str = "https://api.stripe.com";

/// The version of the API whose words [`answer`](read_answer) reads; sent
/// with every request, so that an account's own setting changes nothing.
const VERSION: &str = "2026-10-28.endive";

/// The metadata field that carries our reference.
const REFERENCE: &str = "dues_attempt";

/// A Stripe account, or its test side.
pub struct Stripe {
    wire: Box<dyn Wire>,
    key: Secret,
    mode: Mode,
    most_per_second: u32,
}

/// See [`Stripe::promises`].
const MOST_PER_SECOND: u32 = 20;

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe({})", self.mode)
    }
}

impl Stripe {
    /// Stripe for a live book or a test book, for as long as it exists.
    ///
    /// # Errors
    ///
    /// Exit 3, before anything is sent: a key of the other side, something
    /// that is no secret key, or another `endpoint` where real money moves.
    pub fn new(key: Secret, endpoint: Option<&str>, mode: Mode) -> Result<Self, Problem> {
        if mode == Mode::Live && endpoint.is_some() {
            return Err(Problem::setup(
                "endpoint_in_live_book",
                "a live book asks nobody but stripe itself",
            )
            .hint("Remove the endpoint from the configuration, or use a test book."));
        }
        let http = Http::new(endpoint.unwrap_or(ENDPOINT), Limits::default())?;
        if endpoint.is_some() {
            http.refuse_a_look_alike(ENDPOINT)?;
        }
        Self::over(Box::new(http), key, mode)
    }

    /// Stripe at the other end of a wire.
    ///
    /// # Errors
    ///
    /// Exit 3 for a key of the other side, or something that is no secret key.
    pub fn over(wire: Box<dyn Wire>, key: Secret, mode: Mode) -> Result<Self, Problem> {
        match (mode_of(&key)?, mode) {
            (Mode::Live, Mode::Test) => {
                return Err(Problem::setup(
                    "live_key_in_test_book",
                    "this book is for tests, and the stripe key moves real money",
                )
                .hint("Run `dues gateway login stripe` with a key that begins `sk_test_`."));
            }
            (Mode::Test, Mode::Live) => {
                return Err(Problem::setup(
                    "test_key_in_live_book",
                    "this book is live, and the stripe key is for tests",
                )
                .hint("Run `dues gateway login stripe` with a key that begins `sk_live_`."));
            }
            _ => {}
        }
        Ok(Self {
            wire,
            key,
            mode,
            most_per_second: MOST_PER_SECOND,
        })
    }

    /// The same at another pace, as Stripe granted it to the account.
    #[must_use]
    pub fn paced(mut self, most_per_second: Option<u32>) -> Self {
        self.most_per_second = most_per_second.unwrap_or(MOST_PER_SECOND).max(1);
        self
    }

    /// Where its pages are, below stripe's own.
    fn side(&self) -> &'static str {
        match self.mode {
            Mode::Live => "",
            Mode::Test => "/test",
        }
    }

    /// The page of a payment, for a person to open.
    fn page_of(&self, intent: &str) -> String {
        let side = self.side();
        format!("Open https://dashboard.stripe.com{side}/payments/{intent}.")
    }
}

/// The exact bytes of a charge; all that stands against it are stripe's rules.
///
/// # Errors
///
/// [`Refusal::ByRule`]
pub fn build(order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
    order::build(order).map_err(|problem| NotAsked::new(Refusal::ByRule, problem))
}

impl Gateway for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    /// Keys live at least 24 hours (`docs.stripe.com/api/idempotent_requests`);
    /// four of them are our margin. A request that was lost on its way may be
    /// carried out later, within the key's life; two hours are added to that.
    /// One endpoint may be asked 25 times a second unless Stripe grants more
    /// (`docs.stripe.com/rate-limits`); a run leaves room for whoever else asks.
    fn promises(&self) -> Promises {
        Promises {
            replay_for: Some(SignedDuration::from_hours(20)),
            lists: true,
            settles_within: SignedDuration::from_hours(26),
            look_again_after: SignedDuration::from_mins(15),
            most_per_second: Some(self.most_per_second),
        }
    }

    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
        build(order)
    }

    fn charge(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        self.make(&INTENT, sending)
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        if let Some(id) = sought.id {
            return self.found_by_id(&INTENT, id);
        }
        let (customer, _) = order::split(sought.token)?;
        self.found(&INTENT, sought, ("customer", customer))
    }

    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        token: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        let customer = token
            .map(order::split)
            .transpose()?
            .map(|(customer, _)| ("customer", customer));
        self.seen(&INTENT, book, since, customer)
    }

    /// `pm_…` or `cus_…/pm_…`; the token it gives back is always the second.
    fn card(&self, token: &str) -> Result<CardFacts, NotAsked> {
        let (claimed, card) = match token.split_once('/') {
            Some(_) => order::split(token).map(|(customer, card)| (Some(customer), card))?,
            None if is_name(token, "pm_") => (None, token),
            None => return Err(order::not_a_token().into()),
        };
        let method = self.get(&INTENT, &format!("/v1/payment_methods/{card}"), &[])?;
        let Some(customer) = id_of(&method["customer"]).filter(|id| is_name(id, "cus_")) else {
            let problem = Problem::refused(
                "card_without_customer",
                format!("stripe keeps {card} for no customer, so it can be charged only once"),
            )
            .hint(
                "Save it for a customer at Stripe first, as `stripe payment_methods attach \
                 pm_… --customer cus_…` does.",
            );
            return Err(NotAsked::new(Refusal::ByRule, problem));
        };
        if claimed.is_some_and(|claimed| claimed != customer) {
            let problem = Problem::refused(
                "card_of_another_customer",
                format!("stripe keeps {card} for another customer"),
            )
            .hint(format!("Use `{customer}/{card}` if that is who pays."));
            return Err(NotAsked::new(Refusal::ByRule, problem));
        }
        facts(&method, customer, card).ok_or_else(|| {
            let problem = Problem::refused(
                "not_a_card",
                format!("{card} is no card that dues can charge"),
            )
            .hint("Save a card at Stripe, not a bank account or a wallet.");
            NotAsked::new(Refusal::ByRule, problem)
        })
    }

    fn account(&self) -> Result<Shown, NotAsked> {
        let (account, witness) = self.get_dated(&INTENT, "/v1/account", &[])?;
        let id = text(&account, "id")
            .filter(|id| is_name(id, "acct_"))
            .ok_or_else(|| unreadable("it does not name the account"))?;
        Ok(Shown {
            account: GatewayAccount::new(self.name(), id),
            mode: self.mode,
            witness,
        })
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        let side = self.side();
        match sought.id {
            Some(id) => self.page_of(id),
            None => format!(
                "Open https://dashboard.stripe.com{side}/payments and search for `{}`, \
                 the payment's metadata `{REFERENCE}`; see failed and incomplete payments too.",
                sought.reference
            ),
        }
    }

    fn gives_back(&self) -> Option<&dyn GivesBack> {
        Some(self)
    }
}

/// What the key is for; the key itself is never part of an error.
fn mode_of(key: &Secret) -> Result<Mode, Problem> {
    let prefixes = [
        ("sk_live_", Mode::Live),
        ("rk_live_", Mode::Live),
        ("sk_test_", Mode::Test),
        ("rk_test_", Mode::Test),
    ];
    prefixes
        .into_iter()
        .find_map(|(prefix, mode)| is_name(key.expose(), prefix).then_some(mode))
        .ok_or_else(|| {
            Problem::setup("not_a_stripe_key", "this is not a secret key of stripe's").hint(
                "Copy one from the Stripe dashboard, under Developers, API keys: it begins \
                 `sk_test_`, `sk_live_`, `rk_test_` or `rk_live_`.",
            )
        })
}

fn facts(method: &Value, customer: &str, card: &str) -> Option<CardFacts> {
    let shown = &method["card"];
    let brand = text(shown, "brand")
        .filter(|brand| is_name(brand, ""))?
        .to_ascii_lowercase();
    let last4 = text(shown, "last4")
        .filter(|last4| last4.len() == 4 && last4.bytes().all(|byte| byte.is_ascii_digit()))?;
    let year = shown["exp_year"]
        .as_i64()
        .and_then(|year| year.try_into().ok());
    let month = shown["exp_month"]
        .as_i64()
        .and_then(|month| month.try_into().ok());
    (text(method, "id") == Some(card)).then(|| CardFacts {
        token: format!("{customer}/{card}"),
        brand,
        last4: last4.to_owned(),
        expiry: year
            .zip(month)
            .and_then(|(year, month)| Expiry::new(year, month)),
    })
}

//! Stripe: payment intents, confirmed at once, with the customer away.
//!
//! One attempt is one payment intent under one idempotency key. The key makes
//! a repetition harmless for a day; after that, or after an error 500 that
//! Stripe would only repeat, the complete list of the customer's intents is
//! the witness. What the answers mean is in [`answer`](read_answer).

mod amounts;
mod answer;
mod declines;
mod order;
mod words;

use std::fmt;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use answer::{Marks, read_answer};

use crate::domain::card::{CardFacts, Expiry};
use crate::domain::charge::Answer;
use crate::domain::label::BOOK;
use crate::ports::{
    Account, Gateway, NotAsked, Order, Promises, Refusal, Secret, Seen, Sending, Sighting, Sought,
    Witness,
};
use crate::problem::Problem;
use crate::rehearsal::{self, Rule};

use super::http::{Http, Limits};
use super::wire::{Ask, Reply, Sent, Wire};
use answer::{refusal, standing};
use words::{id_of, is_name, reference, text};

const ENDPOINT: &str = "https://api.stripe.com";

/// The version of the API whose words [`answer`](read_answer) reads; sent
/// with every request, so that an account's own setting changes nothing.
const VERSION: &str = "2026-10-28.endive";

/// The metadata field that carries our reference.
const REFERENCE: &str = "dues_attempt";

/// Stripe's clock and ours may differ by so much. The list is of one customer
/// and is matched by reference, so a day costs nothing; a list that begins too
/// late would not have a charge that was made.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// A million intents, a hundred a page: a list that does not end is none.
const MOST_PAGES: u32 = 10_000;

/// A Stripe account, or its test side.
pub struct Stripe {
    wire: Box<dyn Wire>,
    key: Secret,
    live: bool,
    most_per_second: u32,
}

/// See [`Stripe::promises`].
const MOST_PER_SECOND: u32 = 20;

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe(live: {})", self.live)
    }
}

impl Stripe {
    /// Stripe for a book that is `live` or a test book, for as long as it exists.
    ///
    /// # Errors
    ///
    /// Exit 3, before anything is sent: a key of the other side, something
    /// that is no secret key, or another `endpoint` where real money moves.
    pub fn new(key: Secret, endpoint: Option<&str>, live: bool) -> Result<Self, Problem> {
        if live && endpoint.is_some() {
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
        Self::over(Box::new(http), key, live)
    }

    /// Stripe at the other end of a wire.
    ///
    /// # Errors
    ///
    /// Exit 3 for a key of the other side, or something that is no secret key.
    pub fn over(wire: Box<dyn Wire>, key: Secret, live: bool) -> Result<Self, Problem> {
        match (is_live(&key)?, live) {
            (true, false) => {
                return Err(Problem::setup(
                    "live_key_in_test_book",
                    "this book is for tests, and the stripe key moves real money",
                )
                .hint("Run `dues gateway login stripe` with a key that begins `sk_test_`."));
            }
            (false, true) => {
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
            live,
            most_per_second: MOST_PER_SECOND,
        })
    }

    /// The same at another pace, as Stripe granted it to the account.
    #[must_use]
    pub fn paced(mut self, most_per_second: Option<u32>) -> Self {
        self.most_per_second = most_per_second.unwrap_or(MOST_PER_SECOND).max(1);
        self
    }

    fn ask<'a>(
        &'a self,
        path: &'a str,
        query: &'a [(&'a str, &'a str)],
        headers: &'a [(&'a str, &'a str)],
    ) -> Ask<'a> {
        Ask {
            path,
            query,
            headers,
            bearer: &self.key,
        }
    }

    /// A whole object, or why nothing was learned.
    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, NotAsked> {
        Ok(self.get_dated(path, query)?.0)
    }

    /// As [`Stripe::get`], and what Stripe's clock showed.
    fn get_dated(&self, path: &str, query: &[(&str, &str)]) -> Result<(Value, Witness), NotAsked> {
        let headers = [("Stripe-Version", VERSION)];
        let reply = self.wire.get(&self.ask(path, query, &headers))?;
        // RFC 9110, 6.6.1: the date is that of RFC 5322, always in GMT.
        let witness = reply
            .header("Date")
            .and_then(|date| DateTimeParser::new().parse_timestamp(date).ok())
            .map_or(Witness::Nobody, Witness::Clock);
        let body = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
        match reply.status {
            200 if body.is_object() => Ok((body, witness)),
            status @ (400 | 401 | 403 | 404 | 429) if body["error"].is_object() => {
                Err(refusal(status, &body["error"]))
            }
            status @ 500.. => {
                let problem = Problem::refused(
                    "gateway_unreachable",
                    format!("stripe could not be asked: it answered {status}"),
                )
                .hint("Check Stripe's status page, then try again.");
                Err(NotAsked::new(Refusal::Unreachable, problem))
            }
            status => Err(unreadable(&format!("it answered {status}"))),
        }
    }

    /// Every intent made since then, of one customer or of all, that is wanted.
    fn listed(
        &self,
        customer: Option<&str>,
        since: Timestamp,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, NotAsked> {
        let since = since.as_second().max(0).to_string();
        let mut found = Vec::new();
        let mut after = String::new();
        for _ in 0..MOST_PAGES {
            let mut query = vec![("created[gte]", since.as_str()), ("limit", "100")];
            query.extend(customer.map(|customer| ("customer", customer)));
            if !after.is_empty() {
                query.push(("starting_after", &after));
            }
            let mut page = self.get("/v1/payment_intents", &query)?;
            let more = page["has_more"].as_bool();
            let (Some(more), Value::Array(intents)) = (more, page["data"].take()) else {
                return Err(unreadable("its list is no list"));
            };
            let last = intents.last().and_then(|intent| text(intent, "id"));
            match last.filter(|id| is_name(id, "pi_") && **id != *after) {
                Some(last) => after = last.to_owned(),
                None if more || !intents.is_empty() => {
                    return Err(unreadable("its list does not go on"));
                }
                None => {}
            }
            found.extend(intents.into_iter().filter(&wanted));
            if !more {
                return Ok(found);
            }
        }
        Err(unreadable("its list does not end"))
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
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Stripe-Version", VERSION),
            ("Idempotency-Key", sending.key),
        ];
        let ask = self.ask("/v1/payment_intents", &[], &headers);
        match self
            .wire
            .post(&ask, sending.request, sending.still_in_time)?
        {
            Sent::Lost(why) => Ok(Answer::Unknown(why.into())),
            // Stripe repeats the key of the request that it answers; bare, as it was
            // sent, or quoted, as a header of text is (RFC 9651).
            Sent::Reply(reply)
                if rehearsal::holds(Rule::AnswerIsOurs)
                    && reply
                        .header("Idempotency-Key")
                        .is_some_and(|key| key.trim_matches('"') != sending.key) =>
            {
                Ok(Answer::Unknown(
                    "stripe's answer is to another request".into(),
                ))
            }
            Sent::Reply(reply) => read_answer(reply.status, marks(&reply), &reply.body),
        }
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        let seen = |intent: &Value| {
            Sighting::Found(standing(intent).unwrap_or_else(|why| Answer::Unknown(why.into())))
        };
        if let Some(id) = sought.id {
            if !is_name(id, "pi_") {
                let problem =
                    Problem::refused("not_a_stripe_id", "the charge's id is none of stripe's");
                return Err(NotAsked::new(Refusal::ByRule, problem));
            }
            let intent = match self.get(&format!("/v1/payment_intents/{id}"), &[]) {
                Err(not_asked) if not_asked.refusal == Refusal::Gone => {
                    return Ok(Sighting::NotListed);
                }
                looked => looked?,
            };
            if text(&intent, "id") != Some(id) {
                return Err(unreadable("it answered with another payment intent"));
            }
            return Ok(seen(&intent));
        }
        let (customer, _) = order::split(sought.token)?;
        let since = sought.since.saturating_add(-CLOCKS_DIFFER);
        let found = self.listed(Some(customer), since.unwrap_or(sought.since), |intent| {
            reference(intent) == Some(sought.reference)
        })?;
        Ok(match found.as_slice() {
            [] => Sighting::NotListed,
            [one] => seen(one),
            several => Sighting::Several(
                several
                    .iter()
                    .filter_map(|intent| text(intent, "id"))
                    .map(|id| words::safe(id).into())
                    .collect(),
            ),
        })
    }

    /// The list of payment intents is complete at once
    /// (`docs.stripe.com/search`: only searches lag behind).
    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        token: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        let customer = token
            .map(order::split)
            .transpose()?
            .map(|(customer, _)| customer);
        let tag = |intent: &Value| text(&intent["metadata"], BOOK) == Some(book);
        let intents = self.listed(customer, since, tag)?;
        Ok(intents
            .iter()
            .filter_map(|intent| answer::seen(intent, book))
            .collect())
    }

    /// `pm_…` or `cus_…/pm_…`; the token it gives back is always the second.
    fn card(&self, token: &str) -> Result<CardFacts, NotAsked> {
        let (claimed, card) = match token.split_once('/') {
            Some(_) => order::split(token).map(|(customer, card)| (Some(customer), card))?,
            None if is_name(token, "pm_") => (None, token),
            None => return Err(order::not_a_token().into()),
        };
        let method = self.get(&format!("/v1/payment_methods/{card}"), &[])?;
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

    fn account(&self) -> Result<Account, NotAsked> {
        let (account, witness) = self.get_dated("/v1/account", &[])?;
        let id = text(&account, "id")
            .filter(|id| is_name(id, "acct_"))
            .ok_or_else(|| unreadable("it does not name the account"))?;
        Ok(Account {
            id: id.to_owned(),
            live: self.live,
            witness,
        })
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        let side = if self.live { "" } else { "/test" };
        match sought.id {
            Some(id) => format!("Open https://dashboard.stripe.com{side}/payments/{id}."),
            None => format!(
                "Open https://dashboard.stripe.com{side}/payments and search for `{}`, \
                 the payment's metadata `{REFERENCE}`; see failed and incomplete payments too.",
                sought.reference
            ),
        }
    }
}

/// Which side the key is for; the key itself is never part of an error.
fn is_live(key: &Secret) -> Result<bool, Problem> {
    let sides = [
        ("sk_live_", true),
        ("rk_live_", true),
        ("sk_test_", false),
        ("rk_test_", false),
    ];
    sides
        .into_iter()
        .find_map(|(prefix, live)| is_name(key.expose(), prefix).then_some(live))
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

fn marks(reply: &Reply) -> Marks<'_> {
    Marks {
        replayed: reply.header("Idempotent-Replayed") == Some("true"),
        request_id: reply.header("Request-Id"),
    }
}

fn unreadable(why: &str) -> NotAsked {
    let problem = Problem::refused(
        "gateway_unreadable",
        format!("stripe's answer teaches nothing: {why}"),
    )
    .hint("Check the gateway's status page, then try again.");
    NotAsked::new(Refusal::Unreadable, problem)
}

//! How Stripe is asked: one request, one list, one search, whatever it is about.
//!
//! A question that changes nothing comes back whole or not at all; what asks
//! for money may come back as silence, and [`answer`](super::answer) says what
//! it means.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::domain::charge::Answer;
use crate::domain::label::BOOK;
use crate::domain::rules;
use crate::gateway::wire::{Ask, Reply, Sent};
use crate::ports::{NotAsked, Refusal, Seen, Sending, Sighting, Sought, Witness};
use crate::problem::Problem;

use super::answer::{Marks, read, refusal};
use super::object::Object;
use super::words::{reference, safe, text};
use super::{Stripe, VERSION};

/// Stripe's clock and ours may differ by so much. The list is of one customer
/// or one payment and is matched by reference, so a day costs nothing; a list
/// that begins too late would not have what was made.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// A million entries, a hundred a page: a list that does not end is none.
const MOST_PAGES: u32 = 10_000;

impl Stripe {
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

    /// Asks for money to be taken or given back, once.
    pub(super) fn make(&self, object: &Object, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Stripe-Version", VERSION),
            ("Idempotency-Key", sending.key),
        ];
        let ask = self.ask(object.path, &[], &headers);
        match self
            .wire
            .post(&ask, sending.request, sending.still_in_time)?
        {
            Sent::Lost(why) => Ok(Answer::Unknown(why.into())),
            Sent::Reply(reply) if !rules::answer_is_ours(sending.key, key_of(&reply)) => Ok(
                Answer::Unknown("stripe's answer is to another request".into()),
            ),
            Sent::Reply(reply) => read(object, reply.status, marks(&reply), &reply.body),
        }
    }

    /// A whole object, or why nothing was learned; `about` words the refusals.
    pub(super) fn get(
        &self,
        about: &Object,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Value, NotAsked> {
        Ok(self.get_dated(about, path, query)?.0)
    }

    /// As [`Stripe::get`], and what Stripe's clock showed.
    pub(super) fn get_dated(
        &self,
        about: &Object,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(Value, Witness), NotAsked> {
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
                Err(refusal(about, status, &body["error"]))
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

    /// The one with our reference, in the complete list that `of` narrows down.
    pub(super) fn found(
        &self,
        object: &Object,
        sought: &Sought<'_>,
        of: (&str, &str),
    ) -> Result<Sighting, NotAsked> {
        let since = sought.since.saturating_add(-CLOCKS_DIFFER);
        let since = since.unwrap_or(sought.since);
        let found = self.listed(object, Some(of), since, |one| {
            reference(one) == Some(sought.reference)
        })?;
        Ok(match found.as_slice() {
            [] => Sighting::NotListed,
            [one] => Sighting::Found(object.answer(one)),
            several => Sighting::Several(
                several
                    .iter()
                    .filter_map(|one| text(one, "id"))
                    .map(|id| safe(id).into())
                    .collect(),
            ),
        })
    }

    /// The one with this id.
    pub(super) fn found_by_id(&self, object: &Object, id: &str) -> Result<Sighting, NotAsked> {
        if !object.is_id(id) {
            let fact = format!("the {}'s id is none of stripe's", object.deed);
            let problem = Problem::refused("not_a_stripe_id", fact);
            return Err(NotAsked::new(Refusal::ByRule, problem));
        }
        let found = match self.get(object, &format!("{}/{id}", object.path), &[]) {
            Err(not_asked) if not_asked.refusal == Refusal::Gone => {
                return Ok(Sighting::NotListed);
            }
            looked => looked?,
        };
        if text(&found, "id") != Some(id) {
            return Err(unreadable(&format!(
                "it answered with another {}",
                object.noun
            )));
        }
        Ok(Sighting::Found(object.answer(&found)))
    }

    /// Every one that this book's requests made since then. The list is
    /// complete at once (`docs.stripe.com/search`: only searches lag behind).
    pub(super) fn seen(
        &self,
        object: &Object,
        book: &str,
        since: Timestamp,
        of: Option<(&str, &str)>,
    ) -> Result<Vec<Seen>, NotAsked> {
        let tagged = |one: &Value| text(&one["metadata"], BOOK) == Some(book);
        let listed = self.listed(object, of, since, tagged)?;
        Ok(listed
            .iter()
            .filter_map(|one| object.seen(one, book))
            .collect())
    }

    /// Every one made since then that is wanted, of all or of those that `of`
    /// narrows the list down to.
    fn listed(
        &self,
        object: &Object,
        of: Option<(&str, &str)>,
        since: Timestamp,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, NotAsked> {
        let since = since.as_second().max(0).to_string();
        let mut found = Vec::new();
        let mut after = String::new();
        for _ in 0..MOST_PAGES {
            let mut query = vec![("created[gte]", since.as_str()), ("limit", "100")];
            query.extend(of);
            if !after.is_empty() {
                query.push(("starting_after", &after));
            }
            let mut page = self.get(object, object.path, &query)?;
            let more = page["has_more"].as_bool();
            let (Some(more), Value::Array(entries)) = (more, page["data"].take()) else {
                return Err(unreadable("its list is no list"));
            };
            let last = entries.last().and_then(|last| text(last, "id"));
            match last.filter(|id| object.is_id(id) && **id != *after) {
                Some(last) => after = last.to_owned(),
                None if more || !entries.is_empty() => {
                    return Err(unreadable("its list does not go on"));
                }
                None => {}
            }
            found.extend(entries.into_iter().filter(&wanted));
            if !more {
                return Ok(found);
            }
        }
        Err(unreadable("its list does not end"))
    }
}

/// Stripe repeats the key of the request that it answers; bare, as it was sent,
/// or quoted, as a header of text is (RFC 9651).
fn key_of(reply: &Reply) -> Option<&str> {
    let key = reply.header("Idempotency-Key")?;
    Some(key.trim_matches('"'))
}

fn marks(reply: &Reply) -> Marks<'_> {
    Marks {
        replayed: reply.header("Idempotent-Replayed") == Some("true"),
        request_id: reply.header("Request-Id"),
    }
}

pub(super) fn unreadable(why: &str) -> NotAsked {
    let problem = Problem::refused(
        "gateway_unreadable",
        format!("stripe's answer teaches nothing: {why}"),
    )
    .hint("Check the gateway's status page, then try again.");
    NotAsked::new(Refusal::Unreadable, problem)
}

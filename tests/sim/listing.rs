//! The gateway's lists, of what was charged and of what was given back, page by page.

use serde_json::{Value, json};

use super::clock::EPOCH;
use super::returns::Refund;
use super::server::{Intent, Server, refusal};

impl Server {
    /// Answers a question; `page` says which page of a list it was.
    pub fn look(&self, account: usize, path: &str, query: &[(&str, &str)]) -> (u16, Value) {
        if path == "/v1/account" {
            return (
                200,
                json!({"id": format!("acct_{account}"), "object": "account"}),
            );
        }
        let (object, of, all) = if path.starts_with("/v1/refunds") {
            let refunds = self.refunds.iter().filter(|it| it.account == account);
            let all: Vec<&dyn Entry> = refunds.map(|it| it as &dyn Entry).collect();
            ("/v1/refunds", "payment_intent", all)
        } else {
            let intents = self.intents.iter().filter(|it| it.account == account);
            let all = intents.map(|it| it as &dyn Entry).collect();
            ("/v1/payment_intents", "customer", all)
        };
        if let Some(id) = path
            .strip_prefix(object)
            .and_then(|rest| rest.strip_prefix('/'))
        {
            if let Some(one) = all.iter().rev().find(|one| one.id() == id) {
                return (200, one.shown());
            }
            let said = refusal(404, "resource_missing", "No such object");
            return (said.status, said.body);
        }
        let asked = |name: &str| {
            let found = query.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| *text)
        };
        let since: i64 = asked("created[gte]")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let before = asked("starting_after")
            .and_then(|id| id.split_once('_')?.1.parse().ok())
            .unwrap_or(usize::MAX);
        let mut found = all.iter().rev().filter(|one| {
            EPOCH + one.created() >= since
                && one.number() < before
                && asked(of).is_none_or(|of| one.of() == of)
        });
        let data: Vec<Value> = found
            .by_ref()
            .take(self.page)
            .map(|one| {
                let mut shown = one.shown();
                shown["created"] = json!(EPOCH + one.created());
                shown
            })
            .collect();
        let more = found.next().is_some();
        (
            200,
            json!({"object": "list", "data": data, "has_more": more}),
        )
    }
}

/// What of the ledger can be listed.
trait Entry {
    fn number(&self) -> usize;
    fn id(&self) -> String;
    fn created(&self) -> i64;
    /// What the list can be narrowed down to.
    fn of(&self) -> &str;
    fn shown(&self) -> Value;
}

impl Entry for Intent {
    fn number(&self) -> usize {
        self.number
    }
    fn id(&self) -> String {
        self.id()
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn of(&self) -> &str {
        &self.customer
    }
    fn shown(&self) -> Value {
        self.shown()
    }
}

impl Entry for Refund {
    fn number(&self) -> usize {
        self.number
    }
    fn id(&self) -> String {
        self.id()
    }
    fn created(&self) -> i64 {
        self.created
    }
    fn of(&self) -> &str {
        &self.of
    }
    fn shown(&self) -> Value {
        self.shown()
    }
}

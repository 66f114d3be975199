//! The gateway's side: its own ledger, which is the truth that everything is held against.
//!
//! It shares no code with the book. It reads the bytes that arrive as Stripe
//! does, keeps keys for a day and forgets them, and says whatever the plan of
//! faults wants it to say.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::returns::Refund;
use super::stage::Parcel;

/// How long a key is kept, in seconds.
pub const KEY_LIFE: i64 = 24 * 3600;

/// How an intent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Taken,
    Deciding { until: i64, then_taken: bool },
    Declined(&'static str),
}

/// A request that the gateway acted upon, or money that it took otherwise.
#[derive(Debug, Clone)]
pub struct Intent {
    pub number: usize,
    pub account: usize,
    pub created: i64,
    pub amount: i64,
    pub received: i64,
    pub customer: String,
    pub card: String,
    pub meta: Vec<(String, String)>,
    pub standing: Standing,
}

/// What is done with a request once it is there.
#[derive(Debug, Clone, Copy)]
pub struct Doing {
    pub standing: Standing,
    /// Less is taken than was asked.
    pub less: i64,
    /// The key's kept answer is an error 500; taken so many seconds later.
    pub says_500: bool,
    pub taken_after: Option<i64>,
    /// What is taken later carries the day of its request.
    pub backdated: bool,
    /// Of a refund: so many seconds later the bank sends it back.
    pub comes_back_after: Option<i64>,
}

struct Kept {
    at: i64,
    body: Vec<u8>,
    status: u16,
    answer: Value,
}

/// An answer before the line has spoiled it.
pub struct Said {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
}

#[derive(Default)]
pub struct Server {
    pub intents: Vec<Intent>,
    pub refunds: Vec<Refund>,
    keys: HashMap<(usize, String), Kept>,
    /// Taken when their time comes.
    later: Vec<(i64, bool, Intent)>,
    pub(super) given_later: Vec<(i64, bool, Refund)>,
    ignores_keys: bool,
    /// It gives back no more than is left.
    pub(super) looks_what_is_left: bool,
    pub(super) page: usize,
    /// The canary: everything is taken twice.
    takes_twice: bool,
}

impl Intent {
    pub fn id(&self) -> String {
        format!("pi_{:06}", self.number)
    }

    pub fn meta(&self, name: &str) -> Option<&str> {
        let found = self.meta.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }

    pub fn is_taken(&self) -> bool {
        self.standing == Standing::Taken
    }

    pub(super) fn shown(&self) -> Value {
        let (status, error) = match self.standing {
            Standing::Taken => ("succeeded", Value::Null),
            Standing::Deciding { .. } => ("processing", Value::Null),
            Standing::Declined("authentication_required") => (
                "requires_action",
                json!({"type": "card_error", "code": "authentication_required", "message": "no"}),
            ),
            Standing::Declined(code) => (
                "requires_payment_method",
                json!({"type": "card_error", "code": "card_declined", "decline_code": code, "message": "Your card was declined."}),
            ),
        };
        let received = if self.is_taken() { self.received } else { 0 };
        json!({
            "id": self.id(), "object": "payment_intent", "status": status, "amount": self.amount,
            "amount_received": received, "currency": "usd", "customer": self.customer,
            "payment_method": self.card, "metadata": labels(&self.meta), "created": self.created,
            "last_payment_error": error,
        })
    }
}

impl Server {
    pub fn new(ignores_keys: bool, looks: bool, page: usize, takes_twice: bool) -> Self {
        Self {
            ignores_keys,
            looks_what_is_left: looks,
            page,
            takes_twice,
            ..Self::default()
        }
    }

    /// A request has arrived.
    pub fn receive(&mut self, parcel: &Parcel, now: i64) -> Said {
        let Parcel {
            account, key, body, ..
        } = parcel;
        if parcel.gives_back {
            self.give_back(*account, key, body, now, parcel.doing)
        } else {
            self.charge(*account, key, body, now, parcel.doing)
        }
    }

    fn charge(&mut self, account: usize, key: &str, body: &[u8], now: i64, doing: Doing) -> Said {
        if let Some(said) = self.repeated(account, key, body, now) {
            return said;
        }
        let intent = self.asked_for(account, body, now, doing);
        let said = match intent.standing {
            Standing::Declined(_) => {
                let mut error = intent.shown()["last_payment_error"].clone();
                error["payment_intent"] = intent.shown();
                (402, json!({"error": error}))
            }
            _ => (200, intent.shown()),
        };
        match (doing.says_500, doing.taken_after) {
            (true, None) if doing.standing != Standing::Taken => {}
            (_, Some(wait)) => self.later.push((now + wait, doing.backdated, intent)),
            _ => self.add(intent),
        }
        self.keep(account, key, body, now, doing.says_500, said)
    }

    /// What was answered under this key before, while it lives.
    pub(super) fn repeated(
        &mut self,
        account: usize,
        key: &str,
        body: &[u8],
        now: i64,
    ) -> Option<Said> {
        self.keys.retain(|_, kept| now - kept.at < KEY_LIFE);
        let name = (account, key.to_owned());
        let kept = self.keys.get(&name).filter(|_| !self.ignores_keys)?;
        if kept.body != body {
            return Some(Said {
                status: 400,
                body: json!({"error": {"type": "idempotency_error", "message": "Keys for idempotent requests can only be used with the same parameters they were first used with."}}),
                replayed: false,
            });
        }
        Some(Said {
            status: kept.status,
            body: kept.answer.clone(),
            replayed: true,
        })
    }

    /// Keeps the answer under its key; an error 500 as well.
    pub(super) fn keep(
        &mut self,
        account: usize,
        key: &str,
        body: &[u8],
        now: i64,
        says_500: bool,
        said: (u16, Value),
    ) -> Said {
        let (status, answer) = if says_500 {
            (
                500,
                json!({"error": {"type": "api_error", "message": "An unknown error occurred"}}),
            )
        } else {
            said
        };
        self.keys.insert(
            (account, key.to_owned()),
            Kept {
                at: now,
                body: body.to_owned(),
                status,
                answer: answer.clone(),
            },
        );
        Said {
            status,
            body: answer,
            replayed: false,
        }
    }

    fn asked_for(&self, account: usize, body: &[u8], now: i64, doing: Doing) -> Intent {
        let form = read_form(body);
        let field = |name: &str| {
            let found = form.iter().find(|(known, _)| known == name);
            found.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let amount: i64 = field("amount").parse().unwrap_or(0);
        Intent {
            number: self.intents.len() + 1,
            account,
            created: now,
            amount,
            received: amount - doing.less,
            customer: field("customer"),
            card: field("payment_method"),
            meta: labels_of(&form),
            standing: doing.standing,
        }
    }

    /// Puts an intent into the ledger.
    pub fn add(&mut self, intent: Intent) {
        for _ in 0..=u8::from(self.takes_twice) {
            let number = self.intents.len() + 1;
            self.intents.push(Intent {
                number,
                ..intent.clone()
            });
        }
    }

    /// What has become of things by now.
    pub fn pass_to(&mut self, now: i64) {
        let (due, later) = std::mem::take(&mut self.later)
            .into_iter()
            .partition(|(at, ..)| *at <= now);
        self.later = later;
        for (at, backdated, mut intent) in due {
            if !backdated {
                intent.created = at;
            }
            self.add(intent);
        }
        for intent in &mut self.intents {
            if let Standing::Deciding { until, then_taken } = intent.standing
                && until <= now
            {
                intent.standing = if then_taken {
                    Standing::Taken
                } else {
                    Standing::Declined("insufficient_funds")
                };
            }
        }
        self.refunds_pass_to(now);
    }

    /// Whether something under this reference may still be taken.
    pub fn may_still_take(&self, reference: &str) -> bool {
        let ours = |intent: &Intent| intent.meta("dues_attempt") == Some(reference);
        self.later.iter().any(|(.., intent)| ours(intent))
            || self
                .intents
                .iter()
                .any(|intent| ours(intent) && matches!(intent.standing, Standing::Deciding { .. }))
    }

    pub fn is_quiet(&self) -> bool {
        let deciding = |intent: &Intent| matches!(intent.standing, Standing::Deciding { .. });
        self.later.is_empty() && !self.intents.iter().any(deciding) && self.refunds_are_quiet()
    }
}

/// A request that is refused, and not kept under its key.
pub(super) fn refusal(status: u16, code: &str, why: &str) -> Said {
    Said {
        status,
        body: json!({"error": {"type": "invalid_request_error", "code": code, "message": why}}),
        replayed: false,
    }
}

pub(super) fn labels(meta: &[(String, String)]) -> Value {
    let fields = meta.iter().map(|(name, text)| (name.clone(), json!(text)));
    Value::Object(fields.collect())
}

pub(super) fn labels_of(form: &[(String, String)]) -> Vec<(String, String)> {
    let named = form.iter().filter_map(|(name, text)| {
        let name = name.strip_prefix("metadata[")?.strip_suffix(']')?;
        Some((name.to_owned(), text.clone()))
    });
    named.collect()
}

pub(super) fn read_form(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    text.split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                u8::from_str_radix(&digits, 16).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

//! Between dues and a Stripe that others wrote: `localstripe`, from `PyPI`.
//!
//! It refuses parameters it does not know, and several of ours are such; it
//! leaves `amount_received` out, without which dues believes nothing; it lists
//! everybody's intents, knows no moment to list refunds from, and has no
//! account. A small server between the two drops the first, adds the second
//! from the charge in the same answer, picks the customer's intents, lists a
//! payment's refunds from the beginning, and says an account. All else is
//! localstripe's own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::Talk;

/// A localstripe that runs already, and one customer of it.
pub struct LocalStripe {
    server: String,
    pub customer: String,
    /// Where dues finds it: the server in between.
    pub url: String,
}

impl LocalStripe {
    /// `None` without one, which is said on stderr.
    pub fn reach() -> Option<Self> {
        let Ok(server) = std::env::var("DUES_TEST_LOCALSTRIPE") else {
            eprintln!("skipped: DUES_TEST_LOCALSTRIPE is not set");
            return None;
        };
        let server = server
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let customer = made(&server, "/v1/customers", "email=ap@rosa.example");
        let url = in_between(server.clone());
        Some(Self {
            server,
            customer,
            url,
        })
    }

    /// Saves a card of this number for the customer; its id.
    pub fn card_numbered(&self, number: &str) -> String {
        let form = format!(
            "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123"
        );
        let card = made(&self.server, "/v1/payment_methods", &form);
        let attach = format!("/v1/payment_methods/{card}/attach");
        made(
            &self.server,
            &attach,
            &format!("customer={}", self.customer),
        )
    }

    /// The customer's payment intents, by its own list.
    pub fn intents(&self) -> Vec<Value> {
        intents_of(&self.server, &self.customer)
    }

    /// The refunds of a payment intent, by its own list.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn refunds(&self, intent: &str) -> Vec<Value> {
        refunds_of(&self.server, Some(intent))
    }
}

/// Makes an object; its id.
fn made(server: &str, target: &str, form: &str) -> String {
    let (status, body) = ask(server, "POST", target, form.as_bytes());
    assert_eq!(status, 200, "{target}: {}", String::from_utf8_lossy(&body));
    let object: Value = serde_json::from_slice(&body).unwrap();
    object["id"].as_str().unwrap().to_owned()
}

/// What localstripe knows of an intent's and a refund's parameters.
const KNOWN: [&[u8]; 8] = [
    b"amount=",
    b"currency=",
    b"customer=",
    b"payment_intent=",
    b"payment_method=",
    b"payment_method_types%5B%5D=",
    b"confirm=",
    b"metadata%5B",
];

/// Asks localstripe itself; gives the status and the body.
fn ask(server: &str, method: &str, target: &str, form: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(server).unwrap();
    let length = form.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {server}\r\nAuthorization: Bearer sk_test_12345\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), form].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let status = std::str::from_utf8(&answer[9..12])
        .unwrap()
        .parse()
        .unwrap();
    (status, answer[end + 4..].to_vec())
}

/// Everything in a list, whose address has a query, page by page.
fn listed(server: &str, list: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    loop {
        let after = found.last().and_then(|last| last["id"].as_str());
        let after = after.map_or(String::new(), |id| format!("&starting_after={id}"));
        let (status, body) = ask(server, "GET", &format!("{list}{after}"), b"");
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        let mut page: Value = serde_json::from_slice(&body).unwrap();
        let data: Vec<Value> = serde_json::from_value(page["data"].take()).unwrap();
        found.extend(data);
        if page["has_more"] != true {
            return found;
        }
    }
}

/// A customer's payment intents; localstripe lists everybody's.
fn intents_of(server: &str, customer: &str) -> Vec<Value> {
    let mut intents = listed(server, "/v1/payment_intents?limit=100");
    intents.retain(|intent| intent["customer"] == customer);
    intents
}

fn refunds_of(server: &str, intent: Option<&str>) -> Vec<Value> {
    let of = intent.map_or(String::new(), |id| format!("&payment_intent={id}"));
    listed(server, &format!("/v1/refunds?limit=100{of}"))
}

/// The same answer, with `amount_received` where a charge was paid.
fn with_amount_received(body: &[u8]) -> Vec<u8> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else {
        return body.to_vec();
    };
    let complete = |intent: &mut Value| {
        if intent["object"] == "payment_intent" {
            let charge = &intent["latest_charge"];
            let paid = charge["paid"] == true && charge["captured"] == true;
            let received = if paid {
                charge["amount"].clone()
            } else {
                0.into()
            };
            intent["amount_received"] = received;
        }
    };
    complete(&mut answer);
    if let Some(listed) = answer.get_mut("data").and_then(Value::as_array_mut) {
        listed.iter_mut().for_each(complete);
    }
    answer.to_string().into_bytes()
}

/// The server in between; it stops with the test.
fn in_between(server: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let server = server.clone();
            thread::spawn(move || {
                let mut talk = Talk::new(stream);
                while let Some(mut request) = talk.head() {
                    if !talk.body(&mut request) {
                        return;
                    }
                    if request.path == "/v1/account" {
                        let account = br#"{"id": "acct_1Local", "object": "account"}"#;
                        let now = Timestamp::now().strftime("%a, %d %b %Y %T GMT");
                        talk.answer(200, &[("Date", &now.to_string())], account, None);
                        continue;
                    }
                    let entries = match (&*request.method, &*request.path) {
                        ("GET", "/v1/payment_intents") => request
                            .query("customer")
                            .map(|customer| intents_of(&server, customer)),
                        ("GET", "/v1/refunds") => {
                            Some(refunds_of(&server, request.query("payment_intent")))
                        }
                        _ => None,
                    };
                    if let Some(entries) = entries {
                        let list = json!({"object": "list", "data": entries, "has_more": false});
                        let list = with_amount_received(list.to_string().as_bytes());
                        talk.answer(200, &[], &list, None);
                        continue;
                    }
                    let known: Vec<_> = request
                        .body
                        .split(|byte| *byte == b'&')
                        .filter(|pair| KNOWN.iter().any(|known| pair.starts_with(known)))
                        .collect();
                    let form = known.join(&b'&');
                    let (status, body) = ask(&server, &request.method, &request.path, &form);
                    let body = with_amount_received(&body);
                    talk.answer(status, &[("Content-Type", "application/json")], &body, None);
                }
            });
        }
    });
    url
}

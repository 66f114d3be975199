//! Our client against a Stripe that others wrote: `localstripe`, from `PyPI`.
//!
//! It refuses parameters it does not know, and several of ours are such; and
//! it leaves `amount_received` out, without which dues believes nothing. A
//! small server between the two drops the one and adds the other, from the
//! charge in the same answer. All else is localstripe's own.
//!
//! ```text
//! python3 -m venv v && v/bin/pip install localstripe==1.15.10
//! v/bin/python -c "from aiohttp import web; from localstripe.server import app; \
//!     web.run_app(app, host='127.0.0.1', port=8420)" &
//! DUES_TEST_LOCALSTRIPE=http://127.0.0.1:8420 cargo test --test gateways localstripe
//! ```

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use dues::domain::charge::{Answer, Asked, Verdict, judge};
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::money::{Currency, Money};
use dues::gateway::stripe::Stripe;
use dues::ports::{Gateway, Order, Secret, Sending, Sighting, Sought};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::server::Talk;

/// What localstripe knows of a payment intent's parameters.
const KNOWN: [&[u8]; 7] = [
    b"amount=",
    b"currency=",
    b"customer=",
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

#[test]
fn dues_and_localstripe_understand_each_other() {
    let Ok(server) = std::env::var("DUES_TEST_LOCALSTRIPE") else {
        eprintln!("skipped: DUES_TEST_LOCALSTRIPE is not set");
        return;
    };
    let server = server
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let made = |target: &str, form: &str| -> String {
        let (status, body) = ask(&server, "POST", target, form.as_bytes());
        assert_eq!(status, 200, "{target}: {}", String::from_utf8_lossy(&body));
        let object: Value = serde_json::from_slice(&body).unwrap();
        object["id"].as_str().unwrap().to_owned()
    };
    let customer = made("/v1/customers", "email=ap@rosa.example");
    let card_numbered = |number: &str| {
        let form = format!(
            "type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123"
        );
        let card = made("/v1/payment_methods", &form);
        let attach = format!("/v1/payment_methods/{card}/attach");
        made(&attach, &format!("customer={customer}"))
    };
    let good = card_numbered("4242424242424242");
    let bad = card_numbered("4000000000000341");
    let url = in_between(server.clone());
    let stripe = Stripe::new(Secret::new("sk_test_12345".into()), Some(&url), false).unwrap();
    let amount = Money::of(66_240, Currency::parse("USD").unwrap());
    let book = BookId(format!("{:032x}", Timestamp::now().as_nanosecond()));
    let charge = |name: &AttemptName, token: &str| {
        let order = Order {
            attempt: name,
            amount,
            token,
            description: "CH-1 INV-1041",
        };
        stripe.charge(&Sending {
            key: &name.key,
            request: &stripe.build(&order).unwrap(),
            still_in_time: &|| Ok(()),
        })
    };

    let facts = stripe.card(&good).unwrap();
    let name = AttemptName::of(&book, "CH-1", CustomerId(1), 1);
    let answer = charge(&name, &facts.token).unwrap();

    assert_eq!(facts.token, format!("{customer}/{good}"));
    assert_eq!(
        (facts.brand.as_str(), facts.last4.as_str()),
        ("visa", "4242")
    );
    let asked = Asked {
        amount,
        token: facts.token.clone(),
        reference: name.reference.clone(),
    };
    let Verdict::Taken { id } = judge(&asked, &answer) else {
        panic!("{answer:?}");
    };
    let sought = |reference, id| {
        stripe.look_up(&Sought {
            reference,
            token: &facts.token,
            amount,
            id,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })
    };
    assert_eq!(
        sought(&name.reference, None),
        Ok(Sighting::Found(answer.clone()))
    );
    assert_eq!(
        sought(&name.reference, Some(&id)),
        Ok(Sighting::Found(answer))
    );
    assert_eq!(sought("DNEVERSENT", None), Ok(Sighting::NotListed));

    // Its 402 is not Stripe's: no `card_error`, no code. Not an answer, then.
    let name = AttemptName::of(&book, "CH-2", CustomerId(1), 1);
    let refused = charge(&name, &format!("{customer}/{bad}"));
    assert!(matches!(refused, Ok(Answer::Unknown(_))), "{refused:?}");
    assert!(!matches!(
        sought(&name.reference, None),
        Ok(Sighting::Found(Answer::Taken(_)) | Sighting::NotListed)
    ));
}

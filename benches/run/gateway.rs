//! A gateway that takes 200 ms to answer, keeps its limit, and trusts nobody:
//! of what arrives it looks up every hundredth in the book.

use std::collections::VecDeque;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

#[path = "../../tests/gateways/server.rs"]
#[allow(dead_code, reason = "it plays more elsewhere")]
mod server;

use server::{Request, Talk, read_form};

struct Gateway {
    /// Charges in any second; 0: as many as come.
    limit: usize,
    answers_in: Duration,
    book: PathBuf,
    arrived: Mutex<VecDeque<Instant>>,
    taken: AtomicUsize,
}

/// Serves until it is killed; prints where first.
pub fn serve(limit: usize, book: &Path, answers_in: Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let gateway = Arc::new(Gateway {
        limit,
        answers_in,
        book: book.to_owned(),
        arrived: Mutex::default(),
        taken: AtomicUsize::new(0),
    });
    for stream in listener.incoming().map_while(Result::ok) {
        let gateway = Arc::clone(&gateway);
        thread::spawn(move || converse(stream, &gateway));
    }
}

fn converse(stream: TcpStream, gateway: &Gateway) {
    stream.set_nodelay(true).unwrap();
    let mut talk = Talk::new(stream);
    while let Some(mut request) = talk.head() {
        if !talk.body(&mut request) {
            return;
        }
        let (status, body) = answer(&request, gateway);
        let date = Timestamp::now().strftime("%a, %d %b %Y %T GMT").to_string();
        talk.answer(
            status,
            &[("Date", &date)],
            body.to_string().as_bytes(),
            None,
        );
    }
}

fn answer(request: &Request, gateway: &Gateway) -> (u16, serde_json::Value) {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v1/account") => (200, json!({"id": "acct_1Bench", "object": "account"})),
        ("GET", "/v1/payment_intents" | "/v1/refunds") => (
            200,
            json!({"object": "list", "data": [], "has_more": false}),
        ),
        ("POST", "/v1/payment_intents") => charge(request, gateway),
        _ => (404, json!({"error": {"type": "invalid_request_error"}})),
    }
}

fn charge(request: &Request, gateway: &Gateway) -> (u16, serde_json::Value) {
    if gateway.limit > 0 {
        let mut arrived = gateway.arrived.lock().unwrap();
        let now = Instant::now();
        while arrived
            .front()
            .is_some_and(|at| now - *at > Duration::from_secs(1))
        {
            arrived.pop_front();
        }
        // As Stripe's limiter, it forgives a short burst.
        if arrived.len() >= gateway.limit + gateway.limit / 8 {
            let error = json!({"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}});
            return (429, error);
        }
        arrived.push_back(now);
    }
    let form = read_form(&request.body);
    let field = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let n = gateway.taken.fetch_add(1, Ordering::SeqCst);
    if n.is_multiple_of(100) {
        must_be_on_its_way(&gateway.book, &field("metadata[dues_attempt]"));
    }
    thread::sleep(gateway.answers_in);
    let amount: i64 = field("amount").parse().unwrap();
    let intent = json!({
        "id": format!("pi_{n}"), "object": "payment_intent", "status": "succeeded",
        "amount": amount, "amount_received": amount, "currency": field("currency"),
        "customer": field("customer"), "payment_method": field("payment_method"),
        "metadata": {"dues_attempt": field("metadata[dues_attempt]")},
    });
    (200, intent)
}

/// Durable before it is sent: another process sees it in the book.
fn must_be_on_its_way(book: &Path, reference: &str) {
    let book = Connection::open_with_flags(book, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let state: String = book
        .query_row(
            "select state from attempts where reference = ?1",
            [reference],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(state, "sending");
}

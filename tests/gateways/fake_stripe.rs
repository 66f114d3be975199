//! A Stripe of our own: its rules, its ledger, and faults on demand.
//!
//! The ledger is the point. Whatever dues was told or not told, it says how
//! often money was taken; and keys are kept as Stripe keeps them, errors 500
//! included.

use std::collections::{HashMap, VecDeque};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::{Request, Talk, read_form};

/// What goes wrong with one request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Hangs up after the head, the body unread: a reset.
    CutBeforeReading,
    CutAfterReading,
    /// Reads, and never answers.
    Hang,
    TakeThenCut,
    TakeThenHang,
    /// Takes the money, and keeps an error 500 as the key's answer.
    TakeThen500,
    /// An error 500 before anything began; the key stays fresh.
    Fail500,
    /// An error 500 that began, did nothing, and is kept as the key's answer.
    Cached500,
    TooMany,
    Unauthorized,
    Unavailable,
    /// Takes the money and breaks off in the middle of the answer.
    TruncatedJson,
    /// The answer's length is right, its JSON is not.
    HalfJson,
    Slow(Duration),
    Redirect(String),
    /// Takes the money and answers truly, at a length of two megabytes.
    Huge,
    /// Takes the money, and says what belongs to another request: this.
    TakeThenSays(u16, Value),
    /// Leaves out the date.
    NoDate,
    /// Does nothing and says this.
    Says(u16, Value),
}

/// What a saved card does when it is charged.
#[derive(Debug, Clone)]
pub enum Temper {
    Pays,
    Processes,
    Declines(Value),
}

/// What becomes of a refund.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "for those who give back")]
pub enum Fate {
    Succeeds,
    Pends,
    /// The bank refuses it, for this reason.
    Fails(&'static str),
    /// A cent less is given back than was asked.
    IsShort,
}

/// What Stripe keeps of a key's first request.
struct Kept {
    body: Vec<u8>,
    /// Once there is one: status and body.
    answer: Option<(u16, Value)>,
}

#[derive(Default)]
struct Ledger {
    intents: Vec<Value>,
    refunds: Vec<Value>,
    /// Whatever has none succeeds.
    fates: VecDeque<Fate>,
    /// The intents whose charges are disputed.
    disputed: Vec<String>,
    keys: HashMap<String, Kept>,
    cards: HashMap<String, (Value, Temper)>,
    charges: VecDeque<Fault>,
    looks: VecDeque<Fault>,
    requests: Vec<Request>,
    unplugged: bool,
    open: Vec<TcpStream>,
    /// Whose keys these are, if not `acct_1Fake`'s.
    account: Option<String>,
    /// How far its clock is ahead of the machine's.
    ahead: SignedDuration,
}

/// The server; it stops with the test.
pub struct Fake {
    address: SocketAddr,
    ledger: Arc<Mutex<Ledger>>,
    /// Who lets people in, while it is plugged in.
    keeper: Mutex<Option<JoinHandle<()>>>,
}

pub const KEY: &str = "sk_test_CANARYcanaryCANARY";
pub const TOKEN: &str = "cus_Rosa/pm_Visa";

impl Fake {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ledger = Arc::new(Mutex::new(Ledger::default()));
        let keeper = Mutex::new(Some(serve(listener, Arc::clone(&ledger))));
        let fake = Self {
            address,
            ledger,
            keeper,
        };
        fake.add_card("pm_Visa", Some("cus_Rosa"), Temper::Pays);
        fake
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A card of a customer, with a temper.
    pub fn add_card(&self, id: &str, customer: Option<&str>, temper: Temper) {
        let card = json!({
            "id": id, "object": "payment_method", "type": "card", "customer": customer,
            "livemode": false, "metadata": {}, "allow_redisplay": "always",
            "card": {"brand": "visa", "display_brand": "visa", "last4": "4242",
                "exp_month": 12, "exp_year": 2034, "funding": "credit", "country": "US"},
        });
        self.ledger().cards.insert(id.to_owned(), (card, temper));
    }

    /// Puts an intent into the ledger as if it had been made elsewhere.
    pub fn add_intent(&self, intent: Value) {
        self.ledger().intents.push(intent);
    }

    /// Puts a refund into the ledger as if it had been made elsewhere.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn add_refund(&self, refund: Value) {
        self.ledger().refunds.push(refund);
    }

    /// The next refunds come to this.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn decree(&self, fates: impl IntoIterator<Item = Fate>) {
        self.ledger().fates.extend(fates);
    }

    /// The customer's bank takes the money of this intent back.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn dispute(&self, intent: &str) {
        self.ledger().disputed.push(intent.to_owned());
    }

    /// The bank sends back what was refunded under the reference.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn send_back(&self, wanted: &str, reason: &str) {
        let mut ledger = self.ledger();
        let refunds = ledger.refunds.iter_mut();
        for refund in refunds.filter(|refund| refund["metadata"]["dues_attempt"] == wanted) {
            refund["status"] = json!("failed");
            refund["failure_reason"] = json!(reason);
        }
    }

    /// How often money was given back under the reference.
    #[allow(dead_code, reason = "for those who give back")]
    pub fn times_given_back(&self, wanted: &str) -> usize {
        let ledger = self.ledger();
        let given = ledger.refunds.iter().filter(|refund| {
            refund["metadata"]["dues_attempt"] == wanted && refund["status"] == "succeeded"
        });
        given.count()
    }

    /// How often money was given back, and how much in all.
    #[allow(dead_code, reason = "for those who need no reference")]
    pub fn money_given_back(&self) -> (usize, i64) {
        let ledger = self.ledger();
        let given = ledger.refunds.iter();
        let amounts: Vec<i64> = given
            .filter(|refund| refund["status"] == "succeeded")
            .filter_map(|refund| refund["amount"].as_i64())
            .collect();
        (amounts.len(), amounts.iter().sum())
    }

    /// The next charges and refunds meet these.
    pub fn spoil(&self, faults: impl IntoIterator<Item = Fault>) {
        self.ledger().charges.extend(faults);
    }

    /// The next look-ups meet these.
    pub fn spoil_looks(&self, faults: impl IntoIterator<Item = Fault>) {
        self.ledger().looks.extend(faults);
    }

    /// Hangs up on everyone, and lets nobody in until it is plugged in again.
    pub fn unplug(&self, unplugged: bool) {
        let mut ledger = self.ledger();
        ledger.unplugged = unplugged;
        for stream in ledger.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(ledger);
        let mut keeper = self.keeper.lock().unwrap();
        match keeper.take() {
            Some(keeper) if unplugged => {
                // Whoever knocks wakes the door's keeper, who goes.
                drop(TcpStream::connect(self.address));
                keeper.join().unwrap();
            }
            None if !unplugged => {
                let listener = TcpListener::bind(self.address).unwrap();
                *keeper = Some(serve(listener, Arc::clone(&self.ledger)));
            }
            as_it_is => *keeper = as_it_is,
        }
    }

    /// How often money was taken under the reference.
    pub fn times_taken(&self, wanted: &str) -> usize {
        let ledger = self.ledger();
        let taken = ledger.intents.iter().filter(|intent| {
            intent["metadata"]["dues_attempt"] == wanted && intent["status"] == "succeeded"
        });
        taken.count()
    }

    /// How often money was taken, and how much in all.
    #[allow(dead_code, reason = "for those who need no reference")]
    pub fn money_taken(&self) -> (usize, i64) {
        let ledger = self.ledger();
        let taken = ledger.intents.iter();
        let amounts: Vec<i64> = taken
            .filter_map(|intent| intent["amount_received"].as_i64())
            .filter(|amount| *amount > 0)
            .collect();
        (amounts.len(), amounts.iter().sum())
    }

    /// From now on its clock is so far ahead of the machine's.
    #[allow(dead_code, reason = "for those who let days pass")]
    pub fn let_pass(&self, time: SignedDuration) {
        self.ledger().ahead = time;
    }

    /// From now on the key opens this account.
    #[allow(dead_code, reason = "for those who change it")]
    pub fn rename_account(&self, id: &str) {
        self.ledger().account = Some(id.to_owned());
    }

    /// What each intent that took money says it is for.
    #[allow(dead_code, reason = "for those who look at many")]
    pub fn paid(&self) -> Vec<String> {
        let ledger = self.ledger();
        let taken = ledger.intents.iter();
        let taken = taken.filter(|intent| intent["status"] == "succeeded");
        taken
            .map(|intent| {
                let pays = intent["metadata"]["dues_pays"].as_str();
                pays.unwrap_or_default().to_owned()
            })
            .collect()
    }

    /// Every request but the knocks on the door.
    pub fn requests(&self) -> Vec<Request> {
        self.ledger().requests.clone()
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

type Shared = Mutex<Ledger>;

/// Lets people in until it is unplugged.
fn serve(listener: TcpListener, shared: Arc<Mutex<Ledger>>) -> JoinHandle<()> {
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut ledger = lock(&shared);
            if ledger.unplugged {
                return;
            }
            ledger.open.push(stream.try_clone().unwrap());
            drop(ledger);
            let shared = Arc::clone(&shared);
            thread::spawn(move || converse(stream, &shared));
        }
    })
}

fn converse(stream: TcpStream, shared: &Shared) {
    let closing = stream.try_clone().unwrap();
    let mut talk = Talk::new(stream);
    while let Some(mut request) = talk.head() {
        let moves = ["/v1/payment_intents", "/v1/refunds"];
        let charges = request.method == "POST" && moves.contains(&&*request.path);
        let fault = {
            let mut ledger = lock(shared);
            match (charges, request.path.starts_with("/v1/")) {
                (true, _) => ledger.charges.pop_front(),
                (false, true) => ledger.looks.pop_front(),
                _ => None,
            }
        };
        if matches!(fault, Some(Fault::CutBeforeReading)) || !talk.body(&mut request) {
            break;
        }
        lock(shared).requests.push(request.clone());
        let error = |kind: &str, code: &str, message: &str| json!({"error": {"type": kind, "code": code, "message": message}});
        let internal = || error("api_error", "", "An unknown error occurred.");
        let (status, body, replayed) = match &fault {
            Some(Fault::TooMany) => {
                let busy = error("invalid_request_error", "rate_limit", "Too many requests.");
                (429, busy, false)
            }
            Some(Fault::Unauthorized) => (401, no_such_key(&request), false),
            Some(Fault::Fail500) => (500, internal(), false),
            Some(Fault::Says(status, body)) => (*status, body.clone(), false),
            Some(Fault::TakeThenSays(status, body)) => {
                answer(&request, shared, Duration::ZERO);
                (*status, body.clone(), false)
            }
            Some(Fault::Cached500) => {
                let key = request
                    .header("Idempotency-Key")
                    .unwrap_or_default()
                    .to_owned();
                let kept = Kept {
                    body: request.body.clone(),
                    answer: Some((500, internal())),
                };
                lock(shared).keys.insert(key, kept);
                (500, internal(), false)
            }
            Some(
                Fault::Redirect(_) | Fault::Unavailable | Fault::CutAfterReading | Fault::Hang,
            ) => (0, Value::Null, false),
            Some(Fault::TakeThen500) => {
                answer(&request, shared, Duration::ZERO);
                let key = request.header("Idempotency-Key").unwrap_or_default();
                if let Some(kept) = lock(shared).keys.get_mut(key) {
                    kept.answer = Some((500, internal()));
                }
                (500, internal(), false)
            }
            Some(Fault::Slow(time)) => answer(&request, shared, *time),
            _ => answer(&request, shared, Duration::ZERO),
        };
        let text = body.to_string().into_bytes();
        let shown = Timestamp::now() + lock(shared).ahead;
        let date = shown.strftime("%a, %d %b %Y %T GMT").to_string();
        let mut headers = vec![
            ("Content-Type", "application/json"),
            ("Request-Id", "req_Fake1"),
        ];
        if !matches!(fault, Some(Fault::NoDate)) {
            headers.push(("Date", date.as_str()));
        }
        // A key that came is repeated: by it an answer is known as the question's.
        let key = match &fault {
            Some(Fault::TakeThenSays(..)) => Some("AnothersKey"),
            _ => request.header("Idempotency-Key"),
        };
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        if replayed {
            headers.push(("Idempotent-Replayed", "true"));
        }
        match fault {
            Some(Fault::CutAfterReading | Fault::TakeThenCut) => break,
            Some(Fault::Hang | Fault::TakeThenHang) => {
                thread::sleep(Duration::from_secs(5));
                break;
            }
            Some(Fault::Unavailable) => {
                let page = b"<html><h1>503 Service Unavailable</h1></html>";
                talk.answer(503, &[("Content-Type", "text/html")], page, None);
            }
            Some(Fault::Redirect(to)) => talk.answer(302, &[("Location", &to)], b"", None),
            Some(Fault::TruncatedJson) => {
                talk.answer(status, &headers, &text[..text.len() / 2], Some(text.len()));
                break;
            }
            Some(Fault::HalfJson) => talk.answer(status, &headers, &text[..text.len() / 2], None),
            Some(Fault::Huge) => {
                let padded = [text, vec![b' '; 2_000_000]].concat();
                talk.answer(status, &headers, &padded, None);
            }
            _ => talk.answer(status, &headers, &text, None),
        }
    }
    let _ = closing.shutdown(Shutdown::Both);
}

/// The real one stars the key out; ours repeats it whole, as a test.
fn no_such_key(request: &Request) -> Value {
    let said = request.header("Authorization").unwrap_or_default();
    json!({"error": {"type": "invalid_request_error",
        "message": format!("Invalid API Key provided: {said}")}})
}

/// What Stripe answers when nothing goes wrong: status, body, replayed.
fn answer(request: &Request, shared: &Shared, time: Duration) -> (u16, Value, bool) {
    if request.header("Authorization") != Some(&format!("Bearer {KEY}")) {
        return (401, no_such_key(request), false);
    }
    let parts: Vec<_> = request.path.split('/').skip(2).collect();
    let ledger = lock(shared);
    match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["payment_intents"]) => {
            drop(ledger);
            charge(request, shared, time)
        }
        ("POST", ["refunds"]) => {
            drop(ledger);
            give_back(request, shared, time)
        }
        ("GET", ["refunds"]) => (200, list(request, &ledger.refunds), false),
        ("GET", ["refunds", id]) => {
            let found = ledger.refunds.iter().find(|refund| refund["id"] == *id);
            found.map_or_else(|| missing(id), |refund| (200, refund.clone(), false))
        }
        ("GET", ["payment_intents"]) => (200, list(request, &ledger.intents), false),
        ("GET", ["payment_intents", id]) => {
            let found = ledger.intents.iter().find(|intent| intent["id"] == *id);
            found.map_or_else(|| missing(id), |intent| (200, intent.clone(), false))
        }
        ("GET", ["payment_methods", id]) => {
            let found = ledger.cards.get(*id);
            found.map_or_else(|| missing(id), |(card, _)| (200, card.clone(), false))
        }
        ("GET", ["account"]) => (
            200,
            json!({"id": ledger.account.as_deref().unwrap_or("acct_1Fake"),
                "object": "account", "country": "US"}),
            false,
        ),
        _ => missing(&request.path),
    }
}

fn missing(what: &str) -> (u16, Value, bool) {
    let error = json!({"error": {"type": "invalid_request_error", "code": "resource_missing",
        "message": format!("No such object: '{what}'"), "param": "id"}});
    (404, error, false)
}

type Form = HashMap<String, String>;
type Spoken = (u16, Value, bool);

/// The key's layer: the first answer is kept, whatever it is, once the work
/// began; a second request meanwhile is a conflict. What `read` refuses was
/// not begun.
fn keyed<T>(
    request: &Request,
    shared: &Shared,
    time: Duration,
    read: impl FnOnce(&Form, &Ledger) -> Result<T, Spoken>,
    work: impl FnOnce(&Form, &mut Ledger, T) -> (u16, Value),
) -> Spoken {
    let key = request
        .header("Idempotency-Key")
        .unwrap_or_default()
        .to_owned();
    let mut ledger = lock(shared);
    if let Some(kept) = ledger.keys.get(&key) {
        if kept.body != request.body {
            let error = json!({"error": {"type": "idempotency_error", "message":
                "Keys for idempotent requests can only be used with the same parameters they were first used with."}});
            return (400, error, false);
        }
        return if let Some((status, body)) = &kept.answer {
            (*status, body.clone(), true)
        } else {
            let error = json!({"error": {"type": "idempotency_error",
                "code": "idempotency_key_in_use", "message": "There is another request."}});
            (409, error, false)
        };
    }
    let form: Form = read_form(&request.body).into_iter().collect();
    let wanted = match read(&form, &ledger) {
        Ok(wanted) => wanted,
        Err(refused) => return refused,
    };
    let begun = Kept {
        body: request.body.clone(),
        answer: None,
    };
    ledger.keys.insert(key.clone(), begun);
    drop(ledger);
    thread::sleep(time);
    let mut ledger = lock(shared);
    let (status, body) = work(&form, &mut ledger, wanted);
    let kept = Kept {
        body: request.body.clone(),
        answer: Some((status, body.clone())),
    };
    ledger.keys.insert(key, kept);
    (status, body, false)
}

fn amount_of(form: &Form) -> Result<i64, Spoken> {
    let amount = form.get("amount").and_then(|text| text.parse().ok());
    amount.ok_or_else(|| {
        let error = json!({"error": {"type": "invalid_request_error",
            "code": "parameter_invalid_integer", "message": "Invalid integer", "param": "amount"}});
        (400, error, false)
    })
}

fn charge(request: &Request, shared: &Shared, time: Duration) -> Spoken {
    let read = |form: &Form, ledger: &Ledger| {
        let card = form
            .get("payment_method")
            .and_then(|id| ledger.cards.get(id))
            .cloned();
        let Some((card, temper)) = card else {
            return Err(missing("payment_method"));
        };
        if card["customer"].as_str() != form.get("customer").map(String::as_str) {
            return Err(missing("customer"));
        }
        Ok((card, temper, amount_of(form)?))
    };
    keyed(request, shared, time, read, |form, ledger, wanted| {
        let (card, temper, amount) = wanted;
        let id = format!("pi_Fake{}", ledger.intents.len() + 1);
        let mut intent = intent(&id, amount, form, &card);
        let (status, body) = match temper {
            Temper::Pays => (200, intent.clone()),
            Temper::Processes => {
                intent["status"] = json!("processing");
                intent["amount_received"] = json!(0);
                (200, intent.clone())
            }
            Temper::Declines(error) => {
                intent["status"] = json!("requires_payment_method");
                intent["amount_received"] = json!(0);
                intent["last_payment_error"] = error.clone();
                let mut body = json!({"error": error});
                body["error"]["payment_intent"] = intent.clone();
                (402, body)
            }
        };
        ledger.intents.push(intent);
        (status, body)
    })
}

/// Gives back no more than was taken, less what went back and did not fail.
fn give_back(request: &Request, shared: &Shared, time: Duration) -> Spoken {
    let read = |form: &Form, ledger: &Ledger| {
        let wanted = form.get("payment_intent").cloned().unwrap_or_default();
        let found = ledger.intents.iter().find(|intent| intent["id"] == wanted);
        let intent = found.cloned().ok_or_else(|| missing(&wanted))?;
        Ok((intent, amount_of(form)?))
    };
    keyed(request, shared, time, read, |form, ledger, wanted| {
        let (intent, asked) = wanted;
        let no = |code: Option<&str>, message: String| {
            let mut error = json!({"type": "invalid_request_error", "message": message,
                "doc_url": "https://docs.stripe.com/error-codes"});
            if let Some(code) = code {
                error["code"] = json!(code);
            }
            (400, json!({ "error": error }))
        };
        let of_it = ledger.refunds.iter().filter(|refund| {
            refund["payment_intent"] == intent["id"] && refund["status"] != "failed"
        });
        let given: i64 = of_it.filter_map(|refund| refund["amount"].as_i64()).sum();
        let left = intent["amount_received"].as_i64().unwrap_or(0) - given;
        let charge = intent["latest_charge"]["id"].clone();
        if ledger.disputed.iter().any(|id| intent["id"] == **id) {
            let message = format!("Charge {charge} has been charged back; cannot issue a refund.");
            return no(Some("charge_disputed"), message);
        }
        if left <= 0 {
            let message = format!("Charge {charge} has already been refunded.");
            return no(Some("charge_already_refunded"), message);
        }
        if asked > left {
            return no(
                None,
                format!(
                    "Refund amount ({asked}) is greater than unrefunded amount on charge ({left})"
                ),
            );
        }
        let fate = ledger.fates.pop_front().unwrap_or(Fate::Succeeds);
        let (status, amount, reason) = match fate {
            Fate::Succeeds => ("succeeded", asked, None),
            Fate::IsShort => ("succeeded", asked - 1, None),
            Fate::Pends => ("pending", asked, None),
            Fate::Fails(reason) => ("failed", asked, Some(reason)),
        };
        let refund = json!({
            "id": format!("re_Fake{}", ledger.refunds.len() + 1), "object": "refund",
            "amount": amount, "currency": intent["currency"], "status": status,
            "payment_intent": intent["id"], "charge": charge, "failure_reason": reason,
            "reason": form.get("reason"), "created": Timestamp::now().as_second(),
            "balance_transaction": "txn_1", "receipt_number": null, "metadata": metadata(form),
        });
        ledger.refunds.push(refund.clone());
        (200, refund)
    })
}

/// A payment intent that succeeded, in the shape of the real ones.
fn intent(id: &str, amount: i64, form: &Form, card: &Value) -> Value {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_received": amount,
        "currency": form["currency"], "status": "succeeded", "livemode": false,
        "created": now.unwrap().as_secs(), "customer": form["customer"],
        "payment_method": card["id"], "payment_method_types": ["card"],
        "description": form.get("description"), "last_payment_error": null,
        "capture_method": "automatic_async", "next_action": null, "canceled_at": null,
        "metadata": metadata(form),
        "latest_charge": {"id": format!("ch_{id}"), "object": "charge", "paid": true},
    })
}

/// Every `metadata[name]` of the form.
fn metadata(form: &Form) -> Value {
    let named = form.iter().filter_map(|(name, text)| {
        let name = name.strip_prefix("metadata[")?.strip_suffix(']')?;
        Some((name.to_owned(), json!(text)))
    });
    Value::Object(named.collect())
}

/// Newest first, a page at a time.
fn list(request: &Request, all: &[Value]) -> Value {
    let since: u64 = request
        .query("created[gte]")
        .unwrap_or("0")
        .parse()
        .unwrap();
    let limit: usize = request.query("limit").unwrap_or("10").parse().unwrap();
    let of = |field: &str, one: &Value| {
        let wanted = request.query(field);
        wanted.is_none() || one[field].as_str() == wanted
    };
    let mut wanted: Vec<_> = all
        .iter()
        .rev()
        .filter(|one| of("customer", one) && of("payment_intent", one))
        .filter(|one| one["created"].as_u64().unwrap_or(u64::MAX) >= since)
        .collect();
    if let Some(after) = request.query("starting_after") {
        let place = wanted.iter().position(|one| one["id"] == after);
        wanted.drain(..=place.expect("a cursor that is in the list"));
    }
    let more = wanted.len() > limit;
    wanted.truncate(limit);
    json!({"object": "list", "url": request.path, "data": wanted, "has_more": more})
}

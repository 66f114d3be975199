//! The judge: holds the gateway's ledger against the book's file, and trusts neither's program.
//!
//! It reads the book with plain SQL through a connection of its own, and knows
//! the gateway's truth, which no program on the stage does.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use dues::books::Books;
use dues::domain::ids::sha256_hex;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::faults::Fault;
use super::server::{Intent, KEY_LIFE};
use super::shop::{book_id, marks};
use super::stage::{Class, Stage, State};

/// Whether an intent belongs to a time that its book was made to forget, at a
/// gateway that cannot be asked: then a person has booked it by hand.
pub fn is_before_the_books_memory(state: &State, class: Class, intent: &Intent) -> bool {
    class == Class::Nothing
        && state.desks.iter().any(|desk| {
            intent.meta("dues_book") == Some(&desk.tag) && intent.created <= desk.restored_at
        })
}

/// Money that was taken twice for one intent, or for one invoice.
pub fn double(state: &State, class: Class) -> Option<String> {
    let mut intents: HashMap<(&str, &str), &Intent> = HashMap::new();
    let mut invoices: HashMap<&str, i64> = HashMap::new();
    for intent in state.server.intents.iter().filter(|it| it.is_taken()) {
        let (Some(book), Some(name)) = (intent.meta("dues_book"), intent.meta("dues_intent"))
        else {
            continue;
        };
        if is_before_the_books_memory(state, class, intent) {
            continue;
        }
        // The charges of one date are one intent, whichever attempt took the money.
        let name = name.split_once(" charge ").map_or(name, |(date, _)| date);
        if let Some(first) = intents.insert((book, name), intent) {
            return Some(format!(
                "DOUBLE: {} and {} both took the money of {name}",
                first.id(),
                intent.id()
            ));
        }
        let mut left = intent.received;
        let reference = intent.meta("dues_attempt").unwrap_or_default();
        for (number, part) in state.plans.get(reference).into_iter().flatten() {
            let part = (*part).min(left);
            left -= part;
            let paid = invoices.entry(number).or_default();
            *paid += part;
            if state
                .invoices
                .get(number)
                .is_some_and(|owed| *paid > owed.total)
            {
                return Some(format!(
                    "DOUBLE: invoice {number} was paid past its total, last by {}",
                    intent.id()
                ));
            }
        }
    }
    None
}

/// A request's body is about to leave: everything that must hold before it.
pub fn watch_send(stage: &Arc<Stage>, key: &str, body: &[u8], account: Option<usize>) {
    let found = faults_of_send(stage, key, body, account);
    if let Some(what) = found {
        stage.state().tally.other += 1;
        stage.wrong(what);
    }
}

fn faults_of_send(
    stage: &Arc<Stage>,
    key: &str,
    body: &[u8],
    account: Option<usize>,
) -> Option<String> {
    let marks = marks(stage);
    let steps_fail = stage.may_hit(Fault::StepFails);
    let mut guard = stage.state();
    let state = &mut *guard;
    let now = state.hands.truth;
    let sent = state.sent.get(key).copied();
    // A book that forgot a request may name another one the same: whether that
    // did harm is seen by what is taken.
    let named = String::from_utf8_lossy(body);
    let forgot = |first: i64| {
        let mut its_own = state.desks.iter().filter(|desk| named.contains(&desk.tag));
        its_own.any(|desk| desk.restored_at >= first)
    };
    if let Some((first, sends)) = sent.filter(|(first, _)| !forgot(*first)) {
        if stage.class != Class::KeysAndLists {
            return Some(format!("SENT AGAIN: {key}, where a repetition is a charge"));
        }
        if now - first >= KEY_LIFE {
            return Some(format!(
                "OLD KEY: {key} left {} s after the first time",
                now - first
            ));
        }
        if sends >= 5 {
            return Some(format!("TOO OFTEN: {key} left {} times", sends + 1));
        }
    }
    if state.on_the_way.iter().any(|known| known == key) {
        return Some(format!("TWO SENDERS of {key} at once"));
    }
    let today = state.hands.true_time();
    for book in 0..state.desks.len() {
        let desk = &mut state.desks[book];
        let (tag, restored_at) = (desk.tag.clone(), desk.restored_at);
        let charged_from = desk.charged_from.clone();
        let connection = desk.inspect();
        let Some(row) = attempt_with(connection, key) else {
            continue;
        };
        // Whatever was forgotten, this book knows that it repeats, and since when.
        if row.sends > 1 && stage.class != Class::KeysAndLists {
            return Some(format!("SENT AGAIN: {key}, and its book knew that"));
        }
        let since = (row.first_sent_at.as_deref()).and_then(|at| at.parse::<Timestamp>().ok());
        // A first send may be dated by a wrong clock that nobody contradicts.
        if row.sends > 1
            && since.is_some_and(|since| today.duration_since(since).as_secs() >= KEY_LIFE)
        {
            return Some(format!("OLD KEY: {key}, and its book knew that"));
        }
        if row.state != "sending" {
            return Some(format!(
                "NOT RECORDED: {key} leaves while it is {}",
                row.state
            ));
        }
        if row.sha256 != sha256_hex(body) {
            return Some(format!("OTHER BYTES: {key} was prepared with others"));
        }
        if account.is_some_and(|account| row.account != format!("acct_{account}")) {
            return Some(format!("OTHER ACCOUNT: {key} belongs to {}", row.account));
        }
        if row
            .until
            .is_some_and(|until| *until < today.to_string()[..10])
        {
            return Some(format!("NOT WANTED: {key} leaves after the consent ended"));
        }
        if row.sends == 1 && row.unknown > 0 {
            return Some(format!(
                "ON TOP: {key} leaves while the customer's last charge is unknown"
            ));
        }
        // Where a step may fail, an orphan can stay one for a while.
        let orphans = state.at_work.last().map(|one| &one.orphans);
        let has_one = |orphans: &HashSet<i64>| {
            let mut others = on_their_way(connection);
            others.remove(&row.id);
            !others.is_disjoint(orphans)
        };
        if row.sends == 1 && !steps_fail && orphans.is_some_and(has_one) {
            return Some(format!(
                "NOT RECOVERED: {key} leaves before an orphan was asked for"
            ));
        }
        let name = format!("{book} {} {} {}", row.intent, row.n, row.customer);
        let first = state.names.entry(name).or_insert_with(|| key.to_owned());
        if first != key {
            return Some(format!("OTHER NAME: {key} left as {first} before"));
        }
        let Some(mark) = marks.read(&book_id(book)) else {
            return Some(format!("NO MARK while {key} leaves"));
        };
        if log_hash(connection, mark.seq).as_ref() != Some(&mark.hash) {
            return Some(format!(
                "OLD BOOK: {key} leaves from a book that the mark is ahead of"
            ));
        }
        // The mark was written for this request; this witness is older.
        if let Some((machine, seq, hash)) = charged_from
            && machine == state.machine
            && log_hash(connection, seq) != Some(hash)
        {
            return Some(format!(
                "OLD BOOK: {key} leaves, and this machine charged from a later state of its book"
            ));
        }
        if row.sends == 1 && stage.class != Class::Nothing {
            let mut listed = state.server.intents.iter().filter(|intent| {
                intent.is_taken()
                    && intent.created <= restored_at
                    && intent.meta("dues_book") == Some(&tag)
            });
            if let Some(intent) = listed.find(|intent| !knows(connection, intent)) {
                return Some(format!(
                    "FORGOT: {key} leaves from a book that does not know {}",
                    intent.id()
                ));
            }
        }
        if !mark.open.iter().any(|open| open.reference == row.reference) {
            return Some(format!(
                "NOT MARKED: {key} leaves and the mark does not have it"
            ));
        }
        // The label may leave out what the plan does not.
        let plan = plan_of(connection, &row.reference);
        state.plans.insert(row.reference.clone(), plan);
        let newest = connection
            .query_row(
                "select seq, hash from audit order by seq desc limit 1",
                [],
                |row| Ok((state.machine, row.get(0)?, row.get(1)?)),
            )
            .expect("the log can be read");
        state.desks[book].charged_from = Some(newest);
        return None;
    }
    Some(format!("NO ROW: {key} leaves and no book has it"))
}

/// What a request is to pay from the card, in its order.
fn plan_of(connection: &Connection, reference: &str) -> Vec<(String, i64)> {
    let mut statement = connection
        .prepare_cached(
            "select i.number, p.amount_minor from attempts a
               join plans p on p.charge_id = a.charge_id join invoices i on i.id = p.invoice_id
              where a.reference = ?1 and p.credit_id is null order by p.line",
        )
        .expect("the book can be read");
    let rows = statement.query_map([reference], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect)
        .expect("the plans can be read")
}

/// The hash of a row of the log, if the book has it.
fn log_hash(connection: &Connection, seq: i64) -> Option<String> {
    connection
        .query_row("select hash from audit where seq = ?1", [seq], |row| {
            row.get(0)
        })
        .optional()
        .expect("the log can be read")
}

/// Whether the book has an attempt of what the gateway took, however it stands.
fn knows(connection: &Connection, intent: &Intent) -> bool {
    connection
        .query_row(
            "select exists (select 1 from attempts where gateway_id = ?1 or coalesce(carries, reference) = ?2)",
            (intent.id(), intent.meta("dues_attempt")),
            |row| row.get(0),
        )
        .expect("the attempts can be read")
}

/// The attempts that are on their way in the book, whoever sent them.
pub fn on_their_way(connection: &Connection) -> HashSet<i64> {
    let mut statement = connection
        .prepare_cached("select id from open_attempts where state in ('prepared', 'sending')")
        .expect("the book can be read");
    let rows = statement.query_map([], |row| row.get(0));
    rows.and_then(Iterator::collect)
        .expect("the attempts can be read")
}

struct Row {
    id: i64,
    state: String,
    sha256: String,
    account: String,
    reference: String,
    until: Option<String>,
    sends: i64,
    /// Other charges of the same customer whose outcome nobody knows.
    unknown: i64,
    intent: String,
    n: i64,
    customer: i64,
    first_sent_at: Option<String>,
}

fn attempt_with(connection: &Connection, key: &str) -> Option<Row> {
    connection
        .query_row(
            "select a.state, a.request_sha256, a.account, a.reference,
               (select until from authorizations z where z.card_id = c.card_id order by id desc limit 1),
               a.sends,
               (select count(*) from attempts o join charges d on d.id = o.charge_id
                 where d.customer_id = c.customer_id and d.id <> c.id and o.state in ('unknown', 'review', 'sending')),
               a.id, c.intent, a.n, c.customer_id, a.first_sent_at
             from attempts a join charges c on c.id = a.charge_id where a.key = ?1",
            [key],
            |row| {
                Ok(Row {
                    state: row.get(0)?,
                    sha256: row.get(1)?,
                    account: row.get(2)?,
                    reference: row.get(3)?,
                    until: row.get(4)?,
                    sends: row.get(5)?,
                    unknown: row.get(6)?,
                    id: row.get(7)?,
                    intent: row.get(8)?,
                    n: row.get(9)?,
                    customer: row.get(10)?,
                    first_sent_at: row.get(11)?,
                })
            },
        )
        .optional()
        .expect("the book can be read")
}

/// The book's own rules, and every payment held against the ledger.
pub fn inspect(stage: &Arc<Stage>, book: usize, at_rest: bool) {
    stage.state().tally.checks += 1;
    let path = stage.state().desks[book].path.clone();
    let broken = match Books::open(&path) {
        Ok(books) => books.read().violations(),
        Err(problem) => Err(problem),
    };
    // What the disk did to a request, the book's own check must say.
    let rots = !stage.state().rotten.is_empty();
    match broken {
        Ok(rows) if rows.iter().all(|row| rots && row.rule == "INV28") => {}
        other => {
            stage.state().tally.other += 1;
            stage.wrong(format!("INVARIANT: {other:?}"));
        }
    }
    let mut guard = stage.state();
    let state = &mut *guard;
    let believed_once: i64 = state.desks[book]
        .inspect()
        .query_row(
            "select count(*) from attempts where state = 'not_made' and sends > 0 and misses = 1
               and note like '%list did not have it%'",
            [],
            |row| row.get(0),
        )
        .expect("the attempts can be read");
    let payments = payments(state.desks[book].inspect());
    let mut booked: HashMap<String, u32> = HashMap::new();
    let mut wrong = None;
    if believed_once > 0 {
        state.tally.other += 1;
        wrong = Some("ONE LOOK: a charge was closed after a single look missed it".to_owned());
    }
    if let Some(id) = called_not_made(state, book) {
        state.tally.other += 1;
        wrong = Some(format!("NOT SO: {id} was called not made"));
    }
    for (gateway_id, amount, reference) in payments {
        let made = state.server.intents.iter().find(|it| it.id() == gateway_id);
        let right = made.is_some_and(|intent| {
            intent.is_taken()
                && intent.received == amount
                && intent.meta("dues_book") == Some(&state.desks[book].tag)
                && (intent.meta("dues_attempt") == Some(&reference) || reference.starts_with('L'))
        });
        if !right {
            state.tally.phantom += 1;
            wrong = Some(format!(
                "PHANTOM: a payment of {amount} under {gateway_id} for {reference}, where the gateway has {made:?}"
            ));
        }
        *booked.entry(gateway_id).or_default() += 1;
    }
    if at_rest {
        for intent in state.server.intents.iter().filter(|it| it.is_taken()) {
            let times = booked.get(&intent.id()).copied().unwrap_or(0);
            let ours = intent.meta("dues_book") == Some(&state.desks[book].tag);
            if ours
                && times != 1
                && !state.by_hand.contains(&intent.number)
                && !is_before_the_books_memory(state, stage.class, intent)
            {
                state.tally.lost += 1;
                wrong = Some(format!("LOST: {intent:?} is booked {times} times"));
            }
        }
    }
    drop(guard);
    if let Some(what) = wrong {
        stage.wrong(what);
    }
}

/// What the gateway took, and the program closed because its list did not have it.
fn called_not_made(state: &mut State, book: usize) -> Option<String> {
    let desk = &mut state.desks[book];
    let tag = desk.tag.clone();
    let mut statement = (desk.inspect())
        .prepare_cached(
            "select reference from attempts where state = 'not_made' and note like '%list did not have it%'",
        )
        .expect("the book can be read");
    let closed: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("the attempts can be read");
    let mut taken = state.server.intents.iter().filter(|it| it.is_taken());
    let found = taken.find(|intent| {
        intent.meta("dues_book") == Some(&tag)
            && (closed.iter()).any(|reference| intent.meta("dues_attempt") == Some(reference))
    });
    found.map(Intent::id)
}

/// The card payments: gateway id, amount, reference.
fn payments(connection: &Connection) -> Vec<(String, i64, String)> {
    let mut statement = connection
        .prepare_cached(
            "select coalesce(a.gateway_id, ''), p.amount_minor, a.reference
               from payments p join attempts a on a.id = p.attempt_id",
        )
        .expect("the book can be read");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.and_then(Iterator::collect)
        .expect("the payments can be read")
}

/// What is still open, in words.
pub fn open_charges(stage: &Arc<Stage>, book: usize) -> String {
    let mut state = stage.state();
    let connection = state.desks[book].inspect();
    let mut statement = connection
        .prepare_cached(
            "select 'CH-' || charge_id || ' ' || state || ' ' || reference || ' ' || coalesce(note, '')
               from open_attempts",
        )
        .expect("the book can be read");
    let rows: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("the attempts can be read");
    let mut text = String::new();
    for row in rows {
        let _ = write!(text, "{row}; ");
    }
    text
}

/// What the gateway took of this book and the book knows nothing of; for whoever
/// compares by hand. What it does know it must book itself.
pub fn forgotten(stage: &Arc<Stage>, book: usize) -> Vec<usize> {
    let mut guard = stage.state();
    let state = &mut *guard;
    let tag = state.desks[book].tag.clone();
    let connection = state.desks[book].inspect();
    let intents = state.server.intents.iter();
    let ours = intents.filter(|it| it.is_taken() && it.meta("dues_book") == Some(&tag));
    ours.filter(|it| !knows(connection, it))
        .map(|it| it.number)
        .collect()
}

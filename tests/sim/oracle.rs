//! The judge: holds the gateway's ledger against the book's file, and trusts neither's program.
//!
//! It reads the book with plain SQL through a connection of its own, and knows
//! the gateway's truth, which no program on the stage does.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use dues::books::Books;
use rusqlite::Connection;

use super::given;
use super::server::Intent;
use super::stage::{Class, Stage, State};

/// Whether what the gateway has of a book belongs to a time that the book was made
/// to forget, at a gateway that cannot be asked: then a person has booked it by hand.
pub fn is_before_the_books_memory(
    state: &State,
    class: Class,
    book: Option<&str>,
    created: i64,
) -> bool {
    class == Class::Nothing
        && (state.desks.iter()).any(|desk| book == Some(&desk.tag) && created <= desk.restored_at)
}

/// What was taken for an invoice, as planned when the request left.
pub struct Paid {
    pub invoice: String,
    pub amount: i64,
    pub reference: String,
    id: String,
}

/// Every part of what was taken, by the invoice that it was to pay.
pub fn paid_for(state: &State, class: Class) -> Vec<Paid> {
    let mut all = Vec::new();
    for intent in state.server.intents.iter().filter(|it| it.is_taken()) {
        let book = intent.meta("dues_book");
        if book.is_none() || is_before_the_books_memory(state, class, book, intent.created) {
            continue;
        }
        let mut left = intent.received;
        let reference = intent.meta("dues_attempt").unwrap_or_default();
        for (number, part) in state.plans.get(reference).into_iter().flatten() {
            let part = (*part).min(left);
            left -= part;
            all.push(Paid {
                invoice: number.clone(),
                amount: part,
                reference: reference.to_owned(),
                id: intent.id(),
            });
        }
    }
    all
}

/// Money that was taken or given back twice for one intent, or taken twice for one invoice.
pub fn double(state: &State, class: Class) -> Option<String> {
    let mut intents: HashMap<(&str, &str), &Intent> = HashMap::new();
    for intent in state.server.intents.iter().filter(|it| it.is_taken()) {
        let (Some(book), Some(name)) = (intent.meta("dues_book"), intent.meta("dues_intent"))
        else {
            continue;
        };
        if is_before_the_books_memory(state, class, Some(book), intent.created) {
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
    }
    let mut invoices: HashMap<String, i64> = HashMap::new();
    for one in paid_for(state, class) {
        let again = state.reopened.get(&one.invoice);
        let again = again.map_or(0, |it| it.before + it.most);
        let total = state.invoices.get(&one.invoice).map(|owed| owed.total);
        let paid = invoices.entry(one.invoice.clone()).or_default();
        *paid += one.amount;
        if total.is_some_and(|total| *paid > total + again) {
            return Some(format!(
                "DOUBLE: invoice {} was paid past its total, last by {}",
                one.invoice, one.id
            ));
        }
    }
    given::double(state, class)
}

/// Whether the book has an attempt of what the gateway has under this id and
/// reference, however it stands.
pub fn knows(connection: &Connection, id: &str, reference: Option<&str>) -> bool {
    connection
        .query_row(
            "select exists (select 1 from attempts where gateway_id = ?1 or coalesce(carries, reference) = ?2)",
            (id, reference),
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
                && !is_before_the_books_memory(
                    state,
                    stage.class,
                    intent.meta("dues_book"),
                    intent.created,
                )
            {
                state.tally.lost += 1;
                wrong = Some(format!("LOST: {intent:?} is booked {times} times"));
            }
        }
    }
    let wrong = wrong
        .or_else(|| given::inspect(state, stage.class, book, at_rest))
        .or_else(|| sums(state.desks[book].inspect()));
    drop(guard);
    if let Some(what) = wrong {
        stage.wrong(what);
    }
}

/// What is open adds up: of each invoice, what was paid and not reopened; of each
/// payment, what pays invoices and what was given back.
fn sums(connection: &Connection) -> Option<String> {
    let mut statement = connection
        .prepare_cached(
            "select 'invoice ' || i.number from invoices i
              where i.total_minor - i.open_minor
                <> (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id)
                or i.open_minor not between 0 and i.total_minor
             union all
             select 'credit ' || c.id from credits c
              where c.amount_minor - c.open_minor
                <> (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id)
                 + (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id)
                or c.open_minor not between 0 and c.amount_minor",
        )
        .expect("the book can be read");
    let mut rows = statement.query([]).expect("the book can be read");
    let row = rows.next().expect("the book can be read")?;
    let what: String = row.get(0).expect("a text");
    Some(format!("SUMS: {what} does not add up"))
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
pub fn still_open(stage: &Arc<Stage>, book: usize) -> String {
    let mut state = stage.state();
    let connection = state.desks[book].inspect();
    let mut statement = connection
        .prepare_cached(
            "select coalesce('CH-' || charge_id, 'RF-' || refund_id) || ' ' || state || ' ' || reference || ' ' || coalesce(note, '')
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
    ours.filter(|it| !knows(connection, &it.id(), it.meta("dues_attempt")))
        .map(|it| it.number)
        .collect()
}

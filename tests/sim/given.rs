//! The judge of what went back: never more than was taken, never twice for one intent, never lost.

use std::collections::HashMap;

use rusqlite::Connection;

use super::oracle::{is_before_the_books_memory, knows};
use super::returns::Refund;
use super::server::Server;
use super::stage::{Class, Reopened, State};

/// What a request asks the gateway to give back.
#[derive(Debug)]
pub struct Asked {
    /// The transaction that took it.
    pub of: String,
    /// In minor units; without one, the gateway gives back whatever is left.
    pub amount: Option<i64>,
}

impl Asked {
    pub fn read(form: &[(String, String)]) -> Self {
        let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|it| &it.1);
        Self {
            of: field("payment_intent").cloned().unwrap_or_default(),
            amount: field("amount").and_then(|text| text.parse().ok()),
        }
    }
}

/// Whether a book is to answer for it: nobody booked it by hand where nobody
/// could ask.
fn counts(state: &State, class: Class, refund: &Refund) -> bool {
    let book = refund.meta("dues_book");
    book.is_some()
        && !state.given_by_hand.contains(&refund.number)
        && !is_before_the_books_memory(state, class, book, refund.created)
}

/// A request may not ask for more than was taken, less what dues gave back of it
/// before, or may have.
pub fn more_than_taken(
    state: &State,
    class: Class,
    reference: &str,
    asked: &Asked,
) -> Option<String> {
    let intent = state.server.intents.iter().find(|it| it.id() == asked.of)?;
    let others = state.server.refunds.iter().filter(|it| {
        it.of == asked.of
            && it.is_live()
            && it.meta("dues_attempt") != Some(reference)
            && counts(state, class, it)
    });
    let gone: i64 = others.map(|it| it.amount).sum();
    let amount = asked.amount.unwrap_or_default();
    (amount + gone > intent.received).then(|| {
        format!(
            "MORE THAN TAKEN: {amount} of {} is asked back, which took {} and gave {gone}",
            asked.of, intent.received
        )
    })
}

/// Money that was given back twice for one intent, or past what was taken.
pub fn double(state: &State, class: Class) -> Option<String> {
    let mut intents: HashMap<(&str, &str), &Refund> = HashMap::new();
    let mut gone: HashMap<&str, i64> = HashMap::new();
    for refund in state.server.refunds.iter().filter(|it| it.was_given) {
        let (Some(book), Some(name)) = (refund.meta("dues_book"), refund.meta("dues_intent"))
        else {
            continue;
        };
        if !counts(state, class, refund) {
            continue;
        }
        if let Some(first) = intents.insert((book, name), refund) {
            return Some(format!(
                "DOUBLE: {} and {} both gave the money of {name} back",
                first.id(),
                refund.id()
            ));
        }
        let gone = gone.entry(&refund.of).or_default();
        *gone += if refund.is_given() { refund.amount } else { 0 };
        let taken = state.server.intents.iter().find(|it| it.id() == refund.of);
        if taken.is_none_or(|intent| *gone > intent.received) {
            return Some(format!(
                "DOUBLE: {gone} was given back of {}, last by {}",
                refund.of,
                refund.id()
            ));
        }
    }
    None
}

/// A refund of this book that the gateway had when the book was put back, and it
/// does not know.
pub fn forgotten_since(
    server: &Server,
    connection: &Connection,
    tag: &str,
    restored_at: i64,
) -> Option<String> {
    let mut listed = server.refunds.iter().filter(|it| {
        it.is_live() && it.created <= restored_at && it.meta("dues_book") == Some(tag)
    });
    let forgot = listed.find(|it| !knows(connection, &it.id(), it.meta("dues_attempt")));
    forgot.map(Refund::id)
}

/// How much refunds have reopened of each invoice in this book, less what the
/// banks sent back and pays it again.
pub fn reopened_now(connection: &Connection) -> HashMap<String, i64> {
    let mut statement = connection
        .prepare_cached(
            "select i.number, -sum(a.amount_minor) from allocations a join invoices i on i.id = a.invoice_id
              where a.amount_minor < 0 or exists (select 1 from given_back g
                where g.credit_id = a.credit_id and g.amount_minor < 0 and g.given_at = a.allocated_at)
              group by i.number",
        )
        .expect("the book can be read");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect)
        .expect("the allocations can be read")
}

/// Keeps how much was reopened, for when the book forgets it.
pub fn remember(kept: &mut HashMap<String, Reopened>, now: &HashMap<String, i64>) {
    for (number, now) in now {
        let kept = kept.entry(number.clone()).or_default();
        kept.most = kept.most.max(*now);
    }
}

/// The book is put back, and may reopen the same again.
pub fn forgets_what_is_reopened(state: &mut State, book: usize) {
    let State {
        reopened, invoices, ..
    } = state;
    let ours = reopened
        .iter_mut()
        .filter(|(number, _)| invoices.get(*number).is_some_and(|owed| owed.book == book));
    for (_, kept) in ours {
        kept.before += kept.most;
        kept.most = 0;
    }
}

/// A refund as the book has it.
struct Booked {
    gateway_id: String,
    token: String,
    /// The reference that it carries at the gateway.
    reference: String,
    given: i64,
    sent_back: i64,
}

/// Everything that the book says was given back, held against the ledger.
pub fn inspect(state: &mut State, class: Class, book: usize, at_rest: bool) -> Option<String> {
    if let Some(id) = called_not_given(state, class, book) {
        state.tally.other += 1;
        return Some(format!("NOT SO: {id} was called not given"));
    }
    let tag = state.desks[book].tag.clone();
    let booked = booked(state.desks[book].inspect());
    let mut times: HashMap<&str, u32> = HashMap::new();
    for one in &booked {
        let made = (state.server.refunds.iter()).find(|it| it.id() == one.gateway_id);
        let right = made.is_some_and(|refund| {
            let came_back = !refund.is_given();
            refund.was_given
                && refund.amount == one.given
                && refund.of == one.token
                && refund.meta("dues_book") == Some(&tag)
                && refund.meta("dues_attempt") == Some(&one.reference)
                && (one.sent_back == 0 || (came_back && one.sent_back == one.given))
                && !(at_rest && came_back && one.sent_back == 0)
        });
        if !right {
            state.tally.phantom += 1;
            return Some(format!(
                "PHANTOM: {} is given back and {} sent back under {} for {}, where the gateway has {made:?}",
                one.given, one.sent_back, one.gateway_id, one.reference
            ));
        }
        *times.entry(&one.gateway_id).or_default() += 1;
    }
    if !at_rest {
        return None;
    }
    let ours = state.server.refunds.iter().filter(|it| {
        it.is_given() && it.meta("dues_book") == Some(&tag) && counts(state, class, it)
    });
    for refund in ours {
        let times = times.get(refund.id().as_str()).copied().unwrap_or(0);
        if times != 1 {
            let what = format!("LOST: {refund:?} is booked {times} times");
            state.tally.lost += 1;
            return Some(what);
        }
    }
    None
}

fn booked(connection: &Connection) -> Vec<Booked> {
    let mut statement = connection
        .prepare_cached(
            "select coalesce(a.gateway_id, '') as gateway_id, a.token, coalesce(a.carries, a.reference) as reference,
               sum(max(g.amount_minor, 0)) as given, -sum(min(g.amount_minor, 0)) as sent_back
               from given_back g join attempts a on a.refund_id = g.refund_id and a.state = 'succeeded'
              group by g.refund_id, a.id",
        )
        .expect("the book can be read");
    let rows = statement.query_map([], |row| {
        Ok(Booked {
            gateway_id: row.get("gateway_id")?,
            token: row.get("token")?,
            reference: row.get("reference")?,
            given: row.get("given")?,
            sent_back: row.get("sent_back")?,
        })
    });
    rows.and_then(Iterator::collect)
        .expect("what was given back can be read")
}

/// What the gateway gave back or may yet, and the program closed as a no.
fn called_not_given(state: &mut State, class: Class, book: usize) -> Option<String> {
    let desk = &mut state.desks[book];
    let tag = desk.tag.clone();
    let mut statement = (desk.inspect())
        .prepare_cached(
            "select reference from attempts
              where refund_id is not null and state in ('declined', 'not_made') and sends > 0",
        )
        .expect("the book can be read");
    let closed: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("the attempts can be read");
    drop(statement);
    let mut live = state.server.refunds.iter().filter(|it| it.is_live());
    let found = live.find(|refund| {
        refund.meta("dues_book") == Some(&tag)
            && counts(state, class, refund)
            && (closed.iter()).any(|reference| refund.meta("dues_attempt") == Some(reference))
    });
    found.map(Refund::id)
}

/// What the gateway gave back for this book and the book knows nothing of; for
/// whoever compares by hand.
pub fn forgotten(state: &mut State, book: usize) -> Vec<usize> {
    let tag = state.desks[book].tag.clone();
    let connection = state.desks[book].inspect();
    let refunds = state.server.refunds.iter();
    let ours = refunds.filter(|it| it.was_given && it.meta("dues_book") == Some(&tag));
    let forgot = ours.filter(|it| !knows(connection, &it.id(), it.meta("dues_attempt")));
    forgot.map(|it| it.number).collect()
}

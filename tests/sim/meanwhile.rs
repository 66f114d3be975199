//! The judge of charges among checks, disputes and corrections: none takes money
//! for what was paid, let go or held in the meantime.

use std::collections::HashMap;

use rusqlite::Connection;

use super::given;
use super::oracle::paid_for;
use super::stage::{Class, State};

/// An invoice of the book, past what its program keeps in mind of it.
struct Stands {
    /// What no card paid of it, in minor units.
    otherwise: i64,
    is_void: bool,
}

fn stands(connection: &Connection, number: &str) -> Option<Stands> {
    let mut statement = connection
        .prepare_cached(
            "select i.voided_at is not null, (select coalesce(sum(l.amount_minor), 0)
                from allocations l join credits c on c.id = l.credit_id left join payments p on p.id = c.payment_id
               where l.invoice_id = i.id and p.method is not 'card')
               from invoices i where i.number = ?1",
        )
        .expect("the book can be read");
    let mut rows = statement.query([number]).expect("the book can be read");
    let row = rows.next().expect("the book can be read")?;
    Some(Stands {
        is_void: row.get(0).expect("the invoices can be read"),
        otherwise: row.get(1).expect("the invoices can be read"),
    })
}

/// Whether a request that is about to leave for these invoices takes what is
/// not owed: paid by a card already, or meanwhile otherwise, let go, or void.
pub fn not_owed(
    state: &mut State,
    class: Class,
    book: usize,
    reference: &str,
    plan: &[(String, i64)],
) -> Option<String> {
    let reopened = given::reopened_now(state.desks[book].inspect());
    given::remember(&mut state.reopened, &reopened);
    let paid = paid_for(state, class);
    for (number, part) in plan {
        let others = paid
            .iter()
            .filter(|one| one.invoice == *number && one.reference != reference);
        let others: i64 = others.map(|one| one.amount).sum();
        let kept = state.reopened.get(number).copied().unwrap_or_default();
        let again = kept.before + kept.excess + reopened.get(number).copied().unwrap_or(0);
        let Some(owed) = state.invoices.get(number) else {
            continue;
        };
        let total = owed.total;
        let stands = stands(state.desks[book].inspect(), number);
        if stands.as_ref().is_some_and(|it| it.is_void) {
            return Some(format!("VOID: {reference} leaves for {part} of {number}"));
        }
        let otherwise = stands.map_or(0, |it| it.otherwise);
        if others + otherwise + part > total + again {
            return Some(format!(
                "PAID ALREADY: {reference} leaves for {part} of {number}, of which {others} was taken, {otherwise} came otherwise, and {again} was reopened"
            ));
        }
    }
    None
}

/// Whether a charge by date leaves for what a bank took back, or anybody's for
/// one who is not charged any more, and who decided it could know.
pub fn not_wanted(
    connection: &Connection,
    state: (&super::papers::Papers, &std::collections::HashSet<String>),
    began: u64,
    reference: &str,
) -> Option<String> {
    let (papers, released) = state;
    let mut statement = connection
        .prepare_cached(
            "select d.reason, i.number from attempts a
               join occurrence_charges t on t.charge_id = a.charge_id
               join plans p on p.charge_id = a.charge_id
               join dispute_shares s on s.invoice_id = p.invoice_id
               join disputes d on d.id = s.dispute_id join invoices i on i.id = p.invoice_id
              where a.reference = ?1 and d.outcome is not 'won'",
        )
        .expect("the book can be read");
    let rows = statement.query_map([reference], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows: Vec<(String, String)> = rows
        .and_then(Iterator::collect)
        .expect("the disputes can be read");
    let mut early = rows.into_iter().filter(|(word, number)| {
        !released.contains(number) && papers.since(word).is_some_and(|since| since <= began)
    });
    early.next().map(|(word, number)| {
        format!("DISPUTED: {reference} leaves for {number} by itself, which {word} is about")
    })
}

/// The book is whole again: what was paid otherwise, while it had forgotten
/// that a card had paid it, is on account, and may be charged once more.
pub fn comes_to_know(state: &mut State, class: Class, book: usize) {
    let reopened = given::reopened_now(state.desks[book].inspect());
    given::remember(&mut state.reopened, &reopened);
    let mut by_card: HashMap<String, i64> = HashMap::new();
    for one in paid_for(state, class) {
        *by_card.entry(one.invoice).or_default() += one.amount;
    }
    for (number, taken) in by_card {
        let Some(owed) = state.invoices.get(&number).filter(|owed| owed.book == book) else {
            continue;
        };
        let total = owed.total;
        let otherwise = stands(state.desks[book].inspect(), &number).map_or(0, |it| it.otherwise);
        let kept = state.reopened.entry(number.clone()).or_default();
        let again = kept.before + reopened.get(&number).copied().unwrap_or(0);
        if otherwise > 0 {
            kept.excess = kept.excess.max(taken + otherwise - total - again);
        }
    }
}

/// What a charge took and was to pay, and did not: something else took its place.
pub fn displaced(state: &mut State, book: usize) -> Option<String> {
    let State {
        desks, plans, sent, ..
    } = state;
    let restored_at = desks[book].restored_at;
    let connection = desks[book].inspect();
    let mut statement = connection
        .prepare_cached(
            "select a.reference, a.key, p.amount_minor, i.number, l.amount_minor
               from payments p join attempts a on a.id = p.attempt_id join credits c on c.payment_id = p.id
               left join allocations l on l.credit_id = c.id and l.allocated_at = p.created_at and l.amount_minor > 0
               left join invoices i on i.id = l.invoice_id",
        )
        .expect("the book can be read");
    let rows = statement.query_map([], |row| {
        Ok((
            (row.get(0)?, row.get(1)?, row.get(2)?),
            (row.get(3)?, row.get(4)?),
        ))
    });
    type Applied = HashMap<(String, String, i64), Vec<(Option<String>, Option<i64>)>>;
    let mut applied = Applied::new();
    for row in rows.expect("the book can be read") {
        let (charge, part) = row.expect("the payments can be read");
        applied.entry(charge).or_default().push(part);
    }
    let mut all: Vec<_> = applied.into_iter().collect();
    all.sort();
    for ((reference, key, amount), parts) in all {
        let first = sent.get(&key).map(|(first, _)| *first);
        let Some(plan) = plans
            .get(&reference)
            .filter(|_| first.is_some_and(|at| at > restored_at))
        else {
            continue;
        };
        let mut left = amount;
        for (number, part) in plan {
            let part = (*part).min(left);
            left -= part;
            let went: i64 = parts
                .iter()
                .filter(|(to, _)| to.as_ref() == Some(number))
                .filter_map(|(_, amount)| *amount)
                .sum();
            if went < part {
                return Some(format!(
                    "DISPLACED: {reference} was to pay {part} of {number}, and paid {went}"
                ));
            }
        }
    }
    None
}

/// What is dated into a closed period stays as it was when it was closed.
pub fn reopened_period(state: &mut State, book: usize) -> Option<String> {
    let desk = &mut state.desks[book];
    let connection = desk.inspect();
    let through: Option<String> = connection
        .query_row(
            "select max(through) from closings where undone_at is null",
            [],
            |row| row.get(0),
        )
        .expect("the closings can be read");
    let now = through.map(|through| (dated(connection, &through), through));
    let before = std::mem::take(&mut desk.closed);
    let now = now.map(|(dated, through)| (through, dated));
    let changed = match (&before, &now) {
        (Some((day, was)), Some((through, is))) if day == through && was != is => Some(format!(
            "CLOSED: what is dated through {through} was {was}, and is {is}"
        )),
        _ => None,
    };
    desk.closed = now;
    changed
}

/// How many rows of each kind are dated so far, and of how much.
fn dated(connection: &Connection, through: &str) -> String {
    const DATED: [(&str, &str, &str); 9] = [
        ("invoices", "issued_on", "total_minor"),
        ("invoices", "voided_on", "total_minor"),
        ("payments", "received_on", "amount_minor"),
        ("allocations", "allocated_on", "amount_minor"),
        ("given_back", "given_on", "amount_minor"),
        ("reversals", "reversed_on", "amount_minor"),
        ("credit_memos", "issued_on", "amount_minor"),
        ("adjustments", "adjusted_on", "amount_minor"),
        ("disputes", "opened_on", "amount_minor"),
    ];
    let mut all = String::new();
    for (table, day, amount) in DATED {
        let sql = format!(
            "select count(*) || ' of ' || coalesce(sum({amount}), 0) from {table} where {day} <= ?1"
        );
        let mut statement = connection.prepare_cached(&sql).expect("the book is read");
        let found: String = statement
            .query_row([through], |row| row.get(0))
            .expect("the days can be read");
        all.push_str(&format!("{table} {found}; "));
    }
    all
}

//! The shop's own papers: what its people did to a book, whatever the book remembers.
//!
//! Each deed has a word of its own that stands in the book with it: a check's
//! number, a reason. Whoever has the word can look whether the deed is there
//! whole, once, and still.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dues::domain::money::Money;
use dues::jobs::World;
use dues::problem::{Problem, Result};
use rusqlite::Connection;

use super::shop::run;
use super::stage::{Stage, State};

/// One deed, as its paper has it.
#[derive(Debug, Clone)]
pub struct Paper {
    pub book: usize,
    /// In so many rows of the book, and of how much, in minor units.
    rows: i64,
    amount: i64,
    /// The book was seen to have it, and was not put back since.
    is_booked: bool,
    /// Money that came, and its currency.
    money: Option<&'static str>,
    /// When it was seen to be booked, in steps.
    pub since: u64,
}

/// Every paper, by its word.
#[derive(Debug, Default)]
pub struct Papers {
    all: BTreeMap<String, Paper>,
    words: u64,
}

/// What of a deed is in the book.
type Found = HashMap<String, (i64, i64)>;

/// What a person is about to do, said before it is done.
#[derive(Debug, Default)]
pub struct Expected(Cell<(i64, i64)>);

impl Expected {
    pub fn one(&self, amount: Money) {
        self.rows(1, amount.minor());
    }

    /// So many rows of so much together, in minor units.
    pub fn rows(&self, rows: usize, minor: i64) {
        self.0.set((i64::try_from(rows).unwrap_or(0), minor));
    }
}

impl Papers {
    pub fn new_word(&mut self, kind: &str) -> String {
        self.words += 1;
        format!("{kind}-{}", self.words)
    }

    /// Whether the book was seen to have it.
    pub fn is_booked(&self, word: &str) -> bool {
        self.all.get(word).is_some_and(|paper| paper.is_booked)
    }

    /// When the book was seen to have it, in steps.
    pub fn since(&self, word: &str) -> Option<u64> {
        let paper = self.all.get(word).filter(|paper| paper.is_booked);
        paper.map(|paper| paper.since)
    }

    /// The book is another file now: what of each deed it has.
    pub fn looks_again(&mut self, book: usize, connection: &Connection, steps: u64) {
        let found = found(connection, None);
        for (word, paper) in self.all.iter_mut().filter(|(_, paper)| paper.book == book) {
            paper.is_booked = found.contains_key(word);
            paper.since = steps;
        }
    }

    /// The money that people brought into a book, in one currency.
    pub fn brought(&self, book: usize, currency: &str) -> i64 {
        let ours = self.all.values().filter(|paper| paper.book == book);
        let money = ours.filter(|paper| paper.is_booked && paper.money == Some(currency));
        money.map(|paper| paper.amount).sum()
    }

    /// A deed that the book has by half, twice, otherwise, or not any more.
    pub fn wrong(&self, book: usize, connection: &Connection) -> Option<String> {
        let found = found(connection, None);
        let mut ours = self.all.iter().filter(|(_, paper)| paper.book == book);
        ours.find_map(|(word, paper)| paper.held_against(word, found.get(word)))
    }
}

impl Paper {
    fn held_against(&self, word: &str, found: Option<&(i64, i64)>) -> Option<String> {
        let paper = (self.rows, self.amount);
        match found {
            None if self.is_booked => Some(format!("LOST: {word} was booked, and is gone")),
            Some(found) if *found != paper => Some(format!(
                "NOT AS SAID: {word} is in the book {found:?}, and was {paper:?}"
            )),
            _ => None,
        }
    }
}

/// One command that leaves its word in the book; whether it came to its end,
/// and did something.
pub fn does(
    stage: &Arc<Stage>,
    (process, book): (usize, usize),
    word: &str,
    money: Option<&'static str>,
    job: impl FnOnce(&mut World<'_>, &Expected) -> Result<bool>,
) -> Option<bool> {
    let expected = Expected::default();
    let done = run(stage, process, book, word, |world| job(world, &expected));
    let mut guard = stage.state();
    let state = &mut *guard;
    let found = found(state.desks[book].inspect(), Some(word));
    let found = found.get(word).copied();
    let said_so = matches!(done, Some(Ok(true)));
    if found.is_none() && !said_so {
        return done.and_then(Result::ok);
    }
    let steps = state.tally.steps;
    let is_new = !state.papers.all.contains_key(word);
    let paper = (state.papers.all)
        .entry(word.to_owned())
        .or_insert_with(|| {
            let (rows, amount) = expected.0.get();
            Paper {
                book,
                rows,
                amount,
                is_booked: true,
                money,
                since: steps,
            }
        });
    if !std::mem::replace(&mut paper.is_booked, true) || is_new {
        paper.since = steps;
        state.tally.deeds += 1;
    }
    let wrong = paper.held_against(word, found.as_ref());
    drop(guard);
    if let Some(what) = wrong {
        stage.state().tally.other += 1;
        stage.wrong(what);
    }
    done.and_then(Result::ok)
}

/// A promise that the same transaction can be held against.
///
/// # Errors
///
/// It is broken: nothing is written then, and the story ends.
pub fn must(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Problem::bug(format!("PROMISE: {}", what())))
}

/// Where a book keeps the word of each deed: the word, and the amount.
const KEPT: [(&str, &str, &str); 11] = [
    ("receipts", "reference", "amount_minor"),
    (
        "payments where receipt_id is null and moved_from_id is null and",
        "reference",
        "amount_minor",
    ),
    (
        "bounces b join payments p on p.id = b.payment_id",
        "b.because",
        "p.amount_minor",
    ),
    ("credit_memos", "number", "amount_minor"),
    ("reversals", "because", "amount_minor"),
    ("adjustments", "because", "amount_minor"),
    ("disputes", "reason", "amount_minor"),
    ("disputes", "because", "amount_minor"),
    ("invoices", "void_reason", "total_minor"),
    (
        "invoices where corrects_id is not null and",
        "number",
        "total_minor",
    ),
    ("merges", "because", "0"),
];

/// What the book has of every deed, or of one.
fn found(connection: &Connection, word: Option<&str>) -> Found {
    let mut all = Found::new();
    for (table, column, amount) in KEPT {
        let and = if table.ends_with("and") { "" } else { "where" };
        let sql = format!(
            "select {column} as word, count(*), sum({amount}) from {table} {and} {column} is not null
               and (?1 is null or {column} = ?1) group by 1"
        );
        let mut statement = connection.prepare_cached(&sql).expect("the book is read");
        let rows = statement.query_map([word], |row| {
            Ok((
                row.get::<_, String>(0)?,
                (row.get::<_, i64>(1)?, row.get::<_, i64>(2)?),
            ))
        });
        for row in rows.expect("the book is read") {
            let (word, (rows, amount)) = row.expect("the deeds can be read");
            let sum = all.entry(word).or_default();
            *sum = (sum.0 + rows, sum.1 + amount);
        }
    }
    all
}

/// The papers of a book and what it says, held against each other; and every
/// cent that came, which is somewhere.
pub fn inspect(state: &mut State, book: usize) -> Option<String> {
    let State { papers, desks, .. } = state;
    let connection = desks[book].inspect();
    papers
        .wrong(book, connection)
        .or_else(|| scattered(connection, papers, book))
        .or_else(|| untrue(connection))
        .or_else(|| left_behind(connection))
}

/// What came, by card or otherwise, is applied, on account, given back, held by
/// a bank, gone with a bounce, or nobody's yet.
fn scattered(connection: &Connection, papers: &Papers, book: usize) -> Option<String> {
    for currency in ["USD", "EUR"] {
        let somewhere: i64 = one(
            connection,
            "select coalesce((select sum(amount_minor) from receipts r where r.currency = ?1
                and not exists (select 1 from payments where receipt_id = r.id)), 0)
               + coalesce((select sum(c.open_minor
                  + (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id)
                  + (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id)
                  + (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id and moved_to_id is null))
                from credits c where c.payment_id is not null and c.currency = ?1), 0)",
            currency,
        );
        let by_card: i64 = one(
            connection,
            "select coalesce(sum(coalesce(a.accepted_minor, a.amount_minor)), 0) from attempts a
              where a.charge_id is not null and a.state = 'succeeded' and a.currency = ?1",
            currency,
        );
        let came = by_card + papers.brought(book, currency);
        if came != somewhere {
            return Some(format!(
                "SCATTERED: {came} {currency} came, and {somewhere} is somewhere"
            ));
        }
    }
    None
}

fn one(connection: &Connection, sql: &str, currency: &str) -> i64 {
    let mut statement = connection.prepare_cached(sql).expect("the book is read");
    let found = statement.query_row([currency], |row| row.get(0));
    found.expect("the sums can be read")
}

/// What each kind of deed promises of the rows beside it.
const TRUE: [(&str, &str); 5] = [
    (
        "a payment that came back still pays something",
        "select 'PAY-' || b.payment_id from bounces b join credits c on c.payment_id = b.payment_id
          where c.open_minor <> 0 or (select sum(amount_minor) from allocations where credit_id = c.id) <> 0",
    ),
    (
        "a payment is at two customers, or at none",
        "select n.reference from payments n where n.moved_from_id is not null and exists (
           select 1 from credits c where c.payment_id = n.moved_from_id and (c.open_minor <> 0
             or (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id) <> 0))
         union all
         select reference from payments where moved_from_id is not null group by moved_from_id having count(*) > 1",
    ),
    (
        "what a bank took of a payment and what went back of it is more than it brought",
        "select 'PAY-' || p.id from payments p where p.amount_minor <
           (select coalesce(sum(amount_minor), 0) from disputes
             where payment_id = p.id and outcome is not 'won') +
           (select coalesce(sum(g.amount_minor), 0) from given_back g join refunds r on r.id = g.refund_id
             where r.payment_id = p.id)",
    ),
    (
        "a wrong invoice is asked for beside the one that stands in for it",
        "select w.number from invoices i join invoices w on w.id = i.corrects_id
          where w.voided_at is null and not exists (select 1 from credit_memos m
            where m.invoice_id = w.id and m.amount_minor = w.total_minor)",
    ),
    (
        "money is applied to an invoice of another customer or currency, or to a void one",
        "select i.number from allocations l join credits c on c.id = l.credit_id join invoices i on i.id = l.invoice_id
          where c.customer_id <> i.customer_id or c.currency <> i.currency
          group by i.id
         union all
         select i.number from invoices i where i.voided_at is not null and
           (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id) <> 0",
    ),
];

fn untrue(connection: &Connection) -> Option<String> {
    for (what, sql) in TRUE {
        let mut statement = connection.prepare_cached(sql).expect("the book is read");
        let mut rows = statement.query([]).expect("the book is read");
        if let Some(row) = rows.next().expect("the book is read") {
            let which: String = row.get(0).unwrap_or_default();
            return Some(format!("UNTRUE: {what}: {which}"));
        }
    }
    None
}

/// A row that still belongs to a customer who is another one by now, in
/// whatever table that knows customers.
fn left_behind(connection: &Connection) -> Option<String> {
    let merges: i64 = connection
        .query_row("select count(*) from merges", [], |row| row.get(0))
        .expect("the book is read");
    if merges == 0 {
        return None;
    }
    let mut tables = connection
        .prepare_cached(
            "select m.name from sqlite_schema m join pragma_table_info(m.name) c on c.name = 'customer_id'
              where m.type = 'table'",
        )
        .expect("the book is read");
    let tables: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("the tables can be read");
    tables.into_iter().find_map(|table| {
        let sql = format!(
            "select count(*) from {table} where customer_id in (select old_id from merges)"
        );
        let mut statement = connection.prepare_cached(&sql).expect("the book is read");
        let left: i64 = statement
            .query_row([], |row| row.get(0))
            .expect("the book is read");
        (left > 0).then(|| format!("LEFT BEHIND: {left} rows of {table}"))
    })
}

//! The schema of a book, and how an older book is brought to today's.
//!
//! Each change is a file that is never edited once released, and one
//! transaction: a book is of one schema or of the next, never in between.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::checks;
use super::open::{self, APPLICATION_ID};
use super::refusals::{KEEP_IT, damaged};
use crate::domain::ids::sha256_hex;
use crate::problem::{Problem, Result};
use crate::rehearsal;

/// Each schema change, in order; the last one's number is the book's version.
const MIGRATIONS: [&str; 9] = [
    include_str!("migrations/0001_the_book.sql"),
    include_str!("migrations/0002_looks.sql"),
    include_str!("migrations/0003_schedules.sql"),
    include_str!("migrations/0004_attempts_found.sql"),
    include_str!("migrations/0005_witnesses.sql"),
    include_str!("migrations/0006_whose_invoice.sql"),
    include_str!("migrations/0007_one_engine.sql"),
    include_str!("migrations/0008_receivables.sql"),
    include_str!("migrations/0009_the_whole_month.sql"),
];

/// The hash of all that they write.
const OUR_RULES: &str = "91eda3cf03921b172277e8d2b6f9491a2cab1f5ebca13a16a7749aadeaf3f35b";

/// Brings a book to the present schema, each step in its own transaction.
///
/// # Errors
///
/// Exit 3 if the book is damaged: it stays of the schema that it has.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    if !is_older(connection)? {
        return Ok(());
    }
    let_tables_be_replaced(connection, true)?;
    know_days(connection)?;
    let migrated = step_by_step(connection);
    let_tables_be_replaced(connection, false)?;
    migrated
}

/// A table that is replaced by a new one is missing for a moment. Nothing may
/// mind, not even a view of the user's own
/// (<https://sqlite.org/lang_altertable.html#otheralter>); it cannot be switched
/// within the transaction that needs it.
fn let_tables_be_replaced(connection: &Connection, yes: bool) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", !yes)?;
    connection.pragma_update(None, "legacy_alter_table", yes)
}

/// `day_in_zone(moment, zone)`: the civil day of a moment, for what older books
/// kept as a moment alone.
fn know_days(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("day_in_zone", 2, flags, |given| {
        let (moment, zone): (Timestamp, String) = (given.get(0)?, given.get(1)?);
        // As wherever a book of a zone that is not known is read.
        let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
        Ok(moment.to_zoned(zone).date().to_string())
    })
}

fn step_by_step(connection: &mut Connection) -> Result<()> {
    for (at, sql) in MIGRATIONS.iter().enumerate().skip(version(connection)?) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been here first.
        if version(&tx)? > at {
            continue;
        }
        tx.execute_batch(sql).map_err(not_taken_along)?;
        if let Some(row) = checks::unlinked(&tx)?.first() {
            return Err(cannot_migrate(row));
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(
            None,
            "user_version",
            i64::try_from(at + 1).unwrap_or(i64::MAX),
        )?;
        rehearsal::point("book.committing")?;
        tx.commit()?;
        rehearsal::point("book.committed")?;
    }
    Ok(())
}

/// A rule of the new tables that a row of the old ones breaks.
fn not_taken_along(error: rusqlite::Error) -> Problem {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => cannot_migrate(&error.to_string()),
        _ => error.into(),
    }
}

fn cannot_migrate(why: &str) -> Problem {
    damaged(format!(
        "the book is damaged, and stays as the older dues left it: {why}"
    ))
    .hint(KEEP_IT)
}

fn version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Whether an older `dues` wrote the book.
pub(super) fn is_older(connection: &Connection) -> Result<bool> {
    Ok(version(connection)? < MIGRATIONS.len())
}

/// Refuses a book of a newer `dues`.
pub(super) fn require_ours(connection: &Connection) -> Result<()> {
    let version = version(connection)?;
    if version == MIGRATIONS.len() {
        return Ok(());
    }
    Err(Problem::setup(
        "book_version",
        format!(
            "the book has schema {version}; this dues knows {}",
            MIGRATIONS.len()
        ),
    )
    .hint("Use the dues that wrote it, or a newer one."))
}

/// The rules stand in the schema. One letter of it changed on the disk would
/// take a rule out, and SQLite would not notice.
pub(super) fn require_our_rules(connection: &Connection) -> Result<()> {
    let written = statements_of(connection)?;
    // Writing ours anew takes longer than most commands.
    if hash_of(&written) == OUR_RULES {
        return Ok(());
    }
    // A user may have added a view or an index for queries of their own.
    if statements_of(&empty_book()?)?.is_subset(&written) {
        return Ok(());
    }
    Err(
        damaged("the book is damaged: its rules are not those that dues wrote into it")
            .hint(KEEP_IT),
    )
}

/// What a schema is made of, without what SQLite keeps there for itself.
fn statements_of(connection: &Connection) -> Result<BTreeSet<String>> {
    let mut written = connection.prepare(
        "select sql from sqlite_schema where sql is not null and name not glob 'sqlite_*'",
    )?;
    let statements = written.query_map([], |row| row.get(0))?;
    Ok(statements.collect::<rusqlite::Result<_>>()?)
}

fn hash_of(statements: &BTreeSet<String>) -> String {
    let all: Vec<&str> = statements.iter().map(String::as_str).collect();
    sha256_hex(all.join("\0").as_bytes())
}

/// Today's schema with nothing in it, gone when it is dropped.
pub(super) fn empty_book() -> Result<Connection> {
    let book = open::in_memory()?;
    let_tables_be_replaced(&book, true)?;
    know_days(&book)?;
    for sql in MIGRATIONS {
        book.execute_batch(sql)?;
    }
    let_tables_be_replaced(&book, false)?;
    Ok(book)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::charge::State;

    /// Else every command that writes takes as long as writing them anew.
    #[test]
    fn our_rules_are_known_by_their_hash() {
        let now = hash_of(&statements_of(&empty_book().unwrap()).unwrap());

        assert_eq!(now, OUR_RULES, "OUR_RULES is to be `{now}`");
    }

    /// The view is the one place in SQL that says which states are open.
    #[test]
    fn open_attempts_are_those_whose_state_is_open() {
        let book = empty_book().unwrap();
        book.execute_batch("pragma foreign_keys = off").unwrap();
        for (n, state) in (1..).zip(State::ALL) {
            let declined = (state == State::Declined).then_some("soft");
            book.execute(
                "insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key, reference,
                   request, request_sha256, state, sends, first_sent_at, gateway_id, decline_class, prepared_at, changed_at)
                 values (?1, 1, 'g', 'a', 't', 1, 'USD', ?1, ?1, x'', printf('%064d', ?1), ?2, 1, 'now', ?1, ?3, 'now', 'now')",
                rusqlite::params![n, state, declined],
            )
            .unwrap();
        }

        let mut open = book
            .prepare("select state from open_attempts order by id")
            .unwrap();
        let open: Vec<State> = open
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(rusqlite::Result::unwrap)
            .collect();

        let expected: Vec<State> = State::ALL.into_iter().filter(|it| it.is_open()).collect();
        assert_eq!(open, expected);
    }

    /// However much was ever charged, applied or given back.
    #[test]
    fn a_question_about_open_attempts_costs_what_is_open() {
        let book = empty_book().unwrap();
        for sql in [
            "select id from open_attempts",
            "select charge_id from open_attempts",
            "select sum(amount_minor) from reservations where invoice_id = 1",
            "select sum(amount_minor) from reservations where credit_id = 1",
            "select sum(amount_minor) from to_be_given_back where credit_id = 1",
        ] {
            let mut plan = book.prepare(&format!("explain query plan {sql}")).unwrap();
            let steps: Vec<String> = plan
                .query_map([], |row| row.get(3))
                .unwrap()
                .map(rusqlite::Result::unwrap)
                .collect();
            let all_of_a_table = steps.iter().any(|step| {
                step.starts_with("SCAN") && !step.contains("INDEX attempts_still_open")
            });
            assert!(!all_of_a_table, "{sql}: {steps:?}");
        }
    }
}

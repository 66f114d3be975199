//! Books that an older `dues` wrote: brought to today's schema when they are opened.

#![expect(clippy::disallowed_methods, reason = "an old book is made by hand")]

use std::fs;
use std::path::{Path, PathBuf};

use dues::books::{Books, Hand};
use dues::domain::charge::State;
use rusqlite::Connection;

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

/// A book as each older `dues` left it: a dump from the first schema, with a
/// life in it, brought to each schema since.
fn older_books(folder: &Path) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dump = fs::read_to_string(root.join("tests/schemas/0001.sql")).unwrap();
    let mut changes: Vec<_> = fs::read_dir(root.join("src/books/migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    changes.sort();
    let older = 1..changes.len();
    older
        .map(|schema| {
            let path = folder.join(format!("schema{schema}.db"));
            let old = Connection::open(&path).unwrap();
            old.execute_batch("pragma foreign_keys = off").unwrap();
            old.execute_batch(&dump).unwrap();
            for change in &changes[1..schema] {
                old.execute_batch(&fs::read_to_string(change).unwrap())
                    .unwrap();
            }
            let version = i64::try_from(schema).unwrap();
            old.pragma_update(None, "user_version", version).unwrap();
            path
        })
        .collect()
}

fn assert_right(path: &Path) {
    let books = Books::open(path, hand()).unwrap();
    assert_eq!(books.read().violations().unwrap(), []);
    let states: Vec<State> = (books.read().charges(None).unwrap().iter())
        .map(|charge| charge.attempt.state)
        .collect();
    assert_eq!(states, [State::Unknown, State::Succeeded, State::Declined]);
    assert_eq!(books.read().seen_until("sandbox", "sandbox").unwrap(), None);
}

#[test]
fn a_book_of_every_older_schema_opens_and_is_right() {
    let folder = tempfile::tempdir().unwrap();
    for book in older_books(folder.path()) {
        assert_right(&book);
    }
}

#[test]
fn an_old_backup_is_brought_back_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for backup in older_books(folder.path()) {
        let before = fs::read(&backup).unwrap();
        let place = backup.with_extension("restored");

        Books::restore(&backup, &place, &hand(), false).unwrap();

        assert!(fs::read(&backup).unwrap() == before);
        assert_right(&place);
    }
}

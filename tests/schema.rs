//! Books that an older `dues` wrote: brought to today's schema when they are opened.

#![expect(clippy::disallowed_methods, reason = "an old book is made by hand")]

use std::fs;
use std::path::Path;

use dues::books::{Books, Hand};
use dues::domain::charge::State;
use rusqlite::Connection;

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

/// A dump of each schema that ever was, with a life in it.
#[test]
fn a_book_of_every_older_schema_opens_and_is_right() {
    let dumps = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let mut tried = 0;
    for entry in fs::read_dir(dumps).unwrap() {
        let dump = fs::read_to_string(entry.unwrap().path()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch("pragma foreign_keys = off").unwrap();
        old.execute_batch(&dump).unwrap();
        drop(old);

        let books = Books::open(&path, hand()).unwrap();

        assert_eq!(books.read().violations().unwrap(), []);
        let states: Vec<State> = (books.read().charges(None).unwrap().iter())
            .map(|charge| charge.attempt.state)
            .collect();
        assert_eq!(states, [State::Unknown, State::Succeeded, State::Declined]);
        assert_eq!(books.read().seen_until("sandbox", "sandbox").unwrap(), None);
        tried += 1;
    }
    assert_eq!(tried, 1, "one dump for each schema but today's");
}

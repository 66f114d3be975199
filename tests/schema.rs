//! Books that an older `dues` wrote: brought to today's schema when they are opened.

#![expect(clippy::disallowed_methods, reason = "an old book is made by hand")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use dues::books::{Books, Hand};
use dues::domain::charge::State;
use dues::domain::gateway_account::GatewayAccount;
use dues::domain::ids::MailId;
use dues::domain::outbox::MailState;
use dues::problem::{Kind, Problem};
use dues::rehearsal::listen;
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

/// What the dump has not: a check that is partly applied and was partly taken
/// back, and a charge that the gateway is still deciding, which uses what is left.
const LIFE: &str = "
  insert into payments (id, customer_id, method, amount_minor, currency, received_on, memo, unapplied_minor, created_at)
    values (2, 1, 'check', 50000, 'USD', '2026-11-20', 'check 1001', 50000, '2026-11-22T15:00:00Z');
  insert into allocations (payment_id, invoice_id, amount_minor, allocated_at)
    values (2, 2, 10000, '2026-11-22T15:00:00Z'), (2, 2, -4000, '2026-11-22T15:00:00Z');
  insert into charges (id, customer_id, card_id, authorization_id, amount_minor, currency, intent, request_id,
      request_text, memo, wants_mail, charged_on, created_at)
    values (4, 1, 1, 1, 5000, 'USD', 'request r-4', 'r-4', 'as wished', 'roses', 0, '2026-11-22', '2026-11-22T15:00:00Z');
  insert into plans (charge_id, line, invoice_id, payment_id, amount_minor) values (4, 0, 2, 2, 4000), (4, 1, 2, null, 5000);
  insert into attempts (id, charge_id, n, gateway, account, token, amount_minor, currency, key, reference, request,
      request_sha256, state, sends, first_sent_at, last_sent_at, misses, last_miss_at, gateway_id, note, prepared_at, changed_at)
    values (4, 4, 1, 'sandbox', 'sandbox', 'sbx_card_1', 5000, 'USD', 'key of CH-4', 'DCH4', x'',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'pending', 2, '2026-11-22T14:00:00Z',
      '2026-11-22T15:00:00Z', 1, '2026-11-22T15:00:00Z', 'sbx_ch_4', 'deciding', '2026-11-22T14:00:00Z', '2026-11-22T15:00:00Z');
";

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
            old.execute_batch("pragma foreign_keys = off; pragma legacy_alter_table = on")
                .unwrap();
            know_days(&old);
            old.execute_batch(&dump).unwrap();
            old.execute_batch(LIFE).unwrap();
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

/// What the eighth schema asks for the day of a moment, while a book comes to it.
fn know_days(book: &Connection) {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    book.create_scalar_function("day_in_zone", 2, flags, |given| {
        let (moment, zone): (Timestamp, String) = (given.get(0)?, given.get(1)?);
        Ok(moment.in_tz(&zone).unwrap().date().to_string())
    })
    .unwrap();
}

fn assert_right(path: &Path) {
    let books = Books::open(path).unwrap();
    assert_eq!(books.read().violations().unwrap(), []);
    let states: Vec<State> = (books.read().charges(None).unwrap().iter())
        .map(|charge| charge.attempt.state)
        .collect();
    let told = [
        State::Pending,
        State::Unknown,
        State::Succeeded,
        State::Declined,
    ];
    assert_eq!(states, told);
    assert_eq!(
        books
            .read()
            .seen_until(&GatewayAccount::new("sandbox", "sandbox"))
            .unwrap(),
        None
    );
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

        Books::restore(&backup, &place, false).unwrap();

        assert!(fs::read(&backup).unwrap() == before);
        assert_right(&place);
    }
}

/// What an older `dues` called sent may be a file in a folder, that nobody got.
#[test]
fn a_mail_of_an_older_book_is_written_if_it_is_a_file_and_sent_if_a_server_took_it() {
    let folder = tempfile::tempdir().unwrap();
    // The eighth schema tells them apart.
    for path in older_books(folder.path()).drain(1..7) {
        let mails = "
          delete from mails;
          insert into mails (id, event, recipient, subject, text, html, message_id, state, tries, sent_at, note, written_at)
            values (71, 'a', 'x@y.z', 's', 't', 'h', 'a.1@dues.invalid', 'sent', 1, '2026-11-22T15:00:01Z',
                '/home/rosa/mails/a.1@dues.invalid.eml', '2026-11-22T15:00:00Z'),
              (72, 'b', 'x@y.z', 's', 't', 'h', 'b.1@dues.invalid', 'sent', 1, '2026-11-22T15:00:01Z',
                'mail.example:587: 250 queued as a.eml', '2026-11-22T15:00:00Z')";
        let old = by_hand(&path);
        old.execute_batch("drop trigger mails_stay").unwrap();
        old.execute_batch(mails).unwrap();
        drop(old);

        let books = Books::open(&path).unwrap();

        let mail = |id| books.read().mail(MailId(id)).unwrap();
        let (file, sent) = (mail(71), mail(72));
        assert_eq!((file.state, file.sent_at), (MailState::Written, None));
        assert_eq!(file.filed_at.unwrap().to_string(), "2026-11-22T15:00:01Z");
        assert_eq!((sent.state, sent.filed_at), (MailState::Sent, None));
        assert!(sent.sent_at.is_some());
    }
}

#[expect(clippy::disallowed_methods, reason = "a book is looked at by hand")]
fn by_hand(book: &Path) -> Connection {
    Connection::open(book).unwrap()
}

fn texts(book: &Connection, sql: &str) -> Vec<String> {
    let mut statement = book
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(rusqlite::Result::unwrap).collect()
}

type Columns = BTreeMap<String, Vec<String>>;

/// The columns of every table.
fn columns(book: &Connection) -> Columns {
    let tables = texts(
        book,
        "select name from sqlite_schema where type = 'table' and name <> 'sqlite_stat1' order by name",
    );
    let of = |table: &String| {
        let sql = format!("select name from pragma_table_info('{table}')");
        (table.clone(), texts(book, &sql))
    };
    tables.iter().map(of).collect()
}

/// Every row, in these columns.
fn rows(book: &Connection, columns: &Columns) -> Vec<String> {
    let mut all = Vec::new();
    for (table, columns) in columns {
        let quoted: Vec<String> = columns
            .iter()
            .map(|name| format!("quote(\"{name}\")"))
            .collect();
        let sql = format!(
            "select '{table}: ' || {} from {table} order by 1",
            quoted.join(" || ', ' || ")
        );
        all.extend(texts(book, &sql));
    }
    all
}

/// What is said of money on account: by payments at first, by their credits since.
fn on_account(book: &Connection) -> Vec<String> {
    let is_old = columns(book)["payments"].contains(&"unapplied_minor".to_owned());
    let pair = |old: &str, new: &str| texts(book, if is_old { old } else { new });
    [
        pair(
            "select id || ' ' || unapplied_minor from payments order by id",
            "select payment_id || ' ' || open_minor from credits order by payment_id",
        ),
        pair(
            "select id || ' ' || customer_id || ' ' || amount_minor || currency || received_on || created_at
               from payments order by id",
            "select payment_id || ' ' || customer_id || ' ' || amount_minor || currency || credited_on || created_at
               from credits order by payment_id",
        ),
        pair(
            "select id || ' ' || payment_id from allocations order by id",
            "select l.id || ' ' || c.payment_id from allocations l join credits c on c.id = l.credit_id order by l.id",
        ),
        pair(
            "select charge_id || ' ' || line || ' ' || coalesce(payment_id, 'card') from plans order by charge_id, line",
            "select p.charge_id || ' ' || p.line || ' ' || coalesce(c.payment_id, 'card')
               from plans p left join credits c on c.id = p.credit_id order by p.charge_id, p.line",
        ),
        pair(
            "select charge_id || ' ' || invoice_id || ' ' || coalesce(payment_id, 'card') || ' ' || amount_minor
               from reservations order by 1",
            "select r.charge_id || ' ' || r.invoice_id || ' ' || coalesce(c.payment_id, 'card') || ' ' || r.amount_minor
               from reservations r left join credits c on c.id = r.credit_id order by 1",
        ),
    ]
    .concat()
}

#[test]
fn no_row_and_no_balance_is_lost_on_the_way_to_todays_schema() {
    let folder = tempfile::tempdir().unwrap();
    for path in older_books(folder.path()) {
        let old = by_hand(&path);
        let (mut kept, before) = (columns(&old), on_account(&old));
        let moved = [
            ("allocations", "payment_id"),
            ("customers", "terms_days"),
            ("payments", "unapplied_minor"),
            ("plans", "payment_id"),
        ];
        for (table, column) in moved {
            kept.get_mut(table).unwrap().retain(|name| name != column);
        }
        let before_all = rows(&old, &kept);
        drop(old);

        let mut books = Books::open(&path).unwrap();

        let new = by_hand(&path);
        // What was counted before is counted on, and there is nothing else in it but credits.
        let counted = |row: &String| !row.starts_with("sqlite_sequence: 'credits'");
        let counting = |rows: Vec<String>| rows.into_iter().filter(counted).collect::<Vec<_>>();
        let rows_before = counting(before_all);
        let rows_now = counting(rows(&new, &kept));
        assert_eq!(rows_now, rows_before, "{}", path.display());
        assert_eq!(on_account(&new), before, "{}", path.display());
        assert_eq!(texts(&new, "select terms from customers"), ["net 30"]);
        assert!(before.contains(&"2 44000".to_owned()), "{before:?}");
        // It has the very rules of a new book: without them it would not be written.
        books
            .write(
                &hand(),
                Timestamp::from_second(1_800_000_000).unwrap(),
                |tx| tx.add_customer("ROSA", "Rosa", None, 30),
            )
            .unwrap();
        assert_eq!(books.read().violations().unwrap(), []);
    }
}

/// A view of the user's own, over what is replaced, does not stand in the way.
#[test]
fn a_view_of_the_users_own_does_not_keep_an_old_book_shut() {
    let folder = tempfile::tempdir().unwrap();
    for path in older_books(folder.path()) {
        by_hand(&path)
            .execute_batch(
                "create view ours as select p.id, a.state, l.allocated_at
                   from payments p join attempts a on a.id = p.attempt_id join allocations l",
            )
            .unwrap();

        assert_right(&path);
    }
}

/// Everything of the book, its schema and its version.
fn whole(path: &Path) -> (Vec<String>, Vec<String>, i64) {
    let book = by_hand(path);
    let schema = texts(
        &book,
        "select coalesce(sql, name) from sqlite_schema order by rowid",
    );
    let version = book
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    (rows(&book, &columns(&book)), schema, version)
}

#[test]
fn what_keeps_an_old_book_from_being_brought_up_to_date_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    // The eighth schema makes the tables of allocations anew.
    let newest = older_books(folder.path()).remove(6);
    let copy = |name: &str| {
        let copy = folder.path().join(name);
        fs::copy(&newest, &copy).unwrap();
        copy
    };

    // A payment that is referred to was taken out by another program.
    let unlinked = copy("unlinked.db");
    by_hand(&unlinked)
        .execute_batch(
            "pragma foreign_keys = off; drop trigger payments_stay; delete from payments where id = 2",
        )
        .unwrap();
    // The new tables have no place for an allocation of nothing.
    let unlikely = copy("unlikely.db");
    by_hand(&unlikely)
        .execute_batch(
            "pragma ignore_check_constraints = on; drop trigger allocations_stand;
             update allocations set amount_minor = 0 where id = 1",
        )
        .unwrap();
    // The disk fails just before the end.
    let failed = copy("failed.db");
    for (path, code) in [
        (&unlinked, "book_damaged"),
        (&unlikely, "book_damaged"),
        (&failed, "rehearsed"),
    ] {
        let before = whole(path);
        if code == "rehearsed" {
            listen(Some(Rc::new(|_| Err(Problem::refused("rehearsed", "no")))));
        }

        let refused = Books::open(path).map(|_| ()).unwrap_err();

        listen(None);
        assert_eq!(refused.code(), code, "{refused:?}");
        assert!(whole(path) == before, "{}", path.display());
        if code == "book_damaged" {
            assert_eq!(refused.kind(), Kind::Damaged, "{refused:?}");
            let left = "stays as the older dues left it";
            assert!(refused.message().contains(left), "{refused:?}");
        }
    }
    assert_right(&failed);
}

#[test]
fn killed_while_it_is_brought_up_to_date_a_book_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for path in older_books(folder.path()) {
        let before = whole(&path);

        let killed = Command::new(env!("CARGO_BIN_EXE_dues"))
            .arg("--book")
            .arg(&path)
            .arg("check")
            .env("HOME", folder.path())
            .env("DUES_CRASH", "book.committing:abort:1")
            .output()
            .unwrap();

        assert_eq!(killed.status.code(), None, "{killed:?}");
        assert!(whole(&path) == before, "{}", path.display());
        assert_right(&path);
    }
}

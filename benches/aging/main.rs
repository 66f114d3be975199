//! Aging of a long book, beside SQL that says the same.
//!
//! `cargo bench --bench aging` prints the processor time of each, the least of
//! some runs side by side, and how many times as long ours took. `--invoices N`
//! makes the book longer or shorter; three tenths of them are open.

#![expect(
    clippy::disallowed_methods,
    reason = "it writes a book past the program, and asks it past the program"
)]

use std::path::Path;
use std::time::Duration;

use dues::books::{Books, Hand, NewBook};
use dues::clock::SystemClock;
use dues::domain::aging::AgedBy;
use dues::domain::gateway_account::Mode;
use dues::domain::ids::BookId;
use dues::domain::money::Currency;
use dues::ports::Clock;
use jiff::civil::{Date, date};
use rusqlite::Connection;
use rustix::time::{ClockId, clock_gettime};

const TODAY: Date = date(2026, 11, 28);
const THEN: Date = date(2026, 6, 30);

/// Along the same index.
const NOW: &str = "select customer_id, currency,
    sum(iif(due_on >= ?1, open_minor, 0)), sum(iif(due_on < ?1 and due_on >= ?2, open_minor, 0)),
    sum(iif(due_on < ?2 and due_on >= ?3, open_minor, 0)), sum(iif(due_on < ?3 and due_on >= ?4, open_minor, 0)),
    sum(iif(due_on < ?4, open_minor, 0))
  from invoices indexed by open_invoices where open_minor > 0 and voided_at is null and issued_on <= ?1
  group by customer_id, currency";

const AT_THAT_DAY: &str = "select customer_id, currency,
    sum(iif(due_on >= ?1, open, 0)), sum(iif(due_on < ?1 and due_on >= ?2, open, 0)),
    sum(iif(due_on < ?2 and due_on >= ?3, open, 0)), sum(iif(due_on < ?3 and due_on >= ?4, open, 0)),
    sum(iif(due_on < ?4, open, 0))
  from (select i.customer_id, i.currency, i.due_on, i.total_minor - (select coalesce(sum(amount_minor), 0)
           from allocations where invoice_id = i.id and allocated_on <= ?1) as open
          from invoices i where i.issued_on <= ?1 and (i.voided_on is null or i.voided_on > ?1))
  group by customer_id, currency";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut after = words.iter().skip_while(|word| *word != "--invoices");
    let invoices: u32 = after.nth(1).map_or(1_000_000, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    write(&path, invoices);
    let books = Books::open(&path).unwrap();
    let sql = Connection::open(&path).unwrap();
    for (name, day, text) in [
        ("aging today", TODAY, NOW),
        ("aging as of a past day", THEN, AT_THAT_DAY),
    ] {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..5 {
            let (mine, took) = timed(|| {
                let aged = books.read().aging(day, AgedBy::Due).unwrap();
                aged.iter().map(|one| one.open().minor()).sum::<i64>()
            });
            ours = ours.min(took);
            let (plain, took) = timed(|| by_sql(&sql, text, day));
            theirs = theirs.min(took);
            assert_eq!(mine, plain, "{name}");
        }
        let ratio = ours.as_micros() * 100 / theirs.as_micros().max(1);
        println!(
            "{name}, {invoices} invoices: {} ms; plain SQL: {} ms; {}.{:02} times as long",
            ours.as_millis(),
            theirs.as_millis(),
            ratio / 100,
            ratio % 100
        );
    }
}

fn by_sql(sql: &Connection, text: &str, day: Date) -> i64 {
    let back = |days: i64| {
        day.checked_sub(jiff::ToSpan::days(days))
            .unwrap()
            .to_string()
    };
    let mut statement = sql.prepare_cached(text).unwrap();
    let mut rows = statement
        .query([back(0), back(30), back(60), back(90)])
        .unwrap();
    let mut sum = 0;
    while let Some(row) = rows.next().unwrap() {
        for bucket in 2..7 {
            sum += row.get::<_, i64>(bucket).unwrap();
        }
    }
    sum
}

/// The processor time of this process that `work` took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let now = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap();
    let before = now();
    let done = work();
    (done, now().saturating_sub(before))
}

/// Seven of ten invoices are paid whole, with up to two payments each.
fn write(path: &Path, invoices: u32) {
    let new = NewBook {
        id: BookId("00112233445566778899aabbccddeeff".into()),
        name: "Bench".into(),
        currency: Currency::parse("USD").unwrap(),
        zone: "UTC".into(),
        gateway: "sandbox".into(),
        mode: Mode::Test,
    };
    let hand = Hand {
        actor: "bench@here".into(),
        command: "bench".into(),
    };
    let books = Books::create(path, &hand, &new, SystemClock.now()).unwrap();
    books.close().unwrap();
    let customers = invoices / 100;
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "pragma cache_size = -262144;
             begin;
             with recursive n(n) as (select 1 union all select n + 1 from n where n < {customers})
             insert into customers (code, name, same_name, terms, created_at)
             select printf('C%06d', n), 'Customer ' || n, 'customer ' || n, 'net 30', '2026-01-01T00:00:00Z' from n;
             with recursive n(n) as (select 1 union all select n + 1 from n where n < {invoices})
             insert into invoices (number, customer_id, currency, total_minor, open_minor, issued_on, due_on, memo,
               created_at)
             select printf('INV-%07d', n), 1 + n * 7919 % {customers}, 'USD', 10000 + n % 999, 10000 + n % 999,
               date('2024-06-01', '+' || (n * 800 / {invoices}) || ' days'),
               date('2024-07-01', '+' || (n * 800 / {invoices}) || ' days'), iif(n % 3, null, 'order ' || n),
               '2026-01-01T00:00:00Z' from n;
             insert into payments (customer_id, method, amount_minor, currency, received_on, created_at)
             select customer_id, 'check', total_minor, currency, date(due_on, (id % 40 - 10) || ' days'),
               '2026-11-01T00:00:00Z' from invoices where id % 10 < 7 order by id;
             insert into credits (payment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
             select id, customer_id, amount_minor, currency, amount_minor, received_on, created_at from payments;
             with paid as (select id, row_number() over (order by id) as nth from invoices where id % 10 < 7)
             insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at)
             select k.id, p.id, k.amount_minor, k.credited_on, k.created_at from paid p join credits k on k.id = p.nth;
             commit;
             analyze;"
        ))
        .unwrap();
}

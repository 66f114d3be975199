//! What is asked about every charge costs no more in a long book; counted in steps of SQLite's machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::date;

use super::{Reader, schema};
use crate::domain::card::{Card, CardFacts};
use crate::domain::hour::Hour;
use crate::domain::ids::{CardId, CustomerId};

/// So many charges that were taken, each on its own card, and one that is open.
fn charges(many: u32) -> rusqlite::Connection {
    let connection = schema::empty_book().unwrap();
    connection
        .execute_batch(&format!(
            "pragma foreign_keys = off;
             with recursive n(n) as (select 1 union all select n + 1 from n where n <= {many})
             insert into charges (customer_id, card_id, authorization_id, amount_minor, currency, intent,
               wants_mail, charged_on, created_at)
             select n, n, 1, 100, 'USD', n, 0, '2026-11-02', '2026-11-02T00:00:00Z' from n;
             insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key,
               reference, request, request_sha256, state, gateway_id, prepared_at, changed_at)
             select id, 1, 'sandbox', 'sandbox', 'card-' || id, 100, 'USD', id, id, x'', printf('%064d', id),
               iif(id > {many}, 'unknown', 'succeeded'), 'tx-' || id, created_at, created_at from charges;"
        ))
        .unwrap();
    connection
}

fn work_for_a_charge(many: u32) -> u64 {
    let mut connection = charges(many);
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(1, Some(count)).unwrap();
    let read = Reader {
        connection: &connection,
    };
    let card = Card {
        id: CardId(1),
        customer: CustomerId(1),
        gateway: "sandbox".into(),
        account: "sandbox".into(),
        facts: CardFacts {
            token: "card-1".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expiry: None,
        },
        nickname: None,
        is_default: true,
        disabled: false,
    };
    let hour = Hour::read("09:00", "UTC").unwrap();

    assert_eq!(read.open_charges().unwrap().len(), 1);
    let tries = read.tries_of_card(&card, &hour, date(2026, 11, 3)).unwrap();
    assert_eq!(tries.len(), 1);
    let found = read.attempt_with_gateway_id("sandbox", "sandbox", "tx-1");
    assert!(found.unwrap().is_some());

    steps.load(Ordering::Relaxed)
}

#[test]
fn a_charge_costs_no_more_in_a_long_book() {
    let short = work_for_a_charge(10);
    let long = work_for_a_charge(1_000);
    assert!(long <= short * 2, "{short} steps became {long}");
}

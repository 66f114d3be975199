//! What is asked about every charge costs no more in a long book; counted in steps of SQLite's machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::{Date, date};

use super::{Charges, Invoices, Reader, Refunds, schema};
use crate::domain::card::{Card, CardFacts};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::hour::Hour;
use crate::domain::ids::{CardId, CustomerId};
use crate::problem::Result;

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
        account: GatewayAccount::new("sandbox", "sandbox"),
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
    let found = read.attempt_with_gateway_id(&card.account, "tx-1");
    assert!(found.unwrap().is_some());

    steps.load(Ordering::Relaxed)
}

#[test]
fn a_charge_costs_no_more_in_a_long_book() {
    let short = work_for_a_charge(10);
    let long = work_for_a_charge(1_000);
    assert!(long <= short * 2, "{short} steps became {long}");
}

/// A book in which there is as much of everything that is listed.
fn lists(many: u32) -> rusqlite::Connection {
    let connection = charges(many);
    connection
        .execute_batch(&format!(
            "with recursive n(n) as (select 1 union all select n + 1 from n where n < {many})
             insert into customers (code, name, same_name, terms, created_at)
             select 'C' || n, 'c', 'c', 'net 30', '2026-11-02T00:00:00Z' from n;
             insert into cards (customer_id, gateway, account, token, brand, last4, created_at)
             select id, 'sandbox', 'sandbox', 'card-' || id, 'visa', '4242', '' from customers;
             insert into invoices (number, customer_id, currency, total_minor, open_minor, issued_on, due_on, created_at)
             select 'INV-' || id, id, 'USD', 100, 100, date('2024-01-01', '+' || (id % 50) || ' days'),
               date('2024-01-01', '+' || (id % 70) || ' days'), '' from customers;
             insert into plans (charge_id, line, invoice_id, amount_minor) select id, 1, id, 60 from customers;
             insert into payments (customer_id, method, amount_minor, currency, received_on, attempt_id, created_at)
             select customer_id, 'card', 100, 'USD', '2026-11-02', a.id, '' from attempts a
               join charges c on c.id = a.charge_id where a.state = 'succeeded';
             insert into credits (payment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
             select id, customer_id, 100, 'USD', 100, received_on, '' from payments;
             insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at)
             select id, customer_id, 60, '2026-11-02', '' from credits;
             insert into mails (event, recipient, payment_id, subject, text, html, message_id, state, written_at)
             select 'of ' || id, 'a', id, '', '', '', id, 'sent', '' from payments;
             insert into refunds (payment_id, amount_minor, currency, is_void, intent, wants_mail, refunded_on, created_at)
             select id, 10, 'USD', 0, 'back ' || id, 1, '2026-11-02', '2026-11-02T00:00:00Z' from payments;
             insert into refund_shares (refund_id, line, amount_minor) select id, 0, 10 from refunds;
             insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key,
               reference, request, request_sha256, state, gateway_id, prepared_at, changed_at)
             select id, 1, 'sandbox', 'sandbox', 'tx-' || id, 10, 'USD', 'r' || id, 'r' || id, x'', printf('%064d', id),
               'succeeded', 'back-' || id, created_at, created_at from refunds;"
        ))
        .unwrap();
    connection
}

/// Steps until a list has told its first row, and all of them.
fn work_for_the_lists(many: u32) -> Vec<(u64, u64)> {
    type Tell = fn(Reader<'_>, &mut dyn FnMut() -> Result<()>) -> Result<()>;
    const TODAY: Date = date(2026, 11, 3);
    const ONE: CustomerId = CustomerId(1);
    let lists_told: [Tell; 11] = [
        |read, row| read.each_invoice(None, Invoices::All, |_, _| row()),
        |read, row| read.each_invoice(None, Invoices::Open, |_, _| row()),
        |read, row| read.each_invoice(None, Invoices::DueBefore(TODAY), |_, _| row()),
        |read, row| read.each_invoice(Some(ONE), Invoices::All, |_, _| row()),
        |read, row| read.each_customer(TODAY, &crate::books::Customers::default(), |_, _| row()),
        |read, row| read.each_payment(None, false, |_, _, _| row()),
        |read, row| read.each_payment(None, true, |_, _, _| row()),
        |read, row| read.each_charge(Charges::All, false, |_| row()),
        |read, row| read.each_charge(Charges::Of(ONE), false, |_| row()),
        |read, row| read.each_refund(Refunds::All, false, |_| row()),
        |read, row| read.each_refund(Refunds::Of(ONE), false, |_| row()),
    ];
    let mut connection = lists(many);
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
    lists_told
        .into_iter()
        .map(|tell| {
            steps.store(0, Ordering::Relaxed);
            let mut first = None;
            tell(read, &mut || {
                first.get_or_insert(steps.load(Ordering::Relaxed));
                Ok(())
            })
            .unwrap();
            (first.unwrap(), steps.load(Ordering::Relaxed))
        })
        .collect()
}

/// Nothing is sorted, gathered or looked for before the first row, so nothing
/// is held; and a row costs the same in every book.
#[test]
fn a_list_begins_at_once_and_costs_what_it_has() {
    let short = work_for_the_lists(100);
    let long = work_for_the_lists(1_000);
    for (at, (short, long)) in short.into_iter().zip(long).enumerate() {
        assert!(
            long.0 <= short.0 + 50,
            "list {at}: {short:?} became {long:?}"
        );
        assert!(
            long.1 <= short.1 * 11,
            "list {at}: {short:?} became {long:?}"
        );
    }
}

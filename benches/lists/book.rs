//! A long book, and how SQLite is asked for the same columns as the lists have.

use std::path::Path;

use dues::books::{Books, Hand, NewBook};
use dues::clock::SystemClock;
use dues::domain::gateway_account::Mode;
use dues::domain::ids::BookId;
use dues::domain::money::Currency;
use dues::ports::Clock;

/// Each list, and its columns in SQL.
pub const LISTS: [(&str, &str); 6] = [
    (
        "invoice list --all",
        "select i.number, c.code, i.voided_at is not null as void, i.total_minor, i.open_minor, i.currency,
           coalesce(r.reserved, 0) as reserved, i.issued_on, i.due_on, i.memo
         from invoices i join customers c on c.id = i.customer_id
         left join (select invoice_id, sum(amount_minor) as reserved from reservations group by +invoice_id) r
           on r.invoice_id = i.id
         order by i.issued_on desc, i.id desc",
    ),
    (
        "invoice list",
        "select i.number, c.code, i.total_minor, i.open_minor, i.currency,
           coalesce(r.reserved, 0) as reserved, i.issued_on, i.due_on, i.memo
         from invoices i join customers c on c.id = i.customer_id
         left join (select invoice_id, sum(amount_minor) as reserved from reservations group by +invoice_id) r
           on r.invoice_id = i.id
         where i.open_minor > 0 and i.voided_at is null order by i.due_on, i.issued_on, i.number",
    ),
    (
        "customer list",
        "select c.code, c.name, c.email, c.terms,
           (select json_group_array(open_minor) from invoices
             where customer_id = c.id and open_minor > 0 and voided_at is null) as open,
           (select sum(due_on < date()) from invoices
             where customer_id = c.id and open_minor > 0 and voided_at is null) as overdue,
           (select json_group_array(open_minor) from credits where customer_id = c.id and open_minor > 0) as credit
         from customers c order by c.code",
    ),
    (
        "payment list",
        "select p.id, c.code, p.method, p.amount_minor, p.currency, k.open_minor, p.received_on, a.charge_id, p.memo,
           p.reference, p.deposit_id, p.receipt_id,
           (select coalesce(sum(amount_minor), 0) from given_back where credit_id = k.id) as given_back,
           (select coalesce(sum(amount_minor), 0) from reversals where credit_id = k.id) as taken_back,
           (select json_group_array(json_object('invoice', i.number, 'amount', l.amount_minor, 'open', i.open_minor))
              from allocations l join invoices i on i.id = l.invoice_id where l.credit_id = k.id) as allocations
         from payments p join customers c on c.id = p.customer_id join credits k on k.payment_id = p.id
         left join attempts a on a.id = p.attempt_id order by p.id desc",
    ),
    (
        "charge list",
        "select c.id, a.state, o.code, c.amount_minor, c.currency, k.brand, k.last4, a.gateway, a.account, a.reference,
           a.gateway_id, a.n, a.sends, p.id as payment, m.open_minor, a.decline_code, a.note, c.memo, c.charged_on,
           c.created_at,
           (select json_group_array(json_object('invoice', i.number, 'amount', l.amount_minor))
              from plans l join invoices i on i.id = l.invoice_id where l.charge_id = c.id) as plan,
           (select json_group_array(json_object('invoice', i.number, 'amount', l.amount_minor, 'open', i.open_minor))
              from allocations l join invoices i on i.id = l.invoice_id where l.credit_id = m.id) as allocations,
           (select json_group_array(json_object('mail', id, 'to', recipient, 'state', state))
              from mails where payment_id = p.id) as mail
         from charges c join attempts a on a.charge_id = c.id join customers o on o.id = c.customer_id
         join cards k on k.id = c.card_id left join payments p on p.attempt_id = a.id
         left join credits m on m.payment_id = p.id order by c.id desc",
    ),
    (
        "refund list",
        "select r.id, a.state, o.code, r.payment_id, r.amount_minor, r.currency, r.is_void, k.brand, k.last4, a.gateway,
           a.account, a.reference, a.gateway_id, a.sends, a.decline_code, a.note, r.because, r.refunded_on, r.created_at,
           (select sum(amount_minor) from given_back where refund_id = r.id) as given_back,
           (select json_group_array(json_object('invoice', i.number, 'amount', s.amount_minor))
              from refund_shares s left join invoices i on i.id = s.invoice_id where s.refund_id = r.id) as reopens,
           (select json_group_array(json_object('mail', id, 'to', recipient, 'state', state))
              from mails where payment_id = r.payment_id and event = 'refund:RF-' || r.id) as mail
         from refunds r join attempts a on a.refund_id = r.id join payments p on p.id = r.payment_id
         join customers o on o.id = p.customer_id join attempts t on t.id = p.attempt_id
         join charges c on c.id = t.charge_id join cards k on k.id = c.card_id order by r.id desc",
    ),
];

/// Every fifth invoice was paid in part by a charge, and a part of each such payment was given back.
pub fn write(path: &Path, invoices: u32) {
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
    let (customers, charges) = (invoices / 10, invoices / 5);
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "begin;
             with recursive n(n) as (select 1 union all select n + 1 from n where n < {customers})
             insert into customers (code, name, same_name, email, terms, created_at)
             select printf('C%06d', n), 'Customer ' || n, 'customer ' || n, 'ap@c' || n || '.example', 'net 30',
               '2026-01-01T00:00:00Z' from n;
             insert into cards (customer_id, gateway, account, token, brand, last4, created_at)
             select id, 'sandbox', 'sandbox', 'card-' || id, 'visa', '4242', created_at from customers;
             insert into authorizations (card_id, scope, given_by, how, recorded_at)
             select id, 'any', 'A', 'form', created_at from cards;
             with recursive n(n) as (select 1 union all select n + 1 from n where n < {invoices})
             insert into invoices (number, customer_id, currency, total_minor, open_minor, issued_on, due_on, memo,
               created_at)
             select printf('INV-%07d', n), 1 + n % {customers}, 'USD', 10000 + n, iif(n % 4, 10000 + n, 0),
               date('2024-01-01', '+' || (n * 7919 % 900) || ' days'),
               date('2024-01-31', '+' || (n * 7919 % 900) || ' days'), iif(n % 3, null, 'order ' || n),
               '2026-01-01T00:00:00Z' from n;
             insert into charges (customer_id, card_id, authorization_id, amount_minor, currency, intent, wants_mail,
               charged_on, created_at)
             select customer_id, customer_id, customer_id, 500, 'USD', 'of ' || id, 1, '2026-11-02',
               '2026-11-02T00:00:00Z' from invoices where open_minor > 0 order by id limit {charges};
             insert into plans (charge_id, line, invoice_id, amount_minor)
             select c.id, 1, i.id, 400 from charges c join invoices i on i.id = substr(c.intent, 4);
             insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, sends, first_sent_at, gateway_id, prepared_at, changed_at)
             select id, 1, 'sandbox', 'sandbox', 'card-' || card_id, 500, 'USD', id, id, x'00', printf('%064d', id),
               'succeeded', 1, created_at, 'tx-' || id, created_at, created_at from charges;
             insert into payments (customer_id, method, amount_minor, currency, received_on, attempt_id, created_at)
             select c.customer_id, 'card', 500, 'USD', c.charged_on, a.id, c.created_at
               from charges c join attempts a on a.charge_id = c.id order by c.id;
             insert into credits (payment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
             select id, customer_id, 500, 'USD', 500, received_on, created_at from payments order by id;
             insert into allocations (credit_id, invoice_id, amount_minor, allocated_on, allocated_at)
             select k.id, l.invoice_id, 400, k.credited_on, k.created_at from credits k join payments p on p.id = k.payment_id
               join attempts a on a.id = p.attempt_id join plans l on l.charge_id = a.charge_id order by k.id;
             insert into mails (event, recipient, payment_id, subject, text, html, message_id, state, sent_at, written_at)
             select 'confirmation:' || id, 'ap@c' || customer_id || '.example', id, 's', 't', 'h', id, 'sent',
               created_at, created_at from payments;
             insert into refunds (payment_id, amount_minor, currency, is_void, intent, wants_mail, refunded_on, created_at)
             select id, 50, 'USD', 0, 'back ' || id, 1, received_on, created_at from payments order by id;
             insert into refund_shares (refund_id, line, amount_minor) select id, 0, 50 from refunds;
             insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, sends, first_sent_at, gateway_id, prepared_at, changed_at)
             select id, 1, 'sandbox', 'sandbox', 'tx-' || id, 50, 'USD', 'r' || id, 'r' || id, x'00',
               printf('%064d', id), 'succeeded', 1, created_at, 'back-' || id, created_at, created_at from refunds;
             insert into given_back (refund_id, credit_id, amount_minor, given_on, given_at)
             select r.id, k.id, 50, r.refunded_on, r.created_at from refunds r join credits k on k.payment_id = r.payment_id;
             insert into mails (event, recipient, payment_id, subject, text, html, message_id, state, sent_at, written_at)
             select 'refund:RF-' || r.id, 'ap@c' || p.customer_id || '.example', p.id, 's', 't', 'h', 'r' || r.id, 'sent',
               r.created_at, r.created_at from refunds r join payments p on p.id = r.payment_id;
             commit;"
        ))
        .unwrap();
}

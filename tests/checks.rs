//! `dues check` against broken books: each rule is broken by hand and must be named.
//!
//! The book itself refuses most tampering, so what guards it is taken off
//! first: triggers, checks, foreign keys, and where it must be, a table's own
//! constraints.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dues::books::{
    Books, Bounce, Hand, Login, NewAttempt, NewBook, NewCharge, NewMail, NewPayment, NewRefund, Tx,
    Violation, rules,
};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::card::{Card, CardFacts};
use dues::domain::charge::{Event, State, Verdict};
use dues::domain::customer::Customer;
use dues::domain::decline::{Class, Decline};
use dues::domain::gateway_account::{GatewayAccount, Mode};
use dues::domain::ids::{AttemptName, BookId, ChargeId, InvoiceId, PaymentId, ReceiptId, RefundId};
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::journal::Entry;
use dues::domain::money::{Currency, Money};
use dues::domain::outbox::Wording;
use dues::domain::payment::{Method, Receipt};
use dues::domain::purpose::Purpose;
use dues::domain::refund::{RefundShare, TakenFrom};
use dues::domain::spread::{Share, Spread};
use dues::problem::Result;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap() + SignedDuration::from_mins(minute)
}

/// The book as any other program would open it.
#[expect(clippy::disallowed_methods, reason = "a book broken by hand")]
fn by_hand(book: &Path) -> Connection {
    Connection::open(book).unwrap()
}

/// A book in which everything has happened once: ACME has a charge that
/// succeeded (CH-1), one that was declined (CH-2), one that was not made
/// (CH-3) and one whose outcome is unknown (CH-4), which wants INV-3 and
/// INV-4, the latter from what CH-1 left unapplied; of CH-1's money 10.00 were
/// given back (RF-1) and the bank sent them back; INV-5 is void, INV-6 was
/// imported half paid. ROSA has a card and an invoice (R-1) of her own.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let new = NewBook {
            id: BookId("00112233445566778899aabbccddeeff".into()),
            name: "Tulip Wholesale".into(),
            currency: Currency::parse("USD").unwrap(),
            zone: "America/New_York".into(),
            gateway: "sandbox".into(),
            mode: Mode::Test,
        };
        let mut books = Books::create(&shop.book(), &hand(), &new, at(0)).unwrap();
        books.write(&hand(), at(1), customers).unwrap();
        books.write(&hand(), at(2), invoices).unwrap();
        let taken = |id: &str| Event::Heard(Verdict::Taken { id: id.into() });
        let charges: [(&[Wanted], _, Option<&str>); 4] = [
            (&[(1, None)], taken("sbx_1"), None),
            (&[(2, None)], Event::Heard(Verdict::Declined), None),
            (&[(2, None)], Event::NeverLeft, Some("the line was down")),
            (
                &[(3, None), (4, Some(2))],
                Event::Heard(Verdict::Silence),
                Some("no answer"),
            ),
        ];
        for (n, (shares, event, note)) in (1..).zip(charges) {
            books
                .write(&hand(), at(10 * n), |tx| prepare(tx, ChargeId(n), shares))
                .unwrap();
            books
                .write(&hand(), at(10 * n + 1), |tx| {
                    settle(tx, ChargeId(n), &Event::Sent, None)
                })
                .unwrap();
            books
                .write(&hand(), at(10 * n + 2), |tx| {
                    settle(tx, ChargeId(n), &event, note)
                })
                .unwrap();
            if n == 1 {
                books.write(&hand(), at(13), prepare_refund).unwrap();
                for (minute, event) in [(14, Event::Sent), (15, taken("sbx_re_1"))] {
                    let step = |tx: &Tx<'_>| {
                        let attempt = tx.read().refund(RefundId(1))?.attempt;
                        Ok(tx.step(&attempt, &event, None, None)?)
                    };
                    books.write(&hand(), at(minute), step).unwrap();
                }
                let back = |tx: &Tx<'_>| {
                    tx.take_back(
                        &tx.read().refund(RefundId(1))?,
                        usd(10_00),
                        date(2026, 11, 25),
                    )
                };
                books.write(&hand(), at(16), back).unwrap();
                books.write(&hand(), at(17), received).unwrap();
            }
        }
        books.close().unwrap();
        shop
    }

    fn book(&self) -> PathBuf {
        self.folder.path().join("book.db")
    }

    /// A copy of the book with nothing that guards it, and `sql` done to it.
    fn broken_by(&self, sql: &str) -> PathBuf {
        let copy = self.folder.path().join("broken.db");
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{end}", copy.display()));
        }
        fs::copy(self.book(), &copy).unwrap();
        let book = by_hand(&copy);
        book.execute_batch(
            "pragma foreign_keys = off; pragma ignore_check_constraints = on; pragma legacy_alter_table = on;",
        )
        .unwrap();
        let guards = "select 'drop trigger ' || name || ';' from sqlite_schema where type = 'trigger'
             union all
             select 'drop index ' || name || ';' from sqlite_schema where type = 'index' and sql like 'create unique%'";
        let guards: Vec<String> = book
            .prepare(guards)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(rusqlite::Result::unwrap)
            .collect();
        book.execute_batch(&guards.concat()).unwrap();
        book.execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        copy
    }
}

/// An invoice, and the payment whose unapplied money is to pay it.
type Wanted = (i64, Option<i64>);

fn customers(tx: &Tx<'_>) -> Result<()> {
    tx.log_in(&Login {
        account: GatewayAccount::new("sandbox", "sandbox"),
        source: "none".into(),
    })?;
    for (code, token) in [("ACME", "tok_acme"), ("ROSA", "tok_rosa")] {
        let id = tx.add_customer(code, code, None, 30)?;
        let facts = CardFacts {
            token: token.into(),
            brand: "visa".into(),
            last4: "4242".into(),
            expiry: None,
        };
        let card = tx.add_card(
            &tx.read().customer(id)?,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts,
            None,
        )?;
        let consent = Authorization {
            scope: Scope::Any,
            ceiling: None,
            until: None,
            given_by: "A. Cme".into(),
            how: "signed form".into(),
            recorded_at: tx.at(),
        };
        tx.authorize_card(&tx.read().card(card)?, &consent)?;
    }
    Ok(())
}

fn invoice(number: &str) -> NewInvoice {
    NewInvoice {
        terms: None,
        po_number: None,
        number: InvoiceNumber::parse(number).unwrap(),
        total: usd(100_00),
        issued_on: date(2026, 1, 1),
        due_on: date(2026, 1, 31),
        memo: Some("tulips".into()),
    }
}

fn acme(tx: &Tx<'_>) -> Result<(Customer, Card)> {
    let customer = tx.read().find_customer("ACME")?;
    let card = tx.read().find_card(&customer, None)?;
    Ok((customer, card))
}

fn invoices(tx: &Tx<'_>) -> Result<()> {
    let (customer, _) = acme(tx)?;
    for number in ["INV-1", "INV-2", "INV-3", "INV-4", "INV-5"] {
        tx.add_invoice(&customer, &invoice(number))?;
    }
    let void = tx.read().find_invoice("INV-5", None)?;
    tx.void_invoice(&void, "typed twice")?;
    let import = tx.begin_import("old.csv", &"0".repeat(64), 1)?;
    let imported = tx.add_imported_invoice(import, &customer, &invoice("INV-6"))?;
    tx.add_opening_payment(&customer, imported, usd(50_00), date(2026, 1, 15))?;
    let rosa = tx.read().find_customer("ROSA")?;
    tx.add_invoice(&rosa, &invoice("R-1"))?;
    Ok(())
}

/// ROSA's check (PAY-3) is deposited (DEP-1); a wire without a name (UR-1)
/// is hers too (PAY-4), and comes back.
fn received(tx: &Tx<'_>) -> Result<()> {
    let rosa = tx.read().find_customer("ROSA")?;
    let check = tx.receive(&NewPayment {
        customer: rosa.id,
        method: Method::Check,
        amount: usd(10_00),
        received_on: date(2026, 11, 1),
        reference: Some("8841"),
        memo: None,
    })?;
    let check = tx.read().payment(check)?;
    tx.add_deposit(&[check], usd(10_00), date(2026, 11, 2), None)?;
    let wire = tx.receive_unidentified(&Receipt {
        id: ReceiptId(0),
        method: Method::Wire,
        amount: usd(10_00),
        received_on: date(2026, 11, 3),
        reference: None,
        payer: Some("R. Osa".into()),
        memo: None,
        payment: None,
    })?;
    let wire = tx.identify(&tx.read().receipt(wire)?, &rosa)?;
    let bounce = Bounce {
        because: "recalled".into(),
        fee: None,
        on: date(2026, 11, 4),
    };
    tx.bounce(&tx.read().payment(wire)?, &bounce)?;
    Ok(())
}

/// A charge of 150.00 that wants 100.00 of each invoice it names from the
/// card, 40.00 where it names a payment.
fn prepare(tx: &Tx<'_>, charge: ChargeId, wanted: &[Wanted]) -> Result<()> {
    let (customer, card) = acme(tx)?;
    let authorization = tx.read().consent(card.id)?.unwrap().id;
    let shares = wanted.iter().map(|(invoice, payment)| Share {
        invoice: InvoiceId(*invoice),
        number: format!("INV-{invoice}"),
        amount: usd(if payment.is_some() { 40_00 } else { 100_00 }),
        from: payment.map(|id| {
            let payment = tx.read().payment(PaymentId(id));
            payment.expect("the payment is there").credit.name
        }),
    });
    let spread = Spread {
        charged: usd(150_00),
        shares: shares.collect(),
        unapplied: usd(50_00),
    };
    let (id, intent) = tx.add_charge(&NewCharge {
        intent: None,
        customer: &customer,
        card: &card,
        authorization,
        spread: &spread,
        request: None,
        memo: None,
        wants_mail: false,
        on: date(2026, 11, 22),
    })?;
    assert_eq!(id, charge);
    let book = tx.read().facts()?.id;
    let name = AttemptName::of(&book, &intent, customer.id, 1);
    tx.prepare(&NewAttempt {
        purpose: Purpose::Take(id),
        n: 1,
        card: &card,
        token: &card.facts.token,
        amount: usd(150_00),
        name: &name,
        request: b"charge it",
        witnessed: true,
    })?;
    Ok(())
}

/// 10.00 of INV-1 are given back.
fn prepare_refund(tx: &Tx<'_>) -> Result<()> {
    let (customer, card) = acme(tx)?;
    let (id, intent) = tx.add_refund(&NewRefund {
        payment: &tx.read().payment(PaymentId(2))?,
        amount: usd(10_00),
        shares: &[RefundShare {
            from: TakenFrom::Invoice {
                id: InvoiceId(1),
                number: "INV-1".into(),
            },
            amount: usd(10_00),
        }],
        is_void: false,
        because: Some("wilted"),
        wants_mail: false,
        on: date(2026, 11, 22),
    })?;
    tx.prepare(&NewAttempt {
        purpose: Purpose::GiveBack(id),
        n: 1,
        card: &card,
        token: &card.facts.token,
        amount: usd(10_00),
        name: &AttemptName::of(&tx.read().facts()?.id, &intent, customer.id, 1),
        request: b"give it back",
        witnessed: true,
    })?;
    Ok(())
}

fn settle(tx: &Tx<'_>, charge: ChargeId, event: &Event, note: Option<&str>) -> Result<()> {
    let attempt = tx.read().charge(charge)?.attempt;
    let decline = Decline {
        class: Class::Soft,
        code: "insufficient_funds".into(),
        message: "not enough money".into(),
        advice: None,
        id: None,
        reference: None,
    };
    let is_no = *event == Event::Heard(Verdict::Declined);
    let step = tx.step(&attempt, event, is_no.then_some(&decline), note)?;
    if let Some(payment) = step.payment {
        tx.queue_mail(&NewMail {
            event: format!("confirmation:{payment}"),
            to: "ap@acme.example".into(),
            customer: Some(tx.read().charge(charge)?.customer),
            payment: Some(payment),
            wording: Wording {
                subject: "Paid".into(),
                text: "Paid, thank you.".into(),
                html: "<p>Paid, thank you.</p>".into(),
            },
        })?;
    }
    Ok(())
}

fn found_in(book: &Path) -> Vec<Violation> {
    let books = Books::open(book).unwrap();
    books.read().violations().unwrap()
}

fn found_open_in(book: &Path) -> Vec<Violation> {
    let books = Books::open(book).unwrap();
    books.read().violations_of_what_is_open().unwrap()
}

fn names(found: &[Violation], rule: &str, row: &str) -> bool {
    found
        .iter()
        .any(|one| one.rule == rule && one.row.contains(row))
}

/// A second attempt of CH-n, as no program of ours would write it.
const SECOND: &str = "insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key,
    reference, request, request_sha256, state, prepared_at, changed_at, gateway_id)
  select charge_id, 2, gateway, account, token, amount_minor, currency, 'other key', 'other', request,
    request_sha256, state, prepared_at, changed_at, 'sbx_9' from attempts where charge_id = ";

/// A schedule of ACME's with one occurrence; the charges of it follow.
const DUE: &str = "insert into schedules (id, customer_id, kind, on_account, use_credits, is_locked, first_on, month_day,
    at, zone, wants_mail, planned_at)
  values (1, 1, 'all_due', 0, 0, 0, '2026-11-23', 23, '09:00', 'UTC', 1, '2026-11-22T10:00:00Z');
  insert into occurrences (id, schedule_id, planned_on, due_on, at, state, changed_at)
  values (1, 1, '2026-11-23', '2026-11-23', '09:00', 'charging', '2026-11-22T10:00:00Z');
  insert into occurrence_charges (occurrence_id, n, charge_id) values ";

/// A dispute of CH-1's money that took none of it.
const DISPUTE: &str = "insert into disputes (id, payment_id, amount_minor, currency, fee_minor, reason, opened_on, opened_at)
   values (1, 2, 20_00, 'USD', 0, 'duplicate', '2026-11-22', '2026-11-22T10:00:00Z');
 insert into dispute_shares values (1, 0, null, 20_00);";

/// A refund of 30.00 of PAY-2, whose outcome is unknown (RF-2): 10.00 that pay
/// nothing, 20.00 of INV-1.
const REFUND: &str =
    "insert into refunds (id, payment_id, amount_minor, currency, is_void, intent, wants_mail, refunded_on, created_at)
  values (2, 2, 30_00, 'USD', 0, 'RF-2', 0, '2026-11-22', '2026-11-22T10:00:00Z');
  insert into refund_shares (refund_id, line, invoice_id, amount_minor) values (2, 0, null, 10_00), (2, 1, 1, 20_00);
  insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key, reference, request,
    request_sha256, state, prepared_at, changed_at)
  select 2, 1, gateway, account, token, 30_00, currency, 'key of RF-2', 'RF-2', request, request_sha256, 'unknown',
    prepared_at, changed_at from attempts where charge_id = 1;";

/// What is done to the book, the rule that must be named, by which row, and
/// whether the look before a charge must name it too.
const BROKEN: &[(&str, &str, &str, bool)] = &[
    ("insert into invoices (id, number, customer_id, currency, total_minor, open_minor, issued_on, due_on, memo, import_id,
        voided_at, void_reason, created_at) select 99, 'INV-99', customer_id, currency, total_minor, 0, issued_on, due_on,
        memo, import_id, '2026-11-22T10:00:00Z', 'because', created_at from invoices where id = 2", "FILE", "CHECK", true),
    ("update plans set credit_id = 77 where credit_id is not null", "LINK", "plans", true),
    ("delete from cards where id = 1", "LINK", "charges row", true),
    ("update invoices set currency = 'X!X' where id = 2", "READ", "INV12", false),
    ("SECOND 1", "INV01", "CH-1", false),
    ("SECOND 4", "INV01", "CH-4", true),
    ("delete from payments where method = 'card'", "INV02", "CH-1", false),
    ("update attempts set state = 'unknown' where charge_id = 1", "INV03", "PAY-2", false),
    ("update payments set amount_minor = 149_99 where id = 2", "INV04", "CH-1", false),
    ("update payments set customer_id = 2 where id = 2", "INV04", "CH-1", false),
    ("update charges set amount_minor = 1_00 where id = 4", "INV04", "CH-4", true),
    ("update charges set currency = 'EUR' where id = 4", "INV04", "CH-4", true),
    ("update credits set open_minor = 49_00 where payment_id = 2", "INV05", "PAY-2", true),
    ("insert into allocations values (99, 2, 1, 200_00, '2026-11-22', '2026-11-22T10:00:00Z');
      update credits set open_minor = -150_00 where payment_id = 2", "INV05", "PAY-2", true),
    ("insert into allocations values (99, 2, 2, -1, '2026-11-22', '2026-11-22T10:00:00Z')", "INV06", "PAY-2", false),
    ("update invoices set open_minor = 99_00 where id = 2", "INV07", "INV-2", false),
    ("update invoices set open_minor = 99_00 where id = 3", "INV07", "INV-3", true),
    ("update invoices set open_minor = -1 where id = 1", "INV07", "INV-1", false),
    ("update invoices set open_minor = 0 where id = 5", "INV08", "INV-5", false),
    ("insert into allocations values (99, 2, 5, 1_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV08", "INV-5", false),
    ("insert into allocations select 99, 2, id, 1_00, '2026-11-22', '2026-11-22T10:00:00Z' from invoices where number = 'R-1'", "INV09", "PAY-2", false),
    ("insert into allocations values (99, 2, 3, 1_00, '2026-11-22', '2026-11-22T10:00:00Z'); update credits set currency = 'EUR' where payment_id = 2",
        "INV09", "PAY-2", true),
    ("update invoices set currency = 'EUR' where id = 1", "INV12", "PAY-2 applied to INV-1", false),
    ("insert into allocations values (99, 2, 1, 0, '2026-11-22', '2026-11-22T10:00:00Z')", "INV13", "PAY-2 applied to INV-1", false),
    ("update invoices set total_minor = 0, open_minor = 0 where id = 2", "INV13", "invoice INV-2", false),
    ("update payments set attempt_id = 77 where id = 2", "INV14", "PAY-2", false),
    ("update invoices set open_minor = 60_00 where id = 6", "INV15", "ACME: 350.00 USD owed by the journal, 360.00 USD by its invoices", false),
    ("update credits set open_minor = 60_00 where payment_id = 2", "INV15", "ACME: 50.00 USD unapplied by the journal, 60.00 USD by its credits", false),
    ("update invoices set voided_at = '2026-11-22T10:00:00Z', voided_on = '2026-11-22', void_reason = 'x' where id = 6", "INV15", "ACME: 250.00 USD owed by the journal", false),
    ("LOOSE mails; insert into mails select * from mails", "INV16", "confirmation:PAY-2", false),
    ("update charges set authorization_id = 2 where id = 1", "INV17", "CH-1", false),
    ("update charges set authorization_id = 2 where id = 4", "INV17", "CH-4", true),
    ("LOOSE attempts; update attempts set key = 'one' where charge_id <= 2", "INV18", "CH-2", false),
    ("LOOSE attempts; update attempts set key = 'one' where charge_id in (1, 4)", "INV18", "CH-4", true),
    ("delete from audit where seq = 3", "INV19", "before log row 4", true),
    ("delete from audit", "INV19", "the whole log", true),
    ("update audit set actor = 'x' where seq = 2", "INV20", "log row 2", true),
    ("update audit set at = 'yesterday' where seq = 2", "INV20", "log row 2", false),
    ("update audit set prev = 'x' where seq = 1", "INV20", "log row 1", true),
    ("update attempts set note = null where charge_id = 3", "INV21", "CH-3", false),
    ("update invoices set memo = 'card 4111 1111 1111 1111' where id = 2", "INV22", "invoices.memo row 2", false),
    ("create table later (a, b text); insert into later values (1, 'x'), ('4111111111111111', 'y')",
        "INV22", "later.a row 2", false),
    ("create table \"a \"\" b\" (k text primary key) without rowid; insert into \"a \"\" b\" values ('4242-4242-4242-4242')",
        "INV22", "a \" b.k row 1", false),
    ("update plans set amount_minor = 101_00 where charge_id = 4 and credit_id is null", "INV23", "INV-3", true),
    ("update plans set amount_minor = 51_00 where credit_id is not null", "INV23", "PAY-2", true),
    ("update plans set amount_minor = 151_00 where charge_id = 1", "INV24", "CH-1", false),
    ("update plans set amount_minor = 151_00 where charge_id = 4 and credit_id is null", "INV24", "CH-4", true),
    ("update charges set card_id = 2 where id = 1", "INV25", "CH-1", false),
    ("update charges set card_id = 2 where id = 4", "INV25", "CH-4", true),
    ("update attempts set token = 'tok_rosa' where charge_id = 1", "INV26", "CH-1", false),
    ("update attempts set token = 'tok_rosa' where charge_id = 4", "INV26", "CH-4", true),
    ("update plans set invoice_id = 7 where charge_id = 1", "INV27", "CH-1", false),
    ("update plans set invoice_id = 7 where charge_id = 4", "INV27", "CH-4", true),
    ("update attempts set request = x'00' where charge_id = 1", "INV28", "CH-1", false),
    ("update attempts set request = x'00' where charge_id = 4", "INV28", "CH-4", true),
    ("delete from audit where seq > 17", "INV29", "PAY-2", false),
    ("delete from audit where seq = (select max(seq) from audit)", "INV29", "CH-4", true),
    ("DUE (1, 1, 2), (1, 2, 4), (1, 3, 1)", "INV30", "S-1 2026-11-23", true),
    ("DUE (1, 1, 1), (1, 2, 4)", "INV30", "S-1 2026-11-23", true),
    ("DUE (1, 1, 2); update occurrences set state = 'paid'", "INV31", "S-1 2026-11-23", false),
    ("DUE (1, 1, 1); update occurrences set state = 'skipped', reason = 'x'", "INV31", "S-1 2026-11-23", false),
    ("DUE (1, 1, 1); update schedules set customer_id = 2", "INV32", "CH-1", false),
    ("update credits set amount_minor = 49_00 where payment_id = 1", "INV33", "PAY-1", false),
    ("update credits set customer_id = 2 where payment_id = 2", "INV33", "PAY-2", true),
    ("delete from credits where payment_id = 1", "INV33", "PAY-1", false),
    ("insert into credits (id, payment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
        select 9, null, customer_id, amount_minor, currency, open_minor, credited_on, created_at
        from credits where id = 1", "INV33", "CR-9", false),
    ("update payments set deposit_id = 1 where id = 1", "INV37", "DEP-1", false),
    ("update deposits set currency = 'EUR'", "INV37", "DEP-1", false),
    ("update receipts set amount_minor = 9_99", "INV38", "UR-1", false),
    ("update payments set receipt_id = 1 where id = 1", "INV38", "UR-1", false),
    ("update reversals set amount_minor = 9_99 where bounce_id = 1", "INV39", "PAY-4", false),
    ("update deposits set created_at = '2026-11-22T10:00:00Z'", "INV29", "DEP-1", false),
    ("REFUND; delete from refunds where id = 2", "LINK", "refunds", true),
    ("REFUND; insert into attempts (refund_id, n, gateway, account, token, amount_minor, currency, key, reference, request,
        request_sha256, state, prepared_at, changed_at, gateway_id)
      select refund_id, 2, gateway, account, token, amount_minor, currency, 'k', 'r', request, request_sha256,
        'succeeded', prepared_at, changed_at, 'sbx_9' from attempts where refund_id = 2", "INV01", "RF-2", true),
    ("REFUND; update attempts set refund_id = null, charge_id = 9, state = 'succeeded' where refund_id = 2",
        "INV02", "CH-9", false),
    ("REFUND; update payments set attempt_id = (select id from attempts where refund_id = 2) where id = 2",
        "INV03", "PAY-2", false),
    ("REFUND; update attempts set amount_minor = 29_00 where refund_id = 2", "INV04", "RF-2", true),
    ("REFUND; update attempts set account = 'other' where refund_id = 2", "INV04", "RF-2", true),
    ("REFUND; insert into given_back values (9, 2, 2, 1_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV05", "PAY-2", true),
    ("REFUND; update refunds set amount_minor = 151_00 where id = 2", "INV10", "PAY-2", true),
    ("REFUND; insert into given_back values (9, 2, 2, 121_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV10", "PAY-2", true),
    ("REFUND; update attempts set state = 'succeeded' where refund_id = 2;
      insert into given_back values (9, 2, 2, 151_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV10", "PAY-2", false),
    ("REFUND; insert into given_back values (9, 2, 2, 0, '2026-11-22', '2026-11-22T10:00:00Z')", "INV13", "RF-2", false),
    ("insert into attachments (id, invoice_id, name, sha256, bytes, attached_at)
      values (1, 1, 'note.pdf', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 9, '2026-11-22T10:00:00Z')", "INV36", "ATT-1", false),
    ("DISPUTE;", "INV11", "DSP-1", false),
    ("DISPUTE; insert into reversals (credit_id, amount_minor, dispute_id, reversed_on, reversed_at)
      values (2, 20_00, 1, '2026-11-22', '2026-11-22T10:00:00Z'); update disputes set outcome = 'won'", "INV11", "DSP-1", false),
    ("DISPUTE; insert into reversals (credit_id, amount_minor, dispute_id, reversed_on, reversed_at)
      values (2, 20_00, 1, '2026-11-22', '2026-11-22T10:00:00Z'); update dispute_shares set amount_minor = 1", "INV11", "DSP-1", false),
    ("DISPUTE; update disputes set outcome = 'won'", "INV11", "DSP-1", false),
    ("DISPUTE; insert into reversals (credit_id, amount_minor, dispute_id, reversed_on, reversed_at)
      values (2, 150_01, 1, '2026-11-22', '2026-11-22T10:00:00Z')", "INV11", "PAY-2", false),
    ("REFUND; update attempts set state = 'not_made', sends = 1 where refund_id = 2", "INV21", "RF-2", false),
    ("REFUND; update refund_shares set amount_minor = 10_01 where invoice_id is null and refund_id = 2", "INV23", "PAY-2", true),
    ("REFUND; update attempts set request = x'00' where refund_id = 2", "INV28", "RF-2", true),
    ("REFUND; insert into given_back values (9, 2, 2, 1_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV29", "RF-2", false),
    ("REFUND; insert into given_back values (9, 2, 2, 30_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV34", "RF-2", false),
    ("REFUND; update attempts set state = 'succeeded' where refund_id = 2", "INV34", "RF-2", false),
    ("REFUND; insert into given_back values (9, 2, 2, -1_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV34", "RF-2", false),
    ("REFUND; update refund_shares set amount_minor = 19_00 where invoice_id = 1 and refund_id = 2", "INV35", "RF-2", true),
    ("REFUND; update refund_shares set amount_minor = 101_00 where invoice_id = 1 and refund_id = 2; update refunds set amount_minor = 111_00 where id = 2",
        "INV35", "RF-2", true),
    ("insert into adjustments values (1, 2, 'write_off', null, 1_00, 'USD', 'x', '2026-11-22', '2026-11-22T10:00:00Z');
      insert into credits (id, adjustment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
      values (9, 1, 1, 1_00, 'USD', 1_00, '2026-11-22', '2026-11-22T10:00:00Z')", "INV50", "ADJ-1", false),
    ("insert into payments (id, customer_id, method, amount_minor, currency, received_on, moved_from_id, created_at)
      select 9, 2, method, amount_minor, currency, received_on, 1, created_at from payments where id = 1",
        "INV51", "PAY-9", false),
    ("insert into reversals (credit_id, amount_minor, moved_to_id, reversed_on, reversed_at)
      values (1, 1_00, 1, '2026-11-22', '2026-11-22T10:00:00Z')", "INV51", "PAY-1", false),
    ("update invoices set corrects_id = 2 where id = 3", "INV52", "INV-2", false),
    ("insert into merges values (1, 1, 2, 'twice', '2026-11-22T10:00:00Z')", "INV53", "ACME", false),
];

/// The short words of the table, written out.
fn tampering(words: &str) -> String {
    if let Some(charge) = words.strip_prefix("SECOND ") {
        return format!("{SECOND}{charge}");
    }
    if let Some(rest) = words.strip_prefix("REFUND;") {
        return format!("{REFUND}{rest}");
    }
    if let Some(rest) = words.strip_prefix("DISPUTE;") {
        return format!("{DISPUTE}{rest}");
    }
    if let Some(charges) = words.strip_prefix("DUE ") {
        return format!("{DUE}{charges}");
    }
    match words.strip_prefix("LOOSE ").and_then(|rest| rest.split_once(';')) {
        // The same rows with none of the constraints.
        Some((table, rest)) => format!(
            "create table loose as select * from {table}; drop table {table}; alter table loose rename to {table};
             create unique index ids on {table} (id); {rest}"
        )
        .replace("create unique index ids on mails (id);", ""),
        None => words.to_owned(),
    }
}

#[test]
fn a_book_in_which_everything_happened_breaks_no_rule() {
    let shop = Shop::new();

    let (all, open) = (found_in(&shop.book()), found_open_in(&shop.book()));

    assert_eq!((all, open), (vec![], vec![]));
    // And not because nothing is there.
    let books = Books::open(&shop.book()).unwrap();
    let states: Vec<State> = books
        .read()
        .charges(None)
        .unwrap()
        .iter()
        .map(|charge| charge.attempt.state)
        .collect();
    assert_eq!(
        states,
        [
            State::Unknown,
            State::NotMade,
            State::Declined,
            State::Succeeded
        ]
    );
}

/// Taking the guards off breaks nothing by itself.
#[test]
fn a_book_without_guards_breaks_no_rule() {
    let shop = Shop::new();

    let found = found_in(&shop.broken_by(""));

    assert_eq!(found, []);
}

#[test]
fn whatever_is_broken_is_named() {
    let shop = Shop::new();
    for (words, rule, row, is_open) in BROKEN {
        let book = shop.broken_by(&tampering(words));

        let found = found_in(&book);
        let open = found_open_in(&book);

        assert!(
            names(&found, rule, row),
            "{words}: {rule} {row}: {found:#?}"
        );
        assert_eq!(
            names(&open, rule, row),
            *is_open,
            "{words}: {rule} {row}: {open:#?}"
        );
        for one in found.iter().chain(&open) {
            assert!(one.advice.ends_with('.'), "{one:?}");
            assert!(!one.advice.contains("ROW"), "{one:?}");
        }
    }
}

/// A new rule that nobody tried to break fails here.
#[test]
fn every_rule_is_tried() {
    let tried: BTreeSet<&str> = BROKEN.iter().map(|(_, rule, ..)| *rule).collect();

    let all: Vec<&str> = rules().iter().map(|rule| rule.number).collect();

    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), tried);
    assert_eq!(all.len(), tried.len(), "a number stands for one rule");
}

/// The rules are written down where a person looks a number up.
#[test]
fn every_rule_is_in_the_docs() {
    let docs = include_str!("../docs/check.md");

    let listed: Vec<(&str, &str)> = docs
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            Some((cells.next()?, cells.next()?.trim_end_matches(" |")))
        })
        .skip(1)
        .collect();

    let expected: Vec<(&str, &str)> = rules()
        .iter()
        .map(|rule| (rule.number, rule.says))
        .collect();
    assert_eq!(listed, expected);
}

/// A bad sector, not a person: one bit of one letter of the log.
#[test]
fn a_flipped_bit_in_the_text_of_the_log_is_found() {
    let shop = Shop::new();
    let mut bytes = fs::read(shop.book()).unwrap();
    let text = b"typed twice\"";
    let place = bytes
        .windows(text.len())
        .position(|window| window == text)
        .unwrap();
    bytes[place] ^= 1;
    fs::write(shop.book(), bytes).unwrap();

    let found = found_in(&shop.book());

    assert!(names(&found, "INV20", "log row"), "{found:?}");
}

/// Whoever changes a row knows how to make its hash; the next row remembers the old one.
#[test]
fn a_row_of_the_log_rewritten_with_its_hash_is_found_at_the_next() {
    let shop = Shop::new();
    let books = Books::open(&shop.book()).unwrap();
    let mut log = books.read().audit(None).unwrap();
    log.reverse();
    let mut row = log[4].clone();
    row.actor = "nobody@home".into();
    let sql = format!(
        "update audit set actor = '{}', hash = '{}' where seq = 5",
        row.actor,
        row.computed_hash()
    );
    let book = shop.broken_by(&sql);

    let (all, open) = (found_in(&book), found_open_in(&book));

    for found in [all, open] {
        assert!(names(&found, "INV20", "log row 6"), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

/// Half a page of zeros where rows were: SQLite itself notices.
#[test]
fn a_page_that_was_wiped_is_found() {
    let shop = Shop::new();
    let page = {
        let book = by_hand(&shop.book());
        book.query_row(
            "select rootpage from sqlite_schema where name = 'allocations'",
            [],
            |row| row.get::<_, u16>(0),
        )
        .unwrap()
    };
    let page = usize::from(page);
    let mut bytes = fs::read(shop.book()).unwrap();
    bytes[(page - 1) * 4096..page * 4096 - 2048].fill(0);
    fs::write(shop.book(), bytes).unwrap();

    let found = found_in(&shop.book());

    assert!(names(&found, "FILE", ""), "{found:?}");
    assert!(names(&found_open_in(&shop.book()), "FILE", ""));
}

/// Where it is, and never what it is.
#[test]
fn a_card_number_is_named_by_its_place_only() {
    let shop = Shop::new();
    // In a text; as the number that a row is named by; in what an error repeats.
    let book = shop.broken_by(
        "update invoices set memo = '4111111111111111' where id = 2;
         update invoices set number = '4111111111111111', open_minor = 1 where id = 3;
         update invoices set issued_on = 'on 4111 1111 1111 1111' where id = 4",
    );

    let found = found_in(&book);

    assert!(names(&found, "INV22", "invoices.memo row 2"), "{found:?}");
    assert!(names(&found, "INV22", "invoices.number row 3"), "{found:?}");
    assert!(
        names(&found, "INV07", "a row named by a card number"),
        "{found:?}"
    );
    assert!(names(&found, "READ", ""), "{found:?}");
    assert!(!format!("{found:?}").contains("4111"), "{found:?}");
}

/// The journal of the whole book, in the order in which it was booked: the
/// invoices with the void one, what was imported as paid, what CH-1 brought, and
/// what of that was given back and came back.
#[test]
fn the_journal_comes_in_the_order_of_booking() {
    let shop = Shop::new();
    let books = Books::open(&shop.book()).unwrap();
    let mut lines: Vec<String> = Vec::new();

    books
        .read()
        .each_fact(|fact| {
            let entry = Entry::of(fact);
            let postings = entry.postings.iter();
            let sides = postings.map(|one| format!("{:?} {}", one.account, one.amount));
            lines.push(format!(
                "{}  {}",
                entry.on,
                sides.collect::<Vec<_>>().join(", ")
            ));
            Ok(())
        })
        .unwrap();

    insta::assert_snapshot!(lines.join("\n"), @r#"
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(1)) 100.00 USD, Sales -100.00 USD
    2026-01-01  Receivable(CustomerId(2)) 100.00 USD, Sales -100.00 USD
    2026-11-18  Sales 100.00 USD, Receivable(CustomerId(1)) -100.00 USD
    2026-01-15  Bank(Other) 50.00 USD, Unapplied(CustomerId(1)) -50.00 USD
    2026-01-15  Unapplied(CustomerId(1)) 50.00 USD, Receivable(CustomerId(1)) -50.00 USD
    2026-11-18  Clearing("sandbox") 150.00 USD, Unapplied(CustomerId(1)) -150.00 USD
    2026-11-18  Unapplied(CustomerId(1)) 100.00 USD, Receivable(CustomerId(1)) -100.00 USD
    2026-11-18  Unapplied(CustomerId(1)) -10.00 USD, Receivable(CustomerId(1)) 10.00 USD
    2026-11-18  Unapplied(CustomerId(1)) 10.00 USD, Clearing("sandbox") -10.00 USD
    2026-11-25  Unapplied(CustomerId(1)) 10.00 USD, Receivable(CustomerId(1)) -10.00 USD
    2026-11-25  Unapplied(CustomerId(1)) -10.00 USD, Clearing("sandbox") 10.00 USD
    2026-11-03  Bank(Wire) 10.00 USD, Suspense -10.00 USD
    2026-11-01  Bank(Check) 10.00 USD, Unapplied(CustomerId(2)) -10.00 USD
    2026-11-03  Suspense 10.00 USD, Unapplied(CustomerId(2)) -10.00 USD
    2026-11-04  Unapplied(CustomerId(2)) 10.00 USD, Bank(Wire) -10.00 USD
    "#);
}

//! A book in which many charges are due at once, and the run that makes them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dues::books::{Books, Hand, Login, NewBook};
use dues::clock::SystemClock;
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::cadence::{Cadence, Ending};
use dues::domain::card::CardFacts;
use dues::domain::gateway_account::{GatewayAccount, Mode};
use dues::domain::hour::Hour;
use dues::domain::ids::{BookId, ScheduleId};
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::money::{Currency, Money};
use dues::domain::schedule::{Aim, Schedule};
use dues::gateway::stripe::Stripe;
use dues::jobs::due::Rules;
use dues::jobs::flight::{Askers, Recording};
use dues::jobs::run_due::{Limits, run_due};
use dues::jobs::{News, World};
use dues::mark::Marks;
use dues::ports::{Clock, Gateway, Gateways, Secret};
use dues::problem::Result;

fn hand() -> Hand {
    Hand {
        actor: "bench@here".into(),
        command: "bench".into(),
    }
}

/// A book with so many customers, each with a card, an invoice, and a charge
/// of it that is due now.
pub fn prepare(folder: &Path, charges: usize) {
    let now = SystemClock.now();
    let currency = Currency::parse("USD").unwrap();
    let new = NewBook {
        id: BookId("00112233445566778899aabbccddeeff".into()),
        name: "Bench".into(),
        currency,
        zone: "UTC".into(),
        gateway: "stripe".into(),
        mode: Mode::Test,
    };
    let mut books = Books::create(&super::within(folder, "book.db"), &hand(), &new, now).unwrap();
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let filled = books.write(&hand(), now, |tx| {
        tx.log_in(&Login {
            account: GatewayAccount::new("stripe", "acct_1Bench"),
            source: "file".into(),
        })?;
        for n in 0..charges {
            let id = tx.add_customer(&format!("C{n:06}"), &format!("Customer {n}"), None, 30)?;
            let customer = tx.read().customer(id)?;
            let facts = CardFacts {
                token: format!("cus_{n}/pm_{n}"),
                brand: "visa".into(),
                last4: "4242".into(),
                expiry: None,
            };
            let card = tx.add_card(
                &customer,
                &GatewayAccount::new("stripe", "acct_1Bench"),
                &facts,
                None,
            )?;
            let consent = Authorization {
                scope: Scope::Any,
                ceiling: None,
                until: None,
                given_by: "bench".into(),
                how: "bench".into(),
                recorded_at: now,
            };
            tx.authorize_card(&tx.read().card(card)?, &consent)?;
            let invoice = NewInvoice {
                terms: None,
                po_number: None,
                number: InvoiceNumber::parse(&format!("INV-{n}")).unwrap(),
                total: Money::of(100_00, currency),
                issued_on: today,
                due_on: today,
                memo: None,
            };
            tx.add_invoice(&customer, &invoice)?;
            tx.add_schedule(&Schedule {
                id: ScheduleId(0),
                customer: id,
                card: None,
                aim: Aim::AllDue,
                use_credits: false,
                is_locked: false,
                cadence: Cadence {
                    first_on: today,
                    every: None,
                    day: today.day(),
                    ends: Ending::Never,
                },
                hour: Hour::read("00:00", "UTC").unwrap(),
                memo: None,
                wants_mail: true,
                planned_at: now - jiff::SignedDuration::from_hours(48),
                ended: None,
            })?;
        }
        Ok(())
    });
    filled.unwrap();
    books.close().unwrap();
}

struct One(Arc<dyn Gateway>);

impl Gateways for One {
    fn open(&self, _: &str) -> Result<Arc<dyn Gateway>> {
        Ok(Arc::clone(&self.0))
    }
}

/// Charges all that is due; prints the milliseconds it took, the most memory,
/// and the memory after a tenth of it.
pub fn run(folder: &Path, address: &str, jobs: usize, pace: u32) {
    let key = Secret::new("sk_test_bench".into());
    let stripe = Stripe::new(key, Some(address), Mode::Test).unwrap();
    let stripe = stripe.paced(Some(if pace == 0 { 1_000_000 } else { pace }));
    let gateways = One(Arc::new(stripe));
    let books = Books::open(&super::within(folder, "book.db")).unwrap();
    let charges: u64 = books.read().schedules(None, false).unwrap().len() as u64;
    let (done, early) = (AtomicU64::new(0), AtomicU64::new(0));
    let tell = |news: &News| {
        if matches!(news, News::Ran(_)) && done.fetch_add(1, Ordering::SeqCst) == charges / 10 {
            early.store(memory_kib("VmRSS"), Ordering::SeqCst);
        }
    };
    let mut world = World {
        books,
        hand: hand(),
        clock: &SystemClock,
        gateways: &gateways,
        marks: &Marks::new(super::within(folder, "marks")),
        recording: Recording::as_promised(),
        patience: Duration::ZERO,
        tell: &tell,
    };
    let limits = Limits {
        askers: Askers::at_once(jobs),
        rules: Rules::default(),
        max_total: None,
        max_count: None,
        stop_after_declines: None,
        bad_rules: None,
        large_is_agreed: true,
        by_hand: false,
        refuse: &|_| None,
    };
    let began = Instant::now();
    let ran = run_due(&mut world, &limits).unwrap();
    let took = began.elapsed();
    assert!(ran.stopped.is_none(), "{:?}", ran.stopped);
    assert_eq!(ran.done.len() as u64, charges);
    println!(
        "{} {} {}",
        took.as_millis(),
        memory_kib("VmHWM"),
        early.load(Ordering::SeqCst)
    );
}

/// A line of `/proc/self/status`; 0 where there is none.
fn memory_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

//! A wholesaler's year, day by day, by the doors that the program uses.
//!
//! What a door refuses did not happen; that is part of a year, too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use dues::books::{Books, Hand, Login, NewBook};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::customer::NewCustomer;
use dues::domain::gateway_account::{GatewayAccount, Mode};
use dues::domain::ids::{BookId, CustomerId, DisputeId, PaymentId};
use dues::domain::money::Currency;
use dues::domain::terms::Terms;
use dues::gateway::sandbox::Sandbox;
use dues::jobs::World;
use dues::jobs::flight::Recording;
use dues::mark::Marks;
use dues::ports::{Clock, Gateway, Gateways};
use dues::problem::{Kind, Result};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::chance::Rng;
use crate::deeds::Deed;

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub customers: usize,
    pub invoices: u64,
    /// What is done at the gateway: charges, refunds, voids.
    pub at_the_gateway: u64,
}

impl Size {
    pub const WHOLE: Self = Self {
        customers: 500,
        invoices: 20_000,
        at_the_gateway: 900,
    };
    pub const SMALL: Self = Self {
        customers: 24,
        invoices: 1_200,
        at_the_gateway: 200,
    };
}

/// The year, when it is over.
pub struct Year {
    pub folder: tempfile::TempDir,
    /// How often each kind of event happened.
    pub happened: BTreeMap<&'static str, usize>,
}

/// Who does it, and what they have on their desk.
pub struct Desk {
    pub rng: Rng,
    pub happened: BTreeMap<&'static str, usize>,
    /// Whom a merge has not taken away.
    pub customers: Vec<CustomerId>,
    /// Those with a card.
    pub carded: Vec<CustomerId>,
    pub invoices: u64,
    /// How many payments there are, as far as was looked.
    pub payments: i64,
    /// Those of them that came by card.
    pub by_card: Vec<PaymentId>,
    pub disputes: Vec<DisputeId>,
}

impl Desk {
    /// Notes that something happened.
    pub fn happened(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }

    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.rng.below(most.max(1) as u64)).unwrap()
    }
}

/// A clock that stands where it was put.
struct Stopped(AtomicI64);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::Relaxed).unsigned_abs())
    }

    fn pause(&self, time: Duration) {
        self.pass(i64::try_from(time.as_secs()).unwrap() + 1);
    }
}

impl Stopped {
    fn pass(&self, secs: i64) {
        self.0.fetch_add(secs, Ordering::Relaxed);
    }
}

struct One(Arc<Sandbox>);

impl Gateways for One {
    fn open(&self, _: &str) -> Result<Arc<dyn Gateway>> {
        Ok(Arc::<Sandbox>::clone(&self.0))
    }
}

const FIRST: Date = date(2025, 1, 1);
const LAST: Date = date(2025, 12, 31);

fn morning(day: Date) -> Timestamp {
    let morning = day.at(15, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    morning.timestamp()
}

/// A year of so many customers and invoices; the same seed, the same year.
pub fn lived(seed: u64, size: Size) -> Year {
    let folder = tempfile::tempdir().unwrap();
    let clock = Stopped(AtomicI64::new(morning(FIRST).as_second()));
    let sandbox = Arc::new(Sandbox::new(folder.path().join("book.sandbox.jsonl")));
    let marks = Marks::new(folder.path().join("marks"));
    let hand = Hand {
        actor: "tester@year".into(),
        command: "test".into(),
    };
    let new = NewBook {
        id: BookId("00112233445566778899aabbccddeeff".into()),
        name: "Tulip Wholesale".into(),
        currency: Currency::parse("USD").unwrap(),
        zone: "America/New_York".into(),
        gateway: "sandbox".into(),
        mode: Mode::Test,
    };
    let path = folder.path().join("book.db");
    let mut world = World {
        books: Books::create(&path, &hand, &new, clock.now()).unwrap(),
        hand,
        clock: &clock,
        gateways: &One(Arc::clone(&sandbox)),
        marks: &marks,
        recording: Recording::as_promised(),
        patience: Duration::ZERO,
        tell: &|_| (),
    };
    let mut desk = Desk {
        rng: Rng::of(seed),
        happened: BTreeMap::new(),
        customers: Vec::new(),
        carded: Vec::new(),
        invoices: 0,
        payments: 0,
        by_card: Vec::new(),
        disputes: Vec::new(),
    };
    open_shop(&mut world, &mut desk, &sandbox, size);
    let mut day = FIRST;
    for nth in 1..=365 {
        clock.0.store(morning(day).as_second(), Ordering::Relaxed);
        begin_day(&mut world, &mut desk, day);
        let due = size.invoices * nth / 365;
        world
            .write(|tx| {
                while desk.invoices < due {
                    let deed = Deed::any(&mut desk.rng);
                    desk.does(tx, deed);
                }
                Ok(())
            })
            .unwrap();
        let before = size.at_the_gateway * (nth - 1) / 365;
        for _ in before..size.at_the_gateway * nth / 365 {
            clock.pass(700);
            desk.asks_the_gateway(&mut world);
        }
        day = day.tomorrow().unwrap();
    }
    assert_eq!(day, LAST.tomorrow().unwrap());
    world.books.close().unwrap();
    Year {
        folder,
        happened: desk.happened,
    }
}

/// What a door may say no to; anything else is a fault.
pub fn or_refused<T>(done: Result<T>) -> Option<T> {
    match done {
        Ok(done) => Some(done),
        Err(refused) => {
            let is_said = matches!(refused.kind(), Kind::Refused | Kind::Usage | Kind::Unknown);
            assert!(is_said, "{refused:?}");
            None
        }
    }
}

/// Customers: one in three has invoices in several currencies, one in four has a card.
fn open_shop(world: &mut World<'_>, desk: &mut Desk, sandbox: &Sandbox, size: Size) {
    let terms = ["net 30", "2/10 net 30", "eom+10", "prepaid", "1.5%/10 eom"];
    let at = world.now();
    let made = world.write(|tx| {
        tx.log_in(&Login {
            account: GatewayAccount::new("sandbox", "sandbox"),
            source: "none".into(),
        })?;
        for nth in 0..size.customers {
            // Two codes that differ by a hyphen only are two customers.
            let code = match nth % 10 {
                8 => format!("C-{}-EAST", nth / 10),
                9 => format!("C_{}_EAST", nth / 10),
                _ => format!("C{nth}"),
            };
            let email = format!("ap{nth}@customers.example");
            let id = tx.add_new_customer(&NewCustomer {
                code: &code,
                code_is_made_up: false,
                name: &format!("Customer \"{nth}\" | & Söhne"),
                name_is_made_up: false,
                email: (nth % 20 == 0).then_some(&email),
                phone: None,
                billing_address: None,
                terms: Terms::parse(terms[nth % terms.len()]).unwrap(),
            })?;
            desk.customers.push(id);
            if nth % 4 != 0 {
                continue;
            }
            let plays = match nth / 4 % 4 {
                0 => "tok_approve",
                1 => "tok_approve,tok_decline_soft,tok_approve/refund_given,refund_fails,refund_comes_back",
                2 => "tok_lost,tok_approve/refund_lost,refund_comes_back,refund_given",
                _ => "tok_500_taken,tok_approve,tok_pending/refund_pending,refund_given",
            };
            let token = format!("{plays}@visa-{:04}", 1000 + nth);
            let customer = tx.read().customer(id)?;
            let facts = sandbox.card(&token).unwrap();
            let card = tx.add_card(&customer, &GatewayAccount::new("sandbox", "sandbox"), &facts, None)?;
            let consent = Authorization {
                scope: Scope::Any,
                ceiling: None,
                until: None,
                given_by: "A. Cme".into(),
                how: "signed form".into(),
                recorded_at: at,
            };
            tx.authorize_card(&tx.read().card(card)?, &consent)?;
            desk.carded.push(id);
        }
        Ok(())
    });
    made.unwrap();
}

/// On the sixth the month before is closed, once opened again and closed once more.
fn begin_day(world: &mut World<'_>, desk: &mut Desk, day: Date) {
    if day.day() != 6 || day.month() == 1 {
        return;
    }
    let through = day.first_of_month().checked_sub(1.day()).unwrap();
    if or_refused(world.write(|tx| tx.close_through(through))).is_none() {
        // A charge that is still open holds it up; the next closing has that month, too.
        return;
    }
    desk.happened("a month closed");
    if day.month() % 3 == 0 {
        world.write(|tx| tx.undo_closing("a late invoice")).unwrap();
        desk.happened("a closing undone");
        world.write(|tx| tx.close_through(through)).unwrap();
    }
}

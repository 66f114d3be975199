//! Many charges of a run in flight at once: each once, within its limits, one a customer.

use std::fs;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dues::domain::cadence::{Cadence, Ending};
use dues::domain::charge::State;
use dues::domain::schedule::Aim;
use dues::jobs::World;
use dues::jobs::due::Rules;
use dues::jobs::flight::Askers;
use dues::jobs::run_due::{Limits, Outcome, Ran, Stop, run_due};
use dues::ports::Clock;
use dues::rehearsal::listen;
use jiff::Timestamp;
use jiff::civil::date;

use crate::shop::{Shop, TestClock, usd};

/// So many customers, each with an invoice that is charged on 1 December; the
/// card of customer `n` plays `token(n)`.
fn shop(customers: usize, token: impl Fn(usize) -> &'static str) -> Shop {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.at("2026-11-30T12:00:00Z");
    for n in 0..customers {
        let code = format!("C{n:03}");
        shop.add_customer(&code, token(n));
        shop.add_invoice(&code, &format!("N-{n}"), 10_00, date(2026, 12, 1));
        once(&shop, &code, Aim::AllDue);
    }
    shop.at("2026-12-01T15:00:00Z");
    shop
}

fn once(shop: &Shop, code: &str, aim: Aim) {
    let on = date(2026, 12, 1);
    let cadence = Cadence {
        first_on: on,
        every: None,
        day: on.day(),
        ends: Ending::Never,
    };
    shop.schedule(code, aim, cadence);
}

fn limits(jobs: usize) -> Limits<'static> {
    Limits {
        askers: Askers::at_once(jobs),
        rules: Rules::default(),
        max_total: None,
        max_count: None,
        stop_after_declines: None,
        bad_rules: None,
        large_is_agreed: true,
        by_hand: false,
        refuse: &|_| None,
    }
}

fn run(shop: &Shop, jobs: usize, change: impl FnOnce(&mut Limits<'_>)) -> Ran {
    let mut limits = limits(jobs);
    change(&mut limits);
    run_due(&mut shop.world(), &limits).unwrap()
}

fn states(ran: &Ran, state: State) -> usize {
    let is =
        |outcome: &Outcome| matches!(outcome, Outcome::Asked { state: was, .. } if *was == state);
    ran.done.iter().filter(|done| is(&done.outcome)).count()
}

#[test]
fn with_many_in_flight_each_occurrence_is_charged_once() {
    let shop = shop(40, |n| match n % 10 {
        3 => "tok_decline_soft",
        7 => "tok_429,tok_approve",
        _ => "tok_approve",
    });

    let ran = run(&shop, 8, |_| ());
    let again = run(&shop, 8, |_| ());

    assert_eq!(ran.stopped, None);
    // A gateway that was too busy is asked again in the same run.
    assert_eq!(
        (
            states(&ran, State::Succeeded),
            states(&ran, State::Declined)
        ),
        (36, 4)
    );
    assert_eq!(states(&again, State::Succeeded), 0);
    assert_eq!(shop.taken(), 36);
    assert_eq!(shop.gateway.0.unrecorded.load(Ordering::SeqCst), 0);
    shop.assert_right();
}

/// What a limit allows is counted when a charge leaves, not when it comes back.
#[test]
fn what_is_in_flight_counts_for_the_limit() {
    let shop = shop(20, |_| "tok_approve");

    let ran = run(&shop, 8, |limits| limits.max_total = Some(usd(55_00)));

    assert_eq!(ran.stopped, Some(Stop::MaxTotal(usd(55_00))));
    assert_eq!((shop.taken(), ran.not_reached.len()), (5, 15));
}

/// The second one would plan the money that the first may still take.
#[test]
fn one_customer_has_one_charge_in_flight() {
    let shop = shop(4, |_| "tok_approve");
    for n in 0..4 {
        let deposit = Aim::Amount {
            amount: usd(5_00),
            on_account: true,
        };
        once(&shop, &format!("C{n:03}"), deposit);
    }

    let ran = run(&shop, 8, |_| ());

    assert_eq!((ran.stopped.clone(), shop.taken()), (None, 8));
    assert_eq!(states(&ran, State::Succeeded), 8, "{:?}", ran.done);
    shop.assert_right();
}

#[test]
fn a_gateway_that_is_not_there_stops_the_run_and_leaves_nothing_open() {
    let shop = shop(12, |_| "tok_unreachable");

    let ran = run(&shop, 4, |_| ());

    assert!(
        matches!(ran.stopped, Some(Stop::Unknown(_))),
        "{:?}",
        ran.stopped
    );
    assert_eq!(shop.taken(), 0);
    let open = shop.world().books.read().open_charges().unwrap();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(ran.done.len() + ran.not_reached.len(), 12);
}

/// Whoever waits to charge by hand gets a turn, and leaves no sign behind.
#[test]
fn a_run_lets_go_of_the_right_for_whoever_waits() {
    let shop = shop(12, |_| "tok_approve");
    let wish = format!("{}.charging.wanted", shop.book().display());
    fs::write(&wish, "").unwrap();
    // The machine's own time passes while the gateway is asked.
    let sleeps = &shop.gateway.0.sleeps;
    sleeps.lock().unwrap().extend([4; 12]);

    let ran = run(&shop, 1, |_| ());

    assert_eq!((states(&ran, State::Succeeded), ran.stopped), (12, None));
    assert!(!shop.world().books.charging_right().is_wanted());
}

/// Counts how often it is looked at.
struct Counting<'a> {
    clock: &'a TestClock,
    looks: AtomicU64,
}

impl Clock for Counting<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn since_boot(&self) -> Duration {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.clock.since_boot()
    }

    fn pause(&self, time: Duration) {
        self.clock.pause(time);
    }
}

/// A run that waits for what is in flight sleeps until it is back: while
/// somebody wants the right, and at the end of the run.
#[test]
fn a_run_that_waits_does_not_turn_in_circles() {
    let shop = shop(12, |_| "tok_approve");
    fs::write(format!("{}.charging.wanted", shop.book().display()), "").unwrap();
    let bent = &shop.gateway.0;
    bent.sleeps.lock().unwrap().extend([4; 12]);
    let (soon, late) = (Duration::ZERO, Duration::from_millis(200));
    let lingers = [
        soon, late, late, soon, late, late, soon, late, late, soon, late, late,
    ];
    bent.lingers.lock().unwrap().extend(lingers);
    let clock = Counting {
        clock: &shop.clock,
        looks: AtomicU64::new(0),
    };

    let mut world = World {
        clock: &clock,
        ..shop.world()
    };
    let limits = limits(4);
    let ran = run_due(&mut world, &limits).unwrap();

    assert_eq!((states(&ran, State::Succeeded), ran.stopped), (12, None));
    let looks = clock.looks.load(Ordering::SeqCst);
    assert!(looks < 400, "the clock was looked at {looks} times");
}

/// What is dated by a wrong clock seems to have been sent at another time.
#[test]
fn while_the_clock_is_being_set_nothing_is_sent() {
    let shop = shop(1, |_| "tok_approve");
    let clock = Arc::clone(&shop.clock);
    listen(Some(Rc::new(move |name| {
        if name == "charge.planned" {
            clock.wrong_by.store(2 * 86_400, Ordering::SeqCst);
        }
        Ok(())
    })));

    let ran = run(&shop, 1, |_| ());

    listen(None);
    let Some(Stop::Failed(problem)) = ran.stopped else {
        panic!("{ran:?}");
    };
    assert_eq!(problem.code(), "clock_jumped");
    assert_eq!(shop.sends(), 0);
}

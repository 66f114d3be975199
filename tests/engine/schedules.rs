//! Scheduled charges over cron days: missed runs, changes of the clock, declines, restores.

use std::cell::{Cell, RefCell};
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use dues::books::{Login, Tx};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::cadence::{Cadence, Ending, Every};
use dues::domain::charge::{Answer, State};
use dues::domain::customer::Customer;
use dues::domain::decline::{Class, Decline};
use dues::domain::gateway_account::GatewayAccount;
use dues::domain::hour::Hour;
use dues::domain::ids::{AutopayId, ChargeId, ScheduleId};
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::money::Money;
use dues::domain::schedule::{Aim, Autopay, Schedule, Source, Standing};
use dues::domain::spread::{Pick, Wanted};
use dues::jobs::News;
use dues::jobs::due::{Item, Rules, ToDo};
use dues::jobs::flight::Askers;
use dues::jobs::outlook::Outlook;
use dues::jobs::plan::Wish;
use dues::jobs::reconcile::{How, reconcile};
use dues::jobs::resolve::{Finding, resolve};
use dues::jobs::run_due::{Limits, Outcome, Ran, Stop, rehearse, run_due};
use dues::jobs::today::today;
use dues::ports::{Clock, Gateway, Sighting};
use dues::problem::{Kind, Problem, Result};
use dues::rehearsal::{POINTS, listen};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::reconcile::compared;
use crate::shop::{Shop, hand, usd};

impl Shop {
    /// The clock shows this moment.
    pub fn at(&self, moment: &str) {
        self.at_moment(moment.parse().unwrap());
    }

    fn at_moment(&self, moment: Timestamp) {
        let secs = u64::try_from(moment.as_second() - 1_795_000_000).unwrap();
        self.clock.secs.store(secs, Ordering::SeqCst);
    }

    fn change<T>(&self, change: impl FnOnce(&Tx<'_>) -> Result<T>) -> T {
        let at = self.clock.now();
        self.world().write_at(at, change).unwrap()
    }

    fn customer(&self, code: &str) -> Customer {
        self.world().books.read().find_customer(code).unwrap()
    }

    /// A customer with a card that plays `token`; a card's name makes it another card.
    pub fn add_customer(&self, code: &str, token: &str) {
        self.change(|tx| tx.add_customer(code, code, None, 30));
        self.add_card(code, token);
    }

    /// Its token at the gateway.
    fn add_card(&self, code: &str, token: &str) -> String {
        let facts = self.gateway.0.sandbox.card(token).unwrap();
        let customer = self.customer(code);
        let at = self.clock.now();
        self.change(|tx| {
            let card = tx.add_card(
                &customer,
                &GatewayAccount::new("sandbox", "sandbox"),
                &facts,
                None,
            )?;
            let card = tx.read().card(card)?;
            tx.make_card_default(&card)?;
            let consent = Authorization {
                scope: Scope::Scheduled,
                ceiling: None,
                until: None,
                given_by: "A. Cme".into(),
                how: "signed form".into(),
                recorded_at: at,
            };
            tx.authorize_card(&card, &consent)
        });
        facts.token
    }

    pub fn add_invoice(&self, code: &str, number: &str, minor: i64, due_on: Date) {
        let customer = self.customer(code);
        let invoice = NewInvoice {
            terms: None,
            po_number: None,
            number: InvoiceNumber::parse(number).unwrap(),
            total: usd(minor),
            issued_on: due_on,
            due_on,
            memo: None,
        };
        self.change(|tx| tx.add_invoice(&customer, &invoice));
    }

    /// At nine in New York.
    pub fn schedule(&self, code: &str, aim: Aim, cadence: Cadence) -> ScheduleId {
        let new = Schedule {
            id: ScheduleId(0),
            customer: self.customer(code).id,
            card: None,
            aim,
            use_credits: false,
            is_locked: false,
            cadence,
            hour: nine(),
            memo: None,
            wants_mail: true,
            planned_at: self.clock.now(),
            ended: None,
        };
        self.change(|tx| tx.add_schedule(&new))
    }

    /// At nine in New York, so many days after an invoice is due.
    fn begin_autopay(&self, code: &str, after_days: u16, most: Option<Money>) -> AutopayId {
        let autopay = Autopay {
            id: AutopayId(0),
            customer: self.customer(code).id,
            card: None,
            after_days,
            most,
            use_credits: false,
            hour: nine(),
            begun_at: self.clock.now(),
            ended_at: None,
        };
        self.change(|tx| tx.begin_autopay(&autopay))
    }

    fn try_run(&self) -> Result<Ran> {
        run_due(&mut self.world(), &limits())
    }

    fn run(&self) -> Vec<String> {
        told(&self.try_run().unwrap())
    }

    /// What became of each date: `2026-11-30 paid`.
    fn dates(&self, id: ScheduleId) -> Vec<String> {
        let world = self.world();
        let known = world.books.read().occurrences_of(Source::Schedule(id));
        let line = |one: &dues::domain::schedule::Occurrence| {
            format!("{} {}", one.name.planned_on, one.standing.word())
        };
        known.unwrap().iter().map(line).collect()
    }
}

/// None but the house's own.
fn limits() -> Limits<'static> {
    Limits {
        askers: Askers::at_once(1),
        rules: Rules::default(),
        max_total: None,
        max_count: None,
        stop_after_declines: None,
        bad_rules: None,
        large_is_agreed: false,
        by_hand: false,
        refuse: &|_| None,
    }
}

fn nine() -> Hour {
    Hour::read("09:00", "America/New_York").unwrap()
}

/// Each occurrence and what became of it, in short.
fn told(ran: &Ran) -> Vec<String> {
    ran.done
        .iter()
        .map(|done| {
            let outcome = match &done.outcome {
                Outcome::Asked { state, .. } => state.to_string(),
                Outcome::Applied(_) => "applied".to_owned(),
                Outcome::Paid(_) => "was paid".to_owned(),
                Outcome::Passed(reason) => format!("passed: {reason}"),
                Outcome::Skipped(reason) => format!("skipped: {reason}"),
                Outcome::Held(reason) => format!("held: {reason}"),
                Outcome::Failed(why) => format!("failed: {why}"),
                Outcome::Waiting { on, .. } => format!("waits until {on}"),
            };
            format!("{} {outcome}", done.name)
        })
        .collect()
}

fn amount(minor: i64) -> Aim {
    Aim::Amount {
        amount: usd(minor),
        on_account: false,
    }
}

fn monthly(from: Date) -> Cadence {
    Cadence::repeated(from, Every::parse("month").unwrap(), None, Ending::Never).unwrap()
}

fn weekly(from: Date) -> Cadence {
    Cadence::repeated(from, Every::parse("week").unwrap(), None, Ending::Never).unwrap()
}

/// A book with ROSA, who owes 10,000.00 on one old invoice.
fn rosa(token: &str) -> Shop {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.at("2026-11-22T15:00:00Z");
    shop.add_customer("ROSA", token);
    shop.add_invoice("ROSA", "R-1", 10_000_00, date(2026, 1, 31));
    shop
}

#[test]
fn an_occurrence_fires_once_however_often_cron_does() {
    let shop = rosa("tok_approve");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));

    assert_eq!(shop.run(), Vec::<String>::new(), "it is not yet nine");
    shop.at("2026-11-23T13:59:59Z");
    assert_eq!(shop.run(), Vec::<String>::new());
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);
    for _ in 0..20 {
        assert_eq!(shop.run(), Vec::<String>::new());
    }
    // And with the clock set back over it.
    shop.at("2026-11-23T13:57:00Z");
    assert_eq!(shop.run(), Vec::<String>::new());

    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
    shop.assert_right();
}

/// In New York 02:30 is left out on 14 March 2027, and 01:30 comes twice on 7 November.
#[test]
fn a_change_of_the_clock_neither_loses_nor_doubles_a_charge() {
    let shop = rosa("tok_approve");
    for (on, at) in [(date(2027, 3, 14), "02:30"), (date(2027, 11, 7), "01:30")] {
        let hour = Hour::read(at, "America/New_York").unwrap();
        let mut new = {
            let id = shop.schedule("ROSA", amount(100_00), Cadence::once(on));
            shop.world().books.read().schedule(id).unwrap()
        };
        shop.change(|tx| tx.end_schedule(new.id, "only a pattern"));
        new.hour = hour;
        shop.change(|tx| tx.add_schedule(&new));
    }

    let mut fired = Vec::new();
    for day in ["2027-03-14", "2027-11-07"] {
        let midnight: Date = day.parse().unwrap();
        let mut now = midnight.in_tz("UTC").unwrap().timestamp();
        // Cron at every quarter of an hour, through both hours of the night.
        for _ in 0..60 {
            shop.at_moment(now);
            let at = now.to_string();
            fired.extend(shop.run().into_iter().map(|line| format!("{at} {line}")));
            now += 15.minutes();
        }
    }

    assert_eq!(
        fired,
        [
            "2027-03-14T07:30:00Z S-2 2027-03-14 succeeded",
            "2027-11-07T05:30:00Z S-4 2027-11-07 succeeded",
        ]
    );
}

#[test]
fn what_was_missed_is_caught_up_once_and_moves_nothing() {
    let shop = rosa("tok_approve");
    let all_due = shop.schedule("ROSA", Aim::AllDue, monthly(date(2026, 12, 31)));

    // Cron is silent from Christmas to the second of April.
    shop.at("2027-04-02T13:00:00Z");
    assert_eq!(
        shop.run(),
        [
            "S-1 2026-12-31 held: it is 2207 hours late; a person should look first",
            "S-1 2027-01-31 held: it is 1463 hours late; a person should look first",
            "S-1 2027-02-28 held: it is 791 hours late; a person should look first",
            "S-1 2027-03-31 succeeded",
        ]
    );
    shop.at("2027-04-30T13:00:00Z");
    assert_eq!(shop.run(), ["S-1 2027-04-30 skipped: nothing is due"]);

    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(all_due).len(), 5);
}

#[test]
fn of_two_that_were_missed_within_two_days_one_is_charged() {
    let shop = rosa("tok_approve");
    let daily = Every::parse("day").unwrap();
    let daily = Cadence::repeated(date(2026, 11, 23), daily, None, Ending::Never).unwrap();
    let due = shop.schedule("ROSA", Aim::AllDue, daily);
    shop.add_customer("BLOOM", "tok_approve@visa-1111");
    shop.add_invoice("BLOOM", "B-1", 1_000_00, date(2026, 1, 31));
    let sums = shop.schedule("BLOOM", amount(10_00), daily);

    shop.at("2026-11-24T14:00:00Z");
    shop.run();

    // What is open is charged by the later one; an amount is owed twice, and a person decides.
    assert_eq!(shop.dates(due), ["2026-11-23 skipped", "2026-11-24 paid"]);
    assert_eq!(shop.dates(sums), ["2026-11-23 held", "2026-11-24 paid"]);
    assert_eq!(shop.taken(), 2);
}

#[test]
fn a_soft_decline_is_tried_on_four_days_and_then_no_more() {
    let shop = rosa("tok_decline_soft");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    let mut tried = Vec::new();

    for day in 23..43 {
        let on = date(2026, 11, 1).checked_add((day - 1).days()).unwrap();
        // Cron comes at nine and again at noon.
        for hours in [0, 3] {
            shop.at_moment(nine().on(on) + SignedDuration::from_hours(hours));
            for done in shop.try_run().unwrap().done {
                if matches!(done.outcome, Outcome::Asked { .. }) {
                    tried.push(on.to_string());
                }
            }
        }
    }

    assert_eq!(
        tried,
        ["2026-11-23", "2026-11-24", "2026-11-26", "2026-11-30"]
    );
    assert_eq!(shop.dates(id), ["2026-11-23 failed"]);
    assert_eq!(shop.sends(), 4);
    shop.assert_right();
}

#[test]
fn a_dead_card_is_never_asked_again_by_any_schedule_until_there_is_another() {
    let shop = rosa("tok_decline_hard");
    let first = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.schedule("ROSA", amount(100_00), Cadence::once(date(2026, 11, 24)));

    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 declined"]);
    assert_eq!(shop.dates(first), ["2026-11-23 failed"]);
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(
        shop.run(),
        [
            "S-2 2026-11-24 passed: the bank said on 2026-11-23 never again on this card (stolen_card)"
        ]
    );
    assert_eq!(shop.sends(), 1);
    shop.add_card("ROSA", "tok_approve@visa-9999");
    shop.at("2026-11-25T14:00:00Z");
    assert_eq!(
        shop.run(),
        ["S-2 2026-11-24 succeeded", "S-1 2026-11-23 succeeded"]
    );

    assert_eq!((shop.taken(), shop.sends()), (2, 3));
    assert_eq!(shop.dates(first), ["2026-11-23 paid"]);
    shop.assert_right();
}

#[test]
fn a_card_is_tried_once_a_day_whichever_schedule_asks() {
    let shop = rosa("tok_decline_soft");
    for _ in 0..3 {
        shop.schedule("ROSA", amount(100_00), Cadence::once(date(2026, 11, 23)));
    }

    shop.at("2026-11-23T14:00:00Z");
    let told = shop.run();

    assert_eq!(told[0], "S-1 2026-11-23 declined");
    assert!(told[1].contains("a card is tried once a day"), "{told:?}");
    assert_eq!(shop.sends(), 1);
}

#[test]
fn what_happened_to_the_invoices_meanwhile_is_heeded() {
    let shop = rosa("tok_approve");
    let targets = |shop: &Shop, numbers: &[&str]| {
        let world = shop.world();
        let target = |number: &&str| {
            let invoice = world
                .books
                .read()
                .invoice_by_number(number)
                .unwrap()
                .unwrap();
            dues::domain::schedule::Target {
                invoice: invoice.id,
                number: invoice.number,
                amount: None,
            }
        };
        Aim::Invoices(numbers.iter().map(target).collect())
    };
    for number in ["VOID", "HELD", "OPEN"] {
        shop.add_invoice("ROSA", number, 100_00, date(2026, 1, 31));
    }
    let void = shop
        .world()
        .books
        .read()
        .invoice_by_number("VOID")
        .unwrap()
        .unwrap();
    let held = shop
        .world()
        .books
        .read()
        .invoice_by_number("HELD")
        .unwrap()
        .unwrap();
    let on = Cadence::once(date(2026, 11, 23));
    let left = targets(&shop, &["VOID", "HELD"]);
    let some = targets(&shop, &["VOID", "HELD", "OPEN"]);
    let again = targets(&shop, &["OPEN"]);
    for aim in [left, some, again] {
        shop.schedule("ROSA", aim, on);
    }
    shop.change(|tx| tx.void_invoice(&void, "written twice"));
    shop.change(|tx| tx.hold_invoice(&held, "wrong box"));

    shop.at("2026-11-23T14:00:00Z");

    assert_eq!(
        shop.run(),
        [
            "S-1 2026-11-23 passed: VOID is void, HELD is on hold (wrong box)",
            "S-2 2026-11-23 succeeded",
            "S-3 2026-11-23 skipped: OPEN is paid",
        ]
    );
    assert_eq!(shop.taken(), 1);
    shop.change(|tx| tx.release_invoice(&held).map(drop));
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);
}

#[test]
fn a_customer_on_hold_is_passed_over_and_charged_when_released() {
    let shop = rosa("tok_approve");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    let rosa = shop.customer("ROSA");
    shop.change(|tx| tx.hold_customer(&rosa, "in talks"));

    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(
        shop.run(),
        ["S-1 2026-11-23 passed: the customer is on hold (in talks)"]
    );
    shop.change(|tx| tx.release_customer(&rosa).map(drop));
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);

    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
}

#[test]
fn autopay_charges_each_invoice_once_on_its_day() {
    let shop = rosa("tok_decline_soft,tok_approve");
    shop.add_invoice("ROSA", "R-2", 200_00, date(2026, 12, 1));
    shop.begin_autopay("ROSA", 3, Some(usd(20_000_00)));
    let mut seen = Vec::new();

    for day in 0..20 {
        let on = date(2026, 11, 23).checked_add(day.days()).unwrap();
        shop.at_moment(nine().on(on));
        let waits = |line: &String| !line.contains("waits");
        seen.extend(shop.run().into_iter().filter(waits));
    }

    assert_eq!(
        seen,
        [
            "AP-1 2026-11-23 declined",
            "AP-1 2026-11-23 succeeded",
            "AP-1 2026-12-04 succeeded",
        ]
    );
    assert_eq!(shop.taken(), 2);
    shop.assert_right();
}

/// Today's charge was made. What falls due besides is said to be the next day's.
#[test]
fn what_autopay_will_charge_next_is_told_after_todays_charge() {
    let shop = rosa("tok_approve");
    let id = shop.begin_autopay("ROSA", 0, None);
    assert_eq!(shop.run(), ["AP-1 2026-11-22 succeeded"]);
    shop.add_invoice("ROSA", "R-2", 20_00, date(2026, 11, 1));

    let now = shop.clock.now();
    let world = shop.world();
    let outlook = Outlook::of(&world, &Rules::default());
    let next = outlook.as_of_today(world.books.read(), Source::Autopay(id), now);
    let until = now + SignedDuration::from_hours(48);
    let items = rehearse(&mut shop.world(), &limits(), Some(until))
        .unwrap()
        .items;

    let told = |item: &Item| match &item.to_do {
        ToDo::Charge(order) => format!("{} {}", item.due_on, order.plan.spread.charged),
        other => format!("{other:?}"),
    };
    assert_eq!(
        next.unwrap().as_ref().map(told).as_deref(),
        Some("2026-11-23 20.00 USD")
    );
    assert_eq!(
        items.iter().map(told).collect::<Vec<_>>(),
        ["2026-11-23 20.00 USD"]
    );
}

#[test]
fn autopay_takes_no_more_than_was_agreed() {
    let shop = rosa("tok_approve");
    shop.begin_autopay("ROSA", 0, Some(usd(5_000_00)));

    assert_eq!(
        shop.run(),
        ["AP-1 2026-11-22 passed: 10000.00 USD is more than the 5000.00 USD that autopay may take"]
    );
    assert_eq!(shop.sends(), 0);
}

/// The ceiling is one for each charge: what fits is charged, oldest first, and
/// the rest with the next day's; an invoice that never fits waits for a person
/// and keeps no other back.
#[test]
fn autopay_takes_what_fits_under_its_most_and_says_what_is_left() {
    let shop = rosa("tok_approve");
    shop.begin_autopay("ROSA", 0, Some(usd(5_000_00)));
    shop.add_invoice("ROSA", "R-2", 3_000_00, date(2026, 11, 1));
    shop.add_invoice("ROSA", "R-3", 4_000_00, date(2026, 11, 2));
    shop.add_invoice("ROSA", "R-4", 2_000_00, date(2026, 11, 3));
    let days = |from: i8, to: i8| (from..=to).map(|day| nine().on(date(2026, 11, day)));

    let mut left_out = Vec::new();
    for at in days(22, 24) {
        shop.at_moment(at.max(shop.clock.now()));
        let ran = shop.try_run().unwrap();
        left_out.push(told(&ran).join("\n"));
        let all = ran.done.iter().flat_map(|done| &done.left_out);
        left_out.extend(all.map(ToString::to_string));
    }

    let too_much = "R-1 with 10000.00 USD is more than the 5000.00 USD that autopay may take";
    assert_eq!(
        left_out,
        [
            "AP-1 2026-11-22 succeeded",
            "R-3 waits for the next charge",
            too_much,
            "AP-1 2026-11-23 succeeded",
            too_much,
            "AP-1 2026-11-24 passed: 10000.00 USD is more than the 5000.00 USD that autopay may take",
        ]
    );
    let taken: Vec<Money> = shop.payments().iter().map(|paid| paid.amount).collect();
    assert_eq!(taken, [usd(4_000_00), usd(5_000_00)]);
    shop.assert_right();
}

/// What credits pay is not taken from the card, and counts for no ceiling.
#[test]
fn credits_are_used_above_the_most_that_autopay_may_take() {
    let shop = rosa_with_credit(6_000_00);
    shop.add_invoice("ROSA", "R-1", 10_000_00, date(2026, 11, 1));
    let id = shop.begin_autopay("ROSA", 0, Some(usd(5_000_00)));
    shop.change(|tx| {
        let known = tx.read().autopay(id)?.unwrap();
        tx.end_autopay(&known)?;
        tx.begin_autopay(&Autopay {
            use_credits: true,
            ..known
        })
    });

    assert_eq!(shop.run(), ["AP-2 2026-11-22 succeeded"]);

    assert_eq!(shop.payments().first().unwrap().amount, usd(4_000_00));
    shop.assert_right();
}

/// Money on account that covers all of it pays it; no card is asked, and the
/// date is not left unpaid.
#[test]
fn money_on_account_that_covers_a_date_pays_it() {
    let shop = rosa_with_credit(600_00);
    shop.add_invoice("ROSA", "R-1", 500_00, date(2026, 11, 1));
    let invoice = shop.world().books.read().find_invoice("R-1", None).unwrap();
    let target = dues::domain::schedule::Target {
        invoice: invoice.id,
        number: invoice.number,
        amount: None,
    };
    let once = Cadence::once(date(2026, 11, 22));
    let id = shop.schedule("ROSA", Aim::Invoices(vec![target]), once);
    let new = shop.change(|tx| {
        let known = tx.read().schedule(id)?;
        tx.end_schedule(id, "only a pattern")?;
        tx.add_schedule(&Schedule {
            use_credits: true,
            ended: None,
            ..known
        })
    });

    let items = rehearse(&mut shop.world(), &limits(), None).unwrap().items;
    assert!(matches!(
        items[..],
        [Item {
            to_do: ToDo::Apply { .. },
            ..
        }]
    ));
    assert_eq!(shop.run(), [format!("{new} 2026-11-22 applied")]);

    assert_eq!(shop.run(), Vec::<String>::new());
    assert_eq!(
        (shop.sends(), shop.dates(new)),
        (1, vec!["2026-11-22 paid".to_owned()])
    );
    let paid = shop.world().books.read().find_invoice("R-1", None).unwrap();
    assert!(paid.open.is_zero());
    shop.assert_right();
}

/// ROSA owes nothing, and so much of hers is on account.
fn rosa_with_credit(minor: i64) -> Shop {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.at("2026-11-22T15:00:00Z");
    shop.add_customer("ROSA", "tok_approve");
    let deposit = Aim::Amount {
        amount: usd(minor),
        on_account: true,
    };
    shop.schedule("ROSA", deposit, Cadence::once(date(2026, 11, 22)));
    shop.run();
    assert_eq!(shop.payments()[0].credit.open, usd(minor));
    shop
}

/// A gateway has rules of its own. What they forbid is promised by nobody, in
/// the words of the run that meets them.
#[test]
fn what_the_gateway_would_not_take_is_promised_by_nobody() {
    let shop = rosa_with_credit(1);
    shop.add_invoice("ROSA", "R-1", 30, date(2026, 11, 1));
    shop.add_invoice("ACME", "A-1", 30, date(2026, 11, 1));
    shop.gateway.0.least.store(50, Ordering::SeqCst);
    let id = shop.begin_autopay("ROSA", 0, None);
    let refused = "it charges at least 0.50 USD";
    let passed = |item: &Item| match &item.to_do {
        ToDo::Pass(reason) => reason.to_string(),
        other => format!("{other:?}"),
    };

    let mut world = shop.world();
    let outlook = Outlook::of(&world, &Rules::default());
    let book = world.books.read();
    let today = outlook.as_of_today(book, Source::Autopay(id), world.now());
    assert_eq!(passed(&today.unwrap().unwrap()), refused);
    let wish = Wish {
        wanted: Wanted::Invoices(vec![Pick {
            number: "A-1".into(),
            amount: None,
        }]),
        ..Shop::wish(&world, None)
    };
    let by_hand = outlook.plan(book, &wish, world.today().unwrap());
    assert_eq!(by_hand.unwrap_err().to_string(), refused);
    let items = rehearse(&mut world, &limits(), None).unwrap().items;
    assert_eq!(items.iter().map(passed).collect::<Vec<_>>(), [refused]);
    assert_eq!(shop.run(), [format!("AP-1 2026-11-22 passed: {refused}")]);
}

/// A gateway that cannot be asked leaves nothing in the book but this list: it
/// keeps the first day, over days that autopay names anew, until a run did it.
#[test]
fn what_a_run_could_not_do_keeps_its_age_until_a_run_has_done_it() {
    let shop = rosa("tok_approve");
    shop.begin_autopay("ROSA", 0, None);
    let nobody = Problem::setup("gateway_unreachable", "nobody is there");
    *shop.gateway.0.account_fails.lock().unwrap() = Some(nobody);
    let left = |shop: &Shop| -> Vec<String> {
        let world = shop.world();
        let outlook = Outlook::of(&world, &Rules::default());
        let dates = today(&world.books, world.now(), &outlook).unwrap();
        let told = dates.iter().filter(|date| date.needs_a_person());
        told.map(|date| format!("{} {:?}", date.name, date.since))
            .collect()
    };

    let first = shop.try_run().unwrap();
    assert_eq!(told(&first), ["AP-1 2026-11-22 passed: nobody is there"]);
    assert_eq!(first.newly_left.len(), 1);
    shop.at("2026-11-24T15:00:00Z");
    let again = shop.try_run().unwrap();
    assert_eq!(told(&again), ["AP-1 2026-11-24 passed: nobody is there"]);
    assert_eq!(again.newly_left, []);
    assert_eq!(left(&shop), ["AP-1 2026-11-24 Some(2026-11-22T15:00:00Z)"]);
    *shop.gateway.0.account_fails.lock().unwrap() = None;
    assert_eq!(left(&shop).len(), 1, "nobody did it yet");
    assert_eq!(shop.run(), ["AP-1 2026-11-24 succeeded"]);
    assert_eq!(left(&shop), Vec::<String>::new());
    shop.assert_right();
}

/// Numbers so long that a label has room for forty of them.
fn long_number(n: i64) -> String {
    format!("{}{n:03}", "\u{1F98B}".repeat(60))
}

/// More invoices are due than one request can name: several charges, each
/// whole, one a day. An old backup is restored, the invoices are imported
/// again, and all of it is taken back: none is charged a second time.
#[test]
fn what_outgrows_a_label_is_charged_in_parts_and_taken_back_whole() {
    const INVOICES: i64 = 100;
    let shop = rosa("tok_approve");
    shop.change(|tx| {
        let paid = tx.read().find_invoice("R-1", None)?;
        tx.void_invoice(&paid, "for this test")
    });
    shop.begin_autopay("ROSA", 0, None);
    shop.back_up();
    let import = |shop: &Shop| {
        for n in 0..INVOICES {
            shop.add_invoice("ROSA", &long_number(n), 10_00 + n, date(2026, 11, 1));
        }
    };
    import(&shop);
    let run_days = |shop: &Shop| -> Vec<String> {
        let days = (23..30).map(|day| nine().on(date(2026, 11, day)));
        days.flat_map(|at| {
            shop.at_moment(at);
            shop.run()
        })
        .collect()
    };
    let charged = run_days(&shop);
    assert_eq!(
        charged,
        [
            "AP-1 2026-11-23 succeeded",
            "AP-1 2026-11-24 succeeded",
            "AP-1 2026-11-25 succeeded",
        ]
    );
    let owed: i64 = (0..INVOICES).map(|n| 10_00 + n).sum();
    let received = |shop: &Shop| {
        shop.payments()
            .iter()
            .map(|it| it.amount.minor())
            .sum::<i64>()
    };
    assert_eq!(received(&shop), owed);

    shop.lose_the_book();
    import(&shop);
    shop.clock.pass(3600);
    let done = shop.reconcile();

    assert_eq!((done.adopted.len(), done.unlocked), (3, true), "{done:?}");
    assert_eq!(received(&shop), owed);
    shop.at("2026-12-01T15:00:00Z");
    assert_eq!(shop.run(), Vec::<String>::new());
    assert_eq!(shop.taken(), 3);
    shop.assert_right();
}

/// By hand nothing is left out that was asked for.
#[test]
fn a_charge_by_hand_that_outgrows_its_label_is_refused() {
    let shop = rosa("tok_approve");
    for n in 0..50 {
        shop.add_invoice("ROSA", &long_number(n), 10_00, date(2026, 11, 1));
    }

    let refused = shop.charge_of("ROSA").unwrap_err();

    assert_eq!(refused.code(), "too_many_invoices");
    assert_eq!(
        refused.message(),
        "this is for 51 invoices, and one charge can name 41 of them"
    );
    assert_eq!(shop.sends(), 0);
}

#[test]
fn one_customers_decline_does_not_stop_the_next_but_silence_does() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.at("2026-11-22T15:00:00Z");
    let on = Cadence::once(date(2026, 11, 23));
    let tokens = [
        "tok_decline_hard@visa-0001",
        "tok_approve@visa-0002",
        "tok_500@visa-0003",
        "tok_500@visa-0004",
        "tok_500@visa-0005",
        "tok_approve@visa-0006",
    ];
    for (at, token) in tokens.into_iter().enumerate() {
        let code = format!("CUST-{at}");
        shop.add_customer(&code, token);
        shop.add_invoice(&code, &format!("N-{at}"), 100_00, date(2026, 1, 31));
        shop.schedule(&code, Aim::AllDue, on);
    }

    shop.at("2026-11-23T14:00:00Z");
    let ran = shop.try_run().unwrap();

    assert_eq!(
        told(&ran),
        [
            "S-1 2026-11-23 declined",
            "S-2 2026-11-23 succeeded",
            "S-3 2026-11-23 unknown",
            "S-4 2026-11-23 unknown",
            "S-5 2026-11-23 unknown",
        ]
    );
    assert_eq!(ran.stopped, Some(Stop::Unknown(3)));
    assert_eq!(ran.not_reached.len(), 1);
    assert_eq!(shop.taken(), 1);
}

/// No charge would pass: the first one stops the run, and costs its customer no try.
#[test]
fn a_gateway_that_refuses_our_own_account_stops_the_run() {
    let shop = rosa("tok_approve");
    for n in 0..3 {
        shop.schedule(
            "ROSA",
            amount(100_00 + n),
            Cadence::once(date(2026, 11, 23)),
        );
    }
    shop.at("2026-11-23T14:00:00Z");
    shop.gateway.0.refuses_us.store(true, Ordering::SeqCst);

    let ran = shop.try_run().unwrap();
    assert_eq!(told(&ran), ["S-1 2026-11-23 declined"]);
    assert!(
        matches!(ran.stopped, Some(Stop::Ours(_))),
        "{:?}",
        ran.stopped
    );
    assert_eq!(ran.not_reached.len(), 2);
    shop.gateway.0.refuses_us.store(false, Ordering::SeqCst);
    shop.at("2026-11-24T14:00:00Z");
    let mut told = shop.run();
    told.sort();

    assert_eq!(
        told,
        [
            "S-1 2026-11-23 succeeded",
            "S-2 2026-11-23 succeeded",
            "S-3 2026-11-23 succeeded",
        ]
    );
    assert_eq!(shop.taken(), 3);
}

/// Cron comes at seven, autopay's hour is nine.
#[test]
fn autopay_is_not_missed_by_a_cron_that_comes_before_its_hour() {
    let shop = rosa("tok_approve");
    shop.begin_autopay("ROSA", 0, None);
    shop.run();
    assert_eq!(shop.taken(), 1);
    shop.add_invoice("ROSA", "R-2", 200_00, date(2026, 12, 1));
    let mut seen = Vec::new();

    for day in 23..33 {
        let on = date(2026, 11, 1).checked_add((day - 1).days()).unwrap();
        shop.at_moment(nine().on(on) - SignedDuration::from_hours(2));
        seen.extend(shop.run());
    }

    // Due on the first at nine, and charged when cron comes next.
    assert_eq!(seen, ["AP-1 2026-12-01 succeeded"]);
}

#[test]
fn autopay_that_ends_leaves_out_what_it_was_still_to_try() {
    let shop = rosa("tok_decline_soft");
    let id = shop.begin_autopay("ROSA", 0, None);
    assert_eq!(shop.run(), ["AP-1 2026-11-22 declined"]);

    let begun = shop.world().books.read().autopay(id).unwrap().unwrap();
    shop.change(|tx| tx.end_autopay(&begun));
    for day in 23..31 {
        shop.at_moment(nine().on(date(2026, 11, day)));
        assert_eq!(shop.run(), Vec::<String>::new());
    }

    assert_eq!(shop.sends(), 1);
}

/// 450.00 in instalments of 200.00: the last is what is left, and then there is nothing.
#[test]
fn instalments_end_when_the_invoice_is_paid() {
    let shop = rosa("tok_approve");
    shop.add_invoice("ROSA", "R-2", 450_00, date(2026, 1, 31));
    let invoice = shop
        .world()
        .books
        .read()
        .invoice_by_number("R-2")
        .unwrap()
        .unwrap();
    let part = dues::domain::schedule::Target {
        invoice: invoice.id,
        number: invoice.number,
        amount: Some(usd(200_00)),
    };
    let id = shop.schedule(
        "ROSA",
        Aim::Invoices(vec![part]),
        monthly(date(2026, 11, 30)),
    );
    let mut told = Vec::new();

    for month in 0..4 {
        let on = date(2026, 11, 30).checked_add(month.months()).unwrap();
        shop.at_moment(nine().on(on.last_of_month()));
        told.extend(shop.run());
    }

    assert_eq!(
        told,
        [
            "S-1 2026-11-30 succeeded",
            "S-1 2026-12-30 succeeded",
            "S-1 2027-01-30 succeeded",
            "S-1 2027-02-28 skipped: R-2 is paid",
        ]
    );
    let charges = shop.world().books.read().charges(None).unwrap();
    let amounts: Vec<i64> = charges
        .iter()
        .rev()
        .map(|charge| charge.amount.minor())
        .collect();
    assert_eq!(amounts, [200_00, 200_00, 50_00]);
    assert_eq!(shop.dates(id).len(), 4);
}

/// Cron is silent for weeks after a decline; nobody expects the retry any more.
#[test]
fn a_retry_that_is_very_late_is_held_and_goes_where_a_person_moves_it() {
    let shop = rosa("tok_decline_soft,tok_approve");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 declined"]);

    shop.at("2026-12-20T14:00:00Z");
    assert_eq!(
        shop.run(),
        ["S-1 2026-11-23 held: it is 624 hours late; a person should look first"]
    );
    shop.at("2026-12-21T14:00:00Z");
    assert_eq!(shop.run(), Vec::<String>::new());
    let name = shop
        .world()
        .books
        .read()
        .occurrences_of(Source::Schedule(id))
        .unwrap()[0]
        .name;
    let (on, at) = (date(2026, 12, 22), nine().at);
    shop.change(|tx| tx.mark_occurrence(name, on, at, Standing::Moved, None));
    assert_eq!(shop.run(), Vec::<String>::new());
    shop.at("2026-12-22T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);

    assert_eq!((shop.taken(), shop.sends()), (1, 2));
    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
    shop.assert_right();
}

/// The gateway cannot be reached for days; that is no reason to charge a week later.
#[test]
fn what_could_not_be_made_for_two_days_is_held() {
    let shop = rosa("tok_unreachable");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));

    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 not_made"]);
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 not_made"]);
    shop.at("2026-11-25T14:00:01Z");
    assert_eq!(
        shop.run(),
        ["S-1 2026-11-23 held: it is 48 hours late; a person should look first"]
    );

    assert_eq!(shop.dates(id), ["2026-11-23 held"]);
    assert_eq!(shop.taken(), 0);
}

#[test]
fn a_cancelled_schedule_is_not_tried_again() {
    let shop = rosa("tok_decline_soft");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 declined"]);

    shop.change(|tx| tx.end_schedule(id, "changed their mind"));
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(
        shop.run(),
        ["S-1 2026-11-23 skipped: the agreement has ended"]
    );

    assert_eq!(shop.sends(), 1);
}

#[test]
fn a_run_far_larger_than_usual_asks_first() {
    let shop = Shop::with_card("tok_approve", |_| ());
    for day in 23..26 {
        shop.at("2026-11-22T15:00:00Z");
        let code = format!("DAY-{day}");
        shop.add_customer(&code, &format!("tok_approve@visa-00{day}"));
        shop.add_invoice(&code, &code, 100_00, date(2026, 1, 31));
        shop.schedule(&code, Aim::AllDue, Cadence::once(date(2026, 11, day)));
    }
    for day in 23..26 {
        shop.at_moment(nine().on(date(2026, 11, day)));
        shop.run();
    }
    for n in 0..20 {
        let code = format!("BIG-{n}");
        shop.add_customer(&code, &format!("tok_approve@visa-{}", 1000 + n));
        shop.add_invoice(&code, &code, 100_00, date(2026, 1, 31));
        shop.schedule(&code, Aim::AllDue, Cadence::once(date(2026, 11, 26)));
    }

    shop.at("2026-11-26T14:00:00Z");
    let foreseen = rehearse(&mut shop.world(), &limits(), None).unwrap();
    let refused = shop.try_run().unwrap_err();

    assert_eq!(refused.code(), "run_is_large");
    // The dry run shows them all, and says the same.
    assert_eq!(foreseen.items.len(), 20);
    assert_eq!(foreseen.asks, Some(refused));
    assert_eq!(shop.taken(), 3);
}

#[test]
fn two_runs_at_once_are_one() {
    let shop = rosa("tok_approve");
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");

    let lock = shop
        .world()
        .books
        .charging_right()
        .try_take()
        .unwrap()
        .unwrap();
    assert_eq!(shop.try_run().unwrap_err().kind().exit_code(), 7);
    drop(lock);
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);

    assert_eq!(shop.taken(), 1);
}

/// A run is killed at each place it passes, and cron calls again.
#[test]
fn a_killed_run_goes_on_where_it_stood() {
    for place in POINTS {
        for nth in 1..=3 {
            let shop = Shop::with_card("tok_approve", |_| ());
            shop.at("2026-11-22T15:00:00Z");
            let mut ids = Vec::new();
            for n in 1..=3 {
                let code = format!("CUST-{n}");
                shop.add_customer(&code, &format!("tok_approve@visa-100{n}"));
                shop.add_invoice(&code, &code, 100_00, date(2026, 1, 31));
                let on = Cadence::once(date(2026, 11, 23));
                ids.push(shop.schedule(&code, Aim::AllDue, on));
            }
            shop.at("2026-11-23T14:00:00Z");
            let seen = Cell::new(0);
            listen(Some(Rc::new(move |name| {
                if name == place {
                    seen.set(seen.get() + 1);
                    assert!(seen.get() != nth, "killed");
                }
                Ok(())
            })));

            let quiet = panic::take_hook();
            panic::set_hook(Box::new(|_| ()));
            let _ = panic::catch_unwind(AssertUnwindSafe(|| shop.try_run()));
            panic::set_hook(quiet);
            listen(None);
            for _ in 0..4 {
                shop.clock.pass(300);
                let _ = shop.try_run().unwrap();
            }

            assert_eq!(shop.taken(), 3, "{place} {nth}");
            for id in ids {
                assert_eq!(shop.dates(id), ["2026-11-23 paid"], "{place} {nth}");
            }
            shop.assert_right();
        }
    }
}

/// The book is brought back from before the charge; what it forgot is taken
/// back, and belongs to its occurrence.
#[test]
fn a_restored_book_does_not_charge_an_occurrence_again() {
    let shop = rosa("tok_approve");
    let id = shop.schedule("ROSA", amount(500_00), monthly(date(2026, 11, 23)));
    let copy = shop.folder.path().join("copy.db");
    fs::copy(shop.book(), &copy).unwrap();
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);

    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", shop.book().display()));
    }
    fs::copy(&copy, shop.book()).unwrap();

    assert_eq!(shop.try_run().unwrap_err().code(), "book_is_old");
    reconcile(&mut shop.world(), &How::default()).unwrap();
    assert_eq!(shop.run(), ["S-1 2026-11-23 was paid"]);
    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
    shop.assert_right();
}

/// Its request was carried out late, after a person had said that it was not.
#[test]
fn money_that_came_late_for_a_date_is_not_charged_again() {
    let shop = rosa("tok_lost,tok_approve");
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    let gateway = &shop.gateway.0;
    gateway.hides_all.store(true, Ordering::SeqCst);
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 unknown"]);
    shop.at("2026-11-23T14:30:00Z");
    let finding = Finding::NotMade("it is not on their page".into());
    resolve(&mut shop.world(), ChargeId(1), &finding).unwrap();
    gateway.hides_all.store(false, Ordering::SeqCst);
    shop.at("2026-11-23T15:00:00Z");
    let adopted = shop.reconcile().adopted;
    assert!(adopted[0].late, "{adopted:?}");

    assert_eq!(shop.run(), ["S-1 2026-11-23 was paid"]);

    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
    shop.assert_right();
}

/// The lost book tried a date again; in the older one the invoice of its first
/// charge is void by now, so that what is taken back stands beside it.
#[test]
fn a_retry_that_is_taken_back_beside_its_charge_is_its_dates() {
    let shop = rosa("tok_decline_soft,tok_approve");
    shop.add_invoice("ROSA", "R-2", 100_00, date(2026, 1, 1));
    let aim = Aim::Amount {
        amount: usd(100_00),
        on_account: true,
    };
    shop.schedule("ROSA", aim, Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 declined"]);
    shop.back_up();
    let mut day: Timestamp = "2026-11-24T14:00:00Z".parse().unwrap();
    while shop.taken() == 0 {
        shop.at_moment(day);
        shop.run();
        day += 24.hours();
    }
    shop.lose_the_book();
    let paid = shop.world().books.read().shares_of(ChargeId(1)).unwrap();
    let invoice = shop.world().books.read().invoice_by_number(&paid[0].number);
    let invoice = invoice.unwrap().unwrap();
    shop.change(|tx| tx.void_invoice(&invoice, "a mistake"));
    shop.at_moment(day);
    assert!(shop.reconcile().unlocked);

    assert_eq!(shop.run(), ["S-1 2026-11-23 was paid"]);

    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// The card of a date's first charge is gone, and its decline was set aside; the
/// second charge, with another card, is the date's all the same.
#[test]
fn a_dates_second_charge_is_found_when_its_first_was_set_aside() {
    let shop = rosa("tok_decline_hard");
    let aim = Aim::Amount {
        amount: usd(100_00),
        on_account: true,
    };
    let copy = shop.folder.path().join("copy.db");
    let id = shop.schedule("ROSA", aim, Cadence::once(date(2026, 11, 23)));
    fs::copy(shop.book(), &copy).unwrap();
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 declined"]);
    let token = shop.add_card("ROSA", "tok_approve@visa-9999");
    shop.at("2026-11-24T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);
    let mut list = shop.list();
    list[0].token = Some("sbx_card_gone".into());
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", shop.book().display()));
    }
    fs::copy(&copy, shop.book()).unwrap();
    shop.add_card("ROSA", &token);
    let done = reconcile(&mut shop.world(), &compared("the card is gone")).unwrap();
    assert_eq!(
        (done.set_aside.len(), done.adopted.len()),
        (1, 1),
        "{done:?}"
    );

    assert_eq!(shop.run(), ["S-1 2026-11-23 was paid"]);

    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
}

/// Money that came late and was declined after all is not tried again under its
/// name, which no other book would give it.
#[test]
fn after_a_late_charge_that_was_declined_a_date_is_charged_under_a_name_of_its_own() {
    let shop = rosa("tok_pending,tok_approve");
    let gateway = &shop.gateway.0;
    let id = shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    gateway.loses_answers.store(true, Ordering::SeqCst);
    gateway.hides_all.store(true, Ordering::SeqCst);
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 unknown"]);
    while !shop.world().books.read().open_charges().unwrap().is_empty() {
        shop.clock.pass(1800);
        shop.recover();
    }
    gateway.loses_answers.store(false, Ordering::SeqCst);
    gateway.hides_all.store(false, Ordering::SeqCst);
    assert!(shop.reconcile().adopted[0].late);
    gateway.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.run(), ["S-1 2026-11-23 passed: CH-2 is pending still"]);
    gateway.hides_all.store(false, Ordering::SeqCst);
    let no = Decline {
        class: Class::Soft,
        code: "insufficient_funds".into(),
        message: "no".into(),
        advice: None,
        id: None,
        reference: None,
    };
    *gateway.sighted.lock().unwrap() = Some(Sighting::Found(Answer::Declined(no)));
    assert_eq!(shop.recover(), State::Declined);
    *gateway.sighted.lock().unwrap() = None;

    for day in 24..=30 {
        shop.at(&format!("2026-11-{day}T14:00:00Z"));
        shop.run();
    }

    assert_eq!(shop.dates(id), ["2026-11-23 paid"]);
    let late = shop.world().books.read().charge(ChargeId(2)).unwrap();
    assert_eq!((late.attempt.state, late.attempt.n), (State::Declined, 1));
}

/// Of a schedule that goes on, a date whose invoice is on hold is left to the next.
#[test]
fn a_held_invoice_is_left_to_the_next_date_if_there_is_one() {
    let shop = rosa("tok_approve");
    let invoice = shop.world().books.read().invoice_by_number("R-1");
    let invoice = invoice.unwrap().unwrap();
    shop.change(|tx| tx.hold_invoice(&invoice, "lamps broken"));
    shop.schedule("ROSA", amount(500_00), weekly(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");

    let ran = shop.run();

    assert_eq!(
        ran,
        ["S-1 2026-11-23 skipped: R-1 is on hold (lamps broken)"]
    );
}

/// What a rehearsal says is what the run does, after a reconciliation too.
#[test]
fn a_rehearsal_knows_what_was_taken_back() {
    let shop = rosa("tok_approve");
    let copy = shop.folder.path().join("copy.db");
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    fs::copy(shop.book(), &copy).unwrap();
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", shop.book().display()));
    }
    fs::copy(&copy, shop.book()).unwrap();
    shop.reconcile();

    let items = rehearse(&mut shop.world(), &limits(), None).unwrap().items;

    assert!(
        matches!(items[0].to_do, ToDo::Paid(ChargeId(1))),
        "{items:?}"
    );
}

/// What a customer called off is not sent once more by a recovery.
#[test]
fn a_charge_that_was_called_off_is_looked_for_and_not_repeated() {
    let called_off: [fn(&Shop); 3] = [
        |shop| shop.change(|tx| tx.end_schedule(ScheduleId(1), "they called")),
        |shop| {
            let rosa = shop.customer("ROSA");
            shop.change(|tx| tx.hold_customer(&rosa, "they called"));
        },
        |shop| {
            let invoice = shop.world().books.read().invoice_by_number("R-1");
            let invoice = invoice.unwrap().unwrap();
            shop.change(|tx| tx.hold_invoice(&invoice, "they called"));
        },
    ];
    for call_off in called_off {
        let shop = rosa("tok_approve");
        shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
        shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
        shop.at("2026-11-23T14:00:00Z");
        assert_eq!(shop.run(), ["S-1 2026-11-23 unknown"]);
        shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
        call_off(&shop);

        shop.at("2026-11-23T14:05:00Z");
        shop.run();

        assert_eq!(shop.taken(), 0);
    }
}

/// What another charge reserves may be open again; the date waits for that.
#[test]
fn a_date_whose_invoice_is_reserved_waits() {
    for aim in [amount(500_00), Aim::AllDue] {
        let shop = rosa("tok_pending");
        shop.schedule("ROSA", Aim::AllDue, Cadence::once(date(2026, 11, 23)));
        shop.schedule("ROSA", aim, Cadence::once(date(2026, 11, 24)));
        shop.at("2026-11-23T14:00:00Z");
        assert_eq!(shop.run(), ["S-1 2026-11-23 pending"]);
        let pending = shop.list()[0].answer.clone();
        *shop.gateway.0.sighted.lock().unwrap() = Some(Sighting::Found(pending));
        shop.at("2026-11-24T14:00:00Z");

        let ran = shop.run();

        assert!(
            ran.contains(&"S-2 2026-11-24 passed: CH-1 is pending still".to_owned()),
            "{ran:?}"
        );
    }
}

/// A machine that boots with a wrong clock and no network knows no dates.
#[test]
fn by_a_clock_that_no_gateway_confirmed_no_date_is_given_up() {
    let shop = rosa("tok_approve");
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    let away = Problem::refused("gateway_unreachable", "it could not be asked");
    *shop.gateway.0.account_fails.lock().unwrap() = Some(away);
    shop.at("2026-12-23T14:00:00Z");

    assert_eq!(shop.run(), ["S-1 2026-11-23 passed: it could not be asked"]);
    *shop.gateway.0.account_fails.lock().unwrap() = None;
    shop.gateway.0.shows_no_time.store(true, Ordering::SeqCst);
    shop.at("2026-12-23T14:00:00Z");
    let unconfirmed = "passed: sandbox shows no time, so nothing is charged, skipped or held by this machine's clock alone";
    assert_eq!(shop.run(), [format!("S-1 2026-11-23 {unconfirmed}")]);
    // Nor is anything charged then: where one is refused, so is the other.
    let due = shop.schedule("ROSA", amount(10_00), Cadence::once(date(2026, 12, 23)));
    assert_eq!(
        shop.run(),
        [
            format!("S-1 2026-11-23 {unconfirmed}"),
            format!("{due} 2026-12-23 {unconfirmed}"),
        ]
    );
    shop.change(|tx| tx.end_schedule(due, "it is for later"));
    // The book has seen December: now somebody must say that it was wrong.
    shop.at("2026-11-23T14:00:00Z");
    let stopped = shop.try_run().unwrap().stopped.unwrap();
    assert_eq!(
        stopped.to_string(),
        "this machine's clock shows 2026-11-23 09:00, and the book has seen 2026-12-23 09:00 already; nothing was done"
    );
    // Whoever only says what a run would do says the same.
    let foreseen = rehearse(&mut shop.world(), &limits(), None).unwrap();
    assert_eq!(foreseen.items.len(), 0);
    assert_eq!(foreseen.stop, Some(stopped.clone()));
    let world = shop.world();
    let outlook = Outlook::of(&world, &Rules::default());
    let no_run = outlook.no_run().map(ToString::to_string);
    assert_eq!(no_run, Some(stopped.to_string()));
    let dates = today(&world.books, shop.clock.now(), &outlook).unwrap();
    let how = format!(
        "{:?}",
        dates.iter().map(|date| &date.how).collect::<Vec<_>>()
    );
    assert!(how.contains("Passed(NoRun("), "{how}");
    let source = Source::Schedule(ScheduleId(1));
    let next = outlook.as_of_today(world.books.read(), source, shop.clock.now());
    let next = format!("{:?}", next.unwrap().unwrap().to_do);
    assert!(next.starts_with("Pass(NoRun("), "{next}");
    let wish = Shop::wish(&world, None);
    let by_hand = outlook.plan(world.books.read(), &wish, date(2026, 11, 23));
    assert_eq!(Problem::from(by_hand.unwrap_err()).code(), "clock_is_wrong");
    shop.gateway.0.shows_no_time.store(false, Ordering::SeqCst);
    *shop.gateway.0.clock_ahead.lock().unwrap() = Some(SignedDuration::ZERO);
    // A gateway with a clock of its own is believed, and is not asked before.
    let world = shop.world();
    assert!(Outlook::of(&world, &Rules::default()).no_run().is_none());
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);
}

/// Cards of one account are not asked for in another, cron or not.
#[test]
fn a_run_does_not_ask_for_a_card_in_another_account() {
    let shop = rosa("tok_approve");
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    let other = Login {
        account: GatewayAccount::new("sandbox", "another"),
        source: "none".into(),
    };
    shop.change(|tx| tx.log_in(&other));
    *shop.gateway.0.account.lock().unwrap() = Some("another".into());
    shop.at("2026-11-23T14:00:00Z");

    let ran = shop.run();

    assert!(
        ran[0].contains("account sandbox of sandbox is wanted"),
        "{ran:?}"
    );
    assert_eq!(shop.sends(), 0);
}

/// What is due is due where the schedule is.
#[test]
fn all_due_means_due_on_the_schedules_own_day() {
    let shop = rosa("tok_approve");
    shop.add_invoice("ROSA", "R-2", 100_00, date(2026, 11, 24));
    let tokyo = Schedule {
        id: ScheduleId(0),
        customer: shop.customer("ROSA").id,
        card: None,
        aim: Aim::AllDue,
        use_credits: false,
        is_locked: false,
        cadence: Cadence::once(date(2026, 11, 24)),
        hour: Hour::read("09:00", "Asia/Tokyo").unwrap(),
        memo: None,
        wants_mail: true,
        planned_at: shop.clock.now(),
        ended: None,
    };
    shop.change(|tx| tx.add_schedule(&tokyo));
    shop.at("2026-11-24T00:00:00Z");

    assert_eq!(shop.run(), ["S-1 2026-11-24 succeeded"]);

    let charge = shop.world().books.read().charge(ChargeId(1)).unwrap();
    assert_eq!(charge.amount, usd(10_100_00));
    assert_eq!(
        charge.charged_on,
        date(2026, 11, 23),
        "by the book's own day"
    );
}

/// What could not be booked was not charged, as far as a run can say.
#[test]
fn a_run_does_not_call_charged_what_it_could_not_book() {
    let shop = rosa("tok_approve");
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");
    let heard = Cell::new(false);
    listen(Some(Rc::new(move |name| match name {
        "charge.answered" => {
            heard.set(true);
            Ok(())
        }
        "book.committing" if heard.take() => Err(Problem::refused("disk_full", "it is full")),
        _ => Ok(()),
    })));

    let ran = shop.try_run();

    listen(None);
    let ran = ran.unwrap();
    assert_eq!(told(&ran), Vec::<String>::new());
    assert_eq!(ran.not_reached.len(), 1);
    assert_eq!(shop.run(), ["S-1 2026-11-23 was paid"]);
    assert_eq!(shop.taken(), 1);
}

/// The backup is older than the schedule: its number goes to another one.
#[test]
fn a_number_that_a_restored_book_gives_again_is_not_mistaken() {
    let shop = rosa("tok_approve");
    shop.add_customer("BLOOM", "tok_approve@visa-1111");
    shop.add_invoice("BLOOM", "B-1", 100_00, date(2026, 1, 31));
    dues_close(&shop);
    let copy = shop.folder.path().join("copy.db");
    fs::copy(shop.book(), &copy).unwrap();
    shop.schedule("ROSA", amount(500_00), Cadence::once(date(2026, 11, 23)));
    shop.at("2026-11-23T14:00:00Z");
    assert_eq!(shop.run(), ["S-1 2026-11-23 succeeded"]);

    dues_close(&shop);
    fs::copy(&copy, shop.book()).unwrap();
    reconcile(&mut shop.world(), &How::default()).unwrap();
    let id = shop.schedule("BLOOM", Aim::AllDue, Cadence::once(date(2026, 11, 23)));
    assert_eq!(
        shop.run(),
        [
            "S-1 2026-11-23 held: CH-1 of ROSA was made for another S-1, before this book was brought back"
        ]
    );

    assert_eq!(shop.taken(), 1);
    assert_eq!(shop.dates(id), ["2026-11-23 held"]);
    shop.assert_right();
}

/// A cheap source of chance that is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A year of cron days with everything that goes wrong in a year.
#[test]
fn after_a_year_every_occurrence_was_charged_at_most_once_and_every_skip_says_why() {
    // A quarter of one, unless `DUES_TEST_YEARS` says how many.
    let years = std::env::var("DUES_TEST_YEARS").map(|years| years.parse().unwrap());
    let days = if years.is_ok() { 365 } else { 91 };
    for seed in 1..=years.unwrap_or(1) {
        days_go_by(seed, days);
    }
}

fn days_go_by(seed: u64, days: i32) {
    let mut dice = Dice(seed * 7_919);
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.at("2026-11-22T15:00:00Z");
    let plays = [
        "tok_approve",
        "tok_decline_soft,tok_approve,tok_lost,tok_approve,tok_decline_soft,tok_decline_soft,tok_approve",
        "tok_lost,tok_500_taken,tok_approve,tok_unreachable,tok_approve",
        "tok_approve,tok_decline_hard",
        "tok_429,tok_approve,tok_pending,tok_approve,tok_expired",
        "tok_decline_soft",
    ];
    let mut ids = Vec::new();
    for (n, play) in plays.into_iter().enumerate() {
        let code = format!("CUST-{n}");
        shop.add_customer(&code, &format!("{play}@visa-100{n}"));
        shop.add_invoice(&code, &format!("{code}-0"), 50_000_00, date(2026, 1, 31));
        ids.push(shop.schedule(
            &code,
            amount(100_00 + i64::try_from(n).unwrap()),
            weekly(date(2026, 11, 23)),
        ));
        ids.push(shop.schedule(
            &code,
            amount(200_00 + i64::try_from(n).unwrap()),
            monthly(date(2026, 11, 30)),
        ));
    }
    let copy = shop.folder.path().join("copy.db");
    let mut has_copy = false;
    let mut cards_since: Vec<(String, String)> = Vec::new();
    for day in 0..days {
        let on = date(2026, 11, 23).checked_add(day.days()).unwrap();
        // Some days nobody switched the machine on; once it was off for a week.
        if dice.roll(6) == 0 || (180..187).contains(&day) {
            continue;
        }
        for _ in 0..=dice.roll(2) {
            let minutes = i64::try_from(dice.roll(600)).unwrap();
            shop.at_moment(
                shop.clock
                    .now()
                    .max(nine().on(on) + SignedDuration::from_mins(minutes)),
            );
            shop.try_run().unwrap();
        }
        // A bank sends a new card; a backup is made; a disk dies.
        match dice.roll(60) {
            0 => {
                let code = format!("CUST-{}", dice.roll(6));
                let token = shop.add_card(&code, &format!("tok_approve@visa-{}", 2000 + day));
                cards_since.push((code, token));
            }
            1 => {
                dues_close(&shop);
                fs::copy(shop.book(), &copy).unwrap();
                has_copy = true;
                cards_since.clear();
            }
            2 if has_copy => {
                dues_close(&shop);
                fs::copy(&copy, shop.book()).unwrap();
                has_copy = false;
                shop.clock.pass(60);
                for (code, token) in &cards_since {
                    shop.add_card(code, token);
                }
                let done = reconcile(&mut shop.world(), &How::default()).unwrap();
                assert!(done.left.is_empty(), "{seed} {day}: {:?}", done.left);
            }
            _ => {}
        }
    }
    // A quiet week at the end, for all that is still open.
    for _ in 0..14 {
        shop.clock.pass(12 * 3_600);
        shop.try_run().unwrap();
    }

    shop.assert_right();
    let world = shop.world();
    let book = world.books.read();
    let mut paid = 0;
    for id in ids {
        for one in book.occurrences_of(Source::Schedule(id)).unwrap() {
            let took = one
                .charges
                .iter()
                .filter(|charge| book.charge(**charge).unwrap().attempt.state == State::Succeeded)
                .count();
            assert!(took <= 1, "{seed}: {} was charged {took} times", one.name);
            match one.standing {
                Standing::Paid => {
                    assert_eq!(took, 1, "{seed}: {}", one.name);
                    paid += 1;
                }
                Standing::Skipped | Standing::Held | Standing::Failed => {
                    assert_eq!(took, 0, "{seed}: {}", one.name);
                    assert!(
                        one.reason.is_some_and(|why| !why.is_empty()),
                        "{seed}: {}",
                        one.name
                    );
                }
                Standing::Moved => panic!("{seed}: nobody moved {}", one.name),
                Standing::Charging => {}
            }
        }
    }
    assert!(paid > days / 4, "{seed}: only {paid} were paid");
    // What the gateway took is what the book has, charge for charge.
    let booked = book
        .charges(None)
        .unwrap()
        .into_iter()
        .filter(|charge| charge.attempt.state == State::Succeeded)
        .count();
    assert_eq!(shop.taken(), booked, "{seed}");
}

/// At rest the book is one file.
fn dues_close(shop: &Shop) {
    shop.world().books.close().unwrap();
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", shop.book().display()));
    }
}

/// Another program takes the book just when all is charged. What was charged is
/// done all the same, and said; only that it ran is not written down.
#[test]
fn a_run_that_cannot_be_written_down_says_what_it_charged() {
    let shop = rosa("tok_approve");
    shop.add_customer("VASE", "tok_approve");
    shop.add_invoice("VASE", "V-1", 10_000_00, date(2026, 1, 31));
    for code in ["ROSA", "VASE"] {
        shop.schedule(code, amount(500_00), Cadence::once(date(2026, 11, 23)));
    }
    shop.at("2026-11-23T14:00:00Z");
    let at = shop.clock.now();
    let (locked, is_locked) = mpsc::channel();
    let mut other = shop.world().books;
    // Longer than a writer waits.
    let holds = move || {
        let _ = other.rehearse(&hand(), at, |_| {
            locked.send(()).unwrap();
            thread::sleep(Duration::from_secs(12));
            Ok(())
        });
    };
    let holds = RefCell::new(Some(holds));
    let held = RefCell::new(None);
    let tell = |news: &News| {
        if matches!(news, News::Ran(2))
            && let Some(holds) = holds.borrow_mut().take()
        {
            *held.borrow_mut() = Some(thread::spawn(holds));
            is_locked.recv().unwrap();
        }
    };
    let mut world = shop.world();
    world.tell = &tell;

    let ran = run_due(&mut world, &limits()).unwrap();

    held.borrow_mut().take().unwrap().join().unwrap();
    assert_eq!((ran.asked, ran.done.len(), ran.stopped), (2, 2, None));
    assert_eq!(shop.taken(), 2);
    let why = ran.not_written.unwrap();
    assert_eq!((why.code(), why.kind()), ("book_busy", Kind::Partial));
    assert!(!why.advice().unwrap().contains("nothing was"), "{why:?}");
}

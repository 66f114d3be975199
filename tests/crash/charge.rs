//! One charge, stopped as by `kill -9` at each named step and run again: the money is taken once, and it is booked.

use std::process::Output;

use crate::shop::Shop;
use crate::truth::CHARGE;

/// The named places that a charge meets when nothing was open before.
const POINTS: [&str; 11] = [
    "charge.planned",
    "book.committing",
    "book.committed",
    "charge.sending",
    "charge.marked",
    "sandbox.before_taking",
    "sandbox.taken",
    "charge.answered",
    "charge.settled",
    "mail.claimed",
    "mail.delivered",
];

fn run_and_stop_at(shop: &Shop, line: &str, point: &str) -> Output {
    shop.command(line)
        .env("DUES_CRASH", point)
        .output()
        .unwrap()
}

/// Runs the charge again as a user would, later and later, finding out first where that is asked for.
fn finish(shop: &Shop) {
    for now in ["15:00", "15:05", "17:00"] {
        let now = format!("2026-11-22T{now}:00Z");
        let later = |line| shop.command(line).env("DUES_NOW", &now).output().unwrap();
        let again = later(CHARGE);
        match again.status.code() {
            Some(0) => return,
            // Already paid: by the charge that was stopped.
            Some(1) => {
                assert!(
                    ["is paid", "is booked now"]
                        .iter()
                        .any(|words| shop.seen(CHARGE, &again).contains(words)),
                    "{}",
                    shop.seen(CHARGE, &again)
                );
                return;
            }
            Some(5) => {
                later("charge recover");
            }
            _ => panic!("{}", shop.seen(CHARGE, &again)),
        }
    }
    panic!("the charge did not come to an end");
}

fn took_the_money_once_and_booked_it(shop: &Shop, what: &str) {
    assert_eq!(shop.money_taken(), (1, 100_00), "{what}");
    assert_eq!(shop.open(), 500_00, "{what}");
    let payments = shop.json("payment list");
    assert_eq!(payments["data"].as_array().unwrap().len(), 1, "{what}");
    assert_eq!(
        shop.json("mail list")["data"].as_array().unwrap().len(),
        1,
        "{what}"
    );
    shop.must("check");
}

/// What a disk calls failed it may have kept. The user was told that nothing
/// was charged, so nothing may be, however often somebody recovers.
#[test]
fn a_charge_that_could_not_be_recorded_is_not_sent_later() {
    let shop = Shop::with_card("tok_approve");
    // The first commit is the one that says: it leaves now.
    let failed = shop
        .command(CHARGE)
        .env("DUES_CRASH", "book.committed:error:1")
        .output()
        .unwrap();

    shop.must("charge recover");

    let seen = shop.seen(CHARGE, &failed);
    assert_eq!(failed.status.code(), Some(1), "{seen}");
    assert_eq!(shop.money_taken(), (0, 0));
    assert_eq!(shop.json("charge show CH-1")["data"]["state"], "not_made");
    shop.must("check");
}

/// Nothing marks a part of an invoice, or a plain amount, as paid: running the
/// command again must not take the same once more.
#[test]
fn stopped_anywhere_and_run_again_a_part_is_charged_once() {
    for line in [
        "charge acme --invoice INV-1=50 --yes",
        "charge acme --amount 50 --yes",
    ] {
        for point in ["sandbox.taken", "charge.answered"] {
            let shop = Shop::with_card("tok_approve");
            run_and_stop_at(&shop, line, point);

            let error = shop.error(line);

            assert_eq!(
                error["code"], "earlier_charge_succeeded",
                "{line} {point}: {error}"
            );
            assert_eq!((shop.open(), shop.money_taken()), (550_00, (1, 50_00)));
            shop.must("check");
            // Whoever wants it besides says so.
            shop.must(&format!("{line} --again"));
            assert_eq!(shop.money_taken(), (2, 100_00));
        }
    }
}

#[test]
fn stopped_anywhere_a_repeated_request_is_made_once() {
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";
    for point in POINTS {
        let shop = Shop::with_card("tok_approve");
        run_and_stop_at(&shop, line, point);

        let again = shop.run(line);

        assert_eq!(
            again.status.code(),
            Some(0),
            "{point}: {}",
            shop.seen(line, &again)
        );
        took_the_money_once_and_booked_it(&shop, point);
    }
}

/// A mail that was being handed over may have gone out: it goes once more at
/// most, and the payment is not touched.
#[test]
fn a_mail_whose_sender_died_is_not_lost_and_not_sent_for_ever() {
    let shop = Shop::with_card("tok_approve");
    run_and_stop_at(&shop, CHARGE, "mail.delivered");
    assert_eq!(shop.json("mail show M-1")["data"]["state"], "sending");

    shop.run("mail send");
    assert_eq!(shop.json("mail show M-1")["data"]["state"], "maybe_sent");
    run_and_stop_at(&shop, "mail retry M-1", "mail.delivered");
    shop.run("mail send");

    assert_eq!(shop.json("mail show M-1")["data"]["state"], "failed");
    assert_eq!(shop.run("status").status.code(), Some(8));
    took_the_money_once_and_booked_it(&shop, "mail");
}

#[test]
fn twenty_processes_charging_one_invoice_take_it_once() {
    for token in ["tok_approve", "tok_lost,tok_approve"] {
        let shop = Shop::with_card(token);

        let children: Vec<_> = (0..20)
            .map(|_| {
                let mut command = shop.command(CHARGE);
                command
                    .stdout(std::process::Stdio::piped())
                    .stderr(std::process::Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        let ends: Vec<Output> = children
            .into_iter()
            .map(|child| child.wait_with_output().unwrap())
            .collect();

        let codes: Vec<Option<i32>> = ends.iter().map(|end| end.status.code()).collect();
        assert!(
            codes.iter().all(|code| matches!(code, Some(0 | 1 | 5))),
            "{codes:?}"
        );
        assert!(
            codes.iter().filter(|code| **code == Some(0)).count() <= 1,
            "{codes:?}"
        );
        finish(&shop);
        took_the_money_once_and_booked_it(&shop, token);
    }
}

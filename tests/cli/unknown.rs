//! Outcomes that are not known: said so, kept, and found out.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::Shop;

/// The gateway took the money, but its answer never reached us. Asking again
/// must find that one charge, and must not make a second.
#[test]
fn a_lost_answer_is_recovered_without_a_second_charge() {
    let shop = Shop::with_card("tok_lost");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    error: nobody knows yet whether visa 4242 was charged 100.00 USD (the connection was lost before the answer came)
    hint: Run `dues charge recover` to find out. Do not charge it in any other way before.
    [exit 5]
    ");
    assert_eq!((shop.open(), shop.money_taken()), (600_00, (1, 100_00)));
    assert_snapshot!(shop.dues("invoice list --customer acme").replace(" days late", ""), @"
    $ dues invoice list --customer acme
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-1    ACME      2026-01-01  2026-01-10  100.00 USD  100.00 USD  open, 316, 100.00 on its way
    INV-2    ACME      2026-01-01  2026-02-10  200.00 USD  200.00 USD  open, 285
    INV-3    ACME      2026-01-01  2026-03-10  300.00 USD  300.00 USD  open, 257

    open: 600.00 USD
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge recover"), @"
    $ dues charge recover
    CH-1 was unknown; it did succeed, and is booked.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
    assert_eq!(shop.json("mail show M-1")["data"]["state"], "written");
    assert_snapshot!(shop.dues("charge recover"), @"
    $ dues charge recover
    Nothing is open in the book of Tulip Wholesale: the outcome of every charge and refund is known.
    [exit 0]
    ");
    shop.must("check");
}

/// Charging again without recovering first finds the earlier charge by itself.
#[test]
fn the_next_charge_finds_out_about_the_last_one_first() {
    let shop = Shop::with_card("tok_lost");
    shop.run("charge acme --invoice INV-1 --yes");

    let again = shop.dues("charge acme --invoice INV-1 --yes");

    assert_snapshot!(again, @"
    $ dues charge acme --invoice INV-1 --yes
    CH-1 was unknown; it did succeed, and is booked
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    error: CH-1 did take 100.00 USD from ACME, and is booked now; nothing more was charged
    hint: See `dues charge show CH-1`. If this is to be charged besides, run the command again with `--again`.
    [exit 1]
    ");
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// Repeating the key only repeats the 500; the look-up finds the money.
#[test]
fn an_error_after_taking_is_found_by_looking() {
    let shop = Shop::with_card("tok_500_taken");

    assert_eq!(
        shop.run("charge acme --all-due --yes").status.code(),
        Some(5)
    );
    shop.must("charge recover");

    assert_eq!((shop.open(), shop.money_taken()), (0, (1, 600_00)));
    shop.must("check");
}

/// Never heard of it, said once and at once, is no proof.
#[test]
fn an_error_before_taking_stays_unknown_until_it_is_sure() {
    let shop = Shop::with_card("tok_500");
    shop.run("charge acme --all-due --yes");

    let recovered = shop.run("charge recover");

    assert_eq!(recovered.status.code(), Some(5));
    assert_eq!(shop.json("charge show CH-1")["data"]["state"], "unknown");
    let refused = shop.error("charge acme --amount 5 --yes");
    assert_eq!(
        (&refused["code"], &refused["exit"]),
        (&"outcome_unknown".into(), &5.into())
    );
    assert_eq!(shop.run("status").status.code(), Some(8));
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_pending_charge_is_asked_about_until_it_is_decided() {
    let shop = Shop::with_card("tok_pending");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    error: the gateway has CH-1 and is still deciding; visa 4242 may yet be charged
    hint: Run `dues charge recover` later to hear its decision. Its invoices stay reserved.
    [exit 5]
    ");
    let first = shop.run("charge recover").status.code();
    let second = shop.run("charge recover").status.code();

    assert_eq!((first, second), (Some(5), Some(0)));
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
}

#[test]
fn an_answer_with_another_amount_is_for_a_person() {
    let shop = Shop::with_card("tok_wrong_amount");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    error: a person must decide CH-1: money may have been taken (the gateway reports 99.99 USD where 100.00 USD was asked, under sbx_ch_1)
    hint: See `dues charge review` for what to look for at the gateway.
    [exit 5]
    ");
    let review = shop.dues("charge review");
    assert!(
        review.contains("dues charge resolve CH-1 --charged ID") && review.ends_with("[exit 8]\n"),
        "{review}"
    );
    // What the gateway has is never closed as nothing; what it took is booked.
    let closed = shop.error("charge resolve CH-1 --not-charged --because 'a mistake' --yes");
    assert_eq!(closed["code"], "gateway_disagrees");
    assert_snapshot!(shop.dues("charge resolve CH-1 --charged sbx_ch_1 --because 'page 3' --yes"), @"
    $ dues charge resolve CH-1 --charged sbx_ch_1 --because 'page 3' --yes
    Charged 99.99 USD to visa 4242 of ACME (CH-1).
      100.00 USD was asked
      INV-1  99.99 USD  0.01 USD left
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    The gateway confirms it.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), shop.money_taken()), (500_01, (1, 99_99)));
    assert!(
        shop.dues("log").contains("page 3"),
        "how a person knew is kept"
    );
    assert_eq!(
        shop.json("charge show CH-1")["data"]["unapplied"]["minor"],
        0
    );
    shop.must("check");
}

#[test]
fn a_persons_finding_is_held_against_the_gateway() {
    let shop = Shop::with_card("tok_lost");
    shop.run("charge acme --invoice INV-1 --yes");

    let wrong = shop.error("charge resolve CH-1 --not-charged --because 'I did not see it' --yes");
    assert_eq!(wrong["code"], "gateway_disagrees");
    assert_eq!(
        shop.error("charge resolve CH-1 --charged sbx_ch_9 --yes")["code"],
        "gateway_disagrees"
    );
    // A dry run asks as it does, says the same, and changes nothing.
    let foreseen = shop.dues("charge resolve CH-1 --charged sbx_ch_1 --dry-run");
    let refused = shop.error("charge resolve CH-1 --not-charged --because x --dry-run");
    assert_eq!(refused["code"], wrong["code"]);
    let (said, note) = foreseen
        .split_once("\nnothing was written (dry run)")
        .unwrap();
    assert_eq!(note, "\n[exit 0]\n");
    let said: Vec<String> = said.lines().skip(1).map(str::to_owned).collect();
    assert!(
        said.last().unwrap().contains("The gateway confirms it."),
        "{said:?}"
    );
    assert!(said[1].starts_with("Charged 100.00 USD"), "{said:?}");
    assert_snapshot!(shop.dues("charge resolve CH-1 --charged sbx_ch_1 --yes"), @"
    $ dues charge resolve CH-1 --charged sbx_ch_1 --yes
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    The gateway confirms it.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
    assert_eq!(
        shop.error("charge resolve CH-1 --charged sbx_ch_1 --yes")["code"],
        "nothing_to_resolve"
    );
    shop.must("check");
}

#[test]
fn an_invoice_on_its_way_is_neither_voided_nor_paid_twice() {
    let shop = Shop::with_card("tok_pending");
    shop.run("charge acme --invoice INV-1 --yes");

    shop.refuses(
        "invoice void INV-1 --because 'a mistake'",
        "invoice_reserved",
        1,
    );
    let again = shop.run("charge acme --invoice INV-1 --dry-run --json");
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("invoice_reserved"));
}

/// While the gateway is deciding, nobody's word ends it.
#[test]
fn a_charge_that_the_gateway_is_deciding_is_not_closed_by_a_person() {
    let shop = Shop::with_card("tok_pending");
    shop.run("charge acme --invoice INV-1 --yes");

    let error = shop.error("charge resolve CH-1 --not-charged --because 'I think not' --yes");

    assert_eq!(error["code"], "gateway_disagrees", "{error}");
    assert!(
        error["message"].to_string().contains("still deciding"),
        "{error}"
    );
    assert!(shop.dues("charge review").contains("CH-1"));
    assert_eq!(shop.json("charge show CH-1")["data"]["state"], "pending");
}

#[test]
fn another_charges_id_is_not_booked_twice() {
    let shop = Shop::with_card("tok_approve,tok_lost");
    shop.must("charge acme --invoice INV-1 --yes");
    shop.run("charge acme --invoice INV-2 --yes");

    let error = shop.error("charge resolve CH-2 --charged sbx_ch_1 --yes");

    assert_eq!(error["code"], "gateway_disagrees", "{error}");
    shop.must("charge resolve CH-2 --charged sbx_ch_2 --yes");
    shop.must("check");
}

/// A script may ask again whatever has become of the card.
#[test]
fn a_request_that_succeeded_is_answered_without_its_card() {
    let shop = Shop::with_card("tok_approve");
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";
    shop.must(line);
    shop.must("card disable ACME 4242");

    let again = shop.json(line);

    assert_eq!(again["data"]["state"], "succeeded");
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// What was not made is asked about like any other charge, and made only on the same card.
#[test]
fn a_request_that_was_not_made_is_not_charged_unasked_or_elsewhere() {
    let shop = Shop::with_card("tok_429,tok_approve");
    let line = "charge acme --invoice INV-1 --request-id nov-acme";
    shop.run(&format!("{line} --yes"));

    shop.refuses(line, "decision_missing", 2);
    shop.must("card add ACME tok_approve@amex-5544 --by B --how phone");
    shop.must("card default ACME 5544");
    shop.refuses(&format!("{line} --yes"), "request_id_reused", 1);

    assert_eq!(shop.money_taken(), (0, 0));
}

/// A charge that is on its way, its sender stopped in the middle.
fn begun(shop: &Shop) -> Child {
    let mut charge = shop
        .command("charge acme --invoice INV-1 --yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..400 {
        let open = shop.json("charge list --open");
        if open["data"][0]["state"] == "sending" {
            signal(&charge, "-STOP");
            return charge;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it never left: {}", charge.wait().unwrap());
}

fn signal(charge: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &charge.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// A charge on its way is its sender's, and needs nobody, whichever command is
/// asked; one whose sender died needs somebody.
#[test]
fn a_charge_whose_sender_lives_needs_nobody() {
    let shop = Shop::with_card("tok_slow");
    let mut charge = begun(&shop);

    assert_eq!(
        shop.dues("status --quiet"),
        "$ dues status --quiet\n[exit 0]\n"
    );
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    to know
      CH-1: 100.00 USD from ACME is on its way now
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge list --open"), @"
    $ dues charge list --open
    CHARGE  DATE        CUSTOMER  CARD           AMOUNT  STATE
    CH-1    2026-11-22  ACME      visa 4242  100.00 USD  sending  on its way now
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge review"), @"
    $ dues charge review
    Nothing to review.
    [exit 0]
    ");
    assert_eq!(
        shop.json("status")["data"]["open_charges"][0]["waits_for"],
        "sender"
    );
    assert_eq!(shop.dues("check"), "$ dues check\n[exit 0]\n");

    signal(&charge, "-CONT");
    assert!(charge.wait().unwrap().success());
    assert_eq!(
        shop.json("status")["data"]["open_charges"],
        Value::Array(vec![])
    );
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
}

#[test]
fn a_charge_whose_sender_died_is_somebodys() {
    let shop = Shop::with_card("tok_slow");
    let mut charge = begun(&shop);
    signal(&charge, "-KILL");
    charge.wait().unwrap();

    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-22

    needs a person
      CH-1: 100.00 USD from ACME is sending; run `dues charge recover`
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_eq!(shop.json("charge list")["data"][0]["waits_for"], "recovery");
    assert!(shop.dues("charge review").ends_with("[exit 8]\n"));
    shop.must("charge recover");
    assert_eq!(
        shop.dues("status --quiet"),
        "$ dues status --quiet\n[exit 0]\n"
    );
}

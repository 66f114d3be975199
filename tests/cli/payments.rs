//! Money that comes by check, wire and cash, as a bookkeeper books it.

use insta::assert_snapshot;

use super::shop::Shop;

/// OAKS owes INV-1 500.00, INV-2 900.00 and INV-3 300.00.
fn oaks() -> Shop {
    let shop = Shop::new();
    shop.must("customer add 'Oaks LLC' --code OAKS --email ap@oaks.example");
    shop.must("customer add 'Elm' --code ELM");
    for (number, amount, issued) in [
        ("INV-1", 500, "2026-10-01"),
        ("INV-2", 900, "2026-10-05"),
        ("INV-3", 300, "2026-10-08"),
    ] {
        shop.must(&format!(
            "invoice add OAKS {number} {amount} --issued {issued}"
        ));
    }
    shop
}

fn mail(shop: &Shop, id: &str) -> String {
    let shown = shop.json(&format!("mail show {id}"));
    shown["data"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_check_pays_what_its_payer_said() {
    let shop = oaks();
    let line = "payment record OAKS --amount 1200 --method check --ref 8841 --on 2026-11-03 --invoice INV-1=500 --invoice INV-2";

    let planned = shop.json(&format!("{line} --dry-run"));
    assert!(
        shop.json("payment list")["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let done = shop.json(line);

    let mut planned = planned["data"].clone();
    planned.as_object_mut().unwrap().remove("dry_run");
    assert_eq!(planned, done["data"]);
    assert_eq!(done["data"]["reference"], "8841");
    assert_snapshot!(mail(&shop, "M-1"), @"
    Dear Oaks LLC,

    Thank you. On 3 November 2026 we received 1200.00 USD from you by check
    8841 and applied it as follows:

      Invoice        Paid  Still open
      INV-1    500.00 USD    0.00 USD
      INV-2    700.00 USD  200.00 USD

    Payment number: PAY-1

    If anything looks wrong, please reply to this mail.

    Kind regards
    Tulip Wholesale
    ");
    assert_snapshot!(shop.dues("payment record OAKS --amount 1000 --method wire --invoice INV-2 --no-email"), @"
    $ dues payment record OAKS --amount 1000 --method wire --invoice INV-2 --no-email
    Recorded 1000.00 USD from OAKS by wire on 2026-11-22 (PAY-2).
      INV-2  200.00 USD  paid in full
      800.00 USD stays on account
      no confirmation is mailed
    [exit 0]
    ");
    shop.must("check");
}

#[test]
fn the_customers_policy_decides_where_the_payer_said_nothing() {
    let shop = oaks();
    let pays = |line: &str| {
        let done = shop.json(&format!(
            "payment record OAKS --method cash --dry-run {line}"
        ));
        let shares = done["data"]["allocations"].as_array().unwrap().clone();
        let shares = shares.iter().map(|it| {
            let (number, amount) = (&it["invoice"], &it["amount"]["amount"]);
            format!("{} {}", number.as_str().unwrap(), amount.as_str().unwrap())
        });
        shares.collect::<Vec<_>>().join(", ")
    };
    shop.must("invoice add OAKS INV-0 100 --issued 2026-10-20 --due 2026-10-21");

    assert_eq!(pays("--amount 150"), "INV-0 100.00, INV-1 50.00");
    assert_eq!(pays("--amount 150 --allocate oldest"), "INV-1 150.00");
    assert_eq!(pays("--amount 300 --allocate exact"), "INV-3 300.00");
    assert_eq!(pays("--amount 301 --allocate exact"), "");
    assert_eq!(pays("--amount 150 --allocate none"), "");
    assert_eq!(
        pays("--amount 150 --allocate oldest-due --exclude INV-0"),
        "INV-1 150.00"
    );
    assert_eq!(
        pays("--amount 150 --invoice INV-3=100 --allocate oldest-due"),
        "INV-3 100.00, INV-0 50.00"
    );
    // A hold is a standing word to leave it out.
    shop.must("invoice hold INV-0 --because 'being argued about'");
    assert_eq!(pays("--amount 150"), "INV-1 150.00");
    shop.must("customer edit OAKS --allocate exact");
    assert_eq!(pays("--amount 150"), "");
    assert_eq!(shop.json("customer show OAKS")["data"]["allocate"], "exact");
}

#[test]
fn what_cannot_be_booked_is_refused_and_nothing_is_changed() {
    let shop = oaks();
    shop.must("invoice add ELM E-1 70");
    shop.must("invoice add OAKS EU-1 70 --currency EUR");
    shop.must("invoice add OAKS V-1 70");
    shop.must("invoice void V-1 --because typo");
    shop.must("payment record OAKS --amount 10 --method check --ref 8841 --allocate none");
    let table = [
        (
            "--amount 100 --method cash --invoice INV-1=501",
            "more_than_open",
            1,
        ),
        (
            "--amount 100 --method cash --invoice INV-1=60 --invoice INV-2=60",
            "more_than_there",
            1,
        ),
        (
            "--amount 100 --method cash --invoice INV-1=100 --invoice INV-2",
            "nothing_left",
            1,
        ),
        (
            "--amount 100 --method cash --invoice EU-1",
            "currency_differs",
            1,
        ),
        (
            "--amount 100 --method cash --invoice E-1",
            "other_customers_invoice",
            1,
        ),
        (
            "--amount 100 --method cash --invoice V-1",
            "invoice_void",
            1,
        ),
        (
            "--amount 100 --method cash --invoice INV-9",
            "no_such_invoice",
            1,
        ),
        (
            "--amount 100 --method cash --invoice INV-1 --invoice inv-1",
            "invoice_twice",
            2,
        ),
        (
            "--amount 100 --method cash --on 2026-11-23",
            "dated_ahead",
            1,
        ),
        ("--amount 100 --method card", "usage", 2),
        ("--amount 0 --method cash", "amount_not_positive", 2),
        ("--amount -5 --method cash", "amount_not_positive", 2),
        ("--amount 1e3 --method cash", "bad_amount", 2),
        ("--amount 1.005 --method cash", "amount_too_fine", 2),
        ("--amount 100", "decision_missing", 2),
        ("--method cash", "decision_missing", 2),
        (
            "--amount 100 --method check --ref 8841",
            "same_reference",
            2,
        ),
        (
            "--amount 100 --method check --ref 8841 --yes",
            "same_reference",
            2,
        ),
        (
            "--amount 500 --method cash --invoice INV-1 --short INV-1=broken",
            "not_short",
            1,
        ),
        (
            "--amount 500 --method cash --invoice INV-1 --short INV-2=broken",
            "not_paid_by_it",
            1,
        ),
        (
            "--amount 500 --method cash --invoice INV-1 --discount INV-2=5 --because early",
            "not_paid_by_it",
            1,
        ),
        (
            "--amount 500 --method cash --invoice INV-1 --discount INV-1=501 --because early",
            "more_than_open",
            1,
        ),
        (
            "--amount 500 --method cash --invoice INV-1 --discount INV-1=5",
            "decision_missing",
            2,
        ),
        (
            "--amount 490 --method cash --invoice INV-1 --discount INV-1",
            "no_discount",
            1,
        ),
        (
            "--amount 500 --method cash --short INV-1",
            "decision_missing",
            2,
        ),
    ];
    for (arguments, code, exit) in table {
        shop.refuses(&format!("payment record OAKS {arguments}"), code, exit);
    }
    // Another customer's check may have the same number, and so may another way.
    shop.must("payment record ELM --amount 5 --method check --ref 8841");
    shop.must("payment record OAKS --amount 5 --method wire --ref 8841 --allocate none");
    shop.must("payment record OAKS --amount 5 --method check --ref 8841 --again --allocate none");
    shop.must("check");
}

/// What a charge on its way has reserved is not paid a second time.
#[test]
fn what_a_charge_has_reserved_is_left_alone() {
    let shop = Shop::with_card("tok_lost");
    assert_eq!(
        shop.run("charge ACME --invoice INV-1 --yes").status.code(),
        Some(5)
    );

    shop.refuses(
        "payment record ACME --amount 100 --method cash --invoice INV-1",
        "invoice_reserved",
        1,
    );
    let done = shop.json("payment record ACME --amount 100 --method cash");

    assert_eq!(done["data"]["allocations"][0]["invoice"], "INV-2");
}

#[test]
fn a_discount_and_a_short_pay_close_what_they_leave_and_are_asked_for_again_when_the_check_bounces()
{
    let shop = oaks();

    assert_snapshot!(shop.dues("payment record OAKS --amount 690 --method check --ref 7 --invoice INV-1 --invoice INV-3 --discount INV-1=10 --because '2% early' --short INV-3='2 boxes damaged'"), @"
    $ dues payment record OAKS --amount 690 --method check --ref 7 --invoice INV-1 --invoice INV-3 --discount INV-1=10 --because '2% early' --short INV-3='2 boxes damaged'
    Recorded 690.00 USD from OAKS by check 7 on 2026-11-22 (PAY-1).
      INV-1  490.00 USD  paid in full
      INV-3  200.00 USD  paid in full
      10.00 USD of INV-1 taken off: discount ADJ-1 (2% early)
      100.00 USD of INV-3 taken off: short pay ADJ-2 (2 boxes damaged)
      the confirmation goes to ap@oaks.example
    wrote M-1 for ap@oaks.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert!(mail(&shop, "M-1").contains("10.00 USD of INV-1 was taken off as a discount."));
    shop.must("payment bounce PAY-1 --yes");

    let open = |number: &str| {
        shop.json(&format!("invoice show {number}"))["data"]["open"]["minor"].clone()
    };
    assert_eq!(
        (open("INV-1"), open("INV-3")),
        (500_00.into(), 300_00.into())
    );
    shop.must("check");
}

#[test]
fn a_check_that_comes_back_reopens_what_it_paid_and_asks_for_its_fee() {
    let shop = oaks();
    shop.must("payment record OAKS --amount 600 --method check --ref 8841");
    let line = "payment bounce PAY-1 --fee 25 --because 'no funds'";
    shop.refuses(line, "decision_missing", 2);

    assert_snapshot!(shop.dues(&format!("{line} --dry-run")), @"
    $ dues payment bounce PAY-1 --fee 25 --because 'no funds' --dry-run
    This would be the answer:
    PAY-1 came back: 600.00 USD by check 8841 of OAKS.
      INV-1 is open again by 500.00 USD: 500.00 USD open there
      INV-2 is open again by 100.00 USD: 900.00 USD open there
      FEE-PAY-1 asks for the fee of 25.00 USD, due 2026-12-22
      a mail to ap@oaks.example says so
    nothing was written (dry run)
    [exit 0]
    ");
    shop.must(&format!("{line} --yes"));

    assert_snapshot!(mail(&shop, "M-2"), @"
    Dear Oaks LLC,

    On 22 November 2026 the bank returned your payment of 600.00 USD by
    check 8841 (payment PAY-1).

    For the returned payment we ask for 25.00 USD, on invoice FEE-PAY-1.

    These invoices are open again by so much:

      INV-1  500.00 USD
      INV-2  100.00 USD

    Please pay again in another way, or reply to this mail if you have a
    question.

    Kind regards
    Tulip Wholesale
    ");
    assert_snapshot!(shop.dues("payment show PAY-1"), @"
    $ dues payment show PAY-1
    PAY-1 · 600.00 USD by check 8841 from OAKS (Oaks LLC) on 2026-11-22
    2026-11-22  100.00 USD was taken back from INV-2
    2026-11-22  500.00 USD was taken back from INV-1
    2026-11-22  came back from the bank (no funds)
    [exit 0]
    ");
    shop.refuses(&format!("{line} --yes"), "invoice_exists", 1);
    shop.refuses("payment bounce PAY-1 --yes", "bounced_already", 1);
    shop.refuses("payment apply PAY-1 --invoice INV-1", "nothing_left", 1);
    shop.must("check");
}

#[test]
fn a_card_payment_does_not_bounce_and_is_in_no_deposit() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge ACME --invoice INV-1 --yes");

    shop.refuses("payment bounce PAY-1 --yes", "card_does_not_bounce", 1);
    shop.refuses("deposit add --total 100 PAY-1", "card_not_deposited", 1);
}

#[test]
fn what_was_applied_wrongly_is_taken_back_and_stays_in_the_history() {
    let shop = oaks();
    shop.must("payment record OAKS --amount 600 --method check --ref 8841");

    assert_snapshot!(shop.dues("payment unapply PAY-1 --invoice INV-1=450"), @"
    $ dues payment unapply PAY-1 --invoice INV-1=450
    Took 450.00 USD of PAY-1 back from INV-1: 450.00 USD open there.
    450.00 USD is on account.
    [exit 0]
    ");
    shop.refuses(
        "payment unapply PAY-1 --invoice INV-1=51",
        "more_than_applied",
        1,
    );
    shop.refuses(
        "payment unapply PAY-1 --invoice INV-3",
        "nothing_applied",
        1,
    );
    shop.refuses("payment apply PAY-1", "decision_missing", 2);
    shop.must("payment apply PAY-1 --invoice INV-3 --invoice INV-2=150");

    let history = shop.json("payment show PAY-1")["data"]["history"].clone();
    let facts = history.as_array().unwrap().iter();
    let facts = facts.map(|it| {
        let amount = it["amount"]["amount"].as_str().unwrap();
        format!("{} {amount}", it["invoice"].as_str().unwrap())
    });
    assert_eq!(
        facts.collect::<Vec<_>>(),
        [
            "INV-1 500.00",
            "INV-2 100.00",
            "INV-1 -450.00",
            "INV-3 300.00",
            "INV-2 150.00"
        ]
    );
    assert_snapshot!(shop.dues("invoice show INV-1"), @"
    $ dues invoice show INV-1
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-1    OAKS      2026-10-01  2026-10-31  500.00 USD  450.00 USD  part paid, 22 days late
    terms net 30
    2026-11-22  50.00 USD paid by check with PAY-1
    2026-11-22  450.00 USD of PAY-1 was taken back
    [exit 0]
    ");
    shop.must("payment unapply PAY-1");
    assert_eq!(
        shop.json("payment show PAY-1")["data"]["unapplied"]["minor"],
        600_00
    );
    shop.must("check");
}

#[test]
fn all_money_on_account_is_applied_by_each_customers_policy() {
    let shop = oaks();
    shop.must("invoice add ELM E-1 70");
    shop.must("customer edit ELM --allocate exact");
    shop.must("payment record OAKS --amount 600 --method wire --allocate none");
    shop.must("payment record ELM --amount 60 --method wire");
    shop.must("payment record ELM --amount 70 --method cash --allocate none");

    let planned = shop.dues("payment apply --all --dry-run");
    let done = shop.dues("payment apply --all");

    assert_snapshot!(done, @"
    $ dues payment apply --all
    CUSTOMER  FROM   TO              AMOUNT  POLICY
    ELM       PAY-2  on account   60.00 USD  exact
    ELM       PAY-3  E-1          70.00 USD  exact
    OAKS      PAY-1  INV-1       500.00 USD  oldest-due
    OAKS      PAY-1  INV-2       100.00 USD  oldest-due
    [exit 0]
    ");
    let table = done.strip_prefix("$ dues payment apply --all\n").unwrap();
    assert!(
        planned.contains(table.strip_suffix("[exit 0]\n").unwrap()),
        "{planned}"
    );
    shop.must("check");
}

#[test]
fn a_deposit_is_counted_to_the_cent() {
    let shop = oaks();
    shop.must("payment record OAKS --amount 1200 --method check --ref 1 --on 2026-11-20");
    shop.must("payment record OAKS --amount 500 --method check --ref 2 --on 2026-11-20");
    shop.must("payment record OAKS --amount 5 --currency EUR --method cash");

    for (arguments, code, exit) in [
        ("--total 1700.01 PAY-1 PAY-2", "total_differs", 1),
        ("--total 1699.99 PAY-1 PAY-2", "total_differs", 1),
        ("--total 1700 PAY-1 PAY-2 PAY-2", "payment_twice", 2),
        ("--total 1705 PAY-1 PAY-2 PAY-3", "currency_differs", 1),
        (
            "--total 1700 PAY-1 PAY-2 --on 2026-11-19",
            "deposited_before_received",
            1,
        ),
        ("--total 1700 PAY-1 PAY-2 --on 2026-11-23", "dated_ahead", 1),
        ("--total 1700 PAY-1 PAY-9", "no_such_payment", 1),
    ] {
        shop.refuses(&format!("deposit add {arguments}"), code, exit);
    }
    shop.must("deposit add --total 1700.00 PAY-1 PAY-2 --on 2026-11-21");

    shop.refuses("deposit add --total 1200 PAY-1", "deposited_already", 1);
    assert_snapshot!(shop.dues("deposit show DEP-1"), @"
    $ dues deposit show DEP-1
    DEP-1 · 1700.00 USD on 2026-11-21
    PAYMENT  CUSTOMER  BY     NUMBER       AMOUNT
    PAY-1    OAKS      check  1       1200.00 USD
    PAY-2    OAKS      check  2        500.00 USD
    [exit 0]
    ");
    assert_eq!(shop.json("payment show PAY-2")["data"]["deposit"], "DEP-1");
    assert_eq!(shop.json("deposit list")["data"][0]["payments"][1], "PAY-2");
}

#[test]
fn money_without_a_name_waits_for_its_owner() {
    let shop = oaks();
    shop.must("payment record --unidentified --amount 300 --method wire --ref 7781 --payer 'O. A. KS' --on 2026-11-20");
    shop.refuses("payment identify UR-1", "decision_missing", 2);
    shop.refuses("payment identify UR-2 OAKS", "no_such_receipt", 1);

    assert_snapshot!(shop.dues("payment list --unidentified"), @"
    $ dues payment list --unidentified
    RECEIPT  DATE        BY             AMOUNT  PAYER     MEMO
    UR-1     2026-11-20  wire 7781  300.00 USD  O. A. KS
    [exit 0]
    ");
    assert!(
        shop.dues("status")
            .contains("1 payment has no owner yet (300.00 USD)")
    );
    shop.must("payment identify UR-1 OAKS --invoice INV-3");

    let payment = shop.json("payment show PAY-1")["data"].clone();
    assert_eq!(payment["receipt"], "UR-1");
    assert_eq!(payment["received_on"], "2026-11-20");
    assert_eq!(payment["allocations"][0]["invoice"], "INV-3");
    shop.refuses("payment identify UR-1 ELM", "identified_already", 1);
    assert!(
        shop.json("status")["data"]["unidentified"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    shop.must("check");
}

/// 2/10 net 30: of an invoice of 1 November until the 11th, by the day on which the money came.
#[test]
fn the_discount_of_the_terms_is_granted_once_and_until_its_day() {
    let shop = Shop::new();
    shop.must("customer add Oaks --code OAKS --terms '2/10 net 30'");
    shop.must("invoice add OAKS INV-1 500.25 --issued 2026-11-01");
    let late = "payment record OAKS --amount 400 --method check --on 2026-11-12 --invoice INV-1 --discount INV-1";
    let early = late.replace("-12", "-11");

    assert_snapshot!(shop.dues(late), @"
    $ dues payment record OAKS --amount 400 --method check --on 2026-11-12 --invoice INV-1 --discount INV-1
    error: the discount of `INV-1` was for payment by 2026-11-11; this came on 2026-11-12
    hint: To grant one all the same, give it and why: `--discount INV-1=AMOUNT --because TEXT`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues(&early), @"
    $ dues payment record OAKS --amount 400 --method check --on 2026-11-11 --invoice INV-1 --discount INV-1
    Recorded 400.00 USD from OAKS by check on 2026-11-11 (PAY-1).
      INV-1  400.00 USD  90.25 USD left
      10.00 USD of INV-1 taken off: discount ADJ-1 (2/10 net 30)
      no confirmation is mailed
    [exit 0]
    ");
    shop.refuses(&early, "discount_taken", 1);
    shop.must(&format!("{late}=2 --because 'as agreed'"));
    assert_eq!(shop.dues("check"), "$ dues check\n[exit 0]\n");
}

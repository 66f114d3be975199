//! Scheduled charges as a bookkeeper meets them: planned, looked at, changed, run.

use insta::assert_snapshot;

use crate::shop::Shop;

/// Monday 23 November 2026, five past nine in New York.
const MONDAY: &str = "2026-11-23T14:05:00Z";

fn later(shop: &mut Shop, moment: &str) {
    shop.put_around("DUES_NOW", moment);
}

#[test]
fn a_payment_is_planned_for_monday_morning_and_charged_then() {
    let mut shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("schedule add acme --on mon --at 09:00 --card 4242 --invoice INV-1 --invoice INV-2=50"), @"
    $ dues schedule add acme --on mon --at 09:00 --card 4242 --invoice INV-1 --invoice INV-2=50
    S-1: INV-1, INV-2=50.00 from visa 4242 of ACME (Acme Corp)
    on Mon 2026-11-23 at 09:00 (America/New_York)
    as things stand it charges 150.00 USD to visa 4242
    `dues schedule run`, by hand or from cron, charges it when its time has come.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule list"), @"
    $ dues schedule list
    SCHEDULE  CUSTOMER  NEXT            AT                      CHARGES             CARD       TODAY
    S-1       ACME      Mon 2026-11-23  09:00 America/New_York  INV-1, INV-2=50.00  visa 4242  150.00 USD
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    Nothing was due.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule run --dry-run --until mon"), @"
    $ dues schedule run --dry-run --until mon
    would be done:
    OCCURRENCE      DUE                   CUSTOMER     CHARGES  CARD
    S-1 2026-11-23  Mon 2026-11-23 09:00  ACME      150.00 USD  visa 4242
    1 charge, 150.00 USD
    nothing was charged (dry run)
    [exit 0]
    ");
    later(&mut shop, MONDAY);
    assert_snapshot!(shop.dues("schedule run --dry-run"), @"
    $ dues schedule run --dry-run
    would be done:
    OCCURRENCE      DUE  CUSTOMER     CHARGES  CARD
    S-1 2026-11-23  now  ACME      150.00 USD  visa 4242
    1 charge, 150.00 USD
    nothing was charged (dry run)
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (0, 0));
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      150.00 USD  charged to visa 4242 (CH-1)
    1 charged, 150.00 USD.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    Nothing was due.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule show S-1"), @"
    $ dues schedule show S-1
    S-1: INV-1, INV-2=50.00 from visa 4242 of ACME (Acme Corp)
    on Mon 2026-11-23 at 09:00 (America/New_York)
    ended: all of it is done

      DATE            AT
      Mon 2026-11-23  09:00  paid 150.00 USD (CH-1)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule list"), @"
    $ dues schedule list
    Nothing is scheduled. Begin with `dues schedule add CUSTOMER --on mon --all-due`.
    [exit 0]
    ");

    assert_eq!(shop.money_taken(), (1, 150_00));
    shop.must("check");
}

#[test]
fn a_date_is_moved_another_left_out_and_the_rest_cancelled() {
    let shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --amount 50 --every month --day 31 --count 12");

    assert_snapshot!(shop.dues("schedule move S-1 --to 2026-12-02 --at 10:30"), @"
    $ dues schedule move S-1 --to 2026-12-02 --at 10:30
    Mon 2026-11-30 of S-1 is charged on Wed 2026-12-02 at 10:30 (America/New_York).
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule skip S-1 2026-12-31 --because vacation"), @"
    $ dues schedule skip S-1 2026-12-31 --because vacation
    Thu 2026-12-31 of S-1 is left out.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule show S-1"), @"
    $ dues schedule show S-1
    S-1: 50.00 USD, every month from the default card of ACME (Acme Corp)
    first on Mon 2026-11-30 at 09:00 (America/New_York), 12 times in all
    as things stand it charges 50.00 USD to visa 4242

      DATE            AT
      Mon 2026-11-30  09:00  moved to Wed 2026-12-02 10:30
      Thu 2026-12-31  09:00  skipped: vacation
      Sun 2027-01-31  09:00
      Sun 2027-02-28  09:00
      Wed 2027-03-31  09:00
      Fri 2027-04-30  09:00
      Mon 2027-05-31  09:00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule cancel S-1"), @"
    $ dues schedule cancel S-1
    S-1 is cancelled; nothing of it is charged any more.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule list"), @"
    $ dues schedule list
    Nothing is scheduled. Begin with `dues schedule add CUSTOMER --on mon --all-due`.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("schedule list --all"), @"
    $ dues schedule list --all
    SCHEDULE  CUSTOMER  NEXT  AT  CHARGES                 CARD     TODAY
    S-1       ACME      -         50.00 USD, every month  default  ended: cancelled by hand
    [exit 0]
    ");
}

#[test]
fn a_run_tells_of_each_and_exits_with_the_gravest() {
    let mut shop = Shop::with_card("tok_approve");
    for (code, token) in [
        ("ROSA", "tok_decline_soft@visa-0001"),
        ("DEAD", "tok_decline_hard@visa-0002"),
        ("LOST", "tok_lost@visa-0003"),
        ("HELD", "tok_approve@visa-0004"),
    ] {
        shop.must(&format!("customer add '{code} Ltd' --code {code}"));
        shop.must(&format!("card add {code} {token} --by X --how phone"));
        shop.must(&format!(
            "invoice add {code} {code}-1 80 --due 2026-01-31 --issued 2026-01-01"
        ));
    }
    for code in ["ACME", "ROSA", "DEAD", "LOST", "HELD"] {
        shop.must(&format!("schedule add {code} --all-due --on mon"));
    }
    shop.must("customer hold held --because 'in talks'");
    later(&mut shop, MONDAY);

    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      600.00 USD  charged to visa 4242 (CH-1)
    S-2 2026-11-23  ROSA       80.00 USD  visa 0001 declined, insufficient_funds (CH-2); again on 2026-11-24: not now, the bank says (insufficient_funds); try 2 of 4
    S-3 2026-11-23  DEAD       80.00 USD  visa 0002 declined, stolen_card (CH-3); not again: the bank says never again on this card (stolen_card)
    S-4 2026-11-23  LOST       80.00 USD  nobody knows yet whether visa 0003 was charged (CH-4, unknown)
    S-5 2026-11-23  HELD                  passed over: the customer is on hold (in talks)
    1 charged, 600.00 USD · 2 declined · 1 unknown · 1 passed over.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    error: the outcome of 1 charge is not known
    hint: The next run asks again, and so does `dues charge recover`; until then these customers are passed over.
    [exit 5]
    ");
    later(&mut shop, "2026-11-23T14:20:00Z");
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER  AMOUNT
    S-5 2026-11-23  HELD              passed over: the customer is on hold (in talks)
    S-2 2026-11-23  ROSA              waits until 2026-11-24: not now, the bank says (insufficient_funds); try 2 of 4
    S-4 2026-11-23  LOST              CH-4 took the money before
    1 passed over.
    CH-4 was unknown; it did succeed, and is booked
    [exit 0]
    ");
    later(&mut shop, "2026-11-24T14:05:00Z");
    assert_snapshot!(shop.dues("schedule run --quiet"), @"
    $ dues schedule run --quiet
    1 declined · 1 passed over.
    error: 1 card was declined
    hint: They are tried again on their days; `dues schedule list` shows when.
    [exit 4]
    ");
    assert_snapshot!(shop.dues("schedule list"), @"
    $ dues schedule list
    SCHEDULE  CUSTOMER  NEXT            AT                      CHARGES          CARD     TODAY
    S-2       ROSA      -                                       all that is due  default  2026-11-23: declined (CH-2): tried again on 2026-11-26: not now, the bank says (insufficient_funds); try 3 of 4
    S-3       DEAD      -                                       all that is due  default  2026-11-23: failed (CH-3): the bank says never again on this card (stolen_card)
    S-5       HELD      Mon 2026-11-23  09:00 America/New_York  all that is due  default  nothing: the customer is on hold (in talks)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      S-3 2026-11-23 failed: the bank says never again on this card (stolen_card); ask for another card

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
      S-5 2026-11-23: HELD is passed over: the customer is on hold (in talks)
      S-2 2026-11-23: ROSA is tried again on 2026-11-26: not now, the bank says (insufficient_funds); try 3 of 4
      CH-3: 80.00 USD from DEAD was declined (stolen_card)
      CH-2: 80.00 USD from ROSA was declined (insufficient_funds)
    error: 1 thing needs a person
    [exit 8]
    ");
    shop.must("check");
}

#[test]
fn a_saved_plan_is_charged_exactly_or_not_at_all() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("customer add 'Rosa Ltd' --code ROSA");
    shop.must("card add ROSA tok_approve@visa-0001 --by X --how phone");
    shop.must("invoice add ROSA R-1 80 --due 2026-01-31 --issued 2026-01-01");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.must("schedule add rosa --all-due --on mon");
    later(&mut shop, MONDAY);

    assert_snapshot!(shop.dues("schedule run --dry-run --save plan.json"), @"
    $ dues schedule run --dry-run --save plan.json
    would be done:
    OCCURRENCE      DUE  CUSTOMER     CHARGES  CARD
    S-1 2026-11-23  now  ACME      100.00 USD  visa 4242
    S-2 2026-11-23  now  ROSA       80.00 USD  visa 0001
    2 charges, 180.00 USD
    Saved as plan.json; `dues schedule run --plan plan.json` charges exactly this.
    nothing was charged (dry run)
    [exit 0]
    ");
    shop.must("invoice add ROSA R-2 20 --due 2026-01-31 --issued 2026-01-01");
    assert_snapshot!(shop.dues("schedule run --plan plan.json"), @"
    $ dues schedule run --plan plan.json
    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      100.00 USD  charged to visa 4242 (CH-1)
    S-2 2026-11-23  ROSA                  passed over: what would be charged differs from the saved plan
    1 charged, 100.00 USD · 1 passed over.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    error: 1 occurrence needs a person
    hint: The reason stands beside each; `dues status` shows what waits for you.
    [exit 8]
    ");
    assert_eq!(shop.money_taken(), (1, 100_00));
    shop.refuses(
        "schedule run --dry-run --plan nowhere.json",
        "cannot_read",
        1,
    );
    shop.write("other.json", "{}");
    shop.refuses("schedule run --plan other.json", "not_a_plan", 1);
}

#[test]
fn a_run_stops_where_it_is_told_to() {
    let mut shop = Shop::with_card("tok_approve");
    for invoice in ["INV-1", "INV-2", "INV-3"] {
        shop.must(&format!("schedule add acme --invoice {invoice} --on mon"));
    }
    later(&mut shop, MONDAY);

    assert_snapshot!(shop.dues("schedule run --dry-run --max-total 350"), @"
    $ dues schedule run --dry-run --max-total 350
    would be done:
    OCCURRENCE      DUE  CUSTOMER     CHARGES  CARD
    S-1 2026-11-23  now  ACME      100.00 USD  visa 4242
    S-2 2026-11-23  now  ACME      200.00 USD  visa 4242
    2 charges, 300.00 USD
    then it would stop: more would exceed --max-total 350.00
    nothing was charged (dry run)
    error: the run would stop: more would exceed --max-total 350.00
    hint: The next run goes on with what is left.
    [exit 6]
    ");
    assert_snapshot!(shop.dues("schedule run --max-total 350"), @"
    $ dues schedule run --max-total 350
    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      100.00 USD  charged to visa 4242 (CH-1)
    S-2 2026-11-23  ACME      200.00 USD  charged to visa 4242 (CH-2)
    2 charged, 300.00 USD. Stopped: more would exceed --max-total 350.00; 1 not reached.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    wrote M-2 for ap@acme.example to ~/mails/confirmation.pay-2.HASH@dues.invalid.eml; no mail server is set up
    error: the run stopped: more would exceed --max-total 350.00
    hint: The next run goes on with what is left.
    [exit 6]
    ");
    assert_eq!(shop.money_taken(), (2, 300_00));
    assert_snapshot!(shop.dues("schedule run --max-count 0"), @"
    $ dues schedule run --max-count 0
    Nothing was charged. Stopped: --max-count 0 is reached; 1 not reached.
    error: the run stopped: --max-count 0 is reached
    hint: The next run goes on with what is left.
    [exit 6]
    ");
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER      AMOUNT
    S-3 2026-11-23  ACME      300.00 USD  charged to visa 4242 (CH-3)
    1 charged, 300.00 USD.
    wrote M-3 for ap@acme.example to ~/mails/confirmation.pay-3.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (3, 600_00));
}

/// Whoever ends it learns what is under way still.
#[test]
fn autopay_that_ends_names_the_charge_that_is_under_way() {
    let mut shop = Shop::with_card("tok_500");
    shop.must("autopay on acme");
    later(&mut shop, MONDAY);
    assert_eq!(shop.run("schedule run").status.code(), Some(5));

    assert_snapshot!(shop.dues("autopay off acme"), @"
    $ dues autopay off acme
    ACME is no longer on autopay.
    CH-1 is under way or done, and stays: see `dues charge show CH-1`.
    [exit 0]
    ");
}

#[test]
fn autopay_is_agreed_listed_and_ended() {
    let mut shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("autopay on acme --when +3d --max 5000 --card 4242"), @"
    $ dues autopay on acme --when +3d --max 5000 --card 4242
    ACME (Acme Corp) is on autopay: each invoice is charged 3 days after it is due at 09:00 (America/New_York), at most 5000.00 USD a charge.
    As things stand today it charges 600.00 USD to visa 4242.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("autopay list"), @"
    $ dues autopay list
    AUTOPAY  CUSTOMER  CHARGED                 AT                          AT MOST  CARD       TODAY
    AP-1     ACME      3 days after it is due  09:00 America/New_York  5000.00 USD  visa 4242  600.00 USD
    [exit 0]
    ");
    later(&mut shop, MONDAY);
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE       CUSTOMER      AMOUNT
    AP-1 2026-11-23  ACME      600.00 USD  charged to visa 4242 (CH-1)
    1 charged, 600.00 USD.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(shop.dues("autopay off acme"), @"
    $ dues autopay off acme
    ACME is no longer on autopay.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("autopay list"), @"
    $ dues autopay list
    Nobody is on autopay. Begin with `dues autopay on CUSTOMER`.
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (1, 600_00));
}

/// What was agreed at planning is charged, or nothing.
#[test]
fn a_locked_amount_is_never_another() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --all-due --lock-amount --on mon");
    shop.must("charge acme --invoice INV-1=40 --yes");
    later(&mut shop, MONDAY);

    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER  AMOUNT
    S-1 2026-11-23  ACME              held for a person: invoice `INV-1` has only 60.00 USD open; 100.00 USD is asked
    1 for a person.
    error: 1 occurrence needs a person
    hint: The reason stands beside each; `dues status` shows what waits for you.
    [exit 8]
    ");
    assert_eq!(shop.money_taken(), (1, 40_00));
}

#[test]
fn a_consent_to_scheduled_charges_is_enough_for_a_schedule_and_for_nothing_else() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("card authorize ACME 4242 --by B --how phone --scope scheduled");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.refuses("charge acme --invoice INV-1 --yes", "not_authorized", 1);

    later(&mut shop, MONDAY);
    shop.must("schedule run");

    assert_eq!(shop.money_taken(), (1, 100_00));
}

#[test]
fn what_cannot_be_planned_is_refused_with_what_to_do() {
    let shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    for (line, code, exit) in [
        ("schedule add acme --all-due", "decision_missing", 2),
        ("schedule add acme --on mon", "decision_missing", 2),
        (
            "schedule add acme --all-due --every month",
            "decision_missing",
            2,
        ),
        (
            "schedule add acme --all-due --on 2026-11-01",
            "date_is_past",
            2,
        ),
        ("schedule add acme --all-due --on someday", "bad_date", 2),
        (
            "schedule add acme --all-due --on mon --at 25:00",
            "bad_time",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --zone Mars/Base",
            "bad_zone",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --every fortnight",
            "bad_schedule",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --every 2 weeks --day 3",
            "bad_schedule",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --every week --count 0",
            "bad_schedule",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --every week --until 2026-11-20",
            "bad_schedule",
            2,
        ),
        (
            "schedule add acme --all-due --on mon --every week --lock-amount",
            "lock_repeats",
            2,
        ),
        ("schedule add acme --all-due --on mon --day 3", "usage", 2),
        (
            "schedule add acme --amount 0 --on mon",
            "amount_not_positive",
            2,
        ),
        (
            "schedule add acme --amount 1.005 --on mon",
            "amount_too_fine",
            2,
        ),
        (
            "schedule add acme --invoice INV-9 --on mon",
            "no_such_invoice",
            1,
        ),
        (
            "schedule add acme --invoice INV-1=500 --on mon",
            "more_than_open",
            1,
        ),
        (
            "schedule add acme --invoice INV-1 --invoice inv-1 --on mon",
            "invoice_twice",
            2,
        ),
        (
            "schedule add nobody --all-due --on mon",
            "no_such_customer",
            1,
        ),
        (
            "schedule add acme --all-due --on mon --card 1111",
            "no_such_card",
            1,
        ),
        ("schedule show S-9", "no_such_schedule", 1),
        ("schedule show CH-1", "bad_schedule", 2),
        (
            "schedule move S-1 2026-11-24 --to fri",
            "not_a_date_of_it",
            1,
        ),
        ("schedule move S-1 --to 2026-11-01", "date_is_past", 2),
        ("schedule skip S-1 2027-01-01", "not_a_date_of_it", 1),
        ("schedule run --until fri", "usage", 2),
        ("autopay off acme", "no_autopay", 1),
        ("autopay on acme --when soon", "bad_when", 2),
        ("autopay on acme --max 0", "amount_not_positive", 2),
        ("customer release acme", "not_on_hold", 1),
        ("invoice release INV-1", "not_on_hold", 1),
    ] {
        shop.refuses(line, code, exit);
    }
    assert_snapshot!(shop.dues("schedule add acme --all-due"), @"
    $ dues schedule add acme --all-due
    error: the day is not said, and there is nobody to ask
    hint: Add `--on DATE`, such as `--on mon`.
    [exit 2]
    ");
}

/// The customer hears of a charge that comes and, once, of one that failed;
/// whoever keeps the book hears what a run left to do.
#[test]
fn everybody_is_told_once() {
    let mut shop = Shop::with_card("tok_decline_soft,tok_decline_soft,tok_approve");
    shop.write(
        "config.toml",
        "[schedule]\nannounce_days = 2\ncard_link = 'https://pay.tulip.example'\nreport_to = 'books@tulip.example'\n",
    );
    let config = shop.path("config.toml").display().to_string();
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.put_around("DUES_CONFIG", config);

    shop.must("schedule run");
    shop.must("schedule run");
    for moment in [
        MONDAY,
        "2026-11-24T14:05:00Z",
        "2026-11-25T14:05:00Z",
        "2026-11-26T14:05:00Z",
    ] {
        later(&mut shop, moment);
        shop.run("schedule run");
    }

    let mails = shop.json("mail list");
    let told: Vec<String> = mails["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|mail| {
            format!(
                "{} to {}",
                mail["event"].as_str().unwrap(),
                mail["to"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "coming:S-1:2026-11-23 to ap@acme.example",
            "failed:S-1:2026-11-23 to ap@acme.example",
            "run:2026-11-23T14:05:00Z to books@tulip.example",
            "run:2026-11-24T14:05:00Z to books@tulip.example",
            "confirmation:PAY-1 to ap@acme.example",
        ]
    );
    assert_snapshot!(shop.dues("mail show M-2"), @"
    $ dues mail show M-2
    M-2 · written on 2026-11-23 09:05 · ~/mails/failed.s-1.2026-11-23.HASH@dues.invalid.eml
    to       ap@acme.example
    subject  Payment of 100.00 USD could not be taken

    Dear Acme Corp,

    On 23 November 2026 we could not take 100.00 USD from your Visa card
    ending in 4242. Your bank says there is not enough money available on
    the card.

    We will try again on 24 November 2026. You need not do anything, unless
    another card is better.

      INV-1  100.00 USD

    You can give us another card, or pay, here:
    https://pay.tulip.example

    If you would rather pay another way, please reply to this mail.

    Kind regards
    Tulip Wholesale
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail show M-3"), @"
    $ dues mail show M-3
    M-3 · written on 2026-11-23 09:05 · ~/mails/run.2026-11-23t14.05.00z.HASH@dues.invalid.eml
    to       books@tulip.example
    subject  Scheduled charges of Tulip Wholesale: 1 declined.

    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      100.00 USD  visa 4242 declined, insufficient_funds (CH-1); again on 2026-11-24: not now, the bank says (insufficient_funds); try 2 of 4
    1 declined.
    [exit 0]
    ");
}

#[test]
fn what_nobody_ran_is_said_and_so_is_why_a_run_may_fail() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --invoice INV-1 --on mon");

    assert_snapshot!(shop.dues("schedule doctor"), @"
    $ dues schedule doctor
    well
      nothing ever ran
      no secret is needed
      sandbox answers
    [exit 0]
    ");
    later(&mut shop, "2026-11-24T14:05:00Z");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      S-1 2026-11-23: 100.00 USD from ACME was due on 2026-11-23 at 09:00, and no run came; see `dues schedule doctor`
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("schedule doctor"), @"
    $ dues schedule doctor
    well
      nothing ever ran
      no secret is needed
      sandbox answers
    to put right
      1 charge is due, and no run came: S-1 2026-11-23; is `dues schedule run` in a crontab or timer, and is this machine on?
    error: 1 thing is to be put right
    [exit 8]
    ");
    shop.must("schedule run");
    assert_snapshot!(shop.dues("schedule doctor"), @"
    $ dues schedule doctor
    well
      the last run was Tue 2026-11-24 09:05: 1 charged
      no secret is needed
      sandbox answers
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-24

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
    [exit 0]
    ");
}

/// What is too late is held, and a person lets it go or leaves it out.
#[test]
fn what_is_held_waits_for_a_person() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.must("schedule add acme --invoice INV-2 --on mon");
    later(&mut shop, "2026-11-26T14:05:00Z");

    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER  AMOUNT
    S-1 2026-11-23  ACME              held for a person: it is 72 hours late; a person should look first
    S-2 2026-11-23  ACME              held for a person: it is 72 hours late; a person should look first
    2 for a person.
    error: 2 occurrences need a person
    hint: The reason stands beside each; `dues status` shows what waits for you.
    [exit 8]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-26

    needs a person
      S-1 2026-11-23 is held: it is 72 hours late; a person should look first; `dues schedule move S-1 2026-11-23 --to today` or `dues schedule skip S-1 2026-11-23`
      S-2 2026-11-23 is held: it is 72 hours late; a person should look first; `dues schedule move S-2 2026-11-23 --to today` or `dues schedule skip S-2 2026-11-23`
    error: 2 things need a person
    [exit 8]
    ");
    shop.must("schedule move S-1 2026-11-23 --to today");
    shop.must("schedule skip S-2 2026-11-23");
    assert_snapshot!(shop.dues("schedule run"), @"
    $ dues schedule run
    OCCURRENCE      CUSTOMER      AMOUNT
    S-1 2026-11-23  ACME      100.00 USD  charged to visa 4242 (CH-1)
    1 charged, 100.00 USD.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// Cron comes every quarter of an hour, and mails what is printed.
#[test]
fn a_quiet_run_says_what_it_did_and_not_what_is_as_it_was() {
    let mut shop = Shop::with_card("tok_decline_hard");
    shop.must("customer add 'Rosa Ltd' --code ROSA");
    shop.must("card add ROSA tok_pending@visa-0001 --by X --how phone");
    shop.must("invoice add ROSA R-1 80 --due 2026-01-31 --issued 2026-01-01");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.must("schedule add acme --invoice INV-2 --on mon");
    shop.must("schedule add rosa --all-due --on mon");
    later(&mut shop, MONDAY);

    assert_snapshot!(shop.dues("schedule run --quiet"), @"
    $ dues schedule run --quiet
    1 declined · 1 unknown · 1 passed over.
    S-2 2026-11-23: ACME is passed over: the bank said on 2026-11-23 never again on this card (stolen_card)
    wrote M-1 for ap@acme.example to ~/mails/failed.s-1.2026-11-23.HASH@dues.invalid.eml; no mail server is set up
    error: the outcome of 1 charge is not known
    hint: The next run asks again, and so does `dues charge recover`; until then these customers are passed over.
    [exit 5]
    ");
    later(&mut shop, "2026-11-23T14:20:00Z");
    assert_snapshot!(shop.dues("schedule run --quiet"), @"
    $ dues schedule run --quiet
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-23

    needs a person
      CH-2: 80.00 USD from ROSA is pending; run `dues charge recover`
      S-1 2026-11-23 failed: the bank says never again on this card (stolen_card); ask for another card
      S-2 2026-11-23: ACME is passed over since 2026-11-23 09:05: the bank said on 2026-11-23 never again on this card (stolen_card)

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
      S-3 2026-11-23: ROSA is passed over: CH-2 is pending still
      CH-1: 100.00 USD from ACME was declined (stolen_card)
    error: 3 things need a person
    [exit 8]
    ");
}

/// Nobody reads twice what cron prints. What a run could not do is news once,
/// then it is in `status` with its reason and age until a run has done it.
#[test]
fn what_a_run_could_not_do_is_said_until_a_run_has_done_it() {
    let mut shop = Shop::with_card("tok_approve");
    shop.write(
        "config.toml",
        "[schedule]\nreport_to = 'books@tulip.example'\n",
    );
    let config = shop.path("config.toml").display().to_string();
    shop.put_around("DUES_CONFIG", config);
    shop.must("schedule add acme --invoice INV-1 --on mon");
    shop.must("gateway logout sandbox");
    later(&mut shop, MONDAY);
    let reports = |shop: &Shop| {
        let mails = shop.json("mail list");
        let all = mails["data"].as_array().unwrap().iter();
        all.filter(|mail| mail["to"] == "books@tulip.example")
            .count()
    };

    assert_snapshot!(shop.dues("schedule run --dry-run"), @"
    $ dues schedule run --dry-run
    would be done:
    OCCURRENCE      DUE  CUSTOMER  CHARGES  CARD
    S-1 2026-11-23  now  ACME                     passed over: this book is not logged in to sandbox
    no charge
    nothing was charged (dry run)
    error: 1 occurrence needs a person
    hint: The reason stands beside each; `dues status` shows what waits for you.
    [exit 8]
    ");
    assert_snapshot!(shop.dues("charge acme --all-due --dry-run"), @"
    $ dues charge acme --all-due --dry-run
    error: this book is not logged in to sandbox
    hint: Log in with `dues gateway login sandbox`.
    [exit 3]
    ");
    assert_snapshot!(shop.dues("schedule run --quiet"), @"
    $ dues schedule run --quiet
    1 passed over.
    S-1 2026-11-23: ACME is passed over: this book is not logged in to sandbox
    wrote M-1 for books@tulip.example to ~/mails/run.2026-11-23t14.05.00z.HASH@dues.invalid.eml; no mail server is set up
    error: 1 occurrence needs a person
    hint: The reason stands beside each; `dues status` shows what waits for you.
    [exit 8]
    ");
    assert_eq!(reports(&shop), 1);
    later(&mut shop, "2026-11-24T14:05:00Z");
    assert_snapshot!(shop.dues("schedule run --quiet"), @"
    $ dues schedule run --quiet
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      S-1 2026-11-23: ACME is passed over since 2026-11-23 09:05: this book is not logged in to sandbox

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("schedule doctor"), @"
    $ dues schedule doctor
    well
      the last run was Tue 2026-11-24 09:05: 1 not charged
      no secret is needed
    to put right
      this book is not logged in to sandbox. Log in with `dues gateway login sandbox`.
    error: 1 thing is to be put right
    [exit 8]
    ");
    shop.must("gateway login sandbox");
    assert_eq!(shop.run("status --quiet").status.code(), Some(8));
    shop.must("schedule run --quiet");
    assert_eq!(shop.run("status --quiet").status.code(), Some(0));
    assert_eq!(reports(&shop), 1);
}

/// What the configuration says is what everybody says, and where a run would
/// be refused for it, `doctor` and `status` say so.
#[test]
fn the_configured_retry_days_are_everybodys() {
    let mut shop = Shop::with_card("tok_decline_soft");
    shop.write("config.toml", "[schedule]\nretry_days = [5, 9]\n");
    let config = shop.path("config.toml").display().to_string();
    shop.put_around("DUES_CONFIG", config);
    shop.must("schedule add acme --invoice INV-1 --on mon");
    later(&mut shop, MONDAY);
    shop.run("schedule run");

    for line in ["status", "schedule run --dry-run", "schedule show S-1"] {
        let seen = shop.dues(line);
        assert!(
            seen.contains("tried again on 2026-11-28") || seen.contains("waits until 2026-11-28"),
            "{seen}"
        );
    }
    shop.write(
        "config.toml",
        "[schedule]\nretry_days = [9, 5]\n[mail]\nfrom = 'nobody'\n",
    );
    shop.must("schedule add acme --invoice INV-2 --on tue");
    later(&mut shop, "2026-11-24T14:05:00Z");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      no run can charge what is due: `schedule.retry_days` are not days that the card networks allow

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
      CH-1: 100.00 USD from ACME was declined (insufficient_funds)
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("schedule doctor"), @"
    $ dues schedule doctor
    well
      the last run was Mon 2026-11-23 09:05: 1 declined
      no secret is needed
      sandbox answers
    to put right
      every run is refused: `schedule.retry_days` are not days that the card networks allow. Give at most 3 rising days from 1 to 30, such as `retry_days = [1, 3, 7]`.
      no mail can be sent: `nobody` is not an address to send mail from. Write it as `billing@shop.example`; a domain with other letters than a to z in its ASCII form, `xn--…`.
    error: 2 things are to be put right
    [exit 8]
    ");
    for line in ["schedule run --dry-run", "schedule run"] {
        assert_eq!(shop.run(line).status.code(), Some(3), "{line}");
    }
    // What it kept from being charged is known after it is put right.
    shop.write("config.toml", "[schedule]\nretry_days = [5, 9]\n");
    let seen = shop.dues("status --quiet");
    assert!(
        seen.contains("could not be charged since 2026-11-24 09:05: `schedule.retry_days`"),
        "{seen}"
    );
}

/// A dry run ends as the run would.
#[test]
fn a_dry_run_ends_with_the_exit_of_the_run() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --invoice INV-1 --on mon");
    later(&mut shop, "2026-11-27T14:05:00Z");
    for line in ["schedule run --dry-run", "schedule run"] {
        assert_eq!(shop.run(line).status.code(), Some(8), "{line}");
    }
    shop.must("schedule add acme --invoice INV-2 --on sat");
    later(&mut shop, "2026-11-28T14:05:00Z");
    for line in [
        "schedule run --max-count 0 --dry-run",
        "schedule run --max-count 0",
    ] {
        assert_eq!(shop.run(line).status.code(), Some(6), "{line}");
    }
    for line in ["schedule run --dry-run", "schedule run"] {
        assert_eq!(shop.run(line).status.code(), Some(0), "{line}");
    }
}

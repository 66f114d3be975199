//! Disputes at the terminal: words, exit codes, documents; three verbs, never one.

use insta::assert_snapshot;
use serde_json::json;

use crate::shop::Shop;

/// ACME paid INV-1, INV-2 and 50.00 on account: 350.00 as PAY-1.
fn paid() -> Shop {
    let shop = Shop::with_card("tok_approve/refund_given");
    shop.must("invoice void INV-3 --because 'not delivered' --yes");
    shop.must("charge acme --amount 350 --on-account --no-email --yes");
    shop
}

const OPEN: &str = "dispute open CH-1 --amount 120 --reason 'product not received' --fee 15 --respond-by 2026-12-05";

#[test]
fn a_dispute_is_opened_shown_and_said_before_the_next_charge() {
    let shop = paid();
    let before = shop.contents();

    let dry = shop.dues(&format!("{OPEN} --dry-run"));
    assert!(dry.contains("nothing was written (dry run)"), "{dry}");
    assert_eq!(shop.contents(), before);
    assert_snapshot!(shop.dues(OPEN), @"
    $ dues dispute open CH-1 --amount 120 --reason 'product not received' --fee 15 --respond-by 2026-12-05
    DSP-1 · open · 120.00 USD of PAY-1 from ACME (Acme Corp)
    by charge CH-1 on visa 4242
    reason: product not received
    opened on 2026-11-22 · answer by 2026-12-05
    the gateway took a fee of 15.00 USD
      INVOICE   REOPENED   OPEN NOW
      INV-2    70.00 USD  70.00 USD  on hold
    Answer it on the gateway's own page with what `dues dispute evidence DSP-1` puts together, then write it down with `dues dispute answered DSP-1`. When the bank decides: `dues dispute won DSP-1` or `dues dispute lost DSP-1`. To give in: `dues dispute accept DSP-1`.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("dispute list"), @"
    $ dues dispute list
    DISPUTE  OPENED      CUSTOMER  PAYMENT      AMOUNT  STATE
    DSP-1    2026-11-22  ACME      PAY-1    120.00 USD  open   answer by 2026-12-05
    [exit 0]
    ");
    assert_snapshot!(shop.dues("payment show PAY-1"), @"
    $ dues payment show PAY-1
    PAY-1 · 350.00 USD by card from ACME (Acme Corp) on 2026-11-22
    by charge CH-1 on visa 4242
    INVOICE        PAID  STILL OPEN
    INV-1    100.00 USD    0.00 USD
    INV-2    130.00 USD   70.00 USD
    2026-11-22  70.00 USD was taken back from INV-2
    the bank took 120.00 USD back on 2026-11-22 (DSP-1, open)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    needs a person
      DSP-1: the bank took 120.00 USD of PAY-1 back from ACME (product not received); answer by 2026-12-05
    error: 1 thing needs a person
    [exit 8]
    ");
    let customer = shop.dues("customer show acme");
    assert!(
        customer.contains("DSP-1: the bank took 120.00 USD of PAY-1 back"),
        "{customer}"
    );
    assert_snapshot!(shop.dues("charge acme --all-due --dry-run"), @"
    $ dues charge acme --all-due --dry-run
    would charge 70.00 USD from visa 4242 of ACME (Acme Corp)
      INVOICE       PAYS  FROM
      INV-2    70.00 USD  card
    DSP-1: the bank took 120.00 USD of PAY-1 back from ACME (product not received); answer by 2026-12-05
    INV-2 is on hold (disputed: DSP-1); you may charge it all the same
    the confirmation goes to ap@acme.example
    nothing was charged (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge acme --invoice INV-2 --no-email --yes"), @"
    $ dues charge acme --invoice INV-2 --no-email --yes
    Charged 70.00 USD to visa 4242 of ACME (CH-2).
      INV-2  70.00 USD  paid in full
    Booked as PAY-2.
    warning: DSP-1: the bank took 120.00 USD of PAY-1 back from ACME (product not received); answer by 2026-12-05
    warning: INV-2 is on hold (disputed: DSP-1); you may charge it all the same
    [exit 0]
    ");
    assert_eq!(shop.json("mail list")["data"], json!([]));
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

/// Then the bank is waited for, and nobody is asked for an answer.
#[test]
fn what_was_answered_waits_for_the_bank() {
    let mut shop = paid();
    shop.must(OPEN);
    let line = "dispute answered DSP-1 --ref 'case 4711'";

    let before = shop.contents();
    let dry = shop.dues(&format!("{line} --dry-run"));
    assert!(dry.contains("nothing was written (dry run)"), "{dry}");
    assert_eq!(shop.contents(), before);
    assert_snapshot!(shop.dues(line), @"
    $ dues dispute answered DSP-1 --ref 'case 4711'
    DSP-1 · open · 120.00 USD of PAY-1 from ACME (Acme Corp)
    by charge CH-1 on visa 4242
    reason: product not received
    opened on 2026-11-22 · answered on 2026-11-22 (case 4711), waiting for the bank
    the gateway took a fee of 15.00 USD
      INVOICE   REOPENED   OPEN NOW
      INV-2    70.00 USD  70.00 USD  on hold
    When the bank decides: `dues dispute won DSP-1` or `dues dispute lost DSP-1`.
    [exit 0]
    ");
    shop.put_around("DUES_NOW", "2026-12-24T15:00:00Z");
    assert_snapshot!(shop.dues("dispute list"), @"
    $ dues dispute list
    DISPUTE  OPENED      CUSTOMER  PAYMENT      AMOUNT  STATE
    DSP-1    2026-11-22  ACME      PAY-1    120.00 USD  open   answered on 2026-11-22 (case 4711), waiting for the bank
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-12-24

    to know
      DSP-1: the bank took 120.00 USD of PAY-1 back from ACME (product not received); answered on 2026-11-22 (case 4711), waiting for the bank
    [exit 0]
    ");
    let shown = shop.json("dispute show DSP-1")["data"].clone();
    assert_eq!(
        (
            &shown["state"],
            &shown["answered_on"],
            &shown["answer_reference"],
            &shown["overdue"]
        ),
        (
            &json!("open"),
            &json!("2026-11-22"),
            &json!("case 4711"),
            &json!(false)
        )
    );
    shop.refuses(line, "answered_already", 1);
    shop.must("dispute won DSP-1 --yes");
    let told = shop.dues("dispute show DSP-1");
    assert!(
        told.contains("opened on 2026-11-22 · answered on 2026-11-22 · won on 2026-12-24"),
        "{told}"
    );
    shop.refuses("dispute answered DSP-1", "dispute_ended", 1);
    shop.must("check");
}

/// A letter that is typed in twice is one dispute.
#[test]
fn the_same_dispute_twice_needs_a_word() {
    let shop = paid();
    shop.must(OPEN);

    assert_snapshot!(shop.dues(OPEN), @"
    $ dues dispute open CH-1 --amount 120 --reason 'product not received' --fee 15 --respond-by 2026-12-05
    error: 120.00 USD of PAY-1 is disputed already: DSP-1, opened on 2026-11-22 (product not received)
    hint: See it with `dues dispute show DSP-1`. If this is another, add `--again`.
    [exit 2]
    ");
    shop.refuses(OPEN, "same_dispute", 2);
    shop.must(&format!("{OPEN} --again"));
    assert_eq!(
        shop.json("dispute list")["data"].as_array().unwrap().len(),
        2
    );
    shop.must("dispute open CH-1 --amount 110 --reason rest");
    assert_snapshot!(shop.dues("dispute open CH-1 --reason rest"), @"
    $ dues dispute open CH-1 --reason rest
    error: nothing is left of PAY-1: the bank took it already, with DSP-3
    hint: See it with `dues dispute show DSP-3`.
    [exit 1]
    ");
}

/// As with an invoice: kept beside the book, in backups, and proved.
#[test]
fn a_file_is_kept_with_a_dispute() {
    let shop = paid();
    shop.must(OPEN);
    shop.write("letter.txt", "They never came, she says.\n");
    let line = "dispute attach DSP-1 letter.txt --kind correspondence";

    let before = shop.contents();
    let dry = shop.dues(&format!("{line} --dry-run"));
    assert!(dry.contains("nothing was written (dry run)"), "{dry}");
    assert_eq!(
        (shop.contents(), shop.path("book.db.files").exists()),
        (before, false)
    );
    assert_snapshot!(shop.dues(line), @"
    $ dues dispute attach DSP-1 letter.txt --kind correspondence
    letter.txt is kept with DSP-1 as ATT-1.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("dispute show DSP-1"), @"
    $ dues dispute show DSP-1
    DSP-1 · open · 120.00 USD of PAY-1 from ACME (Acme Corp)
    by charge CH-1 on visa 4242
    reason: product not received
    opened on 2026-11-22 · answer by 2026-12-05
    the gateway took a fee of 15.00 USD
    ATT-1: letter.txt (correspondence, 27 bytes)
      INVOICE   REOPENED   OPEN NOW
      INV-2    70.00 USD  70.00 USD  on hold
    Answer it on the gateway's own page with what `dues dispute evidence DSP-1` puts together, then write it down with `dues dispute answered DSP-1`. When the bank decides: `dues dispute won DSP-1` or `dues dispute lost DSP-1`. To give in: `dues dispute accept DSP-1`.
    [exit 0]
    ");
    let file = shop.json("dispute show DSP-1")["data"]["files"][0].clone();
    assert_eq!(
        (&file["name"], &file["kind"]),
        (&json!("letter.txt"), &json!("correspondence"))
    );
    let beside = file["sha256"].as_str().unwrap();
    shop.must("backup out.db");
    assert!(shop.path("out.db.files").join(beside).exists());
    std::fs::write(shop.path("book.db.files").join(beside), "changed").unwrap();
    let checked = shop.dues("check");
    assert!(
        checked.contains("INV36") && checked.contains("ATT-1"),
        "{checked}"
    );
    assert_snapshot!(shop.dues("dispute attach DSP-1 letter.txt --kind form"), @"
    $ dues dispute attach DSP-1 letter.txt --kind form
    error: `form` is no kind of file
    hint: It is one of `delivery`, `correspondence`, `contract`, `policy`, `other`.
    [exit 2]
    ");
    shop.refuses("dispute attach DSP-1 letter.txt --kind form", "bad_kind", 2);
    shop.refuses("dispute attach DSP-9 letter.txt", "no_such_dispute", 1);
    shop.refuses("dispute attach DSP-1 missing.txt", "cannot_read", 1);
}

/// The form and the delivery note are shown like the letter.
#[test]
fn what_is_kept_is_shown_wherever_it_is_kept() {
    let shop = paid();
    for name in ["form.txt", "note.txt"] {
        shop.write(name, name);
    }
    shop.must("card authorize ACME 4242 --by 'A. Cme' --how 'signed form' --form form.txt");
    shop.must("invoice attach INV-1 note.txt --kind delivery");

    assert_snapshot!(shop.dues("card show ACME"), @"
    $ dues card show ACME
    visa 4242 of ACME (Acme Corp)
    at sandbox in account sandbox
    expires 12/2031 · default
    It may be charged, as A. Cme agreed (signed form).
    ATT-1: form.txt (form, 8 bytes)
    [exit 0]
    ");
    let card = shop.json("card show ACME")["data"]["files"][0].clone();
    assert_eq!(
        (&card["name"], &card["kind"]),
        (&json!("form.txt"), &json!("form"))
    );
    let invoice = shop.dues("invoice show INV-1");
    assert!(
        invoice.contains("ATT-2: note.txt (delivery, 8 bytes)"),
        "{invoice}"
    );
}

#[test]
fn it_is_won() {
    let shop = paid();
    shop.must("dispute open PAY-1 --reason duplicate --reopen INV-1");

    assert_snapshot!(shop.dues("dispute won DSP-1"), @"
    $ dues dispute won DSP-1
    error: this needs a yes, and there is nobody to ask
    hint: Look at it with `--dry-run`, then add `--yes`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("dispute won DSP-1 --yes"), @"
    $ dues dispute won DSP-1 --yes
    DSP-1 · won · 100.00 USD of PAY-1 from ACME (Acme Corp)
    by charge CH-1 on visa 4242
    reason: duplicate
    opened on 2026-11-22 · won on 2026-11-22
      INVOICE    REOPENED  OPEN NOW
      INV-1    100.00 USD  0.00 USD
    [exit 0]
    ");
    assert_snapshot!(shop.dues("dispute lost DSP-1 --yes"), @"
    $ dues dispute lost DSP-1 --yes
    error: DSP-1 is won since 2026-11-22
    hint: See it with `dues dispute show DSP-1`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("status -q"), @"
    $ dues status -q
    [exit 0]
    ");
    let shown = shop.json("dispute show DSP-1");
    assert_eq!(shown["schema"], "dues.dispute/1");
    assert_eq!(shown["data"]["state"], "won");
    assert_eq!(shown["data"]["reopens"][0]["on_hold"], false);
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

#[test]
fn it_is_lost_or_given_up_and_waits_for_a_person() {
    for (verb, state) in [("lost", "lost"), ("accept", "accepted")] {
        let shop = paid();
        shop.must("dispute open PAY-1 --reason duplicate --respond-by 2026-11-22");

        let said = shop.dues(&format!("dispute {verb} DSP-1 --because 'no proof' --yes"));

        if verb == "lost" {
            assert_snapshot!(said, @"
            $ dues dispute lost DSP-1 --because 'no proof' --yes
            DSP-1 · lost · 350.00 USD of PAY-1 from ACME (Acme Corp)
            by charge CH-1 on visa 4242
            reason: duplicate
            opened on 2026-11-22 · lost on 2026-11-22
            because: no proof
              INVOICE    REOPENED    OPEN NOW
              INV-2    200.00 USD  200.00 USD  on hold
              INV-1    100.00 USD  100.00 USD  on hold
            INV-2 stays open and on hold: agree with ACME on another way to pay. `dues invoice release INV-2` lets schedules and autopay charge it again.
            INV-1 stays open and on hold: agree with ACME on another way to pay. `dues invoice release INV-1` lets schedules and autopay charge it again.
            [exit 0]
            ");
        }
        let shown = shop.json("dispute show DSP-1");
        assert_eq!(shown["data"]["state"], state);
        assert_eq!(
            shop.json("invoice show INV-1")["data"]["on_hold"],
            "disputed: DSP-1"
        );
        assert!(
            shop.dues("dispute list --open")
                .contains("No dispute is open.")
        );
    }
}

/// What is overdue comes first, and wakes whoever asks quietly.
#[test]
fn status_names_what_to_answer_by_its_day() {
    let mut shop = paid();
    for (amount, by) in [
        ("10", ""),
        ("20", "--respond-by 2026-12-05"),
        ("30", "--respond-by 2026-11-22"),
    ] {
        shop.must(&format!(
            "dispute open PAY-1 --reason duplicate --amount {amount} {by}"
        ));
    }
    shop.put_around("DUES_NOW", "2026-11-23T15:00:00Z");

    assert_snapshot!(shop.dues("status -q"), @"
    $ dues status -q
    Tulip Wholesale · test book · 2026-11-23

    needs a person
      DSP-3: the bank took 30.00 USD of PAY-1 back from ACME (duplicate); the answer was due by 2026-11-22
      DSP-2: the bank took 20.00 USD of PAY-1 back from ACME (duplicate); answer by 2026-12-05
      DSP-1: the bank took 10.00 USD of PAY-1 back from ACME (duplicate); nobody wrote down until when to answer
    error: 3 things need a person
    [exit 8]
    ");
    let status = shop.json("status");
    let ids = |at: usize| status["data"]["disputes"][at]["dispute"].clone();
    assert_eq!([ids(0), ids(1), ids(2)], ["DSP-3", "DSP-2", "DSP-1"]);
    assert_eq!(status["data"]["disputes"][0]["overdue"], true);
}

/// A refund, a void and a dispute are three things.
#[test]
fn money_that_a_bank_took_is_not_given_back_as_well() {
    let shop = paid();
    shop.must("dispute open PAY-1 --amount 200 --reason duplicate");

    assert_snapshot!(shop.dues("payment void PAY-1 --yes"), @"
    $ dues payment void PAY-1 --yes
    error: the bank took 200.00 USD of PAY-1 back: DSP-1; nothing was given back
    hint: A refund on top would pay the customer twice. See `dues dispute show DSP-1` for what can be done.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 200 --yes"), @"
    $ dues payment refund PAY-1 --amount 200 --yes
    error: the bank took 200.00 USD of PAY-1 back: DSP-1; nothing was given back
    hint: A refund on top would pay the customer twice. See `dues dispute show DSP-1` for what can be done.
    [exit 1]
    ");
    // What is left may go back.
    shop.must("payment refund PAY-1 --amount 150 --yes");
    assert_snapshot!(shop.dues("payment refund PAY-1 --yes"), @"
    $ dues payment refund PAY-1 --yes
    error: the bank took 200.00 USD of PAY-1 back: DSP-1; nothing was given back
    hint: A refund on top would pay the customer twice. See `dues dispute show DSP-1` for what can be done.
    [exit 1]
    ");
}

#[test]
fn who_types_chargeback_is_led_to_the_dispute() {
    let shop = paid();

    for line in [
        "chargeback CH-1",
        "payment chargeback PAY-1",
        "disputed",
        "payment dispute PAY-1",
    ] {
        let said = shop.dues(line);
        assert!(
            said.contains("`dues dispute --help`") && said.contains("[exit 2]"),
            "{said}"
        );
    }
}

#[test]
fn what_is_no_dispute_is_refused_in_words() {
    let shop = paid();

    for (line, code, exit) in [
        ("dispute open 1 --reason x", "bad_payment", 2),
        ("dispute open CH-9 --reason x", "no_such_charge", 1),
        ("dispute open CH-1", "decision_missing", 2),
        (
            "dispute open CH-1 --reason x --amount 350.01",
            "more_than_left",
            1,
        ),
        (
            "dispute open CH-1 --reason x --on tomorrow",
            "dated_ahead",
            1,
        ),
        ("dispute open CH-1 --reason x --fee -1", "bad_fee", 2),
        ("dispute show DSP-1", "no_such_dispute", 1),
        ("dispute show ABC", "bad_dispute", 2),
        ("dispute answered DSP-1", "no_such_dispute", 1),
        ("dispute won DSP-1", "no_such_dispute", 1),
    ] {
        shop.refuses(line, code, exit);
    }
}

//! Money given back at the terminal: words, exit codes, documents.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::shop::Shop;

/// ACME paid INV-1, INV-2 and 50.00 on account: 350.00 as PAY-1 with a card
/// that plays this when it gives back.
fn paid(play: &str) -> Shop {
    let shop = Shop::with_card(&format!("tok_approve/{play}"));
    shop.must("invoice void INV-3 --because 'not delivered' --yes");
    shop.must("charge acme --amount 350 --on-account --no-email --yes");
    shop
}

fn went_back(shop: &Shop) -> Vec<i64> {
    let sandbox = dues::gateway::sandbox::Sandbox::new(shop.path("book.sandbox.jsonl"));
    let given = sandbox.money_given_back().unwrap();
    given.into_iter().map(|(_, money)| money.minor()).collect()
}

#[test]
fn a_refund_says_what_is_open_again_before_the_yes_and_after() {
    let shop = paid("refund_given");
    let before = shop.contents();

    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120 --dry-run"), @"
    $ dues payment refund PAY-1 --amount 120 --dry-run
    would give 120.00 USD of PAY-1 back to visa 4242 of ACME (Acme Corp)
      INVOICE    REOPENS  OPEN THEN
      INV-2    70.00 USD  70.00 USD
      50.00 USD comes from what pays no invoice
    ap@acme.example is told by mail
    nothing was given back (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120"), @"
    $ dues payment refund PAY-1 --amount 120
    120.00 USD of PAY-1 back to visa 4242 of ACME (Acme Corp)
      INVOICE    REOPENS  OPEN THEN
      INV-2    70.00 USD  70.00 USD
      50.00 USD comes from what pays no invoice
    ap@acme.example is told by mail
    error: this needs a yes, and there is nobody to ask
    hint: Look at it with `--dry-run`, then add `--yes`.
    [exit 2]
    ");
    assert_eq!(shop.contents(), before);
    assert_eq!(went_back(&shop), [] as [i64; 0]);
    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120 --because 'two boxes wilted' --yes"), @"
    $ dues payment refund PAY-1 --amount 120 --because 'two boxes wilted' --yes
    Gave 120.00 USD of PAY-1 back to visa 4242 of ACME (RF-1).
      INV-2  70.00 USD  open again
      50.00 USD came from what pays no invoice
    The mail to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/refund.rf-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (70_00, vec![120_00]));
    assert_snapshot!(shop.dues("refund list"), @"
    $ dues refund list
    REFUND  DATE        CUSTOMER  PAYMENT      AMOUNT  STATE
    RF-1    2026-11-22  ACME      PAY-1    120.00 USD  succeeded
    [exit 0]
    ");
    assert_snapshot!(shop.dues("refund show RF-1").replace(&reference(&shop), "REF"), @"
    $ dues refund show RF-1
    RF-1 · succeeded · 120.00 USD of PAY-1 back to visa 4242 of ACME (Acme Corp)
    at sandbox in account sandbox, reference REF, id sbx_re_1
    because: two boxes wilted
    given back on 2026-11-22
    Gave 120.00 USD of PAY-1 back to visa 4242 of ACME (RF-1).
      INV-2  70.00 USD  open again
      50.00 USD came from what pays no invoice
    The mail to ap@acme.example is written.
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
    120.00 USD was given back on 2026-11-22 (RF-1)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("payment list"), @"
    $ dues payment list
    PAYMENT  DATE        CUSTOMER  BY        AMOUNT  UNAPPLIED  GIVEN BACK  CHARGE
    PAY-1    2026-11-22  ACME      card  350.00 USD             120.00 USD  CH-1
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge show CH-1").replace(&charge_reference(&shop), "REF"), @"
    $ dues charge show CH-1
    CH-1 · succeeded · 350.00 USD · visa 4242 of ACME (Acme Corp)
    at sandbox in account sandbox, reference REF, id sbx_ch_1
    charged on 2026-11-22 · sent once · attempt 1
    Charged 350.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
      INV-2  130.00 USD  70.00 USD left
      120.00 USD was given back on 2026-11-22 (RF-1)
    Booked as PAY-1.
    [exit 0]
    ");
    let log = shop.dues("log -n 50 --about RF-1");
    assert!(log.contains("refund"), "{log}");
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

fn reference(shop: &Shop) -> String {
    let refund = shop.json("refund show RF-1");
    let reference = &refund["data"]["gateway"]["reference"];
    reference.as_str().unwrap().to_owned()
}

fn charge_reference(shop: &Shop) -> String {
    let charge = shop.json("charge show CH-1");
    let reference = &charge["data"]["gateway"]["reference"];
    reference.as_str().unwrap().to_owned()
}

#[test]
fn the_invoices_that_are_open_again_can_be_named() {
    let shop = paid("refund_given");

    assert_snapshot!(shop.dues("payment refund PAY-1 --reopen INV-1=40 --reopen INV-2 --no-email --dry-run"), @"
    $ dues payment refund PAY-1 --reopen INV-1=40 --reopen INV-2 --no-email --dry-run
    would give 240.00 USD of PAY-1 back to visa 4242 of ACME (Acme Corp)
      INVOICE     REOPENS   OPEN THEN
      INV-1     40.00 USD   40.00 USD
      INV-2    200.00 USD  200.00 USD
    no mail is written
    nothing was given back (dry run)
    [exit 0]
    ");
    shop.must("payment refund PAY-1 --reopen INV-1=40 --no-email --yes");
    shop.must("payment refund PAY-1 --from-credit --yes");

    let open = |number: &str| {
        shop.json(&format!("invoice show {number}"))["data"]["open"]["minor"].clone()
    };
    assert_eq!((open("INV-1"), open("INV-2")), (json!(40_00), json!(0)));
    assert_eq!(went_back(&shop), [40_00, 50_00]);
    let mails = shop.json("mail list");
    let events: Vec<&Value> = mails["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| &mail["event"])
        .collect();
    assert_eq!(events, [&json!("refund:RF-2")]);
    shop.must("check");
}

#[test]
fn what_cannot_be_given_back_is_refused_and_says_what_to_do() {
    let shop = paid("refund_given");
    for (line, code, exit) in [
        ("payment refund PAY-9 --yes", "no_such_payment", 1),
        ("payment refund CH-1 --yes", "bad_payment", 2),
        (
            "payment refund PAY-1 --amount 350.01 --yes",
            "more_than_left",
            1,
        ),
        (
            "payment refund PAY-1 --amount 0 --yes",
            "amount_not_positive",
            2,
        ),
        (
            "payment refund PAY-1 --from-credit --amount 51 --yes",
            "more_than_on_account",
            1,
        ),
        (
            "payment refund PAY-1 --reopen INV-3 --yes",
            "invoice_not_paid_by_it",
            1,
        ),
        (
            "payment refund PAY-1 --reopen INV-1=101 --yes",
            "more_than_paid",
            1,
        ),
        (
            "payment refund PAY-1 --reopen INV-1=5 --amount 6 --yes",
            "amounts_differ",
            2,
        ),
        (
            "payment refund PAY-1 --reopen INV-1 --from-credit --yes",
            "usage",
            2,
        ),
        ("payment refund PAY-1", "decision_missing", 2),
        (
            "payment refund PAY-1 --because 4111111111111111 --yes",
            "card_number",
            9,
        ),
        ("refund show RF-1", "no_such_refund", 1),
        ("refund show PAY-1", "bad_refund", 2),
        (
            "refund resolve RF-1 --given-back x --yes",
            "no_such_refund",
            1,
        ),
    ] {
        shop.refuses(line, code, exit);
    }
    shop.must("payment refund PAY-1 --yes");
    shop.refuses("payment refund PAY-1 --yes", "nothing_to_refund", 1);
    shop.refuses("payment void PAY-1 --yes", "nothing_to_refund", 1);
    shop.refuses(
        "refund resolve RF-1 --not-given-back --because no --yes",
        "nothing_to_resolve",
        1,
    );
    assert_eq!(went_back(&shop), [350_00]);
    shop.must("check");
}

#[test]
fn a_void_cancels_the_whole_charge_while_it_can() {
    let shop = paid("refund_given");

    assert_snapshot!(shop.dues("payment void PAY-1 --dry-run"), @"
    $ dues payment void PAY-1 --dry-run
    would void the charge of 350.00 USD to visa 4242 of ACME (Acme Corp), PAY-1
      INVOICE     REOPENS   OPEN THEN
      INV-2    200.00 USD  200.00 USD
      INV-1    100.00 USD  100.00 USD
      50.00 USD comes from what pays no invoice
    ap@acme.example is told by mail
    nothing was voided (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("payment void PAY-1 --yes"), @"
    $ dues payment void PAY-1 --yes
    Voided the charge of 350.00 USD to visa 4242 of ACME (RF-1 of PAY-1).
      INV-2  200.00 USD  open again
      INV-1  100.00 USD  open again
      50.00 USD came from what pays no invoice
    The mail to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/refund.rf-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (300_00, vec![350_00]));
    assert_eq!(shop.json("refund show RF-1")["data"]["way"], "void");
    shop.must("check");
}

#[test]
fn a_void_that_comes_too_late_says_to_refund() {
    let shop = paid("void_too_late");

    assert_snapshot!(shop.dues("payment void PAY-1 --yes"), @"
    $ dues payment void PAY-1 --yes
    error: RF-1 was not made: this charge is settled, so it cannot be voided any more; nothing was given back
    hint: Refund it instead: `dues payment refund PAY-1`. The money goes back to the card.
    [exit 1]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (0, vec![]));
    shop.must("payment refund PAY-1 --yes");
    assert_eq!((shop.open(), went_back(&shop)), (300_00, vec![350_00]));
    shop.must("check");
}

#[test]
fn a_refund_that_the_bank_refuses_is_exit_4() {
    let shop = paid("refund_fails");

    assert_snapshot!(shop.dues("payment refund PAY-1 --yes"), @"
    $ dues payment refund PAY-1 --yes
    error: the bank refused RF-1: declined (The bank refused the refund.); nothing was given back
    hint: Pay the customer in another way, or try again on another day.
    [exit 4]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (0, vec![]));
    assert_eq!(
        shop.json("payment list")["data"][0]["given_back"]["minor"],
        0
    );
    shop.must("check");
}

#[test]
fn a_refund_that_is_not_made_changes_nothing() {
    let shop = paid("refund_unreachable");

    assert_snapshot!(shop.dues("payment refund PAY-1 --yes"), @"
    $ dues payment refund PAY-1 --yes
    error: RF-1 was not made: the sandbox cannot be reached; nothing was given back
    hint: Check the connection and try again.
    [exit 1]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (0, vec![]));
    shop.must("check");
}

#[test]
fn a_lost_answer_is_said_everywhere_and_found_out() {
    let shop = paid("refund_lost");

    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120 --yes"), @"
    $ dues payment refund PAY-1 --amount 120 --yes
    error: RF-1: nobody knows yet whether 120.00 USD of PAY-1 went back to visa 4242 (the connection was lost before the answer came)
    hint: Run `dues charge recover` to find out. Do not give it back in any other way before.
    [exit 5]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    needs a person
      RF-1: 120.00 USD of PAY-1 back to visa 4242 of ACME is unknown; run `dues charge recover`
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("charge review").replace(&reference(&shop), "REF"), @r#"
    $ dues charge review
    RF-1  120.00 USD of PAY-1 back to visa 4242 of ACME, 2026-11-22: unknown
      why: the connection was lost before the answer came
      at sandbox (account sandbox): look for `REF` in ~/book.sandbox.jsonl
      it is there (what was given back is booked):  dues refund resolve RF-1 --given-back ID
      it is not there:  dues refund resolve RF-1 --not-given-back --because "..."
    error: 1 refund is not settled
    hint: Unknown ones may still settle by themselves: run `dues charge recover` first.
    [exit 8]
    "#);
    // Refunds are no charges: a script that reads charges does not get them.
    let review = shop.run("charge review --json");
    let review: Value = serde_json::from_slice(&review.stdout).unwrap();
    let row = &review["data"][0];
    assert_eq!(
        [
            &review["schema"],
            &row["kind"],
            &row["refund"],
            &row["waits_for"]
        ],
        ["dues.review/1", "refund", "RF-1", "recovery"]
    );
    assert_snapshot!(shop.dues("payment show PAY-1"), @"
    $ dues payment show PAY-1
    PAY-1 · 350.00 USD by card from ACME (Acme Corp) on 2026-11-22
    by charge CH-1 on visa 4242
    INVOICE        PAID  STILL OPEN
    INV-1    100.00 USD    0.00 USD
    INV-2    200.00 USD    0.00 USD
    50.00 USD pays no invoice yet
    120.00 USD may be given back: RF-1 is unknown
    [exit 0]
    ");
    assert_eq!(
        shop.json("refund list --open")["data"][0]["waits_for"],
        "recovery"
    );
    assert_snapshot!(shop.dues("charge recover"), @"
    $ dues charge recover
    RF-1 (120.00 USD of PAY-1 back to visa 4242) was unknown; it did succeed, and is booked.
    wrote M-1 for ap@acme.example to ~/mails/refund.rf-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (70_00, vec![120_00]));
    assert_eq!(shop.json("refund list --open")["data"], json!([]));
    shop.must("status");
    shop.must("check");
}

/// Whoever runs the command again after a crash wants the first one's effect.
#[test]
fn the_same_money_is_not_given_back_twice() {
    let shop = paid("refund_lost");
    shop.run("payment refund PAY-1 --amount 120 --yes");

    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120 --yes"), @"
    $ dues payment refund PAY-1 --amount 120 --yes
    RF-1 was unknown; it did succeed, and is booked
    wrote M-1 for ap@acme.example to ~/mails/refund.rf-1.HASH@dues.invalid.eml; no mail server is set up
    error: RF-1 did give 120.00 USD of PAY-1 back, and is booked now; nothing more was given back
    hint: See `dues refund show RF-1`. If this is to be given back besides, run the command again.
    [exit 1]
    ");

    assert_eq!(went_back(&shop), [120_00]);
}

#[test]
fn open_refunds_are_counted_apart_from_charges() {
    let shop = paid("refund_500");
    shop.run("payment refund PAY-1 --amount 120 --yes");

    assert_snapshot!(shop.dues("charge recover"), @"
    $ dues charge recover
    RF-1 (120.00 USD of PAY-1 back to visa 4242) is unknown still (the sandbox answered with an error of its own (500)); ask again from 2026-11-22 10:00:30.
    error: the outcome of 1 refund is not known
    hint: Ask again later with `dues charge recover`; nothing more of that payment is given back until then.
    [exit 5]
    ");
    let ran = shop.run("schedule run");
    let said = shop.seen("schedule run", &ran);
    assert_eq!(ran.status.code(), Some(5), "{said}");
    assert!(
        said.contains("the outcome of 1 refund is not known"),
        "{said}"
    );
    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 5 --yes"), @"
    $ dues payment refund PAY-1 --amount 5 --yes
    RF-1 is unknown still (the sandbox answered with an error of its own (500)); ask again from 2026-11-22 10:00:30
    error: nobody knows yet whether RF-1 gave 120.00 USD of PAY-1 back; nothing was given back
    hint: Run `dues charge recover` to find out.
    [exit 5]
    ");
    assert_snapshot!(shop.dues("refund resolve RF-1 --not-given-back --because 'not on their page' --yes"), @"
    $ dues refund resolve RF-1 --not-given-back --because 'not on their page' --yes
    error: RF-1 has just been sent and may still arrive; nothing was changed
    hint: Look at the gateway's page again at 2026-11-22 10:10. `dues charge recover` asks it, too.
    [exit 1]
    ");
}

#[test]
fn a_person_says_that_it_was_given_back() {
    let shop = paid("refund_wrong_amount");

    assert_snapshot!(shop.dues("payment refund PAY-1 --amount 120 --yes"), @"
    $ dues payment refund PAY-1 --amount 120 --yes
    error: a person must decide RF-1: money may have been given back (the gateway reports 119.99 USD where 120.00 USD was asked, under sbx_re_1)
    hint: See `dues charge review` for what to look for at the gateway.
    [exit 5]
    ");
    assert_snapshot!(shop.dues("refund resolve RF-1 --yes"), @"
    $ dues refund resolve RF-1 --yes
    error: what happened is not said, and there is nobody to ask
    hint: Add `--given-back ID`, or `--not-given-back` with `--because TEXT`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("refund resolve RF-1 --not-given-back --because 'not there' --yes"), @"
    $ dues refund resolve RF-1 --not-given-back --because 'not there' --yes
    error: the gateway gave back 119.99 USD for RF-1, under sbx_re_1; nothing was changed
    hint: Book it: `dues refund resolve RF-1 --given-back sbx_re_1`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("refund resolve RF-1 --given-back sbx_ch_1 --yes"), @"
    $ dues refund resolve RF-1 --given-back sbx_ch_1 --yes
    error: the gateway says otherwise: `sbx_ch_1` is CH-1; nothing was changed
    hint: Look again with `dues charge review`, and compare the amount of RF-1.
    [exit 1]
    ");
    let foreseen =
        shop.dues("refund resolve RF-1 --given-back sbx_re_1 --because 'page 3' --dry-run");
    assert!(
        foreseen.ends_with("\nThe gateway confirms it.\nnothing was written (dry run)\n[exit 0]\n"),
        "{foreseen}"
    );
    assert_snapshot!(shop.dues("refund resolve RF-1 --given-back sbx_re_1 --because 'page 3' --yes"), @"
    $ dues refund resolve RF-1 --given-back sbx_re_1 --because 'page 3' --yes
    Gave 119.99 USD of PAY-1 back to visa 4242 of ACME (RF-1).
      120.00 USD was asked
      INV-2  69.99 USD  open again
      50.00 USD came from what pays no invoice
    The mail to ap@acme.example is queued.
    The gateway confirms it.
    wrote M-1 for ap@acme.example to ~/mails/refund.rf-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!((shop.open(), went_back(&shop)), (69_99, vec![119_99]));
    shop.must("check");
}

#[test]
fn the_documents_of_a_refund() {
    let shop = paid("refund_given");
    let plan = shop.json("payment refund PAY-1 --amount 120 --dry-run");
    let refund = shop.json("payment refund PAY-1 --amount 120 --yes");
    let payment = shop.json("payment show PAY-1");
    let charge = shop.json("charge show CH-1");

    let fields = |document: &Value| {
        let data = document["data"].as_object().unwrap();
        let names: Vec<&str> = data.keys().map(String::as_str).collect();
        format!(
            "{}: {}",
            document["schema"].as_str().unwrap(),
            names.join(" ")
        )
    };
    assert_snapshot!(fields(&plan), @"dues.refund_plan/1: amount card customer dry_run from_credit mail payment reopens way");
    assert_snapshot!(fields(&refund), @"dues.refund/1: amount because card created customer decline gateway given_back given_back_on mail mode note payment refund refunded_on reopens sends state way");
    assert_eq!(plan["data"]["reopens"][0]["open"]["minor"], 70_00);
    assert_eq!(refund["data"]["mail"][0]["state"], "queued");
    assert_eq!(payment["data"]["given_back"]["minor"], 120_00);
    assert_eq!(payment["data"]["refunds"][0]["refund"], "RF-1");
    assert_eq!(charge["data"]["given_back"]["minor"], 120_00);
}

#[test]
fn a_refund_that_the_bank_sends_back_is_said_and_pays_again() {
    let shop = paid("refund_comes_back");
    shop.must("payment refund PAY-1 --amount 120 --reopen INV-1=100 --reopen INV-2=20 --yes");
    shop.must("charge recover");

    let came = shop.run("charge recover");
    let said = shop.seen("charge recover", &came);

    assert_eq!(came.status.code(), Some(8), "{said}");
    assert!(
        said.contains("RF-1: the bank sent 120.00 USD of PAY-1 back"),
        "{said}"
    );
    assert!(
        said.contains("the bank sent 1 refund back (RF-1)"),
        "{said}"
    );
    let status = shop.json("status");
    assert_eq!(status["data"]["sent_back"][0], "RF-1");
    shop.must("charge recover");
    shop.must("check");
}

/// A run asks once a day.
#[test]
fn a_run_hears_of_what_the_bank_sent_back() {
    let mut shop = paid("refund_comes_back");
    shop.must("payment refund PAY-1 --amount 120 --yes");
    shop.put_around("DUES_NOW", "2026-11-24T15:00:00Z".to_owned());
    shop.must("schedule run --quiet");
    shop.put_around("DUES_NOW", "2026-11-25T15:00:00Z".to_owned());

    let ran = shop.run("schedule run --quiet");

    let said = shop.seen("schedule run --quiet", &ran);
    assert_eq!(ran.status.code(), Some(8), "{said}");
    assert!(
        said.contains("RF-1: the bank sent 120.00 USD of PAY-1 back"),
        "{said}"
    );
}

/// Money on account that a charge on its way wants is not given back under it.
#[test]
fn what_a_charge_on_its_way_reserves_is_not_given_back() {
    let shop = Shop::with_card("tok_approve,tok_wrong_amount");
    shop.must("charge ACME --amount 1000 --on-account --yes");
    shop.must("invoice add ACME BIG 5000");
    shop.run("charge ACME --invoice BIG --use-credits --yes");
    for line in [
        "payment refund PAY-1 --from-credit --yes",
        "payment refund PAY-1 --from-credit --amount 20 --yes",
        "payment refund PAY-1 --from-credit --dry-run",
        "payment refund PAY-1 --yes",
    ] {
        let error = shop.error(line);

        assert_eq!(error["code"], "credit_reserved", "{line}: {error}");
        let said = error["message"].as_str().unwrap();
        let why = "USD of PAY-1 is reserved by a charge on its way; nothing was given back";
        assert!(said.ends_with(why), "{line}: {said}");
    }
    assert_eq!(
        shop.json("refund list")["data"].as_array().unwrap().len(),
        0
    );
}

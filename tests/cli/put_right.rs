//! What was wrong put right at the terminal: words, refusals, documents.

use insta::assert_snapshot;
use serde_json::json;

use crate::shop::Shop;

/// ACME paid INV-1 and 50.00 of INV-2 by card; OAKS is a customer, too.
fn paid() -> Shop {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add Oaks --code OAKS");
    shop.must("invoice add OAKS INV-9 80");
    shop.must("charge acme --amount 150 --no-email --yes");
    shop
}

#[test]
fn a_credit_memo_is_made_shown_applied_and_cancelled() {
    let shop = paid();

    assert_snapshot!(
        shop.dues("credit add acme --amount 170 --because 'wilted roses' --invoice INV-2"), @"
    $ dues credit add acme --amount 170 --because 'wilted roses' --invoice INV-2
    Credited 170.00 USD to ACME with CM-1 (wilted roses).
    150.00 USD is taken off INV-2.
    20.00 USD is on account.
    wrote M-1 for ap@acme.example to ~/mails/credit.cm-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(
        shop.dues("credit add acme --amount 250 --because 'wilted roses' --number G-1"), @"
    $ dues credit add acme --amount 250 --because 'wilted roses' --number G-1
    Credited 250.00 USD to ACME with G-1 (wilted roses).
    250.00 USD is on account.
    wrote M-2 for ap@acme.example to ~/mails/credit.cm-2.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(shop.dues("credit apply G-1 --invoice INV-3 --amount 20"), @"
    $ dues credit apply G-1 --invoice INV-3 --amount 20
    Applied 20.00 USD of G-1 to INV-3: 280.00 USD open there, 230.00 USD left on account.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("credit show cm-2"), @"
    $ dues credit show cm-2
    G-1 · 250.00 USD credited to ACME (Acme Corp) on 2026-11-22
    because: wilted roses
    INVOICE  TAKEN OFF  STILL OPEN
    INV-3    20.00 USD  280.00 USD
    230.00 USD pays no invoice yet
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-2"), @"
    $ dues invoice show INV-2
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL      OPEN
    INV-2    ACME      2026-01-01  2026-02-10  200.00 USD  0.00 USD  paid
    2026-11-22  50.00 USD paid by card with PAY-1
    2026-11-22  150.00 USD credited with CM-1 (wilted roses)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("credit cancel CM-1 --because 'agreed otherwise' --yes"), @"
    $ dues credit cancel CM-1 --because 'agreed otherwise' --yes
    20.00 USD of credit memo CM-1 is cancelled (agreed otherwise).
    [exit 0]
    ");
    assert_snapshot!(shop.dues("credit list"), @"
    $ dues credit list
    CREDIT  DATE        CUSTOMER      AMOUNT        OPEN  INVOICE  BECAUSE
    G-1     2026-11-22  ACME      250.00 USD  230.00 USD           wilted roses
    CM-1    2026-11-22  ACME      170.00 USD    0.00 USD  INV-2    wilted roses
    [exit 0]
    ");
    assert_eq!(
        shop.json("credit show G-1")["data"]["allocations"][0]["invoice"],
        "INV-3"
    );
    shop.must("check");
}

#[test]
fn credit_memos_are_refused_with_a_reason() {
    let shop = paid();
    let before = shop.contents();

    for (line, code, exit) in [
        (
            "credit add acme --amount 0 --because x",
            "amount_not_positive",
            2,
        ),
        (
            "credit add acme --amount 5 --because x --on +3d",
            "date_is_to_come",
            2,
        ),
        ("credit add acme --amount 5", "decision_missing", 2),
        (
            "credit add acme --amount 200.01 --because x --invoice INV-2",
            "over_credited",
            1,
        ),
        (
            "credit add acme --amount 5 --because x --invoice INV-9",
            "other_customers_invoice",
            1,
        ),
        (
            "credit add acme --amount 5 --because x --invoice INV-2 --currency EUR",
            "currency_differs",
            1,
        ),
        ("credit show CM-9", "no_such_credit", 1),
    ] {
        shop.refuses(line, code, exit);
    }
    assert_eq!(shop.contents(), before);
}

/// The card pays only what the credit leaves.
#[test]
fn a_credit_memo_is_used_before_the_card() {
    let shop = paid();
    shop.must("credit add acme --amount 30 --because 'wilted roses' --no-email");

    let charge = shop.json("charge acme --invoice INV-2 --use-credits --no-email --yes");

    assert_eq!(charge["data"]["amount"]["minor"], 120_00);
    assert_eq!(charge["data"]["plan"][0]["from"], "CM-1");
    shop.must("check");
}

#[test]
fn a_wrong_invoice_is_corrected_by_what_became_of_it() {
    let shop = paid();

    assert_snapshot!(
        shop.dues("invoice correct INV-3 --amount 280 --because 'two boxes less' --dry-run"), @"
    $ dues invoice correct INV-3 --amount 280 --because 'two boxes less' --dry-run
    This would be the answer:
    INV-3 of 300.00 USD is void.
    INV-3-2 for 280.00 USD stands in for it, due 2026-03-10: 280.00 USD open.

    nothing was written (dry run)
    [exit 0]
    ");
    shop.must("schedule add acme --on 2027-01-04 --invoice INV-3");
    assert_snapshot!(shop.dues("invoice correct INV-3 --amount 280 --because 'two boxes less'"), @"
    $ dues invoice correct INV-3 --amount 280 --because 'two boxes less'
    INV-3 of 300.00 USD is void.
    INV-3-2 for 280.00 USD stands in for it, due 2026-03-10: 280.00 USD open.
    warning: S-1 is for INV-3 alone, and will not pay INV-3-2: see `dues schedule show S-1`
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice correct INV-1 --amount 90 --because 'the price'"), @"
    $ dues invoice correct INV-1 --amount 90 --because 'the price'
    INV-1 of 100.00 USD is taken off by credit memo CM-1.
    INV-1-2 for 90.00 USD stands in for it, due 2026-01-10: 0.00 USD open.
    It takes over 90.00 USD that was paid.
    10.00 USD that was paid is on account.
    wrote M-1 for ap@acme.example to ~/mails/credit.cm-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-1"), @"
    $ dues invoice show INV-1
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL      OPEN
    INV-1    ACME      2026-01-01  2026-01-10  100.00 USD  0.00 USD  paid
    corrected by INV-1-2; see `dues invoice show INV-1-2`
    2026-11-22  100.00 USD credited with CM-1 (the price)
    2026-11-22  100.00 USD of PAY-1 was taken back
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-3"), @"
    $ dues invoice show INV-3
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL      OPEN
    INV-3    ACME      2026-01-01  2026-03-10  300.00 USD  0.00 USD  void
    made void on 2026-11-22 (two boxes less)
    corrected by INV-3-2; see `dues invoice show INV-3-2`
    to be paid by S-1; see `dues schedule show S-1`
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice edit INV-2 --due 2026-12-24 --memo 'for Christmas'"), @"
    $ dues invoice edit INV-2 --due 2026-12-24 --memo 'for Christmas'
    INV-2 is due 2026-12-24; memo: for Christmas.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-2"), @"
    $ dues invoice show INV-2
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-2    ACME      2026-01-01  2026-12-24  200.00 USD  150.00 USD  part paid
    memo: for Christmas
    until 2026-11-22: due 2026-02-10
    2026-11-22  50.00 USD paid by card with PAY-1
    [exit 0]
    ");
    shop.refuses(
        "invoice correct INV-3 --amount 5 --because x",
        "corrected_already",
        1,
    );
    shop.refuses(
        "invoice correct INV-2 --amount 0 --because x",
        "amount_not_positive",
        2,
    );
    shop.refuses(
        "invoice correct INV-2 --amount 5 --because x --number INV-9",
        "invoice_exists",
        1,
    );
    shop.refuses("invoice edit INV-2", "nothing_to_change", 2);
    shop.refuses("invoice edit INV-3 --memo x", "invoice_void", 1);
    shop.must("check");
}

#[test]
fn what_is_small_and_old_is_written_off_and_asked_for_again() {
    let shop = paid();
    shop.must("invoice add OAKS INV-10 0.40 --issued 2026-01-01 --due 2026-01-31");
    shop.must("invoice add ACME INV-11 0.60 --issued 2026-01-01 --due 2026-01-31");
    let before = shop.contents();

    assert_snapshot!(shop.dues("invoice writeoff --under 1.00 --older 90d --dry-run"), @"
    $ dues invoice writeoff --under 1.00 --older 90d --dry-run
    This would be the answer:
    INVOICE  CUSTOMER  DUE            TOTAL      OPEN
    INV-10   OAKS      2026-01-31  0.40 USD  0.40 USD
    INV-11   ACME      2026-01-31  0.60 USD  0.60 USD
    Wrote off 1.00 USD of 2 invoices.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice writeoff --under 1.00 --older 90d --because small"), @"
    $ dues invoice writeoff --under 1.00 --older 90d --because small
    error: this needs a yes, and there is nobody to ask
    hint: Look at it with `--dry-run`, then add `--yes`.
    [exit 2]
    ");
    assert_eq!(shop.contents(), before);
    assert_snapshot!(shop.dues("invoice writeoff --under 1.00 --older 90d --because small --yes"), @"
    $ dues invoice writeoff --under 1.00 --older 90d --because small --yes
    INVOICE  CUSTOMER  DUE            TOTAL      OPEN
    INV-10   OAKS      2026-01-31  0.40 USD  0.40 USD
    INV-11   ACME      2026-01-31  0.60 USD  0.60 USD
    Wrote off 1.00 USD of 2 invoices.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice writeoff --undo ADJ-1 --because 'they paid'"), @"
    $ dues invoice writeoff --undo ADJ-1 --because 'they paid'
    0.40 USD of INV-10 is asked for again: 0.40 USD open.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice writeoff INV-2 --amount 10 --because 'a dispute settled'"), @"
    $ dues invoice writeoff INV-2 --amount 10 --because 'a dispute settled'
    Wrote off 10.00 USD of INV-2 (ADJ-3): 140.00 USD open.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-2"), @"
    $ dues invoice show INV-2
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-2    ACME      2026-01-01  2026-02-10  200.00 USD  140.00 USD  part paid, 285 days late
    2026-11-22  50.00 USD paid by card with PAY-1
    2026-11-22  10.00 USD write-off ADJ-3 (a dispute settled)
    [exit 0]
    ");
    shop.refuses("invoice writeoff INV-1 --because x", "nothing_open", 1);
    shop.refuses(
        "invoice writeoff INV-2 --amount 200 --because x",
        "more_than_open",
        1,
    );
    shop.refuses(
        "invoice writeoff --undo ADJ-1 --because x",
        "asked_again_already",
        1,
    );
    shop.refuses(
        "invoice writeoff --undo ADJ-99 --because x",
        "no_such_adjustment",
        1,
    );
    shop.refuses("invoice writeoff", "decision_missing", 2);
    shop.must("check");
}

/// What a charge on its way wants is not written off under it.
#[test]
fn what_a_charge_wants_is_left_out_of_a_write_off() {
    let shop = Shop::with_card("tok_pending");
    shop.run("charge acme --invoice INV-1=99.50 --no-email --yes");

    let bulk = shop.json("invoice writeoff --under 150 --older 90d --because small --yes");

    assert_eq!(bulk["data"]["left_out"], json!(["INV-1"]));
    shop.refuses(
        "invoice correct INV-1 --amount 5 --because x",
        "invoice_reserved",
        1,
    );
}

#[test]
fn customers_are_recoded_archived_and_merged() {
    let shop = paid();
    shop.must("card add OAKS tok_approve,tok_approve --nickname truck --by O --how 'signed form'");

    assert_snapshot!(shop.dues("customer edit OAKS --code OAKTREE"), @"
    $ dues customer edit OAKS --code OAKTREE
    OAKTREE is Oaks; no confirmations are mailed; terms are net 30.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer archive OAKS"), @"
    $ dues customer archive OAKS
    OAKTREE (Oaks) is archived: not listed, and not charged, until `dues customer unarchive OAKTREE`.
    warning: OAKTREE still owes 80.00 USD
    [exit 0]
    ");
    shop.refuses("charge OAKS --invoice INV-9 --yes", "customer_archived", 1);
    shop.must("customer unarchive OAKS");
    let before = shop.contents();
    shop.refuses("customer merge OAKS ACME", "decision_missing", 2);
    shop.refuses("customer merge ACME acme --yes", "same_customer", 1);
    assert_eq!(shop.contents(), before);
    assert_snapshot!(shop.dues("customer merge OAKS ACME --yes"), @"
    $ dues customer merge OAKS ACME --yes
    OAKTREE is ACME now: whoever types it means Acme Corp.
    owes 530.00 USD · credit -
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer show OAKS"), @"
    $ dues customer show OAKS
    ACME  Acme Corp
    mail ap@acme.example · terms net 30
    owes 530.00 USD · credit -
    also found as OAKS, OAKTREE

    CUSTOMER  CARD       NICKNAME  EXPIRES  USE      CONSENT
    ACME      visa 4242            12/2031  default  any
    ACME      visa 4242  truck     12/2031           any

    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-2    ACME      2026-01-01  2026-02-10  200.00 USD  150.00 USD  part paid, 285 days late
    INV-3    ACME      2026-01-01  2026-03-10  300.00 USD  300.00 USD  open, 257 days late
    INV-9    ACME      2026-11-22  2026-12-22   80.00 USD   80.00 USD  open
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer list"), @"
    $ dues customer list
    CODE  NAME       MAIL             OPEN  LATE        OWES  CREDIT
    ACME  Acme Corp  ap@acme.example     3     2  530.00 USD       -
    [exit 0]
    ");
    let charge = shop.json("charge OAKTREE --card truck --invoice INV-9 --no-email --yes");
    assert_eq!(charge["data"]["customer"], "ACME");
    shop.must("check");
}

#[test]
fn a_card_goes_to_whose_it_is_only_before_it_was_charged() {
    let shop = paid();

    shop.refuses("card move acme 4242 OAKS", "card_was_charged", 1);
    shop.must("card rename ACME 4242 office");
    shop.must("card add ACME tok_decline_soft --nickname truck --by A --how 'signed form'");
    assert_snapshot!(shop.dues("card move acme truck OAKS"), @r#"
    $ dues card move acme truck OAKS
    visa 4242 is a card of OAKS now. ACME's consent does not count for it: record theirs with `dues card authorize OAKS 4242 --by NAME --how "signed form"`.
    [exit 0]
    "#);
    shop.refuses("charge OAKS --invoice INV-9 --yes", "not_authorized", 1);
    shop.must("card disable OAKS truck");
    assert_snapshot!(shop.dues("card enable OAKS truck"), @"
    $ dues card enable OAKS truck
    visa 4242 may be charged again.
    [exit 0]
    ");
    shop.refuses("card enable OAKS truck", "card_in_use", 1);
    shop.refuses("payment move PAY-1 OAKS", "card_is_not_moved", 1);
    shop.must("check");
}

/// A script that repeats its request after a merge is told of the one charge.
#[test]
fn a_request_is_the_same_under_a_former_code_and_after_a_merge() {
    let shop = paid();
    let line = "charge ACME --invoice INV-3 --request-id R-1 --no-email --yes";
    let first = shop.json(line);
    shop.must("customer edit ACME --code ACMECORP");
    shop.must("customer merge ACME OAKS --yes");

    let again = shop.json(line);

    assert_eq!(again["data"]["charge"], first["data"]["charge"]);
    assert_eq!(
        again["data"]["gateway"]["reference"],
        first["data"]["gateway"]["reference"]
    );
    assert_eq!(shop.money_taken().0, 2);
    shop.must("check");
}

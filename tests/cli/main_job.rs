//! The main job: one command charges, applies, books and mails.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn one_card_pays_several_invoices_and_a_part_of_one() {
    let shop = Shop::with_card("tok_approve@amex-5544");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --invoice INV-2=50 --yes"), @"
    $ dues charge acme --invoice INV-1 --invoice INV-2=50 --yes
    Charged 150.00 USD to amex 5544 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
      INV-2   50.00 USD  150.00 USD left
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_snapshot!(shop.dues("invoice list --all"), @"
    $ dues invoice list --all
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-3    ACME      2026-01-01  2026-03-10  300.00 USD  300.00 USD  open, 257 days late
    INV-2    ACME      2026-01-01  2026-02-10  200.00 USD  150.00 USD  part paid, 285 days late
    INV-1    ACME      2026-01-01  2026-01-10  100.00 USD    0.00 USD  paid

    open: 450.00 USD
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail show M-1"), @"
    $ dues mail show M-1
    M-1 · written on 2026-11-22 10:00 · ~/mails/confirmation.pay-1.HASH@dues.invalid.eml
    to       ap@acme.example
    subject  Payment received: 150.00 USD (PAY-1)

    Dear Acme Corp,

    Thank you. On 22 November 2026 we charged 150.00 USD to your Amex card
    ending in 5544 and applied it as follows:

      Invoice        Paid  Still open
      INV-1    100.00 USD    0.00 USD
      INV-2     50.00 USD  150.00 USD

    Payment number: PAY-1

    If anything looks wrong, please reply to this mail.

    Kind regards
    Tulip Wholesale
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (1, 150_00));
    shop.must("check");
}

#[test]
fn the_plan_is_shown_and_nothing_is_charged_by_a_dry_run() {
    let shop = Shop::with_card("tok_approve");
    let before = shop.contents();

    assert_snapshot!(shop.dues("charge acme --all-due --exclude INV-2 --dry-run"), @"
    $ dues charge acme --all-due --exclude INV-2 --dry-run
    would charge 400.00 USD from visa 4242 of ACME (Acme Corp)
      INVOICE        PAYS  FROM
      INV-1    100.00 USD  card
      INV-3    300.00 USD  card
    the confirmation goes to ap@acme.example
    nothing was charged (dry run)
    [exit 0]
    ");

    assert_eq!(shop.contents(), before);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn an_amount_pays_the_oldest_first_and_the_rest_stays_on_account() {
    let shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("charge acme --amount 650 --on-account --yes"), @"
    $ dues charge acme --amount 650 --on-account --yes
    Charged 650.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
      INV-2  200.00 USD  paid in full
      INV-3  300.00 USD  paid in full
      50.00 USD stays on account
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_snapshot!(shop.dues("payment show PAY-1"), @"
    $ dues payment show PAY-1
    PAY-1 · 650.00 USD by card from ACME (Acme Corp) on 2026-11-22
    by charge CH-1 on visa 4242
    INVOICE        PAID  STILL OPEN
    INV-1    100.00 USD    0.00 USD
    INV-2    200.00 USD    0.00 USD
    INV-3    300.00 USD    0.00 USD
    50.00 USD pays no invoice yet
    [exit 0]
    ");
    assert_eq!((shop.open(), shop.money_taken()), (0, (1, 650_00)));
}

#[test]
fn credits_are_used_before_the_card() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 650 --on-account --no-email --yes");
    shop.must("invoice add ACME INV-4 80 --issued 2026-04-01 --due 2026-04-10");

    assert_snapshot!(shop.dues("charge acme --invoice INV-4 --use-credits --yes"), @"
    $ dues charge acme --invoice INV-4 --use-credits --yes
    Charged 30.00 USD to visa 4242 of ACME (CH-2).
      INV-4  50.00 USD  paid in full  from credit PAY-1
      INV-4  30.00 USD  paid in full
    Booked as PAY-2; the confirmation to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-2.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");

    assert_eq!(shop.money_taken(), (2, 680_00));
    assert_eq!(shop.open(), 0);
    shop.must("check");
}

/// By hand it may be charged, knowingly.
#[test]
fn a_plan_names_what_is_on_hold() {
    let shop = Shop::with_card("tok_approve");
    shop.must("invoice hold INV-2 --because 'lamps broken'");

    assert_snapshot!(shop.dues("charge acme --all-due --dry-run"), @"
    $ dues charge acme --all-due --dry-run
    would charge 600.00 USD from visa 4242 of ACME (Acme Corp)
      INVOICE        PAYS  FROM
      INV-1    100.00 USD  card
      INV-2    200.00 USD  card
      INV-3    300.00 USD  card
    INV-2 is on hold (lamps broken); you may charge it all the same
    the confirmation goes to ap@acme.example
    nothing was charged (dry run)
    [exit 0]
    ");
}

/// Where credits cover all of it there is nothing to charge: they pay it.
#[test]
fn credits_that_cover_all_of_it_pay_it_and_no_card_is_charged() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 700 --on-account --yes");
    shop.must("invoice add ACME INV-4 80 --issued 2026-01-01 --due 2026-01-10");

    assert_snapshot!(shop.dues("charge acme --invoice INV-4 --use-credits --dry-run"), @"
    $ dues charge acme --invoice INV-4 --use-credits --dry-run
    would pay 80.00 USD of ACME from money on account
      INVOICE       PAYS  FROM
      INV-4    80.00 USD  credit PAY-1
    nothing was applied, and no card is charged (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge acme --invoice INV-4 --use-credits --yes"), @"
    $ dues charge acme --invoice INV-4 --use-credits --yes
    Paid 80.00 USD of ACME from money on account; no card was charged.
      INVOICE       PAYS  FROM
      INV-4    80.00 USD  credit PAY-1
    wrote M-2 for ap@acme.example to ~/mails/applied.16.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail show M-2"), @"
    $ dues mail show M-2
    M-2 · written on 2026-11-22 10:00 · ~/mails/applied.16.HASH@dues.invalid.eml
    to       ap@acme.example
    subject  80.00 USD paid from your account

    Dear Acme Corp,

    On 22 November 2026 we applied 80.00 USD that you had on account with us
    to what you owe. Nothing was charged to a card.

      INV-4  80.00 USD

    If you have a question about this, please reply to this mail.

    Kind regards
    Tulip Wholesale
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (1, 700_00));
    shop.must("check");
}

/// A script that repeats its request gets the first result, and nothing is
/// applied twice; the id is used up for any other.
#[test]
fn a_request_that_credits_cover_is_applied_once() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 760 --on-account --no-email --yes");
    shop.must("invoice add ACME INV-4 80 --issued 2026-01-01 --due 2026-01-10");
    let line = "charge acme --invoice INV-4=40 --use-credits --yes --request-id jan-1";

    shop.must(line);
    assert_snapshot!(shop.dues(line), @"
    $ dues charge acme --invoice INV-4=40 --use-credits --yes --request-id jan-1
    This request was made before; this is its result.
    Paid 40.00 USD of ACME from money on account; no card was charged.
      INVOICE       PAYS  FROM
      INV-4    40.00 USD  credit PAY-1
    [exit 0]
    ");

    assert_eq!((shop.open(), shop.money_taken()), (40_00, (1, 760_00)));
    for other in [
        "charge acme --invoice INV-4=30 --use-credits --yes --request-id jan-1",
        "charge acme --invoice INV-4=40 --yes --request-id jan-1",
    ] {
        shop.refuses(other, "request_id_reused", 1);
    }
    shop.must("charge acme --invoice INV-4=10 --no-email --yes --request-id jan-2");
    shop.refuses(
        "charge acme --invoice INV-4=30 --use-credits --yes --request-id jan-2",
        "request_id_reused",
        1,
    );
    assert_eq!((shop.open(), shop.money_taken()), (30_00, (2, 770_00)));
    shop.must("check");
}

#[test]
fn money_on_account_pays_an_invoice_without_the_card() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 650 --on-account --no-email --yes");
    shop.must("invoice add ACME INV-4 30 --issued 2026-04-01 --due 2026-04-10");

    assert_snapshot!(shop.dues("payment apply PAY-1 --invoice INV-4"), @"
    $ dues payment apply PAY-1 --invoice INV-4
    Applied 30.00 USD of PAY-1 to INV-4: 0.00 USD open there, 20.00 USD left on account.
    [exit 0]
    ");

    assert_eq!((shop.open(), shop.money_taken()), (0, (1, 650_00)));
    shop.must("check");
}

#[test]
fn a_card_is_chosen_by_its_last_four_its_nickname_or_as_the_default() {
    let shop = Shop::with_card("tok_approve@visa-1111");
    shop.must("card add ACME tok_approve@amex-2222 --nickname office --by B --how phone");

    for (card, charged) in [
        ("", "1111"),
        ("--card 2222", "2222"),
        ("--card office", "2222"),
        ("--card 'amex 2222'", "2222"),
    ] {
        let document = shop.json(&format!("charge acme --amount 1 {card} --yes --again"));
        assert_eq!(document["data"]["card"]["last4"], charged, "{card}");
    }
    shop.must("card default ACME 2222");
    assert_eq!(
        shop.json("charge acme --amount 1 --yes --again")["data"]["card"]["last4"],
        "2222"
    );
}

#[test]
fn a_script_may_repeat_a_request_and_is_charged_once() {
    let shop = Shop::with_card("tok_approve");
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";

    let first = shop.json(line);
    let second = shop.json(line);

    assert_eq!(
        first["data"],
        with_mail_as_now(&first, second["data"].clone())
    );
    assert_eq!(shop.money_taken(), (1, 100_00));
    shop.refuses(
        "charge acme --invoice INV-2 --yes --request-id nov-acme",
        "request_id_reused",
        1,
    );
}

/// The mail went out after the first document was printed.
fn with_mail_as_now(first: &serde_json::Value, mut second: serde_json::Value) -> serde_json::Value {
    assert_eq!(second["mail"][0]["state"], "written");
    second["mail"] = first["data"]["mail"].clone();
    second
}

#[test]
fn a_charge_that_was_not_made_says_so_before_it_says_why() {
    let shop = Shop::with_card("tok_unreachable");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    error: CH-1 was not made: the sandbox cannot be reached; nothing was charged
    hint: Check the connection and try again.
    [exit 1]
    ");
}

#[test]
fn a_request_that_was_not_made_is_made_when_repeated() {
    let shop = Shop::with_card("tok_unreachable,tok_approve");
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";

    let first = shop.error(line);
    let second = shop.json(line);

    assert_eq!(
        (&first["code"], &first["exit"]),
        (&"gateway_unreachable".into(), &1.into())
    );
    assert_eq!(
        (&second["data"]["state"], &second["data"]["attempt"]),
        (&"succeeded".into(), &2.into())
    );
    assert_eq!(shop.money_taken(), (1, 100_00));
}

#[test]
fn a_charge_as_json_has_the_documented_shape() {
    let shop = Shop::with_card("tok_approve@amex-5544");

    let mut document = shop.json("charge acme --invoice INV-1=40 --yes");

    let data = document["data"].as_object_mut().unwrap();
    for changing in ["created", "charged_on"] {
        assert!(data.remove(changing).is_some());
    }
    data["gateway"]["reference"] = "REF".into();
    assert_snapshot!(serde_json::to_string_pretty(&document).unwrap(), @r#"
    {
      "data": {
        "allocations": [
          {
            "amount": {
              "amount": "40.00",
              "currency": "USD",
              "minor": 4000
            },
            "from": null,
            "invoice": "INV-1",
            "open": {
              "amount": "60.00",
              "currency": "USD",
              "minor": 6000
            }
          }
        ],
        "amount": {
          "amount": "40.00",
          "currency": "USD",
          "minor": 4000
        },
        "attempt": 1,
        "card": {
          "brand": "amex",
          "last4": "5544"
        },
        "charge": "CH-1",
        "customer": "ACME",
        "decline": null,
        "gateway": {
          "account": "sandbox",
          "id": "sbx_ch_1",
          "name": "sandbox",
          "reference": "REF"
        },
        "given_back": {
          "amount": "0.00",
          "currency": "USD",
          "minor": 0
        },
        "mail": [
          {
            "mail": "M-1",
            "state": "queued",
            "to": "ap@acme.example"
          }
        ],
        "memo": null,
        "mode": "test",
        "note": null,
        "payment": "PAY-1",
        "plan": [
          {
            "amount": {
              "amount": "40.00",
              "currency": "USD",
              "minor": 4000
            },
            "from": null,
            "invoice": "INV-1"
          }
        ],
        "sends": 1,
        "state": "succeeded",
        "unapplied": {
          "amount": "0.00",
          "currency": "USD",
          "minor": 0
        }
      },
      "schema": "dues.charge/1",
      "warnings": []
    }
    "#);
}

#[test]
fn a_decline_takes_nothing_and_has_words_for_the_customer() {
    let shop = Shop::with_card("tok_decline_soft,tok_approve");

    assert_snapshot!(shop.dues("charge acme --all-due --yes"), @r#"
    $ dues charge acme --all-due --yes
    error: visa 4242 was declined: insufficient_funds (Your card has insufficient funds.); nothing was charged
    hint: You can tell the customer: "Your bank says there is not enough money available on the card." Try again on another day, or ask the customer for another card.
    [exit 4]
    "#);

    assert_eq!((shop.open(), shop.money_taken()), (600_00, (0, 0)));
    assert_eq!(shop.json("mail list")["data"], serde_json::json!([]));
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    to know
      CH-1: 600.00 USD from ACME was declined (insufficient_funds)
    [exit 0]
    ");
    // Another try is a new charge, and the bank may say yes to it.
    shop.must("charge acme --all-due --yes");
    assert_eq!(shop.money_taken(), (1, 600_00));
}

#[test]
fn every_kind_of_decline_ends_with_exit_code_4_and_its_class() {
    for (token, class) in [
        ("tok_decline_soft", "soft"),
        ("tok_decline_hard", "hard"),
        ("tok_expired", "fix"),
        ("tok_auth", "auth"),
    ] {
        let shop = Shop::with_card(token);

        let output = shop.run("charge acme --all-due --yes --json");
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();

        assert_eq!(output.status.code(), Some(4), "{token}");
        assert_eq!(document["data"]["decline"]["class"], class);
        assert_eq!(shop.money_taken(), (0, 0));
    }
}

#[test]
fn no_mail_is_written_when_none_is_wanted_or_there_is_no_address() {
    let shop = Shop::with_card("tok_approve");

    shop.must("charge acme --invoice INV-1 --no-email --yes");
    shop.must("customer edit ACME --email none");
    assert_snapshot!(shop.dues("charge acme --invoice INV-2 --yes"), @"
    $ dues charge acme --invoice INV-2 --yes
    Charged 200.00 USD to visa 4242 of ACME (CH-2).
      INV-2  200.00 USD  paid in full
    Booked as PAY-2; no confirmation, as there is no mail address.
    [exit 0]
    ");

    assert_eq!(shop.json("mail list")["data"], serde_json::json!([]));
}

#[test]
fn the_mail_is_a_file_with_text_and_html_that_names_what_was_paid() {
    let shop = Shop::with_card("tok_approve@amex-5544");
    shop.must("charge acme --invoice INV-1 --invoice INV-2=50 --yes");

    let mails: Vec<_> = std::fs::read_dir(shop.path("mails"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let mail = std::fs::read_to_string(&mails[0]).unwrap();

    assert_eq!(mails.len(), 1);
    for part in [
        "To: ap@acme.example",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "5544",
        "INV-1",
        "INV-2",
        "PAY-1",
    ] {
        assert!(mail.contains(part), "{part} is missing in\n{mail}");
    }
}

#[test]
fn a_mail_can_be_cancelled_and_tried_again() {
    let shop = Shop::with_card("tok_approve");
    // A file where the mails' folder should be: nothing can be delivered.
    shop.write("mails", "in the way");

    let charged = shop.dues("charge acme --invoice INV-1 --yes");

    assert!(charged.contains("[exit 0]"), "{charged}");
    assert_eq!(
        shop.json("mail list --unsent")["data"][0]["state"],
        "queued"
    );
    assert_eq!(shop.run("mail retry M-1").status.code(), Some(1));
    std::fs::remove_file(shop.path("mails")).unwrap();
    shop.must("mail retry M-1");
    assert_eq!(shop.json("mail show M-1")["data"]["state"], "written");
    shop.must("mail cancel M-1");
    assert_eq!(shop.money_taken(), (1, 100_00));
}

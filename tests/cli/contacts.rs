//! Who of a customer hears of what, what they promised, and finding them.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn receipts_go_to_the_contacts_that_get_them() {
    let shop = Shop::with_card("tok_approve");
    assert_snapshot!(shop.dues("customer contact list ACME"), @"
    $ dues customer contact list ACME
    Receipts go to ap@acme.example; statements to ap@acme.example.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer contact add ACME a@acme.example --for receipts --name 'Ann Lee' --dry-run"), @"
    $ dues customer contact add ACME a@acme.example --for receipts --name 'Ann Lee' --dry-run
    This would be the answer:
    a@acme.example gets the receipts of ACME.
    Receipts go to a@acme.example; statements to ap@acme.example.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer contact add ACME a@acme.example --for receipts --name 'Ann Lee'"), @"
    $ dues customer contact add ACME a@acme.example --for receipts --name 'Ann Lee'
    a@acme.example gets the receipts of ACME.
    Receipts go to a@acme.example; statements to ap@acme.example.
    [exit 0]
    ");
    shop.must("customer contact add ACME b@acme.example --phone '555 0101'");
    assert_snapshot!(shop.dues("customer contact list ACME"), @"
    $ dues customer contact list ACME
    MAIL            GETS                     NAME     PHONE
    a@acme.example  receipts                 Ann Lee
    b@acme.example  receipts and statements           555 0101

    Receipts go to a@acme.example, b@acme.example; statements to b@acme.example.
    [exit 0]
    ");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --dry-run"), @"
    $ dues charge acme --invoice INV-1 --dry-run
    would charge 100.00 USD from visa 4242 of ACME (Acme Corp)
      INVOICE        PAYS  FROM
      INV-1    100.00 USD  card
    the confirmation goes to a@acme.example, b@acme.example
    nothing was charged (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to a@acme.example is queued, the confirmation to b@acme.example is queued.
    wrote M-1 for a@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    wrote M-2 for b@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    let back = shop.dues("payment refund PAY-1 --amount 10 --dry-run");
    assert!(
        back.contains("a@acme.example, b@acme.example is told by mail"),
        "{back}"
    );

    assert_snapshot!(shop.dues("customer contact remove ACME a@acme.example"), @"
    $ dues customer contact remove ACME a@acme.example
    a@acme.example gets nothing of ACME any more.
    Receipts go to b@acme.example; statements to b@acme.example.
    [exit 0]
    ");
    shop.must("customer contact remove ACME b@acme.example");
    let data = shop.json("customer contact list ACME")["data"].clone();
    assert_eq!(data["receipts_to"][0], "ap@acme.example");
    assert_eq!(data["contacts"].as_array().unwrap().len(), 0);
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

#[test]
fn a_contact_that_is_none_is_refused() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer contact add ACME a@acme.example");
    for (line, code, exit) in [
        (
            "customer contact add ACME a@acme.example",
            "contact_exists",
            1,
        ),
        ("customer contact add ACME nobody", "bad_email", 2),
        (
            "customer contact add ACME c@d.example --for all",
            "usage",
            2,
        ),
        (
            "customer contact add ACME c@d.example --name ' '",
            "bad_name",
            2,
        ),
        (
            "customer contact remove ACME c@d.example",
            "no_such_contact",
            1,
        ),
        ("customer note add ACME ' '", "bad_memo", 2),
        ("customer note add ACME x --promise fri", "usage", 2),
        (
            "customer note add ACME x --promise 2026-11-21 --amount 5",
            "bad_promise",
            2,
        ),
        (
            "customer note add ACME x --promise fri --amount 0",
            "bad_promise",
            2,
        ),
        (
            "customer note add ACME 'card 4242 4242 4242 4242'",
            "card_number",
            9,
        ),
        ("customer list --over soon", "bad_days", 2),
    ] {
        shop.refuses(line, code, exit);
    }
}

#[test]
fn a_promise_that_is_broken_needs_a_person_until_it_is_paid_or_made_anew() {
    let mut shop = Shop::with_card("tok_approve");
    assert_snapshot!(shop.dues("customer note add ACME 'spoke to Ann' --promise 2026-11-25 --amount 150"), @"
    $ dues customer note add ACME 'spoke to Ann' --promise 2026-11-25 --amount 150
    Noted of ACME: 150.00 USD promised until 2026-11-25.
    [exit 0]
    ");
    shop.must("customer note add ACME 'likes roses'");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    [exit 0]
    ");

    shop.put_around("DUES_NOW", "2026-11-26T15:00:00Z");
    assert_snapshot!(shop.dues("customer note list ACME"), @"
    $ dues customer note list ACME
    2026-11-22  likes roses
    2026-11-22  spoke to Ann; promised 150.00 USD until 2026-11-25: broken
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-26

    needs a person
      ACME promised 150.00 USD until 2026-11-25 and has paid 0.00 USD; see `dues customer note list ACME`
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_eq!(
        shop.json("customer show ACME")["data"]["notes"][1]["promise"]["state"],
        "broken"
    );

    // Less than was promised keeps nothing; all of it does, late as it is. What was paid before a promise keeps none.
    shop.must("charge acme --invoice INV-1 --yes --no-email");
    assert!(shop.dues("status --quiet").contains("has paid 100.00 USD"));
    shop.must("customer note add ACME 'called again' --promise 2026-11-28 --amount 50");
    assert_snapshot!(shop.dues("customer note list ACME"), @"
    $ dues customer note list ACME
    2026-11-26  called again; promised 50.00 USD until 2026-11-28: waiting
    2026-11-22  likes roses
    2026-11-22  spoke to Ann; promised 150.00 USD until 2026-11-25, and something else since
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    [exit 0]
    ");
}

#[test]
fn customers_are_found_by_a_text_and_by_how_late_they_are() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add 'Rosa Diaz' --code ROSA --phone '555 0199'");
    shop.must("customer add 'Tulip' --code TULIP --id 77-X");
    shop.must("customer contact add TULIP zoe@post.example");
    shop.must("invoice add ROSA INV-9 10 --issued 2026-08-01 --due 2026-08-24");
    let found = |options: &str| -> Vec<String> {
        let listed = shop.json(&format!("customer list {options}"))["data"].clone();
        let codes = listed.as_array().unwrap().iter();
        codes
            .map(|it| it["customer"].as_str().unwrap().to_owned())
            .collect()
    };

    assert_eq!(found("--search 0199"), ["ROSA"]);
    assert_eq!(found("--search 'rosa D'"), ["ROSA"]);
    assert_eq!(found("--search 77-x"), ["TULIP"]);
    assert_eq!(found("--search ZOE@"), ["TULIP"]);
    // Due 90 days ago exactly, and 91.
    assert_eq!(found("--over 90d"), ["ACME"]);
    assert_eq!(found("--over 89"), ["ACME", "ROSA"]);
    assert_eq!(found("--limit 2"), ["ACME", "ROSA"]);
    assert_eq!(found("--over 0d --limit 1"), ["ACME"]);
    assert!(found("--search nobody").is_empty());
    assert_snapshot!(shop.dues("customer list --search nobody"), @"
    $ dues customer list --search nobody
    No customer is like that.
    [exit 0]
    ");
}

/// Whatever tells of money goes to whoever gets receipts, each of them once.
#[test]
fn every_mail_about_money_goes_to_who_gets_receipts() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer contact add ACME ann@acme.example");
    shop.must("customer contact add ACME bob@acme.example");

    shop.must("payment record ACME --amount 100 --method check --invoice INV-1");
    shop.must("payment bounce PAY-1 --because 'no funds' --yes");
    shop.must("credit add ACME --amount 5 --because wilted");
    shop.must("charge ACME --invoice INV-2=50 --yes");
    shop.must("payment refund PAY-2 --amount 20 --yes");

    let mails = shop.json("mail list")["data"].clone();
    let mut told: Vec<String> = mails
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| {
            let text = |key: &str| mail[key].as_str().unwrap().to_owned();
            format!("{} {}", text("event"), text("to"))
        })
        .collect();
    told.sort();
    let expected: Vec<String> = [
        "bounced:PAY-1",
        "confirmation:PAY-1",
        "confirmation:PAY-2",
        "credit:CM-1",
        "refund:RF-1",
    ]
    .into_iter()
    .flat_map(|event| ["ann", "bob"].map(|who| format!("{event} {who}@acme.example")))
    .collect();
    assert_eq!(told, expected);
}

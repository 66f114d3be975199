//! A text has one rule at every door, and a word that means several is none of them.

use insta::assert_snapshot;

use crate::shop::Shop;

const HEADER: &str =
    "Invoice Number,Customer,Customer ID,Email,Invoice Date,Due Date,Amount,Memo\n";

/// Argument, answer or file: what cannot be seen comes by none of them.
#[test]
fn what_cannot_be_seen_is_refused_at_every_door() {
    let shop = Shop::with_card("tok_approve");
    shop.must("schedule add ACME --on 2026-12-31 --invoice INV-3");
    let hidden = "\u{200b}";
    for (line, code) in [
        (
            "init --name 'TuXlip' --book other.db --zone UTC",
            "bad_name",
        ),
        ("customer add 'RosaX'", "bad_name"),
        ("customer add Rosa --code 'RX'", "bad_code"),
        ("customer add Rosa --id '7X'", "bad_id"),
        ("customer add Rosa --email 'aX@b.example'", "bad_email"),
        ("customer edit ACME --name 'XAcme'", "bad_name"),
        ("customer edit ACME --email 'a@b.exampleX'", "bad_email"),
        ("customer hold ACME --because 'X'", "bad_reason"),
        ("card rename ACME 4242 'ofXfice'", "bad_nickname"),
        (
            "card authorize ACME 4242 --by 'RX' --how form",
            "bad_consent",
        ),
        (
            "card authorize ACME 4242 --by Rosa --how 'X'",
            "bad_consent",
        ),
        ("card disable ACME 4242 --because 'X'", "bad_reason"),
        ("invoice add ACME 'X9' 5", "bad_number"),
        ("invoice add ACME 9 5 --memo 'forX'", "bad_memo"),
        ("invoice hold INV-1 --because 'X'", "bad_reason"),
        ("invoice void INV-1 --because 'X' --yes", "bad_reason"),
        ("charge ACME --all-due --yes --memo 'X'", "bad_memo"),
        (
            "charge ACME --all-due --yes --request-id 'idX'",
            "bad_request_id",
        ),
        (
            "schedule add ACME --on mon --all-due --memo 'X'",
            "bad_memo",
        ),
        ("schedule skip S-1 2026-12-31 --because 'X'", "bad_reason"),
        ("schedule cancel S-1 --because 'X'", "bad_reason"),
    ] {
        shop.refuses(&line.replace('X', hidden), code, 2);
    }
    for row in [
        "NX,Rosa,,,2026-01-05,2026-02-04,10.00,\n",
        "N,RosXa,,,2026-01-05,2026-02-04,10.00,\n",
        "N,Rosa,7X7,,2026-01-05,2026-02-04,10.00,\n",
        "N,Rosa,,a@X.example,2026-01-05,2026-02-04,10.00,\n",
        "N,Rosa,,,2026-01-05,2026-02-04,10.00,aXb\n",
    ] {
        shop.write("rows.csv", &format!("{HEADER}{}", row.replace('X', hidden)));
        shop.refuses("invoice import rows.csv --create-customers", "bad_rows", 1);
    }
    assert_eq!(shop.money_taken(), (0, 0));
}

/// A line is a line, and the memo of a file's cell is made one.
#[test]
fn a_name_of_two_lines_is_refused_and_a_memo_is_made_one() {
    let shop = Shop::new();
    let row = "N,\"Rosa\nBlumen\",,,2026-01-05,2026-02-04,10.00,\n";
    shop.write("rows.csv", &format!("{HEADER}{row}"));
    assert_snapshot!(shop.dues("invoice import rows.csv --create-customers"), @r"
    $ dues invoice import rows.csv --create-customers
    line 2: column `Customer`: `Rosa\u{a}Blumen`: the name holds U+000A LINE FEED (a line end) at letter 5
    error: rows.csv: 1 row cannot be imported; nothing was written
    hint: Write it on one line.
    [exit 1]
    ");
    let row = "N,Rosa,,,2026-01-05,2026-02-04,10.00,\"for roses\r\n and tulips\"\n";
    shop.write("rows.csv", &format!("{HEADER}{row}"));

    shop.must("invoice import rows.csv --create-customers");

    assert_eq!(
        shop.json("invoice show N")["data"]["memo"],
        "for roses and tulips"
    );
}

/// What looks the same on the screen is the same request.
#[test]
fn a_request_id_is_one_however_it_was_typed() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge ACME --invoice INV-1 --yes --request-id caf\u{e9}-1");
    shop.must("charge ACME --invoice INV-1 --yes --request-id ' cafe\u{301}-1 '");
    assert_eq!(shop.money_taken(), (1, 100_00));

    for (id, fact) in [
        (
            "nov\u{200b}-1",
            "the request id holds U+200B ZERO WIDTH SPACE at letter 4",
        ),
        (
            "nov-1\r",
            "argument 7 holds U+000D CARRIAGE RETURN (a line end) at letter 6",
        ),
    ] {
        let error = shop.error(&format!(
            "charge ACME --invoice INV-2 --yes --request-id '{id}'"
        ));
        assert_eq!(error["message"], fact);
    }
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// A script repeats what an older version took as it stood.
#[test]
fn a_request_id_from_before_the_rule_is_known_again() {
    let shop = Shop::with_card("tok_approve");
    for (number, (id, known_as)) in (1..).zip([
        ("nov\u{200b}-1", "nov\u{200b}-1"),
        (" nov-2 ", " nov-2 "),
        ("cafe\u{301}", "caf\u{e9}"),
    ]) {
        let line = format!("charge ACME --invoice INV-{number} --yes --request-id");
        shop.must(&format!("{line} old-{number}"));
        shop.change_against(
            "charges_stand",
            &format!("update charges set request_id = '{id}' where request_id = 'old-{number}'"),
        );
        let before = shop.money_taken();

        shop.must(&format!("{line} '{known_as}'"));

        assert_eq!(shop.money_taken(), before);
    }
}

/// Two Rosas: the one whose code dues made up is no more meant than the other.
fn two_rosas() -> Shop {
    let shop = Shop::with_card("tok_approve");
    for name in ["Rosa Blumen", "Rosa Meyer"] {
        shop.must(&format!("customer add '{name}'"));
    }
    for (code, invoice) in [("code:ROSA", "R-1"), ("ROSA-MEYER", "R-2")] {
        shop.must(&format!("card add {code} tok_approve --by Rosa --how form"));
        shop.must(&format!("invoice add {code} {invoice} 70 --due 2026-01-02"));
    }
    shop
}

#[test]
fn a_code_that_was_made_up_charges_nobody_in_silence() {
    let shop = two_rosas();

    assert_snapshot!(shop.dues("charge rosa --all-due --yes"), @r"
    $ dues charge rosa --all-due --yes
    error: `rosa` could be 2 customers
    hint: Say which one: `code:ROSA` (Rosa Blumen), `ROSA-MEYER` (Rosa Meyer).
    [exit 2]
    ");
    assert_eq!(shop.money_taken(), (0, 0));

    shop.must("charge code:ROSA --all-due --yes");
    assert_eq!(shop.money_taken(), (1, 70_00));
    assert_eq!(shop.json("invoice show R-1")["data"]["state"], "paid");
}

#[test]
fn every_command_that_takes_a_customer_asks_which_of_several() {
    let shop = two_rosas();
    for line in [
        "customer show rosa",
        "customer edit ROSA --terms 3",
        "customer hold ROSA",
        "customer release ROSA",
        "card add ROSA tok_approve",
        "card list ROSA",
        "card show ROSA",
        "card rename ROSA 4242 office",
        "card default ROSA 4242",
        "card disable ROSA 4242",
        "card authorize ROSA 4242 --by Rosa --how form",
        "invoice add ROSA R-9 5",
        "invoice list --customer ROSA",
        "charge ROSA --all-due --yes",
        "charge list --customer ROSA",
        "payment list --customer ROSA",
        "schedule add ROSA --on mon --all-due",
        "schedule list --customer ROSA",
        "autopay on ROSA",
        "autopay off ROSA",
    ] {
        shop.refuses(line, "ambiguous_customer", 2);
    }
    // A person gave it: it is theirs alone.
    shop.must("customer add 'Acme Corp Two'");
    shop.must("charge acme --invoice INV-1 --yes");
}

/// Two cards that look alike: each has a word of its own.
#[test]
fn a_card_that_looks_like_another_is_named_by_its_id() {
    let shop = Shop::with_card("tok_approve");
    shop.must("card rename ACME CARD-1 'The van'");
    shop.must("card add ACME tok_approve@visa-4242 --nickname office --by Rosa --how form");
    shop.must("card add ACME tok_approve@amex-5544 --nickname 'office 2' --by Rosa --how form");

    assert_snapshot!(shop.dues("charge ACME --card 4242 --all-due --yes"), @r"
    $ dues charge ACME --card 4242 --all-due --yes
    error: `4242` could be 2 cards of ACME
    hint: Say which one: `The van` (visa 4242), `office` (visa 4242). A card gets a nickname with `dues card rename`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge ACME --card off --all-due --yes"), @r"
    $ dues charge ACME --card off --all-due --yes
    error: `off` could be 2 cards of ACME
    hint: Say which one: `office` (visa 4242), `amex 5544` (office 2). A card gets a nickname with `dues card rename`.
    [exit 2]
    ");
    assert_eq!(shop.money_taken(), (0, 0));
    shop.must("charge ACME --card office --invoice INV-1 --yes");
    shop.must("charge ACME --card CARD-1 --invoice INV-2 --yes");
    assert_eq!(shop.money_taken(), (2, 300_00));
}

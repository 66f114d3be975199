//! Card numbers: none gets in, and nothing else is taken for one.

use insta::assert_snapshot;

use crate::shop::Shop;

/// Side by side either four would be a card number.
const NUMBERS: [[&str; 4]; 2] = [
    ["4001", "4002", "4003", "4010"],
    ["4021", "4022", "4023", "4000"],
];

/// Everything that dues puts together from invoice numbers is kept somewhere:
/// requests, the log, mails, schedules. None of it may look like a card number.
#[test]
fn ordinary_books_are_no_card_data() {
    let shop = Shop::new();
    shop.must("customer add 'Acme Corp' --code ACME --email ap@acme.example");
    shop.must("card add ACME tok_approve --by 'A. Cme' --how 'signed form'");
    for number in NUMBERS.as_flattened() {
        shop.must(&format!(
            "invoice add ACME {number} 400.10 --issued 2026-01-01 --due 2026-01-10"
        ));
    }
    let [by_hand, by_date] =
        NUMBERS.map(|four| four.map(|number| format!("--invoice {number}")).join(" "));
    let by_hand = format!("charge acme {by_hand} --yes --request-id nov");

    shop.must(&by_hand);
    shop.must(&by_hand);
    shop.must(&format!(
        "schedule add ACME {by_date} --on 2026-11-22 --at 00:01 --yes"
    ));
    shop.must("schedule run --yes");

    assert_snapshot!(shop.dues("check"), @r"
    $ dues check
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (2, 8 * 400_10));
}

/// A book of an earlier version has the words of each request.
#[test]
fn an_earlier_book_is_right_and_knows_its_requests() {
    let shop = Shop::with_card("tok_approve");
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";
    shop.must(line);
    shop.change_by_hand("drop trigger charges_stand");
    shop.change_by_hand(
        "update charges set request_text = 'ACME card default pays INV-1 credits false'",
    );

    shop.must(line);
    shop.refuses(
        "charge acme --invoice INV-2 --yes --request-id nov-acme",
        "request_id_reused",
        1,
    );
    shop.change_by_hand("update charges set request_text = 'ACME card default pays 4001 4002 4003 4010 credits false'");
    let found = shop.json("check");
    assert!(!found.to_string().contains("INV22"), "{found}");
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// It is said, and the book is back with all that it knows.
#[test]
fn a_card_number_in_a_backup_keeps_nobody_from_restoring_it() {
    let shop = Shop::with_card("tok_approve");
    shop.change_by_hand(
        "update invoices set memo = 'card 4111 1111 1111 1111' where number = 'INV-2'",
    );
    shop.must("backup copy.db");

    assert_snapshot!(shop.dues("restore copy.db --yes"), @r"
    $ dues restore copy.db --yes
    copy.db is the book now, at ~/book.db.
    The book that stood there is kept at ~/book.db.before-restore.
    Every charge that this machine made is in it. Whatever else was done since this backup is not.
    warning: invoices.memo row 2 looks like a card number; `dues check` says what to do
    [exit 0]
    ");
    assert_snapshot!(shop.dues("check"), @r"
    $ dues check
    INV22 does not hold: no card number stands in the book
      invoices.memo row 2
      do: Look at invoices.memo row 2. If it is a card number, find out how it got there, and treat the book and its backups as card data: give them to nobody. If it only looks like one, say so: `dues check --not-card 'invoices.memo row 2'`.
    error: the book holds what looks like a card number
    hint: All else in it is right, and nothing is held up. Look at what is named above.
    [exit 8]
    ");

    // An order's number, as it turns out.
    shop.refuses("check --not-card 'invoices.memo row 1'", "no_such_place", 2);
    shop.must("check --not-card 'invoices.memo row 2'");
    shop.must("check");
    // What stands there later is another text.
    shop.change_by_hand("update invoices set memo = '4242 4242 4242 4242' where number = 'INV-2'");
    assert_eq!(
        shop.json("check")["data"]["violations"][0]["row"],
        "invoices.memo row 2"
    );
}

/// Where the machine, its user or a file is named by one.
#[test]
fn a_card_number_around_the_program_is_neither_kept_nor_shown() {
    let mut shop = Shop::new();
    shop.put_around("USER", "4242424242424242");
    shop.put_around("HOSTNAME", "4242 4242 4242 4242");
    shop.must("customer add 'Acme Corp'");
    let seen = shop.dues("log");
    assert!(
        seen.contains("[card number removed]") && !seen.contains("4242"),
        "{seen}"
    );
    shop.must("check");

    shop.put_around("DUES_CONFIG", "/tmp/4242424242424242.toml");
    let seen = shop.dues("status");
    assert!(
        seen.ends_with("[exit 9]\n") && !seen.contains("4242"),
        "{seen}"
    );
}

#[test]
fn a_column_that_only_looks_like_cards_may_pass() {
    let shop = Shop::new();
    shop.write(
        "orders.csv",
        "Number,Customer,Date,Amount,Order Code,PAN\nX-1,Acme,2026-01-05,100.00,4111111111111111,\n",
    );
    let line = "invoice import orders.csv --create-customers";

    assert_snapshot!(shop.dues(line), @r"
    $ dues invoice import orders.csv --create-customers
    error: orders.csv: line 2, column `Order Code` looks like a card number; it was not kept
    hint: Card numbers are entered at the gateway only: take this one out. If it only looks like one, let the column pass with `--not-card COLUMN`.
    [exit 9]
    ");
    assert_snapshot!(shop.dues(&format!("{line} --not-card PAN")), @r"
    $ dues invoice import orders.csv --create-customers --not-card PAN
    error: orders.csv: column `PAN` is named for card data
    hint: Card numbers are entered at the gateway only. Take the column out of the file.
    [exit 9]
    ");
    let seen = shop.dues(&format!("{line} --not-card 'Order Code'"));
    assert!(
        seen.contains("column `PAN` is named for card data, and is not read"),
        "{seen}"
    );
    assert_eq!(shop.open(), 100_00);
    shop.must("check");
}

//! What a terminal obeys or a reader is deceived by reaches no terminal.

use std::process::Output;

use dues::domain::untrusted::deceives;

use crate::shop::Shop;

/// A window title, a mark that turns the line around, and letters of no width.
const NASTY: &str = "Ada\u{1b}]0;owned\u{7}\u{202e}\u{2066}\u{61c}\u{e0041}\u{9b}2J";

fn says_nothing_unseen(shop: &Shop, line: &str, output: &Output) {
    let seen = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    for text in seen {
        let hidden = text
            .chars()
            .find(|letter| deceives(*letter) && *letter != '\n');
        assert_eq!(hidden, None, "{line:?}: {}", shop.seen(line, output));
    }
}

/// Every noun's reading commands, over a book in which whatever can is nasty.
#[test]
fn nothing_in_a_book_is_obeyed_by_a_terminal() {
    let shop = Shop::empty();
    shop.must("init --name Ada --zone America/New_York");
    shop.must("customer add Ada --email ap@ada.example");
    for number in ["INV-1", "INV-2"] {
        shop.must(&format!("invoice add ADA {number} 10 --due 2026-01-02"));
    }
    shop.must("card add ADA tok_approve --by Ada --how 'signed form' --nickname office");
    // A book from before there were rules.
    shop.change_by_hand(&format!(
        "update book set name = '{NASTY}';
         update customers set name = '{NASTY} second line', same_name = '{NASTY} second line';
         update invoices set memo = '{NASTY} open: 0.00 USD';
         insert into holds (invoice_id, because, held_at)
           select id, '{NASTY}', created_at from invoices where number = 'INV-2';
         insert into holds (customer_id, because, held_at) select id, '{NASTY}', created_at from customers;
         insert into authorizations (card_id, scope, given_by, how, recorded_at)
           select card_id, scope, '{NASTY}', '{NASTY}', recorded_at from authorizations;"
    ));
    let refused: Vec<String> = [
        "customer add 'N'",
        "customer hold ADA --because 'N'",
        "card authorize ADA office --by 'N' --how 'N'",
        "invoice hold INV-1 --because 'N'",
        "restore 'N'",
        "backup 'N/x.db'",
        "charge 'N' --amount 1",
        "'N'",
        "charge --'N'",
        "invoice list --over 'N'",
        "status --book 'no-N.db'",
        "status --config 'N'",
    ]
    .iter()
    .map(|line| line.replace('N', NASTY))
    .collect();
    let done = [
        "autopay on ADA",
        "schedule add ADA --on 2026-11-30 --invoice INV-1",
        "charge ADA --amount 3 --dry-run",
        "charge ADA --amount 3 --yes",
        "customer list",
        "customer show ADA",
        "customer edit ADA --terms 31 --dry-run",
        "card list",
        "card show ADA",
        "invoice list --all",
        "invoice show INV-1",
        "charge list",
        "charge show CH-1",
        "charge review",
        "payment list",
        "payment show PAY-1",
        "mail list",
        "mail show M-1",
        "schedule list",
        "schedule show S-1",
        "schedule doctor",
        "schedule run --dry-run",
        "autopay list",
        "gateway check",
        "status",
        "check",
        "log",
        &format!("backup '{NASTY}.db'"),
        &format!("restore '{NASTY}.db' --yes"),
    ];
    for line in done.into_iter().chain(refused.iter().map(String::as_str)) {
        let output = shop.run(line);
        says_nothing_unseen(&shop, line, &output);
        let is_done = matches!(output.status.code(), Some(0 | 8));
        let is_refused = refused.iter().any(|other| other == line);
        assert_ne!(is_done, is_refused, "{}", shop.seen(line, &output));
        let line = format!("{line} --json");
        says_nothing_unseen(&shop, &line, &shop.run(&line));
    }
    let shown = shop.dues("invoice show INV-1");
    assert!(!shown.contains("\nopen: 0.00"), "{shown}");
    // For a script it is what it was.
    let name = shop.json("customer show ADA")["data"]["name"].clone();
    assert_eq!(name, format!("{NASTY} second line"));
}

/// The name of the program is an argument like any other.
#[cfg(unix)]
#[test]
fn a_help_shows_what_it_repeats() {
    use std::os::unix::process::CommandExt;
    let shop = Shop::empty();
    for line in ["", "--help", "charge --help", "--version", "charge"] {
        let output = shop.command(line).arg0(NASTY).output().unwrap();

        says_nothing_unseen(&shop, line, &output);
    }
}

#[test]
fn a_line_end_in_an_argument_is_refused() {
    let shop = Shop::with_card("tok_approve");

    shop.refuses(
        "invoice hold INV-1 --because 'paid\nINV-2 is void'",
        "not_one_line",
        2,
    );
}

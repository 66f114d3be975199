//! What is asked at a terminal, and what is never asked elsewhere.

#![cfg(unix)]

#[path = "cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;

use std::time::Duration;

use expectrl::{Eof, Expect, Session};
use shop::Shop;

fn at_a_terminal(shop: &Shop, line: &str) -> expectrl::session::OsSession {
    let mut command = shop.command(line);
    command
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::inherit());
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    session
}

#[test]
fn a_charge_without_arguments_is_asked_for_step_by_step() {
    let shop = Shop::with_card("tok_approve@amex-5544");
    shop.must("customer add Bloom --code BLOOM");
    let mut terminal = at_a_terminal(&shop, "charge");

    terminal.expect("Whose card").unwrap();
    terminal.send("acm\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" j \r").unwrap();
    terminal.expect("300.00 USD from amex 5544").unwrap();
    terminal.expect("[y/N]").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (1, 300_00));
    assert_eq!(shop.open(), 300_00);
}

#[test]
fn a_schedule_without_arguments_is_asked_for_step_by_step() {
    let shop = Shop::with_card("tok_approve@amex-5544");
    shop.must("customer add Bloom --code BLOOM");
    let mut terminal = at_a_terminal(&shop, "schedule add");

    terminal.expect("Whose card").unwrap();
    terminal.send("acm\r").unwrap();
    terminal.expect("On which day").unwrap();
    terminal.send("mon\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" j \r").unwrap();
    terminal.expect("Mon 2026-11-23 at 09:00").unwrap();
    terminal.expect(Eof).unwrap();

    let planned = shop.json("schedule list");
    let invoices = &planned["data"][0]["charges"]["invoices"];
    assert_eq!(invoices.as_array().unwrap().len(), 2, "{planned}");
    assert_eq!(shop.money_taken(), (0, 0));
}

/// What is typed stands on the screen; no message says it again.
#[test]
fn a_card_number_typed_as_an_answer_is_refused() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "schedule add acme --all-due");

    terminal.expect("On which day").unwrap();
    terminal.send("4242 4242 4242 4242\r").unwrap();
    terminal.expect("error:").unwrap();
    let said = terminal.expect(Eof).unwrap();

    let said = String::from_utf8_lossy(said.as_bytes()).into_owned();
    assert!(
        said.contains("the answer looks like a card number"),
        "{said}"
    );
    assert!(!said.contains("4242"), "{said}");
}

#[test]
fn a_no_charges_nothing() {
    let shop = Shop::with_card("tok_approve");
    let before = shop.contents();
    let mut terminal = at_a_terminal(&shop, "charge acme --all-due");

    terminal.expect("[y/N]").unwrap();
    terminal.send("n\r").unwrap();
    terminal.expect("nothing was changed").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!((shop.money_taken(), shop.contents()), ((0, 0), before));
}

/// A word with a y in it is no yes, and no key charges a card by itself.
#[test]
fn a_stray_key_charges_nothing() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "charge acme --all-due");

    terminal.expect("[y/N]").unwrap();
    terminal.send("mayn\r").unwrap();
    terminal.expect("nothing was changed").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (0, 0));
}

/// What was agreed to is charged, and nothing else: the book changed meanwhile.
#[test]
fn a_plan_that_changed_while_it_was_shown_is_not_charged() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "charge acme --all-due");

    terminal.expect("[y/N]").unwrap();
    shop.must("invoice void INV-2 --because 'written twice'");
    terminal.send("y\r").unwrap();
    terminal
        .expect("the book changed while you were asked")
        .unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn nothing_is_asked_with_no_input() {
    let shop = Shop::with_card("tok_approve");
    for line in [
        "charge --no-input",
        "charge acme --no-input",
        "charge acme --all-due --no-input",
    ] {
        let mut terminal = at_a_terminal(&shop, line);

        terminal.expect("nobody to ask").unwrap();
        terminal.expect(Eof).unwrap();
    }
    assert_eq!(shop.money_taken(), (0, 0));
}

/// The card that was agreed to is the card that is charged.
#[test]
fn another_default_card_while_it_was_asked_is_not_charged() {
    let shop = Shop::with_card("tok_approve@visa-1111");
    shop.must("card add ACME tok_approve@amex-5544 --by B --how phone");
    let mut terminal = at_a_terminal(&shop, "charge acme --invoice INV-1");

    terminal.expect("visa 1111").unwrap();
    terminal.expect("[y/N]").unwrap();
    shop.must("card default ACME 5544");
    terminal.send("y\r").unwrap();
    terminal
        .expect("the book changed while you were asked")
        .unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (0, 0));
}

/// A book that was restored meanwhile is another file: nothing is written to the old one.
#[test]
fn a_book_that_was_replaced_while_it_was_asked_is_not_charged_from() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    let mut terminal = at_a_terminal(&shop, "charge acme --invoice INV-1");

    terminal.expect("[y/N]").unwrap();
    shop.must("restore copy.db --yes");
    terminal.send("y\r").unwrap();
    terminal.expect("the book was replaced").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!((shop.open(), shop.money_taken()), (600_00, (0, 0)));
    shop.must("check");
}

/// A prompt draws on the terminal too, and names are in it.
#[test]
fn a_prompt_obeys_no_name() {
    let shop = Shop::new();
    shop.write(
        "nasty.csv",
        "Invoice Number,Customer,Invoice Date,Due Date,Amount\nINV-1,Ada\u{1b}]0;owned\u{7}\u{202e},2026-01-01,2026-01-02,10\n",
    );
    shop.must("invoice import nasty.csv --create-customers");
    let mut terminal = at_a_terminal(&shop, "charge");

    let shown = terminal.expect("\\u{1b}]0;owned\\u{7}\\u{202e}").unwrap();
    terminal.send("\x1b").unwrap();
    terminal.expect(Eof).unwrap();

    let before = String::from_utf8_lossy(shown.before()).into_owned();
    assert!(!before.contains(['\u{7}', '\u{202e}']), "{before:?}");
}

//! What is asked at a terminal, and what is never asked elsewhere.

#![cfg(unix)]

#[path = "cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;

use std::process::{Command, Stdio};
use std::sync::Once;
use std::thread;
use std::time::Duration;

use expectrl::process::unix::Signal;
use expectrl::process::unix::WaitStatus;
use expectrl::{Eof, Expect, Session};
use serde_json::Value;
use shop::Shop;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// What is started in the background is deaf to signals, and hands that on; a
/// signal that is listened for here is heard again by whoever is started.
fn hears_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).unwrap();
        thread::spawn(move || {
            for signal in signals.forever() {
                emulate_default_handler(signal).unwrap();
            }
        });
    });
}

fn at_a_terminal(shop: &Shop, line: &str) -> expectrl::session::OsSession {
    hears_signals();
    let mut command = shop.command(line);
    command.env("TERM", "xterm").stdin(Stdio::inherit());
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
    terminal.expect("What to charge").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" j \r").unwrap();
    terminal.expect("2 invoices, 300.00 USD in all").unwrap();
    terminal.send("\r").unwrap();
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
    terminal.send("mno\r").unwrap();
    terminal.expect("`mno` is not a date").unwrap();
    terminal.expect("On which day").unwrap();
    terminal.send("yesterday\r").unwrap();
    terminal.expect("is past").unwrap();
    terminal.expect("On which day").unwrap();
    terminal.send("mon\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" j \r").unwrap();
    terminal.expect("2 invoices, 300.00 USD in all").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("Mon 2026-11-23 at 09:00").unwrap();
    terminal.expect(Eof).unwrap();

    let planned = shop.json("schedule list");
    let invoices = &planned["data"][0]["charges"]["invoices"];
    assert_eq!(invoices.as_array().unwrap().len(), 2, "{planned}");
    assert_eq!(shop.money_taken(), (0, 0));
}

/// Who charges by hand hears first of what a bank took, and of who is on hold.
#[test]
fn a_dispute_and_a_hold_are_said_before_the_yes() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --no-email --yes");
    shop.must("dispute open CH-1 --amount 60 --reason fraud");
    shop.must("customer hold ACME --because 'owes us a call'");
    let mut terminal = at_a_terminal(&shop, "charge acme --invoice INV-2");

    terminal.expect("ACME is on hold (owes us a call)").unwrap();
    terminal.expect("DSP-1: the bank took 60.00 USD").unwrap();
    terminal.expect("[y/N]").unwrap();
    terminal.send("n\r").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// A letter that came twice is one dispute, unless a person says otherwise.
#[test]
fn the_same_dispute_twice_is_asked_about() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --no-email --yes");
    let line = "dispute open CH-1 --amount 30 --reason fraud";
    shop.must(line);
    for (key, disputes) in [("n", 1), ("y", 2)] {
        let mut terminal = at_a_terminal(&shop, line);

        terminal
            .expect("30.00 USD of PAY-1 is disputed already: DSP-1")
            .unwrap();
        terminal.expect("Is this another one?").unwrap();
        terminal.send(format!("{key}\r")).unwrap();
        terminal.expect(Eof).unwrap();

        let listed = shop.json("dispute list");
        assert_eq!(listed["data"].as_array().unwrap().len(), disputes, "{key}");
    }
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

/// What a person found out is asked about in the words of a charge or a refund.
#[test]
fn what_was_found_out_is_asked_about_before_it_is_booked() {
    let shop = Shop::with_card("tok_approve/refund_lost");
    shop.must("charge acme --invoice INV-1 --yes");
    shop.run("payment refund PAY-1 --amount 20 --yes");
    for (found, question) in [
        (
            "--given-back sbx_re_1",
            "Book RF-1 (20.00 USD of PAY-1 back to visa 4242) as given back, under sbx_re_1?",
        ),
        (
            "--not-given-back --because so",
            "Close RF-1 as not given back? Then its money may be given back again.",
        ),
    ] {
        let mut terminal = at_a_terminal(&shop, &format!("refund resolve RF-1 {found}"));
        terminal.expect(question).unwrap();
        terminal.send("n\r").unwrap();
        terminal.expect("not confirmed").unwrap();
        terminal.expect(Eof).unwrap();
    }
    let shop = Shop::with_card("tok_lost");
    shop.run("charge acme --invoice INV-1 --yes");
    for (found, question) in [
        (
            "--charged sbx_ch_1",
            "Book 100.00 USD of CH-1 as charged, under sbx_ch_1?",
        ),
        (
            "--not-charged --because so",
            "Close CH-1 as not charged? Then its invoices may be charged again.",
        ),
    ] {
        let mut terminal = at_a_terminal(&shop, &format!("charge resolve CH-1 {found}"));
        terminal.expect(question).unwrap();
        terminal.send("n\r").unwrap();
        terminal.expect("not confirmed").unwrap();
        terminal.expect(Eof).unwrap();
    }
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

/// Of several cards a person chooses, the default first; the card that was
/// agreed to is the card that is charged, whatever is the default by then.
#[test]
fn which_of_several_cards_is_charged_is_asked() {
    let shop = Shop::with_card("tok_approve@visa-1111");
    shop.must("card add ACME tok_approve@amex-5544 --nickname office");
    let mut terminal = at_a_terminal(&shop, "charge acme --invoice INV-1");

    terminal.expect("Which card").unwrap();
    terminal
        .expect("visa 1111  until 12/2031  A. Cme agreed  default")
        .unwrap();
    terminal
        .expect("amex 5544  office  until 12/2031  nobody agreed yet")
        .unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("100.00 USD from visa 1111").unwrap();
    terminal.expect("[y/N]").unwrap();
    shop.must("card default ACME 5544");
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.json("charge list")["data"][0]["card"]["last4"], "1111");
}

/// A card that cannot be charged is no choice.
#[test]
fn a_card_that_is_disabled_is_not_offered() {
    let shop = Shop::with_card("tok_approve@visa-1111");
    shop.must("card add ACME tok_approve@amex-5544 --nickname office");
    shop.must("card disable ACME office --yes");
    let mut terminal = at_a_terminal(&shop, "charge acme --invoice INV-1");

    let asked = terminal.expect("[y/N]").unwrap();
    let before = String::from_utf8_lossy(asked.before());
    assert!(!before.contains("Which card"), "{before}");
    terminal.send("n\r").unwrap();
    terminal.expect(Eof).unwrap();
}

/// What is ticked is added up, and may be made less.
#[test]
fn nothing_ticked_asks_again_and_of_what_is_ticked_a_part_may_be_meant() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "charge acme");

    terminal.expect("What to charge").unwrap();
    terminal.send("tick\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("Nothing is ticked").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" \r").unwrap();
    terminal.expect("INV-1, 100.00 USD in all").unwrap();
    terminal.send("again\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" j \r").unwrap();
    terminal.expect("2 invoices, 300.00 USD in all").unwrap();
    terminal.send("part\r").unwrap();
    terminal.expect("A part of which").unwrap();
    terminal.send("INV-2\r").unwrap();
    terminal.expect("How much of INV-2").unwrap();
    terminal.send("201\r").unwrap();
    terminal.expect("INV-2 has only 200.00 USD open").unwrap();
    terminal.expect("How much of INV-2").unwrap();
    terminal.send("50.50\r").unwrap();
    terminal.expect("2 invoices, 150.50 USD in all").unwrap();
    terminal.send("right\r").unwrap();
    terminal.expect("[y/N]").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!((shop.money_taken(), shop.open()), ((1, 150_50), 449_50));
}

#[test]
fn all_that_is_due_and_an_amount_are_chosen_as_well() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "charge acme");
    terminal.expect("all that is due: 600.00 USD").unwrap();
    terminal.send("amount\r").unwrap();
    terminal.expect("How much").unwrap();
    terminal.send("1e3\r").unwrap();
    terminal.expect("is not an amount").unwrap();
    terminal.expect("How much").unwrap();
    terminal.send("0\r").unwrap();
    terminal.expect("more than zero").unwrap();
    terminal.expect("How much").unwrap();
    terminal.send("150\r").unwrap();
    terminal.expect("[y/N]").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();
    let mut terminal = at_a_terminal(&shop, "charge acme");
    terminal.expect("all that is due: 450.00 USD").unwrap();
    terminal.send("all\r").unwrap();
    terminal.expect("[y/N]").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!((shop.money_taken(), shop.open()), ((2, 600_00), 0));
}

/// Nobody ticks invoices for a card that is not there.
#[test]
fn a_customer_without_a_card_is_told_before_anything_is_ticked() {
    let shop = Shop::new();
    shop.must("customer add Bloom --code BLOOM");
    shop.must("invoice add BLOOM B-1 10");
    let mut terminal = at_a_terminal(&shop, "charge bloom");
    terminal
        .expect("BLOOM has no saved card that may be charged")
        .unwrap();
    let rest = terminal.expect(Eof).unwrap();
    let rest = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    assert!(!rest.contains("Which"), "{rest}");
    let mut terminal = at_a_terminal(&shop, "schedule add bloom --on mon");
    terminal
        .expect("warning: BLOOM has no saved card that may be charged")
        .unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send("\x1b").unwrap();
    terminal.expect("left without a choice").unwrap();
    terminal.expect(Eof).unwrap();
}

/// Ctrl-C in a list that has hidden the cursor.
#[test]
fn a_list_that_is_left_by_ctrl_c_gives_the_cursor_back() {
    let shop = Shop::with_card("tok_approve");
    for line in ["charge", "schedule add acme --on mon"] {
        let mut terminal = at_a_terminal(&shop, line);

        terminal.expect("\x1b[?25l").unwrap();
        terminal.send("\x03").unwrap();
        terminal.expect("\x1b[?25h").unwrap();
        terminal.expect("stopped").unwrap();
        terminal.expect(Eof).unwrap();
    }
}

/// Whoever is told of a command types it bare, and is asked for the rest.
#[test]
fn a_book_a_customer_an_invoice_and_a_card_are_asked_for() {
    let shop = Shop::empty();
    let mut terminal = at_a_terminal(&shop, "init");
    terminal.expect("The name of your business").unwrap();
    terminal.send("Tulip\r").unwrap();
    terminal.expect("The currency you invoice in").unwrap();
    terminal.send("EURO\r").unwrap();
    terminal.expect("error:").unwrap();
    terminal.expect("The currency you invoice in").unwrap();
    terminal.send("EUR\r").unwrap();
    terminal.expect("Your time zone").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("It counts in EUR").unwrap();
    terminal.expect(Eof).unwrap();
    let mut terminal = at_a_terminal(&shop, "invoice add");
    terminal.expect("there are no customers yet").unwrap();
    terminal.expect(Eof).unwrap();
    shop.must("customer add Bloom --code BLOOM");
    let mut terminal = at_a_terminal(&shop, "invoice add");
    terminal.expect("Who owes it").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("Its number").unwrap();
    terminal.send("B-1\r").unwrap();
    terminal.expect("Its total").unwrap();
    terminal.send("ten\r").unwrap();
    terminal.expect("is not an amount").unwrap();
    terminal.expect("Its total").unwrap();
    terminal.send("10\r").unwrap();
    terminal.expect("Added B-1 for BLOOM: 10.00 EUR").unwrap();
    terminal.expect(Eof).unwrap();
    let mut terminal = at_a_terminal(&shop, "card add");
    terminal.expect("Whose card is it").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("The gateway's token").unwrap();
    terminal.send("tok_approve\r").unwrap();
    terminal.expect("Has the customer agreed").unwrap();
    terminal.send("yes\r").unwrap();
    terminal.expect("Who agreed").unwrap();
    terminal.send("Ada Bloom\r").unwrap();
    terminal.expect("How they agreed").unwrap();
    terminal.send("phone\r").unwrap();
    terminal.expect("as Ada Bloom agreed").unwrap();
    terminal.expect(Eof).unwrap();
}

#[test]
fn which_money_on_account_pays_is_asked() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "payment apply");
    terminal.expect("no payment has money on account").unwrap();
    terminal.expect(Eof).unwrap();
    shop.must("payment record ACME --amount 120 --method cash --allocate none --no-email");
    let mut terminal = at_a_terminal(&shop, "payment apply");
    terminal.expect("Which payment").unwrap();
    terminal
        .expect("PAY-1  ACME  120.00 USD on account")
        .unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("What it pays").unwrap();
    terminal.send("tick\r").unwrap();
    terminal.expect("Which invoices").unwrap();
    terminal.send(" \r").unwrap();
    terminal.expect("INV-1, 100.00 USD in all").unwrap();
    terminal.send("\r").unwrap();
    terminal
        .expect("Applied 100.00 USD of PAY-1 to INV-1")
        .unwrap();
    terminal.expect(Eof).unwrap();
}

/// The two words that decide over money are asked for, and then a yes.
#[test]
fn what_became_of_an_unknown_charge_is_asked() {
    let shop = Shop::with_card("tok_lost");
    shop.run("charge acme --invoice INV-1 --yes");
    let mut terminal = at_a_terminal(&shop, "charge resolve");

    terminal.expect("Which charge").unwrap();
    terminal.expect("CH-1  100.00 USD  unknown").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("What the gateway's own page says").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("The gateway's id of it").unwrap();
    terminal.send("sbx_ch_1\r").unwrap();
    terminal
        .expect("Book 100.00 USD of CH-1 as charged, under sbx_ch_1?")
        .unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("The gateway confirms it.").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.open(), 500_00);
    let mut terminal = at_a_terminal(&shop, "charge resolve");
    terminal.expect("no charge is open").unwrap();
    terminal.expect(Eof).unwrap();
}

/// A script hears what to add, and nothing is changed.
#[test]
fn a_script_is_told_what_to_add() {
    let shop = Shop::with_card("tok_approve");
    for (line, says) in [
        ("payment apply", "PAYMENT"),
        ("charge resolve", "CH-12"),
        ("refund resolve", "RF-3"),
        ("card add", "CUSTOMER"),
        ("card add acme", "TOKEN"),
        ("invoice add", "CUSTOMER"),
        ("invoice add acme", "NUMBER"),
        ("invoice add acme N-1", "AMOUNT"),
        ("charge acme", "--all-due"),
        ("schedule add acme", "--on"),
    ] {
        shop.refuses(line, "decision_missing", 2);
        let hint = shop.error(line)["hint"].to_string();
        assert!(hint.contains(says), "{line}: {hint}");
    }
    let empty = Shop::empty();
    let error = empty.error("init");
    assert!(error["hint"].to_string().contains("--name"), "{error}");
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
    shop.must("customer add Ada");
    shop.change_by_hand("update customers set name = 'Ada\u{1b}]0;owned\u{7}\u{202e}'");
    let mut terminal = at_a_terminal(&shop, "charge");

    let shown = terminal.expect("\\u{1b}]0;owned\\u{7}\\u{202e}").unwrap();
    terminal.send("\x1b").unwrap();
    terminal.expect(Eof).unwrap();

    let before = String::from_utf8_lossy(shown.before()).into_owned();
    assert!(!before.contains(['\u{7}', '\u{202e}']), "{before:?}");
}

/// The same once more is one question more, and one yes.
#[test]
fn the_same_once_more_is_asked_about() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 900 --on-account --yes");
    let mut terminal = at_a_terminal(&shop, "charge acme --amount 900 --on-account");

    terminal
        .expect("warning: CH-1 took 900.00 USD for the same a moment ago")
        .unwrap();
    terminal.expect("all the same?").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (2, 1800_00));
}

/// Where a charge is when it is stopped, what is said then, and how it ends.
const STOPPED: [(&str, &str, Option<i32>); 2] = [
    ("charge.planned", "stopped; nothing was charged", None),
    (
        "charge.answered",
        "nobody knows yet whether visa 4242 was charged 600.00 USD (CH-1)",
        Some(5),
    ),
];

/// The gateway has taken the money and never answers. Whoever gives up must not
/// believe that nothing happened.
#[test]
fn a_charge_that_is_stopped_says_what_is_known_of_it() {
    for (place, said, code) in STOPPED {
        let mut shop = Shop::with_card("tok_approve");
        shop.put_around("DUES_CRASH", format!("{place}:wait"));
        let mut terminal = at_a_terminal(&shop, "charge acme --all-due --yes");
        reaches(&shop, place);

        terminal.send("\x03").unwrap();

        terminal.expect("\x1b[?25h").unwrap();
        terminal.expect(said).unwrap();
        if code.is_some() {
            terminal.expect("`dues charge recover`").unwrap();
        }
        terminal.expect(Eof).unwrap();
        let ended = terminal.get_process().wait().unwrap();
        match code {
            Some(code) => assert!(
                matches!(ended, WaitStatus::Exited(_, it) if it == code),
                "{ended:?}"
            ),
            None => assert!(
                matches!(ended, WaitStatus::Signaled(_, Signal::SIGINT, _)),
                "{ended:?}"
            ),
        }
    }
}

/// The end of a session and a closed terminal are heard as well; and what is
/// found out afterwards is what was said to be unknown.
#[test]
fn a_charge_ends_with_its_session_and_is_found_again() {
    hears_signals();
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut shop = Shop::with_card("tok_approve");
        shop.put_around("DUES_CRASH", "charge.answered:wait");
        let mut charge = shop.command("charge acme --all-due --yes --json");
        let charge = charge
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        reaches(&shop, "charge.answered");

        send(signal, charge.id());

        let ended = charge.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(5), "{signal}");
        assert!(ended.stdout.is_empty());
        let error: Value = serde_json::from_slice(&ended.stderr).unwrap();
        assert_eq!(error["error"]["code"], "outcome_unknown");
        shop.put_around("DUES_CRASH", "");
        shop.must("charge recover");
        assert_eq!((shop.money_taken(), shop.open()), ((1, 600_00), 0));
        shop.must("check");
    }
}

/// `nohup` asked that a closed terminal is not heard; a run goes on.
#[cfg(target_os = "linux")]
#[test]
fn what_was_started_deaf_to_a_signal_stays_deaf_to_it() {
    let shop = Shop::with_card("tok_slow");
    let mut shell = Command::new("sh");
    let charge = shop.command("charge acme --all-due --yes");
    shell
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(charge.get_program())
        .args(charge.get_args())
        .current_dir(charge.get_current_dir().unwrap())
        .env_clear()
        .envs(
            charge
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let mut charge = shell.stdout(Stdio::null()).spawn().unwrap();
    reaches(&shop, "charge.sending");

    send("-HUP", charge.id());

    assert!(charge.wait().unwrap().success());
    assert_eq!(shop.money_taken(), (1, 600_00));
}

/// Ctrl-C at a question: one word, and a cursor.
#[test]
fn a_question_that_is_left_by_ctrl_c_charges_nothing() {
    let shop = Shop::with_card("tok_approve");
    let mut terminal = at_a_terminal(&shop, "charge acme --all-due");

    terminal.expect("[y/N]").unwrap();
    terminal.send("\x03").unwrap();
    terminal.expect("\x1b[?25h").unwrap();
    let said = terminal.expect(Eof).unwrap();

    let said = String::from_utf8_lossy(said.as_bytes()).into_owned();
    assert!(said.contains("stopped; nothing was charged"), "{said}");
    assert!(!said.contains("not confirmed"), "{said}");
    assert_eq!(shop.money_taken(), (0, 0));
}

/// A run is stopped with one charge taken and booked, and one that is out.
#[test]
fn a_run_that_is_stopped_says_what_is_out() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("schedule add acme --on today --at 09:00 --all-due");
    shop.put_around("DUES_CRASH", "charge.answered:wait");
    let mut terminal = at_a_terminal(&shop, "schedule run --yes");
    reaches(&shop, "charge.answered");

    terminal.send("\x03").unwrap();

    terminal
        .expect("nobody knows yet whether visa 4242 was charged 600.00 USD (CH-1)")
        .unwrap();
    terminal.expect(Eof).unwrap();
    let ended = terminal.get_process().wait().unwrap();
    assert!(matches!(ended, WaitStatus::Exited(_, 5)), "{ended:?}");
}

/// Waits until a command that stops at a place is there, as the book shows it.
fn reaches(shop: &Shop, place: &str) {
    for _ in 0..1_000 {
        let there = match place {
            "charge.planned" => shop.path("book.db.charging.lock").exists(),
            _ => shop.json("charge list --open")["data"][0]["state"] == "sending",
        };
        if there {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came to {place}");
}

fn send(signal: &str, process: u32) {
    let sent = Command::new("kill")
        .args([signal, &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// What a word alone does not say is asked, of customers and of cards.
#[test]
fn of_several_that_a_word_means_a_person_chooses() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add 'Rosa Blumen'");
    shop.must("customer add 'Rosa Meyer'");
    for name in ["van", "office"] {
        shop.must(&format!(
            "card add code:ROSA tok_approve@visa-1111 --nickname {name} --by Rosa --how 'signed form'"
        ));
    }
    shop.must("invoice add code:ROSA R-1 70 --due 2026-01-02");
    let mut terminal = at_a_terminal(&shop, "charge rosa --card 1111 --all-due");

    terminal.expect("Which customer").unwrap();
    terminal.send("blumen\r").unwrap();
    terminal.expect("Which card").unwrap();
    terminal.send("\r").unwrap();
    terminal.expect("70.00 USD from visa 1111").unwrap();
    terminal.send("y\r").unwrap();
    terminal.expect("Booked as").unwrap();
    terminal.expect(Eof).unwrap();

    assert_eq!(shop.money_taken(), (1, 70_00));
}

//! Bad input: each gets its error, a hint and its exit code, and changes nothing.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn without_a_book_a_command_says_how_to_make_one() {
    let shop = Shop::empty();

    assert_snapshot!(shop.dues("charge acme --all-due --yes"), @"
    $ dues charge acme --all-due --yes
    error: there is no book at ~/book.db
    hint: Make one with `dues init`, name another with `--book FILE`, or try `dues demo` first.
    [exit 3]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    error: there is no book at ~/book.db
    hint: Make one with `dues init`, name another with `--book FILE`, or try `dues demo` first.
    [exit 3]
    ");
}

#[test]
fn what_is_no_book_is_not_opened() {
    let shop = Shop::empty();
    for (contents, code) in [
        ("", "not_a_book"),
        ("hello", "not_a_book"),
        ("SQLite format 3\0", "not_a_book"),
    ] {
        shop.write("book.db", contents);
        shop.refuses("status", code, 3);
        assert_eq!(
            std::fs::read_to_string(shop.path("book.db")).unwrap(),
            contents
        );
    }
    std::fs::remove_file(shop.path("book.db")).unwrap();
    std::fs::create_dir(shop.path("book.db")).unwrap();
    shop.refuses("status", "not_a_book", 3);
}

#[cfg(unix)]
#[test]
fn a_book_under_two_names_is_not_opened() {
    let shop = Shop::new();
    std::fs::rename(shop.path("book.db"), shop.path("real.db")).unwrap();
    std::os::unix::fs::symlink(shop.path("real.db"), shop.path("book.db")).unwrap();
    assert_eq!(shop.error("status")["code"], "book_is_a_link");
    std::fs::remove_file(shop.path("book.db")).unwrap();
    std::fs::hard_link(shop.path("real.db"), shop.path("book.db")).unwrap();
    assert_eq!(shop.error("status")["code"], "book_has_two_names");
}

#[test]
fn a_second_book_is_not_made_over_the_first() {
    let shop = Shop::new();

    shop.refuses("init --name Other", "book_exists", 1);
}

#[test]
fn a_book_that_another_dues_charges_from_is_busy() {
    let shop = Shop::with_card("tok_approve");
    let lock = std::fs::File::create(shop.path("book.db.charging.lock")).unwrap();
    lock.lock().unwrap();

    let line = "restore nothing.db --yes";
    assert_eq!(shop.error(line)["code"], "another_is_charging");
    assert_eq!(shop.error(line)["exit"], 7);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_book_for_real_money_is_not_for_the_sandbox() {
    let shop = Shop::empty();

    shop.refuses("init --name Tulip --live", "sandbox_is_not_live", 2);
    shop.refuses("init --name Tulip --gateway strpe", "no_such_gateway", 2);
    shop.refuses("init --name Tulip --currency XAU", "bad_currency", 2);
    shop.refuses("init --name Tulip --zone Mars/Olympus", "bad_zone", 2);
    assert!(!shop.path("book.db").exists());
}

/// What is due at nine is due at another moment in another zone.
#[test]
fn a_zone_is_never_taken_in_silence() {
    let shop = Shop::empty();
    for tz in [
        "Nowhere/Bad",
        "EST5EDT,M3.2.0,M11.1.0",
        "localtime",
        "Etc/Unknown",
    ] {
        let run = |line: &str| shop.command(line).env("TZ", tz).output().unwrap();

        let seen = shop.seen("init", &run("init --name Tulip"));
        assert!(seen.contains("hint: Name yours, such as"), "{tz}: {seen}");
        assert!(seen.ends_with("[exit 2]\n"), "{tz}: {seen}");
        assert!(!shop.path("book.db").exists(), "{tz}");
    }
    for zone in [
        "localtime",
        "posixrules",
        "Factory",
        "Etc/Unknown",
        "right/UTC",
    ] {
        shop.refuses(&format!("init --name Tulip --zone {zone}"), "bad_zone", 2);
    }
    let own = shop
        .command("init --name Tulip")
        .env("TZ", "Europe/Berlin")
        .output();
    let seen = shop.seen("init", &own.unwrap());
    assert!(seen.contains("in the zone Europe/Berlin"), "{seen}");
    shop.must("customer add Acme --code ACME");
    shop.must("card add ACME tok_approve --by Ann --how 'signed form'");
    for line in [
        "schedule add ACME --amount 5 --on 2026-12-01 --zone",
        "autopay on ACME --zone",
    ] {
        shop.refuses(&format!("{line} localtime"), "bad_zone", 2);
        let seen = shop.dues(&format!("{line} EST"));
        assert!(seen.contains("warning: EST has no summer time"), "{seen}");
        assert!(seen.ends_with("[exit 0]\n"), "{seen}");
    }
    let seen = shop.dues("init --name Tulip --zone EST --dry-run --book other.db");
    assert!(seen.contains("warning: EST has no summer time"), "{seen}");
}

#[test]
fn a_customer_that_is_unknown_or_could_be_two_is_not_guessed() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add 'Acme Tools' --code ACMETOOLS");
    shop.must("customer add 'Acme Toys' --code ATOYS");

    assert_snapshot!(shop.dues("charge acne --all-due --yes"), @"
    $ dues charge acne --all-due --yes
    error: there is no customer `acne`
    hint: Did you mean `ACME` (Acme Corp)?
    [exit 1]
    ");
    // Two letters off is another customer where there are no more.
    shop.must("customer add 'Xavier Yards' --code XY");
    let seen = shop.dues("charge ab --all-due --yes");
    assert!(seen.contains("hint: See them all"), "{seen}");
    assert_snapshot!(shop.dues("charge 'acme to' --all-due --yes"), @"
    $ dues charge 'acme to' --all-due --yes
    error: `acme to` could be 2 customers
    hint: Say which one: `ACMETOOLS` (Acme Tools), `ATOYS` (Acme Toys).
    [exit 2]
    ");
    shop.refuses("charge acne --all-due --yes", "no_such_customer", 1);
    shop.refuses("charge 'acme to' --all-due --yes", "ambiguous_customer", 2);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn an_amount_that_is_none_is_refused() {
    let shop = Shop::with_card("tok_approve");
    for (amount, code) in [
        ("10.005", "amount_too_fine"),
        ("1.000", "amount_too_fine"),
        ("0", "amount_not_positive"),
        ("-5", "amount_not_positive"),
        ("10,00", "bad_amount"),
        ("1e3", "bad_amount"),
        ("ten", "bad_amount"),
        ("99999999999999999999", "amount_too_large"),
    ] {
        shop.refuses(&format!("charge acme --amount {amount} --yes"), code, 2);
        shop.refuses(
            &format!("charge acme --invoice INV-1={amount} --yes"),
            code,
            2,
        );
    }
    shop.refuses(
        "charge acme --amount 100.5 --currency JPY --yes",
        "amount_too_fine",
        2,
    );
    shop.refuses(
        "charge acme --amount 5 --currency ZZZ --yes",
        "bad_currency",
        2,
    );
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn more_than_is_open_is_not_taken_without_saying_so() {
    let shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("charge acme --amount 600.01 --yes"), @"
    $ dues charge acme --amount 600.01 --yes
    error: 600.01 USD is more than the 600.00 USD open
    hint: Charge at most what is open, or add `--on-account` to keep the rest as the customer's credit.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("charge acme --invoice INV-1=100.01 --yes"), @"
    $ dues charge acme --invoice INV-1=100.01 --yes
    error: invoice `INV-1` has only 100.00 USD open; 100.01 USD is asked
    hint: Ask for at most 100.00; to take more and keep the rest on account, use `--amount` with `--on-account`.
    [exit 1]
    ");
    shop.refuses("charge acme --amount 600.01 --yes", "more_than_open", 1);
    shop.refuses(
        "charge acme --invoice INV-1=100.01 --yes",
        "more_than_open",
        1,
    );
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn two_currencies_are_not_one_charge() {
    let shop = Shop::with_card("tok_approve");
    shop.must("invoice add ACME EUR-1 50 --currency EUR --issued 2026-01-01 --due 2026-01-10");

    shop.refuses("charge acme --all-due --yes", "currency_differs", 1);
    shop.refuses(
        "charge acme --invoice INV-1 --invoice EUR-1 --yes",
        "currency_differs",
        1,
    );
    assert_eq!(
        shop.json("charge acme --invoice EUR-1 --yes")["data"]["amount"]["currency"],
        "EUR"
    );
}

#[test]
fn a_disabled_an_expired_or_an_unauthorized_card_is_not_charged() {
    let shop = Shop::with_card("tok_approve@visa-1111");
    shop.must("card add ACME tok_approve@visa-2222");

    shop.refuses(
        "charge acme --card 2222 --all-due --yes",
        "not_authorized",
        1,
    );
    shop.must("card disable ACME 1111 --because 'reported lost'");
    shop.refuses(
        "charge acme --card 1111 --all-due --yes",
        "card_disabled",
        1,
    );
    shop.refuses(
        "schedule add acme --on +3d --card 1111 --all-due",
        "card_disabled",
        1,
    );
    shop.refuses("autopay on acme --card 1111", "card_disabled", 1);
    shop.refuses("charge acme --card 3333 --all-due --yes", "no_such_card", 1);
    assert_snapshot!(shop.dues("charge acme --card 2222 --all-due --yes"), @r#"
    $ dues charge acme --card 2222 --all-due --yes
    error: ACME has not authorized visa 2222 to be charged
    hint: Record their consent: `dues card authorize ACME 2222 --by NAME --how "signed form"`.
    [exit 1]
    "#);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_card_past_its_expiry_is_not_charged() {
    let shop = Shop::with_card("tok_approve");
    // As if the card had been saved years ago.
    shop.age_cards("2024", "3");

    assert_snapshot!(shop.dues("charge acme --all-due --yes"), @"
    $ dues charge acme --all-due --yes
    error: visa 4242 of ACME expired in 03/2024
    hint: Ask the customer for the new card and save it at the gateway.
    [exit 1]
    ");
    shop.refuses("charge acme --all-due --yes", "card_expired", 1);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_charge_outside_the_authorization_is_refused_with_the_term() {
    for (terms, line, words) in [
        (
            "--ceiling 100",
            "--amount 100.01",
            "allows at most 100.00 USD",
        ),
        (
            "--scope invoices",
            "--amount 700 --on-account",
            "covers invoices only; 100.00 USD would stay",
        ),
        ("--scope scheduled", "--all-due", "scheduled charges only"),
    ] {
        let shop = Shop::with_card("tok_approve");
        shop.must(&format!(
            "card authorize ACME 4242 --by 'A. Cme' --how phone {terms}"
        ));

        let line = format!("charge acme {line} --yes");
        shop.refuses(&line, "not_authorized", 1);
        assert!(shop.dues(&line).contains(words), "{}", shop.dues(&line));
        assert_eq!(shop.money_taken(), (0, 0));
    }
}

#[test]
fn an_authorization_that_has_ended_charges_nothing() {
    let shop = Shop::with_card("tok_approve");
    shop.refuses(
        "card authorize ACME 4242 --by 'A. Cme' --how phone --until 2026-11-21",
        "consent_ended",
        2,
    );
    shop.must("card authorize ACME 4242 --by 'A. Cme' --how phone --until 2026-11-22");
    let line = "charge acme --all-due --yes";

    let later = shop
        .command(line)
        .env("DUES_NOW", "2026-11-24T15:00:00Z")
        .output()
        .unwrap();

    let seen = shop.seen(line, &later);
    assert!(
        seen.contains("ended on 2026-11-22") && seen.ends_with("[exit 1]\n"),
        "{seen}"
    );
    assert_eq!(shop.money_taken(), (0, 0));
    shop.must(line);
}

#[test]
fn cards_that_look_alike_are_told_apart_by_nicknames() {
    let shop = Shop::with_card("tok_approve");

    shop.refuses(
        "card add ACME tok_approve --nickname office",
        "card_looks_alike",
        1,
    );
    shop.must("card rename ACME 4242 desk");
    shop.refuses("card add ACME tok_approve", "card_looks_alike", 1);
    shop.must("card add ACME tok_approve --nickname office");
    shop.refuses(
        "card add ACME tok_approve --nickname Office",
        "nickname_taken",
        1,
    );
    shop.refuses("card rename ACME office 4242", "bad_nickname", 2);
    shop.must("card default ACME office");
    shop.must("card default ACME desk");
}

#[test]
fn another_customers_card_or_invoice_is_not_used() {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add Bloom --code BLOOM");
    shop.must("invoice add BLOOM B-1 10 --issued 2026-01-01 --due 2026-01-10");

    shop.refuses("charge bloom --all-due --yes", "no_card", 1);
    shop.refuses("charge bloom --all-due --card 4242 --yes", "no_card", 1);
    shop.refuses(
        "charge acme --invoice B-1 --yes",
        "other_customers_invoice",
        1,
    );
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_void_or_paid_or_unknown_invoice_is_not_charged() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    shop.must("invoice void INV-2 --because 'written twice'");

    shop.refuses("charge acme --invoice INV-1 --yes", "invoice_paid", 1);
    shop.refuses("charge acme --invoice INV-2 --yes", "invoice_void", 1);
    shop.refuses("charge acme --invoice INV-99 --yes", "no_such_invoice", 1);
    shop.refuses(
        "charge acme --invoice INV-3 --invoice inv-3 --yes",
        "invoice_twice",
        2,
    );
    shop.refuses(
        "charge acme --all-due --exclude INV-99 --yes",
        "no_such_invoice",
        1,
    );
    shop.refuses("invoice void INV-1 --because x", "invoice_has_payments", 1);
    shop.refuses("invoice void INV-2 --because x", "invoice_void", 1);
    assert_eq!(shop.money_taken(), (1, 100_00));
}

#[test]
fn a_card_number_is_refused_in_every_argument_and_shown_nowhere() {
    let shop = Shop::with_card("tok_approve");
    for line in [
        "charge 4242424242424242 --all-due --yes",
        "charge acme --card '4242 4242 4242 4242' --all-due --yes",
        "charge acme --memo 'card 4242-4242-4242-4242' --all-due --yes",
        "card add ACME 4242424242424242",
        "customer add '378282246310005'",
        "invoice add ACME 5555555555554444 10",
        "charge acme --all-due --request-id=4242424242424242",
        "card add ACME 4242 4242 4242 4242",
        "log --about ４２４２４２４２４２４２４２４２",
    ] {
        let before = shop.contents();
        let output = shop.run(line);
        let seen = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );

        assert_eq!(output.status.code(), Some(9), "{line}: {seen}");
        assert!(
            !seen.contains("4242") && !seen.contains("4444") && !seen.contains("0005"),
            "{seen}"
        );
        assert_eq!(shop.contents(), before);
    }
}

#[test]
fn a_secret_key_is_refused_in_every_argument_and_shown_nowhere() {
    let shop = Shop::new();

    let seen = shop.dues("gateway login stripe --source sk_test_CANARY");
    // The line itself was typed by us; what the program answers must not repeat it.
    let answer = seen.split_once('\n').unwrap().1;

    assert!(
        answer.ends_with("[exit 9]\n") && !answer.contains("CANARY"),
        "{seen}"
    );
}

#[test]
fn an_unreadable_configuration_names_the_nearest_key() {
    let shop = Shop::new();
    shop.write("config.toml", "[mail]\nform = 'x@y.example'\n");

    assert_snapshot!(shop.dues("status --config config.toml"), @"
    $ dues status --config config.toml
    error: config.toml: there is no key `mail.form`
    hint: The nearest is `mail.from`; `config.example.toml` has them all.
    [exit 3]
    ");
    shop.refuses("status --config config.toml", "config_unknown_key", 3);
    shop.refuses("status --config missing.toml", "config_unreadable", 3);
    shop.write("config.toml", "[mail\n");
    shop.refuses("status --config config.toml", "config_unreadable", 3);
}

#[cfg(unix)]
#[test]
fn a_configuration_that_others_can_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    shop.write("config.toml", "");
    std::fs::set_permissions(
        shop.path("config.toml"),
        std::fs::Permissions::from_mode(0o666),
    )
    .unwrap();

    shop.refuses("status --config config.toml", "config_not_yours", 3);
}

#[cfg(unix)]
#[test]
fn a_configuration_is_a_file_of_the_users_own() {
    let shop = Shop::new();
    let made = std::process::Command::new("mkfifo")
        .arg(shop.path("pipe"))
        .status();
    assert!(made.unwrap().success());
    std::fs::create_dir(shop.path("folder")).unwrap();
    shop.write("long.toml", &"# long\n".repeat(200_000));
    shop.write("theirs.toml", "");

    // Nobody writes to the pipe: to wait for one would be for ever.
    shop.refuses("status --config pipe", "config_unreadable", 3);
    shop.refuses("status --config folder", "config_unreadable", 3);
    shop.refuses("status --config long.toml", "config_unreadable", 3);
    if std::os::unix::fs::chown(shop.path("theirs.toml"), Some(65534), None).is_ok() {
        shop.refuses("status --config theirs.toml", "config_not_yours", 3);
    }
}

/// What is read in one folder and meant in another is another file.
#[test]
fn a_configuration_means_the_same_in_every_folder() {
    let mut shop = Shop::empty();
    for folder in ["conf", "elsewhere"] {
        std::fs::create_dir(shop.path(folder)).unwrap();
    }
    shop.write(
        "conf/config.toml",
        "book = 'books/book.db'\nstate = 'state'\n[mail]\nfolder = 'mails'\n",
    );
    let config = shop.path("conf/config.toml").display().to_string();
    shop.put_around("DUES_CONFIG", config);
    let here = |line: &str, folder: &str| {
        let mut command = shop.command(line);
        let output = command
            .env_remove("DUES_BOOK")
            .current_dir(shop.path(folder))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", shop.seen(line, &output));
    };

    here("init --name Tulip --zone America/New_York", ".");
    here(
        "customer add Acme --code ACME --email ap@acme.example",
        "elsewhere",
    );
    here("card add ACME tok_approve --by Ann --how phone", ".");
    here("charge ACME --amount 5 --on-account --yes", "elsewhere");

    for made in ["conf/books/book.db", "conf/state", "conf/mails"] {
        assert!(shop.path(made).exists(), "{made}");
    }
    let left: Vec<_> = std::fs::read_dir(shop.path("elsewhere")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    shop.write("conf/config.toml", "state = '~/state'\n");
    assert_eq!(shop.error("status")["code"], "config_bad_place");
}

/// It would stand in a customer's mail.
#[test]
fn a_link_to_anything_but_a_page_is_not_read() {
    let shop = Shop::new();
    for link in [
        "javascript:alert(1)",
        "http://pay.tulip.example",
        "https://a@evil.example",
    ] {
        shop.write(
            "config.toml",
            &format!("[schedule]\ncard_link = '{link}'\n"),
        );

        shop.refuses("status --config config.toml", "config_unreadable", 3);
        let told = shop.error("status --config config.toml");
        let fact = told["message"].as_str().unwrap();
        assert!(fact.contains("line 2") && !fact.contains(link), "{fact}");
    }
}

#[test]
fn an_unreachable_gateway_takes_nothing_and_says_so() {
    for (token, code) in [
        ("tok_unreachable", "gateway_unreachable"),
        ("tok_429", "gateway_busy"),
    ] {
        let shop = Shop::with_card(token);

        let error = shop.error("charge acme --all-due --yes");

        assert_eq!((&error["code"], &error["exit"]), (&code.into(), &1.into()));
        assert_eq!((shop.open(), shop.money_taken()), (600_00, (0, 0)));
        assert_eq!(shop.json("charge show CH-1")["data"]["state"], "not_made");
    }
}

#[test]
fn a_missing_decision_names_its_flag() {
    let shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("charge"), @"
    $ dues charge
    error: whose card to charge is not said, and there is nobody to ask
    hint: Add a CUSTOMER.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge acme"), @"
    $ dues charge acme
    error: what to charge is not said, and there is nobody to ask
    hint: Add `--invoice INV`, `--all-due` or `--amount A`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge acme --all-due"), @"
    $ dues charge acme --all-due
    600.00 USD from visa 4242 of ACME (Acme Corp)
      INVOICE        PAYS  FROM
      INV-1    100.00 USD  card
      INV-2    200.00 USD  card
      INV-3    300.00 USD  card
    the confirmation goes to ap@acme.example
    error: this needs a yes, and there is nobody to ask
    hint: Look at it with `--dry-run`, then add `--yes`.
    [exit 2]
    ");
    shop.refuses("charge", "decision_missing", 2);
    shop.refuses("charge acme", "decision_missing", 2);
    shop.refuses("charge acme --all-due", "decision_missing", 2);
    shop.refuses("invoice void INV-1", "decision_missing", 2);
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn a_wrong_command_line_is_told_in_our_words() {
    let shop = Shop::new();

    assert_snapshot!(shop.dues("chrage acme"), @"
    $ dues chrage acme
    error: unrecognized subcommand `chrage`
    hint: Did you mean `dues charge`?
    [exit 2]
    ");
    assert_snapshot!(shop.dues("chargeback acme"), @"
    $ dues chargeback acme
    error: unrecognized subcommand `chargeback`
    hint: A payment that a bank took back is a dispute: `dues dispute --help` shows how one is booked, `dues dispute list` those there are.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("customer delete acme"), @"
    $ dues customer delete acme
    error: unrecognized subcommand `delete`
    hint: `dues customer --help` shows how it is written.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("--charge acme"), @"
    $ dues --charge acme
    error: unexpected argument `--charge` found
    hint: `dues --help` shows how it is written.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge acme --dryrun"), @"
    $ dues charge acme --dryrun
    error: unexpected argument `--dryrun` found
    hint: Did you mean `--dry-run`?
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge acme --al-due"), @"
    $ dues charge acme --al-due
    error: unexpected argument `--al-due` found
    hint: `dues charge --help` shows how it is written.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("charge acme --all-due --amount 5"), @"
    $ dues charge acme --all-due --amount 5
    error: the argument `--all-due` cannot be used with `--amount <AMOUNT>`
    hint: `dues charge --help` shows how it is written.
    [exit 2]
    ");
}

#[test]
fn a_gateway_that_nobody_is_logged_in_to_is_set_up_first() {
    let shop = Shop::empty();
    shop.must("init --name Tulip --gateway stripe");
    shop.must("customer add Acme --code ACME");

    shop.refuses("card add ACME pm_1 --by A --how phone", "not_logged_in", 3);
    shop.refuses("gateway check", "not_logged_in", 3);
}

#[test]
fn texts_that_would_fool_a_terminal_are_spelled_out() {
    let shop = Shop::new();
    shop.write(
        "evil.csv",
        "Invoice Number,Customer,Invoice Date,Due Date,Amount\nE-1,Ada\u{1b}]52;c;x\u{7}\u{202e},2026-01-01,2026-02-01,5.00\n",
    );
    shop.run("invoice import evil.csv --create-customers");

    let seen = shop.dues("customer list");

    assert!(
        !seen.contains('\u{1b}') && !seen.contains('\u{7}') && !seen.contains('\u{202e}'),
        "{seen:?}"
    );
}

//! A book at Stripe, from the login to the last fault, with the key in a file.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use insta::assert_snapshot;
use serde_json::json;

use crate::fake_stripe::{Fake, Fault, KEY, Temper};
use crate::shop::Shop;
use crate::stripe_words::{broke, but};
use crate::surroundings::{configure, exits, files_with, piped, shop_with};

const CHARGE: &str = "charge acme --invoice INV-1 --yes";
const LOGIN: &str = "gateway login stripe --source file";

fn config(endpoint: &str, shop: &Shop) -> String {
    format!(
        "[secrets]\nfolder = '{}'\n[gateway.stripe]\nendpoint = '{endpoint}'\n",
        shop.path("secrets").display()
    )
}

/// A book for Stripe, configured; nobody is logged in.
fn not_logged_in() -> (Shop, Fake) {
    let fake = Fake::start();
    let mut shop = shop_with("");
    configure(&shop, &config(&fake.url(), &shop));
    shop.name(fake.url(), "FAKE");
    shop.make_book("--gateway stripe");
    (shop, fake)
}

/// Logged in, and ACME with a saved card and three open invoices.
fn open_for_business() -> (Shop, Fake) {
    let (shop, fake) = not_logged_in();
    let login = piped(&shop, LOGIN, KEY);
    assert!(login.status.success(), "{}", shop.seen(LOGIN, &login));
    shop.add_acme("pm_Visa");
    (shop, fake)
}

/// Runs a line to its exit code.
fn dues(shop: &Shop, line: &str, code: i32) -> String {
    exits(shop, line, KEY, code)
}

fn key_file(shop: &Shop) -> PathBuf {
    let folder = fs::read_dir(shop.path("secrets")).unwrap();
    let files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

/// The key is where it belongs and nowhere else, and the book is right.
fn all_is_well(shop: &Shop) {
    let file = key_file(shop);
    let kept = file.strip_prefix(shop.path("")).unwrap().to_owned();
    assert_eq!(files_with(shop, KEY), [kept]);
    shop.must("check");
}

fn state(shop: &Shop, charge: &str) -> String {
    let shown = shop.json(&format!("charge show {charge}"));
    shown["data"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn the_main_job_at_stripe_from_login_to_confirmation() {
    let (shop, fake) = not_logged_in();

    let login = piped(&shop, LOGIN, KEY);

    assert_snapshot!(shop.seen(LOGIN, &login), @"
    $ dues gateway login stripe --source file
    Logged in to stripe as account acct_1Fake.
    warning: stripe is asked at FAKE, as `gateway.stripe.endpoint` says, and not at its own address
    [exit 0]
    ");
    assert_snapshot!(dues(&shop, "gateway check", 0), @"
    $ dues gateway check
    stripe answers: account acct_1Fake, test mode.
    warning: stripe is asked at FAKE, as `gateway.stripe.endpoint` says, and not at its own address
    [exit 0]
    ");
    shop.add_acme("pm_Visa");
    assert_snapshot!(dues(&shop, "card show ACME", 0), @"
    $ dues card show ACME
    visa 4242 of ACME (Acme Corp)
    at stripe in account acct_1Fake
    expires 12/2034 · default
    It may be charged, as A. Cme agreed (signed form).
    [exit 0]
    ");
    assert_snapshot!(dues(&shop, CHARGE, 0), @"
    $ dues charge acme --invoice INV-1 --yes
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
    let file = fs::metadata(key_file(&shop)).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    all_is_well(&shop);
}

#[test]
fn a_decline_is_told_in_words_and_takes_nothing() {
    let (shop, fake) = open_for_business();
    fake.add_card("pm_Visa", Some("cus_Rosa"), Temper::Declines(broke()));

    assert_snapshot!(dues(&shop, CHARGE, 4), @r#"
    $ dues charge acme --invoice INV-1 --yes
    error: visa 4242 was declined: insufficient_funds (Your card has insufficient funds.); nothing was charged
    hint: You can tell the customer: "Your bank says there is not enough money available on the card." Try again on another day, or ask the customer for another card.
    [exit 4]
    "#);

    let charge = shop.json("charge show CH-1");
    assert_eq!(charge["data"]["decline"]["class"], "soft");
    let never_again = json!({"decline_code": "stolen_card", "advice_code": "do_not_try_again"});
    let stolen = but(broke(), never_again);
    fake.add_card("pm_Visa", Some("cus_Rosa"), Temper::Declines(stolen));
    assert_snapshot!(dues(&shop, CHARGE, 4), @r#"
    $ dues charge acme --invoice INV-1 --yes
    error: visa 4242 was declined: stolen_card (Your card has insufficient funds.); nothing was charged
    hint: You can tell the customer: "Your bank does not allow payments with this card any more." Do not try this card again; ask the customer for another card.
    [exit 4]
    "#);
    assert_eq!((shop.open(), fake.money_taken()), (600_00, (0, 0)));
    assert!(!shop.path("mails").exists());
    all_is_well(&shop);
}

/// The money is taken and dues does not hear of it, in two ways.
#[test]
fn a_lost_answer_is_recovered_and_the_money_taken_once() {
    for fault in [Fault::TakeThenCut, Fault::TakeThen500] {
        let (shop, fake) = open_for_business();
        let what = format!("{fault:?}");
        fake.spoil([fault]);

        let lost = dues(&shop, CHARGE, 5);
        let recovered = dues(&shop, "charge recover", 0);

        assert!(lost.contains("nobody knows yet"), "{what}: {lost}");
        assert!(recovered.contains("it did succeed"), "{what}: {recovered}");
        assert_eq!(
            (shop.open(), fake.money_taken()),
            (500_00, (1, 100_00)),
            "{what}"
        );
        all_is_well(&shop);
    }
}

/// Stripe has the request, keeps an error as its answer, and may still act on it.
#[test]
fn an_error_that_stripe_keeps_is_waited_for_and_not_repeated() {
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::Cached500]);
    dues(&shop, CHARGE, 5);

    let recovered = dues(&shop, "charge recover", 5);
    let why = "stripe answers with an error of its own, 500, and may still make this charge";
    assert!(
        recovered.contains(&format!("CH-1 is pending still ({why}")),
        "{recovered}"
    );
    let review = dues(&shop, "charge review", 8);
    assert!(review.contains(why), "{review}");
    let asked = fake.requests().len();
    dues(&shop, "charge recover", 5);

    let again = &fake.requests()[asked..];
    assert!(again.iter().all(|request| request.method == "GET"));
    assert_eq!((shop.open(), fake.money_taken()), (600_00, (0, 0)));
    all_is_well(&shop);
}

/// Out of reach after a lost answer, nothing is known; back again, all is.
#[test]
fn recovery_waits_for_a_gateway_that_is_out_of_reach() {
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::TakeThenCut]);
    dues(&shop, CHARGE, 5);
    fake.unplug(true);

    let recovered = dues(&shop, "charge recover", 5);
    let again = dues(&shop, "charge acme --invoice INV-2 --yes", 5);
    fake.unplug(false);
    dues(&shop, "charge recover", 0);

    assert!(recovered.contains("CH-1 is unknown still"), "{recovered}");
    assert!(again.contains("nothing more was charged"), "{again}");
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
    all_is_well(&shop);
}

#[test]
fn a_refused_key_charges_nothing_and_leaves_nothing_open() {
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::Unauthorized]);

    assert_snapshot!(dues(&shop, CHARGE, 3), @"
    $ dues charge acme --invoice INV-1 --yes
    error: CH-1 was not made: stripe does not accept the key; nothing was charged
    hint: Run `dues gateway login stripe` with a current key of the same account.
    [exit 3]
    ");

    assert_eq!(state(&shop, "CH-1"), "not_made");
    assert_eq!(shop.json("charge list --open")["data"], json!([]));
    assert_eq!((shop.open(), fake.money_taken()), (600_00, (0, 0)));
    dues(&shop, CHARGE, 0);
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
    all_is_well(&shop);
}

#[test]
fn out_of_reach_charges_nothing_and_leaves_nothing_open() {
    let (shop, fake) = open_for_business();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let nobody = format!("http://{}", nobody.unwrap());

    fake.unplug(true);
    let hung_up = dues(&shop, CHARGE, 1);
    configure(&shop, &config(&nobody, &shop));
    let refused = dues(&shop, CHARGE, 1);

    assert!(hung_up.contains("nothing was charged"), "{hung_up}");
    assert_snapshot!(refused, @"
    $ dues charge acme --invoice INV-1 --yes
    error: 127.0.0.1 could not be asked: Connection refused (os error 111); nothing was charged
    hint: Check the network and the gateway's status page, then try again.
    [exit 1]
    ");
    assert_eq!(shop.json("charge list")["data"], json!([]));
    assert_eq!(shop.json("charge list --open")["data"], json!([]));
    assert_eq!(fake.money_taken(), (0, 0));
    all_is_well(&shop);
}

#[test]
fn a_repeated_request_id_charges_once() {
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::Unauthorized, Fault::TakeThenCut]);

    dues(&shop, line, 3);
    let second = dues(&shop, line, 5);
    let third = dues(&shop, line, 0);
    dues(&shop, line, 0);
    let other = dues(
        &shop,
        "charge acme --invoice INV-2 --yes --request-id nov-acme",
        1,
    );

    assert!(second.contains("nobody knows yet"), "{second}");
    assert!(third.contains("This request was made before"), "{third}");
    assert!(other.contains("used for another charge"), "{other}");
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
    all_is_well(&shop);
}

#[test]
fn stopped_on_its_way_and_run_again_a_charge_is_made_once() {
    for (point, taken, then) in [
        ("charge.planned", 0, 0),
        ("charge.sending", 0, 1),
        ("charge.answered", 1, 1),
    ] {
        let (shop, fake) = open_for_business();

        let stopped = shop.command(CHARGE).env("DUES_CRASH", point).output();
        assert_eq!(stopped.unwrap().status.code(), None, "{point}");
        assert_eq!(fake.money_taken().0, taken, "{point}");
        assert_eq!(files_with(&shop, KEY).len(), 1, "{point}");
        let again = dues(&shop, CHARGE, then);

        assert!(
            then == 0 || again.contains("nothing more was charged"),
            "{point}: {again}"
        );
        assert_eq!(fake.money_taken(), (1, 100_00), "{point}");
        assert_eq!(shop.open(), 500_00, "{point}");
        all_is_well(&shop);
    }
}

/// Whatever is wrong with the key is found out before anything is written.
#[test]
fn without_its_key_nothing_is_written_or_sent() {
    let (shop, fake) = open_for_business();
    let file = key_file(&shop);
    let asked = fake.requests().len();
    let needs_the_key = [
        CHARGE,
        "card add ACME pm_Visa --nickname spare",
        "gateway check",
    ];

    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    for line in needs_the_key {
        shop.refuses(line, "secret_exposed", 3);
    }
    assert_snapshot!(dues(&shop, CHARGE, 3), @"
    $ dues charge acme --invoice INV-1 --yes
    error: ~/secrets/stripe.test.BOOK is open to other accounts (mode 644); nothing was charged
    hint: Close it with `chmod 600 ~/secrets/stripe.test.BOOK`, and make a new secret if others use this machine.
    [exit 3]
    ");
    fs::remove_file(&file).unwrap();
    for line in needs_the_key {
        shop.refuses(line, "no_secret", 3);
    }
    assert_snapshot!(dues(&shop, CHARGE, 3), @"
    $ dues charge acme --invoice INV-1 --yes
    error: there is no secret in ~/secrets/stripe.test.BOOK; nothing was charged
    hint: Store it there with `dues gateway login stripe`.
    [exit 3]
    ");
    configure(&shop, "");
    shop.refuses(CHARGE, "secret_no_place", 3);
    assert_snapshot!(dues(&shop, CHARGE, 3), @r#"
    $ dues charge acme --invoice INV-1 --yes
    error: there is no folder for secrets; nothing was charged
    hint: Put `folder = "/home/you/.config/dues/secrets"` under `[secrets]` in the configuration, or choose another source.
    [exit 3]
    "#);

    assert_eq!(fake.requests().len(), asked);
    configure(&shop, &config(&fake.url(), &shop));
    assert!(piped(&shop, LOGIN, KEY).status.success());
    dues(&shop, CHARGE, 0);
    assert_eq!(fake.money_taken(), (1, 100_00));
    all_is_well(&shop);
}

#[test]
fn a_key_that_cannot_be_right_is_not_kept() {
    let (shop, fake) = not_logged_in();
    let live = KEY.replace("test", "live");
    for (key, code) in [
        (live.as_str(), "live_key_in_test_book"),
        ("sk_test_ANOTHERcanary", "gateway_key_refused"),
        ("pk_test_PUBLICcanary", "not_a_stripe_key"),
        ("correct horse", "not_a_stripe_key"),
    ] {
        let before = shop.contents();

        let refused = piped(&shop, LOGIN, key);

        let seen = shop.seen(LOGIN, &refused);
        assert_eq!(refused.status.code(), Some(3), "{seen}");
        assert!(seen.contains("\nhint: "), "{seen}");
        let json = piped(&shop, &format!("{LOGIN} --json"), key);
        let said = String::from_utf8(json.stderr).unwrap();
        assert!(said.contains(code), "{said}");
        assert_eq!(shop.contents(), before);
        assert!(files_with(&shop, key).is_empty());
        assert_eq!(fs::read_dir(shop.path("secrets")).unwrap().count(), 0);
    }
    assert_snapshot!(shop.seen(LOGIN, &piped(&shop, LOGIN, &live)), @"
    $ dues gateway login stripe --source file
    error: this book is for tests, and the stripe key moves real money
    hint: Run `dues gateway login stripe` with a key that begins `sk_test_`.
    [exit 3]
    ");
    assert_snapshot!(shop.seen(LOGIN, &piped(&shop, LOGIN, "sk_test_ANOTHERcanary")), @"
    $ dues gateway login stripe --source file
    error: stripe does not accept the key
    hint: Run `dues gateway login stripe` with a current key of the same account.
    [exit 3]
    ");
    assert_snapshot!(shop.seen(LOGIN, &piped(&shop, LOGIN, "pk_test_PUBLICcanary")), @"
    $ dues gateway login stripe --source file
    error: this is not a secret key of stripe's
    hint: Copy one from the Stripe dashboard, under Developers, API keys: it begins `sk_test_`, `sk_live_`, `rk_test_` or `rk_live_`.
    [exit 3]
    ");
    assert_snapshot!(shop.seen(LOGIN, &piped(&shop, LOGIN, "")), @"
    $ dues gateway login stripe --source file
    error: the secret is empty
    hint: Type it at the prompt, or send it through a pipe.
    [exit 2]
    ");
    let sent = format!("{:?}", fake.requests());
    assert!(!sent.contains(&live), "a live key left a test book");
}

#[test]
fn nobody_logs_out_while_a_charge_is_open() {
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::TakeThenCut]);
    dues(&shop, CHARGE, 5);

    shop.refuses("gateway logout stripe", "outcome_unknown", 5);
    assert_snapshot!(dues(&shop, "gateway logout stripe", 5), @"
    $ dues gateway logout stripe
    error: CH-1 is open at stripe
    hint: Settle it first with `dues charge recover`; without the login nobody can ask for it.
    [exit 5]
    ");
    all_is_well(&shop);
    dues(&shop, "charge recover", 0);
    assert_snapshot!(dues(&shop, "gateway logout stripe", 0), @"
    $ dues gateway logout stripe
    Logged out of stripe; its cards stay saved and cannot be charged.
    [exit 0]
    ");

    assert!(files_with(&shop, KEY).is_empty());
    assert_snapshot!(dues(&shop, "charge acme --invoice INV-2 --yes", 3), @"
    $ dues charge acme --invoice INV-2 --yes
    error: this book is not logged in to stripe; nothing was charged
    hint: Log in with `dues gateway login stripe`.
    [exit 3]
    ");
    assert_eq!(fake.money_taken(), (1, 100_00));
    shop.must("check");
}

/// Who follows a hint to log in again names no place, and means the same one.
#[test]
fn a_new_key_goes_where_the_old_one_was() {
    let (shop, _fake) = open_for_business();
    let file = key_file(&shop);
    fs::remove_file(&file).unwrap();

    let dry = piped(&shop, "gateway login stripe --dry-run", KEY);
    assert!(dry.status.success() && !file.exists(), "{dry:?}");
    let login = piped(&shop, "gateway login stripe", KEY);

    assert!(login.status.success(), "{login:?}");
    assert_eq!(key_file(&shop), file);
    dues(&shop, CHARGE, 0);
    all_is_well(&shop);
}

#[test]
fn a_key_that_moves_is_not_left_behind() {
    let (shop, fake) = open_for_business();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    fs::write(elsewhere.path(), KEY).unwrap();
    let command = format!("command = ['cat', '{}']\n", elsewhere.path().display());
    let with_command = config(&fake.url(), &shop).replace("[gateway", &(command + "[gateway"));
    configure(&shop, &with_command);

    dues(&shop, "gateway login stripe --source command", 0);

    assert!(files_with(&shop, KEY).is_empty());
    dues(&shop, CHARGE, 0);
    assert_eq!((shop.open(), fake.money_taken()), (500_00, (1, 100_00)));
}

/// The disk died, and last night's backup is on a new machine. Stripe's own
/// list knows what was charged since, and for which invoices.
#[test]
fn on_a_new_machine_stripes_list_brings_back_what_the_backup_forgot() {
    let (shop, fake) = open_for_business();
    dues(&shop, CHARGE, 0);
    dues(&shop, "backup copy.db", 0);
    dues(
        &shop,
        "charge acme --invoice INV-2 --invoice INV-3=50 --yes",
        0,
    );
    fake.spoil([Fault::TakeThenCut]);
    dues(&shop, "charge acme --invoice INV-3=25 --yes", 5);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(shop.path(&format!("book.db{end}")));
    }
    fs::remove_dir_all(shop.path(".local/state")).unwrap();
    dues(&shop, "restore copy.db", 0);

    dues(&shop, "charge acme --invoice INV-2 --yes", 8);
    assert_snapshot!(dues(&shop, "gateway reconcile", 0), @"
    $ dues gateway reconcile
    stripe: 2 charges on its list are not in the book
    CH-2: 250.00 USD from ACME is booked as PAY-2
    CH-3: 25.00 USD from ACME is booked as PAY-3
    No charge is missing from the book; charging is open.
    [exit 0]
    ");

    assert_eq!((shop.open(), fake.money_taken()), (225_00, (3, 375_00)));
    dues(&shop, "charge acme --all-due --yes", 0);
    assert_eq!((shop.open(), fake.money_taken()), (0, (4, 600_00)));
    all_is_well(&shop);
}

/// A key of another account sees other charges; by it nothing is asked,
/// charged or closed.
#[test]
fn a_key_of_another_account_is_not_charged_by() {
    let (shop, fake) = open_for_business();
    fake.spoil([Fault::Fail500]);
    dues(&shop, CHARGE, 5);
    fake.rename_account("acct_1Other");

    assert_snapshot!(dues(&shop, "charge recover", 5), @"
    $ dues charge recover
    CH-1 is unknown still (account acct_1Fake of stripe is wanted; the key opens acct_1Other).
    error: the outcome of 1 charge is not known
    hint: Ask again later with `dues charge recover`; an unknown charge blocks its customer until then.
    [exit 5]
    ");

    fake.rename_account("acct_1Fake");
    dues(&shop, "charge recover", 0);
    assert_eq!(fake.money_taken(), (1, 100_00));
    all_is_well(&shop);
}

#[test]
fn by_a_clock_that_differs_from_stripes_nothing_is_charged() {
    let (mut shop, fake) = open_for_business();
    shop.put_around("DUES_NOW", "2031-01-01T12:00:00Z");

    let refused = dues(&shop, CHARGE, 3);

    assert!(
        refused.contains("clock shows 2031-01-01 07:00, that of stripe 20"),
        "{refused}"
    );
    assert!(refused.contains("nothing was done"), "{refused}");
    assert_eq!(fake.money_taken(), (0, 0));
}

/// Cron is killed just as Stripe has answered, and comes again: the same
/// request under its key, and one payment.
#[test]
fn a_killed_run_of_a_schedule_is_finished_by_the_next_at_stripe() {
    let (shop, fake) = open_for_business();
    shop.must("schedule add acme --invoice INV-1 --on today --at 00:00");

    let killed = shop
        .command("schedule run --quiet --no-input")
        .env("DUES_CRASH", "charge.answered")
        .output()
        .unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    assert_eq!(fake.money_taken(), (1, 100_00));
    let told = dues(&shop, "schedule run", 0);

    assert!(told.contains("CH-1 took the money before"), "{told}");
    assert_eq!(fake.money_taken(), (1, 100_00));
    let shown = shop.json("schedule show S-1");
    assert_eq!(shown["data"]["occurrences"][0]["state"], "paid");
    all_is_well(&shop);
}

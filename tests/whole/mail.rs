//! Confirmations through a mail server that knows nothing of us, where
//! `DUES_TEST_SMTP_PYTHON` names a Python that has one.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::foreign::Foreign;
use crate::shop::Shop;
use crate::surroundings::{configure, exits, files_with, piped, shop_with};

const PASSWORD: &str = "correct horse";
const CHARGE: &str = "charge acme --invoice INV-1 --yes";

/// A shop whose mails go to the server, and ACME with a card that pays.
fn shop_that_mails_to(server: &Foreign) -> Shop {
    let mut shop = shop_with("");
    mail_to(&shop, server);
    shop.make_book("");
    shop.add_acme("tok_approve");
    shop
}

fn mail_to(shop: &Shop, server: &Foreign) {
    let config = format!(
        "[mail]\nfrom = 'billing@tulip.example'\n\
         [mail.smtp]\nhost = '127.0.0.1'\nport = {}\nuser = 'billing'\npassword = 'file'\nca_file = '{}'\n\
         [secrets]\nfolder = '{}'\n",
        server.port,
        server.file("ca.pem").display(),
        shop.path("secrets").display(),
    );
    configure(shop, &config);
}

fn log_in(shop: &Shop) {
    let login = piped(shop, "mail login", PASSWORD);
    assert!(login.status.success(), "{login:?}");
}

/// The first mail as the book has it.
fn mail(shop: &Shop) -> Value {
    shop.json("mail show M-1")["data"].clone()
}

/// Whatever became of the mail, the payment stands as it is, taken once.
fn the_payment_stands(shop: &Shop) {
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
    assert_eq!(shop.json("charge show CH-1")["data"]["state"], "succeeded");
    let password = [std::path::PathBuf::from("secrets/smtp")];
    assert_eq!(files_with(shop, PASSWORD), password);
    shop.must("check");
}

#[test]
fn a_charge_mails_its_confirmation_over_an_encrypted_login() {
    let Some(server) = Foreign::start("well") else {
        return;
    };
    let shop = shop_that_mails_to(&server);
    log_in(&shop);

    let charged = exits(&shop, CHARGE, PASSWORD, 0);

    let arrived = server.received(1);
    assert!(charged.contains("sent M-1 to ap@acme.example"), "{charged}");
    for (field, expected) in [
        ("from", json!("billing@tulip.example")),
        ("to", json!(["ap@acme.example"])),
        ("encrypted", json!(true)),
        ("logged_in", json!(true)),
        ("sender", json!("Tulip Wholesale")),
        ("defects", json!([])),
    ] {
        assert_eq!(arrived[field], expected, "{field}");
    }
    let text = arrived["text"].as_str().unwrap();
    assert!(
        text.contains("INV-1") && text.contains("100.00 USD"),
        "{text}"
    );
    assert_eq!(mail(&shop)["state"], "sent");
    assert_eq!(shop.json("mail list --unsent")["data"], json!([]));
    the_payment_stands(&shop);
}

/// Before the password is there, the payment is taken and its mail waits;
/// what the hint says sends it.
#[test]
fn a_missing_password_is_stored_by_what_the_hint_says() {
    let Some(server) = Foreign::start("well") else {
        return;
    };
    let shop = shop_that_mails_to(&server);

    let charged = exits(&shop, CHARGE, PASSWORD, 0);
    let dry = piped(&shop, "mail login --dry-run", PASSWORD);
    let still_missing = exits(&shop, "mail send", PASSWORD, 3);
    log_in(&shop);
    exits(&shop, "mail send", PASSWORD, 0);

    assert!(charged.contains("`dues mail login`"), "{charged}");
    assert!(dry.status.success(), "{dry:?}");
    assert!(
        still_missing.contains("`dues mail login`"),
        "{still_missing}"
    );
    assert_eq!(server.received(1)["to"], json!(["ap@acme.example"]));
    the_payment_stands(&shop);
}

/// In each of these moods the server does not take the mail, and a well one
/// takes it later, in the way that fits.
#[test]
fn a_server_that_does_not_take_the_mail_changes_no_payment() {
    let table = [
        // mood, the mail then, what is said of it, what sends it later
        ("busy", "queued", "waits to be sent", "mail send"),
        (
            "no-starttls",
            "queued",
            "waits to be sent",
            "mail retry M-1",
        ),
        ("dead", "queued", "waits to be sent", "mail retry M-1"),
        ("refuses", "failed", "failed", "mail retry M-1"),
        ("hangs-up", "maybe_sent", "may have been sent", "mail send"),
    ];
    for (mood, state, standing, later) in table {
        let dead = mood == "dead";
        let Some(mut server) = Foreign::start(if dead { "well" } else { mood }) else {
            return;
        };
        let mut shop = shop_that_mails_to(&server);
        log_in(&shop);
        if dead {
            server.die();
        }

        let charged = exits(&shop, CHARGE, PASSWORD, 0);

        let said = format!("M-1 to ap@acme.example {standing}: 127.0.0.1:");
        assert!(charged.contains("Booked as PAY-1"), "{mood}: {charged}");
        assert!(charged.contains(&said), "{mood}: {charged}");
        assert_eq!(mail(&shop)["state"], state, "{mood}: {charged}");
        let unsent = exits(&shop, "mail list --unsent", PASSWORD, 0);
        assert!(unsent.contains("M-1"), "{mood}: {unsent}");
        let needs_a_person = state == "failed";
        let told = exits(
            &shop,
            "status",
            PASSWORD,
            if needs_a_person { 8 } else { 0 },
        );
        let said = format!("M-1: the mail to ap@acme.example {standing}");
        assert!(told.contains(&said), "{mood}: {told}");
        the_payment_stands(&shop);
        drop(server);

        let well = Foreign::start("well").unwrap();
        mail_to(&shop, &well);
        // Its time has come by then.
        let soon = Timestamp::now() + SignedDuration::from_mins(2);
        shop.put_around("DUES_NOW", soon.to_string());
        let sent = exits(&shop, later, PASSWORD, 0);

        assert!(sent.contains("sent M-1"), "{mood}: {sent}");
        assert_eq!(well.received(1)["to"], json!(["ap@acme.example"]), "{mood}");
        assert!(exits(&shop, "mail list --unsent", PASSWORD, 0).contains("Every mail is sent."));
        the_payment_stands(&shop);
    }
}

/// The result is printed before the mail is tried, and waiting has an end.
#[test]
fn a_server_that_hangs_is_left_in_seconds() {
    let Some(server) = Foreign::start("silent") else {
        return;
    };
    let shop = shop_that_mails_to(&server);
    log_in(&shop);
    let began = Instant::now();

    let charged = exits(&shop, CHARGE, PASSWORD, 0);

    assert!(began.elapsed() < Duration::from_secs(20), "{charged}");
    assert!(charged.contains("no whole answer in 1"), "{charged}");
    assert_eq!(mail(&shop)["state"], "queued");
    the_payment_stands(&shop);
}

#[test]
fn a_wrong_password_is_told_and_not_repeated() {
    let Some(server) = Foreign::start("well") else {
        return;
    };
    let shop = shop_that_mails_to(&server);
    let wrong = "battery staple";
    assert!(piped(&shop, "mail login", wrong).status.success());

    let charged = exits(&shop, CHARGE, wrong, 0);
    log_in(&shop);
    exits(&shop, "mail retry M-1", PASSWORD, 0);

    assert!(charged.contains("535"), "{charged}");
    assert!(files_with(&shop, wrong).is_empty());
    the_payment_stands(&shop);
}

//! The outbox, and what a missing mail server does not touch.

use insta::assert_snapshot;

use crate::shop::Shop;

/// A mail server with a password that nobody has stored.
const NO_PASSWORD: &str = "
    [mail]
    from = 'billing@tulip.example'
    [mail.smtp]
    host = '127.0.0.1'
    user = 'billing'
    password = 'file'
    [secrets]
    folder = 'secrets'
";

#[test]
fn a_mail_without_a_password_waits_and_the_payment_stands() {
    let shop = Shop::with_card("tok_approve");
    shop.write("config.toml", NO_PASSWORD);

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes --config config.toml"), @"
    $ dues charge acme --invoice INV-1 --yes --config config.toml
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    the mail waits in the outbox: there is no secret in secrets/smtp
    hint: Store it there with `dues mail login`.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --config config.toml"), @"
    $ dues mail send --config config.toml
    error: there is no secret in secrets/smtp
    hint: Store it there with `dues mail login`.
    [exit 3]
    ");
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
}

/// Where there is nothing to send, nobody is told of a mail that waits.
#[test]
fn with_nothing_to_send_no_password_is_missed() {
    let shop = Shop::with_card("tok_decline_soft");
    shop.write("config.toml", NO_PASSWORD);

    let declined = shop.dues("charge acme --invoice INV-1 --yes --config config.toml");
    let sent = shop.dues("mail send --config config.toml");

    assert!(declined.ends_with("[exit 4]\n"), "{declined}");
    assert!(!declined.contains("outbox"), "{declined}");
    assert!(sent.contains("Nothing waits to be sent."), "{sent}");
}

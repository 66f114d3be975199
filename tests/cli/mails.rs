//! The outbox, and what a missing mail server does not touch.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

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
    the mail waits in the outbox: there is no secret in ~/secrets/smtp
    hint: Store it there with `dues mail login`.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --config config.toml"), @"
    $ dues mail send --config config.toml
    error: there is no secret in ~/secrets/smtp
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

#[test]
fn a_mail_server_that_is_down_is_told_and_changes_no_payment() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let port = nobody.unwrap().port().to_string();
    let shop = Shop::with_card("tok_approve");
    let config = format!(
        "[mail]\nfrom = 'billing@tulip.example'\n\
         [mail.smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'plain'\n"
    );
    shop.write("config.toml", &config);
    let dues = |line: &str| {
        let seen = shop.dues(&format!("{line} --config config.toml"));
        seen.replace(&port, "PORT")
    };

    assert_snapshot!(dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes --config config.toml
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    M-1 to ap@acme.example waits to be sent: 127.0.0.1:PORT: Connection refused (os error 111)
    [exit 0]
    ");
    assert_snapshot!(dues("mail retry M-1"), @"
    $ dues mail retry M-1 --config config.toml
    M-1 to ap@acme.example waits to be sent: 127.0.0.1:PORT: Connection refused (os error 111)
    error: 1 mail could not be sent
    hint: No payment is touched by this. What waits goes with the next charge or `dues mail send`; see `dues mail list --unsent`.
    [exit 1]
    ");
    assert_snapshot!(dues("status"), @"
    $ dues status --config config.toml
    Tulip Wholesale · test book · 2026-11-22

    to know
      M-1: the mail to ap@acme.example waits to be sent (127.0.0.1:PORT: Connection refused (os error 111))
    [exit 0]
    ");
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
}

/// The outcome is said at once; then the command stays seconds for its mails,
/// however long the server goes on greeting.
#[test]
fn a_server_that_never_comes_to_the_point_holds_a_charge_for_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(b"220-one moment\r\n").is_ok() {
            thread::sleep(Duration::from_millis(300));
        }
    });
    let shop = Shop::with_card("tok_approve");
    let config = format!(
        "[mail]\nfrom = 'billing@tulip.example'\n\
         [mail.smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'plain'\n"
    );
    shop.write("config.toml", &config);

    let mut child = shop
        .command("charge acme --invoice INV-1 --yes --config config.toml")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reported = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut reported).unwrap();
    let since = Instant::now();
    let mut memory = String::new();
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        memory = status.unwrap_or_default();
        thread::sleep(Duration::from_millis(50));
    };
    let stayed = since.elapsed();
    let mut said = String::new();
    child.stderr.unwrap().read_to_string(&mut said).unwrap();

    assert!(reported.starts_with("Charged 100.00 USD"), "{reported}");
    assert!(ended.success(), "{said}");
    assert!(stayed < Duration::from_secs(15), "{stayed:?}");
    assert!(
        said.contains("M-1 to ap@acme.example waits to be sent")
            && said.contains("no whole answer"),
        "{said}"
    );
    let most = memory.lines().find(|line| line.starts_with("VmHWM:"));
    if let Some(kib) = most.and_then(|line| line.split_whitespace().nth(1)) {
        assert!(kib.parse::<u64>().unwrap() < 100_000, "{kib} KiB");
    }
    assert_eq!((shop.open(), shop.money_taken()), (500_00, (1, 100_00)));
}

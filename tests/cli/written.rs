//! Mails that are files in a folder, a mail once more, and another address.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use insta::assert_snapshot;

use crate::shop::Shop;

/// A mail server that lets everybody in, or nobody; its port.
pub fn server(lets_in: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), lets_in);
        }
    });
    port
}

fn serve(mut stream: TcpStream, lets_in: bool) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut say = |line: &str| stream.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    let (mut in_data, mut is_there) = (false, say("220 hi"));
    while let Some(Ok(line)) = lines.next().filter(|_| is_there) {
        if in_data {
            in_data = line != ".";
            is_there = in_data || say("250 taken");
            continue;
        }
        in_data = line == "DATA";
        is_there = match &line[..4] {
            "EHLO" => say("250-hi\r\n250 AUTH PLAIN"),
            "AUTH" if !lets_in => say("535 wrong password"),
            "AUTH" => say("235 come in"),
            "DATA" => say("354 go on"),
            "QUIT" => false,
            _ => say("250 ok"),
        };
    }
}

/// The configuration for it.
pub fn set_up(shop: &mut Shop, port: u16) {
    shop.name(port.to_string(), "PORT");
    shop.write(
        "config.toml",
        &format!(
            "[mail]\nfrom = 'billing@tulip.example'\n[mail.smtp]\nhost = '127.0.0.1'\n\
             port = {port}\nsecurity = 'plain'\nuser = 'billing'\npassword = 'file'\n\
             [secrets]\nfolder = 'secrets'\n"
        ),
    );
    std::fs::create_dir(shop.path("secrets")).unwrap();
    let mut login = shop.command("mail login --config config.toml");
    login.stdin(std::process::Stdio::piped());
    login.stdout(std::process::Stdio::null());
    let mut login = login.spawn().unwrap();
    login.stdin.take().unwrap().write_all(b"wrong\n").unwrap();
    assert!(login.wait().unwrap().success());
    shop.put_around(
        "DUES_CONFIG",
        shop.path("config.toml").display().to_string(),
    );
}

#[test]
fn a_file_in_a_folder_is_written_and_not_sent_wherever_it_is_told() {
    let mut shop = Shop::with_card("tok_approve");

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    wrote M-1 for ap@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    [exit 0]
    ");
    let shown = shop.dues("charge show CH-1");
    assert!(
        shown.contains("confirmation to ap@acme.example is written."),
        "{shown}"
    );
    assert_snapshot!(shop.dues("mail list --unsent"), @"
    $ dues mail list --unsent
    MAIL  DATE        TO               SUBJECT                               STATE
    M-1   2026-11-22  ap@acme.example  Payment received: 100.00 USD (PAY-1)  written  ~/mails/confirmation.pay-1.HASH@dues.invalid.eml
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send"), @"
    $ dues mail send
    Nothing waits to be sent. `dues mail send --written` sends 1 mail that was written and not sent once a mail server is set up.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --written --yes"), @"
    $ dues mail send --written --yes
    error: the configuration names no mail server
    hint: Put `[mail.smtp]` into it first; `config.example.toml` shows how. Until then the mails stay files.
    [exit 3]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
    [exit 0]
    ");
    let status = shop.json("status");
    assert_eq!(status["data"]["written_mails"], 1);
    assert_eq!(status["data"]["unsent_mails"][0]["state"], "written");

    // Two days later there is a server.
    set_up(&mut shop, server(true));
    shop.put_around("DUES_NOW", "2026-11-24T15:00:00Z");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      1 mail was written and not sent more than a day ago, the oldest on 2026-11-22 10:00: `dues mail send --written` sends, `dues mail cancel --written` drops what you sent by hand
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-24

    needs a person
      1 mail was written and not sent more than a day ago, the oldest on 2026-11-22 10:00: `dues mail send --written` sends, `dues mail cancel --written` drops what you sent by hand
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("mail send"), @"
    $ dues mail send
    Nothing waits to be sent. `dues mail send --written` sends 1 mail that was written and not sent.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --written"), @"
    $ dues mail send --written
    error: this needs a yes, and there is nobody to ask
    hint: Look at it with `--dry-run`, then add `--yes`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("mail send --written --dry-run"), @"
    $ dues mail send --written --dry-run
    would send M-1 to ap@acme.example
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --written --yes"), @"
    $ dues mail send --written --yes
    sent M-1 to ap@acme.example (127.0.0.1:PORT: 250 taken)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail send --written --yes"), @"
    $ dues mail send --written --yes
    Nothing waits to be sent.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    [exit 0]
    ");
}

#[test]
fn a_file_that_was_sent_by_hand_is_dropped() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");

    assert_snapshot!(shop.dues("mail cancel --written --dry-run"), @"
    $ dues mail cancel --written --dry-run
    This would be the answer:
    1 mail that was written and not sent will not be sent.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail cancel --written"), @"
    $ dues mail cancel --written
    1 mail that was written and not sent will not be sent.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail cancel --written"), @"
    $ dues mail cancel --written
    No mail lies in a folder.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail cancel"), @"
    $ dues mail cancel
    error: the following required arguments were not provided: <MAIL>
    hint: `dues mail cancel --help` shows how it is written.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22
    Nothing needs you.
    [exit 0]
    ");
}

#[test]
fn a_server_that_lets_nobody_in_needs_a_person() {
    let mut shop = Shop::with_card("tok_approve");
    set_up(&mut shop, server(false));

    assert_snapshot!(shop.dues("charge acme --invoice INV-1 --yes"), @"
    $ dues charge acme --invoice INV-1 --yes
    Charged 100.00 USD to visa 4242 of ACME (CH-1).
      INV-1  100.00 USD  paid in full
    Booked as PAY-1; the confirmation to ap@acme.example is queued.
    M-1 to ap@acme.example waits to be sent: 127.0.0.1:PORT: 535 … password
    [exit 0]
    ");
    assert_snapshot!(shop.dues("status --quiet"), @"
    $ dues status --quiet
    Tulip Wholesale · test book · 2026-11-22

    needs a person
      the mail server does not let us in, and M-1 waits (127.0.0.1:PORT: 535 … password); run `dues mail login`, then `dues mail send`
    error: 1 thing needs a person
    [exit 8]
    ");
    assert_snapshot!(shop.dues("mail send"), @"
    $ dues mail send
    Nothing to send now; the next try is at 2026-11-22 10:01.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail show M-1"), @"
    $ dues mail show M-1
    M-1 · queued · next try 2026-11-22 10:01 · 127.0.0.1:PORT: 535 … password
    to       ap@acme.example
    subject  Payment received: 100.00 USD (PAY-1)

    Dear Acme Corp,

    Thank you. On 22 November 2026 we charged 100.00 USD to your Visa card
    ending in 4242 and applied it as follows:

      Invoice        Paid  Still open
      INV-1    100.00 USD    0.00 USD

    Payment number: PAY-1

    If anything looks wrong, please reply to this mail.

    Kind regards
    Tulip Wholesale
    [exit 0]
    ");
}

#[test]
fn a_mail_is_sent_once_more_as_a_mail_of_its_own() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    assert_snapshot!(shop.dues("mail resend M-1"), @"
    $ dues mail resend M-1
    error: M-1 is written, not sent
    hint: `dues mail retry M-1` sends it now; `dues mail redirect M-1` sends it to another address.
    [exit 1]
    ");
    set_up(&mut shop, server(true));
    shop.must("mail send");

    assert_snapshot!(shop.dues("mail resend M-1 --dry-run"), @"
    $ dues mail resend M-1 --dry-run
    This would be the answer:
    M-1 goes to ap@acme.example once more, as M-2.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail resend M-1"), @"
    $ dues mail resend M-1
    M-1 goes to ap@acme.example once more, as M-2.
    sent M-2 to ap@acme.example (127.0.0.1:PORT: 250 taken)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail resend M-2 --to boss@acme.example"), @"
    $ dues mail resend M-2 --to boss@acme.example
    M-2 goes to boss@acme.example once more, as M-3.
    sent M-3 to boss@acme.example (127.0.0.1:PORT: 250 taken)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail resend M-1 --to 'a, b'"), @"
    $ dues mail resend M-1 --to 'a, b'
    error: `a, b` is not one mail address
    hint: Give one address such as `ap@rosa.example`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("mail retry M-1"), @"
    $ dues mail retry M-1
    error: M-1 is sent already
    hint: What is out cannot be called back; ask the customer whether it came, and send it once more with `dues mail resend M-1`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("mail list"), @"
    $ dues mail list
    MAIL  DATE        TO                 SUBJECT                               STATE
    M-3   2026-11-22  boss@acme.example  Payment received: 100.00 USD (PAY-1)  sent   127.0.0.1:PORT: 250 taken
    M-2   2026-11-22  ap@acme.example    Payment received: 100.00 USD (PAY-1)  sent   127.0.0.1:PORT: 250 taken
    M-1   2026-11-22  ap@acme.example    Payment received: 100.00 USD (PAY-1)  sent   127.0.0.1:PORT: 250 taken
    [exit 0]
    ");
    assert_snapshot!(shop.dues("log --limit 3"), @"
    $ dues log --limit 3
    ROW  WHEN                 WHO          COMMAND  EVENT         WHAT
     22  2026-11-22 10:00:00  tester@shop  mail     mail.settled  mail=M-3 note=127.0.0.1:PORT: 250 taken state=sent
     21  2026-11-22 10:00:00  tester@shop  mail     mail.claimed  claimed=true mail=M-3
     20  2026-11-22 10:00:00  tester@shop  mail     mail.resent   mail=M-3 of=M-2 to=boss@acme.example
    [exit 0]
    ");
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

#[test]
fn a_mail_that_is_not_out_goes_to_the_new_address() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    assert_snapshot!(shop.dues("mail redirect M-1"), @"
    $ dues mail redirect M-1
    error: M-1 goes to ap@acme.example already
    hint: Give another with `--to`, or change the customer's first: `dues customer edit CUSTOMER --email ADDRESS`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("customer edit acme --email new@acme.example"), @"
    $ dues customer edit acme --email new@acme.example
    ACME is Acme Corp; confirmations go to new@acme.example; terms are net 30.
    [exit 0]
    ");

    assert_snapshot!(shop.dues("mail redirect M-1 --dry-run"), @"
    $ dues mail redirect M-1 --dry-run
    This would be the answer:
    M-1 to ap@acme.example is cancelled; M-2 goes to new@acme.example instead.
    nothing was written (dry run)
    warning: the file of M-1 stays in its folder, addressed to ap@acme.example
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail redirect M-1"), @"
    $ dues mail redirect M-1
    M-1 to ap@acme.example is cancelled; M-2 goes to new@acme.example instead.
    wrote M-2 for new@acme.example to ~/mails/confirmation.pay-1.HASH@dues.invalid.eml; no mail server is set up
    warning: the file of M-1 stays in its folder, addressed to ap@acme.example
    [exit 0]
    ");
    assert_snapshot!(shop.dues("mail redirect M-1"), @"
    $ dues mail redirect M-1
    error: M-1 is cancelled
    hint: `dues mail show M-1` says why.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("mail redirect M-2 --to ap@acme.example"), @"
    $ dues mail redirect M-2 --to ap@acme.example
    error: ap@acme.example has a mail about confirmation:PAY-1 already
    hint: See it with `dues mail list`: `dues mail retry` sends one that was cancelled, `dues mail resend` one that was sent.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("mail list"), @"
    $ dues mail list
    MAIL  DATE        TO                SUBJECT                               STATE
    M-2   2026-11-22  new@acme.example  Payment received: 100.00 USD (PAY-1)  written    ~/mails/confirmation.pay-1.HASH@dues.invalid.eml
    M-1   2026-11-22  ap@acme.example   Payment received: 100.00 USD (PAY-1)  cancelled  M-2 goes to new@acme.example instead
    [exit 0]
    ");
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

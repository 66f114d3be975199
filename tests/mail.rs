//! Letters delivered for real: to a folder, to a server that keeps to a
//! script, and to aiosmtpd, a mail server that knows nothing of us.
//!
//! What became of a letter must be true whatever the server does. The foreign
//! server joins in when `DUES_TEST_SMTP_PYTHON` names a Python that has it.

#[path = "mail/foreign.rs"]
mod foreign;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dues::domain::ids::MailId;
use dues::domain::outbox::{Letter, Wording};
use dues::mail::{FolderMailer, Security, Sender, SmtpMailer, SmtpSettings};
use dues::ports::{Delivery, Mailer, Secret};
use foreign::Foreign;
use serde_json::json;
use tempfile::TempDir;

/// How long a server of a test is given.
const SOON: Duration = Duration::from_millis(400);
const FOREIGN: Duration = Duration::from_secs(3);

fn letter(n: i64) -> Letter {
    Letter {
        id: MailId(n),
        to: "ap@rosa.example".into(),
        wording: Wording {
            subject: "Zahlung über 662.40 USD".into(),
            text: "Dear Rosa Blümchen,\n\nThank you.\n.\n..\nHarbor Flowers\n".into(),
            html: "<p style=\"margin:0\">Dear Rosa Blümchen</p>\n".into(),
        },
        message_id: format!("pay-{n}.c0ffee@dues.invalid"),
        written_at: "2026-11-22T09:30:00Z".parse().unwrap(),
    }
}

fn sender() -> Sender {
    Sender::new("Müller, Harbor \"Flowers\"", "billing@harbor.example").unwrap()
}

// Into a folder.

#[test]
fn a_letter_delivered_twice_is_one_private_file() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("mail/out");
    let mailer = FolderMailer::new(&folder, sender());

    let first = mailer.deliver(&letter(7), SOON);
    let again = mailer.deliver(&letter(7), SOON);

    let path = folder.join("pay-7.c0ffee@dues.invalid.eml");
    assert_eq!(first, Delivery::Filed(path.display().to_string().into()));
    assert_eq!(first, again);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&folder), 0o700);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("Message-ID: <pay-7.c0ffee@dues.invalid>\r\n"));
}

#[test]
fn a_folder_that_cannot_be_written_is_tried_again_later() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("mail");
    fs::write(&folder, "in the way").unwrap();

    let delivery = FolderMailer::new(&folder, sender()).deliver(&letter(7), SOON);

    assert!(matches!(delivery, Delivery::Unreachable(_)), "{delivery:?}");
}

/// Whoever can write the folder must not choose where our bytes go.
#[test]
fn a_letter_does_not_follow_a_link() {
    let home = TempDir::new().unwrap();
    let elsewhere = home.path().join("elsewhere");
    fs::write(&elsewhere, "untouched").unwrap();
    let folder = home.path().join("mail");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("pay-7.c0ffee@dues.invalid.eml");
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();

    let delivery = FolderMailer::new(&folder, sender()).deliver(&letter(7), SOON);

    assert!(matches!(delivery, Delivery::Filed(_)), "{delivery:?}");
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "untouched");
    assert!(!path.is_symlink());
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

// To a server that keeps to a script.

/// Instead of an answer: nothing, until the client gives up.
const SILENCE: &str = "silence";
/// Instead of an answer: the connection is closed.
const HANG_UP: &str = "hang up";

/// Serves one connection per script: its first line is the greeting, each
/// next one answers a command, or the letter after a 354. Returns the port
/// and what was heard on each connection.
fn scripted(scripts: Vec<Vec<&'static str>>) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = thread::spawn(move || {
        scripts
            .into_iter()
            .map(|script| {
                let (stream, _) = listener.accept().unwrap();
                play(&script, stream)
            })
            .collect()
    });
    (port, heard)
}

fn play(script: &[&str], mut stream: TcpStream) -> String {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut heard = String::new();
    for line in script {
        match *line {
            SILENCE => {
                let _ = reader.read_to_string(&mut heard);
                return heard;
            }
            HANG_UP => return heard,
            answer => stream
                .write_all(format!("{answer}\r\n").as_bytes())
                .unwrap(),
        }
        let in_letter = line.starts_with("354");
        let from = heard.len();
        loop {
            let read = reader.read_line(&mut heard).unwrap_or(0);
            if read == 0 {
                return heard;
            }
            if !in_letter || heard[from..].ends_with("\r\n.\r\n") {
                break;
            }
        }
    }
    heard
}

fn plain(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::Plain,
        user: None,
        ca_file: None,
    }
}

fn mailer(settings: SmtpSettings) -> SmtpMailer {
    let password = settings
        .user
        .is_some()
        .then(|| Secret::new("correct horse".into()));
    SmtpMailer::new(settings, password, sender()).unwrap()
}

fn kind(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Accepted(_) => "accepted",
        Delivery::Filed(_) => "filed",
        Delivery::NotLetIn(_) => "not let in",
        Delivery::TryLater(_) => "try later",
        Delivery::Unreachable(_) => "unreachable",
        Delivery::Refused(_) => "refused",
        Delivery::Unclear(_) => "unclear",
    }
}

/// Until the letter itself is handed over nothing was sent; after it only
/// the server's word counts.
#[test]
fn what_became_of_a_letter_is_told_by_how_far_it_got() {
    const OK: &str = "250 ok";
    let table: [(&[&str], &str); 17] = [
        (&["220 hi", OK, OK, OK, "354 go", "250 queued"], "accepted"),
        (&["220 hi", OK, OK, OK, "354 go", "554 spam"], "refused"),
        (&["220 hi", OK, OK, OK, "354 go", "452 full"], "try later"),
        (&["220 hi", OK, OK, OK, "354 go", HANG_UP], "unclear"),
        (&["220 hi", OK, OK, OK, "354 go", SILENCE], "unclear"),
        (&["220 hi", OK, OK, OK, "354 go", "nonsense"], "unclear"),
        (&["220 hi", OK, OK, OK, "354 go", "354 what"], "unclear"),
        (&["220 hi", OK, OK, "550 no such user"], "refused"),
        (&["220 hi", OK, OK, "451 greylisted"], "try later"),
        (&["220 hi", OK, OK, HANG_UP], "try later"),
        (&["220 hi", OK, "530 log in first"], "not let in"),
        (&["220 hi", OK, "550 not that sender"], "refused"),
        (&["220 hi", OK, SILENCE], "unreachable"),
        (&["220 hi", SILENCE], "unreachable"),
        (&["554 not you"], "unreachable"),
        (&[SILENCE], "unreachable"),
        (&[HANG_UP], "unreachable"),
    ];
    for (script, expected) in table {
        let (port, heard) = scripted(vec![script.to_vec()]);

        let delivery = mailer(plain(port)).deliver(&letter(7), SOON);

        assert_eq!(kind(&delivery), expected, "{script:?}: {delivery:?}");
        drop(heard.join().unwrap());
    }
}

#[test]
fn nobody_at_home_is_tried_again_later() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();

    let delivery = mailer(plain(free.port())).deliver(&letter(7), SOON);

    let Delivery::Unreachable(why) = delivery else {
        panic!("{delivery:?}")
    };
    assert!(
        why.contains(&free.to_string()) && why.contains("refused"),
        "{why}"
    );
}

/// A run of letters is one conversation, and one refused address among them
/// does not end it.
#[test]
fn letters_of_one_run_share_a_connection() {
    const OK: &str = "250 ok";
    let (port, heard) = scripted(vec![vec![
        "220 hi",
        OK,
        OK,
        OK,
        "354 go",
        OK, // the first
        OK,
        OK,
        "550 no such user",
        OK, // the second, and its RSET
        OK,
        OK,
        OK,
        "354 go",
        OK, // the third
        "221 bye",
    ]]);
    let mailer = mailer(plain(port));

    let kinds = [7, 8, 9].map(|n| kind(&mailer.deliver(&letter(n), SOON)));
    drop(mailer);

    assert_eq!(kinds, ["accepted", "refused", "accepted"]);
    let heard = heard.join().unwrap().remove(0);
    assert_eq!(heard.matches("EHLO").count(), 1);
    assert_eq!(heard.matches("MAIL FROM").count(), 3);
    assert!(heard.ends_with("QUIT\r\n"), "{heard}");
}

#[test]
fn a_connection_that_died_in_between_is_made_anew() {
    const OK: &str = "250 ok";
    let whole = vec!["220 hi", OK, OK, OK, "354 go", OK];
    let (port, heard) = scripted(vec![whole.clone(), whole]);
    let mailer = mailer(plain(port));

    let kinds = [7, 8].map(|n| kind(&mailer.deliver(&letter(n), SOON)));
    drop(mailer);

    assert_eq!(kinds, ["accepted", "accepted"]);
    assert_eq!(heard.join().unwrap().len(), 2);
}

/// A server, or someone in between, that takes the offer of TLS away gets
/// neither the password nor the letter.
#[test]
fn without_the_promised_encryption_nothing_is_said() {
    let (port, heard) = scripted(vec![vec!["220 hi", "250-hi\r\n250 AUTH PLAIN", "250 ok"]]);
    let mut settings = plain(port);
    settings.security = Security::StartTls;
    settings.user = Some("billing".into());

    let delivery = mailer(settings).deliver(&letter(7), SOON);

    assert_eq!(kind(&delivery), "unreachable", "{delivery:?}");
    let heard = heard.join().unwrap().remove(0);
    assert!(
        heard.starts_with("EHLO") && heard.lines().count() == 1,
        "{heard}"
    );
}

#[test]
fn a_server_that_repeats_the_password_does_not_get_it_into_our_books() {
    let echo = "535 AGJpbGxpbmcAY29ycmVjdCBob3JzZQ== is billing / correct horse\x1b[2J";
    let (port, heard) = scripted(vec![vec!["220 hi", "250-hi\r\n250 AUTH PLAIN", echo]]);
    let mut settings = plain(port);
    settings.user = Some("billing".into());

    let delivery = mailer(settings).deliver(&letter(7), SOON);

    drop(heard.join().unwrap());
    assert_eq!(
        delivery,
        Delivery::NotLetIn(format!("127.0.0.1:{port}: 535 … is billing / …\\u{{1b}}[2J").into())
    );
}

/// Exchange numbers its letters so.
#[test]
fn a_servers_number_that_looks_like_a_card_is_not_kept() {
    let queued = "250 2.6.0 <a@b.example> [InternalId=4242424242424242] Queued";
    let script = vec!["220 hi", "250 hi", "250 ok", "250 ok", "354 go", queued];
    let (port, heard) = scripted(vec![script]);

    let delivery = mailer(plain(port)).deliver(&letter(7), SOON);

    drop(heard.join().unwrap());
    let said = "250 2.6.0 <a@b.example> [InternalId=[card number removed]] Queued";
    assert_eq!(
        delivery,
        Delivery::Accepted(format!("127.0.0.1:{port}: {said}").into())
    );
}

/// Plays a script, then says the same again and again, so long apart, until
/// nobody listens.
fn endless(script: Vec<&'static str>, word: &'static [u8], apart: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        play(&script, stream.try_clone().unwrap());
        let words = word.repeat(if apart.is_zero() { 10_000 } else { 1 });
        while stream.write_all(&words).is_ok() {
            thread::sleep(apart);
        }
    });
    port
}

/// The most memory that this process ever had, in KiB.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    figure.and_then(|figure| figure.parse().ok()).unwrap()
}

/// Whatever a server says, wherever it does not end, and however slowly it
/// comes: the letter's time is over when it is over, and no answer is kept
/// that is longer than an answer.
#[test]
fn a_server_without_an_end_is_left_in_time_and_fills_no_memory() {
    const OK: &str = "250 ok";
    const AT_ONCE: Duration = Duration::ZERO;
    const SLOWLY: Duration = Duration::from_millis(20);
    let tls = vec!["220 hi", "250-hi\r\n250 STARTTLS", "220 go"];
    let data = vec!["220 hi", OK, OK, OK, "354 go"];
    let record: &[u8] = b"\x16\x03\x03\x00\x04\x00\x00\x00\x00";
    let table: [(&[&str], &[u8], Duration, &str); 16] = [
        (&[], b"220 hi", AT_ONCE, "unreachable"),
        (&[], b"220-hi\r\n", AT_ONCE, "unreachable"),
        (&[], b"2", SLOWLY, "unreachable"),
        (&[], b"220-hi\r\n", SLOWLY, "unreachable"),
        (&["220 hi"], b"250-SIZE", AT_ONCE, "unreachable"),
        (&["220 hi"], b"250-SIZE\r\n", AT_ONCE, "unreachable"),
        (&["220 hi"], b"250-SIZE\r\n", SLOWLY, "unreachable"),
        (&["220 hi", OK], b"250-\r\n", AT_ONCE, "try later"),
        (&["220 hi", OK], b"250-\r\n", SLOWLY, "unreachable"),
        (&["220 hi", OK, OK], b"550-no\r\n", AT_ONCE, "try later"),
        (&data, b"250 queued", AT_ONCE, "unclear"),
        (&data, b"250-queued\r\n", AT_ONCE, "unclear"),
        (&data, b"250-queued\r\n", SLOWLY, "unclear"),
        (&tls, b"\0", AT_ONCE, "unreachable"),
        (&tls, record, AT_ONCE, "unreachable"),
        (&tls, &record[..1], SLOWLY, "unreachable"),
    ];
    let before = most_memory();
    for (script, word, apart, expected) in table {
        let mut settings = plain(endless(script.to_vec(), word, apart));
        if script.len() == 3 && script[2] == "220 go" {
            settings.security = Security::StartTls;
        }
        let started = Instant::now();

        let delivery = mailer(settings).deliver(&letter(7), SOON);

        assert_eq!(
            kind(&delivery),
            expected,
            "{script:?} {word:?}: {delivery:?}"
        );
        // And a second to take leave, which is not for such a server.
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{script:?} {word:?}"
        );
    }
    assert!(
        most_memory() - before < 64 * 1024,
        "{} KiB",
        most_memory() - before
    );
}

/// What was said in the open is no part of what is said over TLS, however
/// early it came.
#[test]
fn an_answer_that_came_before_its_encryption_is_not_heard() {
    let early = "220 go\r\n250-hi\r\n250 AUTH PLAIN";
    let (port, heard) = scripted(vec![vec!["220 hi", "250-hi\r\n250 STARTTLS", early]]);
    let mut settings = plain(port);
    settings.security = Security::StartTls;

    let delivery = mailer(settings).deliver(&letter(7), SOON);

    let Delivery::Unreachable(why) = delivery else {
        panic!("{delivery:?}")
    };
    assert!(why.contains("before TLS stood"), "{why}");
    assert!(heard.join().unwrap().remove(0).ends_with("STARTTLS\r\n"));
}

#[test]
fn a_server_that_only_knows_login_is_logged_in_to() {
    const OK: &str = "250 ok";
    let (port, heard) = scripted(vec![vec![
        "220 hi",
        "250-hi\r\n250 AUTH GSSAPI login",
        "334 VXNlcm5hbWU6",
        "334 UGFzc3dvcmQ6",
        "235 welcome",
        OK,
        OK,
        "354 go",
        OK,
        "221 bye",
    ]]);
    let mut settings = plain(port);
    settings.user = Some("billing".into());
    let mailer = mailer(settings);

    let delivery = mailer.deliver(&letter(7), SOON);
    drop(mailer);

    assert_eq!(kind(&delivery), "accepted", "{delivery:?}");
    let heard = heard.join().unwrap().remove(0);
    let login = "AUTH LOGIN\r\nYmlsbGluZw==\r\nY29ycmVjdCBob3JzZQ==\r\nMAIL FROM:<";
    assert!(heard.contains(login), "{heard}");
}

#[test]
fn settings_that_would_send_in_the_open_are_refused() {
    let mut settings = plain(25);
    for host in ["smtp.example", "localhost", "10.0.0.1", "::2"] {
        settings.host = host.into();
        let refused = SmtpMailer::new(settings.clone(), None, sender())
            .err()
            .unwrap();
        assert_eq!(refused.code(), "smtp_in_the_open", "{host}");
    }
    for host in ["127.0.0.1", "127.8.8.8", "::1"] {
        settings.host = host.into();
        assert!(
            SmtpMailer::new(settings.clone(), None, sender()).is_ok(),
            "{host}"
        );
    }
    settings.user = Some("billing".into());
    let refused = SmtpMailer::new(settings.clone(), None, sender())
        .err()
        .unwrap();
    assert_eq!(refused.code(), "smtp_no_password");
    settings.user = None;
    settings.ca_file = Some("/nowhere/ca.pem".into());
    let refused = SmtpMailer::new(settings, None, sender()).err().unwrap();
    assert_eq!(refused.code(), "smtp_ca_file");
}

// To a foreign mail server.

fn settings(server: &Foreign, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port: server.port,
        security,
        user: Some("billing".into()),
        ca_file: Some(server.file("ca.pem")),
    }
}

fn mailer_to(server: &Foreign, security: Security) -> SmtpMailer {
    mailer(settings(server, security))
}

#[test]
fn a_foreign_server_receives_the_letter_as_it_was_written() {
    for (mood, security) in [
        ("well", Security::StartTls),
        ("implicit-tls", Security::Tls),
    ] {
        let Some(server) = Foreign::start(mood) else {
            return;
        };
        let files = TempDir::new().unwrap();
        let mailer = mailer_to(&server, security);

        let first = mailer.deliver(&letter(7), FOREIGN);
        let second = mailer.deliver(&letter(8), FOREIGN);

        let accepted =
            Delivery::Accepted(format!("127.0.0.1:{}: 250 OK queued as 42", server.port).into());
        assert_eq!([first, second], [accepted.clone(), accepted], "{mood}");
        let written = as_file(&letter(8), files.path());
        let arrived = fs::read(server.file("received-2.eml")).unwrap();
        assert_eq!(
            String::from_utf8(arrived).unwrap().trim_end(),
            written.trim_end()
        );
        assert_eq!(
            server.received(1),
            json!({
                "from": "billing@harbor.example",
                "to": ["ap@rosa.example"],
                "encrypted": true,
                "logged_in": true,
                "subject": "Zahlung über 662.40 USD",
                "sender": "Müller, Harbor \"Flowers\"",
                "text": "Dear Rosa Blümchen,\n\nThank you.\n.\n..\nHarbor Flowers\n",
                "html": "<p style=\"margin:0\">Dear Rosa Blümchen</p>\n",
                "defects": [],
            }),
            "{mood}"
        );
    }
}

/// The letter as the folder mailer writes it.
fn as_file(letter: &Letter, folder: &Path) -> String {
    let Delivery::Filed(path) = FolderMailer::new(folder, sender()).deliver(letter, SOON) else {
        panic!("the folder can be written")
    };
    fs::read_to_string(path.as_str()).unwrap()
}

#[test]
fn a_foreign_server_in_a_mood_is_understood() {
    let table = [
        ("refuses", "refused", "550 5.1.1 no such user here"),
        ("busy", "try later", "451 4.3.0 the disk is full, try again"),
        ("hangs-up", "unclear", "hung up"),
        ("silent", "unreachable", "no whole answer in 3 s"),
        ("no-starttls", "unreachable", "STARTTLS is not supported"),
    ];
    for (mood, expected, words) in table {
        let Some(server) = Foreign::start(mood) else {
            return;
        };
        let started = Instant::now();

        let delivery = mailer_to(&server, Security::StartTls).deliver(&letter(7), FOREIGN);

        assert_eq!(kind(&delivery), expected, "{mood}: {delivery:?}");
        assert!(
            format!("{delivery:?}").contains(words),
            "{mood}: {delivery:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(8), "{mood}");
        // Unclear is the truth: this server did take it.
        assert_eq!(server.file("received-1.eml").exists(), mood == "hangs-up");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_certificate_leave_the_letter_waiting() {
    let Some(server) = Foreign::start("well") else {
        return;
    };
    let settings = settings(&server, Security::StartTls);
    let wrong = SmtpMailer::new(
        settings.clone(),
        Some(Secret::new("battery staple".into())),
        sender(),
    );
    let stranger = mailer(SmtpSettings {
        ca_file: None,
        ..settings
    });

    let refused = wrong.unwrap().deliver(&letter(7), FOREIGN);
    let unknown = stranger.deliver(&letter(7), FOREIGN);

    assert_eq!(kind(&refused), "not let in", "{refused:?}");
    assert!(format!("{refused:?}").contains("535"), "{refused:?}");
    assert_eq!(kind(&unknown), "unreachable", "{unknown:?}");
    assert!(
        format!("{unknown:?}").contains("certificate"),
        "{unknown:?}"
    );
    assert!(!server.file("received-1.eml").exists());
}

//! What cannot be printed is an error of every command; a reader who has gone is none.

use std::fs::File;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::shop::Shop;

/// Every command, in an order in which each can be done, and what it exits with
/// where its answer cannot be written.
const EACH: &[(&str, i32, &str)] = &[
    // line, exit code, what is said besides
    ("--version", 1, LOST),
    ("--help", 1, LOST),
    ("charge --help", 1, LOST),
    ("help invoice", 1, LOST),
    ("completions bash", 1, LOST),
    ("demo --folder played", 1, LOST),
    ("init --name Tulip --zone America/New_York", 6, "Made"),
    ("gateway login sandbox", 6, "Logged in to sandbox"),
    ("gateway list", 1, LOST),
    ("gateway check", 1, LOST),
    ("gateway reconcile", 6, "charging is open"),
    (
        "customer add Acme --code ACME --email a@b.c",
        6,
        "Added Acme",
    ),
    ("customer edit ACME --terms 10", 6, "terms are net 10"),
    ("customer contact list ACME", 1, LOST),
    ("customer note list ACME", 1, LOST),
    ("customer list", 1, LOST),
    ("customer show ACME", 1, LOST),
    ("customer hold ACME", 6, "on hold"),
    ("customer release ACME", 6, "no longer on hold"),
    (
        "card add ACME tok_approve@visa-4242 --by A --how form",
        6,
        "Saved visa 4242",
    ),
    (
        "card add ACME tok_decline_soft@visa-0341 --by A --how form",
        6,
        "Saved visa 0341",
    ),
    (
        "card add ACME tok_lost@visa-9999 --by A --how form",
        6,
        "Saved visa 9999",
    ),
    ("card list", 1, LOST),
    ("card show ACME 4242", 1, LOST),
    ("card rename ACME 4242 office", 6, "is now called office"),
    ("card default ACME 4242", 6, "unless another card is named"),
    (
        "card authorize ACME 4242 --by B --how form",
        6,
        "as B agreed",
    ),
    (
        "invoice add ACME INV-1 100 --issued 2026-01-01",
        6,
        "Added INV-1",
    ),
    ("invoice add ACME INV-2 200 --dry-run", 1, LOST),
    ("invoice import more.csv", 6, "new           1  10.00 USD"),
    ("invoice import other.csv", 1, "nothing was written"),
    ("invoice list", 1, LOST),
    ("invoice show INV-1", 1, LOST),
    ("invoice hold INV-1", 6, "on hold"),
    ("invoice release INV-1", 6, "no longer on hold"),
    ("invoice void INV-4 --because test --yes", 6, "is void"),
    ("charge ACME --invoice INV-1 --dry-run", 1, LOST),
    (
        "charge ACME --invoice INV-1 --yes",
        6,
        "Charged 100.00 USD to visa 4242 of ACME",
    ),
    (
        "charge ACME --amount 50 --on-account --card 0341 --yes",
        4,
        "declined",
    ),
    (
        "charge ACME --amount 60 --on-account --yes",
        6,
        "Charged 60.00 USD",
    ),
    ("charge resolve CH-1 --charged x", 1, "nothing to resolve"),
    (
        "invoice add ACME INV-5 70 --issued 2026-01-01",
        6,
        "Added INV-5",
    ),
    (
        "payment apply PAY-2 --invoice INV-5",
        6,
        "Applied 60.00 USD",
    ),
    ("payment list", 1, LOST),
    ("payment show PAY-1", 1, LOST),
    (
        "charge ACME --amount 70 --on-account --card 9999 --yes",
        5,
        "nobody knows yet",
    ),
    ("charge list", 1, LOST),
    ("charge show CH-1", 1, LOST),
    ("charge review", 8, "1 charge is not settled; the answer"),
    ("charge recover", 6, "it did succeed, and is booked"),
    (
        "payment refund PAY-1 --amount 1 --yes",
        6,
        "Gave 1.00 USD of PAY-1 back",
    ),
    (
        "payment void PAY-3 --yes",
        6,
        "Voided the charge of 70.00 USD",
    ),
    ("payment unapply PAY-2", 6, "60.00 USD is on account"),
    (
        "payment record ACME --amount 20 --method check --allocate none",
        6,
        "Recorded 20.00 USD",
    ),
    ("deposit add --total 20 PAY-4", 6, "DEP-1"),
    ("deposit list", 1, LOST),
    ("deposit show DEP-1", 1, LOST),
    ("payment bounce PAY-4 --yes", 6, "PAY-4 came back"),
    (
        "payment record --unidentified --amount 20 --method wire",
        6,
        "UR-1",
    ),
    (
        "payment identify UR-1 ACME --allocate none",
        6,
        "Recorded 20.00 USD",
    ),
    ("refund list", 1, LOST),
    ("refund show RF-1", 1, LOST),
    (
        "refund resolve RF-1 --given-back x",
        1,
        "nothing to resolve",
    ),
    (
        "dispute open PAY-1 --amount 5 --reason fraud --yes",
        6,
        "DSP-1",
    ),
    ("dispute list", 1, LOST),
    ("dispute show DSP-1", 1, LOST),
    ("dispute evidence DSP-1 --dry-run", 1, LOST),
    ("dispute evidence DSP-1", 6, "evidence-DSP-1"),
    ("dispute attach DSP-1 more.csv", 6, "more.csv"),
    ("dispute answered DSP-1", 6, "DSP-1"),
    ("dispute won DSP-1 --yes", 6, "DSP-1"),
    ("dispute lost DSP-1 --yes", 1, "DSP-1"),
    ("dispute accept DSP-1 --yes", 1, "DSP-1"),
    ("report aging", 1, LOST),
    ("report open", 1, LOST),
    ("report payments", 1, LOST),
    ("report credits", 1, LOST),
    ("export journal", 1, LOST),
    ("export invoices", 1, LOST),
    ("export payments", 1, LOST),
    ("export customers", 1, LOST),
    ("close 2026-10", 6, "closed through 2026-10-31"),
    ("credit add ACME --amount 5 --because wilted", 6, "CM-1"),
    ("credit list", 1, LOST),
    ("credit show CM-1", 1, LOST),
    ("credit apply CM-1 --invoice INV-5", 6, "CM-1"),
    ("credit cancel CM-1 --because test", 1, "CM-1"),
    ("invoice edit INV-5 --memo roses", 6, "INV-5"),
    ("invoice attach INV-5 more.csv", 6, "more.csv"),
    (
        "invoice correct INV-5 --amount 60 --because typo --dry-run",
        1,
        LOST,
    ),
    ("invoice writeoff INV-5 --because small --dry-run", 1, LOST),
    ("customer add Oaks --code OAKS", 6, "Added Oaks"),
    ("payment move PAY-5 OAKS --dry-run", 1, LOST),
    ("card move ACME 9999 OAKS", 1, "9999"),
    ("customer archive OAKS", 6, "OAKS"),
    ("customer unarchive OAKS", 6, "OAKS"),
    (
        "customer merge OAKS ACME --because twice --dry-run",
        1,
        LOST,
    ),
    ("card disable ACME 9999", 6, "not charged any more"),
    ("card enable ACME 9999", 6, "9999"),
    (
        "schedule add ACME --on 2026-12-30 --amount 10 --on-account",
        6,
        "S-1",
    ),
    ("schedule list", 1, LOST),
    ("schedule show S-1", 1, LOST),
    ("schedule move S-1 --to 2026-12-31", 6, "2026-12-31"),
    ("schedule skip S-1", 6, "is left out"),
    ("schedule cancel S-1", 6, "is cancelled"),
    ("schedule run", 6, "Nothing was due"),
    ("schedule doctor", 1, LOST),
    ("autopay on ACME", 6, "is on autopay"),
    ("autopay list", 1, LOST),
    ("autopay off ACME", 6, "no longer on autopay"),
    ("mail list", 1, LOST),
    ("mail show M-1", 1, LOST),
    ("mail send", 6, "Nothing waits to be sent"),
    ("mail retry M-1", 6, "M-1"),
    ("mail resend M-1", 1, "M-1"),
    ("mail redirect M-1 --to new@b.c", 6, "M-1"),
    ("mail cancel M-1", 6, "M-1"),
    ("mail login", 3, "names no mail server"),
    ("status", 1, LOST),
    ("backup copy.db", 6, "copy.db"),
    ("restore copy.db --yes", 6, "copy.db"),
    ("log", 1, LOST),
    ("check", 0, ""), // all is well, and nothing is said
    ("gateway logout sandbox", 6, "sandbox"),
];

const LOST: &str = "the answer cannot be written: No space left on device";

/// Its answer goes to a disk that is full.
fn on_a_full_disk(shop: &Shop, line: &str) -> Output {
    let full = File::options().write(true).open("/dev/full").unwrap();
    shop.command(line).stdout(full).output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_every_command() {
    let shop = Shop::empty();
    let header = "Invoice Number,Customer,Invoice Date,Due Date,Amount";
    let row = "INV-4,Acme,2026-01-01,2026-01-02,10";
    shop.write("more.csv", &format!("{header}\n{row}\n"));
    shop.write("other.csv", &format!("{header}\n{row}0\n"));
    for (line, exit, says) in EACH {
        let output = on_a_full_disk(&shop, line);

        let seen = shop.seen(line, &output);
        assert_eq!(output.status.code(), Some(*exit), "{seen}");
        assert!(seen.contains(says), "{seen}");
        // What only looks says the same to a script, and may be asked again.
        let has_json = !line.starts_with("--") && !line.contains("help") && !line.contains("demo");
        if *says == LOST && has_json {
            let document = on_a_full_disk(&shop, &format!("{line} --json"));
            let document: Value = serde_json::from_slice(&document.stderr).unwrap();
            let error = &document["error"];
            assert_eq!(
                (&error["code"], &error["exit"]),
                (&"not_written".into(), &1.into())
            );
            assert_eq!(error["answer"], Value::Null, "{line}");
        }
    }
    // All of it was done.
    assert_eq!(shop.money_taken(), (3, 230_00));
}

/// No command is left out above.
#[test]
fn the_table_has_every_command() {
    let shop = Shop::empty();
    let verbs = |noun: &str| -> Vec<String> {
        let help = shop.dues(&format!("{noun} --help"));
        let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
        let lines = listed.lines().take_while(|line| !line.is_empty());
        let first = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        first
            .filter(|verb| !verb.is_empty() && *verb != "help")
            .map(|verb| format!("{noun} {verb}").trim().to_owned())
            .collect()
    };
    let nouns = verbs("");
    let all: Vec<String> = nouns
        .iter()
        .flat_map(|noun| match &verbs(noun)[..] {
            [] => vec![noun.clone()],
            verbs => verbs.to_vec(),
        })
        .collect();

    let left_out: Vec<&String> = all
        .iter()
        .filter(|command| {
            let is_it = |line: &str| line == **command || line.starts_with(&format!("{command} "));
            !EACH.iter().any(|(line, ..)| is_it(line))
        })
        .collect();

    assert!(
        left_out.is_empty() && all.len() > 40,
        "{left_out:?} of {all:?}"
    );
}

/// `>&-`: what had to be printed is lost as on a full disk. `> /dev/null` was asked for.
#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_an_error_where_something_was_to_be_printed() {
    let shop = Shop::with_card("tok_approve");
    let closed = |line: &str, how: &str| {
        let dues = shop.command(line);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("exec \"$@\" {how}"), "sh"]);
        shell.arg(dues.get_program()).args(dues.get_args());
        let put = dues.get_envs();
        shell.env_clear();
        shell.envs(put.filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(dues.get_current_dir().unwrap());
        let output = shell.output().unwrap();
        (output.status.code().unwrap(), shop.seen(line, &output))
    };
    for (line, exit) in [
        ("invoice list", 1),
        ("invoice list --json", 1),
        ("--help", 1),
        ("completions bash", 1),
        ("charge ACME --invoice INV-1 --no-email --yes", 6),
    ] {
        let (code, seen) = closed(line, ">&-");
        assert_eq!(code, exit, "{seen}");
        assert!(seen.contains("standard output is closed"), "{seen}");
    }
    // Nothing was to be said.
    assert_eq!(closed("check", ">&-").0, 0);
    assert_eq!(closed("invoice list", ">/dev/null").0, 0);
    assert_eq!(closed("invoice list", "1<>/dev/null").0, 0);
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// A script that charged a card learns what became of it all the same.
#[cfg(target_os = "linux")]
#[test]
fn what_was_charged_is_told_on_the_other_side() {
    let shop = Shop::with_card("tok_approve,tok_decline_soft");
    let charge = |line: &str| -> Value {
        let output = on_a_full_disk(&shop, line);
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["exit"], output.status.code().unwrap());
        error["error"].clone()
    };

    let charged = charge("charge ACME --invoice INV-1 --yes --json");
    let declined = charge("charge ACME --invoice INV-2 --yes --json");

    assert_eq!(charged["exit"], 6);
    assert_eq!(charged["answer"]["schema"], "dues.charge/1");
    assert_eq!(charged["answer"]["data"]["payment"], "PAY-1");
    assert_eq!(
        (&declined["exit"], &declined["code"]),
        (&4.into(), &"card_declined".into())
    );
    assert_eq!(declined["answer"]["data"]["state"], "declined");
    assert_eq!(shop.money_taken(), (1, 100_00));
}

/// What a shell asks for goes the same way.
#[cfg(target_os = "linux")]
#[test]
fn completions_that_cannot_be_written_are_an_error() {
    let shop = Shop::empty();
    for (shell, words) in [("bash", ""), ("fish", "-- dues inv")] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut asked = shop.command(words);
        let output = asked.env("COMPLETE", shell).stdout(full).output().unwrap();

        let seen = shop.seen(words, &output);
        assert!(
            output.status.code() == Some(1) && seen.contains("No space left on device"),
            "{seen}"
        );
    }
}

/// `| head` that has seen enough: silent, and the exit code is the command's own.
#[test]
fn a_reader_who_has_gone_is_no_error() {
    let shop = Shop::with_card("tok_approve,tok_decline_soft");
    for (line, exit) in [
        ("--help", 0),
        ("completions bash", 0),
        ("invoice list", 0),
        ("invoice list --json", 0),
        ("customer list --json", 0),
        ("charge ACME --invoice INV-1 --no-email --yes", 0),
        ("charge ACME --invoice INV-2 --yes --json", 4),
        ("log", 0),
    ] {
        let mut child = shop
            .command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();

        let seen = shop.seen(line, &output);
        assert_eq!(output.status.code(), Some(exit), "{seen}");
        assert_eq!(output.stderr.is_empty(), exit == 0, "{seen}");
    }
    assert_eq!(shop.money_taken(), (1, 100_00));
}

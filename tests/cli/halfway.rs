//! Commands that end halfway: whatever was done by then decides the words and the exit code.
//!
//! Each command is run once for every time that it comes to a place where it
//! can fail, and fails there; where it writes the book, once more with all that
//! follows failing too.

use crate::shop::Shop;

/// What a command may say and return that had no effect.
const CLAIMS: [&str; 2] = ["nothing was charged", "nothing was changed"];
const NO_EFFECT: [i32; 4] = [1, 2, 3, 7];

/// Where a command can fail, and whether once or for ever.
const FAILURES: [(&str, &str); 10] = [
    ("book.committing", "error"),
    ("book.committing", "errors"),
    ("book.committed", "error"),
    ("charge.sending", "error"),
    ("charge.marked", "error"),
    ("charge.answered", "error"),
    ("charge.settled", "error"),
    ("recover.orphaned", "error"),
    ("reconcile.adopted", "error"),
    ("mail.delivered", "error"),
];

/// Runs a line that fails at each place in turn; `effects` says how much was
/// done in a shop.
fn claims_nothing_false(shop: &Shop, line: &str, effects: impl Fn(&Shop) -> usize) {
    let before = effects(shop);
    let mut halfway = 0;
    for (place, how) in FAILURES {
        let mut untold = 0;
        for nth in 1.. {
            let mut copy = shop.copy();
            copy.put_around("DUES_CRASH", format!("{place}:{how}:{nth}"));

            let output = copy.run(line);

            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            let exit = output.status.code().unwrap();
            copy.put_around("DUES_CRASH", "");
            if effects(&copy) > before {
                let at = format!("`{line}`, {place} {nth} ({how}), exit {exit}:\n{said}");
                assert!(!NO_EFFECT.contains(&exit), "{at}");
                assert!(!CLAIMS.iter().any(|claim| said.contains(claim)), "{at}");
                halfway += usize::from(exit != 0);
            }
            // A failure that is not the command's own is not always told.
            untold = if said.contains("a test made this fail") {
                0
            } else {
                untold + 1
            };
            if untold == 3 {
                break;
            }
            assert!(nth < 60, "{said}");
        }
    }
    assert!(halfway > 0, "it never ended halfway");
}

fn money(shop: &Shop) -> usize {
    shop.money_taken().0
}

fn booked(shop: &Shop) -> usize {
    shop.json("payment list")["data"].as_array().unwrap().len()
}

fn written(shop: &Shop) -> usize {
    std::fs::read_dir(shop.path("mails")).map_or(0, Iterator::count)
}

#[test]
fn a_charge_that_ends_halfway_claims_nothing_false() {
    let shop = Shop::with_card("tok_approve");

    claims_nothing_false(&shop, "charge acme --invoice INV-1 --yes", money);
}

/// Two customers whose cards are to be charged on Monday, and it is Monday.
fn monday(token: &str) -> Shop {
    let mut shop = Shop::with_card(token);
    shop.must("customer add 'Bloom & Sons' --code BLOOM --email ap@bloom.example");
    shop.must(&format!(
        "card add BLOOM {token}@visa-1881 --by 'B. Loom' --how 'signed form'"
    ));
    shop.must("invoice add BLOOM INV-4 400 --issued 2026-01-01 --due 2026-01-31");
    for code in ["ACME", "BLOOM"] {
        shop.must(&format!(
            "schedule add {code} --all-due --on mon --at 09:00"
        ));
    }
    shop.put_around("DUES_NOW", "2026-11-23T14:05:00Z");
    shop
}

#[test]
fn a_run_that_ends_halfway_claims_nothing_false() {
    let shop = monday("tok_approve");

    claims_nothing_false(&shop, "schedule run", money);
}

#[test]
fn a_recovery_that_ends_halfway_claims_nothing_false() {
    let shop = monday("tok_lost");
    shop.run("schedule run");
    assert_eq!((money(&shop), booked(&shop)), (2, 0));

    claims_nothing_false(&shop, "charge recover", booked);
    claims_nothing_false(&shop, "schedule run", booked);
}

#[test]
fn a_mail_that_was_sent_is_not_said_to_be_unsent() {
    let mut shop = Shop::with_card("tok_approve");
    shop.write(
        "nobody.toml",
        "[mail]\nfrom = 'a@tulip.example'\n[mail.smtp]\nhost = '127.0.0.1'\nport = 1\nsecurity = 'plain'\n",
    );
    for number in ["INV-1", "INV-2"] {
        shop.must(&format!(
            "charge acme --invoice {number} --yes --config nobody.toml"
        ));
    }
    shop.put_around("DUES_NOW", "2026-11-24T14:05:00Z");

    claims_nothing_false(&shop, "mail send", written);
}

#[test]
fn a_reconciliation_that_ends_halfway_claims_nothing_false() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    for number in ["INV-1", "INV-2"] {
        shop.must(&format!("charge acme --invoice {number} --yes"));
    }
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(shop.path(&format!("book.db{end}")));
    }
    shop.must("restore copy.db");
    assert_eq!((money(&shop), booked(&shop)), (2, 0));

    claims_nothing_false(&shop, "gateway reconcile", booked);
}

//! Two processes charging one book at a loopback gateway, killed with `kill -9` at random moments.
//!
//! The gateway is another process's thread and lives on, as a real one does;
//! its ledger counts what is double, lost or phantom. What a process said
//! before it died must be in the book. `DUES_TEST_KILLS` says how many kills.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::fake_stripe::{Fake, KEY};
use crate::shop::Shop;
use crate::surroundings::{configure, piped, shop_with};

/// After so many the book and the gateway are new.
const KILLS_A_BOOK: u32 = 100;
const CUSTOMERS: usize = 24;
const INVOICES: usize = 12;
/// About as long as a charge takes when two take turns.
const LONGEST_LIFE_MICROS: u64 = 80_000;

/// What many kills came to.
#[derive(Default, Debug)]
struct Counts {
    kills: u32,
    acknowledged: usize,
    taken: usize,
    double: usize,
    lost: usize,
    phantom: usize,
    forgotten: usize,
}

/// A book at the gateway, with customers who owe 1.00 many times.
fn open_for_business() -> (Shop, Fake) {
    let fake = Fake::start();
    let mut shop = shop_with("");
    let secrets = shop.path("secrets");
    configure(
        &shop,
        &format!(
            "[secrets]\nfolder = '{}'\n[gateway.stripe]\nendpoint = '{}'\n",
            secrets.display(),
            fake.url()
        ),
    );
    shop.make_book("--gateway stripe");
    let login = piped(&shop, "gateway login stripe --source file", KEY);
    assert!(login.status.success(), "{login:?}");
    let mut file = String::from("Invoice Number,Customer ID,Invoice Date,Due Date,Amount\n");
    for customer in 0..CUSTOMERS {
        let code = format!("C{customer:02}");
        let card = format!("pm_{code}");
        fake.add_card(&card, Some("cus_Rosa"), crate::fake_stripe::Temper::Pays);
        shop.must(&format!("customer add 'Customer {code}' --code {code}"));
        shop.must(&format!(
            "card add {code} {card} --by 'A. Cme' --how 'signed form'"
        ));
        for n in 0..INVOICES {
            file.push_str(&format!("{code}-{n},{code},2026-01-01,2026-01-10,1.00\n"));
        }
    }
    shop.write("owed.csv", &file);
    shop.must("invoice import owed.csv");
    (shop, fake)
}

/// A small generator of moments: splitmix64.
fn random(state: &AtomicU64) -> u64 {
    let mut z = state.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Runs a line for so long at most; what it said till then, and whether it was killed.
fn live_for(shop: &Shop, line: &str, life: Duration) -> (Output, bool) {
    let mut command = shop.command(line);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    thread::sleep(life);
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let was_killed = output.status.code().is_none();
    (output, was_killed)
}

/// Charges the customers of one hand, one invoice after the other, until there were kills enough.
fn charge_on(
    shop: &Shop,
    customers: &[usize],
    kills: &AtomicU32,
    most: u32,
    seed: &AtomicU64,
    acknowledged: &Mutex<BTreeSet<String>>,
) {
    let mut next: BTreeMap<usize, usize> = customers.iter().map(|one| (*one, 0)).collect();
    while kills.load(Ordering::SeqCst) < most && !next.is_empty() {
        let at = usize::try_from(random(seed)).unwrap_or(0) % next.len();
        let (customer, n) = next.iter().nth(at).map(|(one, n)| (*one, *n)).unwrap();
        let invoice = format!("C{customer:02}-{n}");
        let line = format!("charge C{customer:02} --invoice {invoice} --yes");
        loop {
            // Half of them while it waits or begins, half at any moment.
            let longest = LONGEST_LIFE_MICROS << (2 * (random(seed) % 2));
            let life = Duration::from_micros(random(seed) % longest);
            let (output, was_killed) = live_for(shop, &line, life);
            if String::from_utf8_lossy(&output.stdout).contains("paid in full") {
                acknowledged.lock().unwrap().insert(invoice.clone());
            }
            if was_killed {
                if kills.fetch_add(1, Ordering::SeqCst) + 1 >= most {
                    return;
                }
                continue;
            }
            match output.status.code() {
                Some(0) => break,
                Some(1) if was_taken_before(&output) => break,
                // Not known yet, and only time will tell.
                Some(5) => {
                    next.remove(&customer);
                    break;
                }
                // The other one was at it for too long.
                Some(7) => {}
                _ => panic!("{}", shop.seen(&line, &output)),
            }
        }
        if let Some(n) = next.get_mut(&customer) {
            *n += 1;
        }
        if next.get(&customer) == Some(&INVOICES) {
            next.remove(&customer);
        }
    }
}

/// By the run before this one.
fn was_taken_before(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    said.contains("is paid") || said.contains("did take")
}

/// Lets time pass until nothing is open.
fn settle(shop: &Shop, fake: &Fake) {
    // `dues` asks the machine's clock until here, and so do we.
    let now = Timestamp::now();
    for hours in [0, 27, 28, 29] {
        let passed = SignedDuration::from_hours(hours);
        fake.let_pass(passed);
        let later = now + passed;
        let mut command = shop.command("charge recover");
        let output = command.env("DUES_NOW", later.to_string()).output().unwrap();
        if output.status.success() {
            return;
        }
        assert_eq!(
            output.status.code(),
            Some(5),
            "{}",
            shop.seen("charge recover", &output)
        );
    }
    panic!("stuck: {}", shop.dues("charge list --open"));
}

fn rows(shop: &Shop, line: &str) -> Vec<Value> {
    shop.json(line)["data"].as_array().unwrap().clone()
}

/// Kills until the book is full, lets all settle, and holds it against the ledger.
fn kill_over_one_book(most: u32, seed: &AtomicU64, counts: &mut Counts) {
    let (shop, fake) = open_for_business();
    let kills = AtomicU32::new(0);
    let acknowledged = Mutex::new(BTreeSet::new());
    let customers: Vec<usize> = (0..CUSTOMERS).collect();
    thread::scope(|scope| {
        for hand in customers.chunks(CUSTOMERS / 2) {
            scope.spawn(|| charge_on(&shop, hand, &kills, most, seed, &acknowledged));
        }
    });

    settle(&shop, &fake);

    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for pays in fake.paid() {
        *taken
            .entry(pays.trim_end_matches("=1.00").to_owned())
            .or_default() += 1;
    }
    let open: BTreeSet<String> = rows(&shop, "invoice list")
        .iter()
        .map(|row| row["invoice"].as_str().unwrap().to_owned())
        .collect();
    let is_paid = |invoice: &String| !open.contains(invoice);
    let booked = rows(&shop, "payment list").len();
    let acknowledged = acknowledged.into_inner().unwrap();
    counts.kills += kills.into_inner();
    counts.acknowledged += acknowledged.len();
    counts.taken += taken.values().sum::<usize>();
    counts.double += taken.values().filter(|times| **times > 1).count();
    counts.lost += taken.keys().filter(|invoice| !is_paid(invoice)).count();
    counts.phantom += booked.saturating_sub(taken.len());
    counts.forgotten += acknowledged
        .iter()
        .filter(|invoice| !is_paid(invoice))
        .count();
    shop.must("check");
}

#[test]
fn killed_at_random_two_processes_take_each_invoice_once() {
    let wanted: u32 = std::env::var("DUES_TEST_KILLS")
        .ok()
        .and_then(|wish| wish.parse().ok())
        .unwrap_or(25);
    let first: u64 = std::env::var("DUES_TEST_SEED")
        .ok()
        .and_then(|wish| wish.parse().ok())
        .unwrap_or(1);
    let seed = AtomicU64::new(first);

    let mut counts = Counts::default();
    while counts.kills < wanted {
        let most = KILLS_A_BOOK.min(wanted - counts.kills);
        kill_over_one_book(most, &seed, &mut counts);
        let _ = writeln!(std::io::stderr(), "{counts:?}");
    }

    println!("seed {first}: {counts:?}");
    let wrong = counts.double + counts.lost + counts.phantom + counts.forgotten;
    assert_eq!(wrong, 0, "{counts:?}");
}

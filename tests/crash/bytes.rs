//! A book with one byte that is not what was written, at thousands of places.
//!
//! A command says so or answers; it never breaks, and never takes the wrong
//! money. SQLite keeps no checksums: a letter of a name can change unseen, and
//! this counts how often that is.

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::shop::Shop;
use crate::some;
use crate::truth::{CHARGE, taken};

const READS: [&str; 5] = [
    "invoice list --all",
    "charge list",
    "payment list",
    "customer list",
    "log -n 1000",
];

const NEXT: &str = "charge acme --invoice INV-2 --yes";

/// Each nth byte of a book of some 340,000.
const STEP: usize = 163;

const FLIPS: [u8; 4] = [0x01, 0xFF, 0x80, 0x20];

/// A mistake of dues', or a death.
fn broke(output: &Output) -> bool {
    !matches!(output.status.code(), Some(0..=9))
}

#[test]
fn a_book_with_a_wrong_byte_breaks_nothing_and_charges_nothing_wrong() {
    let shop = Shop::with_card("tok_approve");
    shop.must(CHARGE);
    let whole = fs::read(shop.path("book.db")).unwrap();
    let answers = READS.map(|line| shop.run(line).stdout);
    let places = some((0..whole.len()).step_by(STEP).collect(), 19);
    let (told, differs, charged) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        AtomicUsize::new(0),
    );

    let wrong: Vec<String> = thread::scope(|scope| {
        let halves = places.chunks(places.len().div_ceil(2));
        let workers: Vec<_> = halves
            .map(|half| {
                scope.spawn(|| {
                    let mut wrong = Vec::new();
                    let shop = shop.copy();
                    let mark = the_mark(&shop);
                    let marked = fs::read(&mark).unwrap();
                    let ledger = fs::read(shop.path("book.sandbox.jsonl")).unwrap();
                    for (n, place) in half.iter().enumerate() {
                        let flip = FLIPS[n % FLIPS.len()];
                        let mut bytes = whole.clone();
                        bytes[*place] ^= flip;
                        for end in ["-wal", "-shm"] {
                            let _ = fs::remove_file(shop.path(&format!("book.db{end}")));
                        }
                        fs::write(&mark, &marked).unwrap();
                        fs::write(shop.path("book.db"), &bytes).unwrap();
                        fs::write(shop.path("book.sandbox.jsonl"), &ledger).unwrap();
                        let line = READS[n % READS.len()];
                        // A look at every second place, a charge at every one.
                        let read = (n % 2 == 0).then(|| shop.run(line));
                        let charge = shop.run(NEXT);
                        let read_or_not = read.as_ref().map(|read| (line, read));
                        for (line, output) in read_or_not.into_iter().chain([(NEXT, &charge)]) {
                            if broke(output) {
                                let seen = shop.seen(line, output);
                                wrong.push(format!("byte {place} ^ {flip:#x}: {seen}"));
                            }
                        }
                        match read {
                            Some(read) if !read.status.success() => {
                                told.fetch_add(1, Ordering::SeqCst);
                            }
                            Some(read) if read.stdout != answers[n % READS.len()] => {
                                differs.fetch_add(1, Ordering::SeqCst);
                            }
                            _ => {}
                        }
                        let now = taken(&shop);
                        let right = if charge.status.success() {
                            (2, 300_00)
                        } else {
                            now
                        };
                        let is_right = now == right && [(1, 100_00), (2, 300_00)].contains(&now);
                        if !is_right {
                            let seen = shop.seen(NEXT, &charge);
                            wrong.push(format!("byte {place} ^ {flip:#x}: taken {now:?}: {seen}"));
                        }
                        charged.fetch_add(usize::from(now.0 == 2), Ordering::SeqCst);
                    }
                    wrong
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });

    println!(
        "{} wrong bytes: {told:?} were told, {differs:?} changed an answer unseen, {charged:?} let a right charge through",
        places.len()
    );
    assert!(places.len() >= 100);
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn the_mark(shop: &Shop) -> PathBuf {
    let mut marks = fs::read_dir(shop.path(".local/state/dues")).unwrap();
    marks.next().unwrap().unwrap().path()
}

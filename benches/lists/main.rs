//! The lists of a long book, beside what SQLite's own shell takes for the same.
//!
//! `cargo bench --bench lists` prints for each list, as JSON, the processor
//! time and the most memory that `dues` took, and the time of `sqlite3 -json`
//! (which must be there) over the same columns. `--invoices N` makes the book
//! longer or shorter.

#![expect(
    clippy::disallowed_methods,
    reason = "it writes a book past the program, and reads the time"
)]

mod book;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut after = words.iter().skip_while(|word| *word != "--invoices");
    let invoices: u32 = after.nth(1).map_or(1_000_000, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.db");
    let config = folder.path().join("config.toml");
    fs::write(&config, "").unwrap();
    book::write(&path, invoices);
    println!(
        "{invoices} invoices, a tenth as many customers, a fifth as many charges, payments and refunds"
    );
    for (list, sql) in book::LISTS {
        let mut dues = Command::new(env!("CARGO_BIN_EXE_dues"));
        dues.args(list.split(' ')).arg("--json");
        dues.env("DUES_BOOK", &path).env("DUES_CONFIG", &config);
        let ours = read(&mut dues);
        let mut sqlite = Command::new("sqlite3");
        sqlite.args(["-readonly", "-json"]).arg(&path).arg(sql);
        let theirs = read(&mut sqlite);
        println!(
            "{list}: {} s, {} MiB at most, {} MB; sqlite3: {} s, {} MiB, {} MB; {} times as long",
            decimal(ours.ticks),
            ours.peak_kib / 1024,
            ours.bytes / 1_000_000,
            decimal(theirs.ticks),
            theirs.peak_kib / 1024,
            theirs.bytes / 1_000_000,
            decimal(ours.ticks * 100 / theirs.ticks.max(1)),
        );
    }
}

struct Taken {
    /// Hundredths of a second of the processor, its own and the system's for it.
    ticks: u64,
    peak_kib: u64,
    bytes: u64,
}

/// Reads what a command prints to its end.
fn read(command: &mut Command) -> Taken {
    let before = ticks_of_children();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut pipe = child.stdout.take().unwrap();
    let mut piece = vec![0; 1024 * 1024];
    let (mut bytes, mut peak_kib) = (0, 0);
    loop {
        let read = pipe.read(&mut piece).unwrap();
        if read == 0 {
            break;
        }
        bytes += read as u64;
        peak_kib = peak_kib.max(peak_of(Path::new(&status)));
    }
    assert!(child.wait().unwrap().success());
    Taken {
        ticks: ticks_of_children() - before,
        peak_kib,
        bytes,
    }
}

/// What the children took that have ended: fields 16 and 17 of `/proc/self/stat`.
fn ticks_of_children() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let fields = after_name.split_whitespace().skip(13).take(2);
    fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

fn peak_of(status: &Path) -> u64 {
    let status = fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// `1.25` of 125.
fn decimal(hundredths: u64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

//! A run of many charges against a gateway on this machine, paced and not.
//!
//! `cargo bench --bench run` prints, beside what the limit allows, how many
//! charges a second were made, and the most memory that the run took. The
//! gateway is another process: it answers in 200 ms, refuses whoever is faster
//! than its limit, and looks into the book to see that what arrives is on its
//! way there. `--charges N` makes it longer, `--slow-disk` lets every sync
//! take 10 ms more (with strace).

#![expect(
    clippy::disallowed_methods,
    reason = "it measures, and looks into the book from outside"
)]

mod gateway;
mod shop;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ANSWERS_IN: Duration = Duration::from_millis(200);

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", limit, book] => {
            gateway::serve(limit.parse().unwrap(), Path::new(book), ANSWERS_IN);
        }
        ["run", folder, address, jobs, pace] => {
            shop::run(
                Path::new(folder),
                address,
                jobs.parse().unwrap(),
                pace.parse().unwrap(),
            );
        }
        _ => measure(&words),
    }
}

fn measure(words: &[&str]) {
    let after = |flag: &str| words.iter().skip_while(|word| **word != flag).nth(1);
    let charges: usize = after("--charges").map_or(2_000, |n| n.parse().unwrap());
    let slow_disk = words.contains(&"--slow-disk");
    println!(
        "{charges} charges, each answered in {} ms",
        ANSWERS_IN.as_millis()
    );
    for (name, jobs, limit, slow) in [
        ("paced to 100/s, 32 in flight", 32, 100, false),
        (
            "paced to 100/s, 32 in flight, syncs 10 ms slower",
            32,
            100,
            true,
        ),
        ("unpaced, 100 in flight", 100, 0, false),
    ] {
        if slow && !slow_disk {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        shop::prepare(folder.path(), charges);
        let book = folder.path().join("book.db");
        let (gateway, address) = serve(limit, &book);
        let ran = run(folder.path(), &address, jobs, limit, slow);
        stop(gateway);
        // The most that the limit, or the latency, allows.
        let per_second = if limit > 0 {
            limit
        } else {
            jobs * 1000 / u32::try_from(ANSWERS_IN.as_millis()).unwrap()
        };
        let expected = u128::try_from(charges).unwrap() * 1000 / u128::from(per_second);
        let rate = |ms: u128| u128::try_from(charges).unwrap() * 10_000 / ms.max(1);
        let got = rate(ran.millis);
        println!(
            "{name}: {}.{} charges/s of {per_second} allowed ({} %), {} ms (at best {expected}), {} MiB at most, {} MiB after a tenth",
            got / 10,
            got % 10,
            got * 10 / u128::from(per_second),
            ran.millis,
            ran.peak_kib / 1024,
            ran.early_kib / 1024,
        );
    }
}

struct Ran {
    millis: u128,
    peak_kib: u64,
    early_kib: u64,
}

fn run(folder: &Path, address: &str, jobs: u32, limit: u32, slow: bool) -> Ran {
    let me = std::env::current_exe().unwrap();
    let mut command = if slow {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null"]);
        command.args(["-e", "trace=fsync,fdatasync"]);
        command.args(["-e", "inject=fsync,fdatasync:delay_exit=10000"]);
        command.arg(me);
        command
    } else {
        Command::new(me)
    };
    let output = command
        .args(["run", folder.to_str().unwrap(), address])
        .args([jobs.to_string(), limit.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<u128> = text
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    assert!(output.status.success() && figures.len() == 3, "{text}");
    Ran {
        millis: figures[0],
        peak_kib: u64::try_from(figures[1]).unwrap(),
        early_kib: u64::try_from(figures[2]).unwrap(),
    }
}

fn serve(limit: u32, book: &Path) -> (Child, String) {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["serve", &limit.to_string(), book.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (child, line.trim().to_owned())
}

fn stop(mut gateway: Child) {
    gateway.kill().unwrap();
    gateway.wait().unwrap();
}

/// A file of the run's folder.
fn within(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

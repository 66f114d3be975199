//! `docs/a-month.md`, typed day by day as it stands there.
//!
//! The page is the test. A heading is a day, a block of CSV is a file, and what
//! a command prints is what stands below it. With `DUES_WRITE_A_MONTH=1` the
//! page is written anew instead, to be read before it is kept.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use serde_json::Value;
use tempfile::TempDir;

use crate::shop::without_hashes;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/a-month.md");

/// Who keeps the books on that page, and where.
struct Desk {
    home: TempDir,
    /// Each command is typed ten minutes after the one before it.
    now: Zoned,
}

impl Desk {
    fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            now: half_past_nine("2026-10-01".parse().unwrap()),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// What a line prints, and its exit code where that is not 0; `None` if
    /// what it calls is not on this machine.
    fn types(&mut self, line: &str) -> Option<String> {
        let program = line.split(' ').next().unwrap();
        let mut line = line.to_owned();
        match program {
            "dues" => {}
            // Named at the head of the page, and here for every command.
            "export" => return Some(String::new()),
            "bean-check" => {
                let there = std::env::var("DUES_TEST_BEAN_CHECK");
                let there = there.unwrap_or_else(|_| program.to_owned());
                line = line.replace(program, &there);
                is_there(&there)?;
            }
            other => is_there(other)?,
        }
        self.now = self.now.checked_add(10.minutes()).unwrap();
        let dues = PathBuf::from(env!("CARGO_BIN_EXE_dues"));
        // Where it was found to be there, it must be found again.
        let path = std::env::var("PATH").unwrap_or_default();
        let folders = format!("{}:{path}", dues.parent().unwrap().display());
        let typed = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {line}")])
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("USER", "ann")
            .env("HOSTNAME", "blumen")
            .env("PATH", folders)
            .env("LANG", "C.UTF-8")
            .env("DUES_NOW", self.now.timestamp().to_string())
            .env("DUES_BOOK", self.path("blumen.db"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut said = String::from_utf8(typed.stdout).unwrap();
        let code = typed.status.code().unwrap();
        if code != 0 {
            said.push_str(&format!("[exit {code}]\n"));
        }
        let home = self.home.path().display().to_string();
        let said = without_hashes(&said.replace(&home, "/home/ann"));
        let lines = said.lines().map(str::trim_end);
        Some(lines.flat_map(|line| [line, "\n"]).collect())
    }

    fn json(&mut self, line: &str) -> Value {
        let said = self.types(&format!("dues {line} --json")).unwrap();
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }
}

fn half_past_nine(day: Date) -> Zoned {
    let morning = day.at(9, 30, 0, 0);
    morning.in_tz("America/New_York").unwrap()
}

fn is_there(program: &str) -> Option<()> {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no {program}");
    }
    there.then_some(())
}

/// The page with what its commands print today, at a desk where all was typed.
fn typed(page: &str) -> (String, Desk) {
    let mut desk = Desk::new();
    let mut anew = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        anew.push_str(line);
        anew.push('\n');
        let mut block = || {
            std::iter::from_fn(|| lines.next_if(|line| *line != "```"))
                .map(|line| format!("{line}\n"))
                .collect::<Vec<_>>()
        };
        if let Some(heading) = line.strip_prefix("## ")
            && let Ok(day) = Date::strptime("%A, %d %B %Y", format!("{heading} 2026"))
        {
            desk.now = half_past_nine(day);
        } else if let Some(name) = line.strip_prefix("```csv ") {
            let sheet = block().concat();
            fs::write(desk.path(name), &sheet).unwrap();
            anew.push_str(&sheet);
        } else if line == "```console" {
            let block = block();
            for said in block.chunk_by(|_, next| !next.starts_with("$ ")) {
                let typed = said[0].strip_prefix("$ ").expect("a block begins with one");
                anew.push_str(&said[0]);
                let prints = desk.types(typed.trim_end());
                anew.push_str(&prints.unwrap_or_else(|| said[1..].concat()));
            }
        }
    }
    (anew, desk)
}

/// The sums that were reckoned by hand, in minor units, each with its words.
fn on_paper(page: &str) -> Vec<(String, i64)> {
    let paper = page.split("## On paper").nth(1).unwrap();
    let rows = paper.lines().filter(|line| line.starts_with("| "));
    rows.filter_map(|row| {
        let mut cells = row.trim_matches('|').rsplit('|').map(str::trim);
        let sum = cells.next()?.replace(',', "");
        let (whole, cents) = sum.rsplit_once('.')?;
        let sum = format!("{whole}{cents}").parse().ok()?;
        Some((cells.next()?.to_owned(), sum))
    })
    .collect()
}

/// What the accounts below a name got in these entries, debits positive.
fn below(journal: &Value, account: &str) -> i64 {
    let entries = journal["data"].as_array().unwrap().iter();
    entries
        .flat_map(|entry| entry["postings"].as_array().unwrap())
        .filter(|posting| posting["account"].as_str().unwrap().starts_with(account))
        .map(|posting| posting["amount"]["minor"].as_i64().unwrap())
        .sum()
}

#[test]
fn a_month_is_kept_in_dues_alone_and_agrees_with_the_paper() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (anew, mut desk) = typed(&page);
    if std::env::var("DUES_WRITE_A_MONTH").is_ok() {
        fs::write(PAGE, &anew).unwrap();
    } else if anew != page {
        let mut lines = (1..).zip(page.lines().zip(anew.lines()));
        let other = lines.find(|(_, (was, is))| was != is);
        panic!(
            "docs/a-month.md is old, at {other:?}. If what is printed now is right, \
             write it anew: DUES_WRITE_A_MONTH=1 cargo test --test cli a_month"
        );
    }

    let paper = on_paper(&anew);
    let [first, between @ .., last] = &paper[..] else {
        panic!("{paper:?}");
    };
    let sum_of = |words: &str| {
        let of = between.iter().filter(|(what, _)| what.starts_with(words));
        of.map(|(_, sum)| *sum).sum::<i64>()
    };
    let changed: i64 = between.iter().map(|(_, sum)| *sum).sum();
    assert_eq!(first.1 + changed, last.1, "the paper itself: {paper:?}");
    for (day, (_, sum)) in [("2026-09-30", first), ("2026-10-31", last)] {
        let aging = desk.json(&format!("report aging --as-of {day}"));
        let total = &aging["data"]["totals"][0];
        assert_eq!(total["total"]["minor"], *sum, "{day}");
        assert_eq!(total["on_account"]["minor"], 0, "{day}");
        let journal = desk.json(&format!("export journal --to {day}"));
        assert_eq!(below(&journal, "Assets:Receivable:"), *sum, "{day}");
    }
    let month = "--from 2026-10-01 --to 2026-10-31";
    let came = desk.json(&format!("report payments {month}"));
    let totals = came["data"]["totals"].as_array().unwrap().clone();
    let total = |field: &str| {
        let each = totals.iter().map(|total| total[field]["minor"].as_i64());
        each.map(Option::unwrap).sum::<i64>()
    };
    assert_eq!(-total("amount"), sum_of("came in"));
    assert_eq!(total("taken_back"), sum_of("went back"));
    let journal = desk.json(&format!("export journal {month}"));
    for (accounts, words) in [
        (&["Income:"][..], &["invoice", "credit memo"][..]),
        (&["Expenses:Discounts"], &["discount"]),
        (&["Expenses:ShortPays"], &["short pay"]),
        (&["Expenses:WriteOffs"], &["written off"]),
        (
            // What the bank takes for its letters is ours to pay.
            &["Assets:Bank", "Assets:Clearing", "Expenses:DisputeFees"],
            &["came in", "went back"],
        ),
    ] {
        let booked: i64 = accounts.iter().map(|name| below(&journal, name)).sum();
        let reckoned: i64 = words.iter().map(|words| sum_of(words)).sum();
        assert_eq!(-booked, reckoned, "{accounts:?}");
    }
}

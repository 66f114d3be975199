//! Those who read the journal: hledger and beancount, where they are there.
//!
//! Each is asked for all that a statement says, and for what it does not: an
//! account that nobody owes anything on has nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use dues::domain::money::{Currency, Money};

use crate::handed::{Statement, Whose};

const RECEIVABLE: &str = "Assets:Receivable";
const UNAPPLIED: &str = "Liabilities:Unapplied";

fn is_there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        println!("skipped: there is no {program}");
    }
    there
}

/// An amount as a journal has it: `-12.50`.
fn decimal(minor: i64, currency: &str) -> String {
    Money::of(minor, Currency::parse(currency).unwrap()).decimal()
}

/// What each account should have at the end of a day, by its name and currency:
/// credits are negative.
fn accounts(end: &Statement) -> BTreeMap<Whose, i64> {
    let mut accounts = BTreeMap::new();
    for ((code, currency), minor) in &end.owed {
        let account = format!("{RECEIVABLE}:{}", part(code));
        accounts.insert((account, currency.clone()), *minor);
    }
    for ((code, currency), minor) in &end.on_account {
        let account = format!("{UNAPPLIED}:{}", part(code));
        accounts.insert((account, currency.clone()), -minor);
    }
    for (currency, minor) in &end.receivables {
        accounts.insert((RECEIVABLE.to_owned(), currency.clone()), *minor);
    }
    accounts.retain(|_, minor| *minor != 0);
    accounts
}

/// A code as a part of an account's name.
fn part(code: &str) -> String {
    code.replace('_', "-u-")
}

pub struct Hledger;

impl Hledger {
    pub fn found() -> Option<Self> {
        is_there("hledger").then_some(Self)
    }

    /// Where it comes to another sum than the statements say. It reads the
    /// whole journal, and every assertion at its end.
    #[expect(clippy::unused_self, reason = "only who found it can ask it")]
    pub fn departures(&self, journal: &Path, ends: &[Statement]) -> Vec<String> {
        let told = Command::new("hledger")
            .args(["balance", "--historical", "--monthly", "--flat", "--empty"])
            .args([
                "--no-elide",
                "-O",
                "csv",
                "-b",
                "2025-01-01",
                "-e",
                "2026-01-01",
                "-f",
            ])
            .arg(journal)
            .args([RECEIVABLE, UNAPPLIED])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success(), "hledger: {said}");
        let mut sheet = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(&told.stdout[..]);
        let headers = sheet.headers().unwrap().clone();
        let mut told: Vec<BTreeMap<Whose, i64>> = vec![BTreeMap::new(); ends.len()];
        for row in sheet.records().map(Result::unwrap) {
            if row[0].to_lowercase().starts_with("total") {
                continue;
            }
            for (nth, end) in ends.iter().enumerate() {
                // A month by its name, or by its last day.
                let month = end.on.to_string();
                assert!(month.starts_with(&headers[nth + 1]), "{headers:?}");
                for cell in row[nth + 1].split(", ").filter(|cell| *cell != "0") {
                    let (sum, currency) = cell.split_once(' ').expect("an amount");
                    let amount = Money::parse(sum, Currency::parse(currency).unwrap()).unwrap();
                    let mut post = |account: &str| {
                        let key = (account.to_owned(), currency.to_owned());
                        *told[nth].entry(key).or_default() += amount.minor();
                    };
                    post(&row[0]);
                    if row[0].starts_with(RECEIVABLE) {
                        post(RECEIVABLE);
                    }
                }
            }
        }
        let mut departures = Vec::new();
        for (end, told) in ends.iter().zip(told) {
            let expected = accounts(end);
            let all: BTreeSet<&Whose> = told.keys().chain(expected.keys()).collect();
            for key in all {
                let sum = |sums: &BTreeMap<Whose, i64>| sums.get(key).copied().unwrap_or(0);
                let (ours, theirs) = (sum(&expected), sum(&told));
                if ours != theirs {
                    departures.push(format!("{}: {key:?} has {theirs}, not {ours}", end.on));
                }
            }
        }
        departures
    }
}

pub struct Beancount {
    program: String,
}

impl Beancount {
    pub fn found() -> Option<Self> {
        let program =
            std::env::var("DUES_TEST_BEAN_CHECK").unwrap_or_else(|_| "bean-check".to_owned());
        is_there(&program).then_some(Self { program })
    }

    /// As with hledger: each sum is asserted behind the journal, for bean-check
    /// to prove. Accounts that a statement does not name have nothing.
    pub fn departures(&self, journal: &Path, ends: &[Statement]) -> Vec<String> {
        let mut text = std::fs::read_to_string(journal).unwrap();
        let opened: Vec<(String, String)> = text
            .lines()
            .filter_map(|line| line.split_once(" open "))
            .map(|(day, account)| (day.to_owned(), account.to_owned()))
            .collect();
        let currencies: BTreeSet<String> = ends
            .iter()
            .flat_map(|end| end.receivables.keys().cloned())
            .collect();
        let _ = writeln!(text, "2025-01-01 open {RECEIVABLE}");
        for end in ends {
            let next = end.on.tomorrow().unwrap();
            let mut expected = accounts(end);
            for (_, account) in opened.iter().filter(|(day, _)| *day <= end.on.to_string()) {
                let is_ours = [RECEIVABLE, UNAPPLIED]
                    .iter()
                    .any(|above| account.starts_with(above));
                for currency in currencies.iter().filter(|_| is_ours) {
                    let key = (account.clone(), currency.clone());
                    expected.entry(key).or_default();
                }
            }
            for ((account, currency), minor) in expected {
                let sum = decimal(minor, &currency);
                let _ = writeln!(text, "{next} balance {account}  {sum} ~ 0 {currency}");
            }
        }
        let file = journal.with_extension("asserted.beancount");
        std::fs::write(&file, text).unwrap();
        // Its cache would be written beside the file.
        let checked = Command::new(&self.program)
            .arg("--no-cache")
            .arg(&file)
            .output()
            .unwrap();
        let said = [checked.stdout, checked.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let departures: Vec<String> = said
            .lines()
            .filter(|line| line.contains("Balance failed") || line.contains("nvalid"))
            .map(str::to_owned)
            .collect();
        assert!(
            checked.status.success() || !departures.is_empty(),
            "bean-check: {said}"
        );
        departures
    }
}

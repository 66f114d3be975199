//! What `dues` itself says of the year: its journal, its reports, its check.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::civil::{Date, date};
use serde_json::Value;

/// A customer's code, and a currency.
pub type Whose = (String, String);

/// What each customer owes, and has on account, at the end of a day: in minor units.
#[derive(Debug, Clone)]
pub struct Statement {
    pub on: Date,
    pub owed: BTreeMap<Whose, i64>,
    pub on_account: BTreeMap<Whose, i64>,
    /// What is owed in all, by currency.
    pub receivables: BTreeMap<String, i64>,
}

pub struct Handed<'a> {
    folder: &'a Path,
}

impl<'a> Handed<'a> {
    pub fn of(folder: &'a tempfile::TempDir) -> Self {
        Self {
            folder: folder.path(),
        }
    }

    fn dues(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dues"))
            .args(arguments)
            .current_dir(self.folder)
            .env_clear()
            .env("HOME", self.folder)
            .env("DUES_NOW", "2026-01-02T15:00:00Z")
            .env("DUES_BOOK", self.folder.join("book.db"))
            .output()
            .unwrap()
    }

    fn must(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.dues(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        output.stdout
    }

    /// What `dues check` says of it: nothing.
    pub fn check(&self) -> String {
        let output = self.dues(&["check"]);
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8(text).unwrap()
    }

    /// The file of the whole journal in somebody's form.
    pub fn journal(&self, format: &str) -> PathBuf {
        let file = self.folder.join(format!("year.{format}"));
        let text = self.must(&["export", "journal", "--format", format]);
        std::fs::write(&file, text).unwrap();
        file
    }

    pub fn at_each_months_end(&self) -> Vec<Statement> {
        let firsts = (1..=12).map(|month| date(2025, month, 1));
        firsts
            .map(|first| self.at_the_end_of(first.last_of_month()))
            .collect()
    }

    fn at_the_end_of(&self, on: Date) -> Statement {
        let text = self.must(&["report", "aging", "--as-of", &on.to_string(), "--json"]);
        let document: Value = serde_json::from_slice(&text).unwrap();
        let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let minor = |row: &Value, name: &str| row[name]["minor"].as_i64().unwrap();
        let (mut owed, mut on_account) = (BTreeMap::new(), BTreeMap::new());
        for row in document["data"]["customers"].as_array().unwrap() {
            let whose = (word(row, "customer"), word(row, "currency"));
            owed.insert(whose.clone(), minor(row, "total"));
            on_account.insert(whose, minor(row, "on_account"));
        }
        let totals = document["data"]["totals"].as_array().unwrap().iter();
        Statement {
            on,
            owed,
            on_account,
            receivables: totals
                .map(|row| (word(row, "currency"), minor(row, "total")))
                .collect(),
        }
    }
}

//! The language of these tests: a shop with a book, and what is typed there.
//!
//! Every shop lives in a folder of its own with an empty home; what a test
//! sees is what the program printed, with the parts that change from run to
//! run (folders, today, references) named instead.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub struct Shop {
    folder: tempfile::TempDir,
    /// What stands for what changes from run to run.
    names: Vec<(String, &'static str)>,
    /// What else every command finds in its environment.
    around: Vec<(&'static str, String)>,
}

impl Shop {
    /// An empty folder; no book yet.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        Self {
            folder,
            names: vec![(path, "~")],
            around: Vec::new(),
        }
    }

    /// A book in USD, New York time.
    pub fn new() -> Self {
        let mut shop = Self::empty();
        shop.make_book("");
        shop
    }

    /// Makes a book in USD, New York time, with more options.
    pub fn make_book(&mut self, options: &str) {
        let init = self.json(&format!(
            "init --name 'Tulip Wholesale' --currency USD --zone America/New_York {options}"
        ));
        let id = init["data"]["id"].as_str().unwrap()[..12].to_owned();
        self.names.push((id, "BOOK"));
        let today = self.json("invoice list");
        assert_eq!(today["data"], Value::Array(vec![]));
    }

    /// A customer ACME with a card that plays `token`, and three open
    /// invoices: INV-1 100.00, INV-2 200.00, INV-3 300.00, long due.
    pub fn with_card(token: &str) -> Self {
        let shop = Self::new();
        shop.add_acme(token);
        shop
    }

    /// The customer, card and invoices of [`Shop::with_card`].
    pub fn add_acme(&self, token: &str) {
        self.must("customer add 'Acme Corp' --code ACME --email ap@acme.example");
        self.must(&format!(
            "card add ACME {token} --by 'A. Cme' --how 'signed form'"
        ));
        for (number, amount, due) in [
            ("INV-1", "100", "2026-01-10"),
            ("INV-2", "200", "2026-02-10"),
            ("INV-3", "300", "2026-03-10"),
        ] {
            self.must(&format!(
                "invoice add ACME {number} {amount} --issued 2026-01-01 --due {due}"
            ));
        }
    }

    /// The same shop once more, in a folder of its own.
    #[allow(dead_code, reason = "only where many things are done to one shop")]
    pub fn copy(&self) -> Self {
        let mut copy = Self::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy.names.extend_from_slice(&self.names[1..]);
        copy.around.clone_from(&self.around);
        copy
    }

    /// Calls what changes from run to run by a name in what is seen.
    #[allow(dead_code, reason = "only where there is more of it than folders")]
    pub fn name(&mut self, what: impl Into<String>, name: &'static str) {
        self.names.push((what.into(), name));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// From now on every command finds this in its environment.
    #[allow(dead_code, reason = "only where there is something around the shop")]
    pub fn put_around(&mut self, name: &'static str, value: impl Into<String>) {
        self.around.push((name, value.into()));
    }

    /// The program with a line of arguments, as a shell would split them.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dues"));
        command
            .args(split(line))
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("HOSTNAME", "shop")
            .env("DUES_NOW", "2026-11-22T15:00:00Z")
            .env("DUES_BOOK", self.path("book.db"))
            .envs(self.around.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// Runs a line, and gives the whole of what a user would see.
    pub fn dues(&self, line: &str) -> String {
        let output = self.run(line);
        self.seen(line, &output)
    }

    pub fn seen(&self, line: &str, output: &Output) -> String {
        let mut text = format!(
            "$ dues {line}\n{}{}[exit {}]\n",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            output
                .status
                .code()
                .map_or("killed".to_owned(), |code| code.to_string()),
        );
        for (what, name) in &self.names {
            text = text.replace(what, name);
        }
        without_hashes(&text)
    }

    /// Runs a line that must succeed.
    pub fn must(&self, line: &str) {
        let output = self.run(line);
        assert!(output.status.success(), "{}", self.seen(line, &output));
    }

    /// Runs a line with `--json`: the document on stdout.
    pub fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.seen(line, &output)))
    }

    /// Runs a line with `--json`: the error on stderr.
    pub fn error(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        let document: Value = serde_json::from_slice(&output.stderr)
            .unwrap_or_else(|error| panic!("{error}: {}", self.seen(line, &output)));
        assert_eq!(
            document["error"]["exit"],
            output.status.code().unwrap(),
            "{document}"
        );
        document["error"].clone()
    }

    /// Runs a line that must be refused with this code and exit code, with a
    /// hint, and must leave the book as it was.
    pub fn refuses(&self, line: &str, code: &str, exit: i32) {
        let before = self.contents();
        let error = self.error(line);
        assert_eq!(error["code"], code, "{line}: {error}");
        assert_eq!(error["exit"], exit, "{line}: {error}");
        assert!(error["hint"].is_string(), "{line}: {error}");
        assert_eq!(self.contents(), before, "`dues {line}` changed the book");
    }

    /// All that the book says, as far as a user can ask for it.
    pub fn contents(&self) -> Vec<Value> {
        if !self.path("book.db").exists() {
            return Vec::new();
        }
        [
            "log -n 10000",
            "invoice list --all",
            "charge list",
            "payment list",
            "dispute list",
            "mail list",
            "card list",
            "schedule list --all",
            "autopay list",
        ]
        .into_iter()
        .map(|line| {
            let output = self.run(&format!("{line} --json"));
            serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
        })
        .collect()
    }

    /// How often the sandbox really took money, and how much in all, from its
    /// own ledger and not from the book.
    pub fn money_taken(&self) -> (usize, i64) {
        let taken = dues::gateway::sandbox::Sandbox::new(self.path("book.sandbox.jsonl"))
            .money_taken()
            .unwrap();
        (
            taken.len(),
            taken.iter().map(|(_, amount)| amount.minor()).sum(),
        )
    }

    /// What is open in all.
    pub fn open(&self) -> i64 {
        let document = self.json("invoice list");
        let rows = document["data"].as_array().unwrap();
        rows.iter()
            .map(|row| row["open"]["minor"].as_i64().unwrap())
            .sum()
    }

    /// Changes the expiry of every card, which no command can: it is the gateway's to tell.
    pub fn age_cards(&self, year: &str, month: &str) {
        self.change_by_hand(&format!(
            "update cards set expiry_year = {year}, expiry_month = {month}"
        ));
    }

    /// Changes the book behind the program's back.
    #[expect(clippy::disallowed_methods, reason = "a book changed by hand")]
    pub fn change_by_hand(&self, sql: &str) {
        rusqlite::Connection::open(self.path("book.db"))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
    }

    /// The same where one of the book's own rules stands against it.
    #[allow(clippy::disallowed_methods, reason = "a test may do what dues may not")]
    pub fn change_against(&self, rule: &str, sql: &str) {
        let book = rusqlite::Connection::open(self.path("book.db")).unwrap();
        let words = "select sql from sqlite_schema where name = ?1";
        let words: String = book.query_row(words, [rule], |row| row.get(0)).unwrap();
        book.execute_batch(&format!("drop trigger {rule}; {sql}; {words}"))
            .unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Splits a line at blanks, but not within single quotes.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// A mail's id ends with a hash of the mail, which is another in each book.
pub fn without_hashes(text: &str) -> String {
    let mut parts = text
        .split("@dues.invalid")
        .map(str::to_owned)
        .collect::<Vec<_>>();
    let ids = parts.len() - 1;
    for part in &mut parts[..ids] {
        part.truncate(part.len() - 12);
        part.push_str("HASH");
    }
    parts.join("@dues.invalid")
}

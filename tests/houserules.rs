//! The rules of the house, read off the source itself.
//!
//! Each rule is a function from a file to its complaints, tried twice: on
//! every file there is, and on a few lines made to break it.

use std::fs;
use std::ops::Range;
use std::path::Path;

/// From the ground up. A file uses floors below its own, and its own folder.
const FLOORS: [&[&str]; 8] = [
    &["problem"],
    &["process", "plain_file", "private_file", "rehearsal"],
    &["domain"],
    &["ports"],
    &[
        "books", "gateway", "intake", "paper", "mail", "secrets", "clock", "config", "mark",
    ],
    &["jobs"],
    &["views", "wiring"],
    &["cli", "portal"],
];

/// Each borrowed tool, and the modules that know it: of CSV, one reads and one writes.
const HOMES: [(&str, &[&str]); 21] = [
    ("bytes", &["gateway"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("comfy_table", &["cli"]),
    ("csv", &["intake", "paper"]),
    ("ctor", &["main"]),
    ("dialoguer", &["cli"]),
    ("encoding_rs", &["intake", "paper"]),
    ("http_body", &["gateway"]),
    ("icu_normalizer", &["domain"]),
    ("indicatif", &["cli"]),
    ("keyring", &["secrets"]),
    ("lettre", &["mail"]),
    ("minijinja", &["paper"]),
    ("reqwest", &["gateway"]),
    ("rusqlite", &["books"]),
    ("rust_decimal", &["domain"]),
    ("rustls", &["mail"]),
    ("rustls_platform_verifier", &["mail"]),
    ("signal_hook", &["process"]),
    ("tokio", &["gateway"]),
];

/// What reaches a terminal, and the one file that may use it.
const WAYS_OUT: [(&str, &str); 8] = [
    ("print!", "src/cli/screen.rs"),
    ("println!", "src/cli/screen.rs"),
    ("eprint!", "src/cli/screen.rs"),
    ("eprintln!", "src/cli/screen.rs"),
    ("stdout(", "src/cli/screen.rs"),
    ("stderr(", "src/cli/screen.rs"),
    ("dialoguer", "src/cli/terminal.rs"),
    ("indicatif", "src/cli/bar.rs"),
];

/// Where every promise is asked for, and what asks.
const RULES: &str = "src/domain/rules.rs";
const ASKS: [&str; 3] = ["another", "holds", "Rule"];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "common", "handler", "handlers", "helper", "helpers", "manager", "util", "utils",
];

#[test]
fn the_house_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(root, Path::new(folder), &mut files);
    }
    assert!(files.iter().any(|file| file.path == "src/lib.rs"));

    let complaints: Vec<String> = files.iter().flat_map(complaints).collect();

    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Every rule on lines that break it, and on their honest neighbours.
#[test]
fn every_rule_bites() {
    let header = "//! A file.\n";
    let table: &[(&str, &str, &str)] = &[
        // where, what stands there, what is said of it
        (
            "src/domain/a.rs",
            "use crate::ports::Clock;",
            "domain may not use ports",
        ),
        ("src/domain/a.rs", "use crate::problem::Problem;", ""),
        (
            "src/cli/a.rs",
            "fn a() { at.strftime(\"%Y-%m-%d %H:%M UTC\"); }",
            "a time of day is told by `domain::hour`",
        ),
        ("src/cli/a.rs", "fn a() { at.strftime(\"%a\"); }", ""),
        (
            "src/problem.rs",
            "use crate::domain::money::Money;",
            "problem may not use domain",
        ),
        (
            "src/books/a.rs",
            "use crate::mail::Sender;",
            "books may not use mail",
        ),
        (
            "src/books/a.rs",
            "use crate::{\n  domain::{a, b},\n  jobs,\n};",
            "4: books may not use jobs",
        ),
        (
            "src/books/a.rs",
            "use crate::{domain::money::{self}, ports as p};",
            "",
        ),
        (
            "src/books/a.rs",
            "fn f() { crate::cli::run() }",
            "books may not use cli",
        ),
        (
            "src/books/a.rs",
            "use super::super::jobs::World;",
            "books may not use jobs",
        ),
        ("src/books/a/b.rs", "use super::super::jobs::World;", ""),
        (
            "src/books/a.rs",
            "use super::reader; use crate::books::tx;",
            "",
        ),
        (
            "src/books/mod.rs",
            "use super::jobs::World;",
            "books may not use jobs",
        ),
        ("src/books/mod.rs", "pub(crate) fn f(x: self::World) {}", ""),
        (
            "src/books/a.rs",
            "use crate::Everything;",
            "`Everything` is on no floor",
        ),
        ("src/shelf.rs", "", "`shelf` is on no floor"),
        (
            "src/jobs/a.rs",
            "use crate::books::Books; use crate::mail::Sender;",
            "",
        ),
        (
            "src/jobs/a.rs",
            "use crate::cli::ask;",
            "jobs may not use cli",
        ),
        (
            "src/cli/a.rs",
            "use crate::portal::page;",
            "cli may not use portal",
        ),
        ("src/lib.rs", "pub use crate::cli::run;", ""),
        // words in comments and strings are words
        (
            "src/domain/a.rs",
            "// crate::cli is up there\nconst A: &str = \"crate::cli::x\";",
            "",
        ),
        (
            "src/domain/a.rs",
            "const A: &str = r#\"\" crate::cli::x \"#; /* /* crate::cli::x */ */",
            "",
        ),
        (
            "src/domain/a.rs",
            "const A: char = '\"'; use crate::cli::x; // \"",
            "domain may not use cli",
        ),
        (
            "src/domain/a.rs",
            "fn f<'a>(x: &'a str) -> char { '\\'' } use crate::cli::x;",
            "domain may not use cli",
        ),
        // tests may look around, the lines after them may not
        (
            "src/domain/a.rs",
            "#[cfg(test)]\nmod tests { use super::*; use crate::books::x; }",
            "",
        ),
        (
            "src/domain/a.rs",
            "#[cfg(test)]\nmod tests { fn a() {} }\nuse crate::books::x;",
            "4: domain may not use books",
        ),
        (
            "src/domain/a.rs",
            "#[cfg(test)] use crate::cli::x;\nuse super::*;",
            "names, not `super::*`",
        ),
        ("src/domain/a.rs", "use super::*;", "names, not `super::*`"),
        // borrowed tools
        (
            "src/cli/a.rs",
            "use rusqlite::Connection;",
            "rusqlite belongs in books",
        ),
        ("src/cli/a.rs", "#[derive(clap::Parser)] struct A;", ""),
        (
            "src/domain/a.rs",
            "#[derive(clap::Parser)] struct A;",
            "clap belongs in cli",
        ),
        (
            "src/mail/a.rs",
            "use ::reqwest::blocking;",
            "reqwest belongs in gateway",
        ),
        (
            "src/jobs/a.rs",
            "use reqwest;",
            "reqwest belongs in gateway",
        ),
        (
            "src/cli/a.rs",
            "use {serde::Serialize, csv::Writer};",
            "csv belongs in intake",
        ),
        (
            "src/cli/a.rs",
            "mod csv; pub use csv::write; fn f() { a::csv::b(); keyring(); }",
            "",
        ),
        (
            "src/lib.rs",
            "use lettre::Message;",
            "lettre belongs in mail",
        ),
        (
            "src/cli/a.rs",
            "ctor::declarative::ctor! { fn f() {} }",
            "ctor belongs in main",
        ),
        ("src/main.rs", "ctor::declarative::ctor! { fn f() {} }", ""),
        // names of files
        ("src/cli/utils.rs", "", "`utils` says nothing"),
        ("src/books/row_helpers.rs", "", "`helpers` says nothing"),
        ("src/books/handler/a.rs", "", "`handler` says nothing"),
        ("src/books/futile.rs", "", ""),
        // unfinished work
        ("src/domain/a.rs", "// TODO: later", "unfinished: `TODO`"),
        ("src/domain/a.rs", "/* FIXME */", "unfinished: `FIXME`"),
        (
            "src/domain/a.rs",
            "fn f() { todo!() }",
            "unfinished: `todo!`",
        ),
        (
            "src/domain/a.rs",
            "fn f() { unimplemented!(\"x\") }",
            "unfinished: `unimplemented!`",
        ),
        (
            "src/domain/a.rs",
            "#[cfg(test)] mod tests { fn f() { dbg!(1); } }",
            "unfinished: `dbg!`",
        ),
        (
            "tests/a.rs",
            "fn f() { std::dbg!(1); }",
            "unfinished: `dbg!`",
        ),
        (
            "src/domain/a.rs",
            "const A: &str = \"todo!\"; // MASTODON dbg! todo!",
            "",
        ),
        // the way out
        (
            "src/cli/a.rs",
            "fn f() { println!(); }",
            "`println!` belongs in src/cli/screen.rs",
        ),
        (
            "src/books/a.rs",
            "fn f() { std::eprint!(\"x\"); }",
            "`eprint!` belongs in src/cli/screen.rs",
        ),
        (
            "src/cli/a.rs",
            "fn f() { io::stdout().lock(); }",
            "`stdout(` belongs in src/cli/screen.rs",
        ),
        (
            "src/cli/a.rs",
            "fn f() { let to = stderr (); }",
            "`stderr(` belongs in src/cli/screen.rs",
        ),
        (
            "src/cli/a.rs",
            "use dialoguer::Confirm;",
            "`dialoguer` belongs in src/cli/terminal.rs",
        ),
        (
            "src/cli/a.rs",
            "fn f(bar: indicatif::ProgressBar) {}",
            "`indicatif` belongs in src/cli/bar.rs",
        ),
        (
            "src/cli/a.rs",
            "fn f() { command.stdout(Stdio::piped()).stderr(Stdio::null()); blueprint!(); }",
            "",
        ),
        ("src/cli/screen.rs", "fn f() { io::stdout(); }", ""),
        ("tests/a.rs", "fn f() { println!(); }", ""),
        // what decides is a type
        (
            "src/jobs/a.rs",
            "fn f() { if problem.code() == \"busy\" {} }",
            "a problem's words decide: `code`",
        ),
        (
            "src/books/a.rs",
            "fn f() { \"busy\" != e.code() }",
            "a problem's words decide: `code`",
        ),
        (
            "src/jobs/a.rs",
            "fn f() { matches!(problem.code(), \"a\" | \"b\") }",
            "a problem's words decide: `code`",
        ),
        (
            "src/jobs/a.rs",
            "fn f() { match problem\n.code() {\n\"a\" => 1,\n_ => 2 } }",
            "3: a problem's words decide: `code`",
        ),
        (
            "src/jobs/a.rs",
            "fn f() { problem.message().contains(\"nothing\") }",
            "a problem's words decide: `message`",
        ),
        (
            "src/jobs/a.rs",
            "fn f() { log(problem.message(), \"x\"); match one.code() { One => 1 } }",
            "",
        ),
        (
            "src/domain/a.rs",
            "fn f() { write(f, \"{} {}\", money.code(), \"x\") }",
            "",
        ),
        (
            "src/cli/a.rs",
            "fn f() { problem.code() == \"which_card\" }",
            "",
        ),
        // promises
        (
            "src/jobs/a.rs",
            "fn f() { if rehearsal::holds(x) {} }",
            "a promise has its one home in src/domain/rules.rs",
        ),
        (
            "src/books/a.rs",
            "use crate::rehearsal::{self, Rule};",
            "a promise has its one home in src/domain/rules.rs",
        ),
        (
            "src/books/a.rs",
            "use crate::{domain::rules, rehearsal::holds as is_kept};",
            "a promise has its one home in src/domain/rules.rs",
        ),
        (
            "src/jobs/a.rs",
            "fn f() { crate::rehearsal::another(); }",
            "a promise has its one home in src/domain/rules.rs",
        ),
        (
            "src/domain/rules.rs",
            "use crate::rehearsal::{Rule, another, holds};",
            "",
        ),
        (
            "src/books/mod.rs",
            "mod holds; use crate::rehearsal; fn f() { rehearsal::point(\"a\"); }",
            "",
        ),
        ("tests/a.rs", "use dues::rehearsal::{Rule, take_out};", ""),
        // floats
        ("src/domain/a.rs", "fn f(x: f64) {}", "a float: `f64`"),
        (
            "src/domain/a.rs",
            "fn f() { Duration::from_secs_f32(x) }",
            "a float: `from_secs_f32`",
        ),
        (
            "src/domain/a.rs",
            "const A: i64 = (3 as f32) as i64;",
            "a float: `f32`",
        ),
        ("src/domain/a.rs", "let rate = 0.029;", "a float: `0.029`"),
        (
            "src/domain/a.rs",
            "let a = t.0.1; let b = 1..2; let c = [1.max(2)]; let d = \"1.5\";",
            "",
        ),
    ];
    for (path, lines, expected) in table {
        let said = complaints(&File::new(path, &format!("{header}{lines}\n")));

        let as_expected = match *expected {
            "" => said.is_empty(),
            words => said.len() == 1 && said[0].contains(words),
        };
        assert!(
            as_expected,
            "{path}: {lines}\nsays {said:?}, not `{expected}`"
        );
    }
    for text in [
        "",
        "use std::fs;\n",
        "// A file.\n",
        "#![allow(x)]\n//! A file.\n",
    ] {
        let said = complaints(&File::new("tests/a.rs", text));
        assert!(said[0].contains("does not open with `//!`"), "{said:?}");
    }
}

fn complaints(file: &File) -> Vec<String> {
    [
        opens_with_what_it_is,
        stands_on_its_floor,
        keeps_tools_at_home,
        shows_through_the_screen,
        is_named_for_what_it_is,
        imports_by_name,
        is_finished,
        counts_in_whole_numbers,
        decides_by_types,
        asks_for_promises_at_home,
        tells_the_time_by_one_clock,
    ]
    .iter()
    .flat_map(|rule| rule(file))
    .collect()
}

fn opens_with_what_it_is(file: &File) -> Vec<String> {
    if file.text.starts_with("//! ") {
        return vec![];
    }
    vec![format!(
        "{}: does not open with `//!` and what it is",
        file.path
    )]
}

fn stands_on_its_floor(file: &File) -> Vec<String> {
    let Some(own) = file.module() else {
        return vec![];
    };
    let floor = |module: &str| FLOORS.iter().position(|floor| floor.contains(&module));
    let Some(height) = floor(&own) else {
        return vec![format!("{}: `{own}` is on no floor", file.path)];
    };
    file.uses()
        .into_iter()
        .filter(|(_, used)| *used != own)
        .filter_map(|(at, used)| match floor(&used) {
            Some(below) if below < height => None,
            Some(_) => Some(file.at(at, &format!("{own} may not use {used}"))),
            None => Some(file.at(at, &format!("`{used}` is on no floor"))),
        })
        .collect()
}

fn keeps_tools_at_home(file: &File) -> Vec<String> {
    if !file.is_program() {
        return vec![];
    }
    let own = file.steps()[0];
    let words = words(&file.program);
    let declared = |tool: &str| {
        words.windows(2).any(|pair| {
            file.program[pair[0].clone()] == *"mod" && file.program[pair[1].clone()] == *tool
        })
    };
    let mut complaints = Vec::new();
    for (tool, homes) in HOMES.iter().filter(|(_, homes)| !homes.contains(&&*own)) {
        for at in words
            .iter()
            .filter(|at| file.program[(*at).clone()] == **tool)
        {
            let before = file.program[..at.start].trim_end();
            let after = file.program[at.end..].trim_start();
            let rooted = before.ends_with("::")
                && !before[..before.len() - 2].ends_with(|letter: char| {
                    letter.is_alphanumeric() || letter == '_' || letter == '>'
                });
            let begins = !before.ends_with("::") && !before.ends_with('.') && !declared(tool);
            let is_path =
                after.starts_with("::") || before.ends_with("use") || before.ends_with("crate");
            if (rooted || begins) && is_path {
                complaints.push(file.at(at.start, &format!("{tool} belongs in {}", homes[0])));
            }
        }
    }
    complaints
}

fn shows_through_the_screen(file: &File) -> Vec<String> {
    if !file.is_program() {
        return vec![];
    }
    let mut complaints = Vec::new();
    for at in words(&file.program) {
        let after = file.program[at.end..].trim_start();
        for (way, home) in WAYS_OUT.iter().filter(|(_, home)| file.path != **home) {
            let word = way.trim_end_matches(['!', '(']);
            // What a child process has is a method; the process's own is a function.
            let is_method = way.ends_with('(') && file.program[..at.start].ends_with('.');
            let is_the_bars = file.path == "src/cli/bar.rs";
            if file.program[at.clone()] == *word
                && after.starts_with(&way[word.len()..])
                && !is_method
                && !is_the_bars
            {
                complaints.push(file.at(at.start, &format!("`{way}` belongs in {home}")));
            }
        }
    }
    complaints
}

fn is_named_for_what_it_is(file: &File) -> Vec<String> {
    let path = file.path.trim_end_matches(".rs");
    path.split(['/', '_', '-'])
        .filter(|word| EMPTY_NAMES.contains(word))
        .map(|word| format!("{}: `{word}` says nothing of what is inside", file.path))
        .collect()
}

fn imports_by_name(file: &File) -> Vec<String> {
    if !file.is_program() {
        return vec![];
    }
    let all = file.program.match_indices("super::*");
    all.map(|(at, _)| file.at(at, "import names, not `super::*`"))
        .collect()
}

/// A promise is a named predicate, and only its home knows that a test may take
/// it out.
fn asks_for_promises_at_home(file: &File) -> Vec<String> {
    let knows = file.path == RULES || file.path.starts_with("src/rehearsal/");
    if !file.is_program() || knows {
        return vec![];
    }
    let code = &file.program;
    words(code)
        .into_iter()
        .filter(|at| code[at.clone()] == *"rehearsal")
        .filter_map(|at| {
            let after = code[at.end..].trim_start().strip_prefix("::")?;
            Some(first_names(code, code.len() - after.len()))
        })
        .flatten()
        .filter(|(_, name)| ASKS.contains(&&**name))
        .map(|(at, _)| file.at(at, &format!("a promise has its one home in {RULES}")))
        .collect()
}

/// People read the clock on the book's wall: one place spells it.
fn tells_the_time_by_one_clock(file: &File) -> Vec<String> {
    if !file.is_program() || file.path == "src/domain/hour.rs" {
        return vec![];
    }
    let spelled = ["%H", "%I", "%T", "%R"].iter();
    spelled
        .flat_map(|hour| file.text.match_indices(hour))
        .map(|(at, _)| file.at(at, "a time of day is told by `domain::hour`"))
        .collect()
}

fn is_finished(file: &File) -> Vec<String> {
    // This file speaks of the words.
    if file.path == "tests/houserules.rs" {
        return vec![];
    }
    let noted = words(&file.text)
        .into_iter()
        .filter(|at| ["TODO", "FIXME"].contains(&&file.text[at.clone()]))
        .map(|at| (at.start, file.text[at].to_owned()));
    let left = words(&file.code)
        .into_iter()
        .filter(|at| {
            ["todo", "unimplemented", "dbg"].contains(&&file.code[at.clone()])
                && file.code[at.end..].starts_with('!')
        })
        .map(|at| (at.start, format!("{}!", &file.code[at])));
    noted
        .chain(left)
        .map(|(at, word)| file.at(at, &format!("unfinished: `{word}`")))
        .collect()
}

fn counts_in_whole_numbers(file: &File) -> Vec<String> {
    if !file.is_program() {
        return vec![];
    }
    let code = &file.code;
    let words = words(code);
    let mut floats: Vec<Range<usize>> = words
        .iter()
        .filter(|at| {
            let word = &code[(*at).clone()];
            ["f32", "f64"]
                .iter()
                .any(|float| word == *float || word.ends_with(&format!("_{float}")))
        })
        .cloned()
        .collect();
    let number = |at: &Range<usize>| code[at.clone()].bytes().all(|byte| byte.is_ascii_digit());
    for pair in words.windows(2).filter(|pair| number(&pair[0])) {
        let digits = code[pair[1].clone()].starts_with(|letter: char| letter.is_ascii_digit());
        if &code[pair[0].end..pair[1].start] == "."
            && digits
            && !code[..pair[0].start].ends_with('.')
        {
            floats.push(pair[0].start..pair[1].end);
        }
    }
    floats
        .into_iter()
        .map(|at| file.at(at.start, &format!("a float: `{}`", &code[at])))
        .collect()
}

/// What decides is a type: a problem's code and message are for whoever reads them.
fn decides_by_types(file: &File) -> Vec<String> {
    let top = FLOORS.len() - 1;
    let is_below_cli = |own: String| !FLOORS[top].contains(&&*own);
    if !file.module().is_some_and(is_below_cli) {
        return vec![];
    }
    let mut complaints = Vec::new();
    for at in words(&file.program) {
        let word = &file.program[at.clone()];
        let before = file.program[..at.start].trim_end();
        let after = file.program[at.end..].trim_start();
        let (Some(before), Some(after)) = (before.strip_suffix('.'), after.strip_prefix("()"))
        else {
            continue;
        };
        if !["code", "message"].contains(&word) {
            continue;
        }
        let after = after.trim_start();
        // What is in strings is blank in the program; in the text it stands.
        let text_after = |mark: &str| {
            let rest = after.strip_prefix(mark)?;
            let start = file.program.len() - rest.len();
            Some(file.text[start..].trim_start().starts_with('"'))
        };
        let begun = before.rfind(['{', ';', '=']).map_or(0, |at| at + 1);
        let is_matched = before[begun..].contains("matches!(");
        let is_compared = ["==", "!=", "{"]
            .iter()
            .any(|mark| text_after(mark) == Some(true))
            || (is_matched && text_after(",") == Some(true))
            || [".contains", ".starts_with", ".ends_with", ".eq"]
                .iter()
                .any(|method| after.starts_with(method))
            || ["==", "!="].iter().any(|mark| {
                let name = before.trim_end_matches(|letter: char| {
                    letter.is_alphanumeric() || letter == '_' || letter == '.'
                });
                let left = name.trim_end().strip_suffix(mark);
                left.is_some_and(|left| file.text[..left.len()].trim_end().ends_with('"'))
            });
        if is_compared {
            let complaint = format!("a problem's words decide: `{word}`");
            complaints.push(file.at(at.start, &complaint));
        }
    }
    complaints
}

/// A source file, as it stands and as the compiler would see it.
struct File {
    path: String,
    text: String,
    /// Without comments and without what is in strings, byte for byte in place.
    code: String,
    /// The code without its tests.
    program: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        let code = code(text);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            program: without_tests(&code),
            code,
        }
    }

    fn is_program(&self) -> bool {
        self.path.starts_with("src/")
    }

    /// The steps from the root of the crate; none for the root itself.
    fn steps(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut steps: Vec<&str> = path.split('/').collect();
        if steps.last() == Some(&"mod") {
            steps.pop();
        }
        steps
    }

    /// Which part of the house it belongs to, if the floors concern it.
    fn module(&self) -> Option<String> {
        let concerned = self.is_program() && !["src/lib.rs", "src/main.rs"].contains(&&*self.path);
        concerned.then(|| self.steps()[0].to_owned())
    }

    /// The parts of the house that it names, and where.
    fn uses(&self) -> Vec<(usize, String)> {
        let depth = self.steps().len();
        let words = words(&self.program);
        let mut uses = Vec::new();
        for (n, at) in words.iter().enumerate() {
            let goes_on = |at: &Range<usize>| self.program[at.end..].trim_start().starts_with("::");
            let begins = !self.program[..at.start].trim_end().ends_with("::");
            let to_root = match &self.program[at.clone()] {
                "crate" => Some(n),
                "super" if begins => {
                    let climbs = words[n..]
                        .iter()
                        .take_while(|at| self.program[(*at).clone()] == *"super" && goes_on(at))
                        .count();
                    (climbs >= depth && depth > 0).then(|| n + depth - 1)
                }
                _ => None,
            };
            if let Some(last) = to_root.filter(|last| goes_on(&words[*last])) {
                let colons = self.program[words[last].end..].find("::").unwrap_or(0);
                uses.extend(first_names(&self.program, words[last].end + colons + 2));
            }
        }
        uses
    }

    fn at(&self, at: usize, complaint: &str) -> String {
        let line = self.text[..at].matches('\n').count() + 1;
        format!("{}:{line}: {complaint}", self.path)
    }
}

/// The name at this place, or the first name of each path in the braces there.
fn first_names(code: &str, start: usize) -> Vec<(usize, String)> {
    let at = start + code[start..].len() - code[start..].trim_start().len();
    let mut names = Vec::new();
    if !code[at..].starts_with('{') {
        if let Some(word) = words(&code[at..]).first().filter(|word| word.start == 0) {
            names.push((at, code[at..at + word.end].to_owned()));
        }
        return names;
    }
    let mut depth = 0;
    let mut fresh = false;
    for (n, letter) in code[at..].char_indices() {
        match letter {
            '{' => {
                depth += 1;
                fresh = depth == 1;
            }
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' => fresh = depth == 1,
            letter if letter.is_whitespace() => {}
            _ if fresh => {
                names.extend(first_names(code, at + n));
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

/// Where the words are: runs of letters, digits and `_`.
fn words(code: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, letter) in code.char_indices() {
        if !letter.is_alphanumeric() && letter != '_' {
            continue;
        }
        let end = at + letter.len_utf8();
        match words.last_mut() {
            Some(word) if word.end == at => word.end = end,
            _ => words.push(at..end),
        }
    }
    words
}

/// The text with comments and the insides of strings and characters blanked.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let in_word = code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let dull = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if letter == '"' {
            quoted(rest, '"')
        } else if letter == '\'' {
            character(rest)
        } else if !in_word
            && ["r\"", "r#", "br\"", "br#"]
                .iter()
                .any(|raw| rest.starts_with(raw))
        {
            raw_string(rest)
        } else {
            0
        };
        if dull == 0 {
            code.push(letter);
            rest = &rest[letter.len_utf8()..];
        } else {
            code.extend(
                rest[..dull]
                    .bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
            rest = &rest[dull..];
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character's length, or 0 for the `'` of a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => quoted(text, '\''),
        _ => 0,
    }
}

/// A raw string's length, or 0 for a raw name such as `r#type`.
fn raw_string(text: &str) -> usize {
    let after = text.trim_start_matches('b').trim_start_matches('r');
    let hashes = after.len() - after.trim_start_matches('#').len();
    if !after[hashes..].starts_with('"') {
        return 0;
    }
    let begin = text.len() - after.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    text[begin..]
        .find(&end)
        .map_or(text.len(), |at| begin + at + end.len())
}

/// The code with everything under `#[cfg(test)]` blanked.
fn without_tests(code: &str) -> String {
    let mut program = code.to_owned();
    while let Some(start) = program.find("#[cfg(test)]") {
        let mut depth = 0;
        let mut end = program.len();
        for (at, letter) in program[start..].char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if (letter == '}' || letter == ';') && depth == 0 {
                end = start + at + 1;
                break;
            }
        }
        let blank: String = program[start..end]
            .bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        program.replace_range(start..end, &blank);
    }
    program
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries {
        let path = folder.join(entry.unwrap().file_name());
        if root.join(&path).is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(root.join(&path)).unwrap();
            files.push(File::new(&path.to_string_lossy().replace('\\', "/"), &text));
        }
    }
}

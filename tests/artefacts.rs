//! What stands beside the source and is read by people: it says what the program does.

#[path = "cli/shop.rs"]
#[allow(dead_code, reason = "each test binary speaks a part of the language")]
mod shop;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use shop::Shop;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

/// The typed commands of a text: lines that begin with `$ dues`.
fn commands(text: &str) -> Vec<String> {
    let typed = text.lines().filter_map(|line| line.strip_prefix("$ dues "));
    typed.map(|line| line.replace('"', "'")).collect()
}

#[test]
fn the_completions_are_those_of_this_program() {
    let shop = Shop::empty();
    for (shell, name) in [
        ("bash", "dues.bash"),
        ("zsh", "_dues"),
        ("fish", "dues.fish"),
    ] {
        let output = shop.run(&format!("completions {shell}"));

        assert!(
            String::from_utf8(output.stdout).unwrap() == read(&format!("completions/{name}")),
            "completions/{name} is old: run `cargo run -- completions {shell} > completions/{name}`"
        );
    }
}

/// Nothing that the README tells people to type is a mistake.
#[test]
fn every_command_of_the_readme_is_understood() {
    let shop = Shop::empty();
    let typed = commands(&read("README.md"));

    assert!(typed.len() >= 10, "{typed:?}");
    for line in typed {
        let output = shop.run(&format!("{line} --help"));
        assert!(output.status.success(), "{}", shop.seen(&line, &output));
    }
}

/// What the ready files for cron, systemd, launchd and Windows call is what there is.
#[test]
fn the_ready_files_call_commands_that_there_are() {
    let mut shop = Shop::new();
    shop.put_around("DUES_NOW", "2026-11-22T15:00:00Z");
    let crontab = read("examples/schedule/crontab");
    let service = read("examples/schedule/dues-schedule.service");
    let task = read("examples/schedule/dues-schedule.xml");
    let agent = read("examples/schedule/example.dues.schedule.plist");
    let mut lines: Vec<String> = crontab
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once("bin/dues "))
        .map(|(_, arguments)| arguments.to_owned())
        .collect();
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    lines.push(between(&service, "ExecStart=%h/.cargo/bin/dues ", "\n"));
    let arguments = between(&task, "<Arguments>", "</Arguments>");
    lines.push(arguments.split_once("book.db ").unwrap().1.to_owned());
    let arguments = between(&agent, "bin/dues</string>", "</array>");
    let words = arguments
        .split("<string>")
        .skip(1)
        .filter_map(|word| word.split_once("</string>"))
        .map(|(word, _)| word);
    lines.push(words.collect::<Vec<_>>().join(" "));

    assert_eq!(lines.len(), 5, "{lines:?}");
    for line in lines {
        let output = shop.run(&line);
        assert!(output.status.success(), "{}", shop.seen(&line, &output));
        assert!(output.stdout.is_empty(), "{}", shop.seen(&line, &output));
    }
}

/// The five minutes, as they are written, with the example file.
#[test]
fn the_first_five_minutes_of_the_readme_work() {
    let shop = Shop::empty();
    std::fs::copy(
        file("examples/invoices.csv"),
        shop.path("your-invoices.csv"),
    )
    .unwrap();
    let readme = read("README.md");
    let section = readme
        .split("## Five minutes with your own data")
        .nth(1)
        .and_then(|rest| rest.split("### With Stripe").next())
        .unwrap();

    let typed = commands(section);
    assert!(typed.len() >= 7, "{typed:?}");
    for line in typed {
        let asks = line.starts_with("charge ") && !line.contains("--dry-run");
        shop.must(&if asks { format!("{line} --yes") } else { line });
    }

    assert_eq!(shop.money_taken(), (1, 512_40));
    shop.must("check");
}

/// What it says of refunds, after the five minutes.
#[test]
fn the_refund_of_the_readme_works() {
    let shop = Shop::empty();
    std::fs::copy(
        file("examples/invoices.csv"),
        shop.path("your-invoices.csv"),
    )
    .unwrap();
    let readme = read("README.md");
    let section = |name: &str, end: &str| {
        let rest = readme.split(name).nth(1).unwrap();
        commands(rest.split(end).next().unwrap())
    };
    for line in section("## Five minutes with your own data", "### With Stripe") {
        shop.must(&format!("{line} --yes"));
    }
    let typed = section("## Giving money back", "\n## ");

    assert!(typed.len() >= 3, "{typed:?}");
    for line in typed {
        shop.must(&format!("{line} --yes"));
    }

    let invoice = shop.json("invoice show INV-1001");
    assert_eq!(invoice["data"]["open"]["minor"], 120_00);
    shop.must("check");
}

#[test]
fn the_readme_names_every_exit_code_and_every_token() {
    let readme = read("README.md");
    for code in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70] {
        assert!(
            readme.contains(&format!("\n| {code} | ")),
            "exit code {code}"
        );
    }
    let shop = Shop::new();
    shop.must("customer add Acme --code ACME");
    let tokens: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `tok_"))
        .filter_map(|line| line.split('`').next())
        .collect();
    assert_eq!(tokens.len(), 13, "{tokens:?}");
    for (at, token) in tokens.into_iter().enumerate() {
        shop.must(&format!("card add ACME tok_{token}@visa-{}", 1000 + at));
    }
    let returns: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|word| word.starts_with("refund_") || word.starts_with("void_"))
        .collect();
    assert_eq!(returns.len(), 11, "{returns:?}");
    for (at, word) in returns.into_iter().enumerate() {
        shop.must(&format!(
            "card add ACME tok_approve/{word}@visa-{}",
            1100 + at
        ));
    }
    // And the program has no token that the README hides.
    let hint = shop.error("card add ACME tok_nonsense")["hint"].to_string();
    let said = |word: &str| hint.matches(word).count();
    assert_eq!(said("tok_"), 13, "{hint}");
    assert_eq!(said("refund_") + said("void_"), 11, "{hint}");
}

/// Every schema that is printed is documented, and none that is not.
#[test]
fn the_json_documents_are_the_documented_ones() {
    let mut printed = BTreeSet::new();
    let mut folders = vec![file("src/cli")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let quoted = text.split('"');
            printed.extend(
                quoted
                    .filter(|word| word.starts_with("dues.") && word.ends_with("/1"))
                    .map(str::to_owned),
            );
        }
    }
    let documented: BTreeSet<String> = read("docs/json.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `dues."))
        .flat_map(|line| {
            format!("dues.{}", line.split(" | ").next().unwrap())
                .split(", ")
                .map(|name| name.trim_matches('`').to_owned())
                .collect::<Vec<_>>()
        })
        .collect();

    assert_eq!(printed, documented);
}

/// The fields that docs/json.md promises for a charge are all there.
#[test]
fn a_charge_has_every_field_that_is_documented() {
    let shop = Shop::with_card("tok_approve");
    let document = shop.json("charge acme --invoice INV-1 --yes");
    let docs = read("docs/json.md");
    let row = docs
        .lines()
        .find(|line| line.starts_with("| `dues.charge/1`"))
        .unwrap();
    let fields = row.rsplit(" | ").next().unwrap();

    let without_inner: String = fields
        .split('(')
        .enumerate()
        .map(|(at, part)| {
            if at == 0 {
                part
            } else {
                part.split_once(')').unwrap().1
            }
        })
        .collect();
    let names: BTreeSet<&str> = without_inner
        .split('`')
        .filter(|word| {
            word.chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        })
        .filter(|word| !word.is_empty())
        .collect();

    let present: BTreeSet<&str> = document["data"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names, present);
}

/// A command that cannot be tried without changing something can be tried with `--dry-run`.
#[test]
fn a_dry_run_changes_nothing_anywhere() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --amount 650 --on-account --yes");
    shop.must("invoice add ACME INV-4 30");
    shop.write(
        "one.csv",
        "Invoice Number,Customer,Invoice Date,Amount\nX-1,Acme Corp,2026-01-01,5.00\n",
    );
    shop.must("schedule add acme --all-due --on mon");
    shop.must("backup old.db");
    for line in [
        "customer add Bloom",
        "customer edit ACME --terms 14",
        "card rename ACME 4242 office",
        "card default ACME 4242",
        "card disable ACME 4242",
        "card authorize ACME 4242 --by B --how phone",
        "invoice add ACME INV-5 10",
        "invoice void INV-4 --because x",
        "invoice import one.csv",
        "charge acme --invoice INV-4",
        "payment apply PAY-1 --invoice INV-4",
        "mail send",
        "schedule add acme --all-due --on mon",
        "schedule move S-1 --to +3d",
        "schedule skip S-1",
        "schedule cancel S-1",
        "schedule run",
        "autopay on acme",
        "customer hold acme",
        "invoice hold INV-4",
        "gateway logout sandbox",
        "backup new.db",
        "restore old.db",
    ] {
        let before = shop.contents();

        let output = shop.run(&format!("{line} --dry-run"));

        assert!(output.status.success(), "{}", shop.seen(line, &output));
        assert_eq!(shop.contents(), before, "{line}");
    }
    assert!(!shop.path("new.db").exists());
}

/// Every command explains itself, and none of its words is left empty.
#[test]
fn every_command_has_help() {
    let shop = Shop::empty();
    let mut waiting = vec![String::new()];
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        let help = String::from_utf8(shop.run(&format!("{command} --help")).stdout).unwrap();
        assert!(
            help.lines().next().is_some_and(|line| line.len() > 10),
            "{command}: {help}"
        );
        seen += 1;
        for line in help.lines().filter(|line| line.starts_with("  ")) {
            let is_bare = line.starts_with("  ")
                && line.trim_start().starts_with(['<', '-'])
                && !line.trim().contains("  ");
            // A long option's words stand on the next line.
            assert!(
                !is_bare || line.trim().starts_with("--"),
                "{command}: `{}` says nothing",
                line.trim()
            );
        }
        let commands = help.split("Commands:\n").nth(1).unwrap_or_default();
        for line in commands.lines().take_while(|line| !line.is_empty()) {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap();
            assert!(words.next().is_some(), "`{command} {name}` says nothing");
            if name != "help" {
                waiting.push(format!("{command} {name}").trim().to_owned());
            }
        }
    }
    assert!(seen > 40, "{seen}");
}

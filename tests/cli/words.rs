//! What the program says, held against what it does.

use std::fs;
use std::path::Path;

use crate::shop::Shop;

/// Advice that names a command is worth only as much as the command.
#[test]
fn every_command_that_a_message_names_is_one() {
    let shop = Shop::empty();
    let mut named = Vec::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut named,
    );
    named.sort();
    named.dedup();
    assert!(
        named.iter().any(|line| line == "charge recover"),
        "{named:?}"
    );

    named.retain(|line| {
        let help = shop.run(&format!("{line} --help"));
        !help.status.success()
    });

    assert!(named.is_empty(), "no such commands: {named:?}");
}

/// The words of every `dues …` between backticks, up to the first that
/// stands for something else.
fn collect(folder: &Path, named: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, named);
            continue;
        }
        // A backslash at the end of a line goes on in the next.
        let text = fs::read_to_string(&path).unwrap().replace("\\\n", " ");
        for after in text.split("`dues ").skip(1) {
            let line = after.split('`').next().unwrap_or_default();
            let words: Vec<&str> = line
                .split_whitespace()
                .take_while(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()))
                .collect();
            named.push(words.join(" "));
        }
    }
}

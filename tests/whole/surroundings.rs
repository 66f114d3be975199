//! A shop with something around it: a configuration where users have it, and
//! secrets that come through a pipe and must not come out again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use data_encoding::BASE64;

use crate::shop::Shop;

/// An empty folder with a configuration, and the machine's own time.
pub fn shop_with(config: &str) -> Shop {
    let mut shop = Shop::empty();
    // No date at all: the program asks the clock.
    shop.put_around("DUES_NOW", "");
    configure(&shop, config);
    shop
}

/// Writes the configuration where the program looks by itself.
pub fn configure(shop: &Shop, config: &str) {
    fs::create_dir_all(shop.path(".config/dues")).unwrap();
    shop.write(".config/dues/config.toml", config);
}

/// Runs a line with a secret on its stdin, as `pass show key | dues …` does.
pub fn piped(shop: &Shop, line: &str, secret: &str) -> Output {
    let mut child = shop
        .command(line)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse before it reads.
    let _ = writeln!(child.stdin.take().unwrap(), "{secret}");
    let output = child.wait_with_output().unwrap();
    for said in [&output.stdout, &output.stderr] {
        assert!(!gives_away(said, secret), "{}", shop.seen(line, &output));
    }
    output
}

/// Runs a line to its exit code; neither stream may hold the secret.
pub fn exits(shop: &Shop, line: &str, secret: &str, code: i32) -> String {
    let output = shop.run(line);
    let seen = shop.seen(line, &output);
    assert_eq!(output.status.code(), Some(code), "{seen}");
    assert!(!gives_away(seen.as_bytes(), secret), "{seen}");
    seen
}

/// Every file of the shop that holds the secret, plainly or in base64: the
/// book and its log, the mails, the configuration, all of it.
pub fn files_with(shop: &Shop, secret: &str) -> Vec<PathBuf> {
    let root = shop.path("");
    let mut found: Vec<PathBuf> = all_files(&root)
        .into_iter()
        .filter(|path| gives_away(&fs::read(path).unwrap(), secret))
        .map(|path| path.strip_prefix(&root).unwrap().to_owned())
        .collect();
    found.sort();
    found
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(all_files(&path));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}

fn gives_away(bytes: &[u8], secret: &str) -> bool {
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    if secret.is_empty() {
        return false;
    }
    holds(secret.as_bytes()) || holds(BASE64.encode(secret.as_bytes()).as_bytes())
}

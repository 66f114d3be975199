//! Where files are: behind links, beside other people's files, on disks that cannot be written.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::shop::Shop;

/// Every file under a folder, with what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
            found.insert(entry.path(), Vec::new());
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap_or_default());
        }
    }
    found
}

/// A home on another disk, as administrators move it: only the last part of a
/// path need not be a link.
#[test]
fn a_book_behind_a_linked_folder_is_a_book_like_any_other() {
    let mut shop = Shop::empty();
    fs::create_dir_all(shop.path("disk/books")).unwrap();
    symlink(shop.path("disk"), shop.path("home")).unwrap();
    symlink("books", shop.path("disk/mine")).unwrap();
    let home = shop.path("home").display().to_string();
    shop.put_around("HOME", home);
    let book = shop.path("home/mine/book.db").display().to_string();
    shop.put_around("DUES_BOOK", book);

    for line in [
        "init --name Tulip --zone America/New_York",
        "customer add Acme --code ACME",
        "card add ACME tok_approve --by Ann --how 'signed form'",
        "invoice add ACME INV-1 10 --issued 2026-01-01 --due 2026-01-02",
        "charge ACME --all-due --yes",
        "backup home/copy.db",
        "restore home/copy.db --yes",
        "charge list",
        "check",
    ] {
        shop.must(line);
    }
    assert!(shop.path("disk/books/book.db").is_file());
    symlink("book.db", shop.path("disk/books/link.db")).unwrap();
    let told = shop.error("status --book home/mine/link.db");
    assert_eq!(told["code"], "book_is_a_link");
    // The lock's file is overwritten, and what a link leads to is not ours.
    shop.write("precious", "precious");
    fs::remove_file(shop.path("disk/books/book.db.charging.lock")).unwrap();
    symlink(
        shop.path("precious"),
        shop.path("disk/books/book.db.charging.lock"),
    )
    .unwrap();
    let told = shop.error("charge ACME --amount 5 --on-account --yes");
    assert_eq!(told["code"], "cannot_lock");
    assert_eq!(fs::read(shop.path("precious")).unwrap(), b"precious");
}

/// Whatever a copy, a restore or a new book might call its own for a while.
#[test]
fn nothing_is_deleted_that_the_command_did_not_make() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup old.db");
    let foreign: Vec<String> = ["x.db", "book.db", "new.db", "new"]
        .iter()
        .flat_map(|name| {
            ["part", "restore", "new", "tmp", "part-wal", "part-journal"]
                .map(|end| format!("{name}.{end}"))
        })
        .chain(["x.db-wal".to_owned(), "x.db-journal".to_owned()])
        .collect();
    for name in &foreign {
        shop.write(name, "somebody else's");
    }
    let before = files(&shop.path("."));

    shop.must("backup x.db --dry-run");
    shop.must("backup x.db");
    shop.must("restore old.db --yes");
    shop.must("init --name Other --zone America/New_York --book new.db");
    assert_eq!(shop.error("backup deep/x.db")["code"], "cannot_write");
    assert_eq!(
        shop.error("backup deep/x.db --dry-run")["code"],
        "cannot_write"
    );
    assert_eq!(shop.error("backup x.db --dry-run")["code"], "target_exists");

    let after = files(&shop.path("."));
    for name in &foreign {
        let path = shop.path(".").join(name);
        assert_eq!(after.get(&path), before.get(&path), "{name}");
    }
    let is_new = |path: &&PathBuf| !before.contains_key(*path);
    let made: Vec<String> = after
        .keys()
        .filter(is_new)
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let made: Vec<&str> = made
        .iter()
        .map(String::as_str)
        .filter(|name| !name.contains(".lock") && !name.contains("restore-"))
        .collect();
    assert_eq!(made, ["book.db.before-restore", "new.db", "x.db"]);
}

/// Runs a line with the folder of the book on a disk that cannot be written;
/// `None` where this machine lets nobody make such a disk.
fn read_only(shop: &Shop, line: &str) -> Option<Output> {
    let plain = shop.command(line);
    let folder = shop.path("books");
    let mounted =
        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" || exit 77; exec \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["-m", "sh", "-c", mounted])
        .arg(&folder)
        .arg(plain.get_program())
        .args(plain.get_args())
        .env_clear()
        .envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .current_dir(shop.path("."));
    let output = command.output().ok()?;
    let is_made = output.status.code() != Some(77)
        && !String::from_utf8_lossy(&output.stderr).contains("unshare: ");
    is_made.then_some(output)
}

#[test]
fn a_book_on_a_read_only_disk_is_read_and_not_written() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("charge ACME --amount 100 --yes");
    fs::create_dir(shop.path("books")).unwrap();
    for name in ["book.db", "book.sandbox.jsonl"] {
        fs::rename(shop.path(name), shop.path("books").join(name)).unwrap();
    }
    let book = shop.path("books/book.db").display().to_string();
    shop.put_around("DUES_BOOK", book);
    if read_only(&shop, "status").is_none() {
        eprintln!("skipped: nobody here may mount a folder read-only");
        return;
    }
    let before = files(&shop.path("books"));

    for line in [
        "status",
        "check",
        "customer list",
        "invoice list --all",
        "charge show CH-1",
        "mail show M-1",
        "log",
        "backup copy.db",
    ] {
        let output = read_only(&shop, line).unwrap();
        assert!(output.status.success(), "{}", shop.seen(line, &output));
        if !line.starts_with("backup") {
            let here = shop.run(line);
            assert_eq!(output.stdout, here.stdout, "{line}");
        }
    }
    shop.must("check --book copy.db");
    // From here no run could charge.
    let doctor = read_only(&shop, "schedule doctor").unwrap();
    let seen = shop.seen("schedule doctor", &doctor);
    assert_eq!(doctor.status.code(), Some(8), "{seen}");
    assert!(seen.contains("every run is refused: the book"), "{seen}");
    for (line, code) in [
        ("customer hold ACME --because late", "book_not_writable"),
        ("invoice add ACME INV-9 5", "book_not_writable"),
        ("charge ACME --all-due --yes", "cannot_lock"),
        ("schedule run", "cannot_lock"),
    ] {
        let output = read_only(&shop, &format!("{line} --json")).unwrap();
        let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(told["error"]["code"], code, "{}", shop.seen(line, &output));
        assert_eq!(output.status.code(), Some(3), "{line}");
    }
    assert_eq!(files(&shop.path("books")), before);
    // A log that nobody can fold in there is not left out in silence.
    fs::write(shop.path("books/book.db-wal"), "not folded in").unwrap();
    let told = read_only(&shop, "status --json").unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told.stderr).unwrap();
    assert_eq!(told["error"]["code"], "book_unfinished");
}

/// Whoever reads where they cannot write reads along with whoever can.
#[test]
fn a_read_only_book_is_read_as_its_writer_left_it() {
    let mut shop = Shop::with_card("tok_approve");
    fs::create_dir(shop.path("books")).unwrap();
    fs::rename(shop.path("book.db"), shop.path("books/book.db")).unwrap();
    let book = shop.path("books/book.db").display().to_string();
    shop.put_around("DUES_BOOK", book);
    // Stopped, so that its log stays beside the book.
    let stopped = shop
        .command("invoice add ACME INV-9 5")
        .env("DUES_CRASH", "book.committed")
        .output();
    assert!(stopped.unwrap().status.code().is_none());
    assert!(shop.path("books/book.db-shm").exists());
    let Some(output) = read_only(&shop, "invoice show INV-9") else {
        eprintln!("skipped: nobody here may mount a folder read-only");
        return;
    };

    assert!(output.status.success(), "{}", shop.seen("show", &output));
}

/// A new machine has nothing of `dues` yet, not even its folder.
#[test]
fn a_backup_is_restored_where_no_book_ever_was() {
    let shop = Shop::new();
    shop.must("backup copy.db");
    let place = "new/deep/book.db";

    shop.must(&format!("--book {place} restore copy.db --yes --dry-run"));
    assert!(!shop.path("new").exists(), "a dry run left something");
    shop.must(&format!("--book {place} restore copy.db --yes"));

    shop.must(&format!("--book {place} check"));
    let mode = |path: &str| fs::metadata(shop.path(path)).unwrap().mode() & 0o777;
    assert_eq!((mode("new/deep"), mode(place)), (0o700, 0o600));
}

#[test]
fn a_folder_is_not_replaced_by_a_book() {
    let shop = Shop::new();
    shop.must("backup copy.db");
    fs::create_dir_all(shop.path("folder/inside")).unwrap();

    let refused = shop.error("--book folder restore copy.db --yes");

    assert_eq!(
        refused["message"].as_str().unwrap().rsplit('/').next(),
        Some("folder is a folder")
    );
    assert!(shop.path("folder/inside").is_dir());
}

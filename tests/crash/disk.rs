//! A disk that is full, files that may not grow, folders that may not be written, and files that are no book.
//!
//! Each is an error that says what to do, with the exit code of the table, and
//! takes no money; once there is room again, the day ends as any other.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::scenes;
use crate::shop::Shop;
use crate::some;
use crate::truth::{CHARGE, agrees, taken};

/// Runs a command in a mount namespace of its own, after `script` prepared
/// it; in the script `$1` is the shop's folder, `$2` a folder to put it down.
fn in_own_mounts(command: &Command, script: &str, shop: &Shop) -> Output {
    let aside = tempfile::tempdir().unwrap();
    let mut run = Command::new("unshare");
    run.args(["-r", "-m", "sh", "-c"])
        .arg(script)
        .arg("sh")
        .arg(shop.path(""))
        .arg(aside.path())
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null());
    let output = run.output().unwrap();
    let out = aside.path().join("out");
    if out.exists() {
        // What the command left on its own disk is what stands in the shop now.
        for entry in fs::read_dir(shop.path("")).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let removed = if path.is_dir() {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            };
            removed.unwrap();
        }
        let moved = Command::new("cp")
            .arg("-a")
            .arg(format!("{}/.", out.display()))
            .arg(shop.path(""))
            .status();
        assert!(moved.unwrap().success());
    }
    output
}

/// Whether this machine lets us mount anything.
fn can_mount() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let trial = Command::new("unshare")
        .args([
            "-r", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs",
        ])
        .arg(folder.path())
        .stderr(Stdio::null())
        .status();
    let can = trial.is_ok_and(|end| end.success());
    if !can {
        println!("skipped: nothing may be mounted here");
    }
    can
}

fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            if entry.path().is_dir() {
                return 4096 + size_of(&entry.path());
            }
            entry.metadata().unwrap().len().next_multiple_of(4096)
        })
        .sum()
}

#[test]
fn on_a_disk_with_any_room_left_a_charge_comes_to_the_same_end() {
    if !can_mount() {
        return;
    }
    let mut wrong = Vec::new();
    for token in ["tok_approve", "tok_lost"] {
        let scene = scenes::charge(token);
        for left in some((0..400).step_by(16).collect(), 5) {
            let survived = scene.survives(|command, shop| {
                let size = size_of(&shop.path("")) / 1024 + left;
                let script = format!(
                    "cp -a \"$1\" \"$2/in\" && mount -t tmpfs -o size={size}k tmpfs \"$1\" && \
                     cp -a \"$2/in/.\" \"$1\" && cd \"$1\" || exit 99; from=$1; to=$2; shift 2; \
                     \"$@\"; code=$?; cp -a \"$from\" \"$to/out\"; exit $code"
                );
                in_own_mounts(&command, &script, shop)
            });
            wrong.extend(
                survived
                    .err()
                    .map(|wrong| format!("{left} KiB left: {wrong}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn where_no_file_may_grow_a_charge_comes_to_the_same_end() {
    let scene = scenes::charge("tok_approve");
    let mut wrong = Vec::new();
    for limit in some((0..280_000).step_by(11_000).collect(), 5) {
        let survived = scene.survives(|command, _| {
            let mut limited = Command::new("prlimit");
            limited
                .arg(format!("--fsize={limit}"))
                .arg(command.get_program())
                .args(command.get_args())
                .env_clear()
                .envs(
                    command
                        .get_envs()
                        .filter_map(|(name, value)| Some((name, value?))),
                )
                .current_dir(command.get_current_dir().unwrap())
                .stdin(Stdio::null());
            let output = limited.output().unwrap();
            assert!(output.status.code().is_some(), "{output:?}");
            output
        });
        wrong.extend(
            survived
                .err()
                .map(|wrong| format!("at most {limit} bytes: {wrong}")),
        );
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_may_not_be_written_is_said_before_anything_is_sent() {
    if !can_mount() {
        return;
    }
    let read_only = |what: &str| {
        format!(
            "mount --bind \"$1/{what}\" \"$1/{what}\" && \
             mount -o remount,bind,ro \"$1/{what}\" && cd \"$1\" || exit 99; shift 2; exec \"$@\""
        )
    };
    let scene = scenes::charge("tok_approve");
    scene.shop.must("mail list");
    fs::create_dir_all(scene.shop.path(".local/state/dues")).unwrap();
    for what in ["", "book.db", ".local/state/dues"] {
        let shop = scene.shop.copy();

        let refused = in_own_mounts(&scene.command(&shop), &read_only(what), &shop);
        let read = in_own_mounts(&shop.command("invoice list"), &read_only(what), &shop);

        let seen = shop.seen(CHARGE, &refused);
        assert_eq!(refused.status.code(), Some(3), "`{what}` read-only: {seen}");
        assert!(seen.contains("hint: "), "{seen}");
        assert!(
            matches!(read.status.code(), Some(0 | 3)),
            "{}",
            shop.seen("invoice list", &read)
        );
        assert_eq!(taken(&shop), (0, 0), "`{what}` read-only");
        shop.must(CHARGE);
        agrees(&shop).unwrap();
    }
}

/// A refusal with this code and a way out, after which nothing was taken.
fn refuses(shop: &Shop, line: &str, codes: &[&str], exits: &[i64]) -> Value {
    let before = taken(shop);
    let error = shop.error(line);
    assert!(
        codes.contains(&error["code"].as_str().unwrap()),
        "{line}: {error}"
    );
    assert!(
        exits.contains(&error["exit"].as_i64().unwrap()),
        "{line}: {error}"
    );
    assert!(error["hint"].is_string(), "{line}: {error}");
    assert_eq!(taken(shop), before, "{line}");
    error
}

/// Only where nothing of the book was cut off, in the last page's empty part,
/// may it go on.
#[test]
fn a_book_cut_off_anywhere_is_refused_and_charges_nothing() {
    let shop = Shop::with_card("tok_approve");
    let whole = fs::read(shop.path("book.db")).unwrap();
    let lengths = (0..whole.len()).step_by(4096 + 97);
    let mut refused = 0;
    for length in lengths.chain([1, 15, 16, 99, 100, 4095, 4096, whole.len() - 1]) {
        let shop = shop.copy();
        fs::write(shop.path("book.db"), &whole[..length]).unwrap();

        if shop.run(CHARGE).status.success() {
            assert_eq!(whole.len() / 4096, length / 4096 + 1, "{length}");
            agrees(&shop).unwrap();
        } else {
            refuses(&shop, CHARGE, &["not_a_book", "book_damaged"], &[3]);
            assert_eq!(taken(&shop), (0, 0));
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a database that is no book")]
fn what_is_no_book_is_called_what_it_is() {
    let shop = Shop::with_card("tok_approve");
    let place = shop.path("book.db");
    let whole = fs::read(&place).unwrap();
    let clear = || {
        let _ = fs::remove_file(&place);
        let _ = fs::remove_dir(&place);
    };

    clear();
    rusqlite::Connection::open(&place)
        .unwrap()
        .execute_batch("create table other (a)")
        .unwrap();
    refuses(&shop, CHARGE, &["not_a_book"], &[3]);
    clear();
    fs::create_dir(&place).unwrap();
    refuses(&shop, CHARGE, &["not_a_book"], &[3]);
    clear();
    // Opening one that nobody writes to would wait for ever.
    let made = Command::new("mkfifo").arg(&place).status().unwrap();
    assert!(made.success());
    refuses(&shop, CHARGE, &["not_a_book"], &[3]);
    clear();
    fs::write(&place, "").unwrap();
    refuses(&shop, CHARGE, &["not_a_book"], &[3]);
    clear();
    fs::write(&place, &whole).unwrap();
    rusqlite::Connection::open(&place)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    refuses(&shop, CHARGE, &["book_version"], &[3]);
    clear();
    std::os::unix::fs::symlink(shop.path("elsewhere.db"), &place).unwrap();
    refuses(&shop, CHARGE, &["book_is_a_link"], &[3]);
    clear();
    fs::write(&place, &whole).unwrap();
    shop.must(CHARGE);
    agrees(&shop).unwrap();
}

/// Whoever deletes a lock file lets a second sender in. It takes the first
/// one's request for an orphan and repeats it under the same key.
#[test]
fn with_the_lock_file_deleted_while_it_is_held_the_money_is_taken_once() {
    let shop = Shop::with_card("tok_slow");
    let mut first = shop.command(CHARGE);
    let mut first = first
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lock = shop.path("book.db.charging.lock");
    // Until its request is at the gateway, which answers two seconds later.
    while taken(&shop) == (0, 0) {
        thread::sleep(Duration::from_millis(5));
    }
    fs::remove_file(&lock).unwrap();

    let second = shop.run(CHARGE);
    first.wait().unwrap();

    assert!(
        matches!(second.status.code(), Some(0 | 1 | 5)),
        "{}",
        shop.seen(CHARGE, &second)
    );
    shop.run("charge recover");
    assert_eq!(taken(&shop), (1, 100_00));
    agrees(&shop).unwrap();
}

#[test]
fn without_a_readable_mark_nothing_is_charged_until_the_book_is_compared() {
    let shop = Shop::with_card("tok_approve");
    shop.must(CHARGE);
    let folder = shop.path(".local/state/dues");
    let mark = fs::read_dir(&folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let next = "charge acme --invoice INV-2 --yes";
    let of_another =
        r#"{"book":"another","seq":1,"hash":"","at":"2026-01-01T00:00:00Z","open":[]}"#;
    let spoils: [&dyn Fn(); 4] = [
        &|| fs::write(&mark, "garbage").unwrap(),
        &|| fs::write(&mark, "").unwrap(),
        &|| fs::remove_dir_all(&folder).unwrap(),
        &|| fs::write(&mark, of_another).unwrap(),
    ];
    for spoil in spoils {
        spoil();

        refuses(&shop, next, &["book_is_old"], &[8]);
        shop.must("gateway reconcile");
    }
    shop.must(next);
    assert_eq!(taken(&shop), (2, 300_00));
    agrees(&shop).unwrap();
}

#[test]
fn a_mark_that_cannot_be_written_stops_the_charge_before_it_is_sent() {
    let shop = Shop::with_card("tok_approve");
    shop.must(CHARGE);
    let folder = shop.path(".local/state/dues");
    let mark = fs::read_dir(&folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let next = "charge acme --invoice INV-2 --yes";
    let whole = fs::read(&mark).unwrap();

    // A folder stands where the file belongs.
    fs::remove_file(&mark).unwrap();
    fs::create_dir(&mark).unwrap();
    refuses(&shop, next, &["book_is_old", "no_mark"], &[3, 8]);
    fs::remove_dir(&mark).unwrap();
    // A file stands where the folder belongs.
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    refuses(&shop, next, &["book_is_old", "no_mark"], &[3, 8]);
    refuses(&shop, "gateway reconcile", &["no_mark"], &[3]);

    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(&mark, whole).unwrap();
    shop.must("gateway reconcile");
    shop.must(next);
    assert_eq!(taken(&shop), (2, 300_00));
    agrees(&shop).unwrap();
}

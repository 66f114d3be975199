//! Secrets kept and asked for in the four places where they can be.
//!
//! Files, commands and credentials are always tried. The keyring is tried
//! against the real Secret Service (gnome-keyring in a session bus of the
//! test's own) when `DUES_TEST_KEYRING=1`, and against silence always.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use dues::ports::{Secret, SecretStore};
use dues::problem::Problem;
use dues::secrets::{Places, Source, open};
use tempfile::TempDir;

const NAME: &str = "stripe/test/B1";

/// What stores it, in the hints.
const LOGIN: &str = "dues mail login";

fn files(folder: &Path) -> Box<dyn SecretStore> {
    let places = Places {
        folder: Some(folder.to_owned()),
        ..Places::default()
    };
    open(Source::File, &places, LOGIN).unwrap()
}

fn command(words: &[&str]) -> Box<dyn SecretStore> {
    let places = Places {
        command: Some(words.iter().map(ToString::to_string).collect()),
        ..Places::default()
    };
    open(Source::Command, &places, LOGIN).unwrap()
}

fn credentials(folder: &Path) -> Box<dyn SecretStore> {
    let places = Places {
        credentials: Some(folder.to_owned()),
        ..Places::default()
    };
    open(Source::Credential, &places, LOGIN).unwrap()
}

fn canary() -> Secret {
    Secret::new("sk_test_CANARY".into())
}

/// A refusal that asks for set-up, says what to do, and gives nothing away.
fn refused<T>(result: Result<T, Problem>) -> Problem {
    let problem = result.err().expect("it should have been refused");
    assert_eq!(problem.kind().exit_code(), 3, "{problem:?}");
    assert!(problem.advice().is_some(), "{problem:?}");
    assert!(!format!("{problem:?}").contains("CANARY"), "{problem:?}");
    problem
}

#[test]
fn a_source_without_a_place_is_refused_and_no_other_is_tried() {
    for source in [Source::File, Source::Command, Source::Credential] {
        assert_eq!(
            refused(open(source, &Places::default(), LOGIN)).code(),
            "secret_no_place"
        );
        assert_eq!(Source::from_word(source.word()), Some(source));
    }
    let empty = Places {
        command: Some(vec![]),
        ..Places::default()
    };
    refused(open(Source::Command, &empty, LOGIN));
}

// Files.

#[test]
fn a_secret_in_a_file_is_written_read_and_forgotten() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("secrets");
    let store = files(&folder);

    store.write(NAME, &Secret::new("old".into())).unwrap();
    store.write(NAME, &canary()).unwrap();
    let read = store.read(NAME).unwrap();

    assert_eq!(read.expose(), "sk_test_CANARY");
    let path = folder.join("stripe.test.B1");
    assert_eq!(fs::read(&path).unwrap(), b"sk_test_CANARY\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode(), 0o100_600);
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode(),
        0o040_700
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    store.delete(NAME).unwrap();
    store.delete(NAME).unwrap();
    let gone = refused(store.read(NAME));
    assert_eq!(gone.code(), "no_secret");
    assert_eq!(
        gone.advice().as_deref(),
        Some("Store it there with `dues mail login`.")
    );
}

/// The hints are pasted into a real shell, and what was refused is read.
#[test]
fn the_hint_for_a_file_is_a_command_that_works() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("se cret's");
    let store = files(&folder);
    let path = folder.join("stripe.test.B1");
    let elsewhere = home.path().join("elsewhere");

    store.write(NAME, &canary()).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o666] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let problem = refused(store.read(NAME));
        assert!(
            problem.message().contains(&format!("{mode:o}")),
            "{problem}"
        );
        paste(&problem);
        assert!(store.read(NAME).is_ok(), "{mode:o}");
    }

    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    paste(&refused(store.read(NAME)));
    assert!(store.read(NAME).is_ok());

    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let problem = refused(store.read(NAME));
    assert!(problem.message().contains("symbolic link"), "{problem}");
    paste(&problem);
    assert_eq!(store.read(NAME).unwrap().expose(), "sk_test_CANARY");
}

/// Runs the first command between backticks in a problem's hint.
fn paste(problem: &Problem) {
    let hint = problem.advice().unwrap();
    let typed = hint.split('`').nth(1).unwrap();
    let done = Command::new("sh").args(["-c", typed]).output().unwrap();
    assert!(done.status.success(), "{typed}: {done:?}");
}

#[test]
fn what_is_no_secret_is_neither_kept_nor_read() {
    let home = TempDir::new().unwrap();
    let store = files(home.path());
    let path = home.path().join("stripe.test.B1");
    for text in [
        "",
        "\n",
        "CANARY\nsecond",
        "CANARY\0",
        &"CANARY".repeat(700),
    ] {
        let secret = Secret::new(text.to_owned());
        assert_eq!(refused(store.write(NAME, &secret)).code(), "bad_secret");
        assert!(!path.exists());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(refused(store.read(NAME)).code(), "bad_secret", "{text:?}");
        fs::remove_file(&path).unwrap();
    }
}

/// A pipe with nobody at its other end would be waited for until morning.
#[test]
fn a_pipe_or_a_folder_in_place_of_the_file_is_refused_at_once() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("stripe.test.B1");
    let made = Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(&path)
        .status();
    assert!(made.unwrap().success());

    refused(files(home.path()).read(NAME));

    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(files(home.path()).read(NAME));
}

// Commands.

#[test]
fn a_command_prints_the_secret_on_its_first_line() {
    let table: [(&[&str], &str); 4] = [
        (&["printf", "%s", "sk_{name}"], "sk_stripe/test/B1"),
        (&["printf", "sk_1\\nurl: x\\n"], "sk_1"),
        (&["sh", "-c", "echo sk_2; yes | head -n 100000"], "sk_2"),
        // No shell: nothing here is run or expanded.
        (&["echo", "$(id);`id`", "*"], "$(id);`id` *"),
    ];
    for (words, expected) in table {
        assert_eq!(command(words).read(NAME).unwrap().expose(), expected);
    }
}

#[test]
fn a_command_that_fails_is_named_and_its_words_are_not() {
    let table: [(&[&str], &str); 6] = [
        (&["/nowhere/pass"], "cannot be run"),
        (&["sh", "-c", "echo CANARY; exit 3"], "exit status: 3"),
        (&["sh", "-c", "echo CANARY >&2; exit 1"], "exit status: 1"),
        (&["sh", "-c", "echo CANARY; kill -9 $$"], "signal: 9"),
        (&["true"], "is empty"),
        (&["printf", "CAN\\377RY"], "is not text"),
    ];
    for (words, fact) in table {
        let problem = command(words).read(NAME).err().unwrap();
        assert_eq!(problem.kind().exit_code(), 3);
        assert!(problem.message().contains(fact), "{problem}");
        assert!(!problem.message().contains("CANARY"), "{problem}");
    }
}

#[test]
fn a_command_hears_nothing_and_inherits_little() {
    let words = ["sh", "-c", "cat; env | cut -d= -f1 | sort | tr '\\n' ' '"];

    let seen = command(&words).read(NAME).unwrap();

    for name in seen.expose().split_whitespace() {
        let known = [
            "PATH", "HOME", "LANG", "LANGUAGE", "PWD", "SHLVL", "_", "OLDPWD",
        ];
        let family = ["XDG_", "DBUS_", "LC_"];
        assert!(
            known.contains(&name) || family.iter().any(|prefix| name.starts_with(prefix)),
            "{name}"
        );
    }
    assert!(seen.expose().contains("PATH"));
}

/// Ten seconds, and neither the command nor what it started is left behind.
#[test]
fn a_command_that_never_answers_is_ended() {
    let home = TempDir::new().unwrap();
    let pids = home.path().join("pids");
    let script = format!("sleep 600 & echo $! $$ > {}; wait", pids.display());
    let started = Instant::now();

    let problem = refused(command(&["sh", "-c", &script]).read(NAME));

    assert!(problem.message().contains("10 s"), "{problem}");
    assert!(started.elapsed() < Duration::from_secs(12));
    for pid in fs::read_to_string(pids).unwrap().split_whitespace() {
        // A killed process is gone as soon as the kernel gets to it.
        let is_gone = (0..500).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        });
        assert!(is_gone, "{pid} lives on");
    }
}

// Credentials.

#[test]
fn a_credential_is_read_where_systemd_puts_it() {
    let folder = TempDir::new().unwrap();
    let store = credentials(folder.path());
    let missing = refused(store.read(NAME));
    assert!(
        missing
            .advice()
            .unwrap()
            .contains("--name=dues.stripe.test.B1")
    );
    let path = folder.path().join("dues.stripe.test.B1");
    fs::write(&path, "sk_test_CANARY\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o440)).unwrap();

    assert_eq!(store.read(NAME).unwrap().expose(), "sk_test_CANARY");
}

#[test]
fn what_dues_only_reads_it_does_not_write() {
    let folder = TempDir::new().unwrap();
    for store in [
        credentials(folder.path()),
        command(&["pass", "show", "{name}"]),
    ] {
        for problem in [
            refused(store.write(NAME, &canary())),
            refused(store.delete(NAME)),
        ] {
            assert_eq!(problem.code(), "secret_read_only");
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

// The keyring, which is found once per process: each test asks in a child.

/// Not a test: the child. It does the steps that it is given and says how
/// each one went.
#[test]
#[ignore = "the child of the keyring tests"]
fn keyring_child() {
    let Ok(steps) = std::env::var("DUES_TEST_KEYRING_STEPS") else {
        return;
    };
    let store = open(Source::Keyring, &Places::default(), LOGIN).unwrap();
    for step in steps.split(' ') {
        let started = Instant::now();
        let done = match step {
            "read" => store.read(NAME).map(|secret| secret.expose().to_owned()),
            "write" => store.write(NAME, &canary()).map(|()| "written".into()),
            "delete" => store.delete(NAME).map(|()| "deleted".into()),
            other => panic!("{other} is no step"),
        };
        let said = done.unwrap_or_else(|problem| {
            assert!(
                problem.code() != "no_secret" || problem.advice().unwrap().contains(LOGIN),
                "{problem:?}"
            );
            assert!(!problem.message().contains("bus"), "{problem}");
            format!("exit {} {}", problem.kind().exit_code(), problem.code())
        });
        assert!(started.elapsed() < Duration::from_secs(6), "{step}");
        println!("said: {said}");
    }
}

/// This test binary as a child, started by these words (which may be none).
fn child(launcher: &[&str], steps: &str) -> Command {
    let me = std::env::current_exe().unwrap();
    let me = me.to_str().unwrap();
    let mut words = launcher.to_vec();
    words.extend([me, "keyring_child", "--exact", "--ignored", "--nocapture"]);
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .env("DUES_TEST_KEYRING_STEPS", steps)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    // The test harness may have begun the line.
    text.lines()
        .filter_map(|line| line.split_once("said: "))
        .map(|(_, said)| said.to_owned())
        .collect()
}

#[test]
fn without_a_session_bus_there_is_no_keyring() {
    let home = TempDir::new().unwrap();
    let bus = format!("unix:path={}/none", home.path().display());

    let output = child(&[], "read write delete")
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .output();

    assert_eq!(said(&output.unwrap()), ["exit 3 no_keyring"; 3]);
}

#[test]
fn a_bus_that_never_answers_is_not_waited_for() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("bus");
    let _bus = UnixListener::bind(&path).unwrap();

    let output = child(&[], "read")
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", path.display()),
        )
        .output();

    assert_eq!(said(&output.unwrap()), ["exit 3 keyring_silent"]);
}

/// Runs the child in a session of its own, after `prepare` has started what
/// it likes in it. Told to skip, it returns nothing and says so.
fn in_session(home: &Path, prepare: &str, steps: &str) -> Option<Vec<String>> {
    if std::env::var_os("DUES_TEST_KEYRING").is_none_or(|on| on != "1") {
        eprintln!("skipped: DUES_TEST_KEYRING=1 asks a real gnome-keyring");
        return None;
    }
    let runtime = home.join("run");
    fs::create_dir_all(&runtime).unwrap();
    fs::set_permissions(&runtime, Permissions::from_mode(0o700)).unwrap();
    let script = format!("{prepare}\n\"$@\"; done=$?; kill -KILL $keyring; exit $done");
    let output = child(
        &["dbus-run-session", "--", "sh", "-c", &script, "sh"],
        steps,
    )
    .env("XDG_DATA_HOME", home.join("data"))
    .env("XDG_RUNTIME_DIR", runtime)
    .env("HOME", home)
    .output()
    .unwrap();
    Some(said(&output))
}

/// Creates the login keyring and unlocks it: the newline is its password.
const UNLOCKED: &str = "
    echo | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
    keyring=$!
    until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1
    do sleep 0.05; done";

/// The same keyring the next day, before anyone has logged in.
const LOCKED: &str = "
    gnome-keyring-daemon --foreground --components=secrets >/dev/null 2>&1 </dev/null &
    keyring=$!
    until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
        org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1
    do sleep 0.05; done";

#[test]
fn a_secret_in_the_keyring_is_written_read_and_forgotten() {
    let home = TempDir::new().unwrap();
    let Some(said) = in_session(home.path(), UNLOCKED, "read write read delete delete read") else {
        return;
    };

    assert_eq!(
        said,
        [
            "exit 3 no_secret",
            "written",
            "sk_test_CANARY",
            "deleted",
            "deleted",
            "exit 3 no_secret",
        ]
    );
}

#[test]
fn a_locked_keyring_is_said_to_be_locked() {
    let home = TempDir::new().unwrap();
    let Some(said) = in_session(home.path(), UNLOCKED, "write") else {
        return;
    };
    assert_eq!(said, ["written"]);

    let said = in_session(home.path(), LOCKED, "read write").unwrap();

    assert_eq!(said, ["exit 3 keyring_locked", "exit 3 keyring_locked"]);
}

/// The name on the bus has an owner, and the owner is asleep.
#[test]
fn a_keyring_that_never_answers_is_not_waited_for() {
    let home = TempDir::new().unwrap();
    let asleep = format!("{UNLOCKED}\nkill -STOP $keyring");
    let Some(said) = in_session(home.path(), &asleep, "write") else {
        return;
    };

    assert_eq!(said, ["exit 3 keyring_silent"]);
}

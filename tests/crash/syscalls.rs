//! The program killed at, or refused, its Nth system call, for every N until it meets none.
//!
//! `strace` does it from outside, so no place of the program is left out for
//! want of a name. It takes minutes, so these tests say that they were skipped
//! and pass unless they are asked for: `DUES_TEST_STRACE` is `some` for a sample,
//! `all` for every fault of every command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;

use crate::copies;
use crate::scenes;
use crate::shop::Shop;
use crate::truth::Scene;

/// What changes the disk.
const CHANGES_THE_DISK: [&str; 11] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "rename",
    "renameat2",
    "linkat",
    "mkdir",
    "openat",
];

/// And what the book's locks and looks rest on.
const CALLS: [&str; 16] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "rename",
    "renameat2",
    "linkat",
    "mkdir",
    "openat",
    "flock",
    "close",
    "fcntl",
    "newfstatat",
    "pread64",
];

/// How a call is refused.
const ERRORS: [&str; 3] = ["EIO", "ENOSPC", "EACCES"];

/// One fault: the call, what happens to it, and from which on.
#[derive(Clone, Copy, Debug)]
struct Fault {
    call: &'static str,
    what: What,
    nth: u32,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Kill,
    Once(&'static str),
    ForEver(&'static str),
}

impl Fault {
    fn words(self) -> String {
        let Self { call, nth, .. } = self;
        match self.what {
            What::Kill => format!("{call}:signal=KILL:when={nth}"),
            What::Once(error) => format!("{call}:error={error}:when={nth}"),
            What::ForEver(error) => format!("{call}:error={error}:when={nth}+"),
        }
    }
}

/// Where strace is, if it is here and may do its work.
fn strace() -> Option<PathBuf> {
    let Ok(wish) = std::env::var("DUES_TEST_STRACE") else {
        println!("skipped: DUES_TEST_STRACE is not set");
        return None;
    };
    let found = std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("strace"))
        .find(|path| path.is_file());
    let works = |path: &PathBuf| {
        let mut trial = Command::new(path);
        trial.args(["-f", "--seccomp-bpf", "-o", "/dev/null"]);
        trial.args(["-e", "inject=fsync:error=EIO:when=1", "true"]);
        trial
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|end| end.success())
    };
    let found = found.filter(works);
    assert!(
        found.is_some(),
        "DUES_TEST_STRACE is {wish}, and there is no strace that may trace here"
    );
    found
}

fn wants_all() -> bool {
    std::env::var("DUES_TEST_STRACE").is_ok_and(|wish| wish == "all")
}

/// strace, with the folder and the surroundings of a command.
fn around(strace: &Path, command: &Command) -> Command {
    let mut traced = Command::new(strace);
    traced
        .args(["-f", "-qq"])
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(command.get_current_dir().unwrap())
        .stdin(Stdio::null());
    traced
}

fn with_command<'a>(traced: &'a mut Command, command: &Command) -> &'a mut Command {
    traced.arg(command.get_program()).args(command.get_args())
}

/// The same command under strace, and whether the fault was met.
fn under(strace: &Path, command: &Command, shop: &Shop, fault: Fault) -> (Output, bool) {
    let trace = shop.path("trace");
    let mut traced = around(strace, command);
    // Faster; but a signal would come when the call is over, or never.
    if !matches!(fault.what, What::Kill) {
        traced.arg("--seccomp-bpf");
    }
    traced
        .arg("-o")
        .arg(&trace)
        .args(["-e", &format!("trace={}", fault.call)])
        .args(["-e", &format!("inject={}", fault.words())]);
    let output = with_command(&mut traced, command).output().unwrap();
    let text = fs::read_to_string(&trace).unwrap_or_default();
    let met = text.contains("killed by SIGKILL") || text.contains("(INJECTED)");
    let _ = fs::remove_file(trace);
    (output, met)
}

/// What can happen to a call. A `close` that fails closes all the same, and
/// strace would keep the file open; a lock that is refused for ever, or a file
/// that nobody can look at, is only waited for.
fn whats(call: &str) -> Vec<What> {
    let mut whats = vec![What::Kill];
    for error in ERRORS {
        if call != "close" {
            whats.push(What::Once(error));
        }
        if !["close", "fcntl", "newfstatat"].contains(&call) {
            whats.push(What::ForEver(error));
        }
    }
    whats
}

/// How often a line makes each call, when nothing is done to it.
fn counts(strace: &Path, command: &Command, shop: &Shop) -> BTreeMap<&'static str, u32> {
    let trace = shop.path("trace");
    let mut traced = around(strace, command);
    traced.arg("-o").arg(&trace);
    let output = with_command(&mut traced, command).output().unwrap();
    assert!(output.status.code().is_some());
    let text = fs::read_to_string(trace).unwrap();
    let made = |call: &str| {
        let name = format!(" {call}(");
        let lines = text.lines().filter(|line| line.contains(&name));
        u32::try_from(lines.count()).unwrap()
    };
    CALLS.iter().map(|call| (*call, made(call))).collect()
}

/// All faults there are for a line, call by call.
fn faults(counts: &BTreeMap<&'static str, u32>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for call in CALLS {
        for what in whats(call) {
            // A call more or less is made when the machine is busy.
            let nths = 1..=counts[call] + 1;
            faults.extend(nths.map(|nth| Fault { call, what, nth }));
        }
    }
    faults
}

/// Every kill at what changes the disk, and of the rest one in so many.
fn every_kill_and_one_in(every: usize, faults: Vec<Fault>) -> Vec<Fault> {
    let is_deadly =
        |fault: &Fault| matches!(fault.what, What::Kill) && CHANGES_THE_DISK.contains(&fault.call);
    let (mut chosen, rest): (Vec<_>, Vec<_>) = faults.into_iter().partition(is_deadly);
    chosen.extend(rest.into_iter().step_by(every));
    chosen
}

/// What became of many faults.
#[derive(Default)]
struct Tally {
    kills: AtomicU32,
    errors: AtomicU32,
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    /// Does each fault, on both cores; a fault that was not met proves nothing.
    fn try_all(&self, faults: &[Fault], one: impl Fn(Fault) -> Result<bool, String> + Sync) {
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let met = one(*fault).unwrap_or_else(|wrong| {
                            let wrong = format!("{}: {wrong}", fault.words());
                            self.wrong.lock().unwrap().push(wrong);
                            true
                        });
                        let count = match fault.what {
                            What::Kill => &self.kills,
                            _ => &self.errors,
                        };
                        count.fetch_add(u32::from(met), Ordering::SeqCst);
                    }
                });
            }
        });
    }

    fn says(&self, name: &str) {
        println!(
            "{name}: {:?} kills and {:?} errors",
            self.kills, self.errors
        );
    }

    fn nothing_is_wrong(self) {
        let wrong = self.wrong.into_inner().unwrap();
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(self.kills.into_inner() > 0);
    }
}

fn survives(strace: &Path, scene: &Scene, fault: Fault, without: &str) -> Result<bool, String> {
    let mut was_met = false;
    let survived = scene.survives(|mut command, shop| {
        if !without.is_empty() {
            command.env("DUES_WITHOUT", without);
        }
        let (output, met) = under(strace, &command, shop, fault);
        was_met = met;
        output
    });
    survived.map(|()| was_met)
}

#[test]
fn killed_or_refused_at_any_system_call_a_charge_is_made_once() {
    let Some(strace) = strace() else { return };
    let scene = scenes::charge("tok_lost");
    let shop = scene.shop.copy();
    let all = faults(&counts(&strace, &scene.command(&shop), &shop));
    let chosen = if wants_all() {
        all
    } else {
        every_kill_and_one_in(23, all)
    };

    let tally = Tally::default();
    tally.try_all(&chosen, |fault| survives(&strace, &scene, fault, ""));

    tally.says(&scene.name);
    tally.nothing_is_wrong();
}

#[test]
fn killed_or_refused_at_a_system_call_every_other_command_comes_to_the_same_end() {
    let Some(strace) = strace() else { return };
    let mut scenes = scenes::recoveries();
    scenes.extend(scenes::others());
    let some = |all: Vec<Fault>| -> Vec<Fault> {
        let every = if wants_all() { 1 } else { 89 };
        all.into_iter().step_by(every).collect()
    };

    let mut wrong = Vec::new();
    for scene in &scenes {
        let tally = Tally::default();
        let shop = scene.shop.copy();
        let chosen = some(faults(&counts(&strace, &scene.command(&shop), &shop)));
        tally.try_all(&chosen, |fault| survives(&strace, scene, fault, ""));
        tally.says(&scene.name);
        wrong.extend(tally.wrong.into_inner().unwrap());
    }
    for copy in [copies::backup(), copies::restore()] {
        let tally = Tally::default();
        let shop = copy.shop.copy();
        let chosen = some(faults(&counts(&strace, &shop.command(copy.line), &shop)));
        tally.try_all(&chosen, |fault| {
            let mut was_met = false;
            let survived = copy.survives(|command, shop| {
                let (output, met) = under(&strace, &command, shop, fault);
                was_met = met;
                output
            });
            survived.map(|()| was_met)
        });
        tally.says(copy.line);
        wrong.extend(tally.wrong.into_inner().unwrap());
    }

    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// With the order of recording and sending turned round, the same faults must
/// be seen to do harm: a net is worth what it catches.
#[test]
fn a_charge_that_is_sent_before_it_is_recorded_is_caught() {
    let Some(strace) = strace() else { return };
    let scene = scenes::charge("tok_lost");
    let shop = scene.shop.copy();
    let mut chosen = faults(&counts(&strace, &scene.command(&shop), &shop));
    chosen.retain(|fault| matches!(fault.what, What::Kill) && fault.call == "pwrite64");
    let every = if wants_all() { 1 } else { 4 };
    let chosen: Vec<_> = chosen.into_iter().step_by(every).collect();

    let tally = Tally::default();
    tally.try_all(&chosen, |fault| {
        survives(&strace, &scene, fault, "RecordedFirst")
    });

    let caught = tally.wrong.into_inner().unwrap().len();
    println!(
        "a planted bug was caught by {caught} of {} kills",
        chosen.len()
    );
    assert!(caught > 0);
}

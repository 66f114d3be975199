//! The simulator's command line.

use std::ops::Range;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::planted::Planted;
use super::play::play;
use super::report::{print, tell};
use super::tally::Tally;

const USAGE: &str = "\
sim [--seeds A..B] [--sends N] [--steps N] [--restores N] [--threads N] [--doublecheck]
sim --seed N [--trace] [--planted NAME]
sim --planted NAME|all [--steps N]
sim --kept
sim --canary";

/// Every seed that ever found something. A seed's story changes with the
/// simulator; the bug itself is kept in `tests/engine`.
const KEPT: &str = include_str!("../seeds/seeds.txt");

/// How far a planted bug is looked for.
const MOST_STEPS: u64 = 2_000_000;

/// What was asked for.
struct Wish {
    seeds: Range<u64>,
    /// A run goes on until each number that was named is reached.
    sends: Option<u64>,
    steps: Option<u64>,
    restores: Option<u64>,
    threads: usize,
    trace: bool,
    doublecheck: bool,
    planted: Option<String>,
    kept: bool,
}

pub fn main(words: &[String]) -> ExitCode {
    let wish = match read(words) {
        Ok(wish) => wish,
        Err(word) => {
            eprintln!("not understood: `{word}`\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if wish.kept {
        return play_what_is_kept();
    }
    match wish.planted.as_deref() {
        Some("all") => return hunt_for_all(&wish),
        Some(name) => {
            let Some(planted) = Planted::named(name) else {
                eprintln!("no such bug is planted: `{name}`");
                return ExitCode::from(2);
            };
            if !wish.trace {
                return hunt(planted, &wish);
            }
            let told = play(wish.seeds.start, Some(planted), true);
            println!("{told:?}");
            return ExitCode::from(u8::from(told.violation.is_some()));
        }
        None => {}
    }
    if wish.trace {
        let told = play(wish.seeds.start, None, true);
        println!("{told:?}");
        return ExitCode::from(u8::from(told.violation.is_some()));
    }
    let run = tell(
        wish.seeds.clone(),
        wish.threads,
        None,
        wish.doublecheck,
        &|tally| wish.is_bounded() && wish.is_reached(tally),
    );
    print(&run);
    if !wish.is_reached(&run.tally) {
        println!("the seeds ended before what was asked for was reached");
        return ExitCode::FAILURE;
    }
    ExitCode::from(u8::from(!run.failed.is_empty()))
}

impl Wish {
    fn is_bounded(&self) -> bool {
        [self.sends, self.steps, self.restores]
            .iter()
            .any(Option::is_some)
    }

    fn is_reached(&self, tally: &Tally) -> bool {
        [
            (self.sends, tally.sends),
            (self.steps, tally.steps),
            (self.restores, tally.restores),
        ]
        .iter()
        .all(|(wanted, reached)| wanted.is_none_or(|wanted| *reached >= wanted))
    }
}

fn read(words: &[String]) -> Result<Wish, String> {
    let mut wish = Wish {
        seeds: 0..1_000_000_000,
        sends: None,
        steps: None,
        restores: None,
        threads: thread::available_parallelism().map_or(1, usize::from),
        trace: false,
        doublecheck: false,
        planted: None,
        kept: false,
    };
    let mut words = words.iter();
    let mut bounded = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| word.clone());
        let number = |text: &String| text.replace('_', "").parse().map_err(|_| text.clone());
        match word.as_str() {
            "--seed" => {
                let seed: u64 = number(value()?)?;
                wish.seeds = seed..seed + 1;
                bounded = true;
            }
            "--seeds" => {
                let text = value()?;
                let (from, to) = text.split_once("..").ok_or_else(|| text.clone())?;
                wish.seeds = number(&from.to_owned())?..number(&to.to_owned())?;
                bounded = true;
            }
            "--sends" => wish.sends = Some(number(value()?)?),
            "--steps" => wish.steps = Some(number(value()?)?),
            "--restores" => wish.restores = Some(number(value()?)?),
            "--threads" => {
                wish.threads = usize::try_from(number(value()?)?).unwrap_or(1).max(1);
            }
            "--trace" => wish.trace = true,
            "--doublecheck" => wish.doublecheck = true,
            "--planted" => wish.planted = Some(value()?.clone()),
            "--kept" => wish.kept = true,
            "--canary" => wish.planted = Some("canary".into()),
            _ => return Err(word.clone()),
        }
    }
    if !bounded && !wish.is_bounded() {
        wish.steps = Some(1_000_000);
    }
    Ok(wish)
}

/// Plays every seed that is kept; none may find anything again.
fn play_what_is_kept() -> ExitCode {
    let kept = KEPT.lines().filter_map(|line| line.split_once(' '));
    let mut found = 0;
    let mut played = 0;
    for (seed, what) in kept {
        let Ok(seed) = seed.parse() else { continue };
        played += 1;
        if let Some(violation) = play(seed, None, false).violation {
            found += 1;
            println!("seed {seed}, which once found: {what}\n  {violation}");
        }
    }
    println!("{played} seeds that once found something, {found} find something");
    ExitCode::from(u8::from(found > 0 || played == 0))
}

/// Looks for every planted bug, each in a process of its own: threads of one
/// would wait for each other in SQLite's allocator.
fn hunt_for_all(wish: &Wish) -> ExitCode {
    let program = std::env::current_exe().expect("a program knows where it is");
    let most = wish.steps.unwrap_or(MOST_STEPS).to_string();
    let next = AtomicUsize::new(0);
    let missed = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..wish.threads {
            scope.spawn(|| {
                while let Some(bug) = Planted::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let hunt = Command::new(&program)
                        .args(["--threads", "1", "--steps", &most, "--planted", &bug.name()])
                        .output()
                        .expect("it can be started again");
                    missed.fetch_add(usize::from(!hunt.status.success()), Ordering::Relaxed);
                    print!("{}", String::from_utf8_lossy(&hunt.stdout));
                }
            });
        }
    });
    let missed = missed.into_inner();
    println!("{} planted, {missed} not found", Planted::ALL.len());
    ExitCode::from(u8::from(missed > 0))
}

/// Looks for one planted bug, which must be found.
fn hunt(bug: Planted, wish: &Wish) -> ExitCode {
    let most = wish.steps.unwrap_or(MOST_STEPS);
    let run = tell(
        wish.seeds.clone(),
        wish.threads,
        Some(bug),
        false,
        &|tally| tally.steps >= most,
    );
    let found = run.failed.first();
    match found {
        Some(told) => println!(
            "{:28} found after {:>8} steps, seed {:>5}: {}",
            bug.name(),
            run.tally.steps,
            told.seed,
            told.violation.as_deref().unwrap_or_default()
        ),
        None => println!("{:28} NOT FOUND in {} steps", bug.name(), run.tally.steps),
    }
    // The canary must fail, and says so as any failure would.
    ExitCode::from(u8::from(found.is_some() == (bug == Planted::Canary)))
}

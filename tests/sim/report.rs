//! Runs many seeds on all cores, and says what came of them.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::planted::Planted;
use super::play::{Told, play};
use super::tally::Tally;

const USAGE: &str = "\
sim [--seeds A..B] [--sends N] [--steps N] [--threads N] [--doublecheck]
sim --seed N [--trace] [--planted NAME]
sim --planted NAME|all [--steps N]
sim --canary";

/// What was asked for.
struct Wish {
    seeds: Range<u64>,
    sends: u64,
    steps: u64,
    threads: usize,
    trace: bool,
    doublecheck: bool,
    planted: Option<String>,
}

/// Many seeds, told.
pub struct Run {
    pub tally: Tally,
    pub failed: Vec<Told>,
    pub took: Duration,
}

pub fn main(words: &[String]) -> ExitCode {
    let wish = match read(words) {
        Ok(wish) => wish,
        Err(word) => {
            eprintln!("not understood: `{word}`\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match wish.planted.as_deref() {
        Some("all") => return hunt(Planted::ALL, &wish),
        Some(name) => {
            let Some(planted) = Planted::named(name) else {
                eprintln!("no such bug is planted: `{name}`");
                return ExitCode::from(2);
            };
            if !wish.trace {
                return hunt(&[planted], &wish);
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
        &|tally| tally.sends >= wish.sends || tally.steps >= wish.steps,
    );
    print(&run);
    ExitCode::from(u8::from(!run.failed.is_empty()))
}

fn read(words: &[String]) -> Result<Wish, String> {
    let mut wish = Wish {
        seeds: 0..1_000_000_000,
        sends: u64::MAX,
        steps: u64::MAX,
        threads: thread::available_parallelism().map_or(1, usize::from),
        trace: false,
        doublecheck: false,
        planted: None,
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
            "--sends" => wish.sends = number(value()?)?,
            "--steps" => wish.steps = number(value()?)?,
            "--threads" => {
                wish.threads = usize::try_from(number(value()?)?).unwrap_or(1).max(1);
            }
            "--trace" => wish.trace = true,
            "--doublecheck" => wish.doublecheck = true,
            "--planted" => wish.planted = Some(value()?.clone()),
            "--canary" => wish.planted = Some("canary".into()),
            _ => return Err(word.clone()),
        }
    }
    if !bounded && wish.sends == u64::MAX && wish.steps == u64::MAX {
        wish.steps = 1_000_000;
    }
    Ok(wish)
}

/// Tells the stories of the seeds until enough was done or one went wrong.
pub fn tell(
    seeds: Range<u64>,
    threads: usize,
    planted: Option<Planted>,
    doublecheck: bool,
    is_enough: &(dyn Fn(&Tally) -> bool + Sync),
) -> Run {
    let began = Instant::now();
    let next = AtomicU64::new(seeds.start);
    let stop = AtomicBool::new(false);
    let sum = Mutex::new((Tally::default(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let mut told = play(seed, planted, false);
                    if doublecheck {
                        let again = play(seed, planted, false);
                        if again != told {
                            let why =
                                format!("NOT THE SAME TWICE: {:x} {:x}", told.hash, again.hash);
                            told.violation.get_or_insert(why);
                        }
                    }
                    let mut sum = sum.lock().expect("nobody panics while counting");
                    sum.0.add(&told.tally);
                    if told.violation.is_some() {
                        sum.1.push(told);
                    }
                    if is_enough(&sum.0) || (planted.is_some() && !sum.1.is_empty()) {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let (tally, mut failed) = sum.into_inner().expect("nobody panics while counting");
    failed.sort_by_key(|told| told.seed);
    Run {
        tally,
        failed,
        took: began.elapsed(),
    }
}

/// Looks for planted bugs; each must be found.
fn hunt(planted: &[Planted], wish: &Wish) -> ExitCode {
    let most = wish.steps.min(2_000_000);
    let mut missed = 0;
    for bug in planted {
        let run = tell(
            wish.seeds.clone(),
            wish.threads,
            Some(*bug),
            false,
            &|tally| tally.steps >= most,
        );
        match run.failed.first() {
            Some(told) => println!(
                "{:28} found after {:>8} steps, seed {:>5}: {}",
                bug.name(),
                run.tally.steps,
                told.seed,
                told.violation.as_deref().unwrap_or_default()
            ),
            None => {
                missed += 1;
                println!("{:28} NOT FOUND in {} steps", bug.name(), run.tally.steps);
            }
        }
    }
    let is_canary = planted == [Planted::Canary];
    println!("{} planted, {missed} not found", planted.len());
    // The canary must fail, and says so as any failure would.
    ExitCode::from(u8::from(if is_canary { missed == 0 } else { missed > 0 }))
}

pub fn print(run: &Run) {
    let tally = &run.tally;
    let rate = u128::from(tally.steps) * 1000 / run.took.as_millis().max(1);
    println!(
        "{} seeds, {} steps in {} s ({rate} steps/s), {} charge sends, {} captures",
        tally.seeds,
        tally.steps,
        run.took.as_secs(),
        tally.sends,
        tally.taken
    );
    println!(
        "{} faults, {} crashes, {} restores, {} two-process overlaps, {} reconciliations, {} adopted, {} resolved, {} mails, {} whole-book checks",
        tally.faults(),
        tally.crashes,
        tally.restores,
        tally.overlaps,
        tally.reconciled,
        tally.adopted,
        tally.resolved,
        tally.mails,
        tally.checks
    );
    for (name, count) in tally.by_fault() {
        println!("  {count:>9} {name}");
    }
    println!(
        "{} double, {} lost, {} phantom, {} stuck, {} other",
        tally.double, tally.lost, tally.phantom, tally.stuck, tally.other
    );
    for told in run.failed.iter().take(20) {
        println!(
            "seed {}: {}\n  cargo run --release --features rehearsal --bin sim -- --seed {} --trace",
            told.seed,
            told.violation.as_deref().unwrap_or_default(),
            told.seed
        );
    }
}

//! Runs many seeds on all cores, and says what came of them.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::planted::Planted;
use super::play::{Told, play};
use super::tally::Tally;

/// Many seeds, told.
pub struct Run {
    /// From the first seed to the last one that was begun.
    pub seeds: Range<u64>,
    pub tally: Tally,
    pub failed: Vec<Told>,
    pub took: Duration,
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
                        // A run may take hours: whoever watches hears of it now.
                        if planted.is_none() {
                            eprintln!("{}", finding(&told));
                        }
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
    let last = next.into_inner().min(seeds.end);
    Run {
        seeds: seeds.start..last,
        tally,
        failed,
        took: began.elapsed(),
    }
}

pub fn print(run: &Run) {
    let tally = &run.tally;
    let rate = u128::from(tally.steps) * 1000 / run.took.as_millis().max(1);
    println!(
        "seeds {}..{}, {} steps in {} s ({rate} steps/s), {} sends, {} of them of refunds, {} captures, {} given back",
        run.seeds.start,
        run.seeds.end,
        tally.steps,
        run.took.as_secs(),
        tally.sends,
        tally.refunds,
        tally.taken,
        tally.given
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
        println!("{}", finding(told));
    }
}

/// What went wrong in a seed's story, and the command that tells it again.
fn finding(told: &Told) -> String {
    format!(
        "seed {seed}: {what}\n  cargo run --release --features rehearsal --bin sim -- --seed {seed} --trace",
        seed = told.seed,
        what = told.violation.as_deref().unwrap_or_default(),
    )
}

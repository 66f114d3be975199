//! What of the simulator runs with every test: fixed seeds, planted bugs, every seed that ever failed.
//!
//! The simulator proves something only if it finds what is there to be found:
//! planted bugs must be found, and the canary must fail. The million steps are
//! run by the program itself, built for release: `sim --steps 1000000`.

mod actors;
mod admin;
mod clock;
mod dates;
mod faults;
mod gateway;
mod line;
mod oracle;
mod person;
mod planted;
mod play;
mod report;
mod rng;
mod server;
mod shop;
mod stage;
mod tally;

use std::thread;

use planted::Planted;
use play::play;
use report::{print, tell};

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Trouble without end, and nothing goes wrong.
#[test]
fn no_card_is_charged_twice_and_no_charge_is_lost() {
    let run = tell(0..1_000_000, cores(), None, false, &|tally| {
        tally.steps >= 60_000
    });

    print(&run);
    let found: Vec<_> = run.failed.iter().map(|told| &told.violation).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// Every seed that ever found something, as `tests/seeds/` keeps them. A seed's
/// story changes with the simulator; the bug itself is kept in `tests/engine.rs`.
#[test]
fn what_was_found_once_stays_mended() {
    let kept = include_str!("../seeds/seeds.txt");
    let seeds = kept.lines().filter_map(|line| {
        let (seed, what) = line.split_once(' ')?;
        Some((seed.parse::<u64>().ok()?, what))
    });
    for (seed, what) in seeds {
        let told = play(seed, None, false);

        assert_eq!(
            told.violation, None,
            "seed {seed}, which once found: {what}"
        );
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..8 {
        assert_eq!(play(seed, None, false), play(seed, None, false));
    }
}

/// A simulator that cannot find a bug that is there proves nothing. Those that
/// take longer are looked for by `sim --planted all`.
#[test]
fn planted_bugs_are_found() {
    assert!(Planted::SOON.len() >= 20);
    for bug in Planted::SOON {
        let run = tell(0..1_000_000, cores(), Some(*bug), false, &|tally| {
            tally.steps >= 60_000
        });

        let steps = run.tally.steps;
        assert!(!run.failed.is_empty(), "{} in {steps} steps", bug.name());
    }
}

#[test]
fn the_canary_fails() {
    let told = play(0, Some(Planted::Canary), false);

    let found = told.violation.unwrap_or_default();
    assert!(found.starts_with("DOUBLE"), "{found}");
}

//! What of the simulator runs with every test: fixed seeds, the planted bugs, every seed that ever failed.
//!
//! The simulator proves something only if it finds what is there to be found.
//! So each planted bug must be found in the seed that is written beside it,
//! and the canary must fail.

mod actors;
mod admin;
mod clock;
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

/// A million steps of trouble, and nothing goes wrong.
#[test]
fn no_card_is_charged_twice_and_no_charge_is_lost() {
    let run = tell(0..1_000_000, cores(), None, false, &|tally| {
        tally.steps >= 1_000_000 && tally.sends >= 80_000 && tally.restores >= 500
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

/// A simulator that cannot find a bug that is there proves nothing.
#[test]
fn every_planted_bug_is_found() {
    let missed: Vec<String> = Planted::FOUND
        .iter()
        .filter(|(bug, seed)| play(*seed, Some(*bug), false).violation.is_none())
        .map(|(bug, _)| bug.name())
        .collect();

    assert_eq!(missed, Vec::<String>::new());
    assert!(Planted::FOUND.len() >= 20);
}

#[test]
fn the_canary_fails() {
    let told = play(0, Some(Planted::Canary), false);

    let found = told.violation.unwrap_or_default();
    assert!(found.starts_with("DOUBLE"), "{found}");
}

//! What of the simulator runs with every test: a few seeds, a few planted bugs.
//!
//! The simulator proves something only if it finds what is there to be found:
//! planted bugs must be found, and the canary must fail. The million steps, all
//! planted bugs and every seed that ever failed are played by the program
//! itself, built for release, as `.ci/run` does: a debug build takes ten times
//! as long.

mod actors;
mod admin;
mod clock;
mod dates;
mod faults;
mod gateway;
mod given;
mod giving;
mod line;
mod listing;
mod oracle;
mod person;
mod planted;
mod play;
mod report;
mod returning;
mod returns;
mod rng;
mod server;
mod shop;
mod stage;
mod tally;
mod watch;

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
        tally.steps >= 6_000
    });

    print(&run);
    let found: Vec<_> = run.failed.iter().map(|told| &told.violation).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let told = thread::scope(|scope| {
        let twice = [(), ()].map(|()| scope.spawn(|| play(0, None, false)));
        twice.map(|told| told.join().expect("a story that ends"))
    });

    assert_eq!(told[0], told[1]);
}

/// A simulator that cannot find a bug that is there proves nothing. All of them
/// are looked for by `sim --planted all`.
#[test]
fn planted_bugs_are_found() {
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

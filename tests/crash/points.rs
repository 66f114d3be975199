//! Every named place of the program, stopped, failed once and failed for ever; and again while it recovers.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::thread;

use dues::rehearsal::POINTS;

use crate::scenes;
use crate::some;
use crate::truth::{CHARGE, Scene};

fn at(command: &mut Command, place: &str, how: &str, nth: u32) {
    command.env("DUES_CRASH", format!("{place}:{how}:{nth}"));
}

/// Every place that the scene's line passes, and which time it is that it does.
fn places(scene: &Scene) -> Vec<(&'static str, u32)> {
    let shop = scene.shop.copy();
    let mut command = scene.command(&shop);
    command.env("DUES_PASSED", shop.path("passed"));
    command.output().unwrap();
    let passed = fs::read_to_string(shop.path("passed")).unwrap_or_default();
    let times = |place: &str| passed.lines().filter(|line| *line == place).count();
    POINTS
        .iter()
        .flat_map(|place| (1..=times(place)).map(move |nth| (*place, u32::try_from(nth).unwrap())))
        .collect()
}

/// Does each thing to a scene, on both cores; what went wrong.
fn each<T: Send + Sync>(things: &[T], one: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let halves = things.chunks(things.len().div_ceil(2).max(1));
    thread::scope(|scope| {
        let workers: Vec<_> = halves
            .map(|half| scope.spawn(|| half.iter().filter_map(&one).collect::<Vec<_>>()))
            .collect();
        let found = workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap());
        found.collect()
    })
}

/// What goes wrong if the scene meets this: a place, how it fails, at which pass.
fn meets(scene: &Scene, (place, how, nth): (&str, &str, u32)) -> Option<String> {
    let survived = scene.survives(|mut command, _| {
        at(&mut command, place, how, nth);
        command.output().unwrap()
    });
    Some(format!("{place}:{how}:{nth}: {}", survived.err()?))
}

#[test]
fn stopped_or_failed_at_any_place_a_command_comes_to_the_same_end() {
    let scenes = scenes::all();

    let mut met = BTreeSet::new();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for scene in &scenes {
        let mut faults = Vec::new();
        for (place, nth) in places(scene) {
            met.insert(place);
            faults.extend(["abort", "error", "errors"].map(|how| (place, how, nth)));
        }
        let faults = some(faults, 7);
        tried += faults.len();
        wrong.extend(each(&faults, |fault| meets(scene, *fault)));
    }

    println!("{tried} faults at named places of {} scenes", scenes.len());
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    // Copies and packets have scenes of their own.
    let others = ["backup.", "restore.", "evidence."];
    let elsewhere = |place: &&str| !others.iter().any(|other| place.starts_with(other));
    let missed: Vec<_> = POINTS
        .iter()
        .filter(|place| elsewhere(place) && !met.contains(*place))
        .collect();
    assert!(missed.is_empty(), "nothing passes {missed:?}");
}

/// The fault comes again while the first is recovered from.
#[test]
fn stopped_again_while_it_recovers_a_charge_is_still_made_once() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (token, first) in [
        ("tok_approve", "charge.sending"),
        ("tok_approve", "charge.marked"),
        ("tok_lost", "sandbox.taken"),
        ("tok_500_taken", "charge.answered"),
    ] {
        let mut scene = scenes::recovery(token, first);
        for line in ["charge recover", CHARGE] {
            scene.line = line;
            scene.then = &[CHARGE, "charge recover", "mail send"];
            let mut faults = Vec::new();
            for (place, nth) in places(&scene) {
                faults.extend(["abort", "error", "errors"].map(|how| (place, how, nth)));
            }
            let faults = some(faults, 7);
            tried += faults.len();
            wrong.extend(each(&faults, |fault| meets(&scene, *fault)));
        }
    }

    println!("{tried} faults while a charge was recovered");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Whoever runs an import, a run or a reconciliation again after it was stopped
/// may be stopped again, anywhere.
#[test]
fn stopped_twice_any_other_command_comes_to_the_same_end() {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for mut scene in scenes::others() {
        let (name, fresh) = (scene.name.clone(), scene.shop.copy());
        for (first, nth) in some(places(&scene), 7) {
            scene.shop = fresh.copy();
            let mut command = scene.command(&scene.shop);
            at(&mut command, first, "abort", nth);
            command.output().unwrap();
            scene.name = format!("{name}, stopped at {first} {nth}");
            let seconds: Vec<_> = places(&scene)
                .into_iter()
                .map(|(place, nth)| (place, "abort", nth))
                .collect();
            let seconds = some(seconds, 3);
            tried += seconds.len();
            wrong.extend(each(&seconds, |second| meets(&scene, *second)));
        }
    }

    println!("{tried} times stopped again in what is no charge of its own");
    assert!(tried > 0);
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

//! One seed, from beginning to end: first with faults, then without.
//!
//! While faults are on, nothing may go wrong (safety). When they are off and
//! time passes, everything must come to an end (liveness).

use std::fs;
use std::rc::Rc;
use std::sync::Arc;

use dues::domain::charge::State as Stands;
use dues::rehearsal;

use super::actors;
use super::admin;
use super::faults::Fault;
use super::oracle;
use super::person;
use super::planted::Planted;
use super::shop::{open_shop, run, scratch};
use super::stage::{Class, Stage};
use super::tally::Tally;

/// How a seed's story ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub seed: u64,
    pub tally: Tally,
    /// Of everything that happened.
    pub hash: u64,
    pub violation: Option<String>,
}

/// How many steps a seed takes while faults are on.
pub const STEPS: u64 = 1500;

/// How often the books are looked through, in steps.
const LOOK_EVERY: u64 = 400;

/// How many rounds of some hours the shop has to come to rest.
const ROUNDS: u32 = 90;

/// Tells the story of one seed, in this thread.
pub fn play(seed: u64, planted: Option<Planted>, trace: bool) -> Told {
    let folder = scratch(&seed.to_string());
    let stage = Arc::new(Stage::new(seed, planted, folder, trace));
    open_shop(&stage);
    let listener = Arc::clone(&stage);
    rehearsal::listen(Some(Rc::new(move |name| listener.at_point(name))));
    rehearsal::take_out(planted.and_then(Planted::rule));
    stage.note(format_args!("a gateway with {:?}", stage.class));

    faults_are_on(&stage);
    if !stage.is_wrong() {
        comes_to_rest(&stage);
    }

    rehearsal::listen(None);
    rehearsal::take_out(None);
    let mut state = stage.state();
    for desk in &mut state.desks {
        desk.let_go();
    }
    let mut tally = state.tally.clone();
    tally.seeds = 1;
    tally.taken = state.taken as u64;
    tally.given = state.given as u64;
    let told = Told {
        seed,
        tally,
        hash: state.hash,
        violation: state.violation.clone(),
    };
    drop(state);
    let _ = fs::remove_dir_all(&stage.folder);
    told
}

fn faults_are_on(stage: &Arc<Stage>) {
    for book in [0, 1, 0, 1, 0, 1] {
        actors::add_invoice(stage, 0, book);
    }
    admin::backs_up(stage, 0, 0);
    if stage.hits(Fault::Heap) {
        actors::brings_a_heap(stage, 0);
    }
    let mut looked_at = 0;
    loop {
        let steps = stage.state().tally.steps;
        if steps >= STEPS || stage.is_wrong() {
            return;
        }
        if steps >= looked_at + LOOK_EVERY {
            looked_at = steps;
            for book in 0..2 {
                oracle::inspect(stage, book, false);
            }
        }
        actors::between_turns(stage);
        let process = usize::try_from(stage.below(2)).unwrap_or(0);
        actors::turn(stage, process);
    }
}

fn comes_to_rest(stage: &Arc<Stage>) {
    stage.note(format_args!("faults are off"));
    {
        let mut state = stage.state();
        state.calm = true;
        state.hands.wrong_by = 0;
        let now = state.hands.truth;
        state.server.hastens(now);
    }
    admin::puts_the_right_secret(stage);
    admin::repairs(stage);
    for round in 0..ROUNDS {
        let hours = stage.between(1, 6);
        stage.pass(hours * 3600);
        for book in 0..2 {
            actors::cron_recovers(stage, 0, book);
            let locked = stage.state().desks[book].locked;
            if locked || round % 8 == 0 {
                person::reconciles(stage, 0, book);
            }
            decides_what_is_left(stage, book);
            actors::mailer(stage, 0, book);
        }
        if stage.is_wrong() || is_at_rest(stage) {
            break;
        }
    }
    if !stage.is_wrong() && !is_at_rest(stage) {
        let open = [0, 1].map(|book| oracle::still_open(stage, book));
        stage.state().tally.stuck += 1;
        let locked = [0, 1].map(|book| stage.state().desks[book].locked);
        stage.wrong(format!("STUCK: {open:?}, locked {locked:?}"));
    }
    for book in 0..2 {
        if !stage.is_wrong() {
            // What a bank sent back last nobody has asked after yet.
            actors::cron_recovers(stage, 0, book);
        }
        if stage.class == Class::Nothing && !stage.is_wrong() {
            person::reconciles(stage, 0, book);
        }
        if !stage.is_wrong() {
            oracle::inspect(stage, book, true);
        }
    }
}

/// Only what a person must decide is left to them; a book that is locked waits
/// for them with what is pending, too.
fn decides_what_is_left(stage: &Arc<Stage>, book: usize) {
    let locked = stage.state().desks[book].locked;
    let review = run(stage, 0, book, "review", |world| {
        let open = world.books.read().open_attempts()?;
        Ok(open
            .into_iter()
            .filter(|attempt| match attempt.state {
                Stands::Review => true,
                Stands::Pending => locked,
                _ => false,
            })
            .collect::<Vec<_>>())
    });
    for attempt in review.and_then(Result::ok).unwrap_or_default() {
        person::resolves_this(stage, 0, book, &attempt);
    }
}

fn is_at_rest(stage: &Arc<Stage>) -> bool {
    let state = stage.state();
    let quiet = state.in_flight.is_empty() && state.server.is_quiet();
    let unlocked = state.desks.iter().all(|desk| !desk.locked);
    drop(state);
    quiet && unlocked && (0..2).all(|book| oracle::still_open(stage, book).is_empty())
}

//! The person: looks at the gateway's own page and says what they found, sometimes wrongly.
//!
//! They tell the truth of the ledger, and close a charge as not made only when
//! nothing of it can still come. When they are wrong, the gateway can be asked,
//! and the program must not believe them.

use std::sync::Arc;

use dues::books::AttemptRow;
use dues::domain::charge::State as Stands;
use dues::domain::ids::ChargeId;
use dues::jobs::reconcile::{How, reconcile};
use dues::jobs::resolve::{Finding, resolve};
use dues::problem::Problem;

use super::actors;
use super::faults::Fault;
use super::oracle;
use super::shop::run;
use super::stage::{Class, Key, Stage};

/// What the gateway's page shows of an attempt.
enum Page {
    Taken(String),
    /// Taken, but not as much as was asked: nobody believes a person about that.
    TakenLess(String),
    Nothing,
    /// It is deciding, or a request may still be under way.
    NotYet,
}

fn page(stage: &Arc<Stage>, attempt: &AttemptRow) -> Page {
    let state = stage.state();
    let reference = &attempt.asked.reference;
    // A charge that was taken back late is known by its id only.
    let note = attempt.note.clone().unwrap_or_default();
    let late = reference.starts_with('L');
    let taken = state.server.intents.iter().find(|intent| {
        intent.is_taken()
            && !oracle::is_before_the_books_memory(&state, stage.class, intent)
            && (intent.meta("dues_attempt") == Some(reference)
                || (late && note.contains(&intent.id()))
                || attempt.gateway_id.as_ref() == Some(&intent.id()))
    });
    if let Some(intent) = taken {
        return if intent.received == attempt.asked.amount.minor() {
            Page::Taken(intent.id())
        } else {
            Page::TakenLess(intent.id())
        };
    }
    let under_way = state
        .in_flight
        .iter()
        .any(|parcel| parcel.key == attempt.key)
        || state.on_the_way.contains(&attempt.key);
    if under_way || state.server.may_still_take(reference) {
        Page::NotYet
    } else {
        Page::Nothing
    }
}

/// Whether the program can ask the gateway on its own now.
fn is_reachable(stage: &Arc<Stage>) -> bool {
    let state = stage.state();
    let right = Key {
        account: 1,
        edition: state.edition,
    };
    stage.class != Class::Nothing && state.key == right
}

/// Decides one open charge.
pub fn resolves(stage: &Arc<Stage>, process: usize, book: usize) {
    let open = run(stage, process, book, "review", |world| {
        let open = world.books.read().open_charges()?;
        let decidable =
            |stands| matches!(stands, Stands::Unknown | Stands::Review | Stands::Pending);
        Ok(open
            .into_iter()
            .map(|charge| charge.attempt)
            .filter(|attempt| decidable(attempt.state))
            .collect::<Vec<_>>())
    });
    let open = open.and_then(Result::ok).unwrap_or_default();
    let chosen = stage.state().rng.pick(&open).cloned();
    if let Some(attempt) = chosen {
        resolves_this(stage, process, book, &attempt);
    }
}

pub fn resolves_this(stage: &Arc<Stage>, process: usize, book: usize, attempt: &AttemptRow) {
    let page = page(stage, attempt);
    let must_be_confirmed = matches!(page, Page::TakenLess(_));
    let lies = is_reachable(stage) && stage.hits(Fault::Lie);
    let finding = match (page, lies) {
        (Page::Taken(id), false) => Finding::Made { id, because: None },
        (Page::Nothing, false) => Finding::NotMade("not on their page".into()),
        (Page::TakenLess(id), false) if is_reachable(stage) => Finding::Made { id, because: None },
        (Page::NotYet | Page::TakenLess(_), false) => return,
        (Page::Taken(_) | Page::TakenLess(_), true) => Finding::NotMade("overlooked it".into()),
        (_, true) => Finding::Made {
            id: another(stage, attempt),
            because: None,
        },
    };
    // A lie can be found out only if the gateway can be asked.
    let was_calm = stage.state().calm;
    stage.state().calm = was_calm || lies || must_be_confirmed;
    let charge = attempt
        .purpose
        .require_charge()
        .expect("a person is asked about charges");
    let done = says(stage, process, book, charge, &finding);
    stage.state().calm = was_calm;
    if lies && done {
        stage.state().tally.other += 1;
        stage.wrong(format!("BELIEVED: {charge} resolved as {finding:?}"));
    }
}

/// A transaction that is not this charge's: another's, or none at all.
fn another(stage: &Arc<Stage>, attempt: &AttemptRow) -> String {
    let state = stage.state();
    let other = state.server.intents.iter().rev().find(|intent| {
        let reference = intent.meta("dues_attempt");
        reference.is_some() && reference != Some(&attempt.asked.reference)
    });
    other.map_or_else(|| "pi_999999".to_owned(), super::server::Intent::id)
}

fn says(
    stage: &Arc<Stage>,
    process: usize,
    book: usize,
    charge: ChargeId,
    finding: &Finding,
) -> bool {
    let name = format!("resolve {charge} {finding:?}");
    let resolved = run(stage, process, book, &name, |world| {
        resolve(world, charge, finding)
    });
    let Some(Ok(resolved)) = resolved else {
        return false;
    };
    stage.state().tally.resolved += 1;
    stage.note(format_args!("{charge} is {}", resolved.state));
    true
}

/// Compares the book with the gateway, and unlocks charging.
pub fn reconciles(stage: &Arc<Stage>, process: usize, book: usize) {
    let by_hand = stage.class == Class::Nothing;
    if by_hand {
        actors::imports_again(stage, process, book);
        // Where no program can ask, a person reads the page and books what the book forgot.
        let missing = oracle::forgotten(stage, book);
        stage.state().by_hand.extend(missing);
    }
    // Whether it comes to its end or is killed: it may unlock the book.
    stage.state().desks[book].charged_from = None;
    let compared = by_hand.then_some("read the gateway's page");
    let done = run(stage, process, book, "reconcile", |world| {
        let how = How {
            compared,
            ..How::default()
        };
        reconcile(world, &how)
    });
    let Some(Ok(done)) = done else { return };
    {
        let mut state = stage.state();
        state.tally.reconciled += 1;
        state.tally.adopted += done.adopted.len() as u64;
        state.desks[book].locked = !done.left.is_empty();
    }
    for adopted in &done.adopted {
        stage.note(format_args!(
            "adopted {} as {} late {}",
            adopted.purpose, adopted.state, adopted.late
        ));
    }
    for problem in &done.left {
        stage.note(format_args!("left: {problem}"));
    }
    let lacks_an_invoice = |problem: &Problem| problem.code() == "invoice_forgotten";
    if !done.adopted.is_empty() || done.left.iter().any(lacks_an_invoice) {
        actors::imports_again(stage, process, book);
    }
}

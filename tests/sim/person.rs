//! The person: looks at the gateway's own page and says what they found, sometimes wrongly.
//!
//! They tell the truth of the ledger, and close a charge as not made only when
//! nothing of it can still come. When they are wrong, the gateway can be asked,
//! and the program must not believe them.

use std::sync::Arc;

use dues::books::AttemptRow;
use dues::domain::charge::State as Stands;
use dues::domain::purpose::Purpose;
use dues::jobs::reconcile::{How, reconcile};
use dues::jobs::resolve::{Finding, resolve};
use dues::problem::Problem;

use super::actors;
use super::faults::Fault;
use super::given;
use super::oracle;
use super::returns::Refund;
use super::server::Intent;
use super::shop::run;
use super::stage::{Class, Key, Stage};

/// What the gateway's page shows of an attempt.
enum Page {
    Made(String),
    /// Made, but not of as much as was asked: nobody believes a person about that.
    MadeLess(String),
    Nothing,
    /// It is deciding, or a request may still be under way.
    NotYet,
}

fn page(stage: &Arc<Stage>, attempt: &AttemptRow) -> Page {
    let state = stage.state();
    let reference = &attempt.asked.reference;
    // What was taken back late is known by its id only.
    let note = attempt.note.clone().unwrap_or_default();
    let late = reference.starts_with('L');
    let is_it = |id: &str, carries: Option<&str>| {
        carries == Some(reference)
            || (late && note.contains(id))
            || attempt.gateway_id.as_deref() == Some(id)
    };
    let is_remembered = |book: Option<&str>, created: i64| {
        !oracle::is_before_the_books_memory(&state, stage.class, book, created)
    };
    let found = match attempt.purpose {
        Purpose::Take(_) => {
            let mut taken = state.server.intents.iter().filter(|it| it.is_taken());
            taken
                .find(|it| {
                    is_remembered(it.meta("dues_book"), it.created)
                        && is_it(&it.id(), it.meta("dues_attempt"))
                })
                .map(|it| (it.id(), it.received))
        }
        Purpose::GiveBack(_) => {
            let mut given = state.server.refunds.iter().filter(|it| it.is_given());
            given
                .find(|it| {
                    is_remembered(it.meta("dues_book"), it.created)
                        && is_it(&it.id(), it.meta("dues_attempt"))
                })
                .map(|it| (it.id(), it.amount))
        }
    };
    if let Some((id, amount)) = found {
        return if amount == attempt.asked.amount.minor() {
            Page::Made(id)
        } else {
            Page::MadeLess(id)
        };
    }
    let under_way = state
        .in_flight
        .iter()
        .any(|parcel| parcel.key == attempt.key)
        || state.on_the_way.contains(&attempt.key);
    let server = &state.server;
    if under_way || server.may_still_take(reference) || server.may_still_give(reference) {
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

/// Decides one open charge or refund.
pub fn resolves(stage: &Arc<Stage>, process: usize, book: usize) {
    let open = run(stage, process, book, "review", |world| {
        let open = world.books.read().open_attempts()?;
        let decidable =
            |stands| matches!(stands, Stands::Unknown | Stands::Review | Stands::Pending);
        Ok(open
            .into_iter()
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
    let must_be_confirmed = matches!(page, Page::MadeLess(_));
    let lies = is_reachable(stage) && stage.hits(Fault::Lie);
    let finding = match (page, lies) {
        (Page::Made(id), false) => Finding::Made { id, because: None },
        (Page::Nothing, false) => Finding::NotMade("not on their page".into()),
        (Page::MadeLess(id), false) if is_reachable(stage) => Finding::Made { id, because: None },
        (Page::NotYet | Page::MadeLess(_), false) => return,
        (Page::Made(_) | Page::MadeLess(_), true) => Finding::NotMade("overlooked it".into()),
        (_, true) => Finding::Made {
            id: another(stage, attempt),
            because: None,
        },
    };
    // A lie can be found out only if the gateway can be asked.
    let was_calm = stage.state().calm;
    stage.state().calm = was_calm || lies || must_be_confirmed;
    let purpose = attempt.purpose;
    let done = says(stage, process, book, purpose, &finding);
    stage.state().calm = was_calm;
    if lies && done {
        stage.state().tally.other += 1;
        stage.wrong(format!("BELIEVED: {purpose} resolved as {finding:?}"));
    }
}

/// A transaction or a refund that is not this one's: another's, or none at all.
fn another(stage: &Arc<Stage>, attempt: &AttemptRow) -> String {
    let state = stage.state();
    let is_other = |reference: Option<&str>| {
        reference.is_some() && reference != Some(&attempt.asked.reference)
    };
    if attempt.purpose.refund().is_some() {
        let mut others = state.server.refunds.iter().rev();
        let other = others.find(|it| is_other(it.meta("dues_attempt")));
        return other.map_or_else(|| "re_999999".to_owned(), Refund::id);
    }
    let mut others = state.server.intents.iter().rev();
    let other = others.find(|it| is_other(it.meta("dues_attempt")));
    other.map_or_else(|| "pi_999999".to_owned(), Intent::id)
}

fn says(
    stage: &Arc<Stage>,
    process: usize,
    book: usize,
    purpose: Purpose,
    finding: &Finding,
) -> bool {
    let name = format!("resolve {purpose} {finding:?}");
    let resolved = run(stage, process, book, &name, |world| {
        resolve(world, purpose, finding)
    });
    let Some(Ok(resolved)) = resolved else {
        return false;
    };
    stage.state().tally.resolved += 1;
    stage.note(format_args!("{purpose} is {}", resolved.state));
    true
}

/// Compares the book with the gateway, and unlocks charging.
pub fn reconciles(stage: &Arc<Stage>, process: usize, book: usize) {
    let by_hand = stage.class == Class::Nothing;
    if by_hand {
        actors::imports_again(stage, process, book);
        // Where no program can ask, a person reads the page and books what the book forgot.
        let missing = oracle::forgotten(stage, book);
        let mut state = stage.state();
        let given = given::forgotten(&mut state, book);
        state.by_hand.extend(missing);
        state.given_by_hand.extend(given);
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

//! Takes back into the book what was charged from it and it does not know, and unlocks charging.
//!
//! Two witnesses: each gateway's own list, and this machine's mark, which
//! knows of requests that were still on their way. What is found is booked as
//! the gateway took it; what is only marked enters as unknown, and blocks until
//! it is known. Charging stays locked while anything is left over, unless a
//! person compared and sets it aside.

use super::World;
use super::adopt::{Adopted, adopt_marked, adopt_seen};
use super::guard::{Right, forgotten, is_current};
use super::recover::{Recovered, hear_what_is_listed, recover_open};
use crate::books::Look;
use crate::domain::charge::{Event, State};
use crate::domain::ids::ChargeId;
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Problem, Result};
use crate::rehearsal;

/// What came of it.
#[derive(Debug, Default)]
pub struct Reconciled {
    pub adopted: Vec<Adopted>,
    /// What could not be taken back, and why; charging stays locked, unless a
    /// person compared: then it was set aside.
    pub left: Vec<Problem>,
    pub unlocked: bool,
    /// What became of the charges that were or are now open.
    pub recovered: Vec<Recovered>,
    /// Gateways that were compared, and how many charges each lists beyond the book.
    pub looked: Vec<(String, usize)>,
}

/// A request that the book does not know, by its witness.
enum Forgotten {
    Listed {
        gateway: String,
        account: String,
        seen: Seen,
    },
    Marked(OpenCharge),
}

/// Compares the book with every gateway it is logged in to, and takes back
/// what it does not know. `compared` is how a person compared what has no list
/// or cannot be taken back. With `only_look` nothing is written.
///
/// # Errors
///
/// Nothing was changed: another `dues` is charging, a gateway could not be
/// asked, or its list cannot be had and nobody compared.
pub fn reconcile(
    world: &mut World<'_>,
    compared: Option<&str>,
    only_look: bool,
) -> Result<Reconciled> {
    let mut right = Right::take_unmarked(world)?;
    let mut done = Reconciled::default();
    if !only_look {
        doubt_what_was_on_its_way(world)?;
    }
    let (mut found, looks) = listed(world, &mut right, compared, only_look, &mut done)?;
    let mark = world.marks.read(&world.books.read().facts()?.id);
    let marked = mark.into_iter().flat_map(|mark| mark.open);
    found.extend(marked.map(Forgotten::Marked));
    if only_look {
        return Ok(done);
    }
    for forgotten in &found {
        match take_back(world, forgotten) {
            Ok(adopted) => done.adopted.extend(adopted),
            Err(problem) => {
                if let Some(because) = compared {
                    set_aside(world, forgotten, &problem, because)?;
                }
                done.left.push(problem);
            }
        }
        rehearsal::point("reconcile.adopted")?;
    }
    if done.left.is_empty() || compared.is_some() {
        let at = world.now();
        world.books.write(at, |tx| {
            for look in &looks {
                tx.remember_look(look)?;
            }
            tx.log_reconciliation(done.adopted.len(), compared)
        })?;
        world.mark()?;
        done.unlocked = true;
        done.recovered = recover_open(world, &mut right)?;
    }
    Ok(done)
}

/// What an old book has as prepared may have been sent since, and what it has
/// as on its way has no sender any more.
fn doubt_what_was_on_its_way(world: &mut World<'_>) -> Result<()> {
    if is_current(world.books.read(), world.marks).is_ok() {
        return Ok(());
    }
    let note = "the book is old: it may have been sent since";
    let now = world.now();
    for charge in world.books.read().open_charges()? {
        let attempt = &charge.attempt;
        if attempt.state == State::Prepared {
            // It left within a minute of this moment, or never.
            world.books.write(attempt.prepared_at, |tx| {
                tx.step(attempt, &Event::Sent, None, None)
            })?;
        }
        if matches!(attempt.state, State::Prepared | State::Sending) {
            world.books.write(now, |tx| {
                tx.step(attempt, &Event::Orphaned, None, Some(note))
            })?;
        }
    }
    Ok(())
}

/// What the gateways list beyond the book, and how far each was read.
fn listed(
    world: &mut World<'_>,
    right: &mut Right,
    compared: Option<&str>,
    only_look: bool,
    done: &mut Reconciled,
) -> Result<(Vec<Forgotten>, Vec<Look>)> {
    let (mut found, mut looks) = (Vec::new(), Vec::new());
    for login in world.books.read().logins()? {
        let asked = right.ask(world, &login.gateway, &login.account)?;
        right.require_right_clock(world, &login.gateway)?;
        if !asked.gateway.promises().lists {
            if compared.is_none() && world.books.read().has_charged()? {
                return Err(cannot_list(&login.gateway));
            }
            continue;
        }
        if !only_look {
            hear_what_is_listed(world, &asked, &login)?;
        }
        let (missing, look) = forgotten(world, &login.gateway, &asked)?;
        done.looked.push((login.gateway.clone(), missing.len()));
        looks.push(look);
        found.extend(missing.into_iter().map(|seen| Forgotten::Listed {
            gateway: login.gateway.clone(),
            account: login.account.clone(),
            seen,
        }));
    }
    Ok((found, looks))
}

fn take_back(world: &mut World<'_>, forgotten: &Forgotten) -> Result<Option<Adopted>> {
    match forgotten {
        Forgotten::Listed {
            gateway,
            account,
            seen,
        } => adopt_seen(world, gateway, account, seen).map(Some),
        Forgotten::Marked(open) => adopt_marked(world, open),
    }
}

fn set_aside(
    world: &mut World<'_>,
    forgotten: &Forgotten,
    problem: &Problem,
    because: &str,
) -> Result<()> {
    let (gateway, account, reference, charge) = match forgotten {
        Forgotten::Listed {
            gateway,
            account,
            seen,
        } => (gateway, account, &seen.reference, seen.label.charge),
        Forgotten::Marked(open) => (
            &open.gateway,
            &open.account,
            &open.reference,
            ChargeId(open.charge),
        ),
    };
    let at = world.now();
    world.books.write(at, |tx| {
        tx.set_aside(
            gateway,
            account,
            reference,
            charge,
            problem.message(),
            because,
        )
    })
}

fn cannot_list(gateway: &str) -> Problem {
    Problem::usage(
        "nobody_compared",
        format!("{gateway} has no list that dues can read"),
    )
    .hint(format!(
        "Compare `dues charge list` with {gateway}'s own page, then say how you did with `--compared TEXT`."
    ))
}

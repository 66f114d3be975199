//! Takes back into the book what was charged from it and it does not know, and unlocks charging.
//!
//! Two witnesses: each gateway's own list, and this machine's mark, which
//! knows of requests that were still on their way. What is found is booked as
//! the gateway took it; what is only marked enters as unknown, and blocks until
//! it is known. Charging stays locked while anything is left over, unless a
//! person compared and sets it aside.

use super::World;
use super::adopt::{Adopted, adopt_marked, adopt_seen, amount_of, id_of, is_known};
use super::guard::{Right, forgotten};
use super::recover::{Recovered, hear_what_is_open, recover_open};
use crate::books::{Look, SetAside};
use crate::domain::charge::Answer;
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::mark::OpenCharge;
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};
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
    /// Why what is open could not be asked for; all else is done.
    pub stopped: Option<Problem>,
    /// Gateways that were compared, and how many charges each lists beyond the book.
    pub looked: Vec<(String, usize)>,
    /// What the first look found, to be taken back.
    pub missing: Vec<Missing>,
}

/// A charge that the book does not know.
#[derive(Debug, Clone)]
pub struct Missing {
    pub charge: ChargeId,
    pub amount: Money,
    pub gateway: String,
    /// What the gateway's list says of it; `None` if only this machine's mark has it.
    pub answer: Option<Answer>,
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
/// Another `dues` is charging, a gateway could not be asked, its list cannot be
/// had and nobody compared, or the book could not be written. What was taken
/// back before stays; charging stays locked.
pub fn reconcile(
    world: &mut World<'_>,
    compared: Option<&str>,
    only_look: bool,
) -> Result<Reconciled> {
    let mut right = Right::take_unmarked(world)?;
    let mut done = Reconciled::default();
    if !only_look {
        hear_what_is_open(world, &mut right)?;
    }
    let mut witnesses = heard(world, &mut right, compared)?;
    done.looked.clone_from(&witnesses.looked);
    done.missing = missing(world, &witnesses)?;
    if only_look {
        return Ok(done);
    }
    loop {
        let before = done.adopted.len();
        done.left.retain(|_| compared.is_some());
        for forgotten in &witnesses.found {
            take_back(world, forgotten, compared, &mut done)?;
            rehearsal::point("reconcile.adopted")?;
        }
        if done.adopted.len() == before {
            break;
        }
        // What was known as open may have been closed by what was taken back.
        witnesses = heard(world, &mut right, compared)?;
    }
    if done.left.is_empty() || compared.is_some() {
        let at = world.now();
        world.books.write(at, |tx| {
            for look in &witnesses.looks {
                tx.remember_look(look)?;
            }
            tx.log_reconciliation(done.adopted.len(), compared)
        })?;
        rehearsal::point("reconcile.booked")?;
        world.mark()?;
        done.unlocked = true;
        match recover_open(world, &mut right) {
            Ok(recovered) => done.recovered = recovered,
            Err(problem) => done.stopped = Some(problem),
        }
    }
    Ok(done)
}

/// What the gateways list and this machine marked beyond the book.
#[derive(Default)]
struct Witnesses {
    found: Vec<Forgotten>,
    /// How far each list was read.
    looks: Vec<Look>,
    looked: Vec<(String, usize)>,
}

fn heard(world: &World<'_>, right: &mut Right, compared: Option<&str>) -> Result<Witnesses> {
    let mut heard = Witnesses::default();
    for (gateway, account) in world.books.read().accounts()? {
        let asked = match right.ask(world, &gateway, &account) {
            // A person compared it, who cannot log in there any more.
            Err(problem) if problem.kind() == Kind::Setup && compared.is_some() => continue,
            asked => asked?,
        };
        right.require_right_clock(world, &gateway)?;
        if !asked.gateway.promises().lists {
            if compared.is_none() && world.books.read().has_charged()? {
                return Err(cannot_list(&gateway));
            }
            continue;
        }
        let (missing, look) = forgotten(world, &gateway, &asked)?;
        heard.looked.push((gateway.clone(), missing.len()));
        heard.looks.push(look);
        heard
            .found
            .extend(missing.into_iter().map(|seen| Forgotten::Listed {
                gateway: gateway.clone(),
                account: account.clone(),
                seen,
            }));
    }
    let mark = world.marks.read(&world.books.read().facts()?.id);
    let marked = mark.into_iter().flat_map(|mark| mark.open);
    heard.found.extend(marked.map(Forgotten::Marked));
    Ok(heard)
}

/// What was found, in words for a person.
fn missing(world: &World<'_>, witnesses: &Witnesses) -> Result<Vec<Missing>> {
    let mut missing = Vec::new();
    for forgotten in &witnesses.found {
        missing.push(match forgotten {
            Forgotten::Listed { gateway, seen, .. } => Missing {
                charge: seen.label.charge,
                amount: seen.amount,
                gateway: gateway.clone(),
                answer: Some(seen.answer.clone()),
            },
            Forgotten::Marked(open) if is_known(world.books.read(), open)? => continue,
            Forgotten::Marked(open) => Missing {
                charge: ChargeId(open.charge),
                amount: amount_of(open)?,
                gateway: open.gateway.clone(),
                answer: None,
            },
        });
    }
    Ok(missing)
}

/// Takes one back. What never can be is set aside: by a person who compared,
/// or, where nothing was taken and no card is named, by itself.
///
/// # Errors
///
/// It failed for a reason that may pass; nothing was changed.
fn take_back(
    world: &mut World<'_>,
    forgotten: &Forgotten,
    compared: Option<&str>,
    done: &mut Reconciled,
) -> Result<()> {
    let adopted = match forgotten {
        Forgotten::Listed { seen, .. }
            if seen.token.is_none() && id_of(&seen.answer).is_empty() =>
        {
            let what = format!("{} of {}, without a card", seen.label.charge, seen.amount);
            return set_aside(
                world,
                forgotten,
                &what,
                "nothing was taken, and no card is named",
            );
        }
        Forgotten::Listed {
            gateway,
            account,
            seen,
        } => adopt_seen(world, gateway, account, seen, compared.is_some()).map(Some),
        Forgotten::Marked(open) => adopt_marked(world, open, compared.is_some()),
    };
    match adopted {
        Ok(adopted) => done.adopted.extend(adopted),
        Err(problem) if problem.kind() != Kind::Attention => return Err(problem),
        // It can be taken back, once the one before it is decided.
        Err(problem) if problem.code() == "earlier_charge_open" && compared.is_some() => {
            return Err(problem);
        }
        Err(problem) => {
            if let Some(because) = compared {
                set_aside(world, forgotten, problem.message(), because)?;
            }
            done.left.push(problem);
        }
    }
    Ok(())
}

fn set_aside(
    world: &mut World<'_>,
    forgotten: &Forgotten,
    what: &str,
    because: &str,
) -> Result<()> {
    let aside = match forgotten {
        Forgotten::Listed {
            gateway,
            account,
            seen,
        } => SetAside {
            gateway,
            account,
            reference: &seen.reference,
            taken: id_of(&seen.answer),
            charge: seen.label.charge,
        },
        Forgotten::Marked(open) => SetAside {
            gateway: &open.gateway,
            account: &open.account,
            reference: &open.reference,
            taken: "",
            charge: ChargeId(open.charge),
        },
    };
    let at = world.now();
    world
        .books
        .write(at, |tx| tx.set_aside(&aside, what, because))
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

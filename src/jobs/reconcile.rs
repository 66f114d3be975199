//! Takes back into the book what was charged or given back from it and it does not know, and unlocks charging.
//!
//! Two witnesses: each gateway's own list, and this machine's mark, which
//! knows of requests that were still on their way. What is found is booked as
//! the gateway took it; what is only marked enters as unknown, and blocks until
//! it is known. They are taken back in the order in which they were made, and
//! none before all that they rest on is in the book: what is left over would be
//! taken for older or newer than it was. Charging stays locked meanwhile.

use super::World;
use super::adopt::{
    Adopted, NotTaken, adopt_marked, adopt_seen, amount_of, is_known, require_what_marked_rests_on,
    require_what_seen_rests_on,
};
use super::guard::Right;
use super::memory::forgotten;
use super::recover::{Recovered, hear_what_is_open, recover_open};
use super::regain::{self, What, regain_marked, regain_seen};
use crate::books::{Look, Reader, SetAside};
use crate::domain::charge::Answer;
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{ChargeId, RefundId};
use crate::domain::label::paid;
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::mark::{OpenCharge, OpenRefund};
use crate::ports::Seen;
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;

/// How a person wants it done.
#[derive(Debug, Clone, Copy, Default)]
pub struct How<'a> {
    /// How they compared what has no list, or whose card is gone: that is set aside.
    pub compared: Option<&'a str>,
    /// Money of invoices that are not in the book, or that no label names, is
    /// booked on account.
    pub on_account: bool,
    /// Nothing is written.
    pub only_look: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Reconciled {
    pub adopted: Vec<Adopted>,
    /// What could not be taken back, and why; charging stays locked.
    pub left: Vec<Problem>,
    /// What a person compared, and never will be.
    pub set_aside: Vec<Aside>,
    pub unlocked: bool,
    /// What became of the charges that were or are now open.
    pub recovered: Vec<Recovered>,
    /// Why it did not come to its end; what was done stands.
    pub stopped: Option<Problem>,
    /// Gateways that were compared.
    pub looked: Vec<Looked>,
    /// What the first look found, to be taken back.
    pub missing: Vec<Missing>,
}

/// How much a gateway lists beyond the book.
#[derive(Debug, Clone)]
pub struct Looked {
    pub gateway: String,
    pub charges: usize,
    pub refunds: usize,
}

/// A charge or a refund that was left out of the book for good.
#[derive(Debug)]
pub struct Aside {
    /// Why it could not be taken back.
    pub problem: Problem,
    /// The invoices that it may have paid, on hold from now on.
    pub held: Vec<String>,
}

/// A charge or a refund that the book does not know.
#[derive(Debug, Clone)]
pub struct Missing {
    pub purpose: Purpose,
    pub amount: Money,
    pub gateway: String,
    /// What the gateway's list says of it; `None` if only this machine's mark has it.
    pub answer: Option<Answer>,
}

/// A request that the book does not know, by its witness.
enum Forgotten {
    Listed {
        account: GatewayAccount,
        seen: Seen,
        /// By our clock it was compared.
        clock_is_right: bool,
    },
    Marked(OpenCharge),
    MarkedRefund(OpenRefund),
}

impl Reconciled {
    /// Whether anything was taken back, set aside or unlocked.
    #[must_use]
    pub fn had_effects(&self) -> bool {
        self.unlocked || !self.adopted.is_empty() || !self.set_aside.is_empty()
    }
}

/// Compares the book with every gateway it is logged in to, and takes back
/// what it does not know.
///
/// # Errors
///
/// Nothing was taken back: another `dues` is charging, a gateway could not be
/// asked, its list cannot be had and nobody compared, or the book could not be
/// written. What ends it later is in [`Reconciled::stopped`]; charging stays
/// locked then.
pub fn reconcile(world: &mut World<'_>, how: &How<'_>) -> Result<Reconciled> {
    let mut right = Right::take_unmarked(world)?;
    let mut done = Reconciled::default();
    let before = newest(world)?;
    let (ended, had_effects) = match compare(world, &mut right, how, &mut done) {
        Ok(None) => return Ok(done),
        Ok(Some(looks)) => {
            let ended = unlock(world, &mut right, how, &looks, &mut done);
            (ended, done.had_effects())
        }
        // The log tells of all that the book took, what was only heard too.
        Err(problem) => {
            let moved = newest(world).is_ok_and(|newest| newest != before);
            (Err(problem), moved || done.had_effects())
        }
    };
    match ended {
        Ok(()) => Ok(done),
        Err(problem) if !had_effects => Err(problem),
        Err(problem) => {
            done.stopped = Some(problem.after_effects());
            Ok(done)
        }
    }
}

/// The end of the book's log.
fn newest(world: &World<'_>) -> Result<Option<String>> {
    let newest = world.books.read().audit(Some(1))?.pop();
    Ok(newest.map(|row| row.hash))
}

/// Takes back all there is; how far each list was read, or nothing where some
/// of it must wait or is only looked at.
fn compare(
    world: &mut World<'_>,
    right: &mut Right,
    how: &How<'_>,
    done: &mut Reconciled,
) -> Result<Option<Vec<Look>>> {
    if !how.only_look {
        hear_what_is_open(world, right)?;
    }
    let mut witnesses = heard(world, right, how.compared)?;
    done.looked.clone_from(&witnesses.looked);
    done.missing = missing(world, &witnesses)?;
    loop {
        done.left = lacking(world, &witnesses, how)?;
        if how.only_look || !done.left.is_empty() {
            return Ok(None);
        }
        let took = take_all_back(world, &witnesses, how, done)?;
        if !done.left.is_empty() {
            return Ok(None);
        }
        if !took {
            return Ok(Some(witnesses.looks));
        }
        // What was known as open may have been closed by what was taken back.
        witnesses = heard(world, right, how.compared)?;
    }
}

/// The book knows all there is: says so, and asks for what is open.
fn unlock(
    world: &mut World<'_>,
    right: &mut Right,
    how: &How<'_>,
    looks: &[Look],
    done: &mut Reconciled,
) -> Result<()> {
    world.write(|tx| {
        for look in looks {
            tx.remember_look(look)?;
        }
        tx.log_reconciliation(done.adopted.len(), how.compared)
    })?;
    rehearsal::point("reconcile.booked")?;
    world.mark()?;
    done.unlocked = true;
    let recovered = &mut done.recovered;
    recover_open(world, right, &mut |one| recovered.push(one))
}

/// What the gateways list and this machine marked beyond the book.
#[derive(Default)]
struct Witnesses {
    found: Vec<Forgotten>,
    /// How far each list was read.
    looks: Vec<Look>,
    looked: Vec<Looked>,
}

fn heard(world: &World<'_>, right: &mut Right, compared: Option<&str>) -> Result<Witnesses> {
    let mut heard = Witnesses::default();
    for account in world.books.read().accounts()? {
        let asked = match right.ask(world, &account) {
            // A person compared it, who cannot log in there any more.
            Err(not_asked) if not_asked.problem.kind() == Kind::Setup && compared.is_some() => {
                continue;
            }
            asked => asked?,
        };
        right.require_right_clock(world, &account)?;
        if !asked.gateway.promises().lists {
            if compared.is_none() && world.books.read().has_charged()? {
                return Err(cannot_list(&account.gateway));
            }
            continue;
        }
        let (missing, look) = forgotten(world, &*asked.gateway, &asked.shown)?;
        let refunds = missing.iter().filter(|seen| gives_back(seen)).count();
        heard.looked.push(Looked {
            gateway: account.gateway.clone(),
            charges: missing.len() - refunds,
            refunds,
        });
        heard.looks.push(look);
        heard
            .found
            .extend(missing.into_iter().map(|seen| Forgotten::Listed {
                account: account.clone(),
                seen,
                clock_is_right: asked.clock_is_right,
            }));
    }
    heard.found.sort_by_key(|forgotten| match forgotten {
        Forgotten::Listed { seen, .. } => seen.made_at,
        Forgotten::Marked(_) | Forgotten::MarkedRefund(_) => None,
    });
    let mark = world.marks.read(&world.books.read().facts()?.id);
    let (mut charges, mut refunds) = mark
        .map(|mark| (mark.open, mark.open_refunds))
        .unwrap_or_default();
    // The list says more than the mark.
    charges.retain(|open| !heard.lists(&open.account, &open.reference));
    refunds.retain(|open| !heard.lists(&open.account, &open.reference));
    let marked = charges.into_iter().map(Forgotten::Marked);
    heard
        .found
        .extend(marked.chain(refunds.into_iter().map(Forgotten::MarkedRefund)));
    Ok(heard)
}

impl Witnesses {
    fn lists(&self, at: &GatewayAccount, reference: &str) -> bool {
        self.found.iter().any(|forgotten| match forgotten {
            Forgotten::Listed { account, seen, .. } => account == at && seen.reference == reference,
            Forgotten::Marked(_) | Forgotten::MarkedRefund(_) => false,
        })
    }

    /// Whether a charge that made this transaction is taken back first.
    fn bring(&self, what: &What<'_>) -> bool {
        self.found.iter().any(|forgotten| match forgotten {
            Forgotten::Listed { account, seen, .. } => {
                account == what.account
                    && !gives_back(seen)
                    && seen.answer.taken_id() == Some(what.transaction)
            }
            Forgotten::Marked(_) | Forgotten::MarkedRefund(_) => false,
        })
    }

    /// What stands against taking a refund back.
    fn require_payment(&self, book: Reader<'_>, what: &What<'_>) -> Result<(), NotTaken> {
        if self.bring(what) {
            return Ok(());
        }
        what.payment(book).map(drop)
    }
}

fn gives_back(seen: &Seen) -> bool {
    seen.label.purpose.refund().is_some()
}

/// Nothing went back: whatever it was of, there is nothing to book.
fn gave_nothing_back(seen: &Seen) -> bool {
    gives_back(seen) && matches!(seen.answer, Answer::Declined(_))
}

/// What was found, in words for a person.
fn missing(world: &World<'_>, witnesses: &Witnesses) -> Result<Vec<Missing>> {
    let mut missing = Vec::new();
    for forgotten in &witnesses.found {
        missing.push(match forgotten {
            Forgotten::Listed { account, seen, .. } => Missing {
                purpose: seen.label.purpose,
                amount: seen.amount,
                gateway: account.gateway.clone(),
                answer: Some(seen.answer.clone()),
            },
            Forgotten::Marked(open) if is_known(world.books.read(), open)? => continue,
            Forgotten::Marked(open) => Missing {
                purpose: Purpose::Take(ChargeId(open.charge)),
                amount: amount_of(open)?,
                gateway: open.account.gateway.clone(),
                answer: None,
            },
            Forgotten::MarkedRefund(open) if regain::is_known(world.books.read(), open)? => {
                continue;
            }
            Forgotten::MarkedRefund(open) => Missing {
                purpose: Purpose::GiveBack(RefundId(open.refund)),
                amount: regain::amount_of(open)?,
                gateway: open.account.gateway.clone(),
                answer: None,
            },
        });
    }
    Ok(missing)
}

/// What stands against taking it back, of all that was found: nothing is, as
/// long as one must wait.
fn lacking(world: &World<'_>, witnesses: &Witnesses, how: &How<'_>) -> Result<Vec<Problem>> {
    let book = world.books.read();
    let mut lacking = Vec::new();
    for forgotten in &witnesses.found {
        let rests = match forgotten {
            Forgotten::Listed { seen, .. }
                if took_nothing_from_nobody(seen) || gave_nothing_back(seen) =>
            {
                Ok(())
            }
            Forgotten::Listed { account, seen, .. } if gives_back(seen) => {
                witnesses.require_payment(book, &What::seen(account, seen))
            }
            Forgotten::Listed { account, seen, .. } => {
                require_what_seen_rests_on(book, account, seen)
            }
            Forgotten::Marked(open) => require_what_marked_rests_on(book, open),
            Forgotten::MarkedRefund(open) if regain::is_known(book, open)? => Ok(()),
            Forgotten::MarkedRefund(open) => witnesses.require_payment(book, &What::marked(open)?),
        };
        match rests {
            Ok(()) => {}
            Err(NotTaken::InvoicesForgotten(problem)) => {
                lacking.extend((!how.on_account).then_some(problem));
            }
            Err(NotTaken::BasisForgotten(problem) | NotTaken::EarlierOpen(problem)) => {
                lacking.extend(how.compared.is_none().then_some(problem));
            }
            Err(NotTaken::Failed(problem)) => return Err(problem),
        }
    }
    Ok(lacking)
}

/// A request without a card, which took nothing: there is nothing to book.
fn took_nothing_from_nobody(seen: &Seen) -> bool {
    seen.token.is_none() && seen.answer.taken_id().is_none()
}

/// Takes back what can be, in order, up to the first that must wait for
/// another; whether anything was.
///
/// # Errors
///
/// It failed for a reason that may pass.
fn take_all_back(
    world: &mut World<'_>,
    witnesses: &Witnesses,
    how: &How<'_>,
    done: &mut Reconciled,
) -> Result<bool> {
    let before = done.adopted.len();
    for forgotten in &witnesses.found {
        match take_back(world, forgotten) {
            Ok(adopted) => done.adopted.extend(adopted),
            Err(NotTaken::Failed(problem)) => return Err(problem),
            Err(NotTaken::EarlierOpen(problem)) => {
                done.left.push(problem);
                break;
            }
            Err(NotTaken::BasisForgotten(problem) | NotTaken::InvoicesForgotten(problem)) => {
                let Some(because) = how.compared else {
                    done.left.push(problem);
                    break;
                };
                let held = set_aside(world, forgotten, &problem.message(), because)?;
                done.set_aside.push(Aside { problem, held });
            }
        }
        rehearsal::point("reconcile.adopted")?;
    }
    Ok(done.adopted.len() > before)
}

/// Takes one back; `None` if there is nothing to be taken back of it.
///
/// # Errors
///
/// It cannot be, or it failed for a reason that may pass; nothing was changed.
fn take_back(world: &mut World<'_>, forgotten: &Forgotten) -> Result<Option<Adopted>, NotTaken> {
    match forgotten {
        Forgotten::Listed { seen, .. } if took_nothing_from_nobody(seen) => {
            let what = format!("{} of {}, without a card", seen.label.purpose, seen.amount);
            let why = "nothing was taken, and no card is named";
            set_aside(world, forgotten, &what, why)?;
            Ok(None)
        }
        Forgotten::Listed {
            account,
            seen,
            clock_is_right,
        } if gives_back(seen) => match regain_seen(world, account, seen, *clock_is_right) {
            Err(NotTaken::BasisForgotten(problem)) if gave_nothing_back(seen) => {
                let why = "nothing was given back";
                set_aside(world, forgotten, &problem.message(), why)?;
                Ok(None)
            }
            taken => taken.map(Some),
        },
        Forgotten::Listed {
            account,
            seen,
            clock_is_right,
        } => adopt_seen(world, account, seen, *clock_is_right).map(Some),
        Forgotten::Marked(open) => adopt_marked(world, open),
        Forgotten::MarkedRefund(open) => regain_marked(world, open),
    }
}

/// Leaves one out of the book for good. What it may have paid is open there:
/// that is put on hold, and returned.
fn set_aside(
    world: &mut World<'_>,
    forgotten: &Forgotten,
    what: &str,
    because: &str,
) -> Result<Vec<String>> {
    let (aside, pays) = match forgotten {
        Forgotten::Listed { account, seen, .. } => (
            SetAside {
                account,
                reference: &seen.reference,
                taken: seen.answer.taken_id().unwrap_or_default(),
                purpose: seen.label.purpose,
            },
            match &seen.answer {
                // What a refund reopens nobody paid: it is to be charged.
                _ if gives_back(seen) => Vec::new(),
                Answer::Declined(_) => Vec::new(),
                _ => paid(&seen.label.pays, seen.amount.currency()),
            },
        ),
        Forgotten::Marked(open) => (
            SetAside {
                account: &open.account,
                reference: &open.reference,
                taken: "",
                purpose: Purpose::Take(ChargeId(open.charge)),
            },
            paid(&open.pays, amount_of(open)?.currency()),
        ),
        Forgotten::MarkedRefund(open) => (
            SetAside {
                account: &open.account,
                reference: &open.reference,
                taken: "",
                purpose: Purpose::GiveBack(RefundId(open.refund)),
            },
            Vec::new(),
        ),
    };
    world.write(|tx| {
        tx.set_aside(&aside, what, because)?;
        let mut held = Vec::new();
        for paid in pays {
            let invoice = tx.read().invoice_by_number(&paid.invoice)?;
            let open = invoice.filter(|it| !it.is_void && it.open.is_positive());
            if let Some(invoice) = open
                && tx.read().hold_on(invoice.id)?.is_none()
            {
                tx.hold_invoice(
                    &invoice,
                    &format!("{} was set aside: {because}", aside.purpose),
                )?;
                held.push(invoice.number);
            }
        }
        Ok(held)
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

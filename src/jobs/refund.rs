//! Gives money of a payment back to the card it came from: plans, and lets it leave.
//!
//! A refund takes the same way as a charge, with an attempt and a key of its
//! own: what became of it is found out and never guessed.

use std::sync::Arc;

use jiff::civil::Date;

use super::World;
use super::asking::gives_back;
use super::flight::{self, Boarding, Decided};
use super::guard::{Asked, Right, require_sound};
use super::recover::{Recovered, find_out_first};
use crate::books::{AttemptRow, NewAttempt, NewRefund, Reader, Tx};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::customer::Customer;
use crate::domain::ids::{PaymentId, RefundId};
use crate::domain::label::{Label, pays, require_room};
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::domain::purpose::Purpose;
use crate::domain::refund::{Giving, RefundShare, Wanted, spread, sum, taken_from};
use crate::domain::rules;
use crate::ports::{Gateway, NotAsked, Refusal, ReturnOrder, Way};
use crate::problem::{Deed, Kind, Problem, Result};
use crate::rehearsal;

/// What the bookkeeper asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub payment: PaymentId,
    /// `None`: all that there is to be given back in that way.
    pub amount: Option<Money>,
    pub from: Wanted,
    pub way: Way,
    pub because: Option<String>,
    pub wants_mail: bool,
    /// What was shown and agreed to; anything else is not given back.
    pub agreed: Option<Vec<RefundShare>>,
}

/// What would be given back, and what is open again then.
#[derive(Debug, Clone)]
pub struct Plan {
    pub payment: Payment,
    pub customer: Customer,
    /// The card that it came from, and goes back to.
    pub card: Card,
    pub way: Way,
    pub amount: Money,
    pub shares: Vec<RefundShare>,
    /// The gateway's id of the transaction that took the money.
    transaction: String,
    on: Date,
}

/// How a refund ended, as far as is known.
#[derive(Debug)]
pub struct Refunded {
    pub refund: RefundId,
    pub state: State,
    /// Why it was not made, where the gateway could not be asked.
    pub not_made: Option<Problem>,
}

/// Plans a refund; changes nothing.
///
/// # Errors
///
/// The rule that stands against it, with what to do.
pub fn plan(book: Reader<'_>, wish: &Wish, today: Date) -> Result<Plan> {
    let payment = book.payment(wish.payment)?;
    let customer = book.customer(payment.customer)?;
    let Some(charge) = payment.charge.map(|id| book.charge(id)).transpose()? else {
        return Err(came_otherwise(&payment));
    };
    let Some(transaction) = charge.attempt.gateway_id.clone() else {
        return Err(Problem::bug(format!("{} has no transaction", charge.id)));
    };
    if let Some(open) = book.open_refunds_of(payment.id)?.first() {
        return Err(Problem::new(
            Kind::Unknown,
            "refund_unknown",
            format!(
                "nobody knows yet whether {} gave {} of {} back",
                open.id, open.amount, payment.id
            ),
        )
        .nothing_was(Deed::GivenBack)
        .hint("Run `dues charge recover` to find out."));
    }
    refuse_what_a_bank_took(book, &payment, wish)?;
    let is_left = payment.given_back != payment.amount;
    if wish.way == Way::Void && payment.given_back.is_positive() && is_left {
        return Err(Problem::refused(
            "partly_given_back",
            format!(
                "{} of {} was given back; what is left can only be refunded",
                payment.given_back, payment.id
            ),
        )
        .hint(refund_instead(payment.id)));
    }
    let applied = book.allocations_of(payment.credit.name.id)?;
    let giving = Giving {
        left: payment.left(),
        on_account: payment.credit.available(),
        applied: &applied,
    };
    // What a charge on its way wants of it pays no invoice yet, and is not free either.
    let is_free = |asked: Money| !asked.minus(giving.on_account).is_positive();
    let is_all = wish.from == Wanted::AsItComes && wish.amount.is_none();
    if is_all && payment.credit.reserved.is_positive() {
        return Err(reserved(&payment));
    }
    if wish.from == Wanted::FromCredit
        && payment.credit.reserved.is_positive()
        && !wish
            .amount
            .filter(|asked| asked.currency() == giving.left.currency())
            .is_some_and(is_free)
    {
        return Err(reserved(&payment));
    }
    let shares = taken_from(wish.amount, &wish.from, &giving)?;
    let amount = sum(&shares, payment.amount.currency());
    if wish.way == Way::Void && amount != payment.amount {
        return Err(reserved(&payment));
    }
    if wish.amount.is_none() && wish.from == Wanted::AsItComes && amount != giving.left {
        return Err(reserved(&payment));
    }
    if wish.agreed.as_ref().is_some_and(|agreed| *agreed != shares) {
        return Err(
            Problem::refused("plan_changed", "the book changed while you were asked")
                .nothing_was(Deed::GivenBack)
                .hint("Run the command again to see the present plan."),
        );
    }
    require_room(&spread(&shares, amount))?;
    Ok(Plan {
        card: book.card(charge.card)?,
        payment,
        customer,
        way: wish.way,
        amount,
        shares,
        transaction,
        on: today,
    })
}

/// Gives the money back, or does nothing and says why.
///
/// # Errors
///
/// Nothing was given back: a refusal by the book's rules, missing set-up, or
/// another `dues` at work; unless it is exit 5, which says that the gateway was
/// asked and the book would not take its answer. A refusal by the bank or an
/// unknown outcome is no error; it is the state of the refund.
pub fn refund(world: &mut World<'_>, wish: &Wish) -> Result<Refunded> {
    let mut right = Right::take(world).map_err(|why| why.nothing_was(Deed::GivenBack))?;
    let mut found_out = Vec::new();
    find_out_first(world, &mut right, &mut found_out)?;
    refuse_if_it_may_be_the_same(world, wish, &found_out)?;
    require_sound(world.books.read())?;

    let shown = plan(world.books.read(), wish, world.today()?)?;
    let asked = right
        .clear(world, &shown.card.account)
        .map_err(|why| Problem::from(why).nothing_was(Deed::GivenBack))?;
    right.require_right_clock(world, &shown.card.account)?;
    require_way(&*asked.gateway, &shown)?;
    let decided = Decided::now(world.clock);
    rehearsal::point("charge.planned")?;
    // Another command may have changed the book since it was planned.
    let agreed = Wish {
        agreed: Some(shown.shares.clone()),
        ..wish.clone()
    };
    let settled = flight::alone(world, &right, decided, |tx| {
        let plan = plan(tx.read(), &agreed, shown.on)?;
        Ok(Boarding {
            attempt: prepare(tx, &agreed, &plan, &asked)?,
            gateway: Arc::clone(&asked.gateway),
        })
    })?;
    let refund = settled.purpose.refund();
    Ok(Refunded {
        refund: refund.ok_or_else(|| Problem::bug("a refund that is none"))?,
        state: settled.state?,
        not_made: settled.not_made.map(|why| advised(why, wish.payment)),
    })
}

/// The gateway can give money back in the way that is planned.
///
/// # Errors
///
/// It cannot; where it only refunds, how to do that.
pub(super) fn require_way(gateway: &dyn Gateway, plan: &Plan) -> Result<()> {
    let gives_back = gives_back(gateway)?;
    if plan.way == Way::Void && !gives_back.can_void() {
        let fact = format!("{} cannot void a charge", gateway.name());
        return Err(Problem::refused("cannot_void", fact)
            .nothing_was(Deed::GivenBack)
            .hint(refund_instead(plan.payment.id)));
    }
    Ok(())
}

/// Why it was not made; with what to do instead, if there is something.
fn advised(why: NotAsked, payment: PaymentId) -> Problem {
    match why.refusal {
        Refusal::NotVoidable => why.problem.hint(refund_instead(payment)),
        _ => why.problem,
    }
}

/// What to do where a charge cannot be voided, or not any more.
fn refund_instead(payment: PaymentId) -> String {
    format!("Refund it instead: `dues payment refund {payment}`. The money goes back to the card.")
}

/// Writes the intent, what it reopens, and the exact request.
fn prepare(tx: &Tx<'_>, wish: &Wish, plan: &Plan, asked: &Asked) -> Result<AttemptRow> {
    let (refund, intent) = tx.add_refund(&NewRefund {
        payment: &plan.payment,
        amount: plan.amount,
        shares: &plan.shares,
        is_void: plan.way == Way::Void,
        because: wish.because.as_deref(),
        wants_mail: wish.wants_mail,
        on: plan.on,
    })?;
    let book = tx.read().facts()?.id;
    let name = rules::name_of(&book, &intent, plan.customer.id, 1);
    let request = gives_back(&*asked.gateway)?.build(&ReturnOrder {
        attempt: &name,
        way: plan.way,
        transaction: &plan.transaction,
        amount: plan.amount,
        description: &format!("{refund} of {}", plan.payment.id),
        label: &Label {
            book: book.tag(),
            purpose: Purpose::GiveBack(refund),
            intent,
            n: 1,
            pays: pays(&spread(&plan.shares, plan.amount).shares, plan.amount),
        },
    })?;
    if let Some(look) = &asked.look {
        tx.remember_look(look)?;
    }
    tx.prepare(&NewAttempt {
        purpose: Purpose::GiveBack(refund),
        n: 1,
        card: &plan.card,
        token: &plan.transaction,
        amount: plan.amount,
        name: &name,
        request: &request,
        witnessed: asked.clock_is_right,
    })
}

/// Whoever runs a command again after a crash wants the first one's effect, not
/// the same once more.
fn refuse_if_it_may_be_the_same(
    world: &World<'_>,
    wish: &Wish,
    found_out: &[Recovered],
) -> Result<()> {
    for found in found_out {
        let (Some(id), State::Succeeded) = (found.purpose.refund(), found.to) else {
            continue;
        };
        let refund = world.books.read().refund(id)?;
        if refund.payment == wish.payment {
            return Err(Problem::refused(
                "earlier_refund_succeeded",
                format!(
                    "{id} did give {} of {} back, and is booked now; nothing more was given back",
                    refund.amount, refund.payment
                ),
            )
            .hint(format!(
                "See `dues refund show {id}`. If this is to be given back besides, run the command again."
            )));
        }
    }
    Ok(())
}

/// What the bank took back already would go to the customer twice.
fn refuse_what_a_bank_took(book: Reader<'_>, payment: &Payment, wish: &Wish) -> Result<()> {
    let Some(dispute) = book.dispute_that_took(payment.id)? else {
        return Ok(());
    };
    let left = payment.left();
    let is_too_much =
        |asked: Money| asked.currency() == left.currency() && asked.minus(left).is_positive();
    if wish.way == Way::Refund && left.is_positive() && !wish.amount.is_some_and(is_too_much) {
        return Ok(());
    }
    let (id, amount) = (dispute.id, dispute.amount);
    Err(Problem::refused(
        "disputed",
        format!("the bank took {amount} of {} back: {id}", payment.id),
    )
    .nothing_was(Deed::GivenBack)
    .hint(format!(
        "A refund on top would pay the customer twice. See `dues dispute show {id}` for what can be done."
    )))
}

fn came_otherwise(payment: &Payment) -> Problem {
    let id = payment.id;
    let how = match payment.method {
        Method::Card => "was not charged through dues",
        Method::Check | Method::Ach | Method::Wire | Method::Cash | Method::Other => {
            "did not come from a card"
        }
    };
    Problem::refused("not_refundable", format!("{id} {how}"))
        .nothing_was(Deed::GivenBack)
        .hint("Send the money back the way it came.")
}

/// A charge on its way uses money of this payment.
fn reserved(payment: &Payment) -> Problem {
    Problem::refused(
        "credit_reserved",
        format!(
            "{} of {} is reserved by a charge on its way",
            payment.credit.reserved, payment.id
        ),
    )
    .nothing_was(Deed::GivenBack)
    .hint("Run `dues charge recover`, then try again.")
}

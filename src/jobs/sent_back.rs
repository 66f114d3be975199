//! Asks whether a bank has sent back since what was given back.
//!
//! Days after a refund succeeded, the bank of a closed account returns it. That
//! is a fact of its own: the refund stays as it was, its money is here again.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};

use super::asking::{look_up, sought};
use super::guard::{NotCleared, Right};
use super::{News, World};
use crate::domain::charge::{Verdict, judge};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{PaymentId, RefundId};
use crate::domain::money::Money;
use crate::domain::refund::RefundShare;
use crate::ports::Sighting;
use crate::problem::Result;

/// For so many days a refund may come back.
const MAY_COME_BACK: i32 = 60;

/// So long a run does not ask again.
const A_DAY: SignedDuration = SignedDuration::from_hours(20);

/// A refund that the bank sent back.
#[derive(Debug, Clone)]
pub struct SentBack {
    pub refund: RefundId,
    pub payment: PaymentId,
    pub amount: Money,
    /// What it pays again, and what stays on account.
    pub went: Vec<RefundShare>,
}

/// Asks after every refund that stands as given, once more after it cannot come
/// back any longer, and then no more. One whose gateway teaches nothing is asked
/// after the next time.
///
/// # Errors
///
/// The book forgot charges, or would not take what was heard.
pub(super) fn ask_after(
    world: &mut World<'_>,
    right: &mut Right,
    found: &mut Vec<SentBack>,
) -> Result<()> {
    let today = world.today()?;
    // By account: the oldest, and whether all were heard of.
    let mut heard: BTreeMap<GatewayAccount, (Date, bool)> = BTreeMap::new();
    for refund in world.books.read().refunds_given()? {
        let attempt = &refund.attempt;
        let (_, all) = heard
            .entry(attempt.account.clone())
            .and_modify(|(oldest, _)| *oldest = refund.refunded_on.min(*oldest))
            .or_insert((refund.refunded_on, true));
        let asked = match right.clear(world, &attempt.account) {
            Ok(asked) => asked,
            Err(NotCleared::BookIsOld(problem)) => return Err(problem),
            Err(NotCleared::NotAsked(_)) => {
                *all = false;
                continue;
            }
        };
        let looked = look_up(&*asked.gateway, attempt.purpose, &sought(attempt));
        // By a wrong clock nobody knows that its time is over.
        *all &= looked.is_ok() && asked.clock_is_right;
        let Ok(Sighting::Found(answer)) = looked else {
            continue;
        };
        if judge(&attempt.asked, &answer) != Verdict::Declined {
            continue;
        }
        let amount = refund.given_back;
        let went = world.write(|tx| tx.take_back(&refund, amount, today))?;
        let sent_back = SentBack {
            refund: refund.id,
            payment: refund.payment,
            amount,
            went,
        };
        found.push(sent_back);
    }
    // What is given only later counts from the day that it was asked for, too.
    let open = world.books.read().open_refunds()?;
    let open = open.iter().map(|open| open.refunded_on);
    let over = today.checked_sub(MAY_COME_BACK.days()).unwrap_or(today);
    let over = open.fold(over, Date::min);
    for (account, (oldest, all)) in heard {
        if all && oldest < over {
            world.write(|tx| tx.remember_returns(&account, over))?;
        }
    }
    Ok(())
}

/// As [`ask_after`], for a run: once a day, by the runs that the book has.
///
/// # Errors
///
/// As [`ask_after`].
pub(super) fn ask_after_daily(
    world: &mut World<'_>,
    right: &mut Right,
    found: &mut Vec<SentBack>,
) -> Result<()> {
    let last = world.books.read().runs(1)?.pop();
    let zone = world.books.read().facts()?.zone;
    let is_first = last.is_none_or(|last| {
        let day = last.ended_at.to_zoned(zone.clone()).date();
        let is_another = day != world.now().to_zoned(zone.clone()).date();
        is_another || world.now().duration_since(last.ended_at) > A_DAY
    });
    if is_first {
        let asked = ask_after(world, right, found);
        for back in found {
            (world.tell)(&News::SentBack(back.clone()));
        }
        asked?;
    }
    Ok(())
}

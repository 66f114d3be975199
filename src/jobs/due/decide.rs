//! Decides about one occurrence: charge, try again, wait, skip, hold.
//!
//! The order is the order of weight: what its own charge did, whether the
//! agreement stands, how late it is, who is on hold, what is left to pay, and
//! last what the card may still be asked.

use jiff::Timestamp;

use super::agreement::Agreement;
use super::case::Case;
use super::wanted::wanted;
use super::{Candidate, Item, LeftOut, NotCharged, Order, Reason, Rules, Timing, ToDo};
use crate::books::Reader;
use crate::domain::charge::State;
use crate::domain::hour::Hour;
use crate::domain::ids::ChargeId;
use crate::domain::intent::Intent;
use crate::domain::retry::{self, Next, Why};
use crate::domain::schedule::Aim;
use crate::domain::spread::{SpreadError, Wanted};
use crate::jobs::plan::{Due, NotPlanned, Plan, Wish, chosen, plan};
use crate::problem::{Problem, Result};

/// Says what is to be done about an occurrence; `None` if it is over.
///
/// # Errors
///
/// The book cannot be read.
pub fn decide(
    book: Reader<'_>,
    candidate: &Candidate,
    now: Timestamp,
    rules: &Rules,
) -> Result<Option<Item>> {
    let occurrence = book.occurrence(candidate.name)?;
    if occurrence
        .as_ref()
        .is_some_and(|known| known.standing.is_over())
    {
        return Ok(None);
    }
    let agreement = Agreement::of(book, candidate.name.source)?;
    let customer = agreement.customer(book)?;
    let hour = Hour {
        at: candidate.at,
        ..agreement.hour().clone()
    };
    let mut left_out = Vec::new();
    let to_do = to_do(
        &Case {
            book,
            agreement: &agreement,
            occurrence: occurrence.as_ref(),
            candidate,
            customer: &customer,
            hour: &hour,
            now,
            rules,
        },
        &mut left_out,
    )?;
    Ok(Some(Item {
        name: candidate.name,
        customer,
        due_on: candidate.due_on,
        hour,
        left_out,
        to_do,
    }))
}

fn to_do(case: &Case<'_>, left_out: &mut Vec<LeftOut>) -> Result<ToDo> {
    let begun = case.occurrence.and_then(|known| known.charges.last());
    let planned = case.hour.on(case.candidate.due_on);
    let (again, why, due_at) = match begun {
        Some(charge) => match after(case, *charge)? {
            After::Stop(to_do) => return Ok(to_do),
            After::Again { why, due_at } => (Some(*charge), why, due_at.max(planned)),
        },
        None => (None, None, planned),
    };
    if case.agreement.has_ended() {
        return Ok(ToDo::Skip(Reason::Ended));
    }
    let late = case.now.duration_since(due_at);
    // A new card was given by a person, however long that took.
    let is_too_late = match (begun, &why) {
        (None, _) => case.candidate.timing == Timing::TooLate,
        (Some(_), Some(Why::NewCard)) => false,
        (Some(_), _) => late > case.rules.max_late,
    };
    if is_too_late {
        return Ok(ToDo::Hold(Reason::TooLate {
            hours: late.as_hours(),
        }));
    }
    if case.candidate.timing == Timing::Missed && begun.is_none() {
        // What is open is charged by the later one; an amount is owed once more.
        return Ok(match case.agreement {
            Agreement::Schedule(schedule) if matches!(schedule.aim, Aim::Amount { .. }) => {
                ToDo::Hold(Reason::Missed)
            }
            _ => ToDo::Skip(Reason::Missed),
        });
    }
    if let Some(hold) = case.book.hold_of(case.customer.id)? {
        return Ok(ToDo::Pass(Reason::OnHold(hold.because)));
    }
    let Some(wanted) = wanted(case, again, left_out)? else {
        let waits = waits_for_a_release(case, left_out);
        let nothing = Reason::NothingLeft(std::mem::take(left_out));
        return Ok(match open_charge(case)? {
            Some(open) => ToDo::Pass(open),
            None if waits => ToDo::Pass(nothing),
            None => ToDo::Skip(nothing),
        });
    };
    Ok(match order(case, wanted, again, why)? {
        ToDo::Charge(order) => {
            left_out.extend(LeftOut::of(&order));
            ToDo::Charge(order)
        }
        ToDo::Skip(nothing) if waits_for_a_release(case, left_out) => ToDo::Pass(nothing),
        to_do => to_do,
    })
}

/// What is on hold comes back when it is released: the last date of a schedule
/// waits for that, any other leaves it to the next.
fn waits_for_a_release(case: &Case<'_>, left_out: &[LeftOut]) -> bool {
    let Agreement::Schedule(schedule) = case.agreement else {
        return false;
    };
    let planned_on = case.candidate.name.planned_on;
    let mut later = schedule.cadence.from(planned_on);
    left_out
        .iter()
        .any(|one| matches!(one.because, NotCharged::OnHold(_)))
        && later.all(|on| on == planned_on)
}

/// A charge of the customer that is not decided: what it reserves may be open again.
fn open_charge(case: &Case<'_>) -> Result<Option<Reason>> {
    let open = case.book.open_charges_of(case.customer.id)?;
    let first = open.first();
    Ok(first.map(|charge| Reason::Open(charge.id, charge.attempt.state)))
}

enum After {
    Stop(ToDo),
    /// It is tried again, and was to be from then on.
    Again {
        why: Option<Why>,
        due_at: Timestamp,
    },
}

/// What follows from the charge that was made for it.
fn after(case: &Case<'_>, charge: ChargeId) -> Result<After> {
    let book = case.book;
    let state = book.charge(charge)?.attempt.state;
    let occurrence = case
        .occurrence
        .ok_or_else(|| Problem::bug("a charge of no occurrence"))?;
    Ok(match state {
        State::Succeeded => After::Stop(ToDo::Paid(charge)),
        State::NotMade => {
            let tries = book.tries_of_occurrence(occurrence, case.hour)?;
            let last = book.charge(charge)?.card;
            let due_at = match retry::next(&tries, last, &case.rules.retries) {
                Some(Next::Again { on, after, .. }) => case.hour.on(on).max(after),
                _ => Timestamp::MIN,
            };
            After::Again { why: None, due_at }
        }
        State::Declined if case.agreement.has_ended() => After::Stop(ToDo::Skip(Reason::Ended)),
        State::Declined => {
            let tries = book.tries_of_occurrence(occurrence, case.hour)?;
            let wish = wish(case, Wanted::AllDue { except: vec![] });
            let card = match chosen(book, &wish) {
                Ok(card) => card.id,
                Err(_) => book.charge(charge)?.card,
            };
            match retry::next(&tries, card, &case.rules.retries) {
                None => After::Stop(ToDo::Pass(Reason::Open(charge, state))),
                Some(Next::Never(why)) => After::Stop(ToDo::Fail(why)),
                Some(Next::Again { on, after, why }) => {
                    let due_at = case.hour.on(on).max(after);
                    if case.now < due_at {
                        After::Stop(ToDo::Wait { on, why })
                    } else {
                        After::Again {
                            why: Some(why),
                            due_at,
                        }
                    }
                }
            }
        }
        _ => After::Stop(ToDo::Pass(Reason::Open(charge, state))),
    })
}

fn wish(case: &Case<'_>, wanted: Wanted) -> Wish {
    let (use_credits, memo, wants_mail, most) = match case.agreement {
        Agreement::Schedule(schedule) => (
            schedule.use_credits,
            schedule.memo.clone(),
            schedule.wants_mail,
            None,
        ),
        Agreement::Autopay(autopay) => (autopay.use_credits, None, true, autopay.most),
    };
    Wish {
        customer: case.customer.clone(),
        card: None,
        wanted,
        use_credits,
        memo,
        wants_mail,
        request_id: None,
        agreed: None,
        again: false,
        due: Some(Due {
            name: case.candidate.name,
            card: case.agreement.card(),
            due_on: case.candidate.due_on,
            at: case.candidate.at,
            in_parts: matches!(case.agreement, Agreement::Autopay(_)),
            most,
        }),
    }
}

fn order(
    case: &Case<'_>,
    wanted: Wanted,
    again: Option<ChargeId>,
    why: Option<Why>,
) -> Result<ToDo> {
    let book = case.book;
    let is_locked = matches!(case.agreement, Agreement::Schedule(schedule) if schedule.is_locked);
    let wish = wish(case, wanted);
    // A day of the card, and of what is due, is a day where the schedule is.
    let day = case.hour.date(case.now);
    let plan = match plan(book, &wish, day) {
        // It is booked by the book's own calendar.
        Ok(plan) => Plan {
            on: case.now.to_zoned(book.facts()?.zone).date(),
            ..plan
        },
        Err(NotPlanned::Book(problem)) => return Err(problem),
        Err(NotPlanned::Spread(SpreadError::CreditsCoverAll { shares })) => {
            return Ok(ToDo::Apply {
                wish: Box::new(wish),
                shares,
            });
        }
        Err(refusal) => {
            return Ok(match refusal {
                NotPlanned::Spread(
                    SpreadError::NothingDue { .. } | SpreadError::Paid(_) | SpreadError::Void(_),
                ) => {
                    let pass = open_charge(case)?.map(ToDo::Pass);
                    pass.unwrap_or(ToDo::Skip(Reason::NotPlanned(refusal)))
                }
                NotPlanned::Spread(
                    SpreadError::MoreThanOpen { .. } | SpreadError::MoreThanAllOpen { .. },
                ) if is_locked => ToDo::Hold(Reason::NotPlanned(refusal)),
                _ => ToDo::Pass(Reason::NotPlanned(refusal)),
            });
        }
    };
    let tries = book.tries_of_card(&plan.card, case.hour, day)?;
    if let Some(bar) = retry::bar(&tries, day) {
        return Ok(ToDo::Pass(Reason::Bar(bar)));
    }
    // A charge is tried again as it was; anything else is another charge. So is
    // money that came late: it has a name that no other book would give it.
    let again = match again {
        Some(charge) => {
            let earlier = book.charge(charge)?;
            let is_same = !matches!(earlier.intent, Intent::Late(_))
                && earlier.card == plan.card.id
                && earlier.amount == plan.spread.charged
                && book.shares_of(charge)? == plan.spread.shares;
            is_same.then_some(charge)
        }
        None => None,
    };
    if again.is_none()
        && let Some(foreign) = name_is_taken(case)?
    {
        return Ok(ToDo::Hold(Reason::Refused(foreign)));
    }
    Ok(ToDo::Charge(Box::new(Order {
        wish,
        plan,
        again,
        why,
    })))
}

/// A book that forgot a schedule gives its number to the next one; the charges
/// of the first, once taken back, have the names that the second would use.
fn name_is_taken(case: &Case<'_>) -> Result<Option<Problem>> {
    let name = case.candidate.name;
    let intent = match case.occurrence {
        Some(known) => known.next_intent(),
        None => name.intent(1),
    };
    let Some(other) = case.book.charge_by_intent(&intent)? else {
        return Ok(None);
    };
    let owner = case.book.customer(other.customer)?.code;
    let source = name.source;
    Ok(Some(
        Problem::refused(
            "name_is_taken",
            format!(
                "{} of {owner} was made for another {source}, before this book was brought back",
                other.id
            ),
        )
        .hint(format!(
            "Plan it anew with `dues schedule add`, and cancel {source}."
        )),
    ))
}

//! What is scheduled and needs a person, or is to be known today.
//!
//! Each date is looked at as a run would look at it now, and held against what
//! the last run could not do: that needs a person until a run has done it.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};

use super::apply::total;
use super::due::{Item, LeftOut, Reason, ToDo, agenda, ahead};
use super::outlook::Outlook;
use crate::books::{Books, NotDone, Reader};
use crate::domain::money::Money;
use crate::domain::retry::Why;
use crate::domain::schedule::{Name, Occurrence, Source, Standing};
use crate::problem::Result;

/// So long after its time a charge should have been run.
const RUN_WITHIN: SignedDuration = SignedDuration::from_hours(2);

/// A date of a schedule or of autopay, and what is to be known of it.
#[derive(Debug)]
pub struct Today {
    pub name: Name,
    /// The customer's code.
    pub customer: String,
    pub due_on: Date,
    pub at: Time,
    pub how: How,
    /// Since when a run could not do it.
    pub since: Option<Timestamp>,
    /// Invoices that it leaves out.
    pub left_out: Vec<LeftOut>,
}

/// How a date stands.
#[derive(Debug)]
pub enum How {
    /// It waits for a person's word; why, as the book has it.
    Held(String),
    /// Its card failed for good, and what it was for is open still.
    Failed(String),
    /// It should have been charged, or held, and no run came.
    NoRunCame(Option<Money>),
    /// A run came and could not charge it; without an amount, not hold it.
    NotDone {
        amount: Option<Money>,
        because: String,
    },
    /// The next run charges it.
    Next(Money),
    /// The next run pays it from money on account.
    FromCredit(Money),
    /// It is charged later today.
    LaterToday(Money),
    Passed(Reason),
    /// It is tried again then.
    Waits {
        on: Date,
        why: Why,
    },
    /// The next run holds it.
    Late(Reason),
}

impl Today {
    /// Whether a person must do something.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        match &self.how {
            How::Held(_) | How::Failed(_) | How::NoRunCame(_) | How::NotDone { .. } => true,
            How::Passed(reason) => reason.needs_a_person(),
            How::Next(_)
            | How::FromCredit(_)
            | How::LaterToday(_)
            | How::Waits { .. }
            | How::Late(_) => false,
        }
    }
}

/// All dates that are due, were begun, or come today.
///
/// # Errors
///
/// The book cannot be read.
pub fn today(books: &Books, now: Timestamp, outlook: &Outlook<'_>) -> Result<Vec<Today>> {
    let book = books.read();
    // A run is written down at its end: this may be one.
    let may_run_now = books.charging_right().is_held();
    let mut found = Vec::new();
    for known in book.unfinished_occurrences()? {
        let because = || known.reason.clone().unwrap_or_default();
        let how = match known.standing {
            Standing::Held => How::Held(because()),
            Standing::Failed if is_still_owed(book, &known)? => How::Failed(because()),
            _ => continue,
        };
        let customer = match known.name.source {
            Source::Schedule(id) => Some(book.schedule(id)?.customer),
            Source::Autopay(id) => book.autopay(id)?.map(|autopay| autopay.customer),
        };
        let customer = customer.map(|id| book.customer(id)).transpose()?;
        found.push(Today {
            name: known.name,
            customer: customer.map(|customer| customer.code).unwrap_or_default(),
            due_on: known.due_on,
            at: known.at,
            how,
            since: None,
            left_out: Vec::new(),
        });
    }
    let last_run = book.runs(1)?.pop();
    let not_done = book.not_done()?;
    for candidate in agenda(book, now, &outlook.rules)? {
        let Some(item) = outlook.foresee(book, &candidate, now)? else {
            continue;
        };
        let moment = item.hour.on(item.due_on);
        let left = not_done.iter().find(|left| left.is(item.name));
        let ran_since = left.is_some()
            || may_run_now
            || last_run.as_ref().is_some_and(|run| run.began_at >= moment);
        let is_late = now.duration_since(moment) > RUN_WITHIN;
        if let Some(how) = how(&item, left, ran_since, is_late) {
            found.push(Today {
                since: left.map(|left| left.since),
                ..seen(item, how)
            });
        }
    }
    let zone = book.facts()?.zone;
    let midnight = now
        .to_zoned(zone)
        .tomorrow()
        .and_then(|day| day.start_of_day());
    let until = midnight.map_or(now, |midnight| midnight.timestamp());
    for (candidate, at) in ahead(book, now, until)? {
        if let Some(item) = outlook.foresee(book, &candidate, at)?
            && let ToDo::Charge(order) = &item.to_do
        {
            let how = How::LaterToday(order.plan.spread.charged);
            found.push(seen(item, how));
        }
    }
    Ok(found)
}

fn how(item: &Item, left: Option<&NotDone>, ran_since: bool, is_late: bool) -> Option<How> {
    Some(match &item.to_do {
        ToDo::Charge(order) => {
            let amount = order.plan.spread.charged;
            match left {
                Some(left) => How::NotDone {
                    amount: Some(amount),
                    because: left.reason.clone(),
                },
                None if is_late && !ran_since => How::NoRunCame(Some(amount)),
                None => How::Next(amount),
            }
        }
        ToDo::Apply { shares, .. } => match left {
            Some(left) => How::NotDone {
                amount: total(shares),
                because: left.reason.clone(),
            },
            None => How::FromCredit(total(shares)?),
        },
        ToDo::Hold(_) if !ran_since => How::NoRunCame(None),
        ToDo::Hold(reason) => match left {
            Some(left) => How::NotDone {
                amount: None,
                because: left.reason.clone(),
            },
            None => How::Late(reason.clone()),
        },
        ToDo::Pass(reason) => How::Passed(reason.clone()),
        ToDo::Wait { on, why } => How::Waits {
            on: *on,
            why: why.clone(),
        },
        ToDo::Skip(_) | ToDo::Fail(_) | ToDo::Paid(_) => return None,
    })
}

fn seen(item: Item, how: How) -> Today {
    Today {
        name: item.name,
        customer: item.customer.code,
        due_on: item.due_on,
        at: item.hour.at,
        how,
        since: None,
        left_out: item.left_out,
    }
}

/// Whether anything that it was to pay is open still.
fn is_still_owed(book: Reader<'_>, known: &Occurrence) -> Result<bool> {
    let Some(charge) = known.charges.last() else {
        return Ok(true);
    };
    for share in book.shares_of(*charge)? {
        let invoice = book.invoice_by_number(&share.number)?;
        if invoice.is_some_and(|invoice| !invoice.is_void && invoice.open.is_positive()) {
            return Ok(true);
        }
    }
    Ok(false)
}

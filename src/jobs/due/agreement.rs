//! What an occurrence rests on: a schedule or autopay, and what autopay has still to charge.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::books::Reader;
use crate::domain::customer::Customer;
use crate::domain::hour::Hour;
use crate::domain::ids::CardId;
use crate::domain::invoice::Invoice;
use crate::domain::schedule::{Autopay, Schedule, Source};
use crate::problem::{Problem, Result};

/// The agreement that an occurrence belongs to.
pub(super) enum Agreement {
    Schedule(Schedule),
    Autopay(Autopay),
}

impl Agreement {
    pub(super) fn of(book: Reader<'_>, source: Source) -> Result<Self> {
        Ok(match source {
            Source::Schedule(id) => Self::Schedule(book.schedule(id)?),
            Source::Autopay(id) => Self::Autopay(
                book.autopay(id)?
                    .ok_or_else(|| Problem::bug(format!("there is no {id}")))?,
            ),
        })
    }

    pub(super) fn card(&self) -> Option<CardId> {
        match self {
            Self::Schedule(schedule) => schedule.card,
            Self::Autopay(autopay) => autopay.card,
        }
    }

    pub(super) fn hour(&self) -> &Hour {
        match self {
            Self::Schedule(schedule) => &schedule.hour,
            Self::Autopay(autopay) => &autopay.hour,
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        match self {
            Self::Schedule(schedule) => schedule.ended.is_some(),
            Self::Autopay(autopay) => autopay.ended_at.is_some(),
        }
    }

    pub(super) fn customer(&self, book: Reader<'_>) -> Result<Customer> {
        book.customer(match self {
            Self::Schedule(schedule) => schedule.customer,
            Self::Autopay(autopay) => autopay.customer,
        })
    }
}

/// The open invoices of a customer that autopay is to charge and never tried.
pub(super) fn untried(book: Reader<'_>, autopay: &Autopay, today: Date) -> Result<Vec<Invoice>> {
    let mut found = Vec::new();
    for invoice in book.open_invoices(Some(autopay.customer))? {
        let due_on = invoice
            .due_on
            .checked_add(i32::from(autopay.after_days).days());
        if due_on.is_ok_and(|on| on <= today)
            && invoice.available().is_positive()
            && book.hold_on(invoice.id)?.is_none()
            && book.schedules_paying(invoice.id)?.is_empty()
            && !book.tried_by_autopay(autopay.id, invoice.id)?
        {
            found.push(invoice);
        }
    }
    Ok(found)
}

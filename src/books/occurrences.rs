//! Occurrences in the book: the dates that something was done about, and what came of them.
//!
//! One row for each schedule and planned date, whoever does it and however
//! often: the book's own constraints refuse a second one, and a second charge.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rusqlite::Row;
use serde_json::json;

use super::values::{in_columns, time};
use super::{Reader, Tx};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::decline::{Class, Decline};
use crate::domain::hour::{Hour, spelled};
use crate::domain::ids::{AutopayId, CardId, ChargeId, InvoiceId, ScheduleId};
use crate::domain::retry::{Try, WINDOW_DAYS};
use crate::domain::schedule::{Name, Occurrence, Source, Standing};
use crate::problem::{Problem, Result};

const SELECT: &str =
    "select id, schedule_id, autopay_id, planned_on, due_on, at, state, reason, changed_at,
    (select string_agg(cast(charge_id as text), ' ' order by n) from occurrence_charges
      where occurrence_id = occurrences.id) as charges
  from occurrences";

fn occurrence(row: &Row<'_>) -> rusqlite::Result<Occurrence> {
    let schedule: Option<ScheduleId> = row.get("schedule_id")?;
    let autopay: Option<AutopayId> = row.get("autopay_id")?;
    let charges: Option<String> = row.get("charges")?;
    Ok(Occurrence {
        id: row.get("id")?,
        name: Name {
            source: match (schedule, autopay) {
                (Some(id), _) => Source::Schedule(id),
                (None, id) => Source::Autopay(id.unwrap_or(AutopayId(0))),
            },
            planned_on: row.get("planned_on")?,
        },
        due_on: row.get("due_on")?,
        at: time(row)?,
        standing: row.get("state")?,
        reason: row.get("reason")?,
        charges: charges
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(ChargeId::parse)
            .collect(),
        changed_at: row.get("changed_at")?,
    })
}

/// The two columns of a source, one of them null.
pub(super) fn columns(source: Source) -> (Option<ScheduleId>, Option<AutopayId>) {
    match source {
        Source::Schedule(id) => (Some(id), None),
        Source::Autopay(id) => (None, Some(id)),
    }
}

impl Reader<'_> {
    /// The dates of a schedule or of autopay that something was done about, in order.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn occurrences_of(self, source: Source) -> Result<Vec<Occurrence>> {
        let (schedule, autopay) = columns(source);
        self.rows(
            &format!("{SELECT} where schedule_id = ?1 or autopay_id = ?2 order by planned_on"),
            (schedule, autopay),
            occurrence,
        )
    }

    /// Every occurrence that is not over, by the day it is due.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn unfinished_occurrences(self) -> Result<Vec<Occurrence>> {
        self.rows(
            &format!(
                "{SELECT} where state in ('moved', 'charging', 'failed', 'held') order by due_on, at, id"
            ),
            [],
            occurrence,
        )
    }

    /// One occurrence, if anything was done about it.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn occurrence(self, name: Name) -> Result<Option<Occurrence>> {
        let (schedule, autopay) = columns(name.source);
        self.row(
            &format!("{SELECT} where (schedule_id = ?1 or autopay_id = ?2) and planned_on = ?3"),
            (schedule, autopay, name.planned_on),
            occurrence,
        )
    }

    /// The occurrence that a charge was made for.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn occurrence_of_charge(self, charge: ChargeId) -> Result<Option<Occurrence>> {
        self.row(
            &format!(
                "{SELECT} where id = (select occurrence_id from occurrence_charges where charge_id = ?1)"
            ),
            [charge],
            occurrence,
        )
    }

    /// Whether a running schedule is to pay this invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn schedules_paying(self, invoice: InvoiceId) -> Result<Vec<ScheduleId>> {
        self.rows(
            "select s.id from schedule_invoices t join schedules s on s.id = t.schedule_id
             where t.invoice_id = ?1 and s.ended_at is null order by s.id",
            [invoice],
            |row| row.get(0),
        )
    }

    /// Whether autopay has tried this invoice already, under any agreement
    /// with its customer that is still in force.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn tried_by_autopay(self, autopay: AutopayId, invoice: InvoiceId) -> Result<bool> {
        let found: Option<i64> = self.row(
            "select 1 from occurrences o join occurrence_charges c on c.occurrence_id = o.id
               join plans p on p.charge_id = c.charge_id
             where o.autopay_id = ?1 and p.invoice_id = ?2 and o.state <> 'skipped' limit 1",
            (autopay, invoice),
            |row| row.get(0),
        )?;
        Ok(found.is_some())
    }

    /// What banks decided about a card of late, in order, whichever payment it
    /// was for: all of the networks' window, and the last of what was before.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn tries_of_card(self, card: &Card, hour: &Hour, today: Date) -> Result<Vec<Try>> {
        let since = today
            .checked_sub(jiff::Span::new().days(WINDOW_DAYS + 1))
            .unwrap_or(Date::MIN);
        let [gateway, account] = in_columns(&card.account);
        let mut tries = self.rows(
            "select a.id, c.card_id, a.changed_at, a.state, a.decline_class, a.decline_code, a.decline_text,
               a.decline_advice from attempts a join charges c on c.id = a.charge_id
             where a.token = ?1 and a.state in ('declined', 'succeeded') and a.gateway = ?2 and a.account = ?3
               and (a.changed_at >= ?4 or a.id = (select max(id) from attempts
                 where charge_id is not null and token = ?1 and state in ('declined', 'succeeded') and gateway = ?2 and account = ?3
                   and changed_at < ?4))
             order by a.changed_at, a.id",
            (
                &card.facts.token,
                gateway,
                account,
                hour.on(since),
            ),
            |row| tried(row, hour),
        )?;
        // The row's card is this one under whichever customer.
        for done in &mut tries {
            done.card = card.id;
        }
        Ok(tries)
    }

    /// What banks decided about an occurrence's charges, in order.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn tries_of_occurrence(self, occurrence: &Occurrence, hour: &Hour) -> Result<Vec<Try>> {
        self.rows(
            "select c.card_id, a.changed_at, a.state, a.decline_class, a.decline_code, a.decline_text,
               a.decline_advice
             from occurrence_charges o join charges c on c.id = o.charge_id join attempts a on a.charge_id = c.id
             where o.occurrence_id = ?1 and a.state in ('declined', 'succeeded') order by o.n, a.n",
            [occurrence.id],
            |row| tried(row, hour),
        )
    }
}

fn tried(row: &Row<'_>, hour: &Hour) -> rusqlite::Result<Try> {
    let at: Timestamp = row.get("changed_at")?;
    let state: State = row.get("state")?;
    let class: Option<Class> = row.get("decline_class")?;
    let decline = match class.filter(|_| state == State::Declined) {
        None => None,
        Some(class) => Some(Decline {
            class,
            code: row.get::<_, String>("decline_code")?.into(),
            message: row.get::<_, String>("decline_text")?.into(),
            advice: row
                .get::<_, Option<String>>("decline_advice")?
                .map(Into::into),
            id: None,
            reference: None,
        }),
    };
    Ok(Try {
        card: row.get::<_, CardId>("card_id")?,
        at,
        on: hour.date(at),
        decline,
    })
}

impl Tx<'_> {
    /// Writes what is done about a date; the row is made where there is none.
    ///
    /// # Errors
    ///
    /// Exit 1 if the occurrence is over, and stays as it ended.
    pub fn mark_occurrence(
        &self,
        name: Name,
        due_on: Date,
        at: Time,
        standing: Standing,
        reason: Option<&str>,
    ) -> Result<Occurrence> {
        let (schedule, autopay) = columns(name.source);
        match self.read().occurrence(name)? {
            Some(known) if known.standing.is_over() => {
                return Err(Problem::refused(
                    "occurrence_is_over",
                    format!("{name} is {} already", known.standing.word()),
                )
                .hint(format!("See it with `dues schedule show {}`.", name.source)));
            }
            Some(known) => {
                self.execute(
                    "update occurrences set due_on = ?2, at = ?3, state = ?4, reason = ?5, changed_at = ?6
                     where id = ?1",
                    (known.id, due_on, spelled(at), standing, reason, self.at),
                )?;
            }
            None => {
                self.insert(
                    "insert into occurrences (schedule_id, autopay_id, planned_on, due_on, at, state, reason, changed_at)
                     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    (
                        schedule,
                        autopay,
                        name.planned_on,
                        due_on,
                        spelled(at),
                        standing,
                        reason,
                        self.at,
                    ),
                )?;
            }
        }
        self.note(
            &format!("occurrence.{}", standing.word()),
            json!({"occurrence": name.to_string(), "on": due_on.to_string(), "reason": reason}),
        )?;
        self.read()
            .occurrence(name)?
            .ok_or_else(|| Problem::bug(format!("{name} was not written")))
    }

    /// Begins to charge an occurrence, for the first time or again.
    ///
    /// # Errors
    ///
    /// As [`Tx::mark_occurrence`].
    pub fn begin_occurrence(&self, name: Name, due_on: Date, at: Time) -> Result<Occurrence> {
        match self.read().occurrence(name)? {
            Some(known) if known.standing == Standing::Charging => Ok(known),
            _ => self.mark_occurrence(name, due_on, at, Standing::Charging, None),
        }
    }

    /// Leaves out what is not over of an agreement that ends; the charge that
    /// is under way or did take the money, if there is one: that stays.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn skip_unfinished(&self, source: Source, because: &str) -> Result<Option<ChargeId>> {
        let mut stays = None;
        for known in self.read().occurrences_of(source)? {
            if known.standing.is_over() {
                continue;
            }
            let last = known.charges.last().copied();
            let state = match last {
                Some(charge) => Some(self.read().charge(charge)?.attempt.state),
                None => None,
            };
            if state.is_some_and(|state| state.is_open() || state == State::Succeeded) {
                stays = last;
                continue;
            }
            let (name, due_on, at) = (known.name, known.due_on, known.at);
            self.mark_occurrence(name, due_on, at, Standing::Skipped, Some(because))?;
        }
        Ok(stays)
    }

    /// Ties a charge to the occurrence it is made for, in the charge's own transaction.
    ///
    /// # Errors
    ///
    /// The book refuses a second charge where an earlier one took money, or may.
    pub fn tie_charge(&self, occurrence: &Occurrence, charge: ChargeId) -> Result<()> {
        let n = i64::try_from(occurrence.charges.len()).unwrap_or(i64::MAX) + 1;
        self.insert(
            "insert into occurrence_charges (occurrence_id, n, charge_id) values (?1, ?2, ?3)",
            (occurrence.id, n, charge),
        )?;
        self.note(
            "occurrence.charge",
            json!({"occurrence": occurrence.name.to_string(), "charge": charge.to_string()}),
        )
    }
}

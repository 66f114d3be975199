//! Schedules in the book: what was agreed to be charged on which dates.

use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{Row, params};
use serde_json::json;

use super::values::{hour, money};
use super::{Reader, Tx};
use crate::domain::cadence::{Cadence, Ending, Every, Unit};
use crate::domain::ids::{CustomerId, ScheduleId};
use crate::domain::money::Money;
use crate::domain::schedule::{Aim, Schedule, Target};
use crate::problem::{Problem, Result};

const SELECT: &str = "select id, customer_id, card_id, kind, amount_minor, currency, on_account, use_credits,
    is_locked, step, unit, first_on, month_day, at, zone, times, until, memo, wants_mail, planned_at,
    ended_at, end_reason from schedules";

/// The schedule without its invoices.
fn schedule(row: &Row<'_>) -> rusqlite::Result<Schedule> {
    let kind: String = row.get("kind")?;
    let aim = match kind.as_str() {
        "invoices" => Aim::Invoices(Vec::new()),
        "amount" => Aim::Amount {
            amount: money(row, "amount_minor")?,
            on_account: row.get("on_account")?,
        },
        _ => Aim::AllDue,
    };
    let step: Option<u16> = row.get("step")?;
    let unit: Option<String> = row.get("unit")?;
    let every = match (step, unit) {
        (Some(n), Some(unit)) => Some(Every {
            n,
            unit: Unit::from_word(&unit).ok_or(FromSqlError::InvalidType)?,
        }),
        _ => None,
    };
    let ends = match (row.get("times")?, row.get("until")?) {
        (Some(times), _) => Ending::After(times),
        (None, Some(until)) => Ending::On(until),
        (None, None) => Ending::Never,
    };
    let ended_at: Option<Timestamp> = row.get("ended_at")?;
    let end_reason: Option<String> = row.get("end_reason")?;
    Ok(Schedule {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        card: row.get("card_id")?,
        aim,
        use_credits: row.get("use_credits")?,
        is_locked: row.get("is_locked")?,
        cadence: Cadence {
            first_on: row.get("first_on")?,
            every,
            day: row.get("month_day")?,
            ends,
        },
        hour: hour(row)?,
        memo: row.get("memo")?,
        wants_mail: row.get("wants_mail")?,
        planned_at: row.get("planned_at")?,
        ended: ended_at.zip(end_reason),
    })
}

impl Reader<'_> {
    /// Schedules, oldest first; only those that run, unless `all`.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn schedules(self, customer: Option<CustomerId>, all: bool) -> Result<Vec<Schedule>> {
        let found = self.rows(
            &format!(
                "{SELECT} where (?1 is null or customer_id = ?1) and (?2 or ended_at is null) order by id"
            ),
            (customer, all),
            schedule,
        )?;
        found
            .into_iter()
            .map(|row| self.with_targets(row))
            .collect()
    }

    /// One schedule.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn schedule(self, id: ScheduleId) -> Result<Schedule> {
        let found = self.row(&format!("{SELECT} where id = ?1"), [id], schedule)?;
        self.with_targets(found.ok_or_else(|| {
            Problem::refused("no_such_schedule", format!("there is no schedule {id}"))
                .hint("See them with `dues schedule list --all`.")
        })?)
    }

    fn with_targets(self, mut schedule: Schedule) -> Result<Schedule> {
        if let Aim::Invoices(targets) = &mut schedule.aim {
            *targets = self.rows(
                "select s.invoice_id, i.number, s.amount_minor, i.currency
                 from schedule_invoices s join invoices i on i.id = s.invoice_id
                 where s.schedule_id = ?1 order by s.line",
                [schedule.id],
                |row| {
                    let amount: Option<i64> = row.get("amount_minor")?;
                    Ok(Target {
                        invoice: row.get("invoice_id")?,
                        number: row.get("number")?,
                        amount: amount.map(|_| money(row, "amount_minor")).transpose()?,
                    })
                },
            )?;
        }
        Ok(schedule)
    }
}

impl Tx<'_> {
    /// Writes a new schedule; its `id`, `planned_at` and `ended` are the book's to give.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_schedule(&self, new: &Schedule) -> Result<ScheduleId> {
        self.require_still_themselves(new.customer)?;
        let (amount, on_account) = match &new.aim {
            Aim::Amount { amount, on_account } => (Some(*amount), *on_account),
            _ => (None, false),
        };
        let (times, until) = match new.cadence.ends {
            Ending::Never => (None, None),
            Ending::After(times) => (Some(times), None),
            Ending::On(until) => (None, Some(until)),
        };
        let every = new.cadence.every;
        let id = ScheduleId(self.insert(
            "insert into schedules (customer_id, card_id, kind, amount_minor, currency, on_account, use_credits,
               is_locked, step, unit, first_on, month_day, at, zone, times, until, memo, wants_mail, planned_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            params![
                new.customer,
                new.card,
                new.aim.word(),
                amount.map(Money::minor),
                amount.map(Money::currency),
                on_account,
                new.use_credits,
                new.is_locked,
                every.map(|every| every.n),
                every.map(|every| every.unit.word()),
                new.cadence.first_on,
                new.cadence.day,
                new.hour.to_string(),
                &new.hour.zone_name,
                times,
                until,
                &new.memo,
                new.wants_mail,
                self.at,
            ],
        )?);
        if let Aim::Invoices(targets) = &new.aim {
            for (line, target) in targets.iter().enumerate() {
                self.insert(
                    "insert into schedule_invoices (schedule_id, line, invoice_id, amount_minor)
                     values (?1, ?2, ?3, ?4)",
                    (
                        id,
                        i64::try_from(line).unwrap_or(i64::MAX),
                        target.invoice,
                        target.amount.map(Money::minor),
                    ),
                )?;
            }
        }
        self.note(
            "schedule.added",
            json!({"schedule": id.to_string(), "customer": self.read().customer(new.customer)?.code,
                   "first_on": new.cadence.first_on.to_string(), "every": every.map(|every| every.to_string()),
                   "at": new.hour.to_string(), "zone": new.hour.zone_name}),
        )?;
        Ok(id)
    }

    /// Ends a schedule: nothing of it is charged any more.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn end_schedule(&self, id: ScheduleId, because: &str) -> Result<()> {
        self.execute(
            "update schedules set ended_at = ?2, end_reason = ?3 where id = ?1 and ended_at is null",
            (id, self.at, because),
        )?;
        self.note(
            "schedule.ended",
            json!({"schedule": id.to_string(), "because": because}),
        )
    }
}

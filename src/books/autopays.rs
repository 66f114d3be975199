//! Autopay in the book: which customers' due invoices are charged by themselves.

use rusqlite::Row;
use serde_json::json;

use super::values::{hour, money};
use super::{Reader, Tx};
use crate::domain::ids::{AutopayId, ChargeId, CustomerId};
use crate::domain::money::Money;
use crate::domain::schedule::{Autopay, Source};
use crate::problem::Result;

const SELECT: &str =
    "select id, customer_id, card_id, after_days, most_minor, currency, use_credits,
    at, zone, begun_at, ended_at from autopays";

fn autopay(row: &Row<'_>) -> rusqlite::Result<Autopay> {
    let most: Option<i64> = row.get("most_minor")?;
    Ok(Autopay {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        card: row.get("card_id")?,
        after_days: row.get("after_days")?,
        most: most.map(|_| money(row, "most_minor")).transpose()?,
        use_credits: row.get("use_credits")?,
        hour: hour(row)?,
        begun_at: row.get("begun_at")?,
        ended_at: row.get("ended_at")?,
    })
}

impl Reader<'_> {
    /// The agreements in force, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn autopays(self) -> Result<Vec<Autopay>> {
        self.rows(
            &format!("{SELECT} where ended_at is null order by id"),
            [],
            autopay,
        )
    }

    /// A customer's agreement in force.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn autopay_of(self, customer: CustomerId) -> Result<Option<Autopay>> {
        self.row(
            &format!("{SELECT} where customer_id = ?1 and ended_at is null"),
            [customer],
            autopay,
        )
    }

    /// An agreement, ended or not.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn autopay(self, id: AutopayId) -> Result<Option<Autopay>> {
        self.row(&format!("{SELECT} where id = ?1"), [id], autopay)
    }
}

impl Tx<'_> {
    /// Begins autopay; an agreement in force is ended by it. Its `id`,
    /// `begun_at` and `ended_at` are the book's to give.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn begin_autopay(&self, new: &Autopay) -> Result<AutopayId> {
        self.require_still_themselves(new.customer)?;
        let customer = self.read().customer(new.customer)?.code;
        if let Some(before) = self.read().autopay_of(new.customer)? {
            self.end_autopay(&before)?;
        }
        let id = AutopayId(self.insert(
            "insert into autopays (customer_id, card_id, after_days, most_minor, currency, use_credits, at, zone, begun_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                new.customer,
                new.card,
                new.after_days,
                new.most.map(Money::minor),
                new.most.map(Money::currency),
                new.use_credits,
                new.hour.to_string(),
                &new.hour.zone_name,
                self.at,
            ),
        )?);
        self.note(
            "autopay.begun",
            json!({"autopay": id.to_string(), "customer": customer, "after_days": new.after_days,
                   "most": new.most.map(|most| most.to_string())}),
        )?;
        Ok(id)
    }

    /// Ends a customer's autopay; what it was still to try is left out. The
    /// charge that is under way or did take the money, if there is one, stays.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn end_autopay(&self, agreement: &Autopay) -> Result<Option<ChargeId>> {
        let customer = self.read().customer(agreement.customer)?.code;
        let stays = self.skip_unfinished(Source::Autopay(agreement.id), "autopay was ended")?;
        self.execute(
            "update autopays set ended_at = ?2 where id = ?1 and ended_at is null",
            (agreement.id, self.at),
        )?;
        self.note(
            "autopay.ended",
            json!({"autopay": agreement.id.to_string(), "customer": customer}),
        )?;
        Ok(stays)
    }
}

//! Who somebody is: by present and former codes, archived, or merged into another.

use std::collections::{BTreeMap, BTreeSet};

use super::Reader;
use crate::domain::customer::Customer;
use crate::domain::ids::CustomerId;
use crate::problem::Result;

impl Reader<'_> {
    /// Whether a customer is archived or merged: not listed, and not charged.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn is_archived(self, customer: CustomerId) -> Result<bool> {
        let archived = self.row(
            "select archived_at is not null as archived from customers where id = ?1",
            [customer],
            |row| row.get("archived"),
        )?;
        Ok(archived.unwrap_or(false))
    }

    /// Whom a customer was merged into, over however many steps; else the customer.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn now_is(self, customer: Customer) -> Result<Customer> {
        let mut now = customer;
        while let Some(into) = self.row(
            "select into_id from merges where old_id = ?1",
            [now.id],
            |row| row.get("into_id"),
        )? {
            now = self.customer(into)?;
        }
        Ok(now)
    }

    /// The customer whom a code means, be it theirs, one they had before, or
    /// that of a customer who was merged into them.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customer_called(self, code: &str) -> Result<Option<Customer>> {
        let found = match self.customer_by_code(code)? {
            Some(customer) => Some(customer),
            None => self
                .row(
                    "select customer_id from former_codes where code = upper(?1)",
                    [code],
                    |row| row.get("customer_id"),
                )?
                .map(|id| self.customer(id))
                .transpose()?,
        };
        found.map(|customer| self.now_is(customer)).transpose()
    }

    /// Every code that means somebody, present and former ones.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn codes(self) -> Result<BTreeSet<String>> {
        let codes = self.rows(
            "select code from customers union all select code from former_codes",
            [],
            |row| row.get(0),
        )?;
        Ok(codes.into_iter().collect())
    }

    /// Every code by which a customer can be typed, the present one first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn codes_of(self, customer: &Customer) -> Result<Vec<String>> {
        let before: Vec<String> = self.rows(
            "with recursive them(id) as (select ?1 union select m.old_id from merges m join them t on m.into_id = t.id)
             select f.code from former_codes f join them t on t.id = f.customer_id
             union select c.code from customers c join them t on t.id = c.id and c.id <> ?1 order by 1",
            [customer.id],
            |row| row.get(0),
        )?;
        Ok(std::iter::once(customer.code.clone())
            .chain(before)
            .collect())
    }

    /// Whom each merged customer is now, over however many steps.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn merged(self) -> Result<BTreeMap<CustomerId, CustomerId>> {
        let steps = self.rows("select old_id, into_id from merges", [], |row| {
            Ok((row.get("old_id")?, row.get("into_id")?))
        })?;
        let steps: BTreeMap<CustomerId, CustomerId> = steps.into_iter().collect();
        let end_of = |mut id: CustomerId| {
            while let Some(next) = steps.get(&id) {
                id = *next;
            }
            id
        };
        Ok(steps.keys().map(|old| (*old, end_of(*old))).collect())
    }

    /// Who is archived, and no other customer now.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn archived(self) -> Result<BTreeSet<CustomerId>> {
        let archived = self.rows(
            "select id from customers where archived_at is not null and id not in (select old_id from merges)",
            [],
            |row| row.get("id"),
        )?;
        Ok(archived.into_iter().collect())
    }

    /// The codes that customers had before, and whose they were.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn former_codes(self) -> Result<Vec<(String, CustomerId)>> {
        self.rows("select code, customer_id from former_codes", [], |row| {
            Ok((row.get("code")?, row.get("customer_id")?))
        })
    }
}

//! How each customer's money is applied where the payer said nothing.

use serde_json::json;

use super::{Reader, Tx};
use crate::domain::allotting::Policy;
use crate::domain::customer::Customer;
use crate::domain::ids::{CustomerId, InvoiceId};
use crate::problem::Result;

impl Reader<'_> {
    /// What a customer's money is applied to where the payer said nothing.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn policy_of(self, customer: CustomerId) -> Result<Policy> {
        let found = self.row(
            "select allocation from customers where id = ?1",
            [customer],
            |row| row.get("allocation"),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// A customer's invoices on hold: a policy passes them over.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn held_invoices(self, customer: CustomerId) -> Result<Vec<InvoiceId>> {
        self.rows(
            "select h.invoice_id from holds h join invoices i on i.id = h.invoice_id
              where h.released_at is null and i.customer_id = ?1",
            [customer],
            |row| row.get("invoice_id"),
        )
    }

    /// Customers with money on account, by code.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customers_with_credit(self) -> Result<Vec<Customer>> {
        let ids: Vec<CustomerId> = self.rows(
            "select id from customers
              where id in (select customer_id from credits where open_minor > 0) order by code",
            [],
            |row| row.get("id"),
        )?;
        ids.into_iter().map(|id| self.customer(id)).collect()
    }
}

impl Tx<'_> {
    /// Says what a customer's money is applied to from now on.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn set_policy(&self, customer: &Customer, policy: Policy) -> Result<()> {
        self.execute(
            "update customers set allocation = ?2 where id = ?1",
            (customer.id, policy),
        )?;
        self.note(
            "customer.allocation",
            json!({"customer": customer.code, "allocate": policy.word()}),
        )
    }
}

//! Customers by their rows, for a report or a file that names thousands; the
//! archived ones too, as what they did is in it.

use crate::books::Reader;
use crate::domain::customer::Customer;
use crate::domain::ids::CustomerId;
use crate::problem::{Problem, Result};

/// Whom rows refer to.
pub struct Owners(Vec<Customer>);

impl Owners {
    pub fn read(book: Reader<'_>) -> Result<Self> {
        Ok(Self(book.customers_by_id()?))
    }

    pub fn by_code(&self) -> impl Iterator<Item = &Customer> {
        let mut all: Vec<&Customer> = self.0.iter().collect();
        all.sort_by_key(|customer| &customer.code);
        all.into_iter()
    }

    pub fn of(&self, id: CustomerId) -> Result<&Customer> {
        let place = self.0.binary_search_by_key(&id, |customer| customer.id);
        let place = place.map_err(|_| Problem::bug(format!("there is no customer {id}")))?;
        Ok(&self.0[place])
    }
}

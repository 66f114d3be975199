//! The customers of a book, found by all that a file may call them.

use std::collections::{HashMap, HashSet};

use crate::books::Reader;
use crate::domain::customer::{Customer, same_name};
use crate::domain::ids::CustomerId;
use crate::domain::text::Text;
use crate::domain::untrusted::composed;
use crate::problem::Result;

/// Read once for a whole file.
pub(super) struct Register {
    customers: HashMap<CustomerId, Customer>,
    by_id: HashMap<String, CustomerId>,
    by_code: HashMap<String, CustomerId>,
    by_name: HashMap<String, Vec<CustomerId>>,
    by_mail: HashMap<String, Vec<CustomerId>>,
    with_id: HashSet<CustomerId>,
}

impl Register {
    pub(super) fn of(book: Reader<'_>) -> Result<Self> {
        // A book from before may have its accents apart.
        let ids = book.customer_ids()?.into_iter();
        let by_id: HashMap<String, CustomerId> = ids
            .map(|(id, customer)| (composed(&id), customer))
            .collect();
        let mut register = Self {
            with_id: by_id.values().copied().collect(),
            by_id,
            customers: HashMap::new(),
            by_code: HashMap::new(),
            by_name: HashMap::new(),
            by_mail: HashMap::new(),
        };
        for customer in book.customers()? {
            let id = customer.id;
            register.by_code.insert(customer.code.clone(), id);
            if !customer.name_is_made_up {
                let name = same_name(&customer.name);
                register.by_name.entry(name).or_default().push(id);
            }
            if let Some(email) = &customer.email {
                let email = email.to_lowercase();
                register.by_mail.entry(email).or_default().push(id);
            }
            register.customers.insert(id, customer);
        }
        Ok(register)
    }

    /// A customer that one of the others gave.
    pub(super) fn customer(&self, id: CustomerId) -> &Customer {
        &self.customers[&id]
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Customer> {
        self.by_id.get(id).map(|id| self.customer(*id))
    }

    pub(super) fn by_code(&self, code: &str) -> Option<&Customer> {
        self.by_code.get(code).map(|id| self.customer(*id))
    }

    /// By a code that a person gave.
    pub(super) fn by_given_code(&self, word: &str) -> Option<&Customer> {
        let customer = self.by_code(&Text::CustomerCode.read(word).ok()?)?;
        (!customer.code_is_made_up).then_some(customer)
    }

    /// By a name in its [`same_name`] form.
    pub(super) fn named(&self, name: &str) -> Vec<&Customer> {
        self.all(self.by_name.get(name))
    }

    /// By a mail address in lower case.
    pub(super) fn with_mail(&self, mail: &str) -> Vec<&Customer> {
        self.all(self.by_mail.get(mail))
    }

    /// Whether another system's id is known of the customer.
    pub(super) fn has_id(&self, customer: CustomerId) -> bool {
        self.with_id.contains(&customer)
    }

    fn all(&self, ids: Option<&Vec<CustomerId>>) -> Vec<&Customer> {
        let ids = ids.into_iter().flatten();
        ids.map(|id| self.customer(*id)).collect()
    }
}

//! The customers of a book, found by all that a file may call them.
//!
//! Files outlive what is tidied up here: they go on to name who was archived,
//! and who was merged into another, by the old name, code, address or id.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    by_code: HashMap<String, Coded>,
    by_name: HashMap<String, BTreeSet<CustomerId>>,
    by_mail: HashMap<String, BTreeSet<CustomerId>>,
    with_id: HashSet<CustomerId>,
    archived: BTreeSet<CustomerId>,
}

/// Whose a code is.
struct Coded {
    customer: CustomerId,
    /// A person gave it; and it is theirs now, or that of one who was merged into them.
    is_given: bool,
}

impl Register {
    pub(super) fn of(book: Reader<'_>) -> Result<Self> {
        let merged: BTreeMap<CustomerId, CustomerId> = book.merged()?;
        let now = |id: CustomerId| merged.get(&id).copied().unwrap_or(id);
        // A book from before may have its accents apart.
        let ids = book.customer_ids()?.into_iter();
        let by_id: HashMap<String, CustomerId> = ids
            .map(|(id, customer)| (composed(&id), now(customer)))
            .collect();
        let mut register = Self {
            with_id: by_id.values().copied().collect(),
            by_id,
            customers: HashMap::new(),
            by_code: HashMap::new(),
            by_name: HashMap::new(),
            by_mail: HashMap::new(),
            archived: book.archived()?,
        };
        for (code, customer) in book.former_codes()? {
            let coded = Coded {
                customer: now(customer),
                is_given: false,
            };
            register.by_code.insert(code, coded);
        }
        for customer in book.customers_by_id()? {
            let id = now(customer.id);
            let coded = Coded {
                customer: id,
                is_given: !customer.code_is_made_up,
            };
            register.by_code.insert(customer.code.clone(), coded);
            if !customer.name_is_made_up {
                let name = same_name(&customer.name);
                register.by_name.entry(name).or_default().insert(id);
            }
            if let Some(email) = &customer.email {
                let email = email.to_lowercase();
                register.by_mail.entry(email).or_default().insert(id);
            }
            register.customers.insert(customer.id, customer);
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

    /// By a code, and whether a person gave it.
    pub(super) fn by_code(&self, code: &str) -> Option<(&Customer, bool)> {
        let coded = self.by_code.get(code)?;
        Some((self.customer(coded.customer), coded.is_given))
    }

    /// By a code that a person gave.
    pub(super) fn by_given_code(&self, word: &str) -> Option<&Customer> {
        let (customer, is_given) = self.by_code(&Text::CustomerCode.read(word).ok()?)?;
        is_given.then_some(customer)
    }

    /// By a name in its [`same_name`] form.
    pub(super) fn named(&self, name: &str) -> Vec<&Customer> {
        self.all(self.by_name.get(name))
    }

    /// Whether a name, in its [`same_name`] form, is the customer's.
    pub(super) fn is_named(&self, customer: CustomerId, name: &str) -> bool {
        has(self.by_name.get(name), customer)
    }

    /// By a mail address in lower case.
    pub(super) fn with_mail(&self, mail: &str) -> Vec<&Customer> {
        self.all(self.by_mail.get(mail))
    }

    /// Whether a mail address, in lower case, is the customer's.
    pub(super) fn has_mail(&self, customer: CustomerId, mail: &str) -> bool {
        has(self.by_mail.get(mail), customer)
    }

    /// Whether another system's id is known of the customer.
    pub(super) fn has_id(&self, customer: CustomerId) -> bool {
        self.with_id.contains(&customer)
    }

    pub(super) fn is_archived(&self, customer: CustomerId) -> bool {
        self.archived.contains(&customer)
    }

    fn all(&self, ids: Option<&BTreeSet<CustomerId>>) -> Vec<&Customer> {
        let ids = ids.into_iter().flatten();
        ids.map(|id| self.customer(*id)).collect()
    }
}

fn has(ids: Option<&BTreeSet<CustomerId>>, customer: CustomerId) -> bool {
    ids.is_some_and(|ids| ids.contains(&customer))
}

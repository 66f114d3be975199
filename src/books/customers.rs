//! Customers in the book, and how a typed word finds one.

use rusqlite::Row;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::customer::{Customer, NewCustomer, meant_by, same_name, surely};
use crate::domain::ids::CustomerId;
use crate::domain::terms::Terms;
use crate::domain::untrusted::{composed, decomposed};
use crate::problem::{Problem, Result};

pub(super) const COLUMNS: &str = "id, code, code_is_made_up, name, name_is_made_up, email, phone, billing_address, terms, created_at";

/// Neither archived nor merged into another.
pub(super) const IS_LISTED: &str = "archived_at is null";

pub(super) fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer {
        id: row.get("id")?,
        code: row.get("code")?,
        code_is_made_up: row.get("code_is_made_up")?,
        name_is_made_up: row.get("name_is_made_up")?,
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        billing_address: row.get("billing_address")?,
        terms: row.get("terms")?,
        created_at: row.get("created_at")?,
    })
}

impl Reader<'_> {
    /// Every customer but those archived or merged, by code.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customers(self) -> Result<Vec<Customer>> {
        self.rows(
            &format!("select {COLUMNS} from customers where {IS_LISTED} order by code"),
            [],
            customer,
        )
    }

    /// Every customer whom a row may refer to, archived and merged ones too, in
    /// the order of their rows.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customers_by_id(self) -> Result<Vec<Customer>> {
        self.rows(
            &format!("select {COLUMNS} from customers order by id"),
            [],
            customer,
        )
    }

    /// The customer of a row that refers to one.
    ///
    /// # Errors
    ///
    /// The book cannot be read, or the row is not there.
    pub fn customer(self, id: CustomerId) -> Result<Customer> {
        self.row(
            &format!("select {COLUMNS} from customers where id = ?1"),
            [id],
            customer,
        )?
        .ok_or_else(|| Problem::bug(format!("the book has no customer {id}")))
    }

    /// The customer with exactly this code.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customer_by_code(self, code: &str) -> Result<Option<Customer>> {
        self.row(
            &format!("select {COLUMNS} from customers where code = upper(?1)"),
            [code],
            customer,
        )
    }

    /// The customers whose name is the same but for case and spacing.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customers_named(self, name: &str) -> Result<Vec<Customer>> {
        self.rows(
            &format!(
                "select {COLUMNS} from customers where same_name = ?1 and {IS_LISTED} order by code"
            ),
            [same_name(name)],
            customer,
        )
    }

    /// What other systems call the customers, by id.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customer_ids(self) -> Result<Vec<(String, CustomerId)>> {
        self.rows(
            "select id, customer_id from customer_ids order by id",
            [],
            |row| Ok((row.get("id")?, row.get("customer_id")?)),
        )
    }

    /// The customers that a typed word may mean, by code; see [`meant_by`].
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn customers_meant(self, word: &str) -> Result<Vec<Customer>> {
        // What a person gave is theirs alone: no need to read all of them.
        let word = word.trim();
        let coded = self.customer_by_code(word)?;
        let is_listed = |customer: &Customer| self.is_archived(customer.id).map(|it| !it);
        match coded {
            Some(given) if !given.code_is_made_up || !is_listed(&given)? => {
                return Ok(vec![self.now_is(given)?]);
            }
            Some(_) => {}
            None => {
                if let Some(called_before) = self.customer_called(word)? {
                    // Where it is somebody's name by now, a person says whom they mean.
                    let mut meant = self.named(word)?;
                    meant.retain(|customer| customer.id != called_before.id);
                    meant.insert(0, called_before);
                    return Ok(meant);
                }
            }
        }
        self.named(word)
    }

    fn named(self, word: &str) -> Result<Vec<Customer>> {
        let all = self.customers()?;
        Ok(meant_by(word, &all).into_iter().cloned().collect())
    }

    /// The one customer that a typed word means.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none (the hint names the nearest), exit 2 if there
    /// is more than one (the hint says how to name each).
    pub fn find_customer(self, word: &str) -> Result<Customer> {
        let mut found = self.customers_meant(word)?;
        match found.len() {
            0 => Err(no_such_customer(word, &self.customers()?)),
            1 => Ok(found.remove(0)),
            _ => Err(several(word, &found, &self.customers()?)),
        }
    }
}

impl Tx<'_> {
    /// Adds a customer under a code that somebody gave them, with so many days to pay.
    ///
    /// # Errors
    ///
    /// Exit 1 if the code is taken.
    pub fn add_customer(
        &self,
        code: &str,
        name: &str,
        email: Option<&str>,
        terms_days: u16,
    ) -> Result<CustomerId> {
        self.add_new_customer(&NewCustomer {
            code,
            code_is_made_up: false,
            name,
            name_is_made_up: false,
            email,
            phone: None,
            billing_address: None,
            terms: Terms::net(terms_days),
        })
    }

    /// Adds a customer, with what of them was made up.
    ///
    /// # Errors
    ///
    /// Exit 1 if the code is taken.
    pub fn add_new_customer(&self, new: &NewCustomer<'_>) -> Result<CustomerId> {
        let code = new.code;
        if let Some(taken) = self.read().customer_called(code)? {
            return Err(Problem::refused(
                "customer_exists",
                format!("`{code}` is taken by {}", taken.name),
            )
            .hint(
                "Choose another code with `--code`, or edit that one with `dues customer edit`.",
            ));
        }
        let id = self.insert(
            "insert into customers
               (code, code_is_made_up, name, name_is_made_up, same_name, email, terms, created_at, phone, billing_address)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            (
                code,
                new.code_is_made_up,
                new.name,
                new.name_is_made_up,
                same_name(new.name),
                new.email,
                new.terms,
                self.at,
                new.phone,
                new.billing_address,
            ),
        )?;
        self.note(
            "customer.added",
            json!({"customer": code, "name": new.name}),
        )?;
        Ok(CustomerId(id))
    }

    /// Remembers what another system calls a customer.
    ///
    /// # Errors
    ///
    /// Exit 1 if it calls somebody else so.
    pub fn note_customer_id(&self, customer: &Customer, id: &str) -> Result<()> {
        self.require_still_themselves(customer.id)?;
        let taken = self.read().row(
            "select customer_id from customer_ids where id in (?1, ?2, ?3)",
            (id, composed(id), decomposed(id)),
            |row| row.get("customer_id"),
        )?;
        if let Some(owner) = taken {
            let owner = self.read().customer(owner)?;
            return Err(Problem::refused(
                "customer_id_taken",
                format!("`{id}` is the id of {} ({})", owner.code, owner.name),
            )
            .hint("One id means one customer: look it up in the other system."));
        }
        self.insert(
            "insert into customer_ids (id, customer_id, noted_at) values (?1, ?2, ?3)",
            (id, customer.id, self.at),
        )?;
        self.note(
            "customer.id_noted",
            json!({"customer": customer.code, "id": id}),
        )
    }

    /// Writes a customer's changed name, addresses, phone or terms.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn edit_customer(&self, changed: &Customer) -> Result<()> {
        self.execute(
            "update customers set name = ?2, same_name = ?3, email = ?4, terms = ?5, name_is_made_up = ?6,
               phone = ?7, billing_address = ?8
             where id = ?1",
            (
                changed.id,
                &changed.name,
                same_name(&changed.name),
                &changed.email,
                changed.terms,
                changed.name_is_made_up,
                &changed.phone,
                &changed.billing_address,
            ),
        )?;
        self.note(
            "customer.edited",
            json!({"customer": changed.code, "name": changed.name, "email": changed.email, "phone": changed.phone,
                "billing_address": changed.billing_address, "terms": changed.terms.to_string()}),
        )
    }
}

fn no_such_customer(word: &str, all: &[Customer]) -> Problem {
    let sought = same_name(word);
    let near = all
        .iter()
        .map(|customer| {
            let code = customer.code.to_lowercase();
            (strsim::damerau_levenshtein(&code, &sought), customer)
        })
        // Of two letters, two are all: whoever is named next may be charged next.
        .filter(|(distance, customer)| {
            let code = customer.code.to_lowercase();
            let at_most = if code.len() <= 4 { 1 } else { 2 };
            *distance <= at_most && code.chars().next() == sought.chars().next()
        })
        .min_by_key(|(distance, _)| *distance);
    let problem = Problem::refused("no_such_customer", format!("there is no customer `{word}`"));
    match near {
        Some((_, near)) => problem.hint(format!("Did you mean `{}` ({})?", near.code, near.name)),
        None => problem.hint("See them all with `dues customer list`."),
    }
}

/// More are not read to the end.
const MOST_LISTED: usize = 40;

fn several(word: &str, found: &[Customer], all: &[Customer]) -> Problem {
    let shown = found.iter().take(MOST_LISTED);
    let mut names: Vec<String> = shown
        .map(|customer| format!("`{}` ({})", surely(customer, all), customer.name))
        .collect();
    if let more @ 1.. = found.len().saturating_sub(MOST_LISTED) {
        names.push(format!("and {more} more, see `dues customer list`"));
    }
    let fact = format!("`{word}` could be {} customers", found.len());
    Problem::usage("ambiguous_customer", fact).hint(format!("Say which one: {}.", names.join(", ")))
}

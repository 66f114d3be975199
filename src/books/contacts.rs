//! Contacts of customers, and the notes and promises that were taken of them.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::values::money;
use super::{Reader, Tx};
use crate::domain::contact::{Contact, Gets, Kept, Note, Promise};
use crate::domain::customer::Customer;
use crate::domain::ids::CustomerId;
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

fn contact(row: &Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        gets_receipts: row.get("gets_receipts")?,
        gets_statements: row.get("gets_statements")?,
    })
}

const NOTE: &str = "select customer_id, text, promised_on, amount_minor, currency, noted_on, noted_at from customer_notes n";

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    let by: Option<Date> = row.get("promised_on")?;
    let promise = by.map(|by| -> rusqlite::Result<Promise> {
        let amount = money(row, "amount_minor")?;
        Ok(Promise { amount, by })
    });
    Ok(Note {
        customer: row.get("customer_id")?,
        text: row.get("text")?,
        promise: promise.transpose()?,
        noted_on: row.get("noted_on")?,
        noted_at: row.get("noted_at")?,
    })
}

impl Reader<'_> {
    /// A customer's contacts, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn contacts(self, customer: CustomerId) -> Result<Vec<Contact>> {
        self.rows(
            "select name, email, phone, gets_receipts, gets_statements from contacts
              where customer_id = ?1 and removed_at is null order by id",
            [customer],
            contact,
        )
    }

    /// Where such mails of a customer go: to the contacts that get them, else
    /// to the customer's own address, if there is one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn addresses(self, customer: &Customer, what: Gets) -> Result<Vec<String>> {
        let contacts = self.contacts(customer.id)?.into_iter();
        let theirs: Vec<String> = contacts
            .filter(|contact| contact.gets(what))
            .map(|contact| contact.email)
            .collect();
        if theirs.is_empty() {
            return Ok(customer.email.iter().cloned().collect());
        }
        Ok(theirs)
    }

    /// What was noted of a customer, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn notes(self, customer: CustomerId) -> Result<Vec<Note>> {
        self.rows(
            &format!("{NOTE} where customer_id = ?1 order by id desc"),
            [customer],
            note,
        )
    }

    /// Of each customer the newest promise in each currency, of one customer or of all.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn promises(self, customer: Option<CustomerId>) -> Result<Vec<Note>> {
        self.rows(
            &format!(
                "{NOTE} where promised_on is not null and (?1 is null or customer_id = ?1)
                  and not exists (select 1 from customer_notes o where o.customer_id = n.customer_id
                    and o.currency = n.currency and o.promised_on is not null and o.id > n.id)
                  order by promised_on, id"
            ),
            [customer],
            note,
        )
    }

    /// How a promise stands today, and what was paid since it was made.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn promise_stands(
        self,
        note: &Note,
        promise: Promise,
        today: Date,
    ) -> Result<(Kept, Money)> {
        let currency = promise.amount.currency();
        let sum = |sql: &str| -> Result<Money> {
            let found = self.row(sql, (note.customer, currency, note.noted_at), |row| {
                row.get("minor")
            })?;
            Ok(Money::of(found.unwrap_or(0), currency))
        };
        // What bounced, or was booked to the wrong customer, was never paid.
        let paid = sum(
            "select coalesce(sum(c.amount_minor
                 - (select coalesce(sum(v.amount_minor), 0) from reversals v where v.credit_id = c.id)), 0) as minor
               from credits c join payments p on p.id = c.payment_id
              where p.customer_id = ?1 and p.currency = ?2 and p.created_at > ?3",
        )?;
        let owed = sum(
            "select coalesce(sum(open_minor), 0) as minor from invoices
              where customer_id = ?1 and currency = ?2 and ?3 is not null and open_minor > 0 and voided_at is null",
        )?;
        Ok((promise.stands(today, paid, owed), paid))
    }

    /// The promises that are broken today, with what was paid since each was made.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn broken_promises(self, today: Date) -> Result<Vec<(Note, Promise, Money)>> {
        let mut broken = Vec::new();
        for note in self.promises(None)? {
            if let Some(promise) = note.promise {
                let (stands, paid) = self.promise_stands(&note, promise, today)?;
                if stands == Kept::Broken {
                    broken.push((note, promise, paid));
                }
            }
        }
        Ok(broken)
    }
}

impl Tx<'_> {
    /// Adds a contact.
    ///
    /// # Errors
    ///
    /// Exit 1 if that address is a contact of the customer already.
    pub fn add_contact(&self, customer: &Customer, new: &Contact) -> Result<()> {
        self.require_still_themselves(customer.id)?;
        let (code, email) = (&customer.code, &new.email);
        let all = self.read().contacts(customer.id)?;
        if let Some(known) = all.iter().find(|contact| contact.email == *email) {
            return Err(Problem::refused(
                "contact_exists",
                format!("{email} is a contact of {code} already, for {}", known.hears_of()),
            )
            .hint(format!(
                "To change what they get, remove them first: `dues customer contact remove {code} {email}`."
            )));
        }
        self.insert(
            "insert into contacts (customer_id, name, email, phone, gets_receipts, gets_statements, added_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                customer.id,
                &new.name,
                email,
                &new.phone,
                new.gets_receipts,
                new.gets_statements,
                self.at,
            ),
        )?;
        self.note(
            "contact.added",
            json!({"customer": code, "email": email, "name": new.name, "gets": new.hears_of()}),
        )
    }

    /// Removes a contact; who they were stays known.
    ///
    /// # Errors
    ///
    /// Exit 1 if that address is no contact of the customer.
    pub fn remove_contact(&self, customer: &Customer, email: &str) -> Result<()> {
        let code = &customer.code;
        let removed = self.execute(
            "update contacts set removed_at = ?3 where customer_id = ?1 and email = ?2 and removed_at is null",
            (customer.id, email, self.at),
        )?;
        if removed == 0 {
            return Err(Problem::refused(
                "no_such_contact",
                format!("{email} is no contact of {code}"),
            )
            .hint(format!(
                "See them with `dues customer contact list {code}`."
            )));
        }
        self.note("contact.removed", json!({"customer": code, "email": email}))
    }

    /// Notes something of a customer. A promise takes the place of an earlier one.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn note_of_customer(
        &self,
        customer: &Customer,
        text: &str,
        promise: Option<Promise>,
    ) -> Result<()> {
        self.require_still_themselves(customer.id)?;
        let today = self.today()?;
        self.insert(
            "insert into customer_notes (customer_id, text, promised_on, amount_minor, currency, noted_on, noted_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                customer.id,
                text,
                promise.map(|it| it.by),
                promise.map(|it| it.amount.minor()),
                promise.map(|it| it.amount.currency()),
                today,
                self.at,
            ),
        )?;
        self.note(
            "customer.noted",
            json!({"customer": customer.code, "note": text, "promised": promise.map(|it| it.amount.to_string()),
                   "by": promise.map(|it| it.by.to_string())}),
        )
    }
}

//! Customers in the book, and how a typed word finds one.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::beside::Beside;
use super::values::money;
use super::{Reader, Tx};
use crate::domain::customer::{Customer, NewCustomer, meant_by, same_name, surely};
use crate::domain::ids::CustomerId;
use crate::domain::money::{Money, Sums};
use crate::domain::terms::Terms;
use crate::domain::untrusted::{composed, decomposed};
use crate::problem::{Problem, Result};

const COLUMNS: &str = "id, code, code_is_made_up, name, name_is_made_up, email, phone, billing_address, terms, created_at";

/// Neither archived nor merged into another.
const IS_LISTED: &str = "archived_at is null";

fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
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

/// Which customers a list has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Customers<'a> {
    /// Only those with this text in their code, name, addresses, phone or ids.
    pub search: Option<&'a str>,
    /// Only those with an open invoice that was due before this day.
    pub due_before: Option<Date>,
    /// No more than so many.
    pub limit: Option<usize>,
    /// Archived ones too.
    pub archived: bool,
}

/// What a customer owes and has as credit, each by currency.
#[derive(Debug, Clone, Default)]
pub struct Balance {
    pub open: Sums,
    pub credit: Sums,
    pub invoices: usize,
    pub overdue: usize,
    /// When the oldest of the open invoices was due.
    pub oldest_due: Option<Date>,
}

impl Balance {
    fn owes(&mut self, (open, due_on): (Money, Date), today: Date) {
        self.open.add(open);
        self.invoices += 1;
        self.oldest_due = self.oldest_due.into_iter().chain([due_on]).min();
        self.overdue += usize::from(due_on < today);
    }
}

/// By customers (`cross`: in their order); of each, oldest due first.
const OWED: &str = "select c.id, i.currency, i.open_minor, i.due_on from customers c
  cross join invoices i on i.customer_id = c.id and i.open_minor > 0 and i.voided_at is null";

fn owed(row: &Row<'_>) -> rusqlite::Result<(CustomerId, (Money, Date))> {
    Ok((
        row.get("id")?,
        (money(row, "open_minor")?, row.get("due_on")?),
    ))
}

/// By customers; of each, oldest first.
const CREDIT: &str = "select c.id, k.currency, k.open_minor from customers c
  cross join credits k on k.customer_id = c.id and k.open_minor > 0";

fn credit(row: &Row<'_>) -> rusqlite::Result<(CustomerId, Money)> {
    Ok((row.get("id")?, money(row, "open_minor")?))
}

impl Reader<'_> {
    /// Tells every customer, by code, with what is open on `today`; archived
    /// ones only where they are asked for.
    ///
    /// # Errors
    ///
    /// The book cannot be read; or what `hear` returned.
    pub fn each_customer(
        self,
        today: Date,
        wanted: &Customers<'_>,
        mut hear: impl FnMut(&Customer, &Balance) -> Result<()>,
    ) -> Result<()> {
        let sought = wanted.search.map(same_name);
        let beside = self.known_beside(sought.as_deref())?;
        let mut left = wanted.limit.unwrap_or(usize::MAX);
        let prepare = |sql: &str| self.connection.prepare(sql);
        let mut all = prepare(&format!(
            "select {COLUMNS}, {IS_LISTED} as listed from customers order by code"
        ))?;
        let mut open = prepare(&format!(
            "{OWED} order by c.code, i.due_on, i.issued_on, i.number"
        ))?;
        let mut credits = prepare(&format!("{CREDIT} order by c.code, k.credited_on, k.id"))?;
        let mut all = all.query([])?;
        let mut open = Beside::open(open.query([])?, owed)?;
        let mut credits = Beside::open(credits.query([])?, credit)?;
        while let Some(row) = all.next()? {
            let is_listed: bool = row.get("listed")?;
            let customer = customer(row)?;
            let mut balance = Balance::default();
            open.each_of(customer.id, |invoice| balance.owes(invoice, today))?;
            credits.each_of(customer.id, |credit| balance.credit.add(credit))?;
            if !wanted.archived && !is_listed {
                continue;
            }
            let is_sought = sought
                .as_deref()
                .is_none_or(|sought| beside.contains(&customer.id) || has_text(&customer, sought));
            let is_late = wanted
                .due_before
                .is_none_or(|day| balance.oldest_due.is_some_and(|due_on| due_on < day));
            if !is_sought || !is_late {
                continue;
            }
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            hear(&customer, &balance)?;
        }
        open.end()?;
        credits.end()
    }

    /// Who is known by this text to other systems, or has a contact with it.
    fn known_beside(self, sought: Option<&str>) -> Result<BTreeSet<CustomerId>> {
        let mut known = BTreeSet::new();
        if let Some(sought) = sought {
            self.each(
                "select customer_id, id as text from customer_ids
                 union all select customer_id, email || ' ' || coalesce(name, '') || ' ' || coalesce(phone, '')
                   from contacts where removed_at is null",
                [],
                |row| Ok((row.get::<_, CustomerId>("customer_id")?, row.get::<_, String>("text")?)),
                |(customer, text)| {
                    if same_name(text).contains(sought) {
                        known.insert(*customer);
                    }
                    Ok(())
                },
            )?;
        }
        Ok(known)
    }

    /// What one customer owes and has as credit on `today`.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn balance(self, customer: CustomerId, today: Date) -> Result<Balance> {
        let mut balance = Balance::default();
        for (_, invoice) in self.rows(
            &format!("{OWED} where c.id = ?1 order by i.due_on, i.issued_on, i.number"),
            [customer],
            owed,
        )? {
            balance.owes(invoice, today);
        }
        for (_, credit) in self.rows(
            &format!("{CREDIT} where c.id = ?1 order by k.credited_on, k.id"),
            [customer],
            credit,
        )? {
            balance.credit.add(credit);
        }
        Ok(balance)
    }

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

/// Whether a customer's own words have this text, in either case.
fn has_text(customer: &Customer, sought: &str) -> bool {
    let beside = [&customer.email, &customer.phone, &customer.billing_address];
    [&customer.code, &customer.name]
        .into_iter()
        .chain(beside.into_iter().flatten())
        .any(|text| same_name(text).contains(sought))
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

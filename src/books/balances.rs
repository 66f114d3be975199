//! What customers owe and have on account: of one, and of all of a list, told one by one.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::Row;

use super::Reader;
use super::beside::Beside;
use super::customers::{COLUMNS, IS_LISTED, customer};
use super::values::money;
use crate::domain::customer::{Customer, same_name};
use crate::domain::ids::CustomerId;
use crate::domain::money::{Money, Sums};
use crate::problem::Result;

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
}

/// Whether a customer's own words have this text, in either case.
fn has_text(customer: &Customer, sought: &str) -> bool {
    let beside = [&customer.email, &customer.phone, &customer.billing_address];
    [&customer.code, &customer.name]
        .into_iter()
        .chain(beside.into_iter().flatten())
        .any(|text| same_name(text).contains(sought))
}

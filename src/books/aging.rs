//! What is open, and how old: today, and as it stood on any past day.
//!
//! Today's is one walk along an index of what is open. A past day is today with
//! whatever came after it undone: sums are linear, so each later fact is added
//! to the bucket of its invoice, and nobody asks what became of the others.

use std::collections::HashMap;

use jiff::civil::Date;
use rusqlite::Row;

use super::values::money;
use super::{Reader, credits};
use crate::domain::aging::{AgedBy, Bucket, Buckets};
use crate::domain::credit::Source;
use crate::domain::ids::{CustomerId, InvoiceId};
use crate::domain::money::{Currency, Money};
use crate::problem::Result;

/// An invoice with something open, as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenItem {
    pub invoice: InvoiceId,
    pub number: String,
    pub customer: CustomerId,
    pub issued_on: Date,
    pub due_on: Date,
    pub total: Money,
    pub open: Money,
    pub bucket: Bucket,
}

/// What one customer owes in one currency, by age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    pub customer: CustomerId,
    pub buckets: [Money; 5],
    /// Money of theirs that no invoice has used.
    pub on_account: Money,
}

impl Aged {
    /// What is owed, whatever its age.
    #[must_use]
    pub fn open(&self) -> Money {
        let zero = Money::zero(self.on_account.currency());
        self.buckets.iter().fold(zero, |sum, one| sum.plus(*one))
    }

    fn is_nothing(&self) -> bool {
        self.on_account.is_zero() && self.buckets.iter().all(|bucket| bucket.is_zero())
    }
}

/// A credit with money that no invoice has used, as of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCredit {
    pub source: Source,
    pub customer: CustomerId,
    pub on: Date,
    pub amount: Money,
    pub open: Money,
}

/// Minor units by customer and currency.
#[derive(Default)]
struct Sums(HashMap<(CustomerId, Currency), Sum>);

#[derive(Default)]
struct Sum {
    buckets: [i64; 5],
    on_account: i64,
}

impl Sums {
    fn of(&mut self, whose: (CustomerId, Currency)) -> &mut Sum {
        self.0.entry(whose).or_default()
    }

    fn add(&mut self, whose: Option<(CustomerId, Currency)>, buckets: [i64; 5]) {
        if let Some(whose) = whose {
            let sums = self.of(whose).buckets.iter_mut();
            sums.zip(buckets).for_each(|(sum, more)| *sum += more);
        }
    }

    fn aged(self) -> Vec<Aged> {
        let aged = self.0.into_iter().map(|((customer, currency), sum)| Aged {
            customer,
            buckets: sum.buckets.map(|minor| Money::of(minor, currency)),
            on_account: Money::of(sum.on_account, currency),
        });
        let mut aged: Vec<Aged> = aged.filter(|one| !one.is_nothing()).collect();
        aged.sort_by_key(|one| (one.customer, one.on_account.currency().code()));
        aged
    }
}

/// A currency by its code, most often that of the row before.
struct Currencies(Option<Currency>);

impl Currencies {
    fn of(&mut self, row: &Row<'_>, column: usize) -> rusqlite::Result<Currency> {
        let code = text(row, column)?;
        match self.0 {
            Some(known) if known.code() == code => Ok(known),
            _ => {
                let currency = row.get(column)?;
                self.0 = Some(currency);
                Ok(currency)
            }
        }
    }
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn minor(row: &Row<'_>, column: usize) -> rusqlite::Result<i64> {
    Ok(row.get_ref(column)?.as_i64()?)
}

/// What is open now of the invoices of a day and before, along `open_invoices`,
/// which has all that is asked for.
const OPEN_NOW: &str = "select customer_id, currency, due_on, open_minor, issued_on
  from invoices indexed by open_invoices
 where open_minor > 0 and voided_at is null and issued_on <= ?1 order by customer_id";

/// What was open at the end of a day and is not now, as if each had just been
/// paid: what was applied since, what was made void since.
const SINCE: &str = "select i.customer_id, i.currency, i.due_on, l.amount_minor, i.issued_on
  from allocations l indexed by allocations_by_day cross join invoices i on i.id = l.invoice_id
 where l.allocated_on > ?1 and i.issued_on <= ?1
union all
select customer_id, currency, due_on, total_minor, issued_on
  from invoices indexed by void_invoices where voided_on > ?1 and issued_on <= ?1";

/// What is open of those whose due date was changed since: taken out of where
/// the date of today puts it, and put where that of then does.
const EDITED_SINCE: &str = "select i.customer_id, i.currency, i.due_on, i.issued_on, e.due_on,
    i.total_minor - (select coalesce(sum(amount_minor), 0) from allocations
      where invoice_id = i.id and allocated_on <= ?1)
  from invoice_edits e join invoices i on i.id = e.invoice_id
 where e.id in (select min(id) from invoice_edits where edited_on > ?1 group by invoice_id)
   and i.issued_on <= ?1 and (i.voided_on is null or i.voided_on > ?1)";

const ON_ACCOUNT_NOW: &str = "select customer_id, currency, sum(open_minor)
  from credits where open_minor > 0 group by customer_id, currency";

/// What became of credits since; those that came since were not there.
const ON_ACCOUNT_SINCE: &str = "select customer_id, currency, sum(minor) from (
    select c.customer_id, c.currency, l.amount_minor as minor
      from allocations l indexed by allocations_by_day cross join credits c on c.id = l.credit_id
     where l.allocated_on > ?1
    union all
    select c.customer_id, c.currency, g.amount_minor
      from given_back g join credits c on c.id = g.credit_id where g.given_on > ?1
    union all
    select c.customer_id, c.currency, v.amount_minor
      from reversals v join credits c on c.id = v.credit_id where v.reversed_on > ?1
    union all
    select customer_id, currency, -amount_minor from credits where credited_on > ?1)
 group by customer_id, currency";

/// The invoices of which something was open at the end of a day.
const ITEMS: &str = "select * from (
    select i.id, i.number, i.customer_id, i.currency, i.issued_on, i.total_minor,
      coalesce((select e.due_on from invoice_edits e where e.invoice_id = i.id and e.edited_on > ?1
                 order by e.id limit 1), i.due_on) as due_on,
      i.total_minor - (select coalesce(sum(amount_minor), 0) from allocations
        where invoice_id = i.id and allocated_on <= ?1) as left_minor
    from invoices i
   where i.id in (
       select id from invoices indexed by open_invoices where open_minor > 0 and voided_at is null
       union
       select invoice_id from allocations indexed by allocations_by_day where allocated_on > ?1
       union
       select id from invoices indexed by void_invoices where voided_on > ?1)
     and i.issued_on <= ?1 and (i.voided_on is null or i.voided_on > ?1)
     and (?2 is null or i.customer_id = ?2)) as stood
  where left_minor <> 0 order by customer_id, due_on, issued_on, number";

impl Reader<'_> {
    /// What each customer owes by age, and has on account, as it stood at the
    /// end of a day: by customer and currency.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn aging(self, as_of: Date, by: AgedBy) -> Result<Vec<Aged>> {
        let buckets = Buckets::as_of(as_of);
        let mut sums = Sums::default();
        for sql in [OPEN_NOW, SINCE] {
            self.add_open(&mut sums, sql, as_of, &buckets, by)?;
        }
        if by == AgedBy::Due {
            self.move_edited(&mut sums, as_of, &buckets)?;
        }
        self.add_on_account(&mut sums, ON_ACCOUNT_NOW, [])?;
        self.add_on_account(&mut sums, ON_ACCOUNT_SINCE, [as_of])?;
        Ok(sums.aged())
    }

    fn add_open(
        self,
        sums: &mut Sums,
        sql: &str,
        as_of: Date,
        buckets: &Buckets,
        by: AgedBy,
    ) -> Result<()> {
        let ages_from = match by {
            AgedBy::Due => 2,
            AgedBy::Invoice => 4,
        };
        let mut currencies = Currencies(None);
        let mut open = self.connection.prepare_cached(sql)?;
        let mut rows = open.query([as_of])?;
        // Mostly a customer's come one after the other: each is looked up once.
        let mut whose: Option<(CustomerId, Currency)> = None;
        let mut sum = [0; 5];
        while let Some(row) = rows.next()? {
            let owner = (CustomerId(minor(row, 0)?), currencies.of(row, 1)?);
            if whose != Some(owner) {
                sums.add(whose.replace(owner), std::mem::take(&mut sum));
            }
            sum[buckets.of(text(row, ages_from)?) as usize] += minor(row, 3)?;
        }
        sums.add(whose, sum);
        Ok(())
    }

    fn move_edited(self, sums: &mut Sums, as_of: Date, buckets: &Buckets) -> Result<()> {
        let mut edited = self.connection.prepare_cached(EDITED_SINCE)?;
        let mut rows = edited.query([as_of])?;
        while let Some(row) = rows.next()? {
            let open = minor(row, 5)?;
            let mut moved = [0; 5];
            moved[buckets.of(text(row, 2)?) as usize] -= open;
            moved[buckets.of(text(row, 4)?) as usize] += open;
            sums.add(Some((row.get(0)?, row.get(1)?)), moved);
        }
        Ok(())
    }

    fn add_on_account(self, sums: &mut Sums, sql: &str, day: impl rusqlite::Params) -> Result<()> {
        let mut credits = self.connection.prepare_cached(sql)?;
        let mut rows = credits.query(day)?;
        while let Some(row) = rows.next()? {
            sums.of((row.get(0)?, row.get(1)?)).on_account += minor(row, 2)?;
        }
        Ok(())
    }

    /// The invoices with something open at the end of a day, of one customer or
    /// of all: by customer, oldest due first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_items(
        self,
        customer: Option<CustomerId>,
        as_of: Date,
        by: AgedBy,
    ) -> Result<Vec<OpenItem>> {
        let buckets = Buckets::as_of(as_of);
        self.rows(ITEMS, (as_of, customer), |row| {
            let (issued_on, due_on): (Date, Date) = (row.get("issued_on")?, row.get("due_on")?);
            let ages_from = match by {
                AgedBy::Due => due_on,
                AgedBy::Invoice => issued_on,
            };
            Ok(OpenItem {
                invoice: row.get("id")?,
                number: row.get("number")?,
                customer: row.get("customer_id")?,
                issued_on,
                due_on,
                total: money(row, "total_minor")?,
                open: money(row, "left_minor")?,
                bucket: buckets.of(&ages_from.to_string()),
            })
        })
    }

    /// The credits with money that no invoice had used at the end of a day, by
    /// customer, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_credits(self, as_of: Date) -> Result<Vec<OpenCredit>> {
        self.rows(
            "select * from (
               select c.id as credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id, c.customer_id, c.credited_on,
                 c.amount_minor, c.currency, c.amount_minor
                 - (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id and allocated_on <= ?1)
                 - (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id and given_on <= ?1)
                 - (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id and reversed_on <= ?1)
                 as left_minor
               from credits c where c.credited_on <= ?1) as stood
              where left_minor <> 0 order by customer_id, credited_on, credit_id",
            [as_of],
            |row| {
                Ok(OpenCredit {
                    source: credits::name(row)?.source,
                    customer: row.get("customer_id")?,
                    on: row.get("credited_on")?,
                    amount: money(row, "amount_minor")?,
                    open: money(row, "left_minor")?,
                })
            },
        )
    }
}

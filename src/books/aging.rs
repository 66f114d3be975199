//! What is open, and how old: today, and as it stood on any past day.
//!
//! Today's is one walk along an index of what is open. A past day's is a merge:
//! every invoice and every allocation passes once, side by side in the order
//! of the invoices, and what came after the day is left out.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use rusqlite::{Row, Rows};

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
    /// Below zero while only what was applied is counted.
    on_account: i64,
}

impl Sums {
    fn of(&mut self, customer: CustomerId, currency: Currency) -> &mut Sum {
        self.0.entry((customer, currency)).or_default()
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

/// Along `open_invoices`, which has all that is asked for.
const OPEN_NOW: &str = "select customer_id, currency, due_on, issued_on, open_minor
  from invoices indexed by open_invoices where open_minor > 0 and voided_at is null order by customer_id";

const ON_ACCOUNT_NOW: &str = "select customer_id, currency, sum(open_minor)
  from credits where open_minor > 0 group by customer_id, currency";

/// What is applied to invoices that are not issued yet is on account till then.
const APPLIED_AHEAD: &str = "select i.customer_id, i.currency, sum(l.amount_minor)
  from invoices i join allocations l on l.invoice_id = i.id
 where i.issued_on > ?1 group by i.customer_id, i.currency";

const INVOICES: &str =
    "select id, customer_id, currency, issued_on, due_on, total_minor, voided_on, number
  from invoices order by id";

/// Along `allocations_of_invoice`, which has all that is asked for.
const APPLIED: &str = "select invoice_id, allocated_on, amount_minor
  from allocations indexed by allocations_of_invoice order by invoice_id";

/// Whatever changed a credit otherwise than by its being applied.
const CREDITED: &str = "select customer_id, currency, sum(minor) from (
    select customer_id, currency, amount_minor as minor from credits where credited_on <= ?1
    union all
    select c.customer_id, c.currency, -g.amount_minor
      from given_back g join credits c on c.id = g.credit_id where g.given_on <= ?1
    union all
    select c.customer_id, c.currency, -v.amount_minor
      from reversals v join credits c on c.id = v.credit_id where v.reversed_on <= ?1)
 group by customer_id, currency";

impl Reader<'_> {
    /// What each customer owes by age, and has on account: by customer and
    /// currency, as it stood at the end of a day, `today` or before.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn aging(self, as_of: Date, today: Date, by: AgedBy) -> Result<Vec<Aged>> {
        if as_of < today {
            self.aging_then(as_of, by)
        } else {
            self.aging_now(as_of, by)
        }
    }

    fn aging_now(self, today: Date, by: AgedBy) -> Result<Vec<Aged>> {
        let (buckets, last) = (Buckets::as_of(today), today.to_string());
        let mut sums = Sums::default();
        let mut currencies = Currencies(None);
        let mut open = self.connection.prepare_cached(OPEN_NOW)?;
        let mut rows = open.query([])?;
        // Customers come one after the other: each is looked up once.
        let mut whose: Option<(CustomerId, Currency)> = None;
        let mut sum = Sum::default();
        while let Some(row) = rows.next()? {
            let issued_on = text(row, 3)?;
            if issued_on > last.as_str() {
                continue;
            }
            let owner = (row.get(0)?, currencies.of(row, 1)?);
            if whose != Some(owner) {
                add(&mut sums, whose, &std::mem::take(&mut sum));
                whose = Some(owner);
            }
            let ages_from = match by {
                AgedBy::Due => text(row, 2)?,
                AgedBy::Invoice => issued_on,
            };
            sum.buckets[buckets.of(ages_from) as usize] += minor(row, 4)?;
        }
        add(&mut sums, whose, &sum);
        self.add_on_account(&mut sums, ON_ACCOUNT_NOW, None)?;
        self.add_on_account(&mut sums, APPLIED_AHEAD, Some(today))?;
        Ok(sums.aged())
    }

    fn aging_then(self, as_of: Date, by: AgedBy) -> Result<Vec<Aged>> {
        let buckets = Buckets::as_of(as_of);
        let mut sums = Sums::default();
        self.each_as_of(as_of, |one| {
            let ages_from = match by {
                AgedBy::Due => one.due_on,
                AgedBy::Invoice => one.issued_on,
            };
            let sum = sums.of(one.customer, one.currency);
            sum.buckets[buckets.of(ages_from) as usize] += one.open;
            sum.on_account -= one.applied;
            Ok(())
        })?;
        self.add_on_account(&mut sums, CREDITED, Some(as_of))?;
        Ok(sums.aged())
    }

    fn add_on_account(self, sums: &mut Sums, sql: &str, day: Option<Date>) -> Result<()> {
        let mut credits = self.connection.prepare_cached(sql)?;
        let mut rows = match day {
            Some(day) => credits.query([day])?,
            None => credits.query([])?,
        };
        while let Some(row) = rows.next()? {
            sums.of(row.get(0)?, row.get(1)?).on_account += row.get::<_, i64>(2)?;
        }
        Ok(())
    }

    /// The invoices with something open at the end of a day, `today` or before:
    /// of one customer or of all, by customer, oldest first.
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
        let mut items = Vec::new();
        self.each_as_of(as_of, |one| {
            if one.open == 0 || customer.is_some_and(|customer| customer != one.customer) {
                return Ok(());
            }
            let day = |text: &str| {
                text.parse::<Date>()
                    .map_err(rusqlite::types::FromSqlError::other)
            };
            let ages_from = match by {
                AgedBy::Due => one.due_on,
                AgedBy::Invoice => one.issued_on,
            };
            items.push(OpenItem {
                invoice: one.invoice,
                number: one.row.get(7)?,
                customer: one.customer,
                issued_on: day(one.issued_on)?,
                due_on: day(one.due_on)?,
                total: Money::of(one.total, one.currency),
                open: Money::of(one.open, one.currency),
                bucket: buckets.of(ages_from),
            });
            Ok(())
        })?;
        items.sort_by(|a, b| {
            let key = |item: &OpenItem| (item.customer, item.due_on, item.issued_on);
            key(a).cmp(&key(b)).then_with(|| a.number.cmp(&b.number))
        });
        Ok(items)
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

    /// Tells every invoice that was there at the end of a day, as it stood then.
    fn each_as_of(
        self,
        as_of: Date,
        mut hear: impl FnMut(&Standing<'_>) -> rusqlite::Result<()>,
    ) -> Result<()> {
        let last = as_of.to_string();
        let edited = self.due_before_edits(as_of)?;
        let mut currencies = Currencies(None);
        let mut invoices = self.connection.prepare_cached(INVOICES)?;
        let mut applied = self.connection.prepare_cached(APPLIED)?;
        let mut invoices = invoices.query([])?;
        let mut applied = Applied::open(applied.query([])?, &last)?;
        while let Some(row) = invoices.next()? {
            let id = minor(row, 0)?;
            let paid = applied.to(id)?;
            let issued_on = text(row, 3)?;
            let is_void = row
                .get_ref(6)?
                .as_str_or_null()
                .map_err(rusqlite::Error::from)?;
            if issued_on > last.as_str() || is_void.is_some_and(|on| on <= last.as_str()) {
                continue;
            }
            let invoice = InvoiceId(id);
            let due_on = match edited.get(&invoice) {
                Some(earlier) => earlier.as_str(),
                None => text(row, 4)?,
            };
            let total = minor(row, 5)?;
            hear(&Standing {
                invoice,
                customer: row.get(1)?,
                currency: currencies.of(row, 2)?,
                issued_on,
                due_on,
                total,
                applied: paid,
                open: total - paid,
                row,
            })?;
        }
        Ok(())
    }

    /// When those invoices were due whose date was changed after a day.
    fn due_before_edits(self, as_of: Date) -> Result<BTreeMap<InvoiceId, String>> {
        let edits = self.rows(
            "select e.invoice_id, e.due_on from invoice_edits e
              where e.edited_on > ?1 and e.id = (select min(id) from invoice_edits
                where invoice_id = e.invoice_id and edited_on > ?1)",
            [as_of],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(edits.into_iter().collect())
    }
}

fn add(sums: &mut Sums, whose: Option<(CustomerId, Currency)>, sum: &Sum) {
    let Some((customer, currency)) = whose else {
        return;
    };
    let total = sums.of(customer, currency);
    for (all, more) in total.buckets.iter_mut().zip(sum.buckets) {
        *all += more;
    }
}

/// An invoice as it stood on a day; its dates spelled `2026-11-30`, amounts in
/// minor units.
struct Standing<'a> {
    invoice: InvoiceId,
    customer: CustomerId,
    currency: Currency,
    issued_on: &'a str,
    due_on: &'a str,
    total: i64,
    applied: i64,
    open: i64,
    row: &'a Row<'a>,
}

/// The allocations beside their invoices, up to a day.
struct Applied<'a> {
    rows: Rows<'a>,
    last: &'a str,
    /// The invoice of the row that is next, and what that counts for.
    next: Option<(i64, i64)>,
}

impl<'a> Applied<'a> {
    fn open(rows: Rows<'a>, last: &'a str) -> rusqlite::Result<Self> {
        let next = None;
        let mut applied = Self { rows, last, next };
        applied.step()?;
        Ok(applied)
    }

    /// What was applied to an invoice. Invoices are asked for in their order.
    fn to(&mut self, invoice: i64) -> rusqlite::Result<i64> {
        let mut sum = 0;
        while let Some((next, amount)) = self.next
            && next <= invoice
        {
            sum += if next == invoice { amount } else { 0 };
            self.step()?;
        }
        Ok(sum)
    }

    fn step(&mut self) -> rusqlite::Result<()> {
        self.next = match self.rows.next()? {
            None => None,
            Some(row) if text(row, 1)? > self.last => Some((minor(row, 0)?, 0)),
            Some(row) => Some((minor(row, 0)?, minor(row, 2)?)),
        };
        Ok(())
    }
}

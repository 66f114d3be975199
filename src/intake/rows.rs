//! One row, one draft: every cell read, the sums compared, nothing mended.
//!
//! A row is read to its end even after a fault, so that a person mends it
//! once. Where amounts and words disagree the row is refused: a status never
//! overrides the arithmetic.

use csv::StringRecord;
use jiff::civil::Date;

use super::columns::{Header, cell_at};
use super::dates::{self, DateOrder};
use super::fields::Field;
use super::marks::Style;
use super::quote::quoted;
use super::sums::{CREDIT_BY_HAND, Sums};
use super::words::{self, Paper, Status};
use super::{Options, amounts, bad_rows};
use crate::domain::invoice::InvoiceNumber;
use crate::domain::money::{Currency, Money};
use crate::domain::terms::Terms;
use crate::domain::text::{Text, TextError};
use crate::problem::Problem;

/// An invoice as a file tells it, not yet in any book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The line of the file, from 1.
    pub line: u64,
    pub number: InvoiceNumber,
    pub customer: Who,
    pub total: Money,
    /// What was paid before; `None` if the file does not say.
    pub paid: Option<Money>,
    pub issued_on: Date,
    /// `None`: neither the file nor the person said; the customer's terms do.
    pub due_on: Option<Date>,
    /// What the due date was reckoned by, where the file has none.
    pub terms: Option<Terms>,
    pub memo: Option<String>,
}

impl Draft {
    /// What was paid before, as far as the file says.
    #[must_use]
    pub fn paid_before(&self) -> Money {
        self.paid.unwrap_or(Money::zero(self.total.currency()))
    }
}

/// Why a row is no open business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// It adds up others.
    Total,
    Heading,
    /// Not yet issued.
    Draft,
    /// Not owed any more.
    Void,
}

impl Passed {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Heading => "heading",
            Self::Draft => "draft",
            Self::Void => "void",
        }
    }
}

/// The customer as the file names it: at least one of these is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Who {
    pub name: Option<String>,
    /// The other system's id.
    pub id: Option<String>,
    pub email: Option<String>,
}

/// What was decided for the whole file before its rows are read.
pub(super) struct Rules<'f> {
    pub header: &'f Header,
    pub options: &'f Options,
    pub order: DateOrder,
    /// Of the amount, balance and paid columns.
    pub styles: [Style; 3],
    /// The column that says in some rows what is open, or what was paid: the
    /// others have to say it, too.
    pub told_by: Option<Field>,
    /// The columns that say what kind of paper a row is.
    pub papers: Vec<usize>,
}

/// The columns of money, in the order of [`Rules::styles`].
pub(super) const MONEY: [Field; 3] = [Field::Amount, Field::Balance, Field::Paid];

/// What a row turned out to be.
#[derive(Debug)]
pub(super) enum Read {
    Draft {
        draft: Draft,
        is_uncollectible: bool,
    },
    Skipped(Passed),
}

/// The faults of a row, gathered while the values are kept.
#[derive(Default)]
struct Faults(Vec<Problem>);

impl Faults {
    fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.0.push(problem)).ok()
    }
}

impl Rules<'_> {
    /// Reads a row of data.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it; without the line.
    pub(super) fn read(&self, line: u64, row: &StringRecord) -> Result<Read, Vec<Problem>> {
        let mut faults = Faults::default();
        let status = faults.keep(self.status(row));
        if let Some(Status::Skipped(why)) = status {
            return Ok(Read::Skipped(why));
        }
        if let Err(problem) = self.paper(row) {
            return Err(vec![problem]);
        }
        let number = faults.keep(self.number(row));
        let customer = faults.keep(self.customer(row));
        let issued_on = faults.keep(self.issued_on(row));
        let due_on = faults.keep(self.due_on(row, issued_on));
        let memo = faults.keep(self.memo(row)).flatten();
        let sums = faults.keep(self.sums(row, status));
        if let (Some(number), Some(customer), Some(issued_on), Some(due_on), Some(sums), []) =
            (number, customer, issued_on, due_on, sums, &faults.0[..])
        {
            let says_when_due = !self.header.cell(Field::Due, row).is_empty();
            let draft = Draft {
                line,
                number,
                customer,
                total: sums.total,
                paid: sums.paid,
                issued_on,
                due_on,
                terms: self.options.terms.filter(|_| !says_when_due),
                memo,
            };
            return Ok(Read::Draft {
                draft,
                is_uncollectible: status == Some(Status::Uncollectible),
            });
        }
        Err(faults.0)
    }

    /// Puts the column before a fact about its cell.
    pub(super) fn in_column(&self, field: Field, fault: impl Into<Problem>) -> Problem {
        let place = format!("column {}", self.header.name(field));
        fault.into().at(place)
    }

    fn status(&self, row: &StringRecord) -> Result<Status, Problem> {
        let word = self.header.cell(Field::Status, row);
        words::status(word).ok_or_else(|| {
            let fact = bad_rows(format!("{} is not a status dues knows", quoted(word)));
            self.in_column(Field::Status, fact)
                .hint("Write `open`, `paid`, `draft` or `void`, or take the column out.")
        })
    }

    fn paper(&self, row: &StringRecord) -> Result<(), Problem> {
        let mut papers = self.papers.iter();
        papers.try_for_each(|column| self.paper_in(*column, row))
    }

    fn paper_in(&self, column: usize, row: &StringRecord) -> Result<(), Problem> {
        let word = cell_at(column, row);
        let is_a = |what: &str| {
            let place = format!("column {}", self.header.name_of(column));
            bad_rows(format!("{} is {what}", quoted(word))).at(place)
        };
        match words::paper(word) {
            Some(Paper::Invoice) => Ok(()),
            Some(Paper::CreditMemo) => Err(is_a("a credit memo; dues does not import credit memos yet")
                .hint(CREDIT_BY_HAND)),
            Some(Paper::Payment) => Err(is_a("money received, not an invoice")
                .hint("Take the row out; what was paid before is read from the column `Paid` or `Balance` of each invoice.")),
            Some(Paper::Other) => Err(is_a("not an invoice to a customer")
                .hint("Export sales invoices only, or take the row out.")),
            None => Err(is_a("not a type dues knows")
                .hint("Write `invoice` for rows that are invoices, or take the column out.")),
        }
    }

    fn number(&self, row: &StringRecord) -> Result<InvoiceNumber, Problem> {
        let number = self.header.cell(Field::Number, row);
        self.kept(Field::Number, number, InvoiceNumber::parse)
    }

    fn customer(&self, row: &StringRecord) -> Result<Who, Problem> {
        let who = Who {
            name: self.text(Field::Customer, row, Text::CustomerName)?,
            id: self.text(Field::CustomerId, row, Text::CustomerId)?,
            email: self.text(Field::Email, row, Text::MailAddress)?,
        };
        if who == Who::default() {
            return Err(bad_rows("the row names no customer")
                .hint("Give the customer's name, id or mail address."));
        }
        Ok(who)
    }

    /// A cell may have lines; the memo is one.
    fn memo(&self, row: &StringRecord) -> Result<Option<String>, Problem> {
        let words = self.header.cell(Field::Memo, row).split_whitespace();
        match words.collect::<Vec<_>>().join(" ") {
            blank if blank.is_empty() => Ok(None),
            line => self
                .kept(Field::Memo, &line, |line| Text::Memo.read(line))
                .map(Some),
        }
    }

    fn text(
        &self,
        field: Field,
        row: &StringRecord,
        kind: Text,
    ) -> Result<Option<String>, Problem> {
        match self.header.cell(field, row) {
            "" => Ok(None),
            cell => self.kept(field, cell, |cell| kind.read(cell)).map(Some),
        }
    }

    /// What a cell says by the rule of its kind.
    fn kept<T>(
        &self,
        field: Field,
        cell: &str,
        read: impl Fn(&str) -> Result<T, TextError>,
    ) -> Result<T, Problem> {
        read(cell).map_err(|error| {
            let fact = match &error {
                TextError::CardNumber(_) => return self.in_column(field, error),
                TextError::Blank(_) => bad_rows(error.to_string()),
                TextError::NotOneAddress(_) => {
                    bad_rows(format!("{} is not one mail address", quoted(cell)))
                }
                _ => bad_rows(error.to_string()).at(quoted(cell)),
            };
            self.in_column(field, fact).hint(error.hint())
        })
    }

    fn issued_on(&self, row: &StringRecord) -> Result<Date, Problem> {
        let cell = self.header.cell(Field::Issued, row);
        if cell.is_empty() {
            let fact = bad_rows("the invoice date is blank");
            return Err(self
                .in_column(Field::Issued, fact)
                .hint("Give the day the invoice was issued."));
        }
        dates::read(cell, self.order).map_err(|error| self.in_column(Field::Issued, error))
    }

    /// The due date of the row, else by the terms that were given, else none.
    fn due_on(&self, row: &StringRecord, issued_on: Option<Date>) -> Result<Option<Date>, Problem> {
        let cell = self.header.cell(Field::Due, row);
        if !cell.is_empty() {
            let due_on = dates::read(cell, self.order);
            return due_on
                .map(Some)
                .map_err(|error| self.in_column(Field::Due, error));
        }
        let Some((issued_on, terms)) = issued_on.zip(self.options.terms) else {
            return Ok(None);
        };
        let too_late = |_| bad_rows("the due date by `--terms` is beyond the calendar");
        terms.due_on(issued_on).map(Some).map_err(too_late)
    }

    fn currency(&self, row: &StringRecord) -> Result<Currency, Problem> {
        let code = self.header.cell(Field::Currency, row);
        if code.is_empty() {
            if !self.header.has(Field::Currency) {
                let default = self.options.currency.or(self.options.book);
                return default.ok_or_else(|| Problem::bug("a file without a currency"));
            }
            return self.options.currency.ok_or_else(|| {
                self.in_column(Field::Currency, bad_rows("the currency is blank"))
                    .hint("Fill it in, or say what such rows are in, as in `--currency USD`.")
            });
        }
        Currency::parse(code).map_err(|_| {
            let fact = bad_rows(format!("{} is not a currency of ISO 4217", quoted(code)));
            self.in_column(Field::Currency, fact)
                .hint("Use a code such as `USD` or `EUR`.")
        })
    }

    pub(super) fn money(
        &self,
        at: usize,
        row: &StringRecord,
        currency: Currency,
    ) -> Result<Option<Money>, Problem> {
        let cell = self.header.cell(MONEY[at], row);
        if cell.is_empty() {
            return Ok(None);
        }
        amounts::read(cell, self.styles[at], currency)
            .map(Some)
            .map_err(|error| self.in_column(MONEY[at], error))
    }

    fn sums(&self, row: &StringRecord, status: Option<Status>) -> Result<Sums, Problem> {
        let currency = self.currency(row)?;
        let amount = self.money(0, row, currency)?;
        let balance = self.money(1, row, currency)?;
        let paid = self.money(2, row, currency)?;
        let zero = Money::zero(currency);
        let (needed, total) = if self.header.has(Field::Amount) {
            (Field::Amount, amount)
        } else {
            let total = balance.map(|open| open.plus(paid.unwrap_or(zero)));
            (Field::Balance, total)
        };
        let Some(total) = total else {
            let fact = bad_rows("the amount is blank");
            return Err(self
                .in_column(needed, fact)
                .hint("Give the invoice's amount."));
        };
        if let Some(field) = self.told_by
            && balance.or(paid).is_none()
            && total.is_positive()
        {
            return Err(self.untold(field));
        }
        Sums::checked(total, balance, paid, status)
    }

    /// A blank among balances is not the whole amount, nor among payments none.
    fn untold(&self, field: Field) -> Problem {
        let (fact, hint) = match field {
            Field::Paid => (
                "what was paid is blank",
                "Write what was paid of the invoice, or `0.00`.",
            ),
            _ => (
                "the balance is blank",
                "Write what is open of the invoice, or `0.00`.",
            ),
        };
        self.in_column(field, bad_rows(fact)).hint(hint)
    }
}

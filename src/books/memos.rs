//! Credit memos: what a customer need not pay, on paper of its own.
//!
//! Each has a number that stands on that paper. A number of the form `CM-7` is
//! the memo's own id, so that no word can mean two of them.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::reversals::Why;
use super::values::money;
use super::{Reader, Tx, credits};
use crate::domain::credit::{Credit, Source};
use crate::domain::customer::Customer;
use crate::domain::ids::{CreditMemoId, CustomerId, InvoiceId};
use crate::domain::invoice::{Invoice, InvoiceNumber};
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// Above this a number of the form `CM-7` is no id of ours: there is room for
/// those that come after it.
const GREATEST_ID: i64 = 999_999_999;

/// A credit memo about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewMemo<'a> {
    /// The next free one if none is given.
    pub number: Option<&'a InvoiceNumber>,
    pub customer: &'a Customer,
    /// The invoice that it corrects.
    pub invoice: Option<&'a Invoice>,
    pub amount: Money,
    pub because: &'a str,
    pub on: Date,
}

/// A credit memo as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoRow {
    pub id: CreditMemoId,
    pub number: String,
    pub customer: CustomerId,
    /// The invoice that it corrects, and its number.
    pub invoice: Option<(InvoiceId, String)>,
    pub credit: Credit,
    /// What of it was cancelled.
    pub cancelled: Money,
    pub because: String,
    pub on: Date,
}

const SELECT: &str = concat!(
    "select m.id as memo_id, m.number as memo_number, m.because, m.issued_on, i.id as invoice_id, i.number,
       (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id) as cancelled_minor, ",
    credits::columns!(),
    " from credit_memos m join credits c on c.credit_memo_id = m.id left join invoices i on i.id = m.invoice_id"
);

fn memo(row: &Row<'_>) -> rusqlite::Result<MemoRow> {
    let invoice: Option<InvoiceId> = row.get("invoice_id")?;
    let number = |id| Ok::<_, rusqlite::Error>((id, row.get("number")?));
    Ok(MemoRow {
        id: row.get("memo_id")?,
        number: row.get("memo_number")?,
        customer: row.get("customer_id")?,
        invoice: invoice.map(number).transpose()?,
        credit: credits::credit(row)?,
        cancelled: money(row, "cancelled_minor")?,
        because: row.get("because")?,
        on: row.get("issued_on")?,
    })
}

impl Reader<'_> {
    /// Credit memos, of one customer or of all, newest first; with `on_account`
    /// only those with something that pays no invoice yet.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn memos(self, customer: Option<CustomerId>, on_account: bool) -> Result<Vec<MemoRow>> {
        self.rows(
            &format!(
                "{SELECT} where (?1 is null or m.customer_id = ?1) and (not ?2 or c.open_minor > 0) order by m.id desc"
            ),
            (customer, on_account),
            memo,
        )
    }

    /// The credit memos that correct an invoice, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn memos_for(self, invoice: InvoiceId) -> Result<Vec<MemoRow>> {
        self.rows(
            &format!("{SELECT} where m.invoice_id = ?1 order by m.id"),
            [invoice],
            memo,
        )
    }

    /// One credit memo.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that id.
    pub fn memo(self, id: CreditMemoId) -> Result<MemoRow> {
        self.row(&format!("{SELECT} where m.id = ?1"), [id], memo)?
            .ok_or_else(|| no_such_memo(&id.to_string()))
    }

    /// The credit memo that a typed word means: its number, or its id.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none.
    pub fn find_memo(self, word: &str) -> Result<MemoRow> {
        let word = word.trim();
        if let Some(found) = self.row(&format!("{SELECT} where m.number = ?1"), [word], memo)? {
            return Ok(found);
        }
        match CreditMemoId::parse(word) {
            Some(id) => self.memo(id),
            None => Err(no_such_memo(word)),
        }
    }
}

fn no_such_memo(word: &str) -> Problem {
    Problem::refused(
        "no_such_credit",
        format!("there is no credit memo `{word}`"),
    )
    .hint("See them with `dues credit list`.")
}

impl Tx<'_> {
    /// Makes a credit memo; all of it is on account.
    ///
    /// # Errors
    ///
    /// Exit 1 if its number is taken, its invoice is another customer's, void,
    /// in another currency or credited with more than it is for, or the day is
    /// in a closed period.
    pub fn add_memo(&self, new: &NewMemo<'_>) -> Result<MemoRow> {
        let book = self.read();
        book.require_open(new.on)?;
        if let Some(invoice) = new.invoice {
            self.require_creditable(invoice, new)?;
        }
        let id = match new.number {
            Some(number) => self.id_of_number(number)?,
            None => None,
        };
        // The number is the id where none is given: both are known after the insert at the earliest.
        let next: i64 = self
            .read()
            .row(
                "select coalesce(max(seq), 0) + 1 as next from sqlite_sequence where name = 'credit_memos'",
                [],
                |row| row.get("next"),
            )?
            .unwrap_or(1);
        let id = id.unwrap_or(CreditMemoId(next));
        let number = new
            .number
            .filter(|number| CreditMemoId::parse(number.as_str()).is_none())
            .map_or_else(|| id.to_string(), ToString::to_string);
        self.insert(
            "insert into credit_memos (id, number, customer_id, invoice_id, amount_minor, currency, because, issued_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                id,
                &number,
                new.customer.id,
                new.invoice.map(|invoice| invoice.id),
                new.amount.minor(),
                new.amount.currency(),
                new.because,
                new.on,
                self.at,
            ),
        )?;
        self.insert_credit(Source::CreditMemo(id), new.customer.id, new.amount, new.on)?;
        self.note(
            "credit.added",
            json!({"credit": id.to_string(), "number": number, "customer": new.customer.code,
                   "amount": new.amount.to_string(), "because": new.because,
                   "invoice": new.invoice.map(|invoice| &invoice.number)}),
        )?;
        self.read().memo(id)
    }

    fn require_creditable(&self, invoice: &Invoice, new: &NewMemo<'_>) -> Result<()> {
        let refuse = |code, fact: String, hint: &str| Err(Problem::refused(code, fact).hint(hint));
        // As it is now, not as it was shown.
        let invoice = &self.read().find_invoice(&invoice.number, None)?;
        let number = &invoice.number;
        if invoice.customer != new.customer.id {
            let owner = self.read().customer(invoice.customer)?.code;
            return refuse(
                "other_customers_invoice",
                format!("invoice `{number}` belongs to {owner}"),
                "Check the customer, or leave the invoice out.",
            );
        }
        if invoice.is_void {
            return refuse(
                "invoice_void",
                format!("invoice `{number}` is void, and owed by nobody"),
                "Leave it out: there is nothing to credit.",
            );
        }
        if invoice.total.currency() != new.amount.currency() {
            return refuse(
                "currency_differs",
                format!(
                    "invoice `{number}` is in {}, not in {}",
                    invoice.total.currency(),
                    new.amount.currency()
                ),
                "Give the amount in the invoice's own currency.",
            );
        }
        let mut credited = Money::zero(invoice.total.currency());
        for earlier in self.read().memos_for(invoice.id)? {
            credited = credited.plus(earlier.credit.amount.minus(earlier.cancelled));
        }
        let left = invoice.total.minus(credited);
        if new.amount.minus(left).is_positive() {
            return refuse(
                "over_credited",
                if credited.is_zero() {
                    format!("invoice `{number}` is for {} only", invoice.total)
                } else {
                    format!(
                        "invoice `{number}` is for {}, and {credited} of it is credited already",
                        invoice.total
                    )
                },
                "Credit no more than is left of it, or leave `--invoice` out.",
            );
        }
        Ok(())
    }

    /// The id that a number is, if it is of the form `CM-7`; it must be free.
    fn id_of_number(&self, number: &InvoiceNumber) -> Result<Option<CreditMemoId>> {
        let word = number.as_str();
        let taken = self.read().row(
            "select id from credit_memos where number = ?1",
            [word],
            |row| row.get::<_, CreditMemoId>("id"),
        )?;
        let id = CreditMemoId::parse(word);
        let also_taken = id.map(|id| {
            self.read()
                .row("select id from credit_memos where id = ?1", [id], |row| {
                    row.get::<_, CreditMemoId>("id")
                })
        });
        if taken.is_some() || also_taken.transpose()?.flatten().is_some() {
            return Err(Problem::refused(
                "credit_exists",
                format!("credit memo `{word}` is in the book already"),
            )
            .hint("Give it another number, or leave `--number` out: the next free one is taken."));
        }
        if id.is_some_and(|id| id.0 > GREATEST_ID) {
            return Err(Problem::usage(
                "bad_number",
                format!("`{word}` is too long for a credit memo's number"),
            )
            .hint("Write at most nine digits after `CM-`."));
        }
        Ok(id)
    }

    /// Cancels what of a credit memo is unused; how much that was.
    ///
    /// # Errors
    ///
    /// Exit 1 if all of it is used, or the day is in a closed period or before
    /// the memo's own.
    pub fn cancel_memo(&self, memo: &MemoRow, because: &str, on: Date) -> Result<Money> {
        self.read().require_open(on)?;
        // As it is now, not as it was shown.
        let memo = &self.read().memo(memo.id)?;
        let number = &memo.number;
        let unused = memo.credit.available();
        if !unused.is_positive() {
            let fact = if memo.credit.reserved.is_positive() {
                format!("credit memo {number} is being used by a charge that is not finished")
            } else if memo.cancelled == memo.credit.amount {
                format!("credit memo {number} is cancelled already")
            } else {
                format!("all of credit memo {number} is used")
            };
            return Err(Problem::refused("credit_used", fact).hint(format!(
                "See what it pays with `dues credit show {number}`."
            )));
        }
        if on < memo.on {
            return Err(Problem::refused(
                "cancelled_before_issued",
                format!("credit memo {number} is of {}, after {on}", memo.on),
            )
            .hint("Give a later day."));
        }
        self.reverse(memo.credit.name.id, unused, Why::Cancelled(because), on)?;
        self.note(
            "credit.cancelled",
            json!({"credit": memo.id.to_string(), "number": number,
                   "amount": unused.to_string(), "because": because}),
        )?;
        Ok(unused)
    }
}

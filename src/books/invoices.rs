//! Invoices in the book, with what of each is open and what is reserved.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::customer::Customer;
use crate::domain::ids::{CustomerId, ImportId, InvoiceId};
use crate::domain::invoice::{Invoice, NewInvoice};
use crate::domain::label::Paid;
use crate::domain::money::Money;
use crate::domain::untrusted::{composed, decomposed};
use crate::problem::{Problem, Result};

/// Reserved is what the plans of open charges want of the invoice.
const SELECT: &str = "select id, number, customer_id, currency, total_minor, open_minor, issued_on,
    due_on, memo, po_number, terms, voided_at is not null as void,
    (select coalesce(sum(amount_minor), 0) from reservations where invoice_id = invoices.id) as reserved_minor
  from invoices";

/// As [`SELECT`], of many and with their owners. What is reserved is summed up
/// once, from the few charges that are open and not from every plan (`+`).
const LIST: &str = "select i.id, i.number, i.customer_id, i.currency, i.total_minor, i.open_minor,
    i.issued_on, i.due_on, i.memo, i.po_number, i.terms, i.voided_at is not null as void,
    coalesce(r.reserved_minor, 0) as reserved_minor, c.code
  from invoices i join customers c on c.id = i.customer_id
  left join (select invoice_id, sum(amount_minor) as reserved_minor
      from reservations group by +invoice_id) r on r.invoice_id = i.id";

const OPEN: &str = "i.open_minor > 0 and i.voided_at is null and (?2 is null or i.due_on < ?2)";

/// The order of an index, so that nothing is sorted, or held to be sorted.
const OLDEST_DUE_FIRST: &str = "i.due_on, i.issued_on, i.number";

/// Which invoices a list has, and with that their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invoices {
    /// Paid and void ones too, newest first.
    All,
    /// Those with something open, oldest due first.
    Open,
    /// Of the open ones those that were due before this day.
    DueBefore(Date),
}

fn invoice(row: &Row<'_>) -> rusqlite::Result<Invoice> {
    let currency = row.get("currency")?;
    let money =
        |minor: &str| -> rusqlite::Result<Money> { Ok(Money::of(row.get(minor)?, currency)) };
    Ok(Invoice {
        id: row.get("id")?,
        number: row.get("number")?,
        customer: row.get("customer_id")?,
        total: money("total_minor")?,
        open: money("open_minor")?,
        reserved: money("reserved_minor")?,
        issued_on: row.get("issued_on")?,
        due_on: row.get("due_on")?,
        memo: row.get("memo")?,
        po_number: row.get("po_number")?,
        terms: row.get("terms")?,
        is_void: row.get("void")?,
    })
}

impl Reader<'_> {
    /// Open invoices, of one customer or of all, oldest due first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn open_invoices(self, customer: Option<CustomerId>) -> Result<Vec<Invoice>> {
        let order = "order by due_on, issued_on, number";
        match customer {
            Some(customer) => self.rows(
                &format!("{SELECT} where customer_id = ?1 and open_minor > 0 and voided_at is null {order}"),
                [customer],
                invoice,
            ),
            None => self.rows(
                &format!("{SELECT} where open_minor > 0 and voided_at is null {order}"),
                [],
                invoice,
            ),
        }
    }

    /// Tells invoices, of one customer or of all, each with its owner's code.
    ///
    /// # Errors
    ///
    /// The book cannot be read; or what `hear` returned.
    pub fn each_invoice(
        self,
        customer: Option<CustomerId>,
        wanted: Invoices,
        mut hear: impl FnMut(&Invoice, &str) -> Result<()>,
    ) -> Result<()> {
        let (which, before, order) = match wanted {
            Invoices::All => ("?2 is null", None, "i.issued_on desc, i.id desc"),
            Invoices::Open => (OPEN, None, OLDEST_DUE_FIRST),
            Invoices::DueBefore(day) => (OPEN, Some(day), OLDEST_DUE_FIRST),
        };
        let whose = match customer {
            Some(_) => "i.customer_id = ?1",
            None => "?1 is null",
        };
        self.each(
            &format!("{LIST} where {whose} and {which} order by {order}"),
            (customer, before),
            |row| Ok((invoice(row)?, row.get::<_, String>("code")?)),
            |(invoice, owner)| hear(invoice, owner),
        )
    }

    /// The invoice with exactly this number, in either case.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn invoice_by_number(self, number: &str) -> Result<Option<Invoice>> {
        // However its accents were typed; a book may have them either way.
        self.row(
            &format!("{SELECT} where number in (?1, ?2, ?3) order by number = ?1 desc limit 1"),
            (number, composed(number), decomposed(number)),
            invoice,
        )
    }

    /// The customer's own number for the invoice with exactly this number.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn po_number_of(self, number: &str) -> Result<Option<String>> {
        let found = self.row(
            "select po_number from invoices where number = ?1",
            [number],
            |row| row.get("po_number"),
        )?;
        Ok(found.flatten())
    }

    /// The invoice that was paid, and no other that has its number now.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn invoice_paid(self, customer: CustomerId, paid: &Paid) -> Result<Option<Invoice>> {
        let invoice = self.invoice_by_number(&paid.invoice)?;
        Ok(invoice
            .filter(|it| it.customer == customer && it.total.currency() == paid.amount.currency()))
    }

    /// The invoices that a typed word may mean: the one with that number, or
    /// all whose numbers begin or end so.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn invoices_meant(self, word: &str, customer: Option<&Customer>) -> Result<Vec<Invoice>> {
        if let Some(exact) = self.invoice_by_number(word.trim())? {
            return Ok(vec![exact]);
        }
        let lower = |text: &str| composed(text).to_lowercase();
        let sought = lower(word.trim());
        // SQL looks through the ASCII of it; what that lets pass is read here.
        let known = |letter: char| letter.is_ascii() && !matches!(letter, '%' | '_' | '\\');
        let like: String = sought
            .split(|letter| !known(letter))
            .flat_map(|part| [part, "%"])
            .collect();
        let like = format!("%{like}");
        let near = match customer {
            Some(customer) => self.rows(
                &format!("{SELECT} where number like ?1 and customer_id = ?2 order by number"),
                (like, customer.id),
                invoice,
            )?,
            None => self.rows(
                &format!("{SELECT} where number like ?1 order by number"),
                [like],
                invoice,
            )?,
        };
        let fits = |invoice: &Invoice| {
            let number = lower(&invoice.number);
            !sought.is_empty() && (number.starts_with(&sought) || number.ends_with(&sought))
        };
        Ok(near.into_iter().filter(fits).collect())
    }

    /// The one invoice that a word means: its number, or its unambiguous end
    /// or beginning (`1041` for `INV-1041`).
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none, exit 2 if there are several; the hint names them.
    pub fn find_invoice(self, word: &str, customer: Option<&Customer>) -> Result<Invoice> {
        let fits =
            |invoice: &Invoice| customer.is_none_or(|customer| invoice.customer == customer.id);
        if let Some(exact) = self.invoice_by_number(word.trim())? {
            if fits(&exact) {
                return Ok(exact);
            }
            let owner = self.customer(exact.customer)?;
            return Err(Problem::refused(
                "other_customers_invoice",
                format!(
                    "invoice `{}` belongs to {} ({})",
                    exact.number, owner.code, owner.name
                ),
            )
            .hint("Check the customer, or leave the invoice out."));
        }
        let found = self.invoices_meant(word, customer)?;
        match &found[..] {
            [one] => Ok(one.clone()),
            [] => Err(Problem::refused(
                "no_such_invoice",
                match customer {
                    Some(customer) => format!("{} has no invoice `{word}`", customer.code),
                    None => format!("there is no invoice `{word}`"),
                },
            )
            .hint(match customer {
                Some(customer) => {
                    format!(
                        "See what is open with `dues invoice list --customer {}`.",
                        customer.code
                    )
                }
                None => "See them with `dues invoice list`.".to_owned(),
            })),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .take(8)
                    .map(|invoice| format!("`{}`", invoice.number))
                    .collect();
                Err(Problem::usage(
                    "ambiguous_invoice",
                    format!("`{word}` could be {} invoices", several.len()),
                )
                .hint(format!("Say which one: {}.", names.join(", "))))
            }
        }
    }
}

impl Reader<'_> {
    /// The number of an invoice.
    ///
    /// # Errors
    ///
    /// The book has none in that row.
    pub fn number_of(self, invoice: InvoiceId) -> Result<String> {
        let sql = "select number from invoices where id = ?1";
        let number = self.row(sql, [invoice], |row| row.get("number"))?;
        number.ok_or_else(|| Problem::bug(format!("there is no invoice {invoice}")))
    }
}

impl Tx<'_> {
    /// Adds an invoice.
    ///
    /// # Errors
    ///
    /// Exit 1 if the number is taken.
    pub fn add_invoice(&self, customer: &Customer, new: &NewInvoice) -> Result<InvoiceId> {
        let id = self.insert_invoice(customer, new, None)?;
        self.note(
            "invoice.added",
            json!({"invoice": new.number.as_str(), "customer": customer.code, "total": new.total.to_string()}),
        )?;
        Ok(id)
    }

    /// Writes the row of an invoice; who calls it writes the log.
    pub(super) fn insert_invoice(
        &self,
        customer: &Customer,
        new: &NewInvoice,
        import: Option<ImportId>,
    ) -> Result<InvoiceId> {
        if let Some(taken) = self.read().invoice_by_number(new.number.as_str())? {
            let owner = self.read().customer(taken.customer)?.code;
            return Err(Problem::refused(
                "invoice_exists",
                format!(
                    "invoice `{}` is in the book already, for {owner}",
                    taken.number
                ),
            )
            .hint(format!("See it with `dues invoice show {}`.", taken.number)));
        }
        self.read().require_open(new.issued_on)?;
        self.require_still_themselves(customer.id)?;
        let id = self.insert(
            "insert into invoices (number, customer_id, currency, total_minor, open_minor, issued_on,
               due_on, memo, import_id, created_at, po_number, terms)
             values (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (
                new.number.as_str(),
                customer.id,
                new.total.currency(),
                new.total.minor(),
                new.issued_on,
                new.due_on,
                &new.memo,
                import,
                self.at,
                &new.po_number,
                new.terms,
            ),
        )?;
        Ok(InvoiceId(id))
    }

    /// Makes an invoice void: owed by nobody, kept for the record.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is void already, has payments, or a charge on its way
    /// wants it.
    pub fn void_invoice(&self, invoice: &Invoice, because: &str) -> Result<()> {
        let refuse =
            |code, message: String, hint: &str| Err(Problem::refused(code, message).hint(hint));
        // As it is now, not as it was shown.
        let invoice = &self.read().find_invoice(&invoice.number, None)?;
        let number = &invoice.number;
        if invoice.is_void {
            return refuse(
                "invoice_void",
                format!("invoice `{number}` is void already"),
                "There is nothing to do.",
            );
        }
        if invoice.reserved.is_positive() {
            return refuse(
                "invoice_reserved",
                format!("invoice `{number}` is being paid by a charge that is not finished"),
                "Run `dues charge recover`; void it when that charge is settled.",
            );
        }
        if invoice.open != invoice.total {
            return refuse(
                "invoice_has_payments",
                format!(
                    "invoice `{number}` has payments of {}",
                    invoice.total.minus(invoice.open)
                ),
                "Only an invoice without payments can be made void.",
            );
        }
        self.execute(
            "update invoices set voided_at = ?2, voided_on = ?3, void_reason = ?4 where id = ?1",
            (invoice.id, self.at, self.open_day(self.today()?)?, because),
        )?;
        self.note(
            "invoice.voided",
            json!({"invoice": number, "because": because}),
        )
    }
}

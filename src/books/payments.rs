//! Payments and their allocations. Facts only: taking back is a new row.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::charges::ChargeRow;
use super::values::money;
use super::{Reader, Tx};
use crate::domain::customer::Customer;
use crate::domain::ids::{ChargeId, CustomerId, InvoiceId, PaymentId};
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::payment::{Allocation, Method, Payment};
use crate::problem::{Problem, Result};

/// What a charge paid of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidShare {
    pub number: String,
    pub amount: Money,
    /// The earlier payment whose credit was used; `None`: the card's money.
    pub from_credit: Option<PaymentId>,
    /// What the invoice has open now.
    pub left: Money,
}

/// Reserved is what the plans of open charges want of the unapplied money.
const SELECT: &str = "select p.id, p.customer_id, p.method, p.amount_minor, p.currency,
    p.unapplied_minor, p.received_on, p.memo, a.charge_id,
    (select coalesce(sum(amount_minor), 0) from reservations where payment_id = p.id) as reserved_minor
  from payments p left join attempts a on a.id = p.attempt_id";

fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        method: row.get("method")?,
        amount: money(row, "amount_minor")?,
        unapplied: money(row, "unapplied_minor")?,
        reserved: money(row, "reserved_minor")?,
        received_on: row.get("received_on")?,
        charge: row.get("charge_id")?,
        memo: row.get("memo")?,
    })
}

const ALLOCATIONS: &str = "select l.payment_id, l.invoice_id, i.number, i.currency,
    sum(l.amount_minor) as amount_minor, i.open_minor
  from allocations l join invoices i on i.id = l.invoice_id";

fn allocation(row: &Row<'_>) -> rusqlite::Result<Allocation> {
    Ok(Allocation {
        payment: row.get("payment_id")?,
        invoice: row.get("invoice_id")?,
        number: row.get("number")?,
        amount: money(row, "amount_minor")?,
        left: money(row, "open_minor")?,
    })
}

impl Reader<'_> {
    /// Payments, of one customer or of all, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payments(self, customer: Option<CustomerId>) -> Result<Vec<Payment>> {
        match customer {
            Some(customer) => self.rows(
                &format!("{SELECT} where p.customer_id = ?1 order by p.id desc"),
                [customer],
                payment,
            ),
            None => self.rows(&format!("{SELECT} order by p.id desc"), [], payment),
        }
    }

    /// A customer's payments with unapplied money, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn credits_of(self, customer: CustomerId) -> Result<Vec<Payment>> {
        self.rows(
            &format!("{SELECT} where p.customer_id = ?1 and p.unapplied_minor > 0 order by p.received_on, p.id"),
            [customer],
            payment,
        )
    }

    /// One payment.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn payment(self, id: PaymentId) -> Result<Payment> {
        self.row(&format!("{SELECT} where p.id = ?1"), [id], payment)?
            .ok_or_else(|| {
                Problem::refused("no_such_payment", format!("there is no payment {id}"))
                    .hint("See them with `dues payment list`.")
            })
    }

    /// The payment that a charge brought, if it did.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payment_of(self, charge: ChargeId) -> Result<Option<Payment>> {
        self.row(
            &format!("{SELECT} where a.charge_id = ?1"),
            [charge],
            payment,
        )
    }

    /// Where a payment's money is applied.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_of(self, payment: PaymentId) -> Result<Vec<Allocation>> {
        self.rows(
            &format!("{ALLOCATIONS} where l.payment_id = ?1 group by l.invoice_id having sum(l.amount_minor) <> 0 order by min(l.id)"),
            [payment],
            allocation,
        )
    }

    /// What a charge that succeeded paid: from credits as planned, from the
    /// card as applied.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn paid_by(self, charge: &ChargeRow) -> Result<Vec<PaidShare>> {
        let mut paid = Vec::new();
        for share in self.shares_of(charge.id)? {
            if share.from.is_some()
                && let Some(invoice) = self.invoice_by_number(&share.number)?
            {
                paid.push(PaidShare {
                    number: share.number,
                    amount: share.amount,
                    from_credit: share.from,
                    left: invoice.open,
                });
            }
        }
        if let Some(payment) = self.payment_of(charge.id)? {
            let applied = self.allocations_of(payment.id)?.into_iter();
            paid.extend(applied.map(|allocation| PaidShare {
                number: allocation.number,
                amount: allocation.amount,
                from_credit: None,
                left: allocation.left,
            }));
        }
        Ok(paid)
    }

    /// What was applied to an invoice and taken back from it, one by one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_made_to(self, invoice: InvoiceId) -> Result<Vec<Allocation>> {
        self.rows(
            &format!("{ALLOCATIONS} where l.invoice_id = ?1 group by l.id order by l.id"),
            [invoice],
            allocation,
        )
    }

    /// Which payments are applied to an invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn allocations_to(self, invoice: InvoiceId) -> Result<Vec<Allocation>> {
        self.rows(
            &format!("{ALLOCATIONS} where l.invoice_id = ?1 group by l.payment_id having sum(l.amount_minor) <> 0 order by min(l.id)"),
            [invoice],
            allocation,
        )
    }
}

impl Tx<'_> {
    /// Books the opening payment of an imported invoice: what its old system had as paid.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn add_opening_payment(
        &self,
        customer: &Customer,
        invoice: InvoiceId,
        amount: Money,
        received_on: Date,
    ) -> Result<()> {
        let id = self.insert_payment(
            customer.id,
            Method::Other,
            amount,
            received_on,
            None,
            Some("imported balance"),
        )?;
        self.allocate(id, invoice, amount)
    }

    pub(super) fn insert_payment(
        &self,
        customer: CustomerId,
        method: Method,
        amount: Money,
        received_on: Date,
        attempt: Option<i64>,
        memo: Option<&str>,
    ) -> Result<PaymentId> {
        let id = self.insert(
            "insert into payments (customer_id, method, amount_minor, currency, received_on, attempt_id,
               memo, unapplied_minor, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?8)",
            (
                customer,
                method,
                amount.minor(),
                amount.currency(),
                received_on,
                attempt,
                memo,
                self.at,
            ),
        )?;
        Ok(PaymentId(id))
    }

    pub(super) fn allocate(
        &self,
        payment: PaymentId,
        invoice: InvoiceId,
        amount: Money,
    ) -> Result<()> {
        self.insert(
            "insert into allocations (payment_id, invoice_id, amount_minor, allocated_at) values (?1, ?2, ?3, ?4)",
            (payment, invoice, amount.minor(), self.at),
        )?;
        Ok(())
    }

    /// Applies unapplied money of a payment to an invoice of the same customer.
    ///
    /// # Errors
    ///
    /// Exit 1 if either has less than `amount` available, or they do not belong together.
    pub fn apply_payment(&self, payment: &Payment, invoice: &Invoice, amount: Money) -> Result<()> {
        let refuse =
            |code, message: String, hint: &str| Err(Problem::refused(code, message).hint(hint));
        // As they are now, not as they were shown.
        let payment = &self.read().payment(payment.id)?;
        let invoice = &self.read().find_invoice(&invoice.number, None)?;
        let (id, number) = (payment.id, &invoice.number);
        if payment.customer != invoice.customer {
            let owner = self.read().customer(invoice.customer)?.code;
            return refuse(
                "other_customers_invoice",
                format!("invoice `{number}` belongs to {owner}, {id} does not"),
                "A payment can be applied to its own customer's invoices only.",
            );
        }
        if invoice.is_void {
            return refuse(
                "invoice_void",
                format!("invoice `{number}` is void"),
                "Leave it out.",
            );
        }
        for (have, whose) in [
            (payment.available(), id.to_string()),
            (invoice.available(), format!("invoice `{number}`")),
        ] {
            if have.currency() != amount.currency() {
                return refuse(
                    "currency_differs",
                    format!(
                        "{whose} is in {}, not in {}",
                        have.currency(),
                        amount.currency()
                    ),
                    "Apply each currency on its own.",
                );
            }
            if amount.minus(have).is_positive() {
                return refuse(
                    "more_than_open",
                    format!("{whose} has only {have} to apply; {amount} is asked"),
                    "Apply a smaller amount with `--amount`.",
                );
            }
        }
        self.allocate(id, invoice.id, amount)?;
        self.note(
            "payment.applied",
            json!({"payment": id.to_string(), "invoice": number, "amount": amount.to_string()}),
        )
    }
}

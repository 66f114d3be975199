//! Books money that came another way than by card, and what it pays, whole or not at all.
//!
//! The payment, what was granted with it, what it pays and the mail that says
//! so are one transaction. The payer's own instruction wins over the
//! customer's policy; what neither has a place for is on account.

use jiff::civil::Date;

use super::receipts::confirm_received;
use crate::books::{NewAdjustment, NewPayment, Reader, Tx};
use crate::domain::allotting::{Allotment, Instruction, Policy, allot};
use crate::domain::credit::{AdjustmentKind, Credit};
use crate::domain::customer::Customer;
use crate::domain::ids::PaymentId;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment, Receipt};
use crate::domain::spread::Pick;
use crate::problem::{Problem, Result};

/// Where money is to go.
#[derive(Debug, Clone, Default)]
pub struct Direction {
    /// The payer's own word.
    pub picks: Vec<Pick>,
    /// For what that leaves. `None`: the customer's own policy if nothing was
    /// picked; else it stays on account.
    pub policy: Option<Policy>,
    /// Numbers that a policy leaves out.
    pub except: Vec<String>,
}

/// What is taken off an invoice because it is paid so.
#[derive(Debug, Clone)]
pub struct Grant {
    pub number: String,
    pub kind: AdjustmentKind,
    /// `None`: all that the payment leaves open.
    pub amount: Option<Money>,
    pub because: String,
}

/// The money itself.
#[derive(Debug, Clone)]
pub enum Came {
    /// A person says so now.
    Now {
        method: Method,
        amount: Money,
        on: Date,
        reference: Option<String>,
        memo: Option<String>,
    },
    /// It was booked without a name.
    Before(Receipt),
}

/// Money of a customer, to be booked.
#[derive(Debug, Clone)]
pub struct Order {
    pub customer: Customer,
    pub came: Came,
    pub direction: Direction,
    pub grants: Vec<Grant>,
    /// It is another with the same number.
    pub again: bool,
    pub wants_mail: bool,
}

impl Order {
    /// The payments that this one may be once more.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn doubles(&self, book: Reader<'_>) -> Result<Vec<Payment>> {
        let (method, amount, on, reference) = match &self.came {
            Came::Now {
                method,
                amount,
                on,
                reference,
                ..
            } => (*method, *amount, *on, reference),
            Came::Before(it) => (it.method, it.amount, it.received_on, &it.reference),
        };
        if self.again || reference.is_none() {
            return Ok(Vec::new());
        }
        book.same_reference(&NewPayment {
            customer: self.customer.id,
            method,
            amount,
            received_on: on,
            reference: reference.as_deref(),
            memo: None,
        })
    }
}

/// That money of the same number is booked already, for a person to judge.
#[must_use]
pub fn same_number(earlier: &Payment) -> String {
    let (id, on) = (earlier.id, earlier.received_on);
    let reference = earlier.reference.as_deref().unwrap_or_default();
    let (method, amount) = (earlier.method, earlier.amount);
    let gone = if earlier.reversed.is_positive() {
        " and did not stay"
    } else {
        ""
    };
    format!(
        "{method} `{reference}` of this customer is booked already: {id}, {amount}, came on {on}{gone}"
    )
}

/// Books it all; which payment it is.
///
/// # Errors
///
/// Exit 2 if a payment of the same number is booked and nobody said that this
/// is another; exit 1 if anything is not possible as it was said. Then the
/// transaction must not be committed.
pub fn record(tx: &Tx<'_>, order: &Order) -> Result<PaymentId> {
    if let Some(earlier) = order.doubles(tx.read())?.first() {
        return Err(
            Problem::usage("same_reference", same_number(earlier)).hint(format!(
                "See it with `dues payment show {}`. If this is another, add `--again`.",
                earlier.id
            )),
        );
    }
    let id = match &order.came {
        Came::Now {
            method,
            amount,
            on,
            reference,
            memo,
        } => tx.receive(&NewPayment {
            customer: order.customer.id,
            method: *method,
            amount: *amount,
            received_on: *on,
            reference: reference.as_deref(),
            memo: memo.as_deref(),
        })?,
        Came::Before(receipt) => tx.identify(receipt, &order.customer)?,
    };
    let payment = tx.read().payment(id)?;
    let on = payment.received_on;
    for grant in &order.grants {
        if let Some(amount) = grant.amount {
            let invoice = tx
                .read()
                .find_invoice(&grant.number, Some(&order.customer))?;
            adjust(tx, grant, &invoice, amount, &payment)?;
        }
    }
    let done = applied(tx, &payment.credit, &order.direction, on)?;
    for grant in &order.grants {
        let number = &grant.number;
        if !done.parts.iter().any(|part| part.number == *number) {
            return Err(Problem::refused(
                "not_paid_by_it",
                format!("this payment pays nothing of `{number}`"),
            )
            .hint(format!(
                "Name it with `--invoice {number}` too: what is taken off goes with what is paid."
            )));
        }
        if grant.amount.is_none() {
            let invoice = tx.read().find_invoice(number, Some(&order.customer))?;
            if !invoice.open.is_positive() {
                return Err(Problem::refused(
                    "not_short",
                    format!("this payment pays `{number}` in full"),
                )
                .hint("Leave `--short` out, or say how much it pays: `--invoice INV=AMOUNT`."));
            }
            adjust(tx, grant, &invoice, invoice.open, &payment)?;
        }
    }
    if order.wants_mail {
        confirm_received(tx, id)?;
    }
    Ok(id)
}

fn adjust(
    tx: &Tx<'_>,
    grant: &Grant,
    invoice: &Invoice,
    amount: Money,
    payment: &Payment,
) -> Result<()> {
    tx.adjust(&NewAdjustment {
        invoice,
        kind: grant.kind,
        amount,
        because: &grant.because,
        payment: Some(payment.id),
        on: payment.received_on,
    })
    .map(drop)
}

/// Applies what is free of a credit.
///
/// # Errors
///
/// Exit 1 if it cannot go where it was said to, or there is nothing to apply.
pub fn apply(tx: &Tx<'_>, credit: &Credit, direction: &Direction) -> Result<Allotment> {
    let today = tx.open_day(tx.today()?)?;
    let done = applied(tx, credit, direction, today)?;
    if done.parts.is_empty() {
        let name = credit.name;
        return Err(Problem::refused(
            "nothing_to_apply",
            format!("nothing of {name} can be applied"),
        )
        .hint(format!(
            "{} of it is free; see `dues payment show {name}`, and what is open with `dues invoice list`.",
            credit.available()
        )));
    }
    Ok(done)
}

fn applied(tx: &Tx<'_>, credit: &Credit, direction: &Direction, on: Date) -> Result<Allotment> {
    let book = tx.read();
    let credit = book.credit(credit.name.id)?;
    let picks = &direction.picks;
    let policy = match direction.policy {
        None if picks.is_empty() => Some(book.policy_of(credit.customer)?),
        policy => policy,
    };
    let mut invoices = book.open_invoices(Some(credit.customer))?;
    for number in picks
        .iter()
        .map(|pick| &pick.number)
        .chain(&direction.except)
    {
        let named = book.invoice_by_number(number)?;
        let named = named.filter(|it| it.customer == credit.customer);
        if let Some(named) = named.filter(|it| invoices.iter().all(|other| other.id != it.id)) {
            invoices.push(named);
        }
    }
    let instruction = Instruction {
        picks,
        policy,
        except: &direction.except,
        held: &book.held_invoices(credit.customer)?,
    };
    let done = allot(credit.available(), &instruction, &invoices)?;
    for part in &done.parts {
        let invoice = book.find_invoice(&part.number, None)?;
        let now = book.credit(credit.name.id)?;
        tx.apply_credit_on(&now, &invoice, part.amount, on)?;
    }
    Ok(done)
}

/// What one credit pays after all of them were applied.
#[derive(Debug, Clone)]
pub struct Swept {
    pub customer: Customer,
    pub policy: Policy,
    pub credit: Credit,
    pub done: Allotment,
}

/// Applies all money on account, of every customer by their own policy.
///
/// # Errors
///
/// The book cannot be read or written.
pub fn sweep(tx: &Tx<'_>) -> Result<Vec<Swept>> {
    let book = tx.read();
    let today = tx.open_day(tx.today()?)?;
    let mut swept = Vec::new();
    for customer in book.customers_with_credit()? {
        let policy = book.policy_of(customer.id)?;
        for credit in book.credits_of(customer.id)? {
            if credit.available().is_positive() {
                let done = applied(tx, &credit, &Direction::default(), today)?;
                swept.push(Swept {
                    customer: customer.clone(),
                    policy,
                    credit,
                    done,
                });
            }
        }
    }
    Ok(swept)
}

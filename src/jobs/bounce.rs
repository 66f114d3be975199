//! Books that a payment came back: what it paid is open, and its fee is asked for.

use jiff::civil::Date;

use super::receipts::tell;
use crate::books::{Bounce, Tx};
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::Money;
use crate::domain::notice::{About, Notice};
use crate::domain::payment::Payment;
use crate::paper;
use crate::problem::Result;

/// What a person says of a payment that came back.
#[derive(Debug, Clone)]
pub struct Returned {
    pub because: String,
    pub on: Date,
    /// What the customer is asked for the trouble, on an invoice of this number.
    pub fee: Option<(InvoiceNumber, Money)>,
    pub wants_mail: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Bounced {
    /// What it had paid, and what was granted with it.
    pub reopened: Vec<Reopened>,
    pub fee: Option<Invoice>,
}

/// An invoice that is open again.
#[derive(Debug, Clone)]
pub struct Reopened {
    pub number: String,
    /// By so much.
    pub amount: Money,
    /// What it has open now.
    pub left: Money,
}

/// Books it, and asks again for what was granted with it; with the invoice of
/// the fee, and the mail that tells the customer.
///
/// # Errors
///
/// As [`Tx::bounce`], and exit 1 if the fee's number is taken.
pub fn bounce(tx: &Tx<'_>, payment: &Payment, returned: &Returned) -> Result<Bounced> {
    let book = tx.read();
    // As it is now, not as it was shown: its customer may be another one by now.
    let payment = &book.payment(payment.id)?;
    book.require_open(returned.on)?;
    let customer = book.customer(payment.customer)?;
    let mut fee = None;
    if let Some((number, amount)) = &returned.fee {
        let due_on = customer.terms.due_on(returned.on)?;
        tx.add_invoice(
            &customer,
            &NewInvoice {
                number: number.clone(),
                total: *amount,
                issued_on: returned.on,
                due_on,
                terms: Some(customer.terms),
                po_number: None,
                memo: Some(format!("fee for {} that came back", payment.id)),
            },
        )?;
        fee = Some(book.find_invoice(number.as_str(), Some(&customer))?);
    }
    let row = Bounce {
        because: returned.because.clone(),
        fee: fee.as_ref().map(|invoice| invoice.id),
        on: returned.on,
    };
    let mut reopened: Vec<Reopened> = Vec::new();
    let mut reopen = |number: String, amount: Money| -> Result<()> {
        let left = book.find_invoice(&number, None)?.open;
        match reopened.iter_mut().find(|it| it.number == number) {
            Some(one) => (one.amount, one.left) = (one.amount.plus(amount), left),
            None => reopened.push(Reopened {
                number,
                amount,
                left,
            }),
        }
        Ok(())
    };
    for share in tx.bounce(payment, &row)? {
        reopen(share.number, share.amount)?;
    }
    // A discount for paying early was not earned, nor was a short pay paid.
    for grant in book.adjustments_with(payment.id)? {
        if grant.recovered.is_zero() {
            tx.ask_again(&grant, &format!("{} came back", payment.id), returned.on)?;
            reopen(grant.number, grant.amount)?;
        }
    }
    let bounced = Bounced { reopened, fee };
    if returned.wants_mail {
        let notice = Notice {
            seller: book.facts()?.name,
            customer: customer.name.clone(),
            amount: payment.amount,
            brand: String::new(),
            last4: String::new(),
            lines: bounced
                .reopened
                .iter()
                .map(|share| (share.number.clone(), share.amount))
                .collect(),
            about: About::Bounced {
                on: returned.on,
                payment: payment.id,
                method: payment.method,
                reference: payment.reference.clone(),
                fee: bounced
                    .fee
                    .as_ref()
                    .map(|fee| (fee.number.clone(), fee.total)),
            },
        };
        let event = format!("bounced:{}", payment.id);
        tell(
            tx,
            &customer,
            event,
            Some(payment.id),
            &paper::notice(&notice),
        )?;
    }
    Ok(bounced)
}

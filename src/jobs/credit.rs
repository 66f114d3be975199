//! Grants a credit memo, or corrects an invoice, and tells the customer: the
//! book and the mail change together.

use super::receipts::tell;
use crate::books::{Corrected, Correction, MemoRow, NewMemo, Tx};
use crate::domain::customer::Customer;
use crate::domain::money::Money;
use crate::domain::notice::{About, Notice};
use crate::paper;
use crate::problem::Result;

/// A credit memo, and what is done with it.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    pub memo: NewMemo<'a>,
    /// Applied to its invoice as far as that is open.
    pub applies: bool,
    pub wants_mail: bool,
}

/// Makes the memo and applies it; as it is then.
///
/// # Errors
///
/// As [`Tx::add_memo`] and [`Tx::apply_credit_on`]: nothing was changed.
pub fn grant(tx: &Tx<'_>, grant: &Grant<'_>) -> Result<MemoRow> {
    let made = tx.add_memo(&grant.memo)?;
    let mut lines = Vec::new();
    if let Some(invoice) = grant.memo.invoice.filter(|_| grant.applies) {
        let invoice = tx.read().find_invoice(&invoice.number, None)?;
        let part = invoice.available().at_most(grant.memo.amount);
        if part.is_positive() {
            let on = grant.memo.on.max(invoice.issued_on);
            tx.apply_credit_on(&made.credit, &invoice, part, on)?;
            lines.push((invoice.number, part));
        }
    }
    let made = tx.read().memo(made.id)?;
    if grant.wants_mail {
        let about = About::Credited {
            on: made.on,
            number: made.number.clone(),
            because: made.because.clone(),
            on_account: made.credit.open,
        };
        let event = format!("credit:{}", made.id);
        write(
            tx,
            grant.memo.customer,
            event,
            made.credit.amount,
            lines,
            about,
        )?;
    }
    Ok(made)
}

/// Corrects an invoice. The customer hears of it where they had the wrong one:
/// one that was made void nobody has seen.
///
/// # Errors
///
/// As [`Tx::correct_invoice`]: nothing was changed.
pub fn correct(tx: &Tx<'_>, correction: &Correction<'_>, wants_mail: bool) -> Result<Corrected> {
    let corrected = tx.correct_invoice(correction)?;
    if let Some(memo) = corrected.memo.as_ref().filter(|_| wants_mail) {
        let customer = tx.read().customer(memo.customer)?;
        let about = About::Corrected {
            on: correction.on,
            wrong: correction.invoice.number.clone(),
            right: corrected.new.number.clone(),
            memo: memo.number.clone(),
            because: correction.because.to_owned(),
            on_account: corrected.left,
        };
        let lines = vec![(corrected.new.number.clone(), corrected.new.open)];
        let event = format!("credit:{}", memo.id);
        write(tx, &customer, event, corrected.new.total, lines, about)?;
    }
    Ok(corrected)
}

fn write(
    tx: &Tx<'_>,
    customer: &Customer,
    event: String,
    amount: Money,
    lines: Vec<(String, Money)>,
    about: About,
) -> Result<()> {
    let notice = Notice {
        seller: tx.read().facts()?.name,
        customer: customer.name.clone(),
        amount,
        brand: String::new(),
        last4: String::new(),
        lines,
        about,
    };
    tell(tx, customer, event, None, &paper::notice(&notice))
}

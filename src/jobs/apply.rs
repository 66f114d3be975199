//! Pays invoices from money on account where that covers all of them: no card is asked.

use super::World;
use super::plan::Wish;
use super::receipts::tell;
use super::request::{require_unanswered, spelled};

use crate::books::Tx;
use crate::domain::money::Money;
use crate::domain::notice::{About, Notice};
use crate::domain::spread::Share;
use crate::paper;
use crate::problem::Result;

/// What of the invoices credits pay, all in all.
#[must_use]
pub fn total(shares: &[Share]) -> Option<Money> {
    shares.iter().map(|share| share.amount).reduce(Money::plus)
}

/// Applies what was planned, and confirms it to the customer. A script's request
/// is remembered with it: `applied_before` tells a repetition.
///
/// # Errors
///
/// A credit or an invoice is not what it was when it was planned, or the request
/// was answered meanwhile: nothing was applied.
pub fn apply(world: &mut World<'_>, wish: &Wish, shares: &[Share]) -> Result<()> {
    world.write(|tx| {
        require_unanswered(tx.read(), wish)?;
        match &wish.request_id {
            Some(id) => tx.applied_for_request(id, &spelled(wish), || apply_in(tx, wish, shares)),
            None => apply_in(tx, wish, shares),
        }
    })
}

/// As [`apply`], within a transaction that does more.
///
/// # Errors
///
/// As [`apply`].
pub fn apply_in(tx: &Tx<'_>, wish: &Wish, shares: &[Share]) -> Result<()> {
    for share in shares {
        if let Some(name) = share.from {
            let credit = tx.read().credit(name.id)?;
            let invoice = tx
                .read()
                .find_invoice(&share.number, Some(&wish.customer))?;
            tx.apply_credit(&credit, &invoice, share.amount)?;
        }
    }
    confirm(tx, wish, shares)
}

fn confirm(tx: &Tx<'_>, wish: &Wish, shares: &[Share]) -> Result<()> {
    let book = tx.read();
    let Some(amount) = total(shares).filter(|_| wish.wants_mail) else {
        return Ok(());
    };
    let facts = book.facts()?;
    let newest = book.audit(Some(1))?.pop().map_or(0, |row| row.seq);
    let notice = Notice {
        seller: facts.name,
        customer: wish.customer.name.clone(),
        amount,
        brand: String::new(),
        last4: String::new(),
        lines: shares
            .iter()
            .map(|share| (share.number.clone(), share.amount))
            .collect(),
        about: About::FromCredit {
            on: tx.at().to_zoned(facts.zone).date(),
        },
    };
    let event = format!("applied:{newest}");
    tell(tx, &wish.customer, event, None, &paper::notice(&notice))
}

//! Writes the mails of money that moved: what was charged, what was given back.

use crate::books::{NewMail, Tx};
use crate::domain::confirmation::{Confirmation, Line, PaidBy, TakenOff};
use crate::domain::contact::Gets;
use crate::domain::customer::Customer;
use crate::domain::ids::{PaymentId, RefundId};
use crate::domain::notice::{About, Notice};
use crate::domain::outbox::Wording;
use crate::domain::refund::TakenFrom;
use crate::paper;
use crate::problem::{Problem, Result};

/// Writes a mail about money to everybody at a customer who gets receipts; to
/// nobody where there is no address. Each event is told once to each of them.
pub(super) fn tell(
    tx: &Tx<'_>,
    customer: &Customer,
    event: String,
    payment: Option<PaymentId>,
    wording: &Wording,
) -> Result<()> {
    for to in tx.read().addresses(customer, Gets::Receipts)? {
        tx.queue_mail(&NewMail {
            event: event.clone(),
            to,
            customer: Some(customer.id),
            payment,
            wording: wording.clone(),
        })?;
    }
    Ok(())
}

/// Writes into the outbox that money was given back, if the customer has an
/// address and is to hear of it.
pub(super) fn tell_of_refund(tx: &Tx<'_>, id: RefundId) -> Result<()> {
    let book = tx.read();
    let refund = book.refund(id)?;
    let customer = book.customer(refund.customer)?;
    if !refund.wants_mail {
        return Ok(());
    }
    let payment = book.payment(refund.payment)?;
    let Some(charge) = payment.charge else {
        return Err(Problem::bug(format!("{id} is of no charge")));
    };
    let card = book.card(book.charge(charge)?.card)?;
    let mut lines = Vec::new();
    for share in book.refund_shares(id)? {
        if let TakenFrom::Invoice { number, .. } = share.from {
            lines.push((number, share.amount));
        }
    }
    let wording = paper::notice(&Notice {
        seller: book.facts()?.name,
        customer: customer.name.clone(),
        amount: refund.given_back,
        brand: card.facts.brand,
        last4: card.facts.last4,
        lines,
        about: About::GivenBack {
            on: tx.at().to_zoned(book.facts()?.zone).date(),
            refund: id,
            payment: payment.id,
            is_void: refund.is_void,
        },
    });
    tell(
        tx,
        &customer,
        format!("refund:{id}"),
        Some(payment.id),
        &wording,
    )
}

/// Writes the confirmation of a payment into the outbox, if the customer has an address.
pub(super) fn confirm(tx: &Tx<'_>, payment: PaymentId) -> Result<()> {
    let book = tx.read();
    let payment = book.payment(payment)?;
    let Some(id) = payment.charge else {
        return Ok(());
    };
    let charge = book.charge(id)?;
    let customer = book.customer(charge.customer)?;
    let card = book.card(charge.card)?;
    if !charge.wants_mail {
        return Ok(());
    }

    let mut lines = Vec::new();
    for share in book.paid_by(&charge)? {
        lines.push(Line {
            po_number: book.po_number_of(&share.number)?,
            invoice: share.number,
            paid: share.amount,
            from_credit: share.from_credit.is_some(),
            left: share.left,
        });
    }
    let wording = paper::confirmation(&Confirmation {
        seller: book.facts()?.name,
        customer: customer.name.clone(),
        payment: payment.id,
        paid_on: payment.received_on,
        amount: payment.amount,
        by: PaidBy::Card {
            brand: card.facts.brand,
            last4: card.facts.last4,
        },
        lines,
        taken_off: Vec::new(),
        unapplied: payment.credit.open,
        memo: charge.memo,
    });
    tell(
        tx,
        &customer,
        format!("confirmation:{}", payment.id),
        Some(payment.id),
        &wording,
    )
}

/// Writes the confirmation of money that came another way than by card.
pub(super) fn confirm_received(tx: &Tx<'_>, payment: PaymentId) -> Result<()> {
    let book = tx.read();
    let payment = book.payment(payment)?;
    let customer = book.customer(payment.customer)?;
    let mut lines = Vec::new();
    for share in book.allocations_of(payment.credit.name.id)? {
        lines.push(Line {
            left: book.find_invoice(&share.number, None)?.open,
            po_number: book.po_number_of(&share.number)?,
            invoice: share.number,
            paid: share.amount,
            from_credit: false,
        });
    }
    let granted = book.adjustments_with(payment.id)?.into_iter();
    let taken_off = granted.map(|it| TakenOff {
        invoice: it.number,
        amount: it.amount,
        kind: it.kind,
    });
    let wording = paper::confirmation(&Confirmation {
        seller: book.facts()?.name,
        customer: customer.name.clone(),
        payment: payment.id,
        paid_on: payment.received_on,
        amount: payment.amount,
        by: PaidBy::Sent {
            method: payment.method,
            reference: payment.reference,
        },
        lines,
        taken_off: taken_off.collect(),
        unapplied: payment.credit.open,
        memo: payment.memo,
    });
    tell(
        tx,
        &customer,
        format!("confirmation:{}", payment.id),
        Some(payment.id),
        &wording,
    )
}

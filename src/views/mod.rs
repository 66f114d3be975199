//! What is shown of the book: the JSON documents, and the words that whoever
//! shows it has in common.
//!
//! Fields are added here, never changed. A view knows no terminal and no page.

pub mod credits;
pub mod disputes;
pub mod evidence;
pub mod lists;
pub mod occurrences;
pub mod schedules;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::books::{AdjustmentRow, AttachmentRow, ChargeRow, Deposit, MailRow, Reader, RefundRow};
use crate::domain::authorization::Authorization;
use crate::domain::card::Card;
use crate::domain::credit::Allocation;
use crate::domain::customer::Customer;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::outbox::MailState;
use crate::domain::payment::{Payment, Receipt};
use crate::domain::purpose::Purpose;
use crate::domain::refund::RefundShare;
use crate::domain::spread::Share;
use crate::problem::Result;

/// `{"amount":"662.40","minor":66240,"currency":"USD"}`
#[must_use]
pub fn money(money: Money) -> Value {
    json!(lists::MoneyRow::from(money))
}

#[must_use]
pub fn customer(customer: &Customer) -> Value {
    json!({
        "customer": customer.code, "name": customer.name, "email": customer.email,
        "terms": customer.terms.to_string(), "terms_days": customer.terms.net_days(),
        "phone": customer.phone, "billing_address": customer.billing_address,
    })
}

/// A file that is kept beside the book.
#[must_use]
pub fn attachment(file: &AttachmentRow) -> Value {
    json!({
        "attachment": file.id.to_string(), "name": file.name, "kind": file.kind.word(), "sha256": file.sha256, "bytes": file.bytes,
        "attached_at": file.attached_at.to_string(),
    })
}

/// Enough to know a card by.
#[must_use]
pub fn which_card(card: &Card) -> Value {
    json!({"brand": card.facts.brand, "last4": card.facts.last4})
}

#[must_use]
pub fn card(card: &Card, owner: &str, consent: Option<&Authorization>) -> Value {
    json!({
        "customer": owner, "brand": card.facts.brand, "last4": card.facts.last4,
        "expiry": card.facts.expiry.map(|expiry| expiry.to_string()),
        "nickname": card.nickname, "default": card.is_default, "disabled": card.disabled,
        "gateway": card.account.gateway, "account": card.account.id,
        "authorization": consent.map(|consent| json!({
            "scope": consent.scope.word(), "ceiling": consent.ceiling.map(money),
            "until": consent.until.map(|until| until.to_string()),
            "by": consent.given_by, "how": consent.how,
        })),
    })
}

#[must_use]
pub fn invoice(invoice: &Invoice, owner: &str) -> Value {
    json!(lists::invoice_row(invoice, owner))
}

#[must_use]
pub fn allocation(allocation: &Allocation) -> Value {
    json!(lists::allocation_row(allocation))
}

/// A payment, with what it pays and what was given back of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn payment(book: Reader<'_>, payment: &Payment) -> Result<Value> {
    let owner = book.customer(payment.customer)?.code;
    let pays = book.allocations_of(payment.credit.name.id)?;
    let mut document = json!(lists::payment_row(payment, &owner, &pays));
    let granted = book.adjustments_with(payment.id)?;
    document["adjustments"] = granted.iter().map(adjustment).collect();
    let history = book.history_of(payment.credit.name.id)?;
    document["history"] = history.iter().map(|(on, it)| applied(*on, it)).collect();
    let bounce = book.bounce_of(payment.id)?;
    document["bounced"] = bounce
        .map(|it| json!({"on": it.on.to_string(), "because": it.because}))
        .into();
    let refunds = book.refunds_of(payment.id)?;
    let refunds: Result<Vec<Value>> = refunds.iter().map(|one| refund(book, one)).collect();
    document["refunds"] = refunds?.into();
    Ok(document)
}

/// What was applied to an invoice on a day; negative, taken back from it.
#[must_use]
pub fn applied(on: Date, fact: &Allocation) -> Value {
    json!({
        "on": on.to_string(), "invoice": fact.number, "payment": fact.credit.to_string(),
        "amount": money(fact.amount),
    })
}

#[must_use]
pub fn adjustment(adjustment: &AdjustmentRow) -> Value {
    json!({
        "adjustment": adjustment.id.to_string(), "kind": adjustment.kind.word(),
        "invoice": adjustment.number, "amount": money(adjustment.amount), "because": adjustment.because,
        "on": adjustment.on.to_string(), "asked_again": money(adjustment.recovered),
    })
}

/// Money that nobody can name yet.
#[must_use]
pub fn receipt(receipt: &Receipt) -> Value {
    json!({
        "receipt": receipt.id.to_string(), "method": receipt.method.word(), "amount": money(receipt.amount),
        "received_on": receipt.received_on.to_string(), "reference": receipt.reference,
        "payer": receipt.payer, "memo": receipt.memo,
        "payment": receipt.payment.map(|payment| payment.to_string()),
    })
}

/// Checks brought to the bank together, with what they are.
#[must_use]
pub fn deposit(deposit: &Deposit, payments: &[Payment]) -> Value {
    json!({
        "deposit": deposit.id.to_string(), "total": money(deposit.total),
        "deposited_on": deposit.on.to_string(), "memo": deposit.memo,
        "payments": payments.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(),
    })
}

/// A part of a plan: which invoice, how much, and from which credit if not from the card.
#[must_use]
pub fn share(share: &Share) -> Value {
    json!(lists::share_row(share))
}

/// A charge with all that came of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn charge(book: Reader<'_>, charge: &ChargeRow) -> Result<Value> {
    let whole = book.whole_charge(charge.id)?;
    let mut document = json!(lists::charge_row(&book.facts()?, &whole));
    let payment = book.payment_of(charge.id)?;
    document["given_back"] = payment.map(|payment| money(payment.given_back)).into();
    Ok(document)
}

/// A refund with all that came of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn refund(book: Reader<'_>, refund: &RefundRow) -> Result<Value> {
    let whole = book.whole_refund(refund.id)?;
    Ok(json!(lists::refund_row(&book.facts()?, &whole)))
}

/// A part of a refund: which invoice it reopens, or none.
#[must_use]
pub fn refund_share(share: &RefundShare) -> Value {
    json!(lists::refund_share_row(share))
}

/// A charge or a refund, by what an attempt is for.
///
/// # Errors
///
/// The book cannot be read.
pub fn purpose(book: Reader<'_>, purpose: Purpose) -> Result<Value> {
    match purpose {
        Purpose::Take(id) => charge(book, &book.charge(id)?),
        Purpose::GiveBack(id) => refund(book, &book.refund(id)?),
    }
}

/// What is true of a mail, after its name: `M-3 waits to be sent`.
#[must_use]
pub fn mail_standing(state: MailState) -> &'static str {
    match state {
        MailState::Queued => "waits to be sent",
        MailState::Sending => "is being sent",
        MailState::Sent => "is sent",
        MailState::MaybeSent => "may have been sent",
        MailState::Written => "is written, not sent",
        MailState::Failed => "failed",
        MailState::Cancelled => "is cancelled",
    }
}

#[must_use]
pub fn mail(mail: &MailRow) -> Value {
    json!({
        "mail": mail.letter.id.to_string(), "to": mail.letter.to, "subject": mail.letter.wording.subject,
        "event": mail.event, "payment": mail.payment.map(|payment| payment.to_string()),
        "state": mail.state.word(), "tries": mail.tries, "note": mail.note,
        "next_try_at": mail.next_try_at.map(|at| at.to_string()),
        "sent_at": mail.sent_at.map(|at| at.to_string()),
        "filed_at": mail.filed_at.map(|at| at.to_string()),
        "resend_of": mail.resend_of.map(|mail| mail.to_string()),
        "written_at": mail.letter.written_at.to_string(),
    })
}

//! What is shown of the book: the JSON documents, and the words that whoever
//! shows it has in common.
//!
//! Fields are added here, never changed. A view knows no terminal and no page.

pub mod credits;
pub mod disputes;
pub mod occurrences;
pub mod schedules;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use crate::books::{
    AdjustmentRow, AttachmentRow, BookFacts, ChargeRow, Deposit, MailOf, MailRow, PaidShare,
    Reader, RefundRow, WholeCharge,
};
use crate::domain::authorization::Authorization;
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::credit::Allocation;
use crate::domain::customer::Customer;
use crate::domain::decline::words_for_customer;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::outbox::{MailState, tells_of};
use crate::domain::payment::{Payment, Receipt};
use crate::domain::purpose::Purpose;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::domain::spread::Share;
use crate::problem::Result;

/// `{"amount":"662.40","minor":66240,"currency":"USD"}`
#[must_use]
pub fn money(money: Money) -> Value {
    json!({"amount": money.decimal(), "minor": money.minor(), "currency": money.currency().code()})
}

/// An instant in UTC, and its date in the book's zone.
#[must_use]
pub fn instant(at: Timestamp, zone: &TimeZone) -> Value {
    json!({"at": at.to_string(), "date": at.to_zoned(zone.clone()).date().to_string()})
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
        "attachment": file.id.to_string(), "name": file.name, "sha256": file.sha256, "bytes": file.bytes,
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
        "gateway": card.gateway, "account": card.account,
        "authorization": consent.map(|consent| json!({
            "scope": consent.scope.word(), "ceiling": consent.ceiling.map(money),
            "until": consent.until.map(|until| until.to_string()),
            "by": consent.given_by, "how": consent.how,
        })),
    })
}

/// An invoice as scripts read it. It is made a million times for a list, so
/// nothing is gathered for it; the fields are in the order of their names.
#[derive(Debug, Serialize)]
pub struct InvoiceRow<'a> {
    customer: &'a str,
    due_on: Date,
    invoice: &'a str,
    issued_on: Date,
    memo: Option<&'a str>,
    open: MoneyRow,
    po_number: Option<&'a str>,
    reserved: MoneyRow,
    state: &'static str,
    terms: Option<String>,
    total: MoneyRow,
}

#[derive(Debug, Serialize)]
struct MoneyRow {
    amount: String,
    currency: &'static str,
    minor: i64,
}

impl From<Money> for MoneyRow {
    fn from(money: Money) -> Self {
        Self {
            amount: money.decimal(),
            currency: money.currency().code(),
            minor: money.minor(),
        }
    }
}

#[must_use]
pub fn invoice_row<'a>(invoice: &'a Invoice, owner: &'a str) -> InvoiceRow<'a> {
    InvoiceRow {
        customer: owner,
        due_on: invoice.due_on,
        invoice: &invoice.number,
        issued_on: invoice.issued_on,
        memo: invoice.memo.as_deref(),
        open: invoice.owed().into(),
        po_number: invoice.po_number.as_deref(),
        reserved: invoice.reserved.into(),
        state: invoice.standing().word(),
        terms: invoice.terms.map(|terms| terms.to_string()),
        total: invoice.total.into(),
    }
}

#[must_use]
pub fn invoice(invoice: &Invoice, owner: &str) -> Value {
    json!(invoice_row(invoice, owner))
}

#[must_use]
pub fn allocation(allocation: &Allocation) -> Value {
    json!({
        "invoice": allocation.number, "payment": allocation.credit.to_string(),
        "amount": money(allocation.amount), "open": money(allocation.left),
    })
}

/// A payment, with what it pays and what was given back of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn payment(book: Reader<'_>, payment: &Payment) -> Result<Value> {
    let owner = book.customer(payment.customer)?.code;
    let pays = book.allocations_of(payment.credit.name.id)?;
    let mut document = payment_row(payment, &owner, &pays);
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

/// A payment of a list.
#[must_use]
pub fn payment_row(payment: &Payment, owner: &str, pays: &[Allocation]) -> Value {
    json!({
        "payment": payment.id.to_string(), "customer": owner,
        "method": payment.method.word(), "amount": money(payment.amount),
        "unapplied": money(payment.credit.open), "given_back": money(payment.given_back), "received_on": payment.received_on.to_string(),
        "charge": payment.charge.map(|charge| charge.to_string()), "memo": payment.memo,
        "reference": payment.reference, "taken_back": money(payment.reversed),
        "deposit": payment.deposit.map(|deposit| deposit.to_string()),
        "receipt": payment.receipt.map(|receipt| receipt.to_string()),
        "allocations": pays.iter().map(allocation).collect::<Vec<_>>(),
    })
}

/// A part of a plan: which invoice, how much, and from which credit if not from the card.
#[must_use]
pub fn share(share: &Share) -> Value {
    json!({
        "invoice": share.number, "amount": money(share.amount),
        "from": share.from.map(|credit| credit.to_string()),
    })
}

/// A charge with all that came of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn charge(book: Reader<'_>, charge: &ChargeRow) -> Result<Value> {
    let mut document = whole_charge(&book.facts()?, &book.whole_charge(charge.id)?);
    let payment = book.payment_of(charge.id)?;
    document["given_back"] = payment.map(|payment| money(payment.given_back)).into();
    Ok(document)
}

/// The same, where all is read.
#[must_use]
pub fn whole_charge(facts: &BookFacts, whole: &WholeCharge) -> Value {
    let (charge, attempt) = (&whole.charge, &whole.charge.attempt);
    let paid = |share: &PaidShare| {
        json!({
            "invoice": share.number, "amount": money(share.amount), "open": money(share.left),
            "from": share.from_credit.map(|source| source.to_string()),
        })
    };
    let mail = |mail: &MailOf| json!({"mail": mail.id.to_string(), "to": mail.to, "state": mail.state.word()});
    let decline = attempt.decline.as_ref().map(|decline| {
        json!({
            "class": decline.class.word(), "code": decline.code, "message": decline.message,
            "advice": decline.advice, "say": words_for_customer(&decline.code, decline.class),
        })
    });
    json!({
        "charge": charge.id.to_string(), "state": attempt.state.word(), "mode": facts.mode.to_string(),
        "customer": whole.owner, "amount": money(charge.amount),
        "card": {"brand": whole.brand, "last4": whole.last4},
        "gateway": {"name": attempt.gateway, "account": attempt.account,
                    "reference": attempt.asked.reference, "id": attempt.gateway_id},
        "attempt": attempt.n, "sends": attempt.sends,
        "payment": whole.payment.map(|(payment, _)| payment.to_string()),
        "plan": whole.plan.iter().map(share).collect::<Vec<_>>(),
        "allocations": whole.paid.iter().map(paid).collect::<Vec<_>>(),
        "unapplied": whole.payment.map(|(_, unapplied)| money(unapplied)),
        "mail": whole.mails.iter().map(mail).collect::<Vec<_>>(), "decline": decline,
        "note": attempt.note.as_ref().filter(|_| attempt.state != State::Succeeded),
        "memo": charge.memo, "charged_on": charge.charged_on.to_string(),
        "created": instant(charge.created_at, &facts.zone),
    })
}

/// A refund with all that came of it.
///
/// # Errors
///
/// The book cannot be read.
pub fn refund(book: Reader<'_>, refund: &RefundRow) -> Result<Value> {
    let facts = book.facts()?;
    let attempt = &refund.attempt;
    let payment = book.payment(refund.payment)?;
    let charge = payment
        .charge
        .map(|charge| book.charge(charge))
        .transpose()?;
    let card = charge.map(|charge| book.card(charge.card)).transpose()?;
    let decline = attempt.decline.as_ref();
    let decline = decline.map(|no| json!({"code": no.code, "message": no.message}));
    let given_on = book
        .given_by(refund.id)?
        .first()
        .map(|(on, _)| on.to_string());
    let mut mails = book.mails_of(refund.payment)?;
    mails.retain(|mail| tells_of(&mail.event) == format!("refund:{}", refund.id));
    let told = |mail: &MailRow| json!({"mail": mail.letter.id.to_string(), "to": mail.letter.to, "state": mail.state.word()});
    Ok(json!({
        "refund": refund.id.to_string(), "state": attempt.state.word(), "mode": facts.mode.to_string(),
        "way": if refund.is_void { "void" } else { "refund" },
        "payment": refund.payment.to_string(), "customer": book.customer(refund.customer)?.code,
        "amount": money(refund.amount), "given_back": money(refund.given_back), "given_back_on": given_on,
        "card": card.as_ref().map(which_card),
        "gateway": {"name": attempt.gateway, "account": attempt.account,
                    "reference": attempt.asked.reference, "id": attempt.gateway_id},
        "sends": attempt.sends,
        "reopens": book.refund_shares(refund.id)?.iter().map(refund_share).collect::<Vec<_>>(),
        "mail": mails.iter().map(told).collect::<Vec<_>>(), "decline": decline,
        "note": attempt.note.as_ref().filter(|_| attempt.state != State::Succeeded),
        "because": refund.because, "refunded_on": refund.refunded_on.to_string(),
        "created": instant(refund.created_at, &facts.zone),
    }))
}

/// A part of a refund: which invoice it reopens, or none.
#[must_use]
pub fn refund_share(share: &RefundShare) -> Value {
    let invoice = match &share.from {
        TakenFrom::Account => None,
        TakenFrom::Invoice { number, .. } => Some(number),
    };
    json!({"invoice": invoice, "amount": money(share.amount)})
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

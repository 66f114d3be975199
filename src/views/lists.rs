//! What is told of each thing of a list: the same that is told of it alone.
//!
//! A list may have a million rows, so nothing is gathered for one: it is
//! written as it is read. The fields stand in the order of their names, as in
//! every document.

use std::fmt::Display;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use crate::books::{AttemptRow, Balance, BookFacts, MailOf, PaidShare, WholeCharge, WholeRefund};
use crate::domain::charge::State;
use crate::domain::credit::{Allocation, CreditName, Source};
use crate::domain::customer::Customer;
use crate::domain::decline::{Decline, words_for_customer};
use crate::domain::gateway_account::Mode;
use crate::domain::ids::{ChargeId, DepositId, MailId, PaymentId, ReceiptId, RefundId};
use crate::domain::invoice::Invoice;
use crate::domain::money::{Money, Sums};
use crate::domain::outside::Said;
use crate::domain::payment::Payment;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::domain::spread::Share;
use crate::domain::terms::Terms;

/// What prints itself, printed.
#[derive(Debug)]
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct MoneyRow {
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

fn sums(sums: &Sums) -> Vec<MoneyRow> {
    sums.each().iter().map(|sum| MoneyRow::from(*sum)).collect()
}

/// An invoice as scripts read it.
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
    terms: Option<Shown<Terms>>,
    total: MoneyRow,
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
        terms: invoice.terms.map(Shown),
        total: invoice.total.into(),
    }
}

/// A customer as scripts read it, with what is owed.
#[derive(Debug, Serialize)]
pub struct CustomerRow<'a> {
    billing_address: Option<&'a str>,
    credit: Vec<MoneyRow>,
    customer: &'a str,
    email: Option<&'a str>,
    name: &'a str,
    open: Vec<MoneyRow>,
    open_invoices: usize,
    overdue_invoices: usize,
    phone: Option<&'a str>,
    terms: Shown<Terms>,
    terms_days: Option<u16>,
}

#[must_use]
pub fn customer_row<'a>(customer: &'a Customer, balance: &Balance) -> CustomerRow<'a> {
    CustomerRow {
        billing_address: customer.billing_address.as_deref(),
        credit: sums(&balance.credit),
        customer: &customer.code,
        email: customer.email.as_deref(),
        name: &customer.name,
        open: sums(&balance.open),
        open_invoices: balance.invoices,
        overdue_invoices: balance.overdue,
        phone: customer.phone.as_deref(),
        terms: Shown(customer.terms),
        terms_days: customer.terms.net_days(),
    }
}

/// What a credit pays of an invoice.
#[derive(Debug, Serialize)]
pub struct AllocationRow<'a> {
    amount: MoneyRow,
    invoice: &'a str,
    open: MoneyRow,
    payment: Shown<CreditName>,
}

#[must_use]
pub fn allocation_row(allocation: &Allocation) -> AllocationRow<'_> {
    AllocationRow {
        amount: allocation.amount.into(),
        invoice: &allocation.number,
        open: allocation.left.into(),
        payment: Shown(allocation.credit),
    }
}

/// A payment as scripts read it, with what it pays.
#[derive(Debug, Serialize)]
pub struct PaymentRow<'a> {
    allocations: Vec<AllocationRow<'a>>,
    amount: MoneyRow,
    charge: Option<Shown<ChargeId>>,
    customer: &'a str,
    deposit: Option<Shown<DepositId>>,
    given_back: MoneyRow,
    memo: Option<&'a str>,
    method: &'static str,
    payment: Shown<PaymentId>,
    receipt: Option<Shown<ReceiptId>>,
    received_on: Date,
    reference: Option<&'a str>,
    taken_back: MoneyRow,
    unapplied: MoneyRow,
}

#[must_use]
pub fn payment_row<'a>(
    payment: &'a Payment,
    owner: &'a str,
    pays: &'a [Allocation],
) -> PaymentRow<'a> {
    PaymentRow {
        allocations: pays.iter().map(allocation_row).collect(),
        amount: payment.amount.into(),
        charge: payment.charge.map(Shown),
        customer: owner,
        deposit: payment.deposit.map(Shown),
        given_back: payment.given_back.into(),
        memo: payment.memo.as_deref(),
        method: payment.method.word(),
        payment: Shown(payment.id),
        receipt: payment.receipt.map(Shown),
        received_on: payment.received_on,
        reference: payment.reference.as_deref(),
        taken_back: payment.reversed.into(),
        unapplied: payment.credit.open.into(),
    }
}

/// Enough to know a card by.
#[derive(Debug, Serialize)]
struct WhichCard<'a> {
    brand: &'a str,
    last4: &'a str,
}

#[derive(Debug, Serialize)]
struct AtGateway<'a> {
    account: &'a str,
    id: Option<&'a str>,
    name: &'a str,
    reference: &'a str,
}

impl<'a> From<&'a AttemptRow> for AtGateway<'a> {
    fn from(attempt: &'a AttemptRow) -> Self {
        Self {
            account: &attempt.account.id,
            id: attempt.gateway_id.as_deref(),
            name: &attempt.account.gateway,
            reference: &attempt.asked.reference,
        }
    }
}

#[derive(Debug, Serialize)]
struct Instant {
    at: Timestamp,
    date: Date,
}

impl Instant {
    fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let date = zone.to_datetime(at).date();
        Self { at, date }
    }
}

#[derive(Debug, Serialize)]
struct MailShown<'a> {
    mail: Shown<MailId>,
    state: &'static str,
    to: &'a str,
}

impl<'a> From<&'a MailOf> for MailShown<'a> {
    fn from(mail: &'a MailOf) -> Self {
        Self {
            mail: Shown(mail.id),
            state: mail.state.word(),
            to: &mail.to,
        }
    }
}

/// A part of a plan: which invoice, how much, and from which credit if not from the card.
#[derive(Debug, Serialize)]
pub struct ShareRow<'a> {
    amount: MoneyRow,
    from: Option<Shown<CreditName>>,
    invoice: &'a str,
}

#[must_use]
pub fn share_row(share: &Share) -> ShareRow<'_> {
    ShareRow {
        amount: share.amount.into(),
        from: share.from.map(Shown),
        invoice: &share.number,
    }
}

#[derive(Debug, Serialize)]
struct PaidRow<'a> {
    amount: MoneyRow,
    from: Option<Shown<Source>>,
    invoice: &'a str,
    open: MoneyRow,
}

impl<'a> From<&'a PaidShare> for PaidRow<'a> {
    fn from(share: &'a PaidShare) -> Self {
        Self {
            amount: share.amount.into(),
            from: share.from_credit.map(Shown),
            invoice: &share.number,
            open: share.left.into(),
        }
    }
}

#[derive(Debug, Serialize)]
struct DeclineRow<'a> {
    advice: Option<&'a Said>,
    class: &'static str,
    code: &'a Said,
    message: &'a Said,
    say: &'static str,
}

impl<'a> From<&'a Decline> for DeclineRow<'a> {
    fn from(decline: &'a Decline) -> Self {
        Self {
            advice: decline.advice.as_ref(),
            class: decline.class.word(),
            code: &decline.code,
            message: &decline.message,
            say: words_for_customer(&decline.code, decline.class),
        }
    }
}

/// A charge as scripts read it, with all that came of it.
#[derive(Debug, Serialize)]
pub struct ChargeShown<'a> {
    allocations: Vec<PaidRow<'a>>,
    amount: MoneyRow,
    attempt: u32,
    card: WhichCard<'a>,
    charge: Shown<ChargeId>,
    charged_on: Date,
    created: Instant,
    customer: &'a str,
    decline: Option<DeclineRow<'a>>,
    gateway: AtGateway<'a>,
    mail: Vec<MailShown<'a>>,
    memo: Option<&'a str>,
    mode: Shown<Mode>,
    note: Option<&'a str>,
    payment: Option<Shown<PaymentId>>,
    plan: Vec<ShareRow<'a>>,
    sends: u32,
    state: &'static str,
    unapplied: Option<MoneyRow>,
    /// Told by lists only: whom it waits for, if it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<WaitsFor>,
}

#[must_use]
pub fn charge_row<'a>(facts: &BookFacts, whole: &'a WholeCharge) -> ChargeShown<'a> {
    let (charge, attempt) = (&whole.charge, &whole.charge.attempt);
    ChargeShown {
        allocations: whole.paid.iter().map(PaidRow::from).collect(),
        amount: charge.amount.into(),
        attempt: attempt.n,
        card: WhichCard {
            brand: &whole.brand,
            last4: &whole.last4,
        },
        charge: Shown(charge.id),
        charged_on: charge.charged_on,
        created: Instant::of(charge.created_at, &facts.zone),
        customer: &whole.owner,
        decline: attempt.decline.as_ref().map(DeclineRow::from),
        gateway: attempt.into(),
        mail: whole.mails.iter().map(MailShown::from).collect(),
        memo: charge.memo.as_deref(),
        mode: Shown(facts.mode),
        note: note(attempt),
        payment: whole.payment.map(|(payment, _)| Shown(payment)),
        plan: whole.plan.iter().map(share_row).collect(),
        sends: attempt.sends,
        state: attempt.state.word(),
        unapplied: whole.payment.map(|(_, unapplied)| unapplied.into()),
        waits_for: None,
    }
}

impl ChargeShown<'_> {
    /// With whom it waits for, by its word.
    #[must_use]
    pub fn waiting_for(mut self, waits_for: Option<&'static str>) -> Self {
        self.waits_for = Some(WaitsFor(waits_for));
        self
    }
}

/// Whom it waits for, by its word; it need not wait for anybody.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct WaitsFor(Option<&'static str>);

/// What is noted of an attempt that did not succeed.
fn note(attempt: &AttemptRow) -> Option<&str> {
    let note = attempt.note.as_deref();
    note.filter(|_| attempt.state != State::Succeeded)
}

#[derive(Debug, Serialize)]
struct RefundDecline<'a> {
    code: &'a Said,
    message: &'a Said,
}

/// A part of a refund: which invoice it reopens, or none.
#[derive(Debug, Serialize)]
pub struct RefundShareRow<'a> {
    amount: MoneyRow,
    invoice: Option<&'a str>,
}

#[must_use]
pub fn refund_share_row(share: &RefundShare) -> RefundShareRow<'_> {
    RefundShareRow {
        amount: share.amount.into(),
        invoice: match &share.from {
            TakenFrom::Account => None,
            TakenFrom::Invoice { number, .. } => Some(number),
        },
    }
}

/// A refund as scripts read it, with all that came of it.
#[derive(Debug, Serialize)]
pub struct RefundShown<'a> {
    amount: MoneyRow,
    because: Option<&'a str>,
    card: Option<WhichCard<'a>>,
    created: Instant,
    customer: &'a str,
    decline: Option<RefundDecline<'a>>,
    gateway: AtGateway<'a>,
    given_back: MoneyRow,
    given_back_on: Option<Date>,
    mail: Vec<MailShown<'a>>,
    mode: Shown<Mode>,
    note: Option<&'a str>,
    payment: Shown<PaymentId>,
    refund: Shown<RefundId>,
    refunded_on: Date,
    reopens: Vec<RefundShareRow<'a>>,
    sends: u32,
    state: &'static str,
    /// Told by lists only: whom it waits for, if it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<WaitsFor>,
    way: &'static str,
}

#[must_use]
pub fn refund_row<'a>(facts: &BookFacts, whole: &'a WholeRefund) -> RefundShown<'a> {
    let (refund, attempt) = (&whole.refund, &whole.refund.attempt);
    let card = whole.card.as_ref();
    let decline = attempt.decline.as_ref();
    RefundShown {
        amount: refund.amount.into(),
        because: refund.because.as_deref(),
        card: card.map(|(brand, last4)| WhichCard { brand, last4 }),
        created: Instant::of(refund.created_at, &facts.zone),
        customer: &whole.owner,
        decline: decline.map(|no| RefundDecline {
            code: &no.code,
            message: &no.message,
        }),
        gateway: attempt.into(),
        given_back: refund.given_back.into(),
        given_back_on: whole.given_on,
        mail: whole.mails.iter().map(MailShown::from).collect(),
        mode: Shown(facts.mode),
        note: note(attempt),
        payment: Shown(refund.payment),
        refund: Shown(refund.id),
        refunded_on: refund.refunded_on,
        reopens: whole.shares.iter().map(refund_share_row).collect(),
        sends: attempt.sends,
        state: attempt.state.word(),
        waits_for: None,
        way: if refund.is_void { "void" } else { "refund" },
    }
}

impl RefundShown<'_> {
    /// With whom it waits for, by its word.
    #[must_use]
    pub fn waiting_for(mut self, waits_for: Option<&'static str>) -> Self {
        self.waits_for = Some(WaitsFor(waits_for));
        self
    }
}

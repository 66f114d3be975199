//! Credit memos and write-offs as scripts read them.

use serde_json::{Value, json};

use super::{allocation, money};
use crate::books::{AdjustmentRow, MemoRow, Reader};
use crate::problem::Result;

/// A credit memo, with what it pays.
///
/// # Errors
///
/// The book cannot be read.
pub fn memo(book: Reader<'_>, memo: &MemoRow) -> Result<Value> {
    let pays = book.allocations_of(memo.credit.name.id)?;
    let mut document = memo_row(book, memo)?;
    document["allocations"] = pays.iter().map(allocation).collect();
    Ok(document)
}

/// A credit memo of a list.
///
/// # Errors
///
/// The book cannot be read.
pub fn memo_row(book: Reader<'_>, memo: &MemoRow) -> Result<Value> {
    Ok(json!({
        "credit": memo.id.to_string(), "number": memo.number,
        "customer": book.customer(memo.customer)?.code,
        "invoice": memo.invoice.as_ref().map(|(_, number)| number),
        "amount": money(memo.credit.amount), "open": money(memo.credit.open),
        "cancelled": money(memo.cancelled), "because": memo.because,
        "issued_on": memo.on.to_string(),
    }))
}

/// What of an invoice is not asked for any more.
#[must_use]
pub fn adjustment(adjustment: &AdjustmentRow) -> Value {
    json!({
        "adjustment": adjustment.id.to_string(), "kind": adjustment.kind.word(),
        "invoice": adjustment.number, "amount": money(adjustment.amount),
        "asked_again": money(adjustment.recovered), "because": adjustment.because,
        "payment": adjustment.payment.map(|id| id.to_string()),
        "adjusted_on": adjustment.on.to_string(),
    })
}

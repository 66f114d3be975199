//! What is said of a payment: how it came, what it pays, what became of it.

use crate::books::Reader;
use crate::cli::dispute::words::beside_payment;
use crate::cli::refund::words::given_back;
use crate::cli::terminal::table;
use crate::domain::contact::Gets;
use crate::domain::customer::Customer;
use crate::domain::payment::Payment;
use crate::problem::Result;

/// `check 8841`
pub fn by(payment: &Payment) -> String {
    match &payment.reference {
        Some(reference) => format!("{} {reference}", payment.method),
        None => payment.method.to_string(),
    }
}

/// A payment as it stands, and how it came to that.
pub fn told(book: Reader<'_>, payment: &Payment) -> Result<String> {
    let customer = book.customer(payment.customer)?;
    let mut text = format!(
        "{} · {} by {} from {} ({}) on {}\n",
        payment.id,
        payment.amount,
        by(payment),
        customer.code,
        customer.name,
        payment.received_on
    );
    if let Some(id) = payment.charge {
        let charge = book.charge(id)?;
        text.push_str(&format!(
            "by charge {id} on {}\n",
            book.card(charge.card)?.name()
        ));
    }
    if let Some(receipt) = payment.receipt {
        text.push_str(&format!("came without a name, as {receipt}\n"));
    }
    if let Some(deposit) = payment.deposit {
        let on = book.deposit(deposit)?.on;
        text.push_str(&format!("deposited with {deposit} on {on}\n"));
    }
    if let Some(memo) = &payment.memo {
        text.push_str(&format!("memo: {memo}\n"));
    }
    let mut rows = Vec::new();
    for allocation in book.allocations_of(payment.credit.name.id)? {
        rows.push(vec![
            allocation.number,
            allocation.amount.to_string(),
            allocation.left.to_string(),
        ]);
    }
    if !rows.is_empty() {
        text.push_str(&table(&["invoice", "paid", "still open"], &[1, 2], rows));
        text.push('\n');
    }
    text.push_str(&granted(book, payment)?);
    if payment.credit.open.is_positive() {
        text.push_str(&format!("{} pays no invoice yet\n", payment.credit.open));
    }
    for (on, fact) in book.history_of(payment.credit.name.id)? {
        if !fact.amount.is_positive() {
            let (amount, number) = (fact.amount.turned(), fact.number);
            text.push_str(&format!("{on}  {amount} was taken back from {number}\n"));
        }
    }
    if let Some(bounce) = book.bounce_of(payment.id)? {
        text.push_str(&format!(
            "{}  came back from the bank ({})\n",
            bounce.on, bounce.because
        ));
    }
    for dispute in book.disputes_of(payment.id)? {
        text.push_str(&format!("{}\n", beside_payment(&dispute)));
    }
    for refund in book.refunds_of(payment.id)? {
        if let Some(line) = given_back(book, &refund)? {
            text.push_str(&format!("{line}\n"));
        }
    }
    Ok(text)
}

/// What was taken off invoices with a payment, a line each.
fn granted(book: Reader<'_>, payment: &Payment) -> Result<String> {
    let mut text = String::new();
    for it in book.adjustments_with(payment.id)? {
        let again = if it.recovered.is_zero() {
            ""
        } else {
            ", asked for again"
        };
        text.push_str(&format!(
            "{} of {} taken off: {} {} ({}){again}\n",
            it.amount, it.number, it.kind, it.id, it.because
        ));
    }
    Ok(text)
}

/// What a payment was just recorded as.
pub fn recorded(book: Reader<'_>, payment: &Payment, wants_mail: bool) -> Result<String> {
    let customer = book.customer(payment.customer)?;
    let mut text = format!(
        "Recorded {} from {} by {} on {} ({}).\n",
        payment.amount,
        customer.code,
        by(payment),
        payment.received_on,
        payment.id
    );
    text.push_str(&goes(book, payment)?);
    text.push_str(&match heard_by(book, &customer, wants_mail)? {
        Some(addresses) => format!("  the confirmation goes to {addresses}\n"),
        None => "  no confirmation is mailed\n".to_owned(),
    });
    Ok(text.trim_end().to_owned())
}

/// Whom a mail about money goes to, if one is wanted and there is an address.
pub fn heard_by(book: Reader<'_>, customer: &Customer, wanted: bool) -> Result<Option<String>> {
    let addresses = book.addresses(customer, Gets::Receipts)?;
    Ok((wanted && !addresses.is_empty()).then(|| addresses.join(", ")))
}

/// Where the money of a payment is, a line each.
pub fn goes(book: Reader<'_>, payment: &Payment) -> Result<String> {
    let mut rows = Vec::new();
    for share in book.allocations_of(payment.credit.name.id)? {
        let left = book.find_invoice(&share.number, None)?.open;
        let left = if left.is_zero() {
            "paid in full".to_owned()
        } else {
            format!("{left} left")
        };
        rows.push(vec![
            format!("  {}", share.number),
            share.amount.to_string(),
            left,
        ]);
    }
    let mut text = String::new();
    if !rows.is_empty() {
        // Without headers: it reads as a sentence.
        let lines = table(&["", "", ""], &[1], rows);
        text.push_str(&lines.lines().skip(1).collect::<Vec<_>>().join("\n"));
        text.push('\n');
    }
    for line in granted(book, payment)?.lines() {
        text.push_str(&format!("  {line}\n"));
    }
    if payment.credit.open.is_positive() {
        text.push_str(&format!("  {} stays on account\n", payment.credit.open));
    }
    Ok(text)
}

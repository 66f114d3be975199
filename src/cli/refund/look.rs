//! `dues refund list` and `show`: what became of money that was to go back.

use std::collections::BTreeMap;

use super::words::{receipt, which};
use crate::books::{Reader, RefundRow, Refunds, WholeRefund};
use crate::cli::listing::{self, Listing};
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, table};
use crate::domain::charge::State;
use crate::domain::ids::RefundId;
use crate::domain::refund::TakenFrom;
use crate::jobs::attention::{WaitsFor, open_refunds};
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::lists::refund_row;

/// How refunds are listed.
const REFUNDS: Listing = Listing {
    schema: "dues.refunds/1",
    headers: &[
        "refund", "date", "customer", "payment", "amount", "state", "",
    ],
    figures: &[4],
    none: "Nothing was given back yet.",
};

pub fn list(session: &Session, customer: Option<&str>, open: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let which = match customer {
        Some(word) => Refunds::Of(picking::customer(session, book, word)?.id),
        None => Refunds::All,
    };
    let waiting: BTreeMap<RefundId, WaitsFor> = open_refunds(&books)?
        .into_iter()
        .map(|(refund, waits_for)| (refund.id, waits_for))
        .collect();
    let facts = book.facts()?;
    let mut listing = REFUNDS;
    if open {
        listing.none = "No refund is open.";
    }
    listing::show(session, &listing, |rows| {
        book.each_refund(which, open, |whole| {
            let waits_for = waiting.get(&whole.refund.id).copied();
            let document = || refund_row(&facts, &whole).waiting_for(waits_for.map(WaitsFor::word));
            rows.row(document, || table_row(&whole, waits_for))
        })?;
        Ok(String::new())
    })
}

fn table_row(whole: &WholeRefund, waits_for: Option<WaitsFor>) -> Vec<String> {
    let (refund, attempt) = (&whole.refund, &whole.refund.attempt);
    let about = match (&attempt.decline, &attempt.note, attempt.state) {
        _ if waits_for == Some(WaitsFor::Sender) => "on its way now".to_owned(),
        (_, _, State::Succeeded) if refund.given_back.is_zero() => {
            "the bank sent it back".to_owned()
        }
        (_, _, State::Succeeded) if refund.is_void => "void".to_owned(),
        (_, _, State::Succeeded) => String::new(),
        (Some(decline), _, _) => decline.code.to_string(),
        (None, note, _) => note.clone().unwrap_or_default(),
    };
    vec![
        refund.id.to_string(),
        refund.refunded_on.to_string(),
        whole.owner.clone(),
        refund.payment.to_string(),
        refund.amount.to_string(),
        attempt.state.word().replace('_', " "),
        about,
    ]
}

pub fn find(book: Reader<'_>, word: &str) -> Result<RefundRow> {
    let id = RefundId::parse(word).ok_or_else(|| {
        Problem::usage("bad_refund", format!("`{word}` is not a refund"))
            .hint("Write it as `RF-3`; `dues refund list` shows them.")
    })?;
    book.refund(id)
}

pub fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let refund = find(book, word)?;
    let data = views::refund(book, &refund)?;
    Ok(Report::new("dues.refund/1", data, told(book, &refund)?))
}

fn told(book: Reader<'_>, refund: &RefundRow) -> Result<String> {
    let attempt = &refund.attempt;
    let customer = book.customer(refund.customer)?;
    let mut text = format!(
        "{} · {}{} · {} of {} ({})\n",
        refund.id,
        if refund.is_void { "void, " } else { "" },
        attempt.state.word().replace('_', " "),
        which(book, refund)?,
        customer.code,
        customer.name,
    );
    let id = attempt.gateway_id.as_ref();
    text.push_str(&format!(
        "at {} in account {}, reference {}{}\n",
        attempt.account.gateway,
        attempt.account.id,
        attempt.asked.reference,
        id.map(|id| format!(", id {id}")).unwrap_or_default(),
    ));
    if let Some(because) = &refund.because {
        text.push_str(&format!("because: {because}\n"));
    }
    if attempt.state == State::Succeeded {
        if let Some((on, _)) = book.given_by(refund.id)?.first() {
            let verb = if refund.is_void {
                "voided"
            } else {
                "given back"
            };
            text.push_str(&format!("{verb} on {on}\n"));
        }
        text.push_str(&receipt(book, refund)?);
        return Ok(text);
    }
    text.push_str(&format!("asked for on {}\n", refund.refunded_on));
    if let Some(decline) = &attempt.decline {
        text.push_str(&format!(
            "declined: {} ({})\n",
            decline.code, decline.message
        ));
    }
    if let Some(note) = &attempt.note {
        text.push_str(&format!("{note}\n"));
    }
    let mut rows = Vec::new();
    for share in book.refund_shares(refund.id)? {
        let from = match share.from {
            TakenFrom::Account => "what pays no invoice".to_owned(),
            TakenFrom::Invoice { number, .. } => number,
        };
        rows.push(vec![format!("  {from}"), share.amount.to_string()]);
    }
    text.push_str(&table(&["  from", "amount"], &[1], rows));
    Ok(text)
}

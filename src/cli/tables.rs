//! Tables and sums that more than one command shows.

use jiff::civil::Date;

use super::listing::Listing;
use super::terminal::table;
use crate::books::Reader;
use crate::domain::authorization::Authorization;
use crate::domain::card::Card;
use crate::domain::customer::Customer;
use crate::domain::invoice::Invoice;
use crate::domain::money::{Money, Sums};
use crate::problem::Result;

/// Sums by currency; different currencies stand side by side.
pub fn by_currency(amounts: impl Iterator<Item = Money>) -> Vec<Money> {
    let mut sums = Sums::default();
    amounts.for_each(|amount| sums.add(amount));
    sums.each().to_vec()
}

/// `120.00 USD + 30.00 EUR`, or `-` for nothing.
pub fn joined(sums: &[Money]) -> String {
    if sums.is_empty() {
        return "-".to_owned();
    }
    sums.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" + ")
}

/// How invoices are listed.
pub const INVOICES: Listing = Listing {
    schema: "dues.invoices/1",
    headers: &["invoice", "customer", "issued", "due", "total", "open", ""],
    figures: &[4, 5],
    none: "Nothing is open.",
};

/// Invoices of one customer.
pub fn invoices_table(owner: &str, invoices: &[Invoice], today: Date) -> String {
    let rows = invoices
        .iter()
        .map(|invoice| invoice_row(invoice, owner, today));
    table(INVOICES.headers, INVOICES.figures, rows.collect())
}

pub fn invoice_row(invoice: &Invoice, owner: &str, today: Date) -> Vec<String> {
    let mut standing = invoice.standing().to_string();
    if !invoice.is_void && invoice.open.is_positive() && invoice.due_on < today {
        let days = (today - invoice.due_on).get_days();
        let days = if days == 1 {
            "1 day".to_owned()
        } else {
            format!("{days} days")
        };
        standing.push_str(&format!(", {days} late"));
    }
    if invoice.reserved.is_positive() {
        standing.push_str(&format!(", {} on its way", invoice.reserved.decimal()));
    }
    vec![
        invoice.number.clone(),
        owner.to_owned(),
        invoice.issued_on.to_string(),
        invoice.due_on.to_string(),
        invoice.total.to_string(),
        invoice.owed().to_string(),
        standing,
    ]
}

/// A customer's cards, each with the consent in force.
pub fn with_consent(
    book: Reader<'_>,
    customer: &Customer,
) -> Result<Vec<(Card, Option<Authorization>)>> {
    book.cards_of(customer.id)?
        .into_iter()
        .map(|card| {
            let consent = book.consent(card.id)?.map(|consent| consent.authorization);
            Ok((card, consent))
        })
        .collect()
}

pub fn cards_table(owner: &str, cards: &[(Card, Option<Authorization>)]) -> String {
    let rows = cards
        .iter()
        .map(|(card, consent)| card_row(owner, card, consent.as_ref()))
        .collect();
    table(
        &["customer", "card", "nickname", "expires", "use", "consent"],
        &[],
        rows,
    )
}

pub fn card_row(owner: &str, card: &Card, consent: Option<&Authorization>) -> Vec<String> {
    let use_ = match (card.disabled, card.is_default) {
        (true, _) => "disabled",
        (_, true) => "default",
        _ => "",
    };
    let consent = match consent {
        None => "none recorded".to_owned(),
        Some(consent) => {
            let mut terms = vec![consent.scope.word().to_owned()];
            terms.extend(consent.ceiling.map(|ceiling| format!("max {ceiling}")));
            terms.extend(consent.until.map(|until| format!("until {until}")));
            terms.join(", ")
        }
    };
    vec![
        owner.to_owned(),
        card.name(),
        card.nickname.clone().unwrap_or_default(),
        card.facts
            .expiry
            .map_or_else(|| "-".to_owned(), |expiry| expiry.to_string()),
        use_.to_owned(),
        consent,
    ]
}

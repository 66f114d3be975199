//! What a person names or chooses on the way to a charge: customer, card, invoices, hour, memo.

use super::session::Session;
use super::terminal::missing;
use crate::books::{BookFacts, Reader};
use crate::domain::card::Card;
use crate::domain::customer::Customer;
use crate::domain::hour::Hour;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::spread::Pick;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};

/// `INV-7` or `INV-9=250`, the amount in the invoice's own currency. An old
/// book may hold a number with a `=`; what could mean two invoices is refused.
pub fn pick(session: &Session, book: Reader<'_>, customer: &Customer, text: &str) -> Result<Pick> {
    let all_of = |invoice: Invoice| Pick {
        number: invoice.number,
        amount: None,
    };
    let Some((word, amount)) = text.rsplit_once('=') else {
        return invoice(session, book, Some(customer), text).map(all_of);
    };
    let part = || {
        let invoice = invoice(session, book, Some(customer), word)?;
        let amount = Money::typed(amount, invoice.total.currency())?;
        Ok((invoice.number, amount))
    };
    let whole = book.invoice_by_number(text.trim())?;
    match (whole.filter(|it| it.customer == customer.id), part()) {
        (None, part) => part.map(|(number, amount)| Pick {
            number,
            amount: Some(amount),
        }),
        (Some(whole), Err(_)) => Ok(all_of(whole)),
        // The beginning of its own number is no other reading.
        (Some(whole), Ok((number, _))) if number == whole.number => Ok(all_of(whole)),
        (Some(whole), Ok((number, amount))) => {
            let fact = format!(
                "`{text}` could be all of invoice `{}`, or {amount} of invoice `{number}`",
                whole.number
            );
            Err(Problem::usage("ambiguous_invoice", fact).hint(format!(
                "Say which one: `{}={}` or `{number}={}`.",
                whole.number,
                whole.open.decimal(),
                amount.decimal()
            )))
        }
    }
}

/// The customer that a typed word means; a person is offered the choice of several.
pub fn customer(session: &Session, book: Reader<'_>, word: &str) -> Result<Customer> {
    let mut meant = book.customers_meant(word)?;
    let names: Vec<String> = meant.iter().map(listed).collect();
    match chosen(session, "Which customer", &names)? {
        Some(at) => Ok(meant.swap_remove(at)),
        None => book.find_customer(word),
    }
}

/// The card of a customer that a typed word means, likewise.
pub fn card(session: &Session, book: Reader<'_>, customer: &Customer, word: &str) -> Result<Card> {
    let mut meant = book.cards_meant(customer, word)?;
    let name = |card: &Card| {
        let nickname = card.nickname.as_deref().unwrap_or_default();
        format!("{}  {}  {nickname}", card.id, card.name())
    };
    let names: Vec<String> = meant.iter().map(name).collect();
    match chosen(session, "Which card", &names)? {
        Some(at) => Ok(meant.swap_remove(at)),
        None => book.find_card(customer, Some(word)),
    }
}

/// The invoice that a typed word means, likewise.
pub fn invoice(
    session: &Session,
    book: Reader<'_>,
    customer: Option<&Customer>,
    word: &str,
) -> Result<Invoice> {
    let mut meant = book.invoices_meant(word, customer)?;
    let names: Vec<String> = meant.iter().map(line).collect();
    match chosen(session, "Which invoice", &names)? {
        Some(at) => Ok(meant.swap_remove(at)),
        None => book.find_invoice(word, customer),
    }
}

/// Which of several; `None` where there is no choice, or nobody to make it.
fn chosen(session: &Session, question: &str, names: &[String]) -> Result<Option<usize>> {
    match names {
        [] | [_] => Ok(None),
        several => session.terminal.choose(question, several),
    }
}

/// What a customer is asked for.
pub struct Whose {
    pub question: &'static str,
    /// What is missing where nobody can be asked.
    pub missing: &'static str,
}

/// For a charge.
pub const WHOSE_CARD: Whose = Whose {
    question: "Whose card",
    missing: "whose card to charge",
};

/// For a card that is saved.
pub const WHOSE_SAVED_CARD: Whose = Whose {
    question: "Whose card is it",
    missing: "whose card it is",
};

/// For an invoice that is added.
pub const WHO_OWES: Whose = Whose {
    question: "Who owes it",
    missing: "who owes it",
};

fn listed(customer: &Customer) -> String {
    format!("{}  {}", customer.code, customer.name)
}

/// An invoice to choose: its number, when it is due, what is open.
pub fn line(invoice: &Invoice) -> String {
    let number = &invoice.number;
    format!("{number}  due {}  {}", invoice.due_on, invoice.open)
}

/// Lets a person choose a customer; `whose` says what for: `whose card to charge`.
pub fn ask_customer(session: &Session, book: Reader<'_>, whose: &Whose) -> Result<Customer> {
    let customers = book.customers()?;
    let names: Vec<String> = customers.iter().map(listed).collect();
    if names.is_empty() && session.terminal.may_ask {
        return Err(
            Problem::refused("no_customers", "there are no customers yet")
                .hint("Add one with `dues customer add`."),
        );
    }
    match session.terminal.choose(whose.question, &names)? {
        Some(at) => Ok(customers[at].clone()),
        None => Err(missing(whose.missing, "a CUSTOMER")),
    }
}

/// The card that a person names for charges to come; `None` where nothing is named.
pub fn named_card(
    session: &Session,
    book: Reader<'_>,
    customer: &Customer,
    word: Option<&str>,
) -> Result<Option<Card>> {
    let Some(word) = word else { return Ok(None) };
    let card = card(session, book, customer, word)?;
    if card.disabled {
        let code = &customer.code;
        return Err(Problem::refused(
            "card_disabled",
            format!("{} of {code} is disabled", card.name()),
        )
        .hint(format!("Choose another: see `dues card list {code}`.")));
    }
    Ok(Some(card))
}

/// What `--at` and `--zone` say; 09:00 in the book's zone where nothing is said.
pub fn hour(book: &BookFacts, at: Option<&str>, zone: Option<&str>) -> Result<Hour> {
    let at = at.unwrap_or(Hour::NINE);
    Ok(match zone {
        Some(zone) => Hour::named(at, zone)?,
        None => Hour::read(at, &book.zone_name)?,
    })
}

/// A note that the book and the confirmation can carry.
pub fn memo(text: Option<&str>) -> Result<Option<String>> {
    Ok(text.map(|text| Text::Memo.read(text)).transpose()?)
}

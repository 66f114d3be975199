//! What a person names or chooses on the way to a charge: customer, card, invoices, hour, memo.

use super::session::Session;
use super::terminal::missing;
use crate::books::{BookFacts, Reader};
use crate::domain::card::Card;
use crate::domain::card_number;
use crate::domain::customer::Customer;
use crate::domain::hour::Hour;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::spread::Pick;
use crate::problem::{Problem, Result};

/// `INV-7` or `INV-9=250`, the amount in the invoice's own currency. An old
/// book may hold a number with a `=`; what could mean two invoices is refused.
pub fn pick(book: Reader<'_>, customer: &Customer, text: &str) -> Result<Pick> {
    let all_of = |invoice: Invoice| Pick {
        number: invoice.number,
        amount: None,
    };
    let Some((word, amount)) = text.rsplit_once('=') else {
        return book.find_invoice(text, Some(customer)).map(all_of);
    };
    let part = || {
        let invoice = book.find_invoice(word, Some(customer))?;
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

pub fn ask_customer(session: &Session, book: Reader<'_>) -> Result<Customer> {
    let customers = book.customers()?;
    let names: Vec<String> = customers
        .iter()
        .map(|customer| format!("{}  {}", customer.code, customer.name))
        .collect();
    match session.terminal.choose("Whose card", &names)? {
        Some(at) => Ok(customers[at].clone()),
        None => Err(missing("whose card to charge", "a CUSTOMER")),
    }
}

/// Lets a person tick open invoices; `None` where nobody can be asked.
pub fn tick_invoices(
    session: &Session,
    book: Reader<'_>,
    customer: &Customer,
) -> Result<Option<Vec<Pick>>> {
    let open = book.open_invoices(Some(customer.id))?;
    // One line each, whatever the terminal's width: the lines are what is ticked.
    let lines: Vec<String> = open
        .iter()
        .map(|invoice| {
            let number = &invoice.number;
            format!("{number}  due {}  {}", invoice.due_on, invoice.open)
        })
        .collect();
    let ticked = session
        .terminal
        .tick("Which invoices (space ticks, enter goes on)", &lines)?;
    Ok(ticked.map(|ticked| {
        let pick = |at: usize| Pick {
            number: open[at].number.clone(),
            amount: None,
        };
        ticked.into_iter().map(pick).collect()
    }))
}

/// The card that a person names for charges to come; `None` where nothing is named.
pub fn named_card(
    book: Reader<'_>,
    customer: &Customer,
    word: Option<&str>,
) -> Result<Option<Card>> {
    let Some(word) = word else { return Ok(None) };
    let card = book.find_card(customer, Some(word))?;
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
    let Some(text) = text else { return Ok(None) };
    card_number::refuse_in(text, "the memo")?;
    if text.chars().count() > 500 || text.chars().any(char::is_control) {
        return Err(
            Problem::usage("bad_memo", "a memo has at most 500 letters, on one line")
                .hint("Make it shorter."),
        );
    }
    Ok(Some(text.to_owned()))
}

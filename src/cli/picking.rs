//! What a person names or chooses on the way to a charge: a customer, invoices.

use super::session::Session;
use super::terminal::missing;
use crate::books::Reader;
use crate::domain::customer::Customer;
use crate::domain::money::Money;
use crate::domain::spread::Pick;
use crate::domain::untrusted::visible;
use crate::problem::Result;

/// `INV-7` or `INV-9=250`, the amount in the invoice's own currency.
pub fn pick(book: Reader<'_>, customer: &Customer, text: &str) -> Result<Pick> {
    let (word, amount) = match text.rsplit_once('=') {
        Some((word, amount)) => (word, Some(amount)),
        None => (text, None),
    };
    let invoice = book.find_invoice(word, Some(customer))?;
    let amount = amount
        .map(|amount| Money::typed(amount, invoice.total.currency()))
        .transpose()?;
    Ok(Pick {
        number: invoice.number,
        amount,
    })
}

pub fn ask_customer(session: &Session, book: Reader<'_>) -> Result<Customer> {
    let customers = book.customers()?;
    let names: Vec<String> = customers
        .iter()
        .map(|customer| format!("{}  {}", customer.code, visible(&customer.name)))
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
            let number = visible(&invoice.number);
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

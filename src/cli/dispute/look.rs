//! `dues dispute list` and `show`.

use super::find;
use super::words::{deadline, told};
use crate::books::DisputeRow;
use crate::cli::listing::{self, Listing};
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::problem::Result;
use crate::views;

/// How disputes are listed.
const DISPUTES: Listing = Listing {
    schema: "dues.disputes/1",
    headers: &[
        "dispute", "opened", "customer", "payment", "amount", "state", "",
    ],
    figures: &[4],
    none: "No bank took a payment back.",
};

pub fn list(session: &Session, customer: Option<&str>, open: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let today = session.today(&books)?;
    let customer = customer
        .map(|word| picking::customer(session, book, word))
        .transpose()?
        .map(|customer| customer.id);
    let mut listing = DISPUTES;
    if open {
        listing.none = "No dispute is open.";
    }
    let disputes = if open {
        book.open_disputes(customer)?
    } else {
        book.disputes(customer)?
    };
    listing::show(session, &listing, |rows| {
        for dispute in &disputes {
            let document = views::disputes::dispute(book, dispute, today)?;
            rows.row(
                || document,
                || {
                    let standing = match dispute.outcome {
                        None => deadline(dispute, today),
                        Some((_, on)) => format!("since {on}"),
                    };
                    table_row(dispute, standing)
                },
            )?;
        }
        Ok(String::new())
    })
}

fn table_row(dispute: &DisputeRow, standing: String) -> Vec<String> {
    vec![
        dispute.id.to_string(),
        dispute.opened_on.to_string(),
        dispute.owner.clone(),
        dispute.payment.to_string(),
        dispute.amount.to_string(),
        views::disputes::state(dispute).to_owned(),
        standing,
    ]
}

pub fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let today = session.today(&books)?;
    let dispute = find(book, word)?;
    Ok(Report::new(
        "dues.dispute/1",
        views::disputes::dispute(book, &dispute, today)?,
        told(book, &dispute, today)?,
    ))
}

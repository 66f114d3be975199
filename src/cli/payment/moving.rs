//! `dues payment move`: what was booked to the wrong customer.

use clap::Args;

use super::find;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::problem::Result;
use crate::views;

/// Book a payment to the customer whose it is
#[derive(Debug, Args)]
#[command(
    after_help = "It is on account there, as of the day it was received; what it paid of the other customer's invoices is \
                  open again. A card payment is not moved.\n\nExample: dues payment move PAY-4 OAKS"
)]
pub struct Move {
    /// The payment, such as `PAY-4`
    payment: String,
    /// The customer whose it is: a code, or the beginning of a name
    customer: String,
}

impl Move {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let payment = find(books.read(), &self.payment)?;
        let to = picking::customer(session, books.read(), &self.customer)?;
        let from = books.read().customer(payment.customer)?;
        let (moved, freed, data) = session.change(&mut books, |tx| {
            let (id, freed) = tx.move_payment(&payment, &to)?;
            let mut data = views::payment(tx.read(), &tx.read().payment(id)?)?;
            data["moved_from"] = payment.id.to_string().into();
            Ok((tx.read().payment(id)?, freed, data))
        })?;
        let mut text = format!(
            "{} of {} is {} of {} now: {} on account, received {}.",
            payment.id, from.code, moved.id, to.code, moved.credit.open, moved.received_on
        );
        for part in freed {
            text.push_str(&format!(
                "\n{} of {} is open again by {}.",
                part.number, from.code, part.amount
            ));
        }
        Ok(Report::new(
            "dues.payment/1",
            data,
            text + session.dry_note(),
        ))
    }
}

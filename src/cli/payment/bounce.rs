//! `dues payment bounce`: a check that came back, shown before the yes.

use clap::Args;
use serde_json::json;

use super::find;
use super::words::{by, heard_by};
use crate::books::Reader;
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report};
use crate::domain::invoice::InvoiceNumber;
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::text::Text;
use crate::jobs::bounce::{Bounced, Returned, bounce};
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views;

/// Book that the bank returned a check or a debit
#[derive(Debug, Args)]
#[command(
    after_help = "What it paid is open again, and a discount or a short pay that was granted with it is asked for\n\
    again. A card payment does not bounce: what a bank takes back of it is a dispute.\n\n\
    Example: dues payment bounce PAY-4 --fee 25 --because 'no funds'"
)]
pub struct Bounce {
    /// `PAY-7`
    payment: String,
    /// What the customer is asked for the trouble, on an invoice of its own
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    fee: Option<String>,
    /// The number of that invoice; made from the payment's if not given
    #[arg(long, value_name = "INV", requires = "fee")]
    fee_number: Option<String>,
    /// When the bank returned it; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Why, in the bank's words
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// Write no mail to the customer
    #[arg(long)]
    no_email: bool,
}

impl Bounce {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let payment = find(books.read(), &self.payment)?;
        let because = self.because.as_deref().unwrap_or("no reason given");
        let returned = Returned {
            because: Text::Reason.read(because)?,
            on: match &self.on {
                Some(text) => session.date(&books, text)?,
                None => session.today(&books)?,
            },
            fee: self.fee(&payment)?,
            wants_mail: !self.no_email,
        };
        if !session.yes && !session.dry_run {
            let plan = books.rehearse(&session.hand, session.clock.now(), |tx| {
                let bounced = bounce(tx, &payment, &returned)?;
                told(tx.read(), &payment, &bounced, returned.wants_mail)
            })?;
            session
                .terminal
                .say(&format!("This will be booked:\n{plan}"));
            let question = format!("Book that {} came back?", payment.id);
            session.terminal.confirm(&question, "--yes")?;
        }
        let (data, text) = session.change(&mut books, |tx| {
            let bounced = bounce(tx, &payment, &returned)?;
            let after = tx.read().payment(payment.id)?;
            let mut data = views::payment(tx.read(), &after)?;
            let reopened = bounced.reopened.iter();
            data["reopened"] = reopened
                .map(|it| {
                    json!({"invoice": it.number, "amount": views::money(it.amount), "open": views::money(it.left)})
                })
                .collect();
            data["fee"] = bounced
                .fee
                .as_ref()
                .map(|fee| json!({"invoice": fee.number, "amount": views::money(fee.total)}))
                .into();
            let text = told(tx.read(), &payment, &bounced, returned.wants_mail)?;
            Ok((data, text))
        })?;
        let mut report = Report::new("dues.bounce/1", data, text + session.dry_note());
        report.posts_mail = (!session.dry_run).then_some(Haste::Brief);
        session.finish(books);
        Ok(report)
    }

    fn fee(&self, payment: &Payment) -> Result<Option<(InvoiceNumber, Money)>> {
        let Some(typed) = &self.fee else {
            return Ok(None);
        };
        let amount = Money::typed(typed, payment.amount.currency())?;
        if !amount.is_positive() {
            return Err(
                Problem::usage("amount_not_positive", "a fee must be more than zero")
                    .hint("Leave `--fee` out where there is none."),
            );
        }
        let number = match &self.fee_number {
            Some(number) => InvoiceNumber::parse(number)?,
            None => InvoiceNumber::parse(&format!("FEE-{}", payment.id))?,
        };
        Ok(Some((number, amount)))
    }
}

fn told(
    book: Reader<'_>,
    payment: &Payment,
    bounced: &Bounced,
    wants_mail: bool,
) -> Result<String> {
    let customer = book.customer(payment.customer)?;
    let mut text = format!(
        "{} came back: {} by {} of {}.\n",
        payment.id,
        payment.amount,
        by(payment),
        customer.code
    );
    for it in &bounced.reopened {
        text.push_str(&format!(
            "  {} is open again by {}: {} open there\n",
            it.number, it.amount, it.left
        ));
    }
    if let Some(fee) = &bounced.fee {
        text.push_str(&format!(
            "  {} asks for the fee of {}, due {}\n",
            fee.number, fee.total, fee.due_on
        ));
    }
    let told = heard_by(book, &customer, wants_mail)?;
    text.push_str(&match told {
        Some(addresses) => format!("  a mail to {addresses} says so\n"),
        None => "  no mail is written\n".to_owned(),
    });
    Ok(text.trim_end().to_owned())
}

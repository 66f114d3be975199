//! `dues dispute open`: the bank took money of a payment.

use clap::Args;

use super::words::told;
use crate::books::{NewDispute, Reader, same_amount};
use crate::cli::picking::pick;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, missing};
use crate::domain::ids::{ChargeId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::domain::refund::Wanted;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;

/// Book that a bank took a payment back (a chargeback), whole or in part
#[derive(Debug, Args)]
#[command(
    after_help = "The money leaves the payment at once: first what pays no invoice, then what it paid last, or what\n\
    `--reopen` names. What is open again then is on hold, so that neither a schedule nor autopay takes it from the\n\
    card again. The customer gets no mail.\n\n\
    Examples:\n  \
    dues dispute open CH-7 --reason 'product not received' --fee 15 --respond-by 2026-12-05\n  \
    dues dispute open PAY-3 --amount 120 --reason duplicate --reopen INV-7=120 --dry-run"
)]
pub struct Open {
    /// The charge or the payment: `CH-7` or `PAY-3`
    #[arg(value_name = "CHARGE|PAYMENT")]
    what: String,
    /// How much the bank took; all that is left if not given
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// Why, in the bank's words
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What the gateway takes for the trouble
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    fee: Option<String>,
    /// The last day for an answer
    #[arg(long, value_name = "DATE")]
    respond_by: Option<String>,
    /// The day on which the bank took it; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// An invoice that is open again then, whole or in part; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    reopen: Vec<String>,
    /// It is another dispute, although one of as much is open
    #[arg(long)]
    again: bool,
}

impl Open {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let book = books.read();
        let payment = payment_of(book, &self.what)?;
        let currency = payment.amount.currency();
        let reason = self
            .reason
            .as_deref()
            .ok_or_else(|| missing("why the bank took it", "`--reason TEXT`"))?;
        let reason = Text::Reason.read(reason)?;
        let typed = |text: Option<&str>| -> Result<Option<Money>> {
            Ok(text.map(|text| Money::typed(text, currency)).transpose()?)
        };
        let dated = |text: Option<&str>| text.map(|text| session.date(&books, text)).transpose();
        let today = session.today(&books)?;
        let customer = book.customer(payment.customer)?;
        let picked = self
            .reopen
            .iter()
            .map(|text| pick(session, book, &customer, text))
            .collect::<Result<Vec<_>>>()?;
        let mut new = NewDispute {
            payment: payment.id,
            amount: typed(self.amount.as_deref())?,
            from: if picked.is_empty() {
                Wanted::AsItComes
            } else {
                Wanted::Reopen(picked)
            },
            fee: typed(self.fee.as_deref())?.unwrap_or(Money::zero(currency)),
            reason: &reason,
            on: dated(self.on.as_deref())?.unwrap_or(today),
            respond_by: dated(self.respond_by.as_deref())?,
            again: self.again,
        };
        let mut warnings = Vec::new();
        let may_ask = session.terminal.may_ask && !new.again;
        if let Some(open) = book.same_dispute(&new)?.filter(|_| may_ask) {
            new.again = true;
            if session.dry_run {
                warnings.push(same_amount(&open));
            } else {
                session
                    .terminal
                    .say(&format!("warning: {}", same_amount(&open)));
                session
                    .terminal
                    .confirm("Is this another one?", "--again")?;
            }
        }
        let (data, text) = session.change(&mut books, |tx| {
            let id = tx.open_dispute(&new)?;
            let dispute = tx.read().dispute(id)?;
            Ok((
                views::disputes::dispute(tx.read(), &dispute, today)?,
                told(tx.read(), &dispute, today)?,
            ))
        })?;
        let text = format!("{text}{}", session.dry_note());
        session.finish(books);
        let mut report = Report::new("dues.dispute/1", data, text);
        report.warnings = warnings;
        Ok(report)
    }
}

/// What a bank's letter may name.
fn payment_of(book: Reader<'_>, word: &str) -> Result<Payment> {
    let has_prefix = word.contains('-');
    if let Some(id) = PaymentId::parse(word).filter(|_| has_prefix) {
        return book.payment(id);
    }
    let Some(charge) = ChargeId::parse(word).filter(|_| has_prefix) else {
        return Err(Problem::usage(
            "bad_payment",
            format!("`{word}` is neither a charge nor a payment"),
        )
        .hint("Write it as `CH-7` or `PAY-3`; `dues charge list` shows the charges."));
    };
    book.charge(charge)?;
    book.payment_of(charge)?.ok_or_else(|| {
        Problem::refused("no_payment", format!("{charge} brought no money")).hint(format!(
            "See what became of it with `dues charge show {charge}`."
        ))
    })
}

//! `dues payment apply` and `unapply`: money on account, and which invoices it pays.

use clap::Args;
use serde_json::json;

use super::find;
use super::record::{Whither, ask_direction};
use crate::books::Reader;
use crate::cli::picking::pick;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, missing, table};
use crate::domain::money::Money;
use crate::domain::payment::Payment;
use crate::jobs::receive::{Swept, apply, sweep};
use crate::problem::{Problem, Result};
use crate::views;

/// Apply money on account to invoices
#[derive(Debug, Args)]
#[command(
    after_help = "What a charge or a refund on its way has reserved is left alone.\n\n\
    Examples:\n  \
    dues payment apply PAY-3 --invoice INV-1050 --invoice INV-1051=200\n  \
    dues payment apply PAY-3 --allocate oldest-due --exclude INV-1050\n  \
    dues payment apply --all --dry-run"
)]
pub struct Apply {
    /// `PAY-7`
    payment: Option<String>,
    #[command(flatten)]
    whither: Whither,
    /// How much of one invoice; as much as possible if not given
    #[arg(long, requires = "invoice")]
    amount: Option<String>,
    /// All money on account of every customer, by their own policy
    #[arg(long, conflicts_with_all = ["payment", "invoice", "allocate", "exclude", "amount"])]
    all: bool,
}

/// Take money back from invoices; it is on account again
#[derive(Debug, Args)]
#[command(
    after_help = "What was applied and taken back stays in the history of both.\n\n\
    Examples:\n  \
    dues payment unapply PAY-3\n  \
    dues payment unapply PAY-3 --invoice INV-1050=200"
)]
pub struct Unapply {
    /// `PAY-7`
    payment: String,
    /// The invoice it is taken back from, whole or in part; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    invoice: Vec<String>,
}

impl Apply {
    pub fn run(&self, session: &Session) -> Result<Report> {
        if self.all {
            return apply_all(session);
        }
        let mut books = session.books()?;
        let book = books.read();
        let payment = match &self.payment {
            Some(word) => find(book, word)?,
            None => ask_payment(session, book)?,
        };
        let customer = book.customer(payment.customer)?;
        let mut direction = self.whither.direction(session, book, &customer)?;
        if !self.whither.is_said() {
            if !session.terminal.may_ask {
                return Err(missing(
                    "which invoices it pays",
                    "`--invoice INV`, or `--allocate POLICY`",
                ));
            }
            direction = ask_direction(session, book, &customer)?;
        }
        if let (Some(typed), [only]) = (&self.amount, &mut direction.picks[..]) {
            only.amount = Some(Money::typed(typed, payment.amount.currency())?);
        } else if self.amount.is_some() {
            return Err(Problem::usage(
                "amount_of_which",
                "`--amount` does not say of which invoice",
            )
            .hint("Write it with the invoice: `--invoice INV-7=200`."));
        }
        let (data, text) = session.change(&mut books, |tx| {
            let done = apply(tx, &payment.credit, &direction)?;
            let after = tx.read().payment(payment.id)?;
            let mut text = String::new();
            for part in &done.parts {
                let open = tx.read().find_invoice(&part.number, None)?.open;
                text.push_str(&format!(
                    "Applied {} of {} to {}: {open} open there, {} left on account.\n",
                    part.amount, payment.id, part.number, after.credit.open
                ));
            }
            Ok((views::payment(tx.read(), &after)?, text))
        })?;
        let text = text.trim_end().to_owned() + session.dry_note();
        Ok(Report::new("dues.payment/1", data, text))
    }
}

/// Lets a person choose a payment with money on account.
fn ask_payment(session: &Session, book: Reader<'_>) -> Result<Payment> {
    if !session.terminal.may_ask {
        return Err(missing(
            "which payment",
            "a PAYMENT, such as `PAY-7`, or `--all`",
        ));
    }
    let (mut payments, mut lines) = (Vec::new(), Vec::new());
    book.each_payment(None, true, |payment, code, _| {
        let (id, left, on) = (payment.id, payment.credit.open, payment.received_on);
        lines.push(format!("{id}  {code}  {left} on account, received on {on}"));
        payments.push(payment.clone());
        Ok(())
    })?;
    match session.terminal.choose("Which payment", &lines)? {
        Some(at) => Ok(payments.swap_remove(at)),
        None => Err(
            Problem::refused("nothing_to_apply", "no payment has money on account")
                .hint("See what came with `dues payment list`."),
        ),
    }
}

fn apply_all(session: &Session) -> Result<Report> {
    let mut books = session.books()?;
    let swept = session.change(&mut books, sweep)?;
    let mut rows = Vec::new();
    for it in &swept {
        let (code, name) = (&it.customer.code, it.credit.name.to_string());
        for part in &it.done.parts {
            rows.push(vec![
                code.clone(),
                name.clone(),
                part.number.clone(),
                part.amount.to_string(),
                it.policy.to_string(),
            ]);
        }
        if it.done.left.is_positive() {
            rows.push(vec![
                code.clone(),
                name,
                "on account".to_owned(),
                it.done.left.to_string(),
                it.policy.to_string(),
            ]);
        }
    }
    let mut text = if rows.is_empty() {
        "No customer has free money on account.".to_owned()
    } else {
        table(&["customer", "from", "to", "amount", "policy"], &[3], rows)
    };
    text.push_str(session.dry_note());
    let data = swept.iter().map(swept_view).collect();
    Ok(Report::new("dues.applied/1", data, text))
}

fn swept_view(swept: &Swept) -> serde_json::Value {
    let parts = swept.done.parts.iter();
    let parts: Vec<_> = parts
        .map(|part| json!({"invoice": part.number, "amount": views::money(part.amount)}))
        .collect();
    json!({
        "customer": swept.customer.code, "from": swept.credit.name.to_string(),
        "policy": swept.policy.word(), "applied": parts, "on_account": views::money(swept.done.left),
    })
}

impl Unapply {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let book = books.read();
        let payment = find(book, &self.payment)?;
        let customer = book.customer(payment.customer)?;
        let applied = book.allocations_of(payment.credit.name.id)?;
        let mut wanted = Vec::new();
        for text in &self.invoice {
            let pick = pick(session, book, &customer, text)?;
            let there = applied.iter().find(|it| it.number == pick.number);
            let there = there.ok_or_else(|| nothing_there(&payment.id, &pick.number))?;
            wanted.push((there.clone(), pick.amount.unwrap_or(there.amount)));
        }
        if self.invoice.is_empty() {
            wanted = applied.iter().map(|it| (it.clone(), it.amount)).collect();
        }
        if wanted.is_empty() {
            return Err(nothing_there(&payment.id, "any invoice"));
        }
        let (data, text) = session.change(&mut books, |tx| {
            let today = tx.open_day(tx.today()?)?;
            let mut text = String::new();
            for (there, amount) in &wanted {
                tx.unapply(&payment.credit, there, *amount, today)?;
                let open = tx.read().find_invoice(&there.number, None)?.open;
                text.push_str(&format!(
                    "Took {amount} of {} back from {}: {open} open there.\n",
                    payment.id, there.number
                ));
            }
            let after = tx.read().payment(payment.id)?;
            text.push_str(&format!("{} is on account.", after.credit.open));
            Ok((views::payment(tx.read(), &after)?, text))
        })?;
        Ok(Report::new(
            "dues.payment/1",
            data,
            text + session.dry_note(),
        ))
    }
}

fn nothing_there(payment: &impl std::fmt::Display, invoice: &str) -> Problem {
    Problem::refused(
        "nothing_applied",
        format!("nothing of {payment} is applied to {invoice}"),
    )
    .hint(format!(
        "See what it pays with `dues payment show {payment}`."
    ))
}

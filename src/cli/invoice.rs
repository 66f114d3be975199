//! `dues invoice`: what is owed.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::attaching::{self, Keep};
use super::choosing::{amount, ask};
use super::correcting::{self, Correct, Edit};
use super::import::Import;
use super::listing::{self, Listing};
use super::picking::{self, memo};
use super::session::Session;
use super::tables::{INVOICES, invoice_row, invoices_table, joined};
use super::terminal::Report;
use super::writing_off::WriteOff;
use crate::books::{Invoices, KeptFor, Reader};
use crate::domain::credit::{Allocation, Source};
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::{Currency, Money, Sums};
use crate::domain::terms::Terms;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views::{self, lists};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add an invoice
    Add(Add),
    Import(Import),
    /// List open invoices, oldest due first
    List(List),
    /// Show an invoice and what was paid on it
    Show {
        /// Its number, or the end of it
        invoice: String,
    },
    /// Keep a file with an invoice: a delivery note, an order
    #[command(
        after_help = format!("{}\n\nExample: dues invoice attach INV-7 delivery-note.pdf --kind delivery", attaching::KEPT)
    )]
    Attach {
        /// Its number, or the end of it
        invoice: String,
        #[command(flatten)]
        keep: Keep,
    },
    /// Leave an invoice out of schedules and autopay for now
    Hold {
        /// Its number, or the end of it
        invoice: String,
        /// Why, for the record
        #[arg(long)]
        because: Option<String>,
    },
    /// Let schedules and autopay charge an invoice again
    Release {
        /// Its number, or the end of it
        invoice: String,
    },
    /// Make an invoice void: owed by nobody, kept for the record
    Void {
        /// Its number, or the end of it
        invoice: String,
        /// Why, for the record
        #[arg(long)]
        because: Option<String>,
    },
    Correct(Correct),
    Edit(Edit),
    #[command(name = "writeoff")]
    WriteOff(WriteOff),
}

/// Add an invoice
#[derive(Debug, Args)]
#[command(after_help = "Example: dues invoice add ROSA INV-1041 412.40 --due +30d")]
pub struct Add {
    /// A code, or the beginning of a name
    customer: Option<String>,
    /// Its number, as it stands on the paper
    number: Option<String>,
    /// Its total, in major units: 412.40
    amount: Option<String>,
    /// When it was issued; today if not given
    #[arg(long, value_name = "DATE")]
    issued: Option<String>,
    /// When it is due; by its terms if not given
    #[arg(long, value_name = "DATE", conflicts_with = "terms")]
    due: Option<String>,
    /// `net 30`, `eom`, `2/10 net 30`, `prepaid`; the customer's if not given
    #[arg(long)]
    terms: Option<String>,
    /// The customer's own number for it
    #[arg(long, value_name = "NUMBER")]
    po: Option<String>,
    /// The book's own if not given
    #[arg(long)]
    currency: Option<String>,
    /// What it is for
    #[arg(long)]
    memo: Option<String>,
}

/// List invoices
#[derive(Debug, Args)]
pub struct List {
    /// Only this customer's
    #[arg(long)]
    customer: Option<String>,
    /// Paid and void ones too
    #[arg(long)]
    all: bool,
    /// Only those past their due date
    #[arg(long, conflicts_with = "all")]
    overdue: bool,
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::Import(import) => import.run(session),
            Self::List(list) => list.run(session),
            Self::Show { invoice } => show(session, invoice),
            Self::Attach { invoice, keep } => attach(session, invoice, keep),
            Self::Hold { invoice, because } => hold(session, invoice, because.as_deref()),
            Self::Release { invoice } => release(session, invoice),
            Self::Void { invoice, because } => void(session, invoice, because.as_deref()),
            Self::Correct(correct) => correct.run(session),
            Self::Edit(edit) => edit.run(session),
            Self::WriteOff(writeoff) => writeoff.run(session),
        }
    }
}

impl Add {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let customer = match &self.customer {
            Some(word) => picking::customer(session, books.read(), word)?,
            None => picking::ask_customer(session, books.read(), &picking::WHO_OWES)?,
        };
        let number = match &self.number {
            Some(number) => InvoiceNumber::parse(number)?,
            None => ask(session, "Its number", "NUMBER", |text| {
                Ok(InvoiceNumber::parse(text)?)
            })?,
        };
        let currency = match &self.currency {
            Some(code) => Currency::parse(code)?,
            None => books.read().facts()?.currency,
        };
        let total = match &self.amount {
            Some(total) => Money::typed(total, currency)?,
            None => ask(session, "Its total", "AMOUNT", |text| {
                amount(text, currency)
            })?,
        };
        if !total.is_positive() {
            return Err(Problem::usage(
                "amount_not_positive",
                "an invoice must be for more than zero",
            )
            .hint("Give its total, such as `412.40`."));
        }
        let issued_on = match &self.issued {
            Some(text) => session.date(&books, text)?,
            None => session.today(&books)?,
        };
        // A due date that is said stands for itself: no terms, and no discount.
        let (due_on, terms) = match (&self.due, &self.terms) {
            (Some(due), _) => (session.date(&books, due)?, None),
            (None, Some(terms)) => {
                let terms = Terms::parse(terms)?;
                (terms.due_on(issued_on)?, Some(terms))
            }
            (None, None) => (customer.terms.due_on(issued_on)?, Some(customer.terms)),
        };
        let po_number = (self.po.as_deref())
            .map(|po| Text::PoNumber.read(po))
            .transpose()?;
        let new = NewInvoice {
            terms,
            po_number,
            number,
            total,
            issued_on,
            due_on,
            memo: memo(self.memo.as_deref())?,
        };
        let added = session.change(&mut books, |tx| {
            tx.add_invoice(&customer, &new)?;
            tx.read().find_invoice(new.number.as_str(), Some(&customer))
        })?;
        let data = with_discount(&added, views::invoice(&added, &customer.code));
        let early = early_line(&added).map_or_else(String::new, |line| format!(" {line}"));
        let text = format!(
            "Added {} for {}: {total}, due {due_on}.{early}{}",
            new.number,
            customer.code,
            session.dry_note()
        );
        let mut report = Report::new("dues.invoice/1", data, text);
        if due_on < issued_on {
            report
                .warnings
                .push("it is due before it was issued".to_owned());
        }
        Ok(report)
    }
}

impl List {
    fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let today = session.today(&books)?;
        let customer = self
            .customer
            .as_deref()
            .map(|word| picking::customer(session, book, word))
            .transpose()?;
        let wanted = match (self.all, self.overdue) {
            (true, _) => Invoices::All,
            (_, true) => Invoices::DueBefore(today),
            _ => Invoices::Open,
        };
        let listing = Listing {
            none: if self.overdue {
                "Nothing is overdue."
            } else {
                "Nothing is open."
            },
            ..INVOICES
        };
        listing::show(session, &listing, |rows| {
            let mut open = Sums::default();
            book.each_invoice(customer.map(|it| it.id), wanted, |invoice, owner| {
                if !invoice.is_void {
                    open.add(invoice.open);
                }
                rows.row(
                    || lists::invoice_row(invoice, owner),
                    || invoice_row(invoice, owner, today),
                )
            })?;
            Ok(format!("\nopen: {}", joined(open.each())))
        })
    }
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let invoice = picking::invoice(session, book, None, word)?;
    let customer = book.customer(invoice.customer)?;
    let today = session.today(&books)?;
    let paid = book.allocations_to(invoice.id)?;
    let mut data = with_discount(&invoice, views::invoice(&invoice, &customer.code));
    data["allocations"] = paid.iter().map(views::allocation).collect();
    let history = book.history_on(invoice.id)?;
    data["history"] = history
        .iter()
        .map(|(on, fact)| views::applied(*on, fact))
        .collect();
    let hold = book.hold_on(invoice.id)?;
    let schedules = book.schedules_paying(invoice.id)?;
    data["on_hold"] = hold.as_ref().map(|hold| hold.because.clone()).into();
    let files = book.attachments(KeptFor::Invoice(invoice.id))?;
    data["files"] = files.iter().map(views::attachment).collect();
    data["schedules"] = schedules.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}\n",
        invoices_table(&customer.code, std::slice::from_ref(&invoice), today)
    );
    let terms = invoice.terms.map(|terms| format!("terms {terms}"));
    let po = invoice.po_number.as_ref().map(|po| format!("PO {po}"));
    let both: Vec<String> = terms.into_iter().chain(po).collect();
    if !both.is_empty() {
        text.push_str(&format!("{}\n", both.join(" · ")));
    }
    if let Some(line) = early_line(&invoice).filter(|_| invoice.open.is_positive()) {
        text.push_str(&format!("{line}\n"));
    }
    if let Some(memo) = &invoice.memo {
        text.push_str(&format!("memo: {memo}\n"));
    }
    text.push_str(&attaching::lines(&files));
    text.push_str(&correcting::history(book, &invoice, &mut data)?);
    if let Some(hold) = &hold {
        text.push_str(&format!(
            "on hold ({}): schedules and autopay leave it out\n",
            hold.because
        ));
    }
    for schedule in &schedules {
        text.push_str(&format!(
            "to be paid by {schedule}; see `dues schedule show {schedule}`\n"
        ));
    }
    for allocation in &paid {
        text.push_str(&settled_by(book, allocation)?);
    }
    for (on, fact) in history {
        if !fact.amount.is_positive() {
            let (amount, from) = (fact.amount.turned(), fact.credit);
            text.push_str(&format!("{on}  {amount} of {from} was taken back\n"));
        }
    }
    Ok(Report::new("dues.invoice/1", data, text))
}

/// `10.00 USD off if it is paid by 2026-11-12: 490.00 USD.`
fn early_line(invoice: &Invoice) -> Option<String> {
    let early = invoice.early_payment()?;
    Some(format!(
        "{} off if it is paid by {}: {}.",
        early.discount, early.until, early.pays
    ))
}

fn with_discount(invoice: &Invoice, mut data: Value) -> Value {
    let discount = invoice.early_payment().map(|early| {
        json!({
            "until": early.until.to_string(), "amount": views::money(early.discount),
            "pays": views::money(early.pays),
        })
    });
    data["discount"] = discount.into();
    data
}

/// How a part of an invoice was settled, in a line.
fn settled_by(book: Reader<'_>, allocation: &Allocation) -> Result<String> {
    let amount = allocation.amount;
    let because = |text: Option<String>| text.map(|text| format!(" ({text})")).unwrap_or_default();
    Ok(match allocation.credit.source {
        Source::Payment(id) => {
            let payment = book.payment(id)?;
            let (on, method) = (payment.received_on, payment.method);
            format!(
                "{on}  {amount} paid by {method} with {id}{}\n",
                because(payment.memo)
            )
        }
        Source::CreditMemo(id) => {
            let memo = book.memo(id)?;
            let (on, number) = (memo.on, memo.number);
            format!(
                "{on}  {amount} credited with {number}{}\n",
                because(Some(memo.because))
            )
        }
        Source::Adjustment(id) => {
            let adjustment = book.adjustment(id)?;
            let (on, kind) = (adjustment.on, adjustment.kind);
            format!(
                "{on}  {amount} {kind} {id}{}\n",
                because(Some(adjustment.because))
            )
        }
    })
}

fn void(session: &Session, word: &str, because: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let invoice = picking::invoice(session, books.read(), None, word)?;
    let customer = books.read().customer(invoice.customer)?;
    let because = session.reason(because)?;
    session.ask_before(&format!(
        "Make {} ({}) void? It cannot be undone.",
        invoice.number, invoice.total
    ))?;
    session.change(&mut books, |tx| tx.void_invoice(&invoice, &because))?;
    let text = format!(
        "{} of {} is void; {} is no longer owed.{}",
        invoice.number,
        customer.code,
        invoice.total,
        session.dry_note()
    );
    let mut data = views::invoice(&invoice, &customer.code);
    data["state"] = "void".into();
    data["open"] = views::money(Money::zero(invoice.total.currency()));
    Ok(Report::new("dues.invoice/1", data, text))
}

fn attach(session: &Session, word: &str, keep: &Keep) -> Result<Report> {
    let mut books = session.books()?;
    let invoice = picking::invoice(session, books.read(), None, word)?;
    let (id, files) = keep.with(session, &mut books, KeptFor::Invoice(invoice.id))?;
    let owner = books.read().customer(invoice.customer)?.code;
    let mut data = views::invoice(&invoice, &owner);
    data["files"] = files.iter().map(views::attachment).collect();
    let text = format!(
        "{} is kept with {} as {id}.{}",
        keep.file().display(),
        invoice.number,
        session.dry_note()
    );
    Ok(Report::new("dues.invoice/1", data, text))
}

fn hold(session: &Session, word: &str, because: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let invoice = picking::invoice(session, books.read(), None, word)?;
    let owner = books.read().customer(invoice.customer)?.code;
    let because = &Text::Reason.read(because.unwrap_or("no reason given"))?;
    session.change(&mut books, |tx| tx.hold_invoice(&invoice, because))?;
    let text = format!(
        "{} is on hold ({}): schedules and autopay leave it out.{}",
        invoice.number,
        because,
        session.dry_note()
    );
    let mut data = views::invoice(&invoice, &owner);
    data["on_hold"] = because.as_str().into();
    Ok(Report::new("dues.invoice/1", data, text))
}

fn release(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let invoice = picking::invoice(session, books.read(), None, word)?;
    let owner = books.read().customer(invoice.customer)?.code;
    session.change(&mut books, |tx| {
        if tx.release_invoice(&invoice)? {
            return Ok(());
        }
        let number = &invoice.number;
        Err(
            Problem::refused("not_on_hold", format!("invoice `{number}` is not on hold"))
                .hint(format!("See it with `dues invoice show {number}`.")),
        )
    })?;
    let text = format!(
        "{} is no longer on hold.{}",
        invoice.number,
        session.dry_note()
    );
    let mut data = views::invoice(&invoice, &owner);
    data["on_hold"] = Value::Null;
    Ok(Report::new("dues.invoice/1", data, text))
}

//! `dues customer contact` and `dues customer note`: who hears of what, and
//! what was said on the phone.

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::entry::read;
use crate::books::Reader;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, table};
use crate::domain::contact::{Contact, Gets, Note, Promise};
use crate::domain::customer::Customer;
use crate::domain::money::{Currency, Money};
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;

#[derive(Debug, Subcommand)]
pub enum ContactVerb {
    /// Let somebody at a customer get receipts, statements, or both
    Add(AddContact),
    /// List a customer's contacts, and where their mails go
    List {
        /// A code, or the beginning of a name
        customer: String,
    },
    /// Let a contact get nothing any more
    Remove {
        /// A code, or the beginning of a name
        customer: String,
        /// The contact's mail address
        email: String,
    },
}

/// Add a contact
#[derive(Debug, Args)]
#[command(
    after_help = "While no contact gets receipts, they go to the customer's own address; so do statements.\nExample: dues customer contact add ROSA ap@rosa.example --for receipts --name 'Ann Lee'"
)]
pub struct AddContact {
    /// A code, or the beginning of a name
    customer: String,
    /// The contact's mail address
    email: String,
    /// What they get
    #[arg(long = "for", value_name = "WHAT", default_value = "both")]
    gets: What,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    phone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Receipts,
    Statements,
    Both,
}

#[derive(Debug, Subcommand)]
pub enum NoteVerb {
    /// Note something of a customer, or what they promised to pay
    Add(AddNote),
    /// List what was noted of a customer, newest first
    List {
        /// A code, or the beginning of a name
        customer: String,
    },
}

/// Add a note
#[derive(Debug, Args)]
#[command(
    after_help = "A new promise takes the place of the one before. `dues status` names a broken one.\nExample: dues customer note add ROSA 'spoke to Ann' --promise 2026-12-04 --amount 500"
)]
pub struct AddNote {
    /// A code, or the beginning of a name
    customer: String,
    /// What there is to know
    text: String,
    /// They promised to pay until this day
    #[arg(long, value_name = "DATE", requires = "amount")]
    promise: Option<String>,
    /// So much, in major units: 500
    #[arg(long, requires = "promise")]
    amount: Option<String>,
    /// The book's own if not given
    #[arg(long, requires = "amount")]
    currency: Option<String>,
}

impl ContactVerb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List { customer } => {
                let books = session.books()?;
                let customer = picking::customer(session, books.read(), customer)?;
                list_contacts(books.read(), &customer)
            }
            Self::Remove { customer, email } => remove(session, customer, email),
        }
    }
}

impl AddContact {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let customer = picking::customer(session, books.read(), &self.customer)?;
        let contact = Contact {
            name: read(Text::CustomerName, self.name.as_deref())?,
            email: Text::MailAddress.read(&self.email)?,
            phone: read(Text::Phone, self.phone.as_deref())?,
            gets_receipts: self.gets != What::Statements,
            gets_statements: self.gets != What::Receipts,
        };
        let (data, goes) = session.change(&mut books, |tx| {
            tx.add_contact(&customer, &contact)?;
            where_mails_go(tx.read(), &customer)
        })?;
        let (code, email, hears_of) = (&customer.code, &contact.email, contact.hears_of());
        let text = format!(
            "{email} gets the {hears_of} of {code}.\n{goes}{}",
            session.dry_note()
        );
        Ok(Report::new("dues.contacts/1", data, text))
    }
}

fn remove(session: &Session, customer: &str, email: &str) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), customer)?;
    let email = Text::MailAddress.read(email)?;
    let (data, goes) = session.change(&mut books, |tx| {
        tx.remove_contact(&customer, &email)?;
        where_mails_go(tx.read(), &customer)
    })?;
    let text = format!(
        "{email} gets nothing of {} any more.\n{goes}{}",
        customer.code,
        session.dry_note()
    );
    Ok(Report::new("dues.contacts/1", data, text))
}

fn list_contacts(book: Reader<'_>, customer: &Customer) -> Result<Report> {
    let contacts = book.contacts(customer.id)?;
    let (data, goes) = where_mails_go(book, customer)?;
    let rows = contacts.iter().map(|contact| {
        vec![
            contact.email.clone(),
            contact.hears_of().to_owned(),
            contact.name.clone().unwrap_or_default(),
            contact.phone.clone().unwrap_or_default(),
        ]
    });
    let text = if contacts.is_empty() {
        goes
    } else {
        let shown = table(&["mail", "gets", "name", "phone"], &[], rows.collect());
        format!("{shown}\n\n{goes}")
    };
    Ok(Report::new("dues.contacts/1", data, text))
}

/// The contacts, and in words where mails go with them.
fn where_mails_go(book: Reader<'_>, customer: &Customer) -> Result<(Value, String)> {
    let contacts = book.contacts(customer.id)?;
    let receipts = book.addresses(customer, Gets::Receipts)?;
    let statements = book.addresses(customer, Gets::Statements)?;
    let to = |addresses: &[String]| match addresses {
        [] => "nobody".to_owned(),
        some => some.join(", "),
    };
    let text = format!(
        "Receipts go to {}; statements to {}.",
        to(&receipts),
        to(&statements)
    );
    let data = json!({
        "customer": customer.code, "contacts": contacts.iter().map(view).collect::<Vec<_>>(),
        "receipts_to": receipts, "statements_to": statements,
    });
    Ok((data, text))
}

pub fn view(contact: &Contact) -> Value {
    json!({
        "email": contact.email, "name": contact.name, "phone": contact.phone,
        "receipts": contact.gets_receipts, "statements": contact.gets_statements,
    })
}

impl NoteVerb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List { customer } => list_notes(session, customer),
        }
    }
}

impl AddNote {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let customer = picking::customer(session, books.read(), &self.customer)?;
        let text = Text::Memo.read(&self.text)?;
        let promise = match (&self.promise, &self.amount) {
            (Some(by), Some(amount)) => {
                let currency = match &self.currency {
                    Some(code) => Currency::parse(code)?,
                    None => books.read().facts()?.currency,
                };
                let amount = Money::typed(amount, currency)?;
                let by = session.date(&books, by)?;
                if !amount.is_positive() || by < session.today(&books)? {
                    return Err(Problem::usage(
                        "bad_promise",
                        "a promise is of more than zero, and its day is not over",
                    )
                    .hint("Give them as `--promise fri --amount 500`."));
                }
                Some(Promise { amount, by })
            }
            _ => None,
        };
        let today = session.today(&books)?;
        let data = session.change(&mut books, |tx| {
            tx.note_of_customer(&customer, &text, promise)?;
            let newest = tx.read().notes(customer.id)?.into_iter().next();
            let newest = newest.ok_or_else(|| Problem::bug("a note is gone"))?;
            note_view(tx.read(), &customer, &newest, today)
        })?;
        let code = &customer.code;
        let said = match promise {
            Some(Promise { amount, by }) => {
                format!("Noted of {code}: {amount} promised until {by}.")
            }
            None => format!("Noted of {code}."),
        };
        Ok(Report::new("dues.note/1", data, said + session.dry_note()))
    }
}

fn list_notes(session: &Session, customer: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let customer = picking::customer(session, book, customer)?;
    let today = session.today(&books)?;
    let data = views_of_notes(book, &customer, today)?;
    let lines = lines_of_notes(book, &customer, today)?;
    let text = if lines.is_empty() {
        format!("Nothing is noted of {}.", customer.code)
    } else {
        lines.join("\n")
    };
    Ok(Report::new("dues.notes/1", data.into(), text))
}

pub fn views_of_notes(book: Reader<'_>, customer: &Customer, today: Date) -> Result<Vec<Value>> {
    let notes = book.notes(customer.id)?;
    notes
        .iter()
        .map(|note| note_view(book, customer, note, today))
        .collect()
}

/// `2026-11-22  spoke to Ann; promised 500.00 USD until 2026-12-04: waiting`
pub fn lines_of_notes(book: Reader<'_>, customer: &Customer, today: Date) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for note in book.notes(customer.id)? {
        let promised = match (note.promise, stands(book, &note, today)?) {
            (Some(Promise { amount, by }), Some(stands)) => {
                format!("; promised {amount} until {by}: {stands}")
            }
            (Some(Promise { amount, by }), None) => {
                format!("; promised {amount} until {by}, and something else since")
            }
            _ => String::new(),
        };
        lines.push(format!("{}  {}{promised}", note.noted_on, note.text));
    }
    Ok(lines)
}

/// How the note's promise stands, if it is the one that counts.
fn stands(book: Reader<'_>, note: &Note, today: Date) -> Result<Option<&'static str>> {
    let Some(promise) = note.promise else {
        return Ok(None);
    };
    if !book.promises(Some(note.customer))?.contains(note) {
        return Ok(None);
    }
    Ok(Some(book.promise_stands(note, promise, today)?.0.word()))
}

fn note_view(book: Reader<'_>, customer: &Customer, note: &Note, today: Date) -> Result<Value> {
    let stands = stands(book, note, today)?;
    Ok(json!({
        "customer": customer.code, "note": note.text, "noted_on": note.noted_on.to_string(),
        "promise": note.promise.map(|promise| json!({
            "amount": views::money(promise.amount), "by": promise.by.to_string(), "state": stands,
        })),
    }))
}

//! `dues customer`: who owes.

mod contacts;
mod entry;
mod list;

use clap::Subcommand;
use serde_json::{Value, json};

use entry::{Add, Edit};
use list::List;

use super::dispute;
use super::session::Session;
use super::tables::{cards_table, invoices_table, joined, with_consent};
use super::terminal::Report;
use super::{merging, picking};
use crate::domain::allotting::Policy;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;
use crate::views::lists::customer_row;

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add a customer
    Add(Add),
    /// Change a customer's name, code, mail address or terms
    Edit(Edit),
    /// List customers with what they owe
    List(List),
    /// Who gets receipts and statements
    #[command(subcommand)]
    Contact(contacts::ContactVerb),
    /// What was said, and what was promised
    #[command(subcommand)]
    Note(contacts::NoteVerb),
    /// Show a customer: cards, open invoices, credit
    Show {
        /// A code, or the beginning of a name
        customer: String,
    },
    /// Charge nothing of a customer by itself for now
    Hold {
        /// A code, or the beginning of a name
        customer: String,
        /// Why, for the record
        #[arg(long)]
        because: Option<String>,
    },
    /// Let schedules and autopay charge a customer again
    Release {
        /// A code, or the beginning of a name
        customer: String,
    },
    /// Take a customer off the lists; nothing of them is charged
    Archive {
        /// A code, or the beginning of a name
        customer: String,
    },
    /// List an archived customer again
    Unarchive {
        /// Their code
        customer: String,
    },
    /// Give all that one customer has to another: they were added twice
    #[command(
        after_help = "Invoices, payments, credit, cards, consents, schedules and mails are the other's from then on, and so is \
                      the code: whoever types it means the other. It cannot be undone.\n\nExample: dues customer merge ROSA-2 ROSA --because \"added twice\""
    )]
    Merge {
        /// The one who was added twice
        old: String,
        /// The one to keep
        into: String,
        /// Why, for the record
        #[arg(long)]
        because: Option<String>,
    },
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::Edit(edit) => edit.run(session),
            Self::List(list) => list.run(session),
            Self::Contact(verb) => verb.run(session),
            Self::Note(verb) => verb.run(session),
            Self::Show { customer } => show(session, customer),
            Self::Hold { customer, because } => hold(session, customer, because.as_deref()),
            Self::Release { customer } => release(session, customer),
            Self::Archive { customer } => merging::archive(session, customer),
            Self::Unarchive { customer } => merging::unarchive(session, customer),
            Self::Merge { old, into, because } => {
                merging::merge(session, old, into, because.as_deref())
            }
        }
    }
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let today = session.today(&books)?;
    let customer = picking::customer(session, book, word)?;
    let balance = book.balance(customer.id, today)?;
    let mut data = json!(customer_row(&customer, &balance));
    let cards = with_consent(book, &customer)?;
    data["cards"] = cards
        .iter()
        .map(|(card, consent)| views::card(card, &customer.code, consent.as_ref()))
        .collect();
    let invoices = book.open_invoices(Some(customer.id))?;
    data["invoices"] = invoices
        .iter()
        .map(|invoice| views::invoice(invoice, &customer.code))
        .collect();
    let held = book.hold_of(customer.id)?;
    data["on_hold"] = held.as_ref().map(|hold| hold.because.clone()).into();
    let policy = book.policy_of(customer.id)?;
    data["allocate"] = policy.word().into();
    let mut text = format!(
        "{code}  {name}\nmail {email} · terms {terms}\nowes {owes} · credit {credit}\n",
        code = customer.code,
        name = customer.name,
        email = customer.email.as_deref().unwrap_or("none"),
        terms = customer.terms,
        owes = joined(balance.open.each()),
        credit = joined(balance.credit.each()),
    );
    for (what, line) in [
        ("phone", &customer.phone),
        ("billed to", &customer.billing_address),
    ] {
        if let Some(line) = line {
            text.push_str(&format!("{what} {line}\n"));
        }
    }
    let all = book.customer_ids()?.into_iter();
    let theirs = all.filter(|(_, owner)| *owner == customer.id);
    let ids: Vec<String> = theirs.map(|(id, _)| id).collect();
    if !ids.is_empty() {
        let ids = &ids.join(", ");
        text.push_str(&format!("known to other systems as {ids}\n"));
    }
    data["ids"] = ids.into();
    if policy != Policy::default() {
        text.push_str(&format!(
            "what they pay without a word on it is applied by `{policy}`\n"
        ));
    }
    let before = book.codes_of(&customer)?.split_off(1);
    if !before.is_empty() {
        text.push_str(&format!("also found as {}\n", before.join(", ")));
    }
    data["also_found_as"] = before.into();
    let archived = book.is_archived(customer.id)?;
    data["archived"] = archived.into();
    if archived {
        text.push_str("archived: not listed, and not charged\n");
    }
    if let Some(hold) = held {
        text.push_str(&format!(
            "on hold ({}): schedules and autopay pass over it\n",
            hold.because
        ));
    }
    let disputes = book.open_disputes(Some(customer.id))?;
    for dispute in &disputes {
        text.push_str(&format!("{}\n", dispute::words::line(dispute, today)));
    }
    data["disputes"] = disputes
        .iter()
        .map(|dispute| views::disputes::dispute(book, dispute, today))
        .collect::<Result<Vec<_>>>()?
        .into();
    let contacts = book.contacts(customer.id)?;
    for contact in &contacts {
        let name = contact
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!(" ({name})"));
        text.push_str(&format!(
            "{}{name} gets {}\n",
            contact.email,
            contact.hears_of()
        ));
    }
    data["contacts"] = contacts.iter().map(contacts::view).collect();
    for line in contacts::lines_of_notes(book, &customer, today)? {
        text.push_str(&format!("note {line}\n"));
    }
    data["notes"] = contacts::views_of_notes(book, &customer, today)?.into();
    if cards.is_empty() {
        text.push_str(&format!(
            "\nNo card is saved. Add one with `dues card add {} TOKEN`.\n",
            customer.code
        ));
    } else {
        text.push_str(&format!("\n{}\n", cards_table(&customer.code, &cards)));
    }
    if !invoices.is_empty() {
        text.push_str(&format!(
            "\n{}\n",
            invoices_table(&customer.code, &invoices, today)
        ));
    }
    Ok(Report::new("dues.customer/1", data, text))
}

fn hold(session: &Session, word: &str, because: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), word)?;
    let because = &Text::Reason.read(because.unwrap_or("no reason given"))?;
    session.change(&mut books, |tx| tx.hold_customer(&customer, because))?;
    let code = &customer.code;
    let text = format!(
        "{code} is on hold ({}): schedules and autopay pass over it until `dues customer release {code}`. \
         `dues charge {code}` still charges.{}",
        because,
        session.dry_note()
    );
    let mut data = views::customer(&customer);
    data["on_hold"] = because.as_str().into();
    Ok(Report::new("dues.customer/1", data, text))
}

fn release(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), word)?;
    session.change(&mut books, |tx| {
        if tx.release_customer(&customer)? {
            Ok(())
        } else {
            Err(not_held(&customer.code))
        }
    })?;
    let text = format!(
        "{} is no longer on hold.{}",
        customer.code,
        session.dry_note()
    );
    let mut data = views::customer(&customer);
    data["on_hold"] = Value::Null;
    Ok(Report::new("dues.customer/1", data, text))
}

fn not_held(code: &str) -> Problem {
    Problem::refused("not_on_hold", format!("{code} is not on hold"))
        .hint(format!("See it with `dues customer show {code}`."))
}

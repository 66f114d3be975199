//! `dues customer`: who owes.

mod contacts;

use clap::{Args, Subcommand};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::dispute;
use super::listing::{self, Listing};
use super::payment::POLICIES;
use super::session::Session;
use super::tables::{cards_table, invoices_table, joined, with_consent};
use super::terminal::Report;
use super::{merging, picking};
use crate::books::{Balance, Customers};
use crate::domain::allotting::Policy;
use crate::domain::customer::{Customer, NewCustomer, code_for};
use crate::domain::terms::Terms;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;

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

/// Add a customer
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues customer add \"Rosa's Flower Market\" --code ROSA --email ap@rosa.example"
)]
pub struct Add {
    /// The customer's name
    name: Option<String>,
    /// The short code you will type; made from the name if not given
    #[arg(long)]
    code: Option<String>,
    /// Where confirmations go
    #[arg(long)]
    email: Option<String>,
    /// What your other system calls them: the id in its files
    #[arg(long)]
    id: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    /// Where invoices go, on a line
    #[arg(long, value_name = "ADDRESS")]
    billing_address: Option<String>,
    /// When invoices are due: `net 30`, `eom`, `eom+10`, `2/10 net 30`, `prepaid`
    #[arg(long, default_value = "net 30")]
    terms: String,
}

/// Change a customer
#[derive(Debug, Args)]
pub struct Edit {
    /// A code, or the beginning of a name
    customer: String,
    /// The new name
    #[arg(long)]
    name: Option<String>,
    /// The new code; the one before still means them
    #[arg(long)]
    code: Option<String>,
    /// Where confirmations go; `none` for nowhere
    #[arg(long)]
    email: Option<String>,
    /// One more id that your other systems call them by
    #[arg(long)]
    id: Option<String>,
    /// `none` for none
    #[arg(long)]
    phone: Option<String>,
    /// Where invoices go, on a line; `none` for nowhere
    #[arg(long, value_name = "ADDRESS")]
    billing_address: Option<String>,
    /// When new invoices are due: `net 30`, `eom`, `eom+10`, `2/10 net 30`, `prepaid`
    #[arg(long)]
    terms: Option<String>,
    /// What their money pays where they say nothing: the invoices that were due first (the default) or
    /// issued first, only what it is exactly, or none
    #[arg(long, value_parser = POLICIES)]
    allocate: Option<String>,
}

/// List customers
#[derive(Debug, Args)]
pub struct List {
    /// Only those whose code, name, address, phone, id or contact has this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only those with an invoice past due by more than so many days: `90d`
    #[arg(long, value_name = "DAYS")]
    over: Option<String>,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Archived ones too
    #[arg(long)]
    archived: bool,
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

impl Add {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => session.terminal.line("The customer's name", "NAME")?,
        };
        let name = Text::CustomerName.read(&name)?;
        let email = read(Text::MailAddress, self.email.as_deref())?;
        let terms = Terms::parse(&self.terms)?;
        let phone = read(Text::Phone, self.phone.as_deref())?;
        let billing_address = read(Text::PostalAddress, self.billing_address.as_deref())?;
        let taken = books.read().codes()?;
        let code = match &self.code {
            Some(given) => Text::CustomerCode.read(given)?,
            None => code_for(&name, |code| taken.contains(code)),
        };
        let id = (self.id.as_deref())
            .map(|id| Text::CustomerId.read(id))
            .transpose()?;
        let same = books.read().customers_named(&name)?;
        let customer = session.change(&mut books, |tx| {
            let added = tx.add_new_customer(&NewCustomer {
                code: &code,
                code_is_made_up: self.code.is_none(),
                name: &name,
                name_is_made_up: false,
                email: email.as_deref(),
                phone: phone.as_deref(),
                billing_address: billing_address.as_deref(),
                terms,
            })?;
            let customer = tx.read().customer(added)?;
            if let Some(id) = &id {
                tx.note_customer_id(&customer, id)?;
            }
            Ok(customer)
        })?;
        let mut text = format!("Added {name} as {code}.");
        match &email {
            Some(email) => text.push_str(&format!(" Confirmations go to {email}.")),
            None => text.push_str(&format!(
                " No confirmations are mailed until there is an address: `dues customer edit {code} --email ADDRESS`."
            )),
        }
        let mut report = Report::new(
            "dues.customer/1",
            views::customer(&customer),
            text + session.dry_note(),
        );
        if let Some(same) = same.first() {
            report.warnings.push(format!(
                "{} has the same name; if it is the same customer, use that one",
                same.code
            ));
        }
        Ok(report)
    }
}

impl Edit {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let mut customer = picking::customer(session, books.read(), &self.customer)?;
        let id = (self.id.as_deref())
            .map(|id| Text::CustomerId.read(id))
            .transpose()?;
        let policy = self.allocate.as_deref().and_then(Policy::from_word);
        let code = read(Text::CustomerCode, self.code.as_deref())?;
        let changes = [
            &self.name,
            &self.email,
            &self.phone,
            &self.billing_address,
            &self.terms,
        ]
        .iter()
        .any(|it| it.is_some());
        if !changes && id.is_none() && code.is_none() && policy.is_none() {
            return Err(
                Problem::usage("nothing_to_change", "nothing to change was given").hint(
                    "Add `--name`, `--code`, `--email`, `--phone`, `--billing-address`, `--id`, `--terms` or `--allocate`.",
                ),
            );
        }
        if let Some(name) = &self.name {
            customer.name = Text::CustomerName.read(name)?;
            customer.name_is_made_up = false;
        }
        if let Some(email) = &self.email {
            customer.email = or_none(Text::MailAddress, email)?;
        }
        if let Some(phone) = &self.phone {
            customer.phone = or_none(Text::Phone, phone)?;
        }
        if let Some(address) = &self.billing_address {
            customer.billing_address = or_none(Text::PostalAddress, address)?;
        }
        if let Some(terms) = &self.terms {
            customer.terms = Terms::parse(terms)?;
        }
        session.change(&mut books, |tx| {
            if let Some(id) = &id {
                tx.note_customer_id(&customer, id)?;
            }
            if let Some(policy) = policy {
                tx.set_policy(&customer, policy)?;
            }
            if changes {
                tx.edit_customer(&customer)?;
            }
            if let Some(code) = &code {
                tx.change_code(&customer, code)?;
                customer.code.clone_from(code);
            }
            Ok(())
        })?;
        let paid = policy.map_or_else(String::new, |policy| {
            format!("; their money is applied by `{policy}`")
        });
        let policy = match policy {
            Some(policy) => policy,
            None => books.read().policy_of(customer.id)?,
        };
        let text = format!(
            "{code} is {name}; {mails}; terms are {terms}{paid}.{dry}",
            code = customer.code,
            name = customer.name,
            mails = customer.email.as_ref().map_or_else(
                || "no confirmations are mailed".to_owned(),
                |email| format!("confirmations go to {email}")
            ),
            terms = customer.terms,
            dry = session.dry_note(),
        );
        let mut data = views::customer(&customer);
        data["allocate"] = policy.word().into();
        Ok(Report::new("dues.customer/1", data, text))
    }
}

/// How customers are listed.
const CUSTOMERS: Listing = Listing {
    schema: "dues.customers/1",
    headers: &["code", "name", "mail", "open", "late", "owes", "credit"],
    figures: &[3, 4, 5, 6],
    none: "No customers yet. Add one with `dues customer add`, or import invoices with `--create-customers`.",
};

impl List {
    fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let today = session.today(&books)?;
        let due_before = match &self.over {
            Some(days) => Some(before(today, days)?),
            None => None,
        };
        let wanted = Customers {
            search: self.search.as_deref(),
            due_before,
            limit: self.limit,
            archived: self.archived,
        };
        let listing = Listing {
            none: if self.search.is_some() || self.over.is_some() {
                "No customer is like that."
            } else {
                CUSTOMERS.none
            },
            ..CUSTOMERS
        };
        listing::show(session, &listing, |rows| {
            books
                .read()
                .each_customer(today, &wanted, |customer, balance| {
                    rows.row(
                        || with_balance(customer, balance),
                        || {
                            vec![
                                customer.code.clone(),
                                customer.name.clone(),
                                customer.email.clone().unwrap_or_else(|| "-".to_owned()),
                                balance.invoices.to_string(),
                                balance.overdue.to_string(),
                                joined(balance.open.each()),
                                joined(balance.credit.each()),
                            ]
                        },
                    )
                })?;
            Ok(String::new())
        })
    }
}

/// The day before which an invoice was due that is late by more than `90d`.
fn before(today: Date, days: &str) -> Result<Date> {
    let number = days.trim();
    let number = number.strip_suffix('d').unwrap_or(number);
    let is_a_number =
        (1..=5).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    let count: Option<i64> = is_a_number.then(|| number.parse().ok()).flatten();
    let day = count.and_then(|count| today.checked_sub(count.days()).ok());
    day.ok_or_else(|| {
        Problem::usage("bad_days", format!("`{days}` is not a number of days"))
            .hint("Write it as `--over 90d`.")
    })
}

fn with_balance(customer: &Customer, balance: &Balance) -> Value {
    let mut data = views::customer(customer);
    for (name, sums) in [("open", &balance.open), ("credit", &balance.credit)] {
        data[name] = sums.each().iter().map(|sum| views::money(*sum)).collect();
    }
    data["open_invoices"] = balance.invoices.into();
    data["overdue_invoices"] = balance.overdue.into();
    data
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let today = session.today(&books)?;
    let customer = picking::customer(session, book, word)?;
    let balance = book.balance(customer.id, today)?;
    let mut data = with_balance(&customer, &balance);
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

fn read(kind: Text, text: Option<&str>) -> Result<Option<String>> {
    Ok(text.map(|text| kind.read(text)).transpose()?)
}

/// A change to a text, or `none`.
fn or_none(kind: Text, text: &str) -> Result<Option<String>> {
    match text {
        "none" => Ok(None),
        text => Ok(Some(kind.read(text)?)),
    }
}

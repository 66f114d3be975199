//! `dues customer add` and `edit`: what is said of a customer.

use clap::Args;

use crate::cli::payment::POLICIES;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::allotting::Policy;
use crate::domain::customer::{NewCustomer, code_for};
use crate::domain::terms::Terms;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;

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

impl Add {
    pub fn run(&self, session: &Session) -> Result<Report> {
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
    pub fn run(&self, session: &Session) -> Result<Report> {
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

/// What was given, read as what it is to be.
pub fn read(kind: Text, text: Option<&str>) -> Result<Option<String>> {
    Ok(text.map(|text| kind.read(text)).transpose()?)
}

/// A change to a text, or `none`.
fn or_none(kind: Text, text: &str) -> Result<Option<String>> {
    match text {
        "none" => Ok(None),
        text => Ok(Some(kind.read(text)?)),
    }
}

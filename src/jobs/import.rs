//! Imports invoices: all of a file, or none of it.
//!
//! The same file twice changes nothing: an invoice that is in the book as the
//! file has it is counted, one that differs stops the import.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::{Compared, compare, not_owed};
use super::whose::{Party, Whose, called, described, whose};
use crate::books::{Books, Reader, Tx};
use crate::domain::customer::{Customer, NewCustomer, code_for};
use crate::domain::ids::CustomerId;
use crate::domain::invoice::{Invoice, NewInvoice};
use crate::domain::money::Money;
use crate::domain::terms::Terms;
use crate::domain::text::Text;
use crate::intake::{Draft, RowError, Sheet, Who};
use crate::problem::{Deed, Kind, Problem, Result};

/// Where the drafts come from and what may be made of them.
#[derive(Debug)]
pub struct Import<'a> {
    /// As the user named it.
    pub file: &'a str,
    pub sha256: &'a str,
    pub sheet: &'a Sheet,
    pub create_customers: bool,
}

/// What an import did, or would do.
#[derive(Debug, Default)]
pub struct Imported {
    /// New invoices by currency: how many, their totals, and what of it was paid before.
    pub new: Vec<(usize, Money, Money)>,
    pub unchanged: usize,
    /// Code and name of each customer that was made.
    pub customers: Vec<(String, String)>,
    /// Code and id of each customer whose id in the other system is known now.
    pub learned: Vec<(String, String)>,
    /// Code and mail address of each customer who had none.
    pub addresses: Vec<(String, String)>,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum NotImported {
    /// Every row that stands in the way.
    Rows(Vec<RowError>),
    /// The book would not take it.
    Book(Problem),
}

impl From<Problem> for NotImported {
    fn from(problem: Problem) -> Self {
        Self::Book(problem)
    }
}

/// Books the drafts within `run`, which writes or rehearses.
///
/// # Errors
///
/// [`NotImported`]; nothing was changed.
pub fn import(
    books: &mut Books,
    import: &Import<'_>,
    run: impl FnOnce(&mut Books, &dyn Fn(&Tx<'_>) -> Result<Imported>) -> Result<Imported>,
) -> Result<Imported, NotImported> {
    let plan = Plan::of(books.read(), import)?;
    if !plan.errors.is_empty() {
        return Err(NotImported::Rows(plan.errors));
    }
    Ok(run(books, &|tx| book_drafts(tx, import))?)
}

/// What of a file is new, and what stands in its way.
struct Plan<'d> {
    fresh: Vec<(&'d Draft, Party)>,
    unchanged: usize,
    whose: Whose,
    warnings: Vec<String>,
    errors: Vec<RowError>,
}

impl<'d> Plan<'d> {
    fn of(book: Reader<'_>, import: &Import<'d>) -> Result<Self> {
        let drafts = &import.sheet.drafts;
        let mut known: Vec<Option<Invoice>> = Vec::new();
        for draft in drafts {
            known.push(book.invoice_by_number(draft.number.as_str())?);
        }
        let owner = |invoice: &Option<Invoice>| invoice.as_ref().map(|it| it.customer);
        let owners: Vec<Option<CustomerId>> = known.iter().map(owner).collect();
        let mut whose = whose(book, drafts, &owners)?;
        let mut plan = Self {
            fresh: Vec::new(),
            unchanged: 0,
            warnings: Vec::new(),
            errors: import.sheet.bad.clone(),
            whose: Whose::default(),
        };
        plan.errors
            .append(&mut not_owed_any_more(book, import.sheet)?);
        let (mut behind, mut void_here) = (Vec::new(), Vec::new());
        let mut told = BTreeSet::new();
        for ((draft, known), party) in drafts.iter().zip(&known).zip(whose.rows.drain(..)) {
            let party = match party {
                Ok(party) => party,
                Err(problem) => {
                    plan.refuse(draft, problem);
                    continue;
                }
            };
            if let Party::New(at) = party
                && !import.create_customers
                && told.insert(at)
            {
                // Once for each customer, not for each row.
                plan.refuse(draft, no_such_customer(&whose.strangers[at]));
            }
            let Some(known) = known else {
                plan.fresh.push((draft, party));
                continue;
            };
            let owner = book.customer(known.customer)?;
            let named = match party {
                Party::Known(id) if id == owner.id => None,
                Party::Known(id) => Some(book.customer(id)?.name),
                Party::New(at) => Some(described(&whose.strangers[at])),
            };
            let owners = named.as_deref().map(|named| (owner.name.as_str(), named));
            plan.unchanged += 1;
            match compare(book, known, draft, owners)? {
                Compared::Same => {}
                Compared::Behind => behind.push(draft),
                Compared::VoidHere => void_here.push(draft),
                Compared::Differs(problem) => plan.refuse(draft, problem),
            }
        }
        plan.warnings.append(&mut whose.said);
        plan.warnings.extend(counted(
            &behind,
            "more open in the file than in the book, which has received money since",
        ));
        plan.warnings
            .extend(counted(&void_here, "void in the book, and not in the file"));
        plan.whose = whose;
        Ok(plan)
    }

    fn refuse(&mut self, draft: &Draft, problem: Problem) {
        self.errors.push(RowError {
            line: draft.line,
            problem,
        });
    }
}

/// Rows that say of an open or a paid invoice that it is void, or was never issued.
fn not_owed_any_more(book: Reader<'_>, sheet: &Sheet) -> Result<Vec<RowError>> {
    let again: BTreeSet<String> = sheet
        .drafts
        .iter()
        .map(|draft| draft.number.as_str().to_ascii_lowercase())
        .collect();
    let mut errors = Vec::new();
    for row in &sheet.skipped {
        // A number that was void and issued anew is judged by the newer row.
        let number = row.number.as_deref().unwrap_or_default();
        if number.is_empty() || again.contains(&number.to_ascii_lowercase()) {
            continue;
        }
        if let Some(known) = book.invoice_by_number(number)?
            && let Some(problem) = not_owed(&known, row.why)
        {
            errors.push(RowError {
                line: row.line,
                problem,
            });
        }
    }
    Ok(errors)
}

fn no_such_customer(who: &Who) -> Problem {
    let fact = match (&who.id, called(who)) {
        (Some(id), name) if name != *id => {
            format!("there is no customer `{name}` with the id `{id}`")
        }
        (_, name) => format!("there is no customer `{name}`"),
    };
    Problem::refused("no_such_customer", fact)
        .hint("Add `--create-customers` to make them, or `dues customer add` first.")
}

fn counted(drafts: &[&Draft], what: &str) -> Option<String> {
    let first = drafts.first()?;
    let (number, line) = (&first.number, first.line);
    Some(match drafts.len() {
        1 => format!("invoice {number} (line {line}) is {what}"),
        count => format!("{count} invoices are {what}, the first {number} (line {line})"),
    })
}

fn book_drafts(tx: &Tx<'_>, import: &Import<'_>) -> Result<Imported> {
    let plan = Plan::of(tx.read(), import)?;
    if !plan.errors.is_empty() {
        return Err(Problem::new(
            Kind::Busy,
            "book_changed",
            "the book changed while the file was read",
        )
        .nothing_was(Deed::Written)
        .hint("Import the file again."));
    }
    let mut done = Imported {
        unchanged: plan.unchanged,
        warnings: plan.warnings,
        ..Imported::default()
    };
    for (id, theirs) in &plan.whose.learned {
        let customer = tx.read().customer(*id)?;
        tx.note_customer_id(&customer, theirs)?;
        done.learned.push((customer.code, theirs.clone()));
    }
    for (id, email) in &plan.whose.addresses {
        let mut customer = tx.read().customer(*id)?;
        customer.email = Some(email.clone());
        tx.edit_customer(&customer)?;
        done.addresses.push((customer.code, email.clone()));
    }
    if plan.fresh.is_empty() {
        return Ok(done);
    }
    let batch = tx.begin_import(import.file, import.sha256, plan.fresh.len())?;
    // By name, so that the codes that are made up do not hang on the order of rows.
    let mut strangers: Vec<(usize, &Who)> = plan.whose.strangers.iter().enumerate().collect();
    strangers.sort_by_key(|(_, who)| (called(who).to_lowercase(), &who.id, &who.email));
    let mut codes: BTreeSet<String> = tx.read().codes()?;
    let mut made: BTreeMap<usize, Customer> = BTreeMap::new();
    for (at, who) in strangers {
        let customer = make(tx, who, &mut codes)?;
        done.customers
            .push((customer.code.clone(), customer.name.clone()));
        made.insert(at, customer);
    }
    let mut sums: BTreeMap<&str, (usize, Money, Money)> = BTreeMap::new();
    for (draft, party) in plan.fresh {
        let customer = match party {
            Party::Known(id) => tx.read().customer(id)?,
            Party::New(at) => made[&at].clone(),
        };
        let (due_on, terms) = match draft.due_on {
            Some(due_on) => (due_on, draft.terms),
            None => (
                customer.terms.due_on(draft.issued_on)?,
                Some(customer.terms),
            ),
        };
        let new = NewInvoice {
            terms,
            po_number: None,
            number: draft.number.clone(),
            total: draft.total,
            issued_on: draft.issued_on,
            due_on,
            memo: draft.memo.clone(),
        };
        let id = tx.add_imported_invoice(batch, &customer, &new)?;
        let paid = draft.paid_before();
        if paid.is_positive() {
            tx.add_opening_payment(&customer, id, paid, draft.issued_on)?;
        }
        let zero = Money::zero(draft.total.currency());
        let sum = sums
            .entry(draft.total.currency().code())
            .or_insert((0, zero, zero));
        *sum = (sum.0 + 1, sum.1.plus(draft.total), sum.2.plus(paid));
    }
    done.new = sums.into_values().collect();
    Ok(done)
}

/// A customer by the id of the other system, where it can be a code and is free.
fn make(tx: &Tx<'_>, who: &Who, taken: &mut BTreeSet<String>) -> Result<Customer> {
    let name = called(who);
    let given = who
        .id
        .as_deref()
        .and_then(|id| Text::CustomerCode.read(id).ok());
    let given = given.filter(|code| !taken.contains(code));
    let code_is_made_up = given.is_none() || given != who.id;
    let code = given.unwrap_or_else(|| code_for(&name, |code| taken.contains(code)));
    let id = tx.add_new_customer(&NewCustomer {
        code: &code,
        code_is_made_up,
        name: &name,
        name_is_made_up: who.name.is_none(),
        email: who.email.as_deref(),
        phone: None,
        billing_address: None,
        terms: Terms::USUAL,
    })?;
    taken.insert(code);
    let customer = tx.read().customer(id)?;
    if let Some(id) = &who.id {
        tx.note_customer_id(&customer, id)?;
    }
    Ok(customer)
}

//! Imports invoices: all of a file, or none of it.
//!
//! The same file twice changes nothing: an invoice that is in the book as the
//! file has it is counted, one that differs stops the import.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;

use crate::books::{Books, Reader, Tx};
use crate::domain::customer::{Customer, code_for, same_name};
use crate::domain::invoice::{Invoice, NewInvoice};
use crate::domain::money::Money;
use crate::domain::untrusted::one_line;
use crate::intake::{Draft, RowError, Who};
use crate::problem::{Problem, Result};

/// Where the drafts come from and what may be made of them.
#[derive(Debug)]
pub struct Import<'a> {
    /// As the user named it.
    pub file: &'a str,
    pub sha256: &'a str,
    pub drafts: &'a [Draft],
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
    let errors = stand_in_the_way(books.read(), import)?;
    if !errors.is_empty() {
        return Err(NotImported::Rows(errors));
    }
    Ok(run(books, &|tx| book_drafts(tx, import))?)
}

fn stand_in_the_way(book: Reader<'_>, import: &Import<'_>) -> Result<Vec<RowError>> {
    let mut errors = Vec::new();
    let mut told = Vec::new();
    let shared = shared_names(import.drafts);
    for draft in import.drafts {
        let error = |problem| RowError {
            line: draft.line,
            problem,
        };
        let customer = match find(book, &draft.customer, &shared) {
            Ok(customer) => customer,
            Err(problem) => {
                errors.push(error(problem));
                continue;
            }
        };
        if customer.is_none() && !import.create_customers {
            let name = called(&draft.customer);
            // Once for each name, not for each row.
            if !told.contains(&name) {
                errors.push(error(
                    Problem::refused("no_such_customer", format!("there is no customer `{name}`"))
                        .hint(
                            "Add `--create-customers` to make them, or `dues customer add` first.",
                        ),
                ));
                told.push(name);
            }
        }
        if let Some(known) = book.invoice_by_number(&draft.number)?
            && let Some(problem) = differs(book, &known, customer.as_ref(), draft)?
        {
            errors.push(error(problem));
        }
    }
    Ok(errors)
}

fn book_drafts(tx: &Tx<'_>, import: &Import<'_>) -> Result<Imported> {
    let mut done = Imported::default();
    let mut fresh = Vec::new();
    for draft in import.drafts {
        if tx.read().invoice_by_number(&draft.number)?.is_some() {
            done.unchanged += 1;
        } else {
            fresh.push(draft);
        }
    }
    if fresh.is_empty() {
        return Ok(done);
    }
    let batch = tx.begin_import(import.file, import.sha256, fresh.len())?;
    let shared = shared_names(import.drafts);
    let mut sums: BTreeMap<&str, (usize, Money, Money)> = BTreeMap::new();
    for draft in fresh {
        let customer = if let Some(customer) = find(tx.read(), &draft.customer, &shared)? {
            customer
        } else {
            let made = make(tx, &draft.customer)?;
            done.customers.push((made.code.clone(), made.name.clone()));
            made
        };
        let due_on = match draft.due_on {
            Some(due_on) => due_on,
            None => draft
                .issued_on
                .checked_add(i32::from(customer.terms_days).days())
                .map_err(|error| Problem::bug(error.to_string()))?,
        };
        let new = NewInvoice {
            number: draft.number.clone(),
            total: draft.total,
            issued_on: draft.issued_on,
            due_on,
            memo: draft.memo.as_deref().map(one_line),
        };
        let id = tx.add_imported_invoice(batch, &customer, &new)?;
        if draft.paid.is_positive() {
            tx.add_opening_payment(&customer, id, draft.paid, draft.issued_on)?;
        }
        let zero = Money::zero(draft.total.currency());
        let sum = sums
            .entry(draft.total.currency().code())
            .or_insert((0, zero, zero));
        *sum = (sum.0 + 1, sum.1.plus(draft.total), sum.2.plus(draft.paid));
    }
    done.new = sums.into_values().collect();
    Ok(done)
}

/// The customer that a row means: by code, else by name, else by mail address.
fn find(book: Reader<'_>, who: &Who, shared: &SharedNames) -> Result<Option<Customer>> {
    if let Some(code) = &who.code {
        if let Some(customer) = book.customer_by_code(code)? {
            return Ok(Some(customer));
        }
        // The file tells customers of this name apart by their codes; so do we.
        if who
            .name
            .as_ref()
            .is_some_and(|name| shared.contains(&same_name(name)))
        {
            return match crate::domain::customer::code(code) {
                Some(_) => Ok(None),
                None => Err(Problem::refused(
                    "ambiguous_customer",
                    format!(
                        "several customers of the file share a name, and `{code}` cannot be a code"
                    ),
                )
                .hint("Give each a code of 2 to 16 letters and digits in the file.")),
            };
        }
    }
    if let Some(name) = &who.name {
        if let Some(customer) = book.customer_by_code(name)? {
            return Ok(Some(customer));
        }
        match &book.customers_named(name)?[..] {
            [] => {}
            [one] => return Ok(Some(one.clone())),
            several => {
                let codes: Vec<&str> = several
                    .iter()
                    .map(|customer| customer.code.as_str())
                    .collect();
                return Err(Problem::refused(
                    "ambiguous_customer",
                    format!(
                        "`{name}` is the name of {} customers: {}",
                        several.len(),
                        codes.join(", ")
                    ),
                )
                .hint("Put the code into a column `Customer ID` of the file."));
            }
        }
        return Ok(None);
    }
    match &who.email {
        Some(email) => Ok(book.customers()?.into_iter().find(|customer| {
            customer
                .email
                .as_ref()
                .is_some_and(|known| known.eq_ignore_ascii_case(email))
        })),
        None => Ok(None),
    }
}

/// Names that a file gives to more than one customer code.
type SharedNames = HashSet<String>;

fn shared_names(drafts: &[Draft]) -> SharedNames {
    let mut codes: HashMap<String, &str> = HashMap::new();
    let mut shared = SharedNames::new();
    for draft in drafts {
        if let (Some(name), Some(code)) = (&draft.customer.name, &draft.customer.code) {
            let name = same_name(name);
            let first = codes.entry(name.clone()).or_insert(code);
            if !first.eq_ignore_ascii_case(code) {
                shared.insert(name);
            }
        }
    }
    shared
}

fn called(who: &Who) -> String {
    [&who.name, &who.email, &who.code]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
}

fn make(tx: &Tx<'_>, who: &Who) -> Result<Customer> {
    let name = one_line(&called(who));
    let taken: Vec<String> = tx
        .read()
        .customers()?
        .into_iter()
        .map(|customer| customer.code)
        .collect();
    let given = who.code.as_deref().and_then(crate::domain::customer::code);
    let code = given
        .filter(|code| !taken.contains(code))
        .unwrap_or_else(|| code_for(&name, |code| taken.iter().any(|other| other == code)));
    let email = who
        .email
        .as_deref()
        .filter(|email| crate::domain::customer::is_email(email));
    let id = tx.add_customer(&code, &name, email, DEFAULT_TERMS)?;
    tx.read().customer(id)
}

/// Days from issue to due for customers that an import makes.
const DEFAULT_TERMS: u16 = 30;

/// What of an invoice in the book differs from the file, if anything.
fn differs(
    book: Reader<'_>,
    known: &Invoice,
    customer: Option<&Customer>,
    draft: &Draft,
) -> Result<Option<Problem>> {
    let owner = book.customer(known.customer)?;
    let changed = if customer.is_none_or(|customer| customer.id != owner.id) {
        Some(format!(
            "customer {} -> {}",
            owner.name,
            called(&draft.customer)
        ))
    } else if known.total != draft.total {
        Some(format!("amount {} -> {}", known.total, draft.total))
    } else if known.issued_on != draft.issued_on {
        Some(format!("issued {} -> {}", known.issued_on, draft.issued_on))
    } else if draft.due_on.is_some_and(|due_on| due_on != known.due_on) {
        let due_on = draft.due_on.unwrap_or(known.due_on);
        Some(format!("due {} -> {due_on}", known.due_on))
    } else {
        None
    };
    Ok(changed.map(|changed| {
        Problem::refused(
            "conflict",
            format!(
                "invoice `{}` is in the book and differs: {changed}",
                known.number
            ),
        )
        .hint("Correct the file, or make the old invoice void and give the new one a new number.")
    }))
}

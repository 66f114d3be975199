//! What is said of a customer who is not certain.

use super::{Group, listed};
use crate::domain::customer::Customer;
use crate::intake::Who;
use crate::problem::Problem;

/// How a person calls somebody whom the book does not know.
pub(in crate::jobs) fn called(who: &Who) -> String {
    let called = [&who.name, &who.email, &who.id];
    called
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
}

/// Name and id, as far as the file has them.
pub(in crate::jobs) fn described(who: &Who) -> String {
    match (&who.id, who.name.is_some() || who.email.is_some()) {
        (Some(id), true) => format!("{} with the id `{id}`", called(who)),
        _ => called(who),
    }
}

fn open(fact: String, hint: impl Into<String>) -> Problem {
    Problem::refused("ambiguous_customer", fact).hint(hint)
}

fn contradiction(fact: String, hint: impl Into<String>) -> Problem {
    Problem::refused("customer_contradicts", fact).hint(hint)
}

pub(super) fn two_names(id: &str, group: &Group<'_>) -> Problem {
    let names = listed(group.names.values().copied());
    contradiction(
        format!(
            "the id `{id}` has {} names in the file: {names}",
            group.names.len()
        ),
        "One id is one customer: give each its own, or all of them one name.",
    )
}

pub(super) fn made_up(id: &str, customer: &Customer) -> Problem {
    open(
        format!(
            "`{id}` is a code that dues made up for {}, and may be another customer's id",
            customer.name
        ),
        format!(
            "Add a column with the customers' names; or, if it is theirs, `dues customer edit {} --id {id}`.",
            customer.code
        ),
    )
}

pub(super) fn other_name(id: &str, customer: &Customer, name: &str) -> Problem {
    contradiction(
        format!(
            "`{id}` is {} in the book, and {name} in the file",
            customer.name
        ),
        format!(
            "If that is their new name, `dues customer edit {} --name NAME` first; \
             if the ids are another system's, take their column out.",
            customer.code
        ),
    )
}

pub(super) fn code_as_name(name: &str, customer: &Customer) -> Problem {
    open(
        format!(
            "`{name}` stands in the column of names, and is the customer code of {}",
            customer.name
        ),
        "If the column holds codes, call it `Customer ID`; if it is another customer's name, \
         `dues customer add` them first.",
    )
}

pub(super) fn two_mails(name: &str, group: &Group<'_>) -> Problem {
    let mails = listed(group.mails.iter().map(String::as_str));
    open(
        format!(
            "`{name}` has {} mail addresses in the file: {mails}",
            group.mails.len()
        ),
        "If it is one customer, leave one of them; if not, give each an id in a column `Customer ID`.",
    )
}

pub(super) fn other_mail(name: &str, theirs: &str, mail: &str) -> Problem {
    contradiction(
        format!("`{name}` has the mail address {theirs}, and {mail} in this row"),
        "If it is one customer, change the address with `dues customer edit`, or leave it out of the file; \
         if not, `dues customer add` the other one, and give each an id in a column `Customer ID`.",
    )
}

pub(super) fn several(what: &str, shown: &[String]) -> Problem {
    open(
        format!("{what} of {} customers: {}", shown.len(), shown.join(", ")),
        "Put the code or the id into a column `Customer ID` of the file.",
    )
}

pub(super) fn which(name: &str, ids: &[&str], free: &[&Customer]) -> Problem {
    let codes = listed(free.iter().map(|customer| customer.code.as_str()));
    open(
        format!(
            "which id is whose of `{name}`: {} in the file, {codes} in the book",
            listed(ids.iter().copied())
        ),
        "Say which is whose with `dues customer edit CODE --id ID`, then import the file again.",
    )
}

//! A script's request id: the same id never makes a second charge.

use super::plan::Wish;
use crate::books::{ChargeRow, Reader};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::ids::{AttemptName, sha256_hex};
use crate::domain::spread::{Share, Wanted};
use crate::problem::{Deed, Problem, Result};

/// The charge that this request id made before, if it asked for the same.
///
/// # Errors
///
/// Exit 1 if it asked for something else.
pub fn repeated(book: Reader<'_>, wish: &Wish) -> Result<Option<ChargeRow>> {
    let Some(request_id) = &wish.request_id else {
        return Ok(None);
    };
    let Some(earlier) = book.charge_by_request(request_id)? else {
        return Ok(None);
    };
    // Of a charge that was taken back into the book nobody knows how it was asked for.
    let asked = spellings(book, wish)?;
    let differs = |text: &String| !asked.contains(text);
    let is_anothers = earlier.customer != wish.customer.id;
    if is_anothers || earlier.request_text.as_ref().is_some_and(differs) {
        return Err(used_for(
            request_id,
            &format!("another charge, {}", earlier.id),
        ));
    }
    // What it was to take came late: that is its result.
    let late = book.taken_back_beside(earlier.id)?.into_iter().next();
    Ok(Some(match earlier.attempt.state {
        State::Succeeded => earlier,
        _ => late.unwrap_or(earlier),
    }))
}

/// What this request id applied from money on account before, if it asked for
/// the same.
///
/// # Errors
///
/// Exit 1 if it asked for something else.
pub fn applied_before(book: Reader<'_>, wish: &Wish) -> Result<Option<Vec<Share>>> {
    let Some(request_id) = &wish.request_id else {
        return Ok(None);
    };
    let Some(earlier) = book.applied_by_request(request_id)? else {
        return Ok(None);
    };
    if !spellings(book, wish)?.contains(&earlier.text) {
        return Err(used_for(
            request_id,
            "something else, paid from money on account",
        ));
    }
    Ok(Some(earlier.shares))
}

/// No charge is made, and nothing applied, for a request that another command
/// has answered meanwhile.
pub(super) fn require_unanswered(book: Reader<'_>, wish: &Wish) -> Result<()> {
    let Some(request_id) = &wish.request_id else {
        return Ok(());
    };
    let answered = book.charge_by_request(request_id)?.is_some()
        || book.applied_by_request(request_id)?.is_some();
    if answered {
        return Err(used_for(
            request_id,
            "what another command has done meanwhile",
        ));
    }
    Ok(())
}

fn used_for(request_id: &str, what: &str) -> Problem {
    Problem::refused(
        "request_id_reused",
        format!("request id `{request_id}` was used for {what}"),
    )
    .hint("Use a new request id for each charge; repeat one only with the same arguments.")
}

/// A request's next attempt may have been made from a book that was lost: it
/// then stands beside its charge, or was set aside. Why it is not made again.
///
/// # Errors
///
/// The book cannot be read.
pub(super) fn made_already(
    book: Reader<'_>,
    card: &Card,
    name: &AttemptName,
) -> Result<Option<Problem>> {
    let made = book.attempt_with_reference(&name.reference)?;
    let as_what = match &made {
        Some(made) => format!("as {}", made.purpose),
        None if book.is_set_aside(&card.account, &name.reference, "")? => {
            "and set aside".to_owned()
        }
        None => return Ok(None),
    };
    let problem = Problem::refused(
        "request_id_reused",
        format!("the next attempt of this request was made already, {as_what}"),
    )
    .nothing_was(Deed::Charged)
    .hint("Use a new request id for what is to be charged now.");
    Ok(Some(problem))
}

/// How a book may have kept what is asked for: by whatever code the customer
/// was called then, and in a book of an earlier version in the words themselves.
fn spellings(book: Reader<'_>, wish: &Wish) -> Result<Vec<String>> {
    let mut spellings = Vec::new();
    for code in book.codes_of(&wish.customer)? {
        let words = words(wish, &code);
        spellings.extend([sha256_hex(words.as_bytes()), words]);
    }
    Ok(spellings)
}

/// What a script asked for, to tell a repetition from a mistake: a hash, for
/// in words the numbers of invoices could read as a card's.
pub(super) fn spelled(wish: &Wish) -> String {
    sha256_hex(words(wish, &wish.customer.code).as_bytes())
}

/// In one spelling, which books keep the hash of: it is never changed.
fn words(wish: &Wish, code: &str) -> String {
    let wanted = match &wish.wanted {
        Wanted::Invoices(picks) => picks
            .iter()
            .map(|pick| match pick.amount {
                Some(amount) => format!("{}={amount}", pick.number),
                None => pick.number.clone(),
            })
            .collect::<Vec<_>>()
            .join(" "),
        Wanted::AllDue { except } => format!("all due but [{}]", except.join(" ")),
        Wanted::Amount {
            amount,
            except,
            on_account,
        } => {
            format!(
                "{amount} but [{}] on account {on_account}",
                except.join(" ")
            )
        }
    };
    format!(
        "{code} card {} pays {wanted} credits {}",
        wish.card.as_deref().unwrap_or("default"),
        wish.use_credits
    )
}

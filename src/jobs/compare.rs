//! An invoice that a file brings again, held against the one in the book.
//!
//! What a second file says of an invoice is news, and news is never passed
//! over: the card of a customer who has paid elsewhere would be charged. Only
//! what the book itself has since received explains that the file shows more
//! open than the book; it was made before, or the other system was not told.

use crate::books::Reader;
use crate::domain::credit::Allocation;
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::intake::{Draft, Passed};
use crate::problem::{Problem, Result};

/// How an invoice of the file stands to the one in the book.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Same,
    /// The file is behind: it shows more open than the book has.
    Behind,
    /// It is void in the book and not in the file.
    VoidHere,
    Differs(Problem),
}

/// Compares a row with the invoice of its number; `owners` is who owes it
/// in the book and in the file, where that is not the same.
pub(super) fn compare(
    book: Reader<'_>,
    known: &Invoice,
    draft: &Draft,
    owners: Option<(&str, &str)>,
) -> Result<Compared> {
    let mut differences = Vec::new();
    if let Some((here, there)) = owners {
        differences.push(format!("customer {here} -> {there}"));
    }
    if known.total != draft.total {
        differences.push(format!("amount {} -> {}", known.total, draft.total));
    }
    if known.issued_on != draft.issued_on {
        differences.push(format!("issued {} -> {}", known.issued_on, draft.issued_on));
    }
    if let Some(due_on) = draft.due_on.filter(|due_on| *due_on != known.due_on) {
        differences.push(format!("due {} -> {due_on}", known.due_on));
    }
    if !differences.is_empty() {
        return Ok(Compared::Differs(
            differs(known, &differences.join(", ")).hint(
                "Correct the file, or make the old invoice void and give the new one a new number.",
            ),
        ));
    }
    let open_there = draft.total.minus(draft.paid_before());
    if known.is_void {
        return Ok(if open_there.is_zero() {
            Compared::Same
        } else {
            Compared::VoidHere
        });
    }
    let Some(paid_there) = draft.paid else {
        return Ok(Compared::Same);
    };
    Ok(money(
        known,
        &book.allocations_made_to(known.id)?,
        paid_there,
    ))
}

/// What was paid, here and there.
fn money(known: &Invoice, allocations: &[Allocation], paid_there: Money) -> Compared {
    let open_there = known.total.minus(paid_there);
    if open_there == known.open {
        return Compared::Same;
    }
    if open_there.minor() < known.open.minor() {
        let change = format!("open {} -> {}", known.open.decimal(), open_there);
        return Compared::Differs(differs(known, &change).hint(what_to_do(known)));
    }
    let mut paid = Money::zero(known.total.currency());
    let mut was_so = |allocation: &Allocation| {
        paid = paid.plus(allocation.amount);
        paid == paid_there
    };
    if paid_there.is_zero() || allocations.iter().any(&mut was_so) {
        return Compared::Behind;
    }
    let change = format!(
        "paid {} -> {}, which is none of the sums that were paid here",
        known.total.minus(known.open).decimal(),
        paid_there
    );
    Compared::Differs(differs(known, &change).hint(what_to_do(known)))
}

/// An invoice that is not owed by the file, and is owed or was paid by the book.
pub(super) fn not_owed(known: &Invoice, why: Passed) -> Option<Problem> {
    if known.is_void {
        return None;
    }
    let (open, why) = (known.open, why.word());
    let paid = known.total.minus(open);
    let change = match (open.is_positive(), paid.is_positive()) {
        (_, false) => format!("open {open} -> {why}"),
        (false, true) => format!("{why} in the file; {paid} is paid in the book"),
        (true, true) => {
            format!("{why} in the file; {paid} is paid and {open} open in the book")
        }
    };
    let hint = if open.is_positive() {
        what_to_do(known)
    } else {
        "Look up what became of the money, then correct the row or take it out of the file."
            .to_owned()
    };
    Some(differs(known, &change).hint(hint))
}

fn differs(known: &Invoice, change: &str) -> Problem {
    let number = &known.number;
    Problem::refused(
        "conflict",
        format!("invoice `{number}` is in the book and differs: {change}"),
    )
}

/// What can be done today about money that came in elsewhere.
fn what_to_do(known: &Invoice) -> String {
    let number = &known.number;
    if known.reserved.is_positive() {
        return "A charge for it is on its way: run `dues charge recover`, then import the file again."
            .to_owned();
    }
    let end = if known.open == known.total {
        format!("If nothing of it is owed any more, `dues invoice void {number}`; if a part is, ")
    } else {
        String::new()
    };
    let hold = format!(
        "`dues invoice hold {number}` keeps schedules and autopay from charging it; then take its row out of the file."
    );
    if end.is_empty() { hold } else { end + &hold }
}

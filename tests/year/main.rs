//! A rich year, handed over: whoever reads its journal comes to the same cent.
//!
//! From a seed: customers in three currencies and every kind of event that the
//! book knows. hledger and beancount read the exported journal and agree with
//! `dues` on what each customer owes and has on account, and on all of it, at
//! each month's end. A small year runs with every test;
//! `DUES_TEST_RICH_YEAR=whole` asks for 500 customers and 20,000 invoices.

mod business;
mod chance;
mod deeds;
mod handed;
mod money_back;
mod money_in;
mod others;

use std::time::Instant;

use business::{Size, lived};
use handed::{Handed, Statement};
use others::{Beancount, Hledger};

/// What a year must have had: every kind of event that the book knows.
const KINDS: [&str; 44] = [
    "a bounce",
    "a bounce with a fee",
    "a card charged",
    "a card declined",
    "a charge voided",
    "a charge whose outcome was found out later",
    "a closing undone",
    "a credit applied",
    "a credit memo cancelled",
    "a credit memo for an invoice",
    "a credit memo on account",
    "a customer given another code",
    "a customer merged into another",
    "a deposit",
    "a discount taken",
    "a dispute accepted",
    "a dispute lost",
    "a dispute won",
    "a due date changed",
    "a month closed",
    "a paid invoice corrected",
    "a part disputed",
    "a payment disputed",
    "a payment moved",
    "a payment taken back from an invoice",
    "a refund",
    "a refund that the bank sent back",
    "a refund that was refused or found out later",
    "a short payment",
    "a write-off",
    "all that was free applied",
    "an invoice",
    "an invoice corrected that was sent",
    "an invoice made void",
    "an invoice paid in part",
    "an invoice that was paid in part before it was imported",
    "an open invoice corrected",
    "invoices paid that were named",
    "money by a policy",
    "money given its owner",
    "money that nobody could name",
    "more paid than is open",
    "small ones written off together",
    "what was taken off asked for again",
];

#[test]
fn a_rich_year_is_accepted_by_others_to_the_cent() {
    let size = match std::env::var("DUES_TEST_RICH_YEAR") {
        Ok(wish) => {
            assert_eq!(wish, "whole", "DUES_TEST_RICH_YEAR is `whole` or not there");
            Size::WHOLE
        }
        Err(_) => Size::SMALL,
    };
    let began = Instant::now();
    let year = lived(2026, size);
    println!(
        "{} invoices of {} customers in {} s:",
        size.invoices,
        size.customers,
        began.elapsed().as_secs()
    );
    for (kind, times) in &year.happened {
        println!("{times:7} {kind}");
    }
    for kind in KINDS {
        assert!(year.happened.contains_key(kind), "{kind}: not in this year");
    }
    let handed = Handed::of(&year.folder);

    assert_eq!(handed.check(), "", "`dues check` is not silent");
    let ends = handed.at_each_months_end();
    assert_eq!(ends.len(), 12);
    assert!(
        ends.iter().all(|end| end.owed.len() > size.customers / 2),
        "somebody owes something"
    );

    if let Some(hledger) = Hledger::found() {
        let file = handed.journal("hledger");
        assert_eq!(hledger.departures(&file, &ends), Vec::<String>::new());
        assert_eq!(
            hledger.departures(&file, &a_cent_off(&ends)).len(),
            1,
            "a cent that is off is found"
        );
    }
    if let Some(beancount) = Beancount::found() {
        let file = handed.journal("beancount");
        assert_eq!(beancount.departures(&file, &ends), Vec::<String>::new());
        assert_eq!(
            beancount.departures(&file, &a_cent_off(&ends)).len(),
            1,
            "a cent that is off is found"
        );
    }
    println!("{} s in all", began.elapsed().as_secs());
}

/// The same, but for one cent of one customer in one month.
fn a_cent_off(ends: &[Statement]) -> Vec<Statement> {
    let mut off = ends.to_vec();
    let one = off[6].owed.values_mut().next().expect("somebody owes");
    *one += 1;
    off
}

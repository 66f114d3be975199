//! The journal as files that accounting programs import: QuickBooks and Xero.
//!
//! They are handed what happened and nothing else: what there was before, and
//! what comes of it, they know by themselves.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use jiff::civil::Date;

use super::sheet::Cell;
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// One line of an entry.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// What the account is called in the other program.
    pub account: &'a str,
    /// The customer whose line it is.
    pub customer: &'a str,
    /// A debit is positive.
    pub amount: Money,
}

/// The first lines of a file for QuickBooks Desktop
/// (<http://support.quickbooks.intuit.com/support/Pages/InProductHelp/Core/QB2K8/ContentPackage/Core/IIF/iif_reference_transactions.html>).
pub const IIF_HEAD: &str = "!TRNS\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tMEMO\n\
    !SPL\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tMEMO\n\
    !ENDTRNS\n";

/// An entry for QuickBooks Desktop. Debits are positive, and its lines are zero in all.
#[must_use]
pub fn iif(on: Date, what: &str, parts: &[Part<'_>]) -> String {
    let date = on.strftime("%m/%d/%Y");
    let mut text = String::new();
    for (nth, part) in parts.iter().enumerate() {
        let keyword = if nth == 0 { "TRNS" } else { "SPL" };
        let (account, customer, amount) = (part.account, part.customer, part.amount.decimal());
        text.push_str(&format!(
            "{keyword}\tGENERAL JOURNAL\t{date}\t{account}\t{customer}\t{amount}\t{what}\n"
        ));
    }
    text.push_str("ENDTRNS\n");
    text
}

/// The text in the letters of Windows, which QuickBooks Desktop reads.
///
/// # Errors
///
/// Exit 1 with the line that has a letter which is not among them.
pub fn in_windows_letters(text: &str) -> Result<Cow<'_, [u8]>> {
    let (bytes, _, is_lossy) = WINDOWS_1252.encode(text);
    if !is_lossy {
        return Ok(bytes);
    }
    let is_strange = |line: &&str| WINDOWS_1252.encode(line).2;
    let line = text.lines().find(is_strange).unwrap_or(text);
    Err(Problem::refused(
        "letters_unknown",
        format!(
            "QuickBooks has no letters for `{}`",
            line.replace('\t', " ")
        ),
    )
    .hint("Write the name in Latin letters with `dues customer edit CODE --name NAME`."))
}

/// How long the name of a customer may be in QuickBooks Desktop, in letters.
pub const QUICKBOOKS_NAME: usize = 41;

/// Why QuickBooks would not read this name as what it is.
#[must_use]
pub fn unreadable_in_quickbooks(name: &str) -> Option<&'static str> {
    if name.chars().count() > QUICKBOOKS_NAME {
        return Some("is longer than the 41 letters that QuickBooks takes");
    }
    if name.contains(':') {
        return Some("has a colon, behind which QuickBooks reads a job");
    }
    name.contains('"')
        .then_some("has a quotation mark, which QuickBooks does not read as a letter")
}

/// How many lines Xero takes in a file (<https://help.xero.com/nz/ManualJournalsImport>).
pub const XERO_LINES: usize = 300;

/// The columns of Xero's template for manual journals; it groups the lines of
/// one narration and date.
pub const XERO_HEAD: [&str; 6] = [
    "*Narration",
    "*Date",
    "Description",
    "*AccountCode",
    "*TaxRate",
    "*Amount",
];

/// A line for Xero. The month is a word, as both orders of day and month are read there.
#[must_use]
pub fn xero(on: Date, narration: &str, tax_rate: &str, part: &Part<'_>) -> Vec<Cell> {
    vec![
        Cell::words(narration),
        Cell::figure(on.strftime("%d %b %Y")),
        Cell::words(part.customer),
        Cell::words(part.account),
        Cell::words(tax_rate),
        Cell::figure(part.amount.decimal()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_quickbooks_lacks_is_refused_with_its_line() {
        let written = in_windows_letters("a\tMüller €\n").unwrap();
        assert_eq!(&*written, b"a\tM\xfcller \x80\n");

        let refused = in_windows_letters("fine\nTRNS\tŁódź\n").unwrap_err();

        assert!(refused.message().contains("`TRNS Łódź`"), "{refused:?}");
    }

    #[test]
    fn a_name_that_quickbooks_reads_otherwise_is_known() {
        let longest = "x".repeat(QUICKBOOKS_NAME);
        assert_eq!(unreadable_in_quickbooks(&longest), None);
        for name in [&*format!("{longest}x"), "Oaks: East", "Rosa \"the\" Oak"] {
            assert!(unreadable_in_quickbooks(name).is_some(), "{name}");
        }
    }
}

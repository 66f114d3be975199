//! The guard at the door: no card number gets into the program by a file.
//!
//! It looks at every cell before anything else is said about the file, so
//! that no later message can repeat a digit. What it finds is named by line
//! and column only.

use csv::StringRecord;

use super::columns::Header;
use super::records::{Records, TOP};
use crate::domain::card_number;
use crate::problem::{Kind, Problem};

/// No number is taken for a card's with fewer digits than these.
const FEWEST: usize = 12;

/// Refuses a file with a card number in any cell: one that passes a brand's
/// rules, or any long number under a header that announces card numbers.
///
/// # Errors
///
/// Exit 9, naming line and column and none of the digits.
pub(super) fn guard(records: &Records<'_>, header: Option<&Header>) -> Result<(), Problem> {
    let mut announced: Vec<usize> = Vec::new();
    let mut seen = 0;
    records.each(|line, record| {
        let may_be_header = header.map_or(seen < TOP, |header| line <= header.line);
        seen += 1;
        for (column, cell) in record.iter().enumerate() {
            if may_hold_a_number(cell) {
                let place = || place(line, column, header);
                if card_number::is_in(cell) {
                    card_number::refuse_in(cell, &place())?;
                }
                if announced.contains(&column) && is_long_number(cell) {
                    return Err(announced_number(&place()));
                }
            }
        }
        if may_be_header {
            announced.extend(announcing(record));
        }
        Ok(())
    })
}

/// Passes by what has too few digits, as most cells do; a byte of any other
/// script may be of a digit.
fn may_hold_a_number(cell: &str) -> bool {
    let may_be_digit = |byte: &u8| byte.is_ascii_digit() || !byte.is_ascii();
    cell.bytes().filter(may_be_digit).count() >= FEWEST
}

fn place(line: u64, column: usize, header: Option<&Header>) -> String {
    // A name is one only below the header, which may itself hold the number.
    match header.filter(|header| line > header.line) {
        Some(header) => format!("line {line}, column {}", header.name_of(column)),
        None => format!("line {line}, column {}", column + 1),
    }
}

fn announced_number(place: &str) -> Problem {
    Problem::new(
        Kind::CardData,
        "card_number",
        format!("{place} stands under the name of a card number; it was not kept"),
    )
    .hint("Card numbers are entered at the gateway only. Take the column out of the file.")
}

/// The columns whose name says card number.
fn announcing(record: &StringRecord) -> impl Iterator<Item = usize> + '_ {
    record
        .iter()
        .enumerate()
        .filter(|(_, name)| announces_cards(name))
        .map(|(column, _)| column)
}

fn announces_cards(name: &str) -> bool {
    let words = words(name);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    let outright = has(&[
        "pan",
        "cvv",
        "cvc",
        "cvv2",
        "cvc2",
        "cardnumber",
        "cardno",
        "cardnum",
        "cardnr",
        "ccnumber",
        "ccno",
        "ccnum",
        "ccnr",
        "creditcard",
        "debitcard",
        "kartennummer",
    ]);
    let stands_for_one = has(&[
        "id",
        "token",
        "ref",
        "reference",
        "brand",
        "type",
        "fingerprint",
    ]);
    outright || (has(&["card", "cc"]) && !stands_for_one)
}

/// A name's words, lower case: `ccNumber`, `CC_number` and `Cc Number` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            let last = words.len() - 1;
            words[last].extend(letter.to_lowercase());
        }
        after_small = letter.is_lowercase();
    }
    words
}

/// Twelve digits or more, and nothing but what is put between digits.
fn is_long_number(cell: &str) -> bool {
    let digits = cell.chars().filter(|letter| letter.is_numeric()).count();
    digits >= FEWEST && !cell.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::columns::{find, known_in};

    fn guarded(text: &str) -> Result<(), Problem> {
        let records = Records::of(text, None, known_in);
        guard(&records, find(&records).as_ref())
    }

    #[test]
    fn a_card_number_is_refused_wherever_it_stands() {
        let table = [
            (
                "Number,Customer,Date,Amount,Remark\n\n1,A,B,2,4111 1111 1111 1111\n",
                "line 3, column `Remark` looks like a card number; it was not kept",
            ),
            (
                "Number,Customer,Date,Amount,\n1,A,B,2,4111-1111-1111-1111\n",
                "line 2, column 5 looks like a card number; it was not kept",
            ),
            (
                "Number,Customer,Date,Amount\n1,A,B,2,,,4111111111111111\n",
                "line 2, column 7 looks like a card number; it was not kept",
            ),
            (
                "Number,Customer,Date,4111111111111111\n1,A,B,2\n",
                "line 1, column 4 looks like a card number; it was not kept",
            ),
            (
                "Paid by 4111111111111111\nNumber,Customer,Date,Amount\n",
                "line 1, column 1 looks like a card number; it was not kept",
            ),
            (
                "Number,Customer,Date,Amount\n1,A,B,\"4111111111111111\n",
                "line 2, column `Amount` looks like a card number; it was not kept",
            ),
        ];
        for (text, fact) in table {
            let problem = guarded(text).unwrap_err();

            assert_eq!(problem.message(), fact);
            assert_eq!(problem.kind().exit_code(), 9);
        }
    }

    /// Made-up numbers fail the check digit, and are refused by their header.
    #[test]
    fn a_header_that_says_card_number_needs_no_check_digit() {
        for name in [
            "cc_number",
            "CC",
            "ccNumber",
            "Card No.",
            "Credit Card",
            "PAN",
            "CardNumber",
            "card",
        ] {
            let text = format!("Number,Customer,Date,Amount,{name}\n1,A,B,2,1234 5678 9012 3456\n");

            let problem = guarded(&text).unwrap_err();

            assert_eq!(problem.kind().exit_code(), 9, "{name}");
            assert!(problem.message().starts_with("line 2, column `"), "{name}");
            assert!(!problem.message().contains("1234"), "{name}");
        }
    }

    #[test]
    fn other_long_numbers_pass() {
        for text in [
            "Number,Customer,Date,Amount,Card ID\n1,A,B,2,6130000000000000019\n",
            "Number,Customer,Date,Amount,Company\n1,A,B,2,6130000000000000019\n",
            "Number,Customer,Date,Amount,Card\n1,A,B,2,visa 4242\n",
            "Number,Customer,Date,Amount,Card\n1,A,B,2,************4242\n",
            // Below the header a word is a value, and announces nothing.
            "Number,Customer,Date,Amount,Memo\n1,A,B,2,card\n2,A,B,2,123456789012345\n",
        ] {
            assert_eq!(guarded(text), Ok(()), "{text}");
        }
    }
}

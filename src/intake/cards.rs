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

const WAY_OUT: &str = "Card numbers are entered at the gateway only: take this one out. If it only looks like one, \
     let the column pass with `--not-card COLUMN`.";

/// Where `--not-card` would be refused, or has no column to name.
const NO_WAY_OUT: &str = "Card numbers are entered at the gateway only: take this one out, whether it is one or only looks like one.";

/// What may be shown of a card: its last four digits.
const LAST_FOUR: usize = 4;

/// What a column's name says of card data in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// `PAN`, `Card Number`: no more than a card's last four.
    Number,
    /// `CVV`: not one digit.
    Code,
    /// `Card`: as it may also be a brand's name, only long numbers.
    Perhaps,
}

/// Refuses a file with a card number in any cell: one that passes a brand's
/// rules, or digits under a header that announces them. `not_card` names
/// columns whose numbers only look so; what is kept of a file cannot be among
/// them. Returns what is to be said of columns that are passed over.
///
/// # Errors
///
/// Exit 9, naming line and column and none of the digits; exit 2 where
/// `not_card` names no column.
pub(super) fn guard(
    records: &Records<'_>,
    header: Option<&Header>,
    not_card: &[String],
) -> Result<Vec<String>, Problem> {
    let mut announced: Vec<(usize, Announced)> = Vec::new();
    let mut passed: Vec<usize> = Vec::new();
    let mut notes = Vec::new();
    let mut seen = 0;
    records.each(|line, record| {
        let may_be_header = header.map_or(seen < TOP, |header| line <= header.line);
        seen += 1;
        for (column, cell) in record.iter().enumerate() {
            let said = announced.iter().find(|(at, _)| *at == column);
            if said.is_some_and(|(_, what)| what.forbids(cell)) {
                return Err(announced_number(&place(line, column, header)));
            }
            if may_hold_a_number(cell) && !passed.contains(&column) && card_number::is_in(cell) {
                let refused = card_number::refuse_in(cell, &place(line, column, header));
                let may_pass = header.is_some_and(|header| {
                    line > header.line && column < header.width() && !header.reads(column)
                });
                let hint = if may_pass && said.is_none() {
                    WAY_OUT
                } else {
                    NO_WAY_OUT
                };
                refused.map_err(|problem| problem.hint(hint))?;
            }
        }
        if may_be_header {
            announced.extend(announcing(record));
        }
        if let Some(header) = header.filter(|header| header.line == line) {
            passed = passed_over(record, header, not_card)?;
            let named = |(column, what): &(usize, Announced)| {
                (*what != Announced::Perhaps).then(|| {
                    let name = header.name_of(*column);
                    format!("column {name} is named for card data, and is not read")
                })
            };
            notes = announcing(record).filter_map(|one| named(&one)).collect();
        }
        Ok(())
    })?;
    Ok(notes)
}

/// The columns that a person vouches for.
fn passed_over(
    record: &StringRecord,
    header: &Header,
    not_card: &[String],
) -> Result<Vec<usize>, Problem> {
    let column = |name: &String| {
        let at = record
            .iter()
            .position(|cell| cell.trim().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| {
                Problem::usage("no_such_column", format!("there is no column `{name}`"))
                    .hint("Write the name after `--not-card` as it stands in the file's header.")
            })?;
        if announces(&record[at]).is_some() {
            return Err(not_to_be_passed(name, "is named for card data").hint(
                "Card numbers are entered at the gateway only. Take the column out of the file.",
            ));
        }
        if header.reads(at) {
            return Err(not_to_be_passed(
                name,
                "goes into the book, where nothing may look like a card number",
            )
            .hint(
                "Take the numbers out of it, or give the column a name that dues does not read.",
            ));
        }
        Ok(at)
    };
    not_card.iter().map(column).collect()
}

fn not_to_be_passed(name: &str, fact: &str) -> Problem {
    Problem::new(
        Kind::CardData,
        "card_number",
        format!("column `{name}` {fact}"),
    )
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

impl Announced {
    fn forbids(self, cell: &str) -> bool {
        let digits = cell.chars().filter(|letter| letter.is_numeric()).count();
        match self {
            Self::Number => digits > LAST_FOUR,
            Self::Code => digits > 0,
            // Nothing but what is put between digits.
            Self::Perhaps => digits >= FEWEST && !cell.chars().any(char::is_alphabetic),
        }
    }
}

/// The columns whose name says card number.
fn announcing(record: &StringRecord) -> impl Iterator<Item = (usize, Announced)> + '_ {
    record
        .iter()
        .enumerate()
        .filter_map(|(column, name)| Some((column, announces(name)?)))
}

fn announces(name: &str) -> Option<Announced> {
    let words = words(name);
    let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
    if has(&["cvv", "cvc", "cvv2", "cvc2", "csc", "cav2"]) {
        return Some(Announced::Code);
    }
    let outright = has(&[
        "pan",
        "cardnumber",
        "cardno",
        "cardnum",
        "cardnr",
        "cardpan",
        "ccnumber",
        "ccno",
        "ccnum",
        "ccnr",
        "creditcard",
        "debitcard",
        "kartennummer",
        "kreditkartennummer",
    ]);
    let is_cards = has(&["card", "cc"]);
    if outright || is_cards && has(&["number", "no", "num", "nr"]) {
        return Some(Announced::Number);
    }
    let stands_for_one = has(&[
        "id",
        "token",
        "ref",
        "reference",
        "brand",
        "type",
        "fingerprint",
    ]);
    (is_cards && !stands_for_one).then_some(Announced::Perhaps)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::columns::{find, known_in};

    fn guarded_but(text: &str, not_card: &[&str]) -> Result<Vec<String>, Problem> {
        let records = Records::of(text, None, known_in);
        let not_card: Vec<String> = not_card.iter().map(|&name| name.to_owned()).collect();
        guard(&records, find(&records).as_ref(), &not_card)
    }

    fn guarded(text: &str) -> Result<Vec<String>, Problem> {
        guarded_but(text, &[])
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
            assert_eq!(guarded(text), Ok(vec![]), "{text}");
        }
    }

    #[test]
    fn a_column_that_is_named_for_card_data_is_refused_or_said_to_be_passed_over() {
        let table = [
            ("PAN", "", true),
            ("PAN", "ABCDE1234F", true), // of an Indian tax office
            ("Card Number", "**** 4242", true),
            ("card_number", "424242******4242", false),
            ("PAN", "12345", false),
            ("CVV", "", true),
            ("cvc2", "123", false),
        ];
        for (name, cell, passes) in table {
            let text = format!("Number,Customer,Date,Amount,{name}\n1,A,B,2,{cell}\n");

            match guarded(&text) {
                Ok(notes) if passes => assert_eq!(
                    notes,
                    [format!(
                        "column `{name}` is named for card data, and is not read"
                    )]
                ),
                Err(problem) if !passes => assert_eq!(problem.kind().exit_code(), 9),
                other => panic!("{name} {cell}: {other:?}"),
            }
        }
    }

    /// A hint that is then refused is worse than none.
    #[test]
    fn a_way_out_is_hinted_only_where_there_is_one() {
        let number = "4111 1111 1111 1111";
        let table = [
            (
                format!("Number,Customer,Date,Amount,Remark\n1,A,B,2,{number}\n"),
                true,
            ),
            (
                format!("Number,Customer,Date,Amount,Memo\n1,A,B,2,{number}\n"),
                false,
            ),
            (
                format!("Number,Customer,Date,Amount,Card\n1,A,B,2,x {number}\n"),
                false,
            ),
            (
                format!("Number,Customer,Date,Amount\n1,A,B,2,{number}\n"),
                false,
            ),
            (format!("{number}\nNumber,Customer,Date,Amount\n"), false),
        ];
        for (file, is_hinted) in table {
            let problem = guarded(&file).unwrap_err();

            let hint = problem.advice().unwrap_or_default();
            assert_eq!(hint.contains("--not-card"), is_hinted, "{file}");
        }
    }

    #[test]
    fn a_column_that_a_person_vouches_for_is_passed_over() {
        let order =
            "Number,Customer,Date,Amount,Order Code,Memo,Card No\n1,A,B,2,4111111111111111,,\n";
        assert!(guarded(order).is_err());
        assert!(guarded_but(order, &["order code"]).is_ok());

        let other = order.replace("B,2,", "B,2,4111111111111111,");
        for (text, names, exit) in [
            (order, &["Order"][..], 2),
            (order, &["Order Code", "Card No"], 9),
            (order, &["Order Code", "Memo"], 9),
            (&*other, &["Order Code"], 9),
        ] {
            let problem = guarded_but(text, names).unwrap_err();
            assert_eq!(problem.kind().exit_code(), exit, "{problem}");
            assert!(!format!("{problem:?}").contains("4111"), "{problem:?}");
        }
    }
}

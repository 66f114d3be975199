//! No card number stands anywhere in the book.
//!
//! Tables and columns are read off the book itself, so a new one is covered
//! without anyone remembering. What is found is named by its place, never by
//! its digits.

use rusqlite::types::ValueRef;

use super::super::Reader;
use super::{Rule, Violation};
use crate::domain::card_number;
use crate::problem::Result;

pub(super) const RULE: Rule = Rule {
    number: "INV22",
    says: "no card number stands in the book",
    advice: "Find out how it got into ROW: dues refuses card numbers wherever it reads a text. Until that is clear, \
             treat the book and its backups as card data, and give them to nobody.",
};

/// Every text that looks like it holds a card number.
pub(super) fn broken(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let tables: Vec<String> = reader.rows(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
          order by name",
        [],
        |row| row.get(0),
    )?;
    let mut found = Vec::new();
    for table in tables {
        for place in places_in(reader, &table)? {
            found.push(RULE.broken_by(place));
        }
    }
    Ok(found)
}

fn places_in(reader: Reader<'_>, table: &str) -> Result<Vec<String>> {
    // Whatever is not declared a number or bytes may hold a text.
    let columns: Vec<String> = reader.rows(
        "select name from pragma_table_xinfo(?1)
          where upper(type) not in ('INTEGER', 'INT', 'REAL', 'BLOB') order by cid",
        [table],
        |row| row.get(0),
    )?;
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let has_row_ids: bool = reader
        .row(
            "select not wr from pragma_table_list where schema = 'main' and name = ?1",
            [table],
            |row| row.get(0),
        )?
        .unwrap_or(true);
    let list = columns.iter().map(|column| quoted(column));
    let sql = format!(
        "select {}, {} from {}",
        if has_row_ids { "rowid" } else { "null" },
        list.collect::<Vec<_>>().join(", "),
        quoted(table)
    );
    let mut statement = reader.connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    let mut count: i64 = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        for (at, column) in columns.iter().enumerate() {
            if let ValueRef::Text(bytes) = row.get_ref(at + 1)?
                && holds_a_card_number(bytes)
            {
                let row: Option<i64> = row.get(0)?;
                found.push(format!("{table}.{column} row {}", row.unwrap_or(count)));
            }
        }
    }
    Ok(found)
}

fn holds_a_card_number(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    card_number::is_in(without_names_of_ours(&text))
}

/// Without what dues computes and a book has by the thousand: hashes, and the
/// book's id in the id of each mail. Digits in those are nobody's card.
fn without_names_of_ours(text: &str) -> &str {
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.len() == 64 && is_hexadecimal(text) {
        return "";
    }
    match text
        .strip_suffix("@dues.invalid")
        .and_then(|id| id.rsplit_once('.'))
    {
        Some((event, book)) if book.len() == 12 && is_hexadecimal(book) => event,
        _ => text,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each would be a card number, were it not made by dues itself.
    #[test]
    fn what_dues_computes_is_nobodys_card() {
        let hash = format!("{:0>64}", "cc4111111111111111");

        assert!(card_number::is_in(&hash));
        assert!(!holds_a_card_number(hash.as_bytes()));
        let mail = "confirmation.pay-301.001122334455@dues.invalid";
        assert!(card_number::is_in(mail));
        assert!(!holds_a_card_number(mail.as_bytes()));
        let mail = "confirmation.4111111111111111.001122334455@dues.invalid";
        assert!(holds_a_card_number(mail.as_bytes()));
    }
}

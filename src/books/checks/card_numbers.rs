//! No card number stands anywhere in the book.
//!
//! Tables and columns are read off the book itself, so a new one is covered
//! without anyone remembering. What is found is named by its place, never by
//! its digits. A text that was put together from others is judged by its
//! parts: side by side, four invoice numbers are nobody's card.

use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use super::super::{Reader, Tx};
use super::{Rule, Violation};
use crate::domain::card_number;
use crate::domain::ids::sha256_hex;
use crate::problem::{Problem, Result};

pub(super) const RULE: Rule = Rule {
    number: "INV22",
    says: "no card number stands in the book",
    advice: "Look at ROW. If it is a card number, find out how it got there, and treat the book and its backups as \
             card data: give them to nobody. If it only looks like one, say so: `dues check --not-card 'ROW'`.",
};

/// What the log calls a person's word that a text holds no card number.
const VOUCHED: &str = "check.not_card";

impl Tx<'_> {
    /// Writes down that what looks like a card number in this place is none.
    /// It holds for the text that stands there now.
    ///
    /// # Errors
    ///
    /// Exit 2: nothing there looks like one.
    pub fn vouch_for(&self, place: &str) -> Result<()> {
        let texts = texts_with_one(self.read())?;
        let Some((_, seal)) = texts.into_iter().find(|(found, _)| found == place) else {
            return Err(Problem::usage(
                "no_such_place",
                "nothing in that place looks like a card number",
            )
            .hint("Name a place as `dues check` does."));
        };
        self.note(VOUCHED, json!({"place": place, "seal": seal}))
    }
}

/// Every text that looks like it holds a card number, but for those that a
/// person vouched for.
pub(super) fn broken(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let texts = texts_with_one(reader)?;
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let vouched: Vec<Option<String>> = reader.rows(
        "select what ->> '$.seal' from audit
          where json_valid(what) and what ->> '$.event' = ?1",
        [VOUCHED],
        |row| row.get(0),
    )?;
    let open = texts
        .iter()
        .filter(|(_, seal)| !vouched.iter().any(|known| known.as_ref() == Some(seal)));
    Ok(open.map(|(place, _)| RULE.broken_by(place)).collect())
}

/// Where they are, each with a hash of place and text.
fn texts_with_one(reader: Reader<'_>) -> Result<Vec<(String, String)>> {
    let tables: Vec<String> = reader.rows(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
          order by name",
        [],
        |row| row.get(0),
    )?;
    let mut found = Vec::new();
    for table in tables {
        found.extend(places_in(reader, &table)?);
    }
    Ok(found)
}

fn places_in(reader: Reader<'_>, table: &str) -> Result<Vec<(String, String)>> {
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
                && holds_a_card_number(table, column, bytes)
            {
                let row: Option<i64> = row.get(0)?;
                let place = format!("{table}.{column} row {}", row.unwrap_or(count));
                let seal = sha256_hex(&[place.as_bytes(), b": ", bytes].concat());
                found.push((place, seal));
            }
        }
    }
    Ok(found)
}

fn holds_a_card_number(table: &str, column: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = without_names_of_ours(&text);
    if !card_number::is_in(text) {
        return false;
    }
    match (table, column) {
        // A schema 4 book has the words of a request here, today's its hash.
        ("charges", "request_text") => text.split_whitespace().any(card_number::is_in),
        _ => match serde_json::from_str(text) {
            Ok(document @ Value::Object(_)) => is_in_a_leaf(&document),
            _ => true,
        },
    }
}

fn is_in_a_leaf(value: &Value) -> bool {
    match value {
        Value::String(text) => card_number::is_in(text),
        Value::Number(number) => card_number::is_in(&number.to_string()),
        Value::Array(values) => values.iter().any(is_in_a_leaf),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| card_number::is_in(name) || is_in_a_leaf(value)),
        Value::Null | Value::Bool(_) => false,
    }
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

    fn is_found(column: &str, text: &str) -> bool {
        let (table, column) = column.split_once('.').unwrap();
        assert!(card_number::is_in(text), "{text}");
        holds_a_card_number(table, column, text.as_bytes())
    }

    /// Each would be a card number, were it not made by dues itself.
    #[test]
    fn what_dues_computes_is_nobodys_card() {
        let hash = format!("{:f>64}", "-4111111111111111").replace('-', "a");
        assert!(!holds_a_card_number("audit", "hash", hash.as_bytes()));
        let mut ids = (10..100).map(|n| format!("told.41.{n}.001122334455@dues.invalid"));
        let unlucky = ids.find(|id| card_number::is_in(id)).unwrap();
        assert!(!is_found("mails.message_id", &unlucky));
        assert!(is_found(
            "mails.message_id",
            "told.4111111111111111.001122334455@dues.invalid"
        ));
    }

    #[test]
    fn what_is_put_together_is_judged_by_its_parts() {
        let numbers = "ROSA card default pays 4001 4002 4003 4010 credits false";
        assert!(!is_found("charges.request_text", numbers));
        let event = r#"{"event":"x","invoices":["4001","4002","4003","4010"]}"#;
        assert!(!is_found("audit.what", event));

        let card = "ROSA card default pays 4111111111111111 credits false";
        assert!(is_found("charges.request_text", card));
        let card = r#"{"event":"x","note":{"said":["4111 1111 1111 1111"]}}"#;
        assert!(is_found("audit.what", card));
        assert!(is_found("invoices.memo", "4001 4002 4003 4010"));
    }
}

//! A saved plan: what a dry run showed, to be charged exactly so or not at all.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::ids::BookId;
use crate::jobs::due::{Item, ToDo};
use crate::plain_file;
use crate::problem::{Problem, Result};
use crate::views;

const SCHEMA: &str = "dues.schedule_plan/1";

/// The most bytes of a plan: some hundred thousand charges.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// All of a charge that must be as it was shown.
pub fn entry(item: &Item) -> Value {
    let order = match &item.to_do {
        ToDo::Charge(order) => order,
        ToDo::Apply { shares, .. } => {
            return json!({
                "customer": item.customer.code, "card": Value::Null,
                "amount": Value::Null,
                "plan": shares.iter().map(views::share).collect::<Vec<_>>(),
            });
        }
        _ => return Value::Null,
    };
    let plan = &order.plan;
    json!({
        "customer": item.customer.code,
        "card": {"brand": plan.card.facts.brand, "last4": plan.card.facts.last4, "id": plan.card.id.0},
        "amount": views::money(plan.spread.charged),
        "plan": plan.spread.shares.iter().map(views::share).collect::<Vec<_>>(),
        "unapplied": views::money(plan.spread.unapplied),
    })
}

/// Writes a plan to a new file that only its owner can read.
pub fn write_plan(
    file: &Path,
    book: &BookId,
    at: Timestamp,
    charges: &BTreeMap<String, Value>,
) -> Result<()> {
    let document = json!({
        "schema": SCHEMA, "book": book.0, "made_at": at.to_string(), "charges": charges,
    });
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(file)
        .and_then(|mut open| open.write_all(format!("{document:#}\n").as_bytes()))
        .map_err(|error| {
            Problem::refused(
                "cannot_write",
                format!("the plan cannot be written to {}: {error}", file.display()),
            )
            .hint("Name a new file; a plan is never written over another.")
        })
}

/// Reads a plan of this book: what each occurrence is to be charged.
pub fn read_plan(file: &Path, book: &BookId) -> Result<BTreeMap<String, Value>> {
    let refused = |code, fact: String| {
        Problem::refused(code, fact)
            .hint("Make a plan with `dues schedule run --dry-run --save FILE`.")
    };
    let text = plain_file::read(file, MOST_BYTES)
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .map_err(|error| {
            refused(
                "cannot_read",
                format!("the plan {} cannot be read: {error}", file.display()),
            )
        })?;
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    if document["schema"] != SCHEMA {
        return Err(refused(
            "not_a_plan",
            format!("{} is not a saved plan", file.display()),
        ));
    }
    if document["book"].as_str() != Some(&book.0) {
        return Err(refused(
            "other_book",
            format!("{} is a plan of another book", file.display()),
        ));
    }
    let charges = document["charges"].as_object().cloned().unwrap_or_default();
    Ok(charges.into_iter().collect())
}

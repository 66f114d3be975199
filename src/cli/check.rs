//! `dues check`: proves the book; silent when well.

use serde_json::json;

use super::session::Session;
use super::terminal::Report;
use crate::domain::untrusted::visible;
use crate::problem::{Kind, Problem, Result};

/// Stands below the command's own help.
pub const HELP: &str = "Says nothing and exits 0 when every rule holds; names each broken rule and its rows otherwise.";

/// Runs every rule over the book.
pub fn run(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let found = books.read().violations()?;
    let data = found
        .iter()
        .map(|one| json!({"rule": one.rule, "says": one.says, "row": one.row}))
        .collect::<Vec<_>>();
    let lines: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}: {}", one.rule, visible(&one.row), one.says))
        .collect();
    let text = lines.join(
        "
",
    );
    let mut report = Report::new("dues.check/1", json!({"violations": data}), text);
    if !found.is_empty() {
        let what = match found.len() {
            1 => "the book breaks a rule".to_owned(),
            n => format!("the book breaks {n} rules"),
        };
        report.problem = Some(Problem::new(Kind::Attention, "book_is_wrong", what).hint(
                "Do not charge from it. Keep this file, bring back a backup with `dues restore FILE`, and report the lines above.",
            ));
    }
    Ok(report)
}

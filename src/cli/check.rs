//! `dues check`: proves the book; silent when well.
//!
//! What breaks one rule is said once, with its rows and what to do about it.

use clap::Args;
use serde_json::json;

use super::session::Session;
use super::terminal::Report;
use crate::books::{Books, Violation};
use crate::problem::{Kind, Problem, Result};

/// So many rows of one rule are named to a person; `--json` has them all.
const NAMED: usize = 12;

/// Prove that the book is right
#[derive(Debug, Args)]
#[command(
    after_help = "Says nothing and exits 0 when every rule holds. Otherwise names each rule that does not, the rows that break it, and what to do."
)]
pub struct Check {
    /// Say of a place that was named: it only looks like a card number
    #[arg(long, value_name = "PLACE")]
    not_card: Vec<String>,
}

impl Check {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        if !self.not_card.is_empty() {
            session.change(&mut books, |tx| {
                self.not_card
                    .iter()
                    .try_for_each(|place| tx.vouch_for(place))
            })?;
        }
        proved(&books)
    }
}

/// Runs every rule over the book.
fn proved(books: &Books) -> Result<Report> {
    let found = books.read().violations()?;
    let data = found
        .iter()
        .map(
            |one| json!({"rule": one.rule, "says": one.says, "row": one.row, "advice": one.advice}),
        )
        .collect::<Vec<_>>();
    // They come rule by rule.
    let rules: Vec<&[Violation]> = found.chunk_by(|one, next| one.rule == next.rule).collect();
    let paragraphs: Vec<String> = rules.iter().map(|rows| paragraph(rows)).collect();
    let mut report = Report::new(
        "dues.check/1",
        json!({"violations": data}),
        paragraphs.join("\n\n"),
    );
    if found.iter().any(|one| !one.is_card_data()) {
        let what = match rules.len() {
            1 => "the book breaks a rule".to_owned(),
            n => format!("the book breaks {n} rules"),
        };
        report.problem = Some(Problem::new(Kind::Attention, "book_is_wrong", what).hint(
            "Charge no card from this book until it is right. Do what is said above rule by rule; where that \
             does not settle it, bring back the last good backup with `dues restore FILE` (this book is kept \
             beside it), and report the lines above.",
        ));
    } else if !found.is_empty() {
        let what = "the book holds what looks like a card number";
        let problem = Problem::new(Kind::Attention, "card_data_in_book", what);
        report.problem =
            Some(problem.hint(
                "All else in it is right, and nothing is held up. Look at what is named above.",
            ));
    }
    Ok(report)
}

/// A rule, the rows that break it, and what to do.
fn paragraph(rows: &[Violation]) -> String {
    let mut text = format!("{} does not hold: {}", rows[0].rule, rows[0].says);
    for row in rows.iter().take(NAMED) {
        text.push_str(&format!("\n  {}", row.row));
    }
    if rows.len() > NAMED {
        text.push_str(&format!("\n  and {} more", rows.len() - NAMED));
    }
    text.push_str(&format!("\n  do: {}", rows[0].advice));
    text
}

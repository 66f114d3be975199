//! `dues log`: who changed what, when.

use clap::Args;
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{Report, table};
use crate::domain::hour::to_the_second;
use crate::problem::Result;

/// Who changed what, when
#[derive(Debug, Args)]
pub struct Log {
    /// How many of the newest changes
    #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Only what mentions this: `CH-12`, `ROSA`
    #[arg(long, value_name = "WORD")]
    about: Option<String>,
}

impl Log {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let zone = books.read().facts()?.zone;
        let limit = if self.about.is_some() {
            None
        } else {
            Some(self.limit)
        };
        let mut rows = books.read().audit(limit)?;
        if let Some(word) = &self.about {
            let quoted = format!("\"{word}\"");
            rows.retain(|row| row.what.contains(&quoted));
            rows.truncate(self.limit as usize);
        }
        let (mut lines, mut data) = (Vec::new(), Vec::new());
        for row in rows {
            let what: Value = serde_json::from_str(&row.what).unwrap_or(Value::Null);
            let event = what["event"].as_str().unwrap_or_default().to_owned();
            lines.push(vec![
                row.seq.to_string(),
                to_the_second(row.at, &zone),
                row.actor.clone(),
                row.command.clone(),
                event,
                in_words(&what),
            ]);
            data.push(json!({
                "seq": row.seq, "at": row.at.to_string(), "actor": row.actor, "command": row.command,
                "what": what, "hash": row.hash,
            }));
        }
        let text = if lines.is_empty() {
            match &self.about {
                Some(word) => format!("Nothing in the log mentions `{word}`."),
                None => "Nothing was asked for.".to_owned(),
            }
        } else {
            table(
                &["row", "when", "who", "command", "event", "what"],
                &[0],
                lines,
            )
        };
        Ok(Report::new("dues.log/1", Value::from(data), text))
    }
}

fn in_words(what: &Value) -> String {
    let Some(fields) = what.as_object() else {
        return String::new();
    };
    let shown = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    fields
        .iter()
        .filter(|(name, value)| *name != "event" && !value.is_null())
        .map(|(name, value)| format!("{name}={}", shown(value)))
        .collect::<Vec<_>>()
        .join(" ")
}

//! The sandbox's own ledger: one JSON line for each thing that happened, appended and synced.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::plays::{Play, parse_plays};
use crate::domain::card::{CardFacts, Expiry};

/// One line of the ledger; lines are appended and never changed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Card {
        token: String,
        plays: String,
        brand: String,
        last4: String,
        year: i16,
        month: i8,
    },
    /// A request that was read, and whether it took money.
    Charge {
        id: String,
        key: String,
        request_sha256: String,
        reference: String,
        token: String,
        amount: i64,
        currency: String,
        taken: bool,
        /// What the request said of itself.
        #[serde(default)]
        label: BTreeMap<String, String>,
    },
    /// A request refused before it was read.
    Unread { token: String },
    /// A pending charge was looked at once.
    Looked { id: String },
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) lines: Vec<Line>,
}

impl Ledger {
    pub(super) fn read(text: &str) -> Self {
        // A last line cut off by a crash was never answered for.
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        Self { lines }
    }

    pub(super) fn card(&self, token: &str) -> Option<(&str, CardFacts)> {
        self.lines.iter().find_map(|line| match line {
            Line::Card {
                token: known,
                plays,
                brand,
                last4,
                year,
                month,
            } if known == token => {
                let facts = CardFacts {
                    token: known.clone(),
                    brand: brand.clone(),
                    last4: last4.clone(),
                    expiry: Expiry::new(*year, *month),
                };
                Some((plays.as_str(), facts))
            }
            _ => None,
        })
    }

    /// What the card plays for this key: each request that reached us, read or
    /// not, used up one play; the last one is played for ever.
    pub(super) fn play(&self, token: &str, key: &str) -> Option<Play> {
        let plays = parse_plays(self.card(token)?.0)?;
        let mut used = 0;
        for line in &self.lines {
            match line {
                Line::Charge { key: of, .. } if of == key => break,
                Line::Charge { token: of, .. } | Line::Unread { token: of } if of == token => {
                    used += 1;
                }
                _ => {}
            }
        }
        Some(plays[used.min(plays.len() - 1)])
    }

    pub(super) fn looks(&self, id: &str) -> usize {
        let of_it = |line: &&Line| matches!(line, Line::Looked { id: looked } if looked == id);
        self.lines.iter().filter(of_it).count()
    }
}

pub(super) fn append(file: &mut File, line: &Line) -> std::io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

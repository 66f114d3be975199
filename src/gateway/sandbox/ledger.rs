//! The sandbox's own ledger: one JSON line for each thing that happened, appended and synced.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::plays::{Play, Plays};
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
    /// A request to take money that was read.
    Charge(Made),
    /// A request to give money back that was read.
    Return(Made),
    /// A request refused before it was read.
    Unread {
        token: String,
        #[serde(default)]
        gives_back: bool,
    },
    /// Something that may yet change was looked at once.
    Looked { id: String },
}

/// What came of a request that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) request_sha256: String,
    pub(super) reference: String,
    /// The card that plays it.
    pub(super) token: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    /// Whether money was moved.
    pub(super) taken: bool,
    /// What the request said of itself.
    #[serde(default)]
    pub(super) label: BTreeMap<String, String>,
    /// What it gives back, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) back: Option<Back>,
}

/// What is given back, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Back {
    /// The charge that took it.
    pub(super) transaction: String,
    /// The charge is cancelled, not refunded.
    pub(super) void: bool,
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

    /// What was made of requests to take money, or of those to give it back.
    pub(super) fn made(&self, back: bool) -> impl Iterator<Item = &Made> {
        self.lines.iter().filter_map(move |line| match line {
            Line::Charge(made) if !back => Some(made),
            Line::Return(made) if back => Some(made),
            _ => None,
        })
    }

    /// What the card plays for this key: each request of the kind that reached
    /// us, read or not, used up one play; the last one is played for ever.
    pub(super) fn play(&self, token: &str, key: &str, back: bool) -> Option<Play> {
        let plays = Plays::parse(self.card(token)?.0)?;
        let plays = if back { plays.returns } else { plays.charges };
        let mut used = 0;
        for line in &self.lines {
            let of = match line {
                Line::Charge(made) if !back => made,
                Line::Return(made) if back => made,
                Line::Unread {
                    token: of,
                    gives_back,
                } if of == token && *gives_back == back => {
                    used += 1;
                    continue;
                }
                _ => continue,
            };
            if of.key == key {
                break;
            }
            used += usize::from(of.token == token);
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

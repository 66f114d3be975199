//! The embedded gateway: plays every outcome, and keeps a ledger of its own.
//!
//! The ledger is this gateway's truth, as Stripe's database is Stripe's: it
//! shares nothing with the book, so that the two can be held against each
//! other. What a card does is written in the token it was saved with.

mod ledger;
mod plays;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use ledger::{Ledger, Line, append};
use plays::{Play, TOKENS, decline, parse_plays};

use crate::domain::card::{CardFacts, Expiry};
use crate::domain::charge::{Answer, Capture};
use crate::domain::ids::sha256_hex;
use crate::domain::label::Label;
use crate::domain::money::{Currency, Money};
use crate::ports::{
    Account, Gateway, NotAsked, Order, Promises, Refusal, Seen, Sending, Sighting, Sought, Witness,
};
use crate::problem::{Deed, Problem, Result};
use crate::rehearsal;

/// The gateway's name.
pub const NAME: &str = "sandbox";

/// The sandbox, over its ledger file.
#[derive(Debug, Clone)]
pub struct Sandbox {
    ledger: PathBuf,
}

/// What `build` makes: the sandbox's own small request language.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Request {
    amount: i64,
    currency: String,
    token: String,
    reference: String,
    description: String,
    label: BTreeMap<String, String>,
}

impl Sandbox {
    /// The sandbox whose ledger is this file; it is made when first used.
    #[must_use]
    pub fn new(ledger: PathBuf) -> Self {
        Self { ledger }
    }

    /// How often money was really taken, and how much: for tests that hold
    /// the book against the gateway's own truth.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn money_taken(&self) -> Result<Vec<(String, Money)>> {
        let taken = self.with_ledger(|ledger, _| {
            Ok(ledger
                .lines
                .iter()
                .filter_map(|line| match line {
                    Line::Charge {
                        reference,
                        amount,
                        currency,
                        taken: true,
                        ..
                    } => Some((
                        reference.clone(),
                        Money::of(*amount, Currency::parse(currency).ok()?),
                    )),
                    _ => None,
                })
                .collect())
        })?;
        Ok(taken)
    }

    fn with_ledger<T>(
        &self,
        change: impl FnOnce(&Ledger, &mut File) -> std::io::Result<T>,
    ) -> Result<T, NotAsked> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        options
            .open(&self.ledger)
            .and_then(|mut file| {
                // Held until the file is closed.
                file.lock()?;
                let text = std::io::read_to_string(&mut file)?;
                if !text.is_empty() && !text.ends_with('\n') {
                    writeln!(file)?;
                }
                change(&Ledger::read(&text), &mut file)
            })
            .map_err(|error| {
                let problem = Problem::refused(
                    "gateway_unreachable",
                    format!(
                        "the sandbox's ledger {} cannot be used: {error}",
                        self.ledger.display()
                    ),
                )
                .hint("It stands beside the book; check who owns it. Nothing was sent.");
                NotAsked::new(Refusal::Unreachable, problem)
            })
    }
}

/// The exact bytes of a charge.
///
/// # Errors
///
/// [`Refusal::ByRule`]: it takes no money at all.
pub fn build(order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
    if !order.amount.is_positive() {
        let problem = Problem::refused(
            "amount_not_positive",
            "the sandbox charges more than zero only",
        )
        .hint("Give what should be taken from the card.");
        return Err(NotAsked::new(Refusal::ByRule, problem));
    }
    let request = Request {
        amount: order.amount.minor(),
        currency: order.amount.currency().code().to_owned(),
        token: order.token.to_owned(),
        reference: order.attempt.reference.clone(),
        description: order.description.to_owned(),
        label: order.label.fields().into_iter().collect(),
    };
    serde_json::to_vec(&request).map_err(|error| Problem::bug(error.to_string()).into())
}

impl Gateway for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    fn promises(&self) -> Promises {
        Promises {
            replay_for: Some(SignedDuration::from_hours(24 * 365)),
            lists: true,
            settles_within: SignedDuration::from_secs(30),
            look_again_after: SignedDuration::from_secs(10),
            most_per_second: None,
        }
    }

    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
        build(order)
    }

    fn charge(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        let Ok(request) = serde_json::from_slice::<Request>(sending.request) else {
            return Err(Problem::bug("the sandbox cannot read its own request").into());
        };
        (sending.still_in_time)()?;
        let heard = self.with_ledger(|ledger, file| {
            let Some(play) = ledger.play(&request.token, sending.key) else {
                return Ok(Heard::Refused(no_such_card(&request.token)));
            };
            receive(ledger, file, sending, &request, play)
        })?;
        match heard {
            Heard::Refused(not_asked) => Err(not_asked),
            Heard::Answered(answer) => Ok(answer),
            Heard::Slowly(answer) => {
                std::thread::sleep(Duration::from_secs(2));
                Ok(answer)
            }
        }
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        self.with_ledger(|ledger, file| {
            let found: Vec<_> = ledger
                .lines
                .iter()
                .filter(|line| match line {
                    Line::Charge { id, reference, .. } => {
                        reference == sought.reference || sought.id == Some(id.as_str())
                    }
                    _ => false,
                })
                .collect();
            let [Line::Charge { id, .. }] = found[..] else {
                return Ok(if found.is_empty() {
                    Sighting::NotListed
                } else {
                    Sighting::Several(ids(&found))
                });
            };
            let Some(answer) = standing(ledger, found[0])? else {
                return Ok(Sighting::NotListed);
            };
            // The first look finds it still deciding, the second decided.
            if matches!(answer, Answer::Pending(_)) {
                append(file, &Line::Looked { id: id.clone() })?;
            }
            Ok(Sighting::Found(answer))
        })
    }

    /// The ledger keeps no time: the list is all there ever was.
    fn recent(
        &self,
        book: &str,
        _since: Timestamp,
        of: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        self.with_ledger(|ledger, _| {
            let mut recent = Vec::new();
            for line in &ledger.lines {
                let Line::Charge {
                    reference,
                    token,
                    amount,
                    currency,
                    label,
                    ..
                } = line
                else {
                    continue;
                };
                let label = Label::read(|name| label.get(name).map(String::as_str));
                if of.is_none_or(|of| of == token)
                    && let Some(label) = label.filter(|label| label.book == book)
                    && let Some(answer) = standing(ledger, line)?
                {
                    recent.push(Seen {
                        label,
                        reference: reference.clone(),
                        token: Some(token.clone()),
                        amount: money(*amount, currency)?,
                        made_at: None,
                        answer,
                    });
                }
            }
            Ok(recent)
        })
    }

    fn card(&self, token: &str) -> Result<CardFacts, NotAsked> {
        if token.starts_with("sbx_card_") {
            return self.with_ledger(|ledger, _| {
                Ok(ledger
                    .card(token)
                    .map(|(_, facts)| facts)
                    .ok_or_else(|| no_such_card(token)))
            })?;
        }
        let (plays, look) = token.split_once('@').unwrap_or((token, "visa-4242"));
        let words = || TOKENS.map(|(word, _)| word).join(", ");
        if parse_plays(plays).is_none() {
            let problem =
                Problem::refused("no_such_token", "the sandbox has no such token").hint(format!(
                    "Use one of {}; several with commas between are played in turn.",
                    words()
                ));
            return Err(NotAsked::new(Refusal::Gone, problem));
        }
        let (brand, last4) = look
            .split_once('-')
            .filter(|(brand, last4)| {
                !brand.is_empty()
                    && brand.bytes().all(|byte| byte.is_ascii_lowercase())
                    && last4.len() == 4
                    && last4.bytes().all(|byte| byte.is_ascii_digit())
            })
            .ok_or_else(|| {
                Problem::refused(
                    "no_such_token",
                    "what stands after `@` is not a brand and four digits",
                )
                .hint("Write it as `tok_approve@amex-5544`.")
            })?;
        self.with_ledger(|ledger, file| {
            let saved = ledger
                .lines
                .iter()
                .filter(|line| matches!(line, Line::Card { .. }))
                .count();
            let card = format!("sbx_card_{}", saved + 1);
            append(
                file,
                &Line::Card {
                    token: card.clone(),
                    plays: plays.to_owned(),
                    brand: brand.to_owned(),
                    last4: last4.to_owned(),
                    year: 2031,
                    month: 12,
                },
            )?;
            Ok(CardFacts {
                token: card,
                brand: brand.to_owned(),
                last4: last4.to_owned(),
                expiry: Expiry::new(2031, 12),
            })
        })
    }

    fn account(&self) -> Result<Account, NotAsked> {
        Ok(Account {
            id: NAME.to_owned(),
            live: false,
            witness: Witness::SameMachine,
        })
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        format!(
            "look for `{}` in {}",
            sought.reference,
            self.ledger.display()
        )
    }
}

/// How a charge of the ledger stands; `None`: it came to nothing.
fn standing(ledger: &Ledger, line: &Line) -> std::io::Result<Option<Answer>> {
    let Line::Charge {
        id,
        key,
        reference,
        token,
        amount,
        currency,
        taken,
        ..
    } = line
    else {
        return Ok(None);
    };
    let capture = Capture {
        id: id.clone(),
        amount: money(*amount, currency)?,
        token: Some(token.clone()),
        reference: Some(reference.clone()),
    };
    let play = ledger.play(token, key).unwrap_or(Play::Approve);
    Ok(match play {
        Play::Pending if ledger.looks(id) == 0 => Some(Answer::Pending(capture)),
        Play::Pending => Some(Answer::Taken(capture)),
        _ if *taken => Some(Answer::Taken(capture)),
        _ => decline(play, id, reference).map(Answer::Declined),
    })
}

/// What came back over the wire that the sandbox does not have.
enum Heard {
    Refused(NotAsked),
    Answered(Answer),
    Slowly(Answer),
}

/// Reads a request as the gateway would: a known key is answered as before,
/// a new one is played.
fn receive(
    ledger: &Ledger,
    file: &mut File,
    sending: &Sending<'_>,
    request: &Request,
    play: Play,
) -> std::io::Result<Heard> {
    let hash = sha256_hex(sending.request);
    let known = ledger.lines.iter().find_map(|line| match line {
        Line::Charge {
            id,
            key,
            request_sha256,
            amount,
            currency,
            ..
        } if key == sending.key => Some((
            id.clone(),
            *request_sha256 == hash,
            *amount,
            currency.clone(),
        )),
        _ => None,
    });
    let unread = |file: &mut File| {
        append(
            file,
            &Line::Unread {
                token: request.token.clone(),
            },
        )
    };
    match play {
        Play::Unreachable => {
            unread(file)?;
            let problem = Problem::refused("gateway_unreachable", "the sandbox cannot be reached")
                .nothing_was(Deed::Sent)
                .hint("Check the connection and try again.");
            return Ok(Heard::Refused(NotAsked::new(Refusal::Unreachable, problem)));
        }
        Play::TooMany => {
            unread(file)?;
            let problem = Problem::refused(
                "gateway_busy",
                "the sandbox has too many requests; it did not read this one",
            )
            .hint("Try again in a minute.");
            let busy = Refusal::Busy { wait: None };
            return Ok(Heard::Refused(NotAsked::new(busy, problem)));
        }
        _ => {}
    }
    let (id, amount, currency) = match known {
        Some((_, false, ..)) => {
            return Ok(Heard::Answered(Answer::Unknown(
                "the sandbox knows this key with another request".into(),
            )));
        }
        Some((id, true, amount, currency)) => (id, amount, currency),
        None => {
            rehearsal::point("sandbox.before_taking").map_err(std::io::Error::other)?;
            let charges = ledger
                .lines
                .iter()
                .filter(|line| matches!(line, Line::Charge { .. }))
                .count();
            let id = format!("sbx_ch_{}", charges + 1);
            let taken =
                decline(play, &id, &request.reference).is_none() && play != Play::FiveHundred;
            let amount = match play {
                Play::WrongAmount => request.amount - 1,
                _ => request.amount,
            };
            let written = append(
                file,
                &Line::Charge {
                    id: id.clone(),
                    key: sending.key.to_owned(),
                    request_sha256: hash,
                    reference: request.reference.clone(),
                    token: request.token.clone(),
                    amount,
                    currency: request.currency.clone(),
                    taken,
                    label: request.label.clone(),
                },
            );
            // What was begun may be on the disk whatever the disk says of it.
            let rehearsed = rehearsal::point("sandbox.taken").map_err(std::io::Error::other);
            if let Err(error) = written.and(rehearsed) {
                return Ok(Heard::Answered(Answer::Unknown(
                    format!("the sandbox broke off while it wrote its ledger: {error}").into(),
                )));
            }
            if play == Play::Lost {
                return Ok(Heard::Answered(Answer::Unknown(
                    "the connection was lost before the answer came".into(),
                )));
            }
            (id, amount, request.currency.clone())
        }
    };
    let capture = Capture {
        id: id.clone(),
        amount: money(amount, &currency)?,
        token: Some(request.token.clone()),
        reference: Some(request.reference.clone()),
    };
    Ok(match play {
        Play::FiveHundred | Play::FiveHundredTaken => Heard::Answered(Answer::Unknown(
            "the sandbox answered with an error of its own (500)".into(),
        )),
        Play::Pending if ledger.looks(&id) == 0 => Heard::Answered(Answer::Pending(capture)),
        Play::Slow => Heard::Slowly(Answer::Taken(capture)),
        _ => Heard::Answered(match decline(play, &id, &request.reference) {
            Some(decline) => Answer::Declined(decline),
            None => Answer::Taken(capture),
        }),
    })
}

fn money(minor: i64, currency: &str) -> std::io::Result<Money> {
    let currency = Currency::parse(currency).map_err(std::io::Error::other)?;
    Ok(Money::of(minor, currency))
}

fn ids(lines: &[&Line]) -> Vec<String> {
    lines
        .iter()
        .filter_map(|line| match line {
            Line::Charge { id, .. } => Some(id.clone()),
            _ => None,
        })
        .collect()
}

fn no_such_card(token: &str) -> NotAsked {
    let problem = Problem::refused(
        "no_such_token",
        format!("the sandbox has no card `{token}`"),
    )
    .hint("Save one with a magic token such as `tok_approve`.");
    NotAsked::new(Refusal::Gone, problem)
}

//! The embedded gateway: plays every outcome, and keeps a ledger of its own.
//!
//! The ledger is this gateway's truth, as Stripe's database is Stripe's: it
//! shares nothing with the book, so that the two can be held against each
//! other. What a card does is written in the token it was saved with.

mod ledger;
mod plays;
mod requests;
mod returns;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use ledger::{Ledger, Line, append};
use plays::{Plays, RETURNS, TOKENS};
use requests::{Heard, Wanted, money, receive};

use crate::domain::card::{CardFacts, Expiry};
use crate::domain::charge::Answer;
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::domain::money::Money;
use crate::ports::{
    Gateway, GivesBack, NotAsked, Order, Promises, Refusal, Seen, Sending, Shown, Sighting, Sought,
    Witness,
};
use crate::problem::{Problem, Result};

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
            ledger
                .made(false)
                .filter(|made| made.taken)
                .map(|made| Ok((made.reference.clone(), money(made.amount, &made.currency)?)))
                .collect()
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
        heard(self.with_ledger(|ledger, file| {
            let Some(play) = ledger.play(&request.token, sending.key, false) else {
                return Ok(Heard::Refused(no_such_card(&request.token)));
            };
            let wanted = Wanted {
                token: request.token,
                reference: request.reference,
                amount: request.amount,
                currency: request.currency,
                label: request.label,
                back: None,
            };
            receive(ledger, file, sending, wanted, play, || Ok(None))
        })?)
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        self.with_ledger(|ledger, file| requests::look_up(ledger, file, sought, false))
    }

    fn recent(
        &self,
        book: &str,
        _since: Timestamp,
        token: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        self.with_ledger(|ledger, _| requests::recent(ledger, book, token, false))
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
        if Plays::parse(plays).is_none() {
            let words = TOKENS.map(|(word, _)| word).join(", ");
            let returns = RETURNS.map(|(word, _)| word).join(", ");
            let problem =
                Problem::refused("no_such_token", "the sandbox has no such token").hint(format!(
                    "Use one of {words}; several with commas between are played in turn. After a \
                     slash stands what its refunds do: {returns}."
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

    fn account(&self) -> Result<Shown, NotAsked> {
        Ok(Shown {
            account: GatewayAccount::new(NAME, NAME),
            mode: Mode::Test,
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

    fn gives_back(&self) -> Option<&dyn GivesBack> {
        Some(self)
    }
}

/// What is heard of a request, as slowly as it comes.
fn heard(heard: Heard) -> Result<Answer, NotAsked> {
    match heard {
        Heard::Refused(not_asked) => Err(not_asked),
        Heard::Answered(answer) => Ok(answer),
        Heard::Slowly(answer) => {
            std::thread::sleep(Duration::from_secs(2));
            Ok(answer)
        }
    }
}

fn no_such_card(token: &str) -> NotAsked {
    let problem = Problem::refused(
        "no_such_token",
        format!("the sandbox has no card `{token}`"),
    )
    .hint("Save one with a magic token such as `tok_approve`.");
    NotAsked::new(Refusal::Gone, problem)
}

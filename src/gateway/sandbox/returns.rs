//! Giving money back in the sandbox: refunds, and voids of what is not settled.
//!
//! Its ledger says what is left of a charge, and no more than that goes back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ledger::{Back, Ledger, Made};
use super::plays::Play;
use super::requests::{self, Wanted, money, receive, standing};
use super::{Sandbox, heard};
use crate::domain::charge::Answer;
use crate::domain::money::Money;
use crate::ports::{
    Gateway, GivesBack, NotAsked, Refusal, ReturnOrder, Seen, Sending, Sighting, Sought, Way,
};
use crate::problem::{Problem, Result};

/// What `build` makes.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Request {
    amount: i64,
    currency: String,
    back: Back,
    reference: String,
    description: String,
    label: BTreeMap<String, String>,
}

impl Sandbox {
    /// What was really given back, refunded or voided, and was not sent back
    /// since: for tests that hold the book against the gateway's own truth.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn money_given_back(&self) -> Result<Vec<(String, Money)>> {
        let given = self.with_ledger(|ledger, _| {
            let mut given = Vec::new();
            for made in ledger.made(true) {
                if let Some(money) = went_back(ledger, made)? {
                    given.push((made.reference.clone(), money));
                }
            }
            Ok(given)
        })?;
        Ok(given)
    }
}

impl GivesBack for Sandbox {
    /// Unless the card's token says that it settles at once: `void_too_late`.
    fn can_void(&self) -> bool {
        true
    }

    fn build(&self, order: &ReturnOrder<'_>) -> Result<Vec<u8>, NotAsked> {
        if !order.amount.is_positive() {
            return Err(by_rule(
                "amount_not_positive",
                "the sandbox gives back more than zero only".to_owned(),
                "Give an amount above zero, or none to give all of it back.",
            ));
        }
        let request = Request {
            amount: order.amount.minor(),
            currency: order.amount.currency().code().to_owned(),
            back: Back {
                transaction: order.transaction.to_owned(),
                void: order.way == Way::Void,
            },
            reference: order.attempt.reference.clone(),
            description: order.description.to_owned(),
            label: order.label.fields().into_iter().collect(),
        };
        serde_json::to_vec(&request).map_err(|error| Problem::bug(error.to_string()).into())
    }

    fn give_back(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        let Ok(request) = serde_json::from_slice::<Request>(sending.request) else {
            return Err(Problem::bug("the sandbox cannot read its own request").into());
        };
        (sending.still_in_time)()?;
        heard(self.with_ledger(|ledger, file| {
            let transaction = &request.back.transaction;
            let Some(charge) = ledger.made(false).find(|made| made.id == *transaction) else {
                return Ok(requests::Heard::Refused(gone(
                    "gateway_has_none",
                    format!("the sandbox has no charge `{transaction}`"),
                )));
            };
            let play = ledger
                .play(&charge.token, sending.key, true)
                .unwrap_or(Play::Goes);
            let wanted = Wanted {
                token: charge.token.clone(),
                reference: request.reference.clone(),
                amount: request.amount,
                currency: request.currency.clone(),
                label: request.label.clone(),
                back: Some(request.back.clone()),
            };
            receive(ledger, file, sending, wanted, play, || {
                against(ledger, charge, &request, play)
            })
        })?)
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        self.with_ledger(|ledger, file| requests::look_up(ledger, file, sought, true))
    }

    fn recent(
        &self,
        book: &str,
        _since: Timestamp,
        transaction: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        self.with_ledger(|ledger, _| requests::recent(ledger, book, transaction, true))
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        Gateway::search_advice(self, sought)
    }
}

/// What it gave back, or is about to; `None`: nothing, or the bank sent it back.
fn went_back(ledger: &Ledger, made: &Made) -> std::io::Result<Option<Money>> {
    Ok(match standing(ledger, made)? {
        Some(Answer::Taken(capture) | Answer::Pending(capture)) => Some(capture.amount),
        _ => None,
    })
}

/// What stands against giving so much of the charge back.
fn against(
    ledger: &Ledger,
    charge: &Made,
    request: &Request,
    play: Play,
) -> std::io::Result<Option<NotAsked>> {
    let Some(Answer::Taken(taken)) = standing(ledger, charge)? else {
        return Ok(Some(by_rule(
            "gateway_refused",
            format!("the sandbox took no money with `{}`", charge.id),
            "Nothing was given back. A charge that is still being decided can be refunded later.",
        )));
    };
    let wanted = money(request.amount, &request.currency)?;
    let mut left = taken.amount;
    for made in ledger.made(true) {
        let of_it = made
            .back
            .as_ref()
            .is_some_and(|back| back.transaction == charge.id);
        if of_it && let Some(given) = went_back(ledger, made)? {
            left = left.minus(given);
        }
    }
    Ok(if !left.is_positive() {
        Some(gone(
            "already_given_back",
            "all of this charge was given back before".to_owned(),
        ))
    } else if request.back.void && play == Play::Settled {
        Some(not_voidable(
            "this charge is settled, so it cannot be voided any more".to_owned(),
            "Refund it instead: `dues payment refund`. The money goes back to the card.",
        ))
    } else if request.back.void && (left != taken.amount || wanted != taken.amount) {
        Some(not_voidable(
            format!("a void takes back the whole charge, {}", taken.amount),
            "Refund a part of it instead: `dues payment refund`.",
        ))
    } else if wanted.currency() != left.currency() || wanted.minor() > left.minor() {
        Some(by_rule(
            "gateway_refused",
            format!("{wanted} is more than is left of this charge: {left}"),
            "Nothing was given back. Give back no more than is left.",
        ))
    } else {
        None
    })
}

fn by_rule(word: &'static str, fact: String, hint: &str) -> NotAsked {
    NotAsked::new(Refusal::ByRule, Problem::refused(word, fact).hint(hint))
}

fn not_voidable(fact: String, hint: &str) -> NotAsked {
    let problem = Problem::refused("cannot_void", fact).hint(hint);
    NotAsked::new(Refusal::NotVoidable, problem)
}

fn gone(word: &'static str, fact: String) -> NotAsked {
    let problem = Problem::refused(word, fact).hint("Nothing was given back.");
    NotAsked::new(Refusal::Gone, problem)
}

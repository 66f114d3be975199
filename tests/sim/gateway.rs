//! The program's own Stripe over our line, made to promise what this seed's gateway promises.
//!
//! The planted bugs of adapters live here, too: mistakes at the port, each of
//! which some real program has made.

use std::sync::Arc;

use dues::domain::card::CardFacts;
use dues::domain::charge::{Answer, Capture};
use dues::domain::decline::{Class as DeclineClass, Decline};
use dues::domain::gateway_account::Mode;
use dues::gateway::stripe::Stripe;
use dues::ports::{
    Clock, Gateway, Gateways, GivesBack, NotAsked, Order, Promises, Refusal, Seen, Sending, Shown,
    Sighting, Sought, Witness,
};
use dues::problem::{Problem, Result};
use dues::rehearsal::Rule;
use jiff::{SignedDuration, Timestamp};

use super::clock::SimClock;
use super::line::{Line, secret};
use super::planted::Planted;
use super::shop::{book_id, usd};
use super::stage::{Class, Stage};

/// Where a process finds its gateway.
pub struct Door(pub Arc<Stage>);

impl Gateways for Door {
    fn open(&self, _: &str) -> Result<Arc<dyn Gateway>> {
        let stage = Arc::clone(&self.0);
        let key = stage.state().key;
        let line = Line(Arc::clone(&stage));
        let stripe = Stripe::over(Box::new(line), secret(key), Mode::Test)?;
        Ok(Arc::new(Bent { stripe, stage }))
    }
}

pub struct Bent {
    pub(super) stripe: Stripe,
    pub(super) stage: Arc<Stage>,
}

impl Bent {
    pub(super) fn has(&self, planted: Planted) -> bool {
        self.stage.planted == Some(planted)
    }
}

pub(super) fn a_no(id: Option<String>) -> Answer {
    Answer::Declined(Decline {
        class: DeclineClass::Soft,
        code: "card_declined".into(),
        message: "no".into(),
        advice: None,
        id,
        reference: None,
    })
}

/// The amount that a request asks for, in minor units.
fn asked(request: &[u8]) -> i64 {
    let text = String::from_utf8_lossy(request);
    let amount = text
        .split('&')
        .find_map(|field| field.strip_prefix("amount="));
    amount.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

impl Gateway for Bent {
    fn name(&self) -> &'static str {
        self.stripe.name()
    }

    fn promises(&self) -> Promises {
        let mut promises = self.stripe.promises();
        match self.stage.class {
            Class::KeysAndLists => {}
            Class::Lists => promises.replay_for = None,
            Class::Nothing => {
                promises.replay_for = None;
                promises.lists = false;
            }
        }
        if self.has(Planted::KeysLiveLong) {
            promises.replay_for = promises.replay_for.map(|_| SignedDuration::from_hours(168));
        }
        if self.has(Planted::SettlesAtOnce) {
            promises.settles_within = SignedDuration::from_hours(1);
        }
        promises
    }

    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
        let mut label = order.label.clone();
        // As it once was: what finds no room is left out.
        if self.has(Planted::Without(Rule::LabelIsWhole)) {
            let pieces: Vec<&str> = label.pays.split(';').take(40).collect();
            label.pays = pieces.join(";");
        }
        Gateway::build(
            &self.stripe,
            &Order {
                label: &label,
                ..*order
            },
        )
    }

    fn charge(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        let other = format!("{}{}", sending.key, self.stage.below(1_000_000));
        let answer = self.stripe.charge(&Sending {
            key: if self.has(Planted::NewKeyEachTime) {
                &other
            } else {
                sending.key
            },
            ..*sending
        })?;
        Ok(match answer {
            Answer::Unknown(why) if why.contains("no whole answer") => {
                if self.has(Planted::LostIsNotSent) {
                    let problem = Problem::refused("gateway_unreachable", why);
                    return Err(NotAsked::new(Refusal::Unreachable, problem));
                }
                Answer::Unknown(why)
            }
            Answer::Unknown(why)
                if (why.contains("answered 50") && self.has(Planted::ErrorIsDecline))
                    || (why.contains("still busy") && self.has(Planted::BusyIsDecline)) =>
            {
                a_no(None)
            }
            Answer::Unknown(why)
                if why.contains("cannot read") && self.has(Planted::CutIsBelieved) =>
            {
                a_no(None)
            }
            Answer::Pending(capture) if self.has(Planted::PendingIsTaken) => Answer::Taken(capture),
            Answer::Taken(capture) if self.has(Planted::AmountBelieved) => Answer::Taken(Capture {
                amount: usd(asked(sending.request)),
                ..capture
            }),
            answer => answer,
        })
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        if self.stage.class == Class::Nothing {
            let problem = Problem::setup("cannot_look_up", "this gateway cannot be asked");
            return Err(problem.into());
        }
        if self.has(Planted::LookByAmount) && sought.id.is_none() {
            let like_it = {
                let state = self.stage.state();
                let found = state.server.intents.iter().rev().find(|intent| {
                    intent.amount == sought.amount.minor()
                        && sought.token == format!("{}/{}", intent.customer, intent.card)
                });
                found.map(super::server::Intent::id)
            };
            let Some(id) = like_it else {
                return Ok(Sighting::NotListed);
            };
            let mut seen = Gateway::look_up(
                &self.stripe,
                &Sought {
                    id: Some(&id),
                    ..*sought
                },
            )?;
            if let Sighting::Found(Answer::Taken(capture)) = &mut seen {
                capture.reference = None;
            }
            return Ok(seen);
        }
        let looked = Gateway::look_up(&self.stripe, sought);
        Ok(match looked {
            Err(_) if self.has(Planted::LookErrorIsMiss) => Sighting::NotListed,
            Ok(Sighting::Found(Answer::Pending(capture))) if self.has(Planted::PendingIsTaken) => {
                Sighting::Found(Answer::Taken(capture))
            }
            Ok(Sighting::Found(Answer::Taken(capture))) if self.has(Planted::AmountBelieved) => {
                Sighting::Found(Answer::Taken(Capture {
                    amount: sought.amount,
                    ..capture
                }))
            }
            looked => looked?,
        })
    }

    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        of: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        if self.stage.class == Class::Nothing {
            return Err(Problem::setup("cannot_list", "this gateway has no list").into());
        }
        if self.has(Planted::RecentIgnored) {
            return Ok(Vec::new());
        }
        if self.has(Planted::RecentOfAllBooks) {
            let mut all = Vec::new();
            for place in 0..2 {
                all.extend(Gateway::recent(
                    &self.stripe,
                    &book_id(place).tag(),
                    since,
                    of,
                )?);
            }
            return Ok(all);
        }
        Gateway::recent(&self.stripe, book, since, of)
    }

    fn card(&self, token: &str) -> Result<CardFacts, NotAsked> {
        self.stripe.card(token)
    }

    fn account(&self) -> Result<Shown, NotAsked> {
        let mut shown = self.stripe.account()?;
        if self.has(Planted::AccountAssumed) {
            shown.account.id = "acct_1".into();
        }
        if self.has(Planted::DateIgnored) {
            shown.witness = Witness::Clock(SimClock::of(&self.stage).now());
        }
        Ok(shown)
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        Gateway::search_advice(&self.stripe, sought)
    }

    fn gives_back(&self) -> Option<&dyn GivesBack> {
        Some(self)
    }
}

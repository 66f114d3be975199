//! The program's own refunds at Stripe over our line; and the mistakes that can be planted in them.
//!
//! Stripe cannot void. Where this seed's gateway can, a void is a refund of the
//! whole that the gateway refuses once the charge is settled.

use dues::domain::charge::Answer;
use dues::ports::{GivesBack, NotAsked, ReturnOrder, Seen, Sending, Sighting, Sought, Way};
use dues::problem::Problem;
use jiff::Timestamp;

use super::gateway::{Bent, a_no};
use super::planted::Planted;
use super::returns::Refund;
use super::stage::Class;

fn cannot_ask(code: &'static str, what: &str) -> NotAsked {
    Problem::setup(code, format!("this gateway {what}")).into()
}

impl GivesBack for Bent {
    fn can_void(&self) -> bool {
        self.stage.voids
    }

    fn build(&self, order: &ReturnOrder<'_>) -> Result<Vec<u8>, NotAsked> {
        let voids = order.way == Way::Void && self.stage.voids;
        let mut form = GivesBack::build(
            &self.stripe,
            &ReturnOrder {
                way: if voids { Way::Refund } else { order.way },
                ..*order
            },
        )?;
        if voids {
            form.extend(b"&void=true");
        }
        // Stripe takes a refund without an amount, and gives back what is left.
        if self.has(Planted::RefundWithoutAmount) {
            let text = String::from_utf8_lossy(&form).into_owned();
            let fields = text
                .split('&')
                .filter(|field| !field.starts_with("amount="));
            form = fields.collect::<Vec<_>>().join("&").into_bytes();
        }
        Ok(form)
    }

    fn give_back(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        let other = format!("{}{}", sending.key, self.stage.below(1_000_000));
        let fresh = Sending {
            key: &other,
            ..*sending
        };
        let new_key = self.has(Planted::RefundUnderNewKey);
        let answer = self
            .stripe
            .give_back(if new_key { &fresh } else { sending })?;
        Ok(match answer {
            Answer::Unknown(_) if self.has(Planted::RefundAskedTwice) => {
                return self.stripe.give_back(&fresh);
            }
            Answer::Unknown(_) if self.has(Planted::RefundErrorIsNo) => a_no(None),
            Answer::Pending(capture) if self.has(Planted::PendingRefundIsGiven) => {
                Answer::Taken(capture)
            }
            answer => answer,
        })
    }

    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        if self.stage.class == Class::Nothing {
            return Err(cannot_ask("cannot_look_up", "cannot be asked"));
        }
        if self.has(Planted::RefundByTransaction) && sought.id.is_none() {
            let newest = {
                let state = self.stage.state();
                let mut refunds = state.server.refunds.iter().rev();
                refunds.find(|it| it.of == sought.token).map(Refund::id)
            };
            let Some(id) = newest else {
                return Ok(Sighting::NotListed);
            };
            let mut seen = GivesBack::look_up(
                self,
                &Sought {
                    id: Some(&id),
                    ..*sought
                },
            )?;
            if let Sighting::Found(Answer::Taken(capture) | Answer::Pending(capture)) = &mut seen {
                capture.reference = None;
            }
            return Ok(seen);
        }
        Ok(match GivesBack::look_up(&self.stripe, sought)? {
            Sighting::Found(Answer::Pending(capture))
                if self.has(Planted::PendingRefundIsGiven) =>
            {
                Sighting::Found(Answer::Taken(capture))
            }
            Sighting::Found(Answer::Declined(_)) if self.has(Planted::SentBackIsOverlooked) => {
                Sighting::Found(Answer::Unknown("it was given back once".into()))
            }
            seen => seen,
        })
    }

    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        transaction: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        if self.stage.class == Class::Nothing {
            return Err(cannot_ask("cannot_list", "has no list"));
        }
        GivesBack::recent(&self.stripe, book, since, transaction)
    }

    fn search_advice(&self, sought: &Sought<'_>) -> String {
        GivesBack::search_advice(&self.stripe, sought)
    }
}

//! The gateway's refunds: what of its ledger went back to a card, waits, failed, or was sent back.
//!
//! It gives back no more of an intent than is left of it, unless this seed's
//! gateway does not look: then nobody but the book can say no.

use serde_json::{Value, json};

use super::server::{Doing, Said, Server, Standing, labels, labels_of, read_form, refusal};

/// So long after it took the money a gateway that voids still does, in seconds.
pub const SETTLES_AFTER: i64 = 20 * 3600;

/// Money that goes back to a card.
#[derive(Debug, Clone)]
pub struct Refund {
    pub number: usize,
    pub account: usize,
    pub created: i64,
    pub amount: i64,
    /// The intent whose money it is.
    pub of: String,
    pub meta: Vec<(String, String)>,
    /// How it stands: `Taken` is given back.
    pub standing: Standing,
    /// It was given once, whatever the bank did with it since.
    pub was_given: bool,
    /// When the bank sends it back.
    pub comes_back_at: Option<i64>,
}

impl Refund {
    pub fn id(&self) -> String {
        format!("re_{:06}", self.number)
    }

    pub fn meta(&self, name: &str) -> Option<&str> {
        let found = self.meta.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.as_str())
    }

    pub fn is_given(&self) -> bool {
        self.standing == Standing::Taken
    }

    /// Whether its money has left, or may yet.
    pub fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Declined(_))
    }

    /// Whether it will yet stand otherwise than now.
    fn is_restless(&self) -> bool {
        matches!(self.standing, Standing::Deciding { .. }) || self.comes_back_at.is_some()
    }

    pub(super) fn shown(&self) -> Value {
        let (status, reason) = match self.standing {
            Standing::Taken => ("succeeded", None),
            Standing::Deciding { .. } => ("pending", None),
            Standing::Declined(code) => ("failed", Some(code)),
        };
        json!({
            "id": self.id(), "object": "refund", "status": status, "amount": self.amount,
            "currency": "usd", "payment_intent": self.of, "metadata": labels(&self.meta),
            "created": self.created, "failure_reason": reason,
        })
    }

    /// What has become of it by now.
    pub(super) fn pass_to(&mut self, now: i64) {
        if let Standing::Deciding { until, then_taken } = self.standing
            && until <= now
        {
            self.standing = if then_taken {
                Standing::Taken
            } else {
                Standing::Declined("declined")
            };
        }
        self.was_given |= self.is_given();
        if self.comes_back_at.is_some_and(|at| at <= now) {
            self.comes_back_at = None;
            if self.is_given() {
                self.standing = Standing::Declined("expired_or_canceled_card");
            }
        }
    }
}

impl Server {
    /// A request to give money back has arrived.
    pub(super) fn give_back(
        &mut self,
        account: usize,
        key: &str,
        body: &[u8],
        now: i64,
        doing: Doing,
    ) -> Said {
        if let Some(said) = self.repeated(account, key, body, now) {
            return said;
        }
        let refund = match self.asked_back(account, body, now, doing) {
            Ok(refund) => refund,
            // What is refused unread is not kept under its key.
            Err(said) => return said,
        };
        let answer = refund.shown();
        match (doing.says_500, doing.taken_after) {
            (true, None) if doing.standing != Standing::Taken => {}
            (_, Some(wait)) => self.given_later.push((now + wait, doing.backdated, refund)),
            _ => self.add_refund(refund),
        }
        self.keep(account, key, body, now, doing.says_500, (200, answer))
    }

    fn asked_back(
        &self,
        account: usize,
        body: &[u8],
        now: i64,
        doing: Doing,
    ) -> Result<Refund, Said> {
        let form = read_form(body);
        let field = |name: &str| {
            let found = form.iter().find(|(known, _)| known == name);
            found.map(|(_, text)| text.clone())
        };
        let of = field("payment_intent").unwrap_or_default();
        let mut intents = self.intents.iter().filter(|it| it.account == account);
        let Some(intent) = intents.find(|it| it.id() == of) else {
            return Err(refusal(404, "resource_missing", "No such payment_intent"));
        };
        if !intent.is_taken() {
            let why = "This PaymentIntent does not have a successful charge to refund.";
            return Err(refusal(400, "payment_intent_unexpected_state", why));
        }
        let left = intent.received - self.gone_of(&of);
        // Without an amount, Stripe gives back whatever is left.
        let amount: i64 = field("amount").map_or(left, |text| text.parse().unwrap_or(0));
        if field("void").is_some()
            && (amount != intent.received || now - intent.created > SETTLES_AFTER)
        {
            return Err(refusal(400, "settled", "It cannot be voided any more."));
        }
        if self.looks_what_is_left && left <= 0 {
            let why = "The charge has already been refunded.";
            return Err(refusal(400, "charge_already_refunded", why));
        }
        if amount <= 0 || (self.looks_what_is_left && amount > left) {
            let why = "Refund amount is greater than unrefunded amount on charge";
            return Err(refusal(400, "amount_too_large", why));
        }
        Ok(Refund {
            number: self.refunds.len() + 1,
            account,
            created: now,
            amount: amount - doing.less.min(amount - 1),
            of,
            meta: labels_of(&form),
            standing: doing.standing,
            was_given: doing.standing == Standing::Taken,
            // What was cancelled never reached a bank.
            comes_back_at: doing
                .comes_back_after
                .filter(|_| field("void").is_none())
                .map(|wait| now + wait),
        })
    }

    /// What of an intent is given back or may be.
    fn gone_of(&self, intent: &str) -> i64 {
        let later = self.given_later.iter().map(|(.., refund)| refund);
        let live = self.refunds.iter().chain(later).filter(|it| it.is_live());
        live.filter(|it| it.of == intent).map(|it| it.amount).sum()
    }

    /// Puts a refund into the ledger.
    pub fn add_refund(&mut self, refund: Refund) {
        let number = self.refunds.len() + 1;
        self.refunds.push(Refund { number, ..refund });
    }

    /// Somebody gives money back on the gateway's own page, as much as is left.
    pub fn gives_back_by_hand(&mut self, of: &str, most: i64, now: i64) {
        let intent = self.intents.iter().find(|it| it.id() == of);
        let left = intent.map_or(0, |intent| intent.received) - self.gone_of(of);
        if left.min(most) > 0 {
            self.add_refund(Refund {
                number: 0,
                account: 1,
                created: now,
                amount: left.min(most),
                of: of.to_owned(),
                meta: Vec::new(),
                standing: Standing::Taken,
                was_given: true,
                comes_back_at: None,
            });
        }
    }

    pub(super) fn refunds_pass_to(&mut self, now: i64) {
        let (due, later) = std::mem::take(&mut self.given_later)
            .into_iter()
            .partition(|(at, ..)| *at <= now);
        self.given_later = later;
        for (at, backdated, mut refund) in due {
            if !backdated {
                refund.created = at;
            }
            self.add_refund(refund);
        }
        for refund in &mut self.refunds {
            refund.pass_to(now);
        }
    }

    /// Whether a refund under this reference may still be given.
    pub fn may_still_give(&self, reference: &str) -> bool {
        let ours = |refund: &Refund| refund.meta("dues_attempt") == Some(reference);
        self.given_later.iter().any(|(.., refund)| ours(refund))
            || self
                .refunds
                .iter()
                .any(|refund| ours(refund) && matches!(refund.standing, Standing::Deciding { .. }))
    }

    pub(super) fn refunds_are_quiet(&self) -> bool {
        self.given_later.is_empty() && !self.refunds.iter().any(Refund::is_restless)
    }

    /// What the banks have in hand they send back within a day.
    pub fn hastens(&mut self, now: i64) {
        for refund in &mut self.refunds {
            if let Some(at) = &mut refund.comes_back_at {
                *at = (*at).min(now + 86_400);
            }
        }
    }
}

//! The two things that Stripe makes for us, an intent and a refund, as far as they are alike.
//!
//! Each is made by a POST and listed by a GET at one address, carries our label
//! in its metadata, and stands somewhere. What differs is in an [`Object`], so
//! that asking, listing and finding are written once.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::charge::{Answer, Capture};
use crate::domain::label::Label;
use crate::ports::Seen;

use super::amounts::from_stripe;
use super::words::{is_name, reference, text};

/// One of them.
pub(super) struct Object {
    /// What Stripe calls it in the field `object`.
    pub(super) name: &'static str,
    /// What a person calls it.
    pub(super) noun: &'static str,
    /// Where it is made, listed and, followed by its id, found.
    pub(super) path: &'static str,
    /// How its ids may begin.
    pub(super) ids: &'static [&'static str],
    /// Whether it takes money; if not, it gives money back.
    pub(super) takes: bool,
    /// How it stands, whoever asks; `Err` says why that is not known.
    pub(super) standing: fn(&Value) -> Result<Answer, String>,
    /// What it says it was asked about: the card, or the transaction.
    pub(super) token: fn(&Value) -> Option<String>,
    /// The no of a card error, if what it is about did not go on after all.
    pub(super) no: fn(&Value) -> Option<Answer>,
    /// What asking for it is called: a charge, a refund.
    pub(super) deed: &'static str,
    /// What did not happen when its request was refused.
    pub(super) nothing: &'static str,
    /// What to do when what its request names is not there.
    pub(super) gone: &'static str,
}

impl Object {
    /// Whether the text is the id of one of these.
    pub(super) fn is_id(&self, text: &str) -> bool {
        self.ids.iter().any(|prefix| is_name(text, prefix))
    }

    /// The id in an answer, if the answer is one of these.
    pub(super) fn id(&self, object: &Value) -> Result<String, String> {
        if text(object, "object") != Some(self.name) {
            return Err(format!(
                "stripe answered with something that is no {}",
                self.noun
            ));
        }
        text(object, "id")
            .filter(|id| self.is_id(id))
            .map(str::to_owned)
            .ok_or_else(|| format!("stripe's answer names no {}", self.noun))
    }

    /// What it took or gave back, by the number in this field.
    pub(super) fn moved(
        &self,
        object: &Value,
        id: String,
        amount: &str,
    ) -> Result<Capture, String> {
        let money = object[amount]
            .as_i64()
            .filter(|amount| *amount > 0)
            .zip(text(object, "currency"))
            .and_then(|(amount, code)| from_stripe(amount, code))
            .ok_or_else(|| format!("stripe's {} {id} names no amount dues can read", self.noun))?;
        Ok(Capture {
            id,
            amount: money,
            token: (self.token)(object),
            reference: reference(object).map(str::to_owned),
        })
    }

    /// How it stands, as an answer.
    pub(super) fn answer(&self, object: &Value) -> Answer {
        (self.standing)(object).unwrap_or_else(|why| Answer::Unknown(why.into()))
    }

    /// One that this book's requests made, as the list has it. `None` for
    /// anybody else's.
    pub(super) fn seen(&self, object: &Value, book: &str) -> Option<Seen> {
        let label = Label::read(|name| text(&object["metadata"], name))
            .filter(|it| it.book == book && it.purpose.charge().is_some() == self.takes)?;
        let amount = object["amount"].as_i64().zip(text(object, "currency"));
        Some(Seen {
            label,
            reference: reference(object)?.to_owned(),
            token: (self.token)(object),
            amount: amount.and_then(|(amount, code)| from_stripe(amount, code))?,
            made_at: object["created"]
                .as_i64()
                .and_then(|at| Timestamp::from_second(at).ok()),
            answer: self.answer(object),
        })
    }
}

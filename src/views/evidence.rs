//! The packet for a dispute as scripts read it, and its `fields.json`.

use serde_json::{Map, Value, json};

use super::money;
use crate::domain::evidence::Evidence;
use crate::domain::evidence::fitting::{MOST_IN_A_FIELD, MOST_IN_ALL};
use crate::paper::evidence::{Answers, compelling_words, matches};

/// The answers for the gateway's form.
#[must_use]
pub fn fields(evidence: &Evidence, answers: &Answers) -> Value {
    let texts: Map<String, Value> = answers
        .texts
        .iter()
        .map(|field| (field.name.to_owned(), field.text.clone().into()))
        .collect();
    let files: Map<String, Value> = answers
        .files
        .iter()
        .map(|(name, places)| ((*name).to_owned(), json!(places)))
        .collect();
    let cut = answers.texts.iter().filter_map(|field| {
        let letters = field.cut_from?;
        Some(json!({"field": field.name, "letters": letters, "kept": field.text.chars().count()}))
    });
    let missing = answers
        .missing
        .iter()
        .map(|it| json!({"fields": it.fields, "why": it.why, "how": it.how}));
    json!({
        "dispute": evidence.dispute.id.to_string(),
        "limits": {"field": MOST_IN_A_FIELD, "all": MOST_IN_ALL},
        "text": texts, "files": files, "cut": cut.collect::<Vec<_>>(), "missing": missing.collect::<Vec<_>>(),
    })
}

/// Whether earlier charges speak for this one.
#[must_use]
pub fn compelling(evidence: &Evidence) -> Value {
    let (verdict, priors, words) = compelling_words(evidence);
    let priors = priors.iter().map(|prior| {
        let it = &prior.charge;
        json!({
            "charge": it.charge.to_string(), "charged_on": it.on.to_string(), "amount": money(it.amount),
            "gateway_id": it.gateway_id, "invoices": it.invoices,
            "days_before_dispute": prior.before_dispute, "days_before_charge": prior.before_charge,
            "matches": matches(prior),
        })
    });
    json!({"verdict": verdict.word(), "says": words, "earlier": priors.collect::<Vec<_>>()})
}

//! A dispute as the fields of a gateway's form: texts, files, and what is missing.
//!
//! The names are Stripe's (the evidence of `POST /v1/disputes/{id}`); other
//! gateways ask for the same things under other names.

use crate::domain::attachment::Kind;
use crate::domain::evidence::fitting::{Field, fitted};
use crate::domain::evidence::{Evidence, Invoiced, Mailed, UsedCard};
use crate::domain::hour::on_the_wall;
use crate::domain::outbox::MailState;

use super::story::{Reader, compelling_words, matches, standing, timeline};

/// What can be filled in.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Texts, cut to the gateway's limits.
    pub texts: Vec<Field>,
    /// The files of the packet that a field is for.
    pub files: Vec<(&'static str, Vec<String>)>,
    pub missing: Vec<Missing>,
}

/// Fields that the book has nothing for.
#[derive(Debug, Clone)]
pub struct Missing {
    pub fields: Vec<&'static str>,
    /// What the book lacks.
    pub why: String,
    /// The command that brings it in.
    pub how: Option<String>,
}

/// The answers that the book has for the bank.
#[must_use]
pub fn answers(evidence: &Evidence) -> Answers {
    let buyer = &evidence.buyer;
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    let (twin, explained) = twin(evidence).unwrap_or_default();
    // What matters least comes last: it is what the limit for all would cut.
    let texts = fitted(vec![
        ("customer_name", buyer.name.clone()),
        ("customer_email_address", said(&buyer.email)),
        ("billing_address", said(&buyer.billing_address)),
        ("product_description", products(evidence)),
        ("duplicate_charge_id", twin),
        ("duplicate_charge_explanation", explained),
        ("uncategorized_text", account(evidence)),
    ]);
    let mut answers = Answers {
        texts,
        files: files(evidence),
        missing: Vec::new(),
    };
    answers.missing = missing(evidence, &answers);
    answers
}

impl Answers {
    fn has(&self, name: &str) -> bool {
        let texts = self.texts.iter().map(|field| field.name);
        texts
            .chain(self.files.iter().map(|it| it.0))
            .any(|it| it == name)
    }
}

/// `INV-7 of 2026-11-03 (PO 77), 412.40 USD, all of it paid with this payment: roses`
fn products(evidence: &Evidence) -> String {
    let line = |invoice: &Invoiced| {
        let (number, on, total) = (&invoice.number, invoice.issued_on, invoice.total);
        let po = invoice.po_number.as_ref();
        let po = po.map(|po| format!(" (PO {po})")).unwrap_or_default();
        let part = if invoice.paid == total {
            "all of it".to_owned()
        } else {
            invoice.paid.to_string()
        };
        let memo = invoice.memo.as_ref();
        let memo = memo.map(|memo| format!(": {memo}")).unwrap_or_default();
        format!("{number} of {on}{po}, {total}, {part} paid with this payment{memo}")
    };
    let mut lines: Vec<String> = evidence.invoices.iter().map(line).collect();
    lines.extend(evidence.payment.memo.clone());
    lines.join("\n")
}

/// For a charge that is called a duplicate: the one before of as much, and what each paid.
fn twin(evidence: &Evidence) -> Option<(String, String)> {
    let is_called_so = evidence.dispute.reason.to_lowercase().contains("duplicate");
    let twin = evidence
        .earlier
        .iter()
        .rfind(|it| it.amount == evidence.payment.amount)
        .filter(|_| is_called_so)?;
    let paid = |numbers: Vec<&str>| match &numbers[..] {
        [] => "no invoice".to_owned(),
        numbers => numbers.join(", "),
    };
    let ours = evidence.invoices.iter().map(|it| it.number.as_str());
    let theirs = twin.invoices.iter().map(String::as_str);
    let explained = format!(
        "The charge of {} on {} paid {}. The disputed charge of {} paid {}.",
        twin.amount,
        twin.on,
        paid(theirs.collect()),
        evidence.payment.received_on,
        paid(ours.collect())
    );
    let id = twin
        .gateway_id
        .clone()
        .unwrap_or_else(|| twin.charge.to_string());
    Some((id, explained))
}

/// What happened, for the bank to read.
fn account(evidence: &Evidence) -> String {
    let mut parts = Vec::new();
    for consent in evidence.consents.iter().filter(|it| it.covers_the_charge) {
        let given = &consent.given;
        let card = evidence.card.as_ref().map(UsedCard::name);
        parts.push(format!(
            "{} agreed that {} may be charged ({}), as was recorded on {}.",
            given.given_by,
            card.unwrap_or_default(),
            given.how,
            on_the_wall(given.recorded_at, &evidence.zone)
        ));
    }
    for mail in evidence.mails.iter().filter(|mail| mail.is_confirmation) {
        parts.push(format!(
            "A confirmation went to {}: {}.",
            mail.to,
            standing(mail.state)
        ));
    }
    let (_, priors, _) = compelling_words(evidence);
    if !priors.is_empty() {
        let lines = priors.iter().map(|prior| {
            let (on, amount) = (prior.charge.on, prior.charge.amount);
            let id = prior.charge.gateway_id.clone();
            let id = id.unwrap_or_else(|| prior.charge.charge.to_string());
            format!("  {on}  {amount}  {id}  same {}", matches(prior).join(", "))
        });
        let lines: Vec<String> = lines.collect();
        parts.push(format!(
            "Earlier charges of the same card that nobody disputed:\n{}",
            lines.join("\n")
        ));
    }
    let told = timeline(evidence, Reader::Bank);
    let lines: Vec<String> = told
        .iter()
        .map(|it| format!("  {}  {}", it.when, it.what))
        .collect();
    parts.push(format!("What happened:\n{}", lines.join("\n")));
    parts.join("\n\n")
}

/// The field that a kind of file is for.
fn field_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Form => "customer_signature",
        Kind::Delivery => "shipping_documentation",
        Kind::Correspondence => "customer_communication",
        Kind::Contract => "service_documentation",
        Kind::Policy => "refund_policy",
        Kind::Other => "uncategorized_file",
    }
}

fn files(evidence: &Evidence) -> Vec<(&'static str, Vec<String>)> {
    let was_sent = |mail: &&Mailed| mail.state == MailState::Sent;
    let mails = evidence.mails.iter().filter(was_sent).map(|mail| {
        let field = if mail.is_confirmation {
            "receipt"
        } else {
            "customer_communication"
        };
        (field, mail.place())
    });
    let kept = evidence.files.iter().filter(|file| file.is_whole);
    let mut files: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (field, place) in mails.chain(kept.map(|file| (field_of(file.kind), file.place()))) {
        match files.iter_mut().find(|(name, _)| *name == field) {
            Some((_, places)) => places.push(place),
            None => files.push((field, vec![place])),
        }
    }
    files
}

fn missing(evidence: &Evidence, answers: &Answers) -> Vec<Missing> {
    let (id, code) = (evidence.dispute.id, &evidence.buyer.code);
    let card = evidence.card.as_ref().map_or("CARD", |card| &card.last4);
    let invoice = evidence.invoices.first().map_or("INV", |it| &it.number);
    let from_the_book = [
        (
            "customer_email_address",
            "no mail address of the customer",
            format!("dues customer edit {code} --email ADDRESS"),
        ),
        (
            "billing_address",
            "no billing address",
            format!("dues customer edit {code} --billing-address TEXT"),
        ),
        (
            "product_description",
            "no invoice and no memo says what was sold",
            format!("dues invoice edit {invoice} --memo TEXT"),
        ),
        (
            "customer_signature",
            "no signed form",
            format!("dues card authorize {code} {card} --form FILE"),
        ),
        (
            "receipt",
            "no confirmation of the payment was sent",
            "dues mail list".to_owned(),
        ),
        (
            "shipping_documentation",
            "no delivery note",
            format!("dues invoice attach {invoice} FILE --kind delivery"),
        ),
        (
            "customer_communication",
            "nothing that the customer wrote",
            format!("dues dispute attach {id} FILE --kind correspondence"),
        ),
        (
            "service_documentation",
            "no order and no agreement",
            format!("dues dispute attach {id} FILE --kind contract"),
        ),
        (
            "refund_policy",
            "no terms of sale or of returns",
            format!("dues dispute attach {id} FILE --kind policy"),
        ),
    ];
    let mut missing: Vec<Missing> = from_the_book
        .into_iter()
        .filter(|(field, ..)| !answers.has(field))
        .map(|(field, why, how)| Missing {
            fields: vec![field],
            why: why.to_owned(),
            how: Some(how),
        })
        .collect();
    let elsewhere = [
        (
            "the book does not know when and how it was shipped: take it from the delivery note",
            &[
                "service_date",
                "shipping_address",
                "shipping_carrier",
                "shipping_date",
                "shipping_tracking_number",
            ][..],
        ),
        (
            "the book does not know how the customer ordered: ask your shop",
            &["customer_purchase_ip", "access_activity_log"],
        ),
        (
            "in your own words, where it matters",
            &[
                "refund_policy_disclosure",
                "refund_refusal_explanation",
                "cancellation_policy",
                "cancellation_policy_disclosure",
                "cancellation_rebuttal",
            ],
        ),
    ];
    missing.extend(elsewhere.into_iter().map(|(why, fields)| Missing {
        fields: fields.to_vec(),
        why: why.to_owned(),
        how: None,
    }));
    missing
}

//! The index page of a packet: one HTML file that needs nothing else, reads on
//! a screen and prints.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::evidence::fitting::{MOST_IN_A_FIELD, MOST_IN_ALL};
use crate::domain::evidence::{Agreement, Evidence, Mailed};
use crate::domain::hour::on_the_wall;
use crate::domain::money::Money;
use crate::domain::untrusted::Visible;
use crate::paper::{card, fill, plain, preformatted};

use super::answers::Answers;
use super::story::{Reader, compelling_words, matches, standing, timeline};

const HTML: &str = include_str!("../templates/evidence.html");

/// The page. It cannot fail: a template that will not render is replaced by the
/// texts for the gateway, as they stand.
#[must_use]
pub fn index(evidence: &Evidence, answers: &Answers, made_on: Date) -> String {
    worded(evidence, answers, made_on, HTML)
}

fn worded(evidence: &Evidence, answers: &Answers, made_on: Date, html: &str) -> String {
    let page = Page::of(evidence, answers, made_on);
    fill("evidence.html", html, &page).unwrap_or_else(|| {
        let texts = answers
            .texts
            .iter()
            .map(|field| format!("{}\n{}\n", field.name, field.text));
        preformatted(&texts.collect::<Vec<_>>().join("\n"))
    })
}

/// A label and what it says.
type Fact = (&'static str, String);

/// The facts as they are shown; what the template is given.
#[derive(Serialize)]
struct Page {
    dispute: String,
    seller: String,
    made_on: String,
    facts: Vec<Fact>,
    card: Option<String>,
    consents: Vec<String>,
    invoices: Vec<Vec<String>>,
    mails: Vec<Letter>,
    compelling: String,
    priors: Vec<Vec<String>>,
    refunds: Vec<Vec<String>>,
    notes: Vec<Vec<String>>,
    files: Vec<File>,
    timeline: Vec<(String, String)>,
    fields: Vec<Filled>,
    field_files: Vec<(&'static str, String)>,
    missing: Vec<Lacking>,
    most_in_a_field: usize,
    most_in_all: usize,
}

#[derive(Serialize)]
struct Letter {
    id: String,
    to: String,
    standing: String,
    subject: String,
    place: String,
    text: String,
    log: Vec<(String, String)>,
}

#[derive(Serialize)]
struct File {
    name: String,
    kind: String,
    with: String,
    /// None: it is not there, or not what it was.
    place: Option<String>,
    sha256: String,
}

#[derive(Serialize)]
struct Filled {
    name: &'static str,
    text: String,
    cut: Option<String>,
}

#[derive(Serialize)]
struct Lacking {
    fields: String,
    why: String,
    how: Option<String>,
}

impl Page {
    fn of(evidence: &Evidence, answers: &Answers, made_on: Date) -> Self {
        let wall = |at: Timestamp| on_the_wall(at, &evidence.zone);
        let (_, priors, compelling) = compelling_words(evidence);
        Self {
            dispute: evidence.dispute.id.to_string(),
            seller: plain(&evidence.seller),
            made_on: made_on.to_string(),
            facts: facts(evidence),
            card: evidence.card.as_ref().map(|it| {
                let expiry = it.expiry.as_ref();
                let expiry = expiry.map(|it| format!(", good until {it}"));
                format!(
                    "{}{}",
                    card(&it.brand, &it.last4),
                    expiry.unwrap_or_default()
                )
            }),
            consents: evidence
                .consents
                .iter()
                .map(|it| consent(it, &wall(it.given.recorded_at)))
                .collect(),
            invoices: evidence
                .invoices
                .iter()
                .map(|it| {
                    vec![
                        plain(&it.number),
                        or_dash(it.po_number.as_deref()),
                        it.issued_on.to_string(),
                        it.due_on.to_string(),
                        it.total.to_string(),
                        it.paid.to_string(),
                        or_dash(it.memo.as_deref()),
                    ]
                })
                .collect(),
            mails: evidence.mails.iter().map(|it| letter(it, wall)).collect(),
            compelling: plain(&compelling),
            priors: priors
                .iter()
                .map(|prior| {
                    let it = &prior.charge;
                    vec![
                        it.charge.to_string(),
                        it.on.to_string(),
                        it.amount.to_string(),
                        or_dash(it.gateway_id.as_deref()),
                        plain(&it.invoices.join(", ")),
                        prior.before_dispute.to_string(),
                        prior.before_charge.to_string(),
                        matches(prior).join(", "),
                    ]
                })
                .collect(),
            refunds: evidence
                .refunds
                .iter()
                .map(|it| {
                    vec![
                        it.id.to_string(),
                        it.on.to_string(),
                        it.amount.to_string(),
                        it.given.to_string(),
                        or_dash(it.because.as_deref()),
                        or_dash(it.gateway_id.as_deref()),
                    ]
                })
                .collect(),
            notes: evidence
                .notes
                .iter()
                .map(|it| {
                    let promise = it.promise.map(|(amount, by)| format!("{amount} by {by}"));
                    vec![
                        it.on.to_string(),
                        plain(&it.text),
                        or_dash(promise.as_deref()),
                    ]
                })
                .collect(),
            files: evidence
                .files
                .iter()
                .map(|it| File {
                    name: plain(&it.name),
                    kind: it.kind.to_string(),
                    with: plain(&it.with),
                    place: it.is_whole.then(|| it.place()),
                    sha256: it.sha256.clone(),
                })
                .collect(),
            timeline: timeline(evidence, Reader::Ourselves)
                .into_iter()
                .map(|it| (it.when, plain(&it.what)))
                .collect(),
            fields: answers
                .texts
                .iter()
                .map(|field| Filled {
                    name: field.name,
                    text: shown(&field.text),
                    cut: field.cut_from.map(|letters| {
                        let kept = field.text.chars().count();
                        format!("cut to {kept} letters; it had {letters}")
                    }),
                })
                .collect(),
            field_files: answers
                .files
                .iter()
                .map(|(name, places)| (*name, places.join(", ")))
                .collect(),
            missing: answers
                .missing
                .iter()
                .map(|it| Lacking {
                    fields: it.fields.join(", "),
                    why: it.why.clone(),
                    how: it.how.as_deref().map(plain),
                })
                .collect(),
            most_in_a_field: MOST_IN_A_FIELD,
            most_in_all: MOST_IN_ALL,
        }
    }
}

/// The dispute, the payment and the customer.
fn facts(evidence: &Evidence) -> Vec<Fact> {
    let (dispute, paid, buyer) = (&evidence.dispute, &evidence.payment, &evidence.buyer);
    let mut facts = vec![
        (
            "The bank took",
            format!("{} of {}", dispute.amount, paid.amount),
        ),
        ("Its reason", plain(&dispute.reason)),
        ("On", dispute.opened_on.to_string()),
    ];
    match (&dispute.answered, dispute.respond_by) {
        (Some((on, reference)), _) => {
            let reference = reference.as_deref().map(|it| format!(" ({})", plain(it)));
            facts.push((
                "Answered on",
                format!("{on}{}", reference.unwrap_or_default()),
            ));
        }
        (None, Some(day)) => facts.push(("Answer by", day.to_string())),
        (None, None) => {}
    }
    if let Some((outcome, on)) = dispute.outcome {
        facts.push(("Ended", format!("{outcome} on {on}")));
    }
    if dispute.fee.is_positive() {
        facts.push(("Fee", dispute.fee.to_string()));
    }
    facts.push((
        "Payment",
        format!(
            "{}, {} by {} on {}",
            paid.id, paid.amount, paid.method, paid.received_on
        ),
    ));
    if let Some(charge) = &paid.charge {
        let id = charge
            .gateway_id
            .as_deref()
            .map(|it| format!(", there {}", plain(it)));
        facts.push((
            "Charge",
            format!(
                "{} at {}, reference {}{}",
                charge.id,
                charge.gateway,
                charge.reference,
                id.unwrap_or_default()
            ),
        ));
    }
    if let Some(memo) = &paid.memo {
        facts.push(("Memo", plain(memo)));
    }
    facts.push((
        "Customer",
        format!("{} ({})", plain(&buyer.name), plain(&buyer.code)),
    ));
    for (label, said) in [
        ("Mail address", &buyer.email),
        ("Phone", &buyer.phone),
        ("Billing address", &buyer.billing_address),
    ] {
        if let Some(said) = said {
            facts.push((label, plain(said)));
        }
    }
    facts
}

fn consent(consent: &Agreement, recorded: &str) -> String {
    let given = &consent.given;
    let ceiling = given
        .ceiling
        .map(|it: Money| format!(", at most {it} a charge"));
    let until = given.until.map(|it| format!(", until {it}"));
    let covers = if consent.covers_the_charge {
        " The disputed charge rests on it."
    } else {
        ""
    };
    plain(&format!(
        "{} agreed: {}. Recorded on {recorded}; it covers {}{}{}.{covers}",
        given.given_by,
        given.how,
        match given.scope.word() {
            "any" => "whatever is owed",
            "invoices" => "invoices",
            _ => "charges on agreed days",
        },
        ceiling.unwrap_or_default(),
        until.unwrap_or_default()
    ))
}

fn letter(mail: &Mailed, wall: impl Fn(Timestamp) -> String) -> Letter {
    let standing = standing(mail.state);
    Letter {
        id: mail.id.to_string(),
        to: plain(&mail.to),
        standing: match mail.sent_at {
            Some(at) => format!("{standing} {}", wall(at)),
            None => standing.to_owned(),
        },
        subject: plain(&mail.subject),
        place: mail.place(),
        text: shown(mail.text.trim_end()),
        log: mail
            .log
            .iter()
            .map(|(at, said)| (wall(*at), plain(said)))
            .collect(),
    }
}

/// Text of many lines, with nothing hidden in it.
fn shown(text: &str) -> String {
    Visible::text(text).as_str().to_owned()
}

fn or_dash(text: Option<&str>) -> String {
    text.map_or_else(|| "–".to_owned(), plain)
}

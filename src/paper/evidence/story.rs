//! The sentences of a packet: what happened, in order, and whether Visa's door is open.

use crate::domain::evidence::compelling::{Case, Prior, Verdict, weighed};
use crate::domain::evidence::{Agreement, Evidence, Moment, UsedCard};
use crate::domain::outbox::MailState;

/// For whom it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Whoever keeps the book.
    Ourselves,
    /// The bank: what was noted of the customer, and when a file was kept, is no business of theirs.
    Bank,
}

/// What happened, first things first.
pub fn timeline(evidence: &Evidence, reader: Reader) -> Vec<Moment> {
    let zone = &evidence.zone;
    let mut moments = Vec::new();
    for invoice in &evidence.invoices {
        let (number, total, due) = (&invoice.number, invoice.total, invoice.due_on);
        moments.push(Moment::on(
            invoice.issued_on,
            format!("{number} issued: {total}, due {due}"),
        ));
    }
    let card = evidence.card.as_ref().map(UsedCard::name);
    let card = card.unwrap_or_else(|| "the card".to_owned());
    for Agreement { given, .. } in &evidence.consents {
        moments.push(Moment::at(
            given.recorded_at,
            zone,
            format!(
                "{} agreed that {card} may be charged ({})",
                given.given_by, given.how
            ),
        ));
    }
    let paid = &evidence.payment;
    match &paid.charge {
        Some(charge) => moments.push(Moment::at(
            charge.at,
            zone,
            format!(
                "{} charged {} to {card} ({})",
                charge.id, paid.amount, paid.id
            ),
        )),
        None => moments.push(Moment::on(
            paid.received_on,
            format!("{} received: {} by {}", paid.id, paid.amount, paid.method),
        )),
    }
    for mail in &evidence.mails {
        for (at, said) in &mail.log {
            let what = format!("{} to {}: {said}", mail.id, mail.to);
            moments.push(Moment::at(*at, zone, what));
        }
    }
    let ours = evidence
        .files
        .iter()
        .filter(|_| reader == Reader::Ourselves);
    for file in ours {
        let what = format!("{} ({}) kept with {}", file.name, file.kind, file.with);
        moments.push(Moment::at(file.attached_at, zone, what));
    }
    for refund in &evidence.refunds {
        let what = format!(
            "{}: {} of {} given back",
            refund.id, refund.given, refund.amount
        );
        moments.push(Moment::on(refund.on, what));
    }
    for note in &evidence.notes {
        if let Some((amount, by)) = note.promise {
            let what = format!("promised to pay {amount} by {by}");
            moments.push(Moment::written(note.on, note.at, zone, what));
        }
        if reader == Reader::Ourselves {
            let what = format!("noted: {}", note.text);
            moments.push(Moment::written(note.on, note.at, zone, what));
        }
    }
    let dispute = &evidence.dispute;
    moments.push(Moment::written(
        dispute.opened_on,
        dispute.opened_at,
        zone,
        format!(
            "{} opened: {} ({})",
            dispute.id, dispute.amount, dispute.reason
        ),
    ));
    // No minute is kept of these; they come after whatever the day had.
    for (on, what) in [
        dispute
            .answered
            .as_ref()
            .map(|(on, _)| (*on, "answered".to_owned())),
        dispute
            .outcome
            .map(|(outcome, on)| (on, outcome.to_string())),
    ]
    .into_iter()
    .flatten()
    {
        moments.push(Moment::late(on, format!("{} {what}", dispute.id)));
    }
    Moment::in_order(moments)
}

/// The earlier charges that count for Visa, and what follows from them.
pub fn compelling(evidence: &Evidence) -> (Verdict, Vec<Prior>) {
    let case = Case {
        brand: evidence.card.as_ref().map(|card| card.brand.as_str()),
        reason: &evidence.dispute.reason,
        disputed_on: evidence.dispute.opened_on,
        charged_on: evidence.payment.received_on,
    };
    weighed(&case, &evidence.earlier)
}

const DOOR: &str = "Visa's Compelling Evidence 3.0";

/// Whether it qualifies, in plain words.
#[must_use]
pub fn compelling_words(evidence: &Evidence) -> (Verdict, Vec<Prior>, String) {
    let (verdict, priors) = compelling(evidence);
    let words = match verdict {
        Verdict::NoCard => {
            format!("{DOOR} does not apply: the book knows no card for this payment.")
        }
        Verdict::NotVisa => format!("{DOOR} does not apply: the card is no Visa card."),
        Verdict::NotFraud => format!(
            "{DOOR} does not apply: it is for fraud alone (Visa's reason 10.4), and the bank's reason is \
             “{}”.",
            evidence.dispute.reason
        ),
        Verdict::TooFew(n) => format!(
            "It does not qualify for {DOOR}: that takes two charges of this card that nobody disputed, 120 to 365 days \
             before the dispute, and the book has {}.",
            if n == 0 { "none" } else { "one" }
        ),
        Verdict::NeedsMore(n) => format!(
            "It does not qualify for {DOOR} by what the book has. {n} earlier charges of this card count, and two are \
             enough; but two of these four must be the same for them and for the disputed charge: account, shipping \
             address, IP address, device; and one of the two must be the IP address or the device. The book knows \
             neither. If your shop does, send them along, and it qualifies."
        ),
    };
    (verdict, priors, words)
}

/// What of an earlier charge is the same: `card, account, mail address`.
#[must_use]
pub fn matches(prior: &Prior) -> Vec<&'static str> {
    let also = [
        (true, "card"),
        (prior.charge.same_account, "account"),
        (prior.charge.same_address, "mail address"),
    ];
    also.into_iter()
        .filter_map(|(is_same, what)| is_same.then_some(what))
        .collect()
}

/// Where a mail stands, as a bank may hear it.
pub fn standing(state: MailState) -> &'static str {
    match state {
        MailState::Sent => "sent",
        MailState::MaybeSent => "perhaps sent: the server's answer was lost",
        MailState::Written => "written as a file; not sent by dues",
        MailState::Queued | MailState::Sending => "not sent yet",
        MailState::Failed => "not delivered to the server",
        MailState::Cancelled => "not sent",
    }
}

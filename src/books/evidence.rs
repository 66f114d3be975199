//! Everything the book has on a dispute, gathered.
//!
//! Texts of old books may hold what is refused today: no card number gets from
//! here into a packet that leaves the house.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::audit::audit_row;
use super::{AttachmentRow, AuditRow, Books, ChargeRow, DisputeRow, KeptFor, MailRow, Reader};
use crate::domain::authorization::{Authorization, Consent};
use crate::domain::card_number::removed_from;
use crate::domain::charge::State;
use crate::domain::dispute::Outcome;
use crate::domain::evidence::compelling::Earlier;
use crate::domain::evidence::{
    Agreement, Buyer, Charged, Disputed, Evidence, GivenBack, Invoiced, Mailed, Noted, Paid, Shown,
    UsedCard,
};
use crate::domain::ids::{AuthorizationId, ChargeId, DisputeId, InvoiceId, PaymentId};
use crate::domain::money::Money;
use crate::domain::outbox::{MailState, tells_of};
use crate::domain::payment::Payment;
use crate::domain::refund::TakenFrom;
use crate::problem::Result;

impl Books {
    /// What the book and the files beside it have on a dispute.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is no such dispute.
    pub fn evidence(&self, id: DisputeId) -> Result<Evidence> {
        let mut evidence = self.read().evidence(id)?;
        for file in &mut evidence.files {
            file.is_whole = self.kept(&file.sha256).is_some();
        }
        Ok(evidence)
    }
}

impl Reader<'_> {
    fn evidence(self, id: DisputeId) -> Result<Evidence> {
        let (facts, dispute) = (self.facts()?, self.dispute(id)?);
        let payment = self.payment(dispute.payment)?;
        let charge = payment.charge.map(|id| self.charge(id)).transpose()?;
        let customer = self.customer(payment.customer)?;
        let card = charge.as_ref().map(|it| self.card(it.card)).transpose()?;
        let (consents, mut files) = match &charge {
            Some(charge) => self.consents_to(charge)?,
            None => (Vec::new(), Vec::new()),
        };
        let invoices = self.paid_before(&payment, charge.as_ref())?;
        for (id, invoice) in &invoices {
            let kept = self.attachments(KeptFor::Invoice(*id))?;
            files.extend(kept.iter().map(|file| shown(file, &invoice.number)));
        }
        let kept = self.attachments(KeptFor::Dispute(id))?;
        files.extend(kept.iter().map(|file| shown(file, &id.to_string())));
        let mails = self.mails_of(payment.id)?;
        let addresses: Vec<String> = mails.iter().filter_map(told_at).collect();
        let mut notes = self.notes(customer.id)?;
        notes.reverse();
        Ok(Evidence {
            seller: facts.name,
            zone: facts.zone,
            dispute: disputed(&dispute),
            earlier: match &charge {
                Some(charge) => self.charged_before(charge, &addresses)?,
                None => Vec::new(),
            },
            refunds: self.given_back_of(payment.id)?,
            payment: Paid {
                id: payment.id,
                amount: payment.amount,
                method: payment.method,
                received_on: payment.received_on,
                memo: cleaned(payment.memo.as_deref()),
                charge: charge.map(charged),
            },
            buyer: Buyer {
                code: customer.code,
                name: removed_from(&customer.name),
                email: customer.email,
                phone: customer.phone,
                billing_address: cleaned(customer.billing_address.as_deref()),
            },
            card: card.map(|card| UsedCard {
                expiry: card.facts.expiry.map(|expiry| expiry.to_string()),
                brand: card.facts.brand,
                last4: card.facts.last4,
            }),
            consents,
            invoices: invoices.into_iter().map(|(_, invoice)| invoice).collect(),
            mails: mails
                .iter()
                .filter(|mail| mail.state != MailState::Cancelled)
                .map(|mail| self.mailed(mail))
                .collect::<Result<_>>()?,
            notes: notes
                .into_iter()
                .map(|note| Noted {
                    on: note.noted_on,
                    at: note.noted_at,
                    text: removed_from(&note.text),
                    promise: note.promise.map(|promise| (promise.amount, promise.by)),
                })
                .collect(),
            files,
        })
    }

    /// What the customer agreed to for the card, with the forms that were kept.
    fn consents_to(self, charge: &ChargeRow) -> Result<(Vec<Agreement>, Vec<Shown>)> {
        let rests_on: Option<AuthorizationId> = self.row(
            "select authorization_id from charges where id = ?1",
            [charge.id],
            |row| row.get(0),
        )?;
        let (mut consents, mut files) = (Vec::new(), Vec::new());
        for Consent { id, authorization } in self.consents(charge.card, rests_on)? {
            let kept = self.attachments(KeptFor::Authorization(id))?;
            let given_by = removed_from(&authorization.given_by);
            let with = format!("the consent of {given_by}");
            files.extend(kept.iter().map(|file| shown(file, &with)));
            consents.push(Agreement {
                given: Authorization {
                    how: removed_from(&authorization.how),
                    given_by,
                    ..authorization
                },
                covers_the_charge: Some(id) == rests_on,
            });
        }
        Ok((consents, files))
    }

    /// What a payment paid before banks took of it: as its charge was planned, and
    /// what it was applied to since.
    fn paid_before(
        self,
        payment: &Payment,
        charge: Option<&ChargeRow>,
    ) -> Result<Vec<(InvoiceId, Invoiced)>> {
        let zero = Money::zero(payment.amount.currency());
        let mut paid: BTreeMap<InvoiceId, (String, Money)> = BTreeMap::new();
        let mut add = |id, number: String, amount: Money| {
            let (_, sum) = paid.entry(id).or_insert((number, zero));
            *sum = sum.plus(amount);
        };
        for applied in self.allocations_of(payment.credit.name.id)? {
            add(applied.invoice, applied.number, applied.amount);
        }
        for dispute in self.disputes_of(payment.id)? {
            if matches!(dispute.outcome, Some((Outcome::Won, _))) {
                continue;
            }
            for share in self.dispute_shares(dispute.id)? {
                if let TakenFrom::Invoice { id, number } = share.from {
                    add(id, number, share.amount);
                }
            }
        }
        for share in charge
            .map(|it| self.shares_of(it.id))
            .transpose()?
            .unwrap_or_default()
        {
            // What was given back or moved away since was charged all the same.
            if share.from.is_none() && !paid.contains_key(&share.invoice) {
                paid.insert(share.invoice, (share.number, share.amount));
            }
        }
        let mut invoices = Vec::new();
        for (id, (number, amount)) in paid {
            if let Some(invoice) = self.invoice_by_number(&number)? {
                invoices.push((
                    id,
                    Invoiced {
                        number: removed_from(&invoice.number),
                        po_number: cleaned(invoice.po_number.as_deref()),
                        total: invoice.total,
                        paid: amount,
                        issued_on: invoice.issued_on,
                        due_on: invoice.due_on,
                        memo: cleaned(invoice.memo.as_deref()),
                    },
                ));
            }
        }
        Ok(invoices)
    }

    fn mailed(self, mail: &MailRow) -> Result<Mailed> {
        let letter = &mail.letter;
        let steps = self.rows(
            "select seq, at, actor, command, what, prev, hash from audit
              where what like '%\"mail\":\"' || ?1 || '\"%' order by seq",
            [letter.id.to_string()],
            audit_row,
        )?;
        Ok(Mailed {
            id: letter.id,
            to: letter.to.clone(),
            subject: removed_from(&letter.wording.subject),
            text: removed_from(&letter.wording.text),
            is_confirmation: is_confirmation(mail),
            state: mail.state,
            written_at: letter.written_at,
            sent_at: mail.sent_at,
            log: steps.iter().filter_map(step).collect(),
        })
    }

    /// The charges of the same card before this one that brought money, oldest first.
    fn charged_before(self, this: &ChargeRow, addresses: &[String]) -> Result<Vec<Earlier>> {
        let ids: Vec<(ChargeId, PaymentId)> = self.rows(
            "select c.id, p.id from charges c join attempts a on a.charge_id = c.id
               join payments p on p.attempt_id = a.id
              where c.card_id = ?1 and c.id < ?2 order by c.charged_on, c.id",
            (this.card, this.id),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut earlier = Vec::new();
        for (charge, payment) in ids {
            let (row, payment) = (self.charge(charge)?, self.payment(payment)?);
            if row.attempt.state != State::Succeeded {
                continue;
            }
            let invoices = self.paid_before(&payment, Some(&row))?;
            let mails = self.mails_of(payment.id)?;
            let known = |mail: &MailRow| told_at(mail).is_some_and(|it| addresses.contains(&it));
            earlier.push(Earlier {
                charge,
                payment: payment.id,
                on: payment.received_on,
                amount: payment.amount,
                gateway_id: row.attempt.gateway_id,
                invoices: invoices.into_iter().map(|(_, it)| it.number).collect(),
                was_disputed: !self.disputes_of(payment.id)?.is_empty(),
                was_given_back: payment.given_back == payment.amount,
                same_account: row.customer == this.customer,
                same_address: mails.iter().any(known),
            });
        }
        Ok(earlier)
    }

    fn given_back_of(self, payment: PaymentId) -> Result<Vec<GivenBack>> {
        let mut refunds = self.refunds_of(payment)?;
        refunds.sort_by_key(|refund| refund.id);
        let told = |refund: super::RefundRow| GivenBack {
            id: refund.id,
            amount: refund.amount,
            given: refund.given_back,
            on: refund.refunded_on,
            because: cleaned(refund.because.as_deref()),
            gateway_id: refund.attempt.gateway_id,
        };
        Ok(refunds.into_iter().map(told).collect())
    }
}

fn cleaned(text: Option<&str>) -> Option<String> {
    text.map(removed_from)
}

fn is_confirmation(mail: &MailRow) -> bool {
    tells_of(&mail.event).starts_with("confirmation:")
}

/// Where a confirmation was sent.
fn told_at(mail: &MailRow) -> Option<String> {
    let was_told = is_confirmation(mail) && mail.state == MailState::Sent;
    was_told.then(|| mail.letter.to.to_lowercase())
}

fn disputed(row: &DisputeRow) -> Disputed {
    Disputed {
        id: row.id,
        amount: row.amount,
        fee: row.fee,
        reason: removed_from(&row.reason),
        opened_on: row.opened_on,
        opened_at: row.opened_at,
        respond_by: row.respond_by,
        answered: row
            .answered
            .as_ref()
            .map(|answer| (answer.on, answer.reference.clone())),
        outcome: row.outcome,
    }
}

fn charged(charge: ChargeRow) -> Charged {
    Charged {
        id: charge.id,
        at: charge.created_at,
        gateway: charge.attempt.account.gateway,
        reference: charge.attempt.asked.reference,
        gateway_id: charge.attempt.gateway_id,
    }
}

fn shown(file: &AttachmentRow, with: &str) -> Shown {
    Shown {
        id: file.id,
        name: removed_from(&file.name),
        kind: file.kind,
        with: with.to_owned(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
        attached_at: file.attached_at,
        is_whole: false,
    }
}

/// A step of a mail, from the log: `sent: 250 2.0.0 Ok: queued as 4F1`.
fn step(row: &AuditRow) -> Option<(Timestamp, String)> {
    let what: Value = serde_json::from_str(&row.what).ok()?;
    let word = |name: &str| what[name].as_str().unwrap_or_default();
    let said = match word("event") {
        "mail.queued" | "mail.resent" => "written, and waiting to be sent".to_owned(),
        "mail.claimed" if what["claimed"] == true => "handed over to be sent".to_owned(),
        "mail.settled" => {
            let (state, note) = (word("state").replace('_', " "), word("note"));
            match note {
                "" => state,
                note => format!("{state}: {note}"),
            }
        }
        _ => return None,
    };
    Some((row.at, removed_from(&said)))
}

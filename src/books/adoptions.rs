//! Takes charges back into a book that forgot them.
//!
//! What is adopted enters as an attempt that was sent and whose outcome is
//! unknown; what became of it is then heard and booked like any other's. Its
//! request is not here, so it is looked for and never repeated.

use jiff::Timestamp;
use serde_json::json;

use super::Tx;
use super::charges::{AttemptRow, ChargeRow};
use crate::domain::card::Card;
use crate::domain::charge::{Event, State};
use crate::domain::ids::{ChargeId, InvoiceId, sha256_hex};
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// A charge that was made and is not in the book.
#[derive(Debug, Clone)]
pub struct Adoption<'a> {
    /// The number it had, if it is still free or still the same charge's.
    pub charge: ChargeId,
    pub intent: &'a str,
    pub n: u32,
    pub card: &'a Card,
    pub authorization: i64,
    pub amount: Money,
    pub key: &'a str,
    pub reference: &'a str,
    pub sent_at: Timestamp,
    /// Where its money was to go, as far as the book has it.
    pub shares: &'a [(InvoiceId, Money)],
}

impl Tx<'_> {
    /// Writes the charge, if it is not there, and its attempt: sent, outcome
    /// unknown. Live attempts before it are closed: it could not have been
    /// made before they were.
    ///
    /// # Errors
    ///
    /// Exit 8 if an earlier attempt of the charge cannot be closed.
    pub fn adopt(&self, adoption: &Adoption<'_>) -> Result<AttemptRow> {
        let same = self
            .read()
            .charge_by_intent(adoption.intent)?
            .filter(|charge| charge.customer == adoption.card.customer);
        if let Some(charge) = &same {
            self.close_before(charge)?;
        }
        let id = match same {
            Some(charge) if charge.amount == adoption.amount && self.still_fits(charge.id)? => {
                charge.id
            }
            _ => self.add_adopted_charge(adoption)?,
        };
        self.insert(
            "insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, sends, first_sent_at, last_sent_at, note, prepared_at, changed_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, x'', ?10, 'unknown', 1, ?11, ?11, ?12, ?13, ?13)",
            rusqlite::params![
                id,
                adoption.n,
                adoption.card.gateway,
                adoption.card.account,
                adoption.card.facts.token,
                adoption.amount.minor(),
                adoption.amount.currency(),
                adoption.key,
                adoption.reference,
                sha256_hex(b""),
                adoption.sent_at,
                "it was on its way when the book was lost",
                self.at,
            ],
        )?;
        self.note(
            "charge.adopted",
            json!({"charge": id.to_string(), "customer": self.read().customer(adoption.card.customer)?.code,
                   "attempt": adoption.n, "amount": adoption.amount.to_string(), "card": adoption.card.name(),
                   "gateway": adoption.card.gateway, "reference": adoption.reference}),
        )?;
        Ok(self.read().charge(id)?.attempt)
    }

    fn add_adopted_charge(&self, adoption: &Adoption<'_>) -> Result<ChargeId> {
        let request = adoption.intent.strip_prefix("request ");
        let is_free = adoption.charge.0 > 0 && self.read().find_charge(adoption.charge)?.is_none();
        let taken = self.read().charge_by_intent(adoption.intent)?.is_some();
        let other = format!("{} {}", adoption.intent, adoption.reference);
        let id = if is_free {
            adoption.charge
        } else {
            self.next_charge()?
        };
        self.insert(
            "insert into charges (id, customer_id, card_id, authorization_id, amount_minor, currency, intent,
               request_id, request_text, memo, wants_mail, charged_on, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, null, null, 0, ?9, ?10)",
            (
                id,
                adoption.card.customer,
                adoption.card.id,
                adoption.authorization,
                adoption.amount.minor(),
                adoption.amount.currency(),
                if taken { &other } else { adoption.intent },
                request.filter(|_| !taken),
                adoption.sent_at.to_zoned(self.read().facts()?.zone).date(),
                self.at,
            ),
        )?;
        for (line, (invoice, amount)) in adoption.shares.iter().enumerate() {
            self.insert(
                "insert into plans (charge_id, line, invoice_id, payment_id, amount_minor) values (?1, ?2, ?3, null, ?4)",
                (id, i64::try_from(line).unwrap_or(i64::MAX), invoice, amount.minor()),
            )?;
        }
        Ok(id)
    }

    /// Writes to the log that the book was compared with the world.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_reconciliation(&self, adopted: usize, compared: Option<&str>) -> Result<()> {
        self.note(
            "gateway.reconciled",
            json!({"adopted": adopted, "compared": compared}),
        )
    }

    /// Whether the invoices of a charge's plan are still open for it.
    fn still_fits(&self, charge: ChargeId) -> Result<bool> {
        for share in self.read().shares_of(charge)? {
            let invoice = self.read().invoice_by_number(&share.number)?;
            let fits = invoice.is_some_and(|it| {
                !it.is_void && it.available().at_most(share.amount) == share.amount
            });
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn close_before(&self, charge: &ChargeRow) -> Result<()> {
        let note = "closed: a later attempt of this charge was made";
        let attempt = &charge.attempt;
        let event = match attempt.state {
            State::Declined | State::NotMade => return Ok(()),
            State::Sending => {
                self.step(attempt, &Event::Orphaned, None, Some(note))?;
                Event::FoundNotCharged
            }
            State::Prepared | State::Unknown | State::Review => Event::FoundNotCharged,
            State::Succeeded | State::Pending => {
                return Err(Problem::new(
                    crate::problem::Kind::Attention,
                    "contradiction",
                    format!(
                        "{} is {} in the book, and the gateway has a later attempt of it",
                        charge.id, attempt.state
                    ),
                )
                .hint(format!(
                    "Compare `dues charge show {}` with the gateway's own page.",
                    charge.id
                )));
            }
        };
        self.step(attempt, &event, None, Some(note))?;
        Ok(())
    }
}

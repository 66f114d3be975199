//! Takes charges back into a book that forgot them.
//!
//! What is adopted enters as an attempt that was sent and whose outcome is
//! unknown; what became of it is then heard and booked like any other's. Its
//! request is not here, so it is looked for and never repeated.

use jiff::Timestamp;
use serde_json::json;

use super::attempt_rows::AttemptRow;
use super::charges::{CHARGES, ChargeRow, charge};
use super::values::in_columns;
use super::{Reader, Tx};
use crate::domain::card::Card;
use crate::domain::charge::{Event, State};
use crate::domain::credit::Credit;
use crate::domain::ids::{AuthorizationId, ChargeId, sha256_hex};
use crate::domain::intent::Intent;
use crate::domain::label::Paid;
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::problem::{Kind, Problem, Result};

/// A charge that was made and is not in the book.
#[derive(Debug, Clone)]
pub struct Adoption<'a> {
    /// The number it had, if it is still free or still the same charge's.
    pub charge: ChargeId,
    pub intent: &'a Intent,
    pub n: u32,
    pub card: &'a Card,
    pub authorization: AuthorizationId,
    pub amount: Money,
    pub key: &'a str,
    pub reference: &'a str,
    /// The reference it carries at the gateway, if not its own.
    pub carries: Option<&'a str>,
    /// The book is older than the charge: what is open in it for the same
    /// invoices was over when this one was made.
    pub after_what_is_open: bool,
    pub sent_at: Timestamp,
    /// Another clock than ours confirms that moment.
    pub witnessed: bool,
    /// It left within these two by our clock, whoever's dated it.
    pub sent_within: (Timestamp, Timestamp),
    /// The gateway says that nothing was taken.
    pub took_nothing: bool,
    /// Where its money was to go; what is not open for it any more stays on account.
    pub pays: &'a [Paid],
}

/// Why a charge was not taken back.
#[derive(Debug)]
pub enum NotAdopted {
    /// Another must be decided first (exit 8).
    EarlierOpen(Problem),
    /// The book would not take it.
    Refused(Problem),
}

impl From<Problem> for NotAdopted {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl Reader<'_> {
    /// The charges that were taken back beside this one, and took its money or
    /// may: of an attempt that was closed as not made and was taken after all,
    /// or of one that did not fit it any more.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn taken_back_beside(self, id: ChargeId) -> Result<Vec<ChargeRow>> {
        self.rows(
            &format!(
                "{CHARGES} where a.state not in ('declined', 'not_made') and c.id in (
                   select late.charge_id from attempts closed join attempts late on late.carries = closed.reference
                    where closed.charge_id = ?1
                   union all
                   select beside.id from charges first join charges beside
                       on beside.intent > first.intent || ' ' and beside.intent < first.intent || '!'
                     join attempts its on its.charge_id = beside.id and beside.intent = first.intent || ' ' || its.reference
                    where first.id = ?1)
                 order by c.id"
            ),
            [id],
            charge,
        )
    }

    /// A charge that was made under a name of this one's own, took its money or
    /// may, and belongs to no date of a schedule: `S-1 2026-11-23 charge 2` is
    /// one of `S-1 2026-11-23`.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn live_and_without_a_date(self, intent: &Intent) -> Result<Option<ChargeRow>> {
        self.row(
            &format!(
                "{CHARGES} where a.state not in ('declined', 'not_made')
                   and (c.intent = ?1 or (c.intent > ?1 || ' ' and c.intent < ?1 || '!'))
                   and not exists (select 1 from occurrence_charges t where t.charge_id = c.id)
                 order by c.id limit 1"
            ),
            [intent],
            charge,
        )
    }
}

impl Tx<'_> {
    /// Writes the charge, if it is not there, and its attempt: sent, outcome
    /// unknown. A live attempt before it is closed: it could not have been
    /// made before that was. One that is not the newest, or whose charge took
    /// money already, enters as a charge beside it.
    ///
    /// # Errors
    ///
    /// [`NotAdopted::EarlierOpen`] if an earlier charge or attempt that stands in
    /// its way is not decided.
    pub fn adopt(&self, adoption: &Adoption<'_>) -> Result<AttemptRow, NotAdopted> {
        self.doubt_what_is_open()?;
        let same = self
            .read()
            .charge_by_intent(adoption.intent)?
            .filter(|charge| {
                charge.card == adoption.card.id
                    && charge.attempt.n < adoption.n
                    && !matches!(charge.attempt.state, State::Succeeded | State::Pending)
            });
        if let Some(charge) = &same {
            self.close_before(&charge.attempt)?;
        }
        if adoption.after_what_is_open {
            self.close_what_made_way(adoption)?;
        }
        let id = match same {
            Some(charge) if charge.amount == adoption.amount && self.still_fits(charge.id)? => {
                charge.id
            }
            _ => self.add_adopted_charge(adoption)?,
        };
        let [gateway, account] = in_columns(&adoption.card.account);
        self.insert(
            "insert into attempts (charge_id, n, gateway, account, token, amount_minor, currency, key, reference,
               request, request_sha256, state, sends, first_sent_at, last_sent_at, note, prepared_at, changed_at, carries, witnessed)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, x'', ?10, 'unknown', 1, ?11, ?11, ?12, ?13, ?13, ?14, ?15)",
            rusqlite::params![
                id,
                adoption.n,
                gateway,
                account,
                adoption.card.facts.token,
                adoption.amount.minor(),
                adoption.amount.currency(),
                adoption.key,
                adoption.reference,
                sha256_hex(b""),
                adoption.sent_at,
                "it was on its way when the book was lost",
                self.at,
                adoption.carries,
                adoption.witnessed,
            ],
        )?;
        self.note(
            "charge.adopted",
            json!({"charge": id.to_string(), "customer": self.read().customer(adoption.card.customer)?.code,
                   "attempt": adoption.n, "amount": adoption.amount.to_string(), "card": adoption.card.name(),
                   "gateway": gateway, "reference": adoption.reference}),
        )?;
        Ok(self.read().charge(id)?.attempt)
    }

    fn add_adopted_charge(&self, adoption: &Adoption<'_>) -> Result<ChargeId> {
        let request = adoption.intent.request();
        let is_free = adoption.charge.0 > 0 && self.read().find_charge(adoption.charge)?.is_none();
        let taken = self.read().charge_by_intent(adoption.intent)?.is_some();
        let other = adoption.intent.beside(adoption.reference);
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
        self.plan_adopted(id, adoption)?;
        Ok(id)
    }

    /// Plans what the charge was for, as far as it is in the book and open.
    fn plan_adopted(&self, id: ChargeId, adoption: &Adoption<'_>) -> Result<()> {
        let customer = adoption.card.customer;
        let mut on_card = adoption.amount;
        let mut line = 0;
        for paid in adoption.pays {
            let Some(invoice) = self.read().invoice_paid(customer, paid)? else {
                continue;
            };
            // Two lines may pay one invoice, one of them from a credit.
            let earlier: Option<i64> = self.read().row(
                "select coalesce(sum(amount_minor), 0) from plans where charge_id = ?1 and invoice_id = ?2",
                (id, invoice.id),
                |row| row.get(0),
            )?;
            let earlier = Money::of(earlier.unwrap_or(0), invoice.total.currency());
            let mut amount = paid.amount.at_most(invoice.available().minus(earlier));
            let credit = match paid.from {
                None => None,
                Some(from) => {
                    let credits = self.read().credits_of(customer)?;
                    let mut credits = credits.into_iter();
                    let is_this = |credit: &Credit| {
                        credit.name.source == from && credit.amount.currency() == amount.currency()
                    };
                    let Some(credit) = credits.find(is_this) else {
                        continue;
                    };
                    Some(credit)
                }
            };
            amount = amount.at_most(credit.as_ref().map_or(on_card, Credit::available));
            if invoice.is_void || !amount.is_positive() {
                continue;
            }
            if credit.is_none() {
                on_card = on_card.minus(amount);
            }
            self.insert(
                "insert into plans (charge_id, line, invoice_id, credit_id, amount_minor) values (?1, ?2, ?3, ?4, ?5)",
                (
                    id,
                    line,
                    invoice.id,
                    credit.map(|credit| credit.name.id),
                    amount.minor(),
                ),
            )?;
            line += 1;
        }
        Ok(())
    }

    /// Writes down that the book was compared with the world.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_reconciliation(&self, adopted: usize, compared: Option<&str>) -> Result<()> {
        self.doubt_what_is_open()?;
        self.note(
            "gateway.reconciled",
            json!({"adopted": adopted, "compared": compared}),
        )
    }

    /// What is open in a book that forgot charges may be over in the world.
    pub(super) fn doubt_what_is_open(&self) -> Result<()> {
        self.execute(
            "update attempts set reconciled = 1 where reconciled = 0 and id in (select id from open_attempts)",
            [],
        )?;
        Ok(())
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

    /// This charge could only be planned when nothing else had its invoices
    /// reserved: what is open for them in an older book was closed by then.
    fn close_what_made_way(&self, adoption: &Adoption<'_>) -> Result<(), NotAdopted> {
        let book = self.read();
        let mut contested = Vec::new();
        for paid in adoption.pays {
            let invoice = book.invoice_paid(adoption.card.customer, paid)?;
            contested
                .extend(invoice.filter(|it| it.available().at_most(paid.amount) != paid.amount));
        }
        let (from, by) = adoption.sent_within;
        for earlier in book.open_charges_of(adoption.card.customer)? {
            let contests = book
                .shares_of(earlier.id)?
                .iter()
                .any(|share| contested.iter().any(|invoice| invoice.id == share.invoice));
            let sent = earlier.attempt.sent_since();
            if !contests || earlier.intent == *adoption.intent || sent > by {
                continue;
            }
            // Of two that were both taken back nobody knows which was first, if
            // their clocks do not tell.
            let was_first = sent <= from || !self.was_taken_back(&earlier.attempt)?;
            if !was_first && adoption.took_nothing {
                continue;
            }
            // The gateway may have taken its money: a list shows it while it is open,
            // and closed as not made it would be forgotten.
            let may_be_paid = matches!(earlier.attempt.state, State::Pending | State::Review);
            if !was_first || may_be_paid {
                return Err(NotAdopted::EarlierOpen(stands_in_the_way(earlier.id)));
            }
            self.close_before(&earlier.attempt)?;
        }
        Ok(())
    }

    /// Its request is not in the book, as it was made from another one.
    pub(super) fn was_taken_back(&self, attempt: &AttemptRow) -> Result<bool> {
        let request: Option<i64> = self.read().row(
            "select 1 from attempts where id = ?1 and length(request) > 0",
            [attempt.id],
            |row| row.get(0),
        )?;
        Ok(request.is_none())
    }

    /// Closes what could not have been open when a later one was made.
    pub(super) fn close_before(&self, attempt: &AttemptRow) -> Result<()> {
        let note = match attempt.purpose {
            Purpose::Take(_) => "closed: a later charge or attempt for the same was made",
            Purpose::GiveBack(_) => "closed: a later refund of the same payment was made",
        };
        let event = match attempt.state {
            State::Sending => {
                self.step(attempt, &Event::Orphaned, None, Some(note))?;
                Event::FoundNotCharged
            }
            State::Prepared | State::Unknown | State::Review => Event::FoundNotCharged,
            State::Declined | State::NotMade | State::Succeeded | State::Pending => return Ok(()),
        };
        self.step(attempt, &event, None, Some(note))?;
        Ok(())
    }
}

/// What must have been over by now is not decided in this book.
fn stands_in_the_way(earlier: ChargeId) -> Problem {
    Problem::new(
        Kind::Attention,
        "earlier_charge_open",
        format!("another charge was for invoices of {earlier}, which is not decided yet"),
    )
    .hint(format!(
        "See what became of {earlier} with `dues charge review`, and decide it. Then run `dues gateway reconcile` again."
    ))
}

//! What was booked to the wrong customer: a payment or a card that is another's.
//!
//! A payment stays where it was booked, and its money falls away there; under
//! the other customer it is a payment of its own that says where it came from.

use jiff::civil::Date;
use serde_json::json;

use super::reversals::{Why, require_whole};
use super::{Reader, Tx};
use crate::domain::card::Card;
use crate::domain::credit::{Allocation, Source};
use crate::domain::customer::Customer;
use crate::domain::ids::{ChargeId, InvoiceId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::problem::{Problem, Result};

impl Reader<'_> {
    /// The payment that this one is now, under another customer.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn moved_to(self, payment: PaymentId) -> Result<Option<PaymentId>> {
        self.row(
            "select id from payments where moved_from_id = ?1",
            [payment],
            |row| row.get("id"),
        )
    }

    /// The payment that this one was first, under another customer.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn moved_from(self, payment: PaymentId) -> Result<Option<PaymentId>> {
        let from = self.row(
            "select moved_from_id from payments where id = ?1",
            [payment],
            |row| row.get("moved_from_id"),
        )?;
        Ok(from.flatten())
    }
}

impl Tx<'_> {
    /// Books a payment to another customer, where it is on account: the new
    /// payment, and what the old one does not pay any more.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is a card payment, is that customer's already, came back,
    /// was moved before, or a charge on its way uses it.
    pub fn move_payment(
        &self,
        payment: &Payment,
        to: &Customer,
    ) -> Result<(PaymentId, Vec<Allocation>)> {
        let book = self.read();
        // As it is now, not as it was shown.
        let payment = &book.payment(payment.id)?;
        let id = payment.id;
        self.require_movable(payment, to)?;
        let freed = book.allocations_of(payment.credit.name.id)?;
        let on = match book.closed_through()? {
            Some(through) if payment.received_on <= through => self.open_day(self.today()?)?,
            _ => payment.received_on,
        };
        let moved = PaymentId(self.insert(
            "insert into payments (customer_id, method, amount_minor, currency, received_on, memo, reference,
               receipt_id, moved_from_id, created_at)
             select ?2, method, amount_minor, currency, ?3, memo, reference, receipt_id, id, ?4
               from payments where id = ?1",
            (id, to.id, on, self.at),
        )?);
        self.insert_credit(Source::Payment(moved), to.id, payment.amount, on)?;
        for part in &freed {
            let amount = Money::zero(part.amount.currency()).minus(part.amount);
            // Not before it was applied: on no day was more open than the invoice is for.
            let on = on.max(self.last_applied(payment, part.invoice)?.unwrap_or(on));
            self.allocate(payment.credit.name.id, part.invoice, amount, on)?;
        }
        self.reverse(
            payment.credit.name.id,
            payment.amount,
            Why::Moved(moved),
            on,
        )?;
        self.note(
            "payment.moved",
            json!({"payment": id.to_string(), "to": moved.to_string(), "customer": to.code,
                   "from": book.customer(payment.customer)?.code, "amount": payment.amount.to_string()}),
        )?;
        Ok((moved, freed))
    }

    fn last_applied(&self, payment: &Payment, invoice: InvoiceId) -> Result<Option<Date>> {
        let last = self.read().row(
            "select max(allocated_on) as last from allocations where credit_id = ?1 and invoice_id = ?2",
            (payment.credit.name.id, invoice),
            |row| row.get("last"),
        )?;
        Ok(last.flatten())
    }

    fn require_movable(&self, payment: &Payment, to: &Customer) -> Result<()> {
        let (book, id) = (self.read(), payment.id);
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if payment.customer == to.id {
            return refuse(
                "same_customer",
                format!("{id} is booked to {} already", to.code),
                format!("See it with `dues payment show {id}`."),
            );
        }
        if payment.method == Method::Card {
            return refuse(
                "card_is_not_moved",
                format!(
                    "{id} was paid with a card of {}, and stays theirs",
                    book.customer(payment.customer)?.code
                ),
                format!(
                    "Give the money back with `dues payment refund {id}` and charge {}; if both are one customer, use \
                     `dues customer merge`; if the card is the other's, it was added to the wrong customer.",
                    to.code
                ),
            );
        }
        if let Some(moved) = book.moved_to(id)? {
            return refuse(
                "moved_already",
                format!("{id} was moved already, and is {moved} now"),
                format!("Move that one: `dues payment move {moved} {}`.", to.code),
            );
        }
        require_whole(payment, "move the payment")
    }

    /// Gives a card that was never charged to the customer whose it is. The
    /// consent stays behind: it was not theirs.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is that customer's already, was ever asked for money, or a
    /// schedule or autopay rests on it.
    pub fn move_card(&self, card: &Card, to: &Customer) -> Result<()> {
        let book = self.read();
        let (name, from) = (card.name(), book.customer(card.customer)?);
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if card.customer == to.id {
            return refuse(
                "same_customer",
                format!("{name} is a card of {} already", to.code),
                format!("See it with `dues card list {}`.", to.code),
            );
        }
        let charged = book.row(
            "select id from charges where card_id = ?1 limit 1",
            [card.id],
            |row| row.get::<_, ChargeId>("id"),
        )?;
        if let Some(charge) = charged {
            return refuse(
                "card_was_charged",
                format!(
                    "{name} of {} was charged ({charge}), and stays theirs",
                    from.code
                ),
                format!(
                    "Stop it with `dues card disable {} {}`, and ask {} for a card of their own.",
                    from.code, card.facts.last4, to.code
                ),
            );
        }
        let agreed = book.row(
            "select 1 as one from schedules where card_id = ?1 and ended_at is null
             union all select 1 from autopays where card_id = ?1 and ended_at is null limit 1",
            [card.id],
            |row| row.get::<_, i64>("one"),
        )?;
        if agreed.is_some() {
            return refuse(
                "card_is_agreed",
                format!("a schedule or autopay of {} rests on {name}", from.code),
                format!(
                    "End it first: see `dues schedule list --customer {}` and `dues autopay list`.",
                    from.code
                ),
            );
        }
        let theirs = book.cards_of(to.id)?;
        let is_first = !theirs.iter().any(|card| card.is_default);
        self.insert(
            "insert into card_moves (card_id, from_id, to_id, consents_through, moved_at)
             values (?1, ?2, ?3, (select coalesce(max(id), 0) from authorizations), ?4)",
            (card.id, from.id, to.id, self.at),
        )?;
        self.execute(
            "update cards set customer_id = ?2, is_default = ?3 where id = ?1",
            (card.id, to.id, is_first && !card.disabled),
        )?;
        self.note(
            "card.moved",
            json!({"card": name, "from": from.code, "customer": to.code}),
        )
    }

    /// Lets a card that was disabled be charged again.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is in use.
    pub fn enable_card(&self, card: &Card) -> Result<()> {
        if !card.disabled {
            return Err(Problem::refused(
                "card_in_use",
                format!("{} is not disabled", card.name()),
            )
            .hint("There is nothing to do."));
        }
        self.execute(
            "update cards set disabled_at = null where id = ?1",
            [card.id],
        )?;
        self.note(
            "card.enabled",
            json!({"customer": self.read().customer(card.customer)?.code, "card": card.name()}),
        )
    }
}

//! Every kind of thing that a bookkeeper does in a year, one after the other by chance.

use dues::books::{Correction, NewAdjustment, NewDispute, NewMemo, Tx};
use dues::domain::allotting::Policy;
use dues::domain::credit::AdjustmentKind;
use dues::domain::customer::Customer;
use dues::domain::ids::{AdjustmentId, DisputeId, PaymentId};
use dues::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use dues::domain::money::{Currency, Money};
use dues::domain::payment::Payment;
use dues::domain::refund::Wanted;
use dues::jobs::bounce::{Returned, bounce};
use dues::jobs::credit::{Grant, correct, grant};
use dues::jobs::receive::{Direction, apply, sweep};
use dues::problem::Result;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::business::{Desk, or_refused};
use crate::chance::Rng;

#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Invoice,
    OpeningPayment,
    Payment,
    Unnamed,
    Identify,
    Deposit,
    Bounce,
    Memo,
    CancelMemo,
    Apply,
    Sweep,
    Unapply,
    Correct,
    Void,
    Edit,
    WriteOff,
    SmallOnes,
    AskAgain,
    Dispute,
    EndDispute,
    Move,
    Merge,
    Recode,
    Policy,
}

/// How often each happens, beside a thousand invoices.
const OFTEN: [(Deed, u64); 24] = [
    (Deed::Invoice, 1_000),
    (Deed::OpeningPayment, 10),
    (Deed::Payment, 430),
    (Deed::Unnamed, 20),
    (Deed::Identify, 18),
    (Deed::Deposit, 20),
    (Deed::Bounce, 16),
    (Deed::Memo, 25),
    (Deed::CancelMemo, 12),
    (Deed::Apply, 20),
    (Deed::Sweep, 4),
    (Deed::Unapply, 14),
    (Deed::Correct, 24),
    (Deed::Void, 10),
    (Deed::Edit, 20),
    (Deed::WriteOff, 14),
    (Deed::SmallOnes, 3),
    (Deed::AskAgain, 8),
    (Deed::Dispute, 40),
    (Deed::EndDispute, 30),
    (Deed::Move, 12),
    (Deed::Merge, 5),
    (Deed::Recode, 8),
    (Deed::Policy, 10),
];

impl Deed {
    pub fn any(rng: &mut Rng) -> Self {
        let all: u64 = OFTEN.iter().map(|(_, weight)| weight).sum();
        let mut at = rng.below(all);
        for (deed, weight) in OFTEN {
            if at < weight {
                return deed;
            }
            at -= weight;
        }
        unreachable!("all of them were passed over")
    }
}

impl Desk {
    /// Does it, whole or not at all.
    pub fn does(&mut self, tx: &Tx<'_>, deed: Deed) {
        let done = tx.part(|| match deed {
            Deed::Invoice => self.invoices(tx),
            Deed::OpeningPayment => self.had_paid_before(tx),
            Deed::Payment => self.is_paid(tx),
            Deed::Unnamed => self.is_paid_by_nobody_knows_whom(tx),
            Deed::Identify => self.names_the_payer(tx),
            Deed::Deposit => self.goes_to_the_bank(tx),
            Deed::Bounce => self.hears_of_a_bounce(tx),
            Deed::Memo => self.gives_credit(tx),
            Deed::CancelMemo => self.cancels_a_memo(tx),
            Deed::Apply => self.applies(tx),
            Deed::Sweep => {
                sweep(tx).map(|swept| (!swept.is_empty()).then_some("all that was free applied"))
            }
            Deed::Unapply => self.unapplies(tx),
            Deed::Correct => self.corrects(tx),
            Deed::Void => self.makes_void(tx),
            Deed::Edit => self.postpones(tx),
            Deed::WriteOff => self.writes_off(tx),
            Deed::SmallOnes => self.writes_off_small_ones(tx),
            Deed::AskAgain => self.asks_again(tx),
            Deed::Dispute => self.hears_of_a_dispute(tx),
            Deed::EndDispute => self.hears_how_it_ended(tx),
            Deed::Move => self.moves(tx),
            Deed::Merge => self.merges(tx),
            Deed::Recode => self.gives_another_code(tx),
            Deed::Policy => self.changes_a_policy(tx),
        });
        if let Some(Some(what)) = or_refused(done) {
            self.happened(what);
        }
    }

    pub fn someone(&mut self, tx: &Tx<'_>) -> Result<Customer> {
        let nth = self.below(self.customers.len());
        tx.read().customer(self.customers[nth])
    }

    /// Dollars, for one customer in three euros too, for one in nine yen besides.
    fn currency_of(&mut self, customer: &Customer) -> Currency {
        let code = match (customer.id.0 % 9, self.below(3)) {
            (0, 0) => "JPY",
            (0 | 3 | 6, 1) | (1, _) => "EUR",
            _ => "USD",
        };
        Currency::parse(code).unwrap()
    }

    pub fn new_number(&mut self) -> InvoiceNumber {
        self.invoices += 1;
        InvoiceNumber::parse(&format!("INV-{:05}", self.invoices)).unwrap()
    }

    /// Most often a late one.
    pub fn some_invoice(&mut self, tx: &Tx<'_>) -> Result<Option<Invoice>> {
        let late = self
            .rng
            .below(self.invoices.max(1))
            .max(self.rng.below(self.invoices.max(1)));
        tx.read().invoice_by_number(&format!("INV-{:05}", late + 1))
    }

    pub fn some_payment(&mut self, tx: &Tx<'_>) -> Result<Option<Payment>> {
        self.learn(tx.read());
        if self.payments == 0 {
            return Ok(None);
        }
        let most = self.payments.unsigned_abs();
        let late = self.rng.below(most).max(self.rng.below(most));
        let id = PaymentId(i64::try_from(late).unwrap() + 1);
        tx.read().payment(id).map(Some)
    }

    /// Today, or some days before it.
    pub fn lately(&mut self, tx: &Tx<'_>) -> Result<Date> {
        let before = [0, 0, 0, 1, 2, 4][self.below(6)];
        Ok(tx.today()?.checked_sub(before.days()).unwrap())
    }

    fn invoices(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        self.invoice(tx, &customer)?;
        Ok(Some("an invoice"))
    }

    fn invoice(&mut self, tx: &Tx<'_>, customer: &Customer) -> Result<(Invoice, Date)> {
        let currency = self.currency_of(customer);
        let issued_on = self.lately(tx)?;
        let new = NewInvoice {
            number: self.new_number(),
            total: Money::of(self.rng.between(2_00, 3_000_00), currency),
            issued_on,
            due_on: customer.terms.due_on(issued_on)?,
            memo: self
                .rng
                .happens(2_000)
                .then(|| "roses; \"red\" \\ white".to_owned()),
            po_number: None,
            terms: Some(customer.terms),
        };
        tx.add_invoice(customer, &new)?;
        let made = tx.read().find_invoice(new.number.as_str(), None)?;
        Ok((made, issued_on))
    }

    fn had_paid_before(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        let (invoice, on) = self.invoice(tx, &customer)?;
        let half = Money::of(invoice.total.minor() / 2, invoice.total.currency());
        tx.add_opening_payment(&customer, invoice.id, half, on)?;
        Ok(Some(
            "an invoice that was paid in part before it was imported",
        ))
    }

    fn hears_of_a_bounce(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(payment) = self.some_payment(tx)? else {
            return Ok(None);
        };
        let fee = self.rng.happens(5_000);
        let number = InvoiceNumber::parse(&format!("FEE-{}", payment.id)).unwrap();
        let returned = Returned {
            because: "no funds".into(),
            on: tx.today()?,
            fee: fee.then(|| (number, Money::of(25_00, payment.amount.currency()))),
            wants_mail: true,
        };
        bounce(tx, &payment, &returned)?;
        Ok(Some(if fee {
            "a bounce with a fee"
        } else {
            "a bounce"
        }))
    }

    fn gives_credit(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let invoice = self.some_invoice(tx)?.filter(|_| self.rng.happens(7_000));
        let customer = match &invoice {
            Some(invoice) => tx.read().customer(invoice.customer)?,
            None => self.someone(tx)?,
        };
        let currency = invoice.as_ref().map(|it| it.total.currency());
        let currency = currency.unwrap_or_else(|| self.currency_of(&customer));
        let memo = NewMemo {
            number: None,
            customer: &customer,
            invoice: invoice.as_ref(),
            amount: Money::of(self.rng.between(1_00, 300_00), currency),
            because: "wilted",
            on: self.lately(tx)?,
        };
        let applies = self.rng.happens(7_000);
        grant(
            tx,
            &Grant {
                memo,
                applies,
                wants_mail: true,
            },
        )?;
        Ok(Some(match invoice {
            Some(_) if applies => "a credit memo for an invoice",
            _ => "a credit memo on account",
        }))
    }

    fn cancels_a_memo(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let most = tx.read().memos(None, true)?;
        let Some(memo) = most.get(self.below(most.len())) else {
            return Ok(None);
        };
        tx.cancel_memo(memo, "typed twice", tx.today()?)?;
        Ok(Some("a credit memo cancelled"))
    }

    fn applies(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        let credits = tx.read().credits_of(customer.id)?;
        let Some(credit) = credits.get(self.below(credits.len())) else {
            return Ok(None);
        };
        let direction = Direction {
            policy: Some(Policy::ALL[self.below(3)]),
            ..Direction::default()
        };
        apply(tx, credit, &direction)?;
        Ok(Some("a credit applied"))
    }

    fn unapplies(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(payment) = self.some_payment(tx)? else {
            return Ok(None);
        };
        let there = tx.read().allocations_of(payment.credit.name.id)?;
        let Some(there) = there.first() else {
            return Ok(None);
        };
        let amount = match self.rng.below(2) {
            0 => there.amount,
            _ => Money::of((there.amount.minor() / 2).max(1), there.amount.currency()),
        };
        tx.unapply(&payment.credit, there, amount, tx.today()?)?;
        Ok(Some("a payment taken back from an invoice"))
    }

    fn corrects(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(invoice) = self.some_invoice(tx)? else {
            return Ok(None);
        };
        let percent = self.rng.between(60, 130);
        let was_sent = self.rng.happens(3_000);
        let correction = Correction {
            invoice: &invoice,
            number: &self.new_number(),
            amount: Money::of(
                (invoice.total.minor() * percent / 100).max(1),
                invoice.total.currency(),
            ),
            because: "12 boxes, not 15",
            was_sent,
            on: tx.today()?,
        };
        let corrected = correct(tx, &correction, true)?;
        Ok(Some(match corrected.memo {
            Some(_) if corrected.taken_over.is_positive() => "a paid invoice corrected",
            Some(_) => "an invoice corrected that was sent",
            None => "an open invoice corrected",
        }))
    }

    fn makes_void(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(invoice) = self.some_invoice(tx)? else {
            return Ok(None);
        };
        tx.void_invoice(&invoice, "typed twice")?;
        Ok(Some("an invoice made void"))
    }

    fn postpones(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(invoice) = self.some_invoice(tx)? else {
            return Ok(None);
        };
        let due_on = invoice
            .due_on
            .checked_add(self.rng.between(-10, 40).days())
            .unwrap();
        tx.edit_invoice(&invoice, due_on, invoice.memo.as_deref(), Some("PO 7"))?;
        Ok(Some("a due date changed"))
    }

    fn writes_off(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(invoice) = self.some_invoice(tx)? else {
            return Ok(None);
        };
        let amount = match self.rng.below(2) {
            0 => invoice.open,
            _ => Money::of((invoice.open.minor() / 3).max(1), invoice.open.currency()),
        };
        if !amount.is_positive() {
            return Ok(None);
        }
        tx.adjust(&NewAdjustment {
            invoice: &invoice,
            kind: AdjustmentKind::WriteOff,
            amount,
            because: "not to be had",
            payment: None,
            on: tx.today()?,
        })?;
        Ok(Some("a write-off"))
    }

    fn writes_off_small_ones(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let code = ["USD", "EUR", "JPY"][self.below(3)];
        let under = Money::of(20_00, Currency::parse(code).unwrap());
        let today = tx.today()?;
        let (free, _) = tx.read().worth_writing_off(under, today)?;
        let made = tx.write_off(&free, "too little to ask for", today)?;
        Ok((!made.is_empty()).then_some("small ones written off together"))
    }

    fn asks_again(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        // Whatever they are by now: the newest are found by a guess.
        let most = i64::try_from(self.happened.get("a write-off").copied().unwrap_or(0)).unwrap();
        let id = AdjustmentId(self.rng.between(1, most.max(1) * 3));
        let adjustment = tx.read().adjustment(id)?;
        tx.ask_again(&adjustment, "it was paid after all", tx.today()?)?;
        Ok(Some("what was taken off asked for again"))
    }

    fn hears_of_a_dispute(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        self.learn(tx.read());
        let nth = self.below(self.by_card.len());
        let Some(payment) = self.by_card.get(nth) else {
            return Ok(None);
        };
        let payment = tx.read().payment(*payment)?;
        let currency = payment.amount.currency();
        let part = self
            .rng
            .happens(5_000)
            .then(|| Money::of((payment.left().minor() / 2).max(1), currency));
        let today = tx.today()?;
        let opened = tx.open_dispute(&NewDispute {
            payment: payment.id,
            amount: part,
            from: Wanted::AsItComes,
            fee: Money::of([0, 15_00][self.below(2)], currency),
            reason: "fraud",
            on: today,
            respond_by: None,
            again: true,
        })?;
        self.disputes.push(opened);
        Ok(Some(if part.is_some() {
            "a part disputed"
        } else {
            "a payment disputed"
        }))
    }

    fn hears_how_it_ended(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        // Some stay open to the end of the year.
        let nth = self.below(self.disputes.len());
        let Some(id) = self
            .disputes
            .get(nth)
            .copied()
            .filter(|id: &DisputeId| id.0 % 5 != 0)
        else {
            return Ok(None);
        };
        let on = tx.today()?;
        match self.rng.below(3) {
            0 => tx.win_dispute(id, None, on).map(|_| Some("a dispute won")),
            1 => tx
                .lose_dispute(id, false, None, on)
                .map(|()| Some("a dispute lost")),
            _ => tx
                .lose_dispute(id, true, None, on)
                .map(|()| Some("a dispute accepted")),
        }
    }

    fn moves(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(payment) = self.some_payment(tx)? else {
            return Ok(None);
        };
        let to = self.someone(tx)?;
        tx.move_payment(&payment, &to)?;
        Ok(Some("a payment moved"))
    }
}

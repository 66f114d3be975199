//! Money that comes by hand, and what becomes of customers.

use dues::books::{Reader, Tx};
use dues::domain::allotting::Policy;
use dues::domain::credit::AdjustmentKind;
use dues::domain::ids::{PaymentId, ReceiptId};
use dues::domain::invoice::Invoice;
use dues::domain::money::{Currency, Money};
use dues::domain::payment::{Method, Receipt};
use dues::domain::spread::Pick;
use dues::jobs::receive::{Came, Direction, Grant, Order, record};
use dues::problem::Result;

use crate::business::Desk;

/// What the payer sends, and says of it.
struct Remittance {
    amount: Money,
    direction: Direction,
    grants: Vec<Grant>,
    what: &'static str,
}

fn pick(invoice: &Invoice, amount: Option<Money>) -> Pick {
    Pick {
        number: invoice.number.clone(),
        amount,
    }
}

impl Desk {
    /// Reads which payments there are by now.
    pub fn learn(&mut self, book: Reader<'_>) {
        while let Ok(payment) = book.payment(PaymentId(self.payments + 1)) {
            self.payments += 1;
            if payment.method == Method::Card {
                self.by_card.push(payment.id);
            }
        }
    }

    fn method(&mut self) -> Method {
        Method::BY_HAND[self.below(Method::BY_HAND.len())]
    }

    pub fn is_paid(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        let mut open = tx.read().open_invoices(Some(customer.id))?;
        let Some(first) = open.first() else {
            return Ok(None);
        };
        let currency = first.total.currency();
        open.retain(|it| it.total.currency() == currency && it.available().is_positive());
        open.truncate(1 + self.below(5));
        if open.is_empty() {
            return Ok(None);
        }
        let sent = self.remittance(&open, currency);
        let order = Order {
            customer,
            came: Came::Now {
                method: self.method(),
                amount: sent.amount,
                on: self.lately(tx)?,
                reference: Some(format!("{}", self.rng.below(90_000))),
                memo: None,
            },
            direction: sent.direction,
            grants: sent.grants,
            again: false,
            wants_mail: true,
        };
        record(tx, &order)?;
        Ok(Some(sent.what))
    }

    fn remittance(&mut self, open: &[Invoice], currency: Currency) -> Remittance {
        let first = &open[0];
        let zero = Money::zero(currency);
        let due = open.iter().fold(zero, |sum, it| sum.plus(it.available()));
        let cents = Money::of(self.rng.between(1, 90), currency);
        let all: Vec<Pick> = open.iter().map(|it| pick(it, None)).collect();
        let by = |picks: Vec<Pick>, policy| Direction {
            picks,
            policy,
            except: Vec::new(),
        };
        let (amount, direction, grants, what) = match self.rng.below(10) {
            0..=3 => (
                due,
                by(all, None),
                Vec::new(),
                "invoices paid that were named",
            ),
            4 => (
                due.plus(cents),
                by(Vec::new(), Some(Policy::OldestDue)),
                Vec::new(),
                "more paid than is open",
            ),
            5 => (
                due,
                by(Vec::new(), Some(Policy::ALL[self.below(4)])),
                Vec::new(),
                "money by a policy",
            ),
            6 => {
                let part = Money::of((first.available().minor() / 3).max(1), currency);
                (
                    part,
                    by(vec![pick(first, Some(part))], None),
                    Vec::new(),
                    "an invoice paid in part",
                )
            }
            7 => {
                let short = first.available().minus(cents);
                let grant = Grant {
                    number: first.number.clone(),
                    kind: AdjustmentKind::ShortPay,
                    amount: None,
                    because: "damaged".into(),
                };
                (
                    short,
                    by(vec![pick(first, Some(short))], None),
                    vec![grant],
                    "a short payment",
                )
            }
            _ => match first.early_payment().filter(|_| first.open == first.total) {
                Some(early) => {
                    let grant = Grant {
                        number: first.number.clone(),
                        kind: AdjustmentKind::Discount,
                        amount: Some(early.discount),
                        because: "paid early".into(),
                    };
                    let whole = by(vec![pick(first, Some(early.pays))], None);
                    (early.pays, whole, vec![grant], "a discount taken")
                }
                None => (
                    due,
                    by(all, None),
                    Vec::new(),
                    "invoices paid that were named",
                ),
            },
        };
        Remittance {
            amount,
            direction,
            grants,
            what,
        }
    }

    pub fn is_paid_by_nobody_knows_whom(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let code = ["USD", "USD", "EUR"][self.below(3)];
        tx.receive_unidentified(&Receipt {
            id: ReceiptId(0),
            method: self.method(),
            amount: Money::of(
                self.rng.between(10_00, 900_00),
                Currency::parse(code).unwrap(),
            ),
            received_on: self.lately(tx)?,
            reference: None,
            payer: None,
            memo: None,
            payment: None,
        })?;
        Ok(Some("money that nobody could name"))
    }

    pub fn names_the_payer(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let waiting = tx.read().unidentified()?;
        let nth = self.below(waiting.len());
        let Some(receipt) = waiting.into_iter().nth(nth) else {
            return Ok(None);
        };
        let order = Order {
            customer: self.someone(tx)?,
            came: Came::Before(receipt),
            direction: Direction::default(),
            grants: Vec::new(),
            again: false,
            wants_mail: true,
        };
        record(tx, &order)?;
        Ok(Some("money given its owner"))
    }

    pub fn goes_to_the_bank(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let Some(newest) = self.some_payment(tx)? else {
            return Ok(None);
        };
        let currency = newest.amount.currency();
        let late = newest.id.0;
        let before = (1..20).map(|back| PaymentId(late - back));
        let mut brought = vec![newest];
        for id in before.filter(|id| id.0 > 0) {
            let payment = tx.read().payment(id)?;
            if payment.amount.currency() == currency
                && payment.method == brought[0].method
                && payment.deposit.is_none()
            {
                brought.push(payment);
            }
        }
        let total = brought
            .iter()
            .fold(Money::zero(currency), |sum, it| sum.plus(it.amount));
        tx.add_deposit(&brought, total, tx.today()?, None)?;
        Ok(Some("a deposit"))
    }

    pub fn merges(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        // Most of them are to be there at the end of the year.
        if self.customers.len() < 15 {
            return Ok(None);
        }
        let (old, into) = (self.someone(tx)?, self.someone(tx)?);
        tx.merge_customers(&old, &into, "added twice")?;
        self.customers.retain(|id| *id != old.id);
        self.carded.retain(|id| *id != old.id);
        Ok(Some("a customer merged into another"))
    }

    pub fn gives_another_code(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        let times = self.happened.get("a customer given another code");
        let code = format!("NEW_{}", times.copied().unwrap_or(0));
        tx.change_code(&customer, &code)?;
        Ok(Some("a customer given another code"))
    }

    pub fn changes_a_policy(&mut self, tx: &Tx<'_>) -> Result<Option<&'static str>> {
        let customer = self.someone(tx)?;
        tx.set_policy(&customer, Policy::ALL[self.below(4)])?;
        Ok(None)
    }
}

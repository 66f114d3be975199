//! Deposits: checks and cash that were brought to the bank together.
//!
//! A deposit moves no money; it says which payments the bank shows as one line,
//! and its total was counted by a person before it was added up here.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::values::money;
use super::{Reader, Tx};
use crate::domain::ids::{DepositId, PaymentId};
use crate::domain::money::Money;
use crate::domain::payment::{Method, Payment};
use crate::problem::{Problem, Result};

/// A deposit as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    pub id: DepositId,
    pub total: Money,
    pub on: Date,
    pub memo: Option<String>,
}

const SELECT: &str = "select id, total_minor, currency, deposited_on, memo from deposits";

fn deposit(row: &Row<'_>) -> rusqlite::Result<Deposit> {
    Ok(Deposit {
        id: row.get("id")?,
        total: money(row, "total_minor")?,
        on: row.get("deposited_on")?,
        memo: row.get("memo")?,
    })
}

impl Reader<'_> {
    /// Deposits, newest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn deposits(self) -> Result<Vec<Deposit>> {
        self.rows(
            &format!("{SELECT} order by deposited_on desc, id desc"),
            [],
            deposit,
        )
    }

    /// One deposit.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn deposit(self, id: DepositId) -> Result<Deposit> {
        self.row(&format!("{SELECT} where id = ?1"), [id], deposit)?
            .ok_or_else(|| {
                Problem::refused("no_such_deposit", format!("there is no deposit {id}"))
                    .hint("See them with `dues deposit list`.")
            })
    }

    /// The payments of a deposit, in the order in which they were booked.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn payments_in(self, deposit: DepositId) -> Result<Vec<Payment>> {
        let ids: Vec<PaymentId> = self.rows(
            "select id from payments where deposit_id = ?1 order by id",
            [deposit],
            |row| row.get("id"),
        )?;
        ids.into_iter().map(|id| self.payment(id)).collect()
    }
}

impl Tx<'_> {
    /// Puts payments into one deposit, whose `total` was counted by a person.
    ///
    /// # Errors
    ///
    /// Exit 1 if the payments do not add up to it to the cent, one is a card
    /// payment, in another currency, in a deposit already or came after `on`;
    /// if the day is in the future or in a closed period.
    pub fn add_deposit(
        &self,
        payments: &[Payment],
        total: Money,
        on: Date,
        memo: Option<&str>,
    ) -> Result<DepositId> {
        self.require_receivable(Method::Other, total, on)?;
        for (at, payment) in payments.iter().enumerate() {
            let id = payment.id;
            if payments[..at].iter().any(|other| other.id == id) {
                return Err(
                    Problem::usage("payment_twice", format!("{id} is named twice"))
                        .hint("Name each payment once."),
                );
            }
            self.require_depositable(payment, total, on)?;
        }
        let sum = payments.iter().map(|payment| payment.amount);
        let sum = sum.fold(Money::zero(total.currency()), Money::plus);
        if sum != total {
            let (off, which) = match sum.minus(total) {
                more if more.is_positive() => (more, "more"),
                less => (less.turned(), "less"),
            };
            return Err(Problem::refused(
                "total_differs",
                format!("the payments come to {sum}, which is {off} {which} than the total of {total}"),
            )
            .hint("Count again, and see the payments with `dues payment list`: one may be missing, or booked with another amount."));
        }
        let id = DepositId(self.insert(
            "insert into deposits (total_minor, currency, deposited_on, memo, created_at) values (?1, ?2, ?3, ?4, ?5)",
            (total.minor(), total.currency(), on, memo, self.at),
        )?);
        for payment in payments {
            self.execute(
                "update payments set deposit_id = ?2 where id = ?1",
                (payment.id, id),
            )?;
        }
        let names: Vec<String> = payments.iter().map(|it| it.id.to_string()).collect();
        self.note(
            "deposit.added",
            json!({"deposit": id.to_string(), "total": total.to_string(), "on": on.to_string(), "payments": names}),
        )?;
        Ok(id)
    }

    fn require_depositable(&self, payment: &Payment, total: Money, on: Date) -> Result<()> {
        let id = payment.id;
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if payment.method == Method::Card {
            return refuse(
                "card_not_deposited",
                format!("{id} was paid by card; the gateway pays that out"),
                "Leave it out: a deposit is of checks and cash.".to_owned(),
            );
        }
        if payment.amount.currency() != total.currency() {
            return refuse(
                "currency_differs",
                format!(
                    "{id} is in {}, and the total is in {}",
                    payment.amount.currency(),
                    total.currency()
                ),
                "Make a deposit of each currency on its own.".to_owned(),
            );
        }
        // As it is now, not as it was shown.
        if let Some(other) = self.read().payment(id)?.deposit {
            return refuse(
                "deposited_already",
                format!("{id} is in {other} already"),
                format!("See it with `dues deposit show {other}`."),
            );
        }
        if on < payment.received_on {
            return refuse(
                "deposited_before_received",
                format!("{id} was received on {}, after {on}", payment.received_on),
                "Give the day on which it was brought to the bank with `--on`.".to_owned(),
            );
        }
        Ok(())
    }
}

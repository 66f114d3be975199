//! Which invoices money on account pays: what its payer said, then a policy.
//!
//! The payer's own instruction wins. Of what it leaves, a policy decides; what
//! neither has a place for stays on account and is said so. Every cent is in
//! exactly one of these places, and never in an invoice that has no room for it.

use std::fmt;

use thiserror::Error;

use super::ids::InvoiceId;
use super::invoice::Invoice;
use super::money::{Currency, Money};
use super::spread::{Pick, SpreadError, payable, picked};
use crate::problem::Problem;

/// How money without an instruction is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// To the invoices that were due first.
    #[default]
    OldestDue,
    /// To the invoices that were issued first.
    Oldest,
    /// Only where it is exactly what one invoice has open, or all of them together.
    Exact,
    /// To none: a person applies it.
    None,
}

impl Policy {
    pub const ALL: [Self; 4] = [Self::OldestDue, Self::Oldest, Self::Exact, Self::None];

    /// The word in the book, in JSON and after `--allocate`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OldestDue => "oldest-due",
            Self::Oldest => "oldest",
            Self::Exact => "exact",
            Self::None => "none",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is known of where money is to go.
#[derive(Debug, Clone, Default)]
pub struct Instruction<'a> {
    /// The payer's own word: invoices, whole or in part.
    pub picks: &'a [Pick],
    /// For what that leaves; `None`: it stays on account.
    pub policy: Option<Policy>,
    /// Numbers that the policy leaves out.
    pub except: &'a [String],
    /// Invoices on hold: the policy passes them over.
    pub held: &'a [InvoiceId],
}

/// A part of the money for one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allotted {
    pub invoice: InvoiceId,
    pub number: String,
    pub amount: Money,
}

/// Where every cent goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allotment {
    pub parts: Vec<Allotted>,
    /// What stays on account.
    pub left: Money,
}

/// Why money cannot go where it was said to.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NotAllotted {
    #[error(transparent)]
    Spread(SpreadError),
    #[error("invoice `{number}` is in {is}; the money is in {money}")]
    OtherCurrency {
        number: String,
        is: Currency,
        money: Currency,
    },
    #[error("{asked} is to be applied, and there is only {have}")]
    MoreThanThere { asked: Money, have: Money },
    #[error("nothing is left for invoice `{0}`")]
    NothingLeftFor(String),
}

impl From<SpreadError> for NotAllotted {
    fn from(error: SpreadError) -> Self {
        Self::Spread(error)
    }
}

impl From<NotAllotted> for Problem {
    fn from(error: NotAllotted) -> Self {
        let message = error.to_string();
        match error {
            NotAllotted::Spread(SpreadError::MoreThanOpen { open, .. }) => {
                Self::refused("more_than_open", message).hint(format!(
                    "Apply at most {}; what is not applied stays on account.",
                    open.decimal()
                ))
            }
            NotAllotted::Spread(SpreadError::NotPositive) => {
                Self::usage("amount_not_positive", message)
                    .hint("Give what is to be applied, such as `--invoice INV-7=250`.")
            }
            NotAllotted::Spread(error) => error.into(),
            NotAllotted::OtherCurrency { .. } => Self::refused("currency_differs", message)
                .hint("Money pays invoices in its own currency; book each currency on its own."),
            NotAllotted::MoreThanThere { .. } => Self::refused("more_than_there", message)
                .hint("Apply less, or give one invoice without an amount: it takes what is left."),
            NotAllotted::NothingLeftFor(_) => Self::refused("nothing_left", message)
                .hint("Leave it out, or apply less to the others."),
        }
    }
}

/// Allots money over a customer's open invoices. An invoice that is named
/// without an amount takes what is left, as far as it has room.
///
/// `invoices` are all of the customer's that are open, and any named one.
///
/// # Errors
///
/// [`NotAllotted`], naming what stands in the way; nothing is made smaller in silence.
pub fn allot(
    money: Money,
    instruction: &Instruction<'_>,
    invoices: &[Invoice],
) -> Result<Allotment, NotAllotted> {
    let currency = money.currency();
    let mut left = money;
    let mut parts: Vec<Allotted> = Vec::new();
    let targets = picked(instruction.picks, invoices)?;
    let other = |(invoice, _): &&(&Invoice, Money)| invoice.open.currency() != currency;
    if let Some((invoice, _)) = targets.iter().find(other) {
        return Err(NotAllotted::OtherCurrency {
            number: invoice.number.clone(),
            is: invoice.open.currency(),
            money: currency,
        });
    }
    let asked = instruction
        .picks
        .iter()
        .filter_map(|pick| pick.amount)
        .fold(Money::zero(currency), Money::plus);
    if asked.minus(money).is_positive() {
        return Err(NotAllotted::MoreThanThere { asked, have: money });
    }
    // What was said exactly comes first; the others share what that leaves.
    let mut for_others = money.minus(asked);
    for (pick, (invoice, amount)) in instruction.picks.iter().zip(targets) {
        let amount = pick.amount.unwrap_or_else(|| {
            let amount = amount.at_most(for_others);
            for_others = for_others.minus(amount);
            amount
        });
        if !amount.is_positive() {
            return Err(NotAllotted::NothingLeftFor(invoice.number.clone()));
        }
        left = left.minus(amount);
        parts.push(part(invoice, amount));
    }
    let open = payable(invoices, instruction.except)?;
    let open: Vec<&Invoice> = open
        .into_iter()
        .filter(|invoice| invoice.open.currency() == currency)
        .filter(|invoice| !instruction.held.contains(&invoice.id))
        .filter(|invoice| !parts.iter().any(|part| part.invoice == invoice.id))
        .collect();
    for (invoice, amount) in by_policy(left, instruction.policy.unwrap_or(Policy::None), open) {
        left = left.minus(amount);
        parts.push(part(invoice, amount));
    }
    Ok(Allotment { parts, left })
}

fn part(invoice: &Invoice, amount: Money) -> Allotted {
    Allotted {
        invoice: invoice.id,
        number: invoice.number.clone(),
        amount,
    }
}

/// `open` comes oldest due first.
fn by_policy(money: Money, policy: Policy, mut open: Vec<&Invoice>) -> Vec<(&Invoice, Money)> {
    match policy {
        Policy::None => return Vec::new(),
        Policy::OldestDue => {}
        Policy::Oldest => open.sort_by(|a, b| {
            (a.issued_on, a.due_on, &a.number).cmp(&(b.issued_on, b.due_on, &b.number))
        }),
        Policy::Exact => {
            let all = open.iter().map(|invoice| invoice.available());
            let is_all = all.reduce(Money::plus) == Some(money);
            if !is_all {
                // Of two that have the same open, only a person can tell which is meant.
                open.retain(|invoice| invoice.available() == money);
                if open.len() != 1 {
                    return Vec::new();
                }
            }
        }
    }
    let mut left = money;
    let mut shares = Vec::new();
    for invoice in open {
        let amount = left.at_most(invoice.available());
        if amount.is_positive() {
            left = left.minus(amount);
            shares.push((invoice, amount));
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CustomerId;
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::of(minor, Currency::parse(code).unwrap())
    }

    fn usd(minor: i64) -> Money {
        money(minor, "USD")
    }

    fn invoice(n: i64, open: Money, issued_on: Date, due_on: Date) -> Invoice {
        Invoice {
            id: InvoiceId(n),
            number: format!("INV-{n}"),
            customer: CustomerId(1),
            total: open,
            open,
            reserved: Money::zero(open.currency()),
            issued_on,
            due_on,
            terms: None,
            po_number: None,
            memo: None,
            is_void: false,
        }
    }

    /// INV-1 was issued last and is due first.
    fn invoices() -> Vec<Invoice> {
        let day = |n| date(2026, 3, n);
        vec![
            invoice(1, usd(100), day(9), day(10)),
            invoice(2, usd(200), day(1), day(11)),
            invoice(3, usd(300), day(2), day(12)),
            invoice(4, money(500, "EUR"), day(3), day(13)),
        ]
    }

    fn pick(n: i64, amount: Option<i64>) -> Pick {
        Pick {
            number: format!("inv-{n}"),
            amount: amount.map(usd),
        }
    }

    fn parts(allotment: &Allotment) -> (Vec<(i64, i64)>, i64) {
        let parts = allotment.parts.iter();
        let parts = parts.map(|part| (part.invoice.0, part.amount.minor()));
        (parts.collect(), allotment.left.minor())
    }

    #[test]
    fn a_policy_decides_where_nobody_said_anything() {
        type Parts = &'static [(i64, i64)];
        let table: [(Policy, i64, Parts, i64); 9] = [
            (Policy::OldestDue, 250, &[(1, 100), (2, 150)], 0),
            (Policy::OldestDue, 700, &[(1, 100), (2, 200), (3, 300)], 100),
            (Policy::Oldest, 250, &[(2, 200), (3, 50)], 0),
            (Policy::Oldest, 550, &[(2, 200), (3, 300), (1, 50)], 0),
            (Policy::Exact, 200, &[(2, 200)], 0),
            (Policy::Exact, 600, &[(1, 100), (2, 200), (3, 300)], 0),
            (Policy::Exact, 250, &[], 250),
            (Policy::None, 100, &[], 100),
            // A euro is no cent of it.
            (Policy::Exact, 500, &[], 500),
        ];
        for (policy, amount, expected, left) in table {
            let instruction = Instruction {
                policy: Some(policy),
                ..Instruction::default()
            };
            let allotment = allot(usd(amount), &instruction, &invoices()).unwrap();

            assert_eq!(parts(&allotment), (expected.to_vec(), left), "{policy}");
        }
    }

    #[test]
    fn what_two_invoices_have_open_is_exactly_neither() {
        let mut two = invoices();
        two[1].open = usd(100);
        let exact = Instruction {
            policy: Some(Policy::Exact),
            ..Instruction::default()
        };

        assert_eq!(
            parts(&allot(usd(100), &exact, &two).unwrap()),
            (vec![], 100)
        );
    }

    #[test]
    fn the_payers_word_wins_and_the_policy_has_the_rest() {
        let picks = [pick(3, None), pick(2, Some(150))];
        let mut instruction = Instruction {
            picks: &picks,
            ..Instruction::default()
        };
        let done = allot(usd(500), &instruction, &invoices()).unwrap();
        assert_eq!(parts(&done), (vec![(3, 300), (2, 150)], 50));

        // What was said exactly is not made smaller by what was not.
        let done = allot(usd(200), &instruction, &invoices()).unwrap();
        assert_eq!(parts(&done), (vec![(3, 50), (2, 150)], 0));

        instruction.policy = Some(Policy::OldestDue);
        let done = allot(usd(500), &instruction, &invoices()).unwrap();
        assert_eq!(parts(&done), (vec![(3, 300), (2, 150), (1, 50)], 0));
    }

    #[test]
    fn a_policy_passes_over_what_is_left_out_held_or_reserved() {
        let except = ["INV-1".to_owned()];
        let mut all = invoices();
        all[2].reserved = usd(100);
        let instruction = Instruction {
            policy: Some(Policy::OldestDue),
            except: &except,
            held: &[InvoiceId(2)],
            ..Instruction::default()
        };

        let done = allot(usd(500), &instruction, &all).unwrap();

        assert_eq!(parts(&done), (vec![(3, 200)], 300));
    }

    #[test]
    fn what_cannot_be_done_as_it_was_said_is_refused() {
        let mut all = invoices();
        all[1].is_void = true;
        all[2].reserved = usd(1);
        let table: [(&[Pick], &str); 8] = [
            (&[pick(1, Some(101))], "more_than_open"),
            (&[pick(1, Some(0))], "amount_not_positive"),
            (&[pick(1, None), pick(1, None)], "invoice_twice"),
            (&[pick(2, None)], "invoice_void"),
            (&[pick(3, None)], "invoice_reserved"),
            (&[pick(4, None)], "currency_differs"),
            (&[pick(9, None)], "no_such_invoice"),
            (&[pick(1, Some(60)), pick(3, Some(60))], "more_than_there"),
        ];
        for (picks, code) in table {
            let instruction = Instruction {
                picks,
                ..Instruction::default()
            };
            let refused = allot(usd(100), &instruction, &all).unwrap_err();

            assert_eq!(Problem::from(refused).code(), code);
        }
        let picks = [pick(1, None), pick(3, None)];
        let instruction = Instruction {
            picks: &picks,
            ..Instruction::default()
        };
        let refused = allot(usd(100), &instruction, &invoices()).unwrap_err();
        assert_eq!(refused, NotAllotted::NothingLeftFor("INV-3".into()));
    }

    proptest! {
        /// No cent is lost, made, or put where there is no room for it.
        #[test]
        fn every_cent_is_somewhere(
            amount in 1_i64..2_000,
            open in prop::collection::vec((1_i64..500, 0_i64..500, 1_i8..28), 0..8),
            policy in prop::sample::select(Policy::ALL.to_vec()),
        ) {
            let all: Vec<Invoice> = (1..).zip(&open).map(|(n, (open, reserved, day))| {
                let mut one = invoice(n, usd(*open), date(2026, 3, *day), date(2026, 4, *day));
                one.reserved = usd(*reserved.min(open));
                one
            }).collect();
            let instruction = Instruction { policy: Some(policy), ..Instruction::default() };

            let done = allot(usd(amount), &instruction, &all).unwrap();

            let used = done.parts.iter().fold(done.left, |sum, part| sum.plus(part.amount));
            prop_assert_eq!(used, usd(amount));
            for part in &done.parts {
                let room = all.iter().find(|it| it.id == part.invoice).unwrap().available();
                prop_assert!(part.amount.is_positive() && !part.amount.minus(room).is_positive());
            }
        }
    }
}

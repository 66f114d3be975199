//! A refund: money of a payment that is given back, and what is open again then.

use thiserror::Error;

use super::credit::Allocation;
use super::ids::InvoiceId;
use super::money::{Currency, Money};
use super::spread::{Pick, Share, Spread};
use crate::problem::Problem;

/// Where a part of a refund is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenFrom {
    /// Money that pays no invoice.
    Account,
    /// An invoice that was paid, and is open again.
    Invoice { id: InvoiceId, number: String },
}

/// A part of a refund, and where it is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundShare {
    pub from: TakenFrom,
    pub amount: Money,
}

/// Where a person wants a refund to be taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// From what pays no invoice, then from the invoices it paid last.
    AsItComes,
    /// Only from what pays no invoice.
    FromCredit,
    /// From these invoices, whole or in part.
    Reopen(Vec<Pick>),
}

/// What a payment has to give back.
#[derive(Debug, Clone, Copy)]
pub struct Giving<'a> {
    /// What was paid, less what was given back.
    pub left: Money,
    /// What of it pays no invoice and is reserved by nothing.
    pub on_account: Money,
    /// What it pays, the oldest application first.
    pub applied: &'a [Allocation],
}

/// Why nothing is given back.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum RefundError {
    #[error("an amount to give back must be more than zero")]
    NotPositive,
    #[error("the payment is in {is}, not in {asked}")]
    OtherCurrency { is: Currency, asked: Currency },
    #[error("there is nothing left of it to give back")]
    NothingLeft,
    #[error("only {left} of it is left to give back; {asked} is asked")]
    MoreThanLeft { left: Money, asked: Money },
    #[error("only {on_account} of it pays no invoice; {asked} is asked")]
    MoreThanOnAccount { on_account: Money, asked: Money },
    #[error("it did not pay invoice `{0}`")]
    NotPaid(String),
    #[error("invoice `{0}` is named twice")]
    NamedTwice(String),
    #[error("it paid {paid} of invoice `{number}`; {asked} is asked")]
    MoreThanPaid {
        number: String,
        paid: Money,
        asked: Money,
    },
    #[error("{named} of the {amount} is named")]
    NotAllNamed { named: Money, amount: Money },
}

impl From<RefundError> for Problem {
    fn from(error: RefundError) -> Self {
        let message = error.to_string();
        match error {
            RefundError::NotPositive => Self::usage("amount_not_positive", message)
                .hint("Give what should go back to the card, such as `--amount 120`."),
            RefundError::OtherCurrency { is, .. } => Self::refused("currency_differs", message)
                .hint(format!("Give the amount in {is}.")),
            RefundError::NothingLeft => Self::refused("nothing_to_refund", message)
                .hint("See what was given back with `dues refund list`."),
            RefundError::MoreThanLeft { left, .. } => Self::refused("more_than_left", message)
                .hint(format!("Ask for at most {}.", left.decimal())),
            RefundError::MoreThanOnAccount { .. } => Self::refused("more_than_on_account", message)
                .hint("Leave out `--from-credit`, or name the invoices that are to be open again with `--reopen`."),
            RefundError::NotPaid(_) => Self::refused("invoice_not_paid_by_it", message)
                .hint("See what it paid with `dues payment show`."),
            RefundError::NamedTwice(_) => Self::usage("invoice_twice", message)
                .hint("Name each invoice once, with all that is to be open again of it."),
            RefundError::MoreThanPaid { paid, .. } => Self::refused("more_than_paid", message)
                .hint(format!("Reopen at most {} of it.", paid.decimal())),
            RefundError::NotAllNamed { .. } => Self::usage("amounts_differ", message)
                .hint("Make `--amount` the sum of the `--reopen` parts, or leave it out."),
        }
    }
}

/// Where a refund is taken from, part by part; without an `amount`, all there is.
///
/// # Errors
///
/// [`RefundError`]: what stands in its way. Nothing is made smaller in silence.
pub fn taken_from(
    amount: Option<Money>,
    wanted: &Wanted,
    giving: &Giving<'_>,
) -> Result<Vec<RefundShare>, RefundError> {
    let currency = giving.left.currency();
    if !giving.left.is_positive() {
        return Err(RefundError::NothingLeft);
    }
    if let Some(asked) = amount {
        if asked.currency() != currency {
            return Err(RefundError::OtherCurrency {
                is: currency,
                asked: asked.currency(),
            });
        }
        if !asked.is_positive() {
            return Err(RefundError::NotPositive);
        }
        if asked.minus(giving.left).is_positive() {
            return Err(RefundError::MoreThanLeft {
                left: giving.left,
                asked,
            });
        }
    }
    let shares = match wanted {
        Wanted::Reopen(picks) => reopened(picks, giving.applied)?,
        Wanted::FromCredit => from_credit(amount, giving)?,
        Wanted::AsItComes => as_it_comes(amount.unwrap_or(giving.left), giving),
    };
    let named = sum(&shares, currency);
    match amount {
        Some(amount) if amount != named => Err(RefundError::NotAllNamed { named, amount }),
        _ if !named.is_positive() => Err(RefundError::NotPositive),
        _ => Ok(shares),
    }
}

/// A refund as a label spells it: what is no invoice's is on account.
#[must_use]
pub fn spread(shares: &[RefundShare], amount: Money) -> Spread {
    let mut unapplied = Money::zero(amount.currency());
    let mut invoices = Vec::new();
    for share in shares {
        match &share.from {
            TakenFrom::Account => unapplied = unapplied.plus(share.amount),
            TakenFrom::Invoice { id, number } => invoices.push(Share {
                invoice: *id,
                number: number.clone(),
                amount: share.amount,
                from: None,
            }),
        }
    }
    Spread {
        charged: amount,
        shares: invoices,
        unapplied,
    }
}

/// What the parts come to.
#[must_use]
pub fn sum(shares: &[RefundShare], currency: Currency) -> Money {
    let zero = Money::zero(currency);
    shares
        .iter()
        .fold(zero, |sum, share| sum.plus(share.amount))
}

fn from_credit(
    amount: Option<Money>,
    giving: &Giving<'_>,
) -> Result<Vec<RefundShare>, RefundError> {
    let asked = amount.unwrap_or(giving.on_account);
    if asked.minus(giving.on_account).is_positive() || !asked.is_positive() {
        return Err(RefundError::MoreThanOnAccount {
            on_account: giving.on_account,
            asked,
        });
    }
    Ok(vec![RefundShare {
        from: TakenFrom::Account,
        amount: asked,
    }])
}

fn as_it_comes(amount: Money, giving: &Giving<'_>) -> Vec<RefundShare> {
    let mut shares = Vec::new();
    let mut left = amount;
    let mut take = |from: TakenFrom, most: Money| {
        let part = most.at_most(left);
        if part.is_positive() {
            left = left.minus(part);
            shares.push(RefundShare { from, amount: part });
        }
    };
    take(TakenFrom::Account, giving.on_account);
    for one in giving.applied.iter().rev() {
        let from = TakenFrom::Invoice {
            id: one.invoice,
            number: one.number.clone(),
        };
        take(from, one.amount);
    }
    shares
}

fn reopened(picks: &[Pick], applied: &[Allocation]) -> Result<Vec<RefundShare>, RefundError> {
    let mut shares: Vec<RefundShare> = Vec::new();
    for pick in picks {
        let paid = applied
            .iter()
            .find(|one| one.number.eq_ignore_ascii_case(&pick.number))
            .ok_or_else(|| RefundError::NotPaid(pick.number.clone()))?;
        let from = TakenFrom::Invoice {
            id: paid.invoice,
            number: paid.number.clone(),
        };
        if shares.iter().any(|share| share.from == from) {
            return Err(RefundError::NamedTwice(paid.number.clone()));
        }
        let amount = pick.amount.unwrap_or(paid.amount);
        if amount.currency() != paid.amount.currency() {
            return Err(RefundError::OtherCurrency {
                is: paid.amount.currency(),
                asked: amount.currency(),
            });
        }
        if !amount.is_positive() {
            return Err(RefundError::NotPositive);
        }
        if amount.minus(paid.amount).is_positive() {
            return Err(RefundError::MoreThanPaid {
                number: paid.number.clone(),
                paid: paid.amount,
                asked: amount,
            });
        }
        shares.push(RefundShare { from, amount });
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::{CreditName, Source};
    use crate::domain::ids::{CreditId, PaymentId};

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn applied(parts: &[(&str, i64)]) -> Vec<Allocation> {
        let credit = CreditName {
            id: CreditId(1),
            source: Source::Payment(PaymentId(3)),
        };
        (1..)
            .zip(parts)
            .map(|(id, (number, minor))| Allocation {
                credit,
                invoice: InvoiceId(id),
                number: (*number).to_owned(),
                amount: usd(*minor),
                left: usd(0),
            })
            .collect()
    }

    fn told(shares: &Result<Vec<RefundShare>, RefundError>) -> String {
        match shares {
            Err(error) => error.to_string(),
            Ok(shares) => shares
                .iter()
                .map(|share| match &share.from {
                    TakenFrom::Account => format!("account {}", share.amount.decimal()),
                    TakenFrom::Invoice { number, .. } => {
                        format!("{number} {}", share.amount.decimal())
                    }
                })
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    fn pick(number: &str, minor: Option<i64>) -> Pick {
        Pick {
            number: number.to_owned(),
            amount: minor.map(usd),
        }
    }

    /// 500.00 was paid: 300.00 and 100.00 on invoices, 100.00 on account.
    #[test]
    fn a_refund_is_taken_from_the_account_then_from_what_was_paid_last() {
        let applied = applied(&[("INV-1", 300_00), ("INV-2", 100_00)]);
        let giving = Giving {
            left: usd(500_00),
            on_account: usd(100_00),
            applied: &applied,
        };
        let reopen = |picks: &[Pick]| Wanted::Reopen(picks.to_vec());
        let table = [
            (
                None,
                Wanted::AsItComes,
                "account 100.00, INV-2 100.00, INV-1 300.00",
            ),
            (Some(50_00), Wanted::AsItComes, "account 50.00"),
            (
                Some(150_00),
                Wanted::AsItComes,
                "account 100.00, INV-2 50.00",
            ),
            (
                Some(500_01),
                Wanted::AsItComes,
                "only 500.00 USD of it is left to give back; 500.01 USD is asked",
            ),
            (
                Some(0),
                Wanted::AsItComes,
                "an amount to give back must be more than zero",
            ),
            (None, Wanted::FromCredit, "account 100.00"),
            (
                Some(101_00),
                Wanted::FromCredit,
                "only 100.00 USD of it pays no invoice; 101.00 USD is asked",
            ),
            (None, reopen(&[pick("inv-1", Some(120_00))]), "INV-1 120.00"),
            (
                Some(120_00),
                reopen(&[pick("INV-1", Some(120_00))]),
                "INV-1 120.00",
            ),
            (
                None,
                reopen(&[pick("INV-2", None), pick("INV-1", Some(1_00))]),
                "INV-2 100.00, INV-1 1.00",
            ),
            (
                Some(130_00),
                reopen(&[pick("INV-1", Some(120_00))]),
                "120.00 USD of the 130.00 USD is named",
            ),
            (
                None,
                reopen(&[pick("INV-1", Some(301_00))]),
                "it paid 300.00 USD of invoice `INV-1`; 301.00 USD is asked",
            ),
            (
                None,
                reopen(&[pick("INV-9", None)]),
                "it did not pay invoice `INV-9`",
            ),
            (
                None,
                reopen(&[pick("INV-1", None), pick("INV-1", None)]),
                "invoice `INV-1` is named twice",
            ),
            (
                None,
                reopen(&[]),
                "an amount to give back must be more than zero",
            ),
        ];
        for (amount, wanted, expected) in table {
            let shares = taken_from(amount.map(usd), &wanted, &giving);
            assert_eq!(told(&shares), expected, "{amount:?} {wanted:?}");
        }
    }

    #[test]
    fn what_was_given_back_is_not_given_back_again() {
        let giving = Giving {
            left: usd(0),
            on_account: usd(0),
            applied: &[],
        };

        let shares = taken_from(None, &Wanted::AsItComes, &giving);

        assert_eq!(shares, Err(RefundError::NothingLeft));
    }
}

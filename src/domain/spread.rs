//! How an amount spreads over open invoices and credits.
//!
//! Everything that is asked for ends in exactly three places: applied to an
//! invoice, taken from a credit, or left on account and said so.

use jiff::civil::Date;
use thiserror::Error;

use super::credit::{Credit, CreditName};
use super::ids::InvoiceId;
use super::invoice::Invoice;
use super::money::{Currency, Money};
use crate::problem::Problem;

/// What the bookkeeper wants paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These invoices, whole or in part.
    Invoices(Vec<Pick>),
    /// Every invoice that is due, but for the excluded numbers.
    AllDue { except: Vec<String> },
    /// An amount, oldest due first, but for the excluded numbers.
    Amount {
        amount: Money,
        except: Vec<String>,
        /// Whether what exceeds the open invoices may stay on account.
        on_account: bool,
    },
}

/// One invoice to be paid: all that is open, or a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    pub number: String,
    pub amount: Option<Money>,
}

/// A part of the money applied to one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub invoice: InvoiceId,
    pub number: String,
    pub amount: Money,
    /// The credit it comes from; `None`: the card.
    pub from: Option<CreditName>,
}

/// Where every cent goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// What the card is to be charged.
    pub charged: Money,
    pub shares: Vec<Share>,
    /// What of the charge stays on account.
    pub unapplied: Money,
}

impl Spread {
    /// What of the invoices is paid from credits.
    #[must_use]
    pub fn from_credits(&self) -> Money {
        self.shares
            .iter()
            .filter(|share| share.from.is_some())
            .fold(Money::zero(self.charged.currency()), |sum, share| {
                sum.plus(share.amount)
            })
    }
}

/// Why nothing can be spread.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum SpreadError {
    #[error("there is no invoice `{0}` for this customer")]
    NoSuchInvoice(String),
    #[error("invoice `{0}` is named twice")]
    NamedTwice(String),
    #[error("invoice `{0}` is void")]
    Void(String),
    #[error("invoice `{0}` is paid")]
    Paid(String),
    #[error("invoice `{number}` has only {open} open; {asked} is asked")]
    MoreThanOpen {
        number: String,
        open: Money,
        asked: Money,
    },
    #[error(
        "invoice `{number}` is being paid by another charge ({reserved} of {open} is reserved)"
    )]
    Reserved {
        number: String,
        open: Money,
        reserved: Money,
    },
    #[error("invoice `{number}` is in {is}; the others are in {others}")]
    MixedCurrencies {
        number: String,
        is: Currency,
        others: Currency,
    },
    #[error("invoice `{number}` is in {is}; the amount is in {asked}")]
    OtherCurrency {
        number: String,
        is: Currency,
        asked: Currency,
    },
    #[error("an amount to charge must be more than zero")]
    NotPositive,
    #[error("nothing is due{}", .next.map(|on| format!("; the next invoice is due on {on}")).unwrap_or_default())]
    NothingDue { next: Option<Date> },
    #[error("{amount} is more than the {open} open")]
    MoreThanAllOpen { amount: Money, open: Money },
    #[error("the customer's credits cover all of it; there is nothing to charge")]
    CreditsCoverAll {
        /// What they pay.
        shares: Vec<Share>,
    },
}

impl From<SpreadError> for Problem {
    fn from(error: SpreadError) -> Self {
        let message = error.to_string();
        let refused = |code: &'static str| Self::refused(code, message.clone());
        match error {
            SpreadError::NoSuchInvoice(_) => refused("no_such_invoice")
                .hint("See the customer's open invoices with `dues invoice list --customer CUSTOMER`."),
            SpreadError::NamedTwice(_) => Self::usage("invoice_twice", message)
                .hint("Name each invoice once, with the whole amount to be paid on it."),
            SpreadError::Void(_) => refused("invoice_void").hint("Leave it out; a void invoice is owed by nobody."),
            SpreadError::Paid(_) => refused("invoice_paid").hint("Leave it out; see it with `dues invoice show`."),
            SpreadError::MoreThanOpen { open, .. } => refused("more_than_open").hint(format!(
                "Ask for at most {}; to take more and keep the rest on account, use `--amount` with `--on-account`.",
                open.decimal()
            )),
            SpreadError::Reserved { .. } => refused("invoice_reserved")
                .hint("See that charge with `dues charge list --open`; if it is unknown, run `dues charge recover`."),
            SpreadError::MixedCurrencies { .. } | SpreadError::OtherCurrency { .. } => {
                refused("currency_differs").hint("A charge is in one currency; charge each currency on its own.")
            }
            SpreadError::NotPositive => Self::usage("amount_not_positive", message)
                .hint("Give what should be taken from the card, such as `--amount 250`."),
            SpreadError::NothingDue { .. } => refused("nothing_due")
                .hint("Name invoices with `--invoice`, or an amount with `--amount`, to charge before the due date."),
            SpreadError::MoreThanAllOpen { .. } => refused("more_than_open").hint(
                "Charge at most what is open, or add `--on-account` to keep the rest as the customer's credit.",
            ),
            SpreadError::CreditsCoverAll { .. } => {
                refused("credits_cover_all").hint("Apply them with `dues payment apply PAYMENT --invoice INVOICE`.")
            }
        }
    }
}

/// Spreads what is wanted over a customer's invoices, oldest due first.
///
/// `invoices` are all of the customer's that are open, and any named one;
/// `credits` are those that may be used before the card, oldest first (none:
/// do not use credits).
///
/// # Errors
///
/// [`SpreadError`], each naming the invoice or the amount that stands in the
/// way. Nothing is made smaller or left out in silence.
pub fn spread(
    wanted: &Wanted,
    invoices: &[Invoice],
    credits: &[Credit],
    today: Date,
) -> Result<Spread, SpreadError> {
    let mut targets = match wanted {
        Wanted::Invoices(picks) => picked(picks, invoices)?,
        Wanted::AllDue { except } => {
            let open = payable(invoices, except)?;
            let due: Vec<_> = open
                .iter()
                .filter(|invoice| invoice.is_due(today))
                .collect();
            if due.is_empty() {
                let next = open.iter().map(|invoice| invoice.due_on).min();
                return Err(SpreadError::NothingDue { next });
            }
            due.into_iter()
                .map(|invoice| (*invoice, invoice.available()))
                .collect()
        }
        Wanted::Amount {
            amount,
            except,
            on_account,
        } => {
            return amount_over(*amount, *on_account, &payable(invoices, except)?);
        }
    };
    let currency = one_currency(&targets)?;
    targets.retain(|(_, amount)| amount.is_positive());

    let mut shares = Vec::new();
    let mut purses: Vec<(CreditName, Money)> = credits
        .iter()
        .filter(|credit| credit.available().currency() == currency)
        .map(|credit| (credit.name, credit.available()))
        .collect();
    let mut charged = Money::zero(currency);
    for (invoice, mut amount) in targets {
        let mut share = |amount: Money, from| {
            shares.push(Share {
                invoice: invoice.id,
                number: invoice.number.clone(),
                amount,
                from,
            });
        };
        for (credit, left) in purses.iter_mut().filter(|(_, left)| left.is_positive()) {
            let used = amount.at_most(*left);
            if used.is_positive() {
                *left = left.minus(used);
                amount = amount.minus(used);
                share(used, Some(*credit));
            }
        }
        if amount.is_positive() {
            charged = charged.plus(amount);
            share(amount, None);
        }
    }
    if charged.is_zero() {
        return Err(SpreadError::CreditsCoverAll { shares });
    }
    Ok(Spread {
        charged,
        shares,
        unapplied: Money::zero(currency),
    })
}

/// The invoices that can be paid at all, oldest due first.
pub(super) fn payable<'a>(
    invoices: &'a [Invoice],
    except: &[String],
) -> Result<Vec<&'a Invoice>, SpreadError> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    for number in except {
        if !invoices.iter().any(|invoice| same(&invoice.number, number)) {
            return Err(SpreadError::NoSuchInvoice(number.clone()));
        }
    }
    let mut open: Vec<&Invoice> = invoices
        .iter()
        .filter(|invoice| !invoice.is_void && invoice.available().is_positive())
        .filter(|invoice| !except.iter().any(|number| same(&invoice.number, number)))
        .collect();
    open.sort_by(|a, b| {
        (a.due_on, a.issued_on, &a.number).cmp(&(b.due_on, b.issued_on, &b.number))
    });
    Ok(open)
}

pub(super) fn picked<'a>(
    picks: &[Pick],
    invoices: &'a [Invoice],
) -> Result<Vec<(&'a Invoice, Money)>, SpreadError> {
    let mut targets: Vec<(&Invoice, Money)> = Vec::new();
    for pick in picks {
        let invoice = invoices
            .iter()
            .find(|invoice| invoice.number.eq_ignore_ascii_case(&pick.number))
            .ok_or_else(|| SpreadError::NoSuchInvoice(pick.number.clone()))?;
        let number = || invoice.number.clone();
        if targets.iter().any(|(other, _)| other.id == invoice.id) {
            return Err(SpreadError::NamedTwice(number()));
        }
        if invoice.is_void {
            return Err(SpreadError::Void(number()));
        }
        if invoice.open.is_zero() {
            return Err(SpreadError::Paid(number()));
        }
        let asked = pick.amount.unwrap_or(invoice.open);
        if asked.currency() != invoice.open.currency() {
            return Err(SpreadError::OtherCurrency {
                number: number(),
                is: invoice.open.currency(),
                asked: asked.currency(),
            });
        }
        if !asked.is_positive() {
            return Err(SpreadError::NotPositive);
        }
        if asked.minus(invoice.open).is_positive() {
            return Err(SpreadError::MoreThanOpen {
                number: number(),
                open: invoice.open,
                asked,
            });
        }
        if asked.minus(invoice.available()).is_positive() {
            return Err(SpreadError::Reserved {
                number: number(),
                open: invoice.open,
                reserved: invoice.reserved,
            });
        }
        targets.push((invoice, asked));
    }
    Ok(targets)
}

fn one_currency(targets: &[(&Invoice, Money)]) -> Result<Currency, SpreadError> {
    let Some((_, first)) = targets.first() else {
        return Err(SpreadError::NotPositive);
    };
    let others = first.currency();
    match targets
        .iter()
        .find(|(_, amount)| amount.currency() != others)
    {
        None => Ok(others),
        Some((invoice, amount)) => Err(SpreadError::MixedCurrencies {
            number: invoice.number.clone(),
            is: amount.currency(),
            others,
        }),
    }
}

fn amount_over(amount: Money, on_account: bool, open: &[&Invoice]) -> Result<Spread, SpreadError> {
    if !amount.is_positive() {
        return Err(SpreadError::NotPositive);
    }
    let mut left = amount;
    let mut shares = Vec::new();
    for invoice in open
        .iter()
        .filter(|invoice| invoice.total.currency() == amount.currency())
    {
        let used = left.at_most(invoice.available());
        if used.is_positive() {
            left = left.minus(used);
            shares.push(Share {
                invoice: invoice.id,
                number: invoice.number.clone(),
                amount: used,
                from: None,
            });
        }
    }
    if left.is_positive() && !on_account {
        return Err(SpreadError::MoreThanAllOpen {
            amount,
            open: amount.minus(left),
        });
    }
    Ok(Spread {
        charged: amount,
        shares,
        unapplied: left,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::Source;
    use crate::domain::ids::{CreditId, CustomerId, PaymentId};
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 22);

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn invoice(n: i64, open: i64, due_on: Date) -> Invoice {
        Invoice {
            id: InvoiceId(n),
            number: format!("INV-{n}"),
            customer: CustomerId(1),
            total: usd(open.max(1)),
            open: usd(open),
            reserved: usd(0),
            issued_on: due_on,
            due_on,
            memo: None,
            po_number: None,
            terms: None,
            is_void: false,
        }
    }

    fn credit(n: i64, open: i64) -> Credit {
        Credit {
            name: CreditName {
                id: CreditId(n),
                source: Source::Payment(PaymentId(n + 100)),
            },
            customer: CustomerId(1),
            amount: usd(open),
            open: usd(open),
            reserved: usd(0),
        }
    }

    fn pick(n: i64, amount: Option<i64>) -> Pick {
        Pick {
            number: format!("inv-{n}"),
            amount: amount.map(usd),
        }
    }

    fn applied(spread: &Spread) -> Vec<(i64, i64, Option<i64>)> {
        let flat = |share: &Share| {
            (
                share.invoice.0,
                share.amount.minor(),
                share.from.map(|credit| credit.id.0),
            )
        };
        spread.shares.iter().map(flat).collect()
    }

    #[test]
    fn an_amount_pays_the_oldest_due_first_and_says_what_is_left() {
        let open = [
            invoice(1, 300, date(2026, 12, 1)),
            invoice(2, 200, date(2026, 10, 1)),
        ];
        let wanted = |amount, on_account| Wanted::Amount {
            amount: usd(amount),
            except: vec![],
            on_account,
        };

        let part = spread(&wanted(250, false), &open, &[], TODAY).unwrap();
        let over = spread(&wanted(600, true), &open, &[], TODAY).unwrap();

        assert_eq!(applied(&part), [(2, 200, None), (1, 50, None)]);
        assert_eq!((part.charged, part.unapplied), (usd(250), usd(0)));
        assert_eq!((over.charged, over.unapplied), (usd(600), usd(100)));
        assert_eq!(
            spread(&wanted(600, false), &open, &[], TODAY),
            Err(SpreadError::MoreThanAllOpen {
                amount: usd(600),
                open: usd(500)
            })
        );
    }

    #[test]
    fn all_due_takes_what_is_due_and_leaves_out_what_is_excluded() {
        let open = [
            invoice(1, 300, date(2026, 11, 22)),
            invoice(2, 200, date(2026, 11, 23)),
            invoice(3, 100, date(2026, 11, 1)),
        ];
        let all = |except: &[&str]| Wanted::AllDue {
            except: except.iter().map(|s| (*s).to_owned()).collect(),
        };

        let due = spread(&all(&[]), &open, &[], TODAY).unwrap();
        let without = spread(&all(&["INV-3"]), &open, &[], TODAY).unwrap();

        assert_eq!(applied(&due), [(3, 100, None), (1, 300, None)]);
        assert_eq!(applied(&without), [(1, 300, None)]);
        assert_eq!(
            spread(&all(&["INV-1", "INV-3"]), &open, &[], TODAY),
            Err(SpreadError::NothingDue {
                next: Some(date(2026, 11, 23))
            })
        );
        assert_eq!(
            spread(&all(&["INV-9"]), &open, &[], TODAY),
            Err(SpreadError::NoSuchInvoice("INV-9".into()))
        );
    }

    #[test]
    fn named_invoices_are_paid_as_named_or_refused() {
        let mut reserved = invoice(3, 300, TODAY);
        reserved.reserved = usd(250);
        let mut void = invoice(4, 400, TODAY);
        void.is_void = true;
        let open = [
            invoice(1, 100, TODAY),
            invoice(2, 200, TODAY),
            reserved,
            void,
            invoice(5, 0, TODAY),
        ];
        let table = [
            (vec![pick(2, Some(50)), pick(1, None)], Ok(150)),
            (vec![pick(3, Some(50))], Ok(50)),
            (vec![pick(3, Some(51))], Err("reserved")),
            (vec![pick(3, None)], Err("reserved")),
            (vec![pick(1, Some(101))], Err("more than open")),
            (vec![pick(1, Some(0))], Err("not positive")),
            (vec![pick(1, Some(-5))], Err("not positive")),
            (vec![pick(1, None), pick(1, None)], Err("twice")),
            (vec![pick(4, None)], Err("void")),
            (vec![pick(5, None)], Err("paid")),
            (vec![pick(6, None)], Err("none")),
        ];
        for (picks, expected) in table {
            let result = spread(&Wanted::Invoices(picks.clone()), &open, &[], TODAY);

            let result = result
                .map(|spread| spread.charged.minor())
                .map_err(|error| match error {
                    SpreadError::Reserved { .. } => "reserved",
                    SpreadError::MoreThanOpen { .. } => "more than open",
                    SpreadError::NotPositive => "not positive",
                    SpreadError::NamedTwice(_) => "twice",
                    SpreadError::Void(_) => "void",
                    SpreadError::Paid(_) => "paid",
                    SpreadError::NoSuchInvoice(_) => "none",
                    other => panic!("{other}"),
                });
            assert_eq!(result, expected, "{picks:?}");
        }
    }

    #[test]
    fn credits_are_used_before_the_card() {
        let open = [invoice(1, 100, TODAY), invoice(2, 200, TODAY)];
        let picks = Wanted::Invoices(vec![pick(1, None), pick(2, None)]);

        let some = spread(&picks, &open, &[credit(7, 30), credit(8, 120)], TODAY).unwrap();

        assert_eq!(
            applied(&some),
            [
                (1, 30, Some(7)),
                (1, 70, Some(8)),
                (2, 50, Some(8)),
                (2, 150, None)
            ]
        );
        assert_eq!((some.charged, some.from_credits()), (usd(150), usd(150)));
        let Err(SpreadError::CreditsCoverAll { shares }) =
            spread(&picks, &open, &[credit(7, 300)], TODAY)
        else {
            panic!("there is something to charge");
        };
        assert_eq!(
            shares.iter().map(|share| share.amount).collect::<Vec<_>>(),
            [usd(100), usd(200)]
        );
    }

    #[test]
    fn two_currencies_never_meet_in_one_charge() {
        let mut euro = invoice(2, 200, TODAY);
        let eur = |minor| Money::of(minor, Currency::parse("EUR").unwrap());
        (euro.total, euro.open, euro.reserved) = (eur(200), eur(200), eur(0));
        let open = [invoice(1, 100, TODAY), euro];

        let all = spread(&Wanted::AllDue { except: vec![] }, &open, &[], TODAY);
        let part = Wanted::Invoices(vec![Pick {
            number: "INV-2".into(),
            amount: Some(usd(5)),
        }]);

        assert!(
            matches!(all, Err(SpreadError::MixedCurrencies { .. })),
            "{all:?}"
        );
        assert!(matches!(
            spread(&part, &open, &[], TODAY),
            Err(SpreadError::OtherCurrency { .. })
        ));
    }

    proptest! {
        /// Whatever is open, no cent is lost, made, or paid past what is owed.
        #[test]
        fn every_cent_is_somewhere(
            amount in 1_i64..100_000,
            open in prop::collection::vec((0_i64..20_000, 1_i8..28), 0..12),
            credits in prop::collection::vec(0_i64..5_000, 0..4),
        ) {
            let invoices: Vec<Invoice> = open
                .iter()
                .enumerate()
                .map(|(n, (minor, day))| invoice(n as i64, *minor, date(2026, 11, *day)))
                .collect();
            let credits: Vec<Credit> =
                credits.iter().enumerate().map(|(n, minor)| credit(n as i64, *minor)).collect();
            let wishes = [
                Wanted::Amount { amount: usd(amount), except: vec![], on_account: true },
                Wanted::AllDue { except: vec![] },
            ];
            for wanted in wishes {
                let Ok(spread) = spread(&wanted, &invoices, &credits, TODAY) else { continue };
                let total = |from: Option<CreditName>| -> i64 {
                    spread.shares.iter().filter(|s| s.from == from).map(|s| s.amount.minor()).sum()
                };
                prop_assert_eq!(total(None) + spread.unapplied.minor(), spread.charged.minor());
                prop_assert!(spread.shares.iter().all(|share| share.amount.is_positive()));
                for invoice in &invoices {
                    let paid: i64 = spread.shares.iter()
                        .filter(|s| s.invoice == invoice.id).map(|s| s.amount.minor()).sum();
                    prop_assert!(paid <= invoice.open.minor());
                }
                for credit in &credits {
                    prop_assert!(total(Some(credit.name)) <= credit.open.minor());
                }
            }
        }
    }
}

//! What an occurrence is to pay, as things stand: open, not void, not on hold.

use super::agreement::{Agreement, untried};
use super::case::Case;
use super::{LeftOut, NotCharged};
use crate::domain::ids::{ChargeId, InvoiceId};
use crate::domain::invoice::Invoice;
use crate::domain::money::Money;
use crate::domain::schedule::{Aim, Target};
use crate::domain::spread::{Pick, Wanted};
use crate::problem::Result;

/// What is to be paid, as things stand; `None` if nothing is left of it.
pub(super) fn wanted(
    case: &Case<'_>,
    again: Option<ChargeId>,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Wanted>> {
    let book = case.book;
    match case.agreement {
        Agreement::Autopay(autopay) => {
            let targets: Vec<Target> = match again {
                None => untried(book, autopay, case.candidate.due_on)?
                    .into_iter()
                    .map(|invoice| whole(invoice.id, invoice.number))
                    .collect(),
                Some(charge) => book
                    .shares_of(charge)?
                    .into_iter()
                    .map(|share| whole(share.invoice, share.number))
                    .collect(),
            };
            picks(case, &targets, false, left_out)
        }
        Agreement::Schedule(schedule) => match &schedule.aim {
            Aim::Invoices(targets) => picks(case, targets, schedule.is_locked, left_out),
            Aim::AllDue => {
                let except = held_invoices(case, left_out)?;
                Ok(Some(Wanted::AllDue { except }))
            }
            Aim::Amount { amount, on_account } => {
                let except = held_invoices(case, left_out)?;
                let amount = if *on_account || schedule.is_locked {
                    *amount
                } else {
                    let open = book
                        .open_invoices(Some(case.customer.id))?
                        .iter()
                        .filter(|invoice| !except.contains(&invoice.number))
                        .map(Invoice::available)
                        .filter(|open| open.currency() == amount.currency())
                        .fold(Money::zero(amount.currency()), Money::plus);
                    amount.at_most(open)
                };
                Ok(amount.is_positive().then_some(Wanted::Amount {
                    amount,
                    except,
                    on_account: *on_account,
                }))
            }
        },
    }
}

fn whole(invoice: InvoiceId, number: String) -> Target {
    Target {
        invoice,
        number,
        amount: None,
    }
}

/// The named invoices as far as they are open; locked ones exactly as agreed.
fn picks(
    case: &Case<'_>,
    targets: &[Target],
    is_locked: bool,
    left_out: &mut Vec<LeftOut>,
) -> Result<Option<Wanted>> {
    let mut picks: Vec<Pick> = Vec::new();
    for target in targets {
        if picks.iter().any(|pick| pick.number == target.number) {
            continue;
        }
        let invoice = case
            .book
            .find_invoice(&target.number, Some(case.customer))?;
        let hold = case.book.hold_on(invoice.id)?;
        let because = if invoice.is_void {
            Some(NotCharged::Void)
        } else if invoice.open.is_zero() {
            Some(NotCharged::Paid)
        } else {
            hold.map(|hold| NotCharged::OnHold(hold.because))
        };
        if let Some(because) = because {
            left_out.push(LeftOut {
                number: invoice.number,
                because,
            });
            continue;
        }
        let amount = match target.amount {
            Some(amount) if !is_locked => Some(amount.at_most(invoice.open)),
            amount => amount,
        };
        picks.push(Pick {
            number: invoice.number,
            amount,
        });
    }
    Ok((!picks.is_empty()).then_some(Wanted::Invoices(picks)))
}

/// The customer's open invoices that are on hold, by number.
fn held_invoices(case: &Case<'_>, left_out: &mut Vec<LeftOut>) -> Result<Vec<String>> {
    let mut numbers = Vec::new();
    for invoice in case.book.open_invoices(Some(case.customer.id))? {
        if let Some(hold) = case.book.hold_on(invoice.id)? {
            left_out.push(LeftOut {
                number: invoice.number.clone(),
                because: NotCharged::OnHold(hold.because),
            });
            numbers.push(invoice.number);
        }
    }
    Ok(numbers)
}

//! What is open again when money leaves a credit, and is paid again when it
//! comes back: the same for a refund and for what a bank took.

use jiff::civil::Date;

use super::Tx;
use crate::domain::credit::Allocation;
use crate::domain::ids::{CreditId, InvoiceId};
use crate::domain::money::Money;
use crate::domain::refund::{RefundShare, TakenFrom};
use crate::problem::Result;

impl Tx<'_> {
    /// Frees money of a credit, so that it can leave: what was planned is taken
    /// from its invoices; what the plan does not cover, from what pays no
    /// invoice, and then from what was applied last.
    pub(super) fn free(
        &self,
        credit: CreditId,
        planned: &[RefundShare],
        amount: Money,
        on: Date,
    ) -> Result<()> {
        let book = self.read();
        let mut left = amount;
        for share in planned {
            let part = share.amount.at_most(left);
            left = left.minus(part);
            if let TakenFrom::Invoice { id, .. } = share.from {
                self.take_from(credit, id, part, on)?;
            }
        }
        let on_account = book.credit(credit)?.open;
        let mut missing = amount.minus(on_account.at_most(amount));
        let mut applied = book.allocations_of(credit)?;
        while let Some(Allocation {
            invoice, amount, ..
        }) = applied.pop()
            && missing.is_positive()
        {
            let part = amount.at_most(missing);
            missing = missing.minus(part);
            self.take_from(credit, invoice, part, on)?;
        }
        Ok(())
    }

    /// Takes money back from an invoice, no more than is applied to it.
    fn take_from(
        &self,
        credit: CreditId,
        invoice: InvoiceId,
        amount: Money,
        on: Date,
    ) -> Result<()> {
        let applied = self.read().allocations_of(credit)?;
        let applied = applied.into_iter().find(|it| it.invoice == invoice);
        let Some(applied) = applied.filter(|_| amount.is_positive()) else {
            return Ok(());
        };
        let part = amount.at_most(applied.amount);
        self.allocate(
            credit,
            invoice,
            Money::zero(part.currency()).minus(part),
            on,
        )
    }

    /// Pays again what was reopened, as far as it is open, with money that came
    /// back; where it went, and what of it pays no invoice.
    pub(super) fn pay_again(
        &self,
        credit: CreditId,
        reopened: &[RefundShare],
        amount: Money,
        on: Date,
    ) -> Result<(Vec<RefundShare>, Money)> {
        let book = self.read();
        let mut left = amount;
        let mut went = Vec::new();
        for share in reopened {
            let TakenFrom::Invoice { id, number } = &share.from else {
                continue;
            };
            let invoice = book.find_invoice(number, None)?;
            let part = share.amount.at_most(left).at_most(invoice.available());
            if invoice.is_void || !part.is_positive() {
                continue;
            }
            self.allocate(credit, *id, part, on)?;
            left = left.minus(part);
            went.push(RefundShare {
                from: share.from.clone(),
                amount: part,
            });
        }
        if left.is_positive() {
            went.push(RefundShare {
                from: TakenFrom::Account,
                amount: left,
            });
        }
        Ok((went, left))
    }
}

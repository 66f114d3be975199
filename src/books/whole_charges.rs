//! Charges with all that came of them: of one, or of a list row by row.
//!
//! A list reads five queries beside each other, however many charges it has,
//! and holds one charge at a time.

use rusqlite::Row;

use super::Reader;
use super::beside::Beside;
use super::charges::{CHARGES, ChargeRow, charge, no_such_charge, share};
use super::credits;
use super::payments::PaidShare;
use super::values::money;
use crate::domain::credit::Allocation;
use crate::domain::ids::{ChargeId, CustomerId, MailId, PaymentId};
use crate::domain::money::Money;
use crate::domain::outbox::MailState;
use crate::domain::spread::Share;
use crate::problem::Result;

/// A charge, and what is told of it.
#[derive(Debug, Clone)]
pub struct WholeCharge {
    pub charge: ChargeRow,
    /// The customer's code.
    pub owner: String,
    pub brand: String,
    pub last4: String,
    /// The payment that it brought, and what of that pays no invoice.
    pub payment: Option<(PaymentId, Money)>,
    pub plan: Vec<Share>,
    /// What it paid; nothing while it has brought no payment.
    pub paid: Vec<PaidShare>,
    pub mails: Vec<MailOf>,
}

/// A mail that tells of a charge.
#[derive(Debug, Clone)]
pub struct MailOf {
    pub id: MailId,
    pub to: String,
    pub state: MailState,
}

/// Which charges are told; of many the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charges {
    One(ChargeId),
    Of(CustomerId),
    All,
}

/// The money that the charges of a list (`cross`: in its order) brought.
const BROUGHT: &str = "from charges c cross join attempts t on t.charge_id = c.id
  cross join payments p on p.attempt_id = t.id";

fn whole(row: &Row<'_>) -> rusqlite::Result<WholeCharge> {
    let payment: Option<PaymentId> = row.get("brought_id")?;
    let payment = match payment {
        None => None,
        Some(id) => {
            let unapplied = Money::of(row.get("unapplied_minor")?, row.get("brought_currency")?);
            Some((id, unapplied))
        }
    };
    Ok(WholeCharge {
        charge: charge(row)?,
        owner: row.get("code")?,
        brand: row.get("brand")?,
        last4: row.get("last4")?,
        payment,
        plan: Vec::new(),
        paid: Vec::new(),
        mails: Vec::new(),
    })
}

/// A share, and what its invoice has open now.
fn planned(row: &Row<'_>) -> rusqlite::Result<(ChargeId, (Share, Money))> {
    let left = money(row, "open_minor")?;
    Ok((row.get("charge_id")?, (share(row)?, left)))
}

fn applied(row: &Row<'_>) -> rusqlite::Result<(ChargeId, Allocation)> {
    Ok((row.get("charge_id")?, credits::allocation(row)?))
}

fn told(row: &Row<'_>) -> rusqlite::Result<(ChargeId, MailOf)> {
    let mail = MailOf {
        id: row.get("id")?,
        to: row.get("recipient")?,
        state: row.get("state")?,
    };
    Ok((row.get("charge_id")?, mail))
}

impl WholeCharge {
    /// From credits as planned, from the card as applied.
    fn add_paid(&mut self, left: &[Money], applied: Vec<Allocation>) {
        let from_credits = self.plan.iter().zip(left).filter_map(|(share, left)| {
            let credit = share.from?;
            Some(PaidShare {
                number: share.number.clone(),
                amount: share.amount,
                from_credit: Some(credit.source),
                left: *left,
            })
        });
        self.paid = from_credits.collect();
        let from_card = applied.into_iter().map(|allocation| PaidShare {
            number: allocation.number,
            amount: allocation.amount,
            from_credit: None,
            left: allocation.left,
        });
        self.paid.extend(from_card);
    }
}

impl Reader<'_> {
    /// Tells charges with all that came of them; with `open` only those whose
    /// money may still be taken.
    ///
    /// # Errors
    ///
    /// The book cannot be read; or what `hear` returned.
    pub fn each_charge(
        self,
        which: Charges,
        open: bool,
        mut hear: impl FnMut(WholeCharge) -> Result<()>,
    ) -> Result<()> {
        let (whose, id) = match which {
            Charges::One(id) => ("c.id = ?1", Some(id.0)),
            Charges::Of(customer) => ("c.customer_id = ?1", Some(customer.0)),
            Charges::All => ("?1 is null", None),
        };
        let open = if open {
            "c.id in (select charge_id from open_attempts)"
        } else {
            "true"
        };
        let which = format!("where {whose} and {open} order by c.id desc");
        let prepare = |sql: String| self.connection.prepare_cached(&sql);
        let mut all = prepare(format!(
            "select w.*, o.code, k.brand, k.last4, p.id as brought_id, p.currency as brought_currency,
               m.open_minor as unapplied_minor
             from charges c join ({CHARGES}) w on w.charge_id = c.id
             join customers o on o.id = c.customer_id join cards k on k.id = c.card_id
             left join payments p on p.attempt_id = w.id left join credits m on m.payment_id = p.id {which}"
        ))?;
        let mut plans = prepare(format!(
            "select c.id as charge_id, l.invoice_id, i.number, l.amount_minor, i.currency, i.open_minor,
               l.credit_id, k.payment_id, k.credit_memo_id, k.adjustment_id
             from charges c cross join plans l on l.charge_id = c.id cross join invoices i on i.id = l.invoice_id
             left join credits k on k.id = l.credit_id {which}, l.line"
        ))?;
        let mut paid = prepare(format!(
            "select c.id as charge_id, l.credit_id, k.payment_id, k.credit_memo_id, k.adjustment_id, l.invoice_id, i.number, i.currency,
               i.open_minor, l.amount_minor
             {BROUGHT} cross join credits k on k.payment_id = p.id cross join allocations l on l.credit_id = k.id
             cross join invoices i on i.id = l.invoice_id {which}, l.id"
        ))?;
        let mut mails = prepare(format!(
            "select c.id as charge_id, m.id, m.recipient, m.state
             {BROUGHT} cross join mails m on m.payment_id = p.id {which}, m.id"
        ))?;
        let mut all = all.query([id])?;
        let mut plans = Beside::open(plans.query([id])?, planned)?;
        let mut paid = Beside::open(paid.query([id])?, applied)?;
        let mut mails = Beside::open(mails.query([id])?, told)?;
        while let Some(row) = all.next()? {
            let mut one = whole(row)?;
            let id = one.charge.id;
            let (plan, left): (Vec<Share>, Vec<Money>) = plans.of(id)?.into_iter().unzip();
            one.plan = plan;
            if one.payment.is_some() {
                one.add_paid(&left, credits::summed(paid.of(id)?));
                one.mails = mails.of(id)?;
            }
            hear(one)?;
        }
        plans.end()?;
        paid.end()?;
        mails.end()
    }

    /// One charge with all that came of it.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn whole_charge(self, id: ChargeId) -> Result<WholeCharge> {
        let mut found = None;
        self.each_charge(Charges::One(id), false, |whole| {
            found = Some(whole);
            Ok(())
        })?;
        found.ok_or_else(|| no_such_charge(id))
    }
}

//! Refunds with all that came of them: of one, or of a list row by row.
//!
//! As with charges, a list reads its queries beside each other, however many
//! refunds it has, and holds one at a time.

use jiff::civil::Date;
use rusqlite::Row;

use super::Reader;
use super::beside::Beside;
use super::refunds::{RefundRow, no_such_refund, refund, select, share};
use super::whole_charges::MailOf;
use crate::domain::ids::{CustomerId, RefundId};
use crate::domain::outbox::tells_of;
use crate::domain::refund::RefundShare;
use crate::problem::Result;

/// A refund, and what is told of it.
#[derive(Debug, Clone)]
pub struct WholeRefund {
    pub refund: RefundRow,
    /// The customer's code.
    pub owner: String,
    /// The brand and the last four of the card that the money goes back to.
    pub card: Option<(String, String)>,
    /// When the money was given back, if it was.
    pub given_on: Option<Date>,
    /// Where the money is taken from, as planned.
    pub shares: Vec<RefundShare>,
    pub mails: Vec<MailOf>,
}

/// Which refunds are told; of many the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunds {
    One(RefundId),
    Of(CustomerId),
    All,
}

const LIST: &str = select!(
    ", o.code, k.brand, k.last4, (select given_on from given_back where refund_id = r.id order by id limit 1) as given_on",
    " cross join customers o on o.id = c.customer_id cross join payments p on p.id = r.payment_id
      left join attempts t on t.id = p.attempt_id left join charges h on h.id = t.charge_id
      left join cards k on k.id = h.card_id"
);

/// The credits that the refunds of a list (`cross`: in its order) are taken from.
const TAKEN: &str = "from refunds r cross join credits c on c.payment_id = r.payment_id";

/// By the customer's own payments, however many refunds others have.
const OF_CUSTOMER: &str = "r.id in (select id from refunds where payment_id in (select id from payments where customer_id = ?1))";

fn whole(row: &Row<'_>) -> rusqlite::Result<WholeRefund> {
    let brand: Option<String> = row.get("brand")?;
    Ok(WholeRefund {
        refund: refund(row)?,
        owner: row.get("code")?,
        card: match brand {
            None => None,
            Some(brand) => Some((brand, row.get("last4")?)),
        },
        given_on: row.get("given_on")?,
        shares: Vec::new(),
        mails: Vec::new(),
    })
}

fn taken(row: &Row<'_>) -> rusqlite::Result<(RefundId, RefundShare)> {
    Ok((row.get("refund_id")?, share(row)?))
}

/// A mail of the payment, and what it tells of.
fn told(row: &Row<'_>) -> rusqlite::Result<(RefundId, (String, MailOf))> {
    let mail = MailOf {
        id: row.get("id")?,
        to: row.get("recipient")?,
        state: row.get("state")?,
    };
    Ok((row.get("refund_id")?, (row.get("event")?, mail)))
}

impl Reader<'_> {
    /// Tells refunds with all that came of them; with `open` only those whose
    /// money may still be given back.
    ///
    /// # Errors
    ///
    /// The book cannot be read; or what `hear` returned.
    pub fn each_refund(
        self,
        which: Refunds,
        open: bool,
        mut hear: impl FnMut(WholeRefund) -> Result<()>,
    ) -> Result<()> {
        let (whose, id) = match which {
            Refunds::One(id) => ("r.id = ?1", Some(id.0)),
            Refunds::Of(customer) => (OF_CUSTOMER, Some(customer.0)),
            Refunds::All => ("?1 is null", None),
        };
        let open = if open {
            "r.id in (select refund_id from open_attempts)"
        } else {
            "true"
        };
        let which = format!("where {whose} and {open} order by r.id desc");
        let prepare = |sql: String| self.connection.prepare_cached(&sql);
        let mut all = prepare(format!("{LIST} {which}"))?;
        let mut shares = prepare(format!(
            "select s.refund_id, s.invoice_id, i.number, s.amount_minor, r.currency
             {TAKEN} cross join refund_shares s on s.refund_id = r.id
             left join invoices i on i.id = s.invoice_id {which}, s.line"
        ))?;
        let mut mails = prepare(format!(
            "select r.id as refund_id, m.id, m.recipient, m.state, m.event
             {TAKEN} cross join mails m on m.payment_id = r.payment_id {which}, m.id"
        ))?;
        let mut all = all.query([id])?;
        let mut shares = Beside::open(shares.query([id])?, taken)?;
        let mut mails = Beside::open(mails.query([id])?, told)?;
        while let Some(row) = all.next()? {
            let mut one = whole(row)?;
            let id = one.refund.id;
            one.shares = shares.of(id)?;
            let event = format!("refund:{id}");
            mails.each_of(id, |(of, mail)| {
                if tells_of(&of) == event {
                    one.mails.push(mail);
                }
            })?;
            hear(one)?;
        }
        shares.end()?;
        mails.end()
    }

    /// One refund with all that came of it.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none of that number.
    pub fn whole_refund(self, id: RefundId) -> Result<WholeRefund> {
        let mut found = None;
        self.each_refund(Refunds::One(id), false, |whole| {
            found = Some(whole);
            Ok(())
        })?;
        found.ok_or_else(|| no_such_refund(id))
    }
}

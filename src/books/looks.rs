//! How far the gateways' own lists were read: what is older than that is in
//! the book, or was set aside by a person.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::values::in_columns;
use super::{Reader, Tx};
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::purpose::Purpose;
use crate::domain::rules::CLOCKS_DIFFER;
use crate::problem::Result;

/// A complete look at a gateway's list that knew nothing more than the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub account: GatewayAccount,
    /// By the gateway's clock.
    pub seen_until: Timestamp,
}

/// What is left out of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAside<'a> {
    pub account: &'a GatewayAccount,
    pub reference: &'a str,
    /// The gateway's id of what it took; empty if nothing was taken that is known.
    pub taken: &'a str,
    /// Its number is used up.
    pub purpose: Purpose,
}

/// What the gateway's list may show only after it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// It gives money back: it is in that list.
    pub gives_back: bool,
    /// Whose list: a card, or the transaction whose money is given back.
    pub token: String,
    pub since: Timestamp,
}

/// How long after it was closed as not made a request may still be listed.
const MAY_STILL_COME: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Reader<'_> {
    /// Up to when the gateway's list is known; `None` if it was never read.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn seen_until(self, account: &GatewayAccount) -> Result<Option<Timestamp>> {
        self.row(
            "select seen_until from looks where gateway = ?1 and account = ?2",
            in_columns(account),
            |row| row.get(0),
        )
    }

    /// The cards, and the transactions given back, for which the list may show
    /// only after `seen_until` what was sent before, and since when: what was
    /// open then, changed since, or is closed as not made and may still come.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn unsettled(
        self,
        account: &GatewayAccount,
        seen_until: Timestamp,
    ) -> Result<Vec<Unsettled>> {
        let [gateway, account] = in_columns(account);
        let before = |span| seen_until.saturating_sub(span).unwrap_or(Timestamp::MIN);
        self.rows(
            "select gives_back, token, min(case when first_sent_at < prepared_at then first_sent_at else prepared_at end) as since
               from (select refund_id is not null as gives_back, token, first_sent_at, prepared_at from open_attempts
                      where gateway = ?1 and account = ?2
                     union all
                     select refund_id is not null, token, first_sent_at, prepared_at from attempts
                      where gateway = ?1 and account = ?2 and changed_at >= ?3 and never_left = 0
                     union all
                     select refund_id is not null, token, first_sent_at, prepared_at from attempts
                      where gateway = ?1 and account = ?2 and changed_at >= ?4
                        and state = 'not_made' and never_left = 0)
              group by gives_back, token order by gives_back, token",
            (gateway, account, before(CLOCKS_DIFFER), before(MAY_STILL_COME)),
            |row| {
                Ok(Unsettled {
                    gives_back: row.get("gives_back")?,
                    token: row.get("token")?,
                    since: row.get("since")?,
                })
            },
        )
    }

    /// Whether a person decided that this request is left out of the book:
    /// this very transaction, or, where none was `taken`, any.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn is_set_aside(
        self,
        account: &GatewayAccount,
        reference: &str,
        taken: &str,
    ) -> Result<bool> {
        let [gateway, account] = in_columns(account);
        let one: Option<i64> = self.row(
            "select 1 from set_aside
              where gateway = ?1 and account = ?2 and reference = ?3 and ?4 in ('', taken) limit 1",
            [gateway, account, reference, taken],
            |row| row.get(0),
        )?;
        Ok(one.is_some())
    }
}

impl Tx<'_> {
    /// Remembers a look, beside whatever else this transaction books.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn remember_look(&self, look: &Look) -> Result<()> {
        let [gateway, account] = in_columns(&look.account);
        self.execute(
            "insert into looks (gateway, account, seen_until) values (?1, ?2, ?3)
             on conflict (gateway, account) do update set seen_until = excluded.seen_until",
            (gateway, account, look.seen_until),
        )?;
        Ok(())
    }

    /// Remembers that every refund given in this account before a day was asked
    /// after when it could not come back any more.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn remember_returns(&self, account: &GatewayAccount, over_on: Date) -> Result<()> {
        let [gateway, account] = in_columns(account);
        self.execute(
            "update looks set returns_over_on = ?3 where gateway = ?1 and account = ?2",
            (gateway, account, over_on),
        )?;
        self.note(
            "refunds.over",
            json!({"gateway": gateway, "account": account, "given_before": over_on}),
        )
    }

    /// Leaves a request out of the book for good, as a person decided.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn set_aside(&self, aside: &SetAside<'_>, what: &str, because: &str) -> Result<()> {
        let SetAside {
            account,
            reference,
            taken,
            purpose,
        } = *aside;
        let [gateway, account] = in_columns(account);
        self.execute(
            "insert into set_aside (gateway, account, reference, taken, charge_id, refund_id, what, because, decided_at)
             values (?1, ?2, ?3, ?4, coalesce(?5, 0), ?6, ?7, ?8, ?9)
             on conflict (gateway, account, reference, taken) do nothing",
            (gateway, account, reference, taken, purpose.charge(), purpose.refund(), what, because, self.at),
        )?;
        self.note(
            &format!("{}.set_aside", purpose.word()),
            json!({"gateway": gateway, "account": account, "reference": reference, "taken": taken,
                   "what": what, "because": because}),
        )
    }
}

//! What a script's request applied from money on account, where no charge was
//! needed. A repetition finds it here, and applies nothing again.

use serde_json::json;

use super::charges::share;
use super::{Reader, Tx};
use crate::domain::spread::Share;
use crate::domain::untrusted::composed;
use crate::problem::{Problem, Result};

/// What a request asked for, as it was spelled then, and what it applied.
#[derive(Debug)]
pub struct AppliedRequest {
    pub text: String,
    pub shares: Vec<Share>,
}

impl Reader<'_> {
    /// What was applied under this request id, if anything was.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn applied_by_request(self, request_id: &str) -> Result<Option<AppliedRequest>> {
        let id = composed(request_id);
        let text = self.row(
            "select request_text from applied_requests where request_id = ?1",
            [&id],
            |row| row.get(0),
        )?;
        let Some(text) = text else {
            return Ok(None);
        };
        let shares = self.rows(
            "select l.invoice_id, i.number, l.amount_minor, i.currency, l.credit_id, c.payment_id, c.credit_memo_id, c.adjustment_id
               from applied_requests r
               join allocations l on l.id between r.first_allocation_id and r.last_allocation_id
               join invoices i on i.id = l.invoice_id join credits c on c.id = l.credit_id
              where r.request_id = ?1 order by l.id",
            [&id],
            share,
        )?;
        Ok(Some(AppliedRequest { text, shares }))
    }

    fn newest_allocation(self) -> Result<i64> {
        let newest = self.row("select max(id) from allocations", [], |row| {
            row.get::<_, Option<i64>>(0)
        })?;
        Ok(newest.flatten().unwrap_or(0))
    }
}

impl Tx<'_> {
    /// Remembers what `apply` applies as what this request came to.
    ///
    /// # Errors
    ///
    /// As `apply`, or the request was answered before.
    pub fn applied_for_request(
        &self,
        request_id: &str,
        text: &str,
        apply: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let before = self.read().newest_allocation()?;
        apply()?;
        let last = self.read().newest_allocation()?;
        if last == before {
            return Err(Problem::bug("a request applied nothing"));
        }
        self.insert(
            "insert into applied_requests (request_id, request_text, first_allocation_id, last_allocation_id, requested_at)
             values (?1, ?2, ?3, ?4, ?5)",
            (composed(request_id), text, before + 1, last, self.at),
        )?;
        self.note("request.applied", json!({"request": request_id}))
    }
}

//! Wrong invoices put right: what one says is changed, or another stands in for it.
//!
//! An invoice that nobody paid is made void. One that was paid, or that the
//! customer has, stays on paper: a credit memo takes it off, and what it was
//! paid goes to the new invoice.

use jiff::civil::Date;
use rusqlite::Row;
use serde_json::json;

use super::memos::{MemoRow, NewMemo};
use super::{Reader, Tx};
use crate::domain::ids::InvoiceId;
use crate::domain::invoice::{Invoice, InvoiceNumber, NewInvoice};
use crate::domain::money::Money;
use crate::problem::{Problem, Result};

/// A correction about to be made.
#[derive(Debug, Clone, Copy)]
pub struct Correction<'a> {
    pub invoice: &'a Invoice,
    /// The number of the one that stands in for it.
    pub number: &'a InvoiceNumber,
    /// What it should have been for.
    pub amount: Money,
    pub because: &'a str,
    /// The customer has it: it is credited although nothing was paid.
    pub was_sent: bool,
    pub on: Date,
}

/// What a correction came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    pub new: Invoice,
    /// What took the wrong one off; `None`: it was made void.
    pub memo: Option<MemoRow>,
    /// What of the payments the new one took over.
    pub taken_over: Money,
    /// What of them it had no room for: on account again.
    pub left: Money,
}

/// What an invoice said before somebody changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub due_on: Date,
    pub memo: Option<String>,
    pub po_number: Option<String>,
    pub edited_on: Date,
}

/// Why and when an invoice was made void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voided {
    pub on: Date,
    pub because: Option<String>,
}

fn edit(row: &Row<'_>) -> rusqlite::Result<Edit> {
    Ok(Edit {
        due_on: row.get("due_on")?,
        memo: row.get("memo")?,
        po_number: row.get("po_number")?,
        edited_on: row.get("edited_on")?,
    })
}

impl Reader<'_> {
    /// What an invoice said before each change, oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn edits_of(self, invoice: InvoiceId) -> Result<Vec<Edit>> {
        self.rows(
            "select due_on, memo, po_number, edited_on from invoice_edits where invoice_id = ?1 order by id",
            [invoice],
            edit,
        )
    }

    /// Why an invoice is void, if it is.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn void_of(self, invoice: InvoiceId) -> Result<Option<Voided>> {
        self.row(
            "select voided_on, void_reason from invoices where id = ?1 and voided_at is not null",
            [invoice],
            |row| {
                Ok(Voided {
                    on: row.get("voided_on")?,
                    because: row.get("void_reason")?,
                })
            },
        )
    }

    /// The number of the invoice that this one stands in for.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn corrects(self, invoice: InvoiceId) -> Result<Option<String>> {
        self.row(
            "select w.number from invoices i join invoices w on w.id = i.corrects_id where i.id = ?1",
            [invoice],
            |row| row.get("number"),
        )
    }

    /// The number of the invoice that stands in for this one.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn corrected_by(self, invoice: InvoiceId) -> Result<Option<String>> {
        self.row(
            "select number from invoices where corrects_id = ?1",
            [invoice],
            |row| row.get("number"),
        )
    }

    /// Whether a refund that is not finished reopens the invoice.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn is_being_reopened(self, invoice: InvoiceId) -> Result<bool> {
        let found = self.row(
            "select 1 as one from to_be_given_back where invoice_id = ?1 limit 1",
            [invoice],
            |row| row.get::<_, i64>("one"),
        )?;
        Ok(found.is_some())
    }

    /// The first free number for the invoice that stands in for this one:
    /// `INV-7-2`, and `INV-7-3` for the one after that.
    ///
    /// # Errors
    ///
    /// Exit 2 if the number has no room for more.
    pub fn next_number(self, invoice: &Invoice) -> Result<InvoiceNumber> {
        let mut first = invoice.number.clone();
        let (mut at, mut n) = (invoice.id, 2);
        // Of one that corrects another the first one's number is counted on.
        while let Some((before, number)) = self.row(
            "select w.id, w.number from invoices i join invoices w on w.id = i.corrects_id where i.id = ?1",
            [at],
            |row| Ok((row.get::<_, InvoiceId>("id")?, row.get::<_, String>("number")?)),
        )? {
            (at, first) = (before, number);
        }
        loop {
            let number = InvoiceNumber::parse(&format!("{first}-{n}"))?;
            if self.invoice_by_number(number.as_str())?.is_none() {
                return Ok(number);
            }
            n += 1;
        }
    }
}

impl Tx<'_> {
    /// Corrects an invoice by another that stands in for it.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is void, corrected already, for that much already, partly
    /// written off, or wanted by a charge or a refund on its way; if the number
    /// is taken; or the day is in a closed period.
    pub fn correct_invoice(&self, wanted: &Correction<'_>) -> Result<Corrected> {
        let book = self.read();
        book.require_open(wanted.on)?;
        // As it is now, not as it was shown.
        let wrong = book.find_invoice(&wanted.invoice.number, None)?;
        self.require_correctable(&wrong, wanted)?;
        let customer = book.customer(wrong.customer)?;
        let new = self.insert_invoice(
            &customer,
            &NewInvoice {
                number: wanted.number.clone(),
                total: wanted.amount,
                issued_on: wanted.on,
                due_on: wrong.due_on,
                memo: wrong.memo.clone(),
                po_number: wrong.po_number.clone(),
                // It is due when the wrong one was.
                terms: None,
            },
            None,
        )?;
        self.execute(
            "update invoices set corrects_id = ?2 where id = ?1",
            (new, wrong.id),
        )?;
        let new = book.find_invoice(wanted.number.as_str(), None)?;
        let paid = book.allocations_to(wrong.id)?;
        let mut taken_over = Money::zero(wrong.total.currency());
        let mut left = taken_over;
        let memo = if paid.is_empty() && !wanted.was_sent {
            self.void_invoice(&wrong, wanted.because)?;
            None
        } else {
            let mut room = new.total;
            for part in paid {
                let credit = part.credit.id;
                self.allocate(
                    credit,
                    wrong.id,
                    Money::zero(room.currency()).minus(part.amount),
                    wanted.on,
                )?;
                let goes_on = part.amount.at_most(room);
                if goes_on.is_positive() {
                    self.allocate(credit, new.id, goes_on, wanted.on)?;
                }
                room = room.minus(goes_on);
                taken_over = taken_over.plus(goes_on);
                left = left.plus(part.amount.minus(goes_on));
            }
            let memo = self.add_memo(&NewMemo {
                number: None,
                customer: &customer,
                invoice: Some(&wrong),
                amount: wrong.total,
                because: wanted.because,
                on: wanted.on,
            })?;
            self.allocate(memo.credit.name.id, wrong.id, wrong.total, wanted.on)?;
            Some(book.memo(memo.id)?)
        };
        let new = book.find_invoice(wanted.number.as_str(), None)?;
        if let Some(hold) = book.hold_on(wrong.id)? {
            self.hold_invoice(&new, &hold.because)?;
        }
        self.note(
            "invoice.corrected",
            json!({"invoice": wrong.number, "by": new.number, "total": new.total.to_string(),
                   "credit": memo.as_ref().map(|memo| memo.number.clone()), "because": wanted.because}),
        )?;
        Ok(Corrected {
            new,
            memo,
            taken_over,
            left,
        })
    }

    fn require_correctable(&self, wrong: &Invoice, wanted: &Correction<'_>) -> Result<()> {
        let (book, number) = (self.read(), &wrong.number);
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if let Some(by) = book.corrected_by(wrong.id)? {
            return refuse(
                "corrected_already",
                format!("invoice `{number}` is corrected already, by `{by}`"),
                format!("If that one is wrong too, correct it: `dues invoice correct {by}`."),
            );
        }
        if wrong.is_void {
            return refuse(
                "invoice_void",
                format!("invoice `{number}` is void"),
                "Add the right one with `dues invoice add`.".to_owned(),
            );
        }
        if wanted.amount.currency() != wrong.total.currency() {
            return refuse(
                "currency_differs",
                format!(
                    "invoice `{number}` is in {}, not in {}",
                    wrong.total.currency(),
                    wanted.amount.currency()
                ),
                format!(
                    "Make it void with `dues invoice void {number}`, and add one in {}.",
                    wanted.amount.currency()
                ),
            );
        }
        if wanted.amount == wrong.total {
            return refuse(
                "nothing_to_change",
                format!("invoice `{number}` is for {} already", wrong.total),
                format!("Change what else it says with `dues invoice edit {number}`."),
            );
        }
        self.require_not_on_its_way(wrong)?;
        let stands = |it: &super::AdjustmentRow| it.recovered != it.amount;
        if let Some(adjustment) = book.adjustments_of(wrong.id)?.into_iter().find(stands) {
            let (id, kind) = (adjustment.id, adjustment.kind);
            return refuse(
                "invoice_adjusted",
                format!(
                    "{} of invoice `{number}` is a {kind} ({id})",
                    adjustment.amount
                ),
                format!(
                    "Ask for that again first: `dues invoice writeoff --undo {id} --because TEXT`."
                ),
            );
        }
        let mut credited = book.memos_for(wrong.id)?.into_iter();
        if let Some(memo) = credited.find(|memo| memo.cancelled != memo.credit.amount) {
            return refuse(
                "invoice_credited",
                format!(
                    "invoice `{number}` is corrected by credit memo {} of {} already",
                    memo.number, memo.credit.amount
                ),
                format!(
                    "Credit what else is wrong with `dues credit add --invoice {number}`; see `dues invoice show {number}`."
                ),
            );
        }
        Ok(())
    }

    /// # Errors
    ///
    /// Exit 1 if a charge that is not finished pays the invoice, or a refund
    /// that is not finished reopens it.
    fn require_not_on_its_way(&self, invoice: &Invoice) -> Result<()> {
        let (book, number) = (self.read(), &invoice.number);
        if invoice.reserved.is_positive() {
            return Err(Problem::refused(
                "invoice_reserved",
                format!("invoice `{number}` is being paid by a charge that is not finished"),
            )
            .hint("Run `dues charge recover`, and do this when that charge is settled."));
        }
        if book.is_being_reopened(invoice.id)? {
            return Err(Problem::refused(
                "invoice_reserved",
                format!("invoice `{number}` is being reopened by a refund that is not finished"),
            )
            .hint("Run `dues charge recover`, and do this when that refund is settled."));
        }
        Ok(())
    }

    /// Changes what an invoice says besides its amount; what it said before is kept.
    ///
    /// # Errors
    ///
    /// Exit 1 if it is void, or nothing would change.
    pub fn edit_invoice(
        &self,
        invoice: &Invoice,
        due_on: Date,
        memo: Option<&str>,
        po_number: Option<&str>,
    ) -> Result<Invoice> {
        let book = self.read();
        // As it is now, not as it was shown.
        let before = book.find_invoice(&invoice.number, None)?;
        let number = &before.number;
        if before.is_void {
            return Err(
                Problem::refused("invoice_void", format!("invoice `{number}` is void"))
                    .hint(format!("See why with `dues invoice show {number}`.")),
            );
        }
        if before.due_on == due_on
            && before.memo.as_deref() == memo
            && before.po_number.as_deref() == po_number
        {
            return Err(Problem::refused(
                "nothing_to_change",
                format!("invoice `{number}` says that already"),
            )
            .hint(format!("See it with `dues invoice show {number}`.")));
        }
        let today = self.open_day(self.today()?)?;
        self.insert(
            "insert into invoice_edits (invoice_id, due_on, memo, edited_on, edited_at, po_number)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                before.id,
                before.due_on,
                &before.memo,
                today,
                self.at,
                &before.po_number,
            ),
        )?;
        self.execute(
            "update invoices set due_on = ?2, memo = ?3, po_number = ?4 where id = ?1",
            (before.id, due_on, memo, po_number),
        )?;
        self.note(
            "invoice.edited",
            json!({"invoice": number, "due_on": due_on.to_string(), "memo": memo,
                   "po_number": po_number, "was_po_number": before.po_number, "was_due_on": before.due_on.to_string(), "was_memo": before.memo}),
        )?;
        book.find_invoice(number, None)
    }
}

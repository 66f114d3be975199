//! What a row says it is: its type and its status, in other systems' words.
//!
//! A word that is not in these tables stops the row. A bill taken for an
//! invoice would charge a customer for what we owe.

use super::fields::normal;
use super::rows::Passed;

/// What a status means for the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Owed, in whole or in part: the amounts say how much.
    Open,
    /// Said to be paid in part; the amounts must say how much.
    PartPaid,
    /// Said to be paid; the amounts must agree.
    Paid,
    /// Owed, and given up by the other system.
    Uncollectible,
    /// No business of the book, and why.
    Skipped(Passed),
}

/// The meaning of a status word, however it is spelled; an empty one says nothing.
pub(super) fn status(word: &str) -> Option<Status> {
    match normal(word).as_str() {
        "draft" | "entwurf" | "submitted" | "awaitingapproval" => {
            Some(Status::Skipped(Passed::Draft))
        }
        "void" | "voided" | "deleted" | "cancelled" | "canceled" | "storniert" => {
            Some(Status::Skipped(Passed::Void))
        }
        "" | "open" | "sent" | "viewed" | "approved" | "due" | "overdue" | "awaitingpayment"
        | "authorised" | "authorized" | "unpaid" | "offen" | "überfällig" | "uberfallig" => {
            Some(Status::Open)
        }
        "partial" | "partiallypaid" | "partpaid" | "teilbezahlt" | "teilweisebezahlt" => {
            Some(Status::PartPaid)
        }
        "paid" | "bezahlt" => Some(Status::Paid),
        "uncollectible" => Some(Status::Uncollectible),
        _ => None,
    }
}

/// What kind of paper a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paper {
    Invoice,
    CreditMemo,
    /// Money received.
    Payment,
    /// What we owe, or what nobody owes yet.
    Other,
}

/// The meaning of a type word; an empty one is an invoice in a file of invoices.
pub(super) fn paper(word: &str) -> Option<Paper> {
    match normal(word).as_str() {
        "" | "invoice" | "salesinvoice" | "accrec" | "sales" | "sale" | "service" | "rechnung" => {
            Some(Paper::Invoice)
        }
        "creditmemo" | "creditnote" | "credit" | "salescreditnote" | "accreccredit"
        | "gutschrift" => Some(Paper::CreditMemo),
        "payment" | "overpayment" | "salesoverpayment" | "prepayment" | "salesprepayment"
        | "deposit" | "receipt" | "refund" | "zahlung" => Some(Paper::Payment),
        "bill" | "accpay" | "purchase" | "purchaseinvoice" | "purchaseorder" | "vendorcredit"
        | "billcreditnote" | "expense" | "estimate" | "quote" | "journal" | "journalentry" => {
            Some(Paper::Other)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_known_in_every_spelling() {
        let table = [
            ("", Some(Status::Open)),
            ("Awaiting Payment", Some(Status::Open)),
            ("AUTHORISED", Some(Status::Open)),
            ("PartiallyPaid", Some(Status::PartPaid)),
            ("Überfällig", Some(Status::Open)),
            ("Paid", Some(Status::Paid)),
            ("uncollectible", Some(Status::Uncollectible)),
            ("VOIDED", Some(Status::Skipped(Passed::Void))),
            ("Entwurf", Some(Status::Skipped(Passed::Draft))),
            ("NotSent", None),
            ("maybe", None),
        ];
        for (word, expected) in table {
            assert_eq!(status(word), expected, "{word}");
        }
    }

    #[test]
    fn only_an_invoice_is_an_invoice() {
        let table = [
            ("", Some(Paper::Invoice)),
            ("Sales invoice", Some(Paper::Invoice)),
            ("ACCREC", Some(Paper::Invoice)),
            ("Credit Memo", Some(Paper::CreditMemo)),
            ("Sales credit note", Some(Paper::CreditMemo)),
            ("Payment", Some(Paper::Payment)),
            ("ACCPAY", Some(Paper::Other)),
            ("Journal Entry", Some(Paper::Other)),
            ("product", None),
        ];
        for (word, expected) in table {
            assert_eq!(paper(word), expected, "{word}");
        }
    }
}

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
    let word = normal(word);
    let fits = |words: &[&str]| words.contains(&word.as_str());
    PAPERS
        .into_iter()
        .find_map(|(paper, words)| fits(words).then_some(paper))
}

/// Whether a word is the name of a paper and of nothing else: what was sold
/// may be a `Service`, and paid by `Credit`.
pub(super) fn is_telling(word: &str) -> bool {
    const OTHER_THINGS_TOO: [&str; 18] = [
        "",
        "sales",
        "sale",
        "service",
        "credit",
        "deposit",
        "acompte",
        "receipt",
        "recibo",
        "expense",
        "purchase",
        "transfer",
        "banktransfer",
        "check",
        "cheque",
        "discount",
        "charge",
        "journal",
    ];
    !OTHER_THINGS_TOO.contains(&normal(word).as_str())
}

/// Kinds of papers, in [`normal`] form.
const PAPERS: [(Paper, &[&str]); 4] = [
    (
        Paper::Invoice,
        &[
            "",
            "invoice",
            "invoices",
            "inv",
            "salesinvoice",
            "customerinvoice",
            "receivableinvoice",
            "taxinvoice",
            "standardinvoice",
            "accrec",
            "sales",
            "sale",
            "service",
            "rechnung",
            "ausgangsrechnung",
            "facture",
            "factura",
            "fattura",
            "fatura",
            "factuur",
        ],
    ),
    (
        Paper::CreditMemo,
        &[
            "creditmemo",
            "creditmemos",
            "creditnote",
            "creditnotes",
            "credit",
            "cm",
            "cn",
            "crn",
            "customercredit",
            "customercreditnote",
            "salescredit",
            "salescreditnote",
            "salescreditmemo",
            "receivablecreditnote",
            "accreccredit",
            "creditinvoice",
            "gutschrift",
            "rechnungskorrektur",
            "stornorechnung",
            "storno",
            "avoir",
            "notedecrédit",
            "notedecredit",
            "notadecrédito",
            "notadecredito",
            "notadicredito",
            "abono",
            "creditnota",
        ],
    ),
    (
        Paper::Payment,
        &[
            "payment",
            "payments",
            "pmt",
            "pymt",
            "customerpayment",
            "invoicepayment",
            "salespayment",
            "paymentreceived",
            "paymentreceipt",
            "overpayment",
            "salesoverpayment",
            "receivableoverpayment",
            "prepayment",
            "salesprepayment",
            "receivableprepayment",
            "receivemoney",
            "deposit",
            "receipt",
            "cashreceipt",
            "salesreceipt",
            "refund",
            "refunds",
            "refundreceipt",
            "creditrefund",
            "chargeback",
            "zahlung",
            "zahlungseingang",
            "rückzahlung",
            "ruckzahlung",
            "erstattung",
            "paiement",
            "règlement",
            "reglement",
            "remboursement",
            "acompte",
            "pago",
            "cobro",
            "recibo",
            "reembolso",
            "pagamento",
            "incasso",
            "rimborso",
            "betaling",
        ],
    ),
    (
        Paper::Other,
        &[
            "bill",
            "bills",
            "billpayment",
            "billpaymentcheck",
            "billpaymentcreditcard",
            "billpmt",
            "billpmtcheck",
            "billpmtccard",
            "billcredit",
            "billcreditnote",
            "accpay",
            "accpaycredit",
            "payableinvoice",
            "payablecreditnote",
            "supplierinvoice",
            "suppliercredit",
            "suppliercreditnote",
            "vendorinvoice",
            "vendorbill",
            "vendorcredit",
            "purchase",
            "purchaseinvoice",
            "purchaseorder",
            "eingangsrechnung",
            "expense",
            "check",
            "cheque",
            "spendmoney",
            "transfer",
            "banktransfer",
            "estimate",
            "quote",
            "quotation",
            "proposal",
            "proforma",
            "proformainvoice",
            "salesorder",
            "angebot",
            "auftragsbestätigung",
            "lieferschein",
            "mahnung",
            "devis",
            "journal",
            "journalentry",
            "generaljournal",
            "manualjournal",
            "buchung",
            "adjustment",
            "discount",
            "writeoff",
            "charge",
            "statementcharge",
            "stmtcharge",
            "financecharge",
            "debitmemo",
            "debitnote",
            "lastschrift",
            "openingbalance",
            "statement",
        ],
    ),
];

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
            ("Bill Pmt -Check", Some(Paper::Other)),
            ("Note de cre\u{301}dit", Some(Paper::CreditMemo)),
            ("product", None),
        ];
        for (word, expected) in table {
            assert_eq!(paper(word), expected, "{word}");
        }
    }
}

//! What a file is, by its own title and header: invoices, or something else.
//!
//! A payment or a quote has a number, a customer, a date and an amount like an
//! invoice, and would become money that nobody owes. A name that only such
//! files have decides; one that an invoice may carry as a reference does so
//! only where no column is the invoice's number.

use csv::StringRecord;

use super::columns::Header;
use super::fields::normal;
use super::quote::quoted;
use super::records::Records;
use crate::problem::Problem;

/// What a file holds that is no list of invoices to customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Payments,
    CreditMemos,
    Quotes,
    Templates,
    Bills,
    Bookings,
    Transactions,
}

/// Whether a name says it even beside the number of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Always,
    Alone,
}

/// Column names in [`normal`] form that tell what a file is.
const COLUMNS: [(Kind, Says, &[&str]); 9] = [
    (
        Kind::Payments,
        Says::Always,
        &[
            "paymentnumber",
            "paymentno",
            "amountapplied",
            "amountappliedtoinvoice",
            "invoicepaymentapplieddate",
            "unappliedamount",
            "unusedamount",
            "zahlungsnummer",
        ],
    ),
    (
        Kind::Payments,
        Says::Alone,
        &["customerpaymentid", "paymentdate"],
    ),
    (
        Kind::CreditMemos,
        Says::Always,
        &[
            "creditnotenumber",
            "creditnoteno",
            "creditmemonumber",
            "creditmemono",
            "remainingcredit",
            "creditremaining",
            "gutschriftsnummer",
        ],
    ),
    (
        Kind::CreditMemos,
        Says::Alone,
        &["creditnumber", "creditnoteid", "creditnotedate"],
    ),
    (
        Kind::Quotes,
        Says::Alone,
        &[
            "quotenumber",
            "quoteno",
            "quotedate",
            "estimatenumber",
            "estimateno",
            "estimatedate",
            "proposalnumber",
            "angebotsnummer",
        ],
    ),
    (
        Kind::Templates,
        Says::Always,
        &[
            "nextinvoicedate",
            "nextsenddate",
            "nextscheduleddate",
            "repeatevery",
            "remainingcycles",
        ],
    ),
    (
        Kind::Templates,
        Says::Alone,
        &["recurrencename", "profilename"],
    ),
    (
        Kind::Bills,
        Says::Alone,
        &[
            "billnumber",
            "billno",
            "billdate",
            "vendorname",
            "suppliername",
        ],
    ),
    (
        Kind::Bookings,
        Says::Always,
        &[
            "umsatzohnesollhabenkz",
            "sollhabenkennzeichen",
            "gegenkontoohnebuschlüssel",
        ],
    ),
];

/// Titles above a header, in [`normal`] form.
const TITLES: [(Kind, &[&str]); 5] = [
    (
        Kind::Payments,
        &[
            "payments",
            "paymentsreceived",
            "customerpayments",
            "zahlungen",
        ],
    ),
    (
        Kind::CreditMemos,
        &["creditnotes", "creditmemos", "credits", "gutschriften"],
    ),
    (
        Kind::Quotes,
        &["quotes", "estimates", "proposals", "angebote"],
    ),
    (
        Kind::Templates,
        &[
            "recurringinvoices",
            "recurringtemplates",
            "invoicetemplates",
        ],
    ),
    (
        Kind::Bills,
        &[
            "bills",
            "expenses",
            "purchaseorders",
            "purchases",
            "purchaseinvoices",
        ],
    ),
];

/// The names of an invoice's own number.
const OWN_NUMBER: [&str; 5] = [
    "invoicenumber",
    "invoiceno",
    "invoicenum",
    "invoice",
    "rechnungsnummer",
];

/// Refuses a file that says it is something else than invoices.
///
/// # Errors
///
/// Exit 1, naming what it is and what says so.
pub(super) fn require_invoices(
    records: &Records<'_>,
    header: Option<&Header>,
) -> Result<(), Problem> {
    let top = records.top();
    let end = header.map_or(u64::MAX, |header| header.line);
    for (line, record) in top.iter().filter(|(line, _)| *line <= end) {
        let said = first_cell(record)
            .or_else(|| title(record).filter(|_| *line < end))
            .or_else(|| columns(record));
        if let Some((kind, word)) = said {
            return Err(kind.refusal(*line, word));
        }
    }
    Ok(())
}

/// Formats that name themselves in their first cell.
fn first_cell(record: &StringRecord) -> Option<(Kind, &str)> {
    let cell = record.get(0)?.trim();
    match cell {
        "EXTF" | "DTVF" => Some((Kind::Bookings, cell)),
        "!TRNS" | "!SPL" | "!HDR" | "!CUST" | "!ACCNT" | "!INVITEM" => {
            Some((Kind::Transactions, cell))
        }
        _ => None,
    }
}

/// The one cell of a line above the header.
fn title(record: &StringRecord) -> Option<(Kind, &str)> {
    let mut filled = record.iter().filter(|cell| !cell.trim().is_empty());
    let (Some(cell), None) = (filled.next(), filled.next()) else {
        return None;
    };
    let title = normal(cell);
    let (kind, _) = TITLES
        .iter()
        .find(|(_, titles)| titles.contains(&title.as_str()))?;
    Some((*kind, cell))
}

fn columns(record: &StringRecord) -> Option<(Kind, &str)> {
    let names: Vec<(String, &str)> = record.iter().map(|cell| (normal(cell), cell)).collect();
    // A line of values is no header, whatever one of them says.
    let has_own = names
        .iter()
        .any(|(name, _)| OWN_NUMBER.contains(&name.as_str()));
    let is_header = names.iter().filter(|(name, _)| !name.is_empty()).count() > 1;
    let of = |(kind, says, telling): &(Kind, Says, &[&str])| {
        let fits = *says == Says::Always || !has_own;
        let found = names
            .iter()
            .find(|(name, _)| telling.contains(&name.as_str()));
        found
            .filter(|_| fits && is_header)
            .map(|(_, cell)| (*kind, *cell))
    };
    COLUMNS.iter().find_map(of)
}

impl Kind {
    fn refusal(self, line: u64, word: &str) -> Problem {
        let (are, hint) = match self {
            Self::Payments => (
                "payments",
                "Export the invoices; what was paid of each is read from its column `Paid` or `Balance`.",
            ),
            Self::CreditMemos => (
                "credit memos",
                "Export the invoices; dues does not import credit memos yet.",
            ),
            Self::Quotes => ("quotes", "Export the invoices: nobody owes a quote."),
            Self::Templates => (
                "templates of recurring invoices",
                "Export the invoices that were made from them.",
            ),
            Self::Bills => (
                "bills from suppliers",
                "Export the sales invoices: dues keeps what customers owe.",
            ),
            Self::Bookings => (
                "DATEV bookings",
                "Export the list of invoices from the program that writes them.",
            ),
            Self::Transactions => (
                "QuickBooks transactions (IIF)",
                "Export a report of the invoices as CSV.",
            ),
        };
        let fact = format!(
            "these are {are}, not invoices, as {} in line {line} says",
            quoted(word.trim())
        );
        Problem::refused("not_invoices", fact).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::columns::{find, known_in};

    #[test]
    fn a_file_says_itself_what_it_is() {
        let table = [
            ("Payment Number,Customer,Date,Amount\n", Some("payments")),
            (
                "Payment Number,Invoice Number,Customer Name,Date,Amount Applied to Invoice\n",
                Some("payments"),
            ),
            ("Payments\n\nNumber,Client,Date,Amount\n", Some("payments")),
            (
                "Credit Note Number,Customer,Date,Total\n",
                Some("credit memos"),
            ),
            (
                "number,contact_name,date,total,remaining_credit\n",
                Some("credit memos"),
            ),
            ("Quote Number,Customer,Date,Total\n", Some("quotes")),
            ("Estimate Number,Invoice Number,Customer,Date,Total\n", None),
            (
                "Number,Customer,Date,Amount,Next Invoice Date\n",
                Some("templates of recurring invoices"),
            ),
            (
                "Bill Number,Vendor Name,Date,Total\n",
                Some("bills from suppliers"),
            ),
            ("\"EXTF\";700;21\nUmsatz;Konto\n", Some("DATEV bookings")),
            (
                "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;Konto;Belegdatum;Belegfeld 1\n",
                Some("DATEV bookings"),
            ),
            ("!TRNS\tDATE\tNAME\n", Some("QuickBooks transactions (IIF)")),
            ("Invoices\n\nNumber,Client,Date,Amount\n1,A,B,2\n", None),
            ("Number,Client,Date,Amount\nPayments,A,B,2\n", None),
            (
                "Name,Financial Status,Payment Method,Payment ID,Total,Vendor\n",
                None,
            ),
        ];
        for (text, expected) in table {
            let records = Records::of(text, None, known_in);

            let refused = require_invoices(&records, find(&records).as_ref()).err();

            let said = refused.as_ref().map(Problem::message).unwrap_or_default();
            match expected {
                Some(kind) => assert!(
                    said.contains(&format!("these are {kind}, not invoices")),
                    "{text}: {said}"
                ),
                None => assert_eq!(said, "", "{text}"),
            }
        }
    }
}

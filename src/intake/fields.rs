//! What a column may hold, and the names that other systems give it.
//!
//! The names of a field are ranked: a file that has both `Invoice Number` and
//! `Number` keeps the invoice's number in the first.

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number,
    Customer,
    CustomerId,
    Email,
    Issued,
    Due,
    Amount,
    Balance,
    Paid,
    Currency,
    Status,
    Type,
    Memo,
}

/// A field, its name in messages, and the column names that mean it, in
/// [`normal`] form, most telling first. `id` and `email_status` are never
/// taken: they mean other things too often.
pub(super) const NAMES: [(Field, &str, &[&str]); 13] = [
    (
        Field::Number,
        "invoice number",
        &[
            "invoicenumber",
            "invoiceno",
            "invoicenum",
            "invoice",
            "docnumber",
            "documentnumber",
            "num",
            "rechnungsnummer",
            "number",
            "invoiceid",
        ],
    ),
    (
        Field::Customer,
        "customer",
        &[
            "contactname",
            "customerfullname",
            "customer",
            "customername",
            "client",
            "clientname",
            "debtorname",
            "name",
            "kunde",
            "companyname",
            "billingname",
        ],
    ),
    (
        Field::CustomerId,
        "customer id",
        &[
            "customerid",
            "contactid",
            "partnerno",
            "customernumber",
            "customercode",
            "kundennummer",
        ],
    ),
    (
        Field::Email,
        "email",
        &["email", "emailaddress", "partneremail", "debtoremail"],
    ),
    (
        Field::Issued,
        "invoice date",
        &[
            "invoicedate",
            "dateissued",
            "issueddate",
            "issuedate",
            "transactiondate",
            "documentdate",
            "date",
            "createdat",
            "created",
            "rechnungsdatum",
        ],
    ),
    (
        Field::Due,
        "due date",
        &[
            "duedate",
            "due",
            "fälligkeitsdatum",
            "falligkeitsdatum",
            "faelligkeitsdatum",
        ],
    ),
    (
        Field::Amount,
        "amount",
        &[
            "total",
            "totalamount",
            "invoiceamount",
            "amount",
            "betrag",
            "totalcents",
            "amountcents",
            "totalminor",
            "amountminor",
        ],
    ),
    (
        Field::Balance,
        "balance",
        &[
            "balance",
            "openbalance",
            "invoiceamountdue",
            "amountdue",
            "balancedueamount",
            "balancedue",
            "offen",
            "amountremaining",
            "amountduecents",
            "balancecents",
        ],
    ),
    (
        Field::Paid,
        "paid",
        &[
            "paid",
            "invoiceamountpaid",
            "amountpaid",
            "amountpaidamount",
            "amountpaidcents",
            "bezahlt",
        ],
    ),
    (
        Field::Currency,
        "currency",
        &[
            "currency",
            "currencycode",
            "currencyid",
            "währung",
            "wahrung",
            "waehrung",
        ],
    ),
    (
        Field::Status,
        "status",
        &["status", "invoicestatus", "documentstatus"],
    ),
    (
        Field::Type,
        "type",
        &[
            "type",
            "transactiontype",
            "doctype",
            "documenttype",
            "txntype",
            "transtype",
            "trxtype",
            "belegart",
        ],
    ),
    (
        Field::Memo,
        "memo",
        &["memo", "notes", "note", "description", "details"],
    ),
];

/// Fields without which a row is no invoice: one of each line, how messages
/// call it, and what to head the column with.
pub(super) const NEEDED: [(&[Field], &str, &str); 4] = [
    (
        &[Field::Number],
        "the invoice number",
        "`Invoice Number`, `Invoice No` or `Number`",
    ),
    (
        &[Field::Customer, Field::CustomerId, Field::Email],
        "the customer",
        "`Customer`, `Customer ID` or `Email`",
    ),
    (
        &[Field::Issued],
        "the invoice date",
        "`Invoice Date`, `Date Issued` or `Date`",
    ),
    (
        &[Field::Amount, Field::Balance],
        "the amount",
        "`Total`, `Amount` or `Balance`",
    ),
];

/// A header in the form in which spellings of one name are equal: letters and
/// digits, lower case.
pub(super) fn normal(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_names_is_in_the_order_of_the_fields() {
        for (at, (field, _, names)) in NAMES.iter().enumerate() {
            assert_eq!(*field as usize, at);
            assert!(names.iter().all(|name| normal(name) == *name), "{names:?}");
        }
        let mut all: Vec<&str> = NAMES
            .iter()
            .flat_map(|(.., names)| *names)
            .copied()
            .collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
    }
}

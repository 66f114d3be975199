//! The rules of double entry, proved on the journal that the facts make.
//!
//! One walk over all facts proves four rules. The journal is held against
//! what the book keeps ready for reports: open amounts and unapplied money.

use std::collections::BTreeMap;

use super::super::Reader;
use super::{Rule, Violation};
use crate::domain::ids::{CustomerId, InvoiceId, PaymentId};
use crate::domain::journal::{Account, Entry, Event, Fact};
use crate::domain::money::{Currency, Money};
use crate::problem::Result;

const BALANCED: Rule = Rule {
    number: "INV12",
    says: "every entry of the journal balances, in each currency on its own",
    advice: "Money of one currency was applied in another; see `dues payment list` and `dues invoice list`, \
             and do not export the journal before it is right.",
};

const NOT_EMPTY: Rule = Rule {
    number: "INV13",
    says: "no entry of the journal is empty",
    advice: "ROW is about no money at all; another program wrote it. Compare it with the paper it came from.",
};

const ENTERED: Rule = Rule {
    number: "INV14",
    says: "every payment has its entry in the journal",
    advice: "The book does not know through which gateway ROW came; see `dues payment show ROW`, \
             and look for the money on the gateway's own page.",
};

const TOTALLED: Rule = Rule {
    number: "INV15",
    says: "what each customer owes and has unapplied is the same in the journal and in the open rows",
    advice: "Send no statement to this customer and charge nothing. The rules INV05 to INV09 name the invoice or payment; \
             where they name none, an invoice or a payment was changed: compare it with its paper.",
};

pub(super) const RULES: [Rule; 4] = [BALANCED, NOT_EMPTY, ENTERED, TOTALLED];

/// What breaks the rules of double entry.
pub(super) fn broken(reader: Reader<'_>) -> Result<Vec<Violation>> {
    let mut found = Vec::new();
    let mut totals = Totals::default();
    let mut statement = reader
        .connection
        .prepare("select id from payments order by id")?;
    let mut payments = statement.query_map([], |row| row.get::<_, PaymentId>(0))?;
    reader.each_fact(|fact| {
        let entry = Entry::of(fact);
        if !entry.is_balanced() {
            found.push(BALANCED.broken_by(source(reader, fact)?));
        }
        if entry.is_empty() {
            found.push(NOT_EMPTY.broken_by(source(reader, fact)?));
        }
        if let Event::PaymentReceived { payment, .. } = fact.event {
            // Both come by number; what is passed over has no entry.
            for id in payments.by_ref() {
                let id = id?;
                if id == payment {
                    break;
                }
                found.push(ENTERED.broken_by(id.to_string()));
            }
        }
        totals.post(&entry);
        Ok(())
    })?;
    for id in payments {
        found.push(ENTERED.broken_by(id?.to_string()));
    }
    totals.add_up(
        reader,
        "select customer_id, currency, open_minor from invoices where voided_at is null",
        |sums| &mut sums.receivable,
    )?;
    totals.add_up(
        reader,
        "select customer_id, currency, open_minor from credits",
        |sums| &mut sums.unapplied,
    )?;
    found.extend(totals.that_differ(reader)?);
    Ok(found)
}

/// What a person knows the fact by.
fn source(reader: Reader<'_>, fact: &Fact) -> Result<String> {
    let number = |invoice: InvoiceId| {
        let sql = "select number from invoices where id = ?1";
        let number = reader.row(sql, [invoice], |row| row.get::<_, String>(0));
        number.map(|number| number.unwrap_or_else(|| invoice.to_string()))
    };
    match fact.event {
        Event::InvoiceIssued { invoice, .. } | Event::InvoiceVoided { invoice, .. } => {
            Ok(format!("invoice {}", number(invoice)?))
        }
        Event::PaymentReceived { payment, .. } => Ok(payment.to_string()),
        Event::AllocationMade {
            credit, invoice, ..
        } => Ok(format!("{credit} applied to {}", number(invoice)?)),
        Event::ReceiptTaken { receipt, .. } => Ok(receipt.to_string()),
        Event::CreditGranted { credit, .. } | Event::CreditReversed { credit, .. } => {
            Ok(credit.to_string())
        }
        Event::DisputeFeeTaken { dispute, .. } => Ok(dispute.to_string()),
        Event::MoneyGivenBack { refund, .. } => Ok(refund.to_string()),
    }
}

/// An account as the journal has it, and as the rows kept for reports add up
/// (minor units; wider than any sum that a damaged book could hold).
#[derive(Default)]
struct Sum {
    journal: i128,
    book: i128,
}

/// A customer's accounts in one currency.
#[derive(Default)]
struct Sums {
    receivable: Sum,
    unapplied: Sum,
}

#[derive(Default)]
struct Totals(BTreeMap<(CustomerId, &'static str), Sums>);

impl Totals {
    fn of(&mut self, customer: CustomerId, currency: Currency) -> &mut Sums {
        self.0.entry((customer, currency.code())).or_default()
    }

    fn post(&mut self, entry: &Entry) {
        for posting in &entry.postings {
            let minor = i128::from(posting.amount.minor());
            let currency = posting.amount.currency();
            match posting.account {
                Account::Receivable(customer) => {
                    self.of(customer, currency).receivable.journal += minor;
                }
                // Credits are negative; money to the customer's credit is not.
                Account::Unapplied(customer) => {
                    self.of(customer, currency).unapplied.journal -= minor;
                }
                Account::Sales
                | Account::Clearing(_)
                | Account::Bank(_)
                | Account::Suspense
                | Account::Returns
                | Account::Adjusted(_)
                | Account::DisputeFees => (),
            }
        }
    }

    /// Adds up the book's own balances, row by row.
    fn add_up(
        &mut self,
        reader: Reader<'_>,
        sql: &str,
        which: fn(&mut Sums) -> &mut Sum,
    ) -> Result<()> {
        let mut statement = reader.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let minor: i64 = row.get(2)?;
            which(self.of(row.get(0)?, row.get(1)?)).book += i128::from(minor);
        }
        Ok(())
    }

    fn that_differ(&self, reader: Reader<'_>) -> Result<Vec<Violation>> {
        let mut found = Vec::new();
        for ((customer, code), sums) in &self.0 {
            for (sum, account, rows) in [
                (&sums.receivable, "owed", "invoices"),
                (&sums.unapplied, "unapplied", "credits"),
            ] {
                if sum.journal != sum.book {
                    let code_of = "select code from customers where id = ?1";
                    let name = reader.row(code_of, [customer], |row| row.get::<_, String>(0))?;
                    found.push(TOTALLED.broken_by(format!(
                        "{}: {} {account} by the journal, {} by its {rows}",
                        name.unwrap_or_else(|| customer.to_string()),
                        spelled(sum.journal, code),
                        spelled(sum.book, code),
                    )));
                }
            }
        }
        Ok(found)
    }
}

fn spelled(minor: i128, code: &str) -> String {
    match (i64::try_from(minor), Currency::parse(code)) {
        (Ok(minor), Ok(currency)) => Money::of(minor, currency).to_string(),
        _ => format!("{minor} minor units of {code}"),
    }
}

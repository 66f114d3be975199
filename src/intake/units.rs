//! Whether an amount of `1500` is 1500.00 or 15.00: the unit of a file's money.
//!
//! People write major units; a processor's interface writes the smallest ones.
//! A file whose shape is known says which; a fraction anywhere says major; a
//! file that a machine wrote, with whole numbers only, is asked about.

use super::columns::Header;
use super::fields::normal;
use super::quote::quoted;
use crate::domain::money::{Currency, Money};
use crate::problem::Problem;

/// The unit that amounts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Dollars: `15.00`.
    Major,
    /// Cents: `1500`.
    Minor,
}

/// What the money cells of a file show together.
#[derive(Default)]
pub(super) struct Evidence {
    /// The first whole number that is not zero.
    whole: Option<(u64, String, Option<Currency>)>,
    /// A cell with more than digits and a minus: as people write.
    is_dressed: bool,
    /// A currency in lower case, as machines write it.
    is_lower: bool,
}

impl Evidence {
    /// Sees an amount, in the currency if it is known.
    pub(super) fn see(&mut self, line: u64, cell: &str, currency: Option<Currency>) {
        let digits = cell.strip_prefix('-').unwrap_or(cell);
        if digits.bytes().any(|byte| !byte.is_ascii_digit()) {
            self.is_dressed = true;
        } else if digits.bytes().any(|byte| byte != b'0')
            && currency.is_none_or(|currency| currency.decimals() > 0)
        {
            self.whole
                .get_or_insert_with(|| (line, cell.to_owned(), currency));
        }
    }

    pub(super) fn see_currency(&mut self, code: &str) {
        self.is_lower |= code.chars().any(char::is_lowercase);
    }

    /// The unit of the file, and what it was inferred from where that is news.
    ///
    /// # Errors
    ///
    /// Exit 2 where both units fit.
    pub(super) fn settle(&self, header: &Header) -> Result<(Unit, Option<String>), Problem> {
        let Some((line, cell, currency)) = self.whole.as_ref().filter(|_| !self.is_dressed) else {
            return Ok((Unit::Major, None));
        };
        let shown = quoted(cell);
        match shape(header) {
            Some(Unit::Major) => Ok((Unit::Major, None)),
            Some(Unit::Minor) => {
                let note = format!(
                    "amounts read in the smallest unit, as Stripe's interface writes them: {shown} is {}",
                    read(cell, Unit::Minor, *currency)
                );
                Ok((Unit::Minor, Some(note)))
            }
            None if self.is_lower || is_by_machine(header) => {
                let [major, minor] =
                    [Unit::Major, Unit::Minor].map(|unit| read(cell, unit, *currency));
                let fact = format!(
                    "every amount is a whole number: {shown} in line {line} can be {major} or {minor}"
                );
                Err(Problem::usage("ambiguous_unit", fact).hint(format!(
                    "Add `--amount-unit major` ({major}) or `--amount-unit minor` ({minor})."
                )))
            }
            None => Ok((Unit::Major, None)),
        }
    }
}

/// What a column's own name says: `amount_cents`.
pub(super) fn named(column: &str) -> Option<Unit> {
    let name = normal(column);
    ["cents", "minor", "minorunits"]
        .iter()
        .any(|end| name.ends_with(end))
        .then_some(Unit::Minor)
}

/// The unit of interfaces whose columns are known.
fn shape(header: &Header) -> Option<Unit> {
    let has = |name: &str| header.has_name(name);
    // Stripe's invoices; nobody else has what remains beside what is due.
    if has("amountremaining") && (has("amountdue") || has("amountpaid")) {
        return Some(Unit::Minor);
    }
    // Xero's and QuickBooks' interfaces, and Invoice2go's export.
    let is_major = has("amountcredited")
        || (has("contactid") && has("invoicenumber"))
        || (has("docnumber") && has("totalamount"))
        || (has("balancedueamount") && has("totalamount"));
    is_major.then_some(Unit::Major)
}

/// Names without blanks, one of them as no person writes it: `customer_id`.
fn is_by_machine(header: &Header) -> bool {
    let mut names = header.names().filter(|name| !name.is_empty());
    let is_machines = |name: &str| name == "id" || name.contains('_') || name.ends_with("Id");
    names.clone().all(|name| !name.contains(' ')) && names.any(is_machines)
}

/// An example in words.
fn read(cell: &str, unit: Unit, currency: Option<Currency>) -> String {
    let minor = cell.parse::<i64>().ok();
    match (minor, currency, unit) {
        (Some(minor), Some(currency), Unit::Minor) => Money::of(minor, currency).to_string(),
        (_, Some(currency), Unit::Major) => {
            Money::parse(cell, currency).map_or_else(|_| cell.to_owned(), |money| money.to_string())
        }
        (_, _, Unit::Major) => "whole units".to_owned(),
        (_, _, Unit::Minor) => "hundredths".to_owned(),
    }
}

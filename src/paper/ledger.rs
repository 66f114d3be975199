//! The journal as the files of plain-text accounting: hledger and beancount.

use std::fmt::Write;

use jiff::civil::Date;

use crate::domain::money::Money;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Hledger,
    Beancount,
}

/// An entry, worded.
#[derive(Debug, Clone)]
pub struct Line {
    pub on: Date,
    /// The customer's code; empty where there is none.
    pub payee: String,
    /// `invoice INV-7`
    pub what: String,
    /// Accounts by name, debits positive.
    pub postings: Vec<(String, Money)>,
}

impl Dialect {
    /// An entry.
    #[must_use]
    pub fn entry(self, line: &Line) -> String {
        let (on, what) = (line.on, &line.what);
        let mut text = match self {
            Self::Hledger if line.payee.is_empty() => format!("{on} * {what}\n"),
            Self::Hledger => format!("{on} * {} | {what}\n", line.payee),
            Self::Beancount => format!("{on} * {} {}\n", quoted(&line.payee), quoted(what)),
        };
        for (account, amount) in &line.postings {
            let _ = writeln!(
                text,
                "  {account}  {} {}",
                amount.decimal(),
                amount.currency()
            );
        }
        text.push('\n');
        text
    }

    /// That an account is used from a day on; hledger asks for none.
    #[must_use]
    pub fn opening_of(self, account: &str, on: Date) -> String {
        match self {
            Self::Hledger => String::new(),
            Self::Beancount => format!("{on} open {account}\n"),
        }
    }

    /// What an account's assertion is about: its own sum in hledger; in
    /// beancount that of the accounts below it, too. `sums` are in the order
    /// of their names.
    #[must_use]
    pub fn asserted(self, account: &str, own: Money, sums: &[(String, Money)]) -> Money {
        if self == Self::Hledger {
            return own;
        }
        let parent = format!("{account}:");
        let first = sums.partition_point(|(name, _)| *name < parent);
        let below = sums[first..]
            .iter()
            .take_while(|(name, _)| name.starts_with(&parent));
        below
            .filter(|(_, sum)| sum.currency() == own.currency())
            .fold(own, |all, (_, sum)| all.plus(*sum))
    }

    /// What an account has at the end of a day: whoever reads the file proves it.
    #[must_use]
    pub fn assertion(self, account: &str, amount: Money, on: Date) -> String {
        let (sum, currency) = (amount.decimal(), amount.currency());
        match self {
            Self::Hledger => format!(
                "{on} * balance of {account}\n  {account}  0 {currency} = {sum} {currency}\n\n"
            ),
            // Its own is of the beginning of a day, and lets a cent pass unless it is told not to.
            Self::Beancount => {
                let next = on.tomorrow().unwrap_or(on);
                format!("{next} balance {account}  {sum} ~ 0 {currency}\n")
            }
        }
    }
}

/// A text of beancount's.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    /// Each of them counts in its own way, and would refuse the other's.
    #[test]
    fn an_account_is_asserted_with_what_is_below_it_where_beancount_reads() {
        let sum = |name: &str, minor, currency| {
            let currency = Currency::parse(currency).unwrap();
            (name.to_owned(), Money::of(minor, currency))
        };
        let sums = [
            sum("Assets:Bank", 100, "EUR"),
            sum("Assets:Bank", 200, "USD"),
            sum("Assets:Bank-2", 1, "USD"),
            sum("Assets:Bank:Other", 30, "USD"),
            sum("Assets:Bank:Other:Deep", 4, "USD"),
            sum("Assets:Banking", 1, "USD"),
        ];
        let asserted = |dialect: Dialect| {
            let each = sums.iter();
            each.map(|(name, own)| dialect.asserted(name, *own, &sums).minor())
                .collect::<Vec<_>>()
        };

        assert_eq!(asserted(Dialect::Hledger), [100, 200, 1, 30, 4, 1]);
        assert_eq!(asserted(Dialect::Beancount), [100, 234, 1, 34, 4, 1]);
    }
}

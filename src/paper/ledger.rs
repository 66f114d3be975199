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

    /// What an account has at the end of a day: whoever reads the file proves it.
    #[must_use]
    pub fn assertion(self, account: &str, amount: Money, on: Date) -> String {
        let (sum, currency) = (amount.decimal(), amount.currency());
        match self {
            Self::Hledger => format!(
                "{on} * balance of {account}\n  {account}  0 {currency} = {sum} {currency}\n\n"
            ),
            // Its own is of the beginning of a day.
            Self::Beancount => {
                let next = on.tomorrow().unwrap_or(on);
                format!("{next} balance {account}  {sum} {currency}\n")
            }
        }
    }
}

/// A text of beancount's.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

//! The chart of accounts: what each account of the journal is called in the
//! books of whoever takes it over.

use serde::Deserialize;

use super::credit::AdjustmentKind;
use super::journal::Account;
use super::payment::Method;

/// The names of accounts, parts set apart by colons, as hledger and beancount
/// have them: `Assets:Receivable`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Chart {
    /// Above each customer's own account.
    pub receivable: String,
    /// Above each customer's own account: money that no invoice has used.
    pub unapplied: String,
    /// Above each gateway's own account.
    pub clearing: String,
    pub bank: String,
    pub suspense: String,
    pub sales: String,
    pub returns: String,
    pub write_offs: String,
    pub discounts: String,
    pub short_pays: String,
    pub dispute_fees: String,
}

impl Default for Chart {
    fn default() -> Self {
        Self {
            receivable: "Assets:Receivable".to_owned(),
            unapplied: "Liabilities:Unapplied".to_owned(),
            clearing: "Assets:Clearing".to_owned(),
            bank: "Assets:Bank".to_owned(),
            suspense: "Liabilities:Suspense".to_owned(),
            sales: "Income:Sales".to_owned(),
            returns: "Income:Returns".to_owned(),
            write_offs: "Expenses:WriteOffs".to_owned(),
            discounts: "Expenses:Discounts".to_owned(),
            short_pays: "Expenses:ShortPays".to_owned(),
            dispute_fees: "Expenses:DisputeFees".to_owned(),
        }
    }
}

impl Chart {
    /// What an account is called; `code` is its customer's, where it has one.
    #[must_use]
    pub fn name(&self, account: &Account, code: &str) -> String {
        let below = |parent: &str, part: &str| format!("{parent}:{}", begun_large(part));
        match account {
            Account::Receivable(_) => below(&self.receivable, code),
            Account::Unapplied(_) => below(&self.unapplied, code),
            Account::Clearing(gateway) => below(&self.clearing, gateway),
            Account::Bank(Method::Other) => below(&self.bank, "Other"),
            Account::Bank(_) => self.bank.clone(),
            Account::Suspense => self.suspense.clone(),
            Account::Sales => self.sales.clone(),
            Account::Returns => self.returns.clone(),
            Account::Adjusted(AdjustmentKind::WriteOff) => self.write_offs.clone(),
            Account::Adjusted(AdjustmentKind::Discount) => self.discounts.clone(),
            Account::Adjusted(AdjustmentKind::ShortPay) => self.short_pays.clone(),
            Account::DisputeFees => self.dispute_fees.clone(),
        }
    }

    /// Its first name that beancount would not read: each part begins with a
    /// capital or a digit and has letters, digits and hyphens only, and the
    /// first is one of five
    /// (<https://beancount.github.io/docs/beancount_language_syntax.html#accounts>).
    #[must_use]
    pub fn unreadable(&self) -> Option<&str> {
        let all = [
            &self.receivable,
            &self.unapplied,
            &self.clearing,
            &self.bank,
            &self.suspense,
            &self.sales,
            &self.returns,
            &self.write_offs,
            &self.discounts,
            &self.short_pays,
            &self.dispute_fees,
        ];
        all.into_iter()
            .map(String::as_str)
            .find(|name| !is_readable(name))
    }
}

fn is_readable(name: &str) -> bool {
    const ROOTS: [&str; 5] = ["Assets", "Liabilities", "Equity", "Income", "Expenses"];
    let is_part = |part: &str| {
        part.starts_with(|letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit())
            && part
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    let mut parts = name.split(':');
    parts.next().is_some_and(|root| ROOTS.contains(&root))
        && name.contains(':')
        && parts.all(is_part)
}

/// `stripe` as a part of a name: `Stripe`; what cannot stand in one is a hyphen.
///
/// Of a code that can only be `_`: it becomes `-u-`, as the letters of a code
/// are large and no two customers may share an account.
fn begun_large(part: &str) -> String {
    let mut name = String::new();
    for letter in part.chars() {
        match letter {
            '_' => name.push_str("-u-"),
            letter if letter.is_ascii_alphanumeric() => name.push(letter),
            _ => name.push('-'),
        }
    }
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if name.starts_with('-') {
        name.insert(0, 'X');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CustomerId;

    /// Two customers whose codes differ by `_` and `-` had one account between them.
    #[test]
    fn no_two_customers_share_an_account() {
        let chart = Chart::default();
        let name = |code| chart.name(&Account::Receivable(CustomerId(1)), code);

        assert_eq!(name("ROSA_EAST"), "Assets:Receivable:ROSA-u-EAST");
        assert!(is_readable(&name("ROSA_EAST")));
        assert_eq!(name("ROSA-EAST"), "Assets:Receivable:ROSA-EAST");
        assert_ne!(name("ROSA_EAST"), name("ROSA-U-EAST"));
    }

    #[test]
    fn every_account_has_a_name_that_both_can_read() {
        let chart = Chart::default();
        let accounts = [
            (
                Account::Receivable(CustomerId(1)),
                "Assets:Receivable:ROSA-2",
            ),
            (
                Account::Unapplied(CustomerId(1)),
                "Liabilities:Unapplied:ROSA-2",
            ),
            (
                Account::Clearing("authorize-net".into()),
                "Assets:Clearing:Authorize-net",
            ),
            (Account::Bank(Method::Check), "Assets:Bank"),
            (Account::Bank(Method::Other), "Assets:Bank:Other"),
            (
                Account::Adjusted(AdjustmentKind::Discount),
                "Expenses:Discounts",
            ),
        ];
        for (account, expected) in accounts {
            let name = chart.name(&account, "ROSA-2");
            assert_eq!(name, expected);
            assert!(is_readable(&name), "{name}");
        }
        assert_eq!(chart.unreadable(), None);
        for bad in [
            "assets:bank",
            "Assets",
            "Assets:my bank",
            "Bank:Mine",
            "Assets:bank",
        ] {
            let chart = Chart {
                bank: bad.to_owned(),
                ..Chart::default()
            };
            assert_eq!(chart.unreadable(), Some(bad));
        }
    }
}

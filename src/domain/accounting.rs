//! What the accounts are called in the accounting program that imports the
//! journal: by name in QuickBooks, by code in Xero. None of them is guessed.

use serde::Deserialize;

use super::credit::AdjustmentKind;
use super::journal::Account;
use super::payment::Method;

/// The accounts as the other program has them. Customers have none of their
/// own there: they are names beside an amount.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Accounting {
    pub receivable: Option<String>,
    pub unapplied: Option<String>,
    pub clearing: Option<String>,
    pub bank: Option<String>,
    /// Where money went that came before, or past, this book.
    pub elsewhere: Option<String>,
    pub suspense: Option<String>,
    pub sales: Option<String>,
    pub returns: Option<String>,
    pub write_offs: Option<String>,
    pub discounts: Option<String>,
    pub short_pays: Option<String>,
    pub dispute_fees: Option<String>,
    /// The full name of a tax rate, which Xero wants in each line.
    pub tax_rate: Option<String>,
}

impl Accounting {
    /// What an account is called there.
    ///
    /// # Errors
    ///
    /// The key of the configuration that does not say it.
    pub fn name(&self, account: &Account) -> Result<&str, &'static str> {
        let (name, key) = match account {
            Account::Receivable(_) => (&self.receivable, "receivable"),
            Account::Unapplied(_) => (&self.unapplied, "unapplied"),
            Account::Clearing(_) => (&self.clearing, "clearing"),
            Account::Bank(Method::Other) => (&self.elsewhere, "elsewhere"),
            Account::Bank(_) => (&self.bank, "bank"),
            Account::Suspense => (&self.suspense, "suspense"),
            Account::Sales => (&self.sales, "sales"),
            Account::Returns => (&self.returns, "returns"),
            Account::Adjusted(AdjustmentKind::WriteOff) => (&self.write_offs, "write_offs"),
            Account::Adjusted(AdjustmentKind::Discount) => (&self.discounts, "discounts"),
            Account::Adjusted(AdjustmentKind::ShortPay) => (&self.short_pays, "short_pays"),
            Account::DisputeFees => (&self.dispute_fees, "dispute_fees"),
        };
        name.as_deref().ok_or(key)
    }
}

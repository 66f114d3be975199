//! What a customer is told of a scheduled charge: that it comes, or that it failed.

use jiff::civil::Date;

use super::money::Money;

/// The facts of a notice; how they are worded is the paper's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who takes the money.
    pub seller: String,
    pub customer: String,
    pub amount: Money,
    /// `amex`
    pub brand: String,
    /// `5544`
    pub last4: String,
    /// What it is for: invoice and amount.
    pub lines: Vec<(String, Money)>,
    pub about: About,
}

/// What a notice tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The card is charged on this day.
    Coming { on: Date },
    /// The bank said no.
    Failed {
        on: Date,
        /// Why, in words for the customer.
        said: &'static str,
        /// When it is tried again; `None`: not by itself.
        again_on: Option<Date>,
        /// Where the customer can put it right.
        link: Option<String>,
    },
}

//! What a customer is told of money besides what was paid: that a charge comes, that it failed,
//! that money went back, that a check came back.

use jiff::civil::Date;

use super::ids::{PaymentId, RefundId};
use super::money::Money;
use super::payment::Method;

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
    /// Money on account paid all of it; no card was charged.
    FromCredit { on: Date },
    /// A credit memo: so much need not be paid.
    Credited {
        on: Date,
        number: String,
        because: String,
        /// What of it pays no invoice yet.
        on_account: Money,
    },
    /// An invoice was wrong, and another stands in for it.
    Corrected {
        on: Date,
        wrong: String,
        right: String,
        /// The credit memo that takes the wrong one off.
        memo: String,
        because: String,
        /// What was paid above the right one.
        on_account: Money,
    },
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
    /// A check or a debit came back from the bank.
    Bounced {
        on: Date,
        payment: PaymentId,
        method: Method,
        /// The number of the check, of the transfer.
        reference: Option<String>,
        /// The invoice that asks for the trouble.
        fee: Option<(String, Money)>,
    },
    /// Money went back to the card.
    GivenBack {
        on: Date,
        refund: RefundId,
        payment: PaymentId,
        /// The charge was cancelled before it was settled.
        is_void: bool,
    },
}

//! Visa's Compelling Evidence 3.0: earlier charges that nobody disputed speak for this one.
//!
//! It is a door for fraud disputes alone (Visa's reason 10.4): two earlier
//! undisputed charges of the same card, 120 to 365 days before, both ends
//! included, and of four data (account, shipping address, IP address, device)
//! two that are the same in all three, one of them the IP address or the device.
//! The book knows the charges and the account, and neither address nor device.
//!
//! Sources: Visa's window is "more than 119 calendar days and fewer than 366"
//! (<https://support.stripe.com/questions/how-does-stripe-support-visa-compelling-evidence-3-0>).
//! It is counted back from the dispute
//! (<https://perseuspayments.freshdesk.com/support/solutions/articles/154000138527>);
//! Stripe counts from the disputed charge, to at most 364 days
//! (<https://docs.stripe.com/disputes/api/visa-ce3>), so both counts are kept.

use jiff::civil::Date;

use crate::domain::ids::{ChargeId, PaymentId};
use crate::domain::money::Money;

/// How many days before the dispute an earlier charge counts.
pub const WINDOW: std::ops::RangeInclusive<i32> = 120..=365;

/// How many earlier charges are wanted.
pub const WANTED: usize = 2;

/// What the card was charged before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub charge: ChargeId,
    pub payment: PaymentId,
    pub on: Date,
    pub amount: Money,
    /// What the gateway calls it.
    pub gateway_id: Option<String>,
    /// What it paid.
    pub invoices: Vec<String>,
    /// A bank took it or a part of it, whatever became of that.
    pub was_disputed: bool,
    /// All of it was given back.
    pub was_given_back: bool,
    /// It was the same customer's.
    pub same_account: bool,
    /// Its confirmation went to the same address.
    pub same_address: bool,
}

/// An earlier charge that counts, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    pub charge: Earlier,
    /// How many days before the dispute.
    pub before_dispute: i32,
    /// How many days before the disputed charge.
    pub before_charge: i32,
}

/// Whether the door is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The money came by no card that the book knows.
    NoCard,
    /// The card is no Visa card.
    NotVisa,
    /// The bank's reason is none of fraud.
    NotFraud,
    /// Fewer than two earlier charges count: so many.
    TooFew(usize),
    /// So many count. What is wanted besides is not in the book.
    NeedsMore(usize),
}

impl Verdict {
    /// The word in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoCard => "no_card",
            Self::NotVisa => "not_visa",
            Self::NotFraud => "not_fraud",
            Self::TooFew(_) => "too_few",
            Self::NeedsMore(_) => "needs_more",
        }
    }
}

/// What of a dispute decides.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Lower case, as the gateway says it; none without a card.
    pub brand: Option<&'a str>,
    /// The bank's own word for it.
    pub reason: &'a str,
    pub disputed_on: Date,
    pub charged_on: Date,
}

/// The earlier charges that count, the oldest first, and what follows.
#[must_use]
pub fn weighed(case: &Case<'_>, earlier: &[Earlier]) -> (Verdict, Vec<Prior>) {
    let counts = |it: &&Earlier| !it.was_disputed && !it.was_given_back;
    let priors: Vec<Prior> = earlier
        .iter()
        .filter(counts)
        .map(|charge| Prior {
            before_dispute: days(charge.on, case.disputed_on),
            before_charge: days(charge.on, case.charged_on),
            charge: charge.clone(),
        })
        .filter(|prior| WINDOW.contains(&prior.before_dispute))
        .collect();
    let verdict = match case.brand {
        None => Verdict::NoCard,
        Some(brand) if brand != "visa" => Verdict::NotVisa,
        Some(_) if !is_fraud(case.reason) => Verdict::NotFraud,
        Some(_) if priors.len() < WANTED => Verdict::TooFew(priors.len()),
        Some(_) => Verdict::NeedsMore(priors.len()),
    };
    (verdict, priors)
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// `fraudulent`, `Fraud - card absent`, `10.4`
fn is_fraud(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("fraud") || reason.contains("10.4")
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::domain::money::Currency;

    const DISPUTED: Date = date(2026, 11, 22);

    /// An earlier charge so many days before the dispute.
    fn charged(days: i32) -> Earlier {
        Earlier {
            charge: ChargeId(i64::from(days)),
            payment: PaymentId(i64::from(days)),
            on: DISPUTED.checked_sub(days.days()).unwrap(),
            amount: Money::of(100_00, Currency::parse("USD").unwrap()),
            gateway_id: None,
            invoices: Vec::new(),
            was_disputed: false,
            was_given_back: false,
            same_account: true,
            same_address: true,
        }
    }

    fn case(brand: Option<&'static str>, reason: &'static str) -> Case<'static> {
        Case {
            brand,
            reason,
            disputed_on: DISPUTED,
            charged_on: date(2026, 11, 1),
        }
    }

    #[test]
    fn both_ends_of_the_window_count_and_no_day_beyond() {
        let earlier = [366, 365, 364, 121, 120, 119, 30].map(charged);

        let (verdict, priors) = weighed(&case(Some("visa"), "fraudulent"), &earlier);

        let days: Vec<i32> = priors.iter().map(|it| it.before_dispute).collect();
        assert_eq!(days, [365, 364, 121, 120]);
        assert_eq!(priors[0].before_charge, 344);
        assert_eq!(verdict, Verdict::NeedsMore(4));
    }

    /// The span over a leap day, too.
    #[test]
    fn days_are_counted_and_not_months() {
        assert_eq!(days(date(2027, 3, 1), date(2028, 2, 29)), 365);
        assert_eq!(days(date(2027, 3, 1), date(2028, 3, 1)), 366);
    }

    #[test]
    fn what_was_disputed_or_given_back_speaks_for_nobody() {
        let mut earlier = [200, 190, 180].map(charged);
        earlier[0].was_disputed = true;
        earlier[1].was_given_back = true;

        let (verdict, priors) = weighed(&case(Some("visa"), "10.4 card absent"), &earlier);

        assert_eq!(verdict, Verdict::TooFew(1));
        assert_eq!(priors[0].charge.charge, ChargeId(180));
    }

    #[test]
    fn it_is_for_visa_and_for_fraud_alone() {
        let earlier = [200, 190].map(charged);
        for (brand, reason, expected) in [
            (Some("visa"), "Fraud - Card Absent", Verdict::NeedsMore(2)),
            (Some("visa"), "product not received", Verdict::NotFraud),
            (Some("mastercard"), "fraudulent", Verdict::NotVisa),
            (None, "fraudulent", Verdict::NoCard),
        ] {
            let (verdict, priors) = weighed(&case(brand, reason), &earlier);
            assert_eq!(verdict, expected, "{brand:?} {reason}");
            // They are listed all the same: a bank may hear of them.
            assert_eq!(priors.len(), 2);
        }
    }
}

//! What a request says of itself at the gateway: which book, which charge, what it pays.
//!
//! A book brought back from an old backup has forgotten its newest charges;
//! the gateway has not. What is written on a request is all that such a book
//! needs to take its charges back.

use super::ids::ChargeId;
use super::money::{Currency, Money};
use super::spread::Share;

/// The words on one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// [`BookId::tag`](super::ids::BookId::tag)
    pub book: String,
    pub charge: ChargeId,
    /// What makes the charge this one and no other.
    pub intent: String,
    /// Which attempt of the charge it is.
    pub n: u32,
    /// The invoices that the card's money is for: `INV-1=100.00;INV-2=50.00`.
    pub pays: String,
}

/// The longest value that a gateway keeps of one field (Stripe: 500 characters).
const LONGEST: usize = 480;

/// The field that tells this book's requests from all others.
pub const BOOK: &str = "dues_book";
const CHARGE: &str = "dues_charge";
const INTENT: &str = "dues_intent";
const ATTEMPT: &str = "dues_n";
const PAYS: &str = "dues_pays";

impl Label {
    /// The label's fields, by the names they have at every gateway.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, String); 5] {
        [
            (BOOK, self.book.clone()),
            (CHARGE, self.charge.to_string()),
            (INTENT, self.intent.clone()),
            (ATTEMPT, self.n.to_string()),
            (PAYS, self.pays.clone()),
        ]
    }

    /// Reads a label back; `None` if it is none of ours.
    #[must_use]
    pub fn read<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Some(Self {
            book: field(BOOK)?.to_owned(),
            charge: ChargeId::parse(field(CHARGE)?)?,
            intent: field(INTENT)?.to_owned(),
            n: field(ATTEMPT)?.parse().ok().filter(|n| *n > 0)?,
            pays: field(PAYS).unwrap_or_default().to_owned(),
        })
    }
}

/// The invoices and amounts that [`pays`] spelled, as far as they can be read.
#[must_use]
pub fn paid(text: &str, currency: Currency) -> Vec<(String, Money)> {
    text.split(';')
        .filter_map(|share| {
            let (number, part) = share.rsplit_once('=')?;
            let part = Money::typed(part, currency).ok()?;
            Some((number.to_owned(), part))
        })
        .collect()
}

/// Spells where the card's money goes; what is too long is left out, and would
/// stay on account.
#[must_use]
pub fn pays(shares: &[Share]) -> String {
    let mut text = String::new();
    for share in shares.iter().filter(|share| share.from.is_none()) {
        let more = format!("{}={}", share.number, share.amount.decimal());
        if text.len() + 1 + more.len() > LONGEST {
            break;
        }
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(&more);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::InvoiceId;

    fn usd(minor: i64) -> Money {
        Money::of(minor, Currency::parse("USD").unwrap())
    }

    fn share(number: &str, minor: i64) -> Share {
        Share {
            invoice: InvoiceId(1),
            number: number.to_owned(),
            amount: usd(minor),
            from: None,
        }
    }

    #[test]
    fn a_label_is_read_back_as_it_was_written() {
        let label = Label {
            book: "00112233aabb".to_owned(),
            charge: ChargeId(7),
            intent: "request nov-rosa".to_owned(),
            n: 2,
            pays: pays(&[share("INV=1", 100_00), share("INV-2", 50)]),
        };
        let fields = label.fields();
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| text.as_str())
        };

        assert_eq!(Label::read(field).as_ref(), Some(&label));
        assert_eq!(
            paid(&label.pays, usd(1).currency()),
            [
                ("INV=1".to_owned(), usd(100_00)),
                ("INV-2".to_owned(), usd(50))
            ]
        );
    }

    #[test]
    fn a_long_label_is_cut_between_invoices() {
        let many: Vec<Share> = (0..100).map(|n| share(&format!("INV-{n}"), 1_00)).collect();

        let text = pays(&many);

        assert!(text.len() <= LONGEST, "{}", text.len());
        assert!(text.ends_with("=1.00"), "{text}");
    }
}

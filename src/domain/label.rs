//! What a request says of itself at the gateway: which book, which charge, what it pays.
//!
//! A book brought back from an old backup has forgotten its newest charges;
//! the gateway has not. What is written on a request is all that such a book
//! needs to take its charges back.

use super::ids::{ChargeId, PaymentId};
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
    /// The invoices it pays, as [`pays`] spells them.
    pub pays: String,
}

/// Where a part of the money was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The invoice's number.
    pub invoice: String,
    pub amount: Money,
    /// The credit it was to come from; `None`: the card.
    pub from: Option<PaymentId>,
}

/// The longest value that a gateway keeps of one field (Stripe: 500 characters).
const LONGEST: usize = 480;

/// How many fields may say what is paid (Stripe keeps 50 in all); what is
/// beyond them would stay on account.
const MOST: usize = 40;

/// The field that tells this book's requests from all others.
pub const BOOK: &str = "dues_book";
const CHARGE: &str = "dues_charge";
const INTENT: &str = "dues_intent";
const ATTEMPT: &str = "dues_n";

impl Label {
    /// The label's fields, by the names they have at every gateway.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![
            (BOOK.to_owned(), self.book.clone()),
            (CHARGE.to_owned(), self.charge.to_string()),
            (INTENT.to_owned(), self.intent.clone()),
            (ATTEMPT.to_owned(), self.n.to_string()),
        ];
        let parts = in_parts(&self.pays).into_iter().take(MOST);
        fields.extend((1..).map(pays_field).zip(parts));
        fields
    }

    /// Reads a label back; `None` if it is none of ours.
    #[must_use]
    pub fn read<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let parts: Vec<&str> = (1..).map_while(|nth| field(&pays_field(nth))).collect();
        Some(Self {
            book: field(BOOK)?.to_owned(),
            charge: ChargeId::parse(field(CHARGE)?)?,
            intent: field(INTENT)?.to_owned(),
            n: field(ATTEMPT)?.parse().ok().filter(|n| *n > 0)?,
            pays: parts.join(";"),
        })
    }
}

/// `dues_pays`, `dues_pays_2`, …
fn pays_field(nth: usize) -> String {
    match nth {
        1 => "dues_pays".to_owned(),
        _ => format!("dues_pays_{nth}"),
    }
}

/// Cuts between invoices; every part fits into one field.
fn in_parts(pays: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for share in pays.split(';').filter(|share| share.len() <= LONGEST) {
        match parts.last_mut() {
            Some(last) if last.is_empty() => last.push_str(share),
            Some(last) if last.len() + 1 + share.len() <= LONGEST => {
                last.push(';');
                last.push_str(share);
            }
            _ => parts.push(share.to_owned()),
        }
    }
    parts
}

/// What [`pays`] spelled, as far as it can be read.
#[must_use]
pub fn paid(text: &str, currency: Currency) -> Vec<Paid> {
    text.split(';')
        .filter_map(|share| {
            let (number, part) = share.rsplit_once('=')?;
            let (part, from) = match part.split_once('@') {
                Some((part, from)) => (part, Some(PaymentId::parse(from)?)),
                None => (part, None),
            };
            Some(Paid {
                invoice: number.replace("%3B", ";").replace("%25", "%"),
                amount: Money::typed(part, currency).ok()?,
                from,
            })
        })
        .collect()
}

/// Spells where the money goes: `INV-1=100.00;INV-2=50.00@PAY-7`, where the
/// last comes from a credit.
#[must_use]
pub fn pays(shares: &[Share]) -> String {
    let spelled = |share: &Share| {
        let number = share.number.replace('%', "%25").replace(';', "%3B");
        let from = share.from.map(|from| format!("@{from}"));
        format!(
            "{number}={}{}",
            share.amount.decimal(),
            from.unwrap_or_default()
        )
    };
    shares.iter().map(spelled).collect::<Vec<_>>().join(";")
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

    fn label(shares: &[Share]) -> Label {
        Label {
            book: "00112233aabb".to_owned(),
            charge: ChargeId(7),
            intent: "request nov-rosa".to_owned(),
            n: 2,
            pays: pays(shares),
        }
    }

    fn read_back(label: &Label) -> Option<Label> {
        let fields = label.fields();
        Label::read(|name| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, text)| text.as_str())
        })
    }

    #[test]
    fn a_label_is_read_back_as_it_was_written() {
        let mut shares: Vec<Share> = ["INV=1", "A;1", "50%3B;", "X@PAY-1"]
            .into_iter()
            .map(|number| share(number, 100_00))
            .collect();
        shares[3].from = Some(PaymentId(7));
        let label = label(&shares);

        assert_eq!(read_back(&label).as_ref(), Some(&label));
        let paid = paid(&label.pays, usd(1).currency());
        assert_eq!(paid.len(), shares.len());
        for (paid, share) in paid.iter().zip(&shares) {
            assert_eq!((&paid.invoice, paid.amount), (&share.number, share.amount));
            assert_eq!(paid.from, share.from);
        }
    }

    #[test]
    fn a_long_label_is_spread_over_fields_between_invoices() {
        let many: Vec<Share> = (0..1000)
            .map(|n| share(&format!("INV-{n}"), 1_00))
            .collect();
        let label = label(&many);

        assert_eq!(read_back(&label).as_ref(), Some(&label));
        assert!(label.fields().len() <= 45, "{}", label.fields().len());
        assert!(label.fields().iter().all(|(_, text)| text.len() <= LONGEST));
    }

    #[test]
    fn what_no_gateway_would_keep_is_left_out_by_whole_invoices() {
        let many: Vec<Share> = (0..5000)
            .map(|n| share(&format!("INV-{n}"), 1_00))
            .collect();

        let read = read_back(&label(&many)).unwrap();

        assert!(read.fields().len() <= 45);
        assert!(read.pays.ends_with("=1.00"), "{}", read.pays);
    }
}

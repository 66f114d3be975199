//! What a request says of itself at the gateway: which book, which charge, what it pays.
//!
//! A book brought back from an old backup has forgotten its newest charges;
//! the gateway has not. What is written on a request is all that such a book
//! needs to take its charges back. So it says where every cent goes, and a
//! charge whose label would have no room for that is not made.

use thiserror::Error;

use super::credit::Source;
use super::ids::{ChargeId, RefundId};
use super::intent::Intent;
use super::money::{Currency, Money};
use super::purpose::Purpose;
use super::rules;
use super::spread::{Share, Spread};
use crate::problem::Problem;

/// The words on one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// [`BookId::tag`](super::ids::BookId::tag)
    pub book: String,
    /// Its charge, or what gives money back.
    pub purpose: Purpose,
    /// What makes it this one and no other.
    pub intent: Intent,
    /// Which attempt of it.
    pub n: u32,
    /// The invoices it pays or, giving money back, reopens; as [`pays`] spells them.
    pub pays: String,
}

/// Where a part of the money was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The invoice's number.
    pub invoice: String,
    pub amount: Money,
    /// The credit it was to come from; `None`: the card.
    pub from: Option<Source>,
}

/// The longest value that a gateway keeps of one field (Stripe: 500 characters).
const LONGEST: usize = 480;

/// How many fields may say what is paid (Stripe keeps 50 in all).
const MOST: usize = 40;

/// Why a charge is not made as one.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum LabelError {
    #[error("this is for {invoices} invoices, and one charge can name {fit} of them")]
    TooMany { invoices: usize, fit: usize },
    #[error("the number of invoice `{0}` is too long to be named in a charge")]
    NumberTooLong(String),
}

impl From<LabelError> for Problem {
    fn from(error: LabelError) -> Self {
        let message = error.to_string();
        match error {
            LabelError::TooMany { fit, .. } => {
                Self::refused("too_many_invoices", message).hint(format!(
                    "Charge at most {fit} at a time: name them with `--invoice`, or give an `--amount`, \
                     which pays the oldest first."
                ))
            }
            LabelError::NumberTooLong(_) => Self::refused("invoice_number_too_long", message)
                .hint("Void it with `dues invoice void`, and add it again under a shorter number."),
        }
    }
}

/// The field that tells this book's requests from all others.
pub const BOOK: &str = "dues_book";
const CHARGE: &str = "dues_charge";
const REFUND: &str = "dues_refund";
const INTENT: &str = "dues_intent";
const ATTEMPT: &str = "dues_n";

impl Label {
    /// The label's fields, by the names they have at every gateway.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![
            (BOOK.to_owned(), self.book.clone()),
            (
                match self.purpose {
                    Purpose::Take(_) => CHARGE,
                    Purpose::GiveBack(_) => REFUND,
                }
                .to_owned(),
                self.purpose.to_string(),
            ),
            (INTENT.to_owned(), self.intent.to_string()),
            (ATTEMPT.to_owned(), self.n.to_string()),
        ];
        let mut parts = Vec::new();
        for piece in pieces(&self.pays) {
            put(&mut parts, piece);
        }
        fields.extend((1..).map(pays_field).zip(parts));
        fields
    }

    /// Reads a label back; `None` if it is none of ours.
    #[must_use]
    pub fn read<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let parts: Vec<&str> = (1..).map_while(|nth| field(&pays_field(nth))).collect();
        Some(Self {
            book: field(BOOK)?.to_owned(),
            purpose: match field(CHARGE) {
                Some(charge) => Purpose::Take(ChargeId::parse(charge)?),
                None => Purpose::GiveBack(RefundId::parse(field(REFUND)?)?),
            },
            intent: Intent::read(field(INTENT)?),
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

/// Puts the next piece into the last field, if there is room, or into a new one.
fn put(fields: &mut Vec<String>, piece: &str) {
    match fields.last_mut() {
        Some(last) if last.len() + 1 + piece.len() <= LONGEST => {
            last.push(';');
            last.push_str(piece);
        }
        _ => fields.push(piece.to_owned()),
    }
}

/// How many of the invoices that a charge pays, from the first on, its label
/// can name.
#[must_use]
pub fn invoices_that_fit(spread: &Spread) -> usize {
    // What stays on account is named last.
    let most = MOST - usize::from(spread.unapplied.is_positive());
    let mut fields = Vec::new();
    let mut fit = 0;
    for invoice in spread.shares.chunk_by(|a, b| a.invoice == b.invoice) {
        for piece in invoice.iter().map(spelled) {
            if piece.len() > LONGEST {
                return fit;
            }
            put(&mut fields, &piece);
        }
        if fields.len() > most {
            return fit;
        }
        fit += 1;
    }
    fit
}

/// Whether a charge's label can say where every cent of it goes.
///
/// # Errors
///
/// [`LabelError`]: it pays too many invoices, or one whose number is too long.
pub fn require_room(spread: &Spread) -> Result<(), LabelError> {
    let mut invoices = spread.shares.chunk_by(|a, b| a.invoice == b.invoice);
    let fit = invoices_that_fit(spread);
    let left_out = invoices.nth(fit).filter(|_| rules::a_label_is_whole());
    match (left_out, fit) {
        (None, _) => Ok(()),
        (Some(first), 0) => Err(LabelError::NumberTooLong(first[0].number.clone())),
        (Some(_), fit) => Err(LabelError::TooMany {
            invoices: fit + 1 + invoices.count(),
            fit,
        }),
    }
}

/// Reads one piece back: an invoice's number (empty: the money stays on
/// account), the amount, and the credit that it was to come from.
fn read_piece(piece: &str, currency: Currency) -> Option<Paid> {
    let (number, part) = piece.rsplit_once('=')?;
    let (part, from) = match part.split_once('@') {
        Some((part, from)) => (part, Some(Source::parse(from)?)),
        None => (part, None),
    };
    Some(Paid {
        invoice: number.replace("%3B", ";").replace("%25", "%"),
        amount: Money::typed(part, currency).ok()?,
        from,
    })
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').filter(|piece| !piece.is_empty())
}

/// The invoices that [`pays`] named, as far as they can be read.
#[must_use]
pub fn paid(text: &str, currency: Currency) -> Vec<Paid> {
    pieces(text)
        .filter_map(|piece| read_piece(piece, currency))
        .filter(|paid| !paid.invoice.is_empty())
        .collect()
}

/// What of `amount` the text does not say where it went. A `dues` of old left
/// out what found no room, and what stayed on account.
#[must_use]
pub fn unaccounted(text: &str, amount: Money) -> Option<Money> {
    let read = pieces(text).filter_map(|piece| read_piece(piece, amount.currency()));
    let from_card = read.filter(|paid| paid.from.is_none());
    let left = from_card.fold(amount, |left, paid| left.minus(paid.amount));
    (left.is_positive() && rules::a_label_is_whole()).then_some(left)
}

/// Spells where the money of a charge over `amount` goes:
/// `INV-1=100.00;INV-2=50.00@PAY-7;=25.00`, where the second comes from a
/// credit and the last stays on account.
#[must_use]
pub fn pays(shares: &[Share], amount: Money) -> String {
    let from_card = shares.iter().filter(|share| share.from.is_none());
    let on_account = from_card.fold(amount, |left, share| left.minus(share.amount));
    let mut pieces: Vec<String> = shares.iter().map(spelled).collect();
    if on_account.is_positive() {
        pieces.push(format!("={}", on_account.decimal()));
    }
    pieces.join(";")
}

fn spelled(share: &Share) -> String {
    let number = share.number.replace('%', "%25").replace(';', "%3B");
    let from = share.from.map(|credit| format!("@{}", credit.source));
    format!(
        "{number}={}{}",
        share.amount.decimal(),
        from.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credit::CreditName;
    use crate::domain::ids::{CreditId, InvoiceId, PaymentId};

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

    fn sum(shares: &[Share]) -> Money {
        let from_card = shares.iter().filter(|share| share.from.is_none());
        from_card.fold(usd(0), |sum, share| sum.plus(share.amount))
    }

    fn label(shares: &[Share], amount: Money) -> Label {
        Label {
            book: "00112233aabb".to_owned(),
            purpose: Purpose::Take(ChargeId(7)),
            intent: Intent::Request("nov-rosa".to_owned()),
            n: 2,
            pays: pays(shares, amount),
        }
    }

    fn spread(shares: Vec<Share>, unapplied: Money) -> Spread {
        Spread {
            charged: sum(&shares).plus(unapplied),
            shares,
            unapplied,
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
        shares[3].from = Some(CreditName {
            id: CreditId(3),
            source: Source::Payment(PaymentId(7)),
        });
        let amount = sum(&shares).plus(usd(25_00));
        let label = label(&shares, amount);

        assert_eq!(read_back(&label).as_ref(), Some(&label));
        assert!(label.pays.ends_with(";=25.00"), "{}", label.pays);
        assert_eq!(unaccounted(&label.pays, amount), None);
        let paid = paid(&label.pays, usd(1).currency());
        assert_eq!(paid.len(), shares.len());
        for (paid, share) in paid.iter().zip(&shares) {
            assert_eq!((&paid.invoice, paid.amount), (&share.number, share.amount));
            assert_eq!(paid.from, share.from.map(|credit| credit.source));
        }
    }

    #[test]
    fn a_long_label_is_spread_over_fields_between_invoices() {
        let many: Vec<Share> = (0..1000)
            .map(|n| share(&format!("INV-{n}"), 1_00))
            .collect();
        let label = label(&many, sum(&many));

        assert_eq!(read_back(&label).as_ref(), Some(&label));
        assert_eq!(require_room(&spread(many, usd(0))), Ok(()));
        assert!(label.fields().len() <= 45, "{}", label.fields().len());
        assert!(label.fields().iter().all(|(_, text)| text.len() <= LONGEST));
    }

    /// Whatever fits is written whole within what a gateway keeps; one invoice
    /// more would not be.
    #[test]
    fn what_finds_no_room_is_refused_and_what_fits_is_whole() {
        for (number, unapplied) in [
            ("INV-", 0),
            ("INV-", 1),
            ("\u{1F98B}".repeat(60).as_str(), 5_00),
        ] {
            let many: Vec<Share> = (0..5000)
                .map(|n| Share {
                    invoice: InvoiceId(n),
                    ..share(&format!("{number}{n}"), 1_00)
                })
                .collect();
            let whole = spread(many, usd(unapplied));
            let fit = invoices_that_fit(&whole);

            assert_eq!(
                require_room(&whole),
                Err(LabelError::TooMany {
                    invoices: 5000,
                    fit
                })
            );
            let part = |count: usize| spread(whole.shares[..count].to_vec(), usd(unapplied));
            let fitting = part(fit);
            assert_eq!(require_room(&fitting), Ok(()));
            let label = label(&fitting.shares, fitting.charged);
            assert!(label.fields().len() <= MOST + 4, "{}", label.fields().len());
            let read = read_back(&label).unwrap();
            assert_eq!(unaccounted(&read.pays, fitting.charged), None);
            assert!(require_room(&part(fit + 1)).is_err());
        }
    }

    #[test]
    fn a_number_that_fits_nowhere_is_named() {
        let long = "9".repeat(500);
        let shares = vec![share(&long, 1_00)];

        let refused = require_room(&spread(shares, usd(0)));

        assert_eq!(refused, Err(LabelError::NumberTooLong(long)));
    }

    /// As an older `dues` wrote it: without what stays on account, and without
    /// what found no room.
    #[test]
    fn a_label_that_leaves_out_a_cent_does_not_account_for_it() {
        let table = [
            ("INV-1=100.00", 100_00, None),
            ("INV-1=100.00;INV-2=50.00@PAY-7", 100_00, None),
            ("INV-1=100.00;=0.01", 100_01, None),
            ("INV-1=100.00", 100_01, Some(usd(1))),
            ("INV-1=100.00;INV-2", 150_00, Some(usd(50_00))),
            ("", 100_00, Some(usd(100_00))),
        ];
        for (text, minor, left) in table {
            assert_eq!(unaccounted(text, usd(minor)), left, "{text} {minor}");
        }
    }
}

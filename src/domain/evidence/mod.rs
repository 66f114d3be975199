//! What a seller has to show when a bank takes a payment back.
//!
//! Facts of the book and nothing else, each with its day: a bank believes what
//! was written down at the time. What the book does not know is left open here,
//! and named as missing by whoever puts it into words.

pub mod compelling;
pub mod fitting;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::attachment::Kind;
use super::authorization::Authorization;
use super::dispute::Outcome;
use super::hour::on_the_wall;
use super::ids::{AttachmentId, ChargeId, DisputeId, MailId, PaymentId, RefundId};
use super::money::Money;
use super::outbox::MailState;
use super::payment::Method;
use compelling::Earlier;

/// All that the book has on a dispute.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Who took the money.
    pub seller: String,
    /// Where the seller's clock hangs.
    pub zone: TimeZone,
    pub dispute: Disputed,
    pub payment: Paid,
    pub buyer: Buyer,
    /// The card that was charged; none where the money came in another way.
    pub card: Option<UsedCard>,
    /// What the customer agreed to for that card, oldest first.
    pub consents: Vec<Agreement>,
    /// What the payment paid before the bank took it.
    pub invoices: Vec<Invoiced>,
    /// What was mailed about the payment, oldest first.
    pub mails: Vec<Mailed>,
    /// What the card was charged before, oldest first.
    pub earlier: Vec<Earlier>,
    pub refunds: Vec<GivenBack>,
    /// What was noted of the customer, oldest first.
    pub notes: Vec<Noted>,
    pub files: Vec<Shown>,
}

/// The dispute itself.
#[derive(Debug, Clone)]
pub struct Disputed {
    pub id: DisputeId,
    pub amount: Money,
    /// What the gateway took for the trouble.
    pub fee: Money,
    /// The bank's own word for it.
    pub reason: String,
    pub opened_on: Date,
    pub opened_at: Timestamp,
    pub respond_by: Option<Date>,
    /// The day of an answer, and what the gateway calls it.
    pub answered: Option<(Date, Option<String>)>,
    pub outcome: Option<(Outcome, Date)>,
}

/// The payment that it took.
#[derive(Debug, Clone)]
pub struct Paid {
    pub id: PaymentId,
    pub amount: Money,
    pub method: Method,
    pub received_on: Date,
    pub memo: Option<String>,
    /// The charge that brought it.
    pub charge: Option<Charged>,
}

/// A charge as the gateway knows it.
#[derive(Debug, Clone)]
pub struct Charged {
    pub id: ChargeId,
    pub at: Timestamp,
    /// `stripe`
    pub gateway: String,
    /// What we called it there.
    pub reference: String,
    /// What the gateway calls it.
    pub gateway_id: Option<String>,
}

/// The customer.
#[derive(Debug, Clone)]
pub struct Buyer {
    pub code: String,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub billing_address: Option<String>,
}

/// What may be shown of a card.
#[derive(Debug, Clone)]
pub struct UsedCard {
    /// Lower case: `visa`.
    pub brand: String,
    pub last4: String,
    pub expiry: Option<String>,
}

impl UsedCard {
    /// `visa 4242`
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.brand, self.last4)
    }
}

/// A consent to charge the card.
#[derive(Debug, Clone)]
pub struct Agreement {
    pub given: Authorization,
    /// The disputed charge rests on it.
    pub covers_the_charge: bool,
}

/// An invoice that the payment paid.
#[derive(Debug, Clone)]
pub struct Invoiced {
    pub number: String,
    pub po_number: Option<String>,
    pub total: Money,
    /// What of it the payment paid.
    pub paid: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub memo: Option<String>,
}

/// A mail about the payment, and what became of it.
#[derive(Debug, Clone)]
pub struct Mailed {
    pub id: MailId,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// It told the customer of the payment.
    pub is_confirmation: bool,
    pub state: MailState,
    pub written_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// Each step of its way, with the server's own words.
    pub log: Vec<(Timestamp, String)>,
}

/// A refund of the payment.
#[derive(Debug, Clone)]
pub struct GivenBack {
    pub id: RefundId,
    pub amount: Money,
    /// What of it the customer has.
    pub given: Money,
    pub on: Date,
    pub because: Option<String>,
    pub gateway_id: Option<String>,
}

/// Something that was noted of the customer.
#[derive(Debug, Clone)]
pub struct Noted {
    pub on: Date,
    pub at: Timestamp,
    pub text: String,
    /// What they promised to pay, and until when.
    pub promise: Option<(Money, Date)>,
}

/// A file that is kept for the dispute, its invoices or a consent.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: AttachmentId,
    /// What it was called.
    pub name: String,
    pub kind: Kind,
    /// What it is kept with: `INV-7`, `DSP-1`, `the consent`.
    pub with: String,
    pub sha256: String,
    /// Its size, in bytes.
    pub bytes: i64,
    pub attached_at: Timestamp,
    /// It is there, and still what it was.
    pub is_whole: bool,
}

impl Shown {
    /// Its name in the packet: one that every system takes.
    #[must_use]
    pub fn place(&self) -> String {
        let plain = |letter: char| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
            _ => '_',
        };
        let name: String = self.name.chars().map(plain).collect();
        format!("files/{}-{}", self.id, tail(&name, 80))
    }
}

/// The end of a name, where its kind stands.
fn tail(name: &str, most: usize) -> &str {
    &name[name.len().saturating_sub(most)..]
}

impl Mailed {
    /// Its name in the packet.
    #[must_use]
    pub fn place(&self) -> String {
        format!("mails/{}.txt", self.id)
    }
}

/// Something that happened, on a day or at a minute of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// `2026-11-22 10:00`, or the day alone.
    pub when: String,
    pub what: String,
    order: (Date, Part, Timestamp),
}

/// Where on its day something stands of which no minute is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Morning,
    Minute,
    Evening,
}

impl Moment {
    /// At a minute.
    #[must_use]
    pub fn at(at: Timestamp, zone: &TimeZone, what: String) -> Self {
        let on = at.to_zoned(zone.clone()).date();
        Self {
            when: on_the_wall(at, zone),
            what,
            order: (on, Part::Minute, at),
        }
    }

    /// On a day that began with it.
    #[must_use]
    pub fn on(on: Date, what: String) -> Self {
        Self {
            when: on.to_string(),
            what,
            order: (on, Part::Morning, Timestamp::MIN),
        }
    }

    /// On a day, written down at a minute, which counts if it was the same day.
    #[must_use]
    pub fn written(on: Date, at: Timestamp, zone: &TimeZone, what: String) -> Self {
        if at.to_zoned(zone.clone()).date() == on {
            return Self::at(at, zone, what);
        }
        Self {
            when: on.to_string(),
            what,
            order: (on, Part::Evening, at),
        }
    }

    /// On a day, after whatever else it had.
    #[must_use]
    pub fn late(on: Date, what: String) -> Self {
        Self {
            when: on.to_string(),
            what,
            order: (on, Part::Evening, Timestamp::MAX),
        }
    }

    /// What happened, first things first.
    #[must_use]
    pub fn in_order(mut moments: Vec<Self>) -> Vec<Self> {
        moments.sort_by_key(|moment| moment.order);
        moments
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_happened_stands_in_the_order_of_time() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = date(2026, 11, 22);
        let moments = vec![
            // Booked two days late: somewhere on that day.
            Moment::written(day, at("2026-11-24T15:00:00Z"), &zone, "disputed".into()),
            Moment::at(at("2026-11-22T15:00:00Z"), &zone, "charged".into()),
            Moment::written(day, at("2026-11-22T16:00:00Z"), &zone, "noted".into()),
            // The evening before, in New York.
            Moment::at(at("2026-11-22T03:00:00Z"), &zone, "agreed".into()),
            Moment::on(day, "issued".into()),
        ];

        let told: Vec<String> = Moment::in_order(moments)
            .iter()
            .map(|it| format!("{} {}", it.when, it.what))
            .collect();

        assert_eq!(
            told,
            [
                "2026-11-21 22:00 agreed",
                "2026-11-22 issued",
                "2026-11-22 10:00 charged",
                "2026-11-22 11:00 noted",
                "2026-11-22 disputed",
            ]
        );
    }

    #[test]
    fn a_file_has_a_name_that_every_system_takes() {
        let named = |name: &str| {
            let file = Shown {
                id: AttachmentId(3),
                name: name.to_owned(),
                kind: Kind::Delivery,
                with: "INV-7".to_owned(),
                sha256: String::new(),
                bytes: 1,
                attached_at: Timestamp::UNIX_EPOCH,
                is_whole: true,
            };
            file.place()
        };

        assert_eq!(named("note 7.pdf"), "files/ATT-3-note_7.pdf");
        assert_eq!(named("../\\CON:ü?.pdf"), "files/ATT-3-..__CON___.pdf");
        let long = named(&format!("{}.pdf", "x".repeat(300)));
        assert!(long.ends_with("xxx.pdf") && long.len() == 92, "{long}");
    }
}

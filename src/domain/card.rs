//! A saved card: the gateway's token and what may be shown of it.
//!
//! Brand, last four and expiry are all that dues ever learns of a card; the
//! number stays at the gateway.

use std::fmt;

use jiff::civil::Date;

use super::gateway_account::GatewayAccount;
use super::ids::{CardId, CustomerId};
use super::untrusted::composed;

/// The last day a card can be used is the last of its month of expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Four digits.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
}

impl Expiry {
    /// An expiry, or `None` for a month that is none.
    #[must_use]
    pub fn new(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok()?;
        Some(Self { year, month })
    }

    #[must_use]
    pub fn has_passed(self, today: Date) -> bool {
        (today.year(), today.month()) > (self.year, self.month)
    }
}

/// `12/2028`: with two digits it would read as a day.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:02}/{}", self.month, self.year))
    }
}

/// What a gateway tells of a card it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFacts {
    /// All the gateway needs to charge it again; opaque to everyone else.
    pub token: String,
    /// Lower case: `visa`, `mastercard`, `amex`.
    pub brand: String,
    /// Exactly four digits.
    pub last4: String,
    pub expiry: Option<Expiry>,
}

/// A saved card of one customer at one gateway account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub id: CardId,
    pub customer: CustomerId,
    /// Where it is kept.
    pub account: GatewayAccount,
    pub facts: CardFacts,
    pub nickname: Option<String>,
    pub is_default: bool,
    pub disabled: bool,
}

impl Card {
    /// What a person calls it: `amex 5544`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.facts.brand, self.facts.last4)
    }

    /// Whether `nickname` is this card's, in whatever case.
    #[must_use]
    pub fn is_called(&self, nickname: &str) -> bool {
        let same = |text: &str| composed(text).to_lowercase();
        (self.nickname.as_ref()).is_some_and(|own| same(own) == same(nickname))
    }
}

/// The cards of one customer that a typed word may mean: `CARD-7`, the last
/// four, `amex 5544`, a nickname; or, if it is none of these whole, the
/// beginning of a nickname.
#[must_use]
pub fn meant_by<'a>(word: &str, cards: &'a [Card]) -> Vec<&'a Card> {
    let sought = composed(word.trim()).to_lowercase();
    if let Some(id) = CardId::parse(&sought).filter(|_| sought.contains('-')) {
        return cards.iter().filter(|card| card.id == id).collect();
    }
    let is_whole = |card: &&Card| {
        card.facts.last4 == sought || card.name() == sought || card.is_called(&sought)
    };
    let begins = |card: &&Card| {
        let nickname = card.nickname.as_deref().unwrap_or_default();
        !sought.is_empty() && composed(nickname).to_lowercase().starts_with(&sought)
    };
    let whole: Vec<&Card> = cards.iter().filter(is_whole).collect();
    if whole.is_empty() {
        cards.iter().filter(begins).collect()
    } else {
        whole
    }
}

/// What a person is to type for one card of a customer, and what tells them which it is.
#[must_use]
pub fn surely(card: &Card, cards: &[Card]) -> String {
    let is_alone = cards.iter().filter(|it| it.name() == card.name()).count() == 1;
    match &card.nickname {
        Some(nickname) if is_alone => format!("`{}` ({nickname})", card.name()),
        Some(nickname) => format!("`{nickname}` ({})", card.name()),
        None if is_alone => format!("`{}`", card.name()),
        None => format!("`{}` ({})", card.id, card.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(id: i64, last4: &str, nickname: Option<&str>) -> Card {
        Card {
            id: CardId(id),
            customer: CustomerId(1),
            account: GatewayAccount::new("sandbox", "sandbox"),
            facts: CardFacts {
                token: format!("tok_{id}"),
                brand: "visa".into(),
                last4: last4.into(),
                expiry: None,
            },
            nickname: nickname.map(str::to_owned),
            is_default: false,
            disabled: false,
        }
    }

    #[test]
    fn a_word_means_every_card_it_fits_and_each_card_has_one_of_its_own() {
        let cards = [
            card(1, "4242", None),
            card(2, "4242", None),
            card(3, "4242", Some("office")),
            card(4, "1881", Some("office 2")),
            card(5, "0005", Some("Bu\u{308}ro")),
        ];
        let table: [(&str, &[i64]); 10] = [
            ("4242", &[1, 2, 3]),
            ("visa 4242", &[1, 2, 3]),
            ("Office", &[3]),
            ("off", &[3, 4]),
            ("visa 1881", &[4]),
            ("B\u{fc}ro", &[5]),
            ("card-2", &[2]),
            ("CARD-9", &[]),
            ("2", &[]),
            ("", &[]),
        ];
        for (word, ids) in table {
            let meant: Vec<i64> = meant_by(word, &cards)
                .iter()
                .map(|card| card.id.0)
                .collect();

            assert_eq!(meant, ids, "{word:?}");
        }
        let words: Vec<String> = cards.iter().map(|card| surely(card, &cards)).collect();
        let sure = [
            "`CARD-1` (visa 4242)",
            "`CARD-2` (visa 4242)",
            "`office` (visa 4242)",
        ];
        assert_eq!(words[..3], sure);
        assert_eq!(words[3], "`visa 1881` (office 2)");
    }
}

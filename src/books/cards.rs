//! Saved cards in the book, and the customers' consent to charge them.

use rusqlite::Row;
use serde_json::json;

use super::values::{account, in_columns, money};
use super::{Reader, Tx};
use crate::domain::authorization::{Authorization, Consent};
use crate::domain::card::{Card, CardFacts, Expiry, meant_by, surely};
use crate::domain::customer::Customer;
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::ids::{AuthorizationId, CardId, CustomerId};
use crate::problem::{Problem, Result};

const COLUMNS: &str = "id, customer_id, gateway, account, token, brand, last4, expiry_year, \
                       expiry_month, nickname, is_default, disabled_at is not null as disabled";

fn card(row: &Row<'_>) -> rusqlite::Result<Card> {
    let year: Option<i16> = row.get("expiry_year")?;
    let month: Option<i8> = row.get("expiry_month")?;
    Ok(Card {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        account: account(row)?,
        facts: CardFacts {
            token: row.get("token")?,
            brand: row.get("brand")?,
            last4: row.get("last4")?,
            expiry: year
                .zip(month)
                .and_then(|(year, month)| Expiry::new(year, month)),
        },
        nickname: row.get("nickname")?,
        is_default: row.get("is_default")?,
        disabled: row.get("disabled")?,
    })
}

impl Reader<'_> {
    /// A customer's cards, the default first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn cards_of(self, customer: CustomerId) -> Result<Vec<Card>> {
        self.rows(
            &format!(
                "select {COLUMNS} from cards where customer_id = ?1 order by is_default desc, id"
            ),
            [customer],
            card,
        )
    }

    /// Every card of the book, by customer.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn cards(self) -> Result<Vec<Card>> {
        self.rows(
            &format!("select {COLUMNS} from cards order by customer_id, is_default desc, id"),
            [],
            card,
        )
    }

    /// The card of a row that refers to one.
    ///
    /// # Errors
    ///
    /// The book cannot be read, or the row is not there.
    pub fn card(self, id: CardId) -> Result<Card> {
        self.row(
            &format!("select {COLUMNS} from cards where id = ?1"),
            [id],
            card,
        )?
        .ok_or_else(|| Problem::bug(format!("the book has no card {id}")))
    }

    /// Who has this gateway token already, if anybody.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn card_by_token(self, account: &GatewayAccount, token: &str) -> Result<Option<Card>> {
        let [gateway, account] = in_columns(account);
        self.row(
            &format!(
                "select {COLUMNS} from cards where gateway = ?1 and account = ?2 and token = ?3"
            ),
            (gateway, account, token),
            card,
        )
    }

    /// The cards of a customer that a typed word may mean; see [`meant_by`].
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn cards_meant(self, customer: &Customer, word: &str) -> Result<Vec<Card>> {
        let cards = self.cards_of(customer.id)?;
        let meant = in_use(meant_by(word, &cards));
        Ok(meant.into_iter().cloned().collect())
    }

    /// The one card of a customer that a word means; without a word the
    /// default, or the only one in use.
    ///
    /// # Errors
    ///
    /// Exit 1 if there is none, exit 2 if the word fits several; the hint
    /// names them.
    pub fn find_card(self, customer: &Customer, word: Option<&str>) -> Result<Card> {
        let cards = self.cards_of(customer.id)?;
        let code = &customer.code;
        let names = |some: &[&Card]| {
            let names: Vec<String> = some.iter().map(|card| surely(card, &cards)).collect();
            names.join(", ")
        };
        let usable: Vec<&Card> = cards.iter().filter(|card| !card.disabled).collect();
        let Some(word) = word else {
            return match usable[..] {
                [first, ..] if first.is_default => Ok(first.clone()),
                [only] => Ok(only.clone()),
                [] => Err(Problem::refused(
                    "no_card",
                    format!("{code} has no saved card that may be charged"),
                )
                .hint(format!(
                    "Save one at the gateway and add its token with `dues card add {code} TOKEN`."
                ))),
                _ => Err(Problem::usage(
                    "which_card",
                    format!("{code} has several cards and no default"),
                )
                .hint(format!("Choose one with `--card`: {}.", names(&usable)))),
            };
        };
        let found = in_use(meant_by(word, &cards));
        match found[..] {
            [one] => Ok(one.clone()),
            [] if cards.is_empty() => Err(Problem::refused(
                "no_card",
                format!("{code} has no saved card"),
            )
            .hint(format!(
                "Save one at the gateway and add its token with `dues card add {code} TOKEN`."
            ))),
            [] => Err(
                Problem::refused("no_such_card", format!("{code} has no card `{word}`")).hint(
                    format!("There is {}.", names(&cards.iter().collect::<Vec<_>>())),
                ),
            ),
            _ => Err(Problem::usage(
                "ambiguous_card",
                format!("`{word}` could be {} cards of {code}", found.len()),
            )
            .hint(format!(
                "Say which one: {}. A card gets a nickname with `dues card rename`.",
                names(&found)
            ))),
        }
    }

    /// The consent in force for a card: the newest recorded since it is this
    /// customer's.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn consent(self, card: CardId) -> Result<Option<Consent>> {
        self.row(
            "select id, scope, ceiling_minor, currency, until, given_by, how, recorded_at
             from authorizations where card_id = ?1
               and id > coalesce((select max(consents_through) from card_moves where card_id = ?1), 0)
             order by id desc limit 1",
            [card],
            consent,
        )
    }

    /// Every consent to charge a card since it is this customer's, and the one
    /// that a charge rests on; oldest first.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub(super) fn consents(
        self,
        card: CardId,
        rests_on: Option<AuthorizationId>,
    ) -> Result<Vec<Consent>> {
        self.rows(
            "select id, scope, ceiling_minor, currency, until, given_by, how, recorded_at
             from authorizations where id = ?2 or (card_id = ?1
               and id > coalesce((select max(consents_through) from card_moves where card_id = ?1), 0))
             order by id",
            (card, rests_on),
            consent,
        )
    }
}

fn consent(row: &Row<'_>) -> rusqlite::Result<Consent> {
    let ceiling: Option<i64> = row.get("ceiling_minor")?;
    Ok(Consent {
        id: row.get("id")?,
        authorization: Authorization {
            scope: row.get("scope")?,
            ceiling: ceiling.map(|_| money(row, "ceiling_minor")).transpose()?,
            until: row.get("until")?,
            given_by: row.get("given_by")?,
            how: row.get("how")?,
            recorded_at: row.get("recorded_at")?,
        },
    })
}

/// A card that is never charged again is meant only where no other can be.
fn in_use(mut found: Vec<&Card>) -> Vec<&Card> {
    if found.iter().any(|card| !card.disabled) {
        found.retain(|card| !card.disabled);
    }
    found
}

impl Tx<'_> {
    /// Saves a card; a customer's first one becomes the default.
    ///
    /// # Errors
    ///
    /// Exit 1 if the token is saved already.
    pub fn add_card(
        &self,
        customer: &Customer,
        account: &GatewayAccount,
        facts: &CardFacts,
        nickname: Option<&str>,
    ) -> Result<CardId> {
        self.require_still_themselves(customer.id)?;
        if let Some(saved) = self.read().card_by_token(account, &facts.token)? {
            let owner = self.read().customer(saved.customer)?.code;
            return Err(Problem::refused(
                "card_exists",
                format!("this card is saved already, as {} of {owner}", saved.name()),
            )
            .hint(format!("See it with `dues card list {owner}`.")));
        }
        let is_first = !self
            .read()
            .cards_of(customer.id)?
            .iter()
            .any(|card| card.is_default);
        let [gateway, account] = in_columns(account);
        let id = self.insert(
            "insert into cards (customer_id, gateway, account, token, brand, last4, expiry_year,
               expiry_month, nickname, is_default, created_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (
                customer.id,
                gateway,
                account,
                &facts.token,
                &facts.brand,
                &facts.last4,
                facts.expiry.map(|expiry| expiry.year),
                facts.expiry.map(|expiry| expiry.month),
                nickname,
                is_first,
                self.at,
            ),
        )?;
        self.note(
            "card.added",
            json!({"customer": customer.code, "card": format!("{} {}", facts.brand, facts.last4), "gateway": gateway}),
        )?;
        Ok(CardId(id))
    }

    /// The code of a card's customer, for the log.
    fn owner(&self, card: &Card) -> Result<String> {
        Ok(self.read().customer(card.customer)?.code)
    }

    /// Gives a card a nickname, or takes it away.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn rename_card(&self, card: &Card, nickname: Option<&str>) -> Result<()> {
        self.execute(
            "update cards set nickname = ?2 where id = ?1",
            (card.id, nickname),
        )?;
        self.note(
            "card.renamed",
            json!({"customer": self.owner(card)?, "card": card.name(), "nickname": nickname}),
        )
    }

    /// Makes a card its customer's default.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn make_card_default(&self, card: &Card) -> Result<()> {
        self.execute(
            "update cards set is_default = 0 where customer_id = ?1 and is_default = 1",
            [card.customer],
        )?;
        self.execute("update cards set is_default = 1 where id = ?1", [card.id])?;
        self.note(
            "card.made_default",
            json!({"customer": self.owner(card)?, "card": card.name()}),
        )
    }

    /// Stops charging a card. Its history stays.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn disable_card(&self, card: &Card, because: &str) -> Result<()> {
        self.execute(
            "update cards set disabled_at = ?2, is_default = 0 where id = ?1",
            (card.id, self.at),
        )?;
        self.note(
            "card.disabled",
            json!({"customer": self.owner(card)?, "card": card.name(), "because": because}),
        )
    }

    /// Records the customer's consent to charge a card.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn authorize_card(&self, card: &Card, consent: &Authorization) -> Result<()> {
        self.insert(
            "insert into authorizations (card_id, scope, ceiling_minor, currency, until, given_by, how, recorded_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                card.id,
                consent.scope,
                consent.ceiling.map(super::super::domain::money::Money::minor),
                consent.ceiling.map(super::super::domain::money::Money::currency),
                consent.until,
                &consent.given_by,
                &consent.how,
                self.at,
            ),
        )?;
        self.note(
            "card.authorized",
            json!({"customer": self.owner(card)?, "card": card.name(), "scope": consent.scope.word(), "by": consent.given_by, "how": consent.how}),
        )
    }
}

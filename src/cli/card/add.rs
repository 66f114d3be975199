//! `dues card add`: a card is saved by the token that its gateway gave for it.

use clap::Args;

use super::consent::{Consent, told};
use super::refuse_if_taken;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, missing};
use crate::domain::card::Card;
use crate::domain::text::Text;
use crate::ports::Gateways;
use crate::problem::{Problem, Result};
use crate::views;
use crate::wiring::Desk;

/// Save a card by its gateway token
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues card add ROSA pm_1Nv… --by \"Rosa Diaz\" --how \"signed form, 3 March\""
)]
pub struct Add {
    /// A code, or the beginning of a name
    customer: Option<String>,
    /// The gateway's token: `pm_…` at Stripe, `tok_approve` in the sandbox
    token: Option<String>,
    /// A name to tell cards apart: `office`, `truck`
    #[arg(long)]
    nickname: Option<String>,
    /// The gateway that saved it; the book's own if not given
    #[arg(long)]
    gateway: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

impl Add {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let customer = match &self.customer {
            Some(word) => picking::customer(session, books.read(), word)?,
            None => picking::ask_customer(session, books.read(), &picking::WHOSE_SAVED_CARD)?,
        };
        let token = match &self.token {
            Some(token) => token.clone(),
            None if session.terminal.may_ask => {
                let question = "The gateway's token for the card, never its number";
                session.terminal.line(question, "TOKEN")?
            }
            None => return Err(missing("the card", "the gateway's TOKEN for it")),
        };
        let nickname = (self.nickname.as_deref())
            .map(|name| Text::Nickname.read(name))
            .transpose()?;
        let is_asked = self.customer.is_none() || self.token.is_none();
        let consent = if self.consent.is_given() || is_asked && has_agreed(session)? {
            Some(self.consent.read(session, &books)?)
        } else {
            None
        };
        let name = match &self.gateway {
            Some(name) => name.clone(),
            None => books.read().facts()?.gateway,
        };
        let desk = Desk::of(&session.config, &books)?;
        let gateway = desk.open(&name)?;
        let account = books.read().login_at(&name)?.account;
        let facts = gateway.card(token.trim())?;
        let cards = books.read().cards_of(customer.id)?;
        if let Some(nickname) = &nickname {
            refuse_if_taken(&cards, nickname, None)?;
        }
        let looks_alike = |card: &&Card| {
            !card.disabled && card.facts.brand == facts.brand && card.facts.last4 == facts.last4
        };
        // Of two cards that look alike each needs a name of its own, or neither can be meant.
        if let Some(twin) = cards.iter().find(looks_alike) {
            let (code, name) = (&customer.code, twin.name());
            let problem =
                Problem::refused("card_looks_alike", format!("{code} has a {name} already"));
            if twin.nickname.is_none() {
                return Err(problem.hint(format!(
                    "If this is another card, first give the saved one a nickname: `dues card rename {code} {} NICKNAME`.",
                    twin.facts.last4
                )));
            }
            if nickname.is_none() {
                return Err(problem.hint(
                    "To save this one besides, give it a `--nickname`; if it is the same card, use the saved one.",
                ));
            }
        }
        let data = session.change(&mut books, |tx| {
            let id = tx.add_card(&customer, &account, &facts, nickname.as_deref())?;
            let card = tx.read().card(id)?;
            if let Some(consent) = &consent {
                tx.authorize_card(&card, consent)?;
            }
            Ok(views::card(&card, &customer.code, consent.as_ref()))
        })?;
        let mut text = format!(
            "Saved {} {} for {}",
            facts.brand, facts.last4, customer.code
        );
        if let Some(nickname) = &nickname {
            text.push_str(&format!(", called {nickname}"));
        }
        if let Some(expiry) = facts.expiry {
            text.push_str(&format!(", good until {expiry}"));
        }
        text.push_str(". The number stays at the gateway.\n");
        match &consent {
            Some(consent) => text.push_str(&told(consent)),
            None => text.push_str(&format!(
                "It cannot be charged before the customer's consent is recorded:\n  dues card authorize {} {} --by NAME --how \"signed form\"",
                customer.code, facts.last4
            )),
        }
        Ok(Report::new("dues.card/1", data, text + session.dry_note()))
    }
}

/// Asks a person whether there is a consent to write down.
fn has_agreed(session: &Session) -> Result<bool> {
    let ways = ["yes", "not yet: it cannot be charged before"].map(str::to_owned);
    let question = "Has the customer agreed that the card may be charged";
    Ok(session.terminal.choose(question, &ways)? == Some(0))
}

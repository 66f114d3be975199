//! `dues card`: saved cards, by token, and the consent to charge them.

mod add;
mod consent;
mod look;

use clap::Subcommand;

use super::picking;
use super::session::Session;
use super::terminal::Report;
use crate::books::Tx;
use crate::domain::card::Card;
use crate::domain::ids::CardId;
use crate::domain::text::Text;
use crate::problem::{Problem, Result};
use crate::views;
use add::Add;
use consent::Authorize;
use look::{list, show};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Save a card by the token the gateway gave for it; never by its number
    Add(Add),
    /// List saved cards
    List {
        /// Only this customer's
        customer: Option<String>,
    },
    /// Show a card and the consent it rests on
    Show {
        /// A code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: Option<String>,
    },
    /// Give a card a nickname
    Rename {
        /// A code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: String,
        /// A short word: `office`, `truck`
        nickname: String,
    },
    /// Make a card the customer's default
    Default {
        /// A code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: String,
    },
    /// Stop charging a card
    Disable {
        /// A code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: String,
        /// Why, for the log
        #[arg(long, default_value = "no reason given")]
        because: String,
    },
    /// Charge a card again that was disabled
    Enable {
        /// A code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: String,
    },
    /// Give a card to the customer whose it is
    #[command(
        after_help = "Only one that was never charged. The consent stays behind: theirs is recorded anew with \
                      `dues card authorize`.\n\nExample: dues card move ROSA 5544 OAKS"
    )]
    Move {
        /// The customer it was added to: a code, or the beginning of a name
        customer: String,
        /// Last four, nickname, or `visa 4242`
        card: String,
        /// The customer whose it is: a code, or the beginning of a name
        to: String,
    },
    /// Record the customer's consent to charge a card
    Authorize(Authorize),
}

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Add(add) => add.run(session),
            Self::List { customer } => list(session, customer.as_deref()),
            Self::Show { customer, card } => show(session, customer, card.as_deref()),
            Self::Rename {
                customer,
                card,
                nickname,
            } => {
                let nickname = Text::Nickname.read(nickname)?;
                change(session, customer, card, |tx, found| {
                    let cards = tx.read().cards_of(found.customer)?;
                    refuse_if_taken(&cards, &nickname, Some(found.id))?;
                    tx.rename_card(found, Some(&nickname))?;
                    Ok(format!("{} is now called {nickname}.", found.name()))
                })
            }
            Self::Default { customer, card } => change(session, customer, card, |tx, found| {
                if found.disabled {
                    return Err(Problem::refused(
                        "card_disabled",
                        format!("{} is disabled", found.name()),
                    )
                    .hint("Choose a card that may be charged."));
                }
                tx.make_card_default(found)?;
                Ok(format!(
                    "{} is charged unless another card is named.",
                    found.name()
                ))
            }),
            Self::Disable {
                customer,
                card,
                because,
            } => {
                let because = &Text::Reason.read(because)?;
                session.ask_before(&format!(
                    "Stop charging card {card} of {customer}? What is to be charged to it fails from then on."
                ))?;
                change(session, customer, card, |tx, found| {
                    if found.disabled {
                        return Err(Problem::refused(
                            "card_disabled",
                            format!("{} is disabled already", found.name()),
                        )
                        .hint("There is nothing to do."));
                    }
                    tx.disable_card(found, because)?;
                    Ok(format!(
                        "{} is not charged any more. Its history stays.",
                        found.name()
                    ))
                })
            }
            Self::Enable { customer, card } => change(session, customer, card, |tx, found| {
                tx.enable_card(found)?;
                Ok(format!("{} may be charged again.", found.name()))
            }),
            Self::Move { customer, card, to } => moved(session, customer, card, to),
            Self::Authorize(authorize) => authorize.run(session),
        }
    }
}

fn change(
    session: &Session,
    customer: &str,
    card: &str,
    change: impl FnOnce(&Tx<'_>, &Card) -> Result<String>,
) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), customer)?;
    let found = picking::card(session, books.read(), &customer, card)?;
    let (text, after) = session.change(&mut books, |tx| {
        let text = change(tx, &found)?;
        Ok((text, tx.read().card(found.id)?))
    })?;
    let consent = books
        .read()
        .consent(found.id)?
        .map(|consent| consent.authorization);
    let data = views::card(&after, &customer.code, consent.as_ref());
    Ok(Report::new("dues.card/1", data, text + session.dry_note()))
}

fn moved(session: &Session, customer: &str, card: &str, to: &str) -> Result<Report> {
    let mut books = session.books()?;
    let from = picking::customer(session, books.read(), customer)?;
    let found = picking::card(session, books.read(), &from, card)?;
    let to = picking::customer(session, books.read(), to)?;
    if let Some(nickname) = &found.nickname {
        refuse_if_taken(&books.read().cards_of(to.id)?, nickname, None)?;
    }
    let after = session.change(&mut books, |tx| {
        tx.move_card(&found, &to)?;
        tx.read().card(found.id)
    })?;
    let text = format!(
        "{name} is a card of {to} now. {from}'s consent does not count for it: record theirs with \
         `dues card authorize {to} {last4} --by NAME --how \"signed form\"`.{dry}",
        name = found.name(),
        to = to.code,
        from = from.code,
        last4 = found.facts.last4,
        dry = session.dry_note()
    );
    let data = views::card(&after, &to.code, None);
    Ok(Report::new("dues.card/1", data, text))
}

/// A nickname tells a card apart: no other card of the customer answers to it.
fn refuse_if_taken(cards: &[Card], nickname: &str, but: Option<CardId>) -> Result<()> {
    let mut others = cards.iter().filter(|card| Some(card.id) != but);
    let taken = others.find(|card| card.is_called(nickname));
    match taken {
        None => Ok(()),
        Some(card) => Err(Problem::refused(
            "nickname_taken",
            format!("{} is called {nickname} already", card.name()),
        )
        .hint("Choose another nickname.")),
    }
}

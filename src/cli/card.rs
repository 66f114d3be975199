//! `dues card`: saved cards, by token, and the consent to charge them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::attaching;
use super::picking;
use super::session::Session;
use super::tables::{card_row, with_consent};
use super::terminal::{Report, missing, table};
use crate::books::{Books, KeptFor, NewAttachment};
use crate::domain::attachment::Kind;
use crate::domain::authorization::{Authorization, Scope};
use crate::domain::card::Card;
use crate::domain::ids::CardId;
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::ports::{Clock, Gateways};
use crate::problem::{Problem, Result};
use crate::views;
use crate::wiring::Desk;

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

/// Record the customer's consent to charge a card
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues card authorize ROSA 5544 --by \"Rosa Diaz\" --how \"signed form\" --ceiling 5000 --until 2027-12-31"
)]
pub struct Authorize {
    /// A code, or the beginning of a name
    customer: String,
    /// Last four, nickname, or `visa 4242`
    card: String,
    #[command(flatten)]
    consent: Consent,
    /// The signed form: copied beside the book, and into each backup
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Consent {
    /// Who agreed that the card may be charged
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// How they agreed: `signed form`, `email of 3 March`
    #[arg(long, value_name = "HOW")]
    how: Option<String>,
    /// What it covers: any, invoices (no money on account), scheduled
    #[arg(long, default_value = "any")]
    scope: String,
    /// The most that one charge may take
    #[arg(long, value_name = "AMOUNT")]
    ceiling: Option<String>,
    /// The last day it holds
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

impl Consent {
    fn is_given(&self) -> bool {
        self.by.is_some() || self.how.is_some() || self.ceiling.is_some() || self.until.is_some()
    }

    fn read(&self, session: &Session, books: &Books) -> Result<Authorization> {
        let given =
            |value: &Option<String>, kind: Text, question: &str, flag: &str| -> Result<String> {
                let text = match value {
                    Some(value) => value.clone(),
                    None => session.terminal.line(question, flag)?,
                };
                Ok(kind.read(&text)?)
            };
        let given_by = given(
            &self.by,
            Text::ConsentBy,
            "Who agreed that the card may be charged",
            "--by NAME",
        )?;
        let how = given(
            &self.how,
            Text::ConsentHow,
            "How they agreed (signed form, email of …)",
            "--how HOW",
        )?;
        let scope = Scope::from_word(&self.scope).ok_or_else(|| {
            Problem::usage("bad_scope", format!("`{}` is not a scope", self.scope))
                .hint("It is `any`, `invoices` or `scheduled`.")
        })?;
        let currency = books.read().facts()?.currency;
        let ceiling = match &self.ceiling {
            None => None,
            Some(text) => Some(Money::typed(text, currency)?),
        };
        if ceiling.is_some_and(|ceiling| !ceiling.is_positive()) {
            return Err(
                Problem::usage("amount_not_positive", "a ceiling must be more than zero")
                    .hint("Leave it out if there is none."),
            );
        }
        let until = match &self.until {
            None => None,
            Some(text) => Some(session.date(books, text)?),
        };
        let today = session.today(books)?;
        if let Some(past) = until.filter(|until| *until < today) {
            return Err(Problem::usage(
                "consent_ended",
                format!("{past} is past; a consent that has ended charges nothing"),
            )
            .hint("Give the last day it will hold, or leave `--until` out."));
        }
        Ok(Authorization {
            scope,
            ceiling,
            until,
            given_by,
            how,
            recorded_at: session.clock.now(),
        })
    }
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

impl Add {
    fn run(&self, session: &Session) -> Result<Report> {
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

impl Authorize {
    fn run(&self, session: &Session) -> Result<Report> {
        let mut books = session.books()?;
        let customer = picking::customer(session, books.read(), &self.customer)?;
        let card = picking::card(session, books.read(), &customer, &self.card)?;
        if card.disabled {
            return Err(
                Problem::refused("card_disabled", format!("{} is disabled", card.name()))
                    .hint("Save the customer's new card, or charge this one again with `dues card enable`."),
            );
        }
        let consent = self.consent.read(session, &books)?;
        let form = self.form.as_deref();
        let form = form
            .map(|file| NewAttachment::read(file, Kind::Form))
            .transpose()?;
        if let Some(form) = form.as_ref().filter(|_| !session.dry_run) {
            books.put_beside(form)?;
        }
        session.change(&mut books, |tx| {
            tx.authorize_card(&card, &consent)?;
            if let (Some(form), Some(consent)) = (&form, tx.read().consent(card.id)?) {
                tx.attach(form, KeptFor::Authorization(consent.id))?;
            }
            Ok(())
        })?;
        let kept = if form.is_some() {
            " The form is kept beside the book."
        } else {
            ""
        };
        let text = format!(
            "{} of {}: {}{kept}{}",
            card.name(),
            customer.code,
            told(&consent),
            session.dry_note()
        );
        Ok(Report::new(
            "dues.card/1",
            views::card(&card, &customer.code, Some(&consent)),
            text,
        ))
    }
}

fn told(consent: &Authorization) -> String {
    let what = match consent.scope {
        Scope::Any => "It may be charged",
        Scope::Invoices => "It may be charged for invoices",
        Scope::Scheduled => "It may be charged on schedules",
    };
    let mut text = format!("{what}, as {} agreed ({})", consent.given_by, consent.how);
    if let Some(ceiling) = consent.ceiling {
        text.push_str(&format!(", at most {ceiling} a charge"));
    }
    if let Some(until) = consent.until {
        text.push_str(&format!(", until {until}"));
    }
    text.push('.');
    text
}

fn change(
    session: &Session,
    customer: &str,
    card: &str,
    change: impl FnOnce(&crate::books::Tx<'_>, &Card) -> Result<String>,
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

fn list(session: &Session, customer: Option<&str>) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let customers = match customer {
        Some(word) => vec![picking::customer(session, book, word)?],
        None => book.customers()?,
    };
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for customer in customers {
        for (card, consent) in with_consent(book, &customer)? {
            data.push(views::card(&card, &customer.code, consent.as_ref()));
            rows.push(card_row(&customer.code, &card, consent.as_ref()));
        }
    }
    let text = if rows.is_empty() {
        "No card is saved. Add one with `dues card add CUSTOMER TOKEN`.".to_owned()
    } else {
        table(
            &["customer", "card", "nickname", "expires", "use", "consent"],
            &[],
            rows,
        )
    };
    Ok(Report::new("dues.cards/1", Value::from(data), text))
}

fn show(session: &Session, customer: &str, word: Option<&str>) -> Result<Report> {
    let books = session.books()?;
    let today = session.today(&books)?;
    let customer = picking::customer(session, books.read(), customer)?;
    let card = match word {
        Some(word) => picking::card(session, books.read(), &customer, word)?,
        None => books.read().find_card(&customer, None)?,
    };
    let (files, consent) = match books.read().consent(card.id)? {
        Some(consent) => {
            let kept = KeptFor::Authorization(consent.id);
            (books.read().attachments(kept)?, Some(consent.authorization))
        }
        None => (Vec::new(), None),
    };
    let mut text = format!(
        "{} of {} ({})\nat {} in account {}\nexpires {}{}\n",
        card.name(),
        customer.code,
        customer.name,
        card.account.gateway,
        card.account.id,
        card.facts
            .expiry
            .map_or_else(|| "-".to_owned(), |expiry| expiry.to_string()),
        if card.disabled {
            " · disabled"
        } else if card.is_default {
            " · default"
        } else {
            ""
        },
    );
    if let Some(nickname) = &card.nickname {
        text.push_str(&format!("called {nickname}\n"));
    }
    match &consent {
        Some(consent) if card.disabled => text.push_str(&format!(
            "It is disabled and cannot be charged. (Consent on record: {}, {}.)",
            consent.given_by, consent.how
        )),
        Some(consent) if consent.until.is_some_and(|until| until < today) => {
            let until = consent.until.unwrap_or(today);
            text.push_str(&format!(
                "The consent ended on {until}; it cannot be charged."
            ));
        }
        Some(consent) => text.push_str(&told(consent)),
        None => text.push_str("No consent is recorded; it cannot be charged."),
    }
    text.push('\n');
    text.push_str(&attaching::lines(&files));
    let mut data = views::card(&card, &customer.code, consent.as_ref());
    data["files"] = files.iter().map(views::attachment).collect();
    Ok(Report::new("dues.card/1", data, text.trim_end()))
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

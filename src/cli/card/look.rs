//! `dues card list` and `show`.

use serde_json::Value;

use super::consent::told;
use crate::books::KeptFor;
use crate::cli::attaching;
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::tables::{card_row, with_consent};
use crate::cli::terminal::{Report, table};
use crate::problem::Result;
use crate::views;

pub fn list(session: &Session, customer: Option<&str>) -> Result<Report> {
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

pub fn show(session: &Session, customer: &str, word: Option<&str>) -> Result<Report> {
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

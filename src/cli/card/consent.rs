//! `dues card authorize`, and the consent to charge a card as it is typed and told.

use std::path::PathBuf;

use clap::Args;

use crate::books::{Books, KeptFor, NewAttachment};
use crate::cli::picking;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::attachment::Kind;
use crate::domain::authorization::{Authorization, Scope};
use crate::domain::money::Money;
use crate::domain::text::Text;
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views;

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
pub struct Consent {
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
    pub fn is_given(&self) -> bool {
        self.by.is_some() || self.how.is_some() || self.ceiling.is_some() || self.until.is_some()
    }

    pub fn read(&self, session: &Session, books: &Books) -> Result<Authorization> {
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

impl Authorize {
    pub fn run(&self, session: &Session) -> Result<Report> {
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

/// What may be charged, and who agreed.
pub fn told(consent: &Authorization) -> String {
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

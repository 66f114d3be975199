//! `dues init`: makes a book.

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::json;

use super::choosing::{ask, ask_or};
use super::session::Session;
use super::terminal::Report;
use crate::books::{Books, Login, NewBook};
use crate::domain::gateway_account::Mode;
use crate::domain::hour::{named_zone, without_summer_time};
use crate::domain::ids::BookId;
use crate::domain::money::Currency;
use crate::domain::text::Text;
use crate::gateway::{self, Opening};
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::wiring::sandbox_ledger;

/// Make a new book
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues init --name \"Blumen Wholesale\" --currency USD --zone America/New_York"
)]
pub struct Init {
    /// Your business, as customers read it in mails
    #[arg(long)]
    name: Option<String>,
    /// The currency you invoice in; USD if not given
    #[arg(long)]
    currency: Option<String>,
    /// Your time zone; the machine's own if not given
    #[arg(long)]
    zone: Option<String>,
    /// The gateway (card processor) for new cards
    #[arg(long, default_value = "sandbox")]
    gateway: String,
    /// A book for real money; fixed for the life of the book
    #[arg(long)]
    live: bool,
}

impl Init {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let path = session.book_path()?;
        let entry = gateway::entry(&self.gateway)?;
        if self.live && !entry.needs_secret {
            return Err(Problem::usage(
                "sandbox_is_not_live",
                format!("the {} moves no real money", entry.name),
            )
            .hint("For a live book add `--gateway stripe`."));
        }
        // Who did not even say the name is asked for all of it.
        let is_asked = self.name.is_none() && session.terminal.may_ask;
        let name = match &self.name {
            Some(name) => Text::BookName.read(name)?,
            None => ask(
                session,
                "The name of your business",
                "--name NAME",
                |text| Ok(Text::BookName.read(text)?),
            )?,
        };
        let currency = match &self.currency {
            Some(code) => Currency::parse(code)?,
            None if is_asked => ask_or(session, "The currency you invoice in", "USD", |code| {
                Ok(Currency::parse(code)?)
            })?,
            None => Currency::parse("USD")?,
        };
        let zone_name = match &self.zone {
            Some(zone) => named_zone(zone)?,
            None if is_asked => {
                let own = zone_of_the_machine(session)?;
                let read = |zone: &str| Ok(named_zone(zone)?);
                ask_or(session, "Your time zone", &own, read)?
            }
            None => zone_of_the_machine(session)?,
        };
        let new = NewBook {
            id: BookId(uuid::Uuid::new_v4().simple().to_string()),
            name,
            currency,
            zone: zone_name,
            gateway: entry.name.to_owned(),
            mode: if self.live { Mode::Live } else { Mode::Test },
        };
        if !session.dry_run {
            let at = session.clock.now();
            let mut books = Books::create(&path, &session.hand, &new, at)?;
            if !entry.needs_secret {
                let ledger = sandbox_ledger(&path);
                let opening = Opening {
                    secret: None,
                    endpoint: None,
                    most_per_second: None,
                    mode: new.mode,
                    ledger: &ledger,
                };
                let shown = (entry.open)(opening)?.account()?;
                books.write(&session.hand, at, |tx| {
                    tx.log_in(&Login {
                        account: shown.account,
                        source: "none".to_owned(),
                    })
                })?;
            }
            books.close()?;
        }
        let next = if entry.needs_secret {
            format!("Next: log in with `dues gateway login {}`.", entry.name)
        } else {
            "Next: add a customer with `dues customer add`, or import invoices with `dues invoice import FILE`.".to_owned()
        };
        let text = format!(
            "Made a {mode} book for {name} at {path}.\nIt counts in {currency}, in the zone {zone}, and charges through the {gateway} gateway.\n{next}{dry}",
            mode = new.mode,
            name = new.name,
            path = path.display(),
            zone = new.zone,
            gateway = new.gateway,
            dry = session.dry_note(),
        );
        let data = json!({
            "book": path.display().to_string(), "id": new.id.0, "name": new.name, "mode": new.mode.to_string(),
            "currency": currency.code(), "zone": new.zone, "gateway": new.gateway,
        });
        let mut report = Report::new("dues.init/1", data, text);
        report.warnings = without_summer_time(&new.zone, session.clock.now())
            .into_iter()
            .collect();
        Ok(report)
    }
}

/// The machine's own zone, if it has one by name. A guess would be wrong by
/// hours on each day that a charge is due, so there is none.
fn zone_of_the_machine(session: &Session) -> Result<String> {
    let own = TimeZone::try_system().ok();
    let own = own.and_then(|zone| zone.iana_name().map(named_zone)?.ok());
    match own {
        Some(name) => Ok(name),
        None if session.terminal.may_ask => Ok(named_zone(
            &session.terminal.line("Your time zone", "--zone ZONE")?,
        )?),
        None => Err(Problem::usage(
            "zone_unknown",
            "this machine does not say which time zone it is in",
        )
        .hint("Name yours, such as `--zone America/New_York`.")),
    }
}

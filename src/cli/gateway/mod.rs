//! `dues gateway`: which gateways (card processors) there are, and the login to each.

mod reconcile;

use clap::Subcommand;
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{Report, table};
use crate::books::{Books, Login};
use crate::domain::gateway_account::GatewayAccount;
use crate::gateway::{self, Opening};
use crate::ports::{Gateways, Secret, SecretStore};
use crate::problem::{Kind, Problem, Result};
use crate::secrets::Source;
use crate::wiring::{Desk, gateway_secrets, login_command, secret_name};

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List the gateways, and where the book is logged in
    List,
    /// Log the book in to a gateway
    Login {
        /// `sandbox`, `stripe`
        gateway: String,
        /// Where its secret is kept: keyring, file, command or credential;
        /// where it is already, or the keyring, if not given
        #[arg(long, value_name = "PLACE")]
        source: Option<String>,
    },
    /// Log out, and forget the secret
    Logout {
        /// `sandbox`, `stripe`
        gateway: String,
    },
    /// Take back what was charged and this book does not know, and unlock charging
    #[command(after_help = RECONCILE_HELP)]
    Reconcile {
        /// How you compared the book yourself: with a gateway that has no list,
        /// or for charges that cannot be taken back, which are then set aside
        #[arg(long, value_name = "TEXT")]
        compared: Option<String>,
        /// Book the money of invoices that are not in the book, or that no
        /// request names, on account; added later, these would be open
        #[arg(long)]
        on_account: bool,
    },
    /// Ask a gateway whose account this is
    Check {
        /// The book's own if not given
        gateway: Option<String>,
    },
}

/// Stands below the command's own help.
const RECONCILE_HELP: &str = "Needed after a backup was brought back, or a book moved to another machine. \
    It compares the book with every gateway's own list and with what this machine last sent, and takes back each charge \
    that is missing, with its payment. It writes no confirmation for these, as most customers had one from the book \
    that was lost. `--dry-run` shows what is missing.";

impl Verb {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::List => list(session),
            Self::Login { gateway, source } => login(session, gateway, source.as_deref()),
            Self::Logout { gateway } => logout(session, gateway),
            Self::Reconcile {
                compared,
                on_account,
            } => reconcile::run(session, compared.as_deref(), *on_account),
            Self::Check { gateway } => check(session, gateway.as_deref()),
        }
    }
}

fn list(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let logins = books.read().logins()?;
    let own = books.read().facts()?.gateway;
    let (mut rows, mut data) = (Vec::new(), Vec::new());
    for entry in gateway::TABLE {
        let login = logins
            .iter()
            .find(|login| login.account.gateway == entry.name);
        data.push(json!({
            "gateway": entry.name, "default": entry.name == own,
            "account": login.map(|login| &login.account.id), "source": login.map(|login| &login.source),
        }));
        rows.push(vec![
            entry.name.to_owned(),
            login.map_or_else(
                || "not logged in".to_owned(),
                |login| login.account.id.clone(),
            ),
            login
                .map(|login| login.source.clone())
                .filter(|source| source != "none")
                .unwrap_or_default(),
            if entry.name == own { "new cards" } else { "" }.to_owned(),
            entry.about.to_owned(),
        ]);
    }
    let text = table(
        &["gateway", "account", "secret in", "use", "about"],
        &[],
        rows,
    );
    Ok(Report::new("dues.gateways/1", Value::from(data), text))
}

fn login(session: &Session, name: &str, source: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let entry = gateway::entry(name)?;
    let facts = books.read().facts()?;
    let desk = Desk::of(&session.config, &books)?;
    let open = |secret| {
        (entry.open)(Opening {
            secret,
            endpoint: desk.endpoint(name),
            most_per_second: None,
            mode: facts.mode,
            ledger: desk.ledger(),
        })
    };
    if !entry.needs_secret {
        let shown = open(None)?.account()?;
        let login = Login {
            account: shown.account,
            source: "none".to_owned(),
        };
        session.change(&mut books, |tx| tx.log_in(&login))?;
        return Ok(logged_in(session, &login));
    }
    let earlier = books
        .read()
        .logins()?
        .into_iter()
        .find(|login| login.account.gateway == name)
        .and_then(|login| Source::from_word(&login.source));
    let source = match source {
        None => earlier.unwrap_or(Source::Keyring),
        Some(word) => Source::from_word(word).ok_or_else(|| {
            Problem::usage("bad_source", format!("`{word}` is no place for secrets"))
                .hint("It is `keyring`, `file`, `command` or `credential`.")
        })?,
    };
    let store = gateway_secrets(&session.config, source, name)?;
    let key = secret_name(&facts, name);
    let takes_secret = source.keeps();
    if takes_secret && !session.dry_run {
        // Before anybody types a secret.
        try_out(&*store, &key)?;
    }
    let secret = if takes_secret {
        Secret::new(
            session
                .terminal
                .secret(&format!("{} for {name}", entry.secret_is))?,
        )
    } else {
        store.read(&key)?
    };
    let shown = open(Some(secret.clone()))?.account()?;
    if shown.mode != facts.mode {
        return Err(Problem::setup(
            "wrong_mode",
            format!(
                "this is a {} book, and that is a {} account",
                facts.mode, shown.mode
            ),
        )
        .hint("Use the other kind of key, or another book."));
    }
    refuse_another_account(&books, &shown.account)?;
    let login = Login {
        account: shown.account,
        source: source.word().to_owned(),
    };
    if takes_secret && !session.dry_run {
        store.write(&key, &secret)?;
    }
    session.change(&mut books, |tx| tx.log_in(&login))?;
    let mut report = logged_in(session, &login);
    report.warnings.extend(asked_elsewhere(&desk, name));
    // A secret that moved is not left behind.
    if let Some(old) = earlier.filter(|old| *old != source && old.keeps())
        && !session.dry_run
        && let Err(problem) =
            gateway_secrets(&session.config, old, name).and_then(|store| store.delete(&key))
    {
        report.warnings.push(format!(
            "its old place, {}, may still have the secret: {problem}",
            old.word()
        ));
    }
    Ok(report)
}

/// Whether a secret can be kept there at all.
fn try_out(store: &dyn SecretStore, key: &str) -> Result<()> {
    let probe = format!("{key}-probe");
    let word = Secret::new("probe".to_owned());
    store.write(&probe, &word)?;
    let heard = store
        .read(&probe)
        .map(|heard| heard.expose() == word.expose());
    store.delete(&probe)?;
    if heard? {
        return Ok(());
    }
    Err(Problem::setup(
        "secret_changed",
        "the place gives back another secret than it was given",
    )
    .hint("Choose another place with `--source`."))
}

/// A charge that is open in one account can be asked for only there.
fn refuse_another_account(books: &Books, account: &GatewayAccount) -> Result<()> {
    let open = books.read().open_charges()?.into_iter().find(|charge| {
        let own = &charge.attempt.account;
        own.gateway == account.gateway && own != account
    });
    match open {
        None => Ok(()),
        Some(charge) => Err(Problem::new(
            Kind::Unknown,
            "outcome_unknown",
            format!(
                "{} is open in account {}; this is account {}",
                charge.id, charge.attempt.account.id, account.id
            ),
        )
        .hint("Settle it first with `dues charge recover`, logged in to its own account.")),
    }
}

fn logged_in(session: &Session, login: &Login) -> Report {
    let GatewayAccount { gateway, id } = &login.account;
    let text = format!(
        "Logged in to {gateway} as account {id}.{}",
        session.dry_note()
    );
    let data = json!({"gateway": gateway, "account": id, "source": login.source});
    Report::new("dues.gateway/1", data, text)
}

fn logout(session: &Session, name: &str) -> Result<Report> {
    let mut books = session.books()?;
    gateway::entry(name)?;
    let facts = books.read().facts()?;
    let login = books.read().login_at(name)?;
    if let Some(open) = books
        .read()
        .open_charges()?
        .into_iter()
        .find(|charge| charge.attempt.account.gateway == name)
    {
        return Err(Problem::new(
            Kind::Unknown,
            "outcome_unknown",
            format!("{} is open at {name}", open.id),
        )
        .hint(
            "Settle it first with `dues charge recover`; without the login nobody can ask for it.",
        ));
    }
    session.ask_before(&format!(
        "Log out of {name}? None of its cards can be charged then, and the secret is forgotten."
    ))?;
    if let Some(source) = Source::from_word(&login.source)
        && source.keeps()
        && !session.dry_run
    {
        gateway_secrets(&session.config, source, name)?.delete(&secret_name(&facts, name))?;
    }
    session.change(&mut books, |tx| tx.log_out(name))?;
    let text = format!(
        "Logged out of {name}; its cards stay saved and cannot be charged.{}",
        session.dry_note()
    );
    Ok(Report::new(
        "dues.gateway/1",
        json!({"gateway": name, "account": null}),
        text,
    ))
}

fn check(session: &Session, name: Option<&str>) -> Result<Report> {
    let books = session.books()?;
    let name = match name {
        Some(name) => gateway::entry(name)?.name.to_owned(),
        None => books.read().facts()?.gateway,
    };
    let known = books.read().login_at(&name)?.account;
    let desk = Desk::of(&session.config, &books)?;
    let shown = desk.open(&name)?.account()?;
    let id = &shown.account.id;
    if shown.account != known {
        return Err(Problem::setup(
            "other_account",
            format!(
                "the secret belongs to account {id}; the book charges through {}",
                known.id
            ),
        )
        .hint(format!("Log in anew with `{}`.", login_command(&name))));
    }
    let text = format!("{name} answers: account {id}, {} mode.", shown.mode);
    let mut report = Report::new(
        "dues.gateway/1",
        json!({"gateway": name, "account": id, "mode": shown.mode.word()}),
        text,
    );
    report.warnings.extend(asked_elsewhere(&desk, &name));
    Ok(report)
}

/// Said wherever a person looks at the gateway, for an address is easily forgotten.
fn asked_elsewhere(desk: &Desk, name: &str) -> Option<String> {
    let endpoint = desk.endpoint(name)?;
    Some(format!(
        "{name} is asked at {endpoint}, as `gateway.{name}.endpoint` says, and not at its own address"
    ))
}

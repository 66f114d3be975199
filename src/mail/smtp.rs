//! Letters to a mail server.
//!
//! How far a letter got decides what became of it. Until its first byte is
//! handed over nothing has been sent, whatever went wrong; from then on only
//! the server's own word counts, and without it nobody knows.

use std::error::Error as _;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};

use crate::domain::outbox::Letter;
use crate::domain::outside::Said;
use crate::domain::untrusted;
use crate::ports::{Delivery, Mailer, Secret};
use crate::problem::Problem;

use super::Sender;
use super::message::compose;

/// How long a silent server is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the way to the server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after a first greeting, or no mail; mostly port 587.
    StartTls,
    /// TLS from the first byte; mostly port 465.
    Tls,
    /// None: only to a server on this very machine.
    Plain,
}

impl Security {
    pub const ALL: [Self; 3] = [Self::StartTls, Self::Tls, Self::Plain];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::Plain => "plain",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|security| security.word() == word)
    }
}

/// Which server, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Who logs in; nobody, and the password is not used.
    pub user: Option<String>,
    /// Certificates trusted besides the system's, PEM: a company's own CA.
    pub ca_file: Option<PathBuf>,
}

/// Hands letters to one server, over one connection for as long as it lasts.
pub struct SmtpMailer {
    settings: SmtpSettings,
    login: Option<Login>,
    ca: Option<Certificate>,
    from: Sender,
    patience: Duration,
    connection: Mutex<Option<SmtpConnection>>,
}

struct Login {
    user: String,
    password: Secret,
}

impl SmtpMailer {
    /// A mailer for the server; it is not reached for before the first letter.
    ///
    /// # Errors
    ///
    /// Exit 3: the letters or the password would travel in the open, there
    /// is a user and no password, or the CA file is not one.
    pub fn new(
        settings: SmtpSettings,
        password: Option<Secret>,
        from: Sender,
    ) -> Result<Self, Problem> {
        let on_this_machine = settings
            .host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
        if settings.security == Security::Plain && !on_this_machine {
            return Err(Problem::setup(
                "smtp_in_the_open",
                format!(
                    "mail to `{}` would travel unencrypted",
                    untrusted::visible(&settings.host)
                ),
            )
            .hint(
                "Use `starttls` (port 587) or `tls` (port 465); `plain` is only for 127.0.0.1 and ::1.",
            ));
        }
        let login = match (&settings.user, password) {
            (None, _) => None,
            (Some(user), Some(password)) => Some(Login {
                user: user.clone(),
                password,
            }),
            (Some(user), None) => {
                return Err(Problem::setup(
                    "smtp_no_password",
                    format!(
                        "there is no password for `{}` at `{}`",
                        untrusted::visible(user),
                        untrusted::visible(&settings.host)
                    ),
                )
                .hint("Store the password with `dues mail login`, or leave the user out if the server asks for none."));
            }
        };
        let ca = settings.ca_file.as_deref().map(read_ca).transpose()?;
        Ok(Self {
            settings,
            login,
            ca,
            from,
            patience: PATIENCE,
            connection: Mutex::new(None),
        })
    }

    /// The same mailer, waiting this long for a silent server.
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The connection of the last letter if it still stands, else a new one.
    fn connection(&self, kept: Option<SmtpConnection>) -> Result<SmtpConnection, Said> {
        if let Some(mut connection) = kept
            && connection.test_connected()
        {
            return Ok(connection);
        }
        self.connect().map_err(|error| self.told(&error))
    }

    fn connect(&self) -> Result<SmtpConnection, Error> {
        let tls = match self.settings.security {
            Security::Plain => None,
            Security::StartTls | Security::Tls => Some(self.tls()?),
        };
        let from_the_start = tls
            .as_ref()
            .filter(|_| self.settings.security == Security::Tls);
        let me = ClientId::default();
        let mut connection = SmtpConnection::connect(
            (self.settings.host.as_str(), self.settings.port),
            Some(self.patience),
            &me,
            from_the_start,
            None,
        )?;
        if let Some(tls) = &tls
            && self.settings.security == Security::StartTls
        {
            connection.starttls(tls, &me)?;
        }
        if let Some(login) = &self.login {
            let credentials =
                Credentials::new(login.user.clone(), login.password.expose().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        let mut tls = TlsParameters::builder(self.settings.host.clone());
        if let Some(ca) = &self.ca {
            tls = tls.add_root_certificate(ca.clone());
        }
        tls.build()
    }

    /// Sends over a standing connection; what became of it, and whether the
    /// connection still stands.
    fn send(
        &self,
        connection: &mut SmtpConnection,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> (Delivery, bool) {
        if let Err(error) = announce(connection, envelope) {
            let why = self.told(&error);
            let stands = error.status().is_some() && connection.command(Rset).is_ok();
            let delivery = if error.is_permanent() && !wants_login(&error) {
                Delivery::Refused(why)
            } else {
                Delivery::TryLater(why)
            };
            return (delivery, stands);
        }
        match connection.message(bytes) {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                (Delivery::Accepted(self.said(&answer)), true)
            }
            Ok(answer) => (Delivery::Unclear(self.said(&answer)), false),
            Err(error) => {
                let why = self.told(&error);
                let delivery = if error.is_permanent() {
                    Delivery::Refused(why)
                } else if error.is_transient() {
                    Delivery::TryLater(why)
                } else {
                    Delivery::Unclear(why)
                };
                (delivery, error.status().is_some())
            }
        }
    }

    /// What went wrong, in words that are safe to keep and show.
    fn told(&self, error: &Error) -> Said {
        let source = error.source().map(ToString::to_string);
        let said = source.as_deref().unwrap_or_default();
        if let Some(code) = error.status() {
            return self.fact(&format!("{code} {said}"));
        }
        let broke = error
            .source()
            .and_then(|source| source.downcast_ref::<io::Error>())
            .map(io::Error::kind);
        match broke {
            Some(io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return self.fact(&format!("no answer for {} s", self.patience.as_secs()));
            }
            Some(
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe,
            ) => return self.fact("hung up"),
            _ => {}
        }
        if error.is_response() {
            return self.fact(&format!("hung up, or no SMTP: {said}"));
        }
        match source {
            Some(said) => self.fact(&said),
            None => self.fact(&error.to_string()),
        }
    }

    fn said(&self, answer: &Response) -> Said {
        let lines: Vec<&str> = answer.message().collect();
        self.fact(&format!("{} {}", answer.code(), lines.join(" ")))
    }

    /// A server may repeat what it was sent: the password is taken out.
    fn fact(&self, text: &str) -> Said {
        let mut text = text.to_owned();
        if let Some(Login { user, password }) = &self.login {
            let password = password.expose();
            let plain = format!("\0{user}\0{password}");
            for secret in [
                BASE64.encode(plain.as_bytes()),
                BASE64.encode(password.as_bytes()),
                password.to_owned(),
            ] {
                if !secret.is_empty() {
                    text = text.replace(&secret, "…");
                }
            }
        }
        let SmtpSettings { host, port, .. } = &self.settings;
        format!("{host}:{port}: {text}").into()
    }
}

impl Mailer for SmtpMailer {
    fn deliver(&self, letter: &Letter) -> Delivery {
        let composed = match compose(letter, &self.from) {
            Ok(composed) => composed,
            Err(why) => return Delivery::Refused(why),
        };
        let mut kept = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut connection = match self.connection(kept.take()) {
            Ok(connection) => connection,
            Err(why) => return Delivery::Unreachable(why),
        };
        let (delivery, stands) = self.send(&mut connection, &composed.envelope, &composed.bytes);
        if stands {
            *kept = Some(connection);
        }
        delivery
    }
}

impl Drop for SmtpMailer {
    fn drop(&mut self) {
        let kept = self
            .connection
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(mut connection) = kept.take() {
            // A courtesy to the server; all letters are settled.
            let _ = connection.set_timeout(Some(Duration::from_secs(1)));
            let _ = connection.quit();
        }
    }
}

/// Everything before the letter itself.
fn announce(connection: &mut SmtpConnection, envelope: &Envelope) -> Result<(), Error> {
    connection.command(Mail::new(envelope.from().cloned(), vec![]))?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![]))?;
    }
    connection.command(Data)?;
    Ok(())
}

/// Whether a refusal is about us and not about the letter: the login is
/// missing, wrong or too weak (RFC 4954).
fn wants_login(error: &Error) -> bool {
    error
        .status()
        .is_some_and(|code| [530, 534, 535, 538].contains(&u16::from(code)))
}

fn read_ca(path: &Path) -> Result<Certificate, Problem> {
    let shown = untrusted::visible(&path.display().to_string());
    let pem = fs::read(path).map_err(|error| {
        Problem::setup("smtp_ca_file", format!("`{shown}` cannot be read: {error}"))
            .hint("Name the file that holds your mail server's CA certificate.")
    })?;
    let is_one = pem
        .windows(27)
        .any(|words| words == b"-----BEGIN CERTIFICATE-----");
    is_one
        .then(|| Certificate::from_pem(&pem).ok())
        .flatten()
        .ok_or_else(|| {
            Problem::setup("smtp_ca_file", format!("`{shown}` holds no certificate"))
                .hint("Give it in PEM: text that begins `-----BEGIN CERTIFICATE-----`.")
        })
}

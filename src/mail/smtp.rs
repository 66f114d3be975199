//! Letters to a mail server.
//!
//! How far a letter got decides what became of it. Until its first byte is
//! handed over nothing has been sent, whatever went wrong; from then on only
//! the server's own word counts, and without it nobody knows.

use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use lettre::address::Envelope;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;

use crate::domain::outbox::Letter;
use crate::domain::outside::Said;
use crate::domain::untrusted;
use crate::plain_file;
use crate::ports::{Delivery, Mailer, Secret};
use crate::problem::Problem;

use super::Sender;
use super::line::{Answer, Line, certificates, trust};
use super::message::compose;
use super::talk::{self, Talk, Trouble};

/// How long a server may take to say good-bye.
const TO_TAKE_LEAVE: Duration = Duration::from_secs(1);

/// The most bytes of a file of CA certificates: the whole world's are 250 KiB.
const MOST_OF_A_CA_FILE: u64 = 1024 * 1024;

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
    /// Certificates trusted besides the system's.
    own: Vec<CertificateDer<'static>>,
    /// Made when first needed: it reads every certificate the system trusts.
    trust: OnceLock<Arc<ClientConfig>>,
    from: Sender,
    kept: Mutex<Option<Talk>>,
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
        let own = match &settings.ca_file {
            Some(path) => read_ca(path)?,
            None => Vec::new(),
        };
        Ok(Self {
            settings,
            login,
            own,
            trust: OnceLock::new(),
            from,
            kept: Mutex::new(None),
        })
    }

    /// The connection of the last letter if it still stands, else a new one.
    fn connection(&self, kept: Option<Talk>, end: Instant) -> Result<Talk, Trouble> {
        if let Some(mut talk) = kept {
            talk.lasts_until(end);
            if talk.stands() {
                return Ok(talk);
            }
        }
        let SmtpSettings { host, port, .. } = &self.settings;
        let line = Line::to(host, *port, end)?;
        let mut talk = match self.settings.security {
            Security::Plain => Talk::over(line)?,
            Security::StartTls => Talk::over(line)?.secured(host, &self.trust()?)?,
            Security::Tls => Talk::over(line.secured(host, &self.trust()?)?)?,
        };
        if let Some(Login { user, password }) = &self.login {
            let password = password.expose();
            talk.log_in(&talk::Login { user, password })?;
        }
        Ok(talk)
    }

    fn trust(&self) -> io::Result<Arc<ClientConfig>> {
        if let Some(made) = self.trust.get() {
            return Ok(Arc::clone(made));
        }
        let made = trust(&self.own).map_err(io::Error::other)?;
        Ok(Arc::clone(self.trust.get_or_init(|| made)))
    }

    /// Sends over a standing connection; what became of it, and whether the
    /// connection still stands.
    fn send(
        &self,
        talk: &mut Talk,
        envelope: &Envelope,
        bytes: &[u8],
        within: Duration,
    ) -> (Delivery, bool) {
        if let Err(trouble) = talk.announce(envelope) {
            let why = self.told(&trouble, within);
            return match trouble {
                Trouble::Said(answer) if is_about_the_login(answer.code) => {
                    (Delivery::NotLetIn(why), talk.stands())
                }
                Trouble::Said(answer) if answer.code >= 500 => {
                    (Delivery::Refused(why), talk.stands())
                }
                Trouble::Said(_) => (Delivery::TryLater(why), talk.stands()),
                // The others would only wait for the same silence.
                Trouble::Broke(error) if error.kind() == ErrorKind::TimedOut => {
                    (Delivery::Unreachable(why), false)
                }
                Trouble::Broke(_) | Trouble::Lacks(_) => (Delivery::TryLater(why), false),
            };
        }
        match talk.hand_over(bytes) {
            Ok(answer) => {
                let said = self.said(&answer);
                match answer.code / 100 {
                    2 => (Delivery::Accepted(said), true),
                    4 => (Delivery::TryLater(said), true),
                    5 => (Delivery::Refused(said), true),
                    _ => (Delivery::Unclear(said), false),
                }
            }
            Err(error) => {
                let why = self.told(&Trouble::Broke(error), within);
                (Delivery::Unclear(why), false)
            }
        }
    }

    /// What went wrong, in words that are safe to keep and show.
    fn told(&self, trouble: &Trouble, within: Duration) -> Said {
        let error = match trouble {
            Trouble::Said(answer) => return self.said(answer),
            Trouble::Lacks(what) => return self.fact(what),
            Trouble::Broke(error) => error,
        };
        match error.kind() {
            ErrorKind::TimedOut => self.fact(&format!("no whole answer in {} s", within.as_secs())),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => self.fact("hung up"),
            _ => self.fact(&error.to_string()),
        }
    }

    fn said(&self, answer: &Answer) -> Said {
        self.fact(&format!("{} {}", answer.code, answer.lines.join(" ")))
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
    fn deliver(&self, letter: &Letter, within: Duration) -> Delivery {
        let end = Instant::now() + within;
        let composed = match compose(letter, &self.from) {
            Ok(composed) => composed,
            Err(why) => return Delivery::Refused(why),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut talk = match self.connection(kept.take(), end) {
            Ok(talk) => talk,
            Err(trouble) => {
                let why = self.told(&trouble, within);
                return match trouble {
                    Trouble::Said(answer) if is_about_the_login(answer.code) => {
                        Delivery::NotLetIn(why)
                    }
                    _ => Delivery::Unreachable(why),
                };
            }
        };
        let (delivery, stands) = self.send(&mut talk, &composed.envelope, &composed.bytes, within);
        if stands {
            *kept = Some(talk);
        }
        delivery
    }
}

impl Drop for SmtpMailer {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut talk) = kept.take() {
            talk.lasts_until(Instant::now() + TO_TAKE_LEAVE);
            talk.take_leave();
        }
    }
}

/// Whether a no is about us and not about the letter: the login is missing,
/// wrong or too weak (RFC 4954).
fn is_about_the_login(code: u16) -> bool {
    [530, 534, 535, 538].contains(&code)
}

fn read_ca(path: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let shown = untrusted::visible(&path.display().to_string());
    let pem = plain_file::read(path, MOST_OF_A_CA_FILE).map_err(|error| {
        Problem::setup("smtp_ca_file", format!("`{shown}` cannot be read: {error}"))
            .hint("Name the file that holds your mail server's CA certificate.")
    })?;
    certificates(&pem).ok_or_else(|| {
        Problem::setup("smtp_ca_file", format!("`{shown}` holds no certificate"))
            .hint("Give it in PEM: text that begins `-----BEGIN CERTIFICATE-----`.")
    })
}

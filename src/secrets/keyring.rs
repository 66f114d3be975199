//! Secrets in the keyring of the person who is logged in.
//!
//! A keyring can keep silent for ever: a prompt waits on a screen that nobody
//! sees, or its service hangs. So each call has a thread of its own, which is
//! left behind when five seconds are over.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ::keyring::{Entry, Error};
use zeroize::Zeroizing;

use crate::domain::outside::Said;
use crate::ports::{Secret, SecretStore};
use crate::problem::Problem;

use super::{checked, secret, storable};

/// The name that desktop tools show these secrets under.
const SERVICE: &str = "dues";

/// How long a keyring is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Keyring {
    /// The command that stores a secret here.
    login: String,
}

impl Keyring {
    pub(super) fn new(login: String) -> Self {
        Self { login }
    }

    fn within_patience<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let owned = checked(name)?.to_owned();
        let (send, answer) = mpsc::channel();
        thread::spawn(move || {
            let done = Entry::new(SERVICE, &owned).and_then(|entry| work(&entry));
            // Past the deadline nobody listens any more.
            let _ = send.send(done);
        });
        match answer.recv_timeout(PATIENCE) {
            Ok(done) => done.map_err(|error| self.told(&error, name)),
            Err(_) => Err(elsewhere(Problem::setup(
                "keyring_silent",
                "the keyring did not answer within 5 s",
            ))),
        }
    }

    /// An error of the keyring in our words. Its own may hold what it read: only
    /// those are passed on that cannot.
    fn told(&self, error: &Error, name: &str) -> Problem {
        match error {
            Error::NoEntry => {
                Problem::setup("no_secret", format!("the keyring has no secret `{name}`"))
                    .hint(format!("Store it with `{}`, as the same user.", self.login))
            }
            Error::NoStorageAccess(_) => elsewhere(Problem::setup(
                "keyring_locked",
                "the keyring is locked, or not set up yet",
            )),
            // Why is a matter of sockets, and the way out always the same.
            Error::NoDefaultStore => {
                elsewhere(Problem::setup("no_keyring", "there is no keyring to reach"))
            }
            Error::PlatformFailure(why) => elsewhere(Problem::setup(
                "keyring_failed",
                format!("the keyring failed: {}", Said::new(&why.to_string())),
            )),
            Error::Ambiguous(_) => Problem::setup(
                "keyring_ambiguous",
                format!("the keyring has more than one secret `{name}` for dues"),
            )
            .hint(format!(
                "Delete them in the keyring, then run `{}`.",
                self.login
            )),
            _ => elsewhere(Problem::setup(
                "keyring_failed",
                format!("the keyring holds nothing readable as `{name}`"),
            )),
        }
    }
}

impl SecretStore for Keyring {
    fn read(&self, name: &str) -> Result<Secret, Problem> {
        let bytes = self.within_patience(name, |entry| entry.get_secret().map(Zeroizing::new))?;
        secret(bytes, "the keyring")
    }

    fn write(&self, name: &str, secret: &Secret) -> Result<(), Problem> {
        storable(secret)?;
        let secret = secret.clone();
        self.within_patience(name, move |entry| {
            entry.set_secret(secret.expose().as_bytes())
        })
    }

    fn delete(&self, name: &str) -> Result<(), Problem> {
        self.within_patience(name, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        })
    }
}

fn elsewhere(problem: Problem) -> Problem {
    problem.hint(
        "Log in to the desktop and unlock its keyring. Where nobody logs in (cron, servers), use the `file` or `credential` source.",
    )
}

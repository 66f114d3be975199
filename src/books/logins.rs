//! Which gateway accounts the book charges through, and where their secrets are kept.

use serde_json::json;

use super::values::{account, in_columns};
use super::{Reader, Tx};
use crate::domain::gateway_account::GatewayAccount;
use crate::problem::{Problem, Result};

/// An account the book is logged in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub account: GatewayAccount,
    /// Where its secret is kept: `keyring`, `file`, …, or `none`.
    pub source: String,
}

/// Says that a gateway cannot be asked before somebody logs in.
#[must_use]
pub fn not_logged_in(gateway: &str) -> Problem {
    Problem::setup(
        "not_logged_in",
        format!("this book is not logged in to {gateway}"),
    )
    .hint(format!("Log in with `dues gateway login {gateway}`."))
}

impl Reader<'_> {
    /// The accounts the book is logged in to.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn logins(self) -> Result<Vec<Login>> {
        self.rows(
            "select gateway, account, source from logins where logged_out_at is null order by gateway",
            [],
            |row| {
                Ok(Login {
                    account: account(row)?,
                    source: row.get("source")?,
                })
            },
        )
    }

    /// Every account that the book charged in or may charge in, whoever is
    /// logged in now.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn accounts(self) -> Result<Vec<GatewayAccount>> {
        self.rows(
            "select gateway, account from logins where logged_out_at is null
             union select gateway, account from attempts order by gateway, account",
            [],
            account,
        )
    }

    /// The account that the book is logged in to at a gateway.
    ///
    /// # Errors
    ///
    /// Exit 3 if nobody is logged in there.
    pub fn login_at(self, gateway: &str) -> Result<Login> {
        let login = self
            .logins()?
            .into_iter()
            .find(|login| login.account.gateway == gateway);
        login.ok_or_else(|| not_logged_in(gateway))
    }
}

impl Tx<'_> {
    /// Records a login; it replaces an earlier one at the same gateway.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_in(&self, login: &Login) -> Result<()> {
        let [gateway, account] = in_columns(&login.account);
        self.end_login(gateway)?;
        self.insert(
            "insert into logins (gateway, account, source, logged_in_at) values (?1, ?2, ?3, ?4)",
            (gateway, account, &login.source, self.at),
        )?;
        self.note(
            "gateway.logged_in",
            json!({"gateway": gateway, "account": account, "source": login.source}),
        )
    }

    /// Ends a login.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn log_out(&self, gateway: &str) -> Result<()> {
        self.end_login(gateway)?;
        self.note("gateway.logged_out", json!({"gateway": gateway}))
    }

    fn end_login(&self, gateway: &str) -> Result<()> {
        self.execute(
            "update logins set logged_out_at = ?2 where gateway = ?1 and logged_out_at is null",
            (gateway, self.at),
        )?;
        Ok(())
    }
}

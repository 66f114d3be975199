//! Where money goes through: an account at a gateway, as one value.
//!
//! A card, a request and a login belong to the same place only if gateway and
//! account are both the same. Test or live is no part of it: that is the book's
//! own, for its life.

use std::fmt;

/// An account at a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GatewayAccount {
    /// The gateway's name, in the book and on the command line: `stripe`.
    pub gateway: String,
    /// What the gateway calls the account: `acct_…`.
    pub id: String,
}

impl GatewayAccount {
    /// The account `id` at `gateway`.
    #[must_use]
    pub fn new(gateway: &str, id: &str) -> Self {
        Self {
            gateway: gateway.to_owned(),
            id: id.to_owned(),
        }
    }
}

/// `account acct_1 of stripe`
impl fmt::Display for GatewayAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} of {}", self.id, self.gateway)
    }
}

/// Whether money is real: of a book for its life, and of the secret that opens an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Test,
    Live,
}

impl Mode {
    const ALL: [Self; 2] = [Self::Test, Self::Live];

    /// In books and on the screen: `test`, `live`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// Reads what [`Mode::word`] writes.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_another_at_another_gateway() {
        let one = GatewayAccount::new("stripe", "acct_1");

        assert_eq!(one, GatewayAccount::new("stripe", "acct_1"));
        assert_ne!(one, GatewayAccount::new("sandbox", "acct_1"));
        assert_ne!(one, GatewayAccount::new("stripe", "acct_2"));
        assert_eq!(one.to_string(), "account acct_1 of stripe");
    }

    #[test]
    fn a_mode_is_read_as_it_is_written() {
        for mode in Mode::ALL {
            assert_eq!(Mode::from_word(&mode.to_string()), Some(mode));
        }
        assert_eq!(Mode::from_word("Live"), None);
    }
}

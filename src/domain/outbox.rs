//! A mail on its way: written with the payment it tells of, sent afterwards.
//!
//! A file in a folder is written, not sent: nobody has got it, and nobody is
//! told twice of one thing unless a person says so.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::ids::MailId;

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// Waiting for its time.
    Queued,
    /// Being handed over. Found so later, its sender died.
    Sending,
    /// The server took it.
    Sent,
    /// Handed over, answer lost; sent once more at most.
    MaybeSent,
    /// A file in a folder, for want of a mail server. Nobody has got it.
    Written,
    /// Refused for good, or tried too often; a person must look.
    Failed,
    /// A person said not to send it.
    Cancelled,
}

impl MailState {
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::MaybeSent,
        Self::Written,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word in the book, in tables and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::MaybeSent => "maybe_sent",
            Self::Written => "written",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl fmt::Display for MailState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What stands in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A mail ready to be handed over. Its id and date never change, so that a
/// second delivery is recognised as the same mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: MailId,
    pub to: String,
    pub wording: Wording,
    /// Without angle brackets: `pay-7.…@dues.invalid`.
    pub message_id: String,
    pub written_at: Timestamp,
}

/// How many times a mail is tried before a person is told.
pub const MOST_TRIES: u32 = 8;

/// How long to wait after the nth try: a minute, doubling, at most six hours.
#[must_use]
pub fn wait_after(tries: u32) -> SignedDuration {
    let minutes = 1_i64 << tries.saturating_sub(1).min(9);
    SignedDuration::from_mins(minutes.min(360))
}

/// A mail that waits longer than this to be sent needs a person.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// A file that is older than this does not go out by itself once there is a
/// mail server: somebody may have sent it by hand, and it may be no news.
pub const FRESH_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What stands between what a mail tells of and how often that was sent again.
const RESENT: &str = ":resent-";

/// What a mail tells of, whichever time it is told: `confirmation:PAY-7`.
#[must_use]
pub fn tells_of(event: &str) -> &str {
    event.split_once(RESENT).map_or(event, |(of, _)| of)
}

/// The event of the nth time that a mail is sent again.
#[must_use]
pub fn told_again(event: &str, n: usize) -> String {
    format!("{}{RESENT}{n}", tells_of(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_again_tells_of_the_same() {
        let first = told_again("confirmation:PAY-7", 1);
        let second = told_again(&first, 2);

        assert_eq!(first, "confirmation:PAY-7:resent-1");
        assert_eq!(second, "confirmation:PAY-7:resent-2");
        assert_eq!(tells_of(&second), "confirmation:PAY-7");
    }
}

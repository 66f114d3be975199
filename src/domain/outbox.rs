//! A mail on its way: written with the payment it tells of, sent afterwards.

use std::fmt;

use jiff::Timestamp;

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
    /// Refused for good, or tried too often; a person must look.
    Failed,
    /// A person said not to send it.
    Cancelled,
}

impl MailState {
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::MaybeSent,
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
pub fn wait_after(tries: u32) -> jiff::SignedDuration {
    let minutes = 1_i64 << tries.saturating_sub(1).min(9);
    jiff::SignedDuration::from_mins(minutes.min(360))
}

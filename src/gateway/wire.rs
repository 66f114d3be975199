//! A request and its answer as bytes, and an honest word about whether it left.
//!
//! A gateway writes and reads bytes; a [`Wire`] carries them. [`Http`] is the
//! real one; a test may put a line in its place that breaks when it is told to.
//!
//! [`Http`]: super::http::Http

use crate::ports::{NotAsked, Secret};
use crate::problem::Problem;

/// The sender's clock: an error when it is too late to send.
pub type StillInTime<'a> = &'a (dyn Fn() -> Result<(), Problem> + Send + Sync);

/// A request, its body apart.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub path: &'a str,
    pub query: &'a [(&'a str, &'a str)],
    pub headers: &'a [(&'a str, &'a str)],
    pub bearer: &'a Secret,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// The header's text, if it has one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, text)| text.as_str())
    }
}

/// What became of a request whose body may have left.
#[derive(Debug, Clone)]
pub enum Sent {
    Reply(Reply),
    /// No answer, or only a part of one; why, for a person to read.
    Lost(String),
}

/// Carries requests to one gateway, each on a connection of its own: an answer
/// is the answer to this request and to no other.
pub trait Wire: Send + Sync {
    /// Asks a question that changes nothing.
    ///
    /// # Errors
    ///
    /// No whole answer came.
    fn get(&self, ask: &Ask<'_>) -> Result<Reply, NotAsked>;

    /// Sends a body at most once. `still_in_time` is asked when a connection
    /// stands, just before the body leaves.
    ///
    /// # Errors
    ///
    /// An error is a promise that no request with this body reached anyone:
    /// the gateway could not be reached, or `still_in_time` said no.
    fn post(
        &self,
        ask: &Ask<'_>,
        body: &[u8],
        still_in_time: StillInTime<'_>,
    ) -> Result<Sent, NotAsked>;
}

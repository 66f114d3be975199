//! Holds a request's body back until its connection stands and its sender says go.
//!
//! reqwest reads a blocking body's first piece at once, while it still
//! connects, but the second only when the connection has fetched the first
//! (or when the connection is gone, and nothing it reads can leave any more).
//! So the first piece is a single byte, and before the second is a question.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::wire::StillInTime;
use crate::problem::Problem;

/// The body, on the side of the connection.
pub(super) struct Gate {
    body: Vec<u8>,
    /// How much of the body was handed over.
    given: usize,
    /// Whether the rest of it may leave.
    open: bool,
    ask: Sender<()>,
    permission: Receiver<bool>,
}

/// The other side of the gate: stays with the sender and its clock.
pub(super) struct Keeper {
    asked: Receiver<()>,
    permit: Sender<bool>,
}

impl Gate {
    pub(super) fn before(body: &[u8]) -> (Self, Keeper) {
        let (ask, asked) = channel();
        let (permit, permission) = channel();
        let gate = Self {
            body: body.to_vec(),
            given: 0,
            open: false,
            ask,
            permission,
        };
        (gate, Keeper { asked, permit })
    }
}

impl Read for Gate {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == 1 && !self.open {
            self.open = self.ask.send(()).is_ok() && self.permission.recv() == Ok(true);
            if !self.open {
                return Err(io::Error::other("too late to send"));
            }
        }
        let end = if self.given == 0 { 1 } else { self.body.len() };
        let piece = &self.body[self.given..end];
        let length = piece.len().min(buffer.len());
        buffer[..length].copy_from_slice(&piece[..length]);
        self.given += length;
        Ok(length)
    }
}

impl Keeper {
    /// Waits for the question, if it comes, and puts it to the sender's
    /// clock. `Ok(false)`: it never came, so the body never left.
    ///
    /// # Errors
    ///
    /// What the clock said; the gate then stays shut.
    pub(super) fn watch(self, still_in_time: StillInTime<'_>) -> Result<bool, Problem> {
        // The gate is dropped with the request: then nobody will ask any more.
        if self.asked.recv().is_err() {
            return Ok(false);
        }
        still_in_time()?;
        // A gate that is gone meanwhile lets nothing through; that cannot be
        // told from here, so it counts as passed.
        let _ = self.permit.send(true);
        Ok(true)
    }
}

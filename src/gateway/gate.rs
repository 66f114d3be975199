//! Holds a request's body back until its connection stands and its sender says go.
//!
//! A connection fetches a body piece by piece, and only once it stands. So the
//! first piece is a single byte, and before the second is a question. Meanwhile
//! the connection reads, too: an answer that comes before the second piece has
//! left is the answer to something else.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot::{Receiver, Sender, channel};

/// The body, on the side of the connection.
pub(super) struct Gate {
    /// What was not handed over yet.
    body: Bytes,
    /// Whether the first byte was.
    has_begun: bool,
    /// Rung once, when the connection wants more than the first byte.
    bell: Option<Sender<()>>,
    permission: Receiver<()>,
}

/// The other side of the gate: stays with the sender and its clock.
pub(super) struct Keeper {
    rung: Receiver<()>,
    permit: Sender<()>,
}

impl Gate {
    pub(super) fn before(body: &[u8]) -> (Self, Keeper) {
        let (bell, rung) = channel();
        let (permit, permission) = channel();
        let gate = Self {
            body: Bytes::copy_from_slice(body),
            has_begun: false,
            bell: Some(bell),
            permission,
        };
        (gate, Keeper { rung, permit })
    }
}

impl Body for Gate {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.body.is_empty() {
            return Poll::Ready(None);
        }
        if !self.has_begun {
            self.has_begun = true;
            return Poll::Ready(Some(Ok(Frame::data(self.body.split_to(1)))));
        }
        if let Some(bell) = self.bell.take() {
            let _ = bell.send(());
        }
        Pin::new(&mut self.permission).poll(context).map(|given| {
            Some(match given {
                Ok(()) => Ok(Frame::data(std::mem::take(&mut self.body))),
                Err(_) => Err(io::Error::other("too late to send")),
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.len() as u64)
    }
}

impl Keeper {
    /// Waits until the connection stands and wants the body; false if the
    /// request ended before that.
    pub(super) async fn is_asked(&mut self) -> bool {
        (&mut self.rung).await.is_ok()
    }

    /// Lets the rest of the body through. A gate that is gone meanwhile lets
    /// nothing through; that cannot be told from here.
    pub(super) fn open(self) {
        let _ = self.permit.send(());
    }
}

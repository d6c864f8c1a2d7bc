//! The contract of a state machine.
//!
//! A flow never blocks, never reads a clock and never draws a random number. Its driver:
//!
//! 1. polls it for output until it answers [`Output::Wait`] or [`Output::Done`];
//! 2. sends what it asks to send, shows what it asks to show;
//! 3. hands it one input, with the time, and polls again.
//!
//! An error of [`Flow::poll_output`] leaves the flow as it was: with a larger buffer the same call
//! succeeds. After an error of [`Flow::handle_input`], poll: [`Output::Done`] says that the error
//! ended the flow, anything else that it goes on.

use core::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::exchange::{Request, Response};
use crate::oauth::grant::Grant;
use crate::time::Instant;

/// A state machine over exchanges, time and the holder's actions.
pub trait Flow {
    /// What the host is told on the way. It may borrow from the buffer.
    type Event<'b>;

    /// What an input brings. It may borrow from the response.
    type Gain<'r>: Gain;

    /// What is saved. It holds secrets: seal it before it touches a disk.
    type Snapshot: Serialize + DeserializeOwned;

    /// Says what to do next. `buffer` takes the request, or the text of the event.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`], or a [`crate::error::Misuse`] of the
    /// configuration. The state is unchanged.
    fn poll_output<'b>(
        &mut self,
        buffer: &'b mut [u8],
    ) -> Result<Output<'b, Self::Event<'b>>, Error>;

    /// Takes what happened. `now` never runs backwards.
    ///
    /// # Errors
    /// What ended the flow, or why the input was not taken; polling tells which.
    fn handle_input<'r>(&mut self, input: Input<'r>, now: Instant)
    -> Result<Self::Gain<'r>, Error>;

    /// The state, for a resumption in another process. Deadlines are saved as what is left of them.
    fn snapshot(&self, now: Instant) -> Self::Snapshot;
}

/// What an input brings, as far as any driver has to know it.
pub trait Gain {
    /// The number of the document that came with the reply and is the answer to what was asked: the
    /// driver tells its [`Sink`](crate::document::Sink) to commit it. At any other end of the
    /// exchange, an error among them, it tells it to abandon what came.
    fn document(&self) -> Option<usize>;
}

/// What an authorization brings: never a document.
impl Gain for Option<Grant> {
    fn document(&self) -> Option<usize> {
        None
    }
}

/// What a flow wants.
#[derive(Debug)]
pub enum Output<'b, E> {
    /// Send this. When its effect is [`crate::exchange::Effect::Once`], save a snapshot first.
    Send(Request<'b>),
    /// Tell the host or the holder.
    Event(E),
    /// Nothing until an input comes, or until this moment, at which [`Input::Timeout`] is due.
    Wait(Instant),
    /// Nothing any more.
    Done,
}

/// What happened.
pub enum Input<'r> {
    /// The reply to the request that was sent last.
    Response(Response<'r>),
    /// The request that was sent last has no reply.
    Failed(SendFailure),
    /// The holder's browser came back with this query (what follows the `?`).
    Redirect(&'r str),
    /// The moment of [`Output::Wait`] has come. Early ones do no harm.
    Timeout,
    /// The host gives up.
    Cancel,
}

impl fmt::Debug for Input<'_> {
    /// Shows no query: it holds a code.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(response) => formatter.debug_tuple("Response").field(response).finish(),
            Self::Failed(failure) => formatter.debug_tuple("Failed").field(failure).finish(),
            Self::Redirect(query) => write!(formatter, "Redirect({} bytes)", query.len()),
            Self::Timeout => formatter.write_str("Timeout"),
            Self::Cancel => formatter.write_str("Cancel"),
        }
    }
}

/// How a request came to have no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// It was not sent: no connection, or no TLS session.
    NotSent,
    /// Some or all of it was sent, and no complete reply came.
    Unanswered,
}

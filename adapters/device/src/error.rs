//! Why there is no reply, and what it means for the request.

use rubrica_core::error::Error as CoreError;
use rubrica_core::flow::SendFailure;

/// Why a request cannot be written as HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// The URL does not begin with `https://`.
    #[error("the service's URL must begin with https://")]
    InsecureUrl,
    /// The URL cannot stand in a request line, or names no host.
    #[error("the URL is not acceptable in HTTP")]
    Url,
    /// The token cannot stand in a header.
    #[error("the token is not acceptable in HTTP")]
    Token,
    /// The value of a header cannot stand in it.
    #[error("a header's value is not acceptable in HTTP")]
    Header,
}

/// Why a document cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// Its source failed.
    #[error("a document cannot be read")]
    Unreadable,
    /// It is longer or shorter than was announced.
    #[error("a document has changed its length")]
    Length,
    /// It is not the one whose digest was announced.
    #[error("a document has changed")]
    Digest,
}

/// What a peer did that no service should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It ended the connection before its reply was complete.
    #[error("the connection was closed before the reply was complete")]
    Closed,
    /// It takes no more bytes of the request.
    #[error("the stream takes no bytes")]
    TakesNothing,
    /// It sent something all the time and came to no end.
    #[error("the exchange took longer than allowed")]
    Deadline,
    /// What it sent is not HTTP/1, or would be another reply to another reader.
    #[error("the reply is not HTTP")]
    NotHttp,
    /// Its status line and headers are too long.
    #[error("the reply's headers are longer than {limit} bytes")]
    HeadTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// One of those lines is too long.
    #[error("a header of the reply is longer than {limit} bytes")]
    LineTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// It has too many headers.
    #[error("the reply has more than {limit} headers")]
    TooManyHeaders {
        /// The limit.
        limit: usize,
    },
    /// The length of its body cannot be read, or is told twice.
    #[error("the reply tells its length in more than one way, or in none that can be read")]
    Length,
    /// Its body is encoded in a way that was not asked for.
    #[error("the reply has an encoding that was not asked for")]
    Encoding,
    /// A chunk of its body cannot be read, or the lines between chunks have no end.
    #[error("a chunk of the reply cannot be read")]
    Chunk,
    /// Its body is too long.
    #[error("the reply is longer than {limit} bytes")]
    BodyTooLong {
        /// The limit, in bytes.
        limit: u64,
    },
    /// It sent one interim reply after another, or changed the protocol.
    #[error("interim replies without an end")]
    Interim,
}

/// Why what came cannot be taken as a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The peer's doing.
    #[error(transparent)]
    Peer(#[from] Misbehaviour),
    /// The reply's buffer is too small.
    #[error("the reply's buffer is too small: at least {needed} bytes are needed")]
    Resource {
        /// Bytes that would have let it go on.
        needed: usize,
    },
    /// The document that was sent cannot be read again, for the comparison with the signed one.
    #[error("{0}")]
    Document(DocumentProblem),
    /// The sink does not take the signed document.
    #[error("the signed document cannot be written")]
    Sink,
}

/// Why a request has no reply. It holds no URL, no header and no part of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError<E> {
    /// The request cannot be written as HTTP.
    #[error(transparent)]
    Unsendable(Unsendable),
    /// There is no connection, or no TLS session.
    #[error("cannot connect to the service")]
    Connect(E),
    /// The stream failed.
    #[error("the connection was lost before the reply was complete")]
    Transport(E),
    /// The peer did what no service should.
    #[error(transparent)]
    Peer(Misbehaviour),
    /// The reply's buffer is too small.
    #[error("the reply's buffer is too small: at least {needed} bytes are needed")]
    Resource {
        /// Bytes that would have let it go on.
        needed: usize,
    },
    /// A document of the request cannot be sent.
    #[error("{problem}")]
    Document {
        /// Why.
        problem: DocumentProblem,
        /// Whether some of the request was sent. Without its end it is no complete request.
        begun: bool,
    },
    /// The sink does not take the signed document.
    #[error("the signed document cannot be written")]
    Sink,
}

impl<E> ExchangeError<E> {
    /// What to tell the flow.
    ///
    /// [`SendFailure::NotSent`] is said only where it is certain that no byte of the request left.
    #[must_use]
    pub const fn failure(&self) -> SendFailure {
        match self {
            Self::Unsendable(_) | Self::Connect(_) | Self::Document { begun: false, .. } => {
                SendFailure::NotSent
            }
            Self::Transport(_)
            | Self::Peer(_)
            | Self::Resource { .. }
            | Self::Sink
            | Self::Document { begun: true, .. } => SendFailure::Unanswered,
        }
    }

    /// Whether another try would fail like this one.
    #[must_use]
    pub const fn is_hopeless(&self) -> bool {
        matches!(self, Self::Unsendable(_) | Self::Document { begun: false, .. })
    }
}

impl<E> From<ReplyError> for ExchangeError<E> {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::Peer(misbehaviour) => Self::Peer(misbehaviour),
            ReplyError::Resource { needed } => Self::Resource { needed },
            ReplyError::Document(problem) => Self::Document { problem, begun: true },
            ReplyError::Sink => Self::Sink,
        }
    }
}

/// What ends the run of a flow. `E` is the stream's error, `S` the store's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error<E, S> {
    /// The flow ended with it, or the request's buffer is too small for what it writes.
    #[error(transparent)]
    Flow(#[from] CoreError),
    /// Nobody could be reached, or another try would fail like the last one.
    #[error(transparent)]
    Exchange(ExchangeError<E>),
    /// The state could not be saved, and the request that must not go twice did not go.
    #[error("the state cannot be saved")]
    Store(S),
    /// The signed document came, was the right one, and the sink could not keep it.
    #[error("the signed document cannot be kept")]
    Sink,
}

//! One exchange over a stream that blocks.

use embedded_io::{Read, Write};
use rubrica_core::document::{Documents, Sent, Sink};
use rubrica_core::exchange::Request;
use rubrica_core::time::Instant;
use zeroize::Zeroize;

use super::incoming::{Incoming, Reply};
use super::limits::Limits;
use super::outgoing::{Connection, Outgoing};
use crate::board::Clock;
use crate::error::{ExchangeError, Misbehaviour};

/// Sends requests over streams that somebody else opens, and brings back their replies.
#[derive(Debug)]
pub struct Http<'h, C, D, K, const HEADERS: usize = 32> {
    /// Tells when an exchange has taken too long.
    pub clock: &'h mut C,
    /// Gives the documents that bodies carry; `()` where there are none.
    pub documents: &'h mut D,
    /// Takes the signed document that a reply brings; `()` where there is none.
    pub sink: &'h mut K,
    /// What is borne from a peer.
    pub limits: Limits<HEADERS>,
}

impl<C: Clock, D: Documents, K: Sink, const HEADERS: usize> Http<'_, C, D, K, HEADERS> {
    /// Sends a request and brings back its reply, whatever its status. Nothing is sent twice.
    ///
    /// `buffer` first takes pieces of the request and then the reply, whose body stands at its start
    /// at the end: the larger it is, the fewer writes and reads there are. After an error it holds
    /// what came of the reply: overwrite it, and the request's buffer.
    ///
    /// Afterwards tell the sink to commit or to abandon, where the request may bring a document.
    ///
    /// A peer may answer before it has taken the whole request, and close. A write that blocks
    /// cannot see that; when it fails, the reply is looked for all the same.
    ///
    /// # Errors
    /// [`ExchangeError`]; hand its [`failure`](ExchangeError::failure) to the flow. The stream must
    /// not be used again.
    pub fn exchange<S: Read + Write>(
        &mut self,
        stream: &mut S,
        request: &Request<'_>,
        connection: Connection,
        buffer: &mut [u8],
    ) -> Result<Reply, ExchangeError<S::Error>> {
        if buffer.is_empty() {
            return Err(ExchangeError::Resource { needed: 1 });
        }
        let deadline = self.clock.now() + self.limits.patience;
        let sent = self.send(stream, request, connection, deadline, buffer);
        buffer.zeroize();
        match sent {
            Ok(sent) => self.receive(stream, request, sent, deadline, buffer),
            Err(error @ ExchangeError::Transport(_)) => {
                let early = self.receive(stream, request, None, deadline, buffer);
                let mut reply = early.map_err(|_| error)?;
                reply.is_persistent = false;
                Ok(reply)
            }
            Err(error) => Err(error),
        }
    }

    fn send<S: Read + Write>(
        &mut self,
        stream: &mut S,
        request: &Request<'_>,
        connection: Connection,
        deadline: Instant,
        buffer: &mut [u8],
    ) -> Result<Option<Sent>, ExchangeError<S::Error>> {
        let mut outgoing = Outgoing::new(request, connection).map_err(ExchangeError::Unsendable)?;
        let mut begun = false;
        loop {
            let count = outgoing
                .read(buffer, self.documents)
                .map_err(|problem| ExchangeError::Document { problem, begun })?;
            if count == 0 {
                break;
            }
            let mut rest = buffer.get(..count).unwrap_or_default();
            while !rest.is_empty() {
                let taken = stream.write(rest).map_err(ExchangeError::Transport)?;
                if taken == 0 {
                    return Err(ExchangeError::Peer(Misbehaviour::TakesNothing));
                }
                begun = true;
                rest = rest.get(taken..).unwrap_or_default();
                self.check(deadline)?;
            }
        }
        stream.flush().map_err(ExchangeError::Transport)?;
        Ok(outgoing.sent())
    }

    fn receive<S: Read + Write>(
        &mut self,
        stream: &mut S,
        request: &Request<'_>,
        sent: Option<Sent>,
        deadline: Instant,
        buffer: &mut [u8],
    ) -> Result<Reply, ExchangeError<S::Error>> {
        let mut incoming = Incoming::new(&self.limits, request, sent);
        while let Some(room) = incoming.room(buffer)? {
            self.check(deadline)?;
            let count = stream.read(room).map_err(ExchangeError::Transport)?;
            incoming.take(count, buffer, self.documents, self.sink)?;
        }
        Ok(incoming.reply())
    }

    fn check<E>(&mut self, deadline: Instant) -> Result<(), ExchangeError<E>> {
        if self.clock.now() > deadline {
            return Err(ExchangeError::Peer(Misbehaviour::Deadline));
        }
        Ok(())
    }
}

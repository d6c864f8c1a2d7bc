//! A reply out of bytes.

use core::fmt;

use rubrica_core::document::{Documents, ExtractError, Extractor, Place, Reception, Sent, Sink};
use rubrica_core::exchange::{Request, Response};

use super::chunked::{Chunked, Taken};
use super::head::{Framing, Head, Scan};
use super::limits::Limits;
use super::{Text, shift};
use crate::error::{DocumentProblem, Misbehaviour, ReplyError};

/// Interim replies (1xx) that are passed over.
const INTERIM: u8 = 8;

/// What a service answered, but for the body, which stands at the start of the caller's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Bytes of the body in the buffer.
    pub length: usize,
    /// Whether the connection can carry another exchange.
    pub is_persistent: bool,
    retry_after: Option<Text>,
    date: Option<Text>,
    document: Reception,
}

impl Reply {
    /// The reply as the core reads it; `buffer` is the one that it was read into.
    #[must_use]
    pub fn response<'r>(&'r self, buffer: &'r mut [u8]) -> Response<'r> {
        Response {
            status: self.status,
            retry_after: self.retry_after.as_ref().map(Text::as_str),
            date: self.date.as_ref().map(Text::as_str),
            body: buffer.get_mut(..self.length).unwrap_or_default(),
            document: self.document,
        }
    }
}

/// A reply on its way in.
///
/// It is fed by three calls: [`room`](Self::room) says where the next bytes go, and that there are
/// none to come; [`take`](Self::take) takes them; [`reply`](Self::reply) is the end. The same buffer
/// is given to all of them. Head and body need not be in it at the same time, chunks are joined in
/// place, and a signed document passes through it to its sink.
pub struct Incoming<'b, const HEADERS: usize = 32> {
    limits: Limits<HEADERS>,
    place: Option<Place<'b>>,
    sent: Option<Sent>,
    extractor: Option<Extractor<'b>>,
    stage: Stage,
    /// Bytes of the buffer that are in use.
    filled: usize,
    interim: u8,
    /// Of the body, as it came.
    received: u64,
    reply: Reply,
}

#[derive(Clone, Copy)]
enum Stage {
    Head(Scan),
    /// So many bytes are still to come.
    Length(u64),
    Chunked(Chunked),
    Close,
    End,
}

impl<'b, const HEADERS: usize> Incoming<'b, HEADERS> {
    /// Nothing read yet of the reply to this request. `sent` is the document that it carried, by
    /// [`Outgoing::sent`](super::Outgoing::sent).
    #[must_use]
    pub fn new(limits: &Limits<HEADERS>, request: &Request<'b>, sent: Option<Sent>) -> Self {
        Self {
            limits: *limits,
            place: request.document,
            sent,
            extractor: None,
            stage: Stage::Head(Scan::default()),
            filled: 0,
            interim: 0,
            received: 0,
            reply: Reply {
                status: 0,
                length: 0,
                is_persistent: false,
                retry_after: None,
                date: None,
                document: Reception::Nothing,
            },
        }
    }

    /// Where the next bytes are to be read to; none when the reply is complete.
    ///
    /// A body that is too long for the buffer is an error with status 200; with an error's status it
    /// is dropped, for the status says what matters: a gateway's page must not leave a signature in
    /// doubt.
    ///
    /// # Errors
    /// [`ReplyError`] for a reply that is larger than the buffer or a limit.
    pub fn room<'r>(&mut self, buffer: &'r mut [u8]) -> Result<Option<&'r mut [u8]>, ReplyError> {
        if matches!(self.stage, Stage::End) {
            return Ok(None);
        }
        let length = buffer.len();
        let room = buffer.get_mut(self.filled..).unwrap_or_default();
        if let Stage::Head(_) = self.stage {
            let left = self.limits.head.saturating_sub(self.filled);
            let bound = room.len().min(left);
            return match room.get_mut(..bound).filter(|room| !room.is_empty()) {
                Some(room) => Ok(Some(room)),
                None if left == 0 => {
                    Err(Misbehaviour::HeadTooLong { limit: self.limits.head }.into())
                }
                None => Err(ReplyError::Resource { needed: length.saturating_add(1) }),
            };
        }
        let more = match self.stage {
            // How much of what comes will be kept is not known.
            _ if self.extractor.is_some() => 1,
            Stage::Length(left) => left,
            Stage::Chunked(chunked) => chunked.left().saturating_add(1),
            _ => 1,
        };
        let more = usize::try_from(more).unwrap_or(usize::MAX);
        if room.is_empty() || more > room.len() {
            if self.reply.status >= 300 {
                self.drop_body();
                return Ok(None);
            }
            // No buffer is large enough for a chunk that is larger than any body may be.
            if let Stage::Chunked(chunked) = self.stage
                && self.received.saturating_add(chunked.left()) > self.limits.body
            {
                return Err(self.too_long());
            }
            return Err(ReplyError::Resource { needed: self.filled.saturating_add(more) });
        }
        Ok(Some(room))
    }

    fn drop_body(&mut self) {
        self.stage = Stage::End;
        self.filled = 0;
        self.reply.is_persistent = false;
    }

    /// Takes so many bytes that have been read to where [`room`](Self::room) said; 0 is the end of
    /// the connection. A signed document goes to the sink, and is compared with the one that was
    /// sent: whoever drives this tells the sink to commit or to abandon.
    ///
    /// # Errors
    /// [`ReplyError`] for what is no reply, or one larger than a limit, and for a source or a sink
    /// that fails.
    pub fn take<D: Documents, K: Sink>(
        &mut self,
        count: usize,
        buffer: &mut [u8],
        documents: &mut D,
        sink: &mut K,
    ) -> Result<(), ReplyError> {
        if !K::ANY {
            // What is kept whole is told the room that it needs.
            self.place = None;
        }
        if count == 0 {
            self.reply.is_persistent = false;
            return match self.stage {
                Stage::Close | Stage::End => {
                    self.stage = Stage::End;
                    Ok(())
                }
                _ => Err(Misbehaviour::Closed.into()),
            };
        }
        let start = self.filled;
        let end = start.saturating_add(count).min(buffer.len());
        self.filled = end;
        let start = if let Stage::Head(_) = self.stage {
            self.take_head(start, buffer)?;
            0
        } else {
            start
        };
        if matches!(self.stage, Stage::Head(_)) {
            return Ok(());
        }
        let piece = buffer.get_mut(start..self.filled).unwrap_or_default();
        let count = self.take_body(piece)?;
        let kept = match (&mut self.extractor, piece.get_mut(..count)) {
            (Some(extractor), Some(body)) => {
                extractor.push(body, documents, sink).map_err(|error| match error {
                    ExtractError::Source(_) => ReplyError::Document(DocumentProblem::Unreadable),
                    ExtractError::Sink(_) => ReplyError::Sink,
                })?
            }
            _ => count,
        };
        self.filled = start.saturating_add(kept);
        Ok(())
    }

    /// Looks through what came from `start` on for the end of the head. What follows it, of the body,
    /// then stands at the start of the buffer.
    fn take_head(&mut self, mut start: usize, buffer: &mut [u8]) -> Result<(), ReplyError> {
        while let Stage::Head(scan) = &mut self.stage {
            let piece = buffer.get(start..self.filled).unwrap_or_default();
            let Some(length) = scan.take(piece, self.limits.line)? else { return Ok(()) };
            let end = start.saturating_add(length);
            let head = Head::parse::<HEADERS>(buffer.get(..end).unwrap_or_default())?;
            let rest = self.filled.saturating_sub(end);
            shift(buffer, end, rest, 0);
            self.filled = rest;
            start = 0;
            match head.status {
                // Nobody asked for another protocol.
                101 => return Err(Misbehaviour::Interim.into()),
                100..200 => {
                    self.interim += 1;
                    if self.interim > INTERIM {
                        return Err(Misbehaviour::Interim.into());
                    }
                    self.stage = Stage::Head(Scan::default());
                }
                _ => self.begin_body(&head)?,
            }
        }
        Ok(())
    }

    fn begin_body(&mut self, head: &Head) -> Result<(), ReplyError> {
        self.reply = Reply {
            status: head.status,
            length: 0,
            is_persistent: head.persistent && head.framing != Framing::Close,
            retry_after: head.retry_after,
            date: head.date,
            document: Reception::Nothing,
        };
        if head.status == 200 {
            self.extractor = self.place.map(|place| Extractor::new(place, self.sent));
        }
        self.stage = match head.framing {
            Framing::Length(length) if length > self.limits.body => {
                return Err(self.too_long());
            }
            Framing::Length(length) => Stage::Length(length),
            Framing::Chunked => Stage::Chunked(Chunked::new()),
            Framing::Close => Stage::Close,
        };
        Ok(())
    }

    fn too_long(&self) -> ReplyError {
        Misbehaviour::BodyTooLong { limit: self.limits.body }.into()
    }

    /// Frees a piece of the body from chunks, and says how many bytes of it are left.
    fn take_body(&mut self, piece: &mut [u8]) -> Result<usize, ReplyError> {
        let whole = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let taken = match &mut self.stage {
            Stage::Length(left) => {
                let body = usize::try_from(*left).unwrap_or(usize::MAX).min(piece.len());
                *left = left.saturating_sub(whole(body));
                Taken { body, excess: piece.len().saturating_sub(body) }
            }
            Stage::Chunked(chunked) => chunked.take(piece)?,
            _ => Taken { body: piece.len(), excess: 0 },
        };
        let is_over = match self.stage {
            Stage::Length(left) => left == 0,
            Stage::Chunked(chunked) => chunked.is_over(),
            _ => false,
        };
        self.received = self.received.saturating_add(whole(taken.body));
        if self.received > self.limits.body {
            return Err(self.too_long());
        }
        if taken.excess > 0 {
            // What follows a reply that nobody waits for is no reply to anything.
            self.reply.is_persistent = false;
        }
        if is_over {
            self.stage = Stage::End;
        }
        Ok(taken.body)
    }

    /// The reply, when [`room`](Self::room) has said that it is complete.
    #[must_use]
    pub fn reply(self) -> Reply {
        let document = self.extractor.map_or(Reception::Nothing, Extractor::finish);
        Reply { length: self.filled, document, ..self.reply }
    }
}

impl<const HEADERS: usize> fmt::Debug for Incoming<'_, HEADERS> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Incoming").field("reply", &self.reply).finish_non_exhaustive()
    }
}

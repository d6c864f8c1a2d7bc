//! A reply, and its body within bounds.

use core::ops::ControlFlow;
use std::io::Read;

use rubrica_core::document::{Documents, ExtractError, Extractor, Place, Reception, Sent, Sink};
use rubrica_core::exchange::Response;
use ureq::http;
use zeroize::{Zeroize, Zeroizing};

use crate::error::{DocumentProblem, TransportError};

/// What a service answered, but for the body, which stands in the caller's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header.
    pub date: Option<String>,
    /// The signed document that came, which the sink has.
    pub document: Reception,
}

impl Reply {
    /// The reply as the core reads it, with the body that [`crate::Transport::send`] brought.
    #[must_use]
    pub fn response<'r>(&'r self, body: &'r mut [u8]) -> Response<'r> {
        Response {
            status: self.status,
            retry_after: self.retry_after.as_deref(),
            date: self.date.as_deref(),
            body,
            document: self.document,
        }
    }

    pub(crate) fn new<B>(response: &http::Response<B>) -> Self {
        let header = |name| {
            let value: Option<&http::HeaderValue> = response.headers().get(name);
            value.and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        Self {
            status: response.status().as_u16(),
            retry_after: header(http::header::RETRY_AFTER),
            date: header(http::header::DATE),
            document: Reception::Nothing,
        }
    }
}

/// Bytes that are read at once.
const CHUNK: usize = 16 * 1024;

/// Reads a body of at most `limit` bytes into `out`, which is empty.
pub(crate) fn read_body(
    body: &mut ureq::Body,
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), TransportError> {
    if let Some(announced) = body.content_length() {
        let length = usize::try_from(announced).ok().filter(|&length| length <= limit);
        make_room(out, length.ok_or(TransportError::BodyTooLarge { limit })?);
    }
    read_pieces(body, |piece| keep(piece, limit, out).map(ControlFlow::Continue))
}

/// Reads a body of any length: a document in it goes to the sink, and at most `limit` bytes beside
/// it go into `out`, which is empty.
pub(crate) fn extract_body<D: Documents, S: Sink>(
    body: &mut ureq::Body,
    limit: usize,
    out: &mut Vec<u8>,
    (place, sent): (Place<'_>, Option<Sent>),
    documents: &mut D,
    sink: &mut S,
) -> Result<Reception, TransportError> {
    let is_all_document = matches!(place, Place::Body { .. });
    let mut extractor = Extractor::new(place, sent);
    read_pieces(body, |piece| {
        let kept = extractor.push(piece, documents, sink).map_err(|error| match error {
            ExtractError::Source(_) => {
                TransportError::Document { problem: DocumentProblem::Unreadable, begun: true }
            }
            ExtractError::Sink(_) => TransportError::Sink,
        })?;
        keep(piece.get(..kept).unwrap_or_default(), limit, out)?;
        // One that is longer than it may be might have no end.
        Ok(match is_all_document && extractor.is_malformed() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        })
    })?;
    Ok(extractor.finish())
}

fn read_pieces(
    body: &mut ureq::Body,
    mut take: impl FnMut(&mut [u8]) -> Result<ControlFlow<()>, TransportError>,
) -> Result<(), TransportError> {
    let mut chunk = Zeroizing::new([0; CHUNK]);
    let mut reader = body.as_reader();
    loop {
        let count = reader.read(chunk.as_mut_slice()).map_err(TransportError::from_reading)?;
        match chunk.get_mut(..count) {
            Some([]) | None => return Ok(()),
            Some(piece) => {
                if take(piece)?.is_break() {
                    return Ok(());
                }
            }
        }
    }
}

fn keep(piece: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), TransportError> {
    if piece.len() > limit.saturating_sub(out.len()) {
        return Err(TransportError::BodyTooLarge { limit });
    }
    make_room(out, piece.len());
    out.extend_from_slice(piece);
    Ok(())
}

/// Makes room for so many more bytes, and overwrites the place that is given up: a reply may hold a
/// token.
fn make_room(out: &mut Vec<u8>, more: usize) {
    let needed = out.len().saturating_add(more);
    if needed > out.capacity() {
        let mut larger = Vec::with_capacity(needed.max(out.capacity().saturating_mul(2)));
        larger.extend_from_slice(out);
        out.zeroize();
        *out = larger;
    }
}

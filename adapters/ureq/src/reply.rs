//! A reply, and its body within bounds.

use std::io::Read;

use rubrica_core::exchange::Response;
use ureq::http;
use zeroize::{Zeroize, Zeroizing};

use crate::error::TransportError;

/// What a service answered, but for the body, which stands in the caller's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header.
    pub date: Option<String>,
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
    let too_large = TransportError::BodyTooLarge { limit };
    if let Some(announced) = body.content_length() {
        let length = usize::try_from(announced).ok().filter(|&length| length <= limit);
        make_room(out, length.ok_or_else(|| too_large.clone())?);
    }
    let mut chunk = Zeroizing::new([0; CHUNK]);
    let mut reader = body.as_reader();
    loop {
        let count = reader.read(chunk.as_mut_slice()).map_err(TransportError::from_reading)?;
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        if bytes.len() > limit.saturating_sub(out.len()) {
            return Err(too_large);
        }
        make_room(out, bytes.len());
        out.extend_from_slice(bytes);
    }
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

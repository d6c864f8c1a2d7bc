//! A request as bytes.

use core::fmt;

use rubrica_core::document::{BodyError, BodyReader, Documents, Sent};
use rubrica_core::exchange::{Method, Request};

use super::decimal::Decimal;
use super::target::{Target, is_visible};
use crate::error::{DocumentProblem, Unsendable};

/// A request on its way out: it is read out in pieces of any size, head and body alike.
///
/// Nothing of it is kept here: the head is put together from the parts of the request as it is read,
/// and documents come from their source.
pub struct Outgoing<'b> {
    request: Request<'b>,
    target: Target<'b>,
    length: Decimal,
    connection: Connection,
    /// The part of the head that comes next, and how much of it has been read.
    part: usize,
    read: usize,
    body: BodyReader<'b>,
    /// Bytes that the body still owes.
    owed: u64,
}

/// What becomes of the connection after the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// It is kept for another one, if the peer keeps it too.
    Keep,
    /// It is closed, and the peer is told so.
    Close,
}

/// What this program calls itself.
const USER_AGENT: &str =
    concat!("\r\nUser-Agent: rubrica/", env!("CARGO_PKG_VERSION"), "\r\nAccept: ");

impl<'b> Outgoing<'b> {
    /// Starts to read a request out.
    ///
    /// # Errors
    /// [`Unsendable`] for a request that cannot be written as HTTP.
    pub fn new(request: &Request<'b>, connection: Connection) -> Result<Self, Unsendable> {
        let target = Target::new(request.url)?;
        if !request.bearer.is_none_or(is_visible) {
            return Err(Unsendable::Token);
        }
        if request.header.is_some_and(|(_, value)| !is_visible(value)) {
            return Err(Unsendable::Header);
        }
        let owed = request.body.length();
        Ok(Self {
            request: *request,
            target,
            length: Decimal::new(owed),
            connection,
            part: 0,
            read: 0,
            body: request.body.reader(),
            owed,
        })
    }

    /// Writes the next bytes into `out`; 0 only at the end, or when `out` is empty.
    ///
    /// The last bytes of the body are handed out only when nothing stands behind them, so that a
    /// document that has grown never makes a complete request.
    ///
    /// # Errors
    /// [`DocumentProblem`]; the request must then be given up.
    pub fn read<D: Documents>(
        &mut self,
        out: &mut [u8],
        documents: &mut D,
    ) -> Result<usize, DocumentProblem> {
        let mut written = 0;
        while let Some(room) = out.get_mut(written..).filter(|room| !room.is_empty()) {
            let count = match self.part() {
                Some(part) => {
                    let rest = part.as_bytes().get(self.read..).unwrap_or_default();
                    let count = copy(rest, room);
                    if count == rest.len() {
                        self.part += 1;
                        self.read = 0;
                    } else {
                        self.read += count;
                    }
                    count
                }
                None => match self.read_body(room, documents)? {
                    0 => break,
                    count => count,
                },
            };
            written += count;
        }
        Ok(written)
    }

    /// The document that went out last, when all of it did.
    #[must_use]
    pub const fn sent(&self) -> Option<Sent> {
        self.body.sent()
    }

    fn read_body<D: Documents>(
        &mut self,
        out: &mut [u8],
        documents: &mut D,
    ) -> Result<usize, DocumentProblem> {
        let count = self.body.read(out, documents).map_err(problem)?;
        self.owed = self.owed.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        if self.owed == 0 && count > 0 && self.body.read(&mut [0], documents).map_err(problem)? > 0
        {
            return Err(DocumentProblem::Length);
        }
        Ok(count)
    }

    /// The part of the head that comes next; none when it is over. A part that this request has no
    /// need of is empty.
    fn part(&self) -> Option<&str> {
        let Self { request, target, .. } = self;
        let has_body = request.method != Method::Get || self.body_length() > 0;
        Some(match self.part {
            0 => request.method.as_str(),
            1 if target.path.starts_with('/') => " ",
            1 => " /",
            2 => target.path,
            3 => " HTTP/1.1\r\nHost: ",
            4 => target.authority,
            5 => USER_AGENT,
            6 => request.accept,
            7 if request.bearer.is_some() => "\r\nAuthorization: Bearer ",
            8 => request.bearer.unwrap_or_default(),
            9 if request.content_type.is_some() => "\r\nContent-Type: ",
            10 => request.content_type.map_or("", |kind| kind.as_str()),
            11 if has_body => "\r\nContent-Length: ",
            12 if has_body => self.length.as_str(),
            13 if self.connection == Connection::Close => "\r\nConnection: close",
            14 if request.header.is_some() => "\r\n",
            15 => request.header.map_or("", |(name, _)| name),
            16 if request.header.is_some() => ": ",
            17 => request.header.map_or("", |(_, value)| value),
            18 => "\r\n\r\n",
            19.. => return None,
            _ => "",
        })
    }

    const fn body_length(&self) -> u64 {
        self.request.body.length()
    }
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Outgoing").field(&self.request).finish()
    }
}

fn problem<E>(error: BodyError<E>) -> DocumentProblem {
    match error {
        BodyError::Source(_) => DocumentProblem::Unreadable,
        BodyError::Length => DocumentProblem::Length,
        BodyError::Digest => DocumentProblem::Digest,
    }
}

/// Copies as much as fits.
fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let mut count = 0;
    for (place, byte) in to.iter_mut().zip(from) {
        *place = *byte;
        count += 1;
    }
    count
}

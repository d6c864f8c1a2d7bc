//! A reply's status line and headers.

use super::Text;
use crate::error::Misbehaviour;

/// What a head says, as far as an exchange has to do with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) retry_after: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) framing: Framing,
    /// Whether the peer keeps the connection.
    pub(super) persistent: bool,
}

/// How the end of a body is told (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its length.
    Length(u64),
    /// By the chunked transfer coding.
    Chunked,
    /// By the end of the connection.
    Close,
}

/// Looks for the empty line that ends a head, in pieces of any size.
///
/// A line feed without a carriage return, or the other way round, ends a line for some readers and
/// not for others: neither is taken, although `httparse` would take the first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scan {
    /// Bytes of the current line.
    line: usize,
    after_return: bool,
}

impl Scan {
    /// The number of bytes of the piece that belong to the head, when it ends there.
    pub(super) fn take(
        &mut self,
        piece: &[u8],
        longest: usize,
    ) -> Result<Option<usize>, Misbehaviour> {
        for (place, &byte) in piece.iter().enumerate() {
            match (self.after_return, byte) {
                (true, b'\n') if self.line == 0 => return Ok(Some(place + 1)),
                (true, b'\n') => *self = Self::default(),
                (false, b'\r') => self.after_return = true,
                (true, _) | (false, b'\n') => return Err(Misbehaviour::NotHttp),
                _ => self.line += 1,
            }
            if self.line > longest {
                return Err(Misbehaviour::LineTooLong { limit: longest });
            }
        }
        Ok(None)
    }
}

impl Head {
    /// Reads a head that is whole.
    pub(super) fn parse<const HEADERS: usize>(bytes: &[u8]) -> Result<Self, Misbehaviour> {
        let mut slots = [httparse::EMPTY_HEADER; HEADERS];
        let mut response = httparse::Response::new(&mut slots);
        match response.parse(bytes) {
            Ok(httparse::Status::Complete(length)) if length == bytes.len() => {}
            Err(httparse::Error::TooManyHeaders) => {
                return Err(Misbehaviour::TooManyHeaders { limit: HEADERS });
            }
            _ => return Err(Misbehaviour::NotHttp),
        }
        let status = response.code.filter(|&code| code >= 100).ok_or(Misbehaviour::NotHttp)?;
        let is_current = response.version == Some(1);
        let mut fields = Fields::default();
        for header in response.headers.iter() {
            fields.take(header.name, header.value)?;
        }
        let framing = fields.framing(is_current)?;
        let has_body = !matches!(status, 100..200 | 204 | 304);
        Ok(Self {
            status,
            retry_after: fields.retry_after,
            date: fields.date,
            // These never have a body, whatever the headers say (RFC 9112 §6.3).
            framing: if has_body { framing } else { Framing::Length(0) },
            // A peer that announces a body where none can be may send it all the same, and it would
            // be read as the next reply.
            persistent: is_current
                && !fields.closes
                && (has_body || !fields.chunked && fields.length.unwrap_or(0) == 0),
        })
    }
}

/// A header that an exchange has to do with.
#[derive(Clone, Copy)]
enum Field {
    Length,
    TransferEncoding,
    ContentEncoding,
    Connection,
    RetryAfter,
    Date,
}

const NAMES: [(&str, Field); 6] = [
    ("content-length", Field::Length),
    ("transfer-encoding", Field::TransferEncoding),
    ("content-encoding", Field::ContentEncoding),
    ("connection", Field::Connection),
    ("retry-after", Field::RetryAfter),
    ("date", Field::Date),
];

/// What those headers say.
#[derive(Default)]
struct Fields {
    length: Option<u64>,
    chunked: bool,
    closes: bool,
    retry_after: Option<Text>,
    date: Option<Text>,
}

impl Fields {
    fn take(&mut self, name: &str, value: &[u8]) -> Result<(), Misbehaviour> {
        let value = value.trim_ascii();
        let field = NAMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        match field.map(|(_, field)| field) {
            Some(Field::Length) => {
                let length = number(value).ok_or(Misbehaviour::Length)?;
                if self.length.replace(length).is_some() {
                    return Err(Misbehaviour::Length);
                }
            }
            Some(Field::TransferEncoding) => {
                if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Misbehaviour::Encoding);
                }
                self.chunked = true;
            }
            Some(Field::ContentEncoding) if !value.eq_ignore_ascii_case(b"identity") => {
                return Err(Misbehaviour::Encoding);
            }
            Some(Field::Connection) => {
                let mut options = value.split(|&byte| byte == b',');
                self.closes |=
                    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
            }
            Some(Field::RetryAfter) => {
                self.retry_after = self.retry_after.or_else(|| Text::new(value));
            }
            Some(Field::Date) => self.date = self.date.or_else(|| Text::new(value)),
            Some(Field::ContentEncoding) | None => {}
        }
        Ok(())
    }

    /// How the end of the body is told. Both ways at once, and chunks in an old version, are how a
    /// reply is smuggled past somebody (RFC 9112 §6.1, §11.2).
    fn framing(&self, is_current: bool) -> Result<Framing, Misbehaviour> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Misbehaviour::Length),
            (true, None) if is_current => Ok(Framing::Chunked),
            (true, None) => Err(Misbehaviour::Encoding),
            (false, Some(length)) => Ok(Framing::Length(length)),
            (false, None) => Ok(Framing::Close),
        }
    }
}

/// A number in decimal digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    let mut number = None;
    for &byte in digits {
        let digit = char::from(byte).to_digit(10)?;
        number = Some(number.unwrap_or(0_u64).checked_mul(10)?.checked_add(u64::from(digit))?);
    }
    number
}

//! One request and how to read its reply.
//!
//! An exchange is a value. It knows no clock, no randomness and no network: it writes a request into
//! the caller's buffer and reads the reply out of the caller's buffer.

use core::fmt;

use crate::codec::buffer::as_text;
use crate::codec::{decimal, http_date};
use crate::document::{Body, Place, Reception};
use crate::error::{Error, PeerError};
use crate::time::Duration;

/// Something that a service can be asked.
pub trait Exchange {
    /// What the answer tells. It may borrow from the response's body.
    type Reply<'r>;

    /// Writes the request into `buffer`.
    ///
    /// The buffer then holds secrets (a token, a code): overwrite it when the request is sent.
    ///
    /// # Errors
    /// [`crate::error::ResourceError::BufferTooSmall`] with the size that is needed, or a
    /// [`crate::error::Misuse`] of what the service would refuse.
    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error>;

    /// Reads the reply. The body is overwritten while it is read.
    ///
    /// # Errors
    /// [`PeerError`] for an answer that is a refusal, or is not the answer to this request.
    fn reply<'r>(&self, response: Response<'r>) -> Result<Self::Reply<'r>, Error>;
}

/// A request's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`, without a body.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
}

impl Method {
    /// The word of the request line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// What a request may have done by the time its answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It may be sent again.
    Safe,
    /// It may have been billed, or may have signed: the journal is written before it is sent, and it
    /// is not sent again unless the host says so.
    Once,
}

/// The type of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType<'b> {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/jwt` (RFC 7519 §10.3.1).
    Jwt,
    /// `application/timestamp-query` (RFC 3161 §3.4).
    TimeStampQuery,
    /// `multipart/form-data` (RFC 7578), the header's whole value with the boundary in it.
    Multipart(&'b str),
}

impl<'b> ContentType<'b> {
    /// The value of the `Content-Type` header.
    #[must_use]
    pub const fn as_str(self) -> &'b str {
        match self {
            Self::Json => "application/json;charset=UTF-8",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Jwt => "application/jwt",
            Self::TimeStampQuery => "application/timestamp-query",
            Self::Multipart(value) => value,
        }
    }
}

/// A request, ready to be sent over TLS to the host of its URL.
#[derive(Clone, Copy)]
pub struct Request<'b> {
    /// The method.
    pub method: Method,
    /// The absolute URL; it begins with `https://`.
    pub url: &'b str,
    /// The value for `Authorization: Bearer`.
    pub bearer: Option<&'b str>,
    /// The type of the body, when there is one.
    pub content_type: Option<ContentType<'b>>,
    /// The value for `Accept`.
    pub accept: &'static str,
    /// One more header, by its name and its value, which is visible ASCII.
    pub header: Option<(&'static str, &'b str)>,
    /// The body.
    pub body: Body<'b>,
    /// Where in a reply of status 200 a signed document may stand: it is taken out of the reply with
    /// an [`Extractor`](crate::document::Extractor) while it arrives. A driver that does not look
    /// hands over the whole reply, and needs the memory for it.
    pub document: Option<Place<'b>>,
    /// Whether it may be sent again.
    pub effect: Effect,
}

impl<'b> Request<'b> {
    /// A request that posts a body and is answered with JSON, without a token.
    #[inline]
    pub(crate) fn post(
        url: &'b [u8],
        content_type: ContentType<'b>,
        body: &'b [u8],
        effect: Effect,
    ) -> Self {
        Self {
            method: Method::Post,
            url: as_text(url),
            bearer: None,
            content_type: Some(content_type),
            accept: "application/json",
            header: None,
            body: Body::Bytes(body),
            document: None,
            effect,
        }
    }

    /// A request without a body that may be sent again.
    #[inline(never)]
    pub(crate) const fn get(url: &'b str, accept: &'static str) -> Self {
        Self {
            method: Method::Get,
            url,
            bearer: None,
            content_type: None,
            accept,
            header: None,
            body: Body::Empty,
            document: None,
            effect: Effect::Safe,
        }
    }
}

impl fmt::Debug for Request<'_> {
    /// Shows the URL without its query, which may hold a code.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split_once('?').map_or(self.url, |(url, _)| url);
        let body = self.body.length();
        write!(formatter, "{} {url} ({body} bytes, {:?})", self.method.as_str(), self.effect)
    }
}

/// A reply. Every status is a reply; redirects are not followed.
pub struct Response<'r> {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<&'r str>,
    /// The `Date` header: the service's own clock, against which a date in `Retry-After` is read.
    pub date: Option<&'r str>,
    /// The body, complete and no longer than the caller's bound. It is overwritten by reading.
    pub body: &'r mut [u8],
    /// The document that was taken out of the body.
    pub document: Reception,
}

impl<'r> Response<'r> {
    /// A reply without headers that matter, out of whose body nothing was taken.
    #[must_use]
    pub const fn new(status: u16, body: &'r mut [u8]) -> Self {
        Self { status, retry_after: None, date: None, body, document: Reception::Nothing }
    }

    /// The longest time that a service is believed when it asks to wait: an hour.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

    /// How long the service asks to wait (RFC 9110 §10.2.3).
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        let text = self.retry_after?.trim_ascii();
        let seconds = match decimal::parse(text) {
            Some(seconds) => seconds,
            None => {
                let now = http_date::parse(self.date?.trim_ascii())?;
                http_date::parse(text)?.saturating_sub(now)
            }
        };
        Some(Duration::from_secs(seconds).min(Self::LONGEST_WAIT))
    }

    /// The error that a status of its own means, whatever the body says.
    ///
    /// # Errors
    /// [`PeerError::Throttled`] for 429, and [`PeerError::Unavailable`] for the statuses that pass by
    /// themselves: 408 and 425, with which a server says that it did not begin, 503, and a gateway's
    /// 502 and 504.
    pub fn check_pace(&self) -> Result<(), Error> {
        let retry_after = self.wait();
        match self.status {
            429 => Err(PeerError::Throttled { retry_after }.into()),
            status @ (408 | 425 | 502 | 503 | 504) => {
                Err(PeerError::Unavailable { status, retry_after }.into())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Response({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    fn wait(retry_after: &str, date: Option<&str>) -> Option<u64> {
        Response { retry_after: Some(retry_after), date, ..Response::new(429, &mut []) }
            .wait()
            .map(Duration::as_secs)
    }

    #[test]
    fn s24_retry_after_is_read_in_both_its_forms_and_bounded() {
        assert_eq!(wait("7", None), Some(7));
        assert_eq!(wait("99999999", None), Some(3_600));
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", date), Some(30));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT", date), Some(0));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(wait("soon", date), None);
        assert_eq!(wait("-1", None), None);
        assert_eq!(wait("+1", None), None);
    }

    #[test]
    fn s23_the_statuses_that_pass_by_themselves_are_no_refusals() {
        let check = |status| {
            Response { retry_after: Some("3"), ..Response::new(status, &mut []) }.check_pace()
        };
        let retry_after = Some(Duration::from_secs(3));
        assert_eq!(check(429), Err(PeerError::Throttled { retry_after }.into()));
        for status in [408, 425, 502, 503, 504] {
            assert_eq!(check(status), Err(PeerError::Unavailable { status, retry_after }.into()));
        }
        for status in [200, 304, 400, 401, 403, 404, 410, 500] {
            assert_eq!(check(status), Ok(()));
        }
    }

    #[test]
    fn s38_a_request_is_shown_without_its_query_and_body() {
        let request = Request {
            method: Method::Get,
            url: "https://psc.example/poll?code=canary",
            bearer: Some("canary"),
            content_type: None,
            accept: "application/json",
            header: Some(("x", "canary")),
            body: Body::Bytes(b"canary"),
            document: None,
            effect: Effect::Safe,
        };
        assert_eq!(format!("{request:?}"), "GET https://psc.example/poll (6 bytes, Safe)");
    }
}

//! One response, before it meets a connection.

use serde::Serialize;

use super::spool::Content;

/// A response, most often whole in memory.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What follows `body` and may be too much for memory.
    pub(crate) rest: Content,
}

impl Response {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), rest: Content::default() }
    }

    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self::of_type(status, "text/plain;charset=UTF-8", body.into().into_bytes())
    }

    pub(crate) fn html(status: u16, body: impl Into<String>) -> Self {
        Self::of_type(status, "text/html;charset=UTF-8", body.into().into_bytes())
    }

    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // The values are this crate's own structs with string keys, which always serialize.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::of_type(status, "application/json;charset=UTF-8", body)
    }

    pub(crate) fn bytes(media_type: &str, body: Vec<u8>) -> Self {
        Self::of_type(200, media_type, body)
    }

    pub(crate) fn content(media_type: &str, content: Content) -> Self {
        Self { rest: content, ..Self::bytes(media_type, Vec::new()) }
    }

    /// Bytes of the body.
    pub(crate) fn length(&self) -> u64 {
        self.rest.length().saturating_add(self.body.len() as u64)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::empty(302).with_header("Location", location)
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self::text(405, "Method Not Allowed").with_header("Allow", allowed)
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn of_type(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".to_owned(), media_type.to_owned())];
        Self { status, headers, body, rest: Content::default() }
    }
}

/// The reason phrase of a status, empty for one that is not in use here.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        425 => "Too Early",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

//! Requests as they would go over the wire, and replies as they would come back.

use rubrica_core::codec::percent::Form;
use rubrica_core::document::Documents;
use rubrica_core::error::Document;
use rubrica_core::exchange::{Effect, Method, Request, Response};

/// A request, with its body read out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: String,
    /// The token of the `Authorization` header.
    pub bearer: Option<String>,
    /// The value of the `Content-Type` header.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it may be sent again.
    pub effect: Effect,
}

impl Sent {
    /// Reads a request out.
    pub fn new<D: Documents>(request: &Request<'_>, documents: &mut D) -> Self
    where
        D::Error: core::fmt::Debug,
    {
        let mut reader = request.body.reader();
        let mut body = Vec::new();
        let mut piece = [0; 1000];
        loop {
            match reader.read(&mut piece, documents).expect("a body that can be read") {
                0 => break,
                count => body.extend_from_slice(&piece[..count]),
            }
        }
        assert_eq!(body.len() as u64, request.body.length(), "the length was announced wrongly");
        Self {
            method: request.method,
            url: request.url.to_owned(),
            bearer: request.bearer.map(str::to_owned),
            content_type: request.content_type.map(|each| each.as_str().to_owned()),
            body,
            effect: request.effect,
        }
    }

    /// A request without documents.
    pub fn plain(request: &Request<'_>) -> Self {
        Self::new(request, &mut ())
    }

    /// The URL without its query, and the query.
    pub fn path_and_query(&self) -> (&str, &str) {
        self.url.split_once('?').unwrap_or((&self.url, ""))
    }

    /// The body as JSON, read by another reader than ours.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a body of JSON")
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.body).expect("a body of text")
    }
}

/// The pairs of a query or form in their order, each value as it stands there.
pub fn raw_pairs(form: &str) -> Vec<(&str, &str)> {
    form.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect()
}

/// The decoded value of a query's or form's parameter.
pub fn parameter(form: &str, name: &'static str) -> Option<String> {
    Form::new(form, Document::Redirect)
        .value::<2048>(name)
        .expect("a form that can be read")
        .map(|value| value.as_str().to_owned())
}

/// A reply that owns its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The `Date` header.
    pub date: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply of this status and body.
    pub fn new(status: u16, body: impl AsRef<[u8]>) -> Self {
        Self { status, body: body.as_ref().to_vec(), ..Self::default() }
    }

    /// A reply of success.
    pub fn ok(body: impl AsRef<[u8]>) -> Self {
        Self::new(200, body)
    }

    /// With a `Retry-After` header.
    pub fn retry_after(mut self, value: &str) -> Self {
        self.retry_after = Some(value.to_owned());
        self
    }

    /// With a `Date` header.
    pub fn date(mut self, value: &str) -> Self {
        self.date = Some(value.to_owned());
        self
    }

    /// As exchanges and flows take it. They overwrite the body.
    pub fn response(&mut self) -> Response<'_> {
        Response {
            retry_after: self.retry_after.as_deref(),
            date: self.date.as_deref(),
            ..Response::new(self.status, &mut self.body)
        }
    }
}

//! How the service says no.
//!
//! The manuals show no error body. The one here is RFC 6749 §5.2's, with the `traceId` that
//! clients of the real service report.

use serde_json::json;

use crate::random;
use crate::transport::form::FormError;
use crate::transport::response::Response;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A status with RFC 6749's `error` and `error_description`.
    Error { status: u16, error: &'static str, description: String },
    /// The bearer token is missing or no good (RFC 6750 §3.1).
    Bearer { status: u16, error: &'static str, description: &'static str },
    /// Over a limit: 429 with the manual's literal body (manual §5), and `Retry-After` if set.
    TooMany { retry_after: Option<String> },
    /// The body is of another media type than the endpoint reads.
    MediaType,
    /// A `Location` to go to; not a refusal of the request but of its normal answer.
    Page { status: u16, html: String },
}

impl Refusal {
    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", description)
    }

    pub(crate) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self::Error { status, error, description: description.into() }
    }

    pub(crate) fn response(self) -> Response {
        match self {
            Self::Error { status, error, description } => {
                Response::json(status, &body(error, &description))
            }
            Self::Bearer { status, error, description } => {
                let challenge = format!("Bearer error=\"{error}\"");
                Response::json(status, &body(error, description))
                    .with_header("WWW-Authenticate", &challenge)
            }
            Self::TooMany { retry_after } => {
                let response = Response::text(429, "To many requests");
                match retry_after {
                    Some(value) => response.with_header("Retry-After", &value),
                    None => response,
                }
            }
            Self::MediaType => Response::text(415, "Unsupported Media Type"),
            Self::Page { status, html } => Response::html(status, html),
        }
    }
}

impl From<FormError> for Refusal {
    fn from(error: FormError) -> Self {
        Self::invalid_request(error.to_string())
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::invalid_request(error.to_string())
    }
}

fn body(error: &str, description: &str) -> serde_json::Value {
    json!({ "error": error, "error_description": description, "traceId": random::uuid() })
}

//! How a PSC says no, in its own words.

use serde_json::{Value, json};

use super::settings::ErrorBody;
use crate::transport::form::FormError;
use crate::transport::response::Response;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A malformed request, under the status that the PSC has for it.
    Malformed(String),
    /// A status with an error code of RFC 6749 §5.2 or RFC 6750 §3.1 and a text.
    Error { status: u16, error: &'static str, description: String },
    /// The body is of another media type than the service reads.
    MediaType,
    /// A page for the browser, and no redirect (RFC 6749 §4.1.2.1).
    Page(String),
    /// A redirect back to the application.
    Redirect(String),
}

impl Refusal {
    pub(crate) fn malformed(description: impl Into<String>) -> Self {
        Self::Malformed(description.into())
    }

    pub(crate) fn new(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self::Error { status, error, description: description.into() }
    }

    pub(crate) fn invalid_grant(description: &str) -> Self {
        Self::new(400, "invalid_grant", description)
    }

    pub(crate) fn invalid_token(description: &str) -> Self {
        Self::new(401, "invalid_token", description)
    }

    /// What went wrong, in one line.
    pub(crate) fn description(&self) -> &str {
        match self {
            Self::Malformed(text) | Self::Page(text) => text,
            Self::Error { description, .. } => description,
            Self::MediaType => "unsupported media type",
            Self::Redirect(_) => "redirected",
        }
    }

    pub(crate) fn response(self, errors: ErrorBody, malformed_status: u16) -> Response {
        match self {
            Self::Malformed(text) => body(errors, malformed_status, "invalid_request", &text),
            Self::Error { status, error, description } => {
                let response = body(errors, status, error, &description);
                if matches!(error, "invalid_token" | "insufficient_scope") {
                    let challenge = format!("Bearer error=\"{error}\"");
                    return response.with_header("WWW-Authenticate", &challenge);
                }
                response
            }
            Self::MediaType => media_type(errors),
            Self::Page(text) => Response::html(400, page("", &format!("<p>{text}</p>"))),
            Self::Redirect(location) => Response::redirect(&location),
        }
    }
}

impl From<FormError> for Refusal {
    fn from(error: FormError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A page of the PSC.
pub(crate) fn page(head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"pt-BR\"><head><meta charset=\"utf-8\">{head}<title>PSC \
         (serviço emulado)</title></head><body><h1>Serviço emulado, sem valor</h1>{body}</body>\
         </html>"
    )
}

fn body(errors: ErrorBody, status: u16, error: &str, text: &str) -> Response {
    let body = match errors {
        ErrorBody::Rfc6749 => json!({ "error": error, "error_description": text }),
        ErrorBody::Serpro => {
            json!({ "code": error.to_uppercase(), "msg": text, "debug": "" })
        }
        ErrorBody::Member(name) => {
            let mut members = serde_json::Map::new();
            members.insert(name.to_owned(), json!(text));
            Value::Object(members)
        }
        ErrorBody::Problem => {
            let body = json!({
                "type": "about:blank", "title": error, "status": status, "detail": text,
            });
            let mut response = Response::json(status, &body);
            response.headers.clear();
            return response.with_header("Content-Type", "application/problem+json");
        }
    };
    Response::json(status, &body)
}

/// 415, which frameworks answer before the service is asked.
fn media_type(errors: ErrorBody) -> Response {
    match errors {
        ErrorBody::Serpro => Response::json(
            415,
            &json!([{
                "error_description": ["RESTEASY003065: Cannot consume content type"],
                "error": "Http exception",
            }]),
        ),
        other => body(other, 415, "invalid_request", "the media type is not supported"),
    }
}

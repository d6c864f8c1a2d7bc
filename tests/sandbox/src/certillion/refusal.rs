//! How Certillion says no.

use serde_json::json;

use super::settings::{ErrorBody, Settings};
use super::status::Status;
use crate::psc::refusal::page;
use crate::transport::form::FormError;
use crate::transport::response::Response;

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An HTTP status with a status object.
    Status { http: u16, status: Status, detail: String },
    /// The services that grant tokens: `error`, `error_description`, `error_uri`.
    Grant { http: u16, error: &'static str, description: String },
    /// A page for the browser, and no redirect (RFC 6749 §4.1.2.1).
    Page { http: u16, text: String },
    /// A redirect back to the application.
    Redirect(String),
    /// The body is of another media type than the service reads.
    MediaType,
}

impl Refusal {
    pub(crate) fn new(http: u16, status: Status, detail: impl Into<String>) -> Self {
        Self::Status { http, status, detail: detail.into() }
    }

    /// 400 with `REQUEST_WRONG_PARAM`.
    pub(crate) fn wrong(detail: impl Into<String>) -> Self {
        Self::new(400, Status::REQUEST_WRONG_PARAM, detail)
    }

    /// 400 with `REQUEST_MISSING_PARAM`.
    pub(crate) fn missing(name: &str) -> Self {
        let detail = format!("{name} is mandatory");
        Self::new(400, Status::REQUEST_MISSING_PARAM, detail)
    }

    /// 400 with `REQUEST_BAD_DATA`.
    pub(crate) fn bad_data(detail: impl Into<String>) -> Self {
        Self::new(400, Status::REQUEST_BAD_DATA, detail)
    }

    /// 500, which the API page lets stand for an absent parameter too.
    pub(crate) fn unexpected(detail: impl Into<String>) -> Self {
        Self::new(500, Status::ERROR_DURING_AUTHENTICATION, detail)
    }

    /// 401 for a `client_id` or a `client_secret`.
    pub(crate) fn credentials(detail: &str) -> Self {
        Self::new(401, Status::ACCESS_NOT_AUTHORIZED, detail)
    }

    pub(crate) fn grant(error: &'static str, description: impl Into<String>) -> Self {
        Self::Grant { http: 400, error, description: description.into() }
    }

    pub(crate) fn page(text: impl Into<String>) -> Self {
        Self::Page { http: 400, text: text.into() }
    }

    /// What went wrong, in one line.
    pub(crate) fn description(&self) -> &str {
        match self {
            Self::Status { detail, .. } => detail,
            Self::Grant { description, .. } => description,
            Self::Page { text, .. } => text,
            Self::Redirect(_) => "redirected",
            Self::MediaType => "the media type is not supported",
        }
    }

    pub(crate) fn response(self, settings: &Settings) -> Response {
        let (http, body) = match self {
            Self::Redirect(location) => return Response::redirect(&location),
            Self::Page { http, text } => {
                return Response::html(http, page("", &format!("<p>{text}</p>")));
            }
            Self::MediaType => {
                let detail = Some("the media type is not supported");
                let text = settings.code_as_text;
                (415, json!({ "status": Status::REQUEST_BAD_FORMAT.object(detail, text) }))
            }
            Self::Status { http, status, detail } => {
                let object = status.object(Some(&detail), settings.code_as_text);
                (http, json!({ "status": object }))
            }
            Self::Grant { http, error, description } => {
                let error = if settings.grant_errors_upper_case {
                    error.to_ascii_uppercase()
                } else {
                    error.to_owned()
                };
                let uri = "https://rubrica.invalid/certillion/errors";
                let body =
                    json!({ "error": error, "error_description": description, "error_uri": uri });
                (http, body)
            }
        };
        match settings.errors {
            ErrorBody::Json => Response::json(http, &body),
            ErrorBody::Html => Response::html(
                http,
                "<html><body><h1>Erro</h1><p>Tente mais tarde.</p></body></html>",
            ),
            ErrorBody::Empty => Response::empty(http),
        }
    }
}

impl From<FormError> for Refusal {
    fn from(error: FormError) -> Self {
        Self::wrong(error.to_string())
    }
}

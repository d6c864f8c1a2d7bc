//! The form that most requests have: a JSON object, posted with a token or without.

use super::application::Application;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::Writer;
use crate::error::Error;
use crate::exchange::{ContentType, Effect, Request};
use crate::secret::SecretText;

/// Writes a request that posts one JSON object, whose members `write` puts down, and that may be
/// sent again.
pub(super) fn post<'b>(
    application: &Application<'_>,
    path: &str,
    token: Option<SecretText<'_>>,
    buffer: &'b mut [u8],
    write: impl FnOnce(&mut Writer<'_, 'b>),
) -> Result<Request<'b>, Error> {
    let mut out = Buffer::new(buffer);
    application.write_url(path, &mut out);
    let url = out.mark();
    out.text(token.map_or("", SecretText::expose));
    let bearer = out.mark();
    let mut json = Writer::new(&mut out);
    json.open_object();
    write(&mut json);
    json.close_object();
    let ([url, bearer], body) = out.finish([url, bearer])?;
    let request = Request::post(url, ContentType::Json, body, Effect::Safe);
    Ok(Request { bearer: token.map(|_| as_text(bearer)), ..request })
}

/// Writes the two members by which an application says who it is.
pub(super) fn write_credentials(application: &Application<'_>, json: &mut Writer<'_, '_>) {
    json.pair("client_id", application.client_id)
        .pair("client_secret", application.client_secret.expose());
}

//! Changes of an application's registration (DOC-ICP-17.01 §6.4.6.2.2, NeoID's documentation).

use super::application::Application;
use super::description::{Description, write_redirect_uris};
use super::provider::offered;
use crate::codec::buffer::{Buffer, as_text};
use crate::codec::json::{self, Writer};
use crate::document::Body;
use crate::error::{Document, Error, Mismatch, Misuse, PeerError};
use crate::exchange::{ContentType, Effect, Exchange, Method, Request, Response};
use crate::oauth::refusal;
use crate::oauth::token::ApplicationToken;
use crate::secret::SecretText;

/// A change of what is registered of an application. What is `None` or empty stays as it is; the
/// address for notices is always sent, by the norm.
#[derive(Clone, Copy, Debug)]
pub struct ClientMaintenance<'a> {
    /// Which application.
    pub application: &'a Application<'a>,
    /// Its own token.
    pub token: &'a ApplicationToken,
    /// Another secret, of 1 to 256 bytes. NeoID's documentation has no such member, the norm has.
    pub client_secret: Option<SecretText<'a>>,
    /// Another name, of 1 to 256 bytes.
    pub name: Option<&'a str>,
    /// Other remarks, of 1 to 1,024 bytes.
    pub comments: Option<&'a str>,
    /// Where browsers may be sent back to, in the place of all that was registered: at most 16 URIs,
    /// without fragments.
    pub redirect_uris: &'a [&'a str],
    /// For the provider's notices; it has an `@` and at most 254 bytes.
    pub email: &'a str,
}

impl ClientMaintenance<'_> {
    fn check(&self) -> Result<(), Error> {
        let secret = self.client_secret.map(SecretText::expose);
        if secret.is_some_and(|secret| secret.is_empty() || secret.len() > 256) {
            return Err(Misuse::Field("client_secret").into());
        }
        Description {
            name: self.name.unwrap_or("-"),
            comments: self.comments.unwrap_or("-"),
            redirect_uris: self.redirect_uris,
            email: self.email,
        }
        .check(self.application.provider(), 0)
    }
}

impl Exchange for ClientMaintenance<'_> {
    type Reply<'r> = ();

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.client_maintenance, "client_maintenance")?;
        self.check()?;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        out.text(self.token.token.expose());
        let bearer = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object().pair("client_id", self.application.client_id);
        let secret = self.client_secret.map(SecretText::expose);
        let optional =
            [("client_secret", secret), ("name", self.name), ("comments", self.comments)];
        for (name, value) in optional {
            if let Some(value) = value {
                json.pair(name, value);
            }
        }
        if !self.redirect_uris.is_empty() {
            write_redirect_uris(self.redirect_uris, &mut json);
        }
        json.pair("email", self.email).close_object();
        let ([url, bearer], body) = out.finish([url, bearer])?;
        Ok(Request {
            method: Method::Put,
            url: as_text(url),
            bearer: Some(as_text(bearer)),
            content_type: Some(ContentType::Json),
            accept: "application/json",
            header: None,
            body: Body::Bytes(body),
            document: None,
            // The second time it changes nothing.
            effect: Effect::Safe,
        })
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<(), Error> {
        match response.status {
            // Unsure: the sources show a reply with `client_id`, and no status.
            200 | 201 | 204 => {}
            401 => return Err(PeerError::Unauthorized.into()),
            _ => return Err(refusal::read_unasked(response, &self.application.provider().errors)),
        }
        if response.body.trim_ascii().is_empty() {
            return Ok(());
        }
        let reply = json::read_object(response.body, Document::Registration)?;
        match reply.optional_text("client_id")? {
            Some(told) if told != self.application.client_id => {
                Err(PeerError::Mismatch(Mismatch::Application).into())
            }
            _ => Ok(()),
        }
    }
}

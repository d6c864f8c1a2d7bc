//! A signature that the holder is asked for by a notification, without an authorization before it
//! (Soluti's vendor documentation, "Assinatura via Push").
//!
//! Of the request four members are known from the sources at hand: `client_id`, `client_secret`,
//! `username` and `message`. Which others carry the digests, what the reply holds, and what the webhook
//! brings, is in the vendor's page alone, and has to be taken from there: the members go out as the
//! caller writes them, the reply comes back as it is. The application needs the permission "assinatura
//! por notificação".

use core::fmt;

use super::application::Application;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Object, Writer};
use crate::error::{Document, Error, Misuse};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::refusal;

/// A request for signatures that a webhook brings.
#[derive(Clone, Copy)]
pub struct AsyncSignature<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// Whose signature.
    pub holder: Holder,
    /// What the holder is shown: 1 to 256 bytes, no control characters.
    pub message: &'a str,
    /// All other members, as JSON without the braces around them: `"hashes":[…],"webhook":"…"`. The
    /// caller answers for it that they are JSON.
    pub members: &'a str,
}

impl fmt::Debug for AsyncSignature<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AsyncSignature")
            .field("application", self.application)
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}

impl Exchange for AsyncSignature<'_> {
    /// The reply as it came; `None` for an empty one.
    type Reply<'r> = Option<Object<'r>>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = service.provider().async_signature;
        let path = path.ok_or(Misuse::NotOffered("async-signature"))?;
        if !(1..=256).contains(&self.message.len()) || self.message.chars().any(char::is_control) {
            return Err(Misuse::Field("message").into());
        }
        let mut out = Buffer::new(buffer);
        service.write_url_outside(path, &mut out);
        let url = out.mark();
        Writer::new(&mut out)
            .open_object()
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("username", self.holder.as_str())
            .pair("message", self.message);
        if !self.members.is_empty() {
            out.byte(b',');
            out.text(self.members);
        }
        out.byte(b'}');
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, ContentType::Json, body, Effect::Once))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Option<Object<'r>>, Error> {
        if !matches!(response.status, 200..=204) {
            return Err(refusal::read_unasked(response, &self.application.provider().errors));
        }
        if response.body.trim_ascii().is_empty() {
            return Ok(None);
        }
        json::read_object(response.body, Document::Signature).map(Some)
    }
}

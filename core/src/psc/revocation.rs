//! Revocation of a token.
//!
//! Weak: no vendor's document and no text of the norm that is at hand has it. Programs in use post
//! `client_id`, `client_secret` and `token` to `/oauth/revoke`, "best effort"; RFC 7009 §2.1 has a form.

use super::application::Application;
use super::body::Pairs;
use super::provider::offered;
use crate::codec::buffer::Buffer;
use crate::error::Error;
use crate::exchange::{Effect, Exchange, Request, Response};
use crate::oauth::grant::Grant;
use crate::oauth::refusal;

/// The request that a token be good no longer, when a session ends before the token does.
///
/// Whatever comes back, the grant is to be dropped: its memory is overwritten then. A refusal means
/// that the token may live on at the provider until it expires, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Revocation<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The permission that ends.
    pub grant: &'a Grant,
}

impl Exchange for Revocation<'_> {
    type Reply<'r> = ();

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.revoke, "revoke")?;
        let encoding = service.provider().token_body;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        Pairs::open(encoding, &mut out)
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("token", self.grant.token())
            .close();
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, encoding.content_type(), body, Effect::Safe))
    }

    /// A status of success is all that is looked at: a token that is not known is revoked as well
    /// (RFC 7009 §2.2).
    fn reply<'r>(&self, response: Response<'r>) -> Result<(), Error> {
        match response.status {
            200..=204 => Ok(()),
            _ => Err(refusal::read_unasked(response, &self.application.provider().errors)),
        }
    }
}

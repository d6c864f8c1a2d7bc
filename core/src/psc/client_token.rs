//! The token of an application itself (DOC-ICP-17.01 §6.4, NeoID's documentation).

use super::application::Application;
use super::provider::offered;
use super::token;
use crate::codec::buffer::Buffer;
use crate::codec::percent::FormWriter;
use crate::error::Error;
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::refusal;
use crate::oauth::token::ApplicationToken;

/// The request for a token that names the application and no holder.
///
/// It permits the maintenance of the registration, and no signature. A sample lives for two hours. It
/// is also the cheapest way to learn whether client id, secret and
/// environment are right before a holder is asked.
#[derive(Clone, Copy, Debug)]
pub struct ClientToken<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
}

impl Exchange for ClientToken<'_> {
    type Reply<'r> = ApplicationToken;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let path = offered(service.provider().paths.client_token, "client_token")?;
        let mut out = Buffer::new(buffer);
        service.write_url(path, &mut out);
        let url = out.mark();
        FormWriter::new(&mut out)
            .pair("grant_type", "client_credentials")
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose());
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, ContentType::Form, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<ApplicationToken, Error> {
        let provider = self.application.provider();
        if response.status != 200 {
            return Err(refusal::read_unasked(response, &provider.errors));
        }
        let reply = token::read(provider, None, None, response)?.keep()?;
        Ok(ApplicationToken { token: reply.token, lifetime: reply.lifetime })
    }
}

//! The token of an application itself (API page, `client_token`).

use super::application::Application;
use super::refusal::Meaning;
use super::token;
use crate::codec::buffer::Buffer;
use crate::codec::percent::FormWriter;
use crate::error::Error;
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::token::{ApplicationToken, ReadToken};

/// The request for a token that names the application and no holder: for uploads, downloads and
/// discovery, and for no signature. It is also the cheapest way to learn whether client id and
/// secret are right before a holder is asked.
#[derive(Clone, Copy, Debug)]
pub struct ClientToken<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// How many seconds the token is wished to live; `None` for the service's default.
    pub lifetime: Option<u64>,
}

impl Exchange for ClientToken<'_> {
    type Reply<'r> = ApplicationToken;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let mut out = Buffer::new(buffer);
        self.application.write_url(self.application.profile().paths.client_token, &mut out);
        let url = out.mark();
        let mut form = FormWriter::new(&mut out);
        // The API page shows the fields as a JSON object and says that they are a form; programs in
        // use send a form, with success.
        form.pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("grant_type", "client_credentials");
        if let Some(lifetime) = self.lifetime {
            form.number("lifetime", lifetime);
        }
        let ([url], body) = out.finish([url])?;
        Ok(Request::post(url, ContentType::Form, body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<ApplicationToken, Error> {
        let reply = self.read(response)?.keep()?;
        Ok(ApplicationToken { token: reply.token, lifetime: reply.lifetime })
    }
}

impl ClientToken<'_> {
    /// Reads the reply and leaves the token where it is.
    pub(super) fn read<'r>(&self, response: Response<'r>) -> Result<ReadToken<'r>, Error> {
        token::read(self.application, None, None, Meaning::OF_APPLICATION, response)
    }
}

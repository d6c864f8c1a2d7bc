//! Registration of an application, once (VIDaaS manual v1.6 §2).

use super::application::Service;
use super::description::{Description, write_redirect_uris};
use super::provider::{Provider, offered};
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Writer};
use crate::error::{Document, Error, Flaw};
use crate::exchange::{ContentType, Effect, Exchange, Request, Response};
use crate::oauth::refusal;
use crate::secret::SecretText;

/// An application to be registered. All four members are mandatory.
#[derive(Clone, Copy, Debug)]
pub struct Registration<'a> {
    /// With whom.
    pub service: Service<'a>,
    /// Its name or description, as holders will see it; 1 to 256 bytes.
    pub name: &'a str,
    /// General remarks on its use; 1 to 1,024 bytes.
    pub comments: &'a str,
    /// Where browsers may be sent back to: 1 to 16 URIs. `push://` is not among them: the service
    /// adds it by itself.
    pub redirect_uris: &'a [&'a str],
    /// For the provider's notices; it has an `@` and at most 254 bytes.
    pub email: &'a str,
}

/// What a registration gives: keep both, the secret as a secret.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'r> {
    /// The application's identifier.
    pub client_id: &'r str,
    /// Its secret.
    pub client_secret: SecretText<'r>,
}

impl Exchange for Registration<'_> {
    type Reply<'r> = Credentials<'r>;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let path = offered(self.service.provider().paths.application, "application")?;
        let description = Description {
            name: self.name,
            comments: self.comments,
            redirect_uris: self.redirect_uris,
            email: self.email,
        };
        description.check(self.service.provider(), 1)?;
        let mut out = Buffer::new(buffer);
        self.service.write_url(path, &mut out);
        let url = out.mark();
        let mut json = Writer::new(&mut out);
        json.open_object().pair("name", self.name).pair("comments", self.comments);
        write_redirect_uris(self.redirect_uris, &mut json);
        json.pair("email", self.email).close_object();
        let ([url], body) = out.finish([url])?;
        // A second one would leave an application behind that nobody knows.
        Ok(Request::post(url, ContentType::Json, body, Effect::Once))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<Credentials<'r>, Error> {
        read_credentials(response, self.service.provider())
    }
}

/// Reads what a registration gives.
pub(super) fn read_credentials<'r>(
    response: Response<'r>,
    provider: &Provider<'_>,
) -> Result<Credentials<'r>, Error> {
    if !matches!(response.status, 200 | 201) {
        return Err(refusal::read_unasked(response, &provider.errors));
    }
    let reply = json::read_object(response.body, Document::Registration)?;
    if reply.text("status")? != "success" {
        return Err(reply.flaw(Flaw::Invalid("status")));
    }
    Ok(Credentials {
        client_id: reply.text("client_id")?,
        client_secret: SecretText::new(reply.text("client_secret")?),
    })
}

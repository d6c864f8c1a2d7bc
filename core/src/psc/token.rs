//! The exchange of a code for an access token (VIDaaS manual v1.6 §3.1.3, RFC 6749 §4.1.3).

use super::application::Application;
use super::body::Pairs;
use super::provider::Provider;
use crate::codec::buffer::Buffer;
use crate::codec::json;
use crate::error::{Document, Error};
use crate::exchange::{Effect, Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::pkce::Verifier;
use crate::oauth::redirect::CODE;
use crate::oauth::refusal;
use crate::oauth::scope::Scope;
use crate::oauth::token::{Asked, ReadToken, TokenReply};
use crate::secret::Secret;
use crate::time::Duration;

/// A code and the verifier that redeems it.
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// Who asks.
    pub application: &'a Application<'a>,
    /// The code of the redirect, or the `authorizationToken` of a push.
    pub code: &'a Secret<CODE>,
    /// The verifier whose challenge was sent.
    pub verifier: &'a Verifier,
    /// The `redirect_uri` that was sent, byte for byte.
    pub redirect_uri: &'a str,
    /// The scope that was asked for: another one is refused.
    pub scope: Scope,
    /// The holder that was asked for, if any: another one is refused.
    pub holder: Option<Holder>,
}

impl Exchange for TokenRequest<'_> {
    type Reply<'r> = TokenReply;

    fn request<'b>(&self, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let service = self.application.service;
        let encoding = service.provider().token_body;
        let mut out = Buffer::new(buffer);
        service.write_url(service.provider().paths.token, &mut out);
        let url = out.mark();
        Pairs::open(encoding, &mut out)
            .pair("grant_type", "authorization_code")
            .pair("client_id", self.application.client_id)
            .pair("client_secret", self.application.client_secret.expose())
            .pair("code", self.code.expose())
            .pair("redirect_uri", self.redirect_uri)
            .pair("code_verifier", self.verifier.expose())
            .close();
        let ([url], body) = out.finish([url])?;
        // A token whose reply is lost has signed nothing; the second try tells whether the code
        // was used.
        Ok(Request::post(url, encoding.content_type(), body, Effect::Safe))
    }

    fn reply<'r>(&self, response: Response<'r>) -> Result<TokenReply, Error> {
        self.read(response)?.keep()
    }
}

impl TokenRequest<'_> {
    /// Reads the reply and leaves the token where it is.
    pub(super) fn read<'r>(&self, response: Response<'r>) -> Result<ReadToken<'r>, Error> {
        read(self.application.provider(), Some(self.scope), self.holder.as_ref(), response)
    }
}

/// Reads a reply to what was asked for, and leaves the token where it is.
#[inline(never)]
pub(super) fn read<'r>(
    provider: &Provider<'_>,
    scope: Option<Scope>,
    holder: Option<&Holder>,
    response: Response<'r>,
) -> Result<ReadToken<'r>, Error> {
    if response.status != 200 {
        return Err(refusal::read(response, &provider.errors));
    }
    asked(provider, scope, holder).read(&json::read_object(response.body, Document::Token)?)
}

/// What a provider is asked for.
pub(super) fn asked<'a>(
    provider: &Provider<'_>,
    scope: Option<Scope>,
    holder: Option<&'a Holder>,
) -> Asked<'a> {
    let limits = provider.limits;
    let longest = Duration::from_secs(limits.lifetime_cpf.max(limits.lifetime_cnpj));
    Asked { scope, holder, longest, type_untold: false }
}

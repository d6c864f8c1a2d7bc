//! The exchange of a code for an access token (VIDaaS manual v1.6 §3.1.3, RFC 6749 §4.1.3).

use super::application::Application;
use super::body::Pairs;
use super::provider::Provider;
use crate::codec::buffer::Buffer;
use crate::codec::json::{self, Object};
use crate::error::{Document, Error, Flaw, Mismatch, PeerError};
use crate::exchange::{Effect, Exchange, Request, Response};
use crate::identity::Holder;
use crate::oauth::grant::{Grant, TOKEN};
use crate::oauth::pkce::Verifier;
use crate::oauth::redirect::CODE;
use crate::oauth::refusal;
use crate::oauth::scope::Scope;
use crate::secret::Secret;
use crate::time::{Duration, Instant};

/// The life of a token whose reply does not tell it: short (RFC 6749 §5.1 recommends to tell it).
const UNTOLD_LIFETIME: Duration = Duration::from_secs(60);

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

/// A token, as the service tells it.
#[derive(Debug)]
pub struct TokenReply {
    /// The access token.
    pub token: Secret<TOKEN>,
    /// How long it lives, bounded by the longest life that the provider gives.
    pub lifetime: Duration,
    /// Who approved, where the service tells it and it is a number that somebody can hold.
    pub identification: Option<Holder>,
}

/// A [`TokenReply`] whose token is still in the reply.
pub(super) struct ReadToken<'r> {
    pub(super) token: &'r str,
    pub(super) lifetime: Duration,
    pub(super) identification: Option<Holder>,
}

impl ReadToken<'_> {
    /// The reply with a copy of the token.
    pub(super) fn keep(self) -> Result<TokenReply, Error> {
        let Self { token, lifetime, identification } = self;
        Ok(TokenReply { token: Secret::new(token, "access_token")?, lifetime, identification })
    }
}

impl TokenReply {
    /// The permission that the token is, from `now` on.
    #[must_use]
    pub fn into_grant(self, scope: Scope, now: Instant) -> Grant {
        Grant::new(self.token, scope, self.lifetime, self.identification, now)
    }
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
        Asked {
            provider: self.application.provider(),
            scope: Some(self.scope),
            holder: self.holder,
        }
        .read(response)
    }
}

/// What a token was asked for.
pub(super) struct Asked<'a> {
    pub(super) provider: &'a Provider<'a>,
    /// The scope: another one is refused. `None` for a token that has none.
    pub(super) scope: Option<Scope>,
    /// The holder, if any: another one is refused.
    pub(super) holder: Option<Holder>,
}

impl Asked<'_> {
    /// Reads the reply and leaves the token where it is.
    #[inline(never)]
    pub(super) fn read<'r>(&self, response: Response<'r>) -> Result<ReadToken<'r>, Error> {
        if response.status != 200 {
            return Err(refusal::read(response, &self.provider.errors));
        }
        self.read_object(&json::read_object(response.body, Document::Token)?)
    }

    /// Reads the object that a reply of success is.
    pub(super) fn read_object<'r>(&self, reply: &Object<'r>) -> Result<ReadToken<'r>, Error> {
        let mismatch = |mismatch| Err(PeerError::Mismatch(mismatch).into());
        if !reply.text("token_type")?.eq_ignore_ascii_case("Bearer") {
            return mismatch(Mismatch::TokenType);
        }
        match reply.optional_text("scope")? {
            Some(scope) if self.scope.is_some_and(|asked| scope != asked.as_str()) => {
                return mismatch(Mismatch::Scope);
            }
            _ => {}
        }
        let token = reply.text("access_token")?;
        // It becomes a header's value: a line end in it would begin another header.
        if token.bytes().fold(false, |any, byte| any | !byte.is_ascii_graphic()) {
            return Err(reply.flaw(Flaw::Invalid("access_token")));
        }
        let identification = reply.optional_text("authorized_identification")?;
        match (self.holder, identification) {
            (Some(holder), Some(told)) if holder.as_str() != told => {
                return mismatch(Mismatch::Holder);
            }
            _ => {}
        }
        let limits = self.provider.limits;
        let longest = Duration::from_secs(limits.lifetime_cpf.max(limits.lifetime_cnpj));
        let lifetime = match reply.optional_number("expires_in")? {
            // Whoever asked again for one that lives would ask the holder without end.
            Some(0) => return Err(reply.flaw(Flaw::Invalid("expires_in"))),
            seconds => seconds.map_or(UNTOLD_LIFETIME, Duration::from_secs),
        };
        Ok(ReadToken {
            token,
            lifetime: lifetime.min(longest),
            identification: identification.and_then(|text| Holder::parse(text).ok()),
        })
    }
}

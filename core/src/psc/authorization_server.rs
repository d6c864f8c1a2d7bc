//! A provider as the flows that get a holder's permission see it.

use super::application::Application;
use super::authorize::{authorize_url, check};
use super::token::{self, TokenRequest};
use crate::document::Hasher;
use crate::error::Error;
use crate::exchange::{Exchange, Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::pkce::Challenge;
use crate::oauth::redirect::Expected;
use crate::oauth::server::{AuthorizationServer, Redemption};
use crate::oauth::state::State;
use crate::oauth::token::ReadToken;
use crate::time::Duration;

impl AuthorizationServer for Application<'_> {
    fn redirect_uri(&self) -> &str {
        self.redirect_uri
    }

    fn check(&self, authorization: &Authorization) -> Result<(), Error> {
        check(authorization, self.provider())
    }

    fn fingerprint(&self) -> [u8; 16] {
        let mut hasher = Hasher::new();
        self.write_fingerprint(&mut hasher);
        hasher.finish().as_bytes().first_chunk().copied().unwrap_or_default()
    }

    fn pause(&self) -> Duration {
        self.provider().limits.poll_interval
    }

    fn expected<'a>(&'a self, state: &'a State) -> Expected<'a> {
        let provider = self.provider();
        Expected {
            state,
            issuer: provider.issuer.unwrap_or_else(|| self.service.base_url()),
            issuer_required: provider.issuer_required,
            denials: provider.denial.words(),
            is_encoded: provider.encoded_redirect,
        }
    }

    fn authorize_url<'b>(
        &self,
        authorization: &Authorization,
        challenge: &Challenge,
        state: &State,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error> {
        authorize_url(self, authorization, challenge, state, buffer)
    }

    fn redemption<'b>(
        &self,
        redemption: &Redemption<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Request<'b>, Error> {
        let Redemption { code, verifier, redirect_uri, authorization } = *redemption;
        let Authorization { scope, holder, .. } = *authorization;
        TokenRequest { application: self, code, verifier, redirect_uri, scope, holder }
            .request(buffer)
    }

    fn redeem<'r>(
        &self,
        redemption: &Redemption<'_>,
        response: Response<'r>,
    ) -> Result<ReadToken<'r>, Error> {
        let Authorization { scope, holder, .. } = redemption.authorization;
        token::read(self.provider(), Some(*scope), holder.as_ref(), response)
    }
}

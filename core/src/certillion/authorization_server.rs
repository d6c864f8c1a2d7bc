//! The service as the flow that gets a holder's permission sees it.

use super::application::Application;
use super::authorize::{authorize_url, check};
use super::token;
use crate::error::Error;
use crate::exchange::{Request, Response};
use crate::oauth::authorization::Authorization;
use crate::oauth::pkce::Challenge;
use crate::oauth::redirect::Expected;
use crate::oauth::refusal::DENIALS;
use crate::oauth::server::{AuthorizationServer, Redemption};
use crate::oauth::state::State;
use crate::oauth::token::ReadToken;
use crate::time::Duration;

impl AuthorizationServer for Application<'_> {
    fn redirect_uri(&self) -> &str {
        self.redirect_uri
    }

    fn check(&self, authorization: &Authorization) -> Result<(), Error> {
        check(authorization, self)
    }

    fn fingerprint(&self) -> [u8; 16] {
        self.half_fingerprint()
    }

    fn pause(&self) -> Duration {
        self.profile().limits.poll_pause
    }

    fn expected<'a>(&'a self, state: &'a State) -> Expected<'a> {
        Expected {
            state,
            issuer: self.profile().issuer.unwrap_or_else(|| self.base_url()),
            issuer_required: self.profile().issuer_required,
            denials: DENIALS,
            is_encoded: false,
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
        token::write(self, redemption, buffer)
    }

    fn redeem<'r>(
        &self,
        redemption: &Redemption<'_>,
        response: Response<'r>,
    ) -> Result<ReadToken<'r>, Error> {
        token::read_redeemed(self, redemption, response)
    }
}

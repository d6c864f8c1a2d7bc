//! An authorization server, as the flows that get a holder's permission see it.

use super::authorization::Authorization;
use super::pkce::{Challenge, Verifier};
use super::redirect::{CODE, Expected};
use super::state::State;
use super::token::ReadToken;
use crate::error::Error;
use crate::exchange::{Request, Response};
use crate::secret::Secret;
use crate::time::Duration;

/// A service that gives tokens, with the application that is registered there: what one service has
/// of its own in an authorization that is otherwise the same everywhere.
pub trait AuthorizationServer {
    /// Where browsers come back to, byte for byte as registered; empty where they never do.
    fn redirect_uri(&self) -> &str;

    /// Refuses what the service would refuse.
    ///
    /// # Errors
    /// [`Misuse`](crate::error::Misuse) with what that is.
    fn check(&self, authorization: &Authorization) -> Result<(), Error>;

    /// Half a digest of who asks whom. A saved flow knows by it that it is resumed with the service
    /// that it began with.
    fn fingerprint(&self) -> [u8; 16];

    /// The least time between two requests of one authorization.
    fn pause(&self) -> Duration;

    /// What the query must be with which the browser comes back from the page of this `state`.
    fn expected<'a>(&'a self, state: &'a State) -> Expected<'a>;

    /// Writes the address of the page on which the holder approves.
    ///
    /// # Errors
    /// [`ResourceError::BufferTooSmall`](crate::error::ResourceError::BufferTooSmall) with the size
    /// that is needed, or what [`AuthorizationServer::check`] refuses.
    fn authorize_url<'b>(
        &self,
        authorization: &Authorization,
        challenge: &Challenge,
        state: &State,
        buffer: &'b mut [u8],
    ) -> Result<&'b str, Error>;

    /// Writes the request that exchanges a code for a token.
    ///
    /// # Errors
    /// [`ResourceError::BufferTooSmall`](crate::error::ResourceError::BufferTooSmall) with the size
    /// that is needed.
    fn redemption<'b>(
        &self,
        redemption: &Redemption<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Request<'b>, Error>;

    /// Reads its reply.
    ///
    /// # Errors
    /// A refusal, or a token that is not the one that was asked for.
    fn redeem<'r>(
        &self,
        redemption: &Redemption<'_>,
        response: Response<'r>,
    ) -> Result<ReadToken<'r>, Error>;
}

/// A code and the verifier that redeems it.
#[derive(Clone, Copy, Debug)]
pub struct Redemption<'a> {
    /// The code.
    pub code: &'a Secret<CODE>,
    /// The verifier whose challenge was sent.
    pub verifier: &'a Verifier,
    /// The `redirect_uri` that was sent, byte for byte.
    pub redirect_uri: &'a str,
    /// What was asked for: a token of another scope, or of another holder, is refused.
    pub authorization: &'a Authorization,
}

//! The reply that brings an access token (RFC 6749 §5.1, DOC-ICP-17.01 §6.4).

use super::grant::{Grant, TOKEN};
use super::scope::Scope;
use crate::codec::json::Object;
use crate::error::{Error, Flaw, Mismatch, PeerError};
use crate::identity::Holder;
use crate::secret::Secret;
use crate::time::{Duration, Instant};

/// The life of a token whose reply does not tell it: short (RFC 6749 §5.1 recommends to tell it).
const UNTOLD_LIFETIME: Duration = Duration::from_secs(60);

/// A token, as the service tells it.
#[derive(Debug)]
pub struct TokenReply {
    /// The access token.
    pub token: Secret<TOKEN>,
    /// How long it lives, bounded by the longest life that the service gives.
    pub lifetime: Duration,
    /// Who approved, where the service tells it and it is a number that somebody can hold.
    pub identification: Option<Holder>,
}

impl TokenReply {
    /// The permission that the token is, from `now` on.
    #[must_use]
    pub fn into_grant(self, scope: Scope, now: Instant) -> Grant {
        Grant::new(self.token, scope, self.lifetime, self.identification, now)
    }
}

/// A token of an application, which names no holder. It permits no signature, and is no [`Grant`].
#[derive(Debug)]
pub struct ApplicationToken {
    /// The token.
    pub token: Secret<TOKEN>,
    /// How long it lives.
    pub lifetime: Duration,
}

/// A [`TokenReply`] whose token is still in the reply.
pub struct ReadToken<'r> {
    pub(crate) token: &'r str,
    pub(crate) lifetime: Duration,
    pub(crate) identification: Option<Holder>,
}

impl ReadToken<'_> {
    /// The reply with a copy of the token.
    ///
    /// # Errors
    /// [`ResourceError::TooLong`](crate::error::ResourceError::TooLong) for one that is not kept.
    pub fn keep(self) -> Result<TokenReply, Error> {
        let Self { token, lifetime, identification } = self;
        Ok(TokenReply { token: Secret::new(token, "access_token")?, lifetime, identification })
    }
}

impl core::fmt::Debug for ReadToken<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter
            .debug_struct("ReadToken")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// What a token was asked for.
pub(crate) struct Asked<'a> {
    /// The scope: another one is refused. `None` for a token that has none.
    pub(crate) scope: Option<Scope>,
    /// The holder, if any: another one is refused.
    pub(crate) holder: Option<&'a Holder>,
    /// The longest life that the service gives.
    pub(crate) longest: Duration,
    /// Whether the reply may leave out that the token is a bearer's.
    pub(crate) type_untold: bool,
}

impl Asked<'_> {
    /// Reads the object that a reply of success is.
    pub(crate) fn read<'r>(&self, reply: &Object<'r>) -> Result<ReadToken<'r>, Error> {
        let mismatch = |mismatch| Err(PeerError::Mismatch(mismatch).into());
        let kind = match self.type_untold {
            true => reply.optional_text("token_type")?.unwrap_or("Bearer"),
            false => reply.text("token_type")?,
        };
        if !kind.eq_ignore_ascii_case("Bearer") {
            return mismatch(Mismatch::TokenType);
        }
        match reply.optional_text("scope")? {
            Some(scope)
                if self.scope.is_some_and(|asked| !scope.eq_ignore_ascii_case(asked.as_str())) =>
            {
                return mismatch(Mismatch::Scope);
            }
            _ => {}
        }
        let token = reply.text("access_token")?;
        // It becomes a header's value: a line end in it would begin another header.
        if token.bytes().fold(false, |any, byte| any | !byte.is_ascii_graphic()) {
            return Err(reply.flaw(Flaw::Invalid("access_token")));
        }
        let told = reply.optional_text("authorized_identification")?;
        // Some write it with its mask.
        let identification = told.and_then(|text| Holder::parse(text).ok());
        match (self.holder, told) {
            (Some(holder), Some(_)) if identification.as_ref() != Some(holder) => {
                return mismatch(Mismatch::Holder);
            }
            _ => {}
        }
        let lifetime = match reply.optional_number("expires_in")? {
            // Whoever asked again for one that lives would ask the holder without end.
            Some(0) => return Err(reply.flaw(Flaw::Invalid("expires_in"))),
            seconds => seconds.map_or(UNTOLD_LIFETIME, Duration::from_secs),
        };
        Ok(ReadToken { token, lifetime: lifetime.min(self.longest), identification })
    }
}

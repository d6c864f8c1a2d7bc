//! An access token and what it is good for.

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::error::{Error, ResourceError};
use crate::identity::Holder;
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Bytes of the longest access token that is kept. VIDaaS's examples have 309.
pub const TOKEN: usize = 1024;

/// A token taken as expired this long before it is, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(10);

/// The holder's permission to sign, or to be known.
///
/// It is not `Clone`: a permission that is spent by one request exists once.
#[derive(Debug)]
pub struct Grant {
    token: Secret<TOKEN>,
    scope: Scope,
    expires_at: Instant,
    identification: Option<Holder>,
}

impl Grant {
    /// A token that lives for `lifetime` from `now`.
    #[must_use]
    pub fn new(
        token: Secret<TOKEN>,
        scope: Scope,
        lifetime: Duration,
        identification: Option<Holder>,
        now: Instant,
    ) -> Self {
        Self { token, scope, expires_at: expiry(lifetime, now), identification }
    }

    /// A token of this text; an error for one that is longer than what is kept.
    #[inline(never)]
    pub(crate) fn read(
        token: &str,
        scope: Scope,
        lifetime: Duration,
        identification: Option<Holder>,
        now: Instant,
    ) -> Result<Option<Self>, Error> {
        let expires_at = expiry(lifetime, now);
        if token.len() > TOKEN {
            return Err(ResourceError::TooLong { what: "access_token", bound: TOKEN }.into());
        }
        Ok(Some(Self { token: Secret::of(token), scope, expires_at, identification }))
    }

    /// The access token, for the `Authorization` header and for nothing else.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.expose()
    }

    /// What it permits.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether it is too old to be sent.
    #[must_use]
    pub fn is_expired(&self, now: Instant) -> bool {
        now >= self.expires_at
    }

    /// Who approved, in the service's word. It is a hint: the certificate tells who signed.
    #[must_use]
    pub const fn identification(&self) -> Option<Holder> {
        self.identification
    }

    /// The grant, for a resumption in another process.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> GrantSnapshot {
        GrantSnapshot {
            token: self.token.duplicate(),
            scope: self.scope,
            remaining: self.expires_at.saturating_since(now),
            identification: self.identification,
        }
    }
}

/// When a token that lives for `lifetime` is taken as expired.
fn expiry(lifetime: Duration, now: Instant) -> Instant {
    let margin = MARGIN.min(Duration::from_millis(lifetime.as_millis() / 4));
    now + lifetime.saturating_sub(margin)
}

/// A saved [`Grant`]. It holds the token.
#[derive(Debug, Serialize, Deserialize)]
pub struct GrantSnapshot {
    token: Secret<TOKEN>,
    scope: Scope,
    remaining: Duration,
    identification: Option<Holder>,
}

impl GrantSnapshot {
    /// The grant, if it is still good after the time that passed. Unknown time counts as too long.
    #[must_use]
    pub fn resume(self, elapsed: Elapsed, now: Instant) -> Option<Grant> {
        let Elapsed::Known(elapsed) = elapsed else { return None };
        let remaining = self.remaining.saturating_sub(elapsed);
        (remaining > Duration::ZERO).then_some(Grant {
            token: self.token,
            scope: self.scope,
            expires_at: now + remaining,
            identification: self.identification,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(lifetime: u64) -> Grant {
        let token = Secret::new("token", "token").unwrap();
        let now = Instant::from_millis(0);
        Grant::new(token, Scope::SignatureSession, Duration::from_secs(lifetime), None, now)
    }

    #[test]
    fn a_token_is_given_up_before_it_expires() {
        let at = |seconds: u64| Instant::from_millis(seconds * 1_000);
        assert!(!grant(900).is_expired(at(889)));
        assert!(grant(900).is_expired(at(890)));
        assert!(!grant(8).is_expired(at(5)));
        assert!(grant(8).is_expired(at(6)));
        assert!(grant(0).is_expired(at(0)));
    }

    #[test]
    fn s40_a_saved_token_expires_with_the_time_that_passed_or_is_unknown() {
        let now = Instant::from_millis(0);
        let resume = |elapsed| grant(900).snapshot(now).resume(elapsed, now);
        assert!(resume(Elapsed::Known(Duration::from_secs(889))).is_some());
        assert!(resume(Elapsed::Known(Duration::from_secs(890))).is_none());
        assert!(resume(Elapsed::Unknown).is_none());
    }
}

//! One attempt at an authorization: what push and redirect have in common.
//!
//! Both ask the holder in their own way, get a code, and redeem it for a token with the verifier
//! that belongs to this attempt alone.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::authorization::{Authorization, Entropy};
use super::grant::Grant;
use super::pkce::Verifier;
use super::redirect::CODE;
use super::server::{AuthorizationServer, Redemption};
use super::state::State;
use super::token::ReadToken;
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Request, Response};
use crate::pacing::Backoff;
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Tries of a request that nobody's phone is waited for with, before the trouble is told.
const TRIES: u8 = 5;

/// How long a code may take to be exchanged for a token; codes live shortly.
const REDEMPTION: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Attempt<'c, S> {
    pub(crate) server: &'c S,
    pub(crate) authorization: Authorization,
    pub(crate) verifier: Verifier,
    pub(crate) state: State,
    /// The `redirect_uri` that the code is asked for with, and redeemed with.
    pub(crate) redirect_uri: &'c str,
    /// When the next request goes out; `None` while one is out, and while none is to go.
    pub(crate) due: Option<Instant>,
    pub(crate) deadline: Instant,
    pub(crate) now: Instant,
    backoff: Backoff,
}

impl<'c, S: AuthorizationServer> Attempt<'c, S> {
    /// An attempt with the secrets that belong to it.
    pub(crate) fn new(
        server: &'c S,
        authorization: Authorization,
        redirect_uri: &'c str,
        (verifier, state): (Verifier, State),
        patience: Duration,
        now: Instant,
    ) -> Self {
        Self {
            server,
            authorization,
            verifier,
            redirect_uri,
            due: Some(now),
            deadline: now + patience,
            now,
            backoff: seeded(&state),
            state,
        }
    }

    /// The secrets of an attempt at an authorization that the provider allows.
    pub(crate) fn secrets(
        server: &S,
        authorization: &Authorization,
        entropy: &Entropy,
    ) -> Result<(Verifier, State), Error> {
        server.check(authorization)?;
        let state = State::from_entropy(&entropy.state)?;
        Ok((Verifier::from_entropy(&entropy.verifier)?, state))
    }

    /// A saved attempt. Whatever was out goes out again, after the pause that the provider asks for
    /// between polls: the clock before the interruption is not this one.
    pub(crate) fn resume(
        server: &'c S,
        authorization: Authorization,
        redirect_uri: &'c str,
        snapshot: AttemptSnapshot,
        elapsed: Elapsed,
        now: Instant,
    ) -> Result<Self, Error> {
        // A code and its verifier are for the service that gave the code, and for no other.
        if snapshot.version != AttemptSnapshot::VERSION
            || snapshot.application != server.fingerprint()
        {
            return Err(Misuse::Snapshot.into());
        }
        server.check(&authorization)?;
        let remaining = match elapsed {
            Elapsed::Known(elapsed) => snapshot.remaining.saturating_sub(elapsed),
            Elapsed::Unknown => Duration::ZERO,
        };
        Ok(Self {
            server,
            authorization,
            verifier: snapshot.verifier,
            redirect_uri,
            due: Some(now + server.pause()),
            deadline: now + remaining,
            now,
            backoff: seeded(&snapshot.state),
            state: snapshot.state,
        })
    }

    pub(crate) fn snapshot(&self, now: Instant) -> AttemptSnapshot {
        AttemptSnapshot {
            version: AttemptSnapshot::VERSION,
            application: self.server.fingerprint(),
            verifier: self.verifier.duplicate(),
            state: self.state.clone(),
            remaining: self.deadline.saturating_since(now),
        }
    }

    pub(crate) fn advance_clock(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    /// Whether the deadline has passed.
    pub(crate) fn is_late(&self) -> bool {
        self.now >= self.deadline
    }

    /// Sends the next request after a pause, the last one having been answered.
    pub(crate) fn go_on_after(&mut self, pause: Duration) {
        self.due = Some(self.now + pause);
        self.backoff.reset();
    }

    /// A code came: the holder's time is over, the redemption's begins.
    pub(crate) fn begin_redemption(&mut self) {
        self.go_on_after(Duration::ZERO);
        self.deadline = self.now + REDEMPTION;
    }

    fn redeemed<'a>(&'a self, code: &'a Secret<CODE>) -> Redemption<'a> {
        Redemption {
            code,
            verifier: &self.verifier,
            redirect_uri: self.redirect_uri,
            authorization: &self.authorization,
        }
    }

    pub(crate) fn redemption<'b>(
        &self,
        code: &Secret<CODE>,
        buffer: &'b mut [u8],
    ) -> Result<Request<'b>, Error> {
        self.server.redemption(&self.redeemed(code), buffer)
    }

    pub(crate) fn redeem<'r>(
        &self,
        code: &Secret<CODE>,
        response: Response<'r>,
    ) -> Result<ReadToken<'r>, Error> {
        self.server.redeem(&self.redeemed(code), response)
    }

    /// What a token permits.
    ///
    /// # Errors
    /// [`ResourceError::TooLong`](crate::error::ResourceError::TooLong) for one that is not kept.
    pub(crate) fn grant(&self, token: &ReadToken<'_>) -> Result<Option<Grant>, Error> {
        let ReadToken { token, lifetime, identification } = *token;
        Grant::read(token, self.authorization.scope, lifetime, identification, self.now)
    }

    /// Asks again later where that can help.
    ///
    /// # Errors
    /// The error itself where it cannot, or `late` when the deadline comes first.
    pub(crate) fn put_off(&mut self, error: Error, late: PeerError) -> Result<(), Error> {
        let asked = match error {
            Error::Peer(
                PeerError::Throttled { retry_after } | PeerError::Unavailable { retry_after, .. },
            ) => retry_after,
            Error::Peer(PeerError::Unreachable) => None,
            error => return Err(error),
        };
        // A service that asks for no pause at all still has its least time between polls.
        let soonest = self.now + self.server.pause();
        let again = self.backoff.next(asked, self.now).max(soonest);
        // While the holder is waited for, only the time ends the tries; else the trouble itself is
        // the better answer, and soon.
        if late == PeerError::Unreachable && self.backoff.tries() >= TRIES {
            return Err(error);
        }
        if again >= self.deadline {
            return Err(if late == PeerError::Unreachable { error } else { late.into() });
        }
        self.due = Some(again);
        Ok(())
    }

    /// Ends the attempt: its verifier is gone.
    pub(crate) fn end(&mut self) {
        self.verifier.zeroize();
        self.due = None;
    }
}

/// A backoff whose seed is public already.
fn seeded(state: &State) -> Backoff {
    let bytes = state.as_str().as_bytes().first_chunk::<4>().copied().unwrap_or_default();
    Backoff::new(u32::from_le_bytes(bytes))
}

/// A saved [`Attempt`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AttemptSnapshot {
    version: u8,
    application: [u8; 16],
    verifier: Verifier,
    state: State,
    remaining: Duration,
}

impl AttemptSnapshot {
    const VERSION: u8 = 2;
}

//! Authorization in the holder's browser, opened by a link or by the QR code that leads to it (RFC
//! 6749 §4.1 with RFC 7636, DOC-ICP-17.01 §6.4), at whatever service.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, AttemptSnapshot};
use super::authorization::{Authorization, Entropy};
use super::grant::Grant;
use super::redirect::{self, CODE};
use super::server::AuthorizationServer;
use crate::error::{Error, Misuse, PeerError};
use crate::flow::{Flow, Input, Output};
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Sends the holder to the service's page and takes the answer that the browser brings back.
#[derive(Debug)]
pub struct Redirect<'c, S> {
    attempt: Attempt<'c, S>,
    stage: Stage,
    event: Option<Notice>,
}

/// What is awaited.
#[derive(Debug, Serialize, Deserialize)]
enum Stage {
    /// The browser.
    Await,
    /// The exchange of the code for a token.
    Redeem(Secret<CODE>),
    Ended,
}

/// An event that has not been told yet.
#[derive(Clone, Copy, Debug)]
enum Notice {
    OpenUrl,
    Approved,
}

/// What the host is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RedirectEvent<'b> {
    /// Show this to the holder, as a link or as a QR code.
    OpenUrl {
        /// The service's page, for this authorization alone.
        url: &'b str,
        /// When the time to approve runs out.
        until: Instant,
    },
    /// The holder approved.
    Approved,
}

impl fmt::Debug for RedirectEvent<'_> {
    /// Shows the URL without its query, which holds the state and may hold a CPF.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenUrl { url, until } => {
                let url = url.split_once('?').map_or(*url, |(url, _)| url);
                formatter.debug_struct("OpenUrl").field("url", &url).field("until", until).finish()
            }
            Self::Approved => formatter.write_str("Approved"),
        }
    }
}

impl<'c, S: AuthorizationServer> Redirect<'c, S> {
    /// A flow that gives up after `patience`, for which the time that the service gives the holder is
    /// a good value.
    ///
    /// # Errors
    /// [`Misuse`] for an application without a `redirect_uri`, too long a lifetime, and entropy that
    /// is none.
    pub fn new(
        server: &'c S,
        authorization: Authorization,
        entropy: &Entropy,
        patience: Duration,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = redirect_uri(server)?;
        let secrets = Attempt::secrets(server, &authorization, entropy)?;
        let attempt = Attempt::new(server, authorization, redirect_uri, secrets, patience, now);
        Ok(Self { attempt, stage: Stage::Await, event: Some(Notice::OpenUrl) })
    }

    /// A saved flow, with the authorization that it was saved with. The page is shown again. Unknown
    /// time counts as too long.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version or another application, and what [`Redirect::new`] refuses.
    pub fn resume(
        server: &'c S,
        authorization: Authorization,
        snapshot: RedirectSnapshot,
        elapsed: Elapsed,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = redirect_uri(server)?;
        let RedirectSnapshot { attempt, stage } = snapshot;
        let attempt = Attempt::resume(server, authorization, redirect_uri, attempt, elapsed, now)?;
        let event = matches!(stage, Stage::Await).then_some(Notice::OpenUrl);
        Ok(Self { attempt, stage, event })
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    fn put_off(&mut self, error: Error) -> Result<Option<Grant>, Error> {
        match self.attempt.put_off(error, PeerError::Unreachable) {
            Ok(()) => Ok(None),
            Err(error) => {
                self.end();
                Err(error)
            }
        }
    }

    fn end(&mut self) {
        self.stage = Stage::Ended;
        self.event = None;
        self.attempt.end();
    }
}

fn redirect_uri(server: &impl AuthorizationServer) -> Result<&str, Error> {
    match server.redirect_uri() {
        "" => Err(Misuse::Field("redirect_uri").into()),
        uri => Ok(uri),
    }
}

impl<S: AuthorizationServer> Flow for Redirect<'_, S> {
    type Event<'b> = RedirectEvent<'b>;
    type Gain<'r> = Option<Grant>;
    type Snapshot = RedirectSnapshot;

    fn poll_output<'b>(
        &mut self,
        buffer: &'b mut [u8],
    ) -> Result<Output<'b, RedirectEvent<'b>>, Error> {
        let Attempt { server, authorization, verifier, state, due, deadline, now, .. } =
            &self.attempt;
        match self.event {
            Some(Notice::OpenUrl) => {
                let challenge = verifier.challenge();
                let url = server.authorize_url(authorization, &challenge, state, buffer)?;
                let until = *deadline;
                self.event = None;
                return Ok(Output::Event(RedirectEvent::OpenUrl { url, until }));
            }
            Some(Notice::Approved) => {
                self.event = None;
                return Ok(Output::Event(RedirectEvent::Approved));
            }
            None => {}
        }
        let code = match &self.stage {
            Stage::Await => return Ok(Output::Wait(*deadline)),
            Stage::Redeem(code) => code,
            Stage::Ended => return Ok(Output::Done),
        };
        match due {
            None => return Ok(Output::Wait(*deadline)),
            Some(due) if due > now => return Ok(Output::Wait(*due.min(deadline))),
            Some(_) => {}
        }
        let request = self.attempt.redemption(code, buffer)?;
        self.attempt.due = None;
        Ok(Output::Send(request))
    }

    /// A [`Input::Redirect`] that does not answer this authorization is an error that leaves the flow
    /// waiting: anybody can call the address that a browser comes back to.
    fn handle_input<'r>(&mut self, input: Input<'r>, now: Instant) -> Result<Option<Grant>, Error> {
        self.attempt.advance_clock(now);
        match (input, &self.stage) {
            (_, Stage::Ended) => Err(Misuse::OutOfOrder.into()),
            (Input::Timeout, stage) if self.attempt.is_late() => {
                let late = match stage {
                    Stage::Await => PeerError::Expired,
                    _ => PeerError::Unreachable,
                };
                self.end();
                Err(late.into())
            }
            (Input::Timeout, _) => Ok(None),
            (Input::Cancel, _) => {
                self.end();
                Err(PeerError::Cancelled.into())
            }
            (Input::Redirect(query), Stage::Await) if !self.attempt.is_late() => {
                let expected = self.attempt.server.expected(&self.attempt.state);
                match redirect::read(query, &expected) {
                    Ok(code) => {
                        self.stage = Stage::Redeem(code);
                        self.attempt.begin_redemption();
                        self.event = Some(Notice::Approved);
                        Ok(None)
                    }
                    Err(error @ Error::Peer(PeerError::Denied | PeerError::Refused(_))) => {
                        self.end();
                        Err(error)
                    }
                    Err(error) => Err(error),
                }
            }
            (Input::Response(response), Stage::Redeem(code)) if self.attempt.due.is_none() => {
                match self.attempt.redeem(code, response) {
                    Ok(token) => {
                        self.end();
                        self.attempt.grant(&token)
                    }
                    Err(error) => self.put_off(error),
                }
            }
            (Input::Failed(_), Stage::Redeem(_)) if self.attempt.due.is_none() => {
                self.put_off(PeerError::Unreachable.into())
            }
            _ => Err(Misuse::OutOfOrder.into()),
        }
    }

    fn snapshot(&self, now: Instant) -> RedirectSnapshot {
        let stage = match &self.stage {
            Stage::Await => Stage::Await,
            Stage::Redeem(code) => Stage::Redeem(code.duplicate()),
            Stage::Ended => Stage::Ended,
        };
        RedirectSnapshot { attempt: self.attempt.snapshot(now), stage }
    }
}

/// A saved [`Redirect`]. It holds the verifier, and a code.
#[derive(Debug, Serialize, Deserialize)]
pub struct RedirectSnapshot {
    attempt: AttemptSnapshot,
    stage: Stage,
}

//! Authorization in the holder's browser, opened by a link or by the QR code that leads to it
//! (VIDaaS manual v1.6 §3.1.1).

use core::fmt;

use serde::{Deserialize, Serialize};

use super::application::{Application, Authorization, Entropy};
use super::attempt::{Attempt, AttemptSnapshot};
use super::authorize::authorize_url;
use crate::error::{Error, Misuse, PeerError};
use crate::flow::{Flow, Input, Output};
use crate::oauth::grant::Grant;
use crate::oauth::redirect::{self, CODE, Expected};
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Sends the holder to the provider's page and takes the answer that the browser brings back.
#[derive(Debug)]
pub struct Redirect<'c> {
    attempt: Attempt<'c>,
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
        /// The provider's page, for this authorization alone.
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

impl<'c> Redirect<'c> {
    /// A flow that gives up after `patience`, for which the provider's
    /// [`super::Limits::approval_window`] is a good value.
    ///
    /// # Errors
    /// [`Misuse`] for an application without a `redirect_uri`, too long a lifetime, and entropy that
    /// is none.
    pub fn new(
        application: &'c Application<'c>,
        authorization: Authorization,
        entropy: &Entropy,
        patience: Duration,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = redirect_uri(application)?;
        let secrets = Attempt::secrets(application, &authorization, entropy)?;
        let attempt =
            Attempt::new(application, authorization, redirect_uri, secrets, patience, now);
        Ok(Self { attempt, stage: Stage::Await, event: Some(Notice::OpenUrl) })
    }

    /// A saved flow, with the authorization that it was saved with. The page is shown again. Unknown
    /// time counts as too long.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version or another application, and what [`Redirect::new`] refuses.
    pub fn resume(
        application: &'c Application<'c>,
        authorization: Authorization,
        snapshot: RedirectSnapshot,
        elapsed: Elapsed,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = redirect_uri(application)?;
        let RedirectSnapshot { attempt, stage } = snapshot;
        let attempt =
            Attempt::resume(application, authorization, redirect_uri, attempt, elapsed, now)?;
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

fn redirect_uri<'c>(application: &'c Application<'c>) -> Result<&'c str, Error> {
    match application.redirect_uri {
        "" => Err(Misuse::Field("redirect_uri").into()),
        uri => Ok(uri),
    }
}

impl Flow for Redirect<'_> {
    type Event<'b> = RedirectEvent<'b>;
    type Gain<'r> = Option<Grant>;
    type Snapshot = RedirectSnapshot;

    fn poll_output<'b>(
        &mut self,
        buffer: &'b mut [u8],
    ) -> Result<Output<'b, RedirectEvent<'b>>, Error> {
        let Attempt { application, authorization, verifier, state, due, deadline, now, .. } =
            &self.attempt;
        match self.event {
            Some(Notice::OpenUrl) => {
                let challenge = verifier.challenge();
                let url = authorize_url(application, authorization, &challenge, state, buffer)?;
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
                let service = self.attempt.application.service;
                let provider = service.provider();
                let expected = Expected {
                    state: &self.attempt.state,
                    issuer: provider.issuer.unwrap_or_else(|| service.base_url()),
                    issuer_required: provider.issuer_required,
                    denials: provider.denial.words(),
                    is_encoded: provider.encoded_redirect,
                };
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

#[cfg(test)]
mod tests {
    use std::format;

    use super::super::{Provider, Service, VIDAAS};
    use super::*;
    use crate::error::Mismatch;
    use crate::oauth::scope::Scope;
    use crate::secret::SecretText;

    /// What a flow says to a redirect with its own state and this `iss`.
    fn answer(provider: &Provider<'_>, issuer: &str) -> Result<Option<Grant>, Error> {
        let service = Service::new(provider, "https://psc.example").unwrap();
        let secret = SecretText::new("secret");
        let application = Application::new(service, "id", secret, "http://127.0.0.1/").unwrap();
        let authorization = Authorization { holder: None, scope: Scope::default(), lifetime: None };
        let random = core::array::from_fn(|place| place as u8);
        let entropy = Entropy { verifier: random, state: random };
        let now = Instant::from_millis(0);
        let patience = Duration::from_secs(120);
        let mut flow = Redirect::new(&application, authorization, &entropy, patience, now).unwrap();
        let query = format!("code=a&state={}&iss={issuer}", flow.attempt.state.as_str());
        flow.handle_input(Input::Redirect(&query), now)
    }

    #[test]
    fn s21_what_a_provider_calls_itself_is_its_base_url_or_its_datum() {
        let mismatch = Error::from(PeerError::Mismatch(Mismatch::Issuer));
        assert!(answer(&VIDAAS, "https://psc.example").is_ok());
        assert_eq!(answer(&VIDAAS, "https://issuer.example").unwrap_err(), mismatch);
        let named = Provider { issuer: Some("https://issuer.example"), ..VIDAAS };
        assert!(answer(&named, "https://issuer.example").is_ok());
        assert_eq!(answer(&named, "https://psc.example").unwrap_err(), mismatch);
    }
}

//! Authorization by a notification on the holder's phone (VIDaaS manual v1.6 §3.1.2).

use serde::{Deserialize, Serialize};

use super::application::{Application, Authorization, Entropy};
use super::attempt::{Attempt, AttemptSnapshot};
use super::authentication::{Approval, Authentication};
use super::authorize::{AuthorizePush, PUSH_CODE};
use super::provider::PushDialect;
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Exchange, Response};
use crate::flow::{Flow, Input, Output};
use crate::oauth::grant::Grant;
use crate::oauth::redirect::CODE;
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Asks the holder's phone for an authorization, and the service whether it came.
#[derive(Debug)]
pub struct Push<'c> {
    attempt: Attempt<'c>,
    stage: Stage,
    event: Option<PushEvent>,
}

/// What comes next, and what is needed for it.
#[derive(Debug, Serialize, Deserialize)]
enum Stage {
    /// The notification.
    Ask,
    /// The question whether the holder approved.
    Poll(Secret<PUSH_CODE>),
    /// The exchange of the approval for a token.
    Redeem(Secret<CODE>),
    Ended,
}

/// What the host is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushEvent {
    /// The notification is on its way to the phone.
    ApproveOnPhone {
        /// When the time to approve runs out.
        until: Instant,
    },
    /// The holder has not answered yet.
    Pending,
    /// The holder approved.
    Approved,
}

impl<'c> Push<'c> {
    /// A flow that gives up after `patience`, for which the provider's
    /// [`super::Limits::approval_window`] is a good value.
    ///
    /// # Errors
    /// [`Misuse`] for a provider without push, an authorization without a holder or with too long a
    /// lifetime, and entropy that is none.
    pub fn new(
        application: &'c Application<'c>,
        authorization: Authorization,
        entropy: &Entropy,
        patience: Duration,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = dialect(application, &authorization)?.redirect_uri;
        let attempt =
            Attempt::new(application, authorization, redirect_uri, entropy, patience, now)?;
        Ok(Self { attempt, stage: Stage::Ask, event: None })
    }

    /// A saved flow, with the authorization that it was saved with. What was out is asked again, and
    /// a poll no sooner than the provider allows. Unknown time counts as too long.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version, and what [`Push::new`] refuses.
    pub fn resume(
        application: &'c Application<'c>,
        authorization: Authorization,
        snapshot: PushSnapshot,
        elapsed: Elapsed,
        now: Instant,
    ) -> Result<Self, Error> {
        let redirect_uri = dialect(application, &authorization)?.redirect_uri;
        let PushSnapshot { attempt, stage } = snapshot;
        let attempt =
            Attempt::resume(application, authorization, redirect_uri, attempt, elapsed, now)?;
        Ok(Self { attempt, stage, event: None })
    }

    fn handle_response(&mut self, response: Response<'_>) -> Result<Option<Grant>, Error> {
        let Attempt { application, authorization, verifier, state, .. } = &self.attempt;
        let interval = application.provider().limits.poll_interval;
        match &self.stage {
            Stage::Ask => {
                let challenge = &verifier.challenge();
                let code = AuthorizePush { application, authorization, challenge, state }
                    .reply(response)?;
                self.stage = Stage::Poll(code);
                self.attempt.go_on_after(interval);
                self.event = Some(PushEvent::ApproveOnPhone { until: self.attempt.deadline });
            }
            Stage::Poll(code) => match (Authentication { application, code }).reply(response)? {
                Approval::Pending => {
                    self.attempt.go_on_after(interval);
                    self.event = Some(PushEvent::Pending);
                }
                Approval::Granted(code) => {
                    self.stage = Stage::Redeem(code);
                    self.attempt.begin_redemption();
                    self.event = Some(PushEvent::Approved);
                }
            },
            Stage::Redeem(code) => {
                let grant = self.attempt.redeem(code, response)?;
                self.end();
                return Ok(Some(grant));
            }
            Stage::Ended => return Err(Misuse::OutOfOrder.into()),
        }
        Ok(None)
    }

    fn put_off(&mut self, error: Error) -> Result<Option<Grant>, Error> {
        let late = self.lateness();
        match self.attempt.put_off(error, late) {
            Ok(()) => Ok(None),
            Err(error) => {
                self.end();
                Err(error)
            }
        }
    }

    /// What the deadline means at this stage.
    const fn lateness(&self) -> PeerError {
        match self.stage {
            Stage::Poll(_) => PeerError::Expired,
            _ => PeerError::Unreachable,
        }
    }

    fn end(&mut self) {
        self.stage = Stage::Ended;
        self.event = None;
        self.attempt.end();
    }
}

fn dialect<'c>(
    application: &'c Application<'c>,
    authorization: &Authorization,
) -> Result<PushDialect<'c>, Error> {
    authorization.holder.ok_or(Misuse::Field("holder"))?;
    application.provider().push.ok_or_else(|| Misuse::NotOffered("push").into())
}

impl Flow for Push<'_> {
    type Event<'b> = PushEvent;
    type Gain<'r> = Option<Grant>;
    type Snapshot = PushSnapshot;

    fn poll_output<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Output<'b, PushEvent>, Error> {
        if let Some(event) = self.event.take() {
            return Ok(Output::Event(event));
        }
        let Attempt { application, authorization, verifier, state, due, deadline, now, .. } =
            &self.attempt;
        match due {
            _ if matches!(self.stage, Stage::Ended) => return Ok(Output::Done),
            None => return Ok(Output::Wait(*deadline)),
            Some(due) if due > now => return Ok(Output::Wait(*due.min(deadline))),
            Some(_) => {}
        }
        let request = match &self.stage {
            Stage::Ask => {
                let challenge = &verifier.challenge();
                AuthorizePush { application, authorization, challenge, state }.request(buffer)
            }
            Stage::Poll(code) => Authentication { application, code }.request(buffer),
            Stage::Redeem(code) => self.attempt.redemption(code, buffer),
            Stage::Ended => return Ok(Output::Done),
        }?;
        self.attempt.due = None;
        Ok(Output::Send(request))
    }

    fn handle_input<'r>(&mut self, input: Input<'r>, now: Instant) -> Result<Option<Grant>, Error> {
        self.attempt.advance_clock(now);
        let is_out = self.attempt.due.is_none() && !matches!(self.stage, Stage::Ended);
        match input {
            Input::Response(response) if is_out => match self.handle_response(response) {
                Err(error) => self.put_off(error),
                gain => gain,
            },
            Input::Failed(_) if is_out => self.put_off(PeerError::Unreachable.into()),
            _ if matches!(self.stage, Stage::Ended) => Err(Misuse::OutOfOrder.into()),
            Input::Timeout if self.attempt.is_late() => {
                let late = self.lateness();
                self.end();
                Err(late.into())
            }
            Input::Timeout => Ok(None),
            Input::Cancel => {
                self.end();
                Err(PeerError::Cancelled.into())
            }
            _ => Err(Misuse::OutOfOrder.into()),
        }
    }

    fn snapshot(&self, now: Instant) -> PushSnapshot {
        let stage = match &self.stage {
            Stage::Ask => Stage::Ask,
            Stage::Poll(code) => Stage::Poll(code.duplicate()),
            Stage::Redeem(code) => Stage::Redeem(code.duplicate()),
            Stage::Ended => Stage::Ended,
        };
        PushSnapshot { attempt: self.attempt.snapshot(now), stage }
    }
}

/// A saved [`Push`]. It holds the verifier, and a code.
#[derive(Debug, Serialize, Deserialize)]
pub struct PushSnapshot {
    attempt: AttemptSnapshot,
    stage: Stage,
}

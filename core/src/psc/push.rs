//! Authorization by a notification on the holder's phone (VIDaaS manual v1.6 §3.1.2).

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::application::Application;
use super::authentication::{self, APPROVAL};
use super::authorize::{AuthorizePush, PUSH_CODE, read_push};
use super::provider::PushDialect;
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Exchange, Response};
use crate::flow::{Flow, Input, Output};
use crate::oauth::attempt::{Attempt, AttemptSnapshot};
use crate::oauth::authorization::{Authorization, Entropy};
use crate::oauth::grant::Grant;
use crate::oauth::redirect::CODE;
use crate::oauth::token::ReadToken;
use crate::secret::Secret;
use crate::time::{Duration, Elapsed, Instant};

/// Asks the holder's phone for an authorization, and the service whether it came.
#[derive(Debug)]
pub struct Push<'c> {
    attempt: Attempt<'c, Application<'c>>,
    stage: Stage,
    /// What the stage needs: the code to poll with, or the one that is redeemed.
    code: Secret<CODE>,
    event: Option<PushEvent>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The notification.
    Ask,
    /// The question whether the holder approved.
    Poll,
    /// The exchange of the approval for a token.
    Redeem,
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
        let secrets = Attempt::secrets(application, &authorization, entropy)?;
        Ok(Self {
            attempt: Attempt::new(application, authorization, redirect_uri, secrets, patience, now),
            stage: Stage::Ask,
            code: Secret::EMPTY,
            event: None,
        })
    }

    /// A saved flow, with the authorization that it was saved with. What was out is asked again, and
    /// a poll no sooner than the provider allows. Unknown time counts as too long.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version or another application, and what [`Push::new`] refuses.
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
        let mut flow = Self { attempt, stage: Stage::Ask, code: Secret::EMPTY, event: None };
        flow.stage = match stage {
            SavedStage::Ask => Stage::Ask,
            SavedStage::Poll(code) => {
                flow.code.set(code.expose(), "code")?;
                Stage::Poll
            }
            SavedStage::Redeem(code) => {
                flow.code = code;
                Stage::Redeem
            }
            SavedStage::Ended => Stage::Ended,
        };
        Ok(flow)
    }

    /// Takes what the service says; the token, at the end.
    fn handle_response<'r>(
        &mut self,
        response: Response<'r>,
    ) -> Result<Option<ReadToken<'r>>, Error> {
        let application = self.attempt.server;
        let interval = application.provider().limits.poll_interval;
        match self.stage {
            Stage::Ask => {
                read_push(response, &application.provider().errors, &mut self.code)?;
                self.stage = Stage::Poll;
                self.attempt.go_on_after(interval);
                self.event = Some(PushEvent::ApproveOnPhone { until: self.attempt.deadline });
            }
            Stage::Poll => match authentication::read(application, response)? {
                None => {
                    self.attempt.go_on_after(interval);
                    self.event = Some(PushEvent::Pending);
                }
                Some(approval) => {
                    self.code.set(approval, APPROVAL)?;
                    self.stage = Stage::Redeem;
                    self.attempt.begin_redemption();
                    self.event = Some(PushEvent::Approved);
                }
            },
            Stage::Redeem => return self.attempt.redeem(&self.code, response).map(Some),
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
            Stage::Poll => PeerError::Expired,
            _ => PeerError::Unreachable,
        }
    }

    fn end(&mut self) {
        self.stage = Stage::Ended;
        self.code.zeroize();
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

    #[inline(never)]
    fn poll_output<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Output<'b, PushEvent>, Error> {
        if let Some(event) = self.event.take() {
            return Ok(Output::Event(event));
        }
        let Attempt {
            server: application, authorization, verifier, state, due, deadline, now, ..
        } = &self.attempt;
        match due {
            _ if self.stage == Stage::Ended => return Ok(Output::Done),
            None => return Ok(Output::Wait(*deadline)),
            Some(due) if due > now => return Ok(Output::Wait(*due.min(deadline))),
            Some(_) => {}
        }
        let request = match self.stage {
            Stage::Ask => {
                let challenge = &verifier.challenge();
                AuthorizePush { application, authorization, challenge, state }.request(buffer)
            }
            Stage::Poll => authentication::request(application, self.code.expose(), buffer),
            Stage::Redeem => self.attempt.redemption(&self.code, buffer),
            Stage::Ended => return Ok(Output::Done),
        }?;
        self.attempt.due = None;
        Ok(Output::Send(request))
    }

    #[inline(never)]
    fn handle_input<'r>(&mut self, input: Input<'r>, now: Instant) -> Result<Option<Grant>, Error> {
        self.attempt.advance_clock(now);
        let is_out = self.attempt.due.is_none() && self.stage != Stage::Ended;
        match input {
            Input::Response(response) if is_out => match self.handle_response(response) {
                Ok(None) => Ok(None),
                Ok(Some(token)) => {
                    self.end();
                    self.attempt.grant(&token)
                }
                Err(error) => self.put_off(error),
            },
            Input::Failed(_) if is_out => self.put_off(PeerError::Unreachable.into()),
            _ if self.stage == Stage::Ended => Err(Misuse::OutOfOrder.into()),
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
        let stage = match self.stage {
            Stage::Ask => SavedStage::Ask,
            // It was bounded when it was read.
            Stage::Poll => {
                Secret::new(self.code.expose(), "code").map_or(SavedStage::Ask, SavedStage::Poll)
            }
            Stage::Redeem => SavedStage::Redeem(self.code.duplicate()),
            Stage::Ended => SavedStage::Ended,
        };
        PushSnapshot { attempt: self.attempt.snapshot(now), stage }
    }
}

/// A saved [`Push`]. It holds the verifier, and a code.
#[derive(Debug, Serialize, Deserialize)]
pub struct PushSnapshot {
    attempt: AttemptSnapshot,
    stage: SavedStage,
}

/// A saved [`Stage`], with what it needs.
#[derive(Debug, Serialize, Deserialize)]
enum SavedStage {
    Ask,
    Poll(Secret<PUSH_CODE>),
    Redeem(Secret<CODE>),
    Ended,
}

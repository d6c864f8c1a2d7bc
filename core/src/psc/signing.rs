//! The flow from an order to its signatures.
//!
//! It asks the host for a grant when it needs one, sends as many documents in a request as provider
//! and grant allow, and gives each document's outcome once. A request for signatures is never sent a
//! second time on its own: one whose answer is lost waits for the host's word.

use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::application::Application;
use super::order::Order;
use super::signature::{self, SignatureRequest, Signatures};
use crate::document::Digest;
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Exchange, Response};
use crate::flow::{Flow, Gain, Input, Output, SendFailure};
use crate::oauth::grant::{Grant, GrantSnapshot};
use crate::oauth::scope::Scope;
use crate::pacing::{Backoff, Limiter};
use crate::time::{Duration, Elapsed, Instant};

/// Tries of a request that the service puts off or that cannot be sent, before its documents fail.
const TRIES: u8 = 6;

/// Signs an order.
#[derive(Debug)]
pub struct Signing<'c> {
    application: &'c Application<'c>,
    order: &'c Order<'c>,
    grant: Option<Grant>,
    /// The first document without an outcome.
    next: usize,
    stage: Stage,
    deadline: Instant,
    now: Instant,
    backoff: Backoff,
    requests: Limiter,
    /// Whether the service has already called a grant invalid for the documents that come next.
    was_unauthorized: bool,
    told: bool,
    /// Why what is left fails when the deadline comes.
    late: PeerError,
}

/// Where the flow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A request goes out, not before this moment, when there is a grant for it.
    Due(Instant),
    /// A request for so many documents is out.
    Sent(usize),
    /// A request for so many documents has no answer.
    InDoubt(usize),
    Ended,
}

/// What the host is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SigningEvent {
    /// A grant is needed: hand one to [`Signing::authorize`].
    Authorize,
    /// It is not known whether these documents were signed: see [`Signing::resolve`].
    InDoubt(Range<usize>),
}

/// The host's word on documents in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They were not signed, or may be signed a second time: ask again.
    SignAgain,
    /// Leave them: their outcome is [`PeerError::InDoubt`].
    Abandon,
}

/// The outcome of some documents.
#[derive(Debug)]
pub struct Batch<'c, 'r> {
    /// Which.
    pub items: Range<usize>,
    /// Their signatures, or what became of all of them.
    pub outcome: Result<Signatures<'c, 'r>, Error>,
}

impl Gain for Option<Batch<'_, '_>> {
    fn document(&self) -> Option<usize> {
        self.as_ref()?.outcome.as_ref().ok()?.received()
    }
}

impl<'c> Signing<'c> {
    /// A flow that gives up after `patience`; `seed` spreads its tries.
    ///
    /// # Errors
    /// [`Misuse`] with what the provider would refuse.
    pub fn new(
        application: &'c Application<'c>,
        order: &'c Order<'c>,
        patience: Duration,
        seed: u32,
        now: Instant,
    ) -> Result<Self, Error> {
        order.check(application.provider())?;
        Ok(Self {
            application,
            order,
            grant: None,
            next: 0,
            stage: Stage::Due(now),
            deadline: now + patience,
            now,
            backoff: Backoff::new(seed),
            requests: Limiter::new(application.provider().limits.signature_requests),
            was_unauthorized: false,
            told: false,
            late: PeerError::Expired,
        })
    }

    /// A saved flow, with the order that it was saved with. A request that was out is in doubt now.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version, another order or another application: a grant is for
    /// the service that gave it, and for no other.
    pub fn resume(
        application: &'c Application<'c>,
        order: &'c Order<'c>,
        snapshot: SigningSnapshot,
        elapsed: Elapsed,
        patience: Duration,
        seed: u32,
        now: Instant,
    ) -> Result<Self, Error> {
        let end = snapshot.next.checked_add(snapshot.in_flight).ok_or(Misuse::Snapshot)?;
        if snapshot.version != SigningSnapshot::VERSION
            || snapshot.order != order.fingerprint(application)
            || end > order.items.len()
        {
            return Err(Misuse::Snapshot.into());
        }
        let mut flow = Self::new(application, order, patience, seed, now)?;
        flow.next = snapshot.next;
        flow.grant = snapshot.grant.and_then(|grant| grant.resume(elapsed, now));
        flow.stage = match snapshot.in_flight {
            0 if snapshot.next == order.items.len() => Stage::Ended,
            0 => Stage::Due(now),
            count => Stage::InDoubt(count),
        };
        Ok(flow)
    }

    /// Hands the flow a grant.
    ///
    /// # Errors
    /// [`Misuse::OutOfOrder`] while a request is out or nothing is left to sign;
    /// [`Misuse::Field`] for a grant that permits no signature.
    pub fn authorize(&mut self, grant: Grant, now: Instant) -> Result<(), Error> {
        self.now = self.now.max(now);
        if grant.scope() == Scope::AuthenticationSession {
            return Err(Misuse::Field("scope").into());
        }
        if !matches!(self.stage, Stage::Due(_)) {
            return Err(Misuse::OutOfOrder.into());
        }
        self.grant = Some(grant);
        self.told = false;
        Ok(())
    }

    /// Says what becomes of the documents in doubt.
    ///
    /// # Errors
    /// [`Misuse::OutOfOrder`] when none are.
    pub fn resolve(
        &mut self,
        resolution: Resolution,
        now: Instant,
    ) -> Result<Option<Batch<'c, 'static>>, Error> {
        let Stage::InDoubt(count) = self.stage else { return Err(Misuse::OutOfOrder.into()) };
        self.now = self.now.max(now);
        self.told = false;
        match resolution {
            Resolution::SignAgain => {
                self.stage = Stage::Due(self.now);
                Ok(None)
            }
            Resolution::Abandon => {
                let items = self.advance(count);
                Ok(Some(Batch { items, outcome: Err(PeerError::InDoubt.into()) }))
            }
        }
    }

    /// The first document that has no outcome yet.
    #[must_use]
    pub const fn next(&self) -> usize {
        self.next
    }

    /// Takes the grant out, for another order: what is left of a session's when this order is done.
    pub const fn take_grant(&mut self) -> Option<Grant> {
        self.grant.take()
    }

    /// How many documents the next request takes.
    fn batch(&self, scope: Scope) -> usize {
        let rest = self.order.items.len().saturating_sub(self.next);
        let most = match scope {
            Scope::SingleSignature | Scope::AuthenticationSession => 1,
            // Documents that are sent go one by one, so that neither side holds more than one.
            _ if self.order.format.needs_document() => 1,
            _ => self.application.provider().limits.documents_per_request.max(1),
        };
        rest.min(most)
    }

    /// Notes the outcome of the next `count` documents.
    fn advance(&mut self, count: usize) -> Range<usize> {
        let first = self.next;
        self.next = first.saturating_add(count).min(self.order.items.len());
        self.was_unauthorized = false;
        self.backoff.reset();
        self.stage =
            if self.next == self.order.items.len() { Stage::Ended } else { Stage::Due(self.now) };
        first..self.next
    }

    /// Ends the flow with one outcome for all that is left.
    fn give_up<'r>(&mut self, error: impl Into<Error>) -> Batch<'c, 'r> {
        let items = self.advance(self.order.items.len());
        self.grant = None;
        Batch { items, outcome: Err(error.into()) }
    }

    /// A request left: a grant that one request spends is gone.
    fn spend(&mut self) {
        if self.grant.as_ref().is_some_and(|grant| grant.scope().is_spent_by_one_request()) {
            self.grant = None;
        }
    }

    /// A request left and may have signed.
    fn doubt(&mut self, count: usize) {
        self.spend();
        self.stage = Stage::InDoubt(count);
    }

    /// Puts the request off, or gives up.
    fn put_off<'r>(&mut self, asked: Option<Duration>, error: Error) -> Option<Batch<'c, 'r>> {
        let again = self.backoff.next(asked, self.now);
        if self.backoff.tries() >= TRIES || again >= self.deadline {
            return Some(self.give_up(error));
        }
        self.stage = Stage::Due(again);
        None
    }

    fn handle_response<'r>(
        &mut self,
        count: usize,
        response: Response<'r>,
    ) -> Option<Batch<'c, 'r>> {
        let asked = response.wait();
        let items = self.next..self.next.saturating_add(count);
        let order: &'c Order<'c> = self.order;
        let outcome = signature::read(self.application.provider(), order, items, response);
        if let Err(Error::Peer(PeerError::Throttled { .. } | PeerError::Unavailable { .. })) =
            outcome
        {
            return outcome.err().and_then(|error| self.put_off(asked, error));
        }
        self.spend();
        if matches!(outcome, Err(Error::Peer(PeerError::Unauthorized))) {
            self.grant = None;
        }
        match outcome {
            Err(Error::Peer(PeerError::InDoubt)) => {
                self.doubt(count);
                None
            }
            Err(Error::Peer(PeerError::Unauthorized)) if !self.was_unauthorized => {
                self.was_unauthorized = true;
                self.stage = Stage::Due(self.now);
                None
            }
            outcome => {
                let items = self.advance(count);
                Some(Batch { items, outcome })
            }
        }
    }
}

impl<'c> Flow for Signing<'c> {
    type Event<'b> = SigningEvent;
    type Gain<'r> = Option<Batch<'c, 'r>>;
    type Snapshot = SigningSnapshot;

    fn poll_output<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Output<'b, SigningEvent>, Error> {
        let due = match self.stage {
            Stage::Ended => return Ok(Output::Done),
            Stage::Sent(_) => return Ok(Output::Wait(self.deadline)),
            Stage::InDoubt(_) if self.told => return Ok(Output::Wait(Instant::NEVER)),
            Stage::InDoubt(count) => {
                self.told = true;
                let items = self.next..self.next.saturating_add(count);
                return Ok(Output::Event(SigningEvent::InDoubt(items)));
            }
            // Past the deadline no request goes out: a timeout ends what is left.
            Stage::Due(_) if self.now >= self.deadline => return Ok(Output::Wait(self.deadline)),
            Stage::Due(due) => due,
        };
        if self.grant.as_ref().is_some_and(|grant| grant.is_expired(self.now)) {
            self.grant = None;
        }
        let Some(grant) = &self.grant else {
            if self.told {
                return Ok(Output::Wait(self.deadline));
            }
            self.told = true;
            return Ok(Output::Event(SigningEvent::Authorize));
        };
        let count = self.batch(grant.scope());
        let due = due.max(self.requests.earliest(1, self.now));
        if due > self.now {
            return Ok(Output::Wait(due.min(self.deadline)));
        }
        let items = self.next..self.next.saturating_add(count);
        let request = SignatureRequest {
            application: self.application,
            order: self.order,
            items,
            token: grant.token(),
        }
        .request(buffer)?;
        self.requests.pass(1, self.now);
        self.stage = Stage::Sent(count);
        Ok(Output::Send(request))
    }

    fn handle_input<'r>(
        &mut self,
        input: Input<'r>,
        now: Instant,
    ) -> Result<Option<Batch<'c, 'r>>, Error> {
        self.now = self.now.max(now);
        match (input, self.stage) {
            (Input::Response(response), Stage::Sent(count)) => {
                Ok(self.handle_response(count, response))
            }
            (Input::Failed(SendFailure::NotSent), Stage::Sent(_)) => {
                Ok(self.put_off(None, PeerError::Unreachable.into()))
            }
            (Input::Failed(SendFailure::Unanswered), Stage::Sent(count)) => {
                self.doubt(count);
                Ok(None)
            }
            (Input::Timeout, Stage::Due(_)) if self.now >= self.deadline => {
                Ok(Some(self.give_up(self.late)))
            }
            // An answer that is still out at the deadline is not waited for.
            (Input::Timeout, Stage::Sent(count)) if self.now >= self.deadline => {
                self.doubt(count);
                Ok(None)
            }
            (Input::Timeout, _) => Ok(None),
            // What is out may have signed by now. What has not been asked for yet is another batch,
            // for which a timeout is due at once.
            (Input::Cancel, Stage::Sent(count) | Stage::InDoubt(count)) => {
                let items = self.advance(count);
                self.grant = None;
                self.deadline = self.now;
                self.late = PeerError::Cancelled;
                Ok(Some(Batch { items, outcome: Err(PeerError::InDoubt.into()) }))
            }
            (Input::Cancel, Stage::Due(_)) => Ok(Some(self.give_up(PeerError::Cancelled))),
            _ => Err(Misuse::OutOfOrder.into()),
        }
    }

    fn snapshot(&self, now: Instant) -> SigningSnapshot {
        let in_flight = match self.stage {
            Stage::Sent(count) | Stage::InDoubt(count) => count,
            Stage::Due(_) | Stage::Ended => 0,
        };
        // A grant that one request spends is spent by the request that is about to leave, and one
        // that is left when all is signed is the next order's.
        let grant = self.grant.as_ref().filter(|grant| {
            self.stage != Stage::Ended
                && (in_flight == 0 || !grant.scope().is_spent_by_one_request())
        });
        SigningSnapshot {
            version: SigningSnapshot::VERSION,
            order: self.order.fingerprint(self.application),
            next: self.next,
            in_flight,
            grant: grant.map(|grant| grant.snapshot(now)),
        }
    }
}

/// A saved [`Signing`]. It may hold a token.
#[derive(Debug, Serialize, Deserialize)]
pub struct SigningSnapshot {
    version: u8,
    order: Digest,
    next: usize,
    in_flight: usize,
    grant: Option<GrantSnapshot>,
}

impl SigningSnapshot {
    const VERSION: u8 = 2;

    /// The documents whose request was out, or is about to leave.
    #[must_use]
    pub const fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The first document that had no outcome yet.
    #[must_use]
    pub const fn next(&self) -> usize {
        self.next
    }
}

//! The flow from an order to its signed documents: the application's token, each document's upload,
//! the holder's permission, the signatures, each signed document's download.
//!
//! What was done is noted in the caller's [`Progress`], document by document, so that another process
//! can go on: what is uploaded is not sent again, what is signed is not signed again (a signature is
//! billed), and a download can be repeated. A request for signatures is never sent a second time on
//! its own: one whose answer is lost waits for the host's word.

mod batch;
mod replies;
mod snapshot;
mod step;
#[cfg(test)]
mod tests;

pub use batch::{Batch, Documents, SignedEntry, SigningGain};
pub use snapshot::SigningSnapshot;

use self::step::Step;
use super::application::Application;
use super::client_token::ClientToken;
use super::document_download::DocumentDownload;
use super::document_upload::Boundary;
use super::order::Order;
use super::progress::{Progress, Stage as DocumentStage};
use super::signature::SignatureRequest;
use crate::error::{Error, Misuse, PeerError};
use crate::exchange::{Exchange, Request};
use crate::flow::{Flow, Input, Output, SendFailure};
use crate::oauth::grant::{Grant, TOKEN};
use crate::oauth::scope::Scope;
use crate::pacing::{Backoff, Limiter};
use crate::secret::{Secret, SecretText};
use crate::time::{Duration, Elapsed, Instant};

/// Tries of a request that the service puts off or that cannot be sent, before the flow ends.
const TRIES: u8 = 6;

/// Bytes that a signed document may have more than the one that was sent: a signature takes some tens
/// of kilobytes, what it shows on a page may bring a picture and its fonts.
const MOST_ADDED: u64 = 16 * 1024 * 1024;

/// A token is taken as expired this long before it is, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(10);

/// Signs an order.
#[derive(Debug)]
pub struct Signing<'c> {
    application: &'c Application<'c>,
    order: &'c Order<'c>,
    progress: &'c mut [Progress],
    boundary: Boundary,
    /// The application's own token, and when it is given up.
    token: Option<(Secret<TOKEN>, Instant)>,
    grant: Option<Grant>,
    stage: Stage,
    deadline: Instant,
    now: Instant,
    backoff: Backoff,
    calls: Limiter,
    /// Whether the service has already called a token of the application's invalid, a grant, and
    /// documents that it was given unknown, since one of them was good.
    refused_token: bool,
    refused_grant: bool,
    forgot_documents: bool,
    told: bool,
}

/// Where the flow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The next step is due, not before this moment.
    Due(Instant),
    /// A step's request is out.
    Out(Step),
    /// A request for signatures has no answer.
    InDoubt,
    Ended,
}

/// What the host is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningEvent {
    /// A grant is needed: hand one to [`Signing::authorize`].
    Authorize,
    /// It is not known whether the documents whose stage is [`DocumentStage::Sent`] were signed: see
    /// [`Signing::resolve`].
    InDoubt,
}

/// The host's word on documents in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They were not signed, or may be signed a second time: ask again.
    SignAgain,
    /// Leave them: what becomes of them is [`PeerError::InDoubt`].
    Abandon,
}

impl<'c> Signing<'c> {
    /// A flow over `progress`, which has an entry for each document of the order, that gives up after
    /// `patience`. `boundary` is drawn from a source fit for keys; `seed` spreads the tries. Documents
    /// whose signature was being asked for are in doubt.
    ///
    /// # Errors
    /// [`Misuse`] with what the service would refuse, or [`Misuse::Snapshot`] for progress of another
    /// length.
    pub fn new(
        application: &'c Application<'c>,
        order: &'c Order<'c>,
        progress: &'c mut [Progress],
        boundary: Boundary,
        patience: Duration,
        seed: u32,
        now: Instant,
    ) -> Result<Self, Error> {
        order.check(application.profile())?;
        if progress.len() != order.items.len() {
            return Err(Misuse::Snapshot.into());
        }
        Ok(Self {
            application,
            order,
            progress,
            boundary,
            token: None,
            grant: None,
            stage: Stage::Due(now),
            deadline: now + patience,
            now,
            backoff: Backoff::new(seed),
            calls: Limiter::new(application.profile().limits.calls),
            refused_token: false,
            refused_grant: false,
            forgot_documents: false,
            told: false,
        })
    }

    /// A saved flow, with the order and the progress that it was saved with.
    ///
    /// # Errors
    /// [`Misuse::Snapshot`] for another version, another order or another application, and what
    /// [`Signing::new`] refuses.
    #[expect(clippy::too_many_arguments, reason = "a saved flow is a new one with its past")]
    pub fn resume(
        application: &'c Application<'c>,
        order: &'c Order<'c>,
        progress: &'c mut [Progress],
        snapshot: SigningSnapshot,
        elapsed: Elapsed,
        boundary: Boundary,
        patience: Duration,
        seed: u32,
        now: Instant,
    ) -> Result<Self, Error> {
        let grant = snapshot.open(application, order)?;
        let mut flow = Self::new(application, order, progress, boundary, patience, seed, now)?;
        flow.grant = grant.and_then(|grant| grant.resume(elapsed, now));
        Ok(flow)
    }

    /// Hands the flow a grant.
    ///
    /// # Errors
    /// [`Misuse::OutOfOrder`] while a request is out or when the flow has ended; [`Misuse::Field`] for
    /// a grant that permits no signature.
    pub fn authorize(&mut self, grant: Grant, now: Instant) -> Result<(), Error> {
        if grant.scope() == Scope::AuthenticationSession {
            return Err(Misuse::Field("scope").into());
        }
        if !matches!(self.stage, Stage::Due(_)) {
            return Err(Misuse::OutOfOrder.into());
        }
        self.grant = Some(grant);
        self.told = false;
        self.advance(now);
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
    ) -> Result<SigningGain<'c, 'static>, Error> {
        if self.stage != Stage::InDoubt {
            return Err(Misuse::OutOfOrder.into());
        }
        self.advance(now);
        self.told = false;
        self.stage = Stage::Due(self.now);
        Ok(match resolution {
            Resolution::SignAgain => {
                self.move_all(DocumentStage::Sent, DocumentStage::Uploaded);
                SigningGain::Nothing
            }
            Resolution::Abandon => self.fail_sent(PeerError::InDoubt.into()),
        })
    }

    /// How far each document is: to be saved beside the snapshot.
    #[must_use]
    pub const fn progress(&self) -> &[Progress] {
        self.progress
    }

    /// Takes the grant out, for another order: what is left of a session's when this order is done.
    pub const fn take_grant(&mut self) -> Option<Grant> {
        self.grant.take()
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    /// The clock goes on, and tokens that have expired by then are gone.
    fn advance(&mut self, now: Instant) {
        self.now = self.now.max(now);
        self.grant.take_if(|grant| grant.is_expired(self.now));
        self.token.take_if(|(_, until)| *until <= self.now);
    }

    fn has(&self, stage: DocumentStage) -> bool {
        self.progress.iter().any(|each| each.stage == stage)
    }

    fn first(&self, stage: DocumentStage) -> Option<usize> {
        self.progress.iter().position(|each| each.stage == stage)
    }

    fn note(&mut self, document: usize, stage: DocumentStage) {
        if let Some(progress) = self.progress.get_mut(document) {
            progress.stage = stage;
        }
    }

    fn move_all(&mut self, from: DocumentStage, to: DocumentStage) {
        for progress in self.progress.iter_mut().filter(|each| each.stage == from) {
            progress.stage = to;
        }
    }

    /// The documents whose signature is being asked for have no signature, for this reason.
    fn fail_sent<'r>(&mut self, error: Error) -> SigningGain<'c, 'r> {
        let documents = Documents::of(self.progress, DocumentStage::Sent);
        self.move_all(DocumentStage::Sent, DocumentStage::Failed);
        SigningGain::Failed { documents, error }
    }

    /// One document will not be signed, for this reason.
    fn fail<'r>(&mut self, document: usize, error: Error) -> SigningGain<'c, 'r> {
        self.note(document, DocumentStage::Failed);
        SigningGain::Failed { documents: Documents::one(document), error }
    }

    /// What comes next; nothing when every document has its outcome, or is in doubt.
    fn step(&self) -> Option<Step> {
        let of_application = |step| if self.token.is_some() { step } else { Step::Token };
        // While it is not known what was signed, nothing more is asked for; what is signed is fetched
        // before the host is asked.
        let goes_on = !self.has(DocumentStage::Sent);
        let waiting = self.first(DocumentStage::Waiting).filter(|_| goes_on);
        if let Some(document) = waiting {
            return Some(of_application(Step::Upload(document)));
        }
        let is_uploaded = goes_on && self.has(DocumentStage::Uploaded);
        // A grant does not live long, and what is signed can be fetched later; but what is signed is
        // fetched before the holder is asked once more.
        if is_uploaded && self.grant.is_some() {
            return Some(Step::Sign);
        }
        match self.first(DocumentStage::Signed) {
            Some(document) => Some(of_application(Step::Download(document))),
            None => is_uploaded.then_some(Step::Sign),
        }
    }

    /// The request of a step. The documents of a request for signatures are marked as sent.
    #[inline(never)]
    fn request<'b>(&mut self, step: Step, buffer: &'b mut [u8]) -> Result<Request<'b>, Error> {
        let application = self.application;
        let token = self.token.as_ref().map_or("", |(token, _)| token.expose());
        let token = SecretText::new(token);
        match step {
            Step::Token => ClientToken { application, lifetime: None }.request(buffer),
            Step::Upload(document) => self.upload(document, token)?.request(buffer),
            Step::Sign => {
                let grant = self.grant.as_ref().ok_or(Misuse::OutOfOrder)?;
                let most = Order::most_per_request(application.profile(), grant.scope());
                let most = most.min(Documents::MOST);
                let exchange = SignatureRequest {
                    application,
                    token: SecretText::new(grant.token()),
                    order: self.order,
                    progress: self.progress,
                    stage: DocumentStage::Uploaded,
                    most,
                };
                let request = exchange.request(buffer)?;
                let uploaded =
                    self.progress.iter_mut().filter(|each| each.stage == DocumentStage::Uploaded);
                uploaded.take(most).for_each(|each| each.stage = DocumentStage::Sent);
                Ok(request)
            }
            Step::Download(document) => {
                let transaction = self.progress.get(document).ok_or(Misuse::Snapshot)?;
                let transaction = &transaction.transaction;
                let item = self.order.items.get(document).ok_or(Misuse::Snapshot)?;
                let most = item.length.saturating_add(MOST_ADDED);
                DocumentDownload { application, token, transaction, document, most }.request(buffer)
            }
        }
    }

    /// A request for signatures left: a grant that one request spends is gone.
    fn spend(&mut self) {
        if self.grant.as_ref().is_some_and(|grant| grant.scope().is_spent_by_one_request()) {
            self.grant = None;
        }
    }

    /// A request for signatures left and may have signed.
    fn doubt(&mut self) {
        self.spend();
        self.stage = Stage::Due(self.now);
    }

    /// Puts the next step off, or ends the flow: what was done stays done, and can be gone on with.
    fn put_off<'r>(
        &mut self,
        asked: Option<Duration>,
        error: Error,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        let again = self.backoff.next(asked, self.now);
        if self.backoff.tries() >= TRIES || again >= self.deadline {
            return Err(self.end(error));
        }
        self.stage = Stage::Due(again);
        Ok(SigningGain::Nothing)
    }

    /// Ends the flow. The progress stays as it is.
    fn end(&mut self, error: Error) -> Error {
        self.stage = Stage::Ended;
        self.token = None;
        error
    }
}

impl<'c> Flow for Signing<'c> {
    type Event<'b> = SigningEvent;
    type Gain<'r> = SigningGain<'c, 'r>;
    type Snapshot = SigningSnapshot;

    fn poll_output<'b>(&mut self, buffer: &'b mut [u8]) -> Result<Output<'b, SigningEvent>, Error> {
        let due = match self.stage {
            Stage::Ended => return Ok(Output::Done),
            Stage::Out(_) => return Ok(Output::Wait(self.deadline)),
            Stage::InDoubt => return Ok(Output::Wait(Instant::NEVER)),
            Stage::Due(due) => due,
        };
        let Some(step) = self.step() else {
            if self.has(DocumentStage::Sent) {
                self.stage = Stage::InDoubt;
                self.told = true;
                return Ok(Output::Event(SigningEvent::InDoubt));
            }
            self.stage = Stage::Ended;
            self.token = None;
            return Ok(Output::Done);
        };
        // Past the deadline no request goes out: a timeout ends the flow.
        if self.now >= self.deadline {
            return Ok(Output::Wait(self.deadline));
        }
        if step == Step::Sign && self.grant.is_none() {
            if self.told {
                return Ok(Output::Wait(self.deadline));
            }
            self.told = true;
            return Ok(Output::Event(SigningEvent::Authorize));
        }
        // What is counted are a holder's calls; uploads and downloads are the application's.
        let due = match step {
            Step::Sign => due.max(self.calls.earliest(1, self.now)),
            _ => due,
        };
        if due > self.now {
            return Ok(Output::Wait(due.min(self.deadline)));
        }
        let request = self.request(step, buffer)?;
        if step == Step::Sign {
            self.calls.pass(1, self.now);
        }
        self.stage = Stage::Out(step);
        Ok(Output::Send(request))
    }

    fn handle_input<'r>(
        &mut self,
        input: Input<'r>,
        now: Instant,
    ) -> Result<SigningGain<'c, 'r>, Error> {
        self.advance(now);
        match (input, self.stage) {
            (_, Stage::Ended) => Err(Misuse::OutOfOrder.into()),
            (Input::Response(response), Stage::Out(step)) => self.handle_response(step, response),
            (Input::Failed(failure), Stage::Out(step)) => match (failure, step) {
                (SendFailure::Unanswered, Step::Sign) => {
                    self.doubt();
                    Ok(SigningGain::Nothing)
                }
                (_, step) => {
                    if step == Step::Sign {
                        self.move_all(DocumentStage::Sent, DocumentStage::Uploaded);
                    }
                    self.put_off(None, PeerError::Unreachable.into())
                }
            },
            // An answer that is still out at the deadline is not waited for.
            (Input::Timeout, Stage::Out(Step::Sign)) if self.now >= self.deadline => {
                self.doubt();
                Ok(SigningGain::Nothing)
            }
            (Input::Timeout, Stage::Due(_) | Stage::Out(_)) if self.now >= self.deadline => {
                let is_open = self.has(DocumentStage::Sent);
                let late = if is_open { PeerError::InDoubt } else { PeerError::Expired };
                Err(self.end(late.into()))
            }
            (Input::Timeout, _) => Ok(SigningGain::Nothing),
            // What is out may have signed by now; it stays in doubt, for whoever goes on.
            (Input::Cancel, _) if self.has(DocumentStage::Sent) => {
                self.spend();
                Err(self.end(PeerError::InDoubt.into()))
            }
            // All of it is done.
            (Input::Cancel, Stage::Due(_)) if self.step().is_none() => Ok(SigningGain::Nothing),
            (Input::Cancel, _) => Err(self.end(PeerError::Cancelled.into())),
            (Input::Redirect(_) | Input::Response(_) | Input::Failed(_), _) => {
                Err(Misuse::OutOfOrder.into())
            }
        }
    }

    fn snapshot(&self, now: Instant) -> SigningSnapshot {
        // A grant that one request spends is spent by the request that is about to leave, and one
        // that is left when all is signed is the next order's.
        let is_out = self.has(DocumentStage::Sent);
        let grant = self.grant.as_ref().filter(|grant| {
            self.stage != Stage::Ended && !(is_out && grant.scope().is_spent_by_one_request())
        });
        SigningSnapshot::new(self.application, self.order, grant.map(|grant| grant.snapshot(now)))
    }
}

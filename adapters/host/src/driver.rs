//! The loop: what a flow asks for is done, and what happened is handed back.

use core::fmt;
use std::io;

use rubrica_core::document::{Documents, Sink};
use rubrica_core::error::{Error as CoreError, Misuse, PeerError, ResourceError};
use rubrica_core::exchange::{Effect, Exchange};
use rubrica_core::flow::{Flow, Gain, Input, Output, SendFailure};
use rubrica_core::pacing::Backoff;
use rubrica_core::time::Instant;
use rubrica_ureq::{Fault, Reply, Transport, TransportError};
use zeroize::Zeroizing;

use crate::cancel::Cancellation;
use crate::clock::Clock;
use crate::error::{Error, core};
use crate::random;

/// What a driver does for one kind of flow.
pub(crate) trait Attendant<F: Flow> {
    /// Where the documents of its requests come from.
    type Documents: Documents;

    /// Where the signed documents of their replies go.
    type Sink: Sink<Error: fmt::Display>;

    /// Takes an event.
    fn event(
        &mut self,
        driver: &Driver<'_>,
        flow: &mut F,
        event: F::Event<'_>,
    ) -> Result<(), Error>;

    /// Takes what an input brought.
    fn gain(&mut self, gain: F::Gain<'_>) -> Result<(), Error>;

    /// Saves the flow before a request that must not go twice.
    fn before_once(&mut self, driver: &Driver<'_>, flow: &F) -> Result<(), Error>;

    /// Saves the flow when the answer to such a request has been taken, or is known to be lost.
    fn after_once(&mut self, driver: &Driver<'_>, flow: &F) -> Result<(), Error>;

    /// Saves what a reply brought, whatever its request was, when the flow has taken it.
    fn after_reply(&mut self, _driver: &Driver<'_>, _flow: &F) -> Result<(), Error> {
        Ok(())
    }

    /// Where documents come from, and where they go.
    fn documents(&mut self) -> (&mut Self::Documents, &mut Self::Sink);

    /// Waits until then, or until something else happens to the flow.
    fn wait(&mut self, driver: &Driver<'_>, flow: &mut F, until: Instant) -> Result<(), Error> {
        driver.sleep_until(until);
        let gain = flow.handle_input(Input::Timeout, driver.now())?;
        self.gain(gain)
    }
}

/// Runs flows and single exchanges over one transport.
pub(crate) struct Driver<'t> {
    pub(crate) transport: &'t Transport,
    pub(crate) cancellation: &'t Cancellation,
    pub(crate) clock: Clock,
}

/// What a request fits into at first; it grows to what is needed.
const BUFFER: usize = 4 * 1024;

/// Tries of an exchange that needs no flow.
const TRIES: u8 = 3;

impl Driver<'_> {
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn sleep_until(&self, until: Instant) {
        let until = self.clock.at(until);
        self.cancellation.sleep(until.saturating_duration_since(std::time::Instant::now()));
    }

    /// Runs a flow to its end.
    pub(crate) fn run<F: Flow, A: Attendant<F>>(
        &self,
        flow: &mut F,
        attendant: &mut A,
    ) -> Result<(), Error> {
        let mut buffer = Zeroizing::new(vec![0; BUFFER]);
        let mut body = Zeroizing::new(Vec::new());
        let mut last_failure = None;
        let mut cancelled = false;
        loop {
            if !cancelled && self.cancellation.is_cancelled() {
                cancelled = true;
                match flow.handle_input(Input::Cancel, self.now()) {
                    // It was over already.
                    Err(CoreError::Misuse(Misuse::OutOfOrder)) => {}
                    other => attendant.gain(other?)?,
                }
            }
            let output = flow.poll_output(&mut buffer);
            if let Err(CoreError::Resource(ResourceError::BufferTooSmall { needed })) = output {
                drop(output);
                // Not within: the old one may hold the beginning of a request, and is overwritten.
                buffer = Zeroizing::new(vec![0; needed]);
                continue;
            }
            match output? {
                Output::Done => return Ok(()),
                Output::Event(event) => attendant.event(self, flow, event)?,
                Output::Wait(until) => attendant
                    .wait(self, flow, until)
                    .map_err(|error| known(error, &mut last_failure))?,
                Output::Send(request) => {
                    let effect = request.effect;
                    if effect == Effect::Once {
                        attendant.before_once(self, flow)?;
                    }
                    let (documents, sink) = attendant.documents();
                    match self.transport.send(&request, documents, sink, &mut body) {
                        Ok(reply) => {
                            last_failure = None;
                            let response = reply.response(&mut body);
                            let gain = flow.handle_input(Input::Response(response), self.now());
                            settle(attendant.documents().1, &gain)?;
                            attendant.gain(gain?)?;
                            attendant.after_reply(self, flow)?;
                        }
                        Err(error) => {
                            attendant.documents().1.abandon();
                            tracing::debug!(%error, ?effect, "no answer");
                            let input = Input::Failed(error.failure());
                            let is_hopeless = error.failure() == SendFailure::NotSent
                                && !matches!(error.fault(), Fault::Network | Fault::Service);
                            last_failure = Some(error);
                            let gain = flow
                                .handle_input(input, self.now())
                                .map_err(|error| known(error.into(), &mut last_failure))?;
                            attendant.gain(gain)?;
                            if let Some(error) = last_failure.take_if(|_| is_hopeless) {
                                // Another try would fail like this one.
                                if effect == Effect::Once {
                                    attendant.after_once(self, flow)?;
                                }
                                return Err(error.into());
                            }
                        }
                    }
                    if effect == Effect::Once {
                        attendant.after_once(self, flow)?;
                    }
                }
            }
        }
    }

    /// Sends the request of an exchange that needs no flow; its reply is in `body`. One that may be
    /// sent again is, a few times, where the trouble may pass by itself.
    pub(crate) fn call<E: Exchange>(
        &self,
        exchange: &E,
        body: &mut Vec<u8>,
    ) -> Result<Reply, Error> {
        self.call_with(exchange, &mut (), &mut (), body)
    }

    /// The same with documents that go in the request and one that comes with the reply. It is the
    /// caller's to tell the sink in the end to commit or to abandon.
    pub(crate) fn call_with<E: Exchange, D: Documents, S: Sink>(
        &self,
        exchange: &E,
        documents: &mut D,
        sink: &mut S,
        body: &mut Vec<u8>,
    ) -> Result<Reply, Error> {
        let mut buffer = Zeroizing::new(vec![0; BUFFER]);
        let mut backoff = Backoff::new(random::seed()?);
        loop {
            if self.cancellation.is_cancelled() {
                return Err(core(PeerError::Cancelled));
            }
            let request = exchange.request(&mut buffer);
            if let Err(CoreError::Resource(ResourceError::BufferTooSmall { needed })) = request {
                buffer = Zeroizing::new(vec![0; needed]);
                continue;
            }
            let request = request?;
            let sent = self.transport.send(&request, documents, sink, body);
            let trouble = match &sent {
                Ok(reply) => reply.response(body).check_pace().err(),
                Err(error) if matches!(error.fault(), Fault::Network | Fault::Service) => {
                    Some(PeerError::Unreachable.into())
                }
                Err(_) => None,
            };
            let asked = match trouble {
                Some(CoreError::Peer(
                    PeerError::Throttled { retry_after }
                    | PeerError::Unavailable { retry_after, .. },
                )) => retry_after,
                Some(_) => None,
                None => return Ok(sent?),
            };
            let again = backoff.next(asked, self.now());
            let is_soon = again.saturating_since(self.now()) <= Backoff::LONGEST;
            if request.effect == Effect::Once || backoff.tries() >= TRIES || !is_soon {
                return Ok(sent?);
            }
            self.sleep_until(again);
        }
    }
}

/// Tells the sink what became of the document that it was given, if it was given one.
fn settle<G: Gain, S: Sink>(sink: &mut S, gain: &Result<G, CoreError>) -> Result<(), Error>
where
    S::Error: fmt::Display,
{
    match gain {
        Ok(gain) if gain.document().is_some() => sink.commit().map_err(|error| {
            Error::file(
                "the signed document could not be kept",
                io::Error::other(error.to_string()),
            )
        }),
        _ => {
            sink.abandon();
            Ok(())
        }
    }
}

/// The transport's own error, where the flow only knows that nobody answered.
fn known(error: Error, last_failure: &mut Option<TransportError>) -> Error {
    match error {
        Error::Core(CoreError::Peer(PeerError::Unreachable)) => {
            last_failure.take().map_or(error, Error::Transport)
        }
        error => error,
    }
}

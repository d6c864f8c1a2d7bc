//! The loop: what a flow asks for is done, and what happened is handed back.

use core::ops::ControlFlow;

use embedded_io::{Read, Write};
use rubrica_core::document::{Digest, Documents, Sink};
use rubrica_core::error::{Error as CoreError, PeerError};
use rubrica_core::exchange::{Effect, Request};
use rubrica_core::flow::{Flow, Gain, Input, Output};
use rubrica_core::time::Instant;
use zeroize::Zeroize;

use crate::board::{Clock, Connector, Store};
use crate::error::{Error, ExchangeError};
use crate::http::{Connection, Http, Limits, Reply, Target};

/// What a firmware does with what a flow tells, and with what it brings.
pub trait Attendant<F: Flow> {
    /// Takes what the flow tells: shows it to the holder, or hands the flow what it asks for, such
    /// as a grant. With [`ControlFlow::Break`], [`run`] ends and leaves the flow as it stands.
    ///
    /// # Errors
    /// Those of the flow's own methods; they end the run.
    fn event(
        &mut self,
        flow: &mut F,
        event: F::Event<'_>,
        now: Instant,
    ) -> Result<ControlFlow<()>, CoreError>;

    /// Takes what an input brought, before the store is told. What must survive a loss of power is to
    /// be kept here: a signature that is lost afterwards is not asked for again.
    ///
    /// # Errors
    /// They end the run.
    fn gain(&mut self, gain: F::Gain<'_>, now: Instant) -> Result<ControlFlow<()>, CoreError>;

    /// Waits until this moment, or until something else happens to the flow. `buffer` is free for a
    /// query that comes.
    fn wait<'b, C: Clock>(
        &mut self,
        clock: &mut C,
        until: Instant,
        buffer: &'b mut [u8],
    ) -> Wake<'b> {
        let _ = buffer;
        clock.sleep_until(until);
        Wake::Timeout
    }

    /// A request has no reply, and this is why. The flow is told too, and knows what to do.
    fn failed<E: embedded_io::Error>(&mut self, error: &ExchangeError<E>) {
        let _ = error;
    }
}

/// What ended a wait.
#[derive(Clone, Copy)]
pub enum Wake<'w> {
    /// Time.
    Timeout,
    /// The holder's browser came back with this query.
    Redirect(&'w str),
    /// Somebody pressed the key to give up.
    Cancel,
}

impl core::fmt::Debug for Wake<'_> {
    /// Shows no query: it holds a code.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(match self {
            Self::Timeout => "Timeout",
            Self::Redirect(_) => "Redirect",
            Self::Cancel => "Cancel",
        })
    }
}

/// How a run ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The flow is done, and its saved state is gone.
    Done,
    /// The flow waits for a word that nobody gave, or the attendant wanted to leave. It can be run
    /// again.
    Left,
}

/// The board, as far as a flow has to do with it.
#[derive(Debug)]
pub struct Device<'d, N, C, S> {
    /// Opens connections.
    pub network: &'d mut N,
    /// Tells the time.
    pub clock: &'d mut C,
    /// Keeps the flow's state. Another flow's state needs another store, or place in it.
    pub store: &'d mut S,
}

/// The memory that requests and replies take. All of it is overwritten at the end of a run.
#[derive(Debug)]
pub struct Buffers<'b> {
    /// Takes a request: its URL, its token, its body but for documents.
    pub request: &'b mut [u8],
    /// Takes a reply: its head, and then its body but for documents. Requests leave through it.
    pub reply: &'b mut [u8],
}

impl Drop for Buffers<'_> {
    fn drop(&mut self) {
        self.request.zeroize();
        self.reply.zeroize();
    }
}

/// Runs a flow until it is done, or until nothing more can be done here.
///
/// A request that must not go twice travels on a connection of its own, and not before the flow's
/// state is in the store. Requests that may be repeated share a connection as long as the service
/// keeps it. Retries are the flow's.
///
/// # Errors
/// [`Error::Flow`] for what ended the flow. Where it only knows that nobody answered,
/// [`Error::Exchange`] tells why; so it does for a request that cannot be sent at all.
/// [`Error::Store`] for a state that cannot be saved, [`Error::Sink`] for a document that cannot.
pub fn run<F, N, C, S, A, D, K, const HEADERS: usize>(
    flow: &mut F,
    device: &mut Device<'_, N, C, S>,
    attendant: &mut A,
    documents: &mut D,
    sink: &mut K,
    limits: &Limits<HEADERS>,
    buffers: Buffers<'_>,
) -> Result<End, Error<N::Error, S::Error>>
where
    F: Flow,
    N: Connector,
    C: Clock,
    S: Store,
    A: Attendant<F>,
    D: Documents,
    K: Sink,
{
    let mut buffers = buffers;
    let Buffers { request: request_buffer, reply: reply_buffer } = &mut buffers;
    let Device { network, clock, store } = device;
    let mut kept: Option<Kept<N::Stream<'_>>> = None;
    // Whether the store has this flow's state, and whether it has it as it is.
    let (mut is_stored, mut is_stale) = (false, false);
    let (mut last_error, mut last_failure) = (None, None);
    loop {
        let output = flow.poll_output(request_buffer)?;
        let is_once = matches!(&output, Output::Send(request) if request.effect == Effect::Once);
        if matches!(output, Output::Done) {
            store.clear().map_err(Error::Store)?;
            return last_error.map_or(Ok(End::Done), |error| Err(known(error, last_failure)));
        }
        // An error that does not end the flow is the flow's own affair.
        last_error = None;
        if is_once || is_stale {
            store.save(&flow.snapshot(clock.now())).map_err(Error::Store)?;
            (is_stored, is_stale) = (true, false);
        }
        let turn = match output {
            Output::Done | Output::Wait(Instant::NEVER) => return Ok(End::Left),
            Output::Event(event) => {
                let turn = attendant.event(flow, event, clock.now())?;
                is_stale = is_stored;
                if turn.is_break() {
                    return Ok(End::Left);
                }
                continue;
            }
            Output::Wait(until) => {
                let input = match attendant.wait(*clock, until, reply_buffer) {
                    Wake::Timeout => Input::Timeout,
                    Wake::Redirect(query) => Input::Redirect(query),
                    Wake::Cancel => Input::Cancel,
                };
                let gain = flow.handle_input(input, clock.now());
                take(attendant, gain, &mut last_error, clock.now())?
            }
            Output::Send(request) => {
                drop(output);
                let brings_document = request.document.is_some();
                let connection = if is_once { Connection::Close } else { Connection::Keep };
                let mut http = Http { clock: *clock, documents, sink, limits: *limits };
                let (outcome, still) = match kept {
                    Some(kept) if !is_once && kept.is_for(&request, http.clock.now()) => {
                        kept.exchange(&mut http, &request, connection, reply_buffer)
                    }
                    other => {
                        // There is memory for one.
                        drop(other);
                        open(*network, &mut http, &request, connection, reply_buffer)
                    }
                };
                kept = still;
                request_buffer.zeroize();
                is_stale = is_once;
                let input = match &outcome {
                    Ok(reply) => Input::Response(reply.response(reply_buffer)),
                    Err(error) => {
                        attendant.failed(error);
                        Input::Failed(error.failure())
                    }
                };
                let gain = flow.handle_input(input, clock.now());
                if gain.as_ref().is_ok_and(|gain| gain.document().is_some()) {
                    sink.commit().map_err(|_| Error::Sink)?;
                } else if brings_document {
                    sink.abandon();
                }
                let turn = take(attendant, gain, &mut last_error, clock.now())?;
                last_failure = outcome.err();
                turn
            }
        };
        reply_buffer.zeroize();
        if turn.is_break() {
            if is_stale {
                store.save(&flow.snapshot(clock.now())).map_err(Error::Store)?;
            }
            return Ok(End::Left);
        }
        if let Some(error) = last_failure.take_if(|error| error.is_hopeless()) {
            if is_stale {
                store.save(&flow.snapshot(clock.now())).map_err(Error::Store)?;
            }
            return Err(Error::Exchange(error));
        }
    }
}

/// Hands on what an input brought, or keeps why it was not taken.
fn take<F: Flow, A: Attendant<F>>(
    attendant: &mut A,
    gain: Result<F::Gain<'_>, CoreError>,
    last_error: &mut Option<CoreError>,
    now: Instant,
) -> Result<ControlFlow<()>, CoreError> {
    match gain {
        Ok(gain) => attendant.gain(gain, now),
        Err(error) => {
            *last_error = Some(error);
            Ok(ControlFlow::Continue(()))
        }
    }
}

/// How an exchange went, and the connection that may carry another one.
type Exchanged<S, E> = (Result<Reply, ExchangeError<E>>, Option<Kept<S>>);

/// Opens a connection and sends a request over it.
fn open<'c, N, C, D, K, const HEADERS: usize>(
    network: &'c mut N,
    http: &mut Http<'_, C, D, K, HEADERS>,
    request: &Request<'_>,
    connection: Connection,
    buffer: &mut [u8],
) -> Exchanged<N::Stream<'c>, N::Error>
where
    N: Connector,
    C: Clock,
    D: Documents,
    K: Sink,
{
    let target = match Target::new(request.url) {
        Ok(target) => target,
        Err(problem) => return (Err(ExchangeError::Unsendable(problem)), None),
    };
    match network.connect(target.host, target.port) {
        Ok(stream) => {
            let authority = Digest::of(target.authority.as_bytes());
            let opened = Kept { stream, authority, until: Instant::default() };
            opened.exchange(http, request, connection, buffer)
        }
        Err(error) => (Err(ExchangeError::Connect(error)), None),
    }
}

/// A connection that may carry another request.
struct Kept<S> {
    stream: S,
    /// The digest of the host and port that it leads to.
    authority: Digest,
    /// How long it is trusted to be open.
    until: Instant,
}

impl<S: Read + Write> Kept<S> {
    fn is_for(&self, request: &Request<'_>, now: Instant) -> bool {
        now < self.until
            && Target::new(request.url)
                .is_ok_and(|target| self.authority == Digest::of(target.authority.as_bytes()))
    }

    fn exchange<C: Clock, D: Documents, K: Sink, const HEADERS: usize>(
        mut self,
        http: &mut Http<'_, C, D, K, HEADERS>,
        request: &Request<'_>,
        connection: Connection,
        buffer: &mut [u8],
    ) -> Exchanged<S, S::Error> {
        let outcome = http.exchange(&mut self.stream, request, connection, buffer);
        let is_kept = connection == Connection::Keep
            && outcome.as_ref().is_ok_and(|reply| reply.is_persistent);
        if !is_kept {
            return (outcome, None);
        }
        self.until = http.clock.now() + http.limits.idle;
        (outcome, Some(self))
    }
}

/// The transport's own error, where the flow only knows that nobody answered.
fn known<E, S>(error: CoreError, failure: Option<ExchangeError<E>>) -> Error<E, S> {
    match (error, failure) {
        (CoreError::Peer(PeerError::Unreachable), Some(failure)) => Error::Exchange(failure),
        (error, _) => Error::Flow(error),
    }
}

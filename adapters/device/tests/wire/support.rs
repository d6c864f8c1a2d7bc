//! A stream out of a script, and requests to send over it.

use core::cell::RefCell;
use std::rc::Rc;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use rubrica_core::exchange::{ContentType, Effect, Method, Request};
use rubrica_core::time::Instant;
use rubrica_device::ExchangeError;
use rubrica_device::board::Clock;
use rubrica_device::http::{Connection, Http, Limits};

/// What a peer does when it has said all it has to say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// It closes.
    Close,
    /// It is not heard of again, until a read gives up.
    Silence,
    /// It repeats the last byte for ever.
    Babble,
}

/// A stream whose other end follows a script.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) reply: Vec<u8>,
    pub(crate) read: usize,
    pub(crate) then: Then,
    /// The most bytes that one read gives.
    pub(crate) piece: usize,
    /// The most bytes that one write takes.
    pub(crate) mouthful: usize,
    /// Writes that succeed before one fails.
    pub(crate) writes: usize,
    /// Writes that take something before one takes nothing.
    pub(crate) mouthfuls: usize,
    /// What was written, for whoever keeps a second handle.
    pub(crate) written: Rc<RefCell<Vec<u8>>>,
    pub(crate) flushed: bool,
}

impl Wire {
    pub(crate) fn new(reply: impl Into<Vec<u8>>) -> Self {
        Self {
            reply: reply.into(),
            read: 0,
            then: Then::Close,
            piece: usize::MAX,
            mouthful: usize::MAX,
            writes: usize::MAX,
            mouthfuls: usize::MAX,
            written: Rc::default(),
            flushed: false,
        }
    }

    pub(crate) fn written(&self) -> String {
        String::from_utf8(self.written.borrow().clone()).unwrap()
    }
}

impl ErrorType for Wire {
    type Error = ErrorKind;
}

impl Read for Wire {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        assert!(!out.is_empty(), "a read of nothing tells nothing");
        let rest = &self.reply[self.read..];
        let count = rest.len().min(out.len()).min(self.piece);
        if count > 0 {
            out[..count].copy_from_slice(&rest[..count]);
            self.read += count;
            return Ok(count);
        }
        match self.then {
            Then::Close => Ok(0),
            Then::Silence => Err(ErrorKind::TimedOut),
            Then::Babble => {
                out[0] = *self.reply.last().unwrap();
                Ok(1)
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        assert!(!bytes.is_empty(), "a write of nothing tells nothing");
        self.writes = self.writes.checked_sub(1).ok_or(ErrorKind::BrokenPipe)?;
        let Some(mouthfuls) = self.mouthfuls.checked_sub(1) else { return Ok(0) };
        self.mouthfuls = mouthfuls;
        let count = bytes.len().min(self.mouthful);
        self.written.borrow_mut().extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.flushed = true;
        Ok(())
    }
}

/// A clock that goes on by so many milliseconds whenever it is looked at.
#[derive(Debug, Default)]
pub(crate) struct Ticks {
    pub(crate) now: u64,
    pub(crate) step: u64,
}

impl Clock for Ticks {
    fn now(&mut self) -> Instant {
        self.now += self.step;
        Instant::from_millis(self.now)
    }

    fn sleep_until(&mut self, moment: Instant) {
        self.now = self.now.max(moment.as_millis());
    }
}

/// A request without a body.
pub(crate) const GET: Request<'static> = Request {
    method: Method::Get,
    url: "https://psc.example/v0/poll?code=1",
    bearer: None,
    content_type: None,
    accept: "application/json",
    header: None,
    body: rubrica_core::document::Body::Empty,
    document: None,
    effect: Effect::Safe,
};

/// A request with one.
pub(crate) const POST: Request<'static> = Request {
    method: Method::Post,
    url: "https://psc.example:8443/v0/sign",
    bearer: Some("a-token"),
    content_type: Some(ContentType::Json),
    accept: "application/json",
    header: None,
    body: rubrica_core::document::Body::Bytes(b"{}"),
    document: None,
    effect: Effect::Once,
};

/// A reply as a test compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) is_persistent: bool,
}

/// Sends a request over a wire into a buffer of this size.
pub(crate) fn exchange(
    wire: &mut Wire,
    request: &Request<'_>,
    buffer: usize,
) -> Result<Got, ExchangeError<ErrorKind>> {
    exchange_within(wire, request, buffer, Limits::new(), &mut Ticks::default())
}

/// The same within limits, by a clock.
pub(crate) fn exchange_within(
    wire: &mut Wire,
    request: &Request<'_>,
    buffer: usize,
    limits: Limits,
    clock: &mut Ticks,
) -> Result<Got, ExchangeError<ErrorKind>> {
    let mut buffer = vec![0xee; buffer];
    let mut http = Http { clock, documents: &mut (), sink: &mut (), limits };
    let reply = http.exchange(wire, request, Connection::Keep, &mut buffer)?;
    let response = reply.response(&mut buffer);
    Ok(Got {
        status: response.status,
        body: response.body.to_vec(),
        retry_after: response.retry_after.map(str::to_owned),
        date: response.date.map(str::to_owned),
        is_persistent: reply.is_persistent,
    })
}

/// The reply to a request without a body.
pub(crate) fn get(reply: impl Into<Vec<u8>>) -> Result<Got, ExchangeError<ErrorKind>> {
    exchange(&mut Wire::new(reply), &GET, 1024)
}

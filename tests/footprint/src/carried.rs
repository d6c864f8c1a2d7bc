//! The same over HTTP: the device adapter drives the flows, and the service is a stream of bytes.

use core::convert::Infallible;
use core::hint::black_box;
use core::ops::ControlFlow;
use core::slice;

use rubrica_core::error::Error;
use rubrica_core::flow::Flow;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::psc::{Application, Batch, Order, Push, PushEvent, Signing, SigningEvent};
use rubrica_core::time::Instant;
use rubrica_device::board::{Clock, Connector, Serialize, Store};
use rubrica_device::embedded_io::{ErrorKind, ErrorType, Read, Write};
use rubrica_device::http::Limits;
use rubrica_device::{Attendant, Buffers, Device, run};

use crate::played::{
    Answer, GRANTED, Memory, SIGNATURES, application, begin_push, begin_signing, is_counting,
    with_order,
};

/// A network on which the service answers each connection with the next of its answers.
struct Network(slice::Iter<'static, Answer>);

/// What is left to read of an answer.
struct Session {
    head: &'static [u8],
    body: &'static [u8],
}

impl Connector for Network {
    type Error = ErrorKind;
    type Stream<'s> = Session;

    fn connect(&mut self, host: &str, port: u16) -> Result<Session, ErrorKind> {
        black_box((host, port));
        let &(status, body) = self.0.next().ok_or(ErrorKind::NotConnected)?;
        let head: &[u8] = match status {
            304 => b"HTTP/1.1 304 Not Modified\r\n\r\n",
            _ => b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        };
        Ok(Session { head: black_box(head), body })
    }
}

impl ErrorType for Session {
    type Error = ErrorKind;
}

impl Read for Session {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        let from = if self.head.is_empty() { &mut self.body } else { &mut self.head };
        Read::read(from, out).map_err(|never| match never {})
    }
}

impl Write for Session {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        black_box(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// A clock that goes as far as it is waited for.
struct Timer(Instant);

impl Clock for Timer {
    fn now(&mut self) -> Instant {
        self.0
    }

    fn sleep_until(&mut self, moment: Instant) {
        self.0 = moment;
    }
}

/// A place for a flow's state that takes anything. What writes it is a firmware's own choice, and is
/// not weighed.
struct Place;

impl Store for Place {
    type Error = Infallible;

    fn save<T: Serialize>(&mut self, snapshot: &T) -> Result<(), Infallible> {
        black_box(snapshot);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Keeps what comes.
struct Desk {
    grant: Option<Grant>,
    is_signed: bool,
}

impl Attendant<Push<'_>> for Desk {
    fn event(
        &mut self,
        _flow: &mut Push<'_>,
        event: PushEvent,
        _now: Instant,
    ) -> Result<ControlFlow<()>, Error> {
        black_box(event);
        Ok(ControlFlow::Continue(()))
    }

    fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, Error> {
        if gain.is_some() {
            self.grant = gain;
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Attendant<Signing<'_>> for Desk {
    fn event(
        &mut self,
        flow: &mut Signing<'_>,
        event: SigningEvent,
        now: Instant,
    ) -> Result<ControlFlow<()>, Error> {
        match (event, self.grant.take()) {
            (SigningEvent::Authorize, Some(grant)) => {
                flow.authorize(grant, now)?;
                Ok(ControlFlow::Continue(()))
            }
            _ => Ok(ControlFlow::Break(())),
        }
    }

    fn gain(
        &mut self,
        batch: Option<Batch<'_, '_>>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, Error> {
        self.is_signed |= batch.as_ref().and_then(is_counting).unwrap_or(false);
        Ok(ControlFlow::Continue(()))
    }
}

/// Runs a flow with these answers, and tells whether it came to its end.
fn carry<F: Flow>(
    flow: &mut F,
    memory: &mut Memory,
    answers: &'static [Answer],
    desk: &mut Desk,
) -> bool
where
    Desk: Attendant<F>,
{
    let mut network = Network(black_box(answers).iter());
    let mut timer = Timer(Instant::from_millis(0));
    let mut device = Device { network: &mut network, clock: &mut timer, store: &mut Place };
    let buffers = Buffers { request: &mut memory.request, reply: &mut memory.reply };
    run(flow, &mut device, desk, &mut (), &mut (), &Limits::new(), buffers).is_ok()
}

#[inline(never)]
fn authorize(application: &Application<'_>, memory: &mut Memory, desk: &mut Desk) -> bool {
    match &mut begin_push(application) {
        Err(_) => false,
        Ok(flow) => carry(flow, memory, &GRANTED, desk),
    }
}

#[inline(never)]
fn sign(
    application: &Application<'_>,
    order: &Order<'_>,
    memory: &mut Memory,
    desk: &mut Desk,
) -> bool {
    match &mut begin_signing(application, order) {
        Err(_) => false,
        Ok(flow) => carry(flow, memory, &SIGNATURES, desk),
    }
}

/// Obtains a permission by push and a bare signature with it, and tells whether it is the service's.
pub fn push_and_sign(memory: &mut Memory) -> Result<bool, Error> {
    let application = application()?;
    let mut desk = Desk { grant: None, is_signed: false };
    let is_done = authorize(&application, memory, &mut desk)
        && with_order(|order| sign(&application, order, memory, &mut desk));
    Ok(is_done && desk.is_signed)
}

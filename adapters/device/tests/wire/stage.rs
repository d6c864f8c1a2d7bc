//! A board out of a script: networks, stores, attendants, documents.

use core::cell::RefCell;
use core::ops::{ControlFlow, Range};
use std::collections::VecDeque;
use std::rc::Rc;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use rubrica_core::document::{Documents, Sink};
use rubrica_core::error::Error as CoreError;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Batch, Push, PushEvent, Service, Signature, Signing, SigningEvent, VIDAAS,
};
use rubrica_core::secret::{Secret, SecretText};
use rubrica_core::time::{Duration, Instant};
use rubrica_device::board::{Clock, Connector, Store};
use rubrica_device::{Attendant, End, Error, ExchangeError, Wake};
use serde::Serialize;

/// What happened, in order.
pub(crate) type Log = Rc<RefCell<Vec<String>>>;

pub(crate) fn note(log: &Log, what: impl Into<String>) {
    log.borrow_mut().push(what.into());
}

/// A network of connections out of a script, each a list of replies.
pub(crate) struct Net {
    connections: VecDeque<Result<Vec<String>, ErrorKind>>,
    log: Log,
    written: Rc<RefCell<Vec<u8>>>,
}

impl Net {
    pub(crate) fn new<const N: usize>(
        log: &Log,
        connections: [Result<Vec<String>, ErrorKind>; N],
    ) -> Self {
        Self { connections: connections.into(), log: Rc::clone(log), written: Rc::default() }
    }

    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.written.borrow()).into_owned()
    }
}

impl Connector for Net {
    type Error = ErrorKind;
    type Stream<'c> = Peer<'c>;

    fn connect(&mut self, host: &str, port: u16) -> Result<Peer<'_>, ErrorKind> {
        note(&self.log, format!("connect {host}:{port}"));
        let replies = self.connections.pop_front().expect("a connection too many")?;
        Ok(Peer { net: self, replies: replies.into(), reply: VecDeque::new(), asked: false })
    }
}

/// A connection that gives one reply to each request, and closes after the last. It borrows from its
/// network, as a TLS session borrows its buffers.
pub(crate) struct Peer<'c> {
    net: &'c mut Net,
    replies: VecDeque<String>,
    reply: VecDeque<u8>,
    asked: bool,
}

impl Drop for Peer<'_> {
    fn drop(&mut self) {
        note(&self.net.log, "close");
    }
}

impl ErrorType for Peer<'_> {
    type Error = ErrorKind;
}

impl Read for Peer<'_> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        if core::mem::take(&mut self.asked) {
            self.reply = self.replies.pop_front().unwrap_or_default().into_bytes().into();
        }
        let count = self.reply.len().min(out.len());
        for (place, byte) in out.iter_mut().zip(self.reply.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }
}

impl Write for Peer<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        if !self.asked {
            let line = bytes.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
            let path = String::from_utf8_lossy(line);
            note(&self.net.log, format!("ask {}", path.split('?').next().unwrap_or_default()));
        }
        self.asked = true;
        self.net.written.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// A store that notes what it is asked, and fails when it is told to.
pub(crate) struct Memory {
    pub(crate) log: Log,
    pub(crate) fails: bool,
}

impl Store for Memory {
    type Error = ();

    fn save<T: Serialize>(&mut self, _snapshot: &T) -> Result<(), ()> {
        note(&self.log, "save");
        if self.fails { Err(()) } else { Ok(()) }
    }

    fn clear(&mut self) -> Result<(), ()> {
        note(&self.log, "clear");
        Ok(())
    }
}

/// Takes what a push tells.
pub(crate) struct Pusher {
    pub(crate) log: Log,
    pub(crate) grant: Option<Grant>,
    pub(crate) cancels: bool,
}

impl Attendant<Push<'_>> for Pusher {
    fn wait<'b, C: Clock>(
        &mut self,
        clock: &mut C,
        until: Instant,
        _buffer: &'b mut [u8],
    ) -> Wake<'b> {
        if self.cancels {
            return Wake::Cancel;
        }
        clock.sleep_until(until);
        Wake::Timeout
    }

    fn event(
        &mut self,
        _flow: &mut Push<'_>,
        event: PushEvent,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        let event = format!("{event:?}");
        note(&self.log, event.split([' ', '{']).next().unwrap_or_default());
        Ok(ControlFlow::Continue(()))
    }

    fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, CoreError> {
        if gain.is_some() {
            note(&self.log, "grant");
            self.grant = gain;
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Takes what a signing tells.
pub(crate) struct Signer {
    pub(crate) log: Log,
    pub(crate) grant: Option<Grant>,
    pub(crate) signatures: Vec<Vec<u8>>,
    pub(crate) received: usize,
    pub(crate) errors: Vec<CoreError>,
    pub(crate) leaves_doubt: bool,
    pub(crate) failures: Vec<String>,
}

impl Signer {
    pub(crate) fn new(log: &Log) -> Self {
        let token = Secret::new("a-token", "token").unwrap();
        let (scope, lifetime) = (Scope::SignatureSession, Duration::from_secs(900));
        Self {
            log: Rc::clone(log),
            grant: Some(Grant::new(token, scope, lifetime, None, Instant::from_millis(0))),
            signatures: Vec::new(),
            received: 0,
            errors: Vec::new(),
            leaves_doubt: true,
            failures: Vec::new(),
        }
    }
}

impl<'c> Attendant<Signing<'c>> for Signer {
    fn event(
        &mut self,
        flow: &mut Signing<'c>,
        event: SigningEvent,
        now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        match event {
            SigningEvent::Authorize => {
                note(&self.log, "authorize");
                let Some(grant) = self.grant.take() else { return Ok(ControlFlow::Break(())) };
                flow.authorize(grant, now)?;
            }
            SigningEvent::InDoubt(Range { start, end }) => {
                note(&self.log, format!("doubt {start}..{end}"));
                if self.leaves_doubt {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn gain(
        &mut self,
        gain: Option<Batch<'c, '_>>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        match gain.map(|batch| batch.outcome) {
            Some(Ok(signatures)) => {
                note(&self.log, "signatures");
                for (_, signature) in signatures.iter() {
                    match signature {
                        Ok(Signature::Detached(signature)) => {
                            let mut bytes = [0; 64];
                            self.signatures.push(signature.decode(&mut bytes).unwrap().to_vec());
                        }
                        Ok(Signature::Received(_)) => self.received += 1,
                        Ok(other) => panic!("{other:?}"),
                        Err(error) => self.errors.push(error),
                    }
                }
            }
            Some(Err(error)) => self.errors.push(error),
            None => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn failed<E: embedded_io::Error>(&mut self, error: &ExchangeError<E>) {
        self.failures.push(error.to_string());
    }
}

pub(crate) fn reply(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

pub(crate) const CODE: &str = "code=d402d71c-0918-43ca-a07d-62597f559497";
pub(crate) const APPROVED: &str = r#"{"authorizationToken":"an-authorization-token"}"#;
pub(crate) const TOKEN: &str =
    r#"{"access_token":"an-access-token","token_type":"Bearer","expires_in":900}"#;
pub(crate) const SIGNED: &str = r#"{"signatures":[{"id":"1","raw_signature":"AQID"}]}"#;

pub(crate) fn push_replies() -> Vec<String> {
    vec![
        reply(200, "", CODE),
        "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        reply(200, "", APPROVED),
        reply(200, "", TOKEN),
    ]
}

pub(crate) fn application() -> Application<'static> {
    let service = Service::new(&VIDAAS, "https://psc.example").unwrap();
    let secret = SecretText::new("canary-client-secret");
    Application::new(service, "the application's id", secret, "").unwrap()
}

pub(crate) type Outcome<S> = Result<End, Error<ErrorKind, S>>;

/// A document in memory.
#[derive(Default)]
pub(crate) struct Paper {
    pub(crate) bytes: Vec<u8>,
    pub(crate) read: usize,
    pub(crate) begun: usize,
    pub(crate) is_missing: bool,
}

impl Documents for Paper {
    type Error = ();

    fn begin(&mut self, _document: usize) -> Result<(), ()> {
        self.begun += 1;
        self.read = 0;
        if self.is_missing { Err(()) } else { Ok(()) }
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let rest = &self.bytes[self.read..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Tray {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ends: Vec<&'static str>,
    pub(crate) is_full: bool,
}

impl Sink for Tray {
    type Error = ();

    fn begin(&mut self, document: usize) -> Result<(), ()> {
        assert_eq!(document, 0);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
        self.bytes.extend_from_slice(bytes);
        if self.is_full { Err(()) } else { Ok(()) }
    }

    fn commit(&mut self) -> Result<(), ()> {
        self.ends.push("commit");
        Ok(())
    }

    fn abandon(&mut self) {
        self.ends.push("abandon");
    }
}

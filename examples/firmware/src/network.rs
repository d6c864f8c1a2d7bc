//! Connections to the service, as `rubrica-device` wants them: TLS over the serial line.

use core::cell::RefCell;

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};
use embedded_tls::TlsError;
use rubrica_device::board::Connector;

use crate::link::{Link, LinkError};
use crate::pin::Pin;
use crate::random::Generator;
use crate::slot::{Placed, Slot};
use crate::tls::{OpenError, Tls};

/// Why there is no connection, or no more of it.
#[derive(Clone, Copy, Debug)]
pub enum NetworkError {
    /// The line below TLS.
    Link(LinkError),
    /// TLS.
    Tls(TlsError),
    /// The server did not prove that it has a pinned key.
    Unauthenticated,
}

impl Error for NetworkError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Link(error) => error.kind(),
            Self::Tls(TlsError::InvalidCertificate) | Self::Unauthenticated => {
                ErrorKind::PermissionDenied
            }
            Self::Tls(error) => error.kind(),
        }
    }
}

impl core::fmt::Display for NetworkError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("there is no connection to the service")
    }
}

impl core::error::Error for NetworkError {}

/// Room for a TLS session: what embedded-tls keeps of it beside the records.
pub type SessionSlot = Slot<SESSION_WORDS>;

/// Eight bytes each. On the host, where tests run, pointers are longer.
const SESSION_WORDS: usize = if size_of::<usize>() > 4 { 256 } else { 168 };

/// The line, and the memory of one TLS session.
pub struct Network<'n, S> {
    /// The line.
    pub link: Link<S>,
    /// Takes the session.
    pub slot: &'n mut SessionSlot,
    /// Takes a record of the server's: [`crate::tls::RECORD`] bytes.
    pub record: &'n mut [u8],
    /// Takes a record of ours.
    pub outgoing: &'n mut [u8],
    /// Who the server may be.
    pub pins: &'n [Pin; 2],
    /// For the keys of the session.
    pub random: &'n RefCell<Generator>,
}

impl<S: Read + ReadReady + Write> Connector for Network<'_, S> {
    type Error = NetworkError;
    type Stream<'c>
        = Session<'c, S>
    where
        Self: 'c;

    fn connect(&mut self, host: &str, port: u16) -> Result<Session<'_, S>, NetworkError> {
        self.link.open(host, port).map_err(NetworkError::Link)?;
        let tls = Tls::new(&mut self.link, self.record, self.outgoing);
        let mut session = Session(self.slot.put(Some(tls)));
        if let Some(tls) = &mut *session.0 {
            tls.open(host, self.pins, &mut self.random.borrow_mut()).map_err(
                |error| match error {
                    OpenError::Handshake(error) => NetworkError::Tls(error),
                    OpenError::Unauthenticated => NetworkError::Unauthenticated,
                },
            )?;
        }
        Ok(session)
    }
}

/// A connection. It says good-bye when it is dropped.
pub struct Session<'c, S: Read + ReadReady + Write>(Placed<'c, Option<Tls<'c, &'c mut Link<S>>>>);

impl<S: Read + ReadReady + Write> ErrorType for Session<'_, S> {
    type Error = NetworkError;
}

impl<S: Read + ReadReady + Write> Read for Session<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, NetworkError> {
        match &mut *self.0 {
            Some(tls) => tls.read(out).map_err(NetworkError::Tls),
            None => Ok(0),
        }
    }
}

impl<S: Read + ReadReady + Write> Write for Session<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, NetworkError> {
        match &mut *self.0 {
            Some(tls) => tls.write(bytes).map_err(NetworkError::Tls),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> Result<(), NetworkError> {
        match &mut *self.0 {
            Some(tls) => tls.flush().map_err(NetworkError::Tls),
            None => Ok(()),
        }
    }
}

impl<S: Read + ReadReady + Write> Drop for Session<'_, S> {
    fn drop(&mut self) {
        if let Some(tls) = self.0.take() {
            // A line that is broken cannot be told so.
            let _ = tls.close().close();
        }
    }
}

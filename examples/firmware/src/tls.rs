//! TLS 1.3 to a server whose key is pinned.
//!
//! embedded-tls does the protocol. What it leaves open is closed here:
//! - a server that skips its certificate is refused (see [`Pinned::is_verified`]);
//! - records that are not sealed are refused once one was, so that nobody on the way can end the
//!   connection in the server's name, or bring the machine to the `unimplemented!` that embedded-tls
//!   has for handshake messages after the handshake;
//! - a sealed record without content, at which embedded-tls panics, is refused.
//!
//! What stays open: a server with the pinned key can still bring embedded-tls to that `unimplemented!`
//! with a sealed handshake message that it does not know.

use core::fmt;

use embedded_io::{Error, ErrorKind, ErrorType, Read, Write};
use embedded_tls::blocking::{
    Aes128GcmSha256, CryptoProvider, TlsConfig, TlsConnection, TlsContext, TlsVerifier,
};
use embedded_tls::{CryptoRngCore, TlsError};

use crate::pin::{Pin, Pinned};
use crate::random::Generator;

/// Bytes of the longest record that a server may send (RFC 8446 §5.2), as embedded-tls counts.
pub const RECORD: usize = 16_640;

/// Why there is no TLS session.
#[derive(Clone, Copy, Debug)]
pub enum OpenError {
    /// The handshake failed.
    Handshake(TlsError),
    /// The server never proved who it is.
    Unauthenticated,
}

/// A session.
pub struct Tls<'b, S: Read + Write + 'b>(TlsConnection<'b, Guard<S>, Aes128GcmSha256>);

impl<'b, S: Read + Write> Tls<'b, S> {
    /// A session that is to be made over `stream`. `record` holds one record of the server's, of
    /// [`RECORD`] bytes unless the server is known to send shorter ones; `outgoing` one of ours, of
    /// which 128 bytes are overhead.
    pub fn new(stream: S, record: &'b mut [u8], outgoing: &'b mut [u8]) -> Self {
        Self(TlsConnection::new(Guard::new(stream), record, outgoing))
    }

    /// Makes the session. Nothing of ours but the handshake is sent.
    ///
    /// # Errors
    /// [`OpenError`]; there is no session then.
    #[inline(never)]
    pub fn open(
        &mut self,
        server_name: &str,
        pins: &[Pin; 2],
        random: &mut Generator,
    ) -> Result<(), OpenError> {
        let mut provider = Provider { random, verifier: Pinned::new(pins) };
        let config = TlsConfig::new().with_server_name(server_name);
        self.0.open(TlsContext::new(&config, &mut provider)).map_err(OpenError::Handshake)?;
        if provider.verifier.is_verified() { Ok(()) } else { Err(OpenError::Unauthenticated) }
    }

    /// Says good-bye and gives the stream back.
    pub fn close(self) -> S {
        self.0.close().unwrap_or_else(|(stream, _)| stream).stream
    }
}

impl<S: Read + Write> ErrorType for Tls<'_, S> {
    type Error = TlsError;
}

impl<S: Read + Write> Read for Tls<'_, S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, TlsError> {
        match self.0.read(out) {
            // The server's own good-bye: the guard lets no other pass.
            Err(TlsError::ConnectionClosed) => Ok(0),
            other => other,
        }
    }
}

impl<S: Read + Write> Write for Tls<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.0.flush()
    }
}

struct Provider<'a> {
    random: &'a mut Generator,
    verifier: Pinned<'a>,
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Aes128GcmSha256;
    type Signature = &'static [u8];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut *self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.verifier)
    }
}

/// A stream that lets only those records pass that a server may send.
#[derive(Debug)]
pub struct Guard<S> {
    stream: S,
    phase: Phase,
    head: [u8; 5],
    /// Bytes of the head that the reader has not taken yet.
    head_rest: usize,
    /// Bytes of the record that the reader has not taken yet.
    record_rest: usize,
}

/// What has come from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Nothing,
    Hello,
    Sealed,
}

/// Kinds of records (RFC 8446 §5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SEALED: u8 = 23;

/// Bytes of a sealed record with nothing in it but its kind: the kind, and the seal.
const SHORTEST: usize = 1 + 16;

/// Why a stream failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardError<E> {
    /// The stream below.
    Stream(E),
    /// A record that a server does not send at this point.
    Record,
}

impl<E: Error> Error for GuardError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Stream(error) => error.kind(),
            Self::Record => ErrorKind::InvalidData,
        }
    }
}

impl<E> fmt::Display for GuardError<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the stream below TLS failed")
    }
}

impl<E: fmt::Debug> core::error::Error for GuardError<E> {}

impl<S: Read> Guard<S> {
    /// A stream from which nothing has been read.
    pub const fn new(stream: S) -> Self {
        Self { stream, phase: Phase::Nothing, head: [0; 5], head_rest: 0, record_rest: 0 }
    }

    /// Reads a record's head; false at the stream's end.
    fn read_head(&mut self) -> Result<bool, GuardError<S::Error>> {
        let mut rest = &mut self.head[..];
        while !rest.is_empty() {
            match self.stream.read(rest).map_err(GuardError::Stream)? {
                0 => return Ok(false),
                count => rest = rest.get_mut(count..).ok_or(GuardError::Record)?,
            }
        }
        let [kind, _, _, high, low] = self.head;
        let length = usize::from(u16::from_be_bytes([high, low]));
        self.phase = match (kind, self.phase, length) {
            (HANDSHAKE, Phase::Nothing, 1..) => Phase::Hello,
            (ALERT, Phase::Nothing | Phase::Hello, 2) => self.phase,
            (CHANGE_CIPHER_SPEC, Phase::Hello, 1) => Phase::Hello,
            (SEALED, Phase::Hello | Phase::Sealed, SHORTEST..=RECORD) => Phase::Sealed,
            _ => return Err(GuardError::Record),
        };
        self.head_rest = self.head.len();
        self.record_rest = length;
        Ok(true)
    }
}

impl<S: ErrorType> ErrorType for Guard<S> {
    type Error = GuardError<S::Error>;
}

impl<S: Read> Read for Guard<S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, Self::Error> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.head_rest == 0 && self.record_rest == 0 && !self.read_head()? {
            return Ok(0);
        }
        if self.head_rest > 0 {
            let start = self.head.len().saturating_sub(self.head_rest);
            let count = self.head_rest.min(out.len());
            for (place, byte) in out.iter_mut().zip(self.head.iter().skip(start)) {
                *place = *byte;
            }
            self.head_rest -= count;
            return Ok(count);
        }
        let most = self.record_rest.min(out.len());
        let room = out.get_mut(..most).unwrap_or_default();
        let count = self.stream.read(room).map_err(GuardError::Stream)?;
        self.record_rest = self.record_rest.checked_sub(count).ok_or(GuardError::Record)?;
        Ok(count)
    }
}

impl<S: Write> Write for Guard<S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        match self.stream.write(bytes) {
            // embedded-io's `write_all`, which embedded-tls calls, panics at this.
            Ok(0) if !bytes.is_empty() => Err(GuardError::Record),
            other => other.map_err(GuardError::Stream),
        }
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.stream.flush().map_err(GuardError::Stream)
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;
    use std::vec::Vec;

    use super::*;

    struct Bytes<'b>(&'b [u8]);

    impl ErrorType for Bytes<'_> {
        type Error = Infallible;
    }

    impl Read for Bytes<'_> {
        fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
            let count = self.0.len().min(out.len()).min(3);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn record(kind: u8, length: usize) -> Vec<u8> {
        let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
        let mut record = std::vec![kind, 3, 3, high, low];
        record.resize(5 + length, 0xa5);
        record
    }

    fn pass(records: &[(u8, usize)]) -> Result<(), GuardError<Infallible>> {
        let bytes: Vec<u8> =
            records.iter().flat_map(|&(kind, length)| record(kind, length)).collect();
        for size in [1, 4, 5, 100] {
            let mut guard = Guard::new(Bytes(&bytes));
            let (mut all, mut out) = (Vec::new(), std::vec![0; size]);
            loop {
                match guard.read(&mut out)? {
                    0 => break,
                    count => all.extend_from_slice(&out[..count]),
                }
            }
            assert_eq!(all, bytes);
        }
        Ok(())
    }

    #[test]
    fn what_a_server_sends_passes_unchanged() {
        pass(&[(HANDSHAKE, 90), (CHANGE_CIPHER_SPEC, 1), (SEALED, 500), (SEALED, RECORD)]).unwrap();
        pass(&[(HANDSHAKE, 90), (SEALED, SHORTEST)]).unwrap();
        pass(&[(ALERT, 2)]).unwrap();
    }

    #[test]
    fn once_a_record_was_sealed_no_other_passes() {
        for kind in [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, 24, 0] {
            for length in [1, 2, 90] {
                let records = [(HANDSHAKE, 90), (SEALED, 50), (kind, length)];
                assert_eq!(pass(&records), Err(GuardError::Record), "{kind} {length}");
            }
        }
    }

    #[test]
    fn records_at_which_embedded_tls_would_panic_do_not_pass() {
        // Nothing but the seal: the content's kind would be looked for in no bytes.
        assert_eq!(pass(&[(HANDSHAKE, 90), (SEALED, 16)]), Err(GuardError::Record));
        // A second handshake message that is not sealed.
        assert_eq!(pass(&[(HANDSHAKE, 90), (HANDSHAKE, 90)]), Err(GuardError::Record));
        assert_eq!(pass(&[(SEALED, 50)]), Err(GuardError::Record));
        assert_eq!(pass(&[(HANDSHAKE, 90), (SEALED, RECORD + 1)]), Err(GuardError::Record));
    }
}

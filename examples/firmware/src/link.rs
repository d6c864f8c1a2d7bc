//! Connections over a serial line: the network chip of this example.
//!
//! A microcontroller without a network of its own has a chip or a modem beside it, and tells it over a
//! serial line to open a connection, to send, and to close. They all do it in their own words; these
//! are as few as will do. Both sides send frames: a kind, the payload's length in two bytes with the
//! higher first, and the payload.
//!
//! | kind | from the device | to the device |
//! |---|---|---|
//! | `O` | open a connection to this port (two bytes) of this host; ends the one before | it is open |
//! | `D` | bytes | bytes |
//! | `C` | close it | the peer closed it |
//! | `X` | | it cannot be opened |
//!
//! What arrives between `O` and its answer belongs to the connection before, and is dropped.
//! The line itself is trusted with nothing: TLS runs above it.

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};

/// Bytes of the longest payload.
pub const PAYLOAD: usize = 1_024;

/// Milliseconds of silence after which the peer counts as gone.
const PATIENCE: u64 = 30_000;

const OPEN: u8 = b'O';
const BYTES: u8 = b'D';
const CLOSE: u8 = b'C';
const FAILED: u8 = b'X';

/// Why the line did not do what it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// The connection cannot be opened.
    Refused,
    /// Nothing came for too long.
    Silence,
    /// The other side does not speak this protocol.
    Nonsense,
    /// The line itself failed.
    Line,
}

impl Error for LinkError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Silence => ErrorKind::TimedOut,
            Self::Nonsense => ErrorKind::InvalidData,
            Self::Line => ErrorKind::Other,
        }
    }
}

impl core::fmt::Display for LinkError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("the link failed")
    }
}

impl core::error::Error for LinkError {}

/// A line and the connection over it, of which there is one at a time.
#[derive(Debug)]
pub struct Link<S> {
    line: S,
    /// Milliseconds, by a clock that never runs backwards.
    clock: fn() -> u64,
    /// Bytes of the frame being read that are still to come.
    rest: usize,
    is_open: bool,
}

impl<S: Read + ReadReady + Write> Link<S> {
    /// A line with no connection.
    pub const fn new(line: S, clock: fn() -> u64) -> Self {
        Self { line, clock, rest: 0, is_open: false }
    }

    /// Opens a connection. The one before it ends.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn open(&mut self, host: &str, port: u16) -> Result<(), LinkError> {
        self.is_open = false;
        let length = u16::try_from(host.len()).map_err(|_| LinkError::Refused)?;
        let [high, low] = length.saturating_add(2).to_be_bytes();
        self.put(&[OPEN, high, low])?;
        self.put(&port.to_be_bytes())?;
        self.put(host.as_bytes())?;
        loop {
            self.skip()?;
            match self.head()? {
                OPEN => break,
                FAILED => return Err(LinkError::Refused),
                BYTES | CLOSE => {}
                _ => return Err(LinkError::Nonsense),
            }
        }
        self.is_open = true;
        Ok(())
    }

    /// Closes the connection, if there is one.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn close(&mut self) -> Result<(), LinkError> {
        if core::mem::take(&mut self.is_open) { self.send(CLOSE, &[]) } else { Ok(()) }
    }

    fn send(&mut self, kind: u8, payload: &[u8]) -> Result<(), LinkError> {
        let length = u16::try_from(payload.len()).map_err(|_| LinkError::Nonsense)?;
        let [high, low] = length.to_be_bytes();
        self.put(&[kind, high, low])?;
        self.put(payload)
    }

    fn put(&mut self, mut bytes: &[u8]) -> Result<(), LinkError> {
        while !bytes.is_empty() {
            let count = self.line.write(bytes).map_err(|_| LinkError::Line)?;
            bytes = match bytes.get(count..) {
                Some(rest) if count > 0 => rest,
                _ => return Err(LinkError::Line),
            };
        }
        Ok(())
    }

    /// Reads some bytes, and waits for the first.
    fn take(&mut self, out: &mut [u8]) -> Result<usize, LinkError> {
        let clock = self.clock;
        let mut since = None;
        while !self.line.read_ready().map_err(|_| LinkError::Line)? {
            let now = clock();
            if now.saturating_sub(*since.get_or_insert(now)) > PATIENCE {
                return Err(LinkError::Silence);
            }
        }
        self.line.read(out).map_err(|_| LinkError::Line)
    }

    fn byte(&mut self) -> Result<u8, LinkError> {
        let mut byte = [0];
        match self.take(&mut byte)? {
            0 => Err(LinkError::Line),
            _ => Ok(byte[0]),
        }
    }

    /// Reads the next frame up to its payload.
    fn head(&mut self) -> Result<u8, LinkError> {
        let kind = self.byte()?;
        self.rest = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        if self.rest > PAYLOAD { Err(LinkError::Nonsense) } else { Ok(kind) }
    }

    /// Drops what is left of the frame.
    fn skip(&mut self) -> Result<(), LinkError> {
        while self.rest > 0 {
            self.byte()?;
            self.rest = self.rest.saturating_sub(1);
        }
        Ok(())
    }
}

impl<S> ErrorType for Link<S> {
    type Error = LinkError;
}

impl<S: Read + ReadReady + Write> Read for Link<S> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, LinkError> {
        if out.is_empty() {
            return Ok(0);
        }
        while self.rest == 0 {
            if !self.is_open {
                return Ok(0);
            }
            match self.head()? {
                BYTES => {}
                CLOSE => self.is_open = false,
                _ => return Err(LinkError::Nonsense),
            }
        }
        let most = self.rest.min(out.len());
        let count = self.take(out.get_mut(..most).unwrap_or_default())?;
        self.rest = self.rest.checked_sub(count).filter(|_| count > 0).ok_or(LinkError::Line)?;
        Ok(count)
    }
}

impl<S: Read + ReadReady + Write> Write for Link<S> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, LinkError> {
        if !self.is_open {
            return Err(LinkError::Refused);
        }
        let now = bytes.get(..bytes.len().min(PAYLOAD)).unwrap_or_default();
        self.send(BYTES, now)?;
        Ok(now.len())
    }

    fn flush(&mut self) -> Result<(), LinkError> {
        self.line.flush().map_err(|_| LinkError::Line)
    }
}

#[cfg(test)]
mod tests {
    use core::convert::Infallible;
    use std::collections::VecDeque;
    use std::vec::Vec;

    use super::*;

    /// A line that says what it was given, some bytes at a time.
    #[derive(Debug, Default)]
    struct Script {
        from: VecDeque<u8>,
        to: Vec<u8>,
    }

    impl ErrorType for Script {
        type Error = Infallible;
    }

    impl ReadReady for Script {
        fn read_ready(&mut self) -> Result<bool, Infallible> {
            Ok(!self.from.is_empty())
        }
    }

    impl Read for Script {
        fn read(&mut self, out: &mut [u8]) -> Result<usize, Infallible> {
            let count = out.len().min(2);
            out.iter_mut().take(count).for_each(|byte| *byte = self.from.pop_front().unwrap());
            Ok(count)
        }
    }

    impl Write for Script {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
            let count = bytes.len().min(3);
            self.to.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> Result<(), Infallible> {
            Ok(())
        }
    }

    fn tick() -> u64 {
        use core::sync::atomic::{AtomicU64, Ordering};
        static NOW: AtomicU64 = AtomicU64::new(0);
        NOW.fetch_add(10_000, Ordering::Relaxed)
    }

    fn link(from: &[u8]) -> Link<Script> {
        Link::new(Script { from: from.iter().copied().collect(), to: Vec::new() }, tick)
    }

    fn read_all(link: &mut Link<Script>) -> Result<Vec<u8>, LinkError> {
        let (mut all, mut out) = (Vec::new(), [0; 5]);
        loop {
            match link.read(&mut out)? {
                0 => return Ok(all),
                count => all.extend_from_slice(&out[..count]),
            }
        }
    }

    #[test]
    fn what_belongs_to_the_connection_before_is_dropped() {
        let mut link = link(b"D\0\x03oldC\0\0O\0\0D\0\x05hello");
        link.line.from.extend(b"D\0\x01!C\0\0");
        link.open("psc.example", 443).unwrap();
        assert_eq!(read_all(&mut link).unwrap(), b"hello!");
        assert_eq!(link.line.to, b"O\0\x0d\x01\xbbpsc.example");
    }

    #[test]
    fn what_is_left_of_a_frame_does_not_reach_the_next_connection() {
        let mut link = link(b"O\0\0D\0\x06unreadO\0\0C\0\0");
        link.open("a", 1).unwrap();
        assert_eq!(link.read(&mut [0; 1]), Ok(1));
        link.open("b", 2).unwrap();
        assert_eq!(read_all(&mut link).unwrap(), b"");
    }

    #[test]
    fn bytes_go_out_in_frames() {
        let mut link = link(b"O\0\0");
        assert_eq!(link.write(b"x"), Err(LinkError::Refused));
        link.open("a", 1).unwrap();
        link.line.to.clear();
        assert_eq!(link.write(&[7; PAYLOAD + 1]), Ok(PAYLOAD));
        assert_eq!(&link.line.to[..3], b"D\x04\0");
        assert_eq!(link.line.to.len(), 3 + PAYLOAD);
        link.line.to.clear();
        link.close().unwrap();
        link.close().unwrap();
        assert_eq!(link.line.to, b"C\0\0");
    }

    #[test]
    fn what_cannot_be_is_an_error_and_no_endless_wait() {
        assert_eq!(link(b"X\0\0").open("a", 1), Err(LinkError::Refused));
        assert_eq!(link(b"?\0\0").open("a", 1), Err(LinkError::Nonsense));
        assert_eq!(link(b"D\xff\xff").open("a", 1), Err(LinkError::Nonsense));
        assert_eq!(link(b"").open("a", 1), Err(LinkError::Silence));
    }
}

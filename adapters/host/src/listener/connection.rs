//! One connection to the listener, read without waiting for it.

use core::fmt;
use core::time::Duration;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use zeroize::Zeroizing;

use super::page::Page;

/// The most bytes of a request's head.
pub(super) const MOST_BYTES: usize = 8 * 1024;

/// How long a connection has for its request.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an answer may take to go out. It fits into the empty buffer of any socket.
const ANSWERING: Duration = Duration::from_millis(100);

pub(super) struct Connection {
    stream: TcpStream,
    deadline: Instant,
    head: Zeroizing<Vec<u8>>,
}

/// How far a connection is.
pub(super) enum Progress<'c> {
    /// Its request is not complete.
    Waiting,
    /// It is gone, or too slow.
    Lost,
    /// Its request is too long.
    TooLong,
    /// Its request's head, and what came after it.
    Head(&'c [u8]),
}

impl Connection {
    pub(super) fn new(stream: TcpStream, now: Instant) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        let deadline = now + PATIENCE;
        // Never grown, so that no copy of a code is left behind.
        Ok(Self { stream, deadline, head: Zeroizing::new(Vec::with_capacity(MOST_BYTES)) })
    }

    /// Reads what is there.
    pub(super) fn progress(&mut self, now: Instant) -> Progress<'_> {
        let mut chunk = Zeroizing::new([0; 1024]);
        loop {
            let room = MOST_BYTES.saturating_sub(self.head.len()).min(chunk.len());
            if room == 0 {
                return Progress::TooLong;
            }
            let read = match chunk.get_mut(..room) {
                Some(chunk) => self.stream.read(chunk),
                None => return Progress::TooLong,
            };
            match read {
                Ok(0) => return Progress::Lost,
                Ok(count) => self.head.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return if now >= self.deadline { Progress::Lost } else { Progress::Waiting };
                }
                Err(_) => return Progress::Lost,
            }
            if self.head.windows(4).any(|window| window == b"\r\n\r\n") {
                return Progress::Head(&self.head);
            }
        }
    }

    /// Answers and ends. A browser that does not take its answer goes without.
    pub(super) fn answer(&mut self, page: &Page) {
        let answered = self
            .stream
            .set_nonblocking(false)
            .and_then(|()| self.stream.set_write_timeout(Some(ANSWERING)))
            .and_then(|()| self.stream.write_all(page.to_string().as_bytes()))
            .and_then(|()| self.stream.shutdown(Shutdown::Write));
        drop(answered);
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Connection({} bytes)", self.head.len())
    }
}

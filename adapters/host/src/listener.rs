//! Receives the holder's browser when it comes back from the service.
//!
//! The services send the browser to the redirect URI that was registered, byte for byte. Where that
//! URI is on this machine's loopback, a [`Listener`] receives it (RFC 8252 §7.3): on that address and
//! port alone, for that path alone, and until one query is accepted. Whatever else comes — another
//! path or method, a `Host` that is another's, too much, too slow — is answered shortly and does
//! not end the wait.

mod address;
mod connection;
mod page;
mod request;

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::net::TcpListener;
use std::thread;
use std::time::Instant;

use self::address::Address;
use self::connection::{Connection, Progress};
use self::request::Judgement;

/// Connections that are open at a time. One more makes the oldest go: a browser may open some that
/// it never uses.
const MOST_CONNECTIONS: usize = 16;

/// How long the listener sleeps when nothing happens, and so how late it may notice a cancellation.
const TICK: Duration = Duration::from_millis(25);

/// Listens where a redirect URI leads to.
#[derive(Debug)]
pub struct Listener {
    address: Address,
    sockets: Vec<TcpListener>,
    connections: Vec<Connection>,
}

/// What the caller thinks of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the answer that was waited for, whatever it says. The browser is told that its window
    /// can be closed, and the listener closes.
    Accepted,
    /// It is not: its `state` is not ours. The wait goes on.
    Refused,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A query was accepted. The listener is closed for good.
    Accepted,
    /// The deadline came. The listener is still open.
    Deadline,
    /// The caller cancelled. The listener is still open.
    Cancelled,
}

/// Why a redirect cannot be received.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// The URI does not lead to this machine's loopback.
    #[error("this redirect URI cannot be received here: {0}")]
    NotReceivable(&'static str),
    /// Another program, or another session, has the port.
    #[error("port {port} of {ip} is in use by another program", port = .0.port(), ip = .0.ip())]
    InUse(SocketAddr),
    /// The port cannot be had for another reason.
    #[error("cannot listen on {address}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// As the operating system tells it.
        source: io::Error,
    },
    /// A query was accepted before: a listener serves once.
    #[error("the redirect has been received already")]
    Closed,
}

impl Listener {
    /// Listens where `redirect_uri` leads to: `http://`, one of `127.0.0.1`, `[::1]` and
    /// `localhost`, a port from 1 to 65535, and a path or none. `localhost` may mean either address,
    /// and both are listened on where both exist.
    ///
    /// # Errors
    /// [`ListenerError::NotReceivable`] for any other URI; [`ListenerError::InUse`] and
    /// [`ListenerError::Bind`] when the port cannot be had.
    pub fn bind(redirect_uri: &str) -> Result<Self, ListenerError> {
        let address = Address::parse(redirect_uri).map_err(ListenerError::NotReceivable)?;
        let mut sockets = Vec::new();
        let mut missing = None;
        for &address in address.sockets() {
            match listen(address) {
                Ok(socket) => sockets.push(socket),
                // Whoever has the port on one of the two may get the redirect.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Err(ListenerError::InUse(address));
                }
                Err(source) => missing = Some(ListenerError::Bind { address, source }),
            }
        }
        match missing {
            Some(error) if sockets.is_empty() => Err(error),
            _ => Ok(Self { address, sockets, connections: Vec::new() }),
        }
    }

    /// Waits until `answer` accepts a query, until `deadline`, or until `cancelled` says so, which
    /// is asked at least every 100 ms.
    ///
    /// `answer` gets what follows the `?` of each hit on the redirect URI, and nothing of other
    /// hits. It holds a code: do not log it.
    ///
    /// # Errors
    /// [`ListenerError::Closed`] after a query was accepted.
    pub fn wait(
        &mut self,
        deadline: Instant,
        cancelled: &dyn Fn() -> bool,
        answer: &mut dyn FnMut(&str) -> Verdict,
    ) -> Result<Arrival, ListenerError> {
        if self.sockets.is_empty() {
            return Err(ListenerError::Closed);
        }
        loop {
            if cancelled() {
                return Ok(Arrival::Cancelled);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(Arrival::Deadline);
            }
            let busy = self.accept(now);
            if self.serve(now, answer) {
                self.sockets.clear();
                self.connections.clear();
                return Ok(Arrival::Accepted);
            }
            if !busy {
                thread::sleep(TICK.min(deadline.saturating_duration_since(now)));
            }
        }
    }

    /// Takes new connections; whether there were any.
    fn accept(&mut self, now: Instant) -> bool {
        let mut any = false;
        for socket in &self.sockets {
            // Errors are of one connection, or of a moment: the deadline bounds them.
            if let Ok((stream, _)) = socket.accept() {
                any = true;
                if let Ok(connection) = Connection::new(stream, now) {
                    if self.connections.len() >= MOST_CONNECTIONS {
                        self.connections.remove(0);
                    }
                    self.connections.push(connection);
                }
            }
        }
        any
    }

    /// Reads on from every connection and answers those that are complete; whether a query was
    /// accepted.
    fn serve(&mut self, now: Instant, answer: &mut dyn FnMut(&str) -> Verdict) -> bool {
        let mut accepted = false;
        let address = &self.address;
        self.connections.retain_mut(|connection| {
            if accepted {
                return false;
            }
            let judgement = match connection.progress(now) {
                Progress::Waiting => return true,
                Progress::Lost => return false,
                Progress::TooLong => Judgement::TooLong,
                Progress::Head(head) => request::judge(head, address),
            };
            let page = match judgement {
                Judgement::Hit(query) => match answer(&query) {
                    Verdict::Accepted => {
                        accepted = true;
                        page::ACCEPTED
                    }
                    Verdict::Refused => page::REFUSED,
                },
                Judgement::Elsewhere => page::NOT_FOUND,
                Judgement::OtherMethod => page::METHOD_NOT_ALLOWED,
                Judgement::Bad | Judgement::OtherHost => page::BAD_REQUEST,
                Judgement::TooLong => page::TOO_LONG,
            };
            connection.answer(&page);
            false
        });
        accepted
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpListener::bind(address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests;

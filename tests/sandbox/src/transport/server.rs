//! The listener: one thread that accepts, one thread per connection, a bounded number of them.

use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

use rustls::ServerConfig;

use super::connection;
use super::{Endpoint, Service};
use crate::clock::Clock;
use crate::counters::Counters;
use crate::faults::Faults;
use crate::lock;

/// Bounds on what a client can make the server hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of one request body.
    pub(crate) body: usize,
    /// Bytes of one request body that goes into a file.
    pub(crate) upload: usize,
    /// Connections at a time; a further one waits in the listener's queue.
    pub(crate) connections: usize,
    /// How long a connection may stay silent.
    pub(crate) idle: Duration,
}

/// What every connection shares.
pub(crate) struct Shared {
    /// `None` for plain HTTP.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    pub(crate) services: Vec<Arc<dyn Service>>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    stopping: AtomicBool,
    open: Mutex<HashMap<u64, TcpStream>>,
    changed: Condvar,
    next: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        tls: Option<Arc<ServerConfig>>,
        services: Vec<Arc<dyn Service>>,
        faults: Arc<Faults>,
        counters: Arc<Counters>,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        Self {
            tls,
            services,
            faults,
            counters,
            clock,
            limits,
            stopping: AtomicBool::new(false),
            open: Mutex::default(),
            changed: Condvar::new(),
            next: AtomicU64::new(0),
        }
    }

    pub(crate) fn route(&self, path: &str) -> Option<(&dyn Service, Endpoint)> {
        self.services
            .iter()
            .find_map(|service| service.endpoint(path).map(|endpoint| (service.as_ref(), endpoint)))
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits out a fault's delay, or less when the server stops.
    pub(crate) fn pause(&self, duration: Duration) {
        let open = lock(&self.open);
        drop(self.changed.wait_timeout_while(open, duration, |_| !self.is_stopping()));
    }

    /// Waits for room, then remembers the connection so that stopping can cut it.
    fn admit(&self, stream: &TcpStream) -> io::Result<u64> {
        let copy = stream.try_clone()?;
        let open = lock(&self.open);
        let full = |open: &mut HashMap<u64, TcpStream>| {
            open.len() >= self.limits.connections && !self.is_stopping()
        };
        let mut open = self.changed.wait_while(open, full).unwrap_or_else(|held| held.into_inner());
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        open.insert(id, copy);
        Ok(id)
    }

    fn release(&self, id: u64) {
        lock(&self.open).remove(&id);
        self.changed.notify_all();
    }
}

/// A running server. Dropping it cuts every connection and waits for the threads to end.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on 127.0.0.1; port 0 lets the system choose one.
    pub(crate) fn start(listener: TcpListener, shared: Shared) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let shared = Arc::new(shared);
        let accepting = Arc::clone(&shared);
        let acceptor = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || accept(&listener, &accepting))?;
        Ok(Self { address, shared, acceptor: Some(acceptor) })
    }

    pub(crate) fn bind(port: u16) -> io::Result<TcpListener> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.open).values() {
            // A connection that the peer closed already needs no closing.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.shared.changed.notify_all();
        // Wakes the acceptor, which then sees that it is to stop.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        let open = lock(&self.shared.open);
        let deadline = Duration::from_secs(5);
        drop(self.shared.changed.wait_timeout_while(open, deadline, |open| !open.is_empty()));
    }
}

/// A connection's place, given back also when its thread panics.
struct Admission<'s> {
    shared: &'s Shared,
    id: u64,
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        self.shared.release(self.id);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_stopping() {
            return;
        }
        let Ok(stream) = stream else {
            // Out of descriptors, most likely: give connections time to end.
            shared.pause(Duration::from_millis(20));
            continue;
        };
        let Ok(id) = shared.admit(&stream) else { continue };
        let serving = Arc::clone(shared);
        let spawned = thread::Builder::new().name(format!("sandbox-{id}")).spawn(move || {
            let admission = Admission { shared: &serving, id };
            connection::serve(stream, admission.shared);
        });
        if spawned.is_err() {
            shared.release(id);
        }
    }
}

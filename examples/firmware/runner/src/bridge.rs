//! The other end of the image's serial line: what a network chip or a modem does on a board.
//!
//! The frames are told in `src/link.rs`. Whatever name the image asks for, the sandbox is dialled: it
//! is the only service that this bridge knows, and TLS tells the image whether it is the right one.

use core::net::SocketAddr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Bytes of the longest payload.
const PAYLOAD: usize = 1_024;

/// Decides whether what the service sent may reach the image.
pub(crate) type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// Waits for the image, and serves it until its line ends.
pub(crate) struct Bridge {
    port: u16,
}

/// What the image writes to a line.
type Reader = Box<dyn Read + Send>;

/// What the image reads from a line.
type Writer = Box<dyn Write + Send>;

impl Bridge {
    /// Listens for one machine. What comes from the service passes as long as `gate` says so.
    pub(crate) fn start(service: SocketAddr, gate: Gate) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        thread::spawn(move || {
            let served = listener.accept().and_then(|(line, _)| {
                line.set_nodelay(true)?;
                serve(Box::new(line.try_clone()?), Box::new(line), service, &gate)
            });
            // A line that breaks is a machine that ended.
            drop(served);
        });
        Ok(Self { port })
    }

    /// Makes two pipes in a folder, and serves a machine that opens them.
    pub(crate) fn start_pipes(folder: &Path, service: SocketAddr, gate: Gate) -> io::Result<()> {
        let (to, from) = (folder.join("to-board"), folder.join("from-board"));
        let made = Command::new("mkfifo").args([&to, &from]).status()?;
        if !made.success() {
            return Err(io::Error::other("mkfifo"));
        }
        thread::spawn(move || {
            // Each waits for the other end; the machine opens them in this order too.
            let writer = File::options().write(true).open(to);
            let served = writer
                .and_then(|to| serve(Box::new(File::open(from)?), Box::new(to), service, &gate));
            drop(served);
        });
        Ok(())
    }

    /// Where the machine's serial line has to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// The line towards the image, and which connection may write to it.
struct Line {
    writer: Writer,
    connection: u64,
}

type Shared = Arc<Mutex<Line>>;

fn serve(mut line: Reader, writer: Writer, service: SocketAddr, gate: &Gate) -> io::Result<()> {
    let shared = Arc::new(Mutex::new(Line { writer, connection: 0 }));
    let mut upstream: Option<TcpStream> = None;
    let mut payload = [0; PAYLOAD];
    let ended = loop {
        let mut head = [0; 3];
        if let Err(error) = line.read_exact(&mut head) {
            break Err(error);
        }
        let length = usize::from(u16::from_be_bytes([head[1], head[2]]));
        let Some(payload) = payload.get_mut(..length) else {
            break Err(io::ErrorKind::InvalidData.into());
        };
        line.read_exact(payload)?;
        match head[0] {
            b'O' => {
                hang_up(&mut upstream);
                upstream = open(&shared, service, gate)?;
            }
            // A peer that is gone is told by the thread that reads from it.
            b'D' => drop(upstream.as_mut().map(|stream| stream.write_all(payload))),
            b'C' => {
                lock(&shared).connection += 1;
                hang_up(&mut upstream);
            }
            _ => break Err(io::ErrorKind::InvalidData.into()),
        }
    };
    hang_up(&mut upstream);
    ended
}

fn hang_up(upstream: &mut Option<TcpStream>) {
    if let Some(stream) = upstream.take() {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn open(shared: &Shared, service: SocketAddr, gate: &Gate) -> io::Result<Option<TcpStream>> {
    let mut line = lock(shared);
    // From here on the connection before says nothing more.
    line.connection += 1;
    let connection = line.connection;
    let Ok(stream) = TcpStream::connect(service) else {
        line.writer.write_all(b"X\0\0")?;
        return Ok(None);
    };
    stream.set_nodelay(true)?;
    line.writer.write_all(b"O\0\0")?;
    let (from, shared, gate) = (stream.try_clone()?, Arc::clone(shared), Arc::clone(gate));
    thread::spawn(move || forward(from, &shared, connection, &gate));
    Ok(Some(stream))
}

/// Carries what the service sends, until it or the image ends the connection.
fn forward(mut from: TcpStream, shared: &Shared, connection: u64, gate: &Gate) {
    let mut frame = [0; 3 + PAYLOAD];
    loop {
        let count = from.read(&mut frame[3..]).unwrap_or(0);
        if !gate() {
            return;
        }
        frame[0] = if count == 0 { b'C' } else { b'D' };
        let [high, low] = u16::try_from(count).unwrap_or(0).to_be_bytes();
        frame[1..3].copy_from_slice(&[high, low]);
        let mut line = lock(shared);
        let is_current = line.connection == connection;
        if !is_current || line.writer.write_all(&frame[..3 + count]).is_err() || count == 0 {
            return;
        }
    }
}

fn lock(shared: &Shared) -> std::sync::MutexGuard<'_, Line> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

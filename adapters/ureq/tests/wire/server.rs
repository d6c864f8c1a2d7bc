//! A TLS server whose every move the test says.

use core::net::SocketAddr;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a server shows, and what its client must trust.
pub(crate) struct Certificates {
    pub(crate) authority_pem: Vec<u8>,
    config: Arc<ServerConfig>,
}

impl Certificates {
    /// For `127.0.0.1`, by the tests' authority.
    pub(crate) fn good() -> &'static Self {
        static GOOD: OnceLock<Certificates> = OnceLock::new();
        GOOD.get_or_init(|| Self::new("Test authority", &["127.0.0.1"], |_| {}))
    }

    /// For these names, by an authority of its own.
    pub(crate) fn new(
        authority_name: &str,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, authority_name);
        let key = KeyPair::generate().unwrap();
        let authority_pem = authority.self_signed(&key).unwrap().pem().into_bytes();
        let issuer = Issuer::new(authority, key);
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut server = CertificateParams::new(names).unwrap();
        change(&mut server);
        let key = KeyPair::generate().unwrap();
        let certificate = server.signed_by(&key, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        Self { authority_pem, config: Arc::new(config) }
    }
}

/// A server on loopback. Its threads end with their connections.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Plays `script` on each connection, once TLS stands.
    pub(crate) fn start(script: impl Fn(Connection) + Send + Sync + 'static) -> Self {
        Self::with(Certificates::good(), script)
    }

    pub(crate) fn with(
        certificates: &Certificates,
        script: impl Fn(Connection) + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::clone(&certificates.config);
        Self::plain(move |tcp, requests| {
            let mut stream =
                StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), tcp);
            while stream.conn.is_handshaking() {
                if stream.conn.complete_io(&mut stream.sock).is_err() {
                    return;
                }
            }
            script(Connection { stream, requests });
        })
    }

    /// Plays `script` on each connection, without TLS.
    pub(crate) fn plain(
        script: impl Fn(TcpStream, Arc<AtomicUsize>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(AtomicUsize::new(0));
        let server = Self {
            address,
            connections: Arc::clone(&connections),
            requests: Arc::clone(&requests),
        };
        let script = Arc::new(script);
        std::thread::spawn(move || {
            for tcp in listener.incoming().map_while(Result::ok) {
                connections.fetch_add(1, Ordering::SeqCst);
                // No test leaves a thread behind for longer.
                tcp.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
                let (script, requests) = (Arc::clone(&script), Arc::clone(&requests));
                std::thread::spawn(move || script(tcp, requests));
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

pub(crate) struct Connection {
    stream: StreamOwned<ServerConnection, TcpStream>,
    requests: Arc<AtomicUsize>,
}

/// A request as it came.
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Connection {
    /// Reads a request; `None` when the client closes.
    pub(crate) fn next(&mut self) -> Option<Received> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if self.stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        let mut received = Received { head: String::from_utf8(head).unwrap(), body: Vec::new() };
        let length = received.header("content-length").map_or(0, |text| text.parse().unwrap());
        received.body.resize(length, 0);
        self.stream.read_exact(&mut received.body).ok()?;
        Some(received)
    }

    /// Reads a request.
    pub(crate) fn request(&mut self) -> Received {
        self.next().expect("a request")
    }

    /// Whether all of it went out.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).and_then(|()| self.stream.flush()).is_ok()
    }

    pub(crate) fn answer(&mut self, body: &str) {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        self.write((head + body).as_bytes());
    }

    /// Ends TLS and the connection, as one should.
    pub(crate) fn close(mut self) {
        self.stream.conn.send_close_notify();
        let _ = self.stream.flush();
    }

    /// Ends the connection and says nothing of it in TLS.
    pub(crate) fn cut(self) {
        drop(self);
    }

    /// Resets the connection.
    pub(crate) fn reset(self) {
        socket2::SockRef::from(&self.stream.sock).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

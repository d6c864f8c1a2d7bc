//! The core's loop over a transport of one's own: a digest is signed, and nothing of Rubrica but the
//! core is used.
//!
//! ```text
//! cargo run --example push_by_hand
//! ```
//!
//! What stands here is what a firmware does as well: a buffer, a clock, 64 random bytes, and a way to
//! send one HTTP request over TLS. Two flows are driven by one function: the push that gets the
//! holder's permission, and the signing that uses it.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use rubrica_core::document::Digest;
use rubrica_core::exchange::{Effect, Request, Response};
use rubrica_core::flow::{Flow, Input, Output, SendFailure};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Content, Entropy, Format, Item, Order, Push, Service, Signing,
    SigningEvent, VIDAAS,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = rubrica_sandbox::Sandbox::start()?;
    sandbox.phone().set_policy(rubrica_sandbox::Policy::ApproveAll);
    let host = Host::new(sandbox.tls_ca_pem())?;

    let service = Service::new(&VIDAAS, sandbox.base_url())?;
    let secret = SecretText::new(&sandbox.application().client_secret);
    let application = Application::new(service, &sandbox.application().client_id, secret, "")?;

    let items =
        [Item { id: "1", alias: "greeting.txt", content: Content::Digest(Digest::of(b"hello")) }];
    let order = Order {
        items: &items,
        format: Format::Raw,
        padding: None,
        signature_page: false,
        certificate_alias: None,
    };
    let mut signing = Signing::new(&application, &order, Duration::from_secs(300), 1, host.now())?;
    let mut granted = None;
    // Signing asks for a grant, and gives one signature for it.
    host.drive(
        &mut signing,
        |signing, event| match event {
            SigningEvent::Authorize => {
                let mut push = Push::new(
                    &application,
                    Authorization {
                        holder: Some(Holder::parse("111.444.777-35")?),
                        scope: Scope::SingleSignature,
                        lifetime: Some(300),
                    },
                    &host.entropy()?,
                    VIDAAS.limits.approval_window,
                    host.now(),
                )?;
                host.drive(
                    &mut push,
                    |_, event| {
                        println!("{event:?}");
                        Ok(())
                    },
                    |grant| {
                        granted = grant.or(granted.take());
                        Ok(())
                    },
                )?;
                signing.authorize(granted.take().ok_or("no grant")?, host.now())?;
                Ok(())
            }
            // Ask a person before signing again: that is what the journal is for.
            SigningEvent::InDoubt(_) => Err("it is not known whether it was signed".into()),
        },
        |batch| {
            let Some(batch) = batch else { return Ok(()) };
            for (_, signature) in batch.outcome?.iter() {
                let mut bytes = [0; 512];
                let encoded = signature?.encoded().ok_or("nothing takes signed documents here")?;
                println!("a signature of {} bytes", encoded.decode(&mut bytes)?.len());
            }
            Ok(())
        },
    )
}

/// A clock, random bytes, and one HTTPS request at a time.
struct Host {
    start: std::time::Instant,
    tls: Arc<ClientConfig>,
}

impl Host {
    fn new(anchors: &str) -> Result<Self, Box<dyn Error>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(anchors.as_bytes()) {
            roots.add(certificate?)?;
        }
        let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Ok(Self { start: std::time::Instant::now(), tls: Arc::new(tls) })
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.start.elapsed().as_millis() as u64)
    }

    fn entropy(&self) -> Result<Entropy, Box<dyn Error>> {
        let mut entropy = Entropy { verifier: [0; 32], state: [0; 32] };
        let random = SystemRandom::new();
        for bytes in [&mut entropy.verifier, &mut entropy.state] {
            random.fill(bytes).map_err(|_| "no random numbers")?;
        }
        Ok(entropy)
    }

    /// The loop: poll, do what is asked, hand back what happened.
    fn drive<F: Flow>(
        &self,
        flow: &mut F,
        mut event: impl FnMut(&mut F, F::Event<'_>) -> Result<(), Box<dyn Error>>,
        mut gain: impl FnMut(F::Gain<'_>) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut buffer = [0; 4096];
        loop {
            match flow.poll_output(&mut buffer)? {
                Output::Done => return Ok(()),
                Output::Event(told) => event(flow, told)?,
                Output::Wait(until) => {
                    std::thread::sleep(until.saturating_since(self.now()).into());
                    gain(flow.handle_input(Input::Timeout, self.now())?)?;
                }
                Output::Send(request) => {
                    if request.effect == Effect::Once {
                        // A program that may be interrupted writes flow.snapshot() to its disk here.
                    }
                    match self.send(&request) {
                        Ok((status, mut body)) => {
                            let response = Response::new(status, &mut body);
                            gain(flow.handle_input(Input::Response(response), self.now())?)?;
                        }
                        Err(failure) => {
                            gain(flow.handle_input(Input::Failed(failure), self.now())?)?;
                        }
                    }
                }
            }
        }
    }

    /// One request on one connection.
    fn send(&self, request: &Request<'_>) -> Result<(u16, Vec<u8>), SendFailure> {
        let mut connection = self.connect(request.url).map_err(|_| SendFailure::NotSent)?;
        self.exchange(&mut connection, request).map_err(|_| SendFailure::Unanswered)
    }

    fn connect(
        &self,
        url: &str,
    ) -> Result<StreamOwned<ClientConnection, TcpStream>, Box<dyn Error>> {
        let (authority, _) = split(url)?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let name = ServerName::try_from(host.to_owned())?;
        let mut stream = StreamOwned::new(
            ClientConnection::new(self.tls.clone(), name)?,
            TcpStream::connect(authority)?,
        );
        // Until the handshake is over, no byte of the request has left.
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(stream)
    }

    fn exchange(
        &self,
        connection: &mut (impl Read + Write),
        request: &Request<'_>,
    ) -> Result<(u16, Vec<u8>), Box<dyn Error>> {
        let (authority, target) = split(request.url)?;
        let method = request.method.as_str();
        write!(
            connection,
            "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n"
        )?;
        write!(connection, "Accept: {}\r\n", request.accept)?;
        if let Some(token) = request.bearer {
            write!(connection, "Authorization: Bearer {token}\r\n")?;
        }
        if let Some(content_type) = request.content_type {
            write!(connection, "Content-Type: {}\r\n", content_type.as_str())?;
        }
        write!(connection, "Content-Length: {}\r\n\r\n", request.body.length())?;
        let mut body = request.body.reader();
        let mut piece = [0; 1024];
        loop {
            match body.read(&mut piece, &mut ())? {
                0 => break,
                count => connection.write_all(&piece[..count])?,
            }
        }
        connection.flush()?;

        // A real transport bounds this, reads chunked bodies and knows that a 304 has none.
        let mut reply = Vec::new();
        connection.take(1 << 20).read_to_end(&mut reply)?;
        let head = reply.windows(4).position(|four| four == b"\r\n\r\n").ok_or("no HTTP")?;
        let status = std::str::from_utf8(&reply[9..12])?.parse()?;
        Ok((status, reply.split_off(head + 4)))
    }
}

/// Authority and request target of an `https://` URL.
fn split(url: &str) -> Result<(&str, &str), Box<dyn Error>> {
    let rest = url.strip_prefix("https://").ok_or("not https")?;
    Ok(rest.split_at(rest.find('/').ok_or("no path")?))
}

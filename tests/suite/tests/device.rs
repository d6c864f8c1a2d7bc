//! A device against the emulated service, over real TLS: the same core, the same flows, no heap but
//! that of the test.

use core::ops::ControlFlow;
use core::time::Duration as Patience;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use rubrica::Anchors;
use rubrica::verify::{Certificate, Expected, Padding, UnixTime};
use rubrica_core::document::{Digest, Documents, Origin, Sink};
use rubrica_core::error::{Error as CoreError, Misuse};
use rubrica_core::identity::Holder;
use rubrica_core::oauth::grant::Grant;
use rubrica_core::oauth::scope::Scope;
use rubrica_core::psc::{
    Application, Authorization, Batch, Content, Entropy, Format, Item, Order, Push, PushEvent,
    Service, Signature, Signing, SigningEvent,
};
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};
use rubrica_device::board::{Clock, Connector, NoStore, Serialize, Store};
use rubrica_device::embedded_io::{self, ErrorKind, ErrorType};
use rubrica_device::http::Limits;
use rubrica_device::sink::{State, WriteTo};
use rubrica_device::source::ReadOnce;
use rubrica_device::{Attendant, Buffers, Device, End, Error, ExchangeError, run};
use rubrica_sandbox::{CPF_HOLDER, Fault, Rule, Sandbox, vidaas};
use rubrica_tests::host::{anchors, judge_counters, pdf, provider, sandbox};
use rubrica_tests::setting::entropy;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// Bytes for a request, and for a reply that brings a bare signature.
const REQUEST: usize = 2 * 1024;
const REPLY: usize = 1024;

/// Bytes for a reply that brings a document, which streams, and its CMS beside it, which does not.
const REPLY_WITH_CMS: usize = 8 * 1024;

/// TLS over TCP, as the device's crate wants it.
struct Tls(StreamOwned<ClientConnection, TcpStream>);

fn kind(error: io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => ErrorKind::TimedOut,
        io::ErrorKind::ConnectionRefused => ErrorKind::ConnectionRefused,
        _ => ErrorKind::Other,
    }
}

impl ErrorType for Tls {
    type Error = ErrorKind;
}

impl embedded_io::Read for Tls {
    fn read(&mut self, out: &mut [u8]) -> Result<usize, ErrorKind> {
        self.0.read(out).map_err(kind)
    }
}

impl embedded_io::Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.write(bytes).map_err(kind)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.0.flush().map_err(kind)
    }
}

/// Opens such connections, and counts them.
struct Network {
    config: Arc<ClientConfig>,
    opened: usize,
}

impl Network {
    /// Trusts this root and no other.
    fn trusting(root: &str) -> Self {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(root.as_bytes()).unwrap();
        roots.add(root).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { config: Arc::new(config), opened: 0 }
    }
}

impl Connector for Network {
    type Error = ErrorKind;
    type Stream<'c> = Tls;

    fn connect(&mut self, host: &str, port: u16) -> Result<Tls, ErrorKind> {
        let mut tcp = TcpStream::connect((host, port)).map_err(kind)?;
        tcp.set_nodelay(true).map_err(kind)?;
        tcp.set_read_timeout(Some(Patience::from_secs(60))).map_err(kind)?;
        tcp.set_write_timeout(Some(Patience::from_secs(60))).map_err(kind)?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_| ErrorKind::InvalidInput)?;
        let mut session = ClientConnection::new(Arc::clone(&self.config), name)
            .map_err(|_| ErrorKind::InvalidInput)?;
        while session.is_handshaking() {
            session.complete_io(&mut tcp).map_err(kind)?;
        }
        self.opened += 1;
        Ok(Tls(StreamOwned::new(session, tcp)))
    }
}

/// The machine's clock.
struct Monotonic(std::time::Instant);

impl Clock for Monotonic {
    fn now(&mut self) -> Instant {
        Instant::from_millis(u64::try_from(self.0.elapsed().as_millis()).unwrap())
    }

    fn sleep_until(&mut self, moment: Instant) {
        let left = moment.saturating_since(self.now());
        thread::sleep(left.into());
    }
}

/// Flash, as far as a flow has to do with it.
#[derive(Default)]
struct Flash {
    page: Option<Vec<u8>>,
    saves: usize,
}

impl Store for Flash {
    type Error = postcard::Error;

    fn save<T: Serialize>(&mut self, snapshot: &T) -> Result<(), postcard::Error> {
        self.saves += 1;
        self.page = Some(postcard::to_stdvec(snapshot)?);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), postcard::Error> {
        self.page = None;
        Ok(())
    }
}

/// What the firmware does.
#[derive(Default)]
struct Firmware {
    grant: Option<Grant>,
    raw: Vec<u8>,
    origin: Option<Origin>,
    doubts: usize,
    failures: Vec<String>,
}

impl Attendant<Push<'_>> for Firmware {
    fn event(
        &mut self,
        _flow: &mut Push<'_>,
        _event: PushEvent,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        Ok(ControlFlow::Continue(()))
    }

    fn gain(&mut self, gain: Option<Grant>, _now: Instant) -> Result<ControlFlow<()>, CoreError> {
        self.grant = gain.or_else(|| self.grant.take());
        Ok(ControlFlow::Continue(()))
    }
}

impl<'c> Attendant<Signing<'c>> for Firmware {
    fn event(
        &mut self,
        flow: &mut Signing<'c>,
        event: SigningEvent,
        now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        match event {
            SigningEvent::Authorize => {
                flow.authorize(self.grant.take().ok_or(Misuse::OutOfOrder)?, now)?;
                Ok(ControlFlow::Continue(()))
            }
            SigningEvent::InDoubt(_) => {
                self.doubts += 1;
                Ok(ControlFlow::Break(()))
            }
        }
    }

    fn gain(
        &mut self,
        gain: Option<Batch<'c, '_>>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        let Some(batch) = gain else { return Ok(ControlFlow::Continue(())) };
        for (_, signature) in batch.outcome?.iter() {
            match signature? {
                Signature::Detached(signature) => {
                    let mut bytes = [0; 512];
                    self.raw = signature.decode(&mut bytes)?.to_vec();
                }
                Signature::Received(received) => self.origin = Some(received.origin),
                other @ Signature::Document(_) => panic!("the driver takes documents: {other:?}"),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn failed<E: embedded_io::Error>(&mut self, error: &ExchangeError<E>) {
        self.failures.push(format!("{error:?}"));
    }
}

/// A device, connected to a sandbox.
struct Bench {
    sandbox: Sandbox,
    network: Network,
    clock: Monotonic,
    flash: Flash,
    firmware: Firmware,
    patience: Duration,
    reply: usize,
}

impl Bench {
    fn new() -> Self {
        let sandbox = sandbox();
        let network = Network::trusting(sandbox.tls_ca_pem());
        Self {
            sandbox,
            network,
            clock: Monotonic(std::time::Instant::now()),
            flash: Flash::default(),
            firmware: Firmware::default(),
            patience: Duration::from_secs(60),
            reply: REPLY,
        }
    }

    /// Asks the holder, and then for the signature of one document.
    fn sign<D: Documents, K: Sink>(
        &mut self,
        format: Format,
        content: Content,
        documents: &mut D,
        sink: &mut K,
    ) -> Result<End, Error<ErrorKind, postcard::Error>> {
        let provider = provider();
        let seen = self.sandbox.application().clone();
        let service = Service::new(&provider, self.sandbox.base_url())?;
        let secret = SecretText::new(&seen.client_secret);
        let application = Application::new(service, &seen.client_id, secret, "")?;
        let authorization = Authorization {
            holder: Some(Holder::parse(CPF_HOLDER).unwrap()),
            scope: Scope::SingleSignature,
            lifetime: Some(300),
        };
        let entropy: Entropy = entropy(1);
        let patience = self.patience;
        let (mut request, mut reply) = ([0; REQUEST], vec![0; self.reply]);
        let Self { network, clock, flash, firmware, .. } = self;
        let limits = Limits::new();

        let now = clock.now();
        let mut push = Push::new(&application, authorization, &entropy, patience, now)?;
        let end = run(
            &mut push,
            &mut Device { network, clock, store: &mut NoStore },
            firmware,
            &mut (),
            &mut (),
            &limits,
            Buffers { request: &mut request, reply: &mut reply },
        );
        match end {
            Ok(end) => assert_eq!(end, End::Done),
            Err(Error::Exchange(error)) => return Err(Error::Exchange(error)),
            Err(error) => panic!("{error:?}"),
        }
        assert!(firmware.grant.is_some());

        let items = [Item { id: "1", alias: "contract.pdf", content }];
        let order = Order {
            items: &items,
            format,
            padding: None,
            signature_page: false,
            certificate_alias: None,
        };
        let now = clock.now();
        let mut signing = Signing::new(&application, &order, patience, 1, now)?;
        run(
            &mut signing,
            &mut Device { network, clock, store: flash },
            firmware,
            documents,
            sink,
            &limits,
            Buffers { request: &mut request, reply: &mut reply },
        )
    }

    /// Checks as a relying party would.
    fn expected(anchors: &Anchors, digest: [u8; 32]) -> Expected<'_> {
        Expected {
            digest,
            holder: Some(Holder::parse(CPF_HOLDER).unwrap()),
            at: UnixTime::from(SystemTime::now()),
            anchors: Some(anchors),
        }
    }
}

/// Bytes that grow, as embedded-io has no vector of its own here.
#[derive(Default)]
struct Memory(Vec<u8>);

impl ErrorType for Memory {
    type Error = ErrorKind;
}

impl embedded_io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[test]
fn s32_a_device_obtains_a_raw_signature_that_verifies() {
    let mut bench = Bench::new();
    let digest = Digest::of(b"peers");
    let end = bench.sign(Format::Raw, Content::Digest(digest), &mut (), &mut ());
    assert_eq!(end.unwrap(), End::Done);
    let anchors = anchors(&bench.sandbox);
    let signer = bench.sandbox.holder(CPF_HOLDER).unwrap().certificates[0].der().to_vec();
    let signer = Certificate::from_der(&signer).unwrap();
    let expected = Bench::expected(&anchors, *digest.as_bytes());
    let raw = &bench.firmware.raw;
    rubrica::verify::raw(raw, &signer, &[], Padding::Pkcs1v15, &expected).unwrap();
    assert_eq!(bench.network.opened, 2, "one for the push, a new one for the signature");
    assert_eq!((bench.flash.saves, &bench.flash.page), (1, &None));
    judge_counters(&bench.sandbox);
}

#[test]
fn s10_a_signature_whose_answer_is_lost_is_in_doubt_and_not_asked_for_again() {
    let mut bench = Bench::new();
    bench.sandbox.faults().add(Rule::once(vidaas::SIGNATURE, Fault::ResetAfter));
    let content = Content::Digest(Digest::of(b"peers"));
    let end = bench.sign(Format::Raw, content, &mut (), &mut ());
    assert_eq!(end.unwrap(), End::Left);
    assert_eq!(bench.firmware.doubts, 1);
    assert!(bench.flash.page.is_some(), "the doubt outlives the power");
    assert_eq!(bench.sandbox.counters().snapshot().signatures.len(), 1);
    judge_counters(&bench.sandbox);
}

#[test]
fn s18_a_service_that_is_not_trusted_hears_nothing() {
    let mut bench = Bench::new();
    // The root of the holders' certificates is none of the service's.
    bench.network = Network::trusting(bench.sandbox.anchors_pem());
    bench.patience = Duration::from_secs(1);
    let content = Content::Digest(Digest::of(b"peers"));
    let end = bench.sign(Format::Raw, content, &mut (), &mut ());
    assert_eq!(end, Err(Error::Exchange(ExchangeError::Connect(ErrorKind::Other))));
    assert_eq!(bench.network.opened, 0);
    assert_eq!(bench.sandbox.counters().snapshot().signatures.len(), 0);
}

#[test]
fn a_document_of_seven_megabytes_passes_through_eight_kilobytes() {
    let mut bench = Bench::new();
    bench.reply = REPLY_WITH_CMS;
    let original = pdf(&"x".repeat(7_000_000));
    let content = Content::Document { length: original.len() as u64, digest: None };
    let mut source = ReadOnce::new(original.as_slice());
    let mut sink = WriteTo::new(Memory::default());
    let end = bench.sign(Format::PadesAdRb, content, &mut source, &mut sink);
    assert_eq!((end.unwrap(), &bench.firmware.failures), (End::Done, &vec![]));
    assert_eq!(sink.state(), State::Whole);
    assert_eq!(bench.firmware.origin, Some(Origin::Appended));
    let Memory(signed) = sink.into_inner();
    assert!(signed.starts_with(&original));
    let mut signatures = rubrica::pdf::signatures(&signed).unwrap();
    let last = signatures.pop().unwrap();
    let anchors = anchors(&bench.sandbox);
    let expected = Bench::expected(&anchors, last.digest(&signed).unwrap());
    rubrica::verify::cms(&last.contents, &expected).unwrap();
    judge_counters(&bench.sandbox);
}

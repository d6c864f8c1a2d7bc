//! Documents that go out and come back as they are, and the one header that a request may have more.

use core::ops::ControlFlow;

use embedded_io::ErrorKind;
use rubrica_core::certillion::{
    Application, Boundary, CERTILLION, DocumentUpload, Item, Order, Policy, Progress, Service,
    Signing, SigningEvent, SigningGain, Stage, Standard,
};
use rubrica_core::document::{Origin, Place, Reception};
use rubrica_core::error::{Error as CoreError, Flaw};
use rubrica_core::exchange::{Exchange, Request};
use rubrica_core::flow::SendFailure;
use rubrica_core::secret::SecretText;
use rubrica_core::time::{Duration, Instant};
use rubrica_device::http::{Connection, Http, Limits, Reply};
use rubrica_device::{
    Attendant, Buffers, Device, DocumentProblem, End, ExchangeError, Misbehaviour, Unsendable, run,
};

use crate::stage::{Log, Memory, Net, Paper, TOKEN, Tray, reply};
use crate::support::{GET, POST, Ticks, Wire, exchange};

/// Every byte that there is, the marks of a body's template among them.
fn document() -> Vec<u8> {
    (0..5_000_u32).map(|place| (place % 256) as u8).collect()
}

fn application() -> Application<'static> {
    let service = Service::at(&CERTILLION, "https://a.example", "https://a.example").unwrap();
    Application::new(service, "id", SecretText::new("secret"), "").unwrap()
}

fn boundary() -> Boundary {
    Boundary::from_entropy(&core::array::from_fn(|place| place as u8)).unwrap()
}

/// Uploads what `paper` has through a buffer of this size, announced as of this length.
fn upload(
    paper: &mut Paper,
    length: usize,
    buffer: usize,
) -> (Vec<u8>, Result<Reply, ExchangeError<ErrorKind>>) {
    let (application, boundary) = (application(), boundary());
    let upload = DocumentUpload {
        application: &application,
        token: SecretText::new("a-token"),
        document: 0,
        length: length as u64,
        name: "a.bin",
        media_type: None,
        boundary: &boundary,
    };
    let mut head = [0; 1024];
    let request = upload.request(&mut head).unwrap();
    // The shortest reply that fits into the smallest buffer.
    let mut wire = Wire::new("HTTP/1.1 204 \r\n\r\n");
    let mut buffer = vec![0; buffer];
    let limits = Limits::new();
    let mut http = Http { clock: &mut Ticks::default(), documents: paper, sink: &mut (), limits };
    let outcome = http.exchange(&mut wire, &request, Connection::Keep, &mut buffer);
    (wire.written.take(), outcome)
}

/// The body that RFC 7578 §4 makes of the document.
fn form(document: &[u8]) -> Vec<u8> {
    let boundary = "000102030405060708090a0b0c0d0e0f";
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    [head.as_bytes(), document, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
}

#[test]
fn an_upload_goes_out_byte_for_byte_through_a_buffer_of_any_size() {
    let document = document();
    let expected = form(&document);
    for buffer in [1, 2, 3, 17, 64, 1_000, 10_000] {
        let mut paper = Paper { bytes: document.clone(), ..Paper::default() };
        let (written, outcome) = upload(&mut paper, document.len(), buffer);
        let end = written.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8(written[..end].to_vec()).unwrap();
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", expected.len())), "{head}");
        let kind = "multipart/form-data; boundary=000102030405060708090a0b0c0d0e0f";
        assert!(head.contains(&format!("\r\nContent-Type: {kind}\r\n")), "{head}");
        assert!(written[end..] == expected, "through {buffer} bytes it is another body");
        // The head of a reply needs more room than a request does.
        assert_eq!(outcome.is_ok(), buffer >= 17, "{buffer}: {outcome:?}");
    }
}

#[test]
fn an_upload_of_another_length_never_makes_a_complete_request() {
    let document = document();
    let whole = form(&document).len();
    for length in [0, 1, 4_999, 5_001, 9_000] {
        let mut bytes = document.clone();
        bytes.resize(length, 0);
        let mut paper = Paper { bytes, ..Paper::default() };
        let (written, outcome) = upload(&mut paper, document.len(), 64);
        let problem = DocumentProblem::Length;
        assert_eq!(outcome.unwrap_err(), ExchangeError::Document { problem, begun: true });
        let end = written.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        assert!(written.len() - end < whole, "{length}");
    }
}

/// Downloads a document of at most so many bytes through a buffer of this size.
fn download(
    reply: &[u8],
    most: u64,
    buffer: usize,
    tray: &mut Tray,
) -> Result<(Reception, usize), ExchangeError<ErrorKind>> {
    let request = Request { document: Some(Place::Body { document: 0, most }), ..GET };
    let limits = Limits::new();
    let mut buffer = vec![0; buffer];
    let mut http = Http { clock: &mut Ticks::default(), documents: &mut (), sink: tray, limits };
    let reply = http.exchange(&mut Wire::new(reply), &request, Connection::Keep, &mut buffer)?;
    Ok((reply.response(&mut buffer).document, reply.length))
}

/// The document as a reply, with its length and in chunks.
fn replies(document: &[u8]) -> [Vec<u8>; 2] {
    let length = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", document.len());
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in document.chunks(999) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    [[length.as_bytes(), document].concat(), chunked]
}

#[test]
fn a_document_that_is_the_whole_reply_comes_through_a_small_buffer() {
    let document = document();
    for reply in replies(&document) {
        for buffer in [64, 65, 1_000, 20_000] {
            let mut tray = Tray::default();
            let (reception, kept) = download(&reply, 5_000, buffer, &mut tray).unwrap();
            let Reception::Document(received) = reception else { panic!("{reception:?}") };
            assert_eq!((received.length, received.origin), (5_000, Origin::Rewritten));
            assert!(tray.bytes == document, "through {buffer} bytes it is another document");
            assert_eq!(kept, 0, "nothing of it is left in the buffer");
        }
    }
}

#[test]
fn s35_a_document_beyond_its_bound_is_none_and_no_more_of_it_is_taken() {
    let document = document();
    for reply in replies(&document) {
        let mut tray = Tray::default();
        let (reception, _) = download(&reply, 4_999, 64, &mut tray).unwrap();
        assert_eq!(reception, Reception::Malformed(Flaw::Invalid("signed document")));
        assert!(tray.bytes.len() <= 4_999, "{} bytes", tray.bytes.len());
    }
}

#[test]
fn a_document_that_breaks_off_is_no_reply() {
    let document = document();
    for reply in replies(&document) {
        for cut in [reply.len() - 1, reply.len() - 2_000, 60] {
            let broken = download(&reply[..cut], 5_000, 64, &mut Tray::default());
            assert_eq!(broken.unwrap_err(), ExchangeError::Peer(Misbehaviour::Closed));
        }
    }
}

#[test]
fn an_errors_body_is_no_document() {
    let mut tray = Tray::default();
    let reply = reply(404, "", r#"{"error":"not_found"}"#);
    let (reception, kept) = download(reply.as_bytes(), 5_000, 100, &mut tray).unwrap();
    assert_eq!((reception, kept), (Reception::Nothing, 21));
    assert!(tray.bytes.is_empty());
}

#[test]
fn a_document_that_nobody_takes_is_kept_like_any_reply() {
    let request = Request { document: Some(Place::Body { document: 0, most: 9 }), ..GET };
    let reply = reply(200, "", "a document");
    let got = exchange(&mut Wire::new(reply.as_str()), &request, 64).unwrap();
    assert_eq!(got.body, b"a document");
    let got = exchange(&mut Wire::new(reply.replace("10", "999")), &request, 64);
    assert!(matches!(got, Err(ExchangeError::Resource { needed: 999 })), "{got:?}");
}

/// Counts what comes.
#[derive(Default)]
struct Desk {
    received: usize,
    failures: usize,
}

impl<'c> Attendant<Signing<'c>> for Desk {
    fn event(
        &mut self,
        _flow: &mut Signing<'c>,
        event: SigningEvent,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        panic!("all is signed: {event:?}")
    }

    fn gain(
        &mut self,
        gain: SigningGain<'c, '_>,
        _now: Instant,
    ) -> Result<ControlFlow<()>, CoreError> {
        self.received += usize::from(matches!(gain, SigningGain::Received(_)));
        Ok(ControlFlow::Continue(()))
    }

    fn failed<E: embedded_io::Error>(&mut self, _error: &ExchangeError<E>) {
        self.failures += 1;
    }
}

#[test]
fn s31_a_download_that_breaks_off_is_abandoned_and_fetched_again() {
    let log = Log::default();
    let whole = reply(200, "", "a signed document");
    let broken = whole[..whole.len() - 4].to_owned();
    let token = reply(200, "", TOKEN);
    let mut net = Net::new(&log, [Ok(vec![token, broken]), Ok(vec![whole])]);
    let application = application();
    let items = [Item::new("1", "a.bin", 5)];
    let order = Order {
        items: &items,
        standard: Standard::Cades,
        policy: Some(Policy::AdRb),
        detached: false,
        pki_name: None,
        certificate_alias: None,
    };
    let transaction = "t1".try_into().unwrap();
    let mut progress = [Progress { stage: Stage::Signed, transaction, ..Progress::default() }];
    let start = Instant::from_millis(0);
    let patience = Duration::from_secs(120);
    let mut flow =
        Signing::new(&application, &order, &mut progress, boundary(), patience, 1, start).unwrap();
    let (mut desk, mut tray) = (Desk::default(), Tray::default());
    let (mut request, mut answer) = ([0; 2048], [0; 256]);
    let end = run(
        &mut flow,
        &mut Device {
            network: &mut net,
            clock: &mut Ticks::default(),
            store: &mut Memory { log: Log::clone(&log), fails: false },
        },
        &mut desk,
        &mut (),
        &mut tray,
        &Limits::new(),
        Buffers { request: &mut request, reply: &mut answer },
    );
    assert_eq!(end, Ok(End::Done));
    assert_eq!((desk.received, desk.failures), (1, 1));
    assert_eq!(tray.ends, ["abandon", "commit"]);
    assert_eq!(tray.bytes, b"a signed docua signed document");
    assert_eq!(flow.progress()[0].stage, Stage::Done);
}

#[test]
fn one_more_header_goes_out_behind_the_others() {
    for (method, buffer) in [(GET, 64), (POST, 64), (POST, 1_000)] {
        let request = Request { header: Some(("X-Alias", "caf%C3%A9")), ..method };
        let mut wire = Wire::new("HTTP/1.1 204 \r\n\r\n");
        exchange(&mut wire, &request, buffer).unwrap();
        let written = wire.written();
        let (head, body) = written.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with("\r\nX-Alias: caf%C3%A9"), "{head}");
        assert_eq!(body.len() as u64, request.body.length());
    }
}

#[test]
fn s18_a_headers_value_that_would_write_another_header_never_leaves() {
    for value in ["a\r\nHost: b", "a\rb", "a\n", "caf\u{e9}", "a\0", "a b", "\u{7f}"] {
        let mut wire = Wire::new("HTTP/1.1 204 \r\n\r\n");
        let request = Request { header: Some(("X-Alias", value)), ..GET };
        let error = exchange(&mut wire, &request, 100).unwrap_err();
        assert_eq!(error, ExchangeError::Unsendable(Unsendable::Header), "{value:?}");
        assert_eq!(error.failure(), SendFailure::NotSent);
        assert_eq!(wire.written(), "");
    }
}
